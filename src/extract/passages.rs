//! Cuts a document into passages and code blocks, each with its role, its basis and whether it is a placeholder.
//!
//! A label (`**Root cause:** …`, `Expected: …`) gives its role to what it stands before; a heading to its section.

use std::ops::Range;

use crate::case::Basis;
use crate::limits;
use crate::markdown::{Block, BlockKind, Cell, Document, FlatText, Piece};
use crate::span::Span;

use super::basis::basis_of;
use super::byline::{byline, is_speaker};
use super::code_blocks::{Recognised, content_of};
use super::headings::exact_role;
use super::labels::{labelled_parts, leading_label, trimmed};
use super::metadata_keys::metadata_key;
use super::placeholders::{find_placeholder, is_instruction};
use super::reading::{BlockContent, CodeBlock, Passage, PassageKind, SectionRole};
use super::scope::{Scope, is_example, may_override};
use super::times::is_date;

/// Passages and code blocks of one document; the other lists run beside them.
#[derive(Default)]
pub(super) struct Cut {
    /// Passages in source order.
    pub passages: Vec<Passage>,
    /// For each passage, whether it stands behind an `Example:` label.
    pub examples: Vec<bool>,
    /// Code blocks in source order.
    pub code_blocks: Vec<CodeBlock>,
    /// For each code block, whether it stands behind an `Example:` label.
    pub code_examples: Vec<bool>,
}

/// Cuts `document`, the `index`-th of the reading, whose source text is `text`.
pub(super) fn cut(
    text: &str,
    document: &Document,
    index: usize,
    roles: &[SectionRole],
    recognised: &Recognised<'_>,
) -> Cut {
    let mut cutter =
        Cutter { text, document, index, roles, out: Cut::default(), scope: Scope::default(), instruction: None };
    for block in 0..document.blocks.len() {
        cutter.block(block, recognised);
    }
    cutter.out
}

struct Cutter<'a> {
    text: &'a str,
    document: &'a Document,
    index: usize,
    roles: &'a [SectionRole],
    out: Cut,
    scope: Scope,
    /// The block looked at last, and whether it is an instruction: asked for each of its sentences.
    instruction: Option<(usize, bool)>,
}

