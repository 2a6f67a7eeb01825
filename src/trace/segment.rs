//! Lines as traces see them: cut at written-out line breaks and at frames in running text, freed of what stands before them.
//!
//! Nothing is copied or unescaped: every segment is a piece of the source's line.

use std::ops::Range;
use std::sync::LazyLock;

use crate::limits::LINE_BYTES;
use crate::pattern::Pattern;
use crate::span::Line;

use super::bare::{bare, bare_start};
use super::recognizer::pattern;

/// A line, or a piece of one, without indentation, quote marks, log header and trailing markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    /// The text.
    pub text: &'a str,
    /// Byte offset of its first character in the source's text.
    pub start: usize,
    /// Whether it was a line of its own or a piece of one.
    pub cut: Cut,
    /// Index of the line among those searched.
    pub line: usize,
}

impl Segment<'_> {
    /// A range within the text as absolute offsets.
    pub(super) fn at(&self, range: Range<usize>) -> Range<usize> {
        self.start + range.start..self.start + range.end
    }

    /// The whole text as absolute offsets.
    pub(super) fn range(&self) -> Range<usize> {
        self.at(0..self.text.len())
    }
}

/// Where a segment comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// A whole line.
    Line,
    /// A piece between written-out line breaks (`\n` in a JSON string, `<br>`).
    Escape,
    /// A piece of running text that starts with a frame or follows one.
    Inline,
}

/// Appends the segments of `line`, the `index`-th of those searched.
pub(super) fn push_segments<'a>(line: &Line<'a>, index: usize, out: &mut Vec<Segment<'a>>) {
    let escapes = escape_pieces(line.text);
    let cut = if escapes.len() > 1 { Cut::Escape } else { Cut::Line };
    for piece in escapes {
        let piece = limited(line.text, piece);
        let inline = inline_pieces(&line.text[piece.clone()]);
        let cut = if inline.len() > 1 { Cut::Inline } else { cut };
        for part in inline {
            let range = bare(line.text, piece.start + part.start..piece.start + part.end);
            out.push(Segment { text: &line.text[range.clone()], start: line.start + range.start, cut, line: index });
        }
    }
}

/// At most `LINE_BYTES` of a piece.
fn limited(text: &str, piece: Range<usize>) -> Range<usize> {
    let mut end = piece.end.min(piece.start + LINE_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    piece.start..end
}

/// A written-out line break before something that looks like a line of a trace.
static BROKEN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?P<break>\\+n|\\+u000[aA]|<br ?/?>|&#10;|&#x0?[aA];|#012|\\012)",
        r"(?:\s|\\+[tr]|#011|\\011|&nbsp;|&#9;|&emsp;|<br ?/?>)*",
        r"(?:at\s|bei\s|à\s|File |from |goroutine \d|#\d|\d+: |\d+\) |Caused by|Traceback|created by |/[\w.-]+/|[A-Za-z]:\\|\([\w.-]+ |panic|\*\* \(|PHP )"
    ))
});

fn escape_pieces(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    if !["\\n", "\\u000", "<br", "&#", "#012", "\\012"]
        .iter()
        .any(|needle| memchr::memmem::find(bytes, needle.as_bytes()).is_some())
    {
        return std::iter::once(0..text.len()).collect();
    }
    let Some(found) = BROKEN.captures(text).and_then(|captures| captures.name("break")) else {
        return std::iter::once(0..text.len()).collect();
    };
    let mut pieces = match found.as_str().rfind('\\') {
        Some(last) if found.as_str().ends_with('n') => cut_at_escaped_n(text, last + 1),
        _ => cut_at_breaks(text),
    };
    let depth = found.as_str().rfind('\\').map_or(0, |last| last + 1);
    if depth > 0 {
        narrow_to_string(text, &mut pieces, depth);
    }
    pieces
}

/// Cuts at every `n` after exactly `depth` backslashes: `C:\\new` in a JSON string has one more than its line breaks.
fn cut_at_escaped_n(text: &str, depth: usize) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let (mut pieces, mut from, mut run) = (Vec::new(), 0, 0);
    for (at, &byte) in bytes.iter().enumerate() {
        if byte == b'\\' {
            run += 1;
            continue;
        }
        if byte == b'n' && run == depth {
            pieces.push(from..at - depth);
            from = at + 1;
        }
        run = 0;
    }
    pieces.push(from..text.len());
    pieces
}

static BREAKS: LazyLock<Pattern> = LazyLock::new(|| pattern(r"<br ?/?>|&#10;|&#x0?[aA];|#012|\\012|\\+u000[aA]"));

