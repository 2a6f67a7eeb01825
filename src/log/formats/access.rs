//! Access logs: the common and combined formats, HAProxy, load balancers.

use crate::log::timestamp::stamp_at;

use super::words::{skip_blanks, word};
use super::{Header, Recognizer, Strength};

/// `127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 2326`, and HAProxy's line with the same date.
pub(super) const COMMON: Recognizer = Recognizer {
    name: "access",
    may: |bytes| bytes[0] != b'[' && memchr::memchr(b'[', &bytes[..bytes.len().min(HOST_BYTES)]).is_some(),
    read: read_common,
};

/// `https 2024-03-15T09:30:01.234567Z app/x …`.
pub(super) const BALANCER: Recognizer =
    Recognizer { name: "balancer", may: |bytes| matches!(bytes[0], b'h' | b'w' | b'g'), read: read_balancer };

/// How far into the line the date's bracket opens, in bytes: addresses and user names stand before it.
const HOST_BYTES: usize = 160;

/// Kinds of requests that load balancers write first.
const KINDS: [&str; 6] = ["http", "https", "h2", "grpcs", "ws", "wss"];

fn read_common(line: &str) -> Option<Header> {
    let bytes = line.as_bytes();
    let searched = &bytes[..bytes.len().min(HOST_BYTES)];
    let (open, (end, moment)) =
        memchr::memchr_iter(b'[', searched).find_map(|open| Some((open, access_stamp(line, open + 1)?)))?;
    if bytes.get(end) != Some(&b']') {
        return None;
    }
    let mut header = Header::new(skip_blanks(bytes, end + 1)..line.len(), Strength::Strong);
    header.time = Some((open + 1..end, moment));
    header.pairs = false;
    Some(header)
}

/// A timestamp with the month's name between slashes: no other bracket counts.
fn access_stamp(line: &str, at: usize) -> Option<(usize, crate::log::Moment)> {
    let bytes = line.as_bytes();
    let slash = at + bytes.get(at..at + 3)?.iter().position(|byte| *byte == b'/')?;
    let named = bytes.get(slash + 1).is_some_and(u8::is_ascii_alphabetic);
    named.then(|| stamp_at(line, at)).flatten()
}

fn read_balancer(line: &str) -> Option<Header> {
    let bytes = line.as_bytes();
    let kind = word(bytes, 0);
    if !KINDS.contains(&&line[kind.clone()]) {
        return None;
    }
    let stamp = skip_blanks(bytes, kind.end);
    let (end, moment) = stamp_at(line, stamp)?;
    let mut header = Header::new(skip_blanks(bytes, end)..line.len(), Strength::Strong);
    header.time = Some((stamp..end, moment));
    header.pairs = false;
    Some(header)
}

#[cfg(test)]
mod tests {
    use super::super::shown;

    #[track_caller]
    fn check(line: &str, name: &'static str, message: &str) {
        assert_eq!(shown(line), Some((name, None, String::new(), message.to_owned())), "{line}");
    }

    #[test]
    fn the_common_format_is_read() {
        check(
            "10.0.0.9 - ann [02/May/2023:11:07:13 +0000] \"GET /a HTTP/1.1\" 500 12",
            "access",
            "\"GET /a HTTP/1.1\" 500 12",
        );
        check("::1 - - [02/May/2023:11:07:13 +0000] \"GET /\"", "access", "\"GET /\"");
    }

    #[test]
    fn haproxy_writes_the_same_date() {
        check("h1 haproxy[12]: 10.0.0.9:5 [02/May/2023:11:07:13.402] f b/s 0/0/1 503", "access", "f b/s 0/0/1 503");
    }

    #[test]
    fn load_balancers_write_the_kind_first() {
        check("https 2023-05-02T11:07:13.402567Z app/x 10.0.0.9:5", "balancer", "app/x 10.0.0.9:5");
    }

    #[test]
    fn other_brackets_are_no_access_log() {
        assert_eq!(shown("see the list [1/May] of hosts"), None);
    }
}
