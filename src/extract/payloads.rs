//! Finds payloads in documents: JSON, HTTP exchanges, SQL and configuration in blocks, JWTs anywhere, and what is said to be missing from them.

mod blocks;
mod config;
mod missing;

use crate::case::PayloadKind;
use crate::limits;
use crate::payload::{JsonKey, decode_jwt, find_http, find_jwts, read_json};
use crate::source::SourceMap;
use crate::span::{SourceId, Span, lines};

use super::reading::{FoundKey, FoundPayload, Passage, PassageKind, Reading};

/// Fewest keys of a JSON object in a code span: `{"a": 1}` in a sentence is a word, not a payload.
const INLINE_KEYS: usize = 2;

/// Most payloads of one block: more are a recording of traffic, of which the first ones show the shape.
const PER_BLOCK: usize = 50;

/// Most lines of a block that are searched for what it says to be missing: a comment stands in a short block.
const COMMENTED_LINES: usize = 200;

/// Most tokens of one source: a log may hold one a line.
const TOKENS: usize = 200;

/// How many passages after a payload may say what is missing from it.
const NEAR: usize = 3;

/// The payloads of all sources, in source order.
pub(super) fn payloads(sources: &SourceMap, reading: &Reading) -> Vec<FoundPayload> {
    let mut found: Vec<FoundPayload> = Vec::new();
    for block in &reading.code_blocks {
        found.extend(blocks::in_block(sources, block).into_iter().take(PER_BLOCK));
    }
    found.extend(reading.passages.iter().flat_map(in_code_spans));
    for (id, source) in (0_u32..).map(SourceId).zip(sources.iter()) {
        found.extend(tokens(id, &source.text));
        found.extend(whole_file(id, &source.text, reading));
    }
    found.sort_by_key(|payload| (payload.span.source, payload.span.start, payload.span.end));
    add_missing(sources, reading, &mut found);
    found
}

/// JSON objects, headers and statements in code spans.
fn in_code_spans(passage: &Passage) -> Vec<FoundPayload> {
    let flat = &passage.flat;
    if passage.placeholder || passage.kind == PassageKind::FenceLine {
        return Vec::new();
    }
    let payload = |range: &std::ops::Range<usize>| {
        let text = flat.text.get(range.clone())?;
        let span = flat.span(range.clone());
        if text.starts_with('{') {
            let keys = read_json(text).filter(|keys| keys.len() >= INLINE_KEYS)?;
            let place = |key: &JsonKey| flat.span(range.start + key.key.start..range.start + key.value.end);
            let keys =
                keys.iter().map(|key| FoundKey { path: key.path.clone(), span: place(key), value: key.scalar.clone() });
            return Some(FoundPayload { kind: PayloadKind::Json, span, keys: keys.collect(), missing: Vec::new() });
        }
        if blocks::is_sql(text) {
            return Some(FoundPayload { kind: PayloadKind::Sql, span, keys: Vec::new(), missing: Vec::new() });
        }
        let exchange = find_http(text).into_iter().next()?;
        let place = |part: std::ops::Range<usize>| flat.span(range.start + part.start..range.start + part.end);
        // A lone `GET /path` in a sentence names an endpoint; headers and statuses say something about a request.
        (!exchange.headers.is_empty()).then(|| blocks::http_payload(text, &exchange, &place, span))
    };
    flat.code.iter().filter_map(payload).collect()
}

/// Tokens that decode; each claim stands where the token stands.
fn tokens(id: SourceId, text: &str) -> Vec<FoundPayload> {
    let decoded = find_jwts(text).into_iter().take(TOKENS).filter_map(|range| {
        let claims = decode_jwt(&text[range.clone()])?;
        let span = Span::new(id, range);
        let key = |(path, value): (String, String)| FoundKey { path, span, value: Some(value) };
        let algorithm = claims.algorithm.map(|algorithm| ("header.alg".to_owned(), algorithm));
        let keys = claims.claims.into_iter().chain(algorithm).map(key).collect();
        Some(FoundPayload { kind: PayloadKind::Jwt, span, keys, missing: Vec::new() })
    });
    decoded.collect()
}

/// An attached file that is JSON from end to end, such as a dump of a response.
fn whole_file(id: SourceId, text: &str, reading: &Reading) -> Option<FoundPayload> {
    let start = text.len() - text.trim_start().len();
    let opens = text[start..].starts_with(['{', '[']);
    let events = reading.events.partition_point(|event| event.source < id);
    let is_log = reading.events.get(events).is_some_and(|event| event.source == id);
    if !opens || is_log || text.len() as u64 > limits::DOCUMENT_BYTES {
        return None;
    }
    let keys = read_json(text)?;
    let place = |key: &JsonKey| Span::new(id, key.key.start..key.value.end);
    let keys = keys.iter().map(|key| FoundKey { path: key.path.clone(), span: place(key), value: key.scalar.clone() });
    let span = Span::new(id, start..text.trim_end().len());
    Some(FoundPayload { kind: PayloadKind::Json, span, keys: keys.collect(), missing: Vec::new() })
}

