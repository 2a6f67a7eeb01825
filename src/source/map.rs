//! Sources and their places: text, lines and columns of spans. Reading files is `read.rs`, quoting is `cite.rs`.

use std::fmt::Write as _;
use std::ops::Range;

use sha2::{Digest, Sha256};

use super::decode::{Compression, Encoding, decode};
use super::inspect::{Notice, notices};
use super::mojibake::{Garbling, detect};
use super::offsets::OffsetMap;
use super::secrets::{Known, Secret, find_secrets, known_values, redacted};
use crate::case::SourceRecord;
use crate::finding::Code;
use crate::span::{SourceId, Span, lines};

/// Shortest text that counts as a piece of a secret, in bytes.
const PIECE: usize = 4;

/// How a source's text is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants are the values of `sources[].format`")]
pub enum SourceFormat {
    Markdown,
    Log,
    #[default]
    Text,
}

impl SourceFormat {
    /// The name as in `sources[].format`.
    pub fn as_str(self) -> &'static str {
        match self {
            SourceFormat::Markdown => "markdown",
            SourceFormat::Log => "log",
            SourceFormat::Text => "text",
        }
    }
}

/// One input file, decoded.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its index in the map.
    pub id: SourceId,
    /// Path relative to the input folder, with `/`; for a single file its name.
    pub path: String,
    /// How its text is read.
    pub format: SourceFormat,
    /// Encoding of its bytes.
    pub encoding: Encoding,
    /// Compression of its file.
    pub compression: Option<Compression>,
    /// SHA-256 of the file's bytes on disk, lower-case hexadecimal.
    pub sha256: String,
    /// Its text, decoded and not repaired, without byte order mark.
    pub text: String,
    /// How its text was garbled, if it was.
    pub garbling: Option<Garbling>,
    /// Secrets in its text: sorted, disjoint.
    pub secrets: Vec<Secret>,
    /// What was noticed while reading, apart from secrets; by code.
    pub(super) notices: Vec<Notice>,
    line_starts: Vec<usize>,
    offsets: OffsetMap,
}

/// A file's content before decoding.
#[derive(Clone, Debug)]
pub(super) struct Original {
    /// The bytes, decompressed.
    pub(super) bytes: Vec<u8>,
    /// SHA-256 of the bytes on disk.
    pub(super) sha256: String,
    /// Compression on disk.
    pub(super) compression: Option<Compression>,
}

impl Original {
    /// Bytes that are on disk as they are.
    pub(super) fn plain(bytes: Vec<u8>) -> Self {
        Original { sha256: sha256(&bytes), bytes, compression: None }
    }
}

impl Source {
    /// Decodes `original`; the format is chosen by `format` from the decoded text.
    pub(super) fn decode(path: String, original: Original, format: impl FnOnce(&str) -> SourceFormat) -> Self {
        let Original { bytes, sha256, compression } = original;
        let decoded = decode(bytes);
        let mut source = Source {
            id: SourceId::default(),
            path,
            format: format(&decoded.text),
            encoding: decoded.encoding,
            compression,
            sha256,
            garbling: detect(&decoded.text),
            secrets: find_secrets(&decoded.text),
            notices: Vec::new(),
            line_starts: lines(&decoded.text).map(|line| line.start).collect(),
            offsets: decoded.offsets,
            text: decoded.text,
        };
        source.notices = notices(&source);
        source
    }

    /// Codes of what was noticed while reading, each once.
    pub fn warnings(&self) -> Vec<Code> {
        let secret = (!self.secrets.is_empty()).then_some(Code::SecretRedacted);
        self.notices.iter().map(|notice| notice.code).chain(secret).collect()
    }

    /// Number of lines.
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// The lines in order, without their terminators.
    pub(super) fn lines(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        (0..self.line_count()).map(|index| self.line(index))
    }

    /// The line that holds `at`, without its terminator.
    pub(super) fn line_at(&self, at: usize) -> Range<usize> {
        self.line(self.line_index(at))
    }

    /// Offset in the original bytes of a character boundary of the text.
    pub(super) fn original_offset(&self, at: usize) -> u64 {
        count(self.offsets.original(&self.text, at))
    }

