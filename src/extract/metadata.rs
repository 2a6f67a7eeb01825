//! Fills the case's metadata from the metadata lines of the leading document: severity, people, dates, components,
//! title.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::case::{Metadata, MetadataField, Priority};
use crate::pattern::Pattern;
use crate::source::SourceMap;
use crate::span::Span;

use super::byline::{Byline, byline};
use super::facts::{fold, safe_text};
use super::fields::FoundField;
use super::genre::document_kind;
use super::metadata_keys::Field;
use super::pattern::pattern;
use super::priority::Spellings;
use super::reading::{Passage, PassageKind, Reading, SectionRole};
use super::title::{id_prefix, title};

/// Most values of one list field.
const VALUES: usize = 20;

/// Most related issues.
const RELATED: usize = 50;

/// The metadata of the leading document.
pub(super) fn metadata(
    sources: &SourceMap,
    reading: &Reading,
    fields: &[FoundField],
    spellings: &Spellings,
) -> Metadata {
    let value =
        |field: Field| fields.iter().find(|found| found.field == Some(field)).map(|found| shown(sources, found));
    let (severity_text, priority) = severity(sources, reading, fields, spellings);
    let id = id_candidates(reading, fields).into_iter().next().unwrap_or_default();
    Metadata {
        title: title(sources, reading, fields, &id),
        kind: document_kind(reading, fields),
        severity_text,
        priority,
        reported_by: value(Field::ReportedBy).or_else(|| opening(reading).map(|line| sources.redact_text(line.author))),
        date: report_date(fields)
            .map(|found| shown(sources, found))
            .or_else(|| opening(reading).map(|line| line.date.to_string())),
        components: list(sources, fields, Field::Component),
        environments: list(sources, fields, Field::Environment),
        versions: versions(sources, reading, fields),
        assigned: value(Field::Assigned),
        status_text: value(Field::Status),
        sla: value(Field::Sla),
        related_issues: related_issues(reading, &id),
        fields: fields.iter().map(|found| field(sources, found)).collect(),
        id,
    }
}

/// Ids that the document gives itself, best first: its metadata lines, then the start of its first heading.
///
/// The caller puts `--id` and an import's key before them, the names of folder and file after them.
pub(super) fn id_candidates(reading: &Reading, fields: &[FoundField]) -> Vec<String> {
    let stated = fields.iter().filter(|found| found.field == Some(Field::Id)).filter_map(|found| {
        let value = found.value.trim_matches(|c: char| !c.is_alphanumeric());
        let one = value.split_whitespace().count() == 1 && value.chars().any(|c| c.is_ascii_digit());
        (one || KEY.is_match(value)).then(|| value.split_whitespace().next().unwrap_or_default().to_string())
    });
    let example =
        fields.iter().filter(|found| found.key.to_lowercase().starts_with("jira") && found.field == Some(Field::Id));
    let mut ids: Vec<String> = stated.chain(example.map(|found| found.value.clone())).collect();
    let heading = reading.passages.iter().find(|passage| passage.document == 0 && passage.kind == PassageKind::Heading);
    ids.extend(heading.and_then(|passage| id_prefix(&passage.flat.text)));
    let mut seen = BTreeSet::new();
    ids.retain(|id| !id.is_empty() && seen.insert(id.clone()));
    ids
}

/// The byline of the leading document: its first words under the title.
fn opening(reading: &Reading) -> Option<Byline<'_>> {
    let own = |passage: &&Passage| passage.document == 0 && passage.kind != PassageKind::Heading;
    let first = reading.passages.iter().find(own)?;
    byline(&first.flat.text).filter(|_| first.kind == PassageKind::Sentence)
}

/// The report's own time: the first date line whose value holds one.
pub(super) fn report_date(fields: &[FoundField]) -> Option<&FoundField> {
    fields.iter().find(|found| found.field == Some(Field::Date) && DATED.is_match(&found.value))
}

fn shown(sources: &SourceMap, found: &FoundField) -> String {
    safe_text(sources, found.span, &found.value)
}

fn field(sources: &SourceMap, found: &FoundField) -> MetadataField {
    MetadataField { key: sources.redact_text(&found.key), value: shown(sources, found), span: sources.cite(found.span) }
}

