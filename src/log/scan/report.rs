//! What a log holds, as plain data with the names of its JSON, made from the sums of all blocks.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::Grouping;
use super::super::gap::is_gap;
use super::super::period::{Occasions, rhythm};
use super::super::timestamp::{DAY, SECOND, civil_from_days};
use super::axis::Axis;
use super::burst::stretches;
use super::histogram::{Histogram, WIDTHS};
use super::sum::{LogScan, TextTotal};
use crate::case::Level;
use crate::source::redact;

/// Name of the format.
pub const LOGS_SCHEMA: &str = "casefile.logs/1";

/// Most buckets of the series, so that it fits a screen.
const BUCKETS: i64 = 60;

/// Most bursts and gaps that are listed.
const LISTED: usize = 10;

/// Longest text that is shown, in characters.
const TEXT_CHARS: usize = 1024;

/// What the logs hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogsReport {
    /// `casefile.logs/1`.
    pub schema: String,
    /// The logs in the order given.
    pub sources: Vec<LogSource>,
    /// Number of events.
    pub events: u64,
    /// Number of events a level.
    pub levels: BTreeMap<Level, u64>,
    /// Events without a level.
    pub without_level: u64,
    /// The earliest time as written.
    pub first: Option<String>,
    /// The latest time as written.
    pub last: Option<String>,
    /// The first event of level error or worse.
    pub onset: Option<LogOnset>,
    /// Templates of events and other lines, most frequent first.
    pub templates: Vec<LogsTemplate>,
    /// Number of templates, listed or not.
    pub template_count: u64,
    /// Messages of the templates that are not listed.
    pub unlisted_messages: u64,
    /// Stretches with ten times the average of a warning or error and more, in time order.
    pub bursts: Vec<LogBurst>,
    /// Longest stretches without events, in time order.
    pub gaps: Vec<LogGap>,
    /// Warnings and errors that come at regular times, in time order.
    pub periods: Vec<LogPeriod>,
    /// Events and errors over time.
    pub series: Option<LogSeries>,
}

/// One log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogSource {
    /// The path as given; `-` for standard input.
    pub path: String,
    /// `gzip` or `zstd`, where it was compressed.
    pub compression: Option<String>,
    /// Its encoding.
    pub encoding: String,
    /// Bytes that were read, after decompression; without what is cut off lines longer than 2 MiB.
    pub bytes: u64,
    /// Lines.
    pub lines: u64,
    /// Events.
    pub events: u64,
    /// Lines that are neither blank nor part of an event.
    pub other_lines: u64,
}

/// A line of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct LogPlace {
    /// Index of the source, from 0.
    pub source: u64,
    /// Number of the line, from 1.
    pub line: u64,
}

/// The first event of level error or worse.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogOnset {
    /// Time as written.
    pub at: Option<String>,
    /// Level.
    pub level: Option<Level>,
    /// The message, secrets redacted.
    pub message: String,
    /// Where it stands.
    pub place: LogPlace,
}

/// A message with its variable parts replaced by `<*>`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogsTemplate {
    /// The message with `<*>` for what varies, secrets redacted.
    pub template: String,
    /// Number of messages.
    pub count: u64,
    /// Time of the first one as written.
    pub first: Option<String>,
    /// Time of the last one as written.
    pub last: Option<String>,
    /// Level, where all agree.
    pub level: Option<Level>,
    /// The first one.
    pub place: LogPlace,
}

/// A stretch of time with far more warnings or errors of one template than the log has on average.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogBurst {
    /// Its beginning.
    pub from: String,
    /// Its last event, to the second or to the width of the counting.
    pub to: String,
    /// Events in it.
    pub events: u64,
    /// Their template.
    pub template: String,
}

/// A stretch of time without events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogGap {
    /// The last event before it.
    pub from: String,
    /// The first event after it.
    pub to: String,
    /// How long it is, in whole seconds.
    pub seconds: u64,
}

/// A warning or error that comes at regular times, such as every half hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogPeriod {
    /// The first time.
    pub from: String,
    /// The last time that was looked at; the first 64 times of a message are.
    pub to: String,
    /// Seconds from one time to the next.
    pub every_seconds: u64,
    /// How often it came from the first to the last time; events close together count once.
    pub times: u64,
    /// Their template.
    pub template: String,
}

/// Events over time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogSeries {
    /// Width of a bucket in seconds.
    pub width_seconds: u64,
    /// Buckets in time order, those without events included.
    pub buckets: Vec<LogBucket>,
}

/// A stretch of the series.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogBucket {
    /// Its beginning; in UTC (`Z`) where all events have a zone.
    pub at: String,
    /// Events.
    pub events: u64,
    /// Events of level error or worse.
    pub errors: u64,
}

