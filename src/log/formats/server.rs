//! Formats of single programs: Redis, the Linux kernel, Apple's unified log, java.util.logging, AWS Lambda.

use crate::case::{Level, Precision};
use crate::log::level::parse_level;
use crate::log::timestamp::{Clock, Moment, Zone, stamp_at};

use super::words::{after_digits, is_component, is_number, next_word, skip_blanks, word};
use super::{Header, MessagePlace, Recognizer, Strength};

/// `1234:M 15 Mar 2024 09:30:01.234 # message`.
pub(super) const REDIS: Recognizer = Recognizer {
    name: "redis",
    may: |bytes| bytes[0].is_ascii_digit() && after_digits(bytes) == Some(b':'),
    read: read_redis,
};

/// `[12345.678901] message`.
pub(super) const KERNEL: Recognizer = Recognizer { name: "kernel", may: |bytes| bytes[0] == b'[', read: read_kernel };

/// `2024-03-15 09:30:01.234567+0100 0x1a2b Default 0x0 123 0 app: message`.
pub(super) const UNIFIED: Recognizer = Recognizer {
    name: "unified",
    // The thread after the time is hexadecimal; most lines that begin with a date have no such number there.
    may: |bytes| {
        bytes.len() > 36
            && bytes[4] == b'-'
            && memchr::memchr_iter(b'x', &bytes[1..bytes.len().min(65)]).any(|at| bytes[at] == b'0')
    },
    read: read_unified,
};

/// `Mar 15, 2024 9:30:01 AM com.x.Y method`, with `SEVERE: message` on the next line.
pub(super) const TWO_LINE: Recognizer = Recognizer {
    name: "java-util-logging",
    may: |bytes| bytes[0].is_ascii_uppercase() && bytes.len() > 20 && bytes[3] == b' ',
    read: read_two_line,
};

/// `START RequestId: … Version: $LATEST`.
pub(super) const LAMBDA: Recognizer =
    Recognizer { name: "lambda", may: |bytes| bytes[0].is_ascii_uppercase(), read: read_lambda };

fn read_redis(line: &str) -> Option<Header> {
    let bytes = line.as_bytes();
    let process = word(bytes, 0);
    let (number, role) = line[process.clone()].split_once(':')?;
    if !is_number(number.as_bytes()) || !matches!(role, "M" | "S" | "C" | "X") {
        return None;
    }
    let stamp = skip_blanks(bytes, process.end);
    let (end, moment) = stamp_at(line, stamp)?;
    let mark = next_word(bytes, end);
    let level = match &line[mark.clone()] {
        "." => Level::Debug,
        "-" => Level::Info,
        "*" => Level::Notice,
        "#" => Level::Warn,
        _ => return None,
    };
    let mut header = Header::new(skip_blanks(bytes, mark.end)..line.len(), Strength::Strong);
    header.time = Some((stamp..end, moment));
    header.level = Some(level);
    header.thread = Some(0..number.len());
    Some(header)
}

fn read_kernel(line: &str) -> Option<Header> {
    let bytes = line.as_bytes();
    let close = bytes.iter().take(24).position(|byte| *byte == b']')?;
    let start = skip_blanks(bytes, 1);
    let (seconds, fraction) = line.get(start..close)?.split_once('.')?;
    if !is_number(seconds.as_bytes()) || seconds.len() > 9 || !is_number(fraction.as_bytes()) || fraction.len() != 6 {
        return None;
    }
    let micros = seconds.parse::<i64>().ok()? * 1_000_000 + fraction.parse::<i64>().ok()?;
    let clock = Clock::SinceStart(micros);
    let mut header = Header::new(skip_blanks(bytes, close + 1)..line.len(), Strength::Firm);
    header.time = Some((start..close, Moment { clock, zone: Zone::None, precision: Precision::Subsecond }));
    Some(header)
}

fn read_unified(line: &str) -> Option<Header> {
    let bytes = line.as_bytes();
    let (end, moment) = stamp_at(line, 0)?;
    let thread = next_word(bytes, end);
    let kind = next_word(bytes, thread.end);
    let activity = next_word(bytes, kind.end);
    if !bytes[thread.clone()].starts_with(b"0x") || !bytes[activity.clone()].starts_with(b"0x") {
        return None;
    }
    let level = match &line[kind] {
        "Default" => Level::Notice,
        other => parse_level(other)?,
    };
    let process = next_word(bytes, activity.end);
    let lifetime = next_word(bytes, process.end);
    let name = next_word(bytes, lifetime.end);
    let mut header = Header::new(skip_blanks(bytes, name.end)..line.len(), Strength::Strong);
    header.time = Some((0..end, moment));
    header.level = Some(level);
    header.thread = Some(thread);
    header.component = (bytes[name.clone()].last() == Some(&b':')).then(|| name.start..name.end - 1);
    Some(header)
}

fn read_two_line(line: &str) -> Option<Header> {
    let bytes = line.as_bytes();
    let (end, moment) = stamp_at(line, 0)?;
    let class = next_word(bytes, end);
    let method = next_word(bytes, class.end);
    let halved = line[..end].ends_with('M') && matches!(moment.clock, Clock::Full(_));
    if !halved
        || method.end != line.len()
        || !is_component(&bytes[class.clone()])
        || !bytes[class.clone()].contains(&b'.')
    {
        return None;
    }
    let mut header = Header::new(line.len()..line.len(), Strength::Strong);
    header.time = Some((0..end, moment));
    header.component = Some(class);
    header.message_place = MessagePlace::NextLine;
    Some(header)
}

fn read_lambda(line: &str) -> Option<Header> {
    let (kind, rest) = line.split_once(" RequestId: ")?;
    if !matches!(kind, "START" | "END" | "REPORT") || rest.is_empty() {
        return None;
    }
    Some(Header::new(0..line.len(), Strength::Strong))
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use super::*;
    use crate::log::formats::recognise;

    #[track_caller]
    fn check(line: &str, name: &'static str, level: Option<Level>, component: &str, message: &str) {
        assert_eq!(shown(line), Some((name, level, component.to_owned(), message.to_owned())), "{line}");
    }

    #[test]
    fn redis_marks_are_levels() {
        check("12:M 02 May 2023 11:07:13.402 # low memory", "redis", Some(Level::Warn), "", "low memory");
    }

    #[test]
    fn kernel_times_count_from_the_start() {
        let line = "[   17.402567] cart: oops";
        check(line, "kernel", None, "", "cart: oops");
        let clock = recognise(line).and_then(|found| found.1.time).map(|time| time.1.clock);
        assert_eq!(clock, Some(Clock::SinceStart(17_402_567)));
    }

    #[test]
    fn unified_log_lines_are_read() {
        let line = "2023-05-02 11:07:13.402567+0100 0x1a2b Error 0x0 12 0 cart: late";
        check(line, "unified", Some(Level::Error), "cart", "late");
    }

    #[test]
    fn java_util_logging_waits_for_its_second_line() {
        let header = recognise("May 02, 2023 11:07:13 AM shop.Cart add").map(|found| found.1);
        assert_eq!(header.map(|header| header.message_place), Some(MessagePlace::NextLine));
    }

    #[test]
    fn lambda_frames_its_requests() {
        check("START RequestId: 7 Version: 1", "lambda", None, "", "START RequestId: 7 Version: 1");
    }
}
