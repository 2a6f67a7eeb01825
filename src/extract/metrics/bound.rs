//! The other end of a range or a change: `20-30 ms`, `between 5 and 10 minutes`, `from 120 ms to 4.2 s`.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pattern::Pattern;

use super::{duration, pattern};

/// How far before a number its other end may stand, in bytes.
const REACH: usize = 48;

/// How words begin that say that a number moves.
const MOVES: &[&str] = &[
    "ascen", "chang", "climb", "cut", "declin", "decreas", "degrad", "drop", "fall", "fell", "goes", "going", "grew",
    "grow", "improv", "increas", "jump", "lower", "move", "rais", "reduc", "rise", "rising", "rose", "shrank", "slow",
    "spik", "surge", "went",
];

static OTHER: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:(?P<word>\b(?i:from|between)\s)\s?)?(?P<sign>[$€£])?(?P<num>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)",
        r"(?P<unit>\s?%|\s?[A-Za-zµμ]{1,12})?(?P<link>\s?(?:-{1,2}|–|—)\s?|\s(?i:to|and)\s|\s?(?:->|→|⇒)\s?)$"
    ))
});

/// The first of two numbers that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bound {
    /// Where it starts.
    pub start: usize,
    /// Decimal string without grouping.
    pub value: String,
    /// Unit as written, empty where the second number's holds for both.
    pub unit: String,
    /// `..` for a range, `->` for a change.
    pub comparison: &'static str,
}

/// The number that `second` (its digits with their currency) continues.
pub(super) fn bound_before(text: &str, second: usize) -> Option<Bound> {
    let mut from = second.saturating_sub(REACH);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let window = &text[from..second];
    let joined = window.trim_end_matches(' ');
    let linked = joined.ends_with(['-', '–', '—', '>', '→', '⇒']) || joined.ends_with("to") || joined.ends_with("and");
    let found = OTHER.captures(window).filter(|_| linked)?;
    let (number, link) = (found.name("num")?, found.name("link")?.as_str().trim());
    let word = found.name("word").map_or("", |word| word.as_str()).trim().to_lowercase();
    let comparison = match (word.as_str(), link.to_lowercase().as_str()) {
        ("from", "to" | "->" | "→" | "⇒") | ("", "->" | "→" | "⇒") => "->",
        ("between", "and") | ("", "-" | "–" | "—" | "to") | ("from", "-" | "–" | "—") => "..",
        _ => return None,
    };
    let start = found.name("sign").unwrap_or(number).start();
    let unit = found.name("unit").map_or("", |unit| unit.as_str()).trim().to_owned();
    // "from 2 to 11 minutes" says how far something reaches, unless it says that something moved.
    let moved = comparison == "->" && (word.is_empty() || !unit.is_empty() || is_moving(&text[..from + start]));
    let comparison = if moved { "->" } else { ".." };
    let tied = window[..start].ends_with(|c: char| c.is_alphanumeric() || "_/#\\@.:,-–+^".contains(c));
    let value = number.as_str().replace(',', "");
    (!tied).then_some(Bound { start: from + start, value, unit, comparison })
}

/// Whether one of the last words before a number says that something moves (`the queue grew from`).
fn is_moving(before: &str) -> bool {
    let words = before.split_whitespace().rev().take(6);
    words.map(str::to_lowercase).any(|word| MOVES.iter().any(|stem| word.starts_with(stem)))
}

/// Both values in one unit, the smaller of the two: `(first, second, unit)`; `None` where they measure different things.
pub(super) fn in_one_unit(bound: &Bound, value: &str, unit: &str) -> Option<(String, String, String)> {
    if bound.unit.is_empty() || bound.unit.eq_ignore_ascii_case(unit) {
        return Some((bound.value.clone(), value.to_owned(), unit.to_owned()));
    }
    let (first, second) = (duration::nanoseconds(&bound.unit)?, duration::nanoseconds(unit)?);
    if first >= second {
        return Some((times(&bound.value, first / second)?, value.to_owned(), unit.to_owned()));
    }
    Some((bound.value.clone(), times(value, second / first)?, bound.unit.clone()))
}

/// A decimal string times a whole number.
fn times(decimal: &str, factor: u64) -> Option<String> {
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    let digits = format!("{whole}{fraction}").parse::<u64>().ok()?.checked_mul(factor)?.to_string();
    let digits = format!("{digits:0>width$}", width = fraction.len() + 1);
    let (whole, fraction) = digits.split_at(digits.len() - fraction.len());
    let fraction = fraction.trim_end_matches('0');
    Some(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") })
}

/// Whether `first` is less than `second`, both decimal strings.
pub(super) fn is_less(first: &str, second: &str) -> bool {
    let key = |decimal: &str| {
        let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
        let whole = whole.trim_start_matches('0').to_owned();
        (whole.len(), whole, fraction.trim_end_matches('0').to_owned())
    };
    key(first) < key(second)
}

/// Whether `range` holds all of `other`.
pub(super) fn covers(range: &Range<usize>, other: &Range<usize>) -> bool {
    range.start <= other.start && other.end <= range.end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_multiplied_and_compared() {
        assert_eq!(times("4.2", 1_000).as_deref(), Some("4200"));
        assert_eq!(times("0.05", 10).as_deref(), Some("0.5"));
        assert_eq!(times("99999999999999999999", 10), None);
        assert!(is_less("9.5", "10") && is_less("1.05", "1.5") && !is_less("2", "2.0"));
    }

    #[test]
    fn only_linked_numbers_are_bounds() {
        for text in ["2024-03-", "id-15 to ", "10 of ", "x20-", "5 and ", "between 5 to ", "10.0.0.1-"] {
            assert_eq!(bound_before(text, text.len()), None, "{text}");
        }
        assert_eq!(bound_before("between 5 and ", 14).map(|bound| bound.comparison), Some(".."));
    }
}
