//! Code paths that a document names outside stack traces, with their lines, functions and notes.
//!
//! A path is told by its file extension or its place (a code span, a folder mark); URLs, versions and media types are none.

mod extension;
mod shape;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use crate::case::{CodePath, Resolution};
use crate::limits;
use crate::pattern::Pattern;
use crate::source::SourceMap;
use crate::span::Span;

use super::reading::{PassageKind, Reading};

use shape::{PathShape, paths_in};

/// Most paths of a case.
const PATHS: usize = 300;

/// Most places kept of one path.
const PLACES: usize = 20;

/// Longest note, in bytes: a note names what the path is for; more is a sentence about it.
const NOTE_BYTES: usize = 120;

/// A path in a text, with what stands beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FoundPath {
    span: Span,
    path: String,
    line: Option<u32>,
    function: Option<String>,
    note: Option<String>,
}

/// The code paths of all documents, in source order; mentions that add nothing join the first entry of their path.
pub(super) fn code_paths(sources: &SourceMap, reading: &Reading) -> Vec<CodePath> {
    let traces: Vec<Span> =
        reading.traces.iter().map(|found| Span::new(found.source, found.trace.range.clone())).collect();
    let mut found: Vec<FoundPath> = in_passages(reading);
    found.extend(in_blocks(sources, reading));
    // What is glued to a secret (`password=x1y2z3src/a.rs`) is a part of it.
    let secret = |span: Span| sources.redact(span) != sources.text(span);
    found.retain(|path| !is_covered(&traces, path.span) && !secret(path.span));
    found.sort_by_key(|path| (path.span.source, path.span.start));
    found.dedup_by_key(|path| path.span);
    merged(found)
        .into_iter()
        .take(PATHS)
        .map(|(path, spans)| CodePath {
            path: sources.redact_text(&path.path),
            line: path.line,
            function: path.function.map(|function| sources.redact_text(&function)),
            note: path.note.map(|note| sources.redact_text(&note)),
            resolved: Resolution::Unchecked,
            spans: spans.into_iter().take(PLACES).map(|span| sources.cite(span)).collect(),
        })
        .collect()
}

/// Whether a dotted word ends as a file does.
pub(super) fn is_file(word: &str) -> bool {
    extension::has_extension(word)
}

/// The places of the paths in a text; `code` are the ranges of its code spans.
pub(super) fn path_ranges(text: &str, code: &[Range<usize>]) -> Vec<Range<usize>> {
    paths_in(text, code).into_iter().map(|shape| shape.range).collect()
}

fn in_passages(reading: &Reading) -> Vec<FoundPath> {
    let mut found = Vec::new();
    for passage in
        reading.passages.iter().filter(|passage| passage.kind != PassageKind::FenceLine && !passage.placeholder)
    {
        let flat = &passage.flat;
        for shape in paths_in(&flat.text, &flat.code) {
            found.push(described(&flat.text, &shape, flat.span(shape.range.clone()), passage.kind));
        }
    }
    found
}

/// Paths in fenced blocks: comments that name a file, commands, log lines.
fn in_blocks(sources: &SourceMap, reading: &Reading) -> Vec<FoundPath> {
    let mut found = Vec::new();
    for line in reading.code_blocks.iter().flat_map(|block| &block.lines) {
        let text = bounded(sources.text(*line));
        for shape in paths_in(text, &[]) {
            let span = Span::new(line.source, line.start + shape.range.start..line.start + shape.range.end);
            found.push(described(text, &shape, span, PassageKind::FenceLine));
        }
    }
    found
}

/// Whether a span lies in one of the sorted, disjoint `spans`.
fn is_covered(spans: &[Span], span: Span) -> bool {
    let after = spans.partition_point(|other| (other.source, other.start) <= (span.source, span.start));
    after > 0 && spans[after - 1].contains(span)
}

static NOTE: LazyLock<Pattern> = LazyLock::new(|| pattern(r"^[`*)\]]{0,4}\s*(?:-{1,2}|–|—|:)\s+(\S.*)$"));

static FUNCTION: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"^[`*)\]]{0,4}(?:\s*(?:-{1,2}|–|—|:|→|->|,|\(|in|method|function|fn)\s*)*[`*(]{0,3}",
        r"(?:([A-Za-z_$][\w$.:]*)\(\)|([A-Za-z_$][\w$.:]*)[`*]{0,3}\s+(?:function|method|endpoint|handler|func|fn)\b|(?:function|method|fn|func|def)\s+[`*]{0,3}([A-Za-z_$][\w$.:]*))"
    ))
});

static PARENTHESISED: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"^[`*]{0,3}\s*\([`*]{0,3}([A-Za-z_$][\w$.:]*)[`*]{0,3}\)"));

