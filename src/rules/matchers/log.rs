//! Log signals: single events, contradictory outcomes of one key, repeats, starts without an end.

use std::collections::BTreeMap;

use crate::case::{Basis, SignalKind};
use crate::extract::{SectionRole, SourcedEvent};
use crate::rules::prefilter::Prefilter;
use crate::rules::{LogLook, Look, Pattern, RuleSet};
use crate::span::Span;

use super::{Match, MatchInput, Place, series, signals};

/// Longest text of an event that patterns are run on, in bytes.
const EVENT_BYTES: usize = 4096;
/// Events without comparable times belong together when no more than this many events lie between them.
const NEARBY: usize = 50;
/// Most keys of one sequence signal that are reported; the first ones tell the story.
const KEYS: usize = 5;
/// Most events of one match that are cited beside the first.
const CITED: usize = 4;
/// Most events of a single-line signal that are cited.
const LINES: usize = 5;

/// Event numbers at which each pattern matched.
struct Hits<'a> {
    patterns: Vec<&'a Pattern>,
    events: Vec<Vec<usize>>,
}

fn looks(rules: &RuleSet) -> Vec<(Place<'_>, &LogLook)> {
    let looks = signals(rules).filter_map(|(place, signal)| match &signal.look {
        Look::Log(look) => Some((place, look)),
        _ => None,
    });
    looks.collect()
}

/// The prefilter over the patterns that pick events, of all log signals in order.
pub(super) fn prefilter(rules: &RuleSet) -> Prefilter {
    let patterns: Vec<&Pattern> = looks(rules).iter().flat_map(|(_, look)| outcomes(look)).collect();
    Prefilter::new(&patterns)
}

pub(super) fn matches(rules: &RuleSet, prefilter: &Prefilter, input: &MatchInput<'_>) -> Vec<Match> {
    let looks = looks(rules);
    if looks.is_empty() || input.reading.events.is_empty() {
        return Vec::new();
    }
    let hits = Hits::find(&looks, prefilter, input);
    let mut matches = Vec::new();
    let mut next = 0;
    for (place, look) in looks {
        let own = &hits.events[next..next + outcomes(look).len()];
        next += own.len();
        match look {
            LogLook::Line { line, level, at_least } => {
                let wanted = |event: &usize| match (level, input.reading.events[*event].event.level) {
                    (Some(least), Some(level)) => level >= *least,
                    _ => true,
                };
                let events: Vec<usize> = own[0].iter().copied().filter(wanted).collect();
                if events.len() >= (*at_least).max(1) {
                    matches.extend(lines(place, line, &events, input));
                }
            }
            LogLook::Sequence { key, within, first, then, at_least, first_at_most } => {
                let outcomes =
                    Outcomes { key, within: *within, first, then, at_least: *at_least, first_at_most: *first_at_most };
                matches.extend(outcomes.matches(place, &own[0], &own[1], input));
            }
            LogLook::Repeats { key, line, at_least, within } => {
                matches.extend(repeats(place, key, line, (*at_least, *within), &own[0], input));
            }
            LogLook::Unfinished { key, start, end, at_least } => {
                let _ = end;
                matches.extend(unfinished(place, key, start, *at_least, (&own[0], &own[1]), input));
            }
            LogLook::Series(look) => matches.extend(series::matches(place, look, &own[0], input)),
        }
    }
    matches
}

/// The patterns of a signal that pick events, without its key.
fn outcomes(look: &LogLook) -> Vec<&Pattern> {
    match look {
        LogLook::Line { line, .. } | LogLook::Repeats { line, .. } => vec![line],
        LogLook::Sequence { first, then, .. } => vec![first, then],
        LogLook::Unfinished { start, end, .. } => vec![start, end],
        LogLook::Series(look) => vec![&look.of],
    }
}

