//! Epoch values against the printed time of the same event, or against a time written right behind them.

use std::ops::Range;
use std::sync::LazyLock;

use crate::case::Precision;
use crate::extract::reading::{Reading, SourcedEvent};
use crate::finding::{Code, Finding};
use crate::limits;
use crate::log::{Clock, Moment, Zone, civil_from_days, find_timestamp};
use crate::pattern::Pattern;
use crate::source::SourceMap;
use crate::span::Span;

use super::duration::{SECOND, written};

/// Furthest that any zone lies from UTC, in seconds: within it, a time without a zone cannot be refuted.
const ZONES: i64 = 14 * 3_600;

/// An event may be written a while after the moment it tells of.
const DELAY: i64 = 300;

/// Keys whose value is the moment of the line itself; `event_time` is that of a record the line speaks of.
const EVENT_KEYS: &[&str] =
    &["epoch", "epoch_ms", "epochms", "time", "timestamp", "timestamp_ms", "ts", "unix", "unix_time"];

/// An epoch value with a printed time behind it, in brackets, a comment or after an equals sign.
static EXPLAINED: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"\b(1\d{9}|1\d{12})\b\s*,?\s*(?:\(|//|#|=|→|->|<-+|is\b|i\.e\.)\s*"));

/// Epoch values that do not agree with the time printed beside them.
pub(super) fn epochs(sources: &SourceMap, reading: &Reading) -> Vec<Finding> {
    let mut findings: Vec<Finding> = reading.events.iter().filter_map(|event| in_event(sources, event)).collect();
    let block_lines = reading.code_blocks.iter().flat_map(|block| block.lines.iter().copied());
    let passages = super::statements(reading).map(|passage| passage.span);
    for span in block_lines.chain(passages).filter(|span| span.end - span.start <= limits::LINE_BYTES) {
        findings.extend(explained(sources.text(span)).into_iter().filter_map(|(epoch, stamp, printed)| {
            let place = |range: Range<usize>| Span::new(span.source, span.start + range.start..span.start + range.end);
            finding(sources, (place(epoch), place(stamp)), &printed)
        }));
    }
    findings.sort_by_key(|finding| finding.labels.first().map(|(span, _)| (span.source, span.start)));
    findings.dedup_by(|later, earlier| later.labels == earlier.labels);
    findings
}

fn in_event(sources: &SourceMap, sourced: &SourcedEvent) -> Option<Finding> {
    let (stamp, printed) = sourced.event.moment.as_ref()?;
    let place = |range: &Range<usize>| Span::new(sourced.source, range.clone());
    let field = sourced.event.fields.iter().find(|field| {
        let key = sources.text(place(&field.key)).to_ascii_lowercase();
        EVENT_KEYS.contains(&key.as_str()) && field.value != *stamp
    })?;
    finding(sources, (place(&field.value), place(stamp)), printed)
}

/// Epoch values with the time written behind them.
fn explained(text: &str) -> Vec<(Range<usize>, Range<usize>, Moment)> {
    let found = EXPLAINED.captures_iter(text).filter_map(|found| {
        let (whole, epoch) = (found.get(0)?, found.get(1)?);
        let (stamp, printed) = find_timestamp(&text[whole.end()..])?;
        // A weekday or a word such as "UTC" may stand before the time, another number may not.
        let lead = &text[whole.end()..whole.end() + stamp.start];
        let near = stamp.start <= 12 && !lead.contains(|c: char| c.is_ascii_digit() || c == '=');
        near.then(|| (epoch.range(), whole.end() + stamp.start..whole.end() + stamp.end, printed))
    });
    found.collect()
}

/// Compares the epoch value at the first place with the time printed at the second.
fn finding(sources: &SourceMap, (value, stamp): (Span, Span), printed: &Moment) -> Option<Finding> {
    let micros = epoch_micros(sources.text(value))?;
    let epoch = Moment { clock: Clock::Full(micros), zone: Zone::Known(0), precision: Precision::Second };
    let difference = printed.since(&epoch)? / SECOND;
    let known = matches!(printed.zone, Zone::Known(_));
    let day_only = if printed.precision == Precision::Day { 86_400 } else { 0 };
    let allowed = day_only + if known { DELAY } else { ZONES };
    if difference.abs() <= allowed {
        return None;
    }
    let assumed = if known { "" } else { ", UTC assumed for the printed time" };
    let direction = if difference > 0 { "later" } else { "earlier" };
    let computed = format!(
        "{} = {}; printed time is {} {direction}{assumed}",
        sources.text(value),
        utc(micros)?,
        written(difference)
    );
    Some(
        Finding::new(Code::EpochDisagrees, "an epoch value and the printed time of the same event do not agree")
            .at(value, "the epoch value")
            .at(stamp, "the printed time")
            .computed(computed)
            .fix("find out which of the two clocks or conversions is wrong"),
    )
}

/// Seconds, milliseconds or microseconds, told by the number of digits.
fn epoch_micros(digits: &str) -> Option<i64> {
    let digits = digits.split('.').next()?;
    let factor = match digits.len() {
        10 => SECOND,
        13 => 1_000,
        16 => 1,
        _ => return None,
    };
    digits.parse::<i64>().ok()?.checked_mul(factor)
}

/// A moment as `2024-03-15 10:53:20 UTC`.
pub(super) fn utc(micros: i64) -> Option<String> {
    let seconds = micros.div_euclid(SECOND);
    let (year, month, day) = civil_from_days(seconds.div_euclid(86_400))?;
    let time = seconds.rem_euclid(86_400);
    Some(format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02} UTC", time / 3_600, time / 60 % 60, time % 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn computed(text: &str) -> Vec<String> {
        let sources = SourceMap::from_text("a.md", text);
        let place = |range: Range<usize>| Span::new(crate::span::SourceId(0), range);
        let found = explained(text)
            .into_iter()
            .filter_map(|(epoch, stamp, printed)| finding(&sources, (place(epoch), place(stamp)), &printed));
        found.filter_map(|finding| finding.computed).collect()
    }

    #[test]
    fn a_comment_that_names_another_time_is_found() {
        assert_eq!(
            computed("1700000000 (2023-11-15T22:13:20Z)"),
            ["1700000000 = 2023-11-14 22:13:20 UTC; printed time is 1 day later"]
        );
    }

    #[test]
    fn a_time_without_a_zone_has_the_benefit_of_the_doubt() {
        assert!(computed("1700000000 // 2023-11-15 03:00:00").is_empty());
        assert_eq!(
            computed("1700000000000 // 2021-11-14 22:13:20"),
            [
                "1700000000000 = 2023-11-14 22:13:20 UTC; printed time is 730 days earlier, UTC assumed for the printed time"
            ]
        );
    }

    #[test]
    fn agreeing_times_and_other_numbers_are_left_alone() {
        for text in [
            "1700000000 (2023-11-14T22:13:20Z)",
            "1700000000 (5 retries at 2020-01-01)",
            "170 (2020-01-01)",
            "1700000000, 2020-01-01",
        ] {
            assert!(computed(text).is_empty(), "{text}");
        }
    }
}
