//! Finds metadata that a document keeps in a code fence at its top: TOML, YAML or JSON whose keys are those of metadata.
//!
//! A fence further down, or one with other keys, is what it shows: a payload or a configuration.

use std::ops::Range;

use crate::markdown::{BlockKind, Document};
use crate::source::SourceMap;
use crate::span::Span;
use crate::yaml;

use super::fields::toml_entries;
use super::metadata_keys::{Field, metadata_key};

/// Longest fence that is looked at, in bytes: a head is short.
const BYTES: usize = 8 * 1024;

/// The entries of the fence at the top of `document`, with their places in the source; empty if there is none.
pub(super) fn fenced_metadata(sources: &SourceMap, document: &Document) -> Vec<(yaml::Entry, Span)> {
    let Some(fence) = fence(document) else { return Vec::new() };
    let text = sources.text(fence.content);
    let entries = match fence.language {
        "toml" => toml_entries(text).ok(),
        "yaml" | "yml" | "json" => yaml::mapping(text).ok(),
        _ if text.trim_start().starts_with('{') => yaml::mapping(text).ok(),
        _ if text.lines().any(|line| line.contains(" = ")) => toml_entries(text).ok(),
        _ => yaml::mapping(text).ok(),
    };
    let entries = entries.filter(|entries| is_metadata(entries, &fence)).unwrap_or_default();
    let place = |range: Range<usize>| {
        Span::new(fence.content.source, fence.content.start + range.start..fence.content.start + range.end)
    };
    entries.into_iter().map(|entry| (place(entry.range.clone()), entry)).map(|(span, entry)| (entry, span)).collect()
}

/// The last part of a dotted key, with blanks for underscores.
pub(super) fn field_of(key: &str) -> Option<Field> {
    let name = key.rsplit('.').next().unwrap_or_default();
    metadata_key(&name.replace('_', " ")).or_else(|| metadata_key(name))
}

struct Fence<'a> {
    language: &'a str,
    content: Span,
    /// Whether it is the first thing in the document, above its title.
    leads: bool,
}

/// A fence with nothing above it but the title.
fn fence(document: &Document) -> Option<Fence<'_>> {
    let mut titles = 0;
    for block in &document.blocks {
        match &block.kind {
            BlockKind::Comment => {}
            BlockKind::Heading { .. } if titles == 0 => titles = 1,
            BlockKind::Code { language, lines, unclosed: false } if !block.quoted && block.depth == 0 => {
                let content = lines.first()?.join(*lines.last()?);
                let short = content.end - content.start <= BYTES;
                return short.then_some(Fence { language, content, leads: titles == 0 });
            }
            _ => return None,
        }
    }
    None
}

/// Whether all keys are those of metadata and one of them is of an issue; above the title a head with an id may hold others.
fn is_metadata(entries: &[yaml::Entry], fence: &Fence<'_>) -> bool {
    let fields: Vec<Option<Field>> = entries.iter().map(|entry| field_of(&entry.key)).collect();
    let has = |wanted: &[Field]| fields.iter().flatten().any(|field| wanted.contains(field));
    // `id` and `status` alone are what any record has.
    let issue = has(&[Field::Title, Field::Severity, Field::Priority, Field::ReportedBy, Field::Assigned]);
    let all = fields.len() >= 2 && fields.iter().all(Option::is_some) && issue;
    let told = matches!(fence.language, "toml" | "yaml" | "yml");
    let head = fence.leads && told && has(&[Field::Id]) && (issue || has(&[Field::Date]));
    all || head
}

#[cfg(test)]
mod tests {
    use crate::case::{Metadata, Priority};
    use crate::extract::testing::facts;

    fn metadata(text: &str) -> Metadata {
        facts(text).metadata
    }

    #[test]
    fn a_fence_of_metadata_at_the_top_fills_the_fields() {
        for fence in [
            "```toml\nseverity = \"High\"\nstatus = \"open\"\ndate = 2024-05-06\n```",
            "```yaml\nseverity: High\nstatus: open\ndate: 2024-05-06\n```",
            "```json\n{\"severity\": \"High\",\n \"status\": \"open\", \"date\": \"2024-05-06\"}\n```",
            "```\nseverity: High\nstatus: open\ndate: 2024-05-06\n```",
        ] {
            let text = format!("# Saving fails\n\n{fence}\n\nNothing is saved.\n");
            let found = metadata(&text);
            assert_eq!((found.priority, found.status_text.as_deref()), (Some(Priority::P2), Some("open")), "{fence}");
            assert_eq!(found.date.as_deref(), Some("2024-05-06"), "{fence}");
            let severity = &found.fields[0];
            assert_eq!(severity.span.quote.trim_matches('"'), "High", "{fence}");
            assert!((4..=6).contains(&severity.span.lines[0]), "{severity:?}");
        }
    }

    #[test]
    fn the_head_of_an_advisory_gives_id_and_date() {
        let found = metadata(
            "```toml\n[advisory]\nid = \"SEC-2021-7\"\ndate = \"2021-11-16\"\nextra = \"x\"\n\n[more]\nfixed = [\"1.2\"]\n```\n\n# Two writers at once\n\nA race.\n",
        );
        assert_eq!((found.id.as_str(), found.date.as_deref()), ("SEC-2021-7", Some("2021-11-16")));
        assert_eq!(found.title, "Two writers at once");
    }

    #[test]
    fn a_payload_or_a_configuration_is_no_metadata() {
        for fence in [
            "```json\n{\"id\": 7, \"status\": \"failed\", \"date\": \"2024-05-06\"}\n```",
            "```yaml\nversion: 3\nservices:\n  api:\n    image: x\n```",
            "```toml\npriority = 3\nretries = 2\n```",
            "Text first.\n\n```yaml\nseverity: High\nstatus: open\n```",
        ] {
            let found = metadata(&format!("# Saving fails\n\n{fence}\n\nNothing is saved.\n"));
            assert!(found.fields.is_empty(), "{fence}: {:?}", found.fields);
        }
    }
}
