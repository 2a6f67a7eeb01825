//! Reads times the way people write them in timelines (`14:32 UTC`, `2022-02-?? ??:??`, `January 5th, 9 AM EST`).
//!
//! Log headers have shapes of their own; `log::parse_timestamp` reads those.

use std::ops::Range;
use std::sync::LazyLock;

use crate::case::Precision;
use crate::log::days_from_civil;
use crate::pattern::{Captures, Pattern};

use super::pattern::pattern;

/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;

/// A time as written, with what can be computed from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WrittenTime {
    /// Its place in the text.
    pub range: Range<usize>,
    /// How exactly it is known.
    pub precision: Precision,
    /// Zone as written.
    pub zone: Option<String>,
    /// Days since 1970-01-01, where year, month and day are written.
    pub day: Option<i64>,
    /// Month and day, where they are written without a year.
    pub month_day: Option<(u32, u32)>,
    /// Microseconds since midnight, where hour and minute are written.
    pub micros: Option<i64>,
}

impl WrittenTime {
    /// Whether a date was written, even one without a year or with unknown digits.
    pub fn is_date_only(&self) -> bool {
        self.precision == Precision::Day
    }
}

/// The time that `text` starts with, behind a bracket, a mark or a word such as "at".
pub(super) fn leading_time(text: &str) -> Option<WrittenTime> {
    let lead = LEAD.find(text).map_or(0, |found| found.end());
    let found = TIME.captures(&text[lead..])?;
    written(&found, lead)
}

/// A time that the words before it place ("at 9:30 AM", "since 2024-03-01"), anywhere in a sentence.
pub(super) fn placed_time(text: &str) -> Option<WrittenTime> {
    PLACED.find_iter(text).take(4).find_map(|word| {
        let found = TIME.captures(&text[word.end()..])?;
        written(&found, word.end())
    })
}

/// Minutes east of UTC of a zone as written; `None` for an abbreviation that stands for several.
pub(super) fn zone_minutes(zone: &str) -> Option<i64> {
    let zone = zone.trim_start_matches("UTC").trim_start_matches("GMT");
    let named = match zone {
        "" | "Z" => Some(0),
        "WEST" | "CET" | "BST" => Some(60),
        "CEST" | "EET" => Some(120),
        "EEST" | "MSK" => Some(180),
        "JST" | "KST" => Some(540),
        "AEST" => Some(600),
        "AEDT" => Some(660),
        "SGT" | "HKT" => Some(480),
        "EDT" => Some(-240),
        "EST" | "CDT" => Some(-300),
        "CST" | "MDT" => Some(-360),
        "MST" | "PDT" => Some(-420),
        "PST" => Some(-480),
        _ => None,
    };
    named.or_else(|| {
        let sign = if zone.starts_with('-') { -1 } else { 1 };
        let digits = zone.trim_start_matches(['+', '-']).replace(':', "");
        let value: i64 = digits.parse().ok()?;
        let minutes = if digits.len() > 2 { value / 100 * 60 + value % 100 } else { value * 60 };
        (zone.starts_with(['+', '-']) && minutes <= 14 * 60).then_some(sign * minutes)
    })
}

fn written(found: &Captures<'_>, offset: usize) -> Option<WrittenTime> {
    let all = found.get(0)?;
    let dated = found.name("date").is_some();
    let clock = found.name("clock").or_else(|| found.name("only"));
    let micros = clock.and_then(|clock| clock_micros(clock.as_str()));
    // `25:70` is a ratio or a score, `??:??` a time that nobody knows.
    if clock.is_some_and(|clock| !clock.as_str().contains('?')) && micros.is_none() {
        return None;
    }
    let day = found.name("date").and_then(|date| date_day(date.as_str()));
    if !dated && micros.is_none() {
        return None;
    }
    let unknown_day = found.name("date").is_some_and(|date| date.as_str().contains('?'));
    let precision = match clock.map(|clock| clock.as_str()) {
        Some(clock) if micros.is_some() && !unknown_day => match clock.matches(':').count() {
            2.. if clock.contains(['.', ',']) => Precision::Subsecond,
            2.. => Precision::Second,
            _ => Precision::Minute,
        },
        _ => Precision::Day,
    };
    let text = all.as_str().trim_end();
    Some(WrittenTime {
        range: offset + all.start()..offset + all.start() + text.len(),
        precision,
        zone: found.name("zone").map(|zone| zone.as_str().to_string()),
        day,
        month_day: found.name("date").filter(|_| day.is_none()).and_then(|date| month_day(date.as_str())),
        micros,
    })
}

