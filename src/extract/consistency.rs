//! Statements of a document that cannot all be true: each finding points at both places or gives the computed value.
//!
//! One file a check. A check stays silent where it would have to guess: a false contradiction costs more than a missed one.

mod causes;
mod counts;
mod duration;
mod epochs;
mod lifetimes;
mod links;
mod outcomes;
mod report_time;
mod severity;
mod status;
mod thresholds;
mod totals;
mod undefined;
mod versions;
mod weekdays;
mod zones;

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
    /// The severity or priority as written.
    pub severity: Option<(String, Span)>,
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
    findings.extend(zones::zones(reading));
    findings.extend(totals::totals(reading));
    findings.extend(versions::versions(reading));
    findings.extend(severity::severity(reading, stated));
    findings.extend(causes::causes(reading));
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

    /// A document whose parts contradict each other, and the same one without the contradiction.
    const CHECKS: &[(Code, &str, &str)] = &[
        (Code::CountsDisagree, "9 of 12 pods (25%) failed.", "9 of 12 pods (75%) failed."),
        (
            Code::EpochDisagrees,
            "The token was issued at 1700003600 (2023-11-14T22:13:20Z).",
            "The token was issued at 1700000000 (2023-11-14T22:13:20Z).",
        ),
        (
            Code::LifetimeDisagrees,
            "Access tokens expire after 10 minutes.\n\n```json\n{\"iat\": 1700000000, \"exp\": 1700007200}\n```",
            "Access tokens expire after 2 hours.\n\n```json\n{\"iat\": 1700000000, \"exp\": 1700007200}\n```",
        ),
        (Code::WeekdayDisagrees, "It began on Monday, 2024-03-15.", "It began on Friday, 2024-03-15."),
        (
            Code::ReportBeforeEvidence,
            "**Reported**: 8:00 AM\n\n```\n[08:20:00.000] GET /a -> 500\n[08:21:00.000] GET /a -> 500\n```",
            "**Reported**: 8:30 AM\n\n```\n[08:20:00.000] GET /a -> 500\n[08:21:00.000] GET /a -> 500\n```",
        ),
        (
            Code::StatusContradictsContent,
            "**Status**: Complete\n\n## Unknowns\n\n- Why at night",
            "**Status**: Open\n\n## Unknowns\n\n- Why at night",
        ),
        (Code::DeadLink, "See [the log](./a.txt).", "See [the log](https://host.test/a.txt)."),
        (
            Code::AmbiguousExpectation,
            "**Expected**: the request succeeds or fails",
            "**Expected**: the request succeeds",
        ),
        (Code::ZoneDisagrees, "It began at 14:00 UTC (10:00 EST).", "It began at 14:00 UTC (10:00 EDT)."),
        (Code::TotalDisagrees, "Three pods failed:\n\n- a\n- b", "Two pods failed:\n\n- a\n- b"),
        (Code::VersionOrder, "Upgraded from 2.1 to 2.0.", "Upgraded from 2.0 to 2.1."),
        (
            Code::SeverityDisagrees,
            "**Severity**: Low\n\n## Impact\n\nThis is a complete outage.",
            "**Severity**: Critical\n\n## Impact\n\nThis is a complete outage.",
        ),
        (
            Code::TwoCauses,
            "## Summary\n\nThe root cause was an expired certificate.\n\n## Root cause\n\nThe root cause was a missing index.",
            "## Summary\n\nThe root cause was a missing index.\n\n## Root cause\n\nThe root cause was a missing index.",
        ),
    ];

    #[test]
    fn every_check_finds_its_contradiction_and_only_that() {
        for (code, contradicts, agrees) in CHECKS {
            let text = format!("# Bug\n\n{contradicts}\n");
            assert_eq!(codes(&text), [*code], "{contradicts}");
            assert!(codes(&format!("# Bug\n\n{agrees}\n")).is_empty(), "{agrees}");
        }
    }

    #[test]
    fn every_contradiction_shows_two_places_or_a_computed_value() {
        for (code, contradicts, _) in CHECKS.iter().filter(|(code, ..)| *code != Code::DeadLink) {
            let sources = SourceMap::from_text("a.md", &format!("# Bug\n\n{contradicts}\n"));
            let found = extract(&sources, &|_, _| false).findings;
            let finding = found.iter().find(|finding| finding.code == *code).unwrap();
            assert!(finding.labels.len() >= 2 || finding.computed.is_some(), "{code}");
        }
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
