//! Log formats: which part of a line is its header, one file a family of formats, tried in the order of one array.
//!
//! A format says what it saw and how sure it is; whether that makes an event at its place, `context` decides.

mod access;
mod columns;
mod json;
mod letter;
mod leveled;
mod prefixed;
mod server;
mod stamped;
mod syslog;
mod tail;
mod words;

use std::ops::Range;

use crate::case::Level;

use super::{Field, Moment};

pub(super) use leveled::level_prefix;

/// How sure a header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// A time or a level at the start, then anything: prose can look like that.
    Weak,
    /// A time, then something only programs write there.
    Firm,
    /// A time with a level, or a structure that prose never has.
    Strong,
}

/// Where the message of an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MessagePlace {
    /// After the header.
    SameLine,
    /// On the following line.
    NextLine,
}

/// The header of a line, as ranges into the line.
#[derive(Clone, Debug)]
pub(super) struct Header {
    /// Timestamp.
    pub time: Option<(Range<usize>, Moment)>,
    /// Level.
    pub level: Option<Level>,
    /// Logger or component.
    pub component: Option<Range<usize>>,
    /// Process or thread.
    pub thread: Option<Range<usize>>,
    /// What follows the header.
    pub message: Range<usize>,
    /// Fields of the header, or of the whole line where it is one record.
    pub fields: Vec<Field>,
    /// Whether the message may hold further `key=value` pairs.
    pub pairs: bool,
    /// How sure it is.
    pub strength: Strength,
    /// Where the message stands.
    pub message_place: MessagePlace,
}

impl Header {
    /// A header of nothing but a message.
    fn new(message: Range<usize>, strength: Strength) -> Self {
        Header {
            time: None,
            level: None,
            component: None,
            thread: None,
            message,
            fields: Vec::new(),
            pairs: true,
            strength,
            message_place: MessagePlace::SameLine,
        }
    }
}

/// A log format.
struct Recognizer {
    /// Name, as events carry it.
    name: &'static str,
    /// Cheap check of the first bytes; `read` runs only where it holds.
    may: fn(&[u8]) -> bool,
    /// The header of a line of this format.
    read: fn(&str) -> Option<Header>,
}

/// Formats in the order they are tried: those with a structure of their own first, then any line with a time, then any
/// line with a level.
const RECOGNIZERS: [Recognizer; 26] = [
    json::RECORD,
    syslog::PRIORITY,
    letter::KLOG,
    letter::LOGCAT,
    letter::RUBY,
    columns::HEALTH,
    columns::LABELLED,
    columns::NUMBERED,
    columns::PROGRAM,
    server::REDIS,
    server::KERNEL,
    server::UNIFIED,
    server::TWO_LINE,
    access::COMMON,
    access::BALANCER,
    syslog::BSD,
    syslog::ISO,
    stamped::BRACKETED,
    stamped::RFC3339,
    stamped::BARE,
    leveled::BRACKETED,
    leveled::COLONS,
    leveled::BARE,
    leveled::LOGFMT,
    server::LAMBDA,
    prefixed::PREFIXED,
];

/// The first format that recognises `line` (without indentation), with the header it read.
pub(super) fn recognise(line: &str) -> Option<(&'static str, Header)> {
    let bytes = line.as_bytes();
    if bytes.len() < 4 {
        return None;
    }
    let mut fitting = RECOGNIZERS.iter().filter(|format| (format.may)(bytes));
    fitting.find_map(|format| (format.read)(line).map(|header| (format.name, header)))
}

/// Test support: the header of a line as text.
#[cfg(test)]
fn shown(line: &str) -> Option<(&'static str, Option<Level>, String, String)> {
    let (name, header) = recognise(line)?;
    let component = header.component.map_or(String::new(), |range| line[range].to_owned());
    Some((name, header.level, component, line[header.message].to_owned()))
}
