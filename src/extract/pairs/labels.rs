//! Sides that stand behind a label of their own line (`Expected: 5`, `# Actual: 4`, `left: 3`), and which go together.

use std::ops::Range;
use std::sync::LazyLock;

use super::{LINE_BYTES, RawPair};
use crate::extract::pattern::pattern;
use crate::pattern::Pattern;
use crate::span::{Line, lines};

/// Most lines between the two sides.
const LINES_APART: usize = 4;

/// Most lines of a side whose value stands below its label.
const VALUE_LINES: usize = 8;

/// Most lines from one heading to the other.
const HEADINGS_APART: usize = 30;

/// How many sides are asked before and after one.
const NEAR: usize = 6;

/// A labelled side.
#[derive(Clone, Debug)]
pub(super) struct Side {
    expected: bool,
    /// `left` and `right` belong to each other only.
    ends: bool,
    heading: bool,
    /// The words behind the label (`total`, `next state`), lower-cased.
    of: String,
    /// The value in the source.
    value: Range<usize>,
    /// Whether the value is a list of lines.
    listed: bool,
    /// Number of the first and the last line.
    lines: (usize, usize),
}

static LABEL: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^\s*(?:>+\s*)*(?P<hash>#{1,6}\s+)?(?:E\s{2,})?(?:\S*\d\S*\s+){0,2}(?:\[?(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FAIL)\]?:?\s+)?",
        r"(?:[-*+•#/;|.)\s]*\s)?(?:\*\*|__|`|//|#)?",
        r"(?:(?P<e>expected|expects?|should (?:be|have been|return)|want(?:ed)?|correct|right|期望|预期|期待|应为|应该是)",
        r"|(?P<a>but (?:was|got)|actual(?:ly)?|got|received|found|results?|observed|returned|reported|is|was|left|实际|実際|得到))",
        r"(?P<of>(?:值|结果|行为|輸出|の?(?:値|結果|動作)|される(?:値|結果|動作)|[ _][A-Za-z'/_-]+){0,4})(?P<remark>\s*\([^()]{0,60}\))?(?:\*\*|__|`)?\s*",
        r"(?:(?P<colon>[:：=])(?:\*\*|__)?\s*(?P<v>.*)|(?P<bare>))$"
    ))
});

/// The labelled side that `line`, the `number`-th of the source, opens.
pub(super) fn side(text: &str, line: Line<'_>, number: usize) -> Option<Side> {
    let found = LABEL.captures(line.text)?;
    let label = found.name("e").or(found.name("a"))?;
    let word = label.as_str().to_lowercase();
    let of = found.name("of").map_or("", |of| of.as_str()).trim().to_lowercase();
    let wordy = word.starts_with("expected") || word.starts_with("actual") || word == "observed" || !word.is_ascii();
    if !of.is_empty() && !wordy {
        return None;
    }
    let heading = found.name("hash").is_some();
    let whole = |range: Range<usize>| line.start + range.start..line.start + range.end;
    let rest = found.name("v").filter(|rest| !rest.as_str().trim_matches(['*', ' ', '\t']).is_empty());
    if rest.is_none() && found.name("colon").is_none() && !heading {
        return None;
    }
    let (value, listed, last) = match rest {
        Some(rest) if rest.as_str().starts_with(['=', '>']) => return None,
        Some(rest) => {
            let range = rest.range();
            let end = range.start + rest.as_str().trim_end().len();
            (whole(range.start..end), false, 0)
        }
        None => below(text, line, heading)?,
    };
    let ends = matches!(word.as_str(), "left" | "right");
    let expected = found.name("e").is_some();
    Some(Side { expected, ends, heading, of, value, listed, lines: (number, number + last) })
}

/// The value in the lines below a label: the first run of lines, in a fence or a list or neither.
fn below(text: &str, label: Line<'_>, heading: bool) -> Option<(Range<usize>, bool, usize)> {
    let base = label.end();
    let mut range: Option<Range<usize>> = None;
    let (mut last, mut count) = (0, 0);
    for (number, line) in lines(text.get(base..)?).enumerate().skip(1).take(VALUE_LINES + 2) {
        let words = line.text.trim();
        let fence = words.starts_with("```") || words.starts_with("~~~");
        if words.is_empty() || fence {
            if range.is_some() || !(heading || fence || number == 1) {
                break;
            }
            continue;
        }
        let short = Line { text: line.text.get(..LINE_BYTES).unwrap_or(line.text), start: 0 };
        if words.starts_with('#') && heading || LABEL.is_match(short.text) {
            break;
        }
        let start = base + line.start + (line.text.len() - line.text.trim_start().len());
        range = Some(range.map_or(start, |range| range.start)..start + words.len());
        (last, count) = (number, count + 1);
        if count >= VALUE_LINES {
            break;
        }
    }
    range.map(|range| (range, count > 1, last))
}

