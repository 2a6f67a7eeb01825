//! Stable JSON: keys sorted, two spaces of indentation, a final newline, integers only. The same value gives the same bytes.

use serde::Serialize;
use serde_json::{Map, Value};

use super::RenderError;

/// Writes `value` as stable JSON.
///
/// ```
/// # use casefile::render::to_json;
/// let text = to_json(&serde_json::json!({"b": 1, "a": [true]})).unwrap();
/// assert_eq!(text, "{\n  \"a\": [\n    true\n  ],\n  \"b\": 1\n}\n");
/// ```
pub fn to_json<T: Serialize>(value: &T) -> Result<String, RenderError> {
    let value = serde_json::to_value(value).map_err(|source| RenderError::Json { source })?;
    let value = sorted(value, &mut Vec::new())?;
    let mut text = serde_json::to_string_pretty(&value).map_err(|source| RenderError::Json { source })?;
    text.push('\n');
    Ok(text)
}

/// Writes `value` as stable JSON on one line, for files that hold a value a line.
///
/// ```
/// # use casefile::render::to_json_line;
/// assert_eq!(to_json_line(&serde_json::json!({"b": 1, "a": "x\ny"})).unwrap(), "{\"a\":\"x\\ny\",\"b\":1}\n");
/// ```
pub fn to_json_line<T: Serialize>(value: &T) -> Result<String, RenderError> {
    let value = serde_json::to_value(value).map_err(|source| RenderError::Json { source })?;
    let mut text = sorted(value, &mut Vec::new())?.to_string();
    text.push('\n');
    Ok(text)
}

/// Rebuilds every object with its keys in order: the map type keeps insertion order where a dependency asks for that.
fn sorted(value: Value, path: &mut Vec<String>) -> Result<Value, RenderError> {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.into_iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            let mut out = Map::new();
            for (key, value) in entries {
                path.push(key.clone());
                out.insert(key, sorted(value, path)?);
                path.pop();
            }
            Ok(Value::Object(out))
        }
        Value::Array(items) => {
            let mut out = Vec::with_capacity(items.len());
            for (index, item) in items.into_iter().enumerate() {
                path.push(index.to_string());
                out.push(sorted(item, path)?);
                path.pop();
            }
            Ok(Value::Array(out))
        }
        Value::Number(number) if number.is_f64() => {
            Err(RenderError::Fraction { path: path.join("/"), value: number.to_string() })
        }
        other => Ok(other),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn keys_are_sorted_at_every_depth() {
        #[derive(Serialize)]
        struct Inner {
            z: u8,
            a: u8,
        }
        let text = to_json(&BTreeMap::from([("k", vec![Inner { z: 1, a: 2 }])])).unwrap();
        assert_eq!(text, "{\n  \"k\": [\n    {\n      \"a\": 2,\n      \"z\": 1\n    }\n  ]\n}\n");
    }

    #[test]
    fn a_fraction_is_refused_with_its_place() {
        let error = to_json(&BTreeMap::from([("a", [1.5])])).unwrap_err();
        assert_eq!(error.to_string(), "number 1.5 at a/0 has a fraction; stable JSON holds integers only");
    }

    #[test]
    fn text_stays_text() {
        assert_eq!(to_json(&"ünï <b> \u{1}").unwrap(), "\"ünï <b> \\u0001\"\n");
    }
}