/// Severity comes before priority, both before weaker words (urgency, risk, a CVSS score), these before prose.
fn severity(
    sources: &SourceMap,
    reading: &Reading,
    fields: &[FoundField],
    spellings: &Spellings,
) -> (Option<String>, Option<Priority>) {
    let rank = |found: &FoundField| {
        let key = found.key.to_lowercase();
        match found.field {
            Some(Field::Severity)
                if ["urgency", "risk", "cvss", "criticality"].iter().any(|weak| key.contains(weak)) =>
            {
                Some(2)
            }
            Some(Field::Severity) => Some(0),
            Some(Field::Priority) => Some(1),
            _ => None,
        }
    };
    let best = fields
        .iter()
        .enumerate()
        .filter_map(|(at, found)| Some((spellings.read(&found.value).is_none(), rank(found)?, at, found)))
        .min_by_key(|(unknown, rank, at, _)| (*unknown, *rank, *at));
    if let Some((_, _, _, found)) = best {
        return (Some(shown(sources, found)), spellings.read(&found.value));
    }
    let mut own = reading.passages.iter().filter(|passage| passage.document == 0 && !passage.placeholder);
    let title = own.clone().find(|passage| passage.kind == PassageKind::Heading);
    let titled = title.and_then(|passage| Some(TITLE_SEVERITY.captures(&passage.flat.text)?.get(1)?.as_str()));
    let told = titled.or_else(|| {
        own.find_map(|passage| {
            let found = PROSE_SEVERITY.captures(&passage.flat.text)?;
            found.get(1).or_else(|| found.get(2)).map(|word| word.as_str())
        })
    });
    (told.map(str::to_string), told.and_then(|words| spellings.read(words)))
}

fn list(sources: &SourceMap, fields: &[FoundField], field: Field) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for found in fields.iter().filter(|found| found.field == Some(field)) {
        for value in split_list(first_sentence(&shown(sources, found))) {
            if values.len() < VALUES && !values.contains(&value) {
                values.push(value);
            }
        }
    }
    values
}

/// A value without the sentences behind it ("billing. Paged at night.").
fn first_sentence(text: &str) -> &str {
    let ends = |at: &usize| text[at + 2..].starts_with(char::is_uppercase) && !text[..*at].contains("e.g");
    let end = text.match_indices(". ").map(|(at, _)| at).find(ends);
    end.map_or(text, |end| &text[..end])
}

/// Splits at commas and semicolons outside parentheses.
fn split_list(text: &str) -> Vec<String> {
    let mut depth = 0_u32;
    let mut parts = vec![String::new()];
    for c in text.chars() {
        match c {
            '(' | '（' | '[' => depth += 1,
            ')' | '）' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(c, ',' | ';' | '、' | '，') {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts.iter().map(|part| fold(part)).filter(|part| part.chars().any(char::is_alphanumeric)).collect()
}

/// Versions of metadata lines, then those named in prose.
fn versions(sources: &SourceMap, reading: &Reading, fields: &[FoundField]) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    let add = |values: &mut Vec<String>, text: &str| {
        for found in VERSION.captures_iter(text) {
            let Some(version) = found.get(1).or_else(|| found.get(2)) else { continue };
            let version = version.as_str().trim_end_matches(['.', '-']).to_string();
            if values.len() < VALUES && !values.contains(&version) {
                values.push(version);
            }
        }
    };
    let stated = fields.iter().filter(|found| found.field == Some(Field::Version));
    for value in stated.map(|found| shown(sources, found)) {
        for part in value.replace(" and ", ", ").split(',').map(str::trim) {
            // "app 5.4.0" names what has the version: it stays as it is written.
            let named = VERSION_OF.is_match(part) && !VERSION.is_match(part);
            if named && values.len() < VALUES && !values.iter().any(|value| value == part) {
                values.push(part.to_string());
            } else {
                add(&mut values, &format!("version {part}"));
            }
        }
    }
    for passage in reading.passages.iter().filter(|passage| passage.document == 0 && !passage.placeholder) {
        add(&mut values, &passage.flat.text);
    }
    values
}

/// Keys of other issues: those of the case's own project, and those that the words beside them call an issue.
fn related_issues(reading: &Reading, id: &str) -> Vec<String> {
    let project = id.split('-').next().unwrap_or_default();
    let mut keys = BTreeSet::new();
    for passage in
        reading.passages.iter().filter(|passage| !passage.placeholder && passage.kind != PassageKind::FenceLine)
    {
        let text = passage.flat.text.as_str();
        let told = matches!(passage.role, SectionRole::Related | SectionRole::References) || TRACKER.is_match(text);
        for found in ISSUE.captures_iter(text) {
            let (Some(key), Some(prefix)) = (found.get(1), found.get(2)) else { continue };
            let prefix = prefix.as_str();
            let named = told || (!project.is_empty() && prefix == project);
            if named && !NO_PROJECT.contains(&prefix) && key.as_str() != id && keys.len() < RELATED {
                keys.insert(key.as_str().to_string());
            }
        }
    }
    keys.into_iter().collect()
}

/// Words before a dash and a number that name a standard, an encoding or a weakness rather than an issue.
const NO_PROJECT: &[&str] = &[
    "AES", "ARM", "ASCII", "BASE", "CP", "CRC", "CVE", "CVSS", "CWE", "ECMA", "EUC", "GHSA", "GPT", "HTTP", "IEC",
    "IEEE", "IPV", "ISO", "JDK", "JEP", "KOI", "LATIN", "MD", "MP", "OWASP", "PEP", "RFC", "RIPEMD", "RSA", "SEV",
    "SHA", "SSE", "TCP", "TLS", "UCS", "UTC", "UTF", "WIN", "WINDOWS", "XSS", "GMT", "COVID",
];

/// The fields that consistency checks need, with their places.
pub(super) fn stated(fields: &[FoundField], field: Field) -> Option<(String, Span)> {
    let found = match field {
        Field::Date => report_date(fields),
        _ => fields.iter().find(|found| found.field == Some(field)),
    };
    found.map(|found| (found.value.clone(), found.value_span))
}

static KEY: LazyLock<Pattern> = LazyLock::new(|| pattern(r"^#?[A-Z][A-Z0-9]+-\d"));

static DATED: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"\d{4}|\d{1,2}[:/.]\d{1,2}|\d{1,2}[a-z]{0,2} [A-Z][a-z]{2}|[A-Z][a-z]{2,8} \d{1,2}"));

