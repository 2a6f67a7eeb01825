//! Ways around the gate beyond the list, each tried: what is done, and that it opens nothing.

use std::fs;

use serde_json::json;

use crate::project::{ALICE, APPROVAL, BOB, Project, Row, canonical, run, sha256, sign};

#[test]
fn ways_around_the_gate() {
    run(&[
        Row {
            number: 101,
            what: "the statement renamed to another digest's name",
            state: "invalid",
            code: 15,
            done: |p| {
                let digest = p.decide("approve", ALICE);
                for end in ["json", "json.sig"] {
                    let path = |name: &str| p.case().join(format!("approvals/analysis/{name}.{end}"));
                    fs::rename(path(&digest[..12]), path("000000000000")).unwrap();
                }
            },
        },
        Row {
            number: 102,
            what: "a second page of the plan smuggled in beside the approved one",
            state: "draft",
            code: 10,
            done: |p| p.file("resolution_plan.md", "# other\n"),
        },
        Row {
            number: 103,
            what: "the id of the case moved to another folder's approvals",
            state: "invalid",
            code: 15,
            done: |p| {
                p.decide("approve", ALICE);
                p.edit("cases/HPX-1/case.json", "HPX-1", "HPX-9");
            },
        },
        Row {
            number: 104,
            what: "a threshold of 0 in the statement",
            state: "in-review",
            code: 10,
            done: |p| {
                p.edit_policy("[priority.P2]\nthreshold = 1", "[priority.P2]\nthreshold = 2");
                p.tampered(|s| s["predicate"]["threshold"] = json!(0));
            },
        },
        Row {
            number: 105,
            what: "a lower priority in the statement than the case has",
            state: "in-review",
            code: 10,
            done: |p| {
                p.edit("cases/HPX-1/case.json", "P2", "P1");
                p.tampered(|s| s["predicate"]["priority"] = json!("P4"));
            },
        },
        Row {
            number: 106,
            what: "the priority removed from page and data",
            state: "in-review",
            code: 10,
            done: |p| {
                p.edit_page("priority: P2\n", "");
                p.edit("cases/HPX-1/case.json", "\"priority\":\"P2\"", "\"x\":1");
                p.decide("approve", ALICE);
            },
        },
        Row {
            number: 107,
            what: "a subject that climbs out of the folder",
            state: "stale",
            code: 13,
            done: |p| {
                p.tampered(|s| s["subject"][0]["name"] = json!("../HPX-2/case.json"));
            },
        },
        Row {
            number: 108,
            what: "the author under another spelling of their principal",
            state: "in-review",
            code: 10,
            done: |p| {
                p.edit("cases/HPX-1/case.json", "agent@example.com", " Alice@Example.com ");
                p.decide("approve", ALICE);
            },
        },
        Row {
            number: 109,
            what: "an approval that names a cancel of another person as its own past",
            state: "rejected",
            code: 12,
            done: |p| {
                let cancel = p.decide("cancel", BOB);
                p.tampered(|s| s["predicate"]["prior"] = json!([cancel]));
            },
        },
        Row {
            number: 110,
            what: "evidence kept in a folder named like the approvals",
            state: "stale",
            code: 13,
            done: |p| {
                p.decide("approve", ALICE);
                p.file("evidence/approvals/analysis/x.json", "{}");
            },
        },
        Row {
            number: 111,
            what: "half of the signature file",
            state: "invalid",
            code: 15,
            done: |p| {
                let digest = p.decide("approve", ALICE);
                let path = p.case().join(format!("approvals/analysis/{}.json.sig", &digest[..12]));
                let armor = fs::read(&path).unwrap();
                fs::write(path, &armor[..armor.len() / 2]).unwrap();
            },
        },
        Row {
            number: 113,
            what: "a policy of one's own planted inside the case folder",
            state: "policy-error",
            code: 16,
            done: |p| {
                p.decide("approve", ALICE);
                p.edit_policy("[priority.P2]\nthreshold = 1", "[priority.P2]\nthreshold = 0");
                p.file(".casefile/gate.toml", crate::project::policy());
                for name in ["allowed_signers", "revoked_keys"] {
                    let text = fs::read(p.root().join(".casefile").join(name)).unwrap();
                    p.file(&format!(".casefile/{name}"), text);
                }
            },
        },
        Row {
            number: 114,
            what: "a copy of an approved case in a folder of another name",
            state: "invalid",
            code: 15,
            done: |p| {
                p.decide("approve", ALICE);
                fs::rename(p.case(), p.root().join("cases/old")).unwrap();
                fs::create_dir_all(p.case()).unwrap();
                for name in ["index.md", "case.json"] {
                    fs::copy(p.root().join("cases/old").join(name), p.case().join(name)).unwrap();
                }
                p.edit("cases/HPX-1/case.json", "HPX-1", "old");
            },
        },
        Row {
            number: 115,
            what: "a key of the data file twice",
            state: "invalid",
            code: 15,
            done: |p| p.edit("cases/HPX-1/case.json", "\"id\"", "\"prepared_by\":\"x\",\"id\""),
        },
        Row {
            number: 116,
            what: "an author who is named but is no principal",
            state: "in-review",
            code: 10,
            done: |p| {
                p.edit("cases/HPX-1/case.json", "agent@example.com", "Alice <alice@example.com>");
                p.decide("approve", ALICE);
            },
        },
        Row {
            number: 117,
            what: "a priority that is not listed asks for what the less urgent listed ones ask for",
            state: "in-review",
            code: 10,
            done: |p| {
                p.edit_policy("[priority.default]\nthreshold = 2", "[priority.default]\nthreshold = 1");
                p.edit_page("priority: P2", "priority: P0");
                p.decide("approve", BOB);
            },
        },
        Row {
            number: 118,
            what: "the priority under a key in quotes",
            state: "in-review",
            code: 10,
            done: |p| {
                p.edit_page("priority: P2", "\"priority\": P1");
                p.decide("approve", ALICE);
            },
        },
        Row {
            number: 112,
            what: "the folder of decisions is a file",
            state: "invalid",
            code: 15,
            done: |p| p.file("approvals", "x"),
        },
    ]);
}

