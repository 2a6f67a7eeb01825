//! Sums up the events of all logs of a case: counts, templates, bursts, gaps, rhythms and the few lines worth quoting.

use std::ops::Range;

use crate::case::{Cited, Level, LogSummary, LogTemplate};
use crate::span::SourceId;

use super::axes::axes;
use super::burst::find_bursts;
use super::excerpt::choose_lines;
use super::gap::gaps_of;
use super::regular::periods_of;
use super::{Grouping, LogEvent, TemplateMiner};

/// Most templates that a summary lists; the events of the rest are `total` less the sum of the counts.
const TEMPLATES: usize = 50;

/// The events of a case with what their messages share, and the two ways from ranges to words.
pub(super) struct Mined<'a> {
    /// Events in source order.
    pub events: &'a [(SourceId, LogEvent)],
    /// Index into `groups.templates` by event.
    pub template: Vec<usize>,
    /// The templates.
    pub groups: Grouping,
    /// Makes a citation of a range.
    pub cite: &'a dyn Fn(SourceId, Range<usize>) -> Cited,
    /// The words of a range, secrets redacted.
    pub text: &'a dyn Fn(SourceId, Range<usize>) -> String,
}

/// Sums up `events` (in source order); `cite` makes citations, `text` gives words with secrets redacted.
pub fn summarize(
    events: &[(SourceId, LogEvent)],
    cite: &dyn Fn(SourceId, Range<usize>) -> Cited,
    text: &dyn Fn(SourceId, Range<usize>) -> String,
) -> LogSummary {
    let mut summary = LogSummary { total: events.len() as u64, ..LogSummary::default() };
    for level in events.iter().filter_map(|(_, event)| event.level) {
        *summary.by_level.entry(level).or_default() += 1;
    }
    let mined = mine(events, cite, text);
    summary.templates = list_templates(&mined);
    summary.template_count = mined.groups.templates.len() as u64;
    let axes = axes(mined.events);
    summary.bursts = find_bursts(&mined, &axes);
    for ticks in axes.values() {
        summary.gaps.extend(gaps_of(&mined, ticks));
        let mut periods = periods_of(&mined, ticks);
        periods.sort_by_key(|(from, _)| *from);
        summary.periods.extend(periods.into_iter().map(|(_, period)| period));
    }
    summary.excerpt = choose_lines(&mined);
    summary
}

/// Index of the first event of level error or worse.
pub fn onset(events: &[(SourceId, LogEvent)]) -> Option<usize> {
    events.iter().position(|(_, event)| event.level >= Some(Level::Error))
}

fn mine<'a>(
    events: &'a [(SourceId, LogEvent)],
    cite: &'a dyn Fn(SourceId, Range<usize>) -> Cited,
    text: &'a dyn Fn(SourceId, Range<usize>) -> String,
) -> Mined<'a> {
    let mut miner = TemplateMiner::new();
    let ids: Vec<_> = events.iter().map(|(source, event)| miner.add(&text(*source, told(event)))).collect();
    let groups = miner.grouping();
    let template = ids.iter().map(|id| groups.of[id.0 as usize]).collect();
    Mined { events, template, groups, cite, text }
}

/// The message, or the whole line where the header is all there is.
pub(super) fn told(event: &LogEvent) -> Range<usize> {
    if event.message.is_empty() { event.line.clone() } else { event.message.clone() }
}

impl Mined<'_> {
    /// The time of an event as written.
    pub(super) fn at(&self, index: usize) -> Option<String> {
        let (source, event) = &self.events[index];
        event.moment.as_ref().map(|(range, _)| (self.text)(*source, range.clone()))
    }

    /// A citation of the first line of an event.
    pub(super) fn span(&self, index: usize) -> Cited {
        let (source, event) = &self.events[index];
        (self.cite)(*source, event.line.clone())
    }
}

/// What the events of one template share.
struct Listed {
    first: usize,
    last: usize,
    level: Option<Level>,
}

fn list_templates(mined: &Mined<'_>) -> Vec<LogTemplate> {
    let mut listed: Vec<Option<Listed>> = mined.groups.templates.iter().map(|_| None).collect();
    for (index, template) in mined.template.iter().enumerate() {
        let level = mined.events[index].1.level;
        let entry = listed[*template].get_or_insert(Listed { first: index, last: index, level });
        entry.last = index;
        entry.level = entry.level.filter(|known| Some(*known) == level);
    }
    let mut order: Vec<(usize, Listed)> =
        listed.into_iter().enumerate().filter_map(|(template, listed)| Some((template, listed?))).collect();
    order.sort_by_key(|(template, listed)| (std::cmp::Reverse(mined.groups.templates[*template].count), listed.first));
    order.truncate(TEMPLATES);
    let lines = order.into_iter().map(|(template, listed)| LogTemplate {
        template: mined.groups.templates[template].text.clone(),
        count: mined.groups.templates[template].count,
        first: mined.at(listed.first),
        last: mined.at(listed.last),
        level: listed.level,
        span: mined.span(listed.first),
    });
    lines.collect()
}

/// Test support: the summary of one text as its only source.
#[cfg(test)]
pub(super) fn summary_of(text: &str) -> LogSummary {
    let lines: Vec<_> = crate::span::lines(text).collect();
    let events: Vec<_> = super::read_events(&lines).into_iter().map(|event| (SourceId(0), event)).collect();
    let cite = |_, range: Range<usize>| {
        let line = text[..range.start].matches('\n').count() as u64 + 1;
        Cited {
            source: "a.log".to_owned(),
            bytes: [range.start as u64, range.end as u64],
            lines: [line, line],
            quote: text[range].to_owned(),
            id: None,
        }
    };
    summarize(&events, &cite, &|_, range| text[range].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "2023-05-02 11:00:00 INFO shop.Cart: cart 1 opened\n\
                       2023-05-02 11:00:05 INFO shop.Cart: cart 2 opened\n\
                       2023-05-02 11:00:07 ERROR shop.Cart: no stock\n";

    #[test]
    fn events_are_counted_by_level() {
        let summary = summary_of(LOG);
        assert_eq!(summary.total, 3);
        assert_eq!(summary.by_level.into_iter().collect::<Vec<_>>(), [(Level::Info, 2), (Level::Error, 1)]);
    }

    #[test]
    fn the_most_frequent_template_comes_first_with_its_times() {
        let first = &summary_of(LOG).templates[0];
        assert_eq!((first.template.as_str(), first.count, first.level), ("cart <*> opened", 2, Some(Level::Info)));
        assert_eq!(first.first.as_deref(), Some("2023-05-02 11:00:00"));
        assert_eq!(first.last.as_deref(), Some("2023-05-02 11:00:05"));
        assert_eq!(first.span.lines, [1, 1]);
    }

    #[test]
    fn the_onset_is_the_first_error() {
        let lines: Vec<_> = crate::span::lines(LOG).collect();
        let events: Vec<_> = super::super::read_events(&lines).into_iter().map(|event| (SourceId(0), event)).collect();
        assert_eq!(onset(&events), Some(2));
        assert_eq!(onset(&events[..2]), None);
    }

    #[test]
    fn nothing_is_summed_up_to_nothing() {
        assert_eq!(summary_of("just a sentence\n"), LogSummary::default());
    }
}
