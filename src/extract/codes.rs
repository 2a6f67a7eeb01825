//! Error codes in a text: HTTP statuses in HTTP context, exception classes, errno names and codes of applications.
//!
//! A three-digit number alone is no status, and "Error" alone is no class; what surrounds them decides.

mod names;
mod status;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::case::{ErrorCode, ErrorCodeKind};
use crate::limits;
use crate::source::SourceMap;
use crate::span::{SourceId, Span, lines};

use super::reading::{BlockContent, Reading};

/// Most codes of a case: a page lists the frequent ones, and the tail of a log holds only noise.
const CODES: usize = 200;

/// A code with its place in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FoundCode<'a> {
    range: Range<usize>,
    code: &'a str,
    qualified: Option<&'a str>,
    kind: ErrorCodeKind,
}

/// The error codes of all sources, most frequent first, then by code.
///
/// Source code and diffs are left out: what a function may throw is no symptom.
pub(super) fn error_codes(sources: &SourceMap, reading: &Reading) -> Vec<ErrorCode> {
    let mut tally: BTreeMap<(&str, ErrorCodeKind), (u32, Span, Option<&str>)> = BTreeMap::new();
    for (id, source) in (0_u32..).map(SourceId).zip(sources.iter()) {
        let hidden = source_code_of(reading, id);
        for line in lines(&source.text) {
            let hidden_before = hidden.partition_point(|range| range.start <= line.start);
            if hidden[..hidden_before].last().is_some_and(|range| line.start < range.end) {
                continue;
            }
            for found in codes_in(bounded(line.text)) {
                let span = Span::new(id, line.start + found.range.start..line.start + found.range.end);
                // What stands in a secret (`password=x1y2z3some.Exception`) is a part of it.
                if sources.redact(span) != sources.text(span) {
                    continue;
                }
                let entry = tally.entry((found.code, found.kind)).or_insert((0, span, None));
                entry.0 = entry.0.saturating_add(1);
                entry.2 = entry.2.or(found.qualified);
            }
        }
    }
    let mut ranked: Vec<_> = tally.into_iter().collect();
    ranked.sort_by(|((code, _), (count, ..)), ((other, _), (other_count, ..))| {
        other_count.cmp(count).then(code.cmp(other))
    });
    ranked
        .into_iter()
        .take(CODES)
        .map(|((code, kind), (count, span, qualified))| ErrorCode {
            code: code.to_owned(),
            qualified: qualified.map(str::to_owned),
            kind,
            count,
            span: sources.cite(span),
        })
        .collect()
}

/// Ranges of the code blocks of a source that hold source code.
fn source_code_of(reading: &Reading, id: SourceId) -> Vec<Range<usize>> {
    let first = reading.code_blocks.partition_point(|block| block.span.source < id);
    let own = reading.code_blocks[first..].iter().take_while(|block| block.span.source == id);
    own.filter(|block| matches!(block.content, BlockContent::Code | BlockContent::Diff))
        .map(|block| block.span.range())
        .collect()
}

/// The codes of one line, in the order written.
fn codes_in(line: &str) -> Vec<FoundCode<'_>> {
    let mut found = status::statuses_in(line);
    found.extend(names::names_in(line));
    found.sort_by_key(|code| code.range.start);
    found.dedup_by(|later, earlier| later.range.start < earlier.range.end);
    found
}

fn bounded(line: &str) -> &str {
    let mut end = line.len().min(limits::LINE_BYTES);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    &line[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<(String, Option<String>, u32)> {
        let found = error_codes(&SourceMap::from_text("a.md", text), &Reading::default());
        found.into_iter().map(|code| (code.code, code.qualified, code.count)).collect()
    }

    #[test]
    fn the_most_frequent_code_comes_first() {
        let text = "GET /a -> 503\nGET /b -> 503\nlogin failed: 401 Unauthorized, ECONNRESET\n";
        assert_eq!(codes(text), [("503".into(), None, 2), ("401".into(), None, 1), ("ECONNRESET".into(), None, 1)]);
    }

    #[test]
    fn a_qualified_name_is_kept_beside_the_simple_one() {
        let text = "saw a LockException\norg.sample.LockException: busy\n";
        assert_eq!(codes(text), [("LockException".into(), Some("org.sample.LockException".into()), 2)]);
    }

    #[test]
    fn a_class_glued_to_a_password_shows_nothing_of_it() {
        assert_eq!(codes("password=hunter22java.lang.LockException: x\n"), []);
    }

    #[test]
    fn the_first_place_is_cited() {
        let sources = SourceMap::from_text("a.md", "ok\nHTTP 502 from the proxy\n");
        let found = error_codes(&sources, &Reading::default());
        assert_eq!((found[0].span.quote.as_str(), found[0].span.lines), ("502", [2, 2]));
    }
}
