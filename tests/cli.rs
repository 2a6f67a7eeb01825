//! The console blocks of the documentation are run as they stand, in a folder that holds the examples.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::path::Path;

/// Copies a folder; the blocks write into it, and the repository stays as it is.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

#[test]
fn documentation_is_executed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages: Vec<_> = fs::read_dir(root.join("docs/guide")).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    pages.retain(|page| page.extension().is_some_and(|extension| extension == "md"));
    assert!(!pages.is_empty(), "there is a guide to run");
    for page in pages {
        let name = page.file_stem().unwrap().to_string_lossy().into_owned();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guide").join(&name);
        let _ = fs::remove_dir_all(&folder);
        let sandbox = folder.join(format!("{name}.in"));
        for example in ["token-refresh", "checkout-pool"] {
            copy(
                &root.join("examples").join(example).join("input"),
                &sandbox.join("examples").join(example).join("input"),
            );
        }
        fs::copy(&page, folder.join(format!("{name}.md"))).unwrap();
        let cases = trycmd::TestCases::new();
        cases.env("SOURCE_DATE_EPOCH", "1767225600").env("NO_COLOR", "1");
        cases.case(folder.join(format!("{name}.md")));
        cases.run();
    }
}

#[test]
fn lint_reads_the_spellings_of_priorities_as_analyze_does() {
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("report.md");
    fs::write(&document, "# Saving fails\n\n**Severity**: Gold\n\nNothing is saved since version 2 for 3 users.\n")
        .unwrap();
    fs::create_dir(folder.path().join(".casefile")).unwrap();
    let run = |command: &str| {
        let program = std::process::Command::new(env!("CARGO_BIN_EXE_casefile")).arg(command).arg(&document).output();
        let output = program.unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for (spelling, code) in [("P0", 0), ("P9", 3)] {
        let config = format!("[priority]\ngold = \"{spelling}\"\n");
        fs::write(folder.path().join(".casefile/config.toml"), config).unwrap();
        let (linted, analysed) = (run("lint"), run("analyze"));
        assert_eq!((linted.0, analysed.0), (Some(code), Some(code)), "{linted:?} {analysed:?}");
        assert_eq!(linted.1.contains("config.toml:2"), code == 3, "{linted:?}");
    }
}
