//! Reads the sources into passages, events, traces, payloads and metrics, and picks the facts of a case out of them.
//!
//! It finds and places; what a fact means for a hypothesis is decided in `rules` and `diagnose`.

mod announcement;
mod basis;
mod byline;
mod code_blocks;
mod codes;
mod consistency;
mod evidence;
mod expectations;
mod facts;
mod fenced_metadata;
mod fields;
mod form_fields;
mod gaps;
mod genre;
mod headings;
mod labels;
mod locks;
mod log_rows;
mod metadata;
mod metadata_keys;
mod metrics;
mod names;
mod pairs;
mod passages;
mod paths;
mod pattern;
mod payloads;
mod placeholders;
mod priority;
mod problem;
mod read;
mod reading;
mod reproduction;
mod scope;
mod statements;
mod status_page;
mod symptom_words;
mod templates;
mod timeline;
mod times;
mod title;

use crate::finding::{Code, Finding};
use crate::limits;
use crate::source::SourceMap;
use crate::span::SourceId;

pub use basis::is_hedged;
pub use facts::Facts;
pub use headings::{exact_role, role_of_heading};
pub use pairs::{FoundPair, PairRelation, PairSide, PairValue};
pub use priority::{Spellings, parse_priority};
pub use reading::{
    BlockContent, CodeBlock, FoundKey, FoundMetric, FoundPayload, Passage, PassageKind, ReadDocument, Reading,
    SectionRole, SourcedEvent, SourcedLocks, SourcedTrace,
};

/// What extraction hands on.
#[derive(Clone, Debug, Default)]
pub struct Extraction {
    /// What rules match against.
    pub reading: Reading,
    /// The facts of the case.
    pub facts: Facts,
    /// Ids that the leading document gives itself, best first (metadata lines, then the start of its first heading).
    pub ids: Vec<String>,
    /// What is wrong with the sources, at most `limits::FINDINGS_PER_CODE` a code.
    pub findings: Vec<Finding>,
}

/// Reads `sources`; `exists` says whether a relative link of a source points to a file.
pub fn extract(sources: &SourceMap, exists: &dyn Fn(SourceId, &str) -> bool) -> Extraction {
    extract_with(sources, exists, &Spellings::default())
}

/// Like [`extract`], with a team's own spellings of priorities.
pub fn extract_with(sources: &SourceMap, exists: &dyn Fn(SourceId, &str) -> bool, spellings: &Spellings) -> Extraction {
    let (reading, examples) = read::read(sources);
    let mut findings = Vec::new();
    let mut fields = Vec::new();
    for document in 0..reading.documents.len() {
        let (found, broken) = fields::fields(sources, &reading, document);
        findings.extend(broken);
        if document == 0 {
            fields = found;
        }
    }
    let facts = facts_of(sources, &reading, &fields, spellings);
    let stated = consistency::StatedFacts {
        date: metadata::stated(&fields, metadata_keys::Field::Date),
        severity: metadata::stated(&fields, metadata_keys::Field::Severity)
            .or_else(|| metadata::stated(&fields, metadata_keys::Field::Priority)),
        status: metadata::stated(&fields, metadata_keys::Field::Status),
    };
    findings.extend(templates::template_findings(sources, &reading, &examples.as_slices()));
    findings.extend(gaps::gaps(&reading, &facts));
    findings.extend(consistency::consistency(sources, &reading, &stated, exists));
    let ids = metadata::id_candidates(&reading, &fields);
    Extraction { reading, facts, ids, findings: capped(findings) }
}

