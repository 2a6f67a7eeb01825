//! Timestamps as logs and reports write them: what was written is kept, what was not written is never filled in.
//!
//! A time of day stays a time of day, a date without a year stays without a year. Reading needs no clock.

mod calendar;
mod cursor;
mod date;
mod read;
mod time;
mod zone;

use std::ops::Range;

use crate::case::Precision;

pub use calendar::{civil_from_days, days_from_civil, weekday};
pub(super) use read::stamp_at;

/// Microseconds of a second.
pub(super) const SECOND: i64 = 1_000_000;
/// Microseconds of a day.
pub(super) const DAY: i64 = 86_400 * SECOND;

/// How far into a line a timestamp is looked for, in bytes: headers put it near the start.
const SEARCH_BYTES: usize = 64;

/// What a timestamp says about the clock, as the clock on the wall read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Date and time: microseconds since 1970-01-01 00:00 of the same wall clock.
    Full(i64),
    /// Microseconds since midnight, of an unknown day.
    TimeOfDay(i64),
    /// Date and time without a year.
    Yearless {
        /// 1 to 12.
        month: u8,
        /// 1 to 31.
        day: u8,
        /// Microseconds since midnight.
        micros: i64,
    },
    /// Microseconds since the machine or process started (`[12345.678901]`).
    SinceStart(i64),
}

/// What a timestamp says about its zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Minutes east of UTC.
    Known(i32),
    /// An abbreviation that stands for several offsets; its offset is not known.
    Assumed(&'static str),
    /// None was written.
    None,
}

/// A point in time, exactly as far as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Date and time.
    pub clock: Clock,
    /// Zone.
    pub zone: Zone,
    /// How exactly it was written.
    pub precision: Precision,
}

impl Moment {
    /// Microseconds from `earlier` to this moment; `None` where the two cannot be compared.
    ///
    /// Two moments compare when both have a full date, both only a time of day, both a date without a year on the same
    /// side of the end of February, or both count from a start. Zones count where both are known, else they are taken
    /// to be equal; [`Moment::assumes_zone`] says when that is so.
    pub fn since(&self, earlier: &Moment) -> Option<i64> {
        let local = match (self.clock, earlier.clock) {
            (Clock::Full(a), Clock::Full(b))
            | (Clock::TimeOfDay(a), Clock::TimeOfDay(b))
            | (Clock::SinceStart(a), Clock::SinceStart(b)) => a.checked_sub(b)?,
            (Clock::Yearless { micros: a, .. }, Clock::Yearless { micros: b, .. }) => {
                let days = self.day_of_season()?.1 - earlier.day_of_season()?.1;
                if self.day_of_season()?.0 != earlier.day_of_season()?.0 {
                    return None;
                }
                days * DAY + a - b
            }
            _ => return None,
        };
        match (self.zone, earlier.zone) {
            (Zone::Known(a), Zone::Known(b)) => local.checked_sub(i64::from(a - b) * 60 * SECOND),
            _ => Some(local),
        }
    }

    /// Whether comparing this moment with `other` takes their zones to be equal although that was not written.
    pub fn assumes_zone(&self, other: &Moment) -> bool {
        match (self.zone, other.zone) {
            (Zone::Known(_), Zone::Known(_)) => false,
            (Zone::Assumed(a), Zone::Assumed(b)) => a != b,
            _ => !matches!((self.clock, other.clock), (Clock::SinceStart(_), Clock::SinceStart(_))),
        }
    }

    /// Year, month and day as written; `None` where one of them was not.
    pub fn date(&self) -> Option<(i32, u32, u32)> {
        let Clock::Full(micros) = self.clock else { return None };
        civil_from_days(micros.div_euclid(DAY))
    }

    /// Microseconds since midnight as written; `None` for a bare date and for a time since a start.
    pub fn time_of_day(&self) -> Option<i64> {
        match self.clock {
            _ if self.precision == Precision::Day => None,
            Clock::Full(micros) => Some(micros.rem_euclid(DAY)),
            Clock::TimeOfDay(micros) | Clock::Yearless { micros, .. } => Some(micros),
            Clock::SinceStart(_) => None,
        }
    }

    /// Whether a date without a year lies after February, and its day counted in a common year: between the two halves
    /// the number of days depends on the year.
    fn day_of_season(&self) -> Option<(bool, i64)> {
        let Clock::Yearless { month, day, .. } = self.clock else { return None };
        // 2024 has a 29 February, which a date without a year may be.
        Some((month > 2, days_from_civil(2024, u32::from(month), u32::from(day))?))
    }
}

/// The first timestamp that starts within the first 64 bytes of `text`, with its place.
///
/// Numbers since the epoch count only at the start of the line, in a bracket or as the value of a key.
///
/// ```
/// # use casefile::log::find_timestamp;
/// let (range, _) = find_timestamp("[09:30:01.234] POST /login").unwrap();
/// assert_eq!(range, 1..13);
/// ```
pub fn find_timestamp(text: &str) -> Option<(Range<usize>, Moment)> {
    let bytes = text.as_bytes();
    let mut before = 0;
    for (at, &byte) in bytes.iter().enumerate().take(SEARCH_BYTES) {
        let starts = byte.is_ascii_alphanumeric() && !continues_word(before, at);
        before = byte;
        if !starts {
            continue;
        }
        let Some((end, moment)) = stamp_at(text, at) else { continue };
        if is_epoch(&bytes[at..end]) && !may_precede_epoch(&bytes[..at]) {
            continue;
        }
        return Some((at..end, moment));
    }
    None
}

