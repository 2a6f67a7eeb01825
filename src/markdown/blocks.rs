//! Collects finished blocks and knows what stands around them: section, lists, quotes, the item that still lacks its text.
//!
//! It does not read events; `parse` does.

use std::ops::Range;

use crate::span::{Line, Span, lines};

use super::document::{Block, BlockKind, Document, Marker, Section};
use super::flat::FlatText;
use super::html::{Part, Token, parts};
use super::inline::{FlatBuilder, Input, LineBreak};
use super::table::trimmed;
use super::tags;

/// An item whose first paragraph has not been seen.
pub(super) struct PendingItem {
    start: usize,
    marker: Marker,
}

/// The blocks found so far and their surroundings.
pub(super) struct Blocks<'a> {
    /// What is parsed.
    pub input: Input<'a>,
    document: Document,
    section: usize,
    /// The number of the next item of each list around, outermost first; `None` for bullets.
    lists: Vec<Option<u64>>,
    quotes: usize,
    item: Option<PendingItem>,
}

impl<'a> Blocks<'a> {
    /// No block yet, and the section before the first heading.
    pub fn new(input: Input<'a>, mut document: Document) -> Self {
        let title = FlatText { source: input.source, ..FlatText::default() };
        document.sections.push(Section { title, ..Section::default() });
        Blocks { input, document, section: 0, lists: Vec::new(), quotes: 0, item: None }
    }

    /// The document.
    pub fn finish(self) -> Document {
        self.document
    }

    /// Enters a list.
    pub fn open_list(&mut self, first: Option<u64>) {
        self.lists.push(first);
    }

    /// Leaves a list.
    pub fn close_list(&mut self) {
        self.lists.pop();
    }

    /// Enters a block quote.
    pub fn open_quote(&mut self) {
        self.quotes += 1;
    }

    /// Leaves a block quote.
    pub fn close_quote(&mut self) {
        self.quotes = self.quotes.saturating_sub(1);
    }

    /// Enters an item that begins at `start`.
    pub fn open_item(&mut self, start: usize) {
        let marker = match self.lists.last_mut() {
            Some(Some(number)) => {
                let marker = Marker::Ordered(*number);
                *number = number.saturating_add(1);
                marker
            }
            _ => Marker::Bullet,
        };
        self.item = Some(PendingItem { start, marker });
    }

    /// Says that the item is a task.
    pub fn task(&mut self, done: bool) {
        if let Some(item) = &mut self.item {
            item.marker = Marker::Task { done };
        }
    }

    /// Adds the item that still lacks its text as one without text.
    pub fn flush_item(&mut self) {
        let Some(item) = self.item.take() else { return };
        let rest = self.input.get(&(item.start..self.input.text.len()));
        let end = item.start + rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (text, _) = FlatBuilder::new(self.input).finish(end);
        self.add(BlockKind::Item { marker: item.marker, text }, item.start..end);
    }

    /// Adds a block that has no inline text.
    pub fn add(&mut self, kind: BlockKind, range: Range<usize>) {
        let end = range.start + self.input.get(&range).trim_end_matches(['\n', '\r']).len();
        self.document.blocks.push(Block {
            section: self.section,
            span: Span::new(self.input.source, range.start..end),
            depth: u8::try_from(self.lists.len()).unwrap_or(u8::MAX),
            quoted: self.quotes > 0,
            kind,
        });
    }

    /// Adds a paragraph, or the text of the item that waits for it, and the comments in it.
    pub fn paragraph(&mut self, builder: FlatBuilder<'a>, range: Range<usize>) {
        let (text, comments) = builder.finish(range.start);
        match self.item.take() {
            Some(item) => {
                self.add(BlockKind::Item { marker: item.marker, text }, item.start.min(range.start)..range.end);
            }
            // Comments only.
            None if text.is_empty() => {}
            None => self.add(BlockKind::Paragraph(text), range),
        }
        self.comments(comments);
    }

