//! Formats whose level is one letter: glog and klog, Android's logcat, Ruby's logger.

use crate::log::level::from_letter;
use crate::log::timestamp::stamp_at;

use super::tail::read_tail;
use super::words::{is_number, next_word, skip_blanks};
use super::{Header, Recognizer, Strength};

/// `E0315 09:30:01.234567   1234 file.go:178] message`.
pub(super) const KLOG: Recognizer = Recognizer {
    name: "klog",
    may: |bytes| b"IWEFDV".contains(&bytes[0]) && bytes[1].is_ascii_digit(),
    read: read_klog,
};

/// `03-17 16:13:38.839  1702  2113 V Tag: message`.
pub(super) const LOGCAT: Recognizer =
    Recognizer { name: "logcat", may: |bytes| bytes[0].is_ascii_digit() && bytes[2] == b'-', read: read_logcat };

/// `E, [2024-03-15T09:30:01.234567 #1234] ERROR -- : message`.
pub(super) const RUBY: Recognizer = Recognizer { name: "ruby", may: |bytes| &bytes[1..4] == b", [", read: read_ruby };

fn read_klog(line: &str) -> Option<Header> {
    let bytes = line.as_bytes();
    let (end, moment) = stamp_at(line, 0)?;
    let mut header = Header::new(end..line.len(), Strength::Strong);
    header.time = Some((1..end, moment));
    header.level = from_letter(bytes[0]);
    let thread = next_word(bytes, end);
    let place = next_word(bytes, thread.end);
    if !is_number(&bytes[thread.clone()]) || bytes[place.clone()].last() != Some(&b']') {
        return None;
    }
    header.thread = Some(thread);
    header.component = Some(place.start..place.end - 1);
    header.message = skip_blanks(bytes, place.end)..line.len();
    Some(header)
}

fn read_logcat(line: &str) -> Option<Header> {
    let bytes = line.as_bytes();
    let (end, moment) = stamp_at(line, 0)?;
    let process = next_word(bytes, end);
    let thread = next_word(bytes, process.end);
    let letter = next_word(bytes, thread.end);
    if !is_number(&bytes[process]) || !is_number(&bytes[thread.clone()]) || letter.len() != 1 {
        return None;
    }
    let level = from_letter(bytes[letter.start])?;
    let start = skip_blanks(bytes, letter.end);
    let mut header = Header::new(start..line.len(), Strength::Strong);
    header.time = Some((0..end, moment));
    header.level = Some(level);
    header.thread = Some(thread);
    // A tag may hold blanks and is padded before its colon.
    if let Some(length) = line[start..].find(": ").filter(|length| (1..=60).contains(length)) {
        header.component = Some(start..start + line[start..start + length].trim_end().len());
        header.message = skip_blanks(bytes, start + length + 1)..line.len();
    }
    Some(header)
}

fn read_ruby(line: &str) -> Option<Header> {
    let bytes = line.as_bytes();
    let level = from_letter(bytes[0])?;
    let (end, moment) = stamp_at(line, 4)?;
    let close = end + bytes[end..].iter().take(24).position(|byte| *byte == b']')?;
    let number = line[end..close].trim_start_matches([' ', '#']);
    let mut header = Header::new(close + 1..line.len(), Strength::Strong);
    header.time = Some((4..end, moment));
    header.thread = Some(close - number.len()..close);
    let mut header = read_tail(line, close + 1, header);
    header.level = Some(level);
    header.strength = Strength::Strong;
    Some(header)
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use crate::case::Level;

    #[track_caller]
    fn check(line: &str, name: &'static str, level: Level, component: &str, message: &str) {
        let wanted = (name, Some(level), component.to_owned(), message.to_owned());
        assert_eq!(shown(line), Some(wanted), "{line}");
    }

    #[test]
    fn klog_headers_are_read() {
        check(
            "E0502 11:07:13.402567    1234 watch.go:178] list failed",
            "klog",
            Level::Error,
            "watch.go:178",
            "list failed",
        );
    }

    #[test]
    fn logcat_tags_may_hold_blanks() {
        check("05-02 11:07:13.402  1702  2113 W Cart Svc: late: 7", "logcat", Level::Warn, "Cart Svc", "late: 7");
    }

    #[test]
    fn ruby_headers_are_read() {
        check("E, [2023-05-02T11:07:13.402567 #12] ERROR -- : no stock", "ruby", Level::Error, "", "no stock");
        check("W, [2023-05-02T11:07:13.402567 #12]  WARN -- shop: late", "ruby", Level::Warn, "shop", "late");
    }

    #[test]
    fn words_that_start_with_a_letter_are_not_glog() {
        assert_eq!(shown("E0502 is the code of the part"), None);
    }
}