fn clock_micros(text: &str) -> Option<i64> {
    let found = CLOCK_PARTS.captures(text)?;
    let number = |at: usize| found.get(at).map_or(Some(0), |part| part.as_str().parse::<i64>().ok());
    let (mut hour, minute, second) = (number(1)?, number(2)?, number(3)?);
    if let Some(half) = found.get(5) {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if half.as_str().to_ascii_lowercase().starts_with('p') { 12 } else { 0 };
    }
    let micros: i64 = found.get(4).map_or(Some(0), |part| format!("{:0<6}", part.as_str()).get(..6)?.parse().ok())?;
    (hour < 25 && minute < 60 && second < 61).then_some((hour * 60 + minute) * MINUTE + second * 1_000_000 + micros)
}

fn date_day(text: &str) -> Option<i64> {
    let numbers: Vec<u32> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let lower = text.to_lowercase();
    let month = MONTHS.iter().zip(1..).find(|(name, _)| lower.contains(*name)).map(|(_, number)| number);
    let (year, month, day) = match (month, numbers.as_slice()) {
        (Some(month), [day, year]) if *day <= 31 => (*year, month, *day),
        (Some(month), [year, day]) => (*year, month, *day),
        (None, [year, month, day]) if *year > 31 => (*year, *month, *day),
        (None, [day, month, year]) if text.contains('.') || *day > 12 => (full_year(*year), *month, *day),
        (None, [month, day, year]) if *day > 12 => (full_year(*year), *month, *day),
        _ => return None,
    };
    days_from_civil(i32::try_from(year).ok()?, month, day)
}

/// Month and day of a date whose month is a word ("17 July", "Jun 12").
fn month_day(text: &str) -> Option<(u32, u32)> {
    let lower = text.to_lowercase();
    let month = MONTHS
        .iter()
        .zip(1..)
        .find(|(name, _)| lower.split(|c: char| !c.is_alphabetic()).any(|word| word.starts_with(*name)))?
        .1;
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let day: u32 = numbers.next()?.parse().ok()?;
    (numbers.next().is_none() && (1..=31).contains(&day)).then_some((month, day))
}

fn full_year(year: u32) -> u32 {
    if year < 100 { 2000 + year } else { year }
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Names of zones that people write; several stand for more than one offset.
const ZONES: &str =
    "EST|EDT|CST|CDT|MST|MDT|PST|PDT|CET|CEST|BST|IST|JST|KST|AEST|AEDT|WET|WEST|EET|EEST|MSK|SGT|HKT|PT|ET|CT|MT";

const CLOCK: &str = concat!(
    r"(?:\d{1,2}|\?\?)(?::(?:\d{2}|\?\?)(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s?[AaPp]\.?[Mm]\b\.?)?|",
    r"h\d{2}|\s?[AaPp][Mm]\b)",
);

const MONTH: &str = concat!(
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|",
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?",
);

const WEEKDAY: &str = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,?\s+";

static TIME: LazyLock<Pattern> = LazyLock::new(|| {
    let year_first = r"(?:\d{4}|\?{4})(?:-|/|\.|年)(?:\d{1,2}|\?\?)(?:-|/|\.|月)(?:\d{1,2}|\?\?)日?";
    let month_first = format!(r"{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?");
    let day_first = format!(r"\d{{1,2}}(?:st|nd|rd|th|\.)?\s+{MONTH}(?:,?\s+\d{{4}}\b)?");
    let numbers = r"\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2}\.\d{1,2}\.\d{4}";
    let date = format!("(?:{WEEKDAY})?(?:{year_first}|{month_first}|{day_first}|{numbers})");
    let zone = format!(r"(?:UTC|GMT)(?:[+-]\d{{1,2}}(?::?\d{{2}})?)?|Z\b|(?:{ZONES})\b|[+-]\d{{2}}:?\d{{2}}\b");
    let moment = format!(r"(?P<date>{date})(?:(?:T|,?\s+(?:at\s+|um\s+|-\s+)?)(?P<clock>{CLOCK}))?|(?P<only>{CLOCK})");
    let until = format!(r"\s*(?:-|–|—|~|〜|to|until|bis)\s*{CLOCK}(?:\s?(?:{zone}))?");
    pattern(&format!(r"^(?:{moment})~?(?:\s?\(?(?P<zone>{zone})\)?)?(?:{until})?"))
});

static CLOCK_PARTS: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"^(\d{1,2})(?:[:h](\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(?:\s?([AaPp])\.?[Mm]\.?)?$"));

