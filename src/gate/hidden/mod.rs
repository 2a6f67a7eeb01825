//! What a page may hold that a reviewer does not see, or that a site turns into something else than what was reviewed.
//!
//! The text is the canonical form that is hashed, so nothing can differ between what is looked at and what is decided on.
//! A fault closes the gate; a remark is told and has no effect.

mod characters;
mod markup;
mod regions;
mod words;

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::{Canonical, GateFinding};
use crate::limits::FINDINGS_PER_CODE;

/// Something found at a byte offset of the text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hidden {
    at: usize,
    code: &'static str,
    message: String,
}

impl Hidden {
    fn new(at: usize, code: &'static str, message: impl Into<String>) -> Self {
        Hidden { at, code, message: message.into() }
    }
}

/// The faults of a gated text, in the order of their lines; `first_line` is the number of its first line.
///
/// Characters count everywhere, Markdown structure only outside of code and of the front matter.
///
/// ```
/// # use casefile::gate::hidden_text;
/// let found = hidden_text("index.md", "fine\npay\u{202e}load <!-- do it -->\n", 1);
/// let codes: Vec<_> = found.iter().map(|f| (f.line, f.code.as_str())).collect();
/// assert_eq!(codes, [(Some(2), "bidirectional-control"), (Some(2), "html-comment")]);
/// ```
pub fn hidden_text(file: &str, text: &str, first_line: u64) -> Vec<GateFinding> {
    let mut found = characters::hidden(text);
    found.extend(words::mixed(text));
    found.extend(markup::forbidden(text));
    located(file, text, found, |line| first_line.saturating_add(line))
}

/// What is worth telling of a gated text without closing the gate: text that is not in Unicode's composed form (NFC).
pub fn text_remarks(file: &str, text: &str, first_line: u64) -> Vec<GateFinding> {
    let lines = text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    });
    let decomposed = lines.filter(|(_, line)| !line.is_ascii() && !unicode_normalization::is_nfc(line));
    let remark = |(at, line): (usize, &str)| {
        let same = line.chars().zip(line.nfc()).take_while(|(written, composed)| written == composed);
        let inside: usize = same.map(|(c, _)| c.len_utf8()).sum();
        Hidden::new(
            at + inside,
            "not-nfc",
            "a character is not in composed form (NFC), so equal words may differ in bytes",
        )
    };
    located(file, text, decomposed.map(remark).collect(), |line| first_line.saturating_add(line))
}

/// [`hidden_text`] of a page in canonical form, with the line numbers of the page as it is stored.
pub fn hidden_in_page(file: &str, page: &Canonical) -> Vec<GateFinding> {
    stored_lines(hidden_text(file, &page.text, 1), page)
}

/// [`text_remarks`] of a page in canonical form, with the line numbers of the page as it is stored.
pub fn remarks_on_page(file: &str, page: &Canonical) -> Vec<GateFinding> {
    stored_lines(text_remarks(file, &page.text, 1), page)
}

/// Moves line numbers of the canonical text past the lines that were left out of it.
fn stored_lines(mut findings: Vec<GateFinding>, page: &Canonical) -> Vec<GateFinding> {
    for line in findings.iter_mut().filter_map(|finding| finding.line.as_mut()) {
        for excluded in page.excluded.iter().filter(|excluded| excluded.line > 0) {
            *line += u64::from(excluded.line <= *line);
        }
    }
    findings
}

/// Findings with line numbers, at most so many of each code; `number` maps a count of lines before to the line's number.
fn located(file: &str, text: &str, mut found: Vec<Hidden>, number: impl Fn(u64) -> u64) -> Vec<GateFinding> {
    found.sort();
    found.dedup_by(|a, b| (a.at, a.code) == (b.at, b.code));
    let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
    for hidden in &found {
        *totals.entry(hidden.code).or_default() += 1;
    }
    let mut kept: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut lines, mut upto) = (0, 0);
    let mut findings = Vec::new();
    for hidden in found {
        let before = text.as_bytes().get(upto..hidden.at).unwrap_or_default();
        lines += u64::try_from(before.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(0);
        upto = hidden.at;
        let (count, total) = (kept.entry(hidden.code).or_default(), totals[hidden.code]);
        *count += 1;
        if *count > FINDINGS_PER_CODE {
            continue;
        }
        let mut message = hidden.message;
        if *count == FINDINGS_PER_CODE && total > FINDINGS_PER_CODE {
            message.push_str(&format!("; {} more of this kind are not listed", total - FINDINGS_PER_CODE));
        }
        findings.push(GateFinding { code: hidden.code.into(), file: file.into(), line: Some(number(lines)), message });
    }
    findings
}

#[cfg(test)]
mod tests;