static PROSE_SEVERITY: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:priority|severity)(?: level)?(?: (?:should|must) be| (?:is|was)(?: set to| raised to)?|:|",
        r" to| of| =)? (?:an? )?(P[0-4]|sev-?[0-5])\b",
        r"|\b(?:declare[sd]?|declaring|opened|paged as|escalated to|treated as) (?:[A-Z][A-Z0-9]+-\d+,? (?:as )?)?(?:an? )?",
        r"(P[0-4]|sev-?[0-5])\b",
    ))
});

/// A title that opens with it: "PAGE P1 …", "[SEV-2] …".
static TITLE_SEVERITY: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"^\W{0,3}(?:(?:PAGE|Page|ALERT|Alert|INCIDENT|Incident)\W+)?[\[(]?(P[0-4]|SEV-?[0-5])\b")
});

static VERSION: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:versions?|releases?|ver\.?|release)(?: is)?[ :]+v?(\d+(?:\.\d+){0,3}[\w.+-]*)|",
        r"\bv(\d+(?:\.\d+){1,3}(?:-[\w.]+)?)\b",
    ))
});

/// What has a version, and the version ("app 5.4.0", "Chrome 120").
static VERSION_OF: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)^[a-z][\w+#./-]*(?: [\w+#./-]+){0,3} v?\d+(?:\.\d+){0,3}[\w.+-]*$"));

static ISSUE: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?:^|[^\w-])(([A-Z][A-Z0-9]+)-\d+(?:-\d+)*)\b"));

static TRACKER: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:issues?|tickets?|bugs?|jira|duplicates?|related|incidents?|see|postmortem|epic|",
        r"stor(?:y|ies)|backlog|tracked|fixe[sd]|regression of)\b",
    ))
});

#[cfg(test)]
mod tests {
    use crate::case::Priority;
    use crate::extract::testing::{extraction, facts};

    #[test]
    fn the_byline_under_the_title_names_reporter_and_date() {
        let found = facts("# Saving is broken\n\nkim42 · description · 2024-05-06\nNothing is saved.\n");
        assert_eq!(found.metadata.reported_by.as_deref(), Some("kim42"));
        assert_eq!(found.metadata.date.as_deref(), Some("2024-05-06"));
        assert_eq!(found.problem_statement.map(|fact| fact.text).as_deref(), Some("Nothing is saved."));
    }

    #[test]
    fn bold_lines_in_head_and_foot_fill_the_fields() {
        let text = "# Scenario 4: Logins fail\n\n**Severity**: P2 (High)\n**Reported By**: App team\n**Date**: Monday, 9:15 AM EST\n\n## Symptoms\n\nLogged out.\n\n---\n\n**Status**: Open\n**Assigned**: Identity team\n**SLA**: 8 hours\n";
        let metadata = facts(text).metadata;
        assert_eq!(metadata.title, "Logins fail");
        assert_eq!((metadata.severity_text.as_deref(), metadata.priority), (Some("P2 (High)"), Some(Priority::P2)));
        assert_eq!(metadata.reported_by.as_deref(), Some("App team"));
        assert_eq!(metadata.date.as_deref(), Some("Monday, 9:15 AM EST"));
        assert_eq!(
            (metadata.status_text.as_deref(), metadata.assigned.as_deref()),
            (Some("Open"), Some("Identity team"))
        );
        assert_eq!(metadata.sla.as_deref(), Some("8 hours"));
        assert_eq!(metadata.fields.len(), 6);
    }

