//! Pairs what should have happened with what did: label lines, sections, table columns and "expected x but got y".

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use crate::case::{Basis, Expectation, Fact};
use crate::markdown::{BlockKind, Cell};
use crate::pattern::Pattern;
use crate::source::SourceMap;
use crate::span::{Line, Span};

use super::facts::{fact_of, fold, is_statement, safe_text};
use super::headings::exact_role;
use super::labels::leading_label;
use super::pattern::pattern;
use super::reading::{BlockContent, Passage, PassageKind, Reading, SectionRole};

/// Most pairs.
const PAIRS: usize = 60;

/// Most lines between the two sides of a pair of label lines.
const LINES_APART: u64 = 4;

/// Sentences of a section that make its side of a pair.
const SECTION_PASSAGES: usize = 6;

/// One side of a pair.
struct Side {
    role: SectionRole,
    fact: Fact,
    span: Span,
    document: usize,
    section: usize,
    /// Whether a whole section says it rather than a line.
    by_section: bool,
}

/// The pairs, in source order; `problem` is the case's problem statement.
pub(super) fn expectations(sources: &SourceMap, reading: &Reading, problem: Option<&Fact>) -> Vec<Expectation> {
    let mut found: Vec<(Span, Expectation)> = Vec::new();
    let mut sides = line_sides(sources, reading);
    sides.extend(code_sides(sources, reading));
    sides.sort_by_key(|side| (side.document, side.span.start));
    pair_up(sources, reading, &sides, &mut found);
    for document in 0..reading.documents.len() {
        tables(sources, reading, document, &mut found);
    }
    for passage in reading.passages.iter().filter(|passage| is_statement(passage)) {
        inline(sources, passage, &mut found);
    }
    found.sort_by_key(|(span, _)| *span);
    found.dedup_by(|later, earlier| later.0 == earlier.0);
    let mut seen = BTreeSet::new();
    // A test that runs in several forms fails in each with the same two values.
    found.retain(|(_, pair)| seen.insert((pair.test.clone(), pair.expected.text.clone(), pair.actual.text.clone())));
    if found.is_empty() {
        return lonely(&sides, problem).into_iter().collect();
    }
    found.into_iter().map(|(_, pair)| pair).take(PAIRS).collect()
}

/// A section on what is expected goes with the problem where no other words say what came out.
fn lonely(sides: &[Side], problem: Option<&Fact>) -> Option<Expectation> {
    let actual = problem?.clone();
    let expected =
        sides.iter().find(|side| side.role == SectionRole::Expected && side.by_section && side.document == 0)?;
    (expected.fact.span != actual.span).then(|| Expectation { expected: expected.fact.clone(), actual, test: None })
}

/// Sides made of passages: a labelled line is a side of its own, the passages of an Expected section are one side.
fn line_sides(sources: &SourceMap, reading: &Reading) -> Vec<Side> {
    let mut sides: Vec<Side> = Vec::new();
    let mut group: Vec<&Passage> = Vec::new();
    let is_side = |passage: &Passage| matches!(passage.role, SectionRole::Expected | SectionRole::Actual);
    let candidates = reading.passages.iter().filter(|passage| is_side(passage) && passage.kind != PassageKind::Cell);
    for passage in candidates.filter(|passage| is_statement(passage)) {
        let labelled = own_label(passage) == Some(passage.role);
        let joins = group.first().is_some_and(|first| {
            (first.document, first.section, first.role) == (passage.document, passage.section, passage.role)
        });
        if joins && !labelled && passage.kind == PassageKind::FenceLine {
            // Output shown in a section is evidence beside its words, not more of them.
            continue;
        }
        if labelled || !joins {
            sides.extend(side(sources, reading, &group));
            group.clear();
        }
        if group.len() < SECTION_PASSAGES {
            group.push(passage);
        }
        if labelled {
            sides.extend(side(sources, reading, &group));
            group.clear();
        }
    }
    sides.extend(side(sources, reading, &group));
    sides
}

fn own_label(passage: &Passage) -> Option<SectionRole> {
    let label = leading_label(&passage.flat).filter(|label| label.rest < passage.flat.text.len())?;
    exact_role(&passage.flat.text[label.words])
}

fn side(sources: &SourceMap, reading: &Reading, group: &[&Passage]) -> Option<Side> {
    let (first, last) = (group.first()?, group.last()?);
    let section_role = reading.documents.get(first.document)?.roles.get(first.section).copied();
    Some(Side {
        role: first.role,
        fact: fact_of(sources, group)?,
        span: first.span.join(last.span),
        document: first.document,
        section: first.section,
        by_section: own_label(first).is_none() && section_role == Some(first.role),
    })
}

