//! Who decides: thresholds, one person with two hats, the author, decisions that block and their end.

use std::fs;

use crate::project::{ALICE, APPROVAL, BOB, Project, Row, canonical, public, run, sign};

fn two_needed(project: &Project) {
    project.edit_policy("[priority.P2]\nthreshold = 1", "[priority.P2]\nthreshold = 2");
}

#[test]
fn thresholds_count_people_and_keys() {
    run(&[
        Row {
            number: 17,
            what: "one of two",
            state: "in-review",
            code: 10,
            done: |p| {
                two_needed(p);
                p.decide("approve", ALICE);
            },
        },
        Row {
            number: 18,
            what: "two people of two",
            state: "approved",
            code: 0,
            done: |p| {
                two_needed(p);
                p.decide("approve", ALICE);
                p.decide("approve", BOB);
            },
        },
        Row {
            number: 19,
            what: "the same person twice",
            state: "in-review",
            code: 10,
            done: |p| {
                two_needed(p);
                p.decide_on("approve", ALICE, "analysis", &["--comment", "one"]);
                p.decide_on("approve", ALICE, "analysis", &["--comment", "two"]);
            },
        },
        Row {
            number: 19,
            what: "the same person with two principals and two keys",
            state: "in-review",
            code: 10,
            done: |p| {
                two_needed(p);
                p.edit_policy(
                    "principals = [\"alice@example.com\"]",
                    "principals = [\"alice@example.com\", \"carol@example.com\"]",
                );
                let line =
                    format!("carol@example.com namespaces=\"{APPROVAL},casefile-breakglass-v1\" {}\n", public("carol"));
                let signers = fs::read_to_string(p.root().join(".casefile/allowed_signers")).unwrap();
                p.root_file(".casefile/allowed_signers", signers + &line);
                p.decide("approve", ALICE);
                p.decide("approve", "carol@example.com");
            },
        },
        Row {
            number: 20,
            what: "one key under two principals is no policy",
            state: "policy-error",
            code: 16,
            done: |p| {
                let line = format!("bob@example.com namespaces=\"{APPROVAL}\" {}\n", public("alice"));
                let alice = fs::read_to_string(p.root().join(".casefile/allowed_signers")).unwrap();
                let alice = alice.lines().next().unwrap().to_string() + "\n";
                p.root_file(".casefile/allowed_signers", alice + &line);
            },
        },
        Row {
            number: 47,
            what: "the author approves",
            state: "in-review",
            code: 10,
            done: |p| {
                p.edit("cases/HPX-1/case.json", "agent@example.com", ALICE);
                p.decide("approve", ALICE);
            },
        },
        Row {
            number: 47,
            what: "nobody is named as author",
            state: "in-review",
            code: 10,
            done: |p| {
                p.file("case.json", r#"{"id":"HPX-1","metadata":{"priority":"P2"}}"#);
                p.decide("approve", ALICE);
            },
        },
    ]);
}

#[test]
fn decisions_that_block() {
    run(&[
        Row {
            number: 21,
            what: "one approves, another cancels",
            state: "rejected",
            code: 12,
            done: |p| {
                p.decide("approve", ALICE);
                p.decide("cancel", BOB);
            },
        },
        Row {
            number: 22,
            what: "one asks for changes",
            state: "changes-requested",
            code: 11,
            done: |p| {
                p.decide("approve", ALICE);
                p.decide("revise", BOB);
            },
        },
        Row {
            number: 23,
            what: "the one who cancelled approves",
            state: "approved",
            code: 0,
            done: |p| {
                p.decide("cancel", BOB);
                p.decide("approve", BOB);
            },
        },
        Row {
            number: 24,
            what: "another one approves after a cancel",
            state: "rejected",
            code: 12,
            done: |p| {
                p.decide("cancel", BOB);
                p.decide("approve", ALICE);
            },
        },
        Row {
            number: 24,
            what: "a cancel does not go away by approving other content and coming back",
            state: "rejected",
            code: 12,
            done: |p| {
                p.decide("cancel", BOB);
                p.edit_page("used up", "fine");
                p.decide("approve", ALICE);
                p.edit_page("fine", "used up");
                p.decide("approve", ALICE);
            },
        },
        Row {
            number: 24,
            what: "a hold keeps the gate closed whatever others approve",
            state: "in-review",
            code: 10,
            done: |p| {
                p.decide("hold", BOB);
                p.decide("approve", ALICE);
            },
        },
        Row {
            number: 24,
            what: "a question holds too, until its signer decides again",
            state: "approved",
            code: 0,
            done: |p| {
                p.decide("clarify", BOB);
                p.decide("approve", ALICE);
                p.decide("withdraw", BOB);
            },
        },
        Row {
            number: 24,
            what: "a withdrawn approval counts no longer",
            state: "draft",
            code: 10,
            done: |p| {
                p.decide("approve", ALICE);
                p.decide("withdraw", ALICE);
            },
        },
    ]);
}

#[test]
fn versions_and_their_order() {
    run(&[
        Row {
            number: 45,
            what: "a second version is approved",
            state: "approved",
            code: 0,
            done: |p| {
                p.decide("approve", ALICE);
                p.edit_page("used up", "fine");
                p.decide("approve", ALICE);
            },
        },
        Row {
            number: 46,
            what: "back to the first version after the second was approved",
            state: "stale",
            code: 13,
            done: |p| {
                p.decide("approve", ALICE);
                p.edit_page("used up", "fine");
                p.decide("approve", BOB);
                p.edit_page("fine", "used up");
            },
        },
        Row {
            number: 50,
            what: "a statement that a later one follows is removed",
            state: "invalid",
            code: 15,
            done: |p| {
                let first = p.decide("revise", BOB);
                p.decide("approve", ALICE);
                for end in ["json", "json.sig"] {
                    fs::remove_file(p.case().join(format!("approvals/analysis/{}.{end}", &first[..12]))).unwrap();
                }
            },
        },
    ]);
}

#[test]
fn conditions_keep_the_gate_closed_until_their_signer_is_content() {
    let project = Project::new();
    project.decide_on("approve", ALICE, "analysis", &["--condition", "raise the alert first"]);
    assert_eq!(project.check(), ("in-review".into(), 10));
    assert!(project.codes().contains(&"condition-open".to_string()));
    project.decide_on("approve", ALICE, "analysis", &["--follow-up", "tidy the dashboard"]);
    assert_eq!(project.check(), ("approved".into(), 0));
}

#[test]
fn the_page_of_a_plan_cannot_lower_the_priority_of_its_case() {
    let project = Project::new();
    project.edit_policy(
        "[priority.default]\nthreshold = 2",
        "[priority.P4]\nthreshold = 1\n[priority.default]\nthreshold = 2",
    );
    for (name, text) in [
        ("case.json", r#"{"id":"HPX-1","prepared_by":"agent@example.com","metadata":{"priority":"P1"}}"#),
        ("implementation_plan.md", "---\nid: plan\npriority: P4\n---\n\n# Plan\n"),
        ("plan.json", r#"{"case":"HPX-1","prepared_by":"agent@example.com","files":[]}"#),
    ] {
        project.file(name, text);
    }
    project.decide("approve", ALICE);
    project.decide("approve", BOB);
    project.decide_on("approve", BOB, "plan", &[]);
    let (state, code, answer) = project.check_on("plan", &[]);
    assert_eq!((state.as_str(), code), ("in-review", 10), "one of two, without the lead");
    assert_eq!((&answer["priority"], &answer["threshold"]), (&"P1".into(), &2.into()));
}

#[test]
fn a_page_cannot_name_a_priority_for_a_case_without_one() {
    let project = Project::new();
    project.file("case.json", r#"{"id":"HPX-1","prepared_by":"agent@example.com","metadata":{"priority":null}}"#);
    project.decide("approve", ALICE);
    assert_eq!(project.check(), ("in-review".into(), 10), "an unknown priority asks for the most: two");
}

#[test]
fn a_plan_rests_on_an_approved_analysis() {
    let project = Project::new();
    project.add_plan();
    let plan = |project: &Project| {
        let (state, code, _) = project.check_on("plan", &[]);
        (state, code)
    };
    project.decide_on("approve", ALICE, "plan", &[]);
    assert_eq!(plan(&project), ("in-review".into(), 10), "the analysis is not approved");
    project.decide("approve", BOB);
    assert_eq!(plan(&project), ("approved".into(), 0));
    project.edit_page("used up", "fine");
    assert_eq!(plan(&project), ("stale".into(), 13), "case 70");
}

#[test]
fn a_withdrawn_statement_cannot_be_forged_for_another() {
    let project = Project::new();
    project.decide("cancel", BOB);
    let mut statement = project.statement("withdraw", ALICE, "analysis", &[]);
    statement["predicate"]["reviewer"]["principal"] = BOB.into();
    let bytes = canonical(&statement);
    project.store("analysis", &bytes, Some(&sign(&bytes, "alice", APPROVAL)));
    assert_eq!(project.check(), ("invalid".into(), 15));
}
