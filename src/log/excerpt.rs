//! Chooses the few lines of the logs that a page quotes: contradictory outcomes, where errors begin, each kind of error.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::{Level, LogLine};
use crate::span::SourceId;

use super::LogEvent;
use super::summary::{Mined, onset, told};

/// Most lines of the excerpt.
const LINES: usize = 12;

/// Most lines that show contradictory outcomes, most kinds of errors, and most lines where nothing failed.
const CONTRADICTIONS: usize = 4;
const KINDS: usize = 6;
const QUIET: usize = 3;

/// Most keys that are followed over the logs, so that memory stays bounded.
const KEYS: usize = 100_000;

/// Shortest value that ties two lines together: shorter ones are counts and flags.
const VALUE_BYTES: usize = 4;

/// The lines worth quoting, in source order.
pub(super) fn choose_lines(mined: &Mined<'_>) -> Vec<LogLine> {
    let failed: Vec<bool> = mined.events.iter().map(|(source, event)| fails(mined, *source, event)).collect();
    let mut chosen: BTreeSet<usize> = contradictions(mined);
    let begin = onset(mined.events).or_else(|| failed.iter().position(|failed| *failed));
    if let Some(begin) = begin {
        let before = begin.checked_sub(1).filter(|before| mined.events[*before].0 == mined.events[begin].0);
        chosen.extend(before);
        chosen.insert(begin);
        chosen.extend(first_of_kinds(mined, KINDS, |index| failed[index]));
    }
    if chosen.is_empty() {
        chosen.extend(first_of_kinds(mined, QUIET, |_| true));
    }
    chosen.into_iter().take(LINES).map(|index| line(mined, index)).collect()
}

/// Whether an event tells of a failure: by its level, or by the status of its response.
fn fails(mined: &Mined<'_>, source: SourceId, event: &LogEvent) -> bool {
    event.level >= Some(Level::Error) || status_class(mined, source, event).is_some_and(|class| class >= b'4')
}

/// First digit of the HTTP status.
fn status_class(mined: &Mined<'_>, source: SourceId, event: &LogEvent) -> Option<u8> {
    let status = event.http.as_ref()?.status.clone()?;
    (mined.text)(source, status).bytes().next()
}

/// For keys whose requests both succeeded and failed (`token=t1` -> 200, then 401): the first line of either kind.
fn contradictions(mined: &Mined<'_>) -> BTreeSet<usize> {
    let mut outcomes: BTreeMap<(String, String), [Option<usize>; 2]> = BTreeMap::new();
    for (index, (source, event)) in mined.events.iter().enumerate() {
        let Some(class) = status_class(mined, *source, event) else { continue };
        let path = event.http.as_ref().and_then(|http| http.path.clone());
        let path = path.map_or(String::new(), |path| (mined.text)(*source, path));
        for field in event.fields.iter().filter(|field| field.value.len() >= VALUE_BYTES) {
            let pair = (mined.text)(*source, field.key.start..field.value.end);
            // Two secrets that were redacted look alike but are not the same value.
            if outcomes.len() >= KEYS || pair.contains("[redacted") {
                continue;
            }
            let slot = &mut outcomes.entry((pair, path.clone())).or_default()[usize::from(class >= b'4')];
            slot.get_or_insert(index);
        }
    }
    let mut both: Vec<[usize; 2]> = outcomes.into_values().filter_map(|[good, bad]| Some([good?, bad?])).collect();
    both.sort_by_key(|pair| pair.iter().copied().max());
    both.dedup();
    both.into_iter().flatten().take(CONTRADICTIONS).collect()
}

/// The first event of each of the most frequent templates among the events that `counts` takes.
fn first_of_kinds(mined: &Mined<'_>, most: usize, counts: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut kinds: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (index, template) in mined.template.iter().enumerate().filter(|(index, _)| counts(*index)) {
        kinds.entry(*template).or_insert((index, 0)).1 += 1;
    }
    let mut kinds: Vec<(usize, usize)> = kinds.into_values().collect();
    kinds.sort_by_key(|(first, count)| (std::cmp::Reverse(*count), *first));
    kinds.into_iter().take(most).map(|(first, _)| first).collect()
}

fn line(mined: &Mined<'_>, index: usize) -> LogLine {
    let (source, event) = &mined.events[index];
    LogLine {
        at: mined.at(index),
        level: event.level,
        component: event.component.clone().map(|range| (mined.text)(*source, range)),
        message: (mined.text)(*source, told(event)),
        span: mined.span(index),
    }
}

#[cfg(test)]
mod tests {
    use crate::log::summary::summary_of;

    fn lines(text: &str) -> Vec<u64> {
        summary_of(text).excerpt.iter().map(|line| line.span.lines[0]).collect()
    }

    #[test]
    fn one_key_with_two_outcomes_is_quoted() {
        let text = "[11:00:00.001] GET /ok -> 200\n\
                    [11:00:00.002] POST /renew token=tok-a -> 200 OK\n\
                    [11:00:00.003] POST /renew token=tok-a -> 401 \"used\"\n\
                    [11:00:00.004] POST /renew token=tok-a -> 401 \"used\"\n";
        assert_eq!(lines(text), [2, 3]);
    }

    #[test]
    fn the_first_error_of_each_kind_is_quoted_after_the_line_before_it() {
        let text = "2023-05-02 11:00:00 INFO shop: up\n\
                    2023-05-02 11:00:01 INFO shop: ready\n\
                    2023-05-02 11:00:02 ERROR shop: cart 1 lost\n\
                    2023-05-02 11:00:03 ERROR shop: cart 2 lost\n\
                    2023-05-02 11:00:04 ERROR shop: disk full\n";
        assert_eq!(lines(text), [2, 3, 5]);
    }

    #[test]
    fn a_log_without_errors_shows_its_most_frequent_lines() {
        let text = "2023-05-02 11:00:00 INFO shop: up\n2023-05-02 11:00:01 INFO shop: ready\n";
        assert_eq!(lines(text), [1, 2]);
    }
}