impl<'a> Hits<'a> {
    fn find(looks: &[(Place<'_>, &'a LogLook)], prefilter: &Prefilter, input: &MatchInput<'_>) -> Self {
        let patterns: Vec<&Pattern> = looks.iter().flat_map(|(_, look)| outcomes(look)).collect();
        let mut hits = Hits { events: vec![Vec::new(); patterns.len()], patterns };
        for (number, event) in input.reading.events.iter().enumerate() {
            let text = event_text(event, input);
            for candidate in prefilter.candidates(text) {
                if hits.patterns[candidate].is_match(text) {
                    hits.events[candidate].push(number);
                }
            }
        }
        hits
    }
}

pub(super) fn event_text<'a>(event: &SourcedEvent, input: &MatchInput<'a>) -> &'a str {
    let text = input.sources.text(Span::new(event.source, event.event.range.clone()));
    let mut end = text.len().min(EVENT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

pub(super) fn line_span(event: &SourcedEvent) -> Span {
    Span::new(event.source, event.event.line.clone())
}

/// The narrowest place of a match: its line within the event, so that a quote shows the words that matched.
fn matched_line(pattern: &Pattern, event: &SourcedEvent, input: &MatchInput<'_>) -> Span {
    let text = event_text(event, input);
    let Some(hit) = pattern.find(text) else { return line_span(event) };
    let start = text[..hit.start()].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let end = text[hit.end()..].find(['\n', '\r']).map_or(text.len(), |at| hit.end() + at);
    let base = event.event.range.start;
    Span::new(event.source, base + start..base + end)
}

fn hit_at(place: Place<'_>, span: Span) -> Match {
    Match::new(place, SignalKind::Log, span, Basis::Observed, SectionRole::Evidence)
}

fn lines(place: Place<'_>, line: &Pattern, events: &[usize], input: &MatchInput<'_>) -> Vec<Match> {
    let shown = events.iter().take(LINES).map(|&number| {
        let event = &input.reading.events[number];
        let mut hit = hit_at(place, matched_line(line, event, input));
        hit.bindings = captures(line, event_text(event, input));
        hit.bindings.insert("count".into(), events.len().to_string());
        hit
    });
    shown.collect()
}

/// Named captures of a pattern's first match.
pub(super) fn captures(pattern: &Pattern, text: &str) -> BTreeMap<String, String> {
    if !["(?<", "(?P<"].iter().any(|group| pattern.source().contains(group)) {
        return BTreeMap::new();
    }
    let Some(found) = pattern.captures(text) else { return BTreeMap::new() };
    found.named().map(|(name, part)| (name.to_string(), part.as_str().trim().to_string())).collect()
}

/// Events grouped by the value their key captures; events without a key are left out.
pub(super) fn by_key(key: &Pattern, events: &[usize], input: &MatchInput<'_>) -> BTreeMap<String, Vec<usize>> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for &number in events {
        let text = event_text(&input.reading.events[number], input);
        if let Some(value) = captures(key, text).into_values().next() {
            groups.entry(value).or_default().push(number);
        }
    }
    groups
}

/// Whether two events lie within `micros` of each other; nearness in the text decides where times cannot be compared.
pub(super) fn near(earlier: usize, later: usize, micros: i64, input: &MatchInput<'_>) -> bool {
    match gap(earlier, later, input) {
        Some(gap) => (0..=micros).contains(&gap),
        None => {
            let events = &input.reading.events;
            events[earlier].source == events[later].source && later - earlier <= NEARBY
        }
    }
}

pub(super) fn gap(earlier: usize, later: usize, input: &MatchInput<'_>) -> Option<i64> {
    let events = &input.reading.events;
    let (_, first) = events[earlier].event.moment.as_ref()?;
    let (_, last) = events[later].event.moment.as_ref()?;
    last.since(first)
}

struct Outcomes<'a> {
    key: &'a Pattern,
    within: i64,
    first: &'a Pattern,
    then: &'a Pattern,
    at_least: usize,
    first_at_most: usize,
}

