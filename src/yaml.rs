//! The only user of `serde_yaml`: strict reading of typed YAML, and front matter as flat keys with places.
//!
//! Strict means: YAML 1.2 booleans only, duplicate keys and alias bombs are errors, and no text above `limits::YAML_BYTES`.

use std::ops::Range;

use serde::de::{DeserializeOwned, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::limits;

pub use serde_yaml::Spanned;

/// Why a YAML text could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct YamlError {
    /// What is wrong; lower case, no place in it.
    pub message: String,
    /// 1-based line, 0 if unknown.
    pub line: u64,
    /// 1-based column in characters, 0 if unknown.
    pub column: u64,
    /// The place in the text, where it is known.
    pub range: Option<Range<usize>>,
    /// Whether a key occurs twice.
    pub duplicate_key: bool,
}

/// Reads `text` as a `T`; unknown fields are refused where `T` says so.
pub fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, YamlError> {
    if text.len() > limits::YAML_BYTES {
        return Err(YamlError {
            message: format!("{} bytes are more than the {} that are read", text.len(), limits::YAML_BYTES),
            line: 0,
            column: 0,
            range: None,
            duplicate_key: false,
        });
    }
    let options = serde_yaml::options! { strict_booleans: true, with_snippet: false };
    serde_yaml::from_str_with_options(text, options).map_err(|error| yaml_error(&error, text))
}

fn yaml_error(error: &serde_yaml::Error, text: &str) -> YamlError {
    let location = error.location();
    let full = error.without_snippet().to_string();
    // The library appends the place to its message; ours is kept apart.
    let message = match full.rfind(" at line ") {
        Some(at) => full[..at].to_string(),
        None => full,
    };
    let message = message.lines().next().unwrap_or_default().to_string();
    YamlError {
        duplicate_key: message.contains("duplicate") && message.contains("key"),
        message,
        line: location.map_or(0, |l| l.line()),
        column: location.map_or(0, |l| l.column()),
        range: location.and_then(|l| byte_range(l.span(), text)),
    }
}

/// The place of a spanned value as a byte range of the text it was read from.
pub fn range_of<T>(value: &Spanned<T>, text: &str) -> Range<usize> {
    byte_range(value.referenced.span(), text).unwrap_or(0..0)
}

fn byte_range(span: serde_yaml::Span, text: &str) -> Option<Range<usize>> {
    let start = usize::try_from(span.byte_offset()?).ok()?;
    let len = usize::try_from(span.byte_len()?).ok()?;
    let end = start.checked_add(len)?.min(text.len());
    (start <= end && text.is_char_boundary(start) && text.is_char_boundary(end)).then_some(start..end)
}

/// One scalar of a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Dotted key; items of a list repeat their list's key.
    pub key: String,
    /// The scalar as written (quotes and escapes resolved), empty for null.
    pub value: String,
    /// Place of the value in the text.
    pub range: Range<usize>,
}

/// Reads a mapping of any shape into its scalars, in the order written.
///
/// ```
/// # use casefile::yaml::mapping;
/// let entries = mapping("id: 010\ntags: [a, b]\n").unwrap();
/// let pairs: Vec<_> = entries.iter().map(|e| (e.key.as_str(), e.value.as_str())).collect();
/// assert_eq!(pairs, [("id", "010"), ("tags", "a"), ("tags", "b")]);
/// ```
pub fn mapping(text: &str) -> Result<Vec<Entry>, YamlError> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let root = tree(text)?;
    let mut entries = Vec::new();
    match &root.value {
        Node::Map(_) => flatten(&root, "", text, &mut entries),
        _ => {
            return Err(YamlError {
                message: "expected keys and values".into(),
                line: 1,
                column: 1,
                range: Some(0..text.len()),
                duplicate_key: false,
            });
        }
    }
    Ok(entries)
}

/// Reads a text of any shape; an error says what is wrong with it.
pub fn tree(text: &str) -> Result<Spanned<Node>, YamlError> {
    from_str(text)
}

fn flatten(node: &Spanned<Node>, key: &str, text: &str, entries: &mut Vec<Entry>) {
    match &node.value {
        Node::Map(pairs) => {
            for (name, value) in pairs {
                let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                flatten(value, &key, text, entries);
            }
        }
        Node::List(items) => items.iter().for_each(|item| flatten(item, key, text, entries)),
        Node::Text(value) => {
            entries.push(Entry { key: key.into(), value: value.clone(), range: range_of(node, text) });
        }
        Node::Other => {
            let range = range_of(node, text);
            entries.push(Entry { key: key.into(), value: text[range.clone()].trim().into(), range });
        }
        Node::Null => entries.push(Entry { key: key.into(), value: String::new(), range: range_of(node, text) }),
    }
}

/// YAML of any shape; numbers and booleans are taken from the text itself, so `010` stays `010`.
pub enum Node {
    /// Keys and values in the order written.
    Map(Vec<(String, Spanned<Node>)>),
    /// Items.
    List(Vec<Spanned<Node>>),
    /// Words, with quotes and escapes resolved.
    Text(String),
    /// A number or truth value: what its place in the text says.
    Other,
    /// No value.
    Null,
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any YAML value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut pairs = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            pairs.push((key, map.next_value()?));
        }
        Ok(Node::Map(pairs))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_keep_the_text_as_written() {
        let entries = mapping("a: 1.10\nb:\n  c: 2025-11-10 14:00:00\nd: 'x: y'\ne: no\nf:\n").unwrap();
        let pairs: Vec<_> = entries.iter().map(|e| (e.key.as_str(), e.value.as_str())).collect();
        assert_eq!(pairs, [("a", "1.10"), ("b.c", "2025-11-10 14:00:00"), ("d", "x: y"), ("e", "no"), ("f", "")]);
    }

    #[test]
    fn a_value_knows_its_place() {
        let text = "id: x\ntitle: Größe zählt\n";
        let entries = mapping(text).unwrap();
        assert_eq!(&text[entries[1].range.clone()], "Größe zählt");
    }

    #[test]
    fn a_duplicate_key_is_an_error_with_its_line() {
        let error = mapping("a: 1\nb: 2\na: 3\n").unwrap_err();
        assert_eq!((error.line, error.duplicate_key), (3, true), "{error:?}");
    }

    #[test]
    fn an_alias_bomb_stops() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_string();
        for n in 1..10 {
            let refs = vec![format!("*a{}", n - 1); 10].join(", ");
            text.push_str(&format!("a{n}: &a{n} [{refs}]\n"));
        }
        assert!(mapping(&text).is_err());
    }

    #[test]
    fn a_list_is_no_mapping() {
        assert!(mapping("- a\n- b\n").is_err());
    }

    #[test]
    fn an_error_names_the_line() {
        let error = mapping("a: 1\nb: [1, 2\nc: 3\n").unwrap_err();
        assert!(error.line >= 2, "{error:?}");
    }
}
