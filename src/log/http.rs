//! Finds the HTTP request and its outcome in the text of an event.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::event::{Field, HttpPart};
use super::fields::is_status;

/// A path or an absolute address after a blank: what every request line has.
static TARGETS: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| [Finder::new(" /"), Finder::new(" http")]);

const METHODS: [&str; 9] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT"];

/// Keys whose value is the status of a response.
const STATUS_KEYS: [&str; 6] = ["status", "status_code", "statuscode", "http_status", "code", "response_code"];

/// Keys whose value is how long a request took.
const DURATION_KEYS: [&str; 9] = [
    "duration",
    "duration_ms",
    "latency",
    "latency_ms",
    "elapsed",
    "elapsed_ms",
    "took",
    "response_time",
    "request_time",
];

/// Units that end a duration.
const UNITS: [&str; 7] = ["ms", "s", "us", "µs", "ns", "sec", "m"];

/// The request in `text[range]`, with the outcome and duration that `fields` or the words after it give.
pub(super) fn read_http(text: &str, range: Range<usize>, fields: &[Field]) -> Option<HttpPart> {
    let request = read_request(text, range.clone());
    let from_key = |keys: &[&str], fits: fn(&[u8], usize) -> bool| {
        let of_key = fields.iter().find(|field| {
            let key = &text[field.key.clone()];
            keys.iter().any(|name| key.eq_ignore_ascii_case(name)) && fits(text.as_bytes(), field.value.start)
        });
        of_key.map(|field| field.value.clone())
    };
    let outcome = fields.iter().find(|field| matches!(&text[field.key.clone()], "->" | "=>" | "→"));
    let status = outcome.map(|field| field.value.clone()).or_else(|| from_key(&STATUS_KEYS, is_status));
    let duration = from_key(&DURATION_KEYS, |bytes, at| bytes.get(at).is_some_and(u8::is_ascii_digit));
    let Some((method, path)) = request else {
        return status.map(|status| HttpPart { method: None, path: None, status: Some(status), duration });
    };
    let after = path.end;
    let status = status.or_else(|| status_after(text, after, range.end));
    let searched = status.as_ref().map_or(after, |status| status.end.max(after));
    let duration = duration.or_else(|| duration_after(text, searched, range.end));
    Some(HttpPart { method: Some(method), path: Some(path), status, duration })
}

/// A method in capitals, a blank, and a path or address.
fn read_request(text: &str, range: Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
    let bytes = &text.as_bytes()[..range.end];
    for finder in TARGETS.iter() {
        for found in finder.find_iter(&bytes[range.clone()]).take(8) {
            let blank = range.start + found;
            let Some(method) = method_before(text, range.start, blank) else { continue };
            let length =
                bytes[blank + 1..].iter().take_while(|byte| !matches!(byte, b' ' | b'"' | b'\t' | b'`')).count();
            return Some((method, blank + 1..blank + 1 + length));
        }
    }
    None
}

fn method_before(text: &str, from: usize, end: usize) -> Option<Range<usize>> {
    let length = text.as_bytes()[from..end].iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = end - length..end;
    METHODS.contains(&&text[word.clone()]).then_some(word)
}

/// The status among the few words after the path: `HTTP/1.1" 503 12`, `: 401`, `status 500`.
fn status_after(text: &str, from: usize, end: usize) -> Option<Range<usize>> {
    let bytes = &text.as_bytes()[..end];
    let mut at = from;
    for _ in 0..6 {
        at += bytes[at..]
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'"' | b':' | b',' | b'-' | b'(' | b'\t'))
            .count();
        if at >= end {
            return None;
        }
        if is_status(bytes, at) {
            return Some(at..at + 3);
        }
        at += bytes[at..].iter().take_while(|byte| !matches!(byte, b' ' | b'"' | b'\t')).count();
    }
    None
}

/// A number with a unit of time among the words after the status.
fn duration_after(text: &str, from: usize, end: usize) -> Option<Range<usize>> {
    let mut at = from;
    for word in text.get(from..end)?.split(' ').take(12) {
        let bare = word.trim_matches(['(', ')', '[', ']', ',', ';', '"', '.']);
        if is_duration(bare) {
            let start = at + word.find(bare)?;
            return Some(start..start + bare.len());
        }
        at += word.len() + 1;
    }
    None
}

fn is_duration(word: &str) -> bool {
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    unit.len() < word.len() && UNITS.contains(&unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::fields::{read_outcome, read_pairs};

    fn parts(text: &str) -> Option<[Option<&str>; 4]> {
        let mut fields = Vec::new();
        read_pairs(text, 0..text.len(), &mut fields);
        fields.extend(read_outcome(text, 0..text.len()));
        let http = read_http(text, 0..text.len(), &fields)?;
        Some([http.method, http.path, http.status, http.duration].map(|range| range.map(|range| &text[range])))
    }

    #[test]
    fn an_arrow_gives_the_status() {
        let found = parts("POST /auth/renew token=t1 -> 409 conflict");
        assert_eq!(found, Some([Some("POST"), Some("/auth/renew"), Some("409"), None]));
    }

    #[test]
    fn a_request_line_gives_status_and_duration() {
        let found = parts(r#""GET /a?b=c HTTP/1.1" 503 12 (34ms)"#);
        assert_eq!(found, Some([Some("GET"), Some("/a?b=c"), Some("503"), Some("34ms")]));
    }

    #[test]
    fn keys_give_what_the_line_does_not() {
        assert_eq!(parts("done status=500 duration=12ms"), Some([None, None, Some("500"), Some("12ms")]));
        assert_eq!(parts("read from /dev/null and /tmp"), None);
    }
}
