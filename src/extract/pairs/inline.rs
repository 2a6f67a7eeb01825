//! Pairs that stand in one line: "expected x but got y", `expected:<x> but was:<y>`, `assert x == y`, "x (should be y)".

use std::ops::Range;
use std::sync::LazyLock;

use crate::extract::pattern::pattern;
use crate::pattern::Pattern;

/// Most pairs of one line.
const PER_LINE: usize = 8;

/// A value that is set off, else the shortest run of words.
macro_rules! part {
    ($name:literal) => {
        concat!(
            "(?P<",
            $name,
            r#">&?<[^<>]{0,80}>|\[[^\[\]]{0,120}\]|"[^"]{0,120}"|'[^']{0,80}'|`[^`]{0,120}`|[^"`<>\n]{1,80}?)"#
        )
    };
}

/// A literal: what an assertion prints, not what its source names.
macro_rules! literal {
    ($name:literal) => {
        concat!(
            "(?P<",
            $name,
            r#">-?\d[\d_]*(?:\.\d+)?|true|false|none|null|undefined|nil|\[[^\[\]]{0,120}\]|"[^"]{0,120}"|'[^']{0,80}')"#
        )
    };
}

/// Where the second value of a sentence ends.
const END: &str = r#"(?:[,;] |\. |[.)\]"'`>]*\s*$|["`>)]| \(|\s(?:at|in|for|when|on|with|after|because)\s|\s\w+=)"#;

static FORMS: LazyLock<[Pattern; 7]> = LazyLock::new(|| {
    [
        // expected 5, got 4; expected:<5> but was:<4>; expected=5 actual=4
        pattern(&format!(
            concat!(
                r"(?i)\bexpected(?:_\w+| value| result)?\s?(?:to (?:be|see|get|have) )?[:=]?\s?{}\s?[,;.|/]?\s(?:but (?:was|is|it (?:was|",
                r"returned|got)|(?:actually )?(?:got|received|found|returned|saw)|actual(?:ly)?)|got|actual(?:_\w+|ly)?",
                r"(?: (?:was|got|value|result))?|found|received|observed|returned|instead got)\s?[:=]?\s?{}{}"
            ),
            part!("e"),
            part!("a"),
            END
        )),
        // got 4, want 5; returned 4, expected 5
        pattern(&format!(
            r"(?i)\b(?:got|returned|returns|was|received|actual|found)(?:_\w+)?\s?[:=]?\s?{}(?:(?:\s?[,;]\s|\sbut\s|[,;]\sbut\s)(?:we )?(?:want(?:ed)?|expected|should (?:be|have been))|\s(?:want|expected)(?:_\w+)?[:=])\s?[:=]?\s?{}{}",
            part!("a"),
            part!("e"),
            END
        )),
        // 4 (should be 5)
        pattern(
            r"(?i)(?P<a>(?:[$€£]?-?\d[\d,.]*\s)?[^\s(:=;|]+)\s?[(\[]\s?(?:it )?(?:should (?:be|have been)|expected:?) (?P<e>[^)\]\n]{1,60})[)\]]",
        ),
        // AssertionError: assert 4 == 5; E   assert 4 == 5
        pattern(&format!(r"(?i)\bassert\s{}\s==\s{}(?:\s|$|,)", literal!("a"), literal!("e"))),
        // AssertionError: 4 != 5
        pattern(&format!(r"(?i)\bassert\w*error:?\s{}\s!=\s{}(?:\s|$|,)", literal!("a"), literal!("e"))),
        // expected 4 to equal 5
        pattern(&format!(
            r"(?i)\bexpected\s{}\sto\s(?:deeply |strictly |loosely )*(?:be|eql?|equal)\s(?:to )?{}(?:\s|$|,|\.)",
            literal!("a"),
            literal!("e")
        )),
        pattern(concat!(
            r"(?:期望|预期|期待)(?:值|结果)?(?:为|是|は)?[:：]?\s?(?P<e>[^，、,;；。\n]{1,40})[，、,;；]\s?(?:但|而)?",
            r"(?:实际|実際|得到)(?:值|结果|は|为|是|上)*[:：]?\s?(?P<a>[^，、,;；。\n]{1,40})"
        )),
    ]
});

