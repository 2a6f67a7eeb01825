//! Cuts flat text into sentences, good enough for evidence: rather two sentences in one than one cut in two.

use std::ops::Range;

use super::flat::{FlatText, floor_boundary};

/// Longest sentence, in bytes: past that it is a list without marks or a wrapped log, and no evidence to quote whole.
const LONGEST: usize = 600;

/// Shortest part that a long sentence is cut into at a comma, in bytes.
const SHORTEST_PART: usize = 200;

/// Longest remark in brackets that stays in its sentence whatever it holds, in characters.
const REMARK: usize = 80;

/// Longest quotation that stays in its sentence whatever it holds, in characters: an error message, not a testimony.
const QUOTATION: usize = 120;

/// Words before a full stop that do not end a sentence, sorted.
const ABBREVIATIONS: &[&str] = &[
    "al", "approx", "bspw", "bzw", "ca", "cf", "d.h", "dr", "e.g", "eg", "etc", "evtl", "ggf", "i.e", "ie", "incl",
    "inkl", "jr", "mr", "mrs", "p.ex", "prof", "resp", "sr", "u.a", "usw", "viz", "vs", "z.b",
];

/// Words that are abbreviations only before a number, sorted.
const NUMBERED: &[&str] = &[
    "apr", "art", "aug", "ch", "dec", "feb", "fig", "figs", "jan", "jul", "jun", "mar", "no", "nos", "nov", "nr",
    "num", "oct", "p", "par", "pp", "sec", "sep", "sept", "vol",
];

impl FlatText {
    /// The sentences as ranges of the text, in order, without white space at their ends.
    ///
    /// ```
    /// # use casefile::{markdown::{BlockKind, parse}, span::SourceId};
    /// let document = parse(SourceId(0), "Requests fail, e.g. `GET /`. Restarting helps.", None);
    /// let BlockKind::Paragraph(flat) = &document.blocks[0].kind else { unreachable!() };
    /// let sentences: Vec<_> = flat.sentences().into_iter().map(|range| &flat.text[range]).collect();
    /// assert_eq!(sentences, ["Requests fail, e.g. GET /.", "Restarting helps."]);
    /// ```
    pub fn sentences(&self) -> Vec<Range<usize>> {
        let text = self.text.as_str();
        let mut ends = Vec::new();
        let mut whole = Whole { ranges: &whole_ranges(self), at: 0 };
        let mut start = 0;
        let mut skip = 0;
        for (at, c) in text.char_indices() {
            if at < skip || whole.holds(at) {
                continue;
            }
            let end = match c {
                '\n' => self.line_ends_sentence(at).then_some(at + 1),
                '。' | '！' | '？' => Some(after_closers(text, at + c.len_utf8())),
                '.' | '!' | '?' | '…' => {
                    skip = after_stops(text, at);
                    self.stop_ends_sentence(start, at, skip)
                }
                _ => None,
            };
            if let Some(end) = end {
                ends.push(end);
                start = end;
                skip = skip.max(end);
            }
        }
        ends.push(text.len());
        let mut found = Vec::new();
        let mut start = 0;
        for end in ends {
            shorten(text, start..end, &mut found);
            start = end;
        }
        found
    }

    /// Whether the line break at `at` was meant, or the next line opens with a bold label.
    fn line_ends_sentence(&self, at: usize) -> bool {
        if self.hard_breaks.binary_search(&at).is_ok() {
            return true;
        }
        let next = self.strong.partition_point(|strong| strong.start <= at);
        let Some(strong) = self.strong.get(next) else { return false };
        // The text between the break and the bold words is at most indentation, so this stays short.
        let between = self.text[at + 1..strong.start].bytes().take(8).all(|b| b == b' ') && strong.start - at <= 8;
        let colon = |c: char| matches!(c, ':' | '：');
        between && (self.text[strong.clone()].trim_end().ends_with(colon) || self.text[strong.end..].starts_with(colon))
    }

    /// The end of the sentence if the run of stops from `at` to `stops` ends one.
    fn stop_ends_sentence(&self, start: usize, at: usize, stops: usize) -> Option<usize> {
        let text = self.text.as_str();
        let end = after_closers(text, stops);
        let rest = &text[end..];
        if !rest.starts_with(char::is_whitespace) {
            return None;
        }
        let next = end + (rest.len() - rest.trim_start().len());
        let first = text[next..].chars().next()?;
        let code = self.code.binary_search_by_key(&next, |code| code.start).is_ok();
        let single = stops == at + 1 && text[at..].starts_with('.');
        let opens = code || opens_sentence(first);
        (opens && !(single && is_abbreviated(text, start, at, first))).then_some(end)
    }
}

