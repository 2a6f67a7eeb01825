//! Finds pairs of what was expected and what came out, with the place, the value and the relation of both sides.
//!
//! It reads lines, so that prose, lists, tables, fences, logs and traces are one to it. The expectations that a page lists
//! are made in `expectations`; what a pair means for a hypothesis is decided by rules.

mod decimal;
mod inline;
mod labels;
mod place;
mod relation;
mod table;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memrchr;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::case::Basis;
use crate::pattern::Pattern;
use crate::source::SourceMap;
use crate::span::{Line, SourceId, Span, lines};

use super::pattern::pattern;
use super::reading::{Reading, SectionRole};
use place::Places;

/// Most pairs of one source.
const PAIRS: usize = 200;

/// Most labelled sides of one source.
const SIDES: usize = 2_000;

/// Longest part of a line that is looked at, in bytes: past that it is data, not a statement.
const LINE_BYTES: usize = 2_000;

/// Longest text of a side, in bytes.
const SIDE_BYTES: usize = 200;

/// Lines above a pair that belong to its block.
const BLOCK_LINES: usize = 5;

/// What was expected beside what came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundPair {
    /// What was expected.
    pub expected: PairSide,
    /// What came out.
    pub actual: PairSide,
    /// How the actual side relates to the expected one.
    pub relation: PairRelation,
    /// What its section is for; `Evidence` in logs and under the headings of the two sides themselves.
    pub role: SectionRole,
    /// How it is known.
    pub basis: Basis,
    /// Whether a program printed it: a test's output rather than somebody's words.
    pub printed: bool,
}

/// One side of a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairSide {
    /// Where it stands, label excluded.
    pub span: Span,
    /// Its words without emphasis, at most 200 bytes.
    pub text: String,
    /// What the words say.
    pub value: PairValue,
}

/// What a side says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PairValue {
    /// A number.
    Number {
        /// Decimal string without grouping.
        value: String,
        /// Unit as written, empty if none.
        unit: String,
    },
    /// A truth value.
    Boolean(bool),
    /// A list of scalars, as written.
    List(Vec<String>),
    /// A time of day, a date or both, or an offset from UTC.
    Time {
        /// Seconds as written: since midnight, or since the first day of the calendar.
        seconds: i64,
        /// Offset from UTC in seconds, where it is written as a number or as UTC.
        offset: Option<i64>,
    },
    /// Nothing: null, none, undefined, empty.
    Missing,
    /// Anything else, remarks cut off.
    Text(String),
}

/// How the actual side of a pair relates to the expected one; the first that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PairRelation {
    /// The text names `>` against `>=` or one too many, or a decision flips where two numbers of the block are equal.
    Boundary,
    /// The reverse: a list backward, the other sign, 1-x, 1/x, lowest instead of highest.
    Complement,
    /// Integers that differ by one.
    OffByOne,
    /// The part behind the point is cut, or the difference is below 0.1 %.
    Truncated,
    /// Wrapped at, or stuck at, the end of an integer type.
    Overflow,
    /// A ratio of 10, 100, 1000, 60, 1024 or 3600, or the same number with another unit.
    PowerOfTenOrUnit,
    /// Times that differ by whole hours.
    HourMultiple,
    /// The same value where two pairs or more expect different ones.
    Constant,
    /// Nothing where a value was expected.
    Missing,
    /// Another number.
    OtherNumber,
    /// Anything else.
    Different,
}

/// A pair before its values are read: ranges of the source's text.
#[derive(Clone, Debug)]
struct RawPair {
    expected: Range<usize>,
    actual: Range<usize>,
    expected_text: String,
    actual_text: String,
}

/// Words without which a line holds neither side.
static TRIGGER: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)expect|should|actual|assert|got|received|observed|want|correct|left|right|current|found|result|",
        r"returned|reported|\bis\b|was|期望|预期|期待|实际|実際|得到|应"
    ))
});

/// Words without which a source holds no pair.
static ANY: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)expect|should (?:be|have|return)|want|assert|right\s*:|correct|期望|预期|期待|应"));