fn cut_at_breaks(text: &str) -> Vec<Range<usize>> {
    let (mut pieces, mut from) = (Vec::new(), 0);
    for found in BREAKS.find_iter(text) {
        pieces.push(from..found.start());
        from = found.end();
    }
    pieces.push(from..text.len());
    pieces
}

/// Takes from the first and last piece what lies outside the string that holds the line breaks.
fn narrow_to_string(text: &str, pieces: &mut [Range<usize>], depth: usize) {
    let closes = |at: usize| {
        let before = &text.as_bytes()[..at];
        text.as_bytes()[at] == b'"'
            && before.iter().rev().take(depth + 1).take_while(|b| **b == b'\\').count() == depth - 1
    };
    if let Some(first) = pieces.first_mut()
        && let Some(quote) = first.clone().rev().find(|&at| closes(at))
    {
        first.start = quote + 1;
    }
    if let Some(last) = pieces.last_mut()
        && let Some(quote) = last.clone().find(|&at| closes(at))
    {
        last.end = quote + 1 - depth;
    }
}

/// A frame that cannot be anything else, also in the middle of a sentence; or a cause between two of them.
static INLINE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r#"(?:^|[\s>("'`*])(?P<piece>at\s+(?:async |new )?[^\s()]+(?: \[as [^\]\s]+\])?\s?\([^()\s]*:\d+(?::\d+)?\)"#,
        r"|at\s+[^\s()]+\((?:Native [Mm]ethod|Unknown Source|[\w$]+\.(?:java|kt|scala|groovy)(?::\d+)?)\)",
        r"|Caused by: |Suppressed: ",
        r#"|File \\*"[^"\\]+\\*", line \d+, in )"#
    ))
});

fn inline_pieces(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let candidate =
        ["at ", "at\t", ", line "].iter().any(|needle| memchr::memmem::find(bytes, needle.as_bytes()).is_some());
    if !candidate {
        return std::iter::once(0..text.len()).collect();
    }
    let (mut pieces, mut from, mut frames) = (Vec::new(), 0, 0);
    for captures in INLINE.captures_iter(text) {
        let Some(piece) = captures.name("piece") else { continue };
        // The place an `eval` was called from is part of its frame.
        if text[..piece.start()].ends_with("eval ") {
            continue;
        }
        frames += usize::from(!piece.as_str().starts_with(['C', 'S']));
        if piece.start() > from && bare_start(&text[..piece.start()]) < piece.start() {
            pieces.push(from..piece.start());
            from = piece.start();
        }
    }
    if frames == 0 {
        return std::iter::once(0..text.len()).collect();
    }
    pieces.push(from..text.len());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<&str> {
        let mut out = Vec::new();
        push_segments(&Line { text, start: 0 }, 0, &mut out);
        for segment in &out {
            assert_eq!(&text[segment.range()], segment.text);
        }
        out.into_iter().map(|segment| segment.text).collect()
    }

    #[test]
    fn a_line_loses_its_header_and_indentation() {
        assert_eq!(pieces("> | [ERROR] \tat a.B.c(B.java:1)  "), ["at a.B.c(B.java:1)"]);
        assert_eq!(pieces("2031-02-03 04:05:06,789 ERROR  boom"), ["boom"]);
        assert_eq!(pieces("E/AndroidRuntime( 812):  at a.B.c(B.java:1)"), ["at a.B.c(B.java:1)"]);
    }

    #[test]
    fn written_out_line_breaks_cut_a_json_string() {
        let text = r#"{"stack":"Error: no\n    at f (a.js:1:2)\n    at g (C:\\new\\b.js:3:4)","pid":1}"#;
        assert_eq!(pieces(text), ["Error: no", "at f (a.js:1:2)", r"at g (C:\\new\\b.js:3:4)"]);
    }

    #[test]
    fn a_path_with_a_backslash_before_n_stays_whole() {
        assert_eq!(pieces(r"see C:\new\notes.txt"), [r"see C:\new\notes.txt"]);
    }

    #[test]
    fn frames_in_a_row_are_cut_apart() {
        assert_eq!(
            pieces("x.Y: no at a.B.c(B.java:1) at d.E.f(E.java:2)"),
            ["x.Y: no", "at a.B.c(B.java:1)", "at d.E.f(E.java:2)"]
        );
    }

    #[test]
    fn html_breaks_cut() {
        assert_eq!(
            pieces("<pre>x.Y: no<br/>&nbsp;at a.B.&lt;init&gt;(B.java:1)</pre>"),
            ["x.Y: no", "at a.B.&lt;init&gt;(B.java:1)"]
        );
    }
}