/// Ranges without a boundary, walked along with the text.
struct Whole<'a> {
    ranges: &'a [Range<usize>],
    at: usize,
}

impl Whole<'_> {
    fn holds(&mut self, at: usize) -> bool {
        while self.ranges.get(self.at).is_some_and(|range| range.end <= at) {
            self.at += 1;
        }
        self.ranges.get(self.at).is_some_and(|range| range.start <= at)
    }
}

/// Code spans, short remarks in brackets and short quotations, sorted and disjoint.
///
/// The stop that a remark or quotation ends with is left out: it may end the sentence as well.
fn whole_ranges(flat: &FlatText) -> Vec<Range<usize>> {
    let text = flat.text.as_str();
    let mut ranges = flat.code.clone();
    let mut code = Whole { ranges: &flat.code, at: 0 };
    let (mut brackets, mut quote) = (Vec::new(), None);
    let mut before = None;
    for (count, (at, c)) in text.char_indices().enumerate() {
        if code.holds(at) {
            before = Some(c);
            continue;
        }
        let closed = match c {
            '(' | '（' => {
                brackets.push((at, count));
                None
            }
            ')' | '）' => brackets.pop().filter(|(_, first)| count - first < REMARK),
            '"' | '“' if c == '“' || before.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[')) => {
                quote = Some((at, count));
                None
            }
            '"' | '”' => quote.take().filter(|(_, first)| count - first < QUOTATION),
            _ => None,
        };
        if let Some((start, _)) = closed {
            ranges.push(start..text[..at].trim_end_matches(STOPS).len().max(start));
        }
        before = Some(c);
    }
    ranges.sort_by_key(|range| (range.start, range.end));
    ranges.dedup_by(|next, last| {
        let overlap = next.start <= last.end;
        if overlap {
            last.end = last.end.max(next.end);
        }
        overlap
    });
    ranges
}

/// Marks that may end a sentence before a blank.
const STOPS: [char; 4] = ['.', '!', '?', '…'];

fn after_stops(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    at + (rest.len() - rest.trim_start_matches(STOPS).len())
}

fn after_closers(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let closer = |c: char| matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '}' | '）' | '」' | '』');
    at + (rest.len() - rest.trim_start_matches(closer).len())
}

/// Whether a sentence may begin with `c`: anything but a small letter or what goes on with the sentence.
fn opens_sentence(c: char) -> bool {
    !c.is_lowercase() && !matches!(c, ',' | ';' | ':' | '.' | '!' | '?' | ')' | ']' | '}' | '…' | '&' | '=' | '|' | '+')
}

/// Whether the full stop at `at` belongs to the word before it.
fn is_abbreviated(text: &str, start: usize, at: usize, next: char) -> bool {
    let before = &text[floor_boundary(text, at.saturating_sub(LONGEST_WORD))..at];
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let at_start =
        text[start..at].trim_start().len() == word.len() || before[..before.len() - word.len()].ends_with('\n');
    let word = word.trim_start_matches(['(', '[', '{', '"', '\'', '“', '‘', '*']);
    let mut chars = word.chars();
    match (chars.next(), chars.next()) {
        (None, _) => return true,
        (Some(only), None) if only.is_uppercase() => return true,
        _ => {}
    }
    if at_start && word.len() <= 3 && word.bytes().all(|b| b.is_ascii_digit()) {
        return true;
    }
    // "On 17. November".
    let day = (1..=2).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    if day && names_month(text[at + 1..].trim_start()) {
        return true;
    }
    let word = word.to_lowercase();
    let numbered = next.is_numeric() || next == '#';
    ABBREVIATIONS.binary_search(&word.as_str()).is_ok() || (numbered && NUMBERED.binary_search(&word.as_str()).is_ok())
}

/// Whether `text` begins with the name of a month in English or German.
fn names_month(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let word = text[..end].to_lowercase();
    MONTHS.contains(&word.as_str())
}

/// Names of months that stand behind "17." in a date.
const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "januar",
    "februar",
    "märz",
    "mai",
    "juni",
    "juli",
    "oktober",
    "dezember",
];

/// How far back a word before a full stop is read, in bytes: more than the longest abbreviation.
const LONGEST_WORD: usize = 24;

