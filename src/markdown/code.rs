//! Content lines of code blocks as spans of the source, without the prefixes of lists and quotes around them.

use std::ops::Range;

use crate::span::{Span, lines};

use super::inline::Input;

/// A code block under construction.
pub(super) struct OpenCode {
    /// The language of its fence.
    pub language: String,
    /// The first character of its fence; `None` for an indented block.
    pub fence: Option<u8>,
    lines: Vec<Span>,
    /// The line whose end has not been seen.
    open: Option<Range<usize>>,
    /// One past the last content byte seen.
    end: usize,
}

impl OpenCode {
    /// A block that begins at `start`, with the fence's info string, or `None` if it is indented.
    pub fn new(input: Input<'_>, start: usize, info: Option<&str>) -> Self {
        let rest = input.get(&(start..input.text.len()));
        let fence = rest.bytes().next().filter(|_| info.is_some());
        let opening = lines(rest).next().map_or(0, |line| line.text.len());
        let end = if fence.is_some() { start + opening } else { start };
        // What was pasted right behind the opening fence is no language: it is the first line of what was pasted.
        if let Some(info) = info.map(str::trim).filter(|info| is_pasted(info))
            && let Some(at) = rest[..opening].find(info)
        {
            let pasted = Span::new(input.source, start + at..start + at + info.len());
            return OpenCode { language: String::new(), fence, lines: vec![pasted], open: None, end };
        }
        let language = info.map(language_of).unwrap_or_default();
        OpenCode { language, fence, lines: Vec::new(), open: None, end }
    }

    /// Takes a run of content, which may hold several lines or a part of one.
    pub fn run(&mut self, input: Input<'_>, range: Range<usize>) {
        let text = input.get(&range);
        if text.is_empty() {
            // A tab that was used up by the indentation in part: the line begins behind it.
            return;
        }
        self.end = range.end;
        for line in lines(text) {
            let part = range.start + line.start..range.start + line.end();
            let ends = part.end < range.end;
            // The parser leaves out the first byte of CRLF.
            let part = if part.is_empty() { before_line_feed(input, part.start) } else { part };
            let whole = match self.open.take() {
                Some(open) => open.start..part.end.max(open.end),
                None => part,
            };
            match ends {
                true => self.lines.push(Span::new(input.source, trim_return(input, whole))),
                false => self.open = Some(whole),
            }
        }
    }

    /// The content lines, and whether a fence was opened and never closed; `end` is the end of the block.
    pub fn finish(mut self, input: Input<'_>, end: usize) -> (String, Vec<Span>, bool) {
        if let Some(open) = self.open.take() {
            self.lines.push(Span::new(input.source, open));
        }
        let rest = input.get(&(self.end..end.max(self.end)));
        let unclosed = self.fence.is_some_and(|fence| !rest.bytes().any(|b| b == fence));
        (self.language, self.lines, unclosed)
    }
}

/// Whether an info string is a line of text: it has many words, or begins like a time.
fn is_pasted(info: &str) -> bool {
    let words = info.split_whitespace().count();
    let attributes = info.contains("=\"") || info.contains('{');
    words >= 3 && info.starts_with(|c: char| c.is_ascii_digit()) || words >= 6 && !attributes
}

/// The first word of an info string, lower-cased: `Rust,ignore` and `{.rust}` are `rust`.
pub(super) fn language_of(info: &str) -> String {
    let info = info.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '{' | '.'));
    let end = info.find(|c: char| c.is_whitespace() || matches!(c, ',' | ':' | '{' | '}')).unwrap_or(info.len());
    info[..end].to_lowercase()
}

/// An empty line at the line feed at `at`, moved before the carriage return that belongs to it.
fn before_line_feed(input: Input<'_>, at: usize) -> Range<usize> {
    let bytes = input.text.as_bytes();
    let pair = at > 0 && bytes.get(at) == Some(&b'\n') && bytes[at - 1] == b'\r';
    let at = if pair { at - 1 } else { at };
    at..at
}

fn trim_return(input: Input<'_>, line: Range<usize>) -> Range<usize> {
    let trimmed = input.get(&line).trim_end_matches('\r').len();
    line.start..line.start + trimmed
}

#[cfg(test)]
mod tests {
    use super::super::document::{BlockKind, code_lines};
    use super::super::parse;
    use super::*;
    use crate::span::SourceId;

    /// Lines of the first code block, its language and whether it is unclosed.
    fn code(text: &str) -> (Vec<&str>, String, bool) {
        let document = parse(SourceId(0), text, None);
        let block = document.blocks.into_iter().find_map(|block| match block.kind {
            BlockKind::Code { language, lines, unclosed } => Some((language, lines, unclosed)),
            _ => None,
        });
        let (language, spans, unclosed) = block.expect("the text has a code block");
        (code_lines(text, &spans).map(|line| line.text).collect(), language, unclosed)
    }

    #[test]
    fn every_line_of_a_fence_is_one_span() {
        assert_eq!(code("```Java x\na\n\n  b\n```\n"), (vec!["a", "", "  b"], "java".into(), false));
    }

    #[test]
    fn indentation_of_lists_and_marks_of_quotes_are_left_out() {
        assert_eq!(code("- x\n\n  ~~~\n  a\n   b\n\n  c\n  ~~~\n").0, ["a", " b", "", "c"]);
        assert_eq!(code("> ```\n> a\n>\n> b\n> ```\n").0, ["a", "", "b"]);
        assert_eq!(code("- ~~~\n\tx\n").0, ["x"]);
    }

    #[test]
    fn line_ends_of_all_systems_are_left_out() {
        assert_eq!(code("```\r\na\r\n\r\nb\r\n```\r\n"), (vec!["a", "", "b"], String::new(), false));
        assert_eq!(code("```\ra\r\rb\r```\r"), (vec!["a", "", "b"], String::new(), false));
        assert_eq!(code("> ```\r\n>\r\n> a\r\n> ```").0, ["", "a"]);
    }

    #[test]
    fn an_indented_block_keeps_its_blank_lines() {
        assert_eq!(code("    a\n\n\tb\n\nend\n"), (vec!["a", "", "b"], String::new(), false));
    }

    #[test]
    fn a_fence_without_end_is_unclosed() {
        assert!(code("```\na\n").2);
        assert!(code("```").2);
        assert!(code("> ```\n> a\n\nrest\n").2);
        assert!(!code("```\n```").2);
        assert!(!code("- ```\n  a\n  ```\n").2);
    }

    #[test]
    fn a_line_pasted_behind_the_fence_is_content() {
        let pasted = "```2026-08-12T16:38:01 300.132 ERR the list was modified\n  at a.b()\n```\n";
        let lines = vec!["2026-08-12T16:38:01 300.132 ERR the list was modified", "  at a.b()"];
        assert_eq!(code(pasted), (lines, String::new(), false));
        let titled = "```js title=\"a b c d e\" showLineNumbers\nx\n```\n";
        assert_eq!(code(titled), (vec!["x"], "js".to_string(), false));
    }

    #[test]
    fn the_language_is_the_first_word_of_the_info_string() {
        let found = ["Rust,ignore", "{.py}", "c++", " js {1,3}", "ts:src/a.ts"].map(language_of);
        assert_eq!(found, ["rust", "py", "c++", "js", "ts"]);
    }
}