/// Pairs of sides: those of one label first, else the nearest.
pub(super) fn pair_up(text: &str, sides: &[Side]) -> Vec<RawPair> {
    let mut used = vec![false; sides.len()];
    let mut found = Vec::new();
    for (at, expected) in sides.iter().enumerate().filter(|(_, side)| side.expected) {
        let from = at.saturating_sub(NEAR);
        let near = from..(at + NEAR + 1).min(sides.len());
        let fits = |other: &usize| {
            let side = &sides[*other];
            !used[*other] && !side.expected && side.ends == expected.ends && reaches(expected, side)
        };
        let others: Vec<usize> = near.filter(fits).collect();
        let named = || others.iter().find(|other| !expected.of.is_empty() && sides[**other].of == expected.of);
        let blocked = |other: usize| {
            let (low, high) = (at.min(other), at.max(other));
            sides[low + 1..high].iter().any(|side| side.expected || side.ends != expected.ends)
        };
        // An actual side that is still free above is of a text that puts it first.
        let nearest = || {
            let free = others.iter().filter(|other| !blocked(**other));
            free.min_by_key(|other| (gap(expected, &sides[**other]), **other > at))
        };
        let Some(other) = named().or_else(nearest).copied() else { continue };
        used[other] = true;
        let actual = &sides[other];
        found.push(RawPair {
            expected: expected.value.clone(),
            actual: actual.value.clone(),
            expected_text: shown(text, expected),
            actual_text: shown(text, actual),
        });
    }
    found
}

fn gap(a: &Side, b: &Side) -> usize {
    if a.lines.0 < b.lines.0 { b.lines.0.saturating_sub(a.lines.1) } else { a.lines.0.saturating_sub(b.lines.1) }
}

fn reaches(expected: &Side, actual: &Side) -> bool {
    let most = if expected.heading && actual.heading { HEADINGS_APART } else { LINES_APART };
    gap(expected, actual) <= most
}

/// The words of a side; several lines are joined as a list.
fn shown(text: &str, side: &Side) -> String {
    let raw = &text[side.value.clone()];
    if !side.listed {
        return raw.to_owned();
    }
    let mark = |c: char| c.is_ascii_digit() || matches!(c, '-' | '*' | '+' | '.' | ')' | ' ' | '\t');
    let items = raw.lines().map(str::trim).filter(|line| !line.is_empty());
    let marked = raw.lines().all(|line| {
        let bare = line.trim().trim_start_matches(mark);
        line.trim().len() > bare.len() && !bare.is_empty()
    });
    match marked {
        true => format!("[{}]", items.map(|line| line.trim_start_matches(mark)).collect::<Vec<_>>().join(", ")),
        false => items.collect::<Vec<_>>().join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected and actual words of the pairs.
    fn read(text: &str) -> Vec<(String, String)> {
        let sides: Vec<Side> = lines(text).enumerate().filter_map(|(number, line)| side(text, line, number)).collect();
        pair_up(text, &sides).into_iter().map(|pair| (pair.expected_text, pair.actual_text)).collect()
    }

    fn pair(expected: &str, actual: &str) -> (String, String) {
        (expected.into(), actual.into())
    }

    #[test]
    fn label_lines_of_every_kind_are_sides() {
        for text in [
            "Expected: 5\nActual: 4\n",
            "  Expected:       5\n  Actual: 4\n",
            "4. Expected: 5\n5. Actual: 4\n",
            "- **Expected**: 5\n- **Actual:** 4\n",
            "**Expected result:** 5\n**Actual result:** 4\n",
            "# Expected: 5\n# Actual: 4\n",
            "// Expected: 5\n\n// Actual: 4\n",
            "    expected: 5\n    actual  : 4\n",
            "       expected: 5\n            got: 4\n",
            "Expected: 5\nReceived: 4\n",
            "  Expected: 5\n  But was:  4\n",
            "  left: 4\n right: 5\n",
            "12:00:01 [INFO] Expected: 5\n12:00:01 [INFO] Got: 4\n",
            "Should be: 5\nIs: 4\n",
            "期望：5\n实际：4\n",
            "## Expected behavior\n\n5\n\n## Actual behavior\n\n4\n",
            "Actual: 4\nExpected: 5\n",
        ] {
            assert_eq!(read(text), [pair("5", "4")], "{text}");
        }
    }

    #[test]
    fn sides_too_far_apart_are_no_pair() {
        assert!(read("Expected: 5\n\n\n\n\nActual: 4\n").is_empty());
    }

    #[test]
    fn an_expected_side_goes_with_the_nearest_actual_one() {
        let text = "Expected: 1\nExpected: 2\nActual: 3\n\nActual: 5\nExpected: 4\nActual: 7\nExpected: 6\n";
        assert_eq!(read(text), [pair("2", "3"), pair("4", "5"), pair("6", "7")]);
    }

    #[test]
    fn sides_of_one_name_go_together() {
        let text = "Expected tax: 1\nExpected fee: 2\nActual tax: 3\nActual fee: 4\n";
        assert_eq!(read(text), [pair("1", "3"), pair("2", "4")]);
    }

    #[test]
    fn a_list_below_its_label_is_the_value() {
        let text = "Expected order:\n1. a\n2. b\nActual order:\n1. b\n2. a\n";
        assert_eq!(read(text), [pair("[a, b]", "[b, a]")]);
    }

    #[test]
    fn calls_and_comparisons_are_no_labels() {
        assert!(read("print(f\"Expected: {x}\")\nprint(f\"Actual: {y}\")\nexpected == actual\nis = 3\n").is_empty());
    }
}
