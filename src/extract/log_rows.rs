//! Timeline rows from logs: first errors, first events after a long silence, bursts.

use crate::case::{Level, LogSummary, Precision, TimelineKind, TimelineRow};
use crate::log::{Clock, LogEvent, Moment, days_from_civil, parse_timestamp, zone_text};
use crate::source::SourceMap;
use crate::span::{SourceId, Span};

use super::facts::{fold, safe_text};
use super::reading::Reading;
use super::timeline::Draft;

/// Most log events that get a row of their own.
const LOG_ROWS: usize = 8;

/// Silence after which the next event of a log is worth a row.
const GAP_MICROS: i64 = 30 * 60 * 1_000_000;

/// The first error of each source, and the first event after a long silence.
pub(super) fn log_rows(sources: &SourceMap, reading: &Reading, drafts: &mut Vec<Draft>) {
    let mut before: Option<(&LogEvent, SourceId)> = None;
    let mut erred = None;
    for sourced in &reading.events {
        if drafts.len() == LOG_ROWS {
            return;
        }
        let event = &sourced.event;
        let Some((_, moment)) = &event.moment else { continue };
        let first_error = event.level >= Some(Level::Error) && erred != Some(sourced.source);
        let gap = before
            .filter(|(_, source)| *source == sourced.source)
            .and_then(|(earlier, _)| moment.since(&earlier.moment.as_ref()?.1))
            .is_some_and(|micros| micros >= GAP_MICROS);
        if first_error {
            erred = Some(sourced.source);
        }
        if first_error || gap {
            drafts.extend(log_row(sources, sourced.source, event));
        }
        before = Some((event, sourced.source));
    }
}

fn log_row(sources: &SourceMap, source: SourceId, event: &LogEvent) -> Option<Draft> {
    let (range, moment) = event.moment.as_ref()?;
    let at = sources.text(Span::new(source, range.clone()));
    let message = Span::new(source, event.message.clone());
    let day = day_of(moment);
    let text = safe_text(sources, message, &fold(sources.text(message)));
    let row = TimelineRow {
        at: at.to_string(),
        text,
        precision: moment.precision,
        zone: zone_text(at).map(str::to_string),
        span: sources.cite(Span::new(source, event.line.clone())),
        kind: TimelineKind::Log,
    };
    let place = Span::new(source, event.line.clone());
    let month_day = match moment.clock {
        Clock::Yearless { month, day, .. } => Some((u32::from(month), u32::from(day))),
        _ => None,
    };
    Some(Draft { row, place, day, month_day, micros: moment.time_of_day() })
}

/// The bursts that were computed from the logs.
pub(super) fn bursts(log: &LogSummary, drafts: &mut Vec<Draft>) {
    for burst in &log.bursts {
        let moment = parse_timestamp(&burst.first);
        let row = TimelineRow {
            at: burst.first.clone(),
            text: format!("{} × {} until {}", burst.count, burst.template, burst.last),
            precision: moment.map_or(Precision::Second, |moment| moment.precision),
            zone: None,
            span: burst.span.clone(),
            kind: TimelineKind::Computed,
        };
        // The place only sorts rows without a time, which a burst always has.
        let place = Span::new(SourceId(u32::MAX), 0..0);
        let day = moment.as_ref().and_then(day_of);
        drafts.push(Draft { row, place, day, month_day: None, micros: moment.and_then(|moment| moment.time_of_day()) });
    }
}

fn day_of(moment: &Moment) -> Option<i64> {
    let (year, month, day) = moment.date()?;
    days_from_civil(year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::testing::facts;

    #[test]
    fn the_first_error_and_the_first_event_after_a_silence_are_rows() {
        let text = "# T\n\n```\n2024-03-01 10:00:00 INFO start\n2024-03-01 10:00:05 ERROR lost\n2024-03-01 10:00:06 ERROR lost again\n2024-03-01 11:00:00 INFO back\n```\n";
        let rows: Vec<_> = facts(text).timeline.into_iter().map(|row| (row.kind, row.at)).collect();
        assert_eq!(
            rows,
            [
                (TimelineKind::Log, "2024-03-01 10:00:05".to_string()),
                (TimelineKind::Log, "2024-03-01 11:00:00".to_string())
            ]
        );
    }

    #[test]
    fn what_people_write_in_a_timeline_is_no_line_of_a_log() {
        let found = facts("# T\n\n## Timeline\n\n- 19:38 alert: the error rate grows\n- 19:44 calls are late\n");
        assert_eq!(found.log_events.total, 0);
        assert_eq!(found.timeline.len(), 2);
    }
}
