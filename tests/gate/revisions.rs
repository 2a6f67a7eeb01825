//! Commits and the index: what is checked is what git holds, not what lies in the work tree.

use std::fs;
use std::os::unix::fs::symlink;

use crate::project::{ALICE, Project};

#[test]
fn the_index_and_a_commit_are_checked_from_their_own_bytes() {
    let project = Project::new();
    project.decide("approve", ALICE);
    project.git(&["add", "-A"]);
    project.git(&["commit", "-qm", "approved"]);
    let approved = project.head();
    project.edit_page("used up", "fine");
    assert_eq!(project.check(), ("stale".into(), 13));
    let (state, code, _) = project.check_on("analysis", &["--staged"]);
    assert_eq!((state.as_str(), code), ("approved", 0), "the edit is not staged");
    project.git(&["add", "-A"]);
    let (state, code, _) = project.check_on("analysis", &["--staged"]);
    assert_eq!((state.as_str(), code), ("stale", 13));
    let (state, code, _) = project.check_on("analysis", &["--rev", &approved]);
    assert_eq!((state.as_str(), code), ("approved", 0));
    fs::remove_dir_all(project.case()).unwrap();
    let (state, code, _) = project.check_on("analysis", &["--rev", &approved]);
    assert_eq!((state.as_str(), code), ("approved", 0), "the folder need not be in the work tree");
}

#[test]
fn a_link_in_a_commit_is_refused() {
    let project = Project::new();
    symlink("../../../.casefile/gate.toml", project.case().join("evidence/link")).unwrap();
    project.git(&["add", "-A"]);
    project.git(&["commit", "-qm", "link"]);
    let (state, code, _) = project.check_on("analysis", &["--rev", "HEAD"]);
    assert_eq!((state.as_str(), code), ("invalid", 15), "case 88");
}

#[test]
fn a_removed_decision_is_seen_against_the_base() {
    let project = Project::new();
    let digest = project.decide("revise", ALICE);
    project.git(&["add", "-A"]);
    project.git(&["commit", "-qm", "decided"]);
    let base = project.head();
    for end in ["json", "json.sig"] {
        fs::remove_file(project.case().join(format!("approvals/analysis/{}.{end}", &digest[..12]))).unwrap();
    }
    project.git(&["add", "-A"]);
    project.git(&["commit", "-qm", "gone"]);
    let all = ["gate", "check", "--all", "--rev", "HEAD", "--append-only", &base];
    let output = project.run(&all);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(15), "case 87: {text}");
    assert!(text.contains("was removed"), "case 87: {text}");
    let kept = project.run(&["gate", "check", "HPX-1", "--phase", "analysis", "--rev", &base, "--append-only", &base]);
    assert_eq!(kept.status.code(), Some(11), "the decision stands in the base");
}

#[test]
fn a_project_without_a_case_is_not_a_pass() {
    let project = Project::new();
    project.root_file(".casefile/config.toml", "cases = [\"nowhere/*\"]\n");
    let output = project.run(&["gate", "check", "--all"]);
    assert_eq!(output.status.code(), Some(3), "case 16: an empty set opens nothing");
}

#[test]
fn a_revision_that_is_none_is_an_error() {
    let project = Project::new();
    for revision in ["--all", "nothing", ""] {
        let argument = format!("--rev={revision}");
        let output = project.run(&["gate", "check", "HPX-1", "--phase", "analysis", &argument]);
        assert!(matches!(output.status.code(), Some(2 | 3)), "{revision}");
    }
}

#[test]
fn a_change_of_files_that_a_closed_plan_claims_fails_the_job() {
    let project = Project::new();
    project.add_plan();
    project.edit("cases/HPX-1/plan.json", "\"files\":[]", "\"files\":[\"src/pool.rs\"]");
    project.root_file("src/pool.rs", "old");
    project.root_file("src/other.rs", "old");
    project.git(&["add", "-A"]);
    project.git(&["commit", "-qm", "plan"]);
    let base = project.head();
    let job = |project: &Project| {
        let head = ["gate", "check", "--all", "--rev", "HEAD", "--append-only", &base];
        let output = project.run(&[&head[..], &["--policy-ref", &base, "--enforce"]].concat());
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code(), text)
    };
    project.root_file("src/other.rs", "new");
    project.git(&["commit", "-qam", "another file"]);
    assert_eq!(job(&project).0, Some(0), "{}", job(&project).1);
    project.root_file("src/pool.rs", "new");
    project.git(&["commit", "-qam", "the plan's file"]);
    assert_eq!(job(&project).0, Some(10), "{}", job(&project).1);
    assert!(job(&project).1.contains("src/pool.rs is a file of its plan"));
    let plan = std::fs::read_to_string(project.case().join("plan.json")).unwrap();
    project.edit("cases/HPX-1/plan.json", "\"src/pool.rs\"", "");
    project.git(&["commit", "-qam", "drop the claim"]);
    assert_eq!(job(&project).0, Some(10), "the base's claim binds: {}", job(&project).1);
    project.git(&["rm", "-q", "cases/HPX-1/plan.json", "cases/HPX-1/implementation_plan.md"]);
    project.git(&["commit", "-qm", "drop the plan"]);
    assert_eq!(job(&project).0, Some(10), "the base's claim binds: {}", job(&project).1);
    project.add_plan();
    project.file("plan.json", plan);
    project.decide("approve", ALICE);
    project.decide_on("approve", ALICE, "plan", &[]);
    project.git(&["add", "-A"]);
    project.git(&["commit", "-qm", "approved"]);
    assert_eq!(job(&project).0, Some(0), "{}", job(&project).1);
}

#[test]
fn a_policy_may_want_a_case_for_every_change_of_some_paths() {
    let project = Project::new();
    project.root_file(".casefile/gate.toml", crate::project::policy() + "[ci]\nrequire_case_for = [\"src/**\"]\n");
    project.git(&["add", "-A"]);
    project.git(&["commit", "-qm", "policy"]);
    let base = project.head();
    project.root_file("src/new.rs", "x");
    project.git(&["add", "-A"]);
    project.git(&["commit", "-qm", "code without a case"]);
    let output =
        project.run(&["gate", "check", "--all", "--rev", "HEAD", "--append-only", &base, "--policy-ref", &base]);
    assert_eq!(output.status.code(), Some(10));
    assert!(String::from_utf8_lossy(&output.stderr).contains("needs a case"));
}