#[test]
fn a_policy_that_is_a_link_is_not_read() {
    let project = Project::new();
    project.decide("approve", ALICE);
    let policy = project.root().join(".casefile/gate.toml");
    fs::rename(&policy, project.root().join("mine.toml")).unwrap();
    std::os::unix::fs::symlink("../mine.toml", &policy).unwrap();
    assert_eq!(project.check(), ("policy-error".into(), 16));
}

#[test]
fn git_cannot_be_made_to_run_a_program_or_show_other_objects() {
    let project = Project::new();
    project.decide("approve", ALICE);
    project.git(&["add", "-A"]);
    project.git(&["commit", "-qm", "approved"]);
    let marker = project.root().join("ran");
    project.git(&["config", "core.fsmonitor", &format!("touch {}", marker.display())]);
    project.git(&["config", "diff.external", &format!("touch {}", marker.display())]);
    project.git(&["config", "filter.x.smudge", &format!("touch {}", marker.display())]);
    // A replaced object would show an approved page where another was committed.
    let original = project.head();
    project.edit_page("used up", "fine");
    project.git(&["-c", "core.fsmonitor=false", "commit", "-qam", "edited"]);
    let edited = project.head();
    let _ = fs::remove_file(&marker);
    project.git(&["-c", "core.fsmonitor=false", "replace", &edited, &original]);
    let (state, code, _) = project.check_on("analysis", &["--rev", &edited]);
    assert_eq!((state.as_str(), code), ("stale", 13));
    let output = project.run(&["gate", "check", "--all", "--rev", &edited, "--append-only", &original]);
    assert_eq!(output.status.code(), Some(13));
    assert!(!marker.exists(), "nothing that the repository names was run");
}

