//! Quotes: what of a place may be shown, with the lines and bytes of exactly that. The only place where a `Cited` is made.

use std::ops::Range;

use super::map::{Source, SourceMap};
use super::secrets::{Secret, overlapping, public_prefix};
use crate::case::Cited;
use crate::limits::QUOTE_BYTES;
use crate::span::{Span, lines};

/// How far around a place that holds nothing but a secret is looked for words that can be shown, in bytes.
const WINDOW: usize = 4096;

impl SourceMap {
    /// The words of a place with their lines and original bytes; never a secret, never more than `QUOTE_BYTES`.
    ///
    /// White space at both ends is dropped and what is past the limit is cut. Where a secret overlaps, the quote is the
    /// longest secret-free part of one line. Where nothing is left, it is, in this order: the nearest part in the rest of
    /// the place or of its line; the constant first letters of the secret (`eyJ`, `ghp_`), which every secret of its kind
    /// has; the nearest part before or after it. Only where no word stands near is the quote empty.
    pub fn cite(&self, span: Span) -> Cited {
        let source = self.get(span.source);
        let shown = Span::new(span.source, quotable(source, span.range()));
        Cited {
            source: source.path.clone(),
            bytes: [source.original_offset(shown.start), source.original_offset(shown.end)],
            lines: self.lines(shown),
            quote: self.text(shown).to_string(),
            id: None,
        }
    }
}

/// The part of a place that may be shown.
pub(super) fn quotable(source: &Source, range: Range<usize>) -> Range<usize> {
    let whole = trim(&source.text, clamp(&source.text, range));
    let shown = cut(&source.text, whole.clone());
    if !shown.is_empty() && overlapping(&source.secrets, &shown).is_empty() {
        return shown;
    }
    longest_part(source, shown.clone())
        .or_else(|| parts(source, shown.end..whole.end).next())
        .or_else(|| nearest_part(source, &shown, source.line_at(shown.start)))
        .or_else(|| constant_prefix(source, &shown))
        .or_else(|| nearest_part(source, &shown, 0..source.text.len()))
        .or_else(|| nearest_prefix(source, &shown))
        .map_or(shown.start..shown.start, |part| cut(&source.text, part))
}

fn longest_part(source: &Source, range: Range<usize>) -> Option<Range<usize>> {
    parts(source, range).fold(None, |longest: Option<Range<usize>>, part| match longest {
        Some(longest) if longest.len() >= part.len() => Some(longest),
        _ => Some(part),
    })
}

/// The secret-free parts of each line, trimmed; those without a letter or digit say nothing and are left out.
fn parts(source: &Source, range: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let text = source.text.get(range.clone()).unwrap_or_default();
    lines(text).flat_map(move |line| {
        let line = range.start + line.start..range.start + line.end();
        let secrets = overlapping(&source.secrets, &line);
        let starts = std::iter::once(line.start).chain(secrets.iter().map(|secret| secret.range.end));
        let ends = secrets.iter().map(|secret| secret.range.start).chain(std::iter::once(line.end));
        let free = starts.zip(ends).filter(|(start, end)| start < end);
        free.map(|(start, end)| trim(&source.text, start..end))
            .filter(|part| source.text[part.clone()].contains(char::is_alphanumeric))
            .collect::<Vec<_>>()
    })
}

/// The part of `within` nearest to `place` and the secrets it touches, at most [`WINDOW`] away; before rather than after.
fn nearest_part(source: &Source, place: &Range<usize>, within: Range<usize>) -> Option<Range<usize>> {
    let text = source.text.as_str();
    let secrets = overlapping(&source.secrets, place);
    let start = secrets.first().map_or(place.start, |secret| place.start.min(secret.range.start));
    let place = start..secrets.last().map_or(place.end, |secret| place.end.max(secret.range.end));
    let from = ceil(text, place.start.saturating_sub(WINDOW)).max(within.start).min(place.start);
    let to = floor(text, place.end.saturating_add(WINDOW)).min(within.end).max(place.end);
    let before = parts(source, from..place.start).last();
    let after = parts(source, place.end..to).next();
    let before = before.map(|part| ceil(text, part.end.saturating_sub(QUOTE_BYTES)).max(part.start)..part.end);
    match (before, after) {
        (Some(before), Some(after)) => {
            let nearer = after.start - place.end < place.start - before.end;
            Some(if nearer { after } else { before })
        }
        (before, after) => before.or(after),
    }
}

fn constant_prefix(source: &Source, place: &Range<usize>) -> Option<Range<usize>> {
    prefix_of(source, overlapping(&source.secrets, place).first()?)
}

/// The constant first letters of the secret before an empty place, else of the one after it.
fn nearest_prefix(source: &Source, place: &Range<usize>) -> Option<Range<usize>> {
    let after = source.secrets.partition_point(|secret| secret.range.start < place.start);
    let before = after.checked_sub(1).and_then(|index| source.secrets.get(index));
    before.and_then(|secret| prefix_of(source, secret)).or_else(|| prefix_of(source, source.secrets.get(after)?))
}

fn prefix_of(source: &Source, secret: &Secret) -> Option<Range<usize>> {
    let length = public_prefix(&source.text[secret.range.clone()]);
    (length > 0).then(|| secret.range.start..secret.range.start + length)
}

