//! Hostile and broken inputs: each ends in a clear error or a finding, loses nothing, and never panics.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn casefile(args: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_casefile")).args(args).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The case of a document with these bytes.
fn analyzed(bytes: &[u8]) -> casefile::case::Case {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("input.md"), bytes).unwrap();
    let output = casefile(&["analyze", "input.md", "--json", "--now", "2026-01-01T00:00:00Z"], folder.path());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let report = casefile(&["analyze", "input.md", "--now", "2026-01-01T00:00:00Z"], folder.path());
    assert!(report.status.success(), "{}", text(&report.stderr));
    assert!(text(&report.stdout).contains("APPROVAL GATE"));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn codes(case: &casefile::case::Case) -> Vec<&str> {
    case.findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[track_caller]
fn has(bytes: &[u8], code: &str) {
    let case = analyzed(bytes);
    assert!(codes(&case).contains(&code), "{code} is not among {:?}", codes(&case));
}

#[test]
fn an_empty_file_is_a_finding() {
    has(b"", "empty-document");
    has(b" \n\t\n", "empty-document");
}

#[test]
fn a_template_is_called_a_template() {
    has(
        b"# Bug: [Title]\n\n## Description\n\n<!-- describe the bug -->\n\n## Steps\n\n1. Step 1\n2. Step 2\n",
        "template-only",
    );
}

#[test]
fn odd_bytes_are_findings() {
    has(b"# Title\n\nA NUL \0 in the middle of a line.\n", "control-characters");
    has(b"# Title\n\ncaf\xE9 closed at noon, th\xE9 served cold\n", "invalid-utf-8");
    has("# Title\n\nfile \u{202E}gpj.exe\n".as_bytes(), "bidirectional-text");
}

#[test]
fn every_encoding_is_read() {
    let words = "# Checkout fails\n\nThe connection pool was exhausted.\n";
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(words.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [
        words.as_bytes().to_vec(),
        utf16,
        words.replace('\n', "\r\n").into_bytes(),
        words.replace('\n', "\r").into_bytes(),
    ] {
        let case = analyzed(&bytes);
        assert_eq!(case.metadata.title, "Checkout fails");
        let evidence = case.evidence.iter().find(|e| e.quote.contains("exhausted")).expect("the sentence is evidence");
        assert_eq!(evidence.lines, [3, 3]);
    }
}

#[test]
fn an_unclosed_fence_is_a_finding() {
    has(b"# Title\n\nText.\n\n```\ncode that never ends\n", "unclosed-fence");
}

#[test]
fn broken_front_matter_is_a_finding_with_its_line() {
    let case = analyzed(b"---\ntitle: [never closed\n---\n# Title\n\nText.\n");
    assert!(codes(&case).contains(&"front-matter-broken"), "{:?}", codes(&case));
    has(b"---\nid: a\nid: b\n---\n# Title\n\nText.\n", "duplicate-front-matter-key");
}

#[test]
fn a_yaml_bomb_ends_quickly() {
    let mut bomb = "---\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_string();
    for n in 1..12 {
        let refs = vec![format!("*a{}", n - 1); 9].join(", ");
        bomb.push_str(&format!("a{n}: &a{n} [{refs}]\n"));
    }
    bomb.push_str("---\n# Title\n\nText.\n");
    has(bomb.as_bytes(), "front-matter-broken");
}

#[test]
fn extreme_shapes_are_read() {
    analyzed(&vec![b'['; 1 << 20]);
    analyzed(format!("# Title\n\n{}\n", "word ".repeat(200_000)).as_bytes());
    analyzed(format!("{} deep\n", "> ".repeat(10_000)).as_bytes());
    analyzed(format!("# Title\n\n{}\n", "- ".repeat(5_000)).as_bytes());
    analyzed("| a |\n".repeat(5_000).as_bytes());
}

/// Takes seconds without optimisation, so the size is that of the limit only in release builds.
#[test]
fn the_largest_document_is_read_and_a_larger_one_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("large.md"), vec![b'['; (16 << 20) + 1]).unwrap();
    let output = casefile(&["analyze", "large.md", "--json"], folder.path());
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("large.md"), "{}", text(&output.stderr));
}

#[test]
fn what_cannot_be_read_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    for (input, words) in [("missing.md", "missing.md"), ("empty", "no document")] {
        let output = casefile(&["analyze", input], folder.path());
        assert_eq!(output.status.code(), Some(3), "{input}");
        let stderr = text(&output.stderr);
        assert!(stderr.contains(words) && stderr.contains("hint"), "{input}: {stderr}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_wrong_call_is_told_what_was_meant() {
    let folder = tempfile::tempdir().unwrap();
    let output = casefile(&["analyse", "x.md"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("analyze"), "{}", text(&output.stderr));
    let output = casefile(&["rules", "show", "race-windw"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("race-window"), "{}", text(&output.stderr));
}

#[test]
fn a_configuration_with_an_unknown_key_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".casefile")).unwrap();
    fs::write(folder.path().join(".casefile/config.toml"), "analist = \"x\"\n").unwrap();
    fs::write(folder.path().join("a.md"), "# T\n\ntext\n").unwrap();
    let output = casefile(&["analyze", "a.md"], folder.path());
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("analist"), "{}", text(&output.stderr));
}

