//! Reads the events of the Markdown parser: a small state machine that hands finished blocks on.
//!
//! What the events leave out (cells past the last column, lines taken for link definitions) is read from the source.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::span::Span;

use super::blocks::Blocks;
use super::code::OpenCode;
use super::definitions::text_in_definitions;
use super::document::{BlockKind, Document};
use super::inline::{FlatBuilder, Input};
use super::table::OpenTable;
use super::wiki::Stretch;
use super::wiki_blocks::WikiBlocks;
use super::wiki_inline::inline;

const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_GFM);

/// Reads stretches of a text into blocks.
pub(super) struct Reader<'a> {
    blocks: Blocks<'a>,
    /// What the Markdown parser sees: the text, byte for byte at the same offsets.
    view: &'a str,
    inline: Option<OpenInline<'a>>,
    code: Option<OpenCode>,
    table: Option<OpenTable>,
    /// The lines of an HTML block.
    html: Option<Vec<Range<usize>>>,
    wiki: WikiBlocks,
}

struct OpenInline<'a> {
    builder: FlatBuilder<'a>,
    range: Range<usize>,
    holder: Holder,
}

/// What inline text belongs to.
#[derive(Clone, Copy)]
enum Holder {
    /// A paragraph or an item.
    Text,
    Heading(u8),
    Cell,
}

impl<'a> Reader<'a> {
    /// Reads the text of `input`; `view` is the same with line ends that the parser knows.
    pub fn new(input: Input<'a>, view: &'a str, document: Document) -> Self {
        let blocks = Blocks::new(input, document);
        Reader { blocks, view, inline: None, code: None, table: None, html: None, wiki: WikiBlocks::default() }
    }

    /// The document.
    pub fn finish(self) -> Document {
        self.blocks.finish()
    }

    /// Reads a stretch behind those before it.
    pub fn stretch(&mut self, stretch: Stretch) {
        if matches!(
            stretch,
            Stretch::Markdown(_) | Stretch::Heading { .. } | Stretch::Underlined { .. } | Stretch::Quote { .. }
        ) {
            self.wiki.close(&mut self.blocks);
        }
        match stretch {
            Stretch::Markdown(range) => self.markdown(range),
            Stretch::Wiki(range) => self.wiki.read(&mut self.blocks, range),
            Stretch::Plain(range) => self.plain(range),
            Stretch::Heading { level, range, text } => {
                let builder = self.wiki_text(text);
                self.blocks.heading(level, builder, range);
            }
            Stretch::Underlined { level, range, text } => {
                let builder = self.inline_text(text);
                self.blocks.heading(level, builder, range);
            }
            Stretch::Quote { range, text } => {
                let builder = self.wiki_text(text);
                self.blocks.open_quote();
                self.blocks.paragraph(builder, range);
                self.blocks.close_quote();
            }
            Stretch::Code { range, language, lines } => {
                let source = self.blocks.input.source;
                let lines = lines.into_iter().map(|line| Span::new(source, line)).collect();
                self.blocks.add(BlockKind::Code { language, lines, unclosed: false }, range);
            }
        }
    }

