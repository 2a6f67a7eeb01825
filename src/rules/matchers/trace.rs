//! Trace signals: exception class, message and frames of stack traces.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::case::{Basis, SignalKind};
use crate::extract::{SectionRole, SourcedTrace};
use crate::rules::TraceLook;
use crate::span::Span;

use super::log::captures;
use super::{Match, MatchInput, Place};

/// Most traces cited for one signal.
const TRACES: usize = 3;

pub(super) fn matches(place: Place<'_>, look: &TraceLook, input: &MatchInput<'_>) -> Vec<Match> {
    input.reading.traces.iter().filter_map(|trace| judge(place, look, trace, input)).take(TRACES).collect()
}

fn judge(place: Place<'_>, look: &TraceLook, sourced: &SourcedTrace, input: &MatchInput<'_>) -> Option<Match> {
    let trace = &sourced.trace;
    if !look.languages.is_empty() && !look.languages.contains(&trace.language) {
        return None;
    }
    let text = |range: &Range<usize>| input.sources.text(Span::new(sourced.source, range.clone()));
    let mut bindings = BTreeMap::new();
    let mut quoted: Option<Range<usize>> = None;
    for (name, pattern, range) in
        [("exception", &look.exception, &trace.exception), ("message", &look.message, &trace.message)]
    {
        if let Some(range) = range {
            bindings.insert(name.to_string(), text(range).trim().to_string());
        }
        let Some(pattern) = pattern else { continue };
        let range = range.as_ref()?;
        bindings.extend(matched(pattern, text(range))?);
        quoted = Some(quoted.map_or(range.clone(), |known| known.start.min(range.start)..known.end.max(range.end)));
    }
    if let Some(pattern) = &look.frame {
        let frame = trace.frames.iter().find(|frame| matched(pattern, text(&frame.range)).is_some())?;
        bindings.extend(captures(pattern, text(&frame.range)));
        bindings.insert("frame".into(), text(&frame.range).trim().to_string());
        quoted = quoted.or(Some(frame.range.clone()));
    }
    let range = quoted?;
    let mut hit =
        Match::new(place, SignalKind::Trace, Span::new(sourced.source, range), Basis::Observed, SectionRole::Evidence);
    hit.structural = look.frame.is_some();
    hit.bindings = bindings;
    Some(hit)
}

fn matched(pattern: &crate::rules::Pattern, text: &str) -> Option<BTreeMap<String, String>> {
    let possible = pattern.may_match(&text.to_ascii_lowercase());
    (possible && pattern.regex().is_match(text)).then(|| captures(pattern, text))
}