#[test]
fn the_environment_does_not_move_the_clock_or_the_repository() {
    let project = Project::new();
    project.decide_on("approve", ALICE, "analysis", &["--now", "2020-01-01T00:00:00Z"]);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_casefile"))
        .args(["gate", "check", "HPX-1", "--phase", "analysis"])
        .current_dir(project.root())
        .env("SOURCE_DATE_EPOCH", "1577836800")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(14), "SOURCE_DATE_EPOCH is not asked");
}

#[test]
fn a_statement_for_the_plan_needs_the_analysis_it_names() {
    let project = Project::new();
    project.add_plan();
    project.decide("approve", BOB);
    let mut statement = project.statement("approve", ALICE, "plan", &[]);
    statement["predicate"].as_object_mut().unwrap().remove("upstream");
    let bytes = canonical(&statement);
    assert_eq!(sha256(&bytes).len(), 64);
    project.store("plan", &bytes, Some(&sign(&bytes, "alice", APPROVAL)));
    let (state, code, _) = project.check_on("plan", &[]);
    assert_eq!((state.as_str(), code), ("stale", 13));
}

#[test]
fn a_tag_named_like_the_base_branch_does_not_choose_the_policy() {
    let project = Project::new();
    project.git(&["branch", "base"]);
    project.edit_policy("[priority.P2]\nthreshold = 1", "[priority.P2]\nthreshold = 2");
    project.git(&["commit", "-qam", "stricter"]);
    project.git(&["branch", "-f", "base", "HEAD"]);
    project.git(&["tag", "base", "HEAD~1"]);
    project.decide("approve", ALICE);
    let (state, code, _) = project.check_on("analysis", &["--policy-ref", "base", "--enforce"]);
    assert_eq!((state.as_str(), code), ("policy-error", 16), "the name is ambiguous");
    let (state, code, _) = project.check_on("analysis", &["--policy-ref", "refs/heads/base", "--enforce"]);
    assert_eq!((state.as_str(), code), ("in-review", 10));
}

#[test]
fn another_repository_in_the_environment_or_around_the_case_is_not_asked() {
    let project = Project::new();
    project.edit_policy("[priority.P2]\nthreshold = 1", "[priority.P2]\nthreshold = 2");
    project.git(&["commit", "-qam", "two are needed"]);
    project.decide("approve", ALICE);
    let evil = Project::new();
    let asked = |environment: &[(&str, String)]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_casefile"))
            .args(["gate", "check", "HPX-1", "--phase", "analysis", "--policy-ref", "HEAD", "--enforce"])
            .current_dir(project.root())
            .envs(environment.iter().map(|(name, value)| (*name, value.as_str())))
            .output()
            .unwrap();
        output.status.code()
    };
    assert_eq!(asked(&[]), Some(10));
    let git_dir = evil.root().join(".git").display().to_string();
    assert_eq!(asked(&[("GIT_DIR", git_dir), ("GIT_WORK_TREE", ".".into())]), Some(10));
    let copied = std::process::Command::new("cp")
        .arg("-r")
        .arg(evil.root().join(".git"))
        .arg(project.root().join("cases/.git"))
        .status()
        .unwrap();
    assert!(copied.success());
    assert_eq!(asked(&[]), Some(10));
}

#[test]
fn a_case_without_its_data_file_is_still_asked_about() {
    let project = Project::new();
    project.decide("approve", ALICE);
    project.git(&["add", "-A"]);
    project.git(&["commit", "-qm", "approved"]);
    fs::remove_file(project.case().join("case.json")).unwrap();
    project.git(&["commit", "-qam", "no data"]);
    let output = project.run(&["gate", "check", "--all", "--rev", "HEAD"]);
    assert!(matches!(output.status.code(), Some(13 | 15)), "{:?}", output.status.code());
}

#[test]
fn a_draft_plan_is_not_approved() {
    let project = Project::new();
    project.add_plan();
    project.edit("cases/HPX-1/plan.json", "\"files\"", "\"draft\":true,\"files\"");
    project.decide("approve", BOB);
    project.decide_on("approve", ALICE, "plan", &[]);
    let (state, code, _) = project.check_on("plan", &[]);
    assert_eq!((state.as_str(), code), ("in-review", 10));
}