/// Adds the names said to be missing by the same block and by the passages that follow in the same section.
fn add_missing(sources: &SourceMap, reading: &Reading, found: &mut [FoundPayload]) {
    for index in 0..found.len() {
        let next = found.get(index + 1).map(|next| next.span);
        let payload = &found[index];
        if payload.kind == PayloadKind::Sql {
            continue;
        }
        let mut names = after(reading, payload.span, next);
        names.extend(in_same_block(sources, reading, payload));
        names.retain(|(name, _)| !payload.keys.iter().any(|key| last_segment(&key.path) == name));
        names.sort_by_key(|(_, span)| (span.source, span.start));
        let mut seen = std::collections::BTreeSet::new();
        names.retain(|(name, _)| seen.insert(name.clone()));
        found[index].missing = names;
    }
}

/// What the passages behind a payload say, up to the next payload.
fn after(reading: &Reading, span: Span, next: Option<Span>) -> Vec<(String, Span)> {
    let key = |passage: &Passage| (passage.span.source, passage.span.start);
    let first = reading.passages.partition_point(|passage| key(passage) < (span.source, span.end));
    let before = next.filter(|next| next.source == span.source).map_or(usize::MAX, |next| next.start);
    // The payload's own section: that of the last passage or block before its end.
    let section = section_at(reading, span);
    let near = reading.passages[first..].iter().take(NEAR);
    let near = near.take_while(|passage| passage.span.source == span.source && passage.span.start < before);
    near.filter(|passage| section == Some((passage.document, passage.section)) && !passage.placeholder)
        .flat_map(|passage| {
            let flat = &passage.flat;
            missing::missing_names(&flat.text, &flat.code)
                .into_iter()
                .map(|range| (flat.text[range.clone()].to_owned(), flat.span(range)))
        })
        .collect()
}

fn section_at(reading: &Reading, span: Span) -> Option<(usize, usize)> {
    let document = reading.documents.partition_point(|document| document.source < span.source);
    let found = reading.documents.get(document).filter(|document| document.source == span.source)?;
    let blocks = &found.document.blocks;
    let after = blocks.partition_point(|block| block.span.start <= span.start);
    after.checked_sub(1).map(|last| (document, blocks[last].section))
}

/// What the block around a payload says beside it, in comments or other lines.
fn in_same_block(sources: &SourceMap, reading: &Reading, payload: &FoundPayload) -> Vec<(String, Span)> {
    let after = reading
        .code_blocks
        .partition_point(|block| (block.span.source, block.span.start) <= (payload.span.source, payload.span.start));
    let Some(block) =
        after.checked_sub(1).map(|last| &reading.code_blocks[last]).filter(|block| block.span.contains(payload.span))
    else {
        return Vec::new();
    };
    let mut names = Vec::new();
    for line in block.lines.iter().take(COMMENTED_LINES) {
        let text = sources.text(*line);
        let outside = line.end <= payload.span.start || line.start >= payload.span.end;
        let comment = if outside { Some(0) } else { text.find("//").or_else(|| text.find("# ")) };
        let Some(start) = comment.filter(|_| text.len() <= limits::LINE_BYTES) else { continue };
        for range in missing::missing_names(&text[start..], &[]) {
            let place = line.start + start + range.start..line.start + start + range.end;
            names.push((text[start..][range].to_owned(), Span::new(line.source, place)));
        }
    }
    names
}

fn last_segment(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path).trim_end_matches("[]")
}

/// The lines of a block as one text, for readers that need more than a line, with the way back.
struct Joined {
    text: String,
    /// Start in `text` and place in the source of each line.
    lines: Vec<(usize, Span)>,
}

impl Joined {
    fn new(sources: &SourceMap, spans: &[Span]) -> Self {
        let mut joined = Joined { text: String::new(), lines: Vec::with_capacity(spans.len()) };
        for span in spans {
            joined.lines.push((joined.text.len(), *span));
            joined.text.push_str(sources.text(*span));
            joined.text.push('\n');
        }
        joined
    }

    /// The place in the source of a range of the text.
    fn span(&self, range: std::ops::Range<usize>) -> Option<Span> {
        let at = |offset: usize| {
            let after = self.lines.partition_point(|(start, _)| *start <= offset);
            let (start, span) = self.lines.get(after.checked_sub(1)?)?;
            Some((span.source, (span.start + offset - start).min(span.end)))
        };
        let ((source, start), (_, end)) = (at(range.start)?, at(range.end)?);
        (start <= end).then(|| Span::new(source, start..end))
    }
}

/// Whether a text has a line that is not blank.
fn has_text(text: &str) -> bool {
    lines(text).any(|line| !line.text.trim().is_empty())
}
