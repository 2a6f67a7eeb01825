//! Durations in text, in whole seconds and below, and how findings print them.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pattern::Pattern;

/// Microseconds of a second.
pub(super) const SECOND: i64 = 1_000_000;

/// A duration as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Duration {
    /// Number and unit.
    pub range: Range<usize>,
    /// Microseconds.
    pub micros: i64,
}

static DURATION: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)\b(\d{1,9})(?:\.(\d{1,3})\d*)?[\s-]?(milliseconds?|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?)\b",
    )
});

/// The durations of a text, in order.
pub(super) fn durations_in(text: &str) -> Vec<Duration> {
    let found = DURATION.captures_iter(text).filter_map(|found| {
        let (whole, number, unit) = (found.get(0)?, found.get(1)?, found.get(3)?);
        let tied = text[..whole.start()].ends_with(['.', ',', ':', '-', '/', '_', '$', '€']);
        let fraction = found.get(2).map_or(0, |digits| thousandths(digits.as_str()));
        let value = number.as_str().parse::<i64>().ok()?.checked_mul(1_000)?.checked_add(fraction)?;
        let micros = value.checked_mul(unit_micros(unit.as_str()))? / 1_000;
        (!tied).then_some(Duration { range: whole.range(), micros })
    });
    found.collect()
}

fn thousandths(digits: &str) -> i64 {
    format!("{digits:0<3}").parse().unwrap_or(0)
}

fn unit_micros(unit: &str) -> i64 {
    let unit = unit.to_ascii_lowercase();
    match unit.as_str() {
        _ if unit.starts_with("ms") || unit.starts_with("milli") => 1_000,
        _ if unit.starts_with('s') => SECOND,
        _ if unit.starts_with('m') => 60 * SECOND,
        _ if unit.starts_with('h') => 3_600 * SECOND,
        _ if unit.starts_with('d') => 86_400 * SECOND,
        _ => 7 * 86_400 * SECOND,
    }
}

/// A span of time in its two or three largest units (`730 days 2 h`, `15 min 1 s`).
pub(super) fn written(seconds: i64) -> String {
    let total = seconds.unsigned_abs();
    let parts = [(total / 86_400, "days"), (total / 3_600 % 24, "h"), (total / 60 % 60, "min"), (total % 60, "s")];
    let shown: Vec<String> =
        parts.iter().filter(|(value, _)| *value > 0).take(3).map(|(value, unit)| named(*value, unit)).collect();
    if shown.is_empty() { "0 s".to_owned() } else { shown.join(" ") }
}

fn named(value: u64, unit: &str) -> String {
    let unit = if value == 1 && unit == "days" { "day" } else { unit };
    format!("{value} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Vec<i64> {
        durations_in(text).into_iter().map(|duration| duration.micros / SECOND).collect()
    }

    #[test]
    fn units_are_read_glued_or_apart() {
        assert_eq!(
            seconds("5min, 15 minutes, 1.5 h, 2-hour, 30s, 7 days, 500 ms"),
            [300, 900, 5_400, 7_200, 30, 604_800, 0]
        );
    }

    #[test]
    fn numbers_inside_others_are_no_durations() {
        assert!(seconds("v1.5 m, 10:30 s, $5 m").iter().all(|seconds| *seconds != 300));
        assert!(seconds("12,500 ms 2024-05 m").is_empty());
    }

    #[test]
    fn spans_are_written_in_their_largest_units() {
        assert_eq!(written(7_200), "2 h");
        assert_eq!(written(-901), "15 min 1 s");
        assert_eq!(written(86_400 + 5), "1 day 5 s");
        assert_eq!(written(0), "0 s");
    }
}
