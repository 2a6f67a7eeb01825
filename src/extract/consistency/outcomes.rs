//! Expected outcomes that can be read in two ways: "or" between outcomes that exclude each other.

use std::ops::Range;
use std::sync::LazyLock;

use crate::extract::reading::Reading;
use crate::finding::{Code, Finding};
use crate::pattern::Pattern;

use super::statements;

static LABEL: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)^\W*expected(?: (?:behaviou?r|results?|outcome|response|output))?\W{0,3}[:：]\W*"));

static WORD: LazyLock<Pattern> = LazyLock::new(|| pattern(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"));

/// Words of outcomes by class; two of one class say the same thing ("error or exception").
const OUTCOMES: &[(&str, &[&str])] = &[
    (
        "success",
        &["success", "successes", "succeeds", "succeed", "accepted", "accept", "allowed", "200", "201", "204", "ok"],
    ),
    (
        "failure",
        &[
            "failure",
            "failures",
            "fails",
            "fail",
            "error",
            "errors",
            "rejected",
            "rejection",
            "rejections",
            "denied",
            "refused",
            "400",
            "401",
            "403",
            "404",
            "409",
            "422",
            "429",
            "500",
            "503",
        ],
    ),
    ("retry", &["retry", "retries", "retried", "queued", "requeued"]),
    ("redirect", &["redirect", "redirected", "301", "302"]),
    ("wait", &["waits", "wait", "blocks", "blocked", "timeout", "timeouts"]),
    ("nothing", &["ignored", "skipped", "dropped", "no-op"]),
];

/// How many words may stand between "or" and an outcome.
const NEAR: usize = 2;

/// Expectations from which no test can be written.
pub(super) fn outcomes(reading: &Reading) -> Vec<Finding> {
    let mut findings = Vec::new();
    for passage in statements(reading) {
        let flat = &passage.flat;
        let Some(label) = LABEL.find(&flat.text) else { continue };
        let Some((left, right)) = alternative(&flat.text, label.end()) else { continue };
        let (first, second) = (&flat.text[left.clone()], &flat.text[right.clone()]);
        findings.push(
            Finding::new(
                Code::AmbiguousExpectation,
                format!("the expected outcome is `{first}` or `{second}`, which exclude each other"),
            )
            .at(flat.span(left.clone()), "one outcome")
            .at(flat.span(right.clone()), "another outcome")
            .computed(format!("a test can expect `{first}` or `{second}`, not both"))
            .fix("ask which outcome is meant"),
        );
    }
    findings
}

/// The two outcomes around the first "or" that joins different classes.
fn alternative(text: &str, start: usize) -> Option<(Range<usize>, Range<usize>)> {
    let words: Vec<Range<usize>> =
        WORD.find_iter(&text[start..]).map(|word| start + word.start()..start + word.end()).collect();
    for (at, _) in words.iter().enumerate().filter(|(_, word)| text[(*word).clone()].eq_ignore_ascii_case("or")) {
        let before = words[at.saturating_sub(NEAR)..at].iter().rev().find_map(|word| class(text, word));
        let after = words[at + 1..].iter().take(NEAR).find_map(|word| class(text, word));
        let (Some((left, one)), Some((right, other))) = (before, after) else { continue };
        let joined = !text[left.end..right.start].contains([',', ';', '.', '(', ')']);
        if one != other && joined {
            return Some((left, right));
        }
    }
    None
}

fn class(text: &str, word: &Range<usize>) -> Option<(Range<usize>, &'static str)> {
    let lower = text[word.clone()].to_ascii_lowercase();
    OUTCOMES.iter().find(|(_, words)| words.contains(&lower.as_str())).map(|(class, _)| (word.clone(), *class))
}

fn pattern(text: &str) -> Pattern {
    Pattern::new(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(text: &str) -> Option<(&str, &str)> {
        let label = LABEL.find(text)?;
        alternative(text, label.end()).map(|(left, right)| (&text[left], &text[right]))
    }

    #[test]
    fn outcomes_that_exclude_each_other_are_ambiguous() {
        assert_eq!(pair("Expected: one success, one clean rejection or retry"), Some(("rejection", "retry")));
        assert_eq!(pair("**Expected result**: 200 or 409"), Some(("200", "409")));
    }

    #[test]
    fn alternatives_of_one_class_and_other_lines_are_clear() {
        for text in [
            "Expected: 401 or 403",
            "Expected: an error or exception",
            "Actual: success or failure",
            "Expected: name or email is shown",
        ] {
            assert_eq!(pair(text), None, "{text}");
        }
    }
}
