//! Log events as a page shows them: a summary, message templates, bursts, gaps, rhythms and a few lines.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Cited;

/// Severity of a log event, most verbose first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the variants are the usual level names")]
pub enum Level {
    Trace,
    Debug,
    Info,
    Notice,
    Warn,
    Error,
    Fatal,
}

/// A message with its variable parts replaced by `<*>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogTemplate {
    /// The message with `<*>` for what varies.
    pub template: String,
    /// Number of events.
    pub count: u64,
    /// Time of the first event as written.
    pub first: Option<String>,
    /// Time of the last event as written.
    pub last: Option<String>,
    /// Level, where all events agree.
    pub level: Option<Level>,
    /// The first event.
    pub span: Cited,
}

/// A stretch of time with far more events than its surroundings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Burst {
    /// Time of the first event as written.
    pub first: String,
    /// Time of the last event as written.
    pub last: String,
    /// Events in it.
    pub count: u64,
    /// Template most of them share.
    pub template: String,
    /// The first event.
    pub span: Cited,
}

/// A stretch of time without any event, far longer than usual in its log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// Time of the last event before it as written.
    pub first: String,
    /// Time of the first event after it as written.
    pub last: String,
    /// How long it is, in whole seconds.
    pub seconds: u64,
    /// The first event after it.
    pub span: Cited,
}

/// A warning or error that comes at regular times, such as every half hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Period {
    /// Time of the first event as written.
    pub first: String,
    /// Time of the last event that was looked at, as written.
    pub last: String,
    /// Seconds from one time to the next.
    pub every_seconds: u64,
    /// How often it came, as far as was looked at; events close together count once.
    pub times: u64,
    /// Template of the events.
    pub template: String,
    /// The first event.
    pub span: Cited,
}

/// One line that a page quotes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogLine {
    /// Time as written.
    pub at: Option<String>,
    /// Level.
    pub level: Option<Level>,
    /// Logger or component.
    pub component: Option<String>,
    /// The message, secrets redacted.
    pub message: String,
    /// Where it stands.
    pub span: Cited,
}

/// What the logs of a case hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogSummary {
    /// Number of events.
    pub total: u64,
    /// Number of events a level; events without a level are not counted here.
    pub by_level: BTreeMap<Level, u64>,
    /// Templates, most frequent first.
    pub templates: Vec<LogTemplate>,
    /// Number of templates, listed or not.
    #[serde(default)]
    pub template_count: u64,
    /// Bursts in time order.
    pub bursts: Vec<Burst>,
    /// Longest stretches without events, in time order within each source.
    #[serde(default)]
    pub gaps: Vec<Gap>,
    /// Warnings and errors that come at regular times, in time order within each source.
    #[serde(default)]
    pub periods: Vec<Period>,
    /// A handful of lines worth reading, in source order.
    pub excerpt: Vec<LogLine>,
}
