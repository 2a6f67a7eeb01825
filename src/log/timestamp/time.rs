//! Times of day: `09:30`, `9:30:01 AM`, `09:30:01.234567`, `9:30:1:27`, `15.49.38.026704`.

use crate::case::Precision;

use super::SECOND;
use super::cursor::Cursor;

/// A time of day with how exactly it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time {
    /// Microseconds since midnight.
    pub micros: i64,
    /// Minute, second or below.
    pub precision: Precision,
}

/// Takes `H:MM`, optional seconds with fraction, optional `AM` or `PM`.
pub(super) fn read_time(cursor: &mut Cursor<'_>) -> Option<Time> {
    let mut here = *cursor;
    let hour = here.number(1, 2)?;
    here.eat(b':')?;
    let minute = here.number(2, 2)?;
    let (mut second, mut fraction, mut precision) = (0, 0, Precision::Minute);
    if here.peek(0) == b':' && here.peek(1).is_ascii_digit() {
        here.at += 1;
        second = here.number(2, 2)?;
        precision = Precision::Second;
        if let Some(micros) = read_fraction(&mut here) {
            (fraction, precision) = (micros, Precision::Subsecond);
        }
    }
    let hour = with_half_day(&mut here, hour)?;
    // A further field makes it an address or a frame count, a letter a word.
    if (here.peek(0) == b':' && here.peek(1).is_ascii_digit()) || is_word(&here) {
        return None;
    }
    let time = assemble([hour, minute, second, fraction], precision)?;
    *cursor = here;
    Some(time)
}

/// Takes `H:M:S:mmm` with fields that are not padded.
pub(super) fn read_unpadded(cursor: &mut Cursor<'_>) -> Option<Time> {
    let mut here = *cursor;
    let mut parts = [0; 4];
    for (index, part) in parts.iter_mut().enumerate() {
        if index > 0 {
            here.eat(b':')?;
        }
        *part = here.number(1, if index == 3 { 3 } else { 2 })?;
    }
    let [hour, minute, second, millis] = parts;
    let time = assemble([hour, minute, second, millis * 1000], Precision::Subsecond)?;
    *cursor = here;
    Some(time)
}

/// Takes `HH.MM.SS.ffffff`.
pub(super) fn read_dotted(cursor: &mut Cursor<'_>) -> Option<Time> {
    let mut here = *cursor;
    let hour = here.number(2, 2)?;
    here.eat(b'.')?;
    let minute = here.number(2, 2)?;
    here.eat(b'.')?;
    let second = here.number(2, 2)?;
    let (fraction, precision) =
        read_fraction(&mut here).map_or((0, Precision::Second), |micros| (micros, Precision::Subsecond));
    let time = assemble([hour, minute, second, fraction], precision)?;
    *cursor = here;
    Some(time)
}

/// Takes `HHMMSS` with an optional fraction.
pub(super) fn read_compact(cursor: &mut Cursor<'_>) -> Option<Time> {
    let mut here = *cursor;
    let (hour, minute, second) = (here.fixed(2)?, here.fixed(2)?, here.fixed(2)?);
    let (fraction, precision) =
        read_fraction(&mut here).map_or((0, Precision::Second), |micros| (micros, Precision::Subsecond));
    if here.peek(0).is_ascii_digit() {
        return None;
    }
    let time = assemble([hour, minute, second, fraction], precision)?;
    *cursor = here;
    Some(time)
}

/// Takes `.ffffff` or `,fff` and gives microseconds; further digits are dropped.
pub(super) fn read_fraction(here: &mut Cursor<'_>) -> Option<i64> {
    if !matches!(here.peek(0), b'.' | b',') {
        return None;
    }
    let mut digits = *here;
    digits.at += 1;
    let run = digits.digit_run();
    if !(1..=9).contains(&run) {
        return None;
    }
    let kept = digits.fixed(run.min(6))?;
    here.at += 1 + run;
    Some(kept * 10_i64.pow(u32::try_from(6 - run.min(6)).ok()?))
}

/// Applies a following `AM` or `PM` to the hour; `None` where the two do not go together.
fn with_half_day(here: &mut Cursor<'_>, hour: i64) -> Option<i64> {
    let mut ahead = *here;
    // Some locales put a narrow no-break space (three bytes) before the half of the day.
    if (ahead.peek(0), ahead.peek(1), ahead.peek(2)) == (0xE2, 0x80, 0xAF) {
        ahead.at += 3;
    } else {
        ahead.blanks(1);
    }
    let half = ahead.peek(0).to_ascii_lowercase();
    if !matches!(half, b'a' | b'p') || !ahead.peek(1).eq_ignore_ascii_case(&b'm') {
        return Some(hour);
    }
    ahead.at += 2;
    if !ahead.at_boundary() {
        return Some(hour);
    }
    if !(1..=12).contains(&hour) {
        return None;
    }
    *here = ahead;
    Some(hour % 12 + if half == b'p' { 12 } else { 0 })
}

/// Whether letters follow that belong to the number (`12:30pmx`, `12:30h`); `Z` and `T` belong to timestamps.
fn is_word(here: &Cursor<'_>) -> bool {
    let next = here.peek(0);
    next == b'_' || (next.is_ascii_alphabetic() && !matches!(next, b'Z' | b'z'))
}

/// Checks the ranges; a leap second counts as the second before it.
fn assemble([hour, minute, second, micros]: [i64; 4], precision: Precision) -> Option<Time> {
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(Time { micros: ((hour * 60 + minute) * 60 + second.min(59)) * SECOND + micros, precision })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(text: &str) -> Option<i64> {
        read_time(&mut Cursor::new(text.as_bytes(), 0)).map(|time| time.micros)
    }

    #[test]
    fn fractions_become_microseconds() {
        assert_eq!(micros("00:00:01.5"), Some(1_500_000));
        assert_eq!(micros("00:00:01,234"), Some(1_234_000));
        assert_eq!(micros("00:00:00.123456789"), Some(123_456));
    }

    #[test]
    fn the_half_of_the_day_moves_the_hour() {
        assert_eq!(micros("12:00 AM"), Some(0));
        assert_eq!(micros("1:00pm"), Some(13 * 3600 * SECOND));
        assert_eq!(micros("13:00 PM"), None);
    }

    #[test]
    fn fields_may_be_unpadded_or_dotted() {
        let unpadded = read_unpadded(&mut Cursor::new(b"0:2:3:4", 0)).map(|time| time.micros);
        assert_eq!(unpadded, Some(123 * SECOND + 4_000));
        let dotted = read_dotted(&mut Cursor::new(b"00.02.03.000004", 0)).map(|time| time.micros);
        assert_eq!(dotted, Some(123 * SECOND + 4));
    }

    #[test]
    fn what_runs_on_is_no_time() {
        for text in ["10:20:30:40", "10:20x", "24:00", "10:5"] {
            assert_eq!(micros(text), None, "{text}");
        }
    }
}
