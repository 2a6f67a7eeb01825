//! Hypotheses: what a rule makes of a case, with what speaks for and against it and what would settle it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Basis, EvidenceId, EvidenceKind};

/// The part a defect plays in the case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The cause itself.
    #[default]
    Root,
    /// What set it off: usually a change.
    Trigger,
    /// What made it possible or worse.
    Contributing,
    /// What multiplies the damage.
    Amplifier,
    /// A defect seen in passing that no reported symptom is tied to.
    Latent,
}

/// Where a hypothesis stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HypothesisStatus {
    /// Three dots or more.
    Supported,
    /// Fewer than three dots.
    Proposed,
    /// Excluded by evidence; kept with the reason.
    Refuted,
    /// By a recorded reproduction or a person only; rules never give it.
    Confirmed,
}

/// Confidence of a whole report: that of its leading hypothesis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// No hypothesis has two dots.
    None,
    /// One or two dots.
    Low,
    /// Three dots.
    Medium,
    /// Four or five dots.
    High,
}

impl Confidence {
    /// The word for a number of dots (0 to 5).
    pub fn of_dots(dots: u8) -> Self {
        match dots {
            0 => Confidence::None,
            1 | 2 => Confidence::Low,
            3 => Confidence::Medium,
            _ => Confidence::High,
        }
    }
}

/// What a signal looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the variants are the signal kinds of docs/rules-guide.md")]
pub enum SignalKind {
    Prose,
    Metric,
    Log,
    Trace,
    Payload,
    Code,
    Config,
}

/// A piece of evidence as a hypothesis uses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SupportingEvidence {
    /// Register number.
    pub id: EvidenceId,
    /// Where it was read.
    pub kind: EvidenceKind,
    /// How it is known.
    pub basis: Basis,
    /// Path of the source.
    pub source: String,
    /// First and last line, 1-based.
    pub lines: [u64; 2],
    /// The words at those lines.
    pub quote: String,
    /// Points in thousandths that it brought.
    pub weight: u32,
    /// Name of the signal that matched.
    pub signal: String,
}

/// A signal of the rule that matched, with the points it brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SignalMatch {
    /// Name of the signal in the rule.
    pub name: String,
    /// What it looks at.
    pub kind: SignalKind,
    /// 3 names the mechanism, 2 is a strong symptom, 1 a topic word.
    pub tier: u8,
    /// Points in thousandths.
    pub points: u32,
    /// Cues of a signal of words, as the rule writes them, in the order in which they counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cues: Vec<CueMatch>,
    /// Evidence it rests on.
    pub evidence: Vec<EvidenceId>,
}

/// A cue that stands, with what it brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CueMatch {
    /// The cue as the rule writes it.
    pub cue: String,
    /// Points in thousandths.
    pub points: u32,
    /// Places where it stands.
    pub places: u32,
}

/// Evidence that is not there and would settle something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// The kind of signal that is absent.
    pub kind: SignalKind,
    /// What to collect.
    pub collect: String,
}

/// An observation that separates a hypothesis from a rival.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Discriminator {
    /// Class of the rival.
    pub rival: String,
    /// What to observe, and how.
    pub observe: String,
    /// The outcome that speaks for this hypothesis.
    pub this: String,
    /// The outcome that speaks for the rival.
    pub that: String,
    /// The observation as a query, a request or a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sketch: Option<Sketch>,
}

/// A query, a request or a test that makes an observation: something to adapt, not to run as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sketch {
    /// What it is written in.
    pub language: SketchLanguage,
    /// Its lines.
    pub text: String,
}

/// What a sketch is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SketchLanguage {
    /// Commands of a POSIX shell.
    Sh,
    /// Standard SQL over spans, log lines or records, whatever the store calls them.
    Sql,
    /// Given, when, then.
    Text,
}

/// Orthogonal Defect Classification of the fix.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Odc {
    /// Defect type (`timing`, `checking`, `interface`, …).
    pub r#type: String,
    /// `missing`, `incorrect` or `extraneous`.
    pub qualifier: String,
}

