//! The syslog family: RFC 5424, RFC 3164, files and the journal's short formats.

use crate::log::level::from_syslog;
use crate::log::timestamp::{Clock, stamp_at};

use super::leveled::level_prefix;
use super::words::{bracketed, is_component, is_number, next_word, skip_blanks, word};
use super::{Header, Recognizer, Strength};

/// `<34>1 2003-10-11T22:14:15.003Z host app - ID47 - message` and `<34>Oct 11 22:14:15 host app: message`.
pub(super) const PRIORITY: Recognizer =
    Recognizer { name: "syslog", may: |bytes| bytes[0] == b'<' && bytes[1].is_ascii_digit(), read: read_priority };

/// `Oct 11 22:14:15 host app[12]: message`.
pub(super) const BSD: Recognizer =
    Recognizer { name: "syslog", may: |bytes| bytes[0].is_ascii_uppercase() && bytes[3] == b' ', read: read_bsd };

/// `2024-03-15T09:30:01+0000 host app[12]: message`.
pub(super) const ISO: Recognizer =
    Recognizer { name: "journal", may: |bytes| bytes.len() > 18 && bytes[10] == b'T', read: read_iso };

/// How far after the host a tag may end, in bytes.
const TAG_BYTES: usize = 120;

fn read_priority(line: &str) -> Option<Header> {
    let bytes = line.as_bytes();
    let close = bytes.iter().take(5).position(|byte| *byte == b'>')?;
    let priority: u32 = line[1..close].parse().ok().filter(|priority| *priority < 192)?;
    let versioned = bytes.get(close + 1..close + 3) == Some(b"1 ");
    let stamp = if versioned { close + 3 } else { close + 1 };
    let mut header = Header::new(close + 1..line.len(), Strength::Strong);
    header.level = from_syslog(priority % 8);
    let Some((end, moment)) = stamp_at(line, stamp) else {
        // `<6>message`, as the kernel and services under systemd write it.
        return Some(header);
    };
    header.time = Some((stamp..end, moment));
    let host = next_word(bytes, end);
    if versioned {
        read_versioned(bytes, host.end, &mut header);
    } else {
        read_tag(line, skip_blanks(bytes, host.end), &mut header);
    }
    Some(header)
}

/// Application, process, message id and structured data of RFC 5424; `-` stands for what is missing.
fn read_versioned(bytes: &[u8], at: usize, header: &mut Header) {
    let application = next_word(bytes, at);
    let process = next_word(bytes, application.end);
    let id = next_word(bytes, process.end);
    let mut start = skip_blanks(bytes, id.end);
    while let Some(inside) = bracketed(bytes, start, 1024) {
        start = inside.end + 1;
    }
    if bytes.get(start) == Some(&b'-') {
        start += 1;
    }
    let written = |range: &std::ops::Range<usize>| !range.is_empty() && &bytes[range.clone()] != b"-";
    header.component = Some(application).filter(written);
    header.thread = Some(process).filter(written);
    header.message = skip_blanks(bytes, start)..bytes.len();
}

fn read_bsd(line: &str) -> Option<Header> {
    let bytes = line.as_bytes();
    let (end, moment) = stamp_at(line, 0)?;
    if !matches!(moment.clock, Clock::Yearless { .. }) {
        return None;
    }
    let host = next_word(bytes, end);
    if host.is_empty() || bytes[host.clone()].last() == Some(&b':') || !bytes[host.start].is_ascii_alphanumeric() {
        return None;
    }
    let mut header = Header::new(end..line.len(), Strength::Weak);
    header.time = Some((0..end, moment));
    read_tag(line, skip_blanks(bytes, host.end), &mut header);
    if header.component.is_some() {
        header.strength = Strength::Strong;
    }
    Some(header)
}

