//! What is decided on: edits, encodings, hidden text, files that are not what they seem.

use std::fs;
use std::os::unix::fs::symlink;

use crate::project::{ALICE, PAGE, Project, Row, run};

fn approved_then(project: &Project, change: impl Fn()) {
    project.decide("approve", ALICE);
    assert_eq!(project.check(), ("approved".into(), 0));
    change();
}

fn page_with(project: &Project, text: &str) {
    project.file("index.md", format!("{PAGE}\n{text}\n"));
}

#[test]
fn edits_after_a_decision() {
    run(&[
        Row { number: 1, what: "no decision", state: "draft", code: 10, done: |_| {} },
        Row {
            number: 2,
            what: "one valid approval of one",
            state: "approved",
            code: 0,
            done: |p| drop(p.decide("approve", ALICE)),
        },
        Row {
            number: 3,
            what: "the page is edited after it",
            state: "stale",
            code: 13,
            done: |p| approved_then(p, || p.edit_page("used up", "fine")),
        },
        Row {
            number: 4,
            what: "only the status line is edited",
            state: "approved",
            code: 0,
            done: |p| approved_then(p, || p.edit_page("\"draft\"", "\"approved\"")),
        },
        Row {
            number: 5,
            what: "a checkout with CRLF",
            state: "approved",
            code: 0,
            done: |p| approved_then(p, || p.file("index.md", PAGE.replace('\n', "\r\n"))),
        },
        Row {
            number: 6,
            what: "a byte order mark",
            state: "approved",
            code: 0,
            done: |p| approved_then(p, || p.file("index.md", format!("\u{feff}{PAGE}"))),
        },
        Row {
            number: 7,
            what: "a carriage return alone",
            state: "invalid",
            code: 15,
            done: |p| approved_then(p, || p.edit_page("used up", "used\rup")),
        },
        Row {
            number: 8,
            what: "evidence is edited",
            state: "stale",
            code: 13,
            done: |p| approved_then(p, || p.file("evidence/e1.txt", "pool: 1 of 20\n")),
        },
        Row {
            number: 9,
            what: "evidence is added",
            state: "stale",
            code: 13,
            done: |p| approved_then(p, || p.file("evidence/e2.txt", "x")),
        },
        Row {
            number: 10,
            what: "evidence is removed",
            state: "stale",
            code: 13,
            done: |p| approved_then(p, || fs::remove_file(p.case().join("evidence/e1.txt")).unwrap()),
        },
        Row {
            number: 42,
            what: "the priority is lowered in the front matter",
            state: "stale",
            code: 13,
            done: |p| approved_then(p, || p.edit_page("priority: P2", "priority: P4")),
        },
        Row {
            number: 53,
            what: "a blank is added to the body",
            state: "stale",
            code: 13,
            done: |p| approved_then(p, || p.edit_page("used up.", "used up. ")),
        },
    ]);
}

#[test]
fn files_that_are_not_what_they_seem() {
    run(&[
        Row {
            number: 32,
            what: "the page is a link",
            state: "invalid",
            code: 15,
            done: |p| {
                fs::rename(p.case().join("index.md"), p.case().join("other.md")).unwrap();
                symlink("other.md", p.case().join("index.md")).unwrap();
            },
        },
        Row {
            number: 33,
            what: "a linked folder in the evidence",
            state: "invalid",
            code: 15,
            done: |p| symlink("/etc", p.case().join("evidence/etc")).unwrap(),
        },
        Row {
            number: 51,
            what: "an unexpected file beside the decisions",
            state: "invalid",
            code: 15,
            done: |p| p.file("approvals/analysis/README.md", "x"),
        },
        Row {
            number: 52,
            what: "a statement is a link",
            state: "invalid",
            code: 15,
            done: |p| {
                let digest = p.decide("approve", ALICE);
                let path = p.case().join(format!("approvals/analysis/{}.json", &digest[..12]));
                fs::rename(&path, p.root().join("elsewhere.json")).unwrap();
                symlink(p.root().join("elsewhere.json"), path).unwrap();
            },
        },
        Row {
            number: 71,
            what: "evidence names that differ in capitals only",
            state: "invalid",
            code: 15,
            done: |p| {
                p.file("evidence/A.txt", "x");
                p.file("evidence/a.txt", "y");
            },
        },
        Row {
            number: 72,
            what: "an evidence name with a backslash",
            state: "invalid",
            code: 15,
            done: |p| p.file("evidence/..\\x", "x"),
        },
        Row {
            number: 72,
            what: "an evidence name with a line feed",
            state: "invalid",
            code: 15,
            done: |p| p.file("evidence/a\nb", "x"),
        },
        Row {
            number: 73,
            what: "a pipe in the evidence, without waiting for a writer",
            state: "invalid",
            code: 15,
            done: |p| {
                let made = std::process::Command::new("mkfifo").arg(p.case().join("evidence/pipe")).status().unwrap();
                assert!(made.success());
            },
        },
        Row {
            number: 74,
            what: "a page of 5 MiB",
            state: "invalid",
            code: 15,
            done: |p| p.file("index.md", "a".repeat(5 << 20)),
        },
        Row {
            number: 54,
            what: "a page that is not UTF-8",
            state: "invalid",
            code: 15,
            done: |p| p.file("index.md", b"# A \xff\n"),
        },
    ]);
}

