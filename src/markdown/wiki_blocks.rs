//! Reads the blocks of wiki markup line by line: lists, tables, `{quote}`, `{panel}`, rules and paragraphs.
//!
//! Headings, `bq. ` and code blocks are cut out before, in `wiki`; what stands within a line is read by `wiki_inline`.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pattern::Pattern;
use crate::span::{Line, Span, lines};

use super::blocks::Blocks;
use super::document::{BlockKind, Cell};
use super::inline::{FlatBuilder, LineBreak};
use super::table::trimmed;
use super::wiki_inline::{cells, inline};

/// Deepest list: what is marked deeper is an item of this depth.
const DEPTH: usize = 16;

/// Longest title of a panel, in bytes.
const TITLE_BYTES: usize = 200;

/// What is open between two lines, and between two stretches of one wiki text.
#[derive(Default)]
pub(super) struct WikiBlocks {
    /// Lists around, outermost first, by their marks.
    lists: Vec<u8>,
    /// Whether a `{quote}` is open.
    quoted: bool,
    open: Open,
}

#[derive(Default)]
enum Open {
    #[default]
    Nothing,
    /// A paragraph or item: its lines, and where the item's mark begins.
    Text { lines: Vec<Range<usize>>, item: Option<usize> },
    /// Rows of a table.
    Table(Vec<Range<usize>>),
    /// Lines indented like code.
    Code(Vec<Range<usize>>),
}

static ITEM: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"^[ \t]*(?:([#*-]{1,32})|(\d{1,3})[.)])[ \t]+(\S.*)$"));
static MACRO: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"\{quote\}|\{panel(?::([^}\r\n]*))?\}"));

impl WikiBlocks {
    /// Reads the lines in `range`.
    pub fn read(&mut self, blocks: &mut Blocks<'_>, range: Range<usize>) {
        let text = blocks.input.text;
        for line in lines(&text[range.clone()]) {
            let line = Line { text: line.text, start: range.start + line.start };
            if line.text.contains("{quote}") || line.text.contains("{panel") {
                self.with_macros(blocks, line);
            } else {
                self.line(blocks, line);
            }
        }
        self.flush(blocks);
    }

    /// Ends lists and quotes: what follows is a heading, or no wiki text.
    pub fn close(&mut self, blocks: &mut Blocks<'_>) {
        self.close_lists(blocks, 0);
        if self.quoted {
            blocks.close_quote();
            self.quoted = false;
        }
    }

    fn with_macros(&mut self, blocks: &mut Blocks<'_>, line: Line<'_>) {
        let mut from = line.start;
        for found in MACRO.captures_iter(line.text) {
            let Some(whole) = found.get(0) else { continue };
            self.part(blocks, from..line.start + whole.start());
            from = line.start + whole.end();
            if whole.as_str() == "{quote}" {
                self.flush(blocks);
                self.quote(blocks, from);
            } else {
                self.flush(blocks);
                self.close_lists(blocks, 0);
                let title = found.get(1).and_then(|parameters| title(parameters.as_str()));
                if let Some(title) = title {
                    let start = line.start + found.get(1).map_or(0, |parameters| parameters.start());
                    let mut builder = FlatBuilder::new(blocks.input);
                    builder.strong(start + title.start..start + title.end);
                    blocks.paragraph(builder, line.start + whole.start()..from);
                }
            }
        }
        self.part(blocks, from..line.end());
    }

    fn part(&mut self, blocks: &mut Blocks<'_>, range: Range<usize>) {
        let text = blocks.input.get(&range);
        if !text.trim().is_empty() {
            self.line(blocks, Line { text, start: range.start });
        }
    }

    /// A `{quote}` that ends at `at` opens a quote where another one closes it.
    fn quote(&mut self, blocks: &mut Blocks<'_>, at: usize) {
        self.close_lists(blocks, 0);
        if self.quoted {
            blocks.close_quote();
            self.quoted = false;
        } else if memchr::memmem::find(&blocks.input.text.as_bytes()[at..], b"{quote}").is_some() {
            blocks.open_quote();
            self.quoted = true;
        }
    }

