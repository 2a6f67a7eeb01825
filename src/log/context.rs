//! Where a line stands: in a fence, a list, a quote, plain text or a log; how sure a header must be to count there.

use crate::span::Line;

use super::event::{Body, capped};
use super::formats::{Header, Strength, recognise};

/// Lines looked at to decide whether a text is a log, spread evenly over it.
const SAMPLE: usize = 256;

/// Fence languages that hold output rather than code; the empty one is by far the most frequent.
const OUTPUT_LANGUAGES: [&str; 20] = [
    "",
    "log",
    "logs",
    "text",
    "txt",
    "plain",
    "plaintext",
    "console",
    "shell",
    "sh",
    "bash",
    "zsh",
    "shell-session",
    "terminal",
    "output",
    "none",
    "ansi",
    "http",
    "json",
    "stacktrace",
];

/// How likely an undecided line at some place is part of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Certainty {
    /// Prose, list items, code.
    Doubtful,
    /// A fence for output, or a text most of whose lines are log lines.
    Likely,
}

/// What the lines so far say about the next one.
pub(super) struct Context {
    log: bool,
    fence: Option<Fence>,
    /// Whether a row of backticks opens a fence here.
    fences: bool,
}

struct Fence {
    mark: u8,
    length: usize,
    output: bool,
}

impl Context {
    /// The context of the first of `lines`.
    pub(super) fn new(lines: &[Line<'_>]) -> Self {
        Context { log: is_log(lines), fence: None, fences: true }
    }

    /// The context of any part of a text that is a log from end to end; no line of it changes it.
    pub(super) fn of_log() -> Self {
        Context { log: true, fence: None, fences: false }
    }

    /// The line without its marks; `None` for blank lines, fence marks, headings and table rows.
    pub(super) fn enter<'a>(&mut self, line: &Line<'a>) -> Option<Body<'a>> {
        let body = strip(line, self.fence.is_some());
        if body.text.is_empty() || self.fences && self.toggles_fence(body.text) {
            return None;
        }
        let markup = body.text.starts_with('|') || is_heading(body.text);
        if markup && self.fence.is_none() && !self.log {
            return None;
        }
        Some(body)
    }

    /// Whether a line with this header is an event at this place.
    pub(super) fn accepts(&self, body: &Body<'_>, header: &Header) -> bool {
        match header.strength {
            Strength::Strong => true,
            Strength::Firm => !body.listed && self.fence.as_ref().is_none_or(|fence| fence.output),
            Strength::Weak => !body.listed && self.certainty() == Certainty::Likely,
        }
    }

    /// How likely an undecided line at this place is part of a log.
    pub(super) fn certainty(&self) -> Certainty {
        let likely = self.fence.as_ref().map_or(self.log, |fence| fence.output);
        if likely { Certainty::Likely } else { Certainty::Doubtful }
    }

    /// Opens or closes a fence; says whether the line was the mark of one.
    fn toggles_fence(&mut self, text: &str) -> bool {
        let mark = text.as_bytes().first().copied().unwrap_or(0);
        if mark != b'`' && mark != b'~' {
            return false;
        }
        let length = text.bytes().take_while(|byte| *byte == mark).count();
        let info = text[length..].trim();
        match &self.fence {
            Some(open) if open.mark == mark && length >= open.length && info.is_empty() => self.fence = None,
            None if length >= 3 && !(mark == b'`' && info.contains('`')) => {
                let language = info.split([' ', '{', ',']).next().unwrap_or("").to_ascii_lowercase();
                self.fence = Some(Fence { mark, length, output: OUTPUT_LANGUAGES.contains(&language.as_str()) });
            }
            _ => return false,
        }
        true
    }
}

/// Whether at least a third of the lines (with stack traces between them), and two, start like log lines.
fn is_log(lines: &[Line<'_>]) -> bool {
    let step = lines.len().div_ceil(SAMPLE).max(1);
    let (mut filled, mut headers) = (0, 0);
    for line in lines.iter().step_by(step) {
        let text = line.text;
        filled += usize::from(!text.trim().is_empty());
        headers += usize::from(!text.starts_with([' ', '>', '*', '#']) && recognise(capped(text)).is_some());
    }
    headers >= 2 && headers * 3 >= filled
}

fn is_heading(text: &str) -> bool {
    let marks = text.bytes().take_while(|byte| *byte == b'#').count();
    (1..=6).contains(&marks) && text.as_bytes().get(marks).is_none_or(|next| *next == b' ')
}

/// Takes blanks, quote marks and, outside fences, list markers and the backticks of a line that is one code span.
fn strip<'a>(line: &Line<'a>, fenced: bool) -> Body<'a> {
    let whole = line.text.trim_end();
    let mut rest = whole;
    let mut listed = false;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\u{feff}']);
        if let Some(quoted) = rest.strip_prefix('>') {
            rest = quoted;
        } else if let Some(item) = (!fenced).then(|| after_marker(rest)).flatten() {
            (rest, listed) = (item, true);
        } else {
            break;
        }
    }
    let mut indent = whole.len() - rest.len();
    let span = rest.strip_prefix('`').and_then(|inner| inner.strip_suffix('`'));
    if let Some(span) = span.filter(|span| !fenced && !span.contains('`')) {
        rest = span;
        indent += 1;
    }
    Body { text: rest, start: line.start + indent, indent, listed }
}

/// What follows a list marker; a dash before a time since the epoch is the label of a log, not a marker.
fn after_marker(text: &str) -> Option<&str> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = match digits {
        0 => text.strip_prefix(['-', '*', '+'])?,
        1..=3 => text[digits..].strip_prefix(['.', ')'])?,
        _ => return None,
    };
    let item = rest.strip_prefix([' ', '\t'])?;
    let labels_epoch = item.len() > 10 && item.as_bytes()[..10].iter().all(u8::is_ascii_digit);
    (!labels_epoch).then_some(item)
}
