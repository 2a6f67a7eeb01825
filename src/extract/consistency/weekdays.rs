//! A weekday against the date beside it, and a weekday in the report's date against the epochs of its payloads.

use std::ops::Range;
use std::sync::LazyLock;

use crate::extract::reading::Reading;
use crate::finding::{Code, Finding};
use crate::log::{civil_from_days, days_from_civil};
use crate::pattern::{Captures, Pattern};

use super::duration::SECOND;
use super::epochs::utc;
use super::{StatedFacts, statements};

/// Furthest that any zone lies from UTC, in seconds.
const ZONES: i64 = 14 * 3_600;

const WEEKDAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const LONG_MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "sept",
    "september",
    "october",
    "november",
    "december",
];

const WEEKDAY: &str = r"(?P<weekday>(?i:mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?))\b";

/// Dates with a year and an unmistakable order; `03/04/2024` is none.
const DATE: &str = concat!(
    r"(?P<date>(?P<y1>\d{4})-(?P<m1>\d{2})-(?P<d1>\d{2})\b",
    r"|(?P<m2>(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\.?\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y2>\d{4})\b",
    r"|(?P<d3>\d{1,2})(?:st|nd|rd|th)?\s+(?P<m3>(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\.?,?\s+(?P<y3>\d{4})\b)"
);

static WEEKDAY_FIRST: LazyLock<Pattern> = LazyLock::new(|| pattern(&format!(r"\b{WEEKDAY}\.?,?\s+(?:the\s+)?{DATE}")));

static DATE_FIRST: LazyLock<Pattern> = LazyLock::new(|| pattern(&format!(r"\b{DATE}\s*[,(]\s*{WEEKDAY}")));

static WEEKDAY_ALONE: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"));

/// Weekdays that do not belong to their date.
pub(super) fn weekdays(reading: &Reading, stated: &StatedFacts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for passage in statements(reading) {
        let flat = &passage.flat;
        findings.extend(wrong_weekdays(&flat.text).into_iter().map(|wrong| {
            Finding::new(
                Code::WeekdayDisagrees,
                format!("{} is a {}, not a {}", wrong.written, wrong.computed, wrong.stated),
            )
            .at(flat.span(wrong.weekday), "the weekday")
            .at(flat.span(wrong.date), "the date")
            .computed(format!("{} is a {}", wrong.written, wrong.computed))
            .fix("correct the weekday or the date")
        }));
    }
    findings.extend(against_payload(reading, stated));
    findings
}

struct Wrong {
    weekday: Range<usize>,
    date: Range<usize>,
    stated: &'static str,
    computed: &'static str,
    written: String,
}

fn wrong_weekdays(text: &str) -> Vec<Wrong> {
    let found = WEEKDAY_FIRST.captures_iter(text).chain(DATE_FIRST.captures_iter(text));
    found.filter_map(|found| wrong(&found)).collect()
}

fn wrong(found: &Captures<'_>) -> Option<Wrong> {
    let (weekday, date) = (found.name("weekday")?, found.name("date")?);
    let part = |names: [&str; 3]| names.iter().find_map(|name| found.name(name)).map(|part| part.as_str());
    let year: i32 = part(["y1", "y2", "y3"])?.parse().ok()?;
    let month = part(["m1", "m2", "m3"])?;
    let month = month.parse().ok().or_else(|| month_number(month))?;
    let day: u32 = part(["d1", "d2", "d3"])?.parse().ok()?;
    let (stated, computed) = (named_weekday(weekday.as_str())?, weekday_of(days_from_civil(year, month, day)?));
    (stated != computed).then(|| Wrong {
        weekday: weekday.range(),
        date: date.range(),
        stated,
        computed,
        written: format!("{year:04}-{month:02}-{day:02}"),
    })
}

fn month_number(name: &str) -> Option<u32> {
    let lower = name.to_ascii_lowercase();
    MONTHS.iter().zip(1..).find(|(month, _)| lower.starts_with(**month)).map(|(_, number)| number)
}

/// The full name of a weekday written in full or cut.
fn named_weekday(word: &str) -> Option<&'static str> {
    let lower = word.to_ascii_lowercase();
    let start = lower.get(..3)?;
    WEEKDAYS.iter().find(|name| name.to_ascii_lowercase().starts_with(start)).copied()
}

/// The weekday of a day since 1970-01-01, which was a Thursday.
fn weekday_of(day: i64) -> &'static str {
    let index = usize::try_from(day.rem_euclid(7)).expect("a remainder of seven is small");
    WEEKDAYS[index]
}

/// The report names a weekday but no date; a payload issued on another day cannot be of that day.
fn against_payload(reading: &Reading, stated: &StatedFacts) -> Option<Finding> {
    let (text, place) = stated.date.as_ref()?;
    let named = WEEKDAY_ALONE.find(text).filter(|_| !has_date(text))?;
    let stated_day = named_weekday(named.as_str())?;
    let issued = reading
        .payloads
        .iter()
        .flat_map(|payload| &payload.keys)
        .find(|key| key.path.rsplit('.').next() == Some("iat"))?;
    let seconds: i64 = issued.value.as_deref().filter(|value| value.len() == 10)?.parse().ok()?;
    let possible = [seconds - ZONES, seconds, seconds + ZONES].map(|moment| weekday_of(moment.div_euclid(86_400)));
    if possible.contains(&stated_day) {
        return None;
    }
    let (year, month, day) = civil_from_days(seconds.div_euclid(86_400))?;
    let computed = format!("{seconds} = {}, a {}", utc(seconds.checked_mul(SECOND)?)?, possible[1]);
    let message = format!(
        "the report's day is a {stated_day}, the payload was issued on {year:04}-{month:02}-{day:02}, a {}",
        possible[1]
    );
    Some(
        Finding::new(Code::WeekdayDisagrees, message)
            .at(*place, format!("a {stated_day}"))
            .at(issued.span, format!("issued on a {}", possible[1]))
            .computed(computed)
            .fix("say whether the payload is a sample or from the incident"),
    )
}

/// Whether a text names a day of a month.
pub(super) fn has_date(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let year = lower.as_bytes().windows(4).any(|four| four.iter().all(u8::is_ascii_digit));
    let words = lower.split(|c: char| !c.is_alphabetic());
    // "Marathon" and "Decision" begin like months.
    year || words.into_iter().any(|word| MONTHS.contains(&word) || LONG_MONTHS.contains(&word))
}

fn pattern(text: &str) -> Pattern {
    Pattern::new(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn computed(text: &str) -> Vec<&'static str> {
        wrong_weekdays(text).into_iter().map(|wrong| wrong.computed).collect()
    }

    #[test]
    fn a_wrong_weekday_is_found_on_either_side() {
        for text in ["Monday, 2024-03-15", "Mon 15 March 2024", "Monday, March 15th, 2024", "2024-03-15 (Monday)"] {
            assert_eq!(computed(text), ["Friday"], "{text}");
        }
    }

    #[test]
    fn right_weekdays_and_loose_dates_are_left_alone() {
        for text in [
            "Friday, 2024-03-15",
            "Friday 15 Mar 2024",
            "Monday 03/15/2024",
            "sat 2024 times",
            "Monday, 30 February 2024",
        ] {
            assert!(computed(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_date_beside_a_weekday_is_seen() {
        assert!(has_date("Monday, March 4"));
        assert!(!has_date("Sunday, 8:40 (Marathon)"));
    }
}
