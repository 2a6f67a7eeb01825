//! What one code block holds: JSON, HTTP exchanges with JSON bodies, SQL or configuration.

use std::ops::Range;
use std::sync::LazyLock;

use crate::case::PayloadKind;
use crate::extract::reading::{BlockContent, CodeBlock, FoundKey, FoundPayload};
use crate::limits;
use crate::pattern::Pattern;
use crate::payload::{HttpExchange, JsonKey, find_http, find_json, read_json};
use crate::source::SourceMap;
use crate::span::Span;

use super::config::settings_in;
use super::{INLINE_KEYS, Joined, has_text};

static SQL: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)^\s*(?:--[^\n]*\n\s*)*(?:EXPLAIN\s+(?:ANALYZE\s+)?)?(?:SELECT\s[\s\S]{1,2000}?\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s",
        r"|(?:CREATE|ALTER|DROP)\s+(?:UNIQUE\s+)?(?:TABLE|INDEX|VIEW|DATABASE|SCHEMA|ROLE|TYPE|SEQUENCE)\b|WITH\s+\w+\s+AS\s*\(|MERGE\s+INTO\s|TRUNCATE\s+TABLE\s)"
    ))
});

/// Languages whose braces are code, not JSON.
const SOURCE_CODE: &[&str] = &[
    "c",
    "cpp",
    "cs",
    "csharp",
    "dart",
    "elixir",
    "go",
    "golang",
    "groovy",
    "java",
    "javascript",
    "js",
    "jsx",
    "kotlin",
    "php",
    "py",
    "python",
    "rb",
    "ruby",
    "rust",
    "scala",
    "swift",
    "ts",
    "tsx",
    "typescript",
];

/// Whether a text is a SQL statement.
pub(super) fn is_sql(text: &str) -> bool {
    SQL.is_match(text)
}

/// The payloads of a block; logs, traces and diffs hold none of their own.
pub(super) fn in_block(sources: &SourceMap, block: &CodeBlock) -> Vec<FoundPayload> {
    let size = block.span.end - block.span.start;
    let (Some(first), Some(last)) = (block.lines.first(), block.lines.last()) else { return Vec::new() };
    if matches!(block.content, BlockContent::Log | BlockContent::Trace | BlockContent::Diff)
        || size as u64 > limits::DOCUMENT_BYTES
    {
        return Vec::new();
    }
    let joined = Joined::new(sources, &block.lines);
    let whole = trimmed(sources, first.join(*last));
    if !has_text(&joined.text) {
        return Vec::new();
    }
    let payload =
        |kind: PayloadKind, keys: Vec<FoundKey>| FoundPayload { kind, span: whole, keys, missing: Vec::new() };
    if let Some(keys) = read_json(&joined.text).filter(|_| looks_like_json(&joined.text, &block.language)) {
        return vec![payload(PayloadKind::Json, json_keys(&joined, &keys))];
    }
    if block.language == "sql" || is_sql(&joined.text) {
        return vec![payload(PayloadKind::Sql, Vec::new())];
    }
    if SOURCE_CODE.contains(&block.language.as_str()) {
        return Vec::new();
    }
    let mut found = http_and_json(&joined, whole);
    if found.is_empty() {
        let settings = settings_in(&joined.text, &block.language);
        let key = |setting: super::config::Setting| {
            Some(FoundKey { path: setting.path, span: joined.span(setting.range)?, value: setting.value })
        };
        let keys: Vec<FoundKey> = settings.into_iter().filter_map(key).collect();
        found.extend((!keys.is_empty()).then(|| payload(PayloadKind::Config, keys)));
    }
    found
}

/// An exchange as a payload: `method`, `path`, `status` and `header.<name>` are its keys.
pub(super) fn http_payload(
    text: &str,
    exchange: &HttpExchange,
    place: &dyn Fn(Range<usize>) -> Span,
    span: Span,
) -> FoundPayload {
    let part = |path: &str, range: &Option<Range<usize>>| {
        let range = range.clone()?;
        Some(FoundKey { path: path.to_owned(), value: Some(text[range.clone()].to_owned()), span: place(range) })
    };
    let mut keys: Vec<FoundKey> = Vec::new();
    keys.extend(part("method", &exchange.method));
    keys.extend(part("path", &exchange.target));
    keys.extend(part("status", &exchange.status));
    keys.extend(exchange.headers.iter().map(|header| FoundKey {
        path: format!("header.{}", &text[header.name.clone()]),
        span: place(header.name.start..header.value.end.max(header.name.end)),
        value: Some(text[header.value.clone()].to_owned()),
    }));
    FoundPayload { kind: PayloadKind::Http, span, keys, missing: Vec::new() }
}

