//! Builds a [`FlatText`] from the inline events of one block, piece by piece.
//!
//! It does not know which block the text belongs to.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::source::{Garbling, repair};
use crate::span::SourceId;

use super::flat::{FlatText, Link, Piece};
use super::tags::{self, Effect};

/// The text that is parsed, and what is known of it.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    /// The source.
    pub source: SourceId,
    /// Its whole text.
    pub text: &'a str,
    /// How it was garbled, if it was.
    pub garbling: Option<Garbling>,
}

impl<'a> Input<'a> {
    /// The text in `range`; empty where `range` does not fit it.
    pub fn get(&self, range: &Range<usize>) -> &'a str {
        self.text.get(range.clone()).unwrap_or_default()
    }
}

/// Where a line breaks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LineBreak {
    /// The author wrapped the line.
    Soft,
    /// The author wanted another line.
    Hard,
}

/// Flat text under construction.
pub(super) struct FlatBuilder<'a> {
    input: Input<'a>,
    flat: FlatText,
    /// Styles opened by marks, with the offset in the flat text.
    marks: Vec<(Effect, usize)>,
    /// Styles opened by tags: these need not be balanced.
    tags: Vec<(Effect, usize)>,
    links: Vec<OpenLink>,
    /// Comments among the text, in source order.
    pub comments: Vec<Range<usize>>,
}

struct OpenLink {
    at: usize,
    target: String,
    source: Range<usize>,
    image: bool,
}

impl<'a> FlatBuilder<'a> {
    /// An empty text.
    pub fn new(input: Input<'a>) -> Self {
        let flat = FlatText { source: input.source, ..FlatText::default() };
        FlatBuilder { input, flat, marks: Vec::new(), tags: Vec::new(), links: Vec::new(), comments: Vec::new() }
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.flat.text.is_empty()
    }

    /// The text so far.
    pub fn flat(&self) -> &FlatText {
        &self.flat
    }

    /// Takes an inline event and its place in the source.
    pub fn event(&mut self, event: &Event<'_>, range: Range<usize>) {
        match event {
            Event::Text(text) if self.input.get(&range) == &**text => self.verbatim(range),
            Event::Text(text) => self.instead(text, range),
            Event::Code(text) => self.code_span(text, range),
            Event::SoftBreak => self.line_break(LineBreak::Soft, range),
            Event::HardBreak => self.line_break(LineBreak::Hard, range),
            Event::InlineHtml(_) => self.tag(range),
            Event::Start(Tag::Strong) => self.begin_style(Effect::Strong),
            Event::Start(Tag::Strikethrough) => self.begin_style(Effect::Struck),
            Event::Start(Tag::Link { dest_url, .. }) => self.links.push(self.link(dest_url, range)),
            Event::Start(Tag::Image { dest_url, .. }) => {
                self.links.push(OpenLink { image: true, ..self.link(dest_url, range) });
            }
            Event::End(TagEnd::Strong | TagEnd::Strikethrough) => self.end_style(),
            Event::End(TagEnd::Link | TagEnd::Image) => self.close_link(),
            _ => {}
        }
    }

    /// Adds the text at `range` as it stands, except for garbled runs.
    pub fn verbatim(&mut self, range: Range<usize>) {
        let text = self.input.get(&range);
        let Some(garbling) = self.input.garbling.filter(|_| !text.is_ascii()) else {
            self.push_verbatim(range);
            return;
        };
        let mut at = 0;
        for repaired in repair(text, garbling) {
            let found = repaired.range;
            if found.start < at || text.get(found.clone()).is_none_or(str::is_empty) {
                continue;
            }
            self.push_verbatim(range.start + at..range.start + found.start);
            at = found.end;
            self.instead(&repaired.to, range.start + found.start..range.start + found.end);
        }
        self.push_verbatim(range.start + at..range.end);
    }

    /// Adds `text` that stands for the source bytes in `range`.
    pub fn instead(&mut self, text: &str, range: Range<usize>) {
        if !text.is_empty() {
            self.flat.pieces.push(Piece { at: self.flat.text.len(), len: text.len(), source: range, verbatim: false });
            self.flat.text.push_str(text);
        }
    }

    /// Adds a line break that stands at `range`.
    pub fn line_break(&mut self, kind: LineBreak, range: Range<usize>) {
        // After `<br>` the end of the source line adds nothing.
        if kind == LineBreak::Soft && self.flat.hard_breaks.last().is_some_and(|at| at + 1 == self.flat.text.len()) {
            return;
        }
        if kind == LineBreak::Hard {
            self.flat.hard_breaks.push(self.flat.text.len());
        }
        match self.input.get(&range) {
            "\n" => self.push_verbatim(range),
            _ => self.instead("\n", range),
        }
    }