/// The clock that most events were timed by.
struct Timeline<'a> {
    clock: usize,
    axis: &'a Axis,
    /// Microseconds from the first to the last event.
    length: i64,
}

/// Makes the report with at most `limit` templates.
pub(super) fn report(scan: &LogScan, groups: &Grouping, limit: usize) -> LogsReport {
    let (levels, without) = scan.levels.split_at(scan.levels.len() - 1);
    let timeline = timeline(scan);
    let first = timeline.as_ref().and_then(|time| time.axis.first.as_ref());
    let last = timeline.as_ref().and_then(|time| time.axis.last.as_ref());
    let templates = templates(scan, groups, limit);
    let all: u64 = groups.templates.iter().map(|template| template.count).sum();
    LogsReport {
        schema: LOGS_SCHEMA.to_owned(),
        sources: scan.sources.clone(),
        events: scan.sources.iter().map(|source| source.events).sum(),
        levels: LEVELS
            .into_iter()
            .zip(levels)
            .filter(|(_, count)| **count > 0)
            .map(|(level, count)| (level, *count))
            .collect(),
        without_level: without.iter().sum(),
        first: first.map(|tick| tick.written.clone()),
        last: last.map(|tick| tick.written.clone()),
        onset: scan.onset.as_ref().map(|(place, first)| LogOnset {
            at: first.at.clone(),
            level: first.level,
            message: shown(&first.message),
            place: *place,
        }),
        unlisted_messages: all - templates.iter().map(|template| template.count).sum::<u64>(),
        templates,
        template_count: groups.templates.len() as u64,
        bursts: timeline.as_ref().map(|time| bursts(scan, groups, time)).unwrap_or_default(),
        gaps: timeline.as_ref().map(gaps).unwrap_or_default(),
        periods: timeline.as_ref().map(|time| periods(scan, groups, time)).unwrap_or_default(),
        series: timeline.as_ref().map(series),
    }
}

const LEVELS: [Level; 7] =
    [Level::Trace, Level::Debug, Level::Info, Level::Notice, Level::Warn, Level::Error, Level::Fatal];

fn timeline(scan: &LogScan) -> Option<Timeline<'_>> {
    let (clock, axis) = scan.axes.iter().enumerate().rev().max_by_key(|(_, axis)| axis.events)?;
    let length = axis.last.as_ref()?.at.saturating_sub(axis.first.as_ref()?.at);
    Some(Timeline { clock, axis, length })
}

/// A text as it may be shown: bounded, secrets redacted.
fn shown(text: &str) -> String {
    let redacted = redact(text);
    match redacted.char_indices().nth(TEXT_CHARS) {
        Some((end, _)) => format!("{}…", &redacted[..end]),
        None => redacted,
    }
}

/// What the texts of one template share.
struct Listed<'a> {
    first: &'a TextTotal,
    last: &'a TextTotal,
    level: Option<Level>,
}