    fn markdown(&mut self, stretch: Range<usize>) {
        let mut nesting = 0_usize;
        let mut read = stretch.start;
        for (event, range) in Parser::new_ext(&self.view[stretch.clone()], OPTIONS).into_offset_iter() {
            let range = stretch.start + range.start..stretch.start + range.end;
            if nesting == 0 {
                self.unread(read..range.start);
                read = read.max(range.end);
            }
            match event {
                Event::Start(_) => nesting += 1,
                Event::End(_) => nesting = nesting.saturating_sub(1),
                _ => {}
            }
            self.event(event, range);
        }
        self.unread(read..stretch.end);
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) if !is_inline(&tag.to_end()) => self.start(tag, range),
            Event::End(tag) if !is_inline(&tag) => self.end(tag, range),
            Event::Rule => {
                self.begin_block();
                self.blocks.add(BlockKind::Rule, range);
            }
            Event::TaskListMarker(done) => self.blocks.task(done),
            event => self.content(&event, range),
        }
    }

    fn content(&mut self, event: &Event<'_>, range: Range<usize>) {
        if let Some(code) = &mut self.code {
            code.run(self.blocks.input, range);
        } else if let Some(runs) = &mut self.html {
            runs.push(range);
        } else {
            // The text of an item of a tight list comes without a paragraph around it.
            let input = self.blocks.input;
            let open = self.inline.get_or_insert_with(|| OpenInline::new(input, range.clone(), Holder::Text));
            open.range.end = open.range.end.max(range.end);
            open.builder.event(event, range);
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        let input = self.blocks.input;
        match tag {
            Tag::Paragraph => {
                self.close_inline();
                self.inline = Some(OpenInline::new(input, range, Holder::Text));
                return;
            }
            Tag::HtmlBlock => {
                self.close_inline();
                self.html = Some(Vec::new());
                return;
            }
            Tag::TableCell => {
                self.inline = Some(OpenInline::new(input, range, Holder::Cell));
                return;
            }
            _ => self.begin_block(),
        }
        match tag {
            Tag::Heading { level, .. } => {
                self.inline = Some(OpenInline::new(input, range, Holder::Heading(level as u8)));
            }
            Tag::BlockQuote(_) => self.blocks.open_quote(),
            Tag::CodeBlock(CodeBlockKind::Indented) => self.code = Some(OpenCode::new(input, range.start, None)),
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => {
                self.code = Some(OpenCode::new(input, range.start, Some(&info)));
            }
            Tag::List(first) => self.blocks.open_list(first),
            Tag::Item => self.blocks.open_item(range.start),
            Tag::Table(_) => self.table = Some(OpenTable::default()),
            Tag::TableHead | Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.start_row(range);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Paragraph | TagEnd::Heading(_) => self.close_inline(),
            TagEnd::BlockQuote(_) => self.blocks.close_quote(),
            TagEnd::CodeBlock => {
                if let Some(code) = self.code.take() {
                    let (language, lines, unclosed) = code.finish(self.blocks.input, range.end);
                    self.blocks.add(BlockKind::Code { language, lines, unclosed }, range);
                }
            }
            TagEnd::HtmlBlock => {
                if let Some(runs) = self.html.take() {
                    self.blocks.html(runs, range);
                }
            }
            TagEnd::List(_) => {
                self.begin_block();
                self.blocks.close_list();
            }
            TagEnd::Item => self.begin_block(),
            TagEnd::TableCell => self.close_cell(),
            TagEnd::TableHead | TagEnd::TableRow => self.close_row(tag),
            TagEnd::Table => {
                if let Some(mut table) = self.table.take() {
                    let comments = std::mem::take(&mut table.comments);
                    self.blocks.add(table.finish(), range);
                    self.blocks.comments(comments);
                }
            }
            _ => {}
        }
    }

    /// Closes the text before a block that is none itself.
    fn begin_block(&mut self) {
        self.close_inline();
        self.blocks.flush_item();
    }

    fn close_inline(&mut self) {
        let Some(OpenInline { builder, range, holder }) = self.inline.take() else { return };
        match holder {
            Holder::Heading(level) => match self.underline(&range).filter(|_| !is_title(&builder)) {
                Some(underline) => {
                    self.blocks.paragraph(builder, range.start..underline.start);
                    self.blocks.add(BlockKind::Rule, underline);
                }
                None => self.blocks.heading(level, builder, range),
            },
            Holder::Text | Holder::Cell => self.blocks.paragraph(builder, range),
        }
    }

    /// The line of dashes that makes the text above it a heading.
    fn underline(&self, heading: &Range<usize>) -> Option<Range<usize>> {
        let text = self.blocks.input.get(heading).trim_end();
        let dashes = text.trim_end_matches('-').len();
        let atx = text.starts_with('#');
        (!atx && dashes < text.len()).then_some(heading.start + dashes..heading.start + text.len())
    }

    fn close_cell(&mut self) {
        let Some(OpenInline { builder, range, .. }) = self.inline.take() else { return };
        let (text, comments) = builder.finish(range.start);
        if let Some(table) = &mut self.table {
            table.comments.extend(comments);
            table.cell(self.blocks.input, range, text);
        }
    }

    fn close_row(&mut self, tag: TagEnd) {
        let Some(mut table) = self.table.take() else { return };
        if tag == TagEnd::TableHead {
            table.end_header();
        } else {
            for range in table.surplus(self.blocks.input) {
                let (text, comments) = self.inline_text(range.clone()).finish(range.start);
                table.comments.extend(comments);
                table.cell(self.blocks.input, range, text);
            }
            table.end_row();
        }
        self.table = Some(table);
    }

    /// The inline text at `range`, which stands outside what the parser takes for text; markup of blocks in it is text.
    fn inline_text(&self, range: Range<usize>) -> FlatBuilder<'a> {
        let input = self.blocks.input;
        let mut builder = FlatBuilder::new(input);
        for (event, at) in Parser::new_ext(&self.view[range.clone()], OPTIONS).into_offset_iter() {
            match event {
                Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => continue,
                Event::Start(ref tag) if is_inline(&tag.to_end()) => {}
                Event::Start(_) | Event::Rule => {
                    builder = FlatBuilder::new(input);
                    builder.verbatim(range);
                    return builder;
                }
                _ => {}
            }
            builder.event(&event, range.start + at.start..range.start + at.end);
        }
        builder
    }

    /// The words of a wiki heading or quote, which people write with the marks of either markup.
    fn wiki_text(&self, range: Range<usize>) -> FlatBuilder<'a> {
        let input = self.blocks.input;
        let words = input.get(&range);
        if !["{{", "{color", "{*}", "|"].iter().any(|sign| words.contains(sign)) {
            return self.inline_text(range);
        }
        let mut builder = FlatBuilder::new(input);
        inline(&mut builder, input, range);
        builder
    }

    /// Keeps lines between blocks that the parser took for link definitions but that are none.
    fn unread(&mut self, range: Range<usize>) {
        for line in text_in_definitions(self.blocks.input, range) {
            self.plain(line);
        }
    }

    fn plain(&mut self, range: Range<usize>) {
        let mut builder = FlatBuilder::new(self.blocks.input);
        builder.verbatim(range.clone());
        self.blocks.paragraph(builder, range);
    }
}

