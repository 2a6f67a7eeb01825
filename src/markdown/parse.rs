//! Parses a document: front matter, then Markdown and wiki markup by turns.

use std::borrow::Cow;

use crate::source::Garbling;
use crate::span::SourceId;

use super::dialect::with_dialects;
use super::document::Document;
use super::front_matter::front_matter;
use super::inline::Input;
use super::reader::Reader;
use super::wiki::stretches;

/// Parses `text`, the whole decoded text of `source`. `garbling` says how it was garbled, if it was.
///
/// ```
/// # use casefile::{markdown::{BlockKind, parse}, span::SourceId};
/// let document = parse(SourceId(0), "# Outage\n\n- [x] restarted\n", None);
/// assert_eq!(document.sections[1].title.text, "Outage");
/// assert!(matches!(&document.blocks[1].kind, BlockKind::Item { text, .. } if text.text == "restarted"));
/// ```
pub fn parse(source: SourceId, text: &str, garbling: Option<Garbling>) -> Document {
    let (front_matter, body) = front_matter(source, text);
    let view = with_line_feeds(text);
    let document = Document { front_matter, ..Document::default() };
    let mut reader = Reader::new(Input { source, text, garbling }, &view, document);
    for stretch in with_dialects(text, stretches(text, body)) {
        reader.stretch(stretch);
    }
    reader.finish()
}

/// The text with lone carriage returns as line feeds: the Markdown parser ends its lines at line feeds only.
fn with_line_feeds(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let lone = |at: &usize| bytes.get(at + 1) != Some(&b'\n');
    if !memchr::memchr_iter(b'\r', bytes).any(|at| lone(&at)) {
        return Cow::Borrowed(text);
    }
    let mut view = String::with_capacity(text.len());
    let mut from = 0;
    for at in memchr::memchr_iter(b'\r', bytes).filter(lone) {
        view.push_str(&text[from..at]);
        view.push('\n');
        from = at + 1;
    }
    view.push_str(&text[from..]);
    Cow::Owned(view)
}

#[cfg(test)]
mod tests {
    use super::super::BlockKind;
    use super::*;

    #[test]
    fn lone_carriage_returns_end_lines() {
        let document = parse(SourceId(0), "# a\r\r- b\r- c\r\n", None);
        assert_eq!(document.sections[1].title.text, "a");
        assert_eq!(document.blocks.len(), 3);
        assert_eq!(document.blocks[2].span.range(), 9..12);
    }

    #[test]
    fn front_matter_is_no_block() {
        let document = parse(SourceId(0), "---\nid: x\n---\n# a\n", None);
        assert!(document.front_matter.is_some());
        assert_eq!(document.blocks.len(), 1);
        assert_eq!(document.blocks[0].span.range(), 14..17);
    }

    #[test]
    fn dashes_without_an_end_are_a_rule() {
        let document = parse(SourceId(0), "---\nid: x\n", None);
        assert!(document.front_matter.is_none());
        assert!(matches!(document.blocks[0].kind, BlockKind::Rule));
    }

    #[test]
    fn empty_text_has_the_section_before_the_first_heading_only() {
        let document = parse(SourceId(0), "", None);
        assert_eq!((document.blocks.len(), document.sections.len()), (0, 1));
    }

    #[test]
    fn hostile_texts_end() {
        for text in ["[".repeat(1 << 20), "> ".repeat(10_000), "- ".repeat(10_000) + "x\n" + &"y\n".repeat(10_000)] {
            parse(SourceId(0), &text, None);
        }
    }
}
