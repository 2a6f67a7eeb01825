//! Stack traces of every language, as fixtures: `tests/fixtures/traces/<language>/<name>.txt` beside `<name>.expected`.
//!
//! An expected file holds, for each trace, a head line `Language | exception | message` and one line a frame,
//! `file|line|function|app` or `…|lib`; `-` stands for what is not there. `negatives.txt` holds no trace at all.

#![allow(clippy::unwrap_used, reason = "a fixture that cannot be read fails the test")]

use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use casefile::span::lines;
use casefile::trace::{FoundTrace, find_traces};

/// Traces a language's fixtures hold at least.
const PER_LANGUAGE: usize = 12;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/traces")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn found(text: &str) -> Vec<FoundTrace> {
    find_traces(&lines(text).collect::<Vec<_>>())
}

fn shown(text: &str, traces: &[FoundTrace]) -> String {
    let part = |range: &Option<Range<usize>>| range.clone().map_or("-", |range| &text[range]);
    let mut out = String::new();
    for trace in traces {
        writeln!(out, "{:?} | {} | {}", trace.language, part(&trace.exception), part(&trace.message)).unwrap();
        for frame in &trace.frames {
            let line = frame.line.map_or("-".to_owned(), |line| line.to_string());
            let owner = if frame.in_app { "app" } else { "lib" };
            writeln!(out, "{}|{line}|{}|{owner}", part(&frame.file), part(&frame.function)).unwrap();
        }
    }
    out
}

#[test]
fn every_fixture_gives_the_traces_written_beside_it() {
    for folder in entries(&fixtures()).iter().filter(|path| path.is_dir()) {
        for path in entries(folder).iter().filter(|path| path.extension().is_some_and(|extension| extension == "txt")) {
            let text = fs::read_to_string(path).unwrap();
            let expected = fs::read_to_string(path.with_extension("expected")).unwrap();
            assert_eq!(shown(&text, &found(&text)), expected, "{}", path.display());
        }
    }
}

#[test]
fn every_language_has_a_dozen_traces() {
    let folders: Vec<_> = entries(&fixtures()).into_iter().filter(|path| path.is_dir()).collect();
    assert_eq!(folders.len(), 13);
    for folder in folders {
        let texts =
            entries(&folder).into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "txt"));
        let count: usize = texts.map(|path| found(&fs::read_to_string(path).unwrap()).len()).sum();
        assert!(count >= PER_LANGUAGE, "{}: {count} traces", folder.display());
    }
}

#[test]
fn lines_that_only_resemble_frames_give_no_trace() {
    let text = fs::read_to_string(fixtures().join("negatives.txt")).unwrap();
    assert!(text.lines().count() >= 60);
    assert_eq!(shown(&text, &found(&text)), "");
    for line in text.lines() {
        assert_eq!(shown(line, &found(line)), "", "{line}");
    }
}

#[test]
fn ranges_lie_within_their_trace_and_in_order() {
    for folder in entries(&fixtures()).iter().filter(|path| path.is_dir()) {
        for path in entries(folder).iter().filter(|path| path.extension().is_some_and(|extension| extension == "txt")) {
            let text = fs::read_to_string(path).unwrap();
            let traces = found(&text);
            assert!(traces.is_sorted_by_key(|trace| trace.range.start), "{}", path.display());
            for trace in &traces {
                let parts = trace
                    .frames
                    .iter()
                    .flat_map(|frame| [Some(frame.range.clone()), frame.function.clone(), frame.file.clone()]);
                for part in parts.chain([trace.exception.clone(), trace.message.clone()]).flatten() {
                    assert!(
                        trace.range.start <= part.start && part.end <= trace.range.end,
                        "{}: {part:?}",
                        path.display()
                    );
                }
            }
        }
    }
}

#[test]
fn a_fixture_behind_a_quote_or_in_a_list_gives_the_same_frames() {
    for name in [
        "java/causes",
        "javascript/v8",
        "python/plain",
        "go/panics",
        "rust/panics",
        "csharp/dotnet",
        "php/plain",
        "dart/plain",
    ] {
        let text = fs::read_to_string(fixtures().join(name).with_extension("txt")).unwrap();
        let expected = fs::read_to_string(fixtures().join(name).with_extension("expected")).unwrap();
        for prefix in ["> ", "    ", "  > "] {
            let quoted: String = text.lines().map(|line| format!("{prefix}{line}\n")).collect();
            assert_eq!(shown(&quoted, &found(&quoted)), expected, "{name} behind {prefix:?}");
        }
    }
}

/// Pieces of which odd texts are made: openers, separators and characters that cut badly.
const PIECES: [&str; 28] = [
    "at ",
    "a.B.c(",
    "B.java:1)",
    "(x.js:1:2)",
    "\\n",
    "\\t",
    "\\",
    "\"",
    "<br/>",
    "&lt;",
    "\n",
    "\r",
    "> ",
    "File \"",
    "\", line 1",
    ", in f",
    "#0 ",
    "0x1 in ",
    "é",
    "\u{1f600}",
    "\u{feff}",
    "Caused by: ",
    "goroutine 1 [x]:",
    "thread 'm' panicked at ",
    "s.rs:1:2:",
    "a.php(1): b()",
    "XError: m",
    "->a:1",
];

proptest::proptest! {
    #[test]
    fn no_text_makes_the_search_panic_or_leave_the_text(picks in proptest::collection::vec(0..PIECES.len(), 0..60)) {
        let text: String = picks.into_iter().map(|pick| PIECES[pick]).collect();
        for trace in found(&text) {
            let parts = trace.frames.iter().flat_map(|frame| [Some(frame.range.clone()), frame.function.clone(), frame.file.clone()]);
            for part in parts.chain([trace.exception.clone(), trace.message.clone(), Some(trace.range.clone())]).flatten() {
                proptest::prop_assert!(text.get(part.clone()).is_some(), "{part:?} in {text:?}");
            }
        }
    }
}