fn facts_of(sources: &SourceMap, reading: &Reading, fields: &[fields::FoundField], spellings: &Spellings) -> Facts {
    let log_events = evidence::log_summary(sources, reading);
    let problem_statement = problem::problem_statement(sources, reading);
    Facts {
        metadata: metadata::metadata(sources, reading, fields, spellings),
        impact: statements::impact(sources, reading),
        symptoms: statements::symptoms(sources, reading),
        expectations: expectations::expectations(sources, reading, problem_statement.as_ref()),
        problem_statement,
        reproduction: reproduction::reproduction(sources, reading),
        ruled_out: statements::ruled_out(sources, reading),
        suspicions: statements::suspicions(sources, reading),
        questions: statements::questions(sources, reading),
        changes: statements::changes(sources, reading),
        error_codes: codes::error_codes(sources, reading),
        stack_traces: evidence::stack_traces(sources, reading),
        lock_reports: locks::lock_reports(sources, reading),
        code_paths: paths::code_paths(sources, reading),
        code_names: names::code_names(sources, reading),
        payloads: evidence::payloads(sources, reading),
        timeline: timeline::timeline(sources, reading, &log_events),
        metrics: evidence::metrics(sources, reading),
        log_events,
    }
}

/// Keeps the first findings of each code; the last one kept says how many there were.
#[allow(clippy::needless_pass_by_value, reason = "the findings become the capped ones")]
fn capped(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len().min(limits::FINDINGS_PER_CODE * Code::ALL.len()));
    let total = |code: Code| findings.iter().filter(|finding| finding.code == code).count();
    let totals: Vec<(Code, usize)> = Code::ALL.iter().map(|code| (*code, total(*code))).collect();
    for (code, total) in totals {
        let mut of_code =
            findings.iter().filter(|finding| finding.code == code).take(limits::FINDINGS_PER_CODE).cloned();
        let start = kept.len();
        kept.extend(&mut of_code);
        if total > limits::FINDINGS_PER_CODE
            && let Some(last) = kept[start..].last_mut()
        {
            last.message = format!("{} ({total} of this kind in all)", last.message);
        }
    }
    kept
}

#[cfg(test)]
mod testing {
    use super::{Extraction, Facts, extract};
    use crate::source::SourceMap;

    /// Extracts from one document whose links all resolve.
    pub(super) fn extraction(text: &str) -> Extraction {
        extract(&SourceMap::from_text("report.md", text), &|_, _| true)
    }

    /// The facts of one document.
    pub(super) fn facts(text: &str) -> Facts {
        extraction(text).facts
    }
}

#[cfg(test)]
mod tests {
    use super::testing::extraction;
    use super::*;

    #[test]
    fn the_last_finding_of_a_code_says_how_many_there_were() {
        let steps: String = (1..=30).map(|n| format!("{n}. Step {n}\n")).collect();
        let found = extraction(&format!("# Bug\n\n## Steps to reproduce\n\n{steps}"));
        let left: Vec<_> = found.findings.iter().filter(|finding| finding.code == Code::PlaceholderLeft).collect();
        assert_eq!(left.len(), limits::FINDINGS_PER_CODE);
        assert!(left[19].message.contains("(30 of this kind in all)"), "{}", left[19].message);
    }

    #[test]
    fn a_severity_in_a_teams_own_words_is_read() {
        let sources = SourceMap::from_text("a.md", "# Bug\n\n**Severity**: Gold\n\nIt is broken.\n");
        let spellings = Spellings::new([("gold".to_string(), crate::case::Priority::P0)]);
        let found = extract_with(&sources, &|_, _| true, &spellings);
        assert_eq!(found.facts.metadata.priority, Some(crate::case::Priority::P0));
        assert_eq!(extract(&sources, &|_, _| true).facts.metadata.priority, None);
    }

    #[test]
    fn every_quote_of_a_fact_stands_in_the_source() {
        let text = "# Bug\n\n**Severity**: High\n\n## Summary\n\nÄrger: the *job* fails\nevery night.\n\n## Impact\n\n- 3 users\n";
        let found = extraction(text);
        for fact in found.facts.problem_statement.iter().chain(&found.facts.impact) {
            assert!(text.contains(&fact.span.quote), "{:?}", fact.span);
        }
        assert_eq!(found.facts.impact.len(), 1);
    }

    #[test]
    fn odd_documents_are_read_without_harm() {
        for text in [
            "",
            "\n",
            "---\n",
            "#",
            "**",
            "|",
            "- ",
            "```",
            "\u{feff}# é",
            "**Expected:**",
            "1. **a:**\n   - b\n\n---\n**Status**:",
        ] {
            extraction(text);
        }
    }
}