/// A rule file with one thing wrong; the error names the line and says what.
#[track_caller]
fn broken_rule(change: (&str, &str), words: &str) {
    let folder = tempfile::tempdir().unwrap();
    let rule = casefile::rules::scaffold("my-rule");
    assert!(rule.contains(change.0), "the scaffold holds {:?}", change.0);
    fs::create_dir(folder.path().join("rules")).unwrap();
    fs::write(folder.path().join("rules/my-rule.yaml"), rule.replace(change.0, change.1)).unwrap();
    let output = casefile(&["rules", "check", "rules"], folder.path());
    assert_eq!(output.status.code(), Some(1));
    let stderr = text(&output.stderr);
    assert!(stderr.contains("rules/my-rule.yaml:") && stderr.contains(words), "{words}: {stderr}");
}

#[test]
fn a_broken_rule_is_pointed_at() {
    broken_rule(("version: 1", "version: one"), "version");
    broken_rule(("title:", "titel:"), "titel");
    broken_rule(
        ("- prose:\n      name: words", "- log: {name: l, tier: 2, line: 'a(b'}\n  - prose:\n      name: words"),
        "unclosed group",
    );
    broken_rule(("3: [words that name the mechanism]", "3: ['..']"), "cue");
    broken_rule(("{file|the code concerned}", "{tokn}"), "tokn");
    broken_rule(("effort: M\n  components", "efort: M\n  components"), "efort");
    broken_rule(("text: 'A text on which the rule fires'", "text: 'nothing of the kind'"), "should fire");
}

#[test]
fn a_broken_rule_keeps_nothing_else_out_unless_asked() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("rules")).unwrap();
    fs::write(folder.path().join("rules/broken.yaml"), "id: broken\n").unwrap();
    fs::write(folder.path().join("a.md"), "# T\n\nThe connection pool was exhausted.\n").unwrap();
    let lenient = casefile(&["analyze", "a.md", "--json", "--rules", "rules"], folder.path());
    assert!(lenient.status.success() && text(&lenient.stderr).contains("broken.yaml"));
    assert!(text(&lenient.stdout).contains("connection-pool-exhaustion"));
    let strict = casefile(&["analyze", "a.md", "--json", "--rules", "rules", "--strict"], folder.path());
    assert_eq!(strict.status.code(), Some(3));
}

#[test]
fn a_page_that_a_person_changed_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("SHOP-7.md"), "# SHOP-7: T\n\nThe connection pool was exhausted.\n").unwrap();
    let run = |extra: &[&str]| {
        let args = [&["analyze", "SHOP-7.md", "--out", "cases", "--now", "2026-01-01T00:00:00Z"], extra].concat();
        casefile(&args, folder.path())
    };
    assert!(run(&[]).status.success());
    let page = folder.path().join("cases/SHOP-7/index.md");
    let edited = fs::read_to_string(&page).unwrap() + "\nA note of the reviewer.\n";
    fs::write(&page, &edited).unwrap();
    let output = run(&[]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert_eq!(fs::read_to_string(&page).unwrap(), edited);
    assert!(text(&output.stdout).contains("A note of the reviewer."));
    assert!(run(&["--force"]).status.success());
    assert!(!fs::read_to_string(&page).unwrap().contains("A note of the reviewer."));
}

#[test]
fn a_second_run_changes_nothing_because_a_clock_moved_on() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("SHOP-8.md"), "# SHOP-8: T\n\nThe connection pool was exhausted.\n").unwrap();
    let run = |now: &str| casefile(&["analyze", "SHOP-8.md", "--out", "cases", "--now", now], folder.path());
    assert!(run("2026-01-01T00:00:00Z").status.success());
    let before = fs::read(folder.path().join("cases/SHOP-8/case.json")).unwrap();
    let again = run("2026-02-02T00:00:00Z");
    assert!(again.status.success() && text(&again.stderr).contains("unchanged"), "{}", text(&again.stderr));
    assert_eq!(fs::read(folder.path().join("cases/SHOP-8/case.json")).unwrap(), before);
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.md"), "# T\n\nText.\n".repeat(500)).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_casefile"))
        .args(["analyze", "a.md"])
        .current_dir(folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn a_secret_reaches_no_output() {
    let secret = "hunter2hunter2";
    let document = format!(
        "# Login fails\n\nCalled with password={secret} and got 401.\n\n```\n2026-01-01 10:00:00 ERROR auth - login failed password={secret}\n```\n"
    );
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("LOG-1.md"), document).unwrap();
    let outputs = [
        casefile(&["analyze", "LOG-1.md"], folder.path()),
        casefile(&["analyze", "LOG-1.md", "--json"], folder.path()),
        casefile(&["lint", "LOG-1.md"], folder.path()),
        casefile(&["analyze", "LOG-1.md", "--out", "cases"], folder.path()),
    ];
    for output in outputs {
        assert!(
            !text(&output.stdout).contains(secret) && !text(&output.stderr).contains(secret),
            "{}",
            text(&output.stdout)
        );
    }
    let mut open = vec![folder.path().join("cases")];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                assert!(!text(&fs::read(&path).unwrap()).contains(secret), "{}", path.display());
            }
        }
    }
}
