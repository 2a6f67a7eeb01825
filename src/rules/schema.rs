//! The form of a rule file: externally tagged, unknown fields refused, spans kept so that errors point into the YAML.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::case::{Discriminator, Fix, Level, Missing, Odc, PayloadKind, Role, TraceLanguage};
use crate::extract::{PairRelation, SectionRole};
use crate::yaml::Spanned;

/// A rule: which signals make which hypothesis, what speaks against it, how to tell it from its neighbours, how to fix it.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Id of the rule; the file's name without `.yaml`.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Version of the rule; goes up when its meaning changes.
    pub version: u32,
    /// Root-cause class; the id where it is left out.
    #[serde(default)]
    pub class: Option<String>,
    /// Title for people: the defect in a few words.
    pub title: String,
    /// The part the defect plays; it becomes `latent` where no symptom is tied to it.
    #[serde(default)]
    pub role: Role,
    /// Whether the defect counts as `latent` where nothing that is told as a symptom is tied to it (security findings).
    #[serde(default)]
    pub latent_without_symptom: bool,
    /// Orthogonal Defect Classification of the fix.
    pub odc: Odc,
    /// What the rule recognises and why it is a defect: the text of its documentation page.
    pub about: String,
    /// What it says about a case; `{name}` is what a signal captured, `{name|words}` gives words for when nothing was.
    #[schemars(with = "String")]
    pub explanation: Spanned<String>,
    /// What speaks for it.
    pub signals: Vec<SignalFile>,
    /// What speaks against it.
    #[serde(default)]
    pub against: Vec<SignalFile>,
    /// More specific classes that take precedence.
    #[serde(default)]
    pub yields_to: Vec<String>,
    /// What to collect where a kind of signal is absent.
    #[serde(default)]
    pub missing: Vec<Missing>,
    /// Observations that separate it from rivals.
    #[serde(default)]
    pub discriminators: Vec<Discriminator>,
    /// How to fix it.
    pub remedy: Fix,
    /// Texts on which it fires or stays quiet: its tests and its documentation. Always the last key of the file.
    #[serde(default)]
    pub examples: Option<ExamplesFile>,
}

/// A signal, of exactly one kind.
#[allow(clippy::large_enum_variant, reason = "a rule has a handful of them")]
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum SignalFile {
    /// Words in the documents.
    Prose(ProseFile),
    /// Log events, one by one or in sequence.
    Log(LogFile),
    /// Stack traces.
    Trace(TraceFile),
    /// Keys and values of JSON, tokens, HTTP exchanges; also a consistency finding about them.
    Payload(PayloadFile),
    /// Stated numbers.
    Metric(MetricFile),
    /// Pairs of what was expected and what came out.
    Pair(PairFile),
    /// A change in the timeline shortly before the first trouble.
    Onset(OnsetFile),
    /// Code blocks.
    Code(CodeFile),
    /// Configuration keys and values.
    Config(ConfigFile),
}

/// Words in the documents, as cues by tier.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProseFile {
    /// Name of the signal, unique in the rule.
    pub name: String,
    /// Cues by tier: 3 names the mechanism, 2 is a strong symptom, 1 a topic word.
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub any: BTreeMap<u8, Vec<Spanned<String>>>,
    /// Only sections of these roles are looked at.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub sections: Vec<SectionRole>,
    /// For signals against: whether a match refutes the hypothesis instead of weakening it.
    #[serde(default)]
    pub refutes: bool,
}

/// Log events; exactly one of `line`, `sequence`, `repeats`, `unfinished`, `series`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogFile {
    /// Name of the signal, unique in the rule.
    pub name: String,
    /// 3, 2 or 1.
    pub tier: u8,
    /// Events that match this pattern.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub line: Option<Spanned<String>>,
    /// Lowest level an event of `line` must have, where it has one.
    #[serde(default)]
    pub level: Option<Level>,
    /// Fewest events that must match `line`.
    #[serde(default)]
    pub at_least: Option<u32>,
    /// Events of one key in an order that contradicts itself.
    #[serde(default)]
    pub sequence: Option<SequenceFile>,
    /// The same call again and again.
    #[serde(default)]
    pub repeats: Option<RepeatsFile>,
    /// A start without its end.
    #[serde(default)]
    pub unfinished: Option<UnfinishedFile>,
    /// The numbers of many events.
    #[serde(default)]
    pub series: Option<SeriesFile>,
    /// For signals against: whether a match refutes the hypothesis.
    #[serde(default)]
    pub refutes: bool,
}