/// The pairs of a line as ranges of its text, expected side first.
pub(super) fn in_line(line: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let mut found: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    // The last forms are the strictest: what they read is not read again by the loose ones.
    for form in FORMS.iter().rev() {
        for captures in form.captures_iter(line).take(PER_LINE) {
            let (Some(expected), Some(actual)) = (captures.name("e"), captures.name("a")) else { continue };
            let pair = (trimmed(line, expected.range()), trimmed(line, actual.range()));
            let touches = |known: &(Range<usize>, Range<usize>)| {
                let (start, end) = bounds(known);
                let (from, to) = bounds(&pair);
                from < end && start < to
            };
            let says = |range: &Range<usize>| {
                let words = &line[range.clone()];
                // A value that runs over the end of a sentence is a story, and "expected vs actual" a title.
                words.contains(char::is_alphanumeric)
                    && !words.contains(". ")
                    && !matches!(words, "vs" | "and" | "or" | "versus")
            };
            if says(&pair.0) && says(&pair.1) && !found.iter().any(touches) {
                found.push(pair);
            }
        }
    }
    found.sort_by_key(|pair| pair.0.start);
    found
}

fn bounds(pair: &(Range<usize>, Range<usize>)) -> (usize, usize) {
    (pair.0.start.min(pair.1.start), pair.0.end.max(pair.1.end))
}

fn trimmed(line: &str, range: Range<usize>) -> Range<usize> {
    let inner = &line[range.clone()];
    let start = range.start + (inner.len() - inner.trim_start().len());
    start..start + inner.trim().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected and actual side of the first pair.
    fn read(line: &str) -> Option<(&str, &str)> {
        in_line(line).first().map(|(expected, actual)| (&line[expected.clone()], &line[actual.clone()]))
    }

    #[test]
    fn sentences_and_assertions_name_both_sides() {
        for (line, expected, actual) in [
            ("We expected 5 rows, got 4.", "5 rows", "4"),
            ("expected 0.9, got 0.818\"", "0.9", "0.818"),
            ("expected:<128> but was:<-1>", "<128>", "<-1>"),
            ("java: expected [3] but found [4]", "[3]", "[4]"),
            ("Expected channel 'gamma', got 'alpha'", "channel 'gamma'", "'alpha'"),
            ("fleet failed: got -0.4, want 0.2", "0.2", "-0.4"),
            ("mean returned 32.38, expected 32.39", "32.39", "32.38"),
            ("Total counted: 3 (should be 1)", "1", "3"),
            ("subscriptions: 8,923 (should be ~2x connections)", "~2x connections", "8,923"),
            ("E       assert 3 == 4", "4", "3"),
            ("AssertionError: 3 != 4", "4", "3"),
            ("AssertionError: expected 3 to equal 4", "4", "3"),
            ("WARN total mismatch expected=5 actual=7 id=1", "5", "7"),
            ("Expected: 5, Actual: 7", "5", "7"),
            ("期望值为5，实际为4。", "5", "4"),
        ] {
            assert_eq!(read(line), Some((expected, actual)), "{line}");
        }
    }

    #[test]
    fn source_code_and_stories_are_no_pairs() {
        for line in [
            "assert total == 5",
            "as expected",
            "### Expected vs Actual Bitrates",
            "found events that should be included",
            "unexpectedly got slower",
            "Expected: 5",
            "if a != b {",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn two_pairs_of_one_line_are_both_found() {
        assert_eq!(in_line("a: 3 (should be 1), b: 4 (should be 2)").len(), 2);
    }
}
