//! Dates in the orders people and programs write them; each reader takes exactly one shape.

use super::calendar::days_from_civil;
use super::cursor::Cursor;

/// A date with or without a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Date {
    /// Days since 1970-01-01.
    Full(i64),
    /// Month and day.
    Yearless(u8, u8),
}

/// Two-digit years up to this one belong to the 2000s, as POSIX reads them.
const PIVOT: i64 = 68;

const MONTHS: [&[u8]; 12] = [
    b"january",
    b"february",
    b"march",
    b"april",
    b"may",
    b"june",
    b"july",
    b"august",
    b"september",
    b"october",
    b"november",
    b"december",
];
const DAYS: [&[u8]; 7] = [b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday"];

/// A full date, if there is such a day.
pub(super) fn full(year: i64, month: i64, day: i64) -> Option<Date> {
    let (month, day) = (u32::try_from(month).ok()?, u32::try_from(day).ok()?);
    days_from_civil(i32::try_from(year).ok()?, month, day).map(Date::Full)
}

/// A date without a year, if there is such a day in some year.
pub(super) fn yearless(month: i64, day: i64) -> Option<Date> {
    full(2024, month, day)?;
    Some(Date::Yearless(u8::try_from(month).ok()?, u8::try_from(day).ok()?))
}

/// The century of a two-digit year.
pub(super) fn century(year: i64) -> i64 {
    if year <= PIVOT { year + 2000 } else { year + 1900 }
}

/// Takes `yyyy-MM-dd` with `-`, `/` or `.` between; month and day may be unpadded.
pub(super) fn read_year_first(here: &mut Cursor<'_>) -> Option<Date> {
    let year = here.number(4, 4)?;
    let between = here.peek(0);
    here.eat(between)?;
    let month = here.number(1, 2)?;
    here.eat(between)?;
    let day = here.number(1, 2)?;
    // Years before the first computers are version numbers and part numbers.
    if !(1970..=2199).contains(&year) {
        return None;
    }
    full(year, month, day)
}

/// Takes two or three numbers with `between`: `yy/MM/dd`, `M/d/yyyy`, `d/M/yyyy`, `MM-dd`, `dd.MM.yyyy`, `MM.dd`.
pub(super) fn read_numbers(here: &mut Cursor<'_>, between: u8) -> Option<Date> {
    let first = here.number(1, 2)?;
    here.eat(between)?;
    let second = here.number(1, 2)?;
    if here.peek(0) != between {
        return if between == b'/' { None } else { yearless(first, second) };
    }
    here.at += 1;
    let run = here.digit_run();
    let third = here.number(1, 4)?;
    match (run, between) {
        (4, b'/') if first <= 12 => full(third, first, second),
        (4, _) => full(third, second, first),
        (2, b'/') => full(century(first), second, third).filter(|_| first > 0),
        _ => None,
    }
}

/// Takes `15/Mar/2024`, `15-Mar-2024`, `15 Mar 2024` or `15 Mar`.
pub(super) fn read_day_name(here: &mut Cursor<'_>) -> Option<Date> {
    let day = here.number(1, 2)?;
    let between = here.peek(0);
    if !matches!(between, b'/' | b'-' | b' ') {
        return None;
    }
    here.at += 1;
    let month = month(here.letters(9))?;
    let mut ahead = *here;
    match ahead.eat(between).and_then(|()| ahead.number(4, 4)) {
        Some(year) => {
            *here = ahead;
            full(year, month, day)
        }
        None if between == b' ' => yearless(month, day),
        None => None,
    }
}

/// Takes `Mar 15`, `March 15th`, each with an optional `, 2024` or ` 2024`.
pub(super) fn read_name_day(here: &mut Cursor<'_>) -> Option<Date> {
    let month = month(here.letters(9))?;
    if here.peek(0) == b'.' {
        here.at += 1;
    }
    if here.blanks(3) == 0 {
        return None;
    }
    let run = here.digit_run();
    if !(1..=2).contains(&run) {
        return None;
    }
    let day = here.fixed(run)?;
    let mut ordinal = *here;
    if ordinal.letters(2).len() == 2 && ordinal.at_boundary() {
        *here = ordinal;
    }
    let mut ahead = *here;
    if ahead.peek(0) == b',' {
        ahead.at += 1;
    }
    let year = if ahead.blanks(2) > 0 { ahead.number(4, 4).filter(|_| ahead.at_boundary()) } else { None };
    match year {
        Some(year) => {
            *here = ahead;
            full(year, month, day)
        }
        None => yearless(month, day),
    }
}

/// Takes the name of a day with the comma and blank after it; leaves the cursor where it is if there is none.
pub(super) fn skip_weekday(cursor: &mut Cursor<'_>) {
    let mut here = *cursor;
    let word = here.letters(9);
    if word.len() < 3 || !DAYS.iter().any(|day| is_name(word, day)) {
        return;
    }
    if here.peek(0) == b',' {
        here.at += 1;
    }
    if here.blanks(2) > 0 {
        *cursor = here;
    }
}

/// The number of the month a word names, in full or by three letters (`Sept` too).
fn month(word: &[u8]) -> Option<i64> {
    let index = MONTHS.iter().position(|month| is_name(word, month))?;
    i64::try_from(index + 1).ok()
}

/// Whether `word` is `name`, or its first three or four letters.
fn is_name(word: &[u8], name: &[u8]) -> bool {
    (word.len() == 3 || word.len() == 4 || word.len() == name.len())
        && name.len() >= word.len()
        && word.eq_ignore_ascii_case(&name[..word.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str, between: u8) -> Option<Date> {
        read_numbers(&mut Cursor::new(text.as_bytes(), 0), between)
    }

    #[test]
    fn the_order_of_numbers_follows_from_the_year() {
        assert_eq!(numbers("17/06/09", b'/'), full(2017, 6, 9));
        assert_eq!(numbers("3/15/2024", b'/'), full(2024, 3, 15));
        assert_eq!(numbers("15/3/2024", b'/'), full(2024, 3, 15));
        assert_eq!(numbers("15.03.2024", b'.'), full(2024, 3, 15));
        assert_eq!(numbers("03-17", b'-'), Some(Date::Yearless(3, 17)));
    }

    #[test]
    fn a_day_before_its_month_may_stand_without_a_year() {
        let read = |text: &str| read_day_name(&mut Cursor::new(text.as_bytes(), 0));
        assert_eq!(read("15 Mar 2024 09:30"), full(2024, 3, 15));
        assert_eq!(read("15 Mar 09:30"), Some(Date::Yearless(3, 15)));
        assert_eq!(read("15-Mar-09:30"), None);
    }

    #[test]
    fn months_are_read_in_full_and_short() {
        let read = |text: &str| read_name_day(&mut Cursor::new(text.as_bytes(), 0));
        assert_eq!(read("March 15th, 2024"), full(2024, 3, 15));
        assert_eq!(read("Sept 5 2024"), full(2024, 9, 5));
        assert_eq!(read("Mar  5 10:00:00"), Some(Date::Yearless(3, 5)));
        assert_eq!(read("Marching 5"), None);
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        assert_eq!(yearless(2, 30), None);
        assert_eq!(yearless(2, 29), Some(Date::Yearless(2, 29)));
        assert_eq!(numbers("31.04.2024", b'.'), None);
    }
}