/// Two outcomes of one key within a window.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SequenceFile {
    /// Pattern with one named capture; events whose capture is equal belong together.
    #[schemars(with = "String")]
    pub key: Spanned<String>,
    /// Longest time between the first and the last event (`50ms`, `5s`, `2m`, `1h`).
    #[schemars(with = "String")]
    pub within: Spanned<String>,
    /// The first outcome.
    #[schemars(with = "String")]
    pub first: Spanned<String>,
    /// The outcome that follows it.
    #[schemars(with = "String")]
    pub then: Spanned<String>,
    /// Fewest events that must match `then` (1).
    #[serde(default)]
    pub at_least: Option<u32>,
    /// Most events of the key that may match `first`; more, and the sequence does not count.
    #[serde(default)]
    pub first_at_most: Option<u32>,
}

/// The same call repeated within a window.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RepeatsFile {
    /// Pattern with one named capture; events whose capture is equal belong together.
    #[schemars(with = "String")]
    pub key: Spanned<String>,
    /// Events that count.
    #[schemars(with = "String")]
    pub line: Spanned<String>,
    /// Fewest events of one key.
    pub at_least: u32,
    /// Longest time between the first and the last of them.
    #[schemars(with = "String")]
    pub within: Spanned<String>,
}

/// A start whose end never comes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnfinishedFile {
    /// Pattern with one named capture; start and end of equal capture belong together.
    #[schemars(with = "String")]
    pub key: Spanned<String>,
    /// The start.
    #[schemars(with = "String")]
    pub start: Spanned<String>,
    /// The end.
    #[schemars(with = "String")]
    pub end: Spanned<String>,
    /// Fewest starts without an end (1).
    #[serde(default)]
    pub at_least: Option<u32>,
}

/// Numbers of many events that show a shape.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeriesFile {
    /// Pattern that picks the events, with a capture `value` and, for durations, `unit`.
    #[schemars(with = "String")]
    pub of: Spanned<String>,
    /// What the numbers must look like.
    pub shape: SeriesShape,
    /// Pattern with one named capture. Numbers of equal capture are one series; for `shared` the captures must differ.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub key: Option<Spanned<String>>,
    /// Fewest numbers (5; for `falls` 1 step back, for `shared` 2 readers).
    #[serde(default)]
    pub at_least: Option<u32>,
    /// For `shared`: longest time between the first and the last reader (1s).
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub within: Option<Spanned<String>>,
}

/// What the numbers of a series look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SeriesShape {
    /// Each is at least the one before it, and the last is half as much again as the first or more.
    Grows,
    /// One is lower than the one before it.
    Falls,
    /// More than half lie within 5 % of the middle one.
    Gathers,
    /// Several keys read the same value within the window.
    Shared,
}

/// What a report of locks must show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LockLook {
    /// Two or more that wait for each other in a circle, or the words of the detector that it is a deadlock.
    Cycle,
    /// One that waits for what another one holds.
    Waits,
}

/// Stack traces; every pattern given must match.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TraceFile {
    /// Name of the signal, unique in the rule.
    pub name: String,
    /// 3, 2 or 1. A bare exception names a symptom: 2.
    pub tier: u8,
    /// Pattern for the exception class.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub exception: Option<Spanned<String>>,
    /// Pattern for its message.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub message: Option<Spanned<String>>,
    /// Pattern for one frame's line.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub frame: Option<Spanned<String>>,
    /// What a thread dump or a deadlock report of a database must show; stands without the patterns.
    #[serde(default)]
    pub locks: Option<LockLook>,
    /// Languages; any where empty.
    #[serde(default)]
    pub languages: Vec<TraceLanguage>,
    /// For signals against: whether a match refutes the hypothesis.
    #[serde(default)]
    pub refutes: bool,
}

/// Payloads; every condition given must hold on one payload.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PayloadFile {
    /// Name of the signal, unique in the rule.
    pub name: String,
    /// 3, 2 or 1.
    pub tier: u8,
    /// Kinds; any where empty.
    #[serde(default)]
    pub kinds: Vec<PayloadKind>,
    /// Keys that must be there, all of them (last segment of the dotted path, any case).
    #[serde(default)]
    pub present: Vec<String>,
    /// Keys of which at least one must not be there.
    #[serde(default)]
    pub absent: Vec<String>,
    /// Whether the document itself must say that keys are missing from the payload.
    #[serde(default)]
    pub said_missing: bool,
    /// Pattern for a key whose value must be empty.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub empty: Option<Spanned<String>>,
    /// Pattern for `key: value` of one key.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub pair: Option<Spanned<String>>,
    /// Code of a consistency finding that must have been made; stands alone.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub finding: Option<Spanned<String>>,
    /// For signals against: whether a match refutes the hypothesis.
    #[serde(default)]
    pub refutes: bool,
}

