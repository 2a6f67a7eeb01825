//! Inline text without markup, with a map from every character back to the source.

use std::ops::Range;

use crate::span::{SourceId, Span};

/// A run of flat text and the source bytes it came from.
///
/// Where `verbatim` holds, byte `i` of the run is byte `i` of the source run; else (an entity, an escape, repaired
/// mojibake, a joined line) the run as a whole stands for the source run as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Offset of the run in the flat text.
    pub at: usize,
    /// Its length there.
    pub len: usize,
    /// The source bytes.
    pub source: Range<usize>,
    /// Whether the bytes are the same.
    pub verbatim: bool,
}

/// A link or image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Range of its text in the flat text.
    pub text: Range<usize>,
    /// Destination as written.
    pub target: String,
    /// The whole link in the source.
    pub source: Range<usize>,
    /// Whether it is an image.
    pub image: bool,
}

/// The text of a block without markup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlatText {
    /// The source it came from.
    pub source: SourceId,
    /// The text; soft and hard line breaks are `\n`.
    pub text: String,
    /// The map back, in order, covering the text without gaps.
    pub pieces: Vec<Piece>,
    /// Ranges that were strong (`**x**`).
    pub strong: Vec<Range<usize>>,
    /// Ranges that were code spans.
    pub code: Vec<Range<usize>>,
    /// Ranges that were struck through.
    pub struck: Vec<Range<usize>>,
    /// Links and images, by the start of their text; an image may stand in the text of a link.
    pub links: Vec<Link>,
    /// Offsets of the `\n` that were hard line breaks.
    pub hard_breaks: Vec<usize>,
}

