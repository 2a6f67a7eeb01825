//! The status a document gives itself against what it still lists: open unknowns, or words that tell the reader to stop.

use std::sync::LazyLock;

use crate::extract::reading::{Passage, PassageKind, Reading, SectionRole};
use crate::finding::{Code, Finding};
use crate::pattern::Pattern;

use super::StatedFacts;

static FINISHED: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)^\W*(?:completed?|resolved|closed|done|fixed|final|finished|solved)\b"));

static APPROVED: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)^\W*approved\b"));

/// Titles of sections that list what is not known; a plain "Questions" section may hold its answers.
static UNKNOWNS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:unknowns?|unknown information|open (?:questions?|issues?|points?)|unanswered|unresolved|still unclear|not yet known|offene (?:fragen|punkte)|questions ouvertes)\b",
    )
});

static STILL_UNKNOWN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:root cause|cause|trigger)\b[^.;]{0,30}\b(?:remains? (?:unknown|unclear)|is (?:still )?(?:unknown|unclear|under investigation)|not yet (?:known|identified|understood))\b",
    )
});

static STOP: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"\bSTOP\b|(?i)\b(?:do not|don['’]t) (?:proceed|implement|merge|deploy|start)\b[^.]{0,60}\bapproval\b|(?i)\b(?:awaiting|waiting for|pending|requires?) (?:[a-z]+ )?approval\b|(?i)\bnot (?:yet )?approved\b",
    )
});

/// Contradictions between the stated status and the content.
pub(super) fn status(reading: &Reading, stated: &StatedFacts) -> Vec<Finding> {
    let Some((value, place)) = &stated.status else { return Vec::new() };
    let document = reading.documents.iter().position(|document| document.source == place.source);
    let own = || reading.passages.iter().filter(|passage| Some(passage.document) == document && !passage.placeholder);
    let mut findings = Vec::new();
    if FINISHED.is_match(value) {
        let open: Vec<&Passage> = own().filter(|passage| is_open(reading, passage)).collect();
        if let Some(first) = open.first() {
            let message = format!("the status is `{}`, but the document still lists what is not known", short(value));
            findings.push(
                Finding::new(Code::StatusContradictsContent, message)
                    .at(*place, "the status")
                    .at(first.span, "still open")
                    .computed(format!(
                        "{} open {}",
                        open.len(),
                        if open.len() == 1 { "statement" } else { "statements" }
                    ))
                    .fix("answer what is open, or change the status"),
            );
        }
    }
    if APPROVED.is_match(value)
        && let Some(stop) = own().find(|passage| STOP.is_match(&passage.flat.text))
    {
        let finding = Finding::new(
            Code::ApprovalWithoutDecision,
            "the page calls itself approved and tells the reader to stop for an approval",
        );
        findings.push(
            finding
                .at(*place, "calls itself approved")
                .at(stop.span, "asks for approval")
                .fix("ask the gate, not the page"),
        );
    }
    findings
}

/// Whether a passage says that something is not known.
fn is_open(reading: &Reading, passage: &Passage) -> bool {
    let struck: usize = passage.flat.struck.iter().map(std::iter::ExactSizeIterator::len).sum();
    if passage.kind == PassageKind::Heading || struck * 2 > passage.flat.text.len() {
        return false;
    }
    if STILL_UNKNOWN.is_match(&passage.flat.text) {
        return !matches!(passage.role, SectionRole::Timeline | SectionRole::Lessons | SectionRole::Investigation);
    }
    let sections = reading.documents.get(passage.document).map(|document| &document.document.sections);
    let title =
        sections.and_then(|sections| sections.get(passage.section)).map_or("", |section| section.title.text.as_str());
    passage.kind == PassageKind::Item && UNKNOWNS.is_match(title) && !is_nothing(&passage.flat.text)
}

/// `None`, `N/A`, `-`: a list of unknowns that is empty.
fn is_nothing(text: &str) -> bool {
    let word = text.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
    matches!(word.as_str(), "" | "none" | "n/a" | "na" | "nothing" | "no open questions" | "keine")
}

fn short(value: &str) -> &str {
    value.char_indices().nth(40).map_or(value, |(at, _)| &value[..at]).trim()
}

fn pattern(text: &str) -> Pattern {
    Pattern::new(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_finished_status_counts() {
        for value in ["Complete", "✅ Resolved (monitoring)", "closed"] {
            assert!(FINISHED.is_match(value), "{value}");
        }
        for value in ["Unresolved", "Incomplete", "In progress", "To be resolved"] {
            assert!(!FINISHED.is_match(value), "{value}");
        }
    }

    #[test]
    fn words_that_ask_for_an_approval_are_known() {
        for text in ["STOP here", "Do not proceed without user approval", "awaiting approval"] {
            assert!(STOP.is_match(text), "{text}");
        }
        for text in ["the service did not stop", "approval was given", "do not deploy on Fridays"] {
            assert!(!STOP.is_match(text), "{text}");
        }
    }

    #[test]
    fn an_empty_list_of_unknowns_is_not_open() {
        assert!(is_nothing("None.") && is_nothing("N/A") && !is_nothing("Why it fails"));
    }
}