/// Adds `range` to `found` without white space at its ends, in parts if it is too long.
fn shorten(text: &str, range: Range<usize>, found: &mut Vec<Range<usize>>) {
    let inner = &text[range.clone()];
    let mut start = range.start + (inner.len() - inner.trim_start().len());
    let end = start + inner.trim().len();
    while end - start > LONGEST {
        let window = &text[start..floor_boundary(text, start + LONGEST)];
        let late = |mark: &str| window.rfind(mark).map(|at| at + mark.len()).filter(|at| *at >= SHORTEST_PART);
        let blank = || window.rfind(char::is_whitespace).filter(|at| *at > 0);
        let cut = start + late("; ").or_else(|| late(", ")).or_else(blank).unwrap_or(window.len());
        push_trimmed(text, start..cut, found);
        start = cut + (text[cut..end].len() - text[cut..end].trim_start().len());
    }
    push_trimmed(text, start..end, found);
}

fn push_trimmed(text: &str, range: Range<usize>, found: &mut Vec<Range<usize>>) {
    let end = range.start + text[range.clone()].trim_end().len();
    if range.start < end {
        found.push(range.start..end);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BlockKind, parse};
    use super::*;
    use crate::span::SourceId;

    fn sentences(text: &str) -> Vec<String> {
        let document = parse(SourceId(0), text, None);
        let BlockKind::Paragraph(flat) = &document.blocks[0].kind else { panic!("a paragraph") };
        flat.sentences().into_iter().map(|range| flat.text[range].to_string()).collect()
    }

    #[test]
    fn a_stop_before_a_capital_ends_a_sentence() {
        assert_eq!(
            sentences("It broke. We saw it! Why? \"Load.\" 3 nodes fell"),
            ["It broke.", "We saw it!", "Why?", "\"Load.\"", "3 nodes fell"]
        );
    }

    #[test]
    fn abbreviations_initials_and_numbers_do_not_end_a_sentence() {
        for text in [
            "Ask e.g. Anna.",
            "See No. 5 there",
            "A cache (approx. 3 GB) grew",
            "J. Doe saw v1.2.3 fail",
            "Rose by 2.5 percent",
            "redis vs. Postgres",
            "Steps\n2. Open main.rs first",
        ] {
            assert_eq!(sentences(text), [text]);
        }
        assert_eq!(sentences("Is it fixed? No. We wait.").len(), 3);
    }

    #[test]
    fn code_links_remarks_and_quotations_stay_whole() {
        assert_eq!(sentences("Call `a. B` there").len(), 1);
        assert_eq!(sentences("It fell (twice. Really.) again").len(), 1);
        assert_eq!(sentences("It says \"Gone. Try later.\" to all"), ["It says \"Gone. Try later.\" to all"]);
        assert_eq!(sentences("It says “Gone. Try later.” Then it stops").len(), 2);
        assert_eq!(sentences("See https://a.example/x?Y=1.Z for more").len(), 1);
        assert_eq!(sentences("It runs. `x` is set").len(), 2);
    }

    #[test]
    fn wrapped_lines_join_and_hard_breaks_cut() {
        assert_eq!(sentences("one\ntwo"), ["one\ntwo"]);
        assert_eq!(sentences("one  \ntwo"), ["one", "two"]);
        assert_eq!(sentences("one<br>two"), ["one", "two"]);
    }

    #[test]
    fn a_bold_label_opens_a_sentence() {
        assert_eq!(sentences("**Owner**: me\n**Date:** today\n**not** so"), ["Owner: me", "Date: today\nnot so"]);
    }

    #[test]
    fn ideographic_stops_end_sentences() {
        assert_eq!(sentences("停止。再起動した！なぜ？"), ["停止。", "再起動した！", "なぜ？"]);
    }

    #[test]
    fn a_long_sentence_is_cut_at_a_semicolon_first() {
        let half = format!("{}, ", "word ".repeat(50).trim());
        let text = format!("{half}x; {half}{half}end");
        let found = sentences(&text);
        assert!(found[0].ends_with("x;") && found.len() == 2, "{found:?}");
    }

    #[test]
    fn text_without_blanks_is_cut_on_a_character() {
        let found = sentences(&"é".repeat(1000));
        assert_eq!(found.iter().map(String::len).collect::<Vec<_>>(), [600, 600, 600, 200]);
    }

    #[test]
    fn both_word_lists_are_sorted() {
        assert!(ABBREVIATIONS.is_sorted() && NUMBERED.is_sorted());
    }

    #[test]
    fn dates_with_full_stops_stay_in_their_sentence() {
        let document = super::super::parse(
            crate::span::SourceId(0),
            "On 17. November it broke. Seen on Nov. 13, 2023 again.",
            None,
        );
        let super::super::BlockKind::Paragraph(flat) = &document.blocks[0].kind else { panic!("a paragraph") };
        let found: Vec<_> = flat.sentences().into_iter().map(|range| &flat.text[range]).collect();
        assert_eq!(found, ["On 17. November it broke.", "Seen on Nov. 13, 2023 again."]);
    }
}
