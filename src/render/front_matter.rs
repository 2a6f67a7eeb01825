//! Front matter: keys in a given order, constants of the program plain, everything from a source as a JSON string.
//!
//! Written by hand rather than by a YAML library, because several readers (site generators, the gate's line-wise removal of
//! `status`) must agree on it.

use serde::{Deserialize, Serialize};

use super::visible::visible_line;

/// The front matter of a page, in writing order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FrontMatter {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Entry {
    Comment(String),
    Plain(String, String),
    Text(String, String),
    List(String, Vec<String>),
}

impl FrontMatter {
    /// Adds an empty line and a comment, which head a group of keys.
    pub fn group(mut self, comment: &'static str) -> Self {
        self.entries.push(Entry::Comment(comment.to_string()));
        self
    }

    /// Adds a constant of the program: a word, a number or `null`, written as it is.
    pub fn constant(mut self, key: &'static str, value: &'static str) -> Self {
        self.entries.push(Entry::Plain(key.to_string(), value.to_string()));
        self
    }

    /// Adds a number.
    pub fn number(mut self, key: &'static str, value: u64) -> Self {
        self.entries.push(Entry::Plain(key.to_string(), value.to_string()));
        self
    }

    /// Adds a text, quoted.
    pub fn text(mut self, key: &'static str, value: &str) -> Self {
        self.entries.push(Entry::Text(key.to_string(), value.to_string()));
        self
    }

    /// Adds a text where there is one; the key is left out otherwise, since `null` is refused for most keys.
    pub fn text_if(self, key: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(key, value),
            None => self,
        }
    }

    /// Adds a list of texts, quoted, on one line.
    pub fn list(mut self, key: &'static str, values: &[String]) -> Self {
        self.entries.push(Entry::List(key.to_string(), values.to_vec()));
        self
    }

    /// The block with both its `---` lines and no newline at the end.
    pub fn emit(&self) -> String {
        let mut out = String::from("---\n");
        for entry in &self.entries {
            match entry {
                Entry::Comment(text) => out.push_str(&format!("\n# {text}\n")),
                Entry::Plain(key, value) => out.push_str(&format!("{key}: {value}\n")),
                Entry::Text(key, value) => out.push_str(&format!("{key}: {}\n", quoted(value))),
                Entry::List(key, values) => {
                    let items: Vec<String> = values.iter().map(|value| quoted(value)).collect();
                    out.push_str(&format!("{key}: [{}]\n", items.join(", ")));
                }
            }
        }
        out.push_str("---");
        out
    }
}

/// A double-quoted string that JSON and every YAML reader take for the same text.
fn quoted(value: &str) -> String {
    // After this no control character is left, so quotes and backslashes are all that needs escaping.
    let line = visible_line(value);
    format!("\"{}\"", line.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A tag that is safe in an address: lower-case `[a-z0-9-]`, starting with a letter; `None` if nothing is left.
///
/// Priorities (`P2`) stay as they are.
pub(super) fn tag(text: &str) -> Option<String> {
    if matches!(text.as_bytes(), [b'P', b'0'..=b'4']) {
        return Some(text.to_string());
    }
    let mut slug = String::new();
    for c in text.chars().take(40) {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => slug.push(c),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    let slug = slug.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).trim_end_matches('-');
    (!slug.is_empty()).then(|| slug.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_their_order_and_constants_stay_plain() {
        let block = FrontMatter::default()
            .constant("id", "index")
            .text("title", "a: \"b\"")
            .number("sidebar_position", 1)
            .list("tags", &["analysis".into(), "P2".into()])
            .group("Issue Metadata")
            .text_if("jira_url", None)
            .emit();
        assert_eq!(
            block,
            "---\nid: index\ntitle: \"a: \\\"b\\\"\"\nsidebar_position: 1\ntags: [\"analysis\", \"P2\"]\n\n# Issue Metadata\n---"
        );
    }

    #[test]
    fn a_value_can_neither_end_its_string_nor_its_line() {
        let block = FrontMatter::default().text("k", "a\\\" \n---\u{85}\tb\u{1b}\u{7f}").emit();
        assert_eq!(block, "---\nk: \"a\\\\\\\"  ---  b␛␡\"\n---");
    }

    #[test]
    fn tags_are_slugs_that_start_with_a_letter() {
        assert_eq!(tag("Auth Service / Token_Manager").as_deref(), Some("auth-service-token-manager"));
        assert_eq!(tag("P2").as_deref(), Some("P2"));
        assert_eq!(tag("2fa"), Some("fa".to_string()));
        assert_eq!(tag("🚀 日本"), None);
    }
}