impl Cutter<'_> {
    fn block(&mut self, at: usize, recognised: &Recognised<'_>) {
        let block = &self.document.blocks[at];
        let role = match block.kind {
            BlockKind::Heading { .. } | BlockKind::Rule => {
                self.scope = Scope::under(&block.kind);
                self.section_role(block)
            }
            BlockKind::Html | BlockKind::Comment => return,
            _ => self.enter(block),
        };
        match &block.kind {
            BlockKind::Heading { text, .. } => {
                self.passage(at, text, 0..text.text.len(), role, PassageKind::Heading);
            }
            BlockKind::Paragraph(text) => self.prose(at, text, role, PassageKind::Sentence),
            BlockKind::Item { text, .. } => self.prose(at, text, role, PassageKind::Item),
            BlockKind::Table { header, rows } => self.table(at, header, rows, role),
            BlockKind::Code { language, lines, .. } => self.code(at, language, lines, role, recognised),
            BlockKind::Html | BlockKind::Comment | BlockKind::Rule => {}
        }
    }

    fn section_role(&self, block: &Block) -> SectionRole {
        let role = self.roles.get(block.section).copied().unwrap_or_default();
        match (&block.kind, role) {
            (BlockKind::Heading { .. }, role) => role,
            // What stands right under the title says what the document is about.
            (_, SectionRole::Title) => SectionRole::Problem,
            (_, role) => role,
        }
    }

    /// The role of a block, from the label above it where that still reaches, else from its section.
    fn enter(&mut self, block: &Block) -> SectionRole {
        let section = self.section_role(block);
        self.scope.enter(block).unwrap_or(section)
    }

    fn prose(&mut self, at: usize, flat: &FlatText, role: SectionRole, kind: PassageKind) {
        let block = &self.document.blocks[at];
        let lines = flat.sentences().into_iter().flat_map(|range| split_at_labels(&flat.text, range));
        for (range, head) in lines.flat_map(|range| split_at_fields(flat, range)) {
            let range = trimmed(&flat.text, range);
            if range.is_empty() {
                continue;
            }
            let sentence = flat.slice(range.clone());
            let speaks = is_speaker(&sentence.text) && range.end < flat.text.trim_end().len();
            if kind == PassageKind::Sentence && (speaks || byline(&sentence.text).is_some()) {
                self.passage(at, flat, range, SectionRole::Metadata, kind);
                continue;
            }
            let Some(label) = leading_label(&sentence) else {
                self.passage(at, flat, range, role, kind);
                continue;
            };
            let words = &sentence.text[label.words.clone()];
            let given = self.scope.role_of(words, &label, role, block);
            let bare = label.rest >= sentence.text.len();
            if bare && (label.strong || given.is_some() || is_example(words)) {
                self.scope.open(given, is_example(words), block.depth);
            }
            let own = if head && !bare { SectionRole::Metadata } else { role };
            self.passage(at, flat, range, given.unwrap_or(own), kind);
        }
    }

    fn table(&mut self, at: usize, header: &[Cell], rows: &[Vec<Cell>], role: SectionRole) {
        let columns: Vec<Option<SectionRole>> = header.iter().map(|cell| exact_role(&cell.text.text)).collect();
        for cell in header {
            self.cell(at, &cell.text, role);
        }
        for row in rows {
            let by_row = row.first().filter(|_| row.len() == 2).and_then(|cell| exact_role(&cell.text.text));
            for (column, cell) in row.iter().enumerate() {
                let by_column = columns.get(column).copied().flatten().filter(|_| header.len() > 1);
                let own = by_column.or(by_row.filter(|_| column > 0));
                self.cell(at, &cell.text, own.filter(|own| may_override(*own, role)).unwrap_or(role));
            }
        }
    }

    fn cell(&mut self, at: usize, flat: &FlatText, role: SectionRole) {
        let range = trimmed(&flat.text, 0..flat.text.len());
        if !range.is_empty() {
            self.passage(at, flat, range, role, PassageKind::Cell);
        }
    }

    fn code(&mut self, at: usize, language: &str, lines: &[Span], role: SectionRole, recognised: &Recognised<'_>) {
        let content = content_of(self.text, lines, language, recognised);
        let shown = matches!(content, BlockContent::Log | BlockContent::Trace | BlockContent::Payload);
        let basis = match role {
            SectionRole::RuledOut => Basis::RuledOut,
            SectionRole::Suspicions | SectionRole::Questions if !shown => Basis::Suspected,
            _ => Basis::Observed,
        };
        self.out.code_blocks.push(CodeBlock {
            span: self.document.blocks[at].span,
            language: language.to_string(),
            lines: lines.to_vec(),
            document: self.index,
            role,
            basis,
            content,
        });
        self.out.code_examples.push(self.scope.is_example());
        if content != BlockContent::Text {
            return;
        }
        for line in lines {
            let flat = verbatim(self.text, *line);
            let range = trimmed(&flat.text, 0..flat.text.len());
            if range.is_empty() {
                continue;
            }
            let label = leading_label(&flat);
            let own =
                label.and_then(|label| exact_role(&flat.text[label.words])).filter(|own| may_override(*own, role));
            self.passage(at, &flat, range, own.unwrap_or(role), PassageKind::FenceLine);
        }
    }

    fn passage(&mut self, at: usize, flat: &FlatText, range: Range<usize>, role: SectionRole, kind: PassageKind) {
        let block = &self.document.blocks[at];
        let text = flat.slice(range.clone());
        let span = with_marks(self.text, flat.span(range));
        let basis = if is_struck(&text) { Basis::RuledOut } else { basis_of(&text.text, role) };
        let placeholder = kind != PassageKind::FenceLine && self.is_placeholder(at, &text, span, kind);
        self.out.passages.push(Passage {
            flat: text,
            span,
            document: self.index,
            block: at,
            section: block.section,
            role,
            kind,
            basis,
            placeholder,
        });
        self.out.examples.push(self.scope.is_example());
    }

    fn is_placeholder(&mut self, at: usize, flat: &FlatText, span: Span, kind: PassageKind) -> bool {
        let raw = &self.text[span.range()];
        let statement = statement_in(raw, flat);
        if find_placeholder(raw, statement).is_some_and(|found| found.whole) {
            return true;
        }
        // Instructions stand right under a heading; further down the same words are a statement.
        let first =
            at > 0 && matches!(self.document.blocks[at - 1].kind, BlockKind::Heading { .. } | BlockKind::Comment);
        if kind != PassageKind::Sentence || !first {
            return false;
        }
        let known = self.instruction.filter(|(block, _)| *block == at).map(|(_, answer)| answer);
        let answer = known.unwrap_or_else(|| is_instruction(&self.text[self.document.blocks[at].span.range()]));
        self.instruction = Some((at, answer));
        answer
    }
}

