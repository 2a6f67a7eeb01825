//! Tells which kind of document the leading one is, by its title, its metadata and its sections.

use std::sync::LazyLock;

use crate::case::DocumentKind;
use crate::pattern::Pattern;

use super::byline::is_speaker;
use super::fields::FoundField;
use super::pattern::pattern;
use super::reading::{PassageKind, Reading, SectionRole};

/// Messages with a speaker and a time from which on a document reads as a chat.
const MESSAGES: usize = 3;

/// A title and a text are what trackers hold; incidents have sections.
const BARE_SECTIONS: usize = 3;

/// The kind of the leading document.
pub(super) fn document_kind(reading: &Reading, fields: &[FoundField]) -> DocumentKind {
    let Some(read) = reading.documents.first() else { return DocumentKind::Incident };
    let headings: Vec<&str> = read.document.sections.iter().map(|section| section.title.text.as_str()).collect();
    let stated = fields.iter().filter(|found| TYPE_KEY.is_match(&found.key)).find_map(|found| by_words(&found.value));
    let tracked = is_tracked(reading);
    // "Alert has no button" names what is broken, "Alert: …" says what the document is.
    let says = |title: &str| {
        by_words(title).filter(|kind| match kind {
            DocumentKind::Incident => !tracked || NAMED_INCIDENT.is_match(title),
            DocumentKind::Alert => !tracked || NAMED_ALERT.is_match(title),
            _ => true,
        })
    };
    let titled = headings.iter().filter(|title| !title.is_empty()).take(3).find_map(|title| says(title));
    // A report on a bug has issue type "Bug" and is a report all the same.
    let derived = titled.filter(|kind| matches!(kind, DocumentKind::Plan | DocumentKind::Report));
    derived
        .or(stated)
        .or(titled)
        .or_else(|| is_chat(reading).then_some(DocumentKind::Chat))
        .unwrap_or_else(|| by_sections(reading))
}

fn by_words(text: &str) -> Option<DocumentKind> {
    KINDS.iter().find(|(pattern, _)| pattern.is_match(text)).map(|(_, kind)| *kind)
}

fn is_chat(reading: &Reading) -> bool {
    let spoken = |text: &str| MESSAGE.is_match(text) || is_speaker(text);
    let messages = reading.passages.iter().filter(|passage| {
        passage.document == 0
            && !matches!(passage.kind, PassageKind::Cell | PassageKind::FenceLine)
            && passage.role != SectionRole::Timeline
            && spoken(&passage.flat.text)
    });
    messages.take(MESSAGES).count() == MESSAGES
        && reading.documents.first().is_some_and(|read| {
            !read.roles.contains(&SectionRole::Timeline) && !read.roles.contains(&SectionRole::Impact)
        })
}

/// Whether the document has what issue forms ask for: steps, what was expected, what came out; and no timeline.
fn is_tracked(reading: &Reading) -> bool {
    let Some(read) = reading.documents.first() else { return false };
    let asked =
        |role: &SectionRole| matches!(role, SectionRole::Expected | SectionRole::Actual | SectionRole::Reproduction);
    let labelled = || reading.passages.iter().any(|passage| passage.document == 0 && asked(&passage.role));
    !read.roles.contains(&SectionRole::Timeline) && (read.roles.iter().any(asked) || labelled())
}

fn by_sections(reading: &Reading) -> DocumentKind {
    let roles = reading.documents.first().map(|read| read.roles.as_slice()).unwrap_or_default();
    let has = |role: SectionRole| roles.contains(&role);
    if has(SectionRole::Timeline) && (has(SectionRole::Lessons) || has(SectionRole::ActionItems)) {
        DocumentKind::Postmortem
    } else if has(SectionRole::Alternatives) && has(SectionRole::Tests) {
        DocumentKind::Plan
    } else if has(SectionRole::Timeline) {
        DocumentKind::Incident
    } else if is_tracked(reading) {
        // Issue forms have a section on impact as well.
        DocumentKind::Bug
    } else if has(SectionRole::Impact) {
        DocumentKind::Incident
    } else if roles.len() <= BARE_SECTIONS {
        DocumentKind::Bug
    } else if roles.iter().any(|role| HANDLED.contains(role)) {
        DocumentKind::Incident
    } else {
        DocumentKind::Bug
    }
}

/// Sections of a document that tells how something was handled, not only what is wrong.
const HANDLED: &[SectionRole] = &[
    SectionRole::Symptoms,
    SectionRole::Investigation,
    SectionRole::Contributing,
    SectionRole::ActionItems,
    SectionRole::Lessons,
    SectionRole::Prevention,
    SectionRole::Monitoring,
    SectionRole::People,
];

