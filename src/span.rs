//! Places in a source: which file, which bytes of its decoded text, which lines.
//!
//! Stages work on [`Span`]s. A span is turned into something a page may show only by `SourceMap::cite`, which also
//! translates the offsets back to the file's original bytes.

use std::ops::Range;

/// Index of a source in its `SourceMap`, in reading order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A half-open range of byte offsets into the *decoded text* of one source.
///
/// Offsets always lie on character boundaries. For a UTF-8 file without byte order mark they equal the offsets in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The source the offsets belong to.
    pub source: SourceId,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// A span over `range` of `source`.
    pub fn new(source: SourceId, range: Range<usize>) -> Self {
        debug_assert!(range.start <= range.end, "a span runs forward");
        Span { source, start: range.start, end: range.end }
    }

    /// The offsets as a range, for slicing the source's text.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// Whether `other` lies within this span.
    pub fn contains(self, other: Span) -> bool {
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that covers both; both must be of one source.
    pub fn join(self, other: Span) -> Span {
        debug_assert_eq!(self.source, other.source, "spans of one source are joined");
        Span { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// One line of a source's text, without its terminator (LF, CRLF or lone CR).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The text between terminators.
    pub text: &'a str,
    /// Byte offset of its first character in the source's text.
    pub start: usize,
}

impl Line<'_> {
    /// Byte offset one past the last character.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// Splits `text` into lines at LF, CRLF and lone CR, the way editors number them.
///
/// A trailing terminator does not open a further, empty line; empty text has no line.
///
/// ```
/// # use casefile::span::lines;
/// let starts: Vec<_> = lines("a\r\nb\rc\n").map(|l| (l.start, l.text)).collect();
/// assert_eq!(starts, [(0, "a"), (3, "b"), (5, "c")]);
/// ```
pub fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= bytes.len() {
            return None;
        }
        let start = at;
        let end = memchr::memchr2(b'\n', b'\r', &bytes[start..]).map_or(bytes.len(), |n| start + n);
        at = match bytes.get(end) {
            Some(b'\r') if bytes.get(end + 1) == Some(&b'\n') => end + 2,
            _ => end + 1,
        };
        Some(Line { text: &text[start..end], start })
    })
}