fn http_and_json(joined: &Joined, whole: Span) -> Vec<FoundPayload> {
    let place = |range: Range<usize>| joined.span(range).unwrap_or(whole);
    let mut found: Vec<FoundPayload> = find_http(&joined.text)
        .iter()
        .map(|exchange| http_payload(&joined.text, exchange, &place, place(exchange.range.clone())))
        .collect();
    let bodies = find_json(&joined.text).into_iter().filter(|json| json.keys.len() >= INLINE_KEYS);
    found.extend(bodies.map(|json| FoundPayload {
        kind: PayloadKind::Json,
        span: place(json.range),
        keys: json_keys(joined, &json.keys),
        missing: Vec::new(),
    }));
    found
}

fn json_keys(joined: &Joined, keys: &[JsonKey]) -> Vec<FoundKey> {
    let place = |key: &JsonKey| joined.span(key.key.start..key.value.end.max(key.key.end));
    keys.iter()
        .filter_map(|key| Some(FoundKey { path: key.path.clone(), span: place(key)?, value: key.scalar.clone() }))
        .collect()
}

/// Source code may read as JSON (`{ a: 1 }`); there only quoted keys count.
fn looks_like_json(text: &str, language: &str) -> bool {
    let declared = matches!(language, "json" | "json5" | "jsonc" | "jsonl" | "ndjson" | "jwt" | "http");
    declared
        || text.contains("\":")
        || text.contains("\" :")
        || text.contains("':")
        || (language.is_empty() && text.trim_start().starts_with('{'))
}

/// A span without the blank ends of its text.
fn trimmed(sources: &SourceMap, span: Span) -> Span {
    let text = sources.text(span);
    let start = span.start + (text.len() - text.trim_start().len());
    Span::new(span.source, start.min(span.end)..(start + text.trim().len()).min(span.end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Basis;
    use crate::extract::reading::SectionRole;
    use crate::span::{SourceId, lines};

    fn found(text: &str, language: &str) -> Vec<(PayloadKind, Vec<String>)> {
        let sources = SourceMap::from_text("a.md", text);
        let block = CodeBlock {
            span: Span::new(SourceId(0), 0..text.len()),
            language: language.to_owned(),
            lines: lines(text).map(|line| Span::new(SourceId(0), line.start..line.end())).collect(),
            document: 0,
            role: SectionRole::Evidence,
            basis: Basis::Observed,
            content: BlockContent::Text,
        };
        let payloads = in_block(&sources, &block).into_iter();
        payloads.map(|payload| (payload.kind, payload.keys.into_iter().map(|key| key.path).collect())).collect()
    }

    fn one(kind: PayloadKind, keys: &[&str]) -> Vec<(PayloadKind, Vec<String>)> {
        vec![(kind, keys.iter().map(|key| (*key).to_owned()).collect())]
    }

    #[test]
    fn each_kind_is_told_by_its_content() {
        assert_eq!(found("{\"a\": 1, \"b\": {\"c\": 2}}\n", ""), one(PayloadKind::Json, &["a", "b", "b.c"]));
        assert_eq!(found("SELECT a\nFROM t\n", ""), one(PayloadKind::Sql, &[]));
        assert_eq!(found("a_x: 1\nb.y: 2\n", ""), one(PayloadKind::Config, &["a_x", "b.y"]));
        assert_eq!(found("GET /x -> 500\n", ""), one(PayloadKind::Http, &["method", "path", "status"]));
    }

    #[test]
    fn a_request_body_is_a_payload_beside_the_request() {
        let kinds: Vec<_> = found("POST /x\nX-Org: \n\n{\"a\": 1, \"b\": 2}\n", "").into_iter().collect();
        assert_eq!(kinds[0].1, ["method", "path", "header.X-Org"]);
        assert_eq!(kinds[1], (PayloadKind::Json, vec!["a".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn source_code_is_no_payload() {
        assert!(found("f({ a: 1, b: 2 });\n", "typescript").is_empty());
        assert!(found("x = {\n 'a': 1,\n 'b': 2 }\n", "python").is_empty());
    }
}