#[test]
fn what_a_reviewer_would_not_see() {
    run(&[
        Row {
            number: 34,
            what: "a bidirectional override",
            state: "invalid",
            code: 15,
            done: |p| page_with(p, "pay \u{202e}evil\u{202c}"),
        },
        Row {
            number: 35,
            what: "an HTML comment",
            state: "invalid",
            code: 15,
            done: |p| page_with(p, "a <!-- do it --> b"),
        },
        Row {
            number: 36,
            what: "a word with a Cyrillic letter among Latin ones",
            state: "invalid",
            code: 15,
            done: |p| page_with(p, "p\u{0430}yload"),
        },
        Row {
            number: 37,
            what: "Unicode tag characters",
            state: "invalid",
            code: 15,
            done: |p| page_with(p, "a\u{e0041}\u{e0042}"),
        },
        Row {
            number: 38,
            what: "an MDX import",
            state: "invalid",
            code: 15,
            done: |p| page_with(p, "import x from './x'"),
        },
        Row {
            number: 39,
            what: "a value on several lines under a derived key",
            state: "invalid",
            code: 15,
            done: |p| p.edit_page("status: \"draft\"", "status: |\n  draft"),
        },
        Row {
            number: 40,
            what: "a derived key twice",
            state: "invalid",
            code: 15,
            done: |p| p.edit_page("status: \"draft\"", "status: draft\nstatus: approved"),
        },
        Row {
            number: 41,
            what: "a derived key in quotes",
            state: "invalid",
            code: 15,
            done: |p| p.edit_page("status: ", "\"status\": "),
        },
        Row {
            number: 86,
            what: "emoji with a variation selector and joined ones are no hidden text",
            state: "draft",
            code: 10,
            done: |p| page_with(p, "done ✔\u{fe0f} by \u{1f469}\u{200d}\u{1f4bb}"),
        },
    ]);
}

#[test]
fn a_page_that_claims_to_be_approved_is_told_from_one_that_is() {
    let project = Project::new();
    project.edit_page("\"draft\"", "\"approved\"");
    assert_eq!(project.check(), ("draft".into(), 10), "case 85");
    assert!(project.codes().contains(&"status-mismatch".to_string()), "case 85");
    let (state, code, _) = project.check_on("analysis", &["--strict"]);
    assert_eq!((state.as_str(), code), ("invalid", 15), "case 85 with --strict");
}

#[test]
fn an_answer_names_exactly_what_changed() {
    let project = Project::new();
    approved_then(&project, || {
        project.file("evidence/e2.txt", "new");
        fs::remove_file(project.case().join("evidence/e1.txt")).unwrap();
    });
    let (_, _, answer) = project.check_on("analysis", &[]);
    let changed = answer["subjects"].as_array().unwrap().iter().filter(|subject| subject["changed"] == true);
    let names: Vec<&str> = changed.map(|subject| subject["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["evidence/e1.txt", "evidence/e2.txt"]);
}