/// The moment that the whole of `text` is (blanks around it aside).
///
/// ```
/// # use casefile::log::parse_timestamp;
/// assert!(parse_timestamp("2024-01-22 14:32 UTC").is_some());
/// assert!(parse_timestamp("2024-02-30").is_none());
/// ```
pub fn parse_timestamp(text: &str) -> Option<Moment> {
    let text = text.trim();
    let (end, moment) = stamp_at(text, 0)?;
    (end == text.len()).then_some(moment)
}

/// The zone of a timestamp as written (`UTC`, `+02:00`); `None` if there is none.
pub fn zone_text(stamp: &str) -> Option<&str> {
    let stamp = stamp.trim();
    let moment = parse_timestamp(stamp)?;
    if moment.zone == Zone::None || is_epoch(stamp.as_bytes()) {
        return None;
    }
    let mut cut = stamp.rfind(|c: char| c == ' ' || c.is_ascii_digit())? + 1;
    if stamp[cut..].is_empty() {
        // A numeric zone: it starts at the last sign. A zone before the year is looked for from the front instead.
        cut = stamp.rfind(['+', '-'])?;
        if parse_timestamp(&stamp[..cut]).is_none() {
            return stamp.split(' ').find(|word| word.len() > 1 && word.bytes().all(|b| b.is_ascii_uppercase()));
        }
    }
    Some(stamp[cut..].trim_matches(['(', ')'])).filter(|zone| !zone.is_empty())
}

/// Whether a byte ties what follows to a longer word, path, address or number.
fn continues_word(before: u8, at: usize) -> bool {
    at > 0
        && (before.is_ascii_alphanumeric()
            || before >= 0x80
            || matches!(before, b':' | b'.' | b'-' | b'/' | b'_' | b'@' | b'#' | b'$' | b'\\'))
}

fn is_epoch(stamp: &[u8]) -> bool {
    stamp.len() >= 10 && stamp[..10].iter().all(u8::is_ascii_digit)
}

fn may_precede_epoch(before: &[u8]) -> bool {
    match before.trim_ascii_end().last() {
        None => true,
        Some(last) => matches!(last, b'[' | b':' | b'=' | b'('),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        parse_timestamp(text).unwrap_or_else(|| panic!("{text} is a timestamp"))
    }

    #[test]
    fn known_zones_count_in_a_difference() {
        let (utc, east) = (moment("2024-03-15T09:30:00Z"), moment("2024-03-15T11:30:01+02:00"));
        assert_eq!(east.since(&utc), Some(SECOND));
        assert!(!east.assumes_zone(&utc));
    }

    #[test]
    fn a_zone_on_one_side_only_is_an_assumption() {
        let (utc, bare) = (moment("2024-03-15 09:30:00 UTC"), moment("2024-03-15 09:30:02"));
        assert_eq!(bare.since(&utc), Some(2 * SECOND));
        assert!(bare.assumes_zone(&utc));
    }

    #[test]
    fn a_time_of_day_and_a_full_date_do_not_compare() {
        assert_eq!(moment("2024-03-15 09:30:00").since(&moment("09:29:00")), None);
        assert_eq!(moment("09:30:00").since(&moment("09:29:00")), Some(60 * SECOND));
    }

    #[test]
    fn dates_without_a_year_compare_on_one_side_of_february() {
        assert_eq!(moment("Mar 15 09:30:01").since(&moment("Mar 14 09:30:00")), Some(DAY + SECOND));
        assert_eq!(moment("Mar  1 00:00:00").since(&moment("Feb 28 00:00:00")), None);
    }

    #[test]
    fn a_line_gives_its_first_timestamp() {
        assert_eq!(find_timestamp("at 2024-03-15 09:30:01,250 x").map(|f| f.0), Some(3..26));
        assert_eq!(find_timestamp("ids 1710495001 and 2"), None);
        assert_eq!(find_timestamp("timestamp: 1710495001234").map(|f| f.0), Some(11..24));
    }

    #[test]
    fn addresses_and_file_positions_are_no_times() {
        for text in
            ["10:20:30:40:50:60", "src/token.ts:45:12", "fe80::12:30:11", "v1.12:30", "10.0.0.1:50:10", "é12:30"]
        {
            assert_eq!(find_timestamp(text), None, "{text}");
        }
    }

    #[test]
    fn parts_that_do_not_exist_are_no_timestamp() {
        for text in ["2024-02-30 10:00:00", "25:00:00", "12:60", "Feb 30 10:00:00", "2024-13-01", "9999999999999"] {
            assert_eq!(parse_timestamp(text), None, "{text}");
        }
    }

    #[test]
    fn a_zone_can_be_shown_as_written() {
        assert_eq!(zone_text("2024-03-15T09:30:01+02:00"), Some("+02:00"));
        assert_eq!(zone_text("2024-03-15T09:30:01Z"), Some("Z"));
        assert_eq!(zone_text("9:15 AM EST"), Some("EST"));
        assert_eq!(zone_text("10:15 IST"), Some("IST"));
        assert_eq!(zone_text("2024-03-15 09:30:01"), None);
    }
}