/// Adds the function and the note that follow a path.
fn described(text: &str, shape: &PathShape, span: Span, kind: PassageKind) -> FoundPath {
    let rest = following(text, shape.range.end);
    let function = shape.function.clone().or_else(|| function_after(rest));
    let listed = matches!(kind, PassageKind::Item | PassageKind::Sentence | PassageKind::FenceLine)
        && leads(text, shape.range.start);
    let note = NOTE.captures(rest).and_then(|found| found.get(1)).filter(|_| listed).map(|note| note.as_str().trim());
    let note =
        note.filter(|note| note.len() <= NOTE_BYTES).map(|note| note.trim_end_matches(['.', ';']).replace('`', ""));
    FoundPath { span, path: shape.path.clone(), line: shape.line, function, note }
}

fn function_after(rest: &str) -> Option<String> {
    let found = FUNCTION.captures(rest).and_then(|found| (1..=3).find_map(|n| found.get(n)));
    let name = found.or_else(|| {
        PARENTHESISED.captures(rest).and_then(|found| found.get(1)).filter(|name| is_name(name.as_str()))
    })?;
    let called = rest[name.end()..].starts_with("()");
    (called || is_name(name.as_str())).then(|| name.as_str().to_owned())
}

/// Whether a word is an identifier rather than a word of prose (`refresh endpoint` names no function).
fn is_name(word: &str) -> bool {
    let inner_capital = word.char_indices().any(|(at, c)| at > 0 && c.is_ascii_uppercase());
    word.contains(['_', ':', '$']) || (inner_capital && word.contains(|c: char| c.is_ascii_lowercase()))
}

/// Whether nothing but marks stands before the path on its line; the window keeps lines of many paths linear.
fn leads(text: &str, start: usize) -> bool {
    let mut from = start.saturating_sub(64);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = text[from..start].rsplit('\n').next().unwrap_or_default();
    !before.trim_end_matches(['`', '*', ' ']).ends_with(char::is_alphanumeric)
}

/// The rest of the line behind a path, bounded.
fn following(text: &str, start: usize) -> &str {
    let mut end = text.len().min(start + NOTE_BYTES * 2);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[start..end].split('\n').next().unwrap_or_default()
}

fn bounded(line: &str) -> &str {
    let mut end = line.len().min(limits::LINE_BYTES);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    &line[..end]
}

/// Joins mentions: the same path with the same details, or with none of its own.
fn merged(found: Vec<FoundPath>) -> Vec<(FoundPath, Vec<Span>)> {
    let mut entries: Vec<(FoundPath, Vec<Span>)> = Vec::new();
    let mut by_path: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for path in found {
        let known = by_path.entry(path.path.clone()).or_default();
        let fits = |&&index: &&usize| {
            let entry = &entries[index].0;
            let same = |a: &Option<String>, b: &Option<String>| b.is_none() || a == b;
            same(&entry.function, &path.function)
                && same(&entry.note, &path.note)
                && (path.line.is_none() || entry.line == path.line)
        };
        if let Some(&index) = known.iter().take(PLACES).find(fits) {
            entries[index].1.push(path.span);
            continue;
        }
        known.push(entries.len());
        let span = path.span;
        entries.push((path, vec![span]));
    }
    entries
}

fn pattern(text: &str) -> Pattern {
    Pattern::new(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::SourceId;

    fn described_first(text: &str) -> FoundPath {
        let shape = paths_in(text, &[]).remove(0);
        described(text, &shape, Span::new(SourceId(0), shape.range.clone()), PassageKind::Item)
    }

    #[test]
    fn a_path_glued_to_a_password_shows_nothing_of_it() {
        let paths = crate::extract::testing::facts("login with password=hunter22src/a.rs:10 fails\n").code_paths;
        assert_eq!(paths, []);
    }

    #[test]
    fn a_note_behind_a_dash_is_kept() {
        assert_eq!(described_first("app/cart.py - checkout view").note.as_deref(), Some("checkout view"));
        assert_eq!(described_first("app/cart.py — checkout view.").note.as_deref(), Some("checkout view"));
        assert_eq!(described_first("app/cart.py fails").note, None);
    }

    #[test]
    fn functions_are_named_in_several_ways() {
        for text in [
            "app/cart.py - add_item function",
            "app/cart.py (add_item)",
            "app/cart.py::add_item",
            "app/cart.py: add_item()",
            "app/cart.py → `add_item()`",
            "app/cart.py, method add_item",
        ] {
            assert_eq!(described_first(text).function.as_deref(), Some("add_item"), "{text}");
        }
    }

    #[test]
    fn words_of_prose_are_no_functions() {
        for text in ["app/cart.py - checkout endpoint", "app/cart.py (broken)", "app/cart.py is slow"] {
            assert_eq!(described_first(text).function, None, "{text}");
        }
    }

    #[test]
    fn a_bare_mention_joins_the_first_entry_and_a_second_note_opens_another() {
        let found: Vec<FoundPath> =
            ["a/b.rs - one", "a/b.rs", "a/b.rs - two"].iter().map(|text| described_first(text)).collect();
        let notes: Vec<_> = merged(found).into_iter().map(|(path, spans)| (path.note, spans.len())).collect();
        assert_eq!(notes, [(Some("one".into()), 2), (Some("two".into()), 1)]);
    }
}
