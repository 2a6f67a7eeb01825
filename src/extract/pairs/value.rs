//! Reads one side of a pair as a value: a number with its unit, a truth value, a list, a time, nothing, or a text.

use std::sync::LazyLock;

use chrono::{NaiveDate, Timelike};

use super::PairValue;
use crate::extract::pattern::pattern;
use crate::pattern::Pattern;

/// Most elements of a list that are kept.
const ELEMENTS: usize = 64;

static NUMBER: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:[~≈±]|about |approx\.? |exactly |only |just )?\s*([-−+]?)\s*([$€£¥]?)\s*([-−]?)",
        r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d[\d_]*(?:\.\d+)?|\.\d+)",
        r"(\s?%|\s?[a-zµμ°\p{Han}][a-zµμ°/\p{Han}]*(?: [a-z/]+){0,2})?$"
    ))
});

static TIME: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:(\d{4})-(\d{2})-(\d{2}))?(?:[T ]?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(am|pm)?)?",
        r"\s*(z|utc|gmt|[a-z]{3,4}|[+-]\d{2}:?\d{2})?$"
    ))
});

static ZONE: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)^(?:utc|gmt)([+-])(\d{1,2})(?::?(\d{2}))?$"));

static NUMBERS: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"-?\d+(?:\.\d+)?(?:(?:, and |, ?| and )-?\d+(?:\.\d+)?){2,}"));

/// Where a remark begins that is no part of the value.
static REMARK: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\s+(?:\(|#|//|<-|--|[-–—] |because\b|instead\b)"));

/// Reads the text of a side.
pub(super) fn value_of(text: &str) -> PairValue {
    let whole = unquoted(text);
    let head = unquoted(head_of(text));
    let tail = head.rsplit_once("= ").or_else(|| head.rsplit_once('=')).map(|(_, tail)| tail.trim());
    scalar(whole)
        .or_else(|| scalar(head))
        .or_else(|| list(head))
        .or_else(|| tail.filter(|tail| !tail.is_empty()).and_then(scalar))
        .unwrap_or_else(|| PairValue::Text(head.to_owned()))
}

/// The text before a remark in brackets or behind a dash.
pub(super) fn head_of(text: &str) -> &str {
    let end = REMARK.find(text).map_or(text.len(), |remark| remark.start());
    if end == 0 { text } else { &text[..end] }
}

fn unquoted(text: &str) -> &str {
    let text = text.trim().trim_end_matches(['.', ',', ';', '。']).trim();
    let pairs = [('"', '"'), ('\'', '\''), ('`', '`'), ('<', '>'), ('“', '”')];
    let inner =
        pairs.iter().find_map(|(open, close)| text.strip_prefix(*open).and_then(|rest| rest.strip_suffix(*close)));
    inner.unwrap_or(text).trim()
}

fn scalar(text: &str) -> Option<PairValue> {
    let known = match text.to_lowercase().as_str() {
        "true" | "yes" | "是" => Some(PairValue::Boolean(true)),
        "false" | "no" | "否" => Some(PairValue::Boolean(false)),
        "" | "null" | "none" | "nil" | "undefined" | "empty" | "nothing" | "n/a" | "missing" | "[]" | "{}" | "空"
        | "not set" | "not found" | "no value" | "no output" | "empty string" | "an empty list" | "empty list" => {
            Some(PairValue::Missing)
        }
        _ => None,
    };
    known.or_else(|| time(text)).or_else(|| number(text))
}

fn number(text: &str) -> Option<PairValue> {
    let found = NUMBER.captures(text)?;
    let part = |index: usize| found.get(index).map_or("", |part| part.as_str());
    let digits: String = part(4).chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    let zero = if digits.starts_with('.') { "0" } else { "" };
    let sign = if matches!(part(1), "-" | "−") || !part(3).is_empty() { "-" } else { "" };
    let unit = if part(2).is_empty() { part(5).trim() } else { part(2) };
    Some(PairValue::Number { value: format!("{sign}{zero}{digits}"), unit: unit.to_owned() })
}

fn time(text: &str) -> Option<PairValue> {
    if let Some(zone) = ZONE.captures(text) {
        let sign = if zone.get(1)?.as_str() == "-" { -1 } else { 1 };
        let part = |index: usize| zone.get(index).map_or(Some(0), |part| part.as_str().parse::<i64>().ok());
        return Some(PairValue::Time { seconds: sign * (part(2)? * 3600 + part(3)? * 60), offset: None });
    }
    let found = TIME.captures(text)?;
    if found.get(1).is_none() && found.get(4).is_none() {
        return None;
    }
    let part = |index: usize| found.get(index).map_or(Some(0_u32), |part| part.as_str().parse().ok());
    let days = match found.get(1) {
        Some(year) => i64::from(chrono::Datelike::num_days_from_ce(&NaiveDate::from_ymd_opt(
            year.as_str().parse().ok()?,
            part(2)?,
            part(3)?,
        )?)),
        None => 0,
    };
    let hour = match (part(4)?, found.get(7).map(|half| half.as_str().to_ascii_lowercase())) {
        (12, Some(half)) if half == "am" => 0,
        (hour, Some(half)) if half == "pm" && hour < 12 => hour + 12,
        (hour, _) => hour,
    };
    let clock = chrono::NaiveTime::from_hms_opt(hour, part(5)?, part(6)?)?;
    let seconds = days * 86_400 + i64::from(clock.num_seconds_from_midnight());
    Some(PairValue::Time { seconds, offset: found.get(8).and_then(|zone| offset(zone.as_str())) })
}

/// The offset of a zone in seconds; names of zones other than UTC say too little.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone.to_ascii_lowercase().as_str(), "z" | "utc" | "gmt") {
        return Some(0);
    }
    let (sign, rest) = zone.strip_prefix('-').map(|rest| (-1, rest)).or_else(|| Some((1, zone.strip_prefix('+')?)))?;
    let (hours, minutes) = (rest.get(..2)?.parse::<i64>().ok()?, rest.get(rest.len() - 2..)?.parse::<i64>().ok()?);
    Some(sign * (hours * 3600 + minutes * 60))
}