fn clamp(text: &str, range: Range<usize>) -> Range<usize> {
    let start = floor(text, range.start);
    start..ceil(text, range.end.min(text.len())).max(start)
}

fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let words = text[range.clone()].trim_end();
    let start = range.start + (words.len() - words.trim_start().len());
    start..range.start + words.len()
}

/// At most the limit, and no white space left at the end.
fn cut(text: &str, range: Range<usize>) -> Range<usize> {
    let end = floor(text, range.start + QUOTE_BYTES).min(range.end);
    range.start..range.start + text[range.start..end].trim_end().len()
}

/// The nearest character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The nearest character boundary at or after `at`.
fn ceil(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::map::Original;
    use crate::source::{SourceFormat, find_secrets};
    use crate::span::SourceId;

    const KEY: &str = concat!("ghp_", "0123456789abcdefghijABCDEFGHIJ012345");

    fn quote(text: &str, words: &str) -> String {
        cited(text, words).quote
    }

    fn cited(text: &str, words: &str) -> Cited {
        let at = text.find(words).unwrap();
        SourceMap::from_text("a.md", text).cite(Span::new(SourceId(0), at..at + words.len()))
    }

    #[test]
    fn the_quote_is_the_trimmed_text_with_its_lines_and_bytes() {
        let cited = cited("first\n  second  \n", "  second  \n");
        assert_eq!((cited.quote.as_str(), cited.lines, cited.bytes), ("second", [2, 2], [8, 14]));
        assert_eq!((cited.source.as_str(), cited.id), ("a.md", None));
    }

    #[test]
    fn a_long_place_is_cut_on_a_character_boundary() {
        let text = "é".repeat(QUOTE_BYTES);
        assert_eq!(quote(&text, &text), "é".repeat(QUOTE_BYTES / 2));
    }

    #[test]
    fn a_secret_leaves_the_longest_part_of_one_line() {
        let text = format!("short\nkey {KEY} was refused by the registry\nend");
        let cited = cited(&text, &text);
        assert_eq!((cited.quote.as_str(), cited.lines), ("was refused by the registry", [2, 2]));
    }

    #[test]
    fn a_place_that_is_a_secret_quotes_the_rest_of_its_line() {
        assert_eq!(quote(&format!("used {KEY} twice"), KEY), "used");
        assert_eq!(quote(&format!("x\n{KEY}, then\ny"), KEY), ", then");
    }

    #[test]
    fn a_line_that_is_a_secret_quotes_the_letters_all_such_secrets_have() {
        let cited = cited(&format!("before\n{KEY}\nafter"), KEY);
        assert_eq!((cited.quote.as_str(), cited.lines), ("ghp_", [2, 2]));
    }

    #[test]
    fn a_key_block_quotes_the_line_before_it() {
        let body = "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn4".repeat(4);
        let text = format!("-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n");
        assert_eq!(quote(&text, &body), "-----BEGIN RSA PRIVATE KEY-----");
    }

    #[test]
    fn a_blank_place_quotes_its_line() {
        assert_eq!(quote("one two", " "), "one");
        assert_eq!(quote("one\n\n\ntwo", "\n\n\n"), "one");
    }

    #[test]
    fn only_a_text_without_words_gives_an_empty_quote() {
        let map = SourceMap::from_text("a.md", " \n ");
        assert_eq!(map.cite(Span::new(SourceId(0), 0..3)).quote, "");
    }

    #[test]
    fn bytes_are_those_of_the_original_encoding() {
        let bytes: Vec<u8> = [0xFF, 0xFE].into_iter().chain("aé b".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let mut map = SourceMap::new();
        let original = Original::plain(bytes);
        map.push(Source::decode("a.md".into(), original, |_| SourceFormat::Markdown));
        assert_eq!(map.cite(Span::new(SourceId(0), 1..3)).bytes, [4, 6]);
    }

    proptest! {
        #[test]
        fn no_quote_holds_a_part_of_a_secret(
            parts in proptest::collection::vec(
                prop_oneof!["[a-z é\n\t\"]{0,12}", Just(KEY.to_string()), Just("password=Tr0ub4dor".to_string())], 1..12),
            from in 0..400usize, length in 0..400usize,
        ) {
            let text = parts.join(" ");
            let map = SourceMap::from_text("a.md", &text);
            let start = floor(&text, from);
            let span = Span::new(SourceId(0), start..floor(&text, start + length).max(start));
            let cited = map.cite(span);
            let range = usize::try_from(cited.bytes[0]).unwrap()..usize::try_from(cited.bytes[1]).unwrap();
            prop_assert_eq!(&text[range], cited.quote.as_str());
            prop_assert_eq!(cited.quote.trim(), cited.quote.as_str());
            prop_assert!(!cited.quote.contains("0123") && !cited.quote.contains("Tr0"), "{:?}", cited.quote);
            prop_assert!(cited.quote.is_empty() || find_secrets(&cited.quote).is_empty());
            prop_assert!(!cited.quote.is_empty() || !text.contains(char::is_alphanumeric));
        }
    }
}
