//! Level words to levels. Whether a word at some place *is* a level, the format decides; this only knows spellings.

use crate::case::Level;

/// Longest spelling, in bytes (`informational`).
const LONGEST: usize = 13;

/// The level a word stands for, in any case (`WARN`, `Warning`, `wrn`); single letters and numbers are not words.
///
/// ```
/// # use casefile::{case::Level, log::parse_level};
/// assert_eq!(parse_level("SEVERE"), Some(Level::Error));
/// assert_eq!(parse_level("E"), None);
/// ```
pub fn parse_level(word: &str) -> Option<Level> {
    let bytes = word.as_bytes();
    if !(3..=LONGEST).contains(&bytes.len()) {
        return None;
    }
    let mut lower = [0; LONGEST];
    for (to, from) in lower.iter_mut().zip(bytes) {
        *to = from.to_ascii_lowercase();
    }
    Some(match &lower[..bytes.len()] {
        b"trace" | b"trce" | b"trc" | b"finest" | b"finer" => Level::Trace,
        b"debug" | b"dbug" | b"dbg" | b"fine" | b"verbose" | b"vrb" | b"config" | b"default" => Level::Debug,
        b"debug1" | b"debug2" | b"debug3" | b"debug4" | b"debug5" => Level::Debug,
        b"info" | b"inf" | b"information" | b"informational" => Level::Info,
        b"notice" | b"note" | b"hint" => Level::Notice,
        b"warn" | b"warning" | b"wrn" => Level::Warn,
        b"error" | b"err" | b"eror" | b"severe" | b"fail" | b"failure" => Level::Error,
        b"fatal" | b"ftl" | b"crit" | b"critical" | b"alert" | b"emerg" | b"emergency" | b"panic" | b"fault" => {
            Level::Fatal
        }
        _ => return None,
    })
}

/// The level of the one-letter codes of logcat, glog and Ruby.
pub(super) fn from_letter(letter: u8) -> Option<Level> {
    Some(match letter {
        b'T' => Level::Trace,
        b'V' | b'D' => Level::Debug,
        b'I' => Level::Info,
        b'N' => Level::Notice,
        b'W' => Level::Warn,
        b'E' => Level::Error,
        b'F' | b'C' | b'A' => Level::Fatal,
        _ => return None,
    })
}

/// The level of a syslog severity, 0 (emergency) to 7 (debug).
pub(super) fn from_syslog(severity: u32) -> Option<Level> {
    Some(match severity {
        0..=2 => Level::Fatal,
        3 => Level::Error,
        4 => Level::Warn,
        5 => Level::Notice,
        6 => Level::Info,
        7 => Level::Debug,
        _ => return None,
    })
}

/// The level of the numeric codes of bunyan and pino, 10 (trace) to 60 (fatal).
pub(super) fn from_bunyan(number: u32) -> Option<Level> {
    Some(match number {
        10..=19 => Level::Trace,
        20..=29 => Level::Debug,
        30..=39 => Level::Info,
        40..=49 => Level::Warn,
        50..=59 => Level::Error,
        60..=69 => Level::Fatal,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_spelling_has_its_level() {
        for (level, words) in [
            (Level::Trace, "TRACE trce FINEST"),
            (Level::Debug, "DEBUG VERBOSE dbug DBG VRB FINE"),
            (Level::Info, "INFO Info INF Information"),
            (Level::Notice, "NOTICE notice"),
            (Level::Warn, "WARN WARNING warn WRN"),
            (Level::Error, "ERR ERROR SEVERE fail FAILURE"),
            (Level::Fatal, "CRIT CRITICAL ALERT EMERG FATAL PANIC FTL"),
        ] {
            for word in words.split(' ') {
                assert_eq!(parse_level(word), Some(level), "{word}");
            }
        }
    }

    #[test]
    fn letters_and_ordinary_words_are_no_levels() {
        for word in ["", "E", "errors", "informed", "warningly-long-word", "é"] {
            assert_eq!(parse_level(word), None, "{word}");
        }
    }

    #[test]
    fn numeric_scales_run_in_opposite_directions() {
        assert_eq!((from_syslog(3), from_bunyan(50)), (Some(Level::Error), Some(Level::Error)));
        assert_eq!((from_syslog(7), from_bunyan(20)), (Some(Level::Debug), Some(Level::Debug)));
        assert_eq!((from_syslog(8), from_bunyan(5)), (None, None));
    }
}