    /// Index of the line that holds `at`, from 0; what follows the last line belongs to it.
    fn line_index(&self, at: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// The line with that index, without its terminator; empty past the last one.
    fn line(&self, index: usize) -> Range<usize> {
        let Some(start) = self.line_starts.get(index).copied() else { return self.text.len()..self.text.len() };
        let end = self.line_starts.get(index + 1).copied().unwrap_or(self.text.len());
        let line = &self.text[start..end];
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        start..start + line.len()
    }
}

/// The sources of a case in reading order; the first document leads.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    sources: Vec<Source>,
    /// Values of secrets, to be found again where nothing beside them tells what they are.
    known: Option<Known>,
}

impl SourceMap {
    /// A map without sources.
    pub fn new() -> Self {
        SourceMap::default()
    }

    /// A map with one source made of `text`; its path's ending decides between log and document.
    pub fn from_text(path: &str, text: &str) -> Self {
        let mut sources = SourceMap::new();
        sources.add_text(path, text);
        sources
    }

    /// Adds a source made of `text`; its path's ending decides between log and document.
    pub fn add_text(&mut self, path: &str, text: &str) -> SourceId {
        let format = if path.ends_with(".log") { SourceFormat::Log } else { SourceFormat::Markdown };
        let original = Original::plain(text.as_bytes().to_vec());
        let id = self.push(Source::decode(path.to_string(), original, |_| format));
        self.find_repeated_secrets();
        id
    }

    /// Adds a source; its id becomes the next one of this map.
    pub fn push(&mut self, mut source: Source) -> SourceId {
        let id = SourceId(u32::try_from(self.sources.len()).unwrap_or(u32::MAX));
        source.id = id;
        self.sources.push(source);
        id
    }

    /// Finds the values of known secrets wherever else they stand, in every source; call it once all are pushed.
    pub(super) fn find_repeated_secrets(&mut self) {
        let values = self.sources.iter().flat_map(|source| known_values(&source.text, &source.secrets));
        self.known = Known::new(values);
        let Some(known) = &self.known else { return };
        for source in &mut self.sources {
            known.extend(&source.text, &mut source.secrets);
        }
    }