    fn line(&mut self, blocks: &mut Blocks<'_>, line: Line<'_>) {
        let words = line.text.trim();
        if words.is_empty() {
            self.flush(blocks);
            return;
        }
        if words.len() >= 4 && words.bytes().all(|b| b == b'-') {
            self.flush(blocks);
            self.close(blocks);
            blocks.add(BlockKind::Rule, line.start..line.end());
            return;
        }
        let start = line.start + (line.text.len() - line.text.trim_start().len());
        let range = start..start + words.len();
        if words.starts_with('|') && words.len() > 1 {
            self.row(blocks, range);
            return;
        }
        if self.continues_code(line.text) {
            self.code_line(blocks, line.start..line.end());
            return;
        }
        match ITEM.captures(line.text) {
            Some(found) => {
                let marks = found.get(1).map_or("#", |marks| marks.as_str()).as_bytes();
                let number = found.get(2).and_then(|number| number.as_str().parse().ok());
                let content = found.get(3).map_or(start, |content| line.start + content.start());
                self.item(blocks, marks, number, start, content..range.end);
            }
            None => self.text(blocks, range),
        }
    }

    /// Indented lines below a blank line are code, and so are those behind them.
    fn continues_code(&self, line: &str) -> bool {
        let indented = line.starts_with("    ") || line.starts_with('\t');
        match self.open {
            Open::Nothing => indented && self.lists.is_empty() && !ITEM.is_match(line),
            Open::Code(_) => indented,
            _ => false,
        }
    }

    fn code_line(&mut self, blocks: &mut Blocks<'_>, range: Range<usize>) {
        if let Open::Code(lines) = &mut self.open {
            lines.push(range);
        } else {
            self.flush(blocks);
            self.open = Open::Code(vec![range]);
        }
    }

    fn row(&mut self, blocks: &mut Blocks<'_>, range: Range<usize>) {
        if let Open::Table(rows) = &mut self.open {
            rows.push(range);
        } else {
            self.flush(blocks);
            self.close_lists(blocks, 0);
            self.open = Open::Table(vec![range]);
        }
    }

    fn text(&mut self, blocks: &mut Blocks<'_>, range: Range<usize>) {
        if let Open::Text { lines, .. } = &mut self.open {
            lines.push(range);
            return;
        }
        self.flush(blocks);
        self.close_lists(blocks, 0);
        self.open = Open::Text { lines: vec![range], item: None };
    }

    fn item(
        &mut self,
        blocks: &mut Blocks<'_>,
        marks: &[u8],
        number: Option<u64>,
        start: usize,
        content: Range<usize>,
    ) {
        self.flush(blocks);
        let depth = marks.len().min(DEPTH);
        let kind = marks[depth - 1];
        self.close_lists(blocks, depth);
        if self.lists.len() == depth && self.lists.last() != Some(&kind) {
            self.close_lists(blocks, depth - 1);
        }
        while self.lists.len() < depth {
            let kind = marks[self.lists.len()];
            blocks.open_list((kind == b'#').then(|| number.unwrap_or(1)));
            self.lists.push(kind);
        }
        self.open = Open::Text { lines: vec![content], item: Some(start) };
    }

    fn close_lists(&mut self, blocks: &mut Blocks<'_>, depth: usize) {
        while self.lists.len() > depth {
            self.lists.pop();
            blocks.close_list();
        }
    }

    /// Hands on what is open.
    fn flush(&mut self, blocks: &mut Blocks<'_>) {
        match std::mem::take(&mut self.open) {
            Open::Nothing => {}
            Open::Text { lines, item } => paragraph(blocks, &lines, item),
            Open::Table(rows) => table(blocks, &rows),
            Open::Code(lines) => {
                let range = join(&lines);
                let lines = lines.into_iter().map(|line| Span::new(blocks.input.source, line)).collect();
                blocks.add(BlockKind::Code { language: String::new(), lines, unclosed: false }, range);
            }
        }
    }
}

fn paragraph(blocks: &mut Blocks<'_>, lines: &[Range<usize>], item: Option<usize>) {
    let mut builder = FlatBuilder::new(blocks.input);
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            builder.line_break(LineBreak::Soft, lines[at - 1].end..line.start);
        }
        inline(&mut builder, blocks.input, line.clone());
    }
    let range = join(lines);
    match item {
        Some(start) => {
            blocks.open_item(start);
            blocks.paragraph(builder, start..range.end);
        }
        None => blocks.paragraph(builder, range),
    }
}

/// A table, whose first row is its header, as in Markdown.
fn table(blocks: &mut Blocks<'_>, rows: &[Range<usize>]) {
    let input = blocks.input;
    let row = |range: &Range<usize>| {
        let cell = |range: Range<usize>| {
            let range = trimmed(input, range);
            let mut builder = FlatBuilder::new(input);
            inline(&mut builder, input, range.clone());
            let (text, _) = builder.finish(range.start);
            Cell { span: Span::new(input.source, range), text }
        };
        cells(input, range.clone()).into_iter().map(cell).collect::<Vec<_>>()
    };
    let header = rows.first().map(row).unwrap_or_default();
    let body = rows.iter().skip(1).map(row).collect();
    blocks.add(BlockKind::Table { header, rows: body }, join(rows));
}