fn list(text: &str) -> Option<PairValue> {
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Some(inner) = inner.filter(|inner| !inner.contains(['[', '{'])) {
        let elements = elements(inner.split(','));
        return match elements.as_slice() {
            // `expected [3] but found [4]` only sets its values off.
            [one] => scalar(one).or(Some(PairValue::List(elements))),
            _ => Some(PairValue::List(elements)),
        };
    }
    for arrow in [" -> ", " → ", " > ", "\n"] {
        if text.contains(arrow) && text.split(arrow).all(|part| !part.trim().is_empty() && part.len() <= 40) {
            return Some(PairValue::List(elements(text.split(arrow))));
        }
    }
    let run = NUMBERS.find(text)?.as_str().replace(" and ", ", ");
    Some(PairValue::List(elements(run.split(','))))
}

fn elements<'a>(parts: impl Iterator<Item = &'a str>) -> Vec<String> {
    parts.map(|part| unquoted(part).to_owned()).filter(|part| !part.is_empty()).take(ELEMENTS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: &str, unit: &str) -> PairValue {
        PairValue::Number { value: value.into(), unit: unit.into() }
    }

    fn list(elements: &[&str]) -> PairValue {
        PairValue::List(elements.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn numbers_come_with_sign_and_unit() {
        assert_eq!(value_of("$5,412.50"), number("5412.50", "$"));
        assert_eq!(value_of("-500ms (startMs - nowMs)"), number("-500", "ms"));
        assert_eq!(value_of("0.80 (80%)"), number("0.80", ""));
        assert_eq!(value_of("13.0 hours"), number("13.0", "hours"));
        assert_eq!(value_of("-$1,000"), number("-1000", "$"));
    }

    #[test]
    fn the_result_of_a_computation_is_the_number_behind_its_last_equals_sign() {
        assert_eq!(value_of("base=2 + impact=1 + reg=1 = 4"), number("4", ""));
        assert_eq!(value_of("breachRisk = false"), PairValue::Boolean(false));
    }

    #[test]
    fn lists_are_read_with_brackets_arrows_and_commas() {
        assert_eq!(value_of("[\"a\", 'b']"), list(&["a", "b"]));
        assert_eq!(value_of("queued -> sent"), list(&["queued", "sent"]));
        assert_eq!(value_of("Orders 10, 9, and 8 first"), list(&["10", "9", "8"]));
        assert_eq!(value_of("[3]"), number("3", ""));
    }

    #[test]
    fn times_are_seconds_as_written() {
        assert_eq!(value_of("2:30 PM"), PairValue::Time { seconds: 52_200, offset: None });
        assert_eq!(value_of("09:00 UTC"), PairValue::Time { seconds: 32_400, offset: Some(0) });
        assert_eq!(value_of("UTC-5"), PairValue::Time { seconds: -18_000, offset: None });
        assert!(matches!(value_of("2024-03-10T02:00:00-05:00"), PairValue::Time { offset: Some(-18_000), .. }));
    }

    #[test]
    fn what_stands_for_nothing_is_missing() {
        for text in ["null", "None", "undefined", "[]", "\"\""] {
            assert_eq!(value_of(text), PairValue::Missing, "{text}");
        }
    }

    #[test]
    fn odd_text_stays_text() {
        for text in ["25:99", "2024-13-45", "1,2", "٣", "é", "9:3", "=", "(x)", "[[1], 2]"] {
            value_of(text);
        }
        assert_eq!(value_of("DENIED (check uses <)"), PairValue::Text("DENIED".into()));
    }
}