static LEAD: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?i:(?:[\[(~≈*_`⏰🕐-]|\b(?:at|on|by|around|about|approx(?:imately)?\.?|ca\.|circa|roughly|",
        r"um|gegen|am|seit|vers|le|las|em)\s|às\s)\s*)+",
    ))
});

static PLACED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:\b(?:at|since|by|around|from|until|after|before|on|um|gegen|seit|vers|depuis|desde)|às)",
        r"(?: (?:around|about|approximately|roughly|exactly|~))?\s+",
    ))
});

/// Whether a text is a date and nothing else: "Monday, Nov. 13, 2017", "2017-11-13 10:00 UTC".
pub(super) fn is_date(text: &str) -> bool {
    let part = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let named = word.len() >= 3 && word.is_char_boundary(3) && DATE_NAMES.contains(&&word[..3]);
        let counted = word.trim_end_matches(|c: char| c.is_alphabetic()).bytes().all(|b| b.is_ascii_digit());
        named || (counted && word.starts_with(|c: char| c.is_ascii_digit()))
    };
    let rest = |rest: &str| rest.is_empty() || zone_minutes(rest).is_some();
    leading_time(text).is_some_and(|time| rest(text[time.range.end..].trim()))
        || (text.contains(|c: char| c.is_ascii_digit()) && text.split_whitespace().all(part))
}

/// How names of days and months begin.
const DATE_NAMES: &[&str] = &[
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep",
    "oct", "nov", "dec",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<(&str, Precision, Option<String>)> {
        leading_time(text).map(|time| (&text[time.range], time.precision, time.zone))
    }

    #[test]
    fn times_of_timelines_are_read_as_written() {
        assert_eq!(at("14:32 UTC - Alert fired"), Some(("14:32 UTC", Precision::Minute, Some("UTC".into()))));
        assert_eq!(at("[09:30:01.234] refresh"), Some(("09:30:01.234", Precision::Subsecond, None)));
        assert_eq!(at("At 9:15 AM EST the desk called"), Some(("9:15 AM EST", Precision::Minute, Some("EST".into()))));
        assert_eq!(at("2020-12-21"), Some(("2020-12-21", Precision::Day, None)));
        assert_eq!(at("2020-11-17 10:45~"), Some(("2020-11-17 10:45~", Precision::Minute, None)));
        assert_eq!(at("2022-02-?? ??:?? disk replaced"), Some(("2022-02-?? ??:??", Precision::Day, None)));
        assert_eq!(
            at("On January 5th, 2024 at 10:00 it broke"),
            Some(("January 5th, 2024 at 10:00", Precision::Minute, None))
        );
        assert_eq!(at("2024年3月1日 10:00 障害"), Some(("2024年3月1日 10:00", Precision::Minute, None)));
    }

    #[test]
    fn ratios_versions_and_numbers_are_no_times() {
        for text in ["16:9 screen", "25:70", "3 users", "2.3.1 deployed", "10 requests", "99:99"] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    #[test]
    fn a_placed_time_is_found_inside_a_sentence() {
        let text = "Failures spike at 9:30 AM every day";
        assert_eq!(placed_time(text).map(|time| &text[time.range]), Some("9:30 AM"));
    }

    #[test]
    fn afternoon_and_midnight_hours_are_converted() {
        assert_eq!(leading_time("4:00 PM").and_then(|time| time.micros), Some(16 * 60 * MINUTE));
        assert_eq!(leading_time("12:05 AM").and_then(|time| time.micros), Some(5 * MINUTE));
    }

    #[test]
    fn dates_are_counted_in_days() {
        assert_eq!(leading_time("1970-01-02").and_then(|time| time.day), Some(1));
        assert_eq!(leading_time("2 January 1970").and_then(|time| time.day), Some(1));
        assert_eq!(leading_time("1/31/1970").and_then(|time| time.day), Some(30));
        assert_eq!(leading_time("1/2/1970").and_then(|time| time.day), None);
    }

    #[test]
    fn zones_have_offsets() {
        assert_eq!(zone_minutes("UTC"), Some(0));
        assert_eq!(zone_minutes("+02:00"), Some(120));
        assert_eq!(zone_minutes("UTC-5"), Some(-300));
        assert_eq!(zone_minutes("IST"), None);
    }

    #[test]
    fn a_date_is_nothing_but_a_date() {
        for text in ["Monday, Nov. 13, 2017", "2017-11-13 10:00 UTC", "3rd May 2024"] {
            assert!(is_date(text), "{text}");
        }
        for text in ["Monday it broke", "On 17. November it broke", "Sunday", "Version 13"] {
            assert!(!is_date(text), "{text}");
        }
    }
}
