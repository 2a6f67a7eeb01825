//! Findings about what a decision needs and the leading document does not say; each becomes an open question.

use std::sync::LazyLock;

use crate::case::DocumentKind;
use crate::finding::{Code, Finding};
use crate::markdown::BlockKind;
use crate::pattern::Pattern;
use crate::span::Span;

use super::facts::Facts;
use super::pattern::pattern;
use super::reading::Reading;

/// What is missing, and code fences that were never closed.
pub(super) fn gaps(reading: &Reading, facts: &Facts) -> Vec<Finding> {
    let mut findings = unclosed_fences(reading);
    let Some(place) = document_place(reading) else { return findings };
    let mut missing = |what: &str, ask: &str| {
        let message = format!("the document does not say {what}");
        findings.push(Finding::new(Code::MissingSection, message).at(place, format!("nothing on {what}")).fix(ask));
    };
    let planned = matches!(facts.metadata.kind, DocumentKind::Plan | DocumentKind::Report);
    if facts.impact.is_empty() && !planned {
        missing(
            "who is affected and how much",
            "ask: how many users, requests or orders are affected, and since when?",
        );
    }
    let steps = matches!(
        facts.metadata.kind,
        DocumentKind::Bug
            | DocumentKind::Ticket
            | DocumentKind::TestFailure
            | DocumentKind::Incident
            | DocumentKind::Alert
    );
    let reproduced = reading.passages.iter().any(|passage| !passage.placeholder && STEPS.is_match(&passage.flat.text));
    // What is expected beside the problem says what is wrong, not how to come there.
    let problem = facts.problem_statement.as_ref().map(|fact| &fact.span);
    let observed = facts.expectations.iter().any(|pair| Some(&pair.actual.span) != problem);
    if facts.reproduction.is_empty() && !observed && steps && !reproduced {
        missing("how to reproduce it", "ask: which steps, data and load show the failure, and how often?");
    }
    let timed = !facts.timeline.is_empty() || reading.events.iter().any(|sourced| sourced.event.moment.is_some());
    let told = reading.passages.iter().any(|passage| FIRST.is_match(&passage.flat.text));
    if !timed && !told && !planned && facts.metadata.kind != DocumentKind::Audit {
        missing("when it occurred first", "ask: when was it seen first, and what was changed or deployed before that?");
    }
    findings
}

fn unclosed_fences(reading: &Reading) -> Vec<Finding> {
    let blocks = reading.documents.iter().flat_map(|read| &read.document.blocks);
    blocks
        .filter(|block| matches!(block.kind, BlockKind::Code { unclosed: true, .. }))
        .map(|block| {
            let opening = Span::new(
                block.span.source,
                block.span.start..block.span.start + 1.min(block.span.end - block.span.start),
            );
            Finding::new(Code::UnclosedFence, "a code fence is opened and never closed").at(opening, "opened here")
        })
        .collect()
}

/// The heading of the leading document, else its first block.
fn document_place(reading: &Reading) -> Option<Span> {
    let read = reading.documents.first()?;
    let heading = read.document.sections.iter().find_map(|section| section.heading);
    heading.or_else(|| read.document.blocks.first().map(|block| block.span))
}

/// Sentences that say how a failure is seen, outside a list of steps.
static STEPS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:can (?:be |now |always |easily |reliably )?reproduced? |reproduced? (?:it |this )?(?:by|with|using)\b|",
        r"(?:when|while|after|by) (?:running|compiling|building|executing|calling|invoking|opening|clicking|starting|",
        r"submitting|uploading)\b)",
    ))
});

static FIRST: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:first (?:occurr\w+|seen|observed|noticed|reported|happened|appeared)|",
        r"started (?:on|at|after|when|with|in)|began (?:on|at|after|when)|since (?:the|we|v?\d|",
        r"version|yesterday|last|this|mon|tues|wednes|thurs|fri|satur|sun)|introduced in|",
        r"after (?:the )?(?:upgrad\w+|updat\w+|deploy\w+))\b|发现时间|発生日",
    ))
});

#[cfg(test)]
mod tests {
    use crate::extract::testing::extraction;
    use crate::finding::Code;

    fn missing(text: &str) -> usize {
        extraction(text).findings.iter().filter(|finding| finding.code == Code::MissingSection).count()
    }

    #[test]
    fn a_bare_complaint_lacks_impact_steps_and_time() {
        assert_eq!(missing("# Saving is broken\n\nIt is broken.\n"), 3);
    }

    #[test]
    fn what_is_said_is_not_missing() {
        let text = "# Saving is broken\n\nIt is broken since version 2.\n\n## Impact\n\n3 users.\n\n## Steps to reproduce\n\n1. Save\n";
        assert_eq!(missing(text), 0);
    }

    #[test]
    fn a_sentence_on_how_to_reproduce_it_is_enough() {
        let asked =
            |words: &str| missing(&format!("# Saving is broken\n\n{words}\n\n## Impact\n\n3 users since version 2.\n"));
        assert_eq!(asked("You can reproduce it with the tests of the store."), 0);
        assert_eq!(asked("While compiling with the newest tools it stops."), 0);
        assert_eq!(asked("It cannot be explained."), 1);
    }

    #[test]
    fn an_open_fence_is_a_finding_at_its_start() {
        let text = "# T\n\n```\nnever closed\n";
        let found = extraction(text).findings.into_iter().find(|finding| finding.code == Code::UnclosedFence).unwrap();
        assert_eq!(found.labels[0].0.start, 5);
    }
}