    /// Adds a heading. One in a list or quote opens no section: it does not structure the document.
    pub fn heading(&mut self, level: u8, builder: FlatBuilder<'a>, range: Range<usize>) {
        let (text, comments) = builder.finish(range.start);
        if self.lists.is_empty() && self.quotes == 0 {
            let end = range.start + self.input.get(&range).trim_end().len();
            let span = Span::new(self.input.source, range.start..end);
            self.section = self.document.open_section(level, text.clone(), span);
        }
        self.add(BlockKind::Heading { level, text }, range);
        self.comments(comments);
    }

    /// Adds comments.
    pub fn comments(&mut self, ranges: Vec<Range<usize>>) {
        for range in ranges {
            self.add(BlockKind::Comment, range);
        }
    }

    /// Adds what an HTML block shows, or the block itself if it shows nothing; `runs` are its lines without prefixes.
    pub fn html(&mut self, runs: Vec<Range<usize>>, range: Range<usize>) {
        let mut raw = FlatBuilder::new(Input { garbling: None, ..self.input });
        runs.into_iter().for_each(|run| raw.verbatim(run));
        let (raw, _) = raw.finish(range.start);
        let mut parts = parts(&raw.text);
        // The first text is the item's, whatever comment stands before it.
        if self.item.is_some() {
            match parts.iter().position(|part| matches!(part, Part::Text(_))) {
                Some(text) => parts[..=text].rotate_right(1),
                None => self.flush_item(),
            }
        }
        if parts.is_empty() {
            self.add(BlockKind::Html, range);
        }
        for part in parts {
            match part {
                Part::Comment(at) => self.add(BlockKind::Comment, raw.span(at).range()),
                Part::Preformatted(at) => self.preformatted(&raw, at),
                Part::Text(tokens) => self.html_text(&raw, tokens),
            }
        }
    }

    fn preformatted(&mut self, raw: &FlatText, range: Range<usize>) {
        let inner = &raw.text[range.clone()];
        let mut shown: Vec<Line<'_>> = lines(inner).collect();
        // The line ends behind the opening and before the closing tag belong to the tags.
        if shown.last().is_some_and(|line| line.text.trim().is_empty()) {
            shown.pop();
        }
        let first = usize::from(shown.first().is_some_and(|line| line.text.trim().is_empty()));
        let span = |line: &Line<'_>| raw.span(range.start + line.start..range.start + line.end());
        let lines = shown[first..].iter().map(span).collect();
        let kind = BlockKind::Code { language: String::new(), lines, unclosed: false };
        self.add(kind, raw.span(range).range());
    }

    fn html_text(&mut self, raw: &FlatText, tokens: Vec<Token>) {
        let mut builder = FlatBuilder::new(self.input);
        let mut place: Option<Range<usize>> = None;
        for token in tokens {
            match token {
                Token::Tag(range) => builder.tag(raw.span(range).range()),
                Token::Words(range) => {
                    let words = raw.span(range.clone()).range();
                    place = Some(place.map_or(words.start, |place| place.start)..words.end);
                    html_words(raw, range, &mut builder);
                }
            }
        }
        let place = trimmed(self.input, place.unwrap_or_default());
        self.paragraph(builder, place);
    }
}

/// Adds words line by line, without indentation, with character references decoded.
fn html_words(raw: &FlatText, range: Range<usize>, builder: &mut FlatBuilder<'_>) {
    let inner = &raw.text[range.clone()];
    for line in lines(inner) {
        let start = if line.start == 0 { 0 } else { line.end() - line.text.trim_start().len() };
        let after = inner[line.end()..].bytes().take(2).take_while(|b| matches!(b, b'\n' | b'\r')).count();
        let end = if after == 0 { line.end() } else { start + inner[start..line.end()].trim_end().len() };
        decoded(raw, range.start + start..range.start + end, builder);
        if after > 0 && !builder.is_empty() {
            let at = range.start + line.end();
            builder.line_break(LineBreak::Soft, raw.span(at..at + 1).range());
        }
    }
}

