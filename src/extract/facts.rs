//! What extraction hands on: the facts of a case, and how a passage becomes one.

use crate::case::{
    CodeName, CodePath, ErrorCode, Expectation, Fact, LockReport, LogSummary, Metadata, Metric, Payload, StackTrace,
    TimelineRow,
};
use crate::source::SourceMap;
use crate::span::Span;

use super::labels::{label_role, leading_label, role_of_label};
use super::metadata_keys::metadata_key;
use super::reading::{Passage, PassageKind, Reading, SectionRole};

/// The facts of a case, each list in source order, as `case.json` names them.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "the fields are those of `case::Case`, where each is explained")]
pub struct Facts {
    pub metadata: Metadata,
    pub problem_statement: Option<Fact>,
    pub impact: Vec<Fact>,
    pub symptoms: Vec<Fact>,
    pub expectations: Vec<Expectation>,
    pub reproduction: Vec<Fact>,
    pub ruled_out: Vec<Fact>,
    pub suspicions: Vec<Fact>,
    pub questions: Vec<Fact>,
    pub changes: Vec<Fact>,
    pub error_codes: Vec<ErrorCode>,
    pub log_events: LogSummary,
    pub stack_traces: Vec<StackTrace>,
    pub lock_reports: Vec<LockReport>,
    pub code_paths: Vec<CodePath>,
    pub code_names: Vec<CodeName>,
    pub payloads: Vec<Payload>,
    pub timeline: Vec<TimelineRow>,
    pub metrics: Vec<Metric>,
}

/// Longest text of a fact, in bytes: what does not fit is cut at a word, the place still covers all of it.
const FACT_BYTES: usize = 600;

/// Passages of one document, read together, as one fact; the basis is the first one's.
pub(super) fn fact_of(sources: &SourceMap, passages: &[&Passage]) -> Option<Fact> {
    let (first, last) = (passages.first()?, passages.last()?);
    let words: Vec<String> =
        passages.iter().map(|passage| statement(passage)).filter(|text| !text.is_empty()).collect();
    if !words.iter().any(|text| text.chars().any(char::is_alphanumeric)) {
        return None;
    }
    let span = first.span.join(last.span);
    let separator = if first.kind == PassageKind::Cell { " - " } else { " " };
    let text = safe_text(sources, span, &words.join(separator));
    Some(Fact {
        text: cut(text),
        basis: first.basis,
        span: sources.cite(span),
        evidence: Vec::new(),
        details: Vec::new(),
    })
}

/// Text of a place with its secrets redacted; `plain` is the place's text without markup.
///
/// A secret is known by its surroundings (`password: …`), which flat text may have lost. Where the place holds one
/// that the
/// flat text alone does not show, the redacted source text is used, markup and all.
pub(super) fn safe_text(sources: &SourceMap, span: Span, plain: &str) -> String {
    let redacted = sources.redact_text(plain);
    if redacted != plain {
        return redacted;
    }
    let place = sources.redact(span);
    if place == sources.text(span) { redacted } else { fold(&place) }
}

/// The words of a passage without the label before them and without a closing colon.
pub(super) fn statement(passage: &Passage) -> String {
    let text = passage.flat.text.as_str();
    let rest = match leading_label(&passage.flat) {
        Some(label) if label.rest < text.len() => {
            let words = &text[label.words.clone()];
            if is_dispensable(words, label.strong, passage.role) { &text[label.rest..] } else { text }
        }
        _ => text,
    };
    fold(rest).trim_end_matches([':', '：']).trim().to_string()
}

/// Whether a label says nothing that the fact's own list does not say ("Expected:", "Impact:", but not "Affected
/// users:").
fn is_dispensable(words: &str, strong: bool, role: SectionRole) -> bool {
    let given = label_role(words, strong);
    match role {
        SectionRole::Impact => given == Some(role) && words.to_lowercase().ends_with("impact") && !words.contains(' '),
        SectionRole::Environment => false,
        _ => {
            given == Some(role)
                || given.is_some_and(|_| role != SectionRole::Metadata) && words.split_whitespace().count() <= 2
        }
    }
}

