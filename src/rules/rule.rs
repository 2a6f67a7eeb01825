//! A rule, ready to run: plain data, made by `compile` from a rule file.

use std::ops::Range;

use crate::case::{Discriminator, Fix, Level, Missing, Odc, PayloadKind, Role, SignalKind, TraceLanguage};
use crate::extract::SectionRole;
use crate::finding::Code;

use super::schema::{AstRule, LockLook, SeriesShape};
use super::{Cue, PairLook, Pattern};

/// A rule, ready to run.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields are those of the rule file, documented there")]
pub struct Rule {
    pub id: String,
    pub version: u32,
    pub class: String,
    pub title: String,
    pub role: Role,
    pub latent_without_symptom: bool,
    pub odc: Odc,
    pub about: String,
    pub explanation: String,
    pub signals: Vec<Signal>,
    pub against: Vec<Signal>,
    pub yields_to: Vec<String>,
    pub missing: Vec<Missing>,
    pub discriminators: Vec<Discriminator>,
    pub remedy: Fix,
    pub examples: Option<Examples>,
}

/// A signal, ready to run.
#[derive(Clone, Debug)]
pub struct Signal {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: SignalKind,
    /// Its tier; prose cues carry their own.
    pub tier: u8,
    /// For signals against: whether a match refutes.
    pub refutes: bool,
    /// What it looks for.
    pub look: Look,
}

/// What a signal looks for.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the variants are the signal kinds, documented in the rule schema")]
#[allow(clippy::large_enum_variant, reason = "a rule set holds a few hundred of them")]
pub enum Look {
    Prose { cues: Vec<(u8, Cue)>, sections: Vec<SectionRole> },
    Log(LogLook),
    Trace(TraceLook),
    Payload(PayloadLook),
    Metric(MetricLook),
    Pair(PairLook),
    Onset(Vec<Cue>),
    Code(CodeLook),
    Config(ConfigLook),
}

/// What a log signal looks for.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "documented in the rule schema")]
pub enum LogLook {
    Line { line: Pattern, level: Option<Level>, at_least: usize },
    Sequence { key: Pattern, within: i64, first: Pattern, then: Pattern, at_least: usize, first_at_most: usize },
    Repeats { key: Pattern, line: Pattern, at_least: usize, within: i64 },
    Unfinished { key: Pattern, start: Pattern, end: Pattern, at_least: usize },
    Series(SeriesLook),
}

/// What the numbers of many events look like.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "documented in the rule schema")]
pub struct SeriesLook {
    pub of: Pattern,
    pub shape: SeriesShape,
    pub key: Option<Pattern>,
    pub at_least: usize,
    pub within: i64,
}

/// What a trace signal looks for.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "documented in the rule schema")]
pub struct TraceLook {
    pub exception: Option<Pattern>,
    pub message: Option<Pattern>,
    pub frame: Option<Pattern>,
    pub locks: Option<LockLook>,
    pub languages: Vec<TraceLanguage>,
}

/// What a payload signal looks for.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "documented in the rule schema")]
pub struct PayloadLook {
    pub kinds: Vec<PayloadKind>,
    pub present: Vec<String>,
    pub absent: Vec<String>,
    pub said_missing: bool,
    pub empty: Option<Pattern>,
    pub pair: Option<Pattern>,
    pub finding: Option<Code>,
}

/// What a metric signal looks for.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "documented in the rule schema")]
pub struct MetricLook {
    pub of: Option<Pattern>,
    pub units: Vec<String>,
    pub at_least: Option<i64>,
    pub at_most: Option<i64>,
    pub exceeds: Option<(Pattern, Pattern)>,
}

/// What a code signal looks for.
#[derive(Clone)]
#[allow(missing_docs, reason = "documented in the rule schema")]
pub struct CodeLook {
    pub languages: Vec<String>,
    pub ast: Option<AstRule>,
    pub pattern: Option<Pattern>,
    pub without: Option<Pattern>,
}

impl std::fmt::Debug for CodeLook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (pattern, without) = (&self.pattern, &self.without);
        let mut form = f.debug_struct("CodeLook");
        form.field("languages", &self.languages).field("ast", &self.ast.as_ref().map(written));
        form.field("pattern", pattern).field("without", without).finish()
    }
}

#[cfg(feature = "code")]
fn written(ast: &AstRule) -> String {
    serde_json::to_string(ast).unwrap_or_default()
}

#[cfg(not(feature = "code"))]
fn written(_: &AstRule) -> String {
    String::new()
}

/// What a config signal looks for.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "documented in the rule schema")]
pub struct ConfigLook {
    pub key: Pattern,
    pub value: Option<Pattern>,
}

/// The examples of a rule, with their places in the YAML.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "documented in the rule schema")]
pub struct Examples {
    pub fires: Vec<Example>,
    pub quiet: Vec<Example>,
    pub near_miss: Vec<Example>,
    pub distractor: Vec<Example>,
}

/// One example.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "documented in the rule schema")]
pub struct Example {
    pub why: String,
    pub place: Range<usize>,
    pub text: String,
    pub log: Option<String>,
    pub signals: Vec<String>,
    pub dots: Option<u8>,
    pub leads: bool,
}

impl Examples {
    /// Number of examples.
    pub fn len(&self) -> usize {
        self.fires.len() + self.quiet.len() + self.near_miss.len() + self.distractor.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