    /// Adds the tag, comment or words in angle brackets at `range`.
    pub fn tag(&mut self, range: Range<usize>) {
        let text = self.input.get(&range);
        if text.starts_with("<!--") {
            self.comments.push(range);
            return;
        }
        let Some(tag) = tags::tag(text) else {
            self.verbatim(range);
            return;
        };
        match tag.effect {
            Effect::Break => self.line_break(LineBreak::Hard, range),
            Effect::Block if !tag.closing && !self.flat.text.is_empty() => self.line_break(LineBreak::Hard, range),
            effect @ (Effect::Strong | Effect::Code | Effect::Struck) if tag.closing => self.close_tag(effect),
            effect @ (Effect::Strong | Effect::Code | Effect::Struck) => self.tags.push((effect, self.flat.text.len())),
            _ => {}
        }
    }

    /// Opens a style where the text ends so far; `end_style` closes it.
    pub fn begin_style(&mut self, effect: Effect) {
        self.marks.push((effect, self.flat.text.len()));
    }

    /// Closes the style opened last.
    pub fn end_style(&mut self) {
        if let Some((effect, start)) = self.marks.pop() {
            self.style(effect, start);
        }
    }

    /// Adds the text at `range` as bold.
    pub fn strong(&mut self, range: Range<usize>) {
        self.begin_style(Effect::Strong);
        self.verbatim(range);
        self.end_style();
    }

    /// Adds the text at `range` as code.
    pub fn code(&mut self, range: Range<usize>) {
        self.begin_style(Effect::Code);
        self.verbatim(range);
        self.end_style();
    }

    /// Adds the text at `shown` as a link or image to `target`; `source` is the whole of it.
    pub fn link_over(&mut self, shown: Range<usize>, target: &str, source: Range<usize>, image: bool) {
        let open = OpenLink { image, ..self.link(target, source) };
        self.links.push(open);
        self.verbatim(shown);
        self.close_link();
    }

    /// The text without white space at its ends, and its comments; `place` is where it would stand if it is empty.
    pub fn finish(mut self, place: usize) -> (FlatText, Vec<Range<usize>>) {
        if self.flat.pieces.is_empty() {
            self.flat.pieces.push(Piece { at: 0, len: 0, source: place..place, verbatim: true });
        }
        merge(&mut self.flat.strong);
        merge(&mut self.flat.code);
        merge(&mut self.flat.struck);
        self.flat.links.sort_by_key(|link| (link.text.start, link.source.start));
        let text = self.flat.text.as_str();
        let start = text.len() - text.trim_start().len();
        let shown = start..start + text.trim().len();
        let flat = if shown.len() < text.len() { self.flat.slice(shown) } else { self.flat };
        (flat, self.comments)
    }

    fn push_verbatim(&mut self, range: Range<usize>) {
        let text = self.input.get(&range);
        if text.is_empty() {
            return;
        }
        let at = self.flat.text.len();
        self.flat.text.push_str(text);
        match self.flat.pieces.last_mut() {
            Some(last) if last.verbatim && last.source.end == range.start => {
                last.len += text.len();
                last.source.end = range.end;
            }
            _ => self.flat.pieces.push(Piece { at, len: text.len(), source: range, verbatim: true }),
        }
    }

    fn code_span(&mut self, text: &str, range: Range<usize>) {
        let start = self.flat.text.len();
        let raw = self.input.get(&range);
        let ticks = raw.bytes().take_while(|b| *b == b'`').count();
        // One blank on each side may be there only to keep backticks apart.
        let found = [ticks, ticks + 1]
            .map(|skip| range.start + skip..range.end.saturating_sub(skip).max(range.start + skip))
            .into_iter()
            .find(|inner| self.input.get(inner) == text);
        match found {
            Some(inner) => self.verbatim(inner),
            None => self.instead(text, range),
        }
        self.style(Effect::Code, start);
    }

    fn style(&mut self, effect: Effect, start: usize) {
        let range = start..self.flat.text.len();
        if range.is_empty() {
            return;
        }
        match effect {
            Effect::Strong => self.flat.strong.push(range),
            Effect::Code => self.flat.code.push(range),
            Effect::Struck => self.flat.struck.push(range),
            _ => {}
        }
    }

    fn close_tag(&mut self, effect: Effect) {
        if self.tags.last().is_some_and(|(open, _)| *open == effect)
            && let Some((effect, start)) = self.tags.pop()
        {
            self.style(effect, start);
        }
    }

