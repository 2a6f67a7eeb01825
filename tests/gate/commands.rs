//! The commands as people use them: deciding at a terminal, importing, reviewing, syncing, and what they refuse.

use std::fs;
use std::process::{Command, Stdio};

use crate::project::{ALICE, APPROVAL, BOB, PAGE, Project, canonical, key, sha256, sign};

fn text(output: &std::process::Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Statement and signature as files outside of the case.
fn signed_files(project: &Project, who: &str, more: &[&str]) -> (String, String) {
    let bytes = canonical(&project.statement("approve", who, "analysis", more));
    let name = who.split('@').next().unwrap();
    let stem = format!("{name}-{}", &sha256(&bytes)[..8]);
    project.root_file(&format!("{stem}.json"), &bytes);
    project.root_file(&format!("{stem}.sig"), sign(&bytes, name, APPROVAL));
    (format!("{stem}.json"), format!("{stem}.sig"))
}

#[test]
fn a_statement_signed_elsewhere_is_imported_once_it_holds() {
    let project = Project::new();
    let (statement, signature) = signed_files(&project, ALICE, &[]);
    let output = project.run(&["gate", "import", "HPX-1", &statement, &signature]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert_eq!(project.check(), ("approved".into(), 0));
}

#[test]
fn what_would_make_the_gate_invalid_is_not_imported() {
    let project = Project::new();
    let (statement, signature) = signed_files(&project, ALICE, &[]);
    let armor = fs::read(project.root().join(&signature)).unwrap();
    project.root_file("crlf.sig", String::from_utf8(armor).unwrap().replace('\n', "\r\n"));
    for bad in ["crlf.sig", &statement] {
        let output = project.run(&["gate", "import", "HPX-1", &statement, bad]);
        assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    }
    assert!(!project.case().join("approvals").exists());
    assert_eq!(project.check(), ("draft".into(), 10));
}

#[test]
fn two_reviewers_at_the_same_moment_keep_both_decisions() {
    let project = Project::new();
    project.edit_policy("[priority.P2]\nthreshold = 1", "[priority.P2]\nthreshold = 2");
    let files = [signed_files(&project, ALICE, &[]), signed_files(&project, BOB, &[])];
    let children: Vec<_> = files
        .iter()
        .map(|(statement, signature)| {
            Command::new(env!("CARGO_BIN_EXE_casefile"))
                .args(["gate", "import", "HPX-1", statement, signature])
                .current_dir(project.root())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        child.wait().unwrap();
    }
    assert_eq!(project.check(), ("approved".into(), 0), "case 90");
}

#[test]
fn deciding_needs_a_terminal_and_no_agent() {
    let project = Project::new();
    let approve = ["gate", "approve", "HPX-1", "--phase", "analysis", "--as", ALICE, "--key", "none"];
    let output = project.run(&approve);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("no terminal"), "{}", text(&output));
    let agent = Command::new(env!("CARGO_BIN_EXE_casefile"))
        .args(approve)
        .current_dir(project.root())
        .env_remove("CI")
        .env("CLAUDECODE", "1")
        .output()
        .unwrap();
    assert_eq!(agent.status.code(), Some(2));
    assert!(text(&agent).contains("CLAUDECODE"), "{}", text(&agent));
    assert!(!project.case().join("approvals").exists());
}

/// Runs a command line in a pseudo-terminal of `script`, types one line, gives what was printed.
fn in_terminal(project: &Project, line: &str, typed: &str) -> String {
    let mut child = Command::new("script")
        .args(["-qec", line, "/dev/null"])
        .current_dir(project.root())
        .env_remove("CLAUDECODE")
        .env_remove("CI")
        .env_remove("GITHUB_ACTIONS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), format!("{typed}\n").as_bytes()).unwrap();
    text(&child.wait_with_output().unwrap())
}

#[test]
fn a_person_at_a_terminal_retypes_the_code_and_signs() {
    let project = Project::new();
    let review = text(&project.run(&["gate", "review", "HPX-1", "--phase", "analysis"]));
    let code = review.lines().find_map(|line| line.strip_prefix("code       ")).unwrap().to_string();
    let program = env!("CARGO_BIN_EXE_casefile");
    let line = format!(
        "env -u CLAUDECODE -u CI {program} gate approve HPX-1 --phase analysis --as {ALICE} --key {}",
        key("alice").display()
    );
    let refused = in_terminal(&project, &line, "0000-0000");
    assert!(refused.contains("not the one shown"), "{refused}");
    assert_eq!(project.check(), ("draft".into(), 10));
    let done = in_terminal(&project, &line, &code);
    assert_eq!(project.check(), ("approved".into(), 0), "{done}");
}

#[test]
fn a_review_shows_every_byte_that_is_decided_on() {
    let project = Project::new();
    project.file("index.md", format!("{PAGE}\nred \u{1b}[31m text\n"));
    let shown = text(&project.run(&["gate", "review", "HPX-1", "--phase", "analysis"]));
    assert!(!shown.contains('\u{1b}'), "case 78: escapes are made visible");
    assert!(!shown.contains("status: \"draft\""), "the canonical form is shown");
    for name in ["case.json", "evidence/e1.txt", "index.md"] {
        let line = shown.lines().find(|line| line.ends_with(name)).unwrap();
        assert_eq!(line.split(' ').next().unwrap().len(), 64, "{name} with its whole digest");
    }
}

#[test]
fn a_review_shows_the_difference_to_what_was_approved() {
    let project = Project::new();
    project.decide("approve", ALICE);
    project.edit_page("used up", "fine");
    let shown = text(&project.run(&["gate", "review", "HPX-1", "--phase", "analysis"]));
    assert!(shown.contains("-The pool is used up."), "{shown}");
    assert!(shown.contains("+The pool is fine."), "{shown}");
}

#[test]
fn sync_writes_the_derived_state_and_never_changes_what_is_approved() {
    let project = Project::new();
    project.decide("approve", ALICE);
    assert_eq!(project.run(&["gate", "sync", "HPX-1"]).status.code(), Some(0));
    let page = fs::read_to_string(project.case().join("index.md")).unwrap();
    assert!(page.contains("status: \"approved\"\n"), "{page}");
    assert_eq!(project.check(), ("approved".into(), 0));
}

#[test]
fn a_request_is_seen_and_opens_nothing() {
    let project = Project::new();
    let output = project.run(&["gate", "request", "HPX-1", "--phase", "analysis", "--by", "agent@example.com"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert_eq!(project.check(), ("in-review".into(), 10));
    project.edit_page("used up", "fine");
    assert_eq!(project.check(), ("draft".into(), 10), "it was for other content");
}

#[test]
fn the_log_lists_every_decision_with_its_standing() {
    let project = Project::new();
    project.decide("cancel", BOB);
    project.decide("approve", BOB);
    let log = text(&project.run(&["gate", "log", "HPX-1"]));
    assert_eq!(log.lines().count(), 2, "{log}");
    assert!(log.contains("its signer decided again later") && log.contains("stands"), "{log}");
}

#[test]
fn a_given_time_is_shown_and_refused_where_it_counts() {
    let project = Project::new();
    let (_, _, answer) = project.check_on("analysis", &["--now", "2026-01-01T00:00:00Z"]);
    assert_eq!(answer["clock"]["source"], "--now");
    let output =
        project.run(&["gate", "check", "HPX-1", "--phase", "analysis", "--now", "2026-01-01T00:00:00Z", "--enforce"]);
    assert_eq!(output.status.code(), Some(2), "case 68");
}

#[test]
fn a_finding_cannot_begin_a_command_of_the_job() {
    let project = Project::new();
    project.file("case.json", r#"{"id":"HPX-1\n::error::x","prepared_by":"a"}"#);
    let output = project.run(&["gate", "check", "HPX-1", "--phase", "analysis", "--format", "github"]);
    let shown = text(&output);
    assert!(!shown.lines().any(|line| line.starts_with("::error::x")), "case 77: {shown}");
    assert!(shown.contains("%0A"), "case 77: {shown}");
}

#[test]
fn a_gate_is_set_up_by_one_command_and_nothing_is_written_over() {
    let dir = tempfile::tempdir().unwrap();
    let public = key("alice").with_extension("pub");
    let init = || {
        Command::new(env!("CARGO_BIN_EXE_casefile"))
            .args(["gate", "init", "--project", "acme/auth", "--as", ALICE, "--pub"])
            .arg(&public)
            .current_dir(dir.path())
            .output()
            .unwrap()
    };
    let output = init();
    assert!(output.status.success(), "{}", text(&output));
    assert!(text(&output).contains("base branch"), "what to protect is printed");
    let attributes = fs::read_to_string(dir.path().join(".gitattributes")).unwrap();
    assert!(attributes.contains("cases/*/approvals/** -text"));
    assert_eq!(init().status.code(), Some(3), "it does not write over a policy");
}

#[test]
fn killed_while_recording_the_old_or_the_new_state_stands() {
    // The signature is written first: at every step what lies there is the old state or the new one.
    let project = Project::new();
    let bytes = canonical(&project.statement("approve", ALICE, "analysis", &[]));
    let name = format!("approvals/analysis/{}.json", &sha256(&bytes)[..12]);
    project.file("approvals/.decision-x1", "half a file");
    assert_eq!(project.check(), ("draft".into(), 10), "killed while the signature was written");
    project.file(&format!("{name}.sig"), sign(&bytes, "alice", APPROVAL));
    assert_eq!(project.check(), ("draft".into(), 10), "killed between signature and statement");
    project.file(&name, &bytes);
    assert_eq!(project.check(), ("approved".into(), 0));
}
