//! A time stated in two zones (`14:00 UTC (10:00 EST)`), and the name of summer or winter time beside a date of the other.

use std::ops::Range;
use std::sync::LazyLock;

use crate::extract::pattern::pattern;
use crate::extract::reading::Reading;
use crate::extract::times::zone_minutes;
use crate::finding::{Code, Finding};
use crate::pattern::Pattern;

use super::statements;

/// Minutes of a day.
const DAY: i64 = 24 * 60;

/// Zones of one place in winter and in summer. Names that other places keep all year (MST, CST, BST) are left out.
const PAIRS: &[(&str, &str, Place)] =
    &[("EST", "EDT", Place::America), ("PST", "PDT", Place::America), ("CET", "CEST", Place::Europe)];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    America,
    Europe,
}

/// The same moment twice, the second time in brackets or behind a slash or an equals sign.
static TWICE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?P<h1>\d{1,2}):(?P<m1>\d{2})(?::\d{2})? ?(?P<z1>UTC|GMT|[A-Z]{3,4}|[+-]\d{2}:?\d{2})\s?(?:\(|/|=)\s?",
        r"(?P<h2>\d{1,2}):(?P<m2>\d{2})(?::\d{2})? ?(?P<z2>UTC|GMT|[A-Z]{3,4}|[+-]\d{2}:?\d{2})(?:\)|\b)"
    ))
});

static DATED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"\b(?P<date>(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2}))[T ,]{1,2}(?:at )?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)? ?(?P<zone>EST|EDT|PST|PDT|CET|CEST)\b",
    )
});

/// Zones that do not belong to the time or date beside them.
pub(super) fn zones(reading: &Reading) -> Vec<Finding> {
    let mut findings = Vec::new();
    for passage in statements(reading).filter(|passage| passage.flat.text.contains(':')) {
        let flat = &passage.flat;
        for wrong in twice(&flat.text).into_iter().chain(out_of_season(&flat.text)) {
            let [first, second] = wrong.places;
            findings.push(
                Finding::new(Code::ZoneDisagrees, wrong.message)
                    .at(flat.span(first), wrong.labels[0])
                    .at(flat.span(second), wrong.labels[1])
                    .computed(wrong.computed)
                    .fix("state the time once more with its offset from UTC"),
            );
        }
    }
    findings
}

struct Wrong {
    places: [Range<usize>; 2],
    labels: [&'static str; 2],
    message: String,
    computed: String,
}

fn twice(text: &str) -> Vec<Wrong> {
    let wrong = |found: crate::pattern::Captures<'_>| {
        let part = |name: &str| found.name(name);
        let minutes = |hour: &str, minute: &str, zone: &str| {
            let hour = part(hour)?.as_str().parse::<i64>().ok().filter(|hour| *hour < 24)?;
            let minute = part(minute)?.as_str().parse::<i64>().ok().filter(|minute| *minute < 60)?;
            Some((hour * 60 + minute - zone_minutes(part(zone)?.as_str())?).rem_euclid(DAY))
        };
        let (first, second) = (minutes("h1", "m1", "z1")?, minutes("h2", "m2", "z2")?);
        let apart = (first - second).rem_euclid(DAY).min((second - first).rem_euclid(DAY));
        // Hours without "pm" are half a day off, which contradicts nothing.
        if apart == 0 || apart == DAY / 2 {
            return None;
        }
        let places = [part("h1")?.start()..part("z1")?.end(), part("h2")?.start()..part("z2")?.end()];
        let utc = |minutes: i64| format!("{:02}:{:02} UTC", minutes / 60, minutes % 60);
        let written = places.clone().map(|place| &text[place]);
        Some(Wrong {
            message: format!("{} and {} are not the same time", written[0], written[1]),
            computed: format!("{} = {}, {} = {}", written[0], utc(first), written[1], utc(second)),
            places,
            labels: ["the time", "the same time in another zone"],
        })
    };
    TWICE.captures_iter(text).filter_map(wrong).collect()
}

fn out_of_season(text: &str) -> Vec<Wrong> {
    let wrong = |found: crate::pattern::Captures<'_>| {
        let (date, zone) = (found.name("date")?, found.name("zone")?);
        let (month, day): (u32, u32) =
            (found.name("m")?.as_str().parse().ok()?, found.name("d")?.as_str().parse().ok()?);
        let (winter, summer, place) =
            *PAIRS.iter().find(|(winter, summer, _)| [*winter, *summer].contains(&zone.as_str()))?;
        let in_summer = is_summer(place, month, day)?;
        let right = if in_summer { summer } else { winter };
        (right != zone.as_str()).then(|| Wrong {
            message: format!(
                "{} lies in {}, which has {right}",
                date.as_str(),
                if in_summer { "summer" } else { "winter" }
            ),
            computed: format!("{} has {right}, not {}", date.as_str(), zone.as_str()),
            places: [date.range(), zone.range()],
            labels: ["the date", "the zone"],
        })
    };
    DATED.captures_iter(text).filter_map(wrong).collect()
}

/// Whether clocks are put forward; `None` for the days between which the change falls.
fn is_summer(place: Place, month: u32, day: u32) -> Option<bool> {
    let (from, to) = match place {
        Place::America => ([(3, 8), (3, 14)], [(11, 1), (11, 7)]),
        Place::Europe => ([(3, 25), (3, 31)], [(10, 25), (10, 31)]),
    };
    let date = (month, day);
    let between = |change: [(u32, u32); 2]| change[0] <= date && date <= change[1];
    (!between(from) && !between(to) && (1..=12).contains(&month)).then_some(from[1] < date && date < to[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn computed(text: &str) -> Vec<String> {
        twice(text).into_iter().chain(out_of_season(text)).map(|wrong| wrong.computed).collect()
    }

    #[test]
    fn a_time_that_differs_between_its_zones_is_computed() {
        assert_eq!(computed("at 14:00 UTC (10:00 EST)"), ["14:00 UTC = 14:00 UTC, 10:00 EST = 15:00 UTC"]);
        assert_eq!(computed("2024-07-15 10:00 EST"), ["2024-07-15 has EDT, not EST"]);
        assert_eq!(computed("2024-01-15, 10:00 CEST"), ["2024-01-15 has CET, not CEST"]);
    }

    #[test]
    fn times_that_agree_or_are_two_times_are_left_alone() {
        for text in [
            "14:00 UTC (10:00 EDT)",
            "23:30 UTC / 00:30 CET",
            "2024-07-15 10:00 EDT",
            "2024-03-10 10:00 EST",
            "14:00 UTC, 15:00 CET",
            "14:00 UTC (10:00 XYZ)",
            "02:00 UTC (10:00 EDT)",
        ] {
            assert!(computed(text).is_empty(), "{text}");
        }
    }
}
