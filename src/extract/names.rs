//! Names of modules, classes and methods that a document gives outside stack traces.
//!
//! They are read in sentences, items and cells: in a block of code every line holds some, and none of them is a statement.

#[cfg(test)]
mod examples;
mod shape;
mod words;

use std::collections::BTreeMap;

use crate::case::CodeName;
use crate::source::SourceMap;
use crate::span::Span;

use super::paths::path_ranges;
use super::reading::{Passage, PassageKind, Reading};

use shape::{NameShape, names_in};

/// Most names of a case.
const NAMES: usize = 300;

/// Most places kept of one name.
const PLACES: usize = 20;

/// The names of all documents, each once with its places, in source order.
pub(super) fn code_names(sources: &SourceMap, reading: &Reading) -> Vec<CodeName> {
    let mut names: Vec<CodeName> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for passage in reading.passages.iter().filter(|passage| is_read(passage)) {
        for shape in in_passage(passage) {
            let span = passage.flat.span(shape.range.clone());
            if sources.redact(span) != sources.text(span) || in_trace(reading, span) {
                continue;
            }
            let name = passage.flat.text[shape.range].to_owned();
            match known.get(&name) {
                Some(&at) => {
                    names[at].count += 1;
                    if names[at].spans.len() < PLACES {
                        names[at].spans.push(sources.cite(span));
                    }
                }
                None if names.len() < NAMES => {
                    known.insert(name.clone(), names.len());
                    names.push(CodeName { name, kind: shape.kind, count: 1, spans: vec![sources.cite(span)] });
                }
                None => {}
            }
        }
    }
    names
}

fn is_read(passage: &Passage) -> bool {
    !matches!(passage.kind, PassageKind::FenceLine) && !passage.placeholder
}

/// The names of a passage that are no part of a path.
fn in_passage(passage: &Passage) -> Vec<NameShape> {
    let flat = &passage.flat;
    let mut found = names_in(&flat.text, &flat.code);
    if !found.is_empty() {
        let paths = path_ranges(&flat.text, &flat.code);
        found.retain(|name| !paths.iter().any(|path| path.start < name.range.end && name.range.start < path.end));
    }
    found
}

fn in_trace(reading: &Reading, span: Span) -> bool {
    reading.traces.iter().any(|found| Span::new(found.source, found.trace.range.clone()).contains(span))
}

#[cfg(test)]
mod tests {
    use crate::case::CodeNameKind;
    use crate::extract::testing::facts;

    #[test]
    fn a_name_is_listed_once_with_all_its_places() {
        let names = facts("`crate::auth::refresh` fails. It calls `TokenStore#swap`; `crate::auth::refresh` waits.\n")
            .code_names;
        let read: Vec<_> = names.iter().map(|name| (name.name.as_str(), name.kind, name.count)).collect();
        assert_eq!(
            read,
            [("crate::auth::refresh", CodeNameKind::Module, 2), ("TokenStore#swap", CodeNameKind::Function, 1)]
        );
        assert!(
            names
                .iter()
                .flat_map(|name| name.spans.iter().map(move |at| (name, at)))
                .all(|(name, at)| at.quote == name.name)
        );
    }

    #[test]
    fn frames_paths_and_code_hold_no_names() {
        let trace =
            "```\njava.lang.RuntimeException: x\n\tat com.shop.cart.CartService.add(CartService.java:12)\n```\n";
        let code = "```rust\nlet x = crate::auth::refresh();\n```\n";
        assert_eq!(
            facts(&format!("{trace}\n{code}\nSee tests/a.py::test_add and password=com.shop.Klass7x9Q2zName.\n"))
                .code_names,
            []
        );
    }
}
