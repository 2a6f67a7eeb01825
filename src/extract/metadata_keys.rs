//! Which metadata field a key names (`metadata_keys.yaml`), in seven languages.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::yaml;

/// A field of the metadata that a key fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Field {
    Id,
    Title,
    Severity,
    Priority,
    ReportedBy,
    Date,
    Component,
    Environment,
    Version,
    Assigned,
    Status,
    Sla,
    /// A key of metadata lines that fills no field of its own.
    Known,
}

/// Longest key, in bytes.
const KEY_BYTES: usize = 48;

/// The field that `key` names; emoji, marks and case do not matter.
pub(super) fn metadata_key(key: &str) -> Option<Field> {
    if key.len() > KEY_BYTES * 2 {
        return None;
    }
    let key = key.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let at = TABLE.binary_search_by(|(word, _)| word.as_str().cmp(&key)).ok()?;
    Some(TABLE[at].1)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    field: Field,
    words: Vec<String>,
}

static TABLE: LazyLock<Vec<(String, Field)>> = LazyLock::new(|| {
    let entries: Vec<Entry> = yaml::from_str(include_str!("metadata_keys.yaml")).expect("the table is read by a test");
    let mut table: Vec<(String, Field)> =
        entries.into_iter().flat_map(|entry| entry.words.into_iter().map(move |word| (word, entry.field))).collect();
    table.sort();
    table
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_stands_twice_in_the_table() {
        let twice: Vec<_> = TABLE.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| &pair[0].0).collect();
        assert_eq!(twice, Vec::<&String>::new());
    }

    #[test]
    fn keys_of_several_languages_are_known() {
        assert_eq!(metadata_key("🚨 Severity"), Some(Field::Severity));
        assert_eq!(metadata_key("Gemeldet von"), Some(Field::ReportedBy));
        assert_eq!(metadata_key("重大度"), Some(Field::Severity));
        assert_eq!(metadata_key("jira_id"), Some(Field::Id));
        assert_eq!(metadata_key("Severity of the matter"), None);
    }
}
