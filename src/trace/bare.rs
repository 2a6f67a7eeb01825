//! What stands around the text that matters on a line: indentation, quote and table marks, log headers, markup.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pattern::Pattern;

use super::recognizer::pattern;

/// What may stand before the text that matters: indentation, quote and table marks, log headers, markup.
static BEFORE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(
        "^(?:{})+",
        [
            r"\s+",
            r"\\+[tr]",
            r"#011|\\011|&nbsp;|&#9;|&emsp;",
            r"(?:&gt;|>)\s",
            r"[|`¦]+",
            r"</?(?:pre|code|p|li|td|div|span)\b[^>]*>",
            r"\[\s*\d+(?:\.\d+)?s?\]\s",
            r"\d+:\d\d\.\d\d\s",
            r"==\d+==\s",
            r"INTERNALERROR>",
            r"[\w.-]+\s*\|\s",
            r"\[?\*?(?:FATAL|SEVERE|ERROR|WARN|WARNING|INFO|DEBUG|TRACE|STDERR|STDOUT|stderr|stdout)\*?\]:?\s",
            r"\[(?:\w+:)?(?:emerg|alert|crit|error|warn|notice|info|debug)\]\s",
            r"\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d[.\d]* \d{4}\]\s",
            r"(?:FATAL|SEVERE|ERROR|WARN|INFO|DEBUG|TRACE)\s{1,5}",
            r"\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d[.,\d]*(?:Z|\s?[+-]\d\d:?\d\d)?\]?:?\s",
            r"\[?\d\d:\d\d:\d\d[.,\d]*\]?\s",
            r"\d\d-\d\d \d\d:\d\d:\d\d\.\d+\s+\d+\s+\d+ [VDIWEF] [\w.]+\s*: ",
            r"\d\d-\d\d \d\d:\d\d:\d\d\.\d+:?\s",
            r"[VDIWEF]/[\w.$]+\s*(?:\(\s*\d+\))?: ",
            r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]+ [\w./-]+(?:\[\d+\])?: ",
            r"[A-Z][a-z]{2,8} \d\d?(?:st|nd|rd|th)? \d{4}, \d\d:\d\d:\d\d[.\d]*\s",
            r"(?:stdout|stderr) [FP] ",
        ]
        .join("|")
    ))
});

/// Length of what stands before the text that matters.
pub(super) fn bare_start(text: &str) -> usize {
    let mut start = BEFORE.find(text).map_or(0, |found| found.end());
    let rest = &text[start..];
    let listed = rest
        .strip_prefix("- ")
        .or_else(|| rest.strip_prefix("+ "))
        .or_else(|| rest.strip_prefix("* "))
        .map(str::trim_start);
    if let Some(item) =
        listed.filter(|item| ["at ", "File ", "#", "Caused by"].iter().any(|opener| item.starts_with(opener)))
    {
        start = text.len() - item.len();
    }
    start
}

static AFTER: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?:\s|\\+[rt]|</?(?:pre|code|p|li|td|div|span)>|\s-|\s\|)+$"));

/// The range without what stands around the text that matters.
pub(super) fn bare(text: &str, range: Range<usize>) -> Range<usize> {
    let piece = &text[range.clone()];
    let start = bare_start(piece);
    let rest = &piece[start..];
    // Only the tail is searched: a pattern anchored at the end alone would try every blank of the line.
    let mut tail = rest.len().saturating_sub(TAIL_BYTES);
    while !rest.is_char_boundary(tail) {
        tail += 1;
    }
    let end = AFTER.find(&rest[tail..]).map_or(rest.len(), |found| tail + found.start());
    // A lone dash is the empty message of a log viewer's column.
    let end = if &rest[..end] == "-" { 0 } else { rest[..end].trim_end().len() };
    range.start + start..range.start + start + end
}

/// Bytes at the end of a line in which trailing markup is looked for.
const TAIL_BYTES: usize = 64;
