//! Chooses the shape of a timestamp by its first bytes and reads date, time and zone.

use crate::case::Precision;

use super::cursor::Cursor;
use super::date::{
    Date, century, full, read_day_name, read_name_day, read_numbers, read_year_first, skip_weekday, yearless,
};
use super::time::{Time, read_compact, read_dotted, read_fraction, read_time, read_unpadded};
use super::zone::{Joined, read_zone};
use super::{Clock, DAY, Moment, SECOND, Zone};

/// Seconds since the epoch that a number may mean: 2001-01-01 to 2100-01-01, so that ids and sizes are not taken for times.
const EPOCH_SECONDS: std::ops::Range<i64> = 978_307_200..4_102_444_800;

/// The timestamp that starts at byte `at` of `text`, with the offset one past its end.
pub(in crate::log) fn stamp_at(text: &str, at: usize) -> Option<(usize, Moment)> {
    let mut here = Cursor::new(text.as_bytes(), at);
    let moment = match here.peek(0) {
        b'0'..=b'9' => digits_first(&mut here)?,
        b'A'..=b'Z' | b'a'..=b'z' => letters_first(&mut here)?,
        _ => return None,
    };
    here.at_boundary().then_some((here.at, moment))
}

fn digits_first(here: &mut Cursor<'_>) -> Option<Moment> {
    let run = here.digit_run();
    match (run, here.peek(run)) {
        (4, b'-' | b'/' | b'.') => year_first(here),
        (8, b'-' | b'T' | b' ') => compact(here),
        (6, b' ') => two_numbers(here),
        (10 | 13 | 16 | 19, _) => epoch(here, run),
        (1 | 2, b':') => bare_time(here),
        (1 | 2, between @ (b'/' | b'-' | b'.')) if here.peek(run + 1).is_ascii_digit() => {
            let date = read_numbers(here, between)?;
            after_date(here, date)
        }
        (1 | 2, b'/' | b'-' | b' ') => {
            let date = read_day_name(here)?;
            after_date(here, date)
        }
        _ => None,
    }
}

fn letters_first(here: &mut Cursor<'_>) -> Option<Moment> {
    if here.peek(1).is_ascii_digit() {
        return letter_and_date(here);
    }
    let start = here.at;
    skip_weekday(here);
    if here.peek(0).is_ascii_digit() {
        return if here.at > start { digits_first(here) } else { None };
    }
    let date = read_name_day(here)?;
    after_date(here, date)
}

/// `2024-03-15T09:30:01.234Z`, `2024/03/15 09:30:01`, `2005-06-03-15.49.38.026704`, `2024-03-15`.
fn year_first(here: &mut Cursor<'_>) -> Option<Moment> {
    let date = read_year_first(here)?;
    if here.peek(0) == b'-' {
        let mut dotted = *here;
        dotted.at += 1;
        if let Some(time) = read_dotted(&mut dotted) {
            *here = dotted;
            return Some(moment(date, Some(time), Zone::None));
        }
    }
    after_date(here, date)
}

/// Time, zone and a year that follows (`Sun Dec 04 04:51:09 UTC 2005`); a full date may stand alone.
fn after_date(here: &mut Cursor<'_>, date: Date) -> Option<Moment> {
    let mut ahead = *here;
    skip_between(&mut ahead);
    let Some(time) = (ahead.at > here.at).then(|| read_time(&mut ahead)).flatten() else {
        return matches!(date, Date::Full(_)).then(|| moment(date, None, Zone::None));
    };
    let joined = if time.precision == Precision::Minute { Joined::AfterBlank } else { Joined::Directly };
    // `T` and `Z` leave no doubt, so minutes may carry their zone directly.
    let joined = if matches!(here.peek(0), b'T') { Joined::Directly } else { joined };
    let zone = read_zone(&mut ahead, joined);
    let date = with_trailing_year(&mut ahead, date);
    *here = ahead;
    Some(moment(date, Some(time), zone))
}