/// `# Expected: 1` and `// Actual: 2` lines of code blocks.
fn code_sides(sources: &SourceMap, reading: &Reading) -> Vec<Side> {
    let mut sides = Vec::new();
    for block in reading.code_blocks.iter().filter(|block| block.content != BlockContent::Text) {
        let Some(read) = reading.documents.get(block.document) else { continue };
        let after = read.document.blocks.partition_point(|other| other.span.start < block.span.start);
        let section = read.document.blocks.get(after).map_or(0, |other| other.section);
        for line in &block.lines {
            let text = Line { text: sources.text(*line), start: line.start };
            let Some(found) = CODE_LINE.captures(text.text) else { continue };
            let (Some(key), Some(value)) = (found.get(1), found.get(2)) else { continue };
            let role = if key.as_str().to_ascii_lowercase().starts_with('e') {
                SectionRole::Expected
            } else {
                SectionRole::Actual
            };
            let span = Span::new(line.source, text.start + value.start()..text.start + value.end());
            let fact = fact_at(sources, span, value.as_str(), Basis::Observed);
            sides.push(Side { role, fact, span, document: block.document, section, by_section: false });
        }
    }
    sides
}

fn fact_at(sources: &SourceMap, span: Span, text: &str, basis: Basis) -> Fact {
    Fact {
        text: safe_text(sources, span, &fold(text)),
        basis,
        span: sources.cite(span),
        evidence: Vec::new(),
        details: Vec::new(),
    }
}

/// An expected side goes with the actual side after it: within four lines, or in the section beside its own.
fn pair_up(sources: &SourceMap, reading: &Reading, sides: &[Side], found: &mut Vec<(Span, Expectation)>) {
    let mut used = vec![false; sides.len()];
    for (at, expected) in sides.iter().enumerate().filter(|(_, side)| side.role == SectionRole::Expected) {
        // The partner stands near; looking further would be quadratic on a long list of one side only.
        let near = sides.iter().enumerate().skip(at + 1).take(3);
        let before = at.checked_sub(1).map(|before| (before, &sides[before]));
        let partner = near.chain(before).find(|(other, side)| {
            !used[*other] && side.role == SectionRole::Actual && belongs(reading, expected, side)
        });
        let Some((other, actual)) = partner else { continue };
        used[other] = true;
        let pair = Expectation {
            expected: expected.fact.clone(),
            actual: actual.fact.clone(),
            test: test_name(sources, reading, expected.document, expected.section),
        };
        found.push((expected.span, pair));
    }
}

fn belongs(reading: &Reading, expected: &Side, actual: &Side) -> bool {
    if expected.document != actual.document {
        return false;
    }
    let parent = |section: usize| {
        reading
            .documents
            .get(expected.document)
            .and_then(|read| read.document.sections.get(section))
            .and_then(|section| section.parent)
    };
    if expected.by_section && actual.by_section {
        return parent(expected.section) == parent(actual.section);
    }
    let (first, second) = if expected.span.start < actual.span.start { (expected, actual) } else { (actual, expected) };
    let gap = second.fact.span.lines[0].saturating_sub(first.fact.span.lines[1]);
    gap <= LINES_APART && expected.section == actual.section
}

/// The heading that says what was tested: the section's own, or its parent's where the section is only "Expected".
fn test_name(sources: &SourceMap, reading: &Reading, document: usize, section: usize) -> Option<String> {
    let read = reading.documents.get(document)?;
    let mut at = Some(section);
    while let Some(index) = at {
        let section = read.document.sections.get(index)?;
        let role = read.roles.get(index).copied().unwrap_or_default();
        let generic =
            exact_role(&section.title.text).is_some() || matches!(role, SectionRole::Expected | SectionRole::Actual);
        if role == SectionRole::Title || section.level == 0 {
            return None;
        }
        if !generic {
            return Some(sources.redact_text(&fold(&section.title.text)));
        }
        at = section.parent;
    }
    None
}

/// Tables with an expected and an actual column: each row is a pair, named by its first cell.
fn tables(sources: &SourceMap, reading: &Reading, document: usize, found: &mut Vec<(Span, Expectation)>) {
    for block in &reading.documents[document].document.blocks {
        let BlockKind::Table { header, rows } = &block.kind else { continue };
        let Some((expected, actual)) = pair_of_columns(header) else { continue };
        for row in rows.iter().filter(|_| expected != actual) {
            let (Some(want), Some(got)) = (row.get(expected), row.get(actual)) else { continue };
            if want.text.text.trim().is_empty() || got.text.text.trim().is_empty() {
                continue;
            }
            let cell = |cell: &Cell| fact_at(sources, cell.span, &cell.text.text, Basis::Reported);
            let name = row
                .first()
                .filter(|_| expected > 0 && actual > 0)
                .map(|cell| safe_text(sources, cell.span, &fold(&cell.text.text)));
            found.push((
                want.span,
                Expectation { expected: cell(want), actual: cell(got), test: name.filter(|name| !name.is_empty()) },
            ));
        }
    }
}

