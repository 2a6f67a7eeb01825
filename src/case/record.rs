//! The whole case, as `case.json` holds it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Cited, CodeName, CodePath, ErrorCode, Evidence, Expectation, Fact, Hypothesis, LockReport, LogSummary, Metadata,
    Metric, Payload, SignalMatch, StackTrace, TimelineRow,
};
use crate::finding::Severity;

/// Schema name of `case.json`.
pub const CASE_SCHEMA: &str = "casefile.case/1";

/// One input file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceRecord {
    /// `S1`, `S2`, … in reading order.
    pub id: String,
    /// Path relative to the input folder; for a single file its name.
    pub path: String,
    /// `markdown`, `log` or `text`.
    pub format: String,
    /// `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`.
    pub encoding: String,
    /// SHA-256 of the file's bytes, lower-case hexadecimal.
    pub sha256: String,
    /// Number of lines.
    pub lines: u64,
    /// `gzip` or `zstd` where the file was compressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compression: Option<String>,
    /// What was noticed while reading (encoding repaired, control characters, …).
    pub warnings: Vec<String>,
}

/// A place of a finding with what it shows there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingPlace {
    /// Where.
    pub span: Cited,
    /// What stands there.
    pub label: String,
}

/// A defect of the input, the report or the plan itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CaseFinding {
    /// Stable kebab-case code, explained by `casefile rules explain CODE`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Every place it concerns.
    pub places: Vec<FindingPlace>,
    /// The computed value that shows it, where one was computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed: Option<String>,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// A likely place of the defect, best first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    /// Path as named in the sources.
    pub path: String,
    /// Line, where one is known.
    pub line: Option<u32>,
    /// Function, where one is known.
    pub function: Option<String>,
    /// 0 to 1000.
    pub score: u32,
    /// Why, in words.
    pub why: Vec<String>,
}

/// A rule that matched something, whether or not it made a hypothesis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Considered {
    /// Id of the rule.
    pub rule: String,
    /// Its root-cause class.
    pub class: String,
    /// Dots, 0 to 5.
    pub dots: u8,
    /// Points in thousandths.
    pub points: u32,
    /// Signals that matched, with their points.
    pub signals: Vec<SignalMatch>,
    /// Signals for it that did not match.
    pub unmatched: Vec<String>,
    /// How the dots came about, one line a step.
    pub steps: Vec<String>,
}

/// The program that made the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `casefile`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The rules that were run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RulePack {
    /// Version of the builtin pack.
    pub version: String,
    /// SHA-256 over all rule files, sorted by id.
    pub sha256: String,
    /// Number of rules.
    pub count: u32,
}

/// Everything known about a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Case {
    /// Always [`CASE_SCHEMA`].
    pub schema: String,
    /// Id of the case; also in `metadata`.
    pub id: String,
    /// Input files in reading order.
    pub sources: Vec<SourceRecord>,
    /// What the leading document says about itself.
    pub metadata: Metadata,
    /// What is wrong, in the document's words.
    pub problem_statement: Option<Fact>,
    /// Who is affected and how much.
    pub impact: Vec<Fact>,
    /// What was noticed.
    pub symptoms: Vec<Fact>,
    /// Expected beside actual.
    pub expectations: Vec<Expectation>,
    /// Steps to reproduce.
    pub reproduction: Vec<Fact>,
    /// What the sources exclude.
    pub ruled_out: Vec<Fact>,
    /// What the sources suspect.
    pub suspicions: Vec<Fact>,
    /// What the sources ask.
    pub questions: Vec<Fact>,
    /// Deploys, flags, configuration changes, upgrades.
    pub changes: Vec<Fact>,
    /// Error codes, most frequent first.
    pub error_codes: Vec<ErrorCode>,
    /// What the logs hold.
    pub log_events: LogSummary,
    /// Stack traces in source order.
    pub stack_traces: Vec<StackTrace>,
    /// Who waits for whom: thread dumps and deadlock reports, in source order.
    #[serde(default)]
    pub lock_reports: Vec<LockReport>,
    /// Code paths outside stack traces, in source order.
    pub code_paths: Vec<CodePath>,
    /// Names of modules, classes and functions outside stack traces, in source order.
    #[serde(default)]
    pub code_names: Vec<CodeName>,
    /// Payloads in source order.
    pub payloads: Vec<Payload>,
    /// Timed rows, sorted.
    pub timeline: Vec<TimelineRow>,
    /// Stated numbers in source order.
    pub metrics: Vec<Metric>,
    /// Hypotheses, leading first.
    pub hypotheses: Vec<Hypothesis>,
    /// Every rule with a match, best first: what `casefile explain` shows of rules that made no hypothesis.
    #[serde(default)]
    pub considered: Vec<Considered>,
    /// The evidence register in source order.
    pub evidence: Vec<Evidence>,
    /// The principal who prepared the case, `null` if unknown.
    pub prepared_by: Option<String>,
    /// Likely places of the defect, best first.
    pub locations: Vec<Location>,
    /// Always `null` until a workspace is read.
    pub workspace: Option<serde_json::Value>,
    /// Always empty until past cases are read.
    pub related: Vec<serde_json::Value>,
    /// Contradictions, placeholders and gaps of the sources.
    pub findings: Vec<CaseFinding>,
    /// Time of making, injected (RFC 3339, UTC).
    pub generated_at: String,
    /// The program.
    pub tool: Tool,
    /// The rules.
    pub rules: RulePack,
}