fn templates(scan: &LogScan, groups: &Grouping, limit: usize) -> Vec<LogsTemplate> {
    let mut listed: Vec<Option<Listed<'_>>> = groups.templates.iter().map(|_| None).collect();
    for (text, template) in scan.texts.iter().zip(&groups.of) {
        let entry = listed[*template].get_or_insert(Listed { first: text, last: text, level: text.level });
        entry.level = entry.level.filter(|level| Some(*level) == text.level);
        if text.places[1] > entry.last.places[1] {
            entry.last = text;
        }
    }
    let mut order: Vec<(usize, Listed<'_>)> =
        listed.into_iter().enumerate().filter_map(|(template, listed)| Some((template, listed?))).collect();
    order.sort_by_key(|(template, listed)| (Reverse(groups.templates[*template].count), listed.first.places[0]));
    let lines = order.into_iter().take(limit).map(|(template, listed)| LogsTemplate {
        template: shown(&groups.templates[template].text),
        count: groups.templates[template].count,
        first: listed.first.first.clone(),
        last: listed.last.last.clone(),
        level: listed.level,
        place: listed.first.places[0],
    });
    lines.collect()
}

fn bursts(scan: &LogScan, groups: &Grouping, time: &Timeline<'_>) -> Vec<LogBurst> {
    let mut by_template: BTreeMap<usize, Histogram> = BTreeMap::new();
    for (text, template) in scan.texts.iter().zip(&groups.of) {
        if let Some(warnings) = text.warnings.as_ref().filter(|warnings| warnings.clock == time.clock) {
            let all = by_template.entry(*template).or_insert_with(|| Histogram::new(BURST_BUCKETS));
            all.merge(warnings.histogram.clone());
        }
    }
    let mut found: Vec<_> = by_template
        .iter()
        .flat_map(|(template, warnings)| stretches(warnings, time.length).into_iter().map(|found| (*template, found)))
        .collect();
    found.sort_by_key(|(template, stretch)| (Reverse(stretch.events), stretch.from, *template));
    found.truncate(LISTED);
    found.sort_by_key(|(template, stretch)| (stretch.from, stretch.to, *template));
    let bursts = found.into_iter().map(|(template, stretch)| LogBurst {
        from: time.words(stretch.from),
        to: time.words(stretch.to),
        events: stretch.events,
        template: shown(&groups.templates[template].text),
    });
    bursts.collect()
}

/// Most buckets of one template.
const BURST_BUCKETS: usize = 8192;

fn gaps(time: &Timeline<'_>) -> Vec<LogGap> {
    let length = |from: i64, to: i64| to.saturating_sub(from);
    let long = |from: i64, to: i64| is_gap(length(from, to), time.axis.events, time.length);
    let mut found: Vec<_> = time.axis.gaps.iter().filter(|gap| long(gap.from, gap.to)).copied().collect();
    found.sort_by_key(|gap| (Reverse(length(gap.from, gap.to)), gap.from));
    found.truncate(LISTED);
    found.sort_by_key(|gap| (gap.from, gap.to));
    let gaps = found.into_iter().map(|gap| LogGap {
        from: time.words(gap.from),
        to: time.words(gap.to),
        seconds: length(gap.from, gap.to).unsigned_abs() / SECOND.unsigned_abs(),
    });
    gaps.collect()
}

fn periods(scan: &LogScan, groups: &Grouping, time: &Timeline<'_>) -> Vec<LogPeriod> {
    let mut by_template: BTreeMap<usize, Vec<&Occasions>> = BTreeMap::new();
    for (text, template) in scan.texts.iter().zip(&groups.of) {
        if let Some(warnings) = text.warnings.as_ref().filter(|warnings| warnings.clock == time.clock) {
            by_template.entry(*template).or_default().push(&warnings.occasions);
        }
    }
    let mut found: Vec<_> = by_template
        .into_iter()
        .filter_map(|(template, occasions)| Some((template, rhythm(occasions.iter().copied())?)))
        .collect();
    found.sort_by_key(|(template, rhythm)| (Reverse(rhythm.times), rhythm.from, *template));
    found.truncate(LISTED);
    found.sort_by_key(|(template, rhythm)| (rhythm.from, *template));
    let periods = found.into_iter().map(|(template, rhythm)| LogPeriod {
        from: time.words(rhythm.from),
        to: time.words(rhythm.to),
        every_seconds: rhythm.every.unsigned_abs() / SECOND.unsigned_abs(),
        times: rhythm.times,
        template: shown(&groups.templates[template].text),
    });
    periods.collect()
}

fn series(time: &Timeline<'_>) -> LogSeries {
    let fits = |width: &i64| time.length / width + 2 <= BUCKETS;
    let width = WIDTHS.iter().copied().find(fits).unwrap_or(WIDTHS[WIDTHS.len() - 1]);
    let (width, counts) = time.axis.histogram.counts(width);
    let (Some((first, _)), Some((last, _))) = (counts.first_key_value(), counts.last_key_value()) else {
        return LogSeries::default();
    };
    let all: Vec<i64> =
        if last - first < BUCKETS { (*first..=*last).collect() } else { counts.keys().copied().collect() };
    let buckets = all.into_iter().map(|bucket| {
        let count = counts.get(&bucket).copied().unwrap_or_default();
        LogBucket { at: time.words(bucket * width), events: count.events, errors: count.errors }
    });
    LogSeries { width_seconds: width.unsigned_abs() / SECOND.unsigned_abs(), buckets: buckets.collect() }
}

impl Timeline<'_> {
    /// A time of this clock in words, to the second.
    fn words(&self, at: i64) -> String {
        let seconds = at.div_euclid(SECOND);
        let (days, rest) = (at.div_euclid(DAY), at.rem_euclid(DAY) / SECOND);
        let clock = format!("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
        let date = civil_from_days(days);
        let utc = if self.axis.zoned == self.axis.events { "Z" } else { "" };
        match (self.clock, date) {
            (0, Some((year, month, day))) => format!("{year:04}-{month:02}-{day:02} {clock}{utc}"),
            (1, Some((_, month, day))) => format!("{month:02}-{day:02} {clock}{utc}"),
            (2, _) => format!("{clock}{utc}"),
            _ => format!("{seconds} s"),
        }
    }
}
