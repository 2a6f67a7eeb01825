//! Which lines belong to the event above them: indented lines, stack frames, `key: value` lines, wrapped JSON.

use super::context::Certainty;
use super::event::{Body, Field, shift};
use super::formats::{Header, MessagePlace, Strength, level_prefix};

/// Beginnings of lines of a stack trace that are not always indented.
const TRACE_STARTS: [&str; 12] = [
    "at ",
    "Caused by:",
    "Suppressed:",
    "... ",
    "Traceback (most recent call last)",
    "File \"",
    "goroutine ",
    "stack backtrace:",
    "During handling of the above exception",
    "The above exception was",
    "Stack trace:",
    "--- End of ",
];

/// Longest key of a `key: value` line, in bytes.
const KEY_BYTES: usize = 40;

/// What an open event still takes.
pub(super) struct Continuation {
    indent: usize,
    certainty: Certainty,
    message: MessagePlace,
}

impl Continuation {
    /// What the event with this first line takes.
    pub(super) fn after(body: &Body<'_>, header: &Header, certainty: Certainty) -> Self {
        Continuation { indent: body.indent, certainty, message: header.message_place }
    }

    /// Whether the line belongs to the event, given the header it has itself, if it has one.
    pub(super) fn takes(&self, body: &Body<'_>, header: Option<&Header>) -> bool {
        let deeper = body.indent > self.indent;
        if self.message == MessagePlace::NextLine && (deeper || level_prefix(body.text).0.is_some()) {
            return true;
        }
        if let Some(header) = header {
            // `  error: timeout` under an event is one of its fields; a time or a level in capitals begins an event.
            return deeper && header.time.is_none() && header.strength == Strength::Weak;
        }
        if body.listed {
            return false;
        }
        deeper || is_trace_line(body.text) || (self.certainty == Certainty::Likely && is_data_line(body.text))
    }

    /// Whether the next line holds the message; true once.
    pub(super) fn take_message(&mut self) -> bool {
        let waiting = self.message == MessagePlace::NextLine;
        self.message = MessagePlace::SameLine;
        waiting
    }

    /// Appends the field of a `key: value` or `"key": value,` line.
    pub(super) fn fields(&self, body: &Body<'_>, fields: &mut Vec<Field>) {
        if let Some((key, value)) = key_value(body.text).filter(|_| !is_trace_line(body.text)) {
            fields.push(Field { key: shift(&key, body.start), value: shift(&value, body.start) });
        }
    }
}

/// A stack frame, the line that joins two traces, or the head of an exception.
fn is_trace_line(text: &str) -> bool {
    if TRACE_STARTS.iter().any(|start| text.starts_with(start)) {
        return true;
    }
    let bytes = text.as_bytes();
    if bytes[0] == b'#' && bytes.get(1).is_some_and(u8::is_ascii_digit) {
        return true;
    }
    let head = text.split([' ', ':', '(']).next().unwrap_or("");
    (head.ends_with("Error") || head.ends_with("Exception") || head.ends_with("Throwable"))
        && (head.len() == text.len() || text[head.len()..].starts_with(':'))
}

/// A line of wrapped JSON, or a field on a line of its own.
fn is_data_line(text: &str) -> bool {
    match text.as_bytes()[0] {
        b'}' | b']' | b')' | b'{' => true,
        b'"' => text.contains("\":"),
        _ => key_value(text).is_some(),
    }
}

/// The ranges of `key: value`; quotes around either are left out.
fn key_value(text: &str) -> Option<(std::ops::Range<usize>, std::ops::Range<usize>)> {
    let bytes = text.as_bytes();
    let quoted = usize::from(bytes.first() == Some(&b'"'));
    let length = bytes[quoted..].iter().take(KEY_BYTES).take_while(|byte| is_key(**byte)).count();
    let key = quoted..quoted + length;
    let colon = key.end + quoted;
    let first = *bytes.get(key.start)?;
    if length == 0
        || first.is_ascii_digit()
        || bytes.get(colon) != Some(&b':')
        || (quoted == 1 && bytes[key.end] != b'"')
    {
        return None;
    }
    // `scheme:rest` and `Class::method` are words, not fields.
    if !bytes.get(colon + 1).is_some_and(|next| *next == b' ' || *next == b'\t') {
        return None;
    }
    let value = text[colon + 1..].trim_start();
    let start = text.len() - value.len();
    let value = value.trim_end_matches([',', ' ']);
    let inner = value.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
    let (start, value) = inner.map_or((start, value), |inner| (start + 1, inner));
    let opens = matches!(value, "{" | "[");
    (!value.is_empty() && !opens).then(|| (key, start..start + value.len()))
}

fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}
