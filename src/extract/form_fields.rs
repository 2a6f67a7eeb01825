//! Finds the answers of issue forms: a heading that is a key of metadata ("Operating System"), and a short answer under it.

use crate::markdown::{BlockKind, Document, FlatText};

use super::facts::fold;
use super::fields::FoundField;
use super::labels::leading_label;
use super::metadata_keys::{Field, metadata_key};
use super::placeholders::find_placeholder;

/// Longest answer, in bytes: a longer one is a text of its own.
const ANSWER_BYTES: usize = 120;

/// Most lines of a list that answers.
const ANSWERS: usize = 8;

/// The answers under the heading at block `at`, whose text is `heading`; none where more than short answers stand there.
pub(super) fn answers(document: &Document, at: usize, heading: &FlatText) -> Vec<FoundField> {
    let key = fold(&heading.text);
    let asked = |field: &Field| {
        matches!(
            field,
            Field::Severity
                | Field::Priority
                | Field::Component
                | Field::Environment
                | Field::Version
                | Field::Assigned
                | Field::Status
        )
    };
    let Some(field) = metadata_key(&key).filter(asked) else { return Vec::new() };
    let section = document.blocks[at].section;
    let under = document.blocks[at + 1..].iter().take_while(|block| block.section == section);
    let shown: Vec<_> = under.filter(|block| !matches!(block.kind, BlockKind::Comment | BlockKind::Rule)).collect();
    let mut found = Vec::new();
    for block in &shown {
        let text = match &block.kind {
            BlockKind::Paragraph(text) if shown.len() == 1 => text,
            BlockKind::Item { text, .. } if shown.len() <= ANSWERS => text,
            _ => return Vec::new(),
        };
        let value = fold(&text.text);
        let empty = find_placeholder(&value, 0..value.len()).is_some_and(|found| found.whole);
        if value.len() > ANSWER_BYTES || block.quoted || text.text.contains('\n') {
            return Vec::new();
        }
        // A label of its own is a line of metadata already.
        if !empty && !value.is_empty() && leading_label(text).is_none() {
            // What stands behind a dash explains the component.
            let name = [" - ", " – ", " — "].iter().filter_map(|dash| text.text.find(dash)).min();
            let end = name.filter(|_| field == Field::Component).unwrap_or(text.text.len());
            let span = text.span(0..end);
            let value = fold(&text.text[..end]);
            found.push(FoundField { field: Some(field), key: key.clone(), value, span, value_span: span });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::extract::testing::facts;

    #[test]
    fn short_answers_under_headings_that_are_keys_fill_the_fields() {
        let text = "### Describe the bug\n\nIt fails.\n\n### Operating System\n\nUbuntu 22.04\n\n### Version\n\n1.4.2\n\n### Severity\n\nBlocker\n\n### Component\n\n_No response_\n";
        let found = facts(text).metadata;
        assert_eq!(found.environments, ["Ubuntu 22.04"]);
        assert_eq!(found.versions, ["1.4.2"]);
        assert_eq!(found.severity_text.as_deref(), Some("Blocker"));
        assert!(found.components.is_empty(), "{:?}", found.components);
    }

    #[test]
    fn the_list_of_an_environment_is_read_item_by_item() {
        let found = facts("# T\n\nIt fails.\n\n## Environment\n\n- Debian 12\n- OpenJDK 17\n").metadata;
        assert_eq!(found.environments, ["Debian 12", "OpenJDK 17"]);
    }

    #[test]
    fn a_component_is_named_without_its_explanation() {
        let found =
            facts("# T\n\nIt fails.\n\n## Affected Components\n\n- `api/queue` - Priorities, retries\n- worker\n")
                .metadata;
        assert_eq!(found.components, ["api/queue", "worker"]);
    }

    #[test]
    fn a_text_under_such_a_heading_is_no_answer() {
        let found = facts(
            "# T\n\nIt fails.\n\n## Status\n\nWe restarted it twice.\n\nThen it ran for a day.\n\n## Environment\n\n```\nx\n```\n",
        );
        assert_eq!((found.metadata.status_text, found.metadata.environments.len()), (None, 0));
    }
}