fn decoded(raw: &FlatText, range: Range<usize>, builder: &mut FlatBuilder<'_>) {
    let mut from = range.start;
    let mut at = range.start;
    while let Some(found) = memchr::memchr(b'&', &raw.text.as_bytes()[at..range.end]) {
        at += found;
        let Some((char, len)) = tags::reference(&raw.text[at..range.end]) else {
            at += 1;
            continue;
        };
        raw.slice(from..at).pieces.into_iter().for_each(|piece| builder.verbatim(piece.source));
        builder.instead(char.encode_utf8(&mut [0; 4]), raw.span(at..at + len).range());
        at += len;
        from = at;
    }
    raw.slice(from..range.end).pieces.into_iter().for_each(|piece| builder.verbatim(piece.source));
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use crate::span::SourceId;

    /// Each block as its depth, a letter for its kind, and its text.
    fn shown(text: &str) -> Vec<String> {
        let document = parse(SourceId(0), text, None);
        let kind = |block: &Block| match &block.kind {
            BlockKind::Heading { level, text } => format!("H{level} {}", text.text),
            BlockKind::Paragraph(text) => format!("P {}", text.text),
            BlockKind::Item { marker: Marker::Bullet, text } => format!("- {}", text.text),
            BlockKind::Item { marker: Marker::Ordered(number), text } => format!("{number}. {}", text.text),
            BlockKind::Item { marker: Marker::Task { done }, text } => format!("[{}] {}", u8::from(*done), text.text),
            BlockKind::Code { lines, .. } => format!("C {}", lines.len()),
            BlockKind::Table { rows, .. } => format!("T {}", rows.len()),
            BlockKind::Html => "html".into(),
            BlockKind::Comment => format!("! {}", &text[block.span.range()]),
            BlockKind::Rule => "rule".into(),
        };
        let quote = |block: &Block| if block.quoted { ">" } else { "" };
        document.blocks.iter().map(|block| format!("{}{}{}", block.depth, quote(block), kind(block))).collect()
    }

    #[test]
    fn items_know_their_marker_and_depth() {
        assert_eq!(shown("2. a\n   - [x] b\n3. c\n\n* d\n"), ["12. a", "2[1] b", "13. c", "1- d"]);
    }

    #[test]
    fn further_paragraphs_and_blocks_of_an_item_have_its_depth() {
        assert_eq!(shown("- a\n\n  b\n\n      c\n"), ["1- a", "1P b", "1C 1"]);
        assert_eq!(shown("- ```\n  x\n  ```\n-\n- - y"), ["1- ", "1C 1", "1- ", "1- ", "2- y"]);
    }

    #[test]
    fn blocks_in_quotes_are_quoted() {
        assert_eq!(shown("> a\n>\n> - b\n\nc"), ["0>P a", "1>- b", "0P c"]);
    }

    #[test]
    fn the_text_of_html_is_kept_without_tags() {
        assert_eq!(shown("<details>\n<summary>Log</summary>\n\na\n\n</details>\n"), ["0P Log", "0P a", "0html"]);
        assert_eq!(shown("<p>a &lt; b<br>\n  c</p>\n"), ["0P a < b\nc"]);
        assert_eq!(shown("<pre>\nx\n y\n</pre>\n"), ["0C 2"]);
    }

    #[test]
    fn comments_are_blocks_wherever_they_stand() {
        assert_eq!(shown("<!-- a\nb -->\n\nc <!-- d --> e"), ["0! <!-- a\nb -->", "0P c  e", "0! <!-- d -->"]);
        assert_eq!(shown("- <!-- a --> b\n- <!-- c -->"), ["1- b", "1! <!-- a -->", "1- ", "1! <!-- c -->"]);
    }

    #[test]
    fn spans_hold_the_markup_but_not_the_line_end() {
        let text = "## a ##\n\n* b\n  c\n\n~~~\nd\n~~~\n";
        let document = parse(SourceId(0), text, None);
        let spans: Vec<&str> = document.blocks.iter().map(|block| &text[block.span.range()]).collect();
        assert_eq!(spans, ["## a ##", "* b\n  c", "~~~\nd\n~~~"]);
    }
}
