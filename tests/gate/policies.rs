//! The policy: what it must say, where it may come from, and what does not pass for one.

use std::fs;

use crate::project::{ALICE, APPROVAL, BOB, BREAK_GLASS, Project, Row, canonical, public, run};

#[test]
fn policies_that_hold_nothing() {
    run(&[
        Row {
            number: 57,
            what: "a threshold of 0",
            state: "policy-error",
            code: 16,
            done: |p| p.edit_policy("[priority.P2]\nthreshold = 1", "[priority.P2]\nthreshold = 0"),
        },
        Row {
            number: 57,
            what: "a threshold above the number of people",
            state: "policy-error",
            code: 16,
            done: |p| p.edit_policy("[priority.P2]\nthreshold = 1", "[priority.P2]\nthreshold = 3"),
        },
        Row {
            number: 58,
            what: "an unknown key",
            state: "policy-error",
            code: 16,
            done: |p| p.edit_policy("author_may_approve", "author_can_approve"),
        },
        Row {
            number: 58,
            what: "no mode",
            state: "policy-error",
            code: 16,
            done: |p| p.edit_policy("mode = \"ssh\"\n", ""),
        },
        Row {
            number: 58,
            what: "a role that nobody has",
            state: "policy-error",
            code: 16,
            done: |p| p.edit_policy("require_role = \"lead\"", "require_role = \"owner\""),
        },
        Row {
            number: 58,
            what: "a person without a key",
            state: "policy-error",
            code: 16,
            done: |p| p.edit_policy("principals = [\"bob@example.com\"]", "principals = [\"bill@example.com\"]"),
        },
        Row {
            number: 58,
            what: "a principal of two people",
            state: "policy-error",
            code: 16,
            done: |p| p.edit_policy("principals = [\"bob@example.com\"]", "principals = [\"alice@example.com\"]"),
        },
        Row {
            number: 58,
            what: "a duration nobody can read",
            state: "policy-error",
            code: 16,
            done: |p| p.edit_policy("max_age = \"14d\"", "max_age = \"two weeks\""),
        },
        Row {
            number: 55,
            what: "a wildcard principal in allowed_signers",
            state: "policy-error",
            code: 16,
            done: |p| {
                p.decide("approve", ALICE);
                let signers = fs::read_to_string(p.root().join(".casefile/allowed_signers")).unwrap();
                p.root_file(
                    ".casefile/allowed_signers",
                    signers + &format!("*@example.com namespaces=\"{APPROVAL}\" {}\n", public("agent")),
                );
            },
        },
        Row {
            number: 55,
            what: "no allowed_signers",
            state: "policy-error",
            code: 16,
            done: |p| fs::remove_file(p.root().join(".casefile/allowed_signers")).unwrap(),
        },
        Row {
            number: 16,
            what: "decisions without a policy",
            state: "policy-error",
            code: 16,
            done: |p| {
                p.decide("approve", ALICE);
                fs::remove_file(p.root().join(".casefile/gate.toml")).unwrap();
            },
        },
        Row {
            number: 16,
            what: "no policy and no decision",
            state: "draft",
            code: 10,
            done: |p| fs::remove_file(p.root().join(".casefile/gate.toml")).unwrap(),
        },
        Row {
            number: 42,
            what: "an unknown priority asks for the most",
            state: "in-review",
            code: 10,
            done: |p| {
                p.edit_page("priority: P2", "priority: urgent");
                p.decide("approve", ALICE);
            },
        },
    ]);
}

#[test]
fn the_policy_of_the_base_counts_not_the_one_of_the_change() {
    let project = Project::new();
    project.edit_policy("[priority.P2]\nthreshold = 1", "[priority.P2]\nthreshold = 2");
    project.git(&["commit", "-qam", "two are needed"]);
    let base = project.head();
    project.edit_policy("[priority.P2]\nthreshold = 2", "[priority.P2]\nthreshold = 1");
    project.decide("approve", ALICE);
    project.git(&["add", "-A"]);
    project.git(&["commit", "-qm", "one is enough"]);
    assert_eq!(project.check(), ("approved".into(), 0), "the work tree's own policy");
    let (state, code, answer) = project.check_on("analysis", &["--policy-ref", &base, "--enforce"]);
    assert_eq!((state.as_str(), code), ("in-review", 10), "case 56");
    assert_eq!(answer["policy"]["source"], format!("git:{base}"), "case 56");
}

#[test]
fn a_policy_anybody_can_edit_is_refused_where_it_counts() {
    let project = Project::new();
    project.decide("approve", ALICE);
    let (state, code, _) = project.check_on("analysis", &["--enforce"]);
    assert_eq!((state.as_str(), code), ("policy-error", 16), "case 60: the work tree's policy");
    project.edit_policy("mode = \"ssh\"", "mode = \"unsigned\"");
    let (state, code, _) = project.check_on("analysis", &["--enforce"]);
    assert_eq!((state.as_str(), code), ("policy-error", 16), "case 60: unsigned in the work tree only");
    let digest = || project.check_on("analysis", &[]).2["policy"]["sha256"].as_str().unwrap().to_string();
    let pin = digest();
    project.edit_policy("mode = \"unsigned\"", "mode = \"ssh\"");
    let (state, _, _) = project.check_on("analysis", &["--policy-sha256", &pin]);
    assert_eq!(state, "policy-error", "a pin of other bytes");
    let pin = digest();
    let (state, code, answer) = project.check_on("analysis", &["--policy-sha256", &pin, "--enforce"]);
    assert_eq!((state.as_str(), code), ("approved", 0));
    assert_eq!(answer["policy"]["source"], "sha256");
}

#[test]
fn a_pin_covers_who_may_sign_and_which_keys_are_revoked() {
    for (name, text) in [
        (
            ".casefile/allowed_signers",
            format!(
                "{ALICE} namespaces=\"{APPROVAL},{BREAK_GLASS}\" {}\n{BOB} namespaces=\"{APPROVAL}\" {}\n",
                public("agent"),
                public("bob")
            ),
        ),
        (".casefile/revoked_keys", format!("{}\n", public("carol"))),
    ] {
        let project = Project::new();
        let pin = project.check_on("analysis", &[]).2["policy"]["sha256"].as_str().unwrap().to_string();
        project.root_file(name, text);
        let (state, code, _) = project.check_on("analysis", &["--policy-sha256", &pin, "--enforce"]);
        assert_eq!((state.as_str(), code), ("policy-error", 16), "{name}");
    }
}

#[test]
fn unsigned_decisions_say_so_and_cover_low_priorities_only() {
    let project = Project::new();
    project.edit_policy("mode = \"ssh\"", "mode = \"unsigned\"");
    let claim = |project: &Project| {
        let statement = project.statement("approve", ALICE, "analysis", &[]);
        assert_eq!(statement["predicate"]["reviewer"]["claimed"], true);
        project.store("analysis", &canonical(&statement), None);
    };
    claim(&project);
    assert_eq!(project.check(), ("in-review".into(), 10), "P2 needs keys");
    let project = Project::new();
    project.edit_policy("mode = \"ssh\"", "mode = \"unsigned\"\nunsigned_max_priority = \"P2\"");
    claim(&project);
    let (state, code, answer) = project.check_on("analysis", &[]);
    assert_eq!((state.as_str(), code), ("approved", 0));
    assert_eq!(answer["assurance"], "unsigned");
    assert_eq!(answer["notices"][0], "Identity not verified.");
}
