//! Finds the label at the start of a paragraph, item or cell (`**Root cause:** …`, `Expected: …`) and the role it
//! gives.
//!
//! It does not decide how far a label reaches; `passages` does.

use std::ops::Range;

use crate::markdown::FlatText;

use super::headings::{exact_role, role_of_heading};
use super::reading::SectionRole;

/// Longest label, in bytes: past that it is a sentence with a colon in it.
const LABEL_BYTES: usize = 72;

/// Most words of a label that is not set in bold.
const PLAIN_WORDS: usize = 5;

/// A label and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Label {
    /// The label's words in the flat text, without marks.
    pub words: Range<usize>,
    /// Where the text after the label and its colon begins.
    pub rest: usize,
    /// Whether it is set in bold.
    pub strong: bool,
    /// Whether nothing follows, not even a colon.
    pub alone: bool,
}

/// The label that `flat` starts with, if any.
pub(super) fn leading_label(flat: &FlatText) -> Option<Label> {
    let text = flat.text.as_str();
    let first = text.find(char::is_alphanumeric)?;
    let strong = flat.strong.first().filter(|strong| strong.start <= first && first < strong.end);
    match strong {
        Some(strong) => strong_label(text, strong.clone()).or_else(|| plain_label(text, first)),
        None => plain_label(text, first),
    }
}

/// The role that `label` gives, of which `words` are the words; `item` where it stands on an item of a list. Bold words alone on
/// an item are its title ("**Event log corruption**"), and a role only where they say nothing else ("**Event log**").
pub(super) fn role_of_label(label: &Label, words: &str, item: bool) -> Option<SectionRole> {
    label_role(words, label.strong && !(label.alone && item))
}