impl Outcomes<'_> {
    fn matches(&self, place: Place<'_>, first: &[usize], then: &[usize], input: &MatchInput<'_>) -> Vec<Match> {
        let firsts = by_key(self.key, first, input);
        let thens = by_key(self.key, then, input);
        let mut matches = Vec::new();
        for (value, first) in firsts {
            if matches.len() >= KEYS || first.len() > self.first_at_most {
                continue;
            }
            let Some(candidates) = thens.get(&value) else { continue };
            let start = first[0];
            let followers: Vec<usize> = candidates
                .iter()
                .copied()
                .filter(|&event| event > start && near(start, event, self.within, input))
                .collect();
            if followers.len() >= self.at_least {
                matches.push(self.report(place, start, &followers, input));
            }
        }
        matches
    }

    fn report(&self, place: Place<'_>, start: usize, followers: &[usize], input: &MatchInput<'_>) -> Match {
        let events = &input.reading.events;
        let mut hit = hit_at(place, line_span(&events[start]));
        hit.more = followers.iter().take(CITED).map(|&event| line_span(&events[event])).collect();
        hit.structural = true;
        hit.bindings = captures(self.then, event_text(&events[followers[0]], input));
        hit.bindings.extend(captures(self.first, event_text(&events[start], input)));
        hit.bindings.extend(captures(self.key, event_text(&events[start], input)));
        hit.bindings.insert("count".into(), followers.len().to_string());
        if let Some(micros) = followers.last().and_then(|&last| gap(start, last, input)) {
            hit.bindings.insert("gap".into(), duration_text(micros));
        }
        hit
    }
}

fn repeats(
    place: Place<'_>,
    key: &Pattern,
    line: &Pattern,
    (at_least, within): (usize, i64),
    events: &[usize],
    input: &MatchInput<'_>,
) -> Vec<Match> {
    let mut matches = Vec::new();
    for group in by_key(key, events, input).into_values() {
        if matches.len() >= KEYS || group.len() < at_least {
            continue;
        }
        let window = group.windows(at_least).find(|window| near(window[0], window[at_least - 1], within, input));
        let Some(window) = window else { continue };
        let all = &input.reading.events;
        let mut hit = hit_at(place, line_span(&all[window[0]]));
        hit.more = window[1..].iter().take(CITED).map(|&event| line_span(&all[event])).collect();
        hit.structural = true;
        hit.bindings = captures(line, event_text(&all[window[0]], input));
        hit.bindings.extend(captures(key, event_text(&all[window[0]], input)));
        hit.bindings.insert("count".into(), group.len().to_string());
        if let Some(micros) = gap(window[0], window[at_least - 1], input) {
            hit.bindings.insert("gap".into(), duration_text(micros));
        }
        matches.push(hit);
    }
    matches
}

fn unfinished(
    place: Place<'_>,
    key: &Pattern,
    start: &Pattern,
    at_least: usize,
    (starts, ends): (&[usize], &[usize]),
    input: &MatchInput<'_>,
) -> Vec<Match> {
    // Without a single end in the log, ends are simply not logged, and nothing follows from their absence.
    if ends.is_empty() {
        return Vec::new();
    }
    let ended = by_key(key, ends, input);
    let open: Vec<usize> = by_key(key, starts, input)
        .into_iter()
        .filter(|(value, starts)| ended.get(value).is_none_or(|ends| ends.iter().all(|end| end < &starts[0])))
        .map(|(_, starts)| starts[0])
        .collect();
    if open.len() < at_least {
        return Vec::new();
    }
    let all = &input.reading.events;
    let shown = open.iter().take(KEYS).map(|&event| {
        let mut hit = hit_at(place, line_span(&all[event]));
        hit.structural = true;
        hit.bindings = captures(start, event_text(&all[event], input));
        hit.bindings.extend(captures(key, event_text(&all[event], input)));
        hit.bindings.insert("count".into(), open.len().to_string());
        hit
    });
    shown.collect()
}

/// A duration in the unit people would use: `2 ms`, `1.5 s`, `3 min`.
pub(super) fn duration_text(micros: i64) -> String {
    match micros {
        ..1_000 => format!("{micros} µs"),
        1_000..1_000_000 => format!("{} ms", micros / 1_000),
        1_000_000..120_000_000 if micros % 1_000_000 == 0 => format!("{} s", micros / 1_000_000),
        1_000_000..120_000_000 => format!("{}.{} s", micros / 1_000_000, micros % 1_000_000 / 100_000),
        _ => format!("{} min", micros / 60_000_000),
    }
}
