//! Statements of a document that cannot all be true: each finding points at both places or gives the computed value.
//!
//! One file a check. A check stays silent where it would have to guess: a false contradiction costs more than a missed one.

mod counts;
mod duration;
mod epochs;
mod lifetimes;
mod links;
mod outcomes;
mod report_time;
mod status;
mod thresholds;
mod undefined;
mod weekdays;

use crate::finding::Finding;
use crate::source::SourceMap;
use crate::span::{SourceId, Span};

use super::reading::{Passage, PassageKind, Reading};

/// Longest statement that is judged, in bytes: checks compare every pair of numbers in it.
const STATEMENT_BYTES: usize = 4 << 10;

/// What the metadata of the leading document states, with the places of the values.
#[derive(Clone, Debug, Default)]
pub(super) struct StatedFacts {
    /// The report's date as written.
    pub date: Option<(String, Span)>,
    /// The status as written.
    pub status: Option<(String, Span)>,
}

/// The contradictions of the sources; `exists` says whether a relative link of a source points to a file.
pub(super) fn consistency(
    sources: &SourceMap,
    reading: &Reading,
    stated: &StatedFacts,
    exists: &dyn Fn(SourceId, &str) -> bool,
) -> Vec<Finding> {
    let mut findings = counts::counts(reading);
    findings.extend(epochs::epochs(sources, reading));
    findings.extend(lifetimes::lifetimes(reading));
    findings.extend(weekdays::weekdays(reading, stated));
    findings.extend(report_time::report_time(sources, reading, stated));
    findings.extend(status::status(reading, stated));
    findings.extend(links::links(reading, exists));
    findings.extend(outcomes::outcomes(reading));
    findings.extend(undefined::undefined(sources, reading));
    findings.extend(thresholds::thresholds(sources, reading));
    findings.into_iter().map(|finding| redacted(sources, finding)).collect()
}

/// Messages repeat words of the source, which may hold a secret.
fn redacted(sources: &SourceMap, finding: Finding) -> Finding {
    Finding {
        message: sources.redact_text(&finding.message),
        labels: finding.labels.into_iter().map(|(span, label)| (span, sources.redact_text(&label))).collect(),
        computed: finding.computed.map(|value| sources.redact_text(&value)),
        ..finding
    }
}

/// Passages that state something in prose, lists or tables.
fn statements(reading: &Reading) -> impl Iterator<Item = &Passage> {
    let states = |passage: &&Passage| passage.kind != PassageKind::Heading && !passage.placeholder;
    reading.passages.iter().filter(states).filter(|passage| passage.flat.text.len() <= STATEMENT_BYTES)
}

#[cfg(test)]
mod tests {
    use crate::extract::extract;
    use crate::finding::Code;
    use crate::source::SourceMap;

    /// Codes and computed values of the contradictions in a document.
    fn findings(text: &str) -> Vec<(Code, Option<String>)> {
        let extraction = extract(&SourceMap::from_text("a.md", text), &|_, _| false);
        let own = |code: &Code| {
            !matches!(
                code,
                Code::MissingSection | Code::PlaceholderLeft | Code::TemplateInstructions | Code::TemplateOnly
            )
        };
        extraction
            .findings
            .into_iter()
            .map(|finding| (finding.code, finding.computed))
            .filter(|(code, _)| own(code))
            .collect()
    }

    fn codes(text: &str) -> Vec<Code> {
        findings(text).into_iter().map(|(code, _)| code).collect()
    }

    #[test]
    fn a_token_that_lives_longer_than_stated_is_found() {
        let text = "# Bug\n\nAccess tokens expire after 10 minutes.\n\n```json\n{\"sub\": \"u\", \"iat\": 1700000000, \"exp\": 1700007200}\n```\n";
        let found = findings(text);
        assert_eq!(found[0].0, Code::LifetimeDisagrees);
        assert_eq!(found[0].1.as_deref(), Some("1700007200 - 1700000000 = 7200 s (2 h); stated: 600 s (10 min)"));
    }

    #[test]
    fn a_finished_document_with_open_questions_is_found() {
        let text = "# Plan\n\n**Status**: Complete\n\n## Unknowns\n\n- Why it only fails at night\n";
        assert_eq!(codes(text), [Code::StatusContradictsContent]);
        assert!(codes("# Plan\n\n**Status**: Open\n\n## Unknowns\n\n- Why it only fails at night\n").is_empty());
    }

    #[test]
    fn an_approved_page_that_says_stop_is_found() {
        let text = "# Report\n\n**Status**: approved\n\nDo not proceed without explicit approval.\n";
        assert_eq!(codes(text), [Code::ApprovalWithoutDecision]);
    }

    #[test]
    fn a_link_to_nowhere_is_found() {
        assert_eq!(codes("See [the log](./logs/app.txt) and [the site](https://host.test/a.txt).\n"), [Code::DeadLink]);
    }

    #[test]
    fn a_report_older_than_its_log_is_found() {
        let text =
            "# Bug\n\n**Reported**: 8:00 AM\n\n```\n[08:20:00.000] GET /a -> 500\n[08:21:00.000] GET /a -> 500\n```\n";
        assert_eq!(codes(text), [Code::ReportBeforeEvidence]);
    }

    #[test]
    fn an_alert_above_the_wanted_limit_leaves_a_gap() {
        let text = "# Plan\n\n## Success Criteria\n\n- Checkout response time < 40ms p99\n\n## Alert thresholds\n\n- Response time > 90ms p99\n";
        assert_eq!(codes(text), [Code::PlanThresholdGap]);
    }

    #[test]
    fn a_document_that_agrees_with_itself_has_no_finding() {
        let text = "# Bug\n\n**Status**: Resolved\n\n3 of 12 pods (25%) failed. Tokens expire after 2 hours.\n\n```json\n{\"iat\": 1700000000, \"exp\": 1700007200}\n```\n";
        assert!(codes(text).is_empty());
    }
}