    fn link(&self, target: &str, source: Range<usize>) -> OpenLink {
        OpenLink { at: self.flat.text.len(), target: target.to_string(), source, image: false }
    }

    fn close_link(&mut self) {
        let Some(open) = self.links.pop() else { return };
        // An image in the alternative text of an image is never shown.
        if self.links.iter().rev().take(2).any(|outer| outer.image) {
            return;
        }
        let text = open.at..self.flat.text.len();
        self.flat.links.push(Link { text, target: open.target, source: open.source, image: open.image });
    }
}

/// Sorts ranges and joins those that overlap.
fn merge(ranges: &mut Vec<Range<usize>>) {
    ranges.sort_by_key(|range| (range.start, range.end));
    ranges.dedup_by(|next, last| {
        let overlap = next.start < last.end;
        if overlap {
            last.end = last.end.max(next.end);
        }
        overlap
    });
}

#[cfg(test)]
mod tests {
    use super::super::{BlockKind, parse};
    use super::*;
    use crate::source::MojibakeTable;

    fn flat(text: &str) -> FlatText {
        let document = parse(SourceId(0), text, None);
        let Some(BlockKind::Paragraph(flat)) = document.blocks.into_iter().next().map(|block| block.kind) else {
            panic!("{text} is a paragraph")
        };
        flat
    }

    fn words<'a>(flat: &'a FlatText, ranges: &[Range<usize>]) -> Vec<&'a str> {
        ranges.iter().map(|range| &flat.text[range.clone()]).collect()
    }

    #[test]
    fn marks_go_and_their_ranges_stay() {
        let found = flat("**a** `b` ~~c~~ *d*");
        assert_eq!(found.text, "a b c d");
        assert_eq!(words(&found, &found.strong), ["a"]);
        assert_eq!(words(&found, &found.code), ["b"]);
        assert_eq!(words(&found, &found.struck), ["c"]);
    }

    #[test]
    fn tags_go_and_do_what_marks_do() {
        let found = flat("x <b>a</b> <code>b</code> <span>c</span> List<String> <init>");
        assert_eq!(found.text, "x a b c List<String> <init>");
        assert_eq!(words(&found, &found.strong), ["a"]);
        assert_eq!(words(&found, &found.code), ["b"]);
    }

    #[test]
    fn escapes_and_references_are_decoded_over_their_source() {
        let found = flat("a\\_b &lt;init&gt;");
        assert_eq!(found.text, "a_b <init>");
        assert_eq!(found.span(1..2).range(), 2..3);
        assert_eq!(found.span(4..5).range(), 5..9);
        assert_eq!(found.span(0..found.text.len()).range(), 0..17);
    }

    #[test]
    fn a_code_span_maps_to_what_stands_between_the_backticks() {
        assert_eq!(flat("`` a`b ``").span(0..3).range(), 3..6);
        assert_eq!(flat("`a`").span(0..1).range(), 1..2);
    }

    #[test]
    fn line_breaks_of_all_kinds_are_line_feeds() {
        let found = flat("a  \r\nb\r\nc<br/>\nd\\\ne");
        assert_eq!(found.text, "a\nb\nc\nd\ne");
        assert_eq!(found.hard_breaks, [1, 5, 7]);
    }

    #[test]
    fn links_and_images_keep_text_and_target() {
        let found = flat("see [the *log*](./a.log), <https://a.example> and ![chart](c.png)");
        assert_eq!(found.text, "see the log, https://a.example and chart");
        let links: Vec<_> =
            found.links.iter().map(|l| (&found.text[l.text.clone()], l.target.as_str(), l.image)).collect();
        let wanted = [
            ("the log", "./a.log", false),
            ("https://a.example", "https://a.example", false),
            ("chart", "c.png", true),
        ];
        assert_eq!(links, wanted);
        assert_eq!(found.links[0].source, 4..24);
    }

    #[test]
    fn a_comment_never_reaches_the_text() {
        assert_eq!(flat("a <!-- hidden --> b").text, "a  b");
        assert_eq!(flat("a <!-- hidden -->").text, "a");
    }

    #[test]
    fn garbled_runs_are_repaired_over_their_source() {
        let garbling = Garbling { table: MojibakeTable::Windows1252, count: 1 };
        let document = parse(SourceId(0), "a Ã© b", Some(garbling));
        let BlockKind::Paragraph(found) = &document.blocks[0].kind else { panic!("a paragraph") };
        assert_eq!(found.text, "a é b");
        assert_eq!(found.span(2..4).range(), 2..6);
        assert!(!found.pieces[1].verbatim);
    }
}
