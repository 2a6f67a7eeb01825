//! Formats of several leading columns: bars, node labels, record numbers, program names.

use crate::log::level::parse_level;
use crate::log::timestamp::{Moment, stamp_at};

use super::syslog::read_tag;
use super::words::{after_digits, is_number, next_word, skip_blanks, word};
use super::{Header, Recognizer, Strength};

/// `20240315-9:30:1:27|Component|1234|message`.
pub(super) const HEALTH: Recognizer = Recognizer {
    name: "bars",
    may: |bytes| bytes.len() > 20 && bytes[..8].iter().all(u8::is_ascii_digit),
    read: read_bars,
};

/// `- 1710495001 2024.03.15 node 2024-03-15-09.30.01.123456 node TYPE COMPONENT LEVEL message`, and the same label
/// before a syslog line: `- 1710495001 2024.03.15 node Mar 15 09:30:01 host app[12]: message`.
pub(super) const LABELLED: Recognizer = Recognizer {
    name: "labelled",
    may: |bytes| bytes.len() > 24 && (bytes[0] == b'-' || bytes[0].is_ascii_uppercase()),
    read: read_labelled,
};

/// `1234 node-7 component state 1710495001 1 message`.
pub(super) const NUMBERED: Recognizer = Recognizer {
    name: "numbered",
    may: |bytes| bytes[0].is_ascii_digit() && matches!(after_digits(bytes), Some(b' ' | b'\t')),
    read: read_numbered,
};

/// `[03.15 09:30:01] program.exe - message`.
pub(super) const PROGRAM: Recognizer =
    Recognizer { name: "program", may: |bytes| bytes[0] == b'[' && bytes[3] == b'.', read: read_program };

fn read_bars(line: &str) -> Option<Header> {
    let (end, moment) = stamp_at(line, 0)?;
    let rest = line[end..].strip_prefix('|')?;
    let mut parts = rest.splitn(3, '|');
    let (component, process, message) = (parts.next()?, parts.next()?, parts.next()?);
    let start = end + 1;
    let mut header = Header::new(line.len() - message.len()..line.len(), Strength::Strong);
    header.time = Some((0..end, moment));
    header.component = Some(start..start + component.len());
    header.thread = Some(start + component.len() + 1..start + component.len() + 1 + process.len());
    Some(header)
}

fn read_labelled(line: &str) -> Option<Header> {
    let bytes = line.as_bytes();
    let label = word(bytes, 0);
    let epoch = next_word(bytes, label.end);
    let date = next_word(bytes, epoch.end);
    if epoch.len() != 10 || !is_number(&bytes[epoch.clone()]) || date.len() != 10 || bytes[date.start + 4] != b'.' {
        return None;
    }
    let node = next_word(bytes, date.end);
    let stamp = skip_blanks(bytes, node.end);
    let (end, moment) = stamp_at(line, stamp)?;
    let mut header = Header::new(end..line.len(), Strength::Strong);
    header.time = Some((stamp..end, moment));
    let place = next_word(bytes, end);
    let kind = next_word(bytes, place.end);
    let component = next_word(bytes, kind.end);
    let level = next_word(bytes, component.end);
    if let Some(found) = parse_level(&line[level.clone()]) {
        header.level = Some(found);
        header.component = Some(component);
        header.message = skip_blanks(bytes, level.end)..line.len();
    } else {
        read_tag(line, skip_blanks(bytes, place.end), &mut header);
    }
    Some(header)
}

fn read_numbered(line: &str) -> Option<Header> {
    let bytes = line.as_bytes();
    let number = word(bytes, 0);
    if !is_number(&bytes[number.clone()]) {
        return None;
    }
    let node = next_word(bytes, number.end);
    let component = next_word(bytes, node.end);
    let state = next_word(bytes, component.end);
    let time = next_word(bytes, state.end);
    let flag = next_word(bytes, time.end);
    let sign = usize::from(bytes.get(flag.start) == Some(&b'-'));
    let numbers = is_number(&bytes[time.clone()]) && is_number(&bytes[flag.start + sign..flag.end]);
    if !numbers || time.len() != 10 || flag.len() > 2 || state.is_empty() {
        return None;
    }
    let (end, moment): (usize, Moment) = stamp_at(line, time.start)?;
    let mut header = Header::new(skip_blanks(bytes, flag.end)..line.len(), Strength::Strong);
    header.time = Some((time.start..end, moment));
    header.component = Some(component);
    Some(header)
}

fn read_program(line: &str) -> Option<Header> {
    let (end, moment) = stamp_at(line, 1)?;
    let rest = line[end..].strip_prefix("] ")?;
    let (program, message) = rest.split_once(" - ")?;
    let start = end + 2;
    let mut header = Header::new(line.len() - message.len()..line.len(), Strength::Strong);
    header.time = Some((1..end, moment));
    header.component = Some(start..start + program.len());
    (program.len() <= 60).then_some(header)
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use crate::case::Level;

    #[track_caller]
    fn check(line: &str, name: &'static str, level: Option<Level>, component: &str, message: &str) {
        assert_eq!(shown(line), Some((name, level, component.to_owned(), message.to_owned())), "{line}");
    }

    #[test]
    fn bars_separate_component_process_and_message() {
        check("20230502-11:7:13:4|Cart_Step|3000|add x:1|2", "bars", None, "Cart_Step", "add x:1|2");
    }

    #[test]
    fn a_label_precedes_a_supercomputer_line_or_a_syslog_line() {
        let line = "- 1683025633 2023.05.02 R1-J2 2023-05-02-11.07.13.402567 R1-J2 RAS KERNEL FATAL cache lost";
        check(line, "labelled", Some(Level::Fatal), "KERNEL", "cache lost");
        let line = "ALERT 1683025633 2023.05.02 n7 May 2 11:07:13 n7/n7 cron(pam)[12]: session closed";
        check(line, "labelled", None, "cron(pam)", "session closed");
    }

    #[test]
    fn numbered_records_hold_their_time_in_the_middle() {
        check("4471 node-7 unix.hw state.down 1683025633 1 node is down", "numbered", None, "unix.hw", "node is down");
    }

    #[test]
    fn the_program_ends_at_the_dash() {
        check("[05.02 11:07:13] cart.exe *64 - db:5070 close", "program", None, "cart.exe *64", "db:5070 close");
    }
}
