//! Opening a gate in an emergency, and the age of approvals.

use serde_json::json;

use crate::project::{ALICE, BOB, BREAK_GLASS, Project, Row, canonical, run, sign};

const REASON: [&str; 2] = ["--reason", "payments are down for everybody"];

#[test]
fn emergency_openings() {
    run(&[
        Row {
            number: 61,
            what: "in force",
            state: "break-glass",
            code: 0,
            done: |p| drop(p.decide_on("break-glass", ALICE, "analysis", &REASON)),
        },
        Row {
            number: 61,
            what: "longer than a day",
            state: "invalid",
            code: 15,
            done: |p| {
                let mut statement = p.statement("break-glass", ALICE, "analysis", &REASON);
                statement["predicate"]["expires_at"] = json!("2999-01-01T00:00:00Z");
                let bytes = canonical(&statement);
                p.store("analysis", &bytes, Some(&sign(&bytes, "alice", BREAK_GLASS)));
            },
        },
        Row {
            number: 63,
            what: "ended without a follow-up",
            state: "expired",
            code: 14,
            done: |p| {
                drop(p.decide_on(
                    "break-glass",
                    ALICE,
                    "analysis",
                    &[&REASON[..], &["--now", "2020-01-01T00:00:00Z"]].concat(),
                ));
            },
        },
        Row {
            number: 63,
            what: "ended, then approved",
            state: "approved",
            code: 0,
            done: |p| {
                p.decide_on(
                    "break-glass",
                    ALICE,
                    "analysis",
                    &[&REASON[..], &["--now", "2020-01-01T00:00:00Z"]].concat(),
                );
                p.decide("approve", BOB);
            },
        },
        Row {
            number: 63,
            what: "ended without a follow-up, then the page edited",
            state: "expired",
            code: 14,
            done: |p| {
                let early = [&REASON[..], &["--now", "2020-01-01T00:00:00Z"]].concat();
                p.decide_on("break-glass", ALICE, "analysis", &early);
                p.edit_page("used up", "fine");
            },
        },
        Row {
            number: 63,
            what: "taken back by its signer without a follow-up",
            state: "expired",
            code: 14,
            done: |p| {
                p.decide_on("break-glass", ALICE, "analysis", &REASON);
                p.decide("withdraw", ALICE);
            },
        },
        Row {
            number: 63,
            what: "ended, then approved, then the page edited",
            state: "stale",
            code: 13,
            done: |p| {
                let early = [&REASON[..], &["--now", "2020-01-01T00:00:00Z"]].concat();
                p.decide_on("break-glass", ALICE, "analysis", &early);
                p.decide("approve", BOB);
                p.edit_page("used up", "fine");
            },
        },
        Row {
            number: 61,
            what: "in force for other content",
            state: "in-review",
            code: 10,
            done: |p| {
                p.decide_on("break-glass", ALICE, "analysis", &REASON);
                p.edit_page("used up", "fine");
            },
        },
        Row {
            number: 61,
            what: "a short reason",
            state: "invalid",
            code: 15,
            done: |p| drop(p.decide_on("break-glass", ALICE, "analysis", &["--reason", "hurry"])),
        },
        Row {
            number: 61,
            what: "a cancel stands above it",
            state: "rejected",
            code: 12,
            done: |p| {
                p.decide("cancel", BOB);
                p.decide_on("break-glass", ALICE, "analysis", &REASON);
            },
        },
        Row {
            number: 61,
            what: "unless the policy says otherwise",
            state: "break-glass",
            code: 0,
            done: |p| {
                p.edit_policy("min_reason_chars = 20", "min_reason_chars = 20\nmay_override_cancel = true");
                p.decide("cancel", BOB);
                p.decide_on("break-glass", ALICE, "analysis", &REASON);
            },
        },
        Row {
            number: 61,
            what: "somebody who may not open it",
            state: "invalid",
            code: 15,
            done: |p| {
                let signers = std::fs::read_to_string(p.root().join(".casefile/allowed_signers")).unwrap();
                p.root_file(
                    ".casefile/allowed_signers",
                    signers.replace("\"casefile-approval-v1\" ", "\"casefile-approval-v1,casefile-breakglass-v1\" "),
                );
                p.decide_on("break-glass", BOB, "analysis", &REASON);
            },
        },
    ]);
}

#[test]
fn an_emergency_opening_is_loud_in_every_answer() {
    let project = Project::new();
    project.decide_on("break-glass", ALICE, "analysis", &REASON);
    let (_, _, answer) = project.check_on("analysis", &[]);
    assert!(answer["notices"][0].as_str().unwrap().contains("EMERGENCY"));
    let text = project.run(&["gate", "check", "HPX-1", "--phase", "analysis"]);
    assert!(String::from_utf8_lossy(&text.stdout).contains("EMERGENCY"));
    let github = project.run(&["gate", "check", "HPX-1", "--phase", "analysis", "--format", "github"]);
    assert!(String::from_utf8_lossy(&github.stdout).contains("::warning"));
    // A forge puts a note beside a line only where the path begins at the checkout.
    project.git(&["add", "-A"]);
    for place in [&["--all", "--staged"][..], &["--all"], &["HPX-1", "--phase", "analysis"]] {
        let asked = [&["gate", "check", "--format", "github"], place].concat();
        let shown = String::from_utf8_lossy(&project.run(&asked).stdout).into_owned();
        assert!(shown.contains("file=cases/HPX-1/index.md"), "{shown}");
    }
}

#[test]
fn age() {
    run(&[
        Row {
            number: 25,
            what: "an approval older than the policy allows",
            state: "expired",
            code: 14,
            done: |p| drop(p.decide_on("approve", ALICE, "analysis", &["--now", "2020-01-01T00:00:00Z"])),
        },
        Row {
            number: 25,
            what: "an approval without a limit of age",
            state: "approved",
            code: 0,
            done: |p| {
                p.edit_policy("[priority.P2]\nthreshold = 1\nmax_age = \"14d\"", "[priority.P2]\nthreshold = 1");
                p.decide_on("approve", ALICE, "analysis", &["--now", "2020-01-01T00:00:00Z"]);
            },
        },
    ]);
}

#[test]
fn the_clock_is_never_behind_the_last_commit() {
    let project = Project::new();
    project.decide("approve", ALICE);
    assert_eq!(project.check(), ("approved".into(), 0));
    // A commit of the year 2031: whoever set the clock back has at least to set the history back too.
    let done = std::process::Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "--allow-empty", "-m", "later"])
        .env("GIT_COMMITTER_DATE", "2031-01-01T00:00:00Z")
        .current_dir(project.root())
        .status()
        .unwrap();
    assert!(done.success());
    let (state, code, answer) = project.check_on("analysis", &[]);
    assert_eq!((state.as_str(), code), ("expired", 14), "case 69");
    assert_eq!(answer["clock"]["source"], "head", "case 69");
}
