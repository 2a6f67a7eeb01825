//! What most formats share: brackets, level, process, component and separators between the time and the message.

use std::ops::Range;

use crate::case::{Level, Precision};
use crate::log::fields::read_outcome;
use crate::log::http::read_http;
use crate::log::level::parse_level;

use super::words::{bracketed, is_component, is_dotted, is_number, next_word, skip_blanks, trimmed, word};
use super::{Header, Strength};

/// Most parts of a header after the time: more are the message's own.
const PARTS: usize = 8;

/// Longest bracket of a header, in bytes: context ids are long, sentences in brackets longer.
const BRACKET_BYTES: usize = 400;

/// Most brackets that are kept: a line with more has them in its message.
const BRACKETS: usize = 4;

/// Reads the parts from `at` on into `header`, sets the message and judges how sure the header is.
pub(super) fn read_tail(line: &str, at: usize, header: Header) -> Header {
    let mut tail = Tail { line, bytes: line.as_bytes(), at, header, brackets: Brackets::default(), named: false };
    for _ in 0..PARTS {
        if tail.part().is_none() {
            break;
        }
    }
    tail.finish()
}

struct Tail<'a> {
    line: &'a str,
    bytes: &'a [u8],
    at: usize,
    header: Header,
    brackets: Brackets,
    /// Whether a component ended by a colon was read: the message follows.
    named: bool,
}

/// The insides of a header's brackets. They are kept in place: memory taken for each line would cost a twentieth of the time.
#[derive(Default)]
struct Brackets {
    inside: [Range<usize>; BRACKETS],
    count: usize,
}

impl Brackets {
    fn is_full(&self) -> bool {
        self.count == BRACKETS
    }

    /// Keeps one more where there is room.
    fn push(&mut self, inside: Range<usize>) {
        if let Some(place) = self.inside.get_mut(self.count) {
            *place = inside;
            self.count += 1;
        }
    }

    /// In the order of the line.
    fn iter(&self) -> impl DoubleEndedIterator<Item = &Range<usize>> {
        self.inside[..self.count].iter()
    }
}