/// What kind of change a fix is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the variants are written on the page as they are")]
pub enum ApproachType {
    #[serde(rename = "Quick Fix")]
    QuickFix,
    #[serde(rename = "Code Fix")]
    CodeFix,
    #[serde(rename = "Configuration Change")]
    ConfigurationChange,
    #[serde(rename = "Comprehensive Refactor")]
    ComprehensiveRefactor,
    #[serde(rename = "Investigation Required")]
    InvestigationRequired,
}

/// Effort of a piece of work: S is 1 to 2 hours, M 2 to 3, L 3 to 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "documented on the type")]
pub enum Effort {
    S,
    M,
    L,
}

impl Effort {
    /// Lowest and highest number of hours.
    pub fn hours(self) -> (u32, u32) {
        match self {
            Effort::S => (1, 2),
            Effort::M => (2, 3),
            Effort::L => (3, 4),
        }
    }
}

/// How bad a risk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "an ordinary scale")]
pub enum RiskLevel {
    Low,
    Medium,
    High,
    Critical,
}

/// One part of a fix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// What to change.
    pub what: String,
    /// Where: files, services or settings of this case.
    pub r#where: String,
    /// Why it removes the cause.
    pub why: String,
    /// What can go wrong.
    pub risk: String,
    /// How bad that is.
    pub risk_level: RiskLevel,
    /// Effort of this part alone.
    pub effort: Effort,
    /// Technology it brings in, checked against what the sources rule out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<String>,
}

/// A way not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// What it would be.
    pub what: String,
    /// Why it is not taken.
    pub reject: String,
}

/// A test as Given / When / Then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "Given, When, Then are the field's standard terms")]
pub struct TestCase {
    pub name: String,
    pub given: String,
    pub when: String,
    pub then: String,
}

/// A success criterion with a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuccessCriterion {
    /// What must hold, with a number.
    pub criterion: String,
    /// How it is measured.
    pub measure: String,
}

/// How to go back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rollback {
    /// When to roll back, with a number.
    pub trigger: String,
    /// What to do, in order.
    pub steps: Vec<String>,
}

/// The remedy of a rule, filled with the names of this case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    /// The strategy in one or two sentences.
    pub strategy: String,
    /// What kind of change it is.
    pub approach_type: ApproachType,
    /// Effort of the whole.
    pub effort: Effort,
    /// Its parts.
    pub components: Vec<Component>,
    /// Ways not taken.
    pub alternatives: Vec<Alternative>,
    /// Tests that fail before and pass after.
    pub tests: Vec<TestCase>,
    /// When it has worked.
    pub success: Vec<SuccessCriterion>,
    /// How to go back.
    pub rollback: Rollback,
    /// What to watch afterwards.
    pub monitoring: Vec<String>,
}

/// A rule's result on a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hypothesis {
    /// `H1`, `H2`, … in order.
    pub id: String,
    /// Id of the rule, or `stated`.
    pub rule: String,
    /// Version of the rule; 0 for `stated`.
    pub rule_version: u32,
    /// Root-cause class.
    pub class: String,
    /// Title for people.
    pub title: String,
    /// The part it plays.
    pub role: Role,
    /// Where it stands.
    pub status: HypothesisStatus,
    /// Confidence, 0 to 5.
    pub dots: u8,
    /// Points in thousandths; they order hypotheses of equal dots.
    pub points: u32,
    /// Whether a source states this cause outright.
    pub stated: bool,
    /// Signals that matched.
    pub signals: Vec<SignalMatch>,
    /// What speaks for it.
    pub evidence_for: Vec<SupportingEvidence>,
    /// What speaks against it.
    pub evidence_against: Vec<SupportingEvidence>,
    /// Why it is refuted or superseded, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Signals against it that were looked for and not found.
    pub checked_against: Vec<String>,
    /// What is not there and would settle something.
    pub missing: Vec<Missing>,
    /// What separates it from its rivals.
    pub discriminators: Vec<Discriminator>,
    /// What it says about this case.
    pub explanation: String,
    /// Defect classification.
    pub odc: Option<Odc>,
    /// The remedy; `None` for hypotheses no rule made.
    pub fix: Option<Fix>,
}
