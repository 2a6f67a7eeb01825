//! The report's own time against the first event it shows: a report cannot precede what it reports.

use std::sync::LazyLock;

use crate::case::Precision;
use crate::extract::reading::Reading;
use crate::finding::{Code, Finding};
use crate::log::{Clock, Moment, Zone, parse_timestamp};
use crate::pattern::Pattern;
use crate::source::SourceMap;
use crate::span::Span;

use super::StatedFacts;
use super::duration::{SECOND, written};
use super::weekdays::has_date;

/// A report is filed while the incident goes on: events of the next minutes contradict nothing.
const GOES_ON: i64 = 10 * 60 * SECOND;

static TIME: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"\b(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2}))?(?:\.\d+)?\s*(?P<half>(?i:am|pm)\b|[ap]\.m\.)?")
});

/// Keys of a time that is the incident's rather than the report's.
static OF_INCIDENT: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)detect|start|began|begin|occur|seen|trigger|firing|incident|onset|window|duration"));

/// A report whose time lies well before every event it shows.
pub(super) fn report_time(sources: &SourceMap, reading: &Reading, stated: &StatedFacts) -> Option<Finding> {
    let (text, place) = stated.date.as_ref()?;
    let report = read_time(text).filter(|_| !is_of_incident(sources, *place))?;
    let document = reading.documents.first()?.source;
    let events = reading.events.iter().filter(|event| event.source == document);
    let timed = events.filter_map(|event| {
        let (stamp, moment) = event.event.moment.as_ref()?;
        Some((Span::new(event.source, stamp.clone()), moment, moment.since(&report)?))
    });
    let (stamp, first, gap) = timed.min_by_key(|(_, _, gap)| *gap).filter(|(_, _, gap)| *gap > GOES_ON)?;
    let assumption = match (report.assumes_zone(first), report.clock) {
        (false, _) => "",
        (true, Clock::TimeOfDay(_)) => " (same zone and same day assumed)",
        (true, _) => " (same zone assumed)",
    };
    let gap = written(gap / SECOND);
    Some(
        Finding::new(
            Code::ReportBeforeEvidence,
            format!("the report's time is {gap} before the first event it shows{assumption}"),
        )
        .at(*place, "the report's time")
        .at(stamp, "the first event")
        .computed(format!("first event - report = {gap}{assumption}"))
        .fix("say which clock and zone each of the two times has"),
    )
}

/// The report's time: a timestamp, or a time of day that no date stands beside.
fn read_time(text: &str) -> Option<Moment> {
    let whole = parse_timestamp(text).filter(|moment| moment.precision > Precision::Day);
    if whole.is_some() {
        return whole;
    }
    let found = TIME.captures(text).filter(|_| !has_date(text))?;
    let number = |name: &str| found.name(name).and_then(|digits| digits.as_str().parse::<i64>().ok());
    let (mut hour, minute) = (number("h")?, number("m")?);
    if let Some(half) = found.name("half") {
        let evening = half.as_str().to_ascii_lowercase().starts_with('p');
        hour = hour % 12 + if evening { 12 } else { 0 };
    }
    let micros = ((hour * 60 + minute) * 60 + number("s").unwrap_or(0)) * SECOND;
    (hour < 24 && minute < 60).then_some(Moment {
        clock: Clock::TimeOfDay(micros),
        zone: Zone::None,
        precision: Precision::Minute,
    })
}

/// Whether the words before the value on its line say that it is the incident's time.
fn is_of_incident(sources: &SourceMap, place: Span) -> bool {
    let text = sources.text(Span::new(place.source, 0..place.start));
    let line = text.rsplit(['\n', '\r']).next().unwrap_or_default();
    OF_INCIDENT.is_match(line)
}

fn pattern(text: &str) -> Pattern {
    Pattern::new(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<i64> {
        match read_time(text)?.clock {
            Clock::TimeOfDay(micros) => Some(micros / SECOND),
            _ => None,
        }
    }

    #[test]
    fn times_of_day_are_read_in_both_notations() {
        assert_eq!(seconds("Tuesday, 8:40 AM CET"), Some(31_200));
        assert_eq!(seconds("8:40 pm"), Some(74_400));
        assert_eq!(seconds("12:05 AM (early)"), Some(300));
        assert_eq!(seconds("14:30"), Some(52_200));
    }

    #[test]
    fn a_date_is_read_or_the_time_is_not_used() {
        assert!(matches!(read_time("1970-01-02 00:01").map(|moment| moment.clock), Some(Clock::Full(_))));
        assert_eq!(read_time("on May 3 around 10:00"), None);
        assert_eq!(read_time("2024-05-01"), None);
    }
}
