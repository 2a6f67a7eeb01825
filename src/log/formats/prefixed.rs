//! Lines with a label before the time: container and file names, `[client] …`, numbers of a collector.

use crate::case::Precision;
use crate::log::timestamp::{Clock, find_timestamp};

use super::stamped::read_stamped;
use super::words::{bracketed, is_component, is_dotted, is_number};
use super::{Header, Recognizer, Strength};

/// `web_1  | 2024-03-15 09:30:01 …`, `[client] 09:30:01 …`, `app.log.1 2024-03-15 09:30:01.234 12 INFO …`.
pub(super) const PREFIXED: Recognizer = Recognizer {
    name: "prefixed",
    may: |bytes| !bytes[0].is_ascii_digit() && bytes.iter().take(64).any(u8::is_ascii_digit),
    read: read_prefixed,
};

fn read_prefixed(line: &str) -> Option<Header> {
    let (stamp, moment) = find_timestamp(line)?;
    if stamp.start == 0 || matches!(moment.precision, Precision::Day | Precision::Minute) {
        return None;
    }
    let opened = line[..stamp.start].ends_with('[');
    let label = line[..stamp.start - usize::from(opened)].trim_end();
    if !is_label(label) {
        return None;
    }
    let mut header = read_stamped(line, stamp.start)?;
    if header.level.is_none() {
        // `expires: 2024-03-15 09:30:01` is a key with its value.
        if label.ends_with(':') {
            return None;
        }
        let dated = matches!(moment.clock, Clock::Full(_)) && moment.precision == Precision::Subsecond;
        header.strength = if dated { Strength::Firm } else { Strength::Weak };
    }
    if header.component.is_none() {
        let inside = bracketed(line.as_bytes(), 0, 64);
        header.component = inside.filter(|inside| inside.end + 1 == label.len());
    }
    Some(header)
}

/// One bracket, or up to three words of which the last ends in a mark or all look like names or numbers.
fn is_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    if let Some(inside) = bracketed(bytes, 0, 64) {
        return inside.end + 1 == bytes.len() && !inside.is_empty();
    }
    let words: Vec<&[u8]> = bytes.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).take(5).collect();
    let names = words.iter().filter(|word| is_component(word) && is_dotted(word)).count();
    let marks = words.iter().filter(|word| matches!(**word, b"|" | b":" | b"-") || is_number(word)).count();
    names >= 1 && words.len() <= 4 && names + marks == words.len()
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use super::*;
    use crate::case::Level;
    use crate::log::formats::recognise;

    #[test]
    fn a_label_of_a_container_or_file_is_looked_through() {
        for line in [
            "web_1  | 2023-05-02 11:07:13 ERROR no stock",
            "cart.log.1.2023-05-02_11:00:00 2023-05-02 11:07:13.402 12 ERROR no stock",
            "cart.exe Information: 0 : 2023-05-02 11:07:13.402 +01:00 [Error] no stock",
        ] {
            let found = shown(line).map(|found| (found.1, found.3));
            assert_eq!(found, Some((Some(Level::Error), "no stock".to_owned())), "{line}");
        }
    }

    #[test]
    fn a_bracket_before_the_time_is_the_component() {
        let found = shown("[cart socket] 11:07:13 closed").map(|found| (found.2, found.3));
        assert_eq!(found, Some(("cart socket".to_owned(), "closed".to_owned())));
        assert_eq!(recognise("[cart socket] 11:07:13 closed").map(|found| found.1.strength), Some(Strength::Weak));
    }

    #[test]
    fn a_sentence_before_a_time_is_no_label() {
        for line in [
            "At 2023-05-02 11:07:13 it broke",
            "Thread B 11:07:13.402: add",
            "the file a.log of 11:07:13.402 x",
            "expires_at: 2023-05-02 11:07:13 x",
        ] {
            assert!(recognise(line).is_none(), "{line}");
        }
    }
}