/// The pairs whose sides differ, in source order; none of sections about the fix or a plan.
pub(super) fn pairs(sources: &SourceMap, reading: &Reading) -> Vec<FoundPair> {
    let mut found = Vec::new();
    for (index, source) in (0_u32..).zip(sources.iter()) {
        let text = source.text.as_str();
        if !ANY.is_match(text) {
            continue;
        }
        let places = Places::new(reading, SourceId(index));
        let start = found.len();
        for raw in raw_pairs(text) {
            if found.len() - start >= PAIRS {
                break;
            }
            found.extend(read_pair(text, SourceId(index), &raw, &places));
        }
        mark_constants(&mut found[start..]);
    }
    found
}

/// All pairs of a text, those that agree included, by the place of the expected side.
fn raw_pairs(text: &str) -> Vec<RawPair> {
    let mut found = Vec::new();
    let mut sides = Vec::new();
    let mut columns = None;
    for (number, line) in lines(text).enumerate() {
        let line = Line { text: cut(line.text, LINE_BYTES), start: line.start };
        if let Some(known) = columns {
            match table::row(line, known) {
                Some(row) => {
                    found.extend(row.map(|(expected, actual)| raw(text, expected, actual)));
                    continue;
                }
                None => columns = None,
            }
        }
        if found.len() >= PAIRS * 2 || !TRIGGER.is_match(line.text) {
            continue;
        }
        columns = table::columns(line.text);
        if columns.is_some() {
            continue;
        }
        let inline = inline::in_line(line.text);
        if inline.is_empty() && sides.len() < SIDES {
            sides.extend(labels::side(text, line, number));
        }
        let whole = |range: Range<usize>| line.start + range.start..line.start + range.end;
        found.extend(inline.into_iter().map(|(expected, actual)| raw(text, whole(expected), whole(actual))));
    }
    found.extend(labels::pair_up(text, &sides));
    found.sort_by_key(|pair| (pair.expected.start, pair.actual.start));
    found
}

fn raw(text: &str, expected: Range<usize>, actual: Range<usize>) -> RawPair {
    let (expected_text, actual_text) = (text[expected.clone()].to_owned(), text[actual.clone()].to_owned());
    RawPair { expected, actual, expected_text, actual_text }
}

fn read_pair(text: &str, source: SourceId, raw: &RawPair, places: &Places<'_>) -> Option<FoundPair> {
    let (role, basis) = places.of(&raw.expected, &raw.actual)?;
    let side = |range: &Range<usize>, words: &str| {
        let text = clean(words);
        let value = value::value_of(&text);
        PairSide { span: Span::new(source, range.clone()), text, value }
    };
    let expected = side(&raw.expected, &raw.expected_text);
    let actual = side(&raw.actual, &raw.actual_text);
    let unfilled = |side: &PairSide| side.text.is_empty() || is_unfilled(&side.text);
    if unfilled(&expected) || unfilled(&actual) || relation::agree(&expected.value, &actual.value) {
        return None;
    }
    let relation = relation::relation(&expected, &actual, block(text, raw));
    let printed = places.is_printed(&raw.expected, &raw.actual);
    Some(FoundPair { expected, actual, relation, role, basis, printed })
}

/// Where a program or a template would put a value.
fn is_unfilled(text: &str) -> bool {
    let words = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let prompt = words.is_some_and(|words| words.contains(' ') && !words.contains(['"', '\'', ',', '[', '{']));
    prompt || text.contains("{{") || text.contains("${") || matches!(text, "..." | "…" | "TBD" | "?" | "-")
}

/// The words of a side without emphasis.
fn clean(text: &str) -> String {
    let plain = text.trim_start_matches("- ").replace("**", "").replace("\\|", "|");
    cut(plain.split_whitespace().collect::<Vec<_>>().join(" ").trim_matches(['*', '_']).trim(), SIDE_BYTES).to_owned()
}

/// The lines of a pair and those above it, up to a heading, a fence or the second blank line.
fn block<'a>(text: &'a str, raw: &RawPair) -> &'a str {
    let first = raw.expected.start.min(raw.actual.start);
    let last = raw.expected.end.max(raw.actual.end);
    let line_start = |at: usize| memrchr(b'\n', &text.as_bytes()[..at]).map_or(0, |at| at + 1);
    let mut start = line_start(first);
    let mut blank = 0;
    for _ in 0..BLOCK_LINES {
        let Some(before) = start.checked_sub(1) else { break };
        let from = line_start(before);
        let line = text[from..before].trim();
        blank += usize::from(line.is_empty());
        let ends =
            line.starts_with("```") || line.starts_with("# ") || line.starts_with("##") || line.len() > LINE_BYTES;
        let other = line.get(..24).unwrap_or(line).to_ascii_lowercase();
        if blank > 1 || ends || ["expected", "actual"].iter().any(|word| other.contains(word)) {
            break;
        }
        start = from;
    }
    &text[start..last]
}