impl Tail<'_> {
    /// Takes one part; `None` where the message begins.
    fn part(&mut self) -> Option<()> {
        if self.named {
            return None;
        }
        let gap = self.at;
        self.at = skip_blanks(self.bytes, self.at);
        match *self.bytes.get(self.at)? {
            b'[' => self.bracket(),
            b'-' | b'|' | b':' => self.separator(),
            b'(' | b'{' | b'"' | b'<' => None,
            _ => self.word(self.at - gap),
        }
    }

    fn bracket(&mut self) -> Option<()> {
        let inside = bracketed(self.bytes, self.at, BRACKET_BYTES)?;
        let after = inside.end + 1;
        let content = trimmed(self.bytes, inside);
        let level = parse_level(&self.line[content.clone()]).filter(|_| self.header.level.is_none());
        if let Some(level) = level {
            self.header.level = Some(level);
        } else if self.brackets.is_full() || !(is_label(&self.bytes[content.clone()]) || self.names_next(after)) {
            return None;
        } else {
            self.brackets.push(content);
        }
        self.at = after;
        if self.bytes.get(after) == Some(&b':') && self.bytes.get(after + 1).is_none_or(|next| *next == b' ') {
            self.at += 1;
            self.named = true;
        }
        Some(())
    }

    /// Whether a logger with its colon follows: then any bracket before it is a thread's name.
    fn names_next(&self, at: usize) -> bool {
        let next = &self.bytes[next_word(self.bytes, at)];
        next.strip_suffix(b":").is_some_and(|name| is_component(name) && is_dotted(name))
    }

    /// ` - `, `---`, ` | `, ` : `; a bar counts only beside a level, since columns of numbers have it too.
    fn separator(&mut self) -> Option<()> {
        let run = word(self.bytes, self.at);
        let mark = self.bytes[run.start];
        let plain = self.bytes[run.clone()].iter().all(|byte| *byte == mark) && run.len() <= 3;
        if !plain || (mark == b'|' && self.header.level.is_none() && self.level_ahead(run.end, 1).is_none()) {
            return None;
        }
        self.at = run.end;
        Some(())
    }

    fn word(&mut self, gap: usize) -> Option<()> {
        let whole = word(self.bytes, self.at);
        let colon = self.bytes[whole.clone()].last() == Some(&b':');
        let bare = whole.start..whole.end - usize::from(colon);
        if self.header.level.is_none() && self.take_level(&bare, colon) {
            self.at = whole.end;
            self.named = colon;
            return Some(());
        }
        let bytes = &self.bytes[bare.clone()];
        let next = next_word(self.bytes, whole.end);
        if !colon && is_number(bytes) && bytes.len() <= 7 && self.is_process(&next, whole.end) {
            self.header.thread = Some(bare);
            self.at = whole.end;
            return Some(());
        }
        if self.header.level.is_some() && colon && is_worker(bytes) {
            self.header.thread = Some(bare);
            self.at = whole.end;
            self.named = true;
            return Some(());
        }
        self.component(bare, colon, gap, &next)
    }

    /// A level in capitals, or in any case where a colon, a bracket or two blanks set it off.
    fn take_level(&mut self, bare: &Range<usize>, colon: bool) -> bool {
        let mut text = &self.line[bare.clone()];
        if let Some((channel, level)) = text.rsplit_once('.').filter(|_| colon)
            && parse_level(level).is_some()
            && level.bytes().all(|byte| byte.is_ascii_uppercase())
        {
            self.header.component = Some(bare.start..bare.start + channel.len());
            text = level;
        }
        let Some(level) = parse_level(text) else { return false };
        let capitals = text.bytes().all(|byte| byte.is_ascii_uppercase());
        let after = &self.bytes[bare.end..];
        let set_off = colon
            || after.starts_with(b"  ")
            || after.starts_with(b" [")
            || after.starts_with(b" - ")
            || after.starts_with(b" | ");
        if capitals || set_off {
            self.header.level = Some(level);
        }
        capitals || set_off
    }

    /// A number is a process id if a level follows soon, or the `---` that Spring writes after it.
    fn is_process(&self, next: &Range<usize>, end: usize) -> bool {
        &self.bytes[next.clone()] == b"---" || (self.header.level.is_none() && self.level_ahead(end, 2).is_some())
    }

    fn component(&mut self, bare: Range<usize>, colon: bool, gap: usize, next: &Range<usize>) -> Option<()> {
        let bytes = &self.bytes[bare.clone()];
        if self.header.component.is_some() {
            return None;
        }
        let level = self.header.level.is_some();
        let after = if colon { bare.end + 1 } else { bare.end };
        let follows = &self.bytes[next.clone()];
        let padded_colon = !colon && follows == b":";
        // What ends the line is said, not who says it.
        if colon && self.at_end(after) {
            return None;
        }
        let dash = !colon && follows == b"-" && (level || self.level_ahead(next.end, 1).is_some());
        let before_bracket = !colon && level && follows.starts_with(b"[") && is_dotted(bytes);
        let columns = !colon && level && gap >= 2 && self.bytes[after..].starts_with(b"  ") && !self.at_end(after);
        let set_off = colon || padded_colon || dash || before_bracket || columns;
        if !set_off || !is_component(bytes) || is_exception(bytes) {
            return None;
        }
        self.at = if padded_colon { next.end } else { after };
        self.named = colon || padded_colon || columns;
        self.header.component = Some(bare);
        Some(())
    }

    /// The level among the next `words` words or brackets after `at`.
    fn level_ahead(&self, mut at: usize, words: usize) -> Option<Level> {
        for _ in 0..words {
            let next = next_word(self.bytes, at);
            let text = self.line[next.clone()].trim_matches(['[', ']', ':', '-']);
            if text.bytes().all(|byte| byte.is_ascii_uppercase())
                && let Some(level) = parse_level(text)
            {
                return Some(level);
            }
            at = next.end;
        }
        None
    }

    /// The bracket that names a logger: the last qualified name, else the last that is no number.
    fn bracketed_component(&self) -> Option<Range<usize>> {
        let bytes = |inside: &Range<usize>| &self.bytes[inside.clone()];
        let is_qualified = |inside: &[u8]| inside.contains(&b'.') || inside.windows(2).any(|pair| pair == b"::");
        let qualified = self.brackets.iter().rev().find(|inside| is_qualified(bytes(inside)));
        let named = || self.brackets.iter().rev().find(|inside| !is_number(bytes(inside)));
        qualified.or_else(named).cloned()
    }

    fn at_end(&self, at: usize) -> bool {
        skip_blanks(self.bytes, at) >= self.bytes.len()
    }

    fn finish(self) -> Header {
        let mut start = skip_blanks(self.bytes, self.at);
        while matches!(self.bytes.get(start..start + 2), Some(b"- " | b": " | b"| ")) {
            start = skip_blanks(self.bytes, start + 2);
        }
        let message = start..self.bytes.len();
        let named = self.bracketed_component();
        let mut header = self.header;
        let from_bracket = header.component.is_none() && named.is_some();
        if from_bracket {
            header.component = named;
        }
        if header.thread.is_none() {
            header.thread = self.brackets.iter().find(|inside| Some(*inside) != header.component.as_ref()).cloned();
        }
        header.message = message;
        header.strength = judge(self.line, &header, from_bracket);
        header
    }
}

/// How sure a header with a time is.
fn judge(line: &str, header: &Header, from_bracket: bool) -> Strength {
    if header.level.is_some() {
        return Strength::Strong;
    }
    let precision = header.time.as_ref().map(|(_, moment)| moment.precision);
    if precision == Some(Precision::Subsecond) || from_bracket {
        return Strength::Firm;
    }
    let named = header.component.as_ref().is_some_and(|range| is_dotted(&line.as_bytes()[range.clone()]));
    let message = header.message.clone();
    let exchange = || read_outcome(line, message.clone()).is_some() || read_http(line, message.clone(), &[]).is_some();
    if named || exchange() { Strength::Firm } else { Strength::Weak }
}

/// Whether a bracket labels a line (a name, a number, ids) rather than being a remark.
fn is_label(inside: &[u8]) -> bool {
    let words = inside.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let (mut count, mut plain) = (0, 0);
    for word in words {
        count += 1;
        plain += usize::from(word.len() > 1 && word.iter().all(u8::is_ascii_alphabetic));
    }
    count <= 2 || plain * 2 <= count
}

/// `1234#0`, nginx's process and thread.
fn is_worker(bytes: &[u8]) -> bool {
    bytes.contains(&b'#') && bytes.iter().all(|byte| byte.is_ascii_digit() || *byte == b'#')
}

/// `IOException:` opens a message, it does not name a logger.
fn is_exception(bytes: &[u8]) -> bool {
    bytes.ends_with(b"Exception") || bytes.ends_with(b"Error")
}