impl<'a> OpenInline<'a> {
    fn new(input: Input<'a>, range: Range<usize>, holder: Holder) -> Self {
        OpenInline { builder: FlatBuilder::new(input), range, holder }
    }
}

/// Whether text above a line of dashes is a title: one line that is not a label with its value. People put dashes under
/// a block of status lines without knowing that this makes it a heading.
fn is_title(builder: &FlatBuilder<'_>) -> bool {
    let flat = builder.flat();
    let strong = flat.strong.first().filter(|strong| strong.start == 0 && strong.end < flat.text.len());
    let label = strong.is_some_and(|strong| {
        flat.text[strong.clone()].trim_end().ends_with(':') || flat.text[strong.end..].starts_with(':')
    });
    !flat.text.contains('\n') && !label
}

fn is_inline(tag: &TagEnd) -> bool {
    matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use crate::span::SourceId;

    fn kinds(text: &str) -> Vec<&'static str> {
        let kind = |kind: &BlockKind| match kind {
            BlockKind::Heading { .. } => "heading",
            BlockKind::Paragraph(_) => "paragraph",
            BlockKind::Item { .. } => "item",
            BlockKind::Code { .. } => "code",
            BlockKind::Table { .. } => "table",
            BlockKind::Html => "html",
            BlockKind::Comment => "comment",
            BlockKind::Rule => "rule",
        };
        parse(SourceId(0), text, None).blocks.iter().map(|block| kind(&block.kind)).collect()
    }

    #[test]
    fn dashes_under_one_line_make_a_heading() {
        assert_eq!(kinds("Title\n---\n"), ["heading"]);
    }

    #[test]
    fn dashes_under_status_lines_are_a_rule() {
        assert_eq!(kinds("**Owner**: me\n**Date**: today\n---\n"), ["paragraph", "rule"]);
        assert_eq!(kinds("**Owner:** me\n---\n"), ["paragraph", "rule"]);
        assert_eq!(kinds("> a\n> b\n> ---\n"), ["paragraph", "rule"]);
    }

    #[test]
    fn wiki_markup_gives_the_same_blocks() {
        assert_eq!(
            kinds("h2. *Steps*\n* one\n{code}\nx\n{code}\nbq. said\n"),
            ["heading", "item", "code", "paragraph"]
        );
    }

    #[test]
    fn the_inline_markup_of_a_wiki_title_is_read() {
        let document = parse(SourceId(0), "h1. a **b** &amp;\nh1. 1. c\n", None);
        assert_eq!([&document.sections[1].title.text, &document.sections[2].title.text], ["a b &", "1. c"]);
    }

    #[test]
    fn a_comment_in_a_table_follows_the_table() {
        assert_eq!(kinds("|a|\n|-|\n|x <!-- c --> |\n"), ["table", "comment"]);
    }

    #[test]
    fn a_footnote_is_a_paragraph() {
        assert_eq!(kinds("a[^1]\n\n[^1]: b\n"), ["paragraph", "paragraph"]);
    }
}
