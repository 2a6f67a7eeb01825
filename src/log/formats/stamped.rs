//! Lines that begin with a timestamp, bare or in brackets: most frameworks' default layouts.

use std::ops::Range;

use crate::case::{Level, Precision};
use crate::log::http::read_http;
use crate::log::level::parse_level;
use crate::log::timestamp::stamp_at;

use super::tail::read_tail;
use super::words::{is_component, is_number, skip_blanks, word};
use super::{Header, Recognizer, Strength};

/// `[2024-03-15 09:30:01] ERROR: …`, `[09:30:01 ERR] …`, `[2024-03-15T09:30:01Z ERROR app::auth] …`.
pub(super) const BRACKETED: Recognizer = Recognizer {
    name: "bracketed-time",
    may: |bytes| bytes[0] == b'[' && bytes[1].is_ascii_alphanumeric(),
    read: |line| read_stamped(line, 1),
};

/// `2024-03-15T09:30:01.234Z …`.
pub(super) const RFC3339: Recognizer = Recognizer {
    name: "rfc3339",
    may: |bytes| bytes.len() > 18 && bytes[4] == b'-' && bytes[10] == b'T',
    read: |line| {
        let mut header = read_stamped(line, 0)?;
        // Nobody writes a `T` between date and time in a sentence.
        header.strength = header.strength.max(Strength::Firm);
        Some(header)
    },
};

/// Any other timestamp at the start of the line.
pub(super) const BARE: Recognizer = Recognizer {
    name: "timestamp",
    may: |bytes| bytes[0].is_ascii_alphanumeric() && bytes.iter().take(24).any(u8::is_ascii_digit),
    read: |line| read_stamped(line, 0),
};

/// Names PHP gives its levels, in front of the message.
const PHP_LEVELS: [(&str, Level); 6] = [
    ("PHP Fatal error:", Level::Fatal),
    ("PHP Parse error:", Level::Error),
    ("PHP Recoverable fatal error:", Level::Error),
    ("PHP Warning:", Level::Warn),
    ("PHP Deprecated:", Level::Notice),
    ("PHP Notice:", Level::Notice),
];

/// The header of a line whose timestamp starts at `at`, inside a bracket if one opens right before it.
pub(super) fn read_stamped(line: &str, at: usize) -> Option<Header> {
    let bytes = line.as_bytes();
    let (end, moment) = stamp_at(line, at)?;
    if moment.precision == Precision::Day {
        return None;
    }
    let mut header = Header::new(end..line.len(), Strength::Weak);
    header.time = Some((at..end, moment));
    let bracket = at > 0 && bytes[at - 1] == b'[';
    let after = if bracket { inside_bracket(line, end, &mut header)? } else { after_bare(bytes, end)? };
    let mut header = read_tail(line, after, header);
    read_php(line, &mut header);
    if header.level.is_some() {
        // "19:38 alert: the queue grows" is how people write as well.
        let plain = !line[after..header.message.start.max(after)].bytes().any(|byte| byte.is_ascii_uppercase());
        let written = !bracket && moment.precision == Precision::Minute && plain;
        header.strength = if written { Strength::Weak } else { Strength::Strong };
        return Some(header);
    }
    // Minutes are how people write times; a bar beside a time is a column of a table.
    let exchange = || read_http(line, header.message.clone(), &[]).is_some();
    if moment.precision == Precision::Minute && !exchange() || bytes.get(skip_blanks(bytes, after)) == Some(&b'|') {
        return None;
    }
    Some(header)
}

/// Takes what stands between the timestamp and the closing bracket: level, component, `: LEVEL/worker`.
fn inside_bracket(line: &str, end: usize, header: &mut Header) -> Option<usize> {
    let bytes = line.as_bytes();
    let length = bytes[end..].iter().take(160).position(|byte| *byte == b']')?;
    let close = end + length;
    let mut at = end;
    while at < close {
        at = skip_separators(bytes, at, close);
        let mut part = word(&bytes[..close], at);
        at = part.end;
        if bytes[part.clone()].last() == Some(&b':') {
            part.end -= 1;
        }
        take_part(line, part, header)?;
    }
    Some(close + 1)
}

fn skip_separators(bytes: &[u8], mut at: usize, end: usize) -> usize {
    while at < end && matches!(bytes[at], b' ' | b':' | b',' | b'-' | b'|' | b'#' | b'\t') {
        at += 1;
    }
    at
}

/// One word of a bracket beside the timestamp; `None` if the bracket holds something else.
fn take_part(line: &str, part: Range<usize>, header: &mut Header) -> Option<()> {
    let text = &line[part.clone()];
    if text.is_empty() {
        return Some(());
    }
    if let Some((level, worker)) = text.split_once('/')
        && let Some(level) = parse_level(level)
    {
        header.level = Some(level);
        header.thread = Some(part.end - worker.len()..part.end);
    } else if let Some(level) = parse_level(text).filter(|_| header.level.is_none()) {
        header.level = Some(level);
    } else if is_number(text.as_bytes()) {
        header.thread = Some(part);
    } else if header.component.is_none() && is_component(text.as_bytes()) {
        header.component = Some(part);
    } else {
        return None;
    }
    Some(())
}

/// A bare timestamp ends at a blank, a comma, a colon or a bar.
fn after_bare(bytes: &[u8], end: usize) -> Option<usize> {
    match bytes.get(end) {
        Some(b' ' | b'\t' | b'|' | b'[') => Some(end),
        Some(b',' | b':') if bytes.get(end + 1) == Some(&b' ') => Some(end + 1),
        Some(b';') => Some(end + 1),
        _ => None,
    }
}