fn read_iso(line: &str) -> Option<Header> {
    let bytes = line.as_bytes();
    let (end, moment) = stamp_at(line, 0)?;
    let host = next_word(bytes, end);
    let tag = next_word(bytes, host.end);
    let process = tag.clone().find(|at| bytes[*at] == b'[').and_then(|at| bracketed(bytes, at, 16));
    let whole = process.as_ref().is_some_and(|inside| is_number(&bytes[inside.clone()]) && tag.end == inside.end + 2);
    if !whole || bytes[tag.end - 1] != b':' || bytes[host].iter().any(|byte| matches!(byte, b'[' | b':')) {
        return None;
    }
    let mut header = Header::new(end..line.len(), Strength::Strong);
    header.time = Some((0..end, moment));
    read_tag(line, tag.start, &mut header);
    Some(header)
}

/// Reads `app[12]: message`, `app: message` or `Some App[12] (name): message`; without a tag all is message.
pub(super) fn read_tag(line: &str, at: usize, header: &mut Header) {
    let bytes = line.as_bytes();
    header.message = at..line.len();
    let Some(colon) = tag_end(bytes, at) else { return };
    let mut name = at..colon;
    if let Some(open) = (at..colon).find(|open| bytes[*open] == b'[')
        && let Some(inside) = bracketed(bytes, open, 16)
    {
        name.end = open;
        header.thread = Some(inside);
    }
    let words = line[name.clone()].split(' ').count();
    let named = bytes.get(name.end) == Some(&b'[') && words <= 3;
    if name.is_empty() || !(named || is_component(&bytes[name.clone()])) {
        header.thread = None;
        return;
    }
    header.component = Some(name);
    header.message = skip_blanks(bytes, colon + 1)..line.len();
    header.level = header.level.or_else(|| level_prefix(&line[header.message.clone()]).0);
}

/// The colon that ends a tag: the first one before a blank or the end of the line.
fn tag_end(bytes: &[u8], at: usize) -> Option<usize> {
    let first = word(bytes, at);
    let searched = &bytes[at..bytes.len().min(first.end + TAG_BYTES)];
    let colon = at
        + memchr::memchr_iter(b':', searched)
            .find(|found| bytes.get(at + found + 1).is_none_or(|next| *next == b' '))?;
    // Past the first word only a process id makes it a tag rather than a sentence.
    (colon < first.end || bytes[at..colon].contains(&b'[')).then_some(colon)
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use crate::case::Level;

    #[track_caller]
    fn check(line: &str, level: Option<Level>, component: &str, message: &str) {
        let found = shown(line).map(|found| (found.1, found.2, found.3));
        assert_eq!(found, Some((level, component.to_owned(), message.to_owned())), "{line}");
    }

    #[test]
    fn the_priority_gives_the_level() {
        check("<35>1 2023-05-02T11:07:13.003Z h1 su - ID1 - 'su' failed", Some(Level::Error), "su", "'su' failed");
        check("<36>May  2 11:07:13 h1 su: 'su' failed", Some(Level::Warn), "su", "'su' failed");
        check("<35>1 2023-05-02T11:07:13Z h1 app 7 - [a b=\"c\"] gone", Some(Level::Error), "app", "gone");
    }

    #[test]
    fn tags_may_have_a_process_or_blanks() {
        check("May  2 11:07:13 h1 cart[12]: late", None, "cart", "late");
        check("May  2 11:07:13 h1 sshd(pam_unix)[12]: refused; uid=0", None, "sshd(pam_unix)", "refused; uid=0");
        check("May  2 11:07:13 h1 Shop Cart[12] (x.y): late", None, "Shop Cart", "late");
        check("May  2 11:07:13 h1 cart[12]: error: late", Some(Level::Error), "cart", "error: late");
    }

    #[test]
    fn the_journal_writes_iso_dates() {
        check("2023-05-02T11:07:13+0000 h1 cart[12]: late", None, "cart", "late");
    }

    #[test]
    fn a_sentence_about_a_day_is_no_syslog_line() {
        assert_eq!(shown("May 2 was the day: it broke"), None);
    }
}