/// The columns of the two sides: those that say nothing else, else those that name the same thing ("Expected class",
/// "Actual class").
fn pair_of_columns(header: &[Cell]) -> Option<(usize, usize)> {
    let texts: Vec<&str> = header.iter().map(|cell| cell.text.text.trim()).collect();
    let exact = |role: SectionRole| texts.iter().position(|text| exact_role(text) == Some(role));
    let expected = exact(SectionRole::Expected).or_else(|| texts.iter().position(|text| EXPECTED.is_match(text)))?;
    let thing = texts[expected].split_whitespace().last().unwrap_or_default();
    let named = || texts.iter().position(|text| ACTUAL.is_match(text) && text.split_whitespace().last() == Some(thing));
    let any = || texts.iter().position(|text| ACTUAL.is_match(text));
    let actual = exact(SectionRole::Actual).or_else(named).or_else(any)?;
    Some((expected, actual))
}

/// "expected x but got y", `expected:<x> but was:<y>`.
fn inline(sources: &SourceMap, passage: &Passage, found: &mut Vec<(Span, Expectation)>) {
    for captures in INLINE.captures_iter(&passage.flat.text) {
        let (Some(want), Some(got)) = (captures.get(1), captures.get(2)) else { continue };
        let fact = |range: Range<usize>| {
            fact_at(sources, passage.flat.span(range.clone()), &passage.flat.text[range], passage.basis)
        };
        let span = passage.flat.span(want.range());
        found.push((span, Expectation { expected: fact(want.range()), actual: fact(got.range()), test: None }));
    }
}

static CODE_LINE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^\s*(?:(?:#|//|--|;|\*)+\s*)?(expected|actual|observed|got)(?: (?:result|output|value|",
        r"behaviou?r))?\s*:\s+(\S.*)$",
    ))
});

static EXPECTED: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)\bexpected\b|\bshould\b|期待|预期|期望"));

static ACTUAL: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\b(?:actual|observed|reported|got|returned)\b|実際|实际"));

static INLINE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bexpected(?: value)?:? ?[<`(]?([^<>`.;\n]{1,80}?)[>`)]?,?:? (?:but (?:was|got|received|found|",
        r"returned|it (?:was|returned|got)|is)|got|actual(?:ly)?(?: was)?|found|received)",
        r":? ?[<`(]?([^<>`;\n]{1,80}?)[>`)]?(?:[.;,]? |[.;,)]?$)",
    ))
});

#[cfg(test)]
mod tests {
    use crate::extract::testing::facts;

    fn pairs(text: &str) -> Vec<(String, String, Option<String>)> {
        facts(text).expectations.into_iter().map(|pair| (pair.expected.text, pair.actual.text, pair.test)).collect()
    }

    fn pair(expected: &str, actual: &str, test: Option<&str>) -> (String, String, Option<String>) {
        (expected.into(), actual.into(), test.map(Into::into))
    }

    #[test]
    fn label_lines_near_each_other_are_a_pair() {
        let text = "# T\n\n## Token test\n\n1. Log in\n2. Expected: one success\n3. Actual: two failures\n";
        assert_eq!(pairs(text), [pair("one success", "two failures", Some("Token test"))]);
    }

    #[test]
    fn sections_beside_each_other_are_a_pair() {
        let text = "# T\n\n## Expected behavior\n\nThe page opens.\n\n## Actual behavior\n\nIt stays blank.\n";
        assert_eq!(pairs(text), [pair("The page opens.", "It stays blank.", None)]);
    }

    #[test]
    fn columns_that_name_the_same_thing_are_pairs() {
        let text = "# T\n\n| Case | Actual delta | Expected class | Reported class |\n|---|---|---|---|\n| D-1 | 0 | none | minor |\n";
        assert_eq!(pairs(text), [pair("none", "minor", Some("D-1"))]);
    }

    #[test]
    fn an_assertion_names_both_sides() {
        assert_eq!(pairs("# T\n\nThe test says expected:<128> but was:<-1>.\n"), [pair("128", "-1", None)]);
        assert_eq!(pairs("# T\n\nWe expected 5 rows but got 4.\n"), [pair("5 rows", "4", None)]);
    }

    #[test]
    fn comments_in_code_are_pairs() {
        let text = "# T\n\n```ruby\ncount(items)\n# Expected: 1\n# Actual: 2\n```\n";
        assert_eq!(pairs(text), [pair("1", "2", None)]);
    }

    #[test]
    fn sides_far_apart_are_no_pair() {
        let text = "# T\n\n## A\n\nExpected: one\n\na\n\nb\n\nc\n\nActual: two\n";
        assert_eq!(pairs(text), []);
    }

    #[test]
    fn the_same_values_twice_are_one_pair() {
        assert_eq!(pairs("# T\n\n## A\n\nExpected 3 but was 4.\n\nExpected 3 but was 4.\n").len(), 1);
    }

    #[test]
    fn a_section_on_what_is_expected_goes_with_the_problem() {
        let text =
            "# T\n\n## Summary\n\nOne failing batch drops all.\n\n## Expected behavior\n\nThe others are kept.\n";
        assert_eq!(pairs(text), [pair("The others are kept.", "One failing batch drops all.", None)]);
    }
}
