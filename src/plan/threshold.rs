//! Thresholds in sentences: what is wanted against what raises an alert.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::pattern::Pattern;

/// A comparison with a number and its unit.
static COMPARISON: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)(?P<below><=|<|≤|\b(?:below|under|less than|at most|fewer than|no more than|drops? (?:below|under)|falls? (?:below|under))\b)",
        r"\s*(?:by\s+)?(?P<below_value>\d{1,12}(?:\.\d{1,6})?)\s*(?P<below_unit>%|[a-zµ]{1,12})?",
        r"|(?P<above>>=|>|≥|\b(?:above|over|more than|at least|exceeds?|exceeding|greater than|rises? above)\b)",
        r"\s*(?:by\s+)?(?P<above_value>\d{1,12}(?:\.\d{1,6})?)\s*(?P<above_unit>%|[a-zµ]{1,12})?",
    ))
});

/// Words directly before a comparison that turn it round: "must not exceed".
static NEGATION: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"(?i)\b(?:not|never)\s+(?:be\s+|go\s+)?$"));

/// Words that say nothing about what is measured.
const EMPTY_WORDS: [&str; 29] = [
    "the", "a", "an", "of", "for", "in", "on", "at", "is", "are", "be", "stays", "stay", "remains", "alert", "alerts",
    "alarm", "warn", "warning", "when", "if", "and", "or", "to", "page", "raise", "must", "not", "never",
];

/// On which side of the number a value meets the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Below,
    Above,
}

impl Side {
    fn other(self) -> Self {
        match self {
            Side::Below => Side::Above,
            Side::Above => Side::Below,
        }
    }
}

/// `p99 latency < 50 ms`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Threshold {
    of: BTreeSet<String>,
    side: Side,
    /// Thousandths of the smallest unit of its dimension.
    value: u128,
    dimension: &'static str,
    /// The comparison as written.
    pub(super) text: String,
}

/// The comparisons of a sentence; what is measured stands before each.
pub(super) fn thresholds(sentence: &str) -> Vec<Threshold> {
    let mut found = Vec::new();
    let mut from = 0;
    for hit in COMPARISON.captures_iter(sentence) {
        let Some(whole) = hit.get(0) else { continue };
        let side = if hit.name("below").is_some() { Side::Below } else { Side::Above };
        let (value, unit) = match side {
            Side::Below => (hit.name("below_value"), hit.name("below_unit")),
            Side::Above => (hit.name("above_value"), hit.name("above_unit")),
        };
        let subject = &sentence[from..whole.start()];
        from = whole.end();
        let side = if NEGATION.is_match(subject) { side.other() } else { side };
        let (factor, dimension) = unit_of(unit.map_or("", |unit| unit.as_str()));
        let Some(thousandths) = value.and_then(|value| thousandths(value.as_str())) else { continue };
        found.push(Threshold {
            of: measured(subject),
            side,
            value: thousandths.saturating_mul(factor),
            dimension,
            text: format!("{}{}", subject.trim_start(), whole.as_str()).trim().to_string(),
        });
    }
    found
}

/// Whether values exist that are neither as wanted nor raise the alert.
pub(super) fn leave_gap(wanted: &Threshold, alert: &Threshold) -> bool {
    if wanted.dimension != alert.dimension || wanted.side == alert.side || !same_measure(&wanted.of, &alert.of) {
        return false;
    }
    match wanted.side {
        Side::Below => alert.value > wanted.value,
        Side::Above => alert.value < wanted.value,
    }
}

/// Two descriptions are of one measure when one holds all words of the other, or they share two.
fn same_measure(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    let percentile = |set: &BTreeSet<String>| set.iter().find(|w| is_percentile(w)).cloned();
    if let (Some(a), Some(b)) = (percentile(one), percentile(other))
        && a != b
    {
        return false;
    }
    let shared = one.intersection(other).count();
    shared >= 2 || (shared >= 1 && shared == one.len().min(other.len()))
}

fn is_percentile(word: &str) -> bool {
    word.strip_prefix('p').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

fn measured(subject: &str) -> BTreeSet<String> {
    // The clause nearest to the number says what it is of.
    let clause = subject.rsplit([';', ',', ':', '(', ')']).find(|part| !part.trim().is_empty()).unwrap_or("");
    let words = clause.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|word| !word.is_empty() && !EMPTY_WORDS.contains(&word.as_str())).collect()
}

/// Factor to the smallest unit of the dimension, and the dimension.
fn unit_of(unit: &str) -> (u128, &'static str) {
    match unit.to_lowercase().as_str() {
        "%" | "percent" => (1, "percent"),
        "us" | "µs" => (1, "time"),
        "ms" | "milliseconds" => (1_000, "time"),
        "s" | "sec" | "seconds" | "second" => (1_000_000, "time"),
        "min" | "minutes" | "minute" | "m" => (60_000_000, "time"),
        "h" | "hours" | "hour" => (3_600_000_000, "time"),
        _ => (1, "count"),
    }
}

fn thousandths(value: &str) -> Option<u128> {
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    whole.parse::<u128>().ok()?.checked_mul(1000)?.checked_add(part.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(wanted: &str, alert: &str) -> bool {
        let (wanted, alert) = (thresholds(wanted), thresholds(alert));
        wanted.iter().any(|w| alert.iter().any(|a| leave_gap(w, a)))
    }

    #[test]
    fn an_alert_above_what_is_wanted_leaves_a_gap() {
        assert!(gap("p99 < 50 ms", "alert at p99 > 100 ms"));
        assert!(gap("The error rate stays below 0.1 %", "Alert when the error rate exceeds 1 %"));
    }

    #[test]
    fn a_negated_comparison_is_turned_round() {
        assert!(gap("p99 must not exceed 50 ms", "alert when p99 exceeds 100 ms"));
        assert!(!gap("p99 must not exceed 50 ms", "alert when p99 exceeds 50 ms"));
    }

    #[test]
    fn an_alert_at_what_is_wanted_leaves_none() {
        assert!(!gap("p99 < 50 ms", "alert at p99 > 50 ms"));
        assert!(!gap("p99 < 1 s", "alert at p99 > 900 ms"));
    }

    #[test]
    fn a_floor_leaves_a_gap_the_other_way_round() {
        assert!(gap("success rate above 99.9 %", "alert when the success rate falls below 99 %"));
        assert!(!gap("success rate above 99 %", "alert when the success rate falls below 99.5 %"));
    }

    #[test]
    fn other_measures_and_other_units_are_not_compared() {
        assert!(!gap("p50 latency < 50 ms", "alert at p99 latency > 100 ms"));
        assert!(!gap("queue length < 50", "alert at queue age > 100 s"));
        assert!(!gap("p99 of login < 50 ms", "alert when p99 of search > 100 ms"));
    }

    #[test]
    fn the_comparison_is_kept_as_written() {
        assert_eq!(thresholds("p99 latency < 50 ms")[0].text, "p99 latency < 50 ms");
    }
}