/// Stated numbers.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricFile {
    /// Name of the signal, unique in the rule.
    pub name: String,
    /// 3, 2 or 1.
    pub tier: u8,
    /// Pattern for what the number is of, or the sentence it stands in.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub of: Option<Spanned<String>>,
    /// Units; any where empty.
    #[serde(default)]
    pub units: Vec<String>,
    /// Smallest value, a decimal number in the first of `units`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub at_least: Option<Spanned<String>>,
    /// Largest value, a decimal number in the first of `units`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub at_most: Option<Spanned<String>>,
    /// A duration that meets or exceeds a limit stated elsewhere.
    #[serde(default)]
    pub exceeds: Option<ExceedsFile>,
    /// For signals against: whether a match refutes the hypothesis.
    #[serde(default)]
    pub refutes: bool,
}

/// A measured duration set against a stated limit.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExceedsFile {
    /// Pattern for the sentence that states the limit.
    #[schemars(with = "String")]
    pub limit: Spanned<String>,
    /// Pattern for the sentence that states what was measured.
    #[schemars(with = "String")]
    pub measured: Spanned<String>,
}

/// Pairs of what was expected and what came out; they count as words.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairFile {
    /// Name of the signal, unique in the rule.
    pub name: String,
    /// 3, 2 or 1.
    pub tier: u8,
    /// How the actual side relates to the expected one; one of these.
    pub relations: Vec<PairRelation>,
    /// Fewest distinct pairs (1); each counts as a cue of its own, at most four.
    #[serde(default)]
    pub at_least: Option<u32>,
    /// For signals against: whether a match refutes the hypothesis.
    #[serde(default)]
    pub refutes: bool,
}

/// A change in the timeline, at most six rows before the first row that tells of trouble; it counts as words.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnsetFile {
    /// Name of the signal, unique in the rule.
    pub name: String,
    /// 3, 2 or 1.
    pub tier: u8,
    /// Cues for the change; one of these.
    #[schemars(with = "Vec<String>")]
    pub after: Vec<Spanned<String>>,
    /// For signals against: whether a match refutes the hypothesis.
    #[serde(default)]
    pub refutes: bool,
}

/// Code blocks; exactly one of `ast`, `pattern`.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeFile {
    /// Name of the signal, unique in the rule.
    pub name: String,
    /// 3, 2 or 1.
    pub tier: u8,
    /// Languages: `go`, `java`, `javascript`, `python`, `rust`, `typescript`; any where empty (`pattern` only).
    #[serde(default)]
    pub languages: Vec<String>,
    /// A rule of ast-grep (`rule`, `constraints`, `utils`).
    #[serde(default)]
    #[schemars(with = "Option<serde_json::Value>")]
    pub ast: Option<Spanned<AstRule>>,
    /// A pattern over the block's text; `.` does not cross lines.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub pattern: Option<Spanned<String>>,
    /// A pattern that must not be found in the block.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub without: Option<Spanned<String>>,
    /// For signals against: whether a match refutes the hypothesis.
    #[serde(default)]
    pub refutes: bool,
}

/// An AST rule as ast-grep writes it.
#[cfg(feature = "code")]
pub type AstRule = ast_grep_config::SerializableRuleCore;

/// An AST rule; read and left alone in a build without the feature `code`.
#[cfg(not(feature = "code"))]
pub type AstRule = serde::de::IgnoredAny;

/// Configuration keys and values, in payloads of kind `config` and `json`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// Name of the signal, unique in the rule.
    pub name: String,
    /// 3, 2 or 1.
    pub tier: u8,
    /// Pattern for the dotted key.
    #[schemars(with = "String")]
    pub key: Spanned<String>,
    /// Pattern for the value.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub value: Option<Spanned<String>>,
    /// For signals against: whether a match refutes the hypothesis.
    #[serde(default)]
    pub refutes: bool,
}

/// Texts on which a rule is tried.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExamplesFile {
    /// At least two on which it fires: two dots or more, not refuted.
    pub fires: Vec<ExampleFile>,
    /// At least two on which it stays quiet: below two dots, or refuted.
    pub quiet: Vec<ExampleFile>,
    /// At least one that lacks a single signal and must stay below two dots.
    pub near_miss: Vec<ExampleFile>,
    /// At least one with loud noise of another class beside it, on which it still fires.
    pub distractor: Vec<ExampleFile>,
}

/// One text with what must come out.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleFile {
    /// What the example shows.
    #[schemars(with = "String")]
    pub why: Spanned<String>,
    /// The document, in Markdown.
    pub text: String,
    /// An attached log.
    #[serde(default)]
    pub log: Option<String>,
    /// What must come out beyond firing or staying quiet.
    #[serde(default)]
    pub expect: Option<ExpectFile>,
}

/// What must come out of an example.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectFile {
    /// Names of signals that must match.
    #[serde(default)]
    pub signals: Vec<String>,
    /// Exact number of dots.
    #[serde(default)]
    pub dots: Option<u8>,
    /// Whether it must lead.
    #[serde(default)]
    pub leads: bool,
}

/// The JSON Schema of a rule file, for editors.
pub fn schema_json() -> schemars::Schema {
    schemars::schema_for!(RuleFile)
}
