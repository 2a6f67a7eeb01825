//! Finds the signals of rules in a case: one file a signal kind. What the matches are worth is decided in `diagnose`.

mod code;
mod config;
mod log;
mod metric;
mod negation;
mod onset;
mod pair;
mod payload;
mod prose;
mod series;
mod trace;

use std::collections::BTreeMap;

use crate::case::{Basis, SignalKind};
use crate::extract::{Reading, SectionRole};
use crate::finding::Finding;
use crate::source::SourceMap;
use crate::span::Span;

use super::prefilter::Prefilter;
use super::specificity::FULL;
use super::{LogLook, Look, RuleSet, Signal, TextUnit};

pub use code::check_ast;

/// Names that every explanation, sketch and remedy may use: they come from the case itself. `endpoint` is `method` and `path`.
pub const CASE_NAMES: &[&str] =
    &["component", "endpoint", "error", "file", "function", "log", "method", "path", "version"];

/// What rules are matched against.
#[derive(Debug)]
pub struct MatchInput<'a> {
    /// The sources.
    pub sources: &'a SourceMap,
    /// The sources, cut into matchable pieces.
    pub reading: &'a Reading,
    /// The texts for prose cues.
    pub units: &'a [TextUnit<'a>],
    /// Consistency findings, for payload signals that build on one.
    pub findings: &'a [Finding],
}

/// Whether a signal speaks for its rule or against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// One of `signals`.
    For,
    /// One of `against`.
    Against,
}

/// One place where a signal matched.
#[derive(Clone, Debug)]
pub struct Match {
    /// Index of the rule in its set.
    pub rule: usize,
    /// Whether the signal speaks for or against.
    pub side: Side,
    /// Index of the signal on that side.
    pub signal: usize,
    /// What tells distinct matches of one signal apart: the cue, or the signal's name.
    pub cue: String,
    /// 3, 2 or 1.
    pub tier: u8,
    /// How telling the cue is, in thousandths (see `rules::specificity`).
    pub specificity: u16,
    /// Kind of the signal.
    pub kind: SignalKind,
    /// The words a page quotes.
    pub span: Span,
    /// Where in the unit's text the cue stands, for prose.
    pub site: Option<std::ops::Range<usize>>,
    /// Further places of the same match (the other events of a sequence).
    pub more: Vec<Span>,
    /// Index of the text unit, for prose.
    pub unit: Option<usize>,
    /// Role of the section.
    pub role: SectionRole,
    /// How the statement is known.
    pub basis: Basis,
    /// Whether the words deny the cue.
    pub negated: bool,
    /// Whether the cue is a topic word without a problem predicate in its sentence.
    pub topic: bool,
    /// Whether the match is structural: a sequence, a key, a value against its limit, a syntax tree.
    pub structural: bool,
    /// Whether it is a pair of expected and actual: what a test says when it fails.
    pub pair: bool,
    /// What was captured, by name.
    pub bindings: BTreeMap<String, String>,
}

impl Match {
    fn new(at: Place, kind: SignalKind, span: Span, basis: Basis, role: SectionRole) -> Self {
        Match {
            rule: at.rule,
            side: at.side,
            signal: at.signal,
            cue: at.name.to_string(),
            tier: at.tier,
            specificity: FULL,
            kind,
            span,
            site: None,
            more: Vec::new(),
            unit: None,
            role,
            basis,
            negated: false,
            topic: false,
            structural: false,
            pair: false,
            bindings: BTreeMap::new(),
        }
    }
}

/// A signal with its address in the rule set.
#[derive(Clone, Copy, Debug)]
struct Place<'a> {
    rule: usize,
    side: Side,
    signal: usize,
    name: &'a str,
    tier: u8,
}

/// What is looked up for the signals of a rule set; the same for every case.
#[derive(Debug)]
pub(super) struct Index {
    cues: prose::CueIndex,
    log: Prefilter,
}

impl Index {
    fn new(rules: &RuleSet) -> Self {
        Index { cues: prose::CueIndex::new(rules), log: log::prefilter(rules) }
    }
}

/// Finds every match of every signal, ordered by rule, side, signal and place.
pub fn match_rules(rules: &RuleSet, input: &MatchInput<'_>) -> Vec<Match> {
    let index = rules.index.get_or_init(|| Index::new(rules));
    let mut matches = prose::matches(rules, &index.cues, input);
    matches.extend(log::matches(rules, &index.log, input));
    for (place, signal) in signals(rules) {
        match &signal.look {
            Look::Prose { .. } | Look::Log(_) => {}
            Look::Trace(look) => matches.extend(trace::matches(place, look, input)),
            Look::Payload(look) => matches.extend(payload::matches(place, look, input)),
            Look::Metric(look) => matches.extend(metric::matches(place, look, input)),
            Look::Onset(after) => matches.extend(onset::matches(place, after, input)),
            Look::Pair(look) => matches.extend(pair::matches(place, look, input)),
            Look::Code(look) => matches.extend(code::matches(place, look, input)),
            Look::Config(look) => matches.extend(config::matches(place, look, input)),
        }
    }
    matches.sort_by(|a, b| (a.rule, a.side, a.signal, a.span, &a.cue).cmp(&(b.rule, b.side, b.signal, b.span, &b.cue)));
    matches
}

fn signals(rules: &RuleSet) -> impl Iterator<Item = (Place<'_>, &Signal)> {
    rules.rules.iter().enumerate().flat_map(|(rule, body)| {
        let for_it = body.signals.iter().enumerate().map(move |(signal, s)| (Side::For, signal, s));
        let against = body.against.iter().enumerate().map(move |(signal, s)| (Side::Against, signal, s));
        for_it
            .chain(against)
            .map(move |(side, signal, s)| (Place { rule, side, signal, name: s.name.as_str(), tier: s.tier }, s))
    })
}

/// Names that a kind of signal always captures, beside the named captures of its patterns.
pub fn fixed_names(look: &Look) -> &'static [&'static str] {
    match look {
        Look::Prose { .. } | Look::Onset(_) => &[],
        Look::Log(LogLook::Series(_)) => &["count", "gap", "first", "last", "series"],
        Look::Log(_) => &["count", "gap"],
        Look::Trace(_) => &["exception", "message", "frame", "waiter", "holder", "lock"],
        Look::Payload(_) => &["missing", "key", "value", "computed"],
        Look::Metric(_) => &["value", "limit", "measured"],
        Look::Pair(_) => &["expected", "actual", "relation"],
        Look::Code(_) => &["code"],
        Look::Config(_) => &["key", "value"],
    }
}
