//! What a page claims of its own state, set against the derived one. A claim never changes the state.

use std::sync::LazyLock;

use super::{Canonical, GateFinding, GateState};
use crate::finding::Code;
use crate::pattern::Pattern;

/// `Status: Approved` with any markup, as a line of its own.
static APPROVED_LINE: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"(?i)^[\s>*_|#-]*status[\s*_|]*:?[\s*_|`]*[^\w\n]{0,8}approved\b"));

/// Words that tell the reader to wait for a decision.
static STOP: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"\bSTOP\b|(?i:\bapproval gate\b)"));

/// The claims of a page that do not agree with the derived state.
pub(super) fn false_claims(name: &str, page: &Canonical, state: GateState) -> Vec<GateFinding> {
    let mut findings: Vec<GateFinding> = page
        .excluded
        .iter()
        .filter(|key| key.key == "status")
        .filter_map(|key| Some((key, claimed_state(&key.value)?)))
        .filter(|(_, claimed)| *claimed != state)
        .map(|(key, _)| {
            let message = format!("the page says its status is `{}`; the gate says {state}", key.value);
            mismatch(name, key.line, message)
        })
        .collect();
    if !state.is_open() {
        findings.extend(approved_beside_stop(name, page));
    }
    findings
}

fn mismatch(file: &str, line: u64, message: String) -> GateFinding {
    GateFinding { code: Code::ApprovalWithoutDecision.as_str().into(), file: file.into(), line: Some(line), message }
}

/// The state a front matter value names; other words (`Planning`, `Complete`) claim nothing about the gate.
fn claimed_state(value: &str) -> Option<GateState> {
    let word = value.trim().to_lowercase();
    let exact = GateState::ALL.into_iter().find(|state| state.as_str() == word);
    exact.or_else(|| word.starts_with("approved").then_some(GateState::Approved))
}

/// A line that says "approved" on a page that also tells the reader to stop; quoted blocks of code are not the page's words.
fn approved_beside_stop(name: &str, page: &Canonical) -> Option<GateFinding> {
    let mut fence: Option<&str> = None;
    let mut claim = None;
    let mut stop = false;
    let body =
        page.text.split_once("\n---\n").filter(|_| page.text.starts_with("---\n")).map_or(0, |(head, _)| head.len());
    let mut at = 0;
    // The lines left out of the canonical form all stand in the front matter, before any line of the body.
    let offset = u64::try_from(page.excluded.len()).unwrap_or(0);
    for (number, line) in (1..).zip(page.text.split_inclusive('\n')) {
        let start = at;
        at += line.len();
        let mark = line.trim_start();
        let opened = ["```", "~~~"].into_iter().find(|open| mark.starts_with(open));
        match (fence, opened) {
            (None, Some(open)) => fence = Some(open),
            (Some(open), Some(close)) if open == close => fence = None,
            _ => {}
        }
        if fence.is_some() || opened.is_some() || (body > 0 && start <= body) {
            continue;
        }
        stop |= STOP.is_match(line);
        if claim.is_none() && APPROVED_LINE.is_match(line) {
            claim = Some(number + offset);
        }
    }
    let line = claim.filter(|_| stop)?;
    Some(mismatch(name, line, "the page says it is approved and also tells the reader to stop".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::canonical;

    fn claims(page: &str, state: GateState) -> Vec<(String, Option<u64>)> {
        let page = canonical(page.as_bytes()).unwrap();
        false_claims("index.md", &page, state).into_iter().map(|f| (f.code, f.line)).collect()
    }

    #[test]
    fn a_front_matter_that_says_approved_without_a_decision_is_a_mismatch() {
        let page = "---\nid: index\nstatus: \"approved\"\n---\n";
        assert_eq!(claims(page, GateState::Draft), [("status-mismatch".to_string(), Some(3))]);
        assert_eq!(claims(page, GateState::Approved), []);
    }

    #[test]
    fn a_status_that_is_no_state_of_the_gate_claims_nothing() {
        assert_eq!(claims("---\nstatus: Planning\n---\n", GateState::Draft), []);
    }

    #[test]
    fn a_status_line_beside_the_word_stop_is_a_mismatch() {
        let page = "---\nstatus: draft\n---\n**Status**: ✅ Approved\n\nSTOP here.\n";
        assert_eq!(claims(page, GateState::Draft), [("status-mismatch".to_string(), Some(4))]);
    }

    #[test]
    fn a_status_line_inside_a_fence_is_a_quote() {
        assert_eq!(claims("```\nStatus: Approved\n```\nSTOP\n", GateState::Draft), []);
    }

    #[test]
    fn a_status_line_alone_claims_nothing() {
        assert_eq!(claims("Status: Approved\n", GateState::Draft), []);
    }
}
