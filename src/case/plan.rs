//! The plan of a case, named as in `casefile.plan/1`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Alternative, Effort, EvidenceId, RiskLevel, Sketch, TestCase};

/// Schema name of `plan.json`.
pub const PLAN_SCHEMA: &str = "casefile.plan/1";

/// Which page a plan is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PlanProfile {
    /// `implementation_plan.md`.
    #[default]
    Implementation,
    /// `resolution_plan.md`.
    Resolution,
}

/// What the plan sets out to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum PlanApproach {
    /// Change something, test first.
    Fix,
    /// Collect what is missing; no task changes code.
    #[serde(rename = "Investigation Required")]
    InvestigationRequired,
}

/// What kind of work a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the variants are the task types of a plan page")]
pub enum TaskKind {
    Investigation,
    Setup,
    Configuration,
    TestCreation,
    CodeChange,
    Refactor,
    IntegrationTest,
    RegressionTest,
    Documentation,
    GitOperations,
}

/// One task of at most four hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Task {
    /// `1.1`, `2.1.1`, … by phase.
    pub id: String,
    /// Phase number, 1 to 4.
    pub phase: u8,
    /// Short title.
    pub title: String,
    /// What kind of work it is.
    pub kind: TaskKind,
    /// `P0` to `P4`, as the case; `null` where the case has none.
    pub priority: Option<super::Priority>,
    /// Effort.
    pub effort: Effort,
    /// What to do.
    pub description: String,
    /// Files it touches, as named in the sources.
    pub files: Vec<String>,
    /// When it is done.
    pub acceptance: Vec<String>,
    /// The observation it makes, as a query, a request or a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sketch: Option<Sketch>,
    /// The test it writes or makes pass.
    pub test: Option<TestCase>,
    /// Ids of tasks that must be done before.
    pub depends_on: Vec<String>,
    /// Ids of tasks that wait for it.
    pub blocks: Vec<String>,
    /// What can go wrong.
    pub risks: Vec<String>,
    /// The hypothesis it serves (`H1`), none for housekeeping.
    pub hypothesis: Option<String>,
}

/// A risk of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the usual columns of a risk table")]
pub struct PlanRisk {
    pub risk: String,
    pub probability: RiskLevel,
    pub impact: RiskLevel,
    pub indicator: String,
    pub mitigation: String,
    pub contingency: String,
}

/// How to go back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanRollback {
    /// When to roll back.
    pub triggers: Vec<String>,
    /// What to do, in order.
    pub procedure: Vec<String>,
}

/// A success metric with the hypothesis it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanSuccess {
    /// What must hold, with a number.
    pub criterion: String,
    /// How it is measured.
    pub measure: String,
    /// The hypothesis it belongs to.
    pub hypothesis: String,
}

/// One line from a symptom to what proves it gone; empty lists are holes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Trace {
    /// The symptom.
    pub symptom: String,
    /// Its place.
    pub evidence: Vec<EvidenceId>,
    /// Hypotheses that explain it.
    pub hypotheses: Vec<String>,
    /// Fix components, by title.
    pub components: Vec<String>,
    /// Tasks.
    pub tasks: Vec<String>,
    /// Tests, by name.
    pub tests: Vec<String>,
    /// Success criteria.
    pub success: Vec<String>,
}

/// A plan; a pure function of the case it is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// Always [`PLAN_SCHEMA`].
    pub schema: String,
    /// Id of the case.
    pub case: String,
    /// Digest of the approved analysis' subjects: SHA-256 over the sorted lines `<sha256>  <name>`.
    pub upstream: String,
    /// The principal who prepared the plan, `null` if unknown.
    pub prepared_by: Option<String>,
    /// Which page it is written as.
    pub profile: PlanProfile,
    /// What it sets out to do.
    pub approach: PlanApproach,
    /// True for a plan made before the analysis was approved; it cannot be approved itself.
    pub draft: bool,
    /// Objective in one sentence.
    pub objective: String,
    /// Strategy of each fix, leading one first.
    pub strategy: Vec<String>,
    /// Tasks in order.
    pub tasks: Vec<Task>,
    /// Sorted union of the tasks' files.
    pub files: Vec<String>,
    /// Risks.
    pub risks: Vec<PlanRisk>,
    /// Highest risk level.
    pub risk_level: RiskLevel,
    /// How to go back.
    pub rollback: PlanRollback,
    /// When it has worked.
    pub success: Vec<PlanSuccess>,
    /// Ways not taken.
    pub alternatives: Vec<Alternative>,
    /// What to watch afterwards.
    pub monitoring: Vec<String>,
    /// From symptom to success metric.
    pub traceability: Vec<Trace>,
    /// What the plan leaves alone, and why.
    pub not_doing: Vec<String>,
    /// Lowest and highest number of hours, summed over the tasks.
    pub effort_hours: [u32; 2],
    /// Time of making, injected.
    pub generated_at: String,
}
