//! Zones after a time: numeric offsets, `Z` and the few abbreviations that have one meaning in logs.

use super::Zone;
use super::cursor::Cursor;

/// Abbreviations with one usual meaning, in minutes east of UTC.
const KNOWN: [(&[u8], i32); 18] = [
    (b"UTC", 0),
    (b"GMT", 0),
    (b"UT", 0),
    (b"WET", 0),
    (b"WEST", 60),
    (b"BST", 60),
    (b"CET", 60),
    (b"CEST", 120),
    (b"EET", 120),
    (b"EEST", 180),
    (b"EST", -300),
    (b"EDT", -240),
    (b"CST", -360),
    (b"CDT", -300),
    (b"MST", -420),
    (b"MDT", -360),
    (b"PST", -480),
    (b"PDT", -420),
];

/// Abbreviations that are kept as written: each has several offsets, or one that logs seldom mean.
const NAMED: [&str; 14] =
    ["IST", "AST", "SST", "AEST", "AEDT", "ACST", "AWST", "JST", "KST", "SGT", "HKT", "MSK", "ET", "PT"];

/// How a numeric zone may stand after the time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Joined {
    /// `09:30:01+0200`: also without a blank.
    Directly,
    /// `09:30 +0200`: only after a blank, since `09:30-10:00` is a range.
    AfterBlank,
}

/// Takes a zone, with the blank before it; leaves the cursor where it is if there is none.
pub(super) fn read_zone(cursor: &mut Cursor<'_>, joined: Joined) -> Zone {
    let mut here = *cursor;
    let blank = here.blanks(1) > 0;
    let zone = match here.peek(0) {
        b'+' | b'-' if blank || joined == Joined::Directly => numeric(&mut here, blank),
        b'Z' | b'z' if !blank => here.eat(here.peek(0)).map(|()| Zone::Known(0)),
        b'A'..=b'Z' => named(&mut here),
        b'(' if blank => parenthesised(&mut here),
        _ => None,
    };
    match zone {
        Some(zone) if here.at_boundary() => {
            *cursor = here;
            zone
        }
        _ => Zone::None,
    }
}

/// `+02:00`, `+0200`, `+02`; after a blank only with minutes, since `09:30:01 -5` is no zone.
fn numeric(here: &mut Cursor<'_>, blank: bool) -> Option<Zone> {
    let sign = if here.peek(0) == b'-' { -1 } else { 1 };
    here.at += 1;
    let hours = here.fixed(2)?;
    let minutes = match here.peek(0) {
        b':' => {
            here.at += 1;
            here.number(2, 2)?
        }
        b'0'..=b'9' => here.number(2, 2)?,
        _ if blank => return None,
        _ => 0,
    };
    if hours > 14 || minutes > 59 || here.peek(0) == b':' {
        return None;
    }
    i32::try_from(sign * (hours * 60 + minutes)).ok().map(Zone::Known)
}

/// `UTC`, `EST`; `UTC+2` keeps its number.
fn named(here: &mut Cursor<'_>) -> Option<Zone> {
    let word = here.letters(4);
    if let Some((_, minutes)) = KNOWN.iter().find(|(name, _)| *name == word) {
        if *minutes == 0 && matches!(here.peek(0), b'+' | b'-') && here.peek(1).is_ascii_digit() {
            return offset_from_utc(here);
        }
        return Some(Zone::Known(*minutes));
    }
    NAMED.iter().find(|name| name.as_bytes() == word).map(|name| Zone::Assumed(name))
}

/// The `+2`, `+02` or `+02:00` of `UTC+2`.
fn offset_from_utc(here: &mut Cursor<'_>) -> Option<Zone> {
    let sign = if here.peek(0) == b'-' { -1 } else { 1 };
    here.at += 1;
    let hours = here.number(1, 2)?;
    let minutes = if here.peek(0) == b':' {
        here.at += 1;
        here.number(2, 2)?
    } else {
        0
    };
    (hours <= 14 && minutes < 60).then(|| i32::try_from(sign * (hours * 60 + minutes)).ok().map(Zone::Known))?
}

/// `(UTC)`.
fn parenthesised(here: &mut Cursor<'_>) -> Option<Zone> {
    here.eat(b'(')?;
    let zone = named(here)?;
    here.eat(b')')?;
    Some(zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(text: &str, joined: Joined) -> (Zone, usize) {
        let mut cursor = Cursor::new(text.as_bytes(), 0);
        (read_zone(&mut cursor, joined), cursor.at)
    }

    #[test]
    fn numeric_offsets_are_minutes_east() {
        assert_eq!(zone("+02:00", Joined::Directly), (Zone::Known(120), 6));
        assert_eq!(zone(" -0730 x", Joined::AfterBlank), (Zone::Known(-450), 6));
        assert_eq!(zone("+05", Joined::Directly), (Zone::Known(300), 3));
    }

    #[test]
    fn a_range_of_times_is_no_zone() {
        assert_eq!(zone("-10:00", Joined::AfterBlank), (Zone::None, 0));
        assert_eq!(zone("-10:00:00", Joined::Directly), (Zone::None, 0));
        assert_eq!(zone(" - 10:00", Joined::AfterBlank), (Zone::None, 0));
    }

    #[test]
    fn abbreviations_with_several_meanings_keep_their_name() {
        assert_eq!(zone(" IST", Joined::Directly), (Zone::Assumed("IST"), 4));
        assert_eq!(zone(" EST)", Joined::Directly), (Zone::Known(-300), 4));
        assert_eq!(zone(" ESTIMATE", Joined::Directly), (Zone::None, 0));
    }

    #[test]
    fn an_offset_after_utc_counts() {
        assert_eq!(zone(" UTC+2", Joined::Directly), (Zone::Known(120), 6));
        assert_eq!(zone(" (UTC)", Joined::Directly), (Zone::Known(0), 6));
    }
}