/// Words in the order in which they decide: "Incident postmortem" is a postmortem, "Security alert: audit" an audit.
static KINDS: LazyLock<Vec<(Pattern, DocumentKind)>> = LazyLock::new(|| {
    let table = [
        (r"(?i)\b(?:resolution|implementation|remediation|fix|rollout) plan\b", DocumentKind::Plan),
        (r"(?i)\banalysis report\b", DocumentKind::Report),
        (
            concat!(
                r"(?i)\b(?:audit|penetration|pen-?test|vulnerabilit(?:y|ies)|security (?:alert|review|finding|",
                r"assessment))\b"
            ),
            DocumentKind::Audit,
        ),
        (
            r"(?i)\bpost-?mortem\b|\bpost-incident\b|\bpir\b|\bretrospective\b|ポストモーテム|复盘",
            DocumentKind::Postmortem,
        ),
        (
            concat!(
                r"(?i)\b(?:slack|discord|chat|discussion) (?:thread|discussion|log|channel|transcript|export)\b|",
                r"#[a-z]+-[a-z-]+ channel"
            ),
            DocumentKind::Chat,
        ),
        (r"(?i)\btest (?:failures?|suite)\b|\bfailing tests?\b|\bci failure\b|\bflaky\b", DocumentKind::TestFailure),
        (
            r"(?i)\b(?:ticket|zendesk|support (?:case|request)|customer (?:escalation|complaint)|service request)\b|工单",
            DocumentKind::Ticket,
        ),
        (r"(?i)\bincident\b|\boutage\b|\bpagerduty incident\b|インシデント|障害", DocumentKind::Incident),
        (r"(?i)\balerts?\b|\bpagerduty\b|\bfiring\b", DocumentKind::Alert),
        (r"(?i)\bbug\b|\bdefect\b|\bfehler\b", DocumentKind::Bug),
    ];
    table.into_iter().map(|(words, kind)| (pattern(words), kind)).collect()
});

static NAMED_INCIDENT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:incident|outage)(?: (?:report|summary|details?|review|ticket|record))?\s*(?:[:：#\d]|$| [-–—] )|",
        r"インシデント|障害",
    ))
});

static NAMED_ALERT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:\w+ ){0,2}alerts?(?: (?:report|summary|details?|page|name))?\s*(?:[:：#\d]|$| [-–—] )|\bfiring\b",
    )
});

static TYPE_KEY: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)^(?:issue[ _]?type|type|kind|document type)$"));

/// A speaker and a time: `**@name** [09:14 AM]`, `**Name (Team)** - 10:15 AM`, `[10:02] name: …`.
static MESSAGE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:@[\w.-]+(?: \([^)]{1,40}\))?|[A-Z][\w.]+(?: [A-Z][\w.]+)?(?: \([^)]{1,40}\))?)\s*(?:[-–—,|]\s*|",
        r"\[|\()\s*\d{1,2}:\d{2}",
        r"|^\[?\d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?\]?\s+(?:@[\w.-]+|[A-Z][\w.]+(?: [A-Z][\w.]+)?)\s*:",
    ))
});

#[cfg(test)]
mod tests {
    use crate::case::DocumentKind;
    use crate::extract::testing::facts;

    #[test]
    fn the_title_says_what_kind_a_document_is() {
        let cases = [
            ("# Incident Report: Queue stuck", DocumentKind::Incident),
            ("# Bug: Queue stuck", DocumentKind::Bug),
            ("# Support Ticket: Queue stuck", DocumentKind::Ticket),
            ("# Alert: Queue stuck", DocumentKind::Alert),
            ("# Slack thread: queue stuck", DocumentKind::Chat),
            ("# Security audit of the queue", DocumentKind::Audit),
            ("# Queue outage: postmortem", DocumentKind::Postmortem),
            ("# Problem Resolution Plan - queue", DocumentKind::Plan),
            ("# Analysis Report: queue", DocumentKind::Report),
            ("# Failing tests in the queue", DocumentKind::TestFailure),
        ];
        for (title, kind) in cases {
            assert_eq!(facts(&format!("{title}\n\nIt is stuck.\n")).metadata.kind, kind, "{title}");
        }
    }

    #[test]
    fn sections_decide_where_the_title_does_not() {
        assert_eq!(
            facts("# Queue\n\n## Timeline\n\nx\n\n## Lessons learned\n\ny\n").metadata.kind,
            DocumentKind::Postmortem
        );
        assert_eq!(facts("# Queue\n\nIt is stuck.\n").metadata.kind, DocumentKind::Bug);
    }

    #[test]
    fn messages_with_speakers_and_times_are_a_chat() {
        let text = "# Queue\n\n**@ada** [09:14 AM]\nStuck.\n\n**@bob** [09:15 AM]\nSince when?\n\n**@ada** [09:16 AM]\nToday.\n";
        assert_eq!(facts(text).metadata.kind, DocumentKind::Chat);
    }

    #[test]
    fn a_bug_of_a_tracker_is_no_incident_unless_it_says_so() {
        let form = "### Describe the bug\n\nIt is stuck.\n\n### Steps to reproduce\n\n1. Open it\n\n### Expected behavior\n\nOpen.\n\n### Impact\n\n3 users.\n\n### Environment\n\nLinux\n";
        let kind = |title: &str| facts(&format!("# {title}\n\n{form}")).metadata.kind;
        assert_eq!(kind("Queue stuck"), DocumentKind::Bug);
        assert_eq!(kind("Alert has no button during an outage of the queue"), DocumentKind::Bug);
        assert_eq!(kind("Incident 12: queue stuck"), DocumentKind::Incident);
        let wiki = "# Queue stuck\n\nh2. Description\nIt is stuck.\nh2. Backtrace\nx\nh2. Code\ny\nh2. Version\n1.2\n";
        assert_eq!(facts(wiki).metadata.kind, DocumentKind::Bug);
    }
}