/// Pairs that got one value for different expected ones are constants, unless a closer relation holds.
fn mark_constants(found: &mut [FoundPair]) {
    let open = |pair: &FoundPair| {
        matches!(pair.relation, PairRelation::OtherNumber | PairRelation::Different)
            && !matches!(pair.actual.value, PairValue::Boolean(_) | PairValue::List(_) | PairValue::Missing)
    };
    let key = |side: &PairSide| match &side.value {
        PairValue::Number { value, unit } => format!("{value} {unit}"),
        _ => value::head_of(&side.text).to_lowercase(),
    };
    let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for pair in found.iter().filter(|pair| open(pair)) {
        wanted.entry(key(&pair.actual)).or_default().insert(key(&pair.expected));
    }
    for pair in found.iter_mut().filter(|pair| open(pair)) {
        if wanted.get(&key(&pair.actual)).is_some_and(|expected| expected.len() > 1) {
            pair.relation = PairRelation::Constant;
        }
    }
}

/// The start of `text`, at most `most` bytes.
fn cut(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::testing::extraction;

    fn found(text: &str) -> Vec<FoundPair> {
        extraction(text).reading.pairs
    }

    fn relations(text: &str) -> Vec<PairRelation> {
        found(text).into_iter().map(|pair| pair.relation).collect()
    }

    #[test]
    fn pairs_are_found_in_prose_lists_tables_fences_and_traces() {
        for text in [
            "# T\n\nWe expected 5 rows but got 4.\n",
            "# T\n\n- Expected: 5\n- Actual: 4\n",
            "# T\n\n| Case | Expected | Actual |\n|---|---|---|\n| a | 5 | 4 |\n",
            "# T\n\n```\nExpected: 5\n  Actual: 4\n```\n",
            "# T\n\n```\norg.opentest4j.AssertionFailedError: expected: <5> but was: <4>\n\tat a.B.c(B.java:3)\n```\n",
            "# T\n\n```\nthread 'a' panicked at src/a.rs:1:2:\nassertion `left == right` failed\n  left: 4\n right: 5\n```\n",
        ] {
            let pairs = found(text);
            assert_eq!(pairs.len(), 1, "{text}");
            assert_eq!(pairs[0].relation, PairRelation::OffByOne, "{text}");
            assert_eq!(&text[pairs[0].actual.span.range()].trim_matches(['<', '>']), &"4", "{text}");
        }
    }

    #[test]
    fn pairs_of_a_fix_and_of_test_cases_are_none() {
        for text in [
            "# T\n\n## Fix\n\nExpected: 5\nActual: 4\n",
            "# T\n\n## Implementation plan\n\n### Step\n\nExpected: 5\nActual: 4\n",
            "# T\n\n| Input | Expected | Validates |\n|---|---|---|\n| a | 5 | 4 |\n",
            "# T\n\nExpected: [what should happen]\nActual: [what happened]\n",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn sides_that_agree_are_no_pair() {
        assert_eq!(found("# T\n\nExpected: 5\nActual: 5.0\n"), []);
    }

    #[test]
    fn one_value_for_different_expected_ones_is_a_constant() {
        let text = "# T\n\nExpected: 150\nActual: 7\n\nExpected: 93\nActual: 7\n\nExpected: 8\nActual: 7\n";
        use PairRelation::{Constant, OffByOne};
        assert_eq!(relations(text), [Constant, Constant, OffByOne]);
    }

    #[test]
    fn a_flip_at_equal_numbers_above_the_pair_is_a_boundary() {
        let text = "# T\n\n```\nPermit: limit=50, used=50\nExpected: DENIED\nActual: ALLOWED\n```\n";
        assert_eq!(relations(text), [PairRelation::Boundary]);
    }

    #[test]
    fn odd_documents_are_survived() {
        for text in [
            "Expected:",
            "Expected:\n",
            "Expected: \r\nActual: \r\n",
            "|Expected|Actual|",
            "|Expected|Actual|\n|é|",
            "## Expected\n## Actual\n",
            "期望：\n实际：é\n",
            "left:\nright:",
            "Expected: ``\nActual: **",
            "expected (should be (should be 1)) got",
        ] {
            found(text);
        }
    }
}