/// The role a label's words give: bold ones like a heading, others only where they are a known phrase and nothing else.
pub(super) fn label_role(words: &str, strong: bool) -> Option<SectionRole> {
    let known = exact_role(words);
    // "No error messages" is a statement, not a place for messages.
    let denied = ["no ", "not ", "without "]
        .iter()
        .any(|word| words.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
    if strong && !denied { known.or_else(|| role_of_heading(words)) } else { known }
}

fn strong_label(text: &str, strong: Range<usize>) -> Option<Label> {
    if strong.len() > LABEL_BYTES {
        return None;
    }
    let inner = &text[strong.clone()];
    let bare = inner.trim_end().trim_end_matches([':', '：']);
    if bare.contains([':', '：']) && !bare.ends_with(|c: char| c.is_ascii_digit()) && !starts_with_clock(bare) {
        return None;
    }
    let words = trimmed(text, strong.start..strong.start + bare.len());
    let after = &text[strong.end..];
    let gap = after.len() - after.trim_start().len();
    let tail = &after[gap..];
    let closed = bare.len() < inner.trim_end().len();
    let rest = match tail.chars().next() {
        Some(c @ (':' | '：')) => strong.end + gap + c.len_utf8(),
        None => text.len(),
        Some(c @ ('-' | '–' | '—')) if gap > 0 && tail[c.len_utf8()..].starts_with(' ') => {
            strong.end + gap + c.len_utf8()
        }
        Some(_) if closed => strong.end,
        Some(_) => return None,
    };
    let alone = tail.is_empty() && !closed;
    (!words.is_empty()).then(|| Label { words, rest: skip_blank(text, rest), strong: true, alone })
}

fn starts_with_clock(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

fn plain_label(text: &str, first: usize) -> Option<Label> {
    let tail = &text[first..];
    let (at, colon) =
        tail.char_indices().take_while(|(at, _)| *at <= LABEL_BYTES).find(|(_, c)| matches!(c, ':' | '：'))?;
    let words = &tail[..at];
    let after = &tail[at + colon.len_utf8()..];
    let spaced = colon == '：' || after.is_empty() || after.starts_with(char::is_whitespace);
    let letters = words.starts_with(char::is_alphabetic);
    let sentence = words.contains(['.', '!', '?', ';', ',', '\n', '(']);
    if !spaced || !letters || sentence || words.split_whitespace().count() > PLAIN_WORDS {
        return None;
    }
    let words = trimmed(text, first..first + at);
    Some(Label { words, rest: skip_blank(text, first + at + colon.len_utf8()), strong: false, alone: false })
}

/// `**Status:** Open | **Severity:** High` as two parts; a line with one label, or none, is one part.
pub(super) fn labelled_parts(flat: &FlatText, line: Range<usize>) -> Vec<Range<usize>> {
    let text = flat.text.as_str();
    let is_label = |strong: &&Range<usize>| {
        strong.end <= line.end
            && (text[(*strong).clone()].trim_end().ends_with([':', '：'])
                || text[strong.end..].starts_with([':', '：']))
    };
    let first = flat.strong.partition_point(|strong| strong.start < line.start);
    let inside = flat.strong[first..].iter().take_while(|strong| strong.start < line.end);
    let mut starts: Vec<usize> = inside.filter(is_label).map(|strong| strong.start).collect();
    match starts.first_mut() {
        Some(first) => *first = line.start,
        None => starts.push(line.start),
    }
    let ends = starts[1..].iter().copied().chain([line.end]);
    let part = |(start, end): (usize, usize)| {
        // A full stop before the next label parts the two as a bar does.
        let stop = end < line.end;
        let parts = |c: char| c.is_whitespace() || matches!(c, '|' | '·' | '•' | ',') || (stop && c == '.');
        let words = text[start..end].trim_end_matches(parts);
        trimmed(text, start..start + words.len())
    };
    starts.iter().copied().zip(ends).map(part).filter(|part| !part.is_empty()).collect()
}

/// `range` without white space at its ends.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let inner = &text[range.clone()];
    let start = range.start + (inner.len() - inner.trim_start().len());
    start..start + inner.trim().len()
}

fn skip_blank(text: &str, at: usize) -> usize {
    at + (text[at..].len() - text[at..].trim_start().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(text: &str, strong: Option<Range<usize>>) -> FlatText {
        FlatText { text: text.into(), strong: strong.into_iter().collect(), ..FlatText::default() }
    }

    fn split(text: &str, strong: Option<Range<usize>>) -> Option<(&str, &str)> {
        leading_label(&flat(text, strong)).map(|label| (&text[label.words], &text[label.rest..]))
    }

    #[test]
    fn a_colon_may_stand_inside_or_after_the_bold_words() {
        assert_eq!(split("Root cause: no lock", Some(0..11)), Some(("Root cause", "no lock")));
        assert_eq!(split("Root cause: no lock", Some(0..10)), Some(("Root cause", "no lock")));
    }

    #[test]
    fn a_paragraph_of_bold_words_alone_is_a_label_without_rest() {
        assert_eq!(split("Ruled out", Some(0..9)), Some(("Ruled out", "")));
    }

    #[test]
    fn bold_words_inside_a_sentence_are_no_label() {
        assert_eq!(split("Never restart both nodes", Some(0..5)), None);
    }

    #[test]
    fn a_plain_key_is_a_label() {
        assert_eq!(split("Expected: 1 success", None), Some(("Expected", "1 success")));
        assert_eq!(split("状态：已修复", None), Some(("状态", "已修复")));
    }

    #[test]
    fn times_addresses_and_sentences_are_no_labels() {
        assert_eq!(split("14:32 UTC the alert fired", None), None);
        assert_eq!(split("https://example.com: gone", None), None);
        assert_eq!(split("We saw two things, namely: a and b", None), None);
    }

    #[test]
    fn a_bold_time_before_a_dash_is_a_label() {
        assert_eq!(split("14:27 UTC - alert fired", Some(0..9)), Some(("14:27 UTC", "alert fired")));
    }

    #[test]
    fn only_bold_labels_match_inside_longer_words() {
        assert_eq!(label_role("Likely root cause here", true), Some(SectionRole::Suspicions));
        assert_eq!(label_role("Likely root cause here", false), None);
        assert_eq!(label_role("root cause", false), Some(SectionRole::Cause));
        assert_eq!(label_role("No error messages", true), None);
    }
}
