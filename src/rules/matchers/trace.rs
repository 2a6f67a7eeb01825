//! Trace signals: exception class, message and frames of stack traces.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::case::{Basis, SignalKind};
use crate::extract::{SectionRole, SourcedLocks, SourcedTrace};
use crate::rules::{LockLook, TraceLook};
use crate::span::Span;

use super::log::captures;
use super::{Match, MatchInput, Place};

/// Most traces cited for one signal.
const TRACES: usize = 3;

pub(super) fn matches(place: Place<'_>, look: &TraceLook, input: &MatchInput<'_>) -> Vec<Match> {
    if let Some(wanted) = look.locks {
        let shown = |locks| shows_locks(place, wanted, locks, input);
        return input.reading.locks.iter().filter_map(shown).take(TRACES).collect();
    }
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

/// The wait that a report of locks shows: of one in the circle, else of one whose holder is known.
fn shows_locks(place: Place<'_>, wanted: LockLook, sourced: &SourcedLocks, input: &MatchInput<'_>) -> Option<Match> {
    let locks = &sourced.locks;
    let text = |range: &Range<usize>| input.sources.text(Span::new(sourced.source, range.clone())).trim().to_string();
    let party = match wanted {
        LockLook::Cycle if locks.cycle.is_empty() && locks.detected.is_none() => return None,
        LockLook::Cycle => locks.cycle.first().and_then(|first| locks.parties.get(*first)),
        LockLook::Waits => Some(locks.parties.iter().find(|party| party.waits_for.is_some())?),
    };
    let mut bindings = BTreeMap::new();
    if let Some(party) = party {
        bindings.insert("waiter".to_string(), text(&party.name));
        bindings.extend(party.wants.as_ref().map(|lock| ("lock".to_string(), text(lock))));
        let holder = party.waits_for.and_then(|holder| locks.parties.get(holder));
        bindings.extend(holder.map(|holder| ("holder".to_string(), text(&holder.name))));
    }
    let range = party.map(|party| &party.place).or(locks.detected.as_ref())?.clone();
    let span = Span::new(sourced.source, range);
    let mut hit = Match::new(place, SignalKind::Trace, span, Basis::Observed, SectionRole::Evidence);
    hit.structural = true;
    hit.bindings = bindings;
    Some(hit)
}

fn matched(pattern: &crate::rules::Pattern, text: &str) -> Option<BTreeMap<String, String>> {
    pattern.is_match(text).then(|| captures(pattern, text))
}