/// Where the statement behind the label stands in the source text of a passage.
pub(super) fn statement_in(raw: &str, flat: &FlatText) -> Range<usize> {
    let Some(label) = leading_label(flat).filter(|label| label.rest < flat.text.len()) else { return 0..raw.len() };
    let inside = |at: usize| flat.span(at..flat.text.len()).start.checked_sub(flat.span(0..flat.text.len()).start);
    match inside(label.rest) {
        Some(start) if raw.is_char_boundary(start) => start..raw.len(),
        _ => 0..raw.len(),
    }
}

/// Whether nearly all of a passage is struck through.
pub(super) fn is_struck(flat: &FlatText) -> bool {
    let struck: usize = flat.struck.iter().map(std::iter::ExactSizeIterator::len).sum();
    struck * 5 >= flat.text.len() * 4 && struck > 0
}

/// Cuts a sentence before each line that opens with a known label (`Expected: …` under another line), and around bylines.
fn split_at_labels(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = range.start;
    for (at, _) in text[range.clone()].match_indices('\n') {
        let next = range.start + at + 1;
        let line = text[next..range.end].lines().next().unwrap_or_default();
        let key = line.split([':', '：']).next().filter(|key| key.len() < line.len() && key.len() <= 40);
        let labelled = key.is_some_and(|key| exact_role(key).is_some() || metadata_key(key).is_some());
        let above = text[range.start..range.start + at].lines().next_back().unwrap_or_default();
        let signed = |line: &str| byline(line).is_some() || is_speaker(line) || is_date(line);
        if labelled || signed(line) || signed(above) {
            parts.push(start..next);
            start = next;
        }
    }
    parts.push(start..range.end);
    parts
}

/// Cuts a line of several metadata labels (`**Fired:** 09:14 **Route:** storage`) before each of them, and says of each
/// part whether it is of such a line.
fn split_at_fields(flat: &FlatText, range: Range<usize>) -> Vec<(Range<usize>, bool)> {
    let mut parts: Vec<(Range<usize>, bool)> = Vec::new();
    let mut start = range.start;
    for line in flat.text[range.clone()].split_inclusive('\n') {
        let end = start + line.len();
        let labelled = labelled_parts(flat, start..end);
        let known = |part: &Range<usize>| {
            let part = flat.slice(part.clone());
            leading_label(&part).is_some_and(|label| label.strong && metadata_key(&part.text[label.words]).is_some())
        };
        if labelled.len() > 1 && labelled.iter().any(known) {
            parts.extend(labelled.into_iter().map(|part| (part, true)));
        } else {
            match parts.last_mut().filter(|(_, head)| !head) {
                Some((last, _)) => last.end = end,
                None => parts.push((start..end, false)),
            }
        }
        start = end;
    }
    parts
}

/// A line of a fence as flat text.
fn verbatim(text: &str, line: Span) -> FlatText {
    let words = &text[line.range()];
    let mut end = words.len().min(limits::LINE_BYTES);
    while !words.is_char_boundary(end) {
        end -= 1;
    }
    let words = &words[..end];
    let piece = Piece { at: 0, len: end, source: line.start..line.start + end, verbatim: true };
    FlatText { source: line.source, text: words.to_string(), pieces: vec![piece], ..FlatText::default() }
}

/// A span widened over the emphasis and code marks right at its ends, so that a quote holds both marks of a pair or none.
pub(super) fn with_marks(text: &str, span: Span) -> Span {
    let is_mark = |byte: &u8| matches!(byte, b'*' | b'_' | b'`' | b'~');
    let words = &text[span.range()];
    let (opens, closes) = (!words.starts_with(char::is_whitespace), !words.ends_with(char::is_whitespace));
    let before = text.as_bytes()[..span.start].iter().rev().take_while(|byte| opens && is_mark(byte)).count();
    let after = text.as_bytes()[span.end..].iter().take_while(|byte| closes && is_mark(byte)).count();
    let braces = |marks: &[&'static str], fits: &dyn Fn(&str) -> bool| {
        marks.iter().find(|mark| fits(mark)).map_or(0, |mark| mark.len())
    };
    // The code marks of wiki markup: one brace is a character of the text.
    let (head, tail) = (&text[..span.start - before], &text[span.end + after..]);
    let before = before + braces(&["{{{}", "{{"], &|mark| opens && head.ends_with(mark));
    let after = after + braces(&["{}}}", "}}"], &|mark| closes && tail.starts_with(mark));
    Span::new(span.source, span.start - before..span.end + after)
}

