//! Two sections of a document that each state the cause, in words that share nothing.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::case::Basis;
use crate::extract::is_hedged;
use crate::extract::pattern::pattern;
use crate::extract::reading::{Passage, Reading, SectionRole};
use crate::finding::{Code, Finding};
use crate::pattern::Pattern;
use crate::span::Span;

use super::statements;

/// "The root cause was …" with what follows; only the whole sentence is a statement of it.
static CARRIER: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:the |our )?root cause (?:was|is|turned out to be|of (?:this|the) [a-z ]{1,30} (?:was|is)) (?P<cause>.{12,})$",
    )
});

/// Words of a statement that is one of several, or not the last word.
static PARTIAL: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:also|another|second|secondary|contributing|initially|first thought|assumed|suspected|believed|not|never|unknown|unclear|two|several|combination|both)\b",
    )
});

/// Shortest word that tells one cause from another.
const WORD: usize = 4;

/// Letters by which words are compared: endings differ, stems do not.
const STEM: usize = 5;

/// Words that every cause is told with.
const COMMON: &[&str] = &[
    "application",
    "because",
    "been",
    "being",
    "caused",
    "causing",
    "code",
    "error",
    "failed",
    "failure",
    "from",
    "have",
    "into",
    "issue",
    "only",
    "problem",
    "service",
    "system",
    "that",
    "their",
    "them",
    "there",
    "this",
    "under",
    "were",
    "when",
    "where",
    "which",
    "while",
    "with",
    "without",
];

/// The first two statements of the cause that name different things.
pub(super) fn causes(reading: &Reading) -> Option<Finding> {
    let stated: Vec<(&Passage, Span, BTreeSet<String>)> = statements(reading)
        .filter(|passage| {
            passage.basis == Basis::Reported && is_telling(passage.role) && !is_hedged(&passage.flat.text)
        })
        .filter_map(|passage| {
            let text = passage.flat.text.trim();
            let found = CARRIER.captures(text).filter(|_| !PARTIAL.is_match(text))?.name("cause")?;
            let lead = passage.flat.text.len() - passage.flat.text.trim_start().len();
            let words = stems(found.as_str());
            let span = passage.flat.span(lead + found.start()..lead + found.end());
            (words.len() > 1).then_some((passage, span, words))
        })
        .take(20)
        .collect();
    let pairs =
        stated.iter().enumerate().flat_map(|(at, first)| stated[at + 1..].iter().map(move |second| (first, second)));
    let different = |a: &Passage, b: &Passage| a.document == b.document && a.section != b.section;
    let ((_, first, _), (_, second, _)) =
        pairs.into_iter().find(|((a, _, of_a), (b, _, of_b))| different(a, b) && of_a.is_disjoint(of_b))?;
    Some(
        Finding::new(Code::TwoCauses, "two sections state the root cause in words that share nothing")
            .at(*first, "one cause")
            .at(*second, "another cause")
            .fix("say which one is meant, or how the two belong together"),
    )
}

fn is_telling(role: SectionRole) -> bool {
    !matches!(role, SectionRole::RuledOut | SectionRole::Suspicions | SectionRole::Questions | SectionRole::Related)
}

fn stems(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words
        .filter(|word| word.len() >= WORD && !COMMON.contains(&word.as_str()))
        .map(|word| word.chars().take(STEM).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::extract::testing::extraction;
    use crate::finding::Code;

    fn fires(first: &str, second: &str) -> bool {
        let text = format!("# Outage\n\n## Summary\n\n{first}\n\n## Root cause\n\n{second}\n");
        extraction(&text).findings.iter().any(|finding| finding.code == Code::TwoCauses && finding.labels.len() == 2)
    }

    #[test]
    fn two_causes_that_share_nothing_are_found() {
        assert!(fires("The root cause was an expired certificate.", "The root cause was a missing database index."));
    }

    #[test]
    fn the_same_cause_and_partial_ones_are_left_alone() {
        for (first, second) in [
            ("The root cause was an expired certificate.", "The root cause was the expiry of certificates."),
            ("The root cause was initially assumed to be DNS.", "The root cause was a missing database index."),
            ("The root cause might be an expired certificate.", "The root cause was a missing database index."),
            ("A certificate had expired.", "The root cause was a missing database index."),
        ] {
            assert!(!fires(first, second), "{first} {second}");
        }
    }
}
