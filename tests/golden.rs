//! The examples are golden: analysing each input gives exactly the case folder that is checked in.
//!
//! After a wanted change, run `tests/refresh-examples.sh` and read the difference like a reviewer.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The time that the checked-in pages carry.
const NOW: &str = "2026-01-01T00:00:00Z";

fn examples() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut found: Vec<PathBuf> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("input").is_dir())
        .collect();
    found.sort();
    assert!(found.len() >= 4, "there are at least four examples");
    found
}

fn casefile(args: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_casefile")).args(args).output().unwrap()
}

/// Every file below a folder, by its path in it; the program's own bookkeeping left out.
fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
            if name.contains(".generated") {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else {
                files.insert(name, fs::read_to_string(path).unwrap());
            }
        }
    }
    files
}

#[test]
fn every_example_comes_out_as_checked_in() {
    for example in examples() {
        let out = tempfile::tempdir().unwrap();
        let input = example.join("input");
        let folder = out.path().to_str().unwrap();
        let done = casefile(&["analyze", input.to_str().unwrap(), "--out", folder, "--now", NOW]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let case = fs::read_dir(out.path()).unwrap().next().unwrap().unwrap().path();
        let done = casefile(&["plan", case.to_str().unwrap(), "--draft", "--now", NOW]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let (expected, found) = (tree(&example.join("case")), tree(out.path()));
        assert_eq!(
            expected.keys().collect::<Vec<_>>(),
            found.keys().collect::<Vec<_>>(),
            "files of {}",
            example.display()
        );
        for (name, text) in &expected {
            assert!(
                *text == found[name],
                "{}: {name} differs; run tests/refresh-examples.sh and read the difference\n{}",
                example.display(),
                first_difference(text, &found[name])
            );
        }
    }
}

fn first_difference(expected: &str, found: &str) -> String {
    let pair = expected.lines().zip(found.lines()).enumerate().find(|(_, (a, b))| a != b);
    pair.map_or_else(
        || "one is longer than the other".to_string(),
        |(number, (a, b))| format!("line {}:\n- {a}\n+ {b}", number + 1),
    )
}

/// Every quote of every case is found again at its lines, in the very bytes it names.
#[test]
fn every_quote_stands_at_its_place() {
    let mut quotes = 0;
    for example in examples() {
        let case: casefile::case::Case = {
            let output = casefile(&["analyze", example.join("input").to_str().unwrap(), "--json", "--now", NOW]);
            serde_json::from_slice(&output.stdout).unwrap()
        };
        for evidence in &case.evidence {
            let bytes = fs::read(example.join("input").join(&evidence.source)).unwrap();
            let place = usize::try_from(evidence.bytes[0]).unwrap()..usize::try_from(evidence.bytes[1]).unwrap();
            assert_eq!(String::from_utf8_lossy(&bytes[place]), evidence.quote, "{} {}", evidence.id, evidence.source);
            let text = String::from_utf8(bytes).unwrap();
            let lines: Vec<&str> = text.lines().collect();
            let (first, last) =
                (usize::try_from(evidence.lines[0]).unwrap(), usize::try_from(evidence.lines[1]).unwrap());
            let at = lines[first - 1..last].join("\n");
            assert!(at.contains(&evidence.quote), "{} at {first}-{last} of {}", evidence.id, evidence.source);
            quotes += 1;
        }
        for hypothesis in &case.hypotheses {
            for evidence in hypothesis.evidence_for.iter().chain(&hypothesis.evidence_against) {
                assert!(
                    case.evidence.iter().any(|item| item.id == evidence.id && item.quote == evidence.quote),
                    "{} of {} is in the register",
                    evidence.id,
                    hypothesis.id
                );
            }
        }
    }
    assert!(quotes > 100, "{quotes} quotes were looked up");
}