#[cfg(test)]
mod tests {
    use crate::case::Basis;
    use crate::extract::testing::extraction;
    use crate::extract::{BlockContent, PassageKind, SectionRole};

    /// Text, role and basis of the passages that are no headings.
    fn cut(text: &str) -> Vec<(String, SectionRole, Basis)> {
        let passages = extraction(text).reading.passages;
        let prose = passages.into_iter().filter(|passage| passage.kind != PassageKind::Heading);
        prose.map(|passage| (passage.flat.text, passage.role, passage.basis)).collect()
    }

    fn roles(text: &str) -> Vec<SectionRole> {
        cut(text).into_iter().map(|(_, role, _)| role).collect()
    }

    #[test]
    fn sections_without_words_of_their_own_take_their_parents_role() {
        let text = "# T\n\n## Symptoms\n\n### On phones\n\nLogged out.\n\n## Other things\n\nNothing.\n";
        assert_eq!(roles(text), [SectionRole::Symptoms, SectionRole::Other]);
    }

    #[test]
    fn a_bold_label_gives_its_role_to_the_list_under_it_and_no_further() {
        let text = "# T\n\n**Root cause:**\n\n- no lock\n- two writers\n\nThe end.\n";
        use SectionRole::{Cause, Problem};
        assert_eq!(roles(text), [Cause, Cause, Cause, Problem]);
    }

    #[test]
    fn a_label_on_an_item_reaches_what_is_nested_in_it() {
        let text = "# T\n\n## Notes\n\n- **Evidence against:**\n  - the disk is empty\n- the next item\n";
        let found = cut(text);
        assert_eq!(found[1].2, Basis::RuledOut);
        assert_eq!((found[2].1, found[2].2), (SectionRole::Investigation, Basis::Reported));
    }

    #[test]
    fn label_lines_of_one_paragraph_are_passages_of_their_own() {
        let text = "# T\n\n## Check\n\nExpected: one\nActual: two\n";
        let found = cut(text);
        assert_eq!(
            found.iter().map(|part| (part.0.as_str(), part.1)).collect::<Vec<_>>(),
            [("Expected: one", SectionRole::Expected), ("Actual: two", SectionRole::Actual)]
        );
    }

    #[test]
    fn the_impact_of_a_risk_is_not_the_incidents() {
        let text = "# T\n\n## Risks\n\n- **Impact**: medium\n";
        assert_eq!(roles(text), [SectionRole::Risks]);
    }

    #[test]
    fn status_lines_at_the_foot_are_metadata() {
        let text = "# T\n\n## Questions\n\n- Why?\n\n---\n\n**Status**: open\n";
        assert_eq!(roles(text), [SectionRole::Questions, SectionRole::Metadata]);
    }

    #[test]
    fn struck_text_is_ruled_out() {
        assert_eq!(cut("# T\n\n~~The disk is full.~~\n")[0].2, Basis::RuledOut);
    }

    #[test]
    fn a_table_with_expected_and_actual_columns_gives_its_cells_these_roles() {
        let text = "# T\n\n## Results\n\n| Case | Expected | Actual |\n|---|---|---|\n| a | 1 | 2 |\n";
        assert_eq!(roles(text)[3..], [SectionRole::Other, SectionRole::Expected, SectionRole::Actual]);
    }

    #[test]
    fn examples_keep_the_role_of_their_section() {
        let text = "# T\n\n## Root cause\n\n**Example:**\n\n> No lock is held.\n";
        assert_eq!(cut(text)[1], ("No lock is held.".into(), SectionRole::Cause, Basis::Reported));
    }

    #[test]
    fn code_under_a_fix_knows_that_it_is_the_fix() {
        let found = extraction("# T\n\n## Fix\n\n```js\nawait save();\n```\n").reading.code_blocks;
        assert_eq!(
            (found[0].role, found[0].content, found[0].basis),
            (SectionRole::Fix, BlockContent::Code, Basis::Observed)
        );
    }

    #[test]
    fn placeholders_are_marked() {
        let passages = extraction("# Bug: [Bug Title]\n\n## Steps\n\n1. Step 1\n2. Open the page\n").reading.passages;
        let marked: Vec<bool> = passages.iter().map(|passage| passage.placeholder).collect();
        assert_eq!(marked, [true, false, true, false]);
    }
}
