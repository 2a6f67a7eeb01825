//! Pairs in tables, in documents and in fences: rows of a table with an expected and an actual column.

use std::ops::Range;
use std::sync::LazyLock;

use crate::extract::pattern::pattern;
use crate::pattern::Pattern;
use crate::span::Line;

/// Most columns that are looked at.
const COLUMNS: usize = 24;

static EXPECTED: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\bexpected\b|\bshould(?: be)?\b|^want(?:ed)?$|期待|预期|期望|应为"));

static ACTUAL: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:actual|observed|reported|got|returned|received|found)\b|^(?:is|was|result)$|実際|实际|得到")
});

/// The two columns of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    expected: usize,
    actual: usize,
}

/// The columns of the two sides where `line` is the head of such a table.
pub(super) fn columns(line: &str) -> Option<Columns> {
    let cells = cells(line);
    if cells.len() < 2 {
        return None;
    }
    let text = |index: usize| line[cells[index].clone()].trim_matches(['*', '`', ' ']);
    let last = |index: usize| text(index).split_whitespace().last().unwrap_or_default().to_lowercase();
    let expected = (0..cells.len()).find(|index| EXPECTED.is_match(text(*index)))?;
    let is_actual = |index: &usize| *index != expected && ACTUAL.is_match(text(*index));
    // "Actual delta | Expected class | Reported class": the side that names the same thing.
    let named = (0..cells.len()).filter(is_actual).find(|index| last(*index) == last(expected));
    let actual = named.or_else(|| (0..cells.len()).find(is_actual))?;
    Some(Columns { expected, actual })
}

/// The two sides of a row; `None` once within it stands no row of the table.
pub(super) fn row(line: Line<'_>, columns: Columns) -> Option<Option<(Range<usize>, Range<usize>)>> {
    let cells = cells(line.text);
    if cells.len() < 2 {
        return None;
    }
    let (Some(expected), Some(actual)) = (cells.get(columns.expected), cells.get(columns.actual)) else {
        return Some(None);
    };
    let blank = |range: &Range<usize>| line.text[range.clone()].chars().all(|c| matches!(c, '-' | ':' | '+' | '='));
    let whole = |range: &Range<usize>| line.start + range.start..line.start + range.end;
    Some((!blank(expected) && !blank(actual)).then(|| (whole(expected), whole(actual))))
}

/// The cells of a line as trimmed ranges; none where it has no bar.
fn cells(line: &str) -> Vec<Range<usize>> {
    if !line.contains('|') {
        return Vec::new();
    }
    let shift = line.len() - line.trim_start_matches([' ', '\t', '>']).len();
    let inner = line[shift..].trim_end();
    let (from, inner) = inner.strip_prefix('|').map_or((shift, inner), |rest| (shift + 1, rest));
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let mut cells = Vec::new();
    let (mut start, mut escaped) = (0, false);
    let mut push = |range: Range<usize>| {
        let cell = &inner[range.clone()];
        let at = from + range.start + (cell.len() - cell.trim_start().len());
        cells.push(at..at + cell.trim().len());
    };
    for (at, c) in inner.char_indices() {
        if c == '|' && !escaped {
            push(start..at);
            start = at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    push(start..inner.len());
    cells.truncate(COLUMNS);
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_actual_column_is_the_one_of_the_same_thing() {
        let head = "| Case | Actual delta | Expected class | Reported class |";
        assert_eq!(columns(head), Some(Columns { expected: 2, actual: 3 }));
    }

    #[test]
    fn a_table_of_test_cases_without_an_actual_has_no_pairs() {
        assert_eq!(columns("| Input | Expected | Validates |"), None);
        assert_eq!(columns("Expected and actual differ"), None);
    }

    #[test]
    fn rows_give_both_cells_and_rulers_none() {
        let columns = columns("Case | Expected | Actual").unwrap();
        let read = |text| row(Line { text, start: 10 }, columns);
        assert_eq!(read("a | 1 | 22"), Some(Some((14..15, 18..20))));
        assert_eq!(read("--|---|---"), Some(None));
        assert_eq!(read("a | 1 |"), Some(None));
        assert_eq!(read("the end"), None);
    }
}
