//! Durations and decimal numbers as rules write them, in integers.

/// Reads a duration such as `50ms`, `5s`, `1.5 min`, `2h` as microseconds.
///
/// ```
/// # use casefile::rules::parse_duration;
/// assert_eq!(parse_duration("50ms"), Some(50_000));
/// assert_eq!(parse_duration("1.5 min"), Some(90_000_000));
/// assert_eq!(parse_duration("fast"), None);
/// ```
pub fn parse_duration(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    duration_micros(&text[..digits], text[digits..].trim())
}

/// A value with its unit as microseconds, `None` where the unit is no unit of time.
pub(super) fn duration_micros(value: &str, unit: &str) -> Option<i64> {
    let micros = match unit.to_ascii_lowercase().as_str() {
        "µs" | "us" | "microseconds" => 1,
        "ms" | "msec" | "millis" | "millisecond" | "milliseconds" => 1_000,
        "s" | "sec" | "secs" | "second" | "seconds" => 1_000_000,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000_000,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000_000,
        "d" | "day" | "days" => 86_400_000_000,
        _ => return None,
    };
    thousandths(value)?.checked_mul(micros).map(|scaled| scaled / 1_000)
}

/// A decimal number in thousandths (`0.1` is 100); further digits are cut.
pub(super) fn thousandths(value: &str) -> Option<i64> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut part = 0;
    for place in 0..3 {
        part = part * 10 + fraction.as_bytes().get(place).map_or(0, |b| i64::from(b - b'0'));
    }
    whole.checked_mul(1_000)?.checked_add(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_in_thousandths() {
        assert_eq!(thousandths("0.1"), Some(100));
        assert_eq!(thousandths("12"), Some(12_000));
        assert_eq!(thousandths("3.14159"), Some(3_141));
        assert_eq!(thousandths("1,2"), None);
    }

    #[test]
    fn a_unit_that_is_no_time_is_refused() {
        assert_eq!(duration_micros("12", "%"), None);
    }
}
