//! Tables: cells as they were written, also those that a row has too few or too many of.

use std::ops::Range;

use crate::span::Span;

use super::document::{BlockKind, Cell};
use super::flat::FlatText;
use super::inline::Input;

/// A table under construction.
#[derive(Default)]
pub(super) struct OpenTable {
    /// Comments in its cells.
    pub comments: Vec<Range<usize>>,
    header: Vec<Cell>,
    rows: Vec<Vec<Cell>>,
    row: Vec<Cell>,
    row_range: Range<usize>,
    /// One past the last cell of the row.
    row_end: usize,
}

impl OpenTable {
    /// Begins a row, be it the header or not.
    pub fn start_row(&mut self, range: Range<usize>) {
        self.row_range = range;
    }

    /// Ends the header.
    pub fn end_header(&mut self) {
        self.header = std::mem::take(&mut self.row);
    }

    /// Adds a cell to the row, unless it was not written but filled in.
    pub fn cell(&mut self, input: Input<'_>, range: Range<usize>, text: FlatText) {
        self.row_end = range.end;
        if !range.is_empty() || range.start < self.row_range.end {
            self.row.push(Cell { span: Span::new(input.source, trimmed(input, range)), text });
        }
    }

    /// The written cells past the last column, which have no heading.
    pub fn surplus(&self, input: Input<'_>) -> Vec<Range<usize>> {
        let last = self.row_end;
        let rest = input.get(&(last..self.row_range.end.max(last)));
        if self.row.len() < self.header.len() || rest.trim().len() < 2 {
            return Vec::new();
        }
        let lead = rest.len() - rest.trim_start().len();
        let inner = rest.trim();
        let start = last + lead + usize::from(inner.starts_with('|'));
        let inner = inner.strip_prefix('|').unwrap_or(inner);
        let inner = inner.strip_suffix('|').filter(|inner| !inner.ends_with('\\')).unwrap_or(inner);
        let mut cells = Vec::new();
        let mut from = 0;
        for (at, _) in inner.match_indices('|') {
            if !inner[..at].ends_with('\\') {
                cells.push(trimmed(input, start + from..start + at));
                from = at + 1;
            }
        }
        cells.push(trimmed(input, start + from..start + inner.len()));
        cells
    }

    /// Ends a row of the body.
    pub fn end_row(&mut self) {
        self.rows.push(std::mem::take(&mut self.row));
    }

    /// The table.
    pub fn finish(self) -> BlockKind {
        BlockKind::Table { header: self.header, rows: self.rows }
    }
}

/// `range` without white space at its ends.
pub(super) fn trimmed(input: Input<'_>, range: Range<usize>) -> Range<usize> {
    let text = input.get(&range);
    let start = range.start + (text.len() - text.trim_start().len());
    start..start + text.trim().len()
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use crate::span::SourceId;

    fn table(text: &str) -> Vec<Vec<String>> {
        let document = parse(SourceId(0), text, None);
        let mut found = Vec::new();
        for block in &document.blocks {
            if let BlockKind::Table { header, rows } = &block.kind {
                let words = |row: &Vec<Cell>| row.iter().map(|cell| cell.text.text.clone()).collect();
                found.push(words(header));
                found.extend(rows.iter().map(words));
            }
        }
        found
    }

    #[test]
    fn a_row_has_the_cells_that_were_written() {
        let found = table("| a | b |\n|---|---|\n| 1 |\n| 1 || \n| 1 | 2 | *3* | 4 |\n| 1 | 2\n");
        assert_eq!(found[1..], [vec!["1"], vec!["1", ""], vec!["1", "2", "3", "4"], vec!["1", "2"]]);
    }

    #[test]
    fn an_escaped_bar_is_text() {
        assert_eq!(table("|a|b|\n|-|-|\n|x \\| y|`p\\|q`|\n")[1], ["x | y", "p|q"]);
        assert_eq!(table("|a|\n|-|\n|1| x \\| y |\n")[1], ["1", "x | y"]);
    }

    #[test]
    fn the_span_of_a_cell_is_its_text_without_blanks() {
        let text = "| a |\n|---|\n|  x y |\n";
        let document = parse(SourceId(0), text, None);
        let BlockKind::Table { rows, .. } = &document.blocks[0].kind else { panic!("a table") };
        assert_eq!(&text[rows[0][0].span.range()], "x y");
    }

    #[test]
    fn a_line_break_in_a_cell_is_one_in_its_text() {
        assert_eq!(table("|a|\n|-|\n|x<br/>y|\n")[1], ["x\ny"]);
    }
}