/// Takes what stands between date and time: `T`, `_`, blanks, a comma, ` at `, the `:` of access logs.
fn skip_between(here: &mut Cursor<'_>) {
    match here.peek(0) {
        b'T' | b't' | b':' | b'_' => here.at += 1,
        b',' => {
            here.at += 1;
            here.blanks(2);
        }
        _ => {
            here.blanks(3);
        }
    }
    if (here.peek(0), here.peek(1), here.peek(2)) == (b'a', b't', b' ') {
        here.at += 3;
    }
}

/// The year of the C library's `ctime` stands last.
fn with_trailing_year(here: &mut Cursor<'_>, date: Date) -> Date {
    let Date::Yearless(month, day) = date else { return date };
    let mut ahead = *here;
    if ahead.blanks(1) == 0 {
        return date;
    }
    let Some(year) = ahead.number(4, 4).filter(|year| ahead.at_boundary() && (1970..=2199).contains(year)) else {
        return date;
    };
    let Some(whole) = full(year, i64::from(month), i64::from(day)) else { return date };
    *here = ahead;
    whole
}

/// `20171223-22:15:29:635`, `20240315T093001Z`, `20240315 09:30:01`.
fn compact(here: &mut Cursor<'_>) -> Option<Moment> {
    let (year, month, day) = (here.fixed(4)?, here.fixed(2)?, here.fixed(2)?);
    if !(1970..=2199).contains(&year) {
        return None;
    }
    let date = full(year, month, day)?;
    here.at += 1;
    let time = read_unpadded(here).or_else(|| read_time(here)).or_else(|| read_compact(here))?;
    let zone = read_zone(here, Joined::Directly);
    Some(moment(date, Some(time), zone))
}

/// `081109 204015` and `240315  9:30:01`.
fn two_numbers(here: &mut Cursor<'_>) -> Option<Moment> {
    let (year, month, day) = (here.fixed(2)?, here.fixed(2)?, here.fixed(2)?);
    let date = full(century(year), month, day)?;
    here.blanks(2);
    let time = match here.digit_run() {
        6 => read_compact(here)?,
        _ => read_time(here).filter(|time| time.precision != Precision::Minute)?,
    };
    Some(moment(date, Some(time), Zone::None))
}

/// Seconds (with an optional fraction), milliseconds, microseconds or nanoseconds since the epoch.
fn epoch(here: &mut Cursor<'_>, run: usize) -> Option<Moment> {
    let (micros, precision) = match run {
        10 => {
            let seconds = here.fixed(10)? * SECOND;
            read_fraction(here).map_or((seconds, Precision::Second), |part| (seconds + part, Precision::Subsecond))
        }
        13 => (here.fixed(13)? * 1000, Precision::Subsecond),
        16 => (here.fixed(16)?, Precision::Subsecond),
        _ => {
            let micros = here.fixed(16)?;
            here.at += run - 16;
            (micros, Precision::Subsecond)
        }
    };
    let clock = Clock::Full(micros);
    EPOCH_SECONDS.contains(&(micros / SECOND)).then_some(Moment { clock, zone: Zone::Known(0), precision })
}

/// `09:30:01.234`, `9:15 AM EST`.
fn bare_time(here: &mut Cursor<'_>) -> Option<Moment> {
    let start = here.at;
    let time = read_time(here)?;
    // A single digit before the colon is a ratio unless seconds or the half of the day follow.
    if time.precision == Precision::Minute && here.at - start < 5 {
        return None;
    }
    let joined = if time.precision == Precision::Minute { Joined::AfterBlank } else { Joined::Directly };
    let zone = read_zone(here, joined);
    Some(Moment { clock: Clock::TimeOfDay(time.micros), zone, precision: time.precision })
}

/// The `0315 09:30:01.2` of `E0315 09:30:01.2`, glog's header; the letter is a level.
fn letter_and_date(here: &mut Cursor<'_>) -> Option<Moment> {
    if !matches!(here.peek(0), b'I' | b'W' | b'E' | b'F' | b'D' | b'V') {
        return None;
    }
    here.at += 1;
    four_digit_date(here)
}