/// `text` with every run of white space as one blank.
pub(super) fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: String) -> String {
    if text.len() <= FACT_BYTES {
        return text;
    }
    let mut end = FACT_BYTES;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let end = text[..end].rfind(' ').filter(|at| *at > FACT_BYTES / 2).unwrap_or(end);
    format!("{} …", &text[..end])
}

/// Passages that may be read as statements: no heading, no placeholder, no bare label.
pub(super) fn is_statement(passage: &Passage) -> bool {
    passage.kind != PassageKind::Heading && !passage.placeholder && !is_bare_label(passage)
}

/// Whether a passage is a label with nothing behind it.
pub(super) fn is_bare_label(passage: &Passage) -> bool {
    leading_label(&passage.flat).is_some_and(|label| {
        let words = &passage.flat.text[label.words.clone()];
        let item = passage.kind == PassageKind::Item;
        let known = role_of_label(&label, words, item).is_some() || metadata_key(words).is_some();
        label.rest >= passage.flat.text.len() && (known || (label.strong && passage.kind == PassageKind::Sentence))
    })
}

/// How many sentences of a paragraph make one fact.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Grouping {
    /// Each is a fact of its own, so that each keeps its own basis.
    Sentences,
    /// A short paragraph is one fact.
    Paragraphs,
}

/// Longest paragraph that is one fact, in bytes.
const PARAGRAPH_BYTES: usize = 300;

/// Neighbouring passages that make one fact: a list item, a table row (without the header), a sentence or short
/// paragraph.
pub(super) fn by_block<'a>(
    sources: &SourceMap,
    reading: &'a Reading,
    grouping: Grouping,
    keep: impl Fn(&Passage) -> bool,
) -> Vec<Vec<&'a Passage>> {
    let mut groups: Vec<Vec<&Passage>> = Vec::new();
    for passage in reading.passages.iter().filter(|passage| keep(passage)) {
        match groups.last_mut() {
            Some(group) if group.last().is_some_and(|last| joins(sources, group[0], last, passage, grouping)) => {
                group.push(passage);
            }
            _ => groups.push(vec![passage]),
        }
    }
    groups.retain(|group| !is_header_row(sources, reading, group[0]));
    groups
}

fn joins(sources: &SourceMap, first: &Passage, last: &Passage, next: &Passage, grouping: Grouping) -> bool {
    let same = last.kind == next.kind && (last.document, last.block) == (next.document, next.block);
    same && match next.kind {
        PassageKind::Item => true,
        PassageKind::Cell => !sources.text(last.span.join(next.span)).contains(['\n', '\r']),
        PassageKind::Sentence => {
            grouping == Grouping::Paragraphs && next.span.end - first.span.start <= PARAGRAPH_BYTES
        }
        PassageKind::Heading | PassageKind::FenceLine => false,
    }
}

/// Whether a cell stands on the first line of its table.
fn is_header_row(sources: &SourceMap, reading: &Reading, passage: &Passage) -> bool {
    if passage.kind != PassageKind::Cell {
        return false;
    }
    let block = reading.documents.get(passage.document).and_then(|read| read.document.blocks.get(passage.block));
    block.is_some_and(|block| {
        let before =
            sources.text(Span::new(block.span.source, block.span.start..passage.span.start.max(block.span.start)));
        !before.trim_start().contains(['\n', '\r'])
    })
}

#[cfg(test)]
mod tests {
    use crate::extract::testing::facts;

    #[test]
    fn a_secret_reaches_neither_text_nor_quote() {
        let found = facts("# T\n\n## Impact\n\n- Posted in a chat: `password=Tr0ub4dor-x9Q`\n");
        let fact = &found.impact[0];
        assert!(!fact.text.contains("Tr0ub4dor") && !fact.span.quote.contains("Tr0ub4dor"), "{fact:?}");
    }

    #[test]
    fn a_long_statement_is_cut_at_a_word() {
        let found = facts(&format!("# T\n\n## Impact\n\n- {}\n", "größer ".repeat(200)));
        assert!(found.impact[0].text.ends_with("größer …"), "{}", found.impact[0].text);
    }
}