impl FlatText {
    /// The text without the map.
    pub fn plain(&self) -> &str {
        &self.text
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The part of the text in `range`, with everything that points into it moved along.
    ///
    /// A range that ends inside a character or past the text is shrunk. An empty part keeps one empty piece, so that its
    /// place in the source is not lost.
    pub fn slice(&self, range: Range<usize>) -> FlatText {
        let range = self.inside(range);
        let mut pieces: Vec<Piece> = self.touched(&range).iter().map(|piece| clipped(piece, &range)).collect();
        if pieces.is_empty() && !self.pieces.is_empty() {
            let place = self.span(range.clone());
            pieces.push(Piece { at: 0, len: 0, source: place.range(), verbatim: true });
        }
        let breaks = self.hard_breaks.partition_point(|at| *at < range.start);
        FlatText {
            source: self.source,
            text: self.text[range.clone()].to_string(),
            pieces,
            strong: ranges_in(&self.strong, &range),
            code: ranges_in(&self.code, &range),
            struck: ranges_in(&self.struck, &range),
            links: self.links_in(&range),
            hard_breaks: self.hard_breaks[breaks..]
                .iter()
                .take_while(|at| **at < range.end)
                .map(|at| at - range.start)
                .collect(),
        }
    }

    /// The smallest span of the source that covers `range`, whole runs where they are not verbatim.
    pub fn span(&self, range: Range<usize>) -> Span {
        let range = self.inside(range);
        let touched = self.touched(&range);
        if let (Some(first), Some(last)) = (touched.first(), touched.last()) {
            let start = clipped(first, &range).source.start;
            return Span::new(self.source, start..clipped(last, &range).source.end.max(start));
        }
        let after = self.pieces.partition_point(|piece| piece.at + piece.len <= range.start);
        let place = match (self.pieces.get(after), self.pieces.last()) {
            (Some(piece), _) if piece.verbatim => piece.source.start + (range.start - piece.at),
            (Some(piece), _) => piece.source.start,
            (None, Some(last)) => last.source.end,
            (None, None) => 0,
        };
        Span::new(self.source, place..place)
    }

    /// The pieces that share at least one byte with `range`.
    fn touched(&self, range: &Range<usize>) -> &[Piece] {
        let start = self.pieces.partition_point(|piece| piece.at + piece.len <= range.start);
        let end = self.pieces.partition_point(|piece| piece.at < range.end);
        if range.is_empty() { &[] } else { self.pieces.get(start..end).unwrap_or_default() }
    }

    fn links_in(&self, range: &Range<usize>) -> Vec<Link> {
        let start = self.links.partition_point(|link| link.text.start < range.start);
        let end = self.links.partition_point(|link| link.text.start < range.end);
        // A link that began earlier may reach in; behind it stand at most the images of its own text.
        let reaching = self.links[start.saturating_sub(LINKS_BEFORE)..start].iter();
        reaching
            .chain(self.links.get(start..end).unwrap_or_default())
            .filter(|link| link.text.end > range.start)
            .map(|link| Link { text: moved(&link.text, range), ..link.clone() })
            .collect()
    }

    /// `range` cut to the text and to character boundaries.
    fn inside(&self, range: Range<usize>) -> Range<usize> {
        let end = floor_boundary(&self.text, range.end);
        floor_boundary(&self.text, range.start).min(end)..end
    }
}

/// How many links before a range are asked whether they reach into it: a link and its badges, not a whole page of images.
const LINKS_BEFORE: usize = 8;

/// The last character boundary of `text` that is not after `at`.
pub(super) fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The part of a piece inside `range`, counted from the start of `range`.
fn clipped(piece: &Piece, range: &Range<usize>) -> Piece {
    let part = piece.at.max(range.start)..(piece.at + piece.len).min(range.end);
    let source = match piece.verbatim {
        true => piece.source.start + (part.start - piece.at)..piece.source.start + (part.end - piece.at),
        false => piece.source.clone(),
    };
    Piece { at: part.start - range.start, len: part.len(), source, verbatim: piece.verbatim }
}

/// The parts of sorted, disjoint `ranges` inside `range`, counted from its start.
fn ranges_in(ranges: &[Range<usize>], range: &Range<usize>) -> Vec<Range<usize>> {
    let start = ranges.partition_point(|inner| inner.end <= range.start);
    ranges[start..].iter().take_while(|inner| inner.start < range.end).map(|inner| moved(inner, range)).collect()
}

fn moved(inner: &Range<usize>, range: &Range<usize>) -> Range<usize> {
    inner.start.max(range.start) - range.start..inner.end.min(range.end) - range.start
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ab & cd`, written `ab **&amp; cd**` at byte 10.
    fn sample() -> FlatText {
        let piece = |at, len, source, verbatim| Piece { at, len, source, verbatim };
        FlatText {
            text: "ab & cd".into(),
            pieces: vec![piece(0, 3, 10..13, true), piece(3, 1, 15..20, false), piece(4, 3, 20..23, true)],
            strong: std::iter::once(3..7).collect(),
            ..FlatText::default()
        }
    }

    #[test]
    fn a_slice_moves_pieces_and_ranges_to_its_start() {
        let part = sample().slice(1..6);
        assert_eq!(part.text, "b & c");
        let sources: Vec<_> = part.pieces.iter().map(|piece| (piece.at, piece.source.clone())).collect();
        assert_eq!(sources, [(0, 11..13), (2, 15..20), (3, 20..22)]);
        assert_eq!(part.strong.first(), Some(&(2..5)));
    }

    #[test]
    fn a_span_takes_the_whole_run_of_what_is_not_verbatim() {
        assert_eq!(sample().span(3..4).range(), 15..20);
        assert_eq!(sample().span(1..5).range(), 11..21);
    }

    #[test]
    fn an_empty_range_has_an_empty_span_at_its_place() {
        assert_eq!(sample().span(5..5).range(), 21..21);
        assert_eq!(sample().span(7..7).range(), 23..23);
        assert_eq!(sample().slice(2..2).span(0..0).range(), 12..12);
    }

    #[test]
    fn odd_ranges_shrink_instead_of_failing() {
        let flat = FlatText { text: "é".into(), ..FlatText::default() };
        assert_eq!(flat.slice(1..9).text, "é");
        assert_eq!(flat.slice(0..1).text, "");
        assert_eq!(flat.slice(9..9).text, "");
    }

    #[test]
    fn a_slice_keeps_the_links_and_hard_breaks_that_touch_it() {
        let link = Link { text: 0..2, target: "x".into(), source: 0..6, image: false };
        let flat = FlatText { text: "ab\ncd".into(), links: vec![link], hard_breaks: vec![2], ..sample() };
        assert_eq!(flat.slice(1..4).links[0].text, 0..1);
        assert_eq!(flat.slice(1..4).hard_breaks, [1]);
        assert!(flat.slice(3..5).links.is_empty());
    }
}