/// `0315 09:30:01.234567`, month and day without a separator.
fn four_digit_date(here: &mut Cursor<'_>) -> Option<Moment> {
    if here.digit_run() != 4 {
        return None;
    }
    let date = yearless(here.fixed(2)?, here.fixed(2)?)?;
    if here.blanks(2) == 0 {
        return None;
    }
    let time = read_time(here).filter(|time| time.precision == Precision::Subsecond)?;
    Some(moment(date, Some(time), Zone::None))
}

fn moment(date: Date, time: Option<Time>, zone: Zone) -> Moment {
    let (micros, precision) = time.map_or((0, Precision::Day), |time| (time.micros, time.precision));
    let clock = match date {
        Date::Full(days) => Clock::Full(days * DAY + micros),
        Date::Yearless(month, day) => Clock::Yearless { month, day, micros },
    };
    Moment { clock, zone, precision }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-03-15 09:30:01.
    const STAMP: i64 = 1_710_495_001 * SECOND;

    fn clock(text: &str) -> Option<(Clock, Zone)> {
        stamp_at(text, 0).filter(|found| found.0 == text.len()).map(|found| (found.1.clock, found.1.zone))
    }

    #[test]
    fn shapes_with_a_year_agree_on_the_clock() {
        for text in [
            "2024-03-15 09:30:01",
            "2024-03-15T09:30:01",
            "2024/03/15 09:30:01",
            "2024.03.15 09:30:01",
            "24/03/15 09:30:01",
            "240315 093001",
            "240315  9:30:01",
            "20240315-9:30:1:0",
            "20240315T093001",
            "15/Mar/2024:09:30:01",
            "15/Mar/2024 09:30:01",
            "15-Mar-2024 09:30:01",
            "15 Mar 2024 09:30:01",
            "15.03.2024 09:30:01",
            "Fri Mar 15 09:30:01 2024",
            "Fri, 15 Mar 2024 09:30:01",
            "Mar 15, 2024 9:30:01 AM",
            "March 15th 2024, 09:30:01.000",
            "3/15/2024 9:30:01 AM",
            "2024-03-15-09.30.01.000000",
        ] {
            assert_eq!(clock(text), Some((Clock::Full(STAMP), Zone::None)), "{text}");
        }
    }

    #[test]
    fn zones_are_read_with_every_shape_that_has_them() {
        for (text, minutes) in [
            ("2024-03-15T09:30:01Z", 0),
            ("2024-03-15 09:30:01 +02:00", 120),
            ("2024-03-15T09:30:01+0200", 120),
            ("15/Mar/2024:09:30:01 -0700", -420),
            ("Fri Mar 15 09:30:01 EST 2024", -300),
            ("15-Mar-2024 09:30:01 UTC", 0),
        ] {
            assert_eq!(clock(text), Some((Clock::Full(STAMP), Zone::Known(minutes))), "{text}");
        }
    }

    #[test]
    fn numbers_since_the_epoch_are_utc() {
        for text in ["1710495001", "1710495001000", "1710495001000000", "1710495001000000000", "1710495001.0"] {
            assert_eq!(clock(text), Some((Clock::Full(STAMP), Zone::Known(0))), "{text}");
        }
        assert_eq!(clock("9999999999"), None);
    }

    #[test]
    fn shapes_without_a_year_have_none() {
        let micros = 34_201 * SECOND;
        for text in ["Mar 15 09:30:01", "03-15 09:30:01.000", "03.15 09:30:01", "E0315 09:30:01.000000"] {
            assert_eq!(clock(text), Some((Clock::Yearless { month: 3, day: 15, micros }, Zone::None)), "{text}");
        }
    }

    #[test]
    fn a_time_of_day_needs_two_digits_or_its_half() {
        assert_eq!(clock("9:15 AM EST"), Some((Clock::TimeOfDay(33_300 * SECOND), Zone::Known(-300))));
        assert_eq!(clock("09:15"), Some((Clock::TimeOfDay(33_300 * SECOND), Zone::None)));
        assert_eq!(clock("9:15"), None);
    }

    #[test]
    fn a_bare_date_has_the_precision_of_a_day() {
        assert_eq!(stamp_at("2024-03-15", 0).map(|found| found.1.precision), Some(Precision::Day));
        assert_eq!(stamp_at("Mar 15", 0), None);
    }
}
