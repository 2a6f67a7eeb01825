//! Facts: what was read in the sources, each with its place and its basis.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Basis, Cited, EvidenceId};

/// A statement of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// The statement as plain text (markup removed, mojibake repaired, secrets redacted).
    pub text: String,
    /// How it is known.
    pub basis: Basis,
    /// Where it stands.
    pub span: Cited,
    /// Register numbers of its place.
    #[serde(default)]
    pub evidence: Vec<EvidenceId>,
    /// What is nested below it in its list and tells more of it; symptoms alone have any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Fact>,
}

/// What should have happened beside what did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Expectation {
    /// The expected outcome.
    pub expected: Fact,
    /// The actual outcome.
    pub actual: Fact,
    /// Name of the test or section the pair belongs to.
    pub test: Option<String>,
}

/// What kind of code an error code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCodeKind {
    /// An HTTP status of 4xx or 5xx.
    Http,
    /// An exception or error class.
    Exception,
    /// An operating system error name such as `ECONNRESET`.
    Errno,
    /// A code of the application itself, such as `AUTH_ERROR` or `ORA-00060`.
    App,
}

/// An error code and how often it occurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorCode {
    /// `"401"`, `"NullPointerException"`, `"ECONNRESET"`.
    pub code: String,
    /// The qualified name where one was written (`java.lang.NullPointerException`).
    pub qualified: Option<String>,
    /// What kind of code it is.
    pub kind: ErrorCodeKind,
    /// Number of places.
    pub count: u32,
    /// The first place.
    pub span: Cited,
}

/// Language or runtime of a stack trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the variants are names of languages")]
pub enum TraceLanguage {
    Java,
    JavaScript,
    Python,
    Go,
    Rust,
    CSharp,
    Ruby,
    Php,
    Swift,
    Cpp,
    Dart,
    Elixir,
    Perl,
}

/// One frame of a stack trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Frame {
    /// File as written; `None` where the frame names none.
    pub file: Option<String>,
    /// Line number as written.
    pub line: Option<u32>,
    /// Function, method or symbol as written.
    pub function: Option<String>,
    /// Whether the frame belongs to the application rather than to a library or the runtime.
    pub in_app: bool,
}

/// A stack trace; the same trace found again is counted, not repeated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StackTrace {
    /// Language or runtime.
    pub language: TraceLanguage,
    /// Exception or error class as written.
    pub exception: Option<String>,
    /// Message of the exception.
    pub message: Option<String>,
    /// Frames, in the order written.
    pub frames: Vec<Frame>,
    /// The whole block.
    pub span: Cited,
    /// How often it occurs.
    pub count: u32,
}

/// What wrote a report of locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LockSystem {
    /// A thread dump of the JVM.
    Jvm,
    /// A dump of goroutines.
    Go,
    /// A dump of Python's faulthandler.
    Python,
    /// InnoDB's `LATEST DETECTED DEADLOCK`.
    Innodb,
    /// PostgreSQL's `deadlock detected`.
    Postgres,
    /// SQL Server's deadlock graph.
    SqlServer,
}

/// A thread, process or transaction of a report of locks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LockParty {
    /// Its name or number as written.
    pub name: String,
    /// Locks it holds.
    pub holds: Vec<String>,
    /// The lock it waits for, or its state where the report names no lock.
    pub wants: Option<String>,
    /// Name of the party that holds what it waits for, where the report tells.
    pub waits_for: Option<String>,
    /// The line that says that it waits, else the one that says what it holds.
    pub span: Cited,
}

/// Who waits for whom: a thread dump or a deadlock report of a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LockReport {
    /// What wrote it.
    pub system: LockSystem,
    /// Those who wait, or hold what another one waits for, in the order written.
    pub parties: Vec<LockParty>,
    /// Names of those who wait for each other in a circle, each for the next and the last for the first; empty where the
    /// report shows no circle.
    pub cycle: Vec<String>,
    /// Whether the report itself says that it is a deadlock.
    pub detected: bool,
    /// The first line of the report that was used.
    pub span: Cited,
}

/// What became of a code path when it was looked up in the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Resolution {
    /// The file is there.
    Found,
    /// A file of that name is somewhere else.
    Moved,
    /// No such file.
    Missing,
    /// No workspace was given.
    Unchecked,
}

/// A code path named outside stack traces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodePath {
    /// The path as written, without line numbers.
    pub path: String,
    /// First line named with it.
    pub line: Option<u32>,
    /// Function named with it.
    pub function: Option<String>,
    /// The note beside it ("refresh endpoint").
    pub note: Option<String>,
    /// Whether it was found in the workspace.
    pub resolved: Resolution,
    /// Every place that names it.
    pub spans: Vec<Cited>,
}

/// What a name of code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CodeNameKind {
    /// A module, package or namespace, or a free function of one that is not called.
    Module,
    /// A class, struct, trait or enum.
    Type,
    /// A function or method.
    Function,
}

/// A name of a module, class or function outside stack traces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodeName {
    /// The name as written, without the brackets of a call.
    pub name: String,
    /// What it stands for.
    pub kind: CodeNameKind,
    /// How often it is named.
    pub count: u32,
    /// The places that name it, the first 20.
    pub spans: Vec<Cited>,
}

/// What kind of payload a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the variants are the field's standard terms")]
pub enum PayloadKind {
    Jwt,
    Json,
    Http,
    Sql,
    Config,
}

/// A key of a payload with its value where that is a scalar without a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct PayloadKey {
    /// Dotted path of the key (`user.roles`, `items[].id`).
    pub key: String,
    /// The scalar value as text; `None` for objects, lists and secrets.
    pub value: Option<String>,
}

/// A payload found in a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Payload {
    /// What kind it is.
    pub kind: PayloadKind,
    /// Keys in the order written.
    pub keys: Vec<PayloadKey>,
    /// Names the document says are missing from it.
    pub missing: Vec<String>,
    /// Where it stands.
    pub span: Cited,
}

/// How exactly a time is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// Only the day.
    Day,
    /// Hours and minutes.
    Minute,
    /// Seconds.
    Second,
    /// Milliseconds or finer.
    Subsecond,
}

/// What kind of row a timeline row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TimelineKind {
    /// A sentence or table row that names a time.
    Stated,
    /// An event of a log.
    Log,
    /// A burst, gap or onset computed from a log.
    Computed,
}

/// One row of the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TimelineRow {
    /// The time as written (`2024-01-22 14:32`, `09:30:01.234`).
    pub at: String,
    /// What happened.
    pub text: String,
    /// How exactly the time is known.
    pub precision: Precision,
    /// Zone as written (`UTC`, `+02:00`, `EST`), `None` if none was.
    pub zone: Option<String>,
    /// Where it stands.
    pub span: Cited,
    /// What kind of row it is.
    pub kind: TimelineKind,
}

/// A stated number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Metric {
    /// What it is of, as far as the words beside it say.
    pub name: String,
    /// The value as a decimal string (`"15"`, `"0.1"`).
    pub value: String,
    /// Unit as written (`%`, `ms`, `users`), empty if none.
    pub unit: String,
    /// The lower end of a range, or where a change began; in the same unit.
    #[serde(default)]
    pub from: Option<String>,
    /// Comparison written before it (`<`, `>`, `~`), `..` of a range, `->` of a change, empty if none.
    pub comparison: String,
    /// The sentence it stands in.
    pub text: String,
    /// Where it stands.
    pub span: Cited,
    /// The other places that state the same, the first 20.
    #[serde(default)]
    pub again: Vec<Cited>,
}