/// The value of `title=` among the parameters of a panel.
fn title(parameters: &str) -> Option<Range<usize>> {
    let mut start = 0;
    for part in parameters.split('|') {
        if let Some(words) = part.strip_prefix("title=").filter(|words| words.len() <= TITLE_BYTES) {
            let start = start + "title=".len();
            return (!words.trim().is_empty()).then(|| start..start + words.len());
        }
        start += part.len() + 1;
    }
    None
}

fn join(ranges: &[Range<usize>]) -> Range<usize> {
    ranges.first().map_or(0, |first| first.start)..ranges.last().map_or(0, |last| last.end)
}

#[cfg(test)]
mod tests {
    use super::super::{Block, Marker, parse};
    use super::*;
    use crate::span::SourceId;

    /// Each block as its depth, a letter for its kind, and its text; every text stands below a wiki heading.
    fn shown(text: &str) -> Vec<String> {
        let text = format!("h2. T\n{text}");
        let document = parse(SourceId(0), &text, None);
        let cells = |row: &[Cell]| row.iter().map(|cell| cell.text.text.as_str()).collect::<Vec<_>>().join("/");
        let kind = |block: &Block| match &block.kind {
            BlockKind::Heading { level, text } => format!("H{level} {}", text.text),
            BlockKind::Paragraph(text) => format!("P {}", text.text),
            BlockKind::Item { marker: Marker::Ordered(number), text } => format!("{number}. {}", text.text),
            BlockKind::Item { text, .. } => format!("- {}", text.text),
            BlockKind::Code { lines, .. } => format!("C {}", lines.len()),
            BlockKind::Table { header, rows } => {
                format!("T {} {}", cells(header), rows.iter().map(|row| cells(row)).collect::<Vec<_>>().join(" "))
            }
            BlockKind::Html | BlockKind::Comment => "html".to_string(),
            BlockKind::Rule => "rule".to_string(),
        };
        let quote = |block: &Block| if block.quoted { ">" } else { "" };
        document.blocks[1..].iter().map(|block| format!("{}{}{}", block.depth, quote(block), kind(block))).collect()
    }

    #[test]
    fn a_hash_is_an_item_of_a_numbered_list() {
        assert_eq!(
            shown("Do this\n# a\n # b\n   more\n## c\n#* d\n# e\n"),
            ["0P Do this", "11. a", "12. b\nmore", "21. c", "2- d", "13. e"]
        );
    }

    #[test]
    fn a_list_goes_on_behind_a_blank_line_and_a_code_block() {
        assert_eq!(shown("# a\n{code}\nx\n{code}\n\n# b\nend\n\n# c"), ["11. a", "1C 1", "12. b\nend", "13. c"]);
        assert_eq!(shown("# a\n\nend\n\n# c"), ["11. a", "0P end", "11. c"]);
    }

    #[test]
    fn numbers_and_bullets_of_markdown_are_items_too() {
        assert_eq!(shown("1. a\n2. b\n\n- c\n* d\n"), ["11. a", "12. b", "1- c", "1- d"]);
    }

    #[test]
    fn bars_make_a_table_and_links_in_it_keep_theirs() {
        assert_eq!(shown("||a||b||\n|1|[x|http://y.example]|\n|2|\\||\ntext"), ["0T a/b 1/x 2/|", "0P text"]);
    }

    #[test]
    fn quotes_and_panels_are_taken_off_their_words() {
        assert_eq!(shown("{quote}\nIt *broke*.\n{quote}\nSo."), ["0>P It broke.", "0P So."]);
        assert_eq!(shown("{quote}said{quote}"), ["0>P said"]);
        assert_eq!(shown("{quote} is never closed"), ["0P is never closed"]);
        assert_eq!(
            shown("{panel:title=Workaround|borderStyle=solid}\nRestart.\n{panel}"),
            ["0P Workaround", "0P Restart."]
        );
    }

    #[test]
    fn a_quote_that_swallows_a_heading_ends_there() {
        assert_eq!(shown("{quote}\na\nh3. Next\nb\n{quote}"), ["0>P a", "0H3 Next", "0P b"]);
    }

    #[test]
    fn indented_lines_are_code_and_four_dashes_a_rule() {
        assert_eq!(shown("a\n\n    x\n    y\n\n----\nb"), ["0P a", "0C 2", "0rule", "0P b"]);
    }
}