    /// The sources in reading order.
    pub fn iter(&self) -> std::slice::Iter<'_, Source> {
        self.sources.iter()
    }

    /// Whether there is no source.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// Number of sources.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    /// The source with that id.
    ///
    /// # Panics
    /// If the id is of another map.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.sources[id.0 as usize]
    }

    /// The text of a place, as it stands in the source: secrets and all.
    pub fn text(&self, span: Span) -> &str {
        let text = self.get(span.source).text.get(span.range());
        debug_assert!(text.is_some(), "{span:?} lies on character boundaries of its source");
        text.unwrap_or_default()
    }

    /// Line and column of a place's first character, from 1; columns count characters.
    pub fn line_col(&self, span: Span) -> (u64, u64) {
        let source = self.get(span.source);
        let index = source.line_index(span.start);
        let line = source.line(index);
        let before = source.text.get(line.start..span.start.min(line.end)).unwrap_or_default();
        (count(index) + 1, count(before.chars().count()) + 1)
    }

    /// First and last line of a place, from 1.
    pub fn lines(&self, span: Span) -> [u64; 2] {
        let source = self.get(span.source);
        let last = span.end.saturating_sub(1).max(span.start);
        [count(source.line_index(span.start)) + 1, count(source.line_index(last)) + 1]
    }

    /// The place of a line, counted from 1, without its terminator; past the last line, the empty end of the text.
    pub fn line_span(&self, source: SourceId, line: u64) -> Span {
        let index = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
        Span::new(source, self.get(source).line(index))
    }

    /// The text of a place with each secret replaced by its label and length.
    pub fn redact(&self, span: Span) -> String {
        let source = self.get(span.source);
        redacted(&source.text, span.range(), &source.secrets)
    }

    /// Any text with each secret replaced: by the same detectors, and by the values known from the sources.
    pub fn redact_text(&self, text: &str) -> String {
        let mut secrets = find_secrets(text);
        if let Some(known) = &self.known {
            known.extend(text, &mut secrets);
        }
        redacted(text, 0..text.len(), &secrets)
    }

    /// Whether `text` holds a secret, or is a piece of one that a pattern cut out (four bytes or more).
    pub fn shows_secret(&self, text: &str) -> bool {
        let piece = |source: &Source| {
            let mut values = source.secrets.iter().map(|secret| &source.text[secret.range.clone()]);
            text.len() >= PIECE && values.any(|value| value.contains(text))
        };
        self.redact_text(text) != text || self.sources.iter().any(piece)
    }

    /// The source as `sources[]` lists it.
    pub fn record(&self, id: SourceId) -> SourceRecord {
        let source = self.get(id);
        SourceRecord {
            id: format!("S{}", id.0 + 1),
            path: source.path.clone(),
            format: source.format.as_str().to_string(),
            encoding: source.encoding.as_str().to_string(),
            sha256: source.sha256.clone(),
            lines: count(source.line_count()),
            compression: source.compression.map(|compression| compression.as_str().to_string()),
            warnings: source.warnings().iter().map(|code| code.as_str().to_string()).collect(),
        }
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// SHA-256 of `bytes`, lower-case hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(range: Range<usize>) -> Span {
        Span::new(SourceId(0), range)
    }

    #[test]
    fn lines_end_at_lf_crlf_and_lone_cr_only() {
        let map = SourceMap::from_text("a.md", "ab\r\nc\u{2028}d\re\n");
        let texts: Vec<&str> = (1..=4).map(|line| map.text(map.line_span(SourceId(0), line))).collect();
        assert_eq!(texts, ["ab", "c\u{2028}d", "e", ""]);
        assert_eq!(map.record(SourceId(0)).lines, 3);
    }

    #[test]
    fn columns_count_characters_from_one() {
        let map = SourceMap::from_text("a.md", "é 日本\nx");
        assert_eq!(map.line_col(span(6..9)), (1, 4));
        assert_eq!(map.line_col(span(10..11)), (2, 1));
    }

    #[test]
    fn a_span_with_its_terminator_ends_on_its_own_line() {
        let map = SourceMap::from_text("a.md", "one\ntwo\nthree");
        assert_eq!(map.lines(span(0..4)), [1, 1]);
        assert_eq!(map.lines(span(0..5)), [1, 2]);
    }

    #[test]
    fn places_at_the_end_and_in_empty_text_have_a_line() {
        let map = SourceMap::from_text("a.md", "one\n");
        assert_eq!((map.line_col(span(4..4)), map.lines(span(4..4))), ((1, 4), [1, 1]));
        let empty = SourceMap::from_text("a.md", "");
        assert_eq!((empty.line_col(span(0..0)), empty.lines(span(0..0))), ((1, 1), [1, 1]));
        assert_eq!(empty.line_span(SourceId(0), 7), span(0..0));
    }

    #[test]
    fn the_digest_is_of_the_bytes_and_the_record_names_the_rest() {
        let original = Original::plain(b"\xFF\xFEa\0".to_vec());
        let mut map = SourceMap::new();
        map.push(Source::decode("logs/a.log".into(), original, |_| SourceFormat::Log));
        let record = map.record(SourceId(0));
        assert_eq!((record.id.as_str(), record.path.as_str()), ("S1", "logs/a.log"));
        assert_eq!((record.format.as_str(), record.encoding.as_str(), record.lines), ("log", "utf-16le", 1));
        assert_eq!(record.sha256, sha256(b"\xFF\xFEa\0"));
    }

    #[test]
    fn a_known_value_is_redacted_where_nothing_tells_what_it_is() {
        let mut map = SourceMap::from_text("a.md", "with Winter2024!x it fails");
        map.add_text("b.log", "login password=Winter2024!x refused");
        assert_eq!(map.redact(span(0..26)), "with [redacted: password, 12 characters] it fails");
        assert_eq!(map.redact_text("Winter2024!x"), "[redacted: password, 12 characters]");
    }
}