    #[test]
    fn several_labels_on_one_line_are_several_fields() {
        let metadata = facts("# T\n\n**Status:** Open | **Priority:** Urgent\n").metadata;
        assert_eq!((metadata.status_text.as_deref(), metadata.priority), (Some("Open"), Some(Priority::P1)));
    }

    #[test]
    fn tables_of_two_columns_fill_the_fields() {
        let metadata =
            facts("# T\n\n| 項目 | 値 |\n|---|---|\n| 重大度 | SEV-3 |\n| 影響サービス | api、worker |\n").metadata;
        assert_eq!(
            (metadata.priority, metadata.components),
            (Some(Priority::P3), vec!["api".to_string(), "worker".to_string()])
        );
    }

    #[test]
    fn front_matter_fills_the_fields() {
        let found = extraction("---\nid: index\njira_id: APP-12\npriority: P1\n---\n# Report\n\nText.\n");
        assert_eq!((found.ids, found.facts.metadata.priority), (vec!["APP-12".to_string()], Some(Priority::P1)));
    }

    #[test]
    fn broken_front_matter_is_a_finding() {
        let found = extraction("---\na: 1\na: 2\n---\n# Report\n\nText.\n");
        assert!(found.findings.iter().any(|finding| finding.code == crate::finding::Code::DuplicateFrontMatterKey));
    }

    #[test]
    fn the_severity_of_an_event_is_not_the_documents() {
        let metadata =
            facts("# T\n\n## Timeline\n\n**07:23 UTC** - Spill reported\n- Severity Level: 8 (Critical)\n").metadata;
        assert_eq!((metadata.severity_text, metadata.priority), (None, None));
    }

    #[test]
    fn severity_counts_before_priority_and_a_known_word_before_an_unknown_one() {
        assert_eq!(facts("# T\n\n**Priority**: P0\n**Severity**: Critical\n").metadata.priority, Some(Priority::P1));
        assert_eq!(facts("# T\n\n**Severity**: see below\n**Priority**: Low\n").metadata.priority, Some(Priority::P4));
    }

    #[test]
    fn commas_in_parentheses_do_not_split_a_list() {
        let metadata = facts("# T\n\n**Environment**: Production (95 %, peak), Staging\n").metadata;
        assert_eq!(metadata.environments, ["Production (95 %, peak)", "Staging"]);
    }

    #[test]
    fn issues_named_elsewhere_are_related_and_standards_are_not() {
        let text = "# APP-1: Fails\n\nSee ticket OPS-7 and CVE-2020-1234. Like APP-9. Uses UTF-8 and SHA-256, order ORD-5 is lost.\n\nNo tracker word beside QRS-3 here.\n";
        assert_eq!(facts(text).metadata.related_issues, ["APP-9", "OPS-7"]);
    }

    #[test]
    fn versions_come_from_lines_and_prose() {
        let metadata =
            facts("# T\n\n**Affected Versions:** 2.3.0 and 2.3.1\n\nSince version 2.3.0 it fails; v2.2 works.\n")
                .metadata;
        assert_eq!(metadata.versions, ["2.3.0", "2.3.1", "2.2"]);
    }

    #[test]
    fn a_version_keeps_the_name_of_what_has_it() {
        let versions = |value: &str| facts(&format!("# T\n\n**Version**: {value}\n\nIt fails.\n")).metadata.versions;
        assert_eq!(versions("app 5.4.0, session service 2.9.1"), ["app 5.4.0", "session service 2.9.1"]);
        assert_eq!(versions("v2.1 and release 2.2"), ["2.1", "2.2"]);
        assert_eq!(versions("all of them"), [""; 0]);
    }

    #[test]
    fn the_stated_id_comes_before_that_of_the_heading() {
        assert_eq!(extraction("# APP-3: Fails\n\n**Issue ID**: #1234\n").ids, ["1234", "APP-3"]);
    }

    #[test]
    fn a_title_that_opens_with_a_severity_states_it() {
        assert_eq!(facts("# PAGE P1 `disk_full`\n\nFull.\n").metadata.priority, Some(Priority::P1));
        assert_eq!(facts("# [SEV-2] Uploads fail\n\nText.\n").metadata.priority, Some(Priority::P2));
        assert_eq!(facts("# Uploads of P1 jobs fail\n\nText.\n").metadata.priority, None);
    }

    #[test]
    fn a_component_ends_with_its_sentence() {
        let metadata = facts("# T\n\nService: billing (Go, Redis). SEV-1 on Tuesday. Seen by Kim.\n").metadata;
        assert_eq!(metadata.components, ["billing (Go, Redis)"]);
    }

    #[test]
    fn a_field_is_cited_with_both_marks_of_a_pair() {
        let cited = &facts("# T\n\n**Severity:** 1\n").metadata.fields[0].span;
        assert_eq!(cited.quote, "**Severity:** 1");
    }
}
