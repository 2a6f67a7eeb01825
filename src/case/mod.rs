//! The plain data of a case, named as in `casefile.case/1`: what the renderers, the JSON output and the gate see.
//!
//! No logic beyond constructors that keep an invariant. The types are serialised with sorted keys by `render::json`.

mod evidence;
mod facts;
mod hypothesis;
mod logs;
mod metadata;
mod plan;
mod record;

pub use evidence::{Basis, Cited, Evidence, EvidenceId, EvidenceKind};
pub use facts::{
    CodeName, CodeNameKind, CodePath, ErrorCode, ErrorCodeKind, Expectation, Fact, Frame, LockParty, LockReport,
    LockSystem, Metric, Payload, PayloadKey, PayloadKind, Precision, Resolution, StackTrace, TimelineKind, TimelineRow,
    TraceLanguage,
};
pub use hypothesis::{
    Alternative, ApproachType, Component, Confidence, CueMatch, Discriminator, Effort, Fix, Hypothesis,
    HypothesisStatus, Missing, Odc, RiskLevel, Role, Rollback, SignalKind, SignalMatch, Sketch, SketchLanguage,
    SuccessCriterion, SupportingEvidence, TestCase,
};
pub use logs::{Burst, Gap, Level, LogLine, LogSummary, LogTemplate, Period};
pub use metadata::{DocumentKind, Metadata, MetadataField, Priority};
pub use plan::{
    PLAN_SCHEMA, Plan, PlanApproach, PlanProfile, PlanRisk, PlanRollback, PlanSuccess, Task, TaskKind, Trace,
};
pub use record::{CASE_SCHEMA, Case, CaseFinding, Considered, FindingPlace, Location, RulePack, SourceRecord, Tool};
