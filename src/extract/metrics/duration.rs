//! Durations of several parts read as one (`1 hour and 48 minutes`, `2h15m`, `three and a half hours`), in their smallest unit.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pattern::Pattern;

use super::pattern;

/// Units of time from long to short with their length in nanoseconds; months and years have no fixed length.
const UNITS: &[(&str, u64)] = &[
    ("w week weeks", 604_800_000_000_000),
    ("d day days", 86_400_000_000_000),
    ("h hr hrs hour hours", 3_600_000_000_000),
    ("m min mins minute minutes", 60_000_000_000),
    ("s sec secs second seconds", 1_000_000_000),
    ("ms msec msecs millisecond milliseconds", 1_000_000),
    ("us µs μs microsecond microseconds", 1_000),
    ("ns nanosecond nanoseconds", 1),
];

/// Numbers in words that stand before "and a half".
const NUMBERS: &[&str] =
    &["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

const UNIT: &str = r"(?i:milliseconds?|msecs?|ms|minutes?|mins?|m|seconds?|secs?|s|hours?|hrs?|h|days?|d|weeks?|w)";

static CHAIN: LazyLock<Pattern> =
    LazyLock::new(|| pattern(&format!(r"\d{{1,6}}[\s-]?{UNIT}(?:(?:\s?,)?\s?(?:and\s)?\d{{1,6}}\s?{UNIT})+")));

static PART: LazyLock<Pattern> = LazyLock::new(|| pattern(&format!(r"(\d{{1,6}})[\s-]?({UNIT})")));

static HALF: LazyLock<Pattern> = LazyLock::new(|| {
    let number = format!(r"(?i:an?|{}|\d{{1,4}})", NUMBERS.join("|"));
    pattern(&format!(
        r"({number})\s(?:and\sa\shalf\s((?i:weeks|days|hours|minutes|seconds))|((?i:weeks?|days?|hours?|minutes?|seconds?))\sand\sa\shalf)"
    ))
});

/// A duration of several parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Duration {
    /// Its parts, without a comparison before them.
    pub range: Range<usize>,
    /// Its length in `unit`.
    pub value: String,
    /// The smallest unit, as written; for halves the unit below.
    pub unit: String,
}

/// The length of a unit of time in nanoseconds.
pub(super) fn nanoseconds(unit: &str) -> Option<u64> {
    let lower = unit.to_lowercase();
    UNITS.iter().find(|(names, _)| names.split(' ').any(|name| name == lower)).map(|(_, length)| *length)
}

/// Finds the durations of several parts in a text, in order.
pub(super) fn durations_in(text: &str) -> Vec<Duration> {
    let mut found: Vec<Duration> = CHAIN.find_iter(text).filter_map(|chain| chained(text, chain.range())).collect();
    found.extend(HALF.captures_iter(text).filter_map(|half| {
        let unit = half.get(2).or_else(|| half.get(3))?;
        halved(text, half.get(0)?.range(), half.get(1)?.as_str(), unit.as_str())
    }));
    found.sort_by_key(|duration| duration.range.start);
    found
}

/// Parts from long to short, each shorter than one of the part before.
fn chained(text: &str, range: Range<usize>) -> Option<Duration> {
    let mut parts: Vec<(u64, u64, &str)> = Vec::new();
    for part in PART.captures_iter(&text[range.clone()]) {
        let unit = part.get(2)?.as_str();
        let (number, length) = (part.get(1)?.as_str().parse().ok()?, nanoseconds(unit)?);
        let fits = parts.last().is_none_or(|(_, longer, _)| length < *longer && number < longer / length);
        if !fits {
            return None;
        }
        parts.push((number, length, unit));
    }
    let (_, smallest, unit) = *parts.last()?;
    let value = parts
        .iter()
        .try_fold(0_u64, |sum, (number, length, _)| sum.checked_add(number.checked_mul(length / smallest)?))?;
    stands_alone(text, &range).then(|| Duration { range, value: value.to_string(), unit: unit.to_owned() })
}

fn halved(text: &str, range: Range<usize>, number: &str, unit: &str) -> Option<Duration> {
    let lower = number.to_lowercase();
    let whole: u64 = match NUMBERS.iter().position(|word| *word == lower) {
        Some(at) => u64::try_from(at + 1).ok()?,
        None if lower == "a" || lower == "an" => 1,
        None => lower.parse().ok()?,
    };
    let (halves, below) = match unit.to_lowercase().trim_end_matches('s') {
        "week" => (84, "hours"),
        "day" => (12, "hours"),
        "hour" => (30, "minutes"),
        "minute" => (30, "seconds"),
        _ => (500, "milliseconds"),
    };
    let value = whole.checked_mul(2)?.checked_add(1)?.checked_mul(halves)?;
    stands_alone(text, &range).then(|| Duration { range, value: value.to_string(), unit: below.to_owned() })
}

fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let tied = |c: char| c.is_alphanumeric() || matches!(c, '_' | '/' | '#' | '\\' | '@');
    let before = &text[..range.start];
    let dotted = before
        .strip_suffix(['.', ':', ',', '-'])
        .is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_alphanumeric()));
    !before.ends_with(tied) && !dotted && !text[range.end..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        durations_in(text).into_iter().map(|found| format!("{} {}", found.value, found.unit)).collect()
    }

    #[test]
    fn parts_make_one_duration_in_the_smallest_unit() {
        for (text, wanted) in [
            ("lasted 1 hour and 48 minutes.", "108 minutes"),
            ("2h 15m", "135 m"),
            ("2h15m30s", "8130 s"),
            ("1 h 20 min of", "80 min"),
            ("1 day, 2 hours and 5 minutes", "1565 minutes"),
            ("3 s 250 ms", "3250 ms"),
            ("three and a half hours", "210 minutes"),
            ("an hour and a half", "90 minutes"),
            ("2 and a half minutes", "150 seconds"),
        ] {
            assert_eq!(read(text), [wanted], "{text}");
        }
    }

    #[test]
    fn what_does_not_go_down_or_is_tied_is_no_duration() {
        for text in [
            "5 minutes, 10 minutes and 1 hour",
            "1 hour and 90 minutes",
            "v2h15m",
            "2h15mx",
            "ticket-2h 15m",
            "2 hours of 15 minutes",
            "half an hour",
            "two and a half users",
        ] {
            assert_eq!(read(text), Vec::<String>::new(), "{text}");
        }
    }
}