fn read_php(line: &str, header: &mut Header) {
    let message = &line[header.message.clone()];
    if header.level.is_some() || !message.starts_with("PHP ") {
        return;
    }
    let Some((name, level)) = PHP_LEVELS.iter().find(|(name, _)| message.starts_with(name)) else { return };
    header.level = Some(*level);
    header.message.start = skip_blanks(line.as_bytes(), header.message.start + name.len());
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use super::*;
    use crate::log::formats::recognise;

    #[track_caller]
    fn check(line: &str, level: Level, component: &str, message: &str) {
        let found = shown(line).map(|(_, level, component, message)| (level, component, message));
        assert_eq!(found, Some((Some(level), component.to_owned(), message.to_owned())), "{line}");
    }

    #[test]
    fn log4j_layouts_are_read() {
        check(
            "2023-05-02 11:07:13,402 INFO [worker] org.shop.Cart: item added",
            Level::Info,
            "org.shop.Cart",
            "item added",
        );
        check("23/05/02 11:07:13 INFO shop.Cart: Cart: two items", Level::Info, "shop.Cart", "Cart: two items");
        check("2023-05-02 11:07:13,402 - WARN  [Send:18:Q$S@67] - late", Level::Warn, "Send:18:Q$S@67", "late");
        check("230502 110713 28 INFO shop.Cart$Line: kept 3", Level::Info, "shop.Cart$Line", "kept 3");
        check("11:07:13.402 [main] ERROR s.c.Cart - empty", Level::Error, "s.c.Cart", "empty");
        check("[2023-05-02 11:07:13,402] ERROR cart empty (shop.Cart)", Level::Error, "", "cart empty (shop.Cart)");
        check("[2023-05-02T11:07:13,402][WARN ][o.s.Cart] [n1] late", Level::Warn, "o.s.Cart", "late");
    }

    #[test]
    fn layouts_with_padding_and_process_ids_are_read() {
        check("2023-05-02 11:07:13, Info                  CBS    Start scan", Level::Info, "CBS", "Start scan");
        check(
            "2023-05-02 11:07:13.402 2571 ERROR shop.api [req-7 a1 - -] lost it",
            Level::Error,
            "shop.api",
            "lost it",
        );
        check(
            "2023-05-02T11:07:13.402+01:00 ERROR 1 --- [io-80-exec-1] s.c.[.[/] : broke",
            Level::Error,
            "s.c.[.[/]",
            "broke",
        );
        check("2023-05-02 11:07:13 | WARNING  | shop.cart:add:12 - late", Level::Warn, "shop.cart:add:12", "late");
    }

    #[test]
    fn python_and_celery_layouts_are_read() {
        check("2023-05-02 11:07:13,402 - cart - ERROR - empty", Level::Error, "cart", "empty");
        check("[2023-05-02 11:07:13,402: ERROR/Pool-1] Task t raised", Level::Error, "", "Task t raised");
        check("[2023-05-02 11:07:13 +0000] [7] [INFO] Booting", Level::Info, "", "Booting");
    }

    #[test]
    fn native_and_script_layouts_are_read() {
        check("[2023-05-02T11:07:13Z ERROR shop::cart] empty", Level::Error, "shop::cart", "empty");
        check("2023-05-02T11:07:13.402Z ERROR shop::cart: empty", Level::Error, "shop::cart", "empty");
        check("2023-05-02T11:07:13.402567Z INFO auth: renewed", Level::Info, "auth", "renewed");
        check("[02-May-2023 11:07:13 UTC] PHP Fatal error:  gone", Level::Fatal, "", "gone");
        check("[2023-05-02 11:07:13] production.ERROR: gone", Level::Error, "production", "gone");
        check("[11:07:13 ERR] gone", Level::Error, "", "gone");
        check("2023-05-02 11:07:13.402 +00:00 [ERR] gone", Level::Error, "", "gone");
    }

    #[test]
    fn server_layouts_are_read() {
        check("2023/05/02 11:07:13 [error] 12#0: *5 upstream gone", Level::Error, "", "*5 upstream gone");
        check("[Tue May 02 11:07:13 2023] [notice] child found", Level::Notice, "", "child found");
        check("2023-05-02 11:07:13.402 UTC [12] ERROR:  deadlock", Level::Error, "", "deadlock");
        check("2023-05-02T11:07:13.402567Z 8 [ERROR] [MY-01] [InnoDB] x", Level::Error, "InnoDB", "x");
        check("[2023-05-02 11:07:13] ERROR: no token", Level::Error, "", "no token");
    }

    #[test]
    fn layouts_without_a_level_need_something_else() {
        for line in [
            "2023/05/02 11:07:13.402567 main.go:12: listening",
            "[11:07:13.402] POST /renew token=t1 -> 200 OK",
            "[11:07:13] GET /orders?id=4 -> 403 Forbidden",
            "[02/May/2023 11:07:13] \"GET / HTTP/1.1\" 500 145",
            "[2023-05-02T11:07:13.402Z] \"GET / HTTP/1.1\" 503 UF",
            "2023-05-02 11:07:13 W3SVC1 GET /",
            "2023-05-02T11:07:13+02:00 started",
        ] {
            assert_eq!(recognise(line).map(|found| found.1.strength), Some(Strength::Firm), "{line}");
        }
    }

    #[test]
    fn times_of_timelines_are_weak_or_nothing() {
        assert_eq!(recognise("11:07:13 UTC - We restarted it").map(|found| found.1.strength), Some(Strength::Weak));
        for line in ["11:07 UTC - Alert fired", "2023-05-02 11:07 | Alert", "11:07:13| 2 | Closed", "2023-05-02: fixed"]
        {
            assert!(recognise(line).is_none(), "{line}");
        }
    }
}
