//! Tests of writing a case folder: edits, times, left-overs, and a stop after each step.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;
use crate::case_folder::first_generated;

fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(dir.path().join("CASE-1")).unwrap();
    (dir, path)
}

fn run(body: &str, time: &str, evidence: &[&str]) -> CaseFiles {
    let page = format!("---\nid: index\nstatus: draft\n---\n{body}\n\n**Last Updated**: `{time}`\n");
    let data = format!("{{\"body\":\"{body}\",\"generated_at\":\"{time}\"}}\n");
    CaseFiles {
        pages: [("index.md".to_string(), page)].into(),
        data: [("case.json".to_string(), data.into_bytes())].into(),
        evidence: evidence.iter().map(|name| ((*name).to_string(), body.as_bytes().to_vec())).collect(),
    }
}

const MORNING: &str = "2026-01-01T08:00:00Z";
const EVENING: &str = "2026-01-01T20:00:00Z";

fn write(dir: &Utf8Path, files: &CaseFiles) -> WriteOutcome {
    write_case(dir, files, Overwrite::KeepEdits).unwrap()
}

fn snapshot(dir: &Utf8Path) -> BTreeMap<String, Vec<u8>> {
    let files = walkdir::WalkDir::new(dir).into_iter().flatten().filter(|e| e.file_type().is_file());
    files.map(|e| (e.path().strip_prefix(dir).unwrap().display().to_string(), fs::read(e.path()).unwrap())).collect()
}

#[test]
fn a_first_run_writes_everything_with_the_data_file_last() {
    let (_guard, dir) = folder();
    let outcome = write(&dir, &run("one", MORNING, &["a.txt"]));
    assert_eq!(outcome.kind, WriteKind::Written);
    assert_eq!(
        outcome.written,
        ["evidence/a.txt", "index.md", ".generated/index.md", ".generated/manifest.json", "case.json"]
    );
    assert_eq!(snapshot(&dir).len(), 5);
}

#[test]
fn a_run_that_changes_nothing_but_times_writes_nothing() {
    let (_guard, dir) = folder();
    write(&dir, &run("one", MORNING, &["a.txt"]));
    let before = snapshot(&dir);
    assert_eq!(write(&dir, &run("one", EVENING, &["a.txt"])).kind, WriteKind::Unchanged);
    assert_eq!(snapshot(&dir), before);
}

#[test]
fn the_time_of_the_first_writing_stays() {
    let (_guard, dir) = folder();
    assert_eq!(first_generated(&dir, Phase::Analysis), None);
    write(&dir, &run("one", MORNING, &[]));
    write(&dir, &run("two", EVENING, &[]));
    assert_eq!(first_generated(&dir, Phase::Analysis).as_deref(), Some(MORNING));
    assert_eq!(first_generated(&dir, Phase::Plan), None);
}

#[test]
fn an_edited_page_keeps_the_run_from_writing_and_is_shown() {
    let (_guard, dir) = folder();
    write(&dir, &run("one", MORNING, &[]));
    let page = fs::read_to_string(dir.join("index.md")).unwrap();
    fs::write(dir.join("index.md"), page.replace("one", "one, says Kim")).unwrap();
    let before = snapshot(&dir);
    let outcome = write(&dir, &run("two", EVENING, &[]));
    assert_eq!((outcome.kind, outcome.edited), (WriteKind::Edited, vec!["index.md".to_string()]));
    assert!(outcome.diff.contains("-one, says Kim\n+two\n"), "{}", outcome.diff);
    assert_eq!(snapshot(&dir), before);
}

#[test]
fn line_endings_and_the_derived_status_are_no_edit() {
    let (_guard, dir) = folder();
    write(&dir, &run("one", MORNING, &[]));
    let page = fs::read_to_string(dir.join("index.md")).unwrap();
    fs::write(dir.join("index.md"), page.replace("draft", "in-review").replace('\n', "\r\n")).unwrap();
    assert_eq!(write(&dir, &run("two", EVENING, &[])).kind, WriteKind::Written);
}

#[test]
fn force_keeps_the_edited_page_beside_the_generated_one() {
    let (_guard, dir) = folder();
    write(&dir, &run("one", MORNING, &[]));
    fs::write(dir.join("index.md"), "mine\n").unwrap();
    let outcome = write_case(&dir, &run("two", EVENING, &[]), Overwrite::Force).unwrap();
    assert_eq!(outcome.kind, WriteKind::Written);
    assert_eq!(fs::read_to_string(dir.join(".generated/index.md.edited")).unwrap(), "mine\n");
    assert!(fs::read_to_string(dir.join("index.md")).unwrap().contains("two"));
}

#[test]
fn a_page_that_no_run_wrote_is_a_persons() {
    let (_guard, dir) = folder();
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("index.md"), "mine\n").unwrap();
    assert_eq!(write(&dir, &run("one", MORNING, &[])).kind, WriteKind::Edited);
}

#[test]
fn edited_data_and_evidence_are_kept_too() {
    for name in ["case.json", "evidence/a.txt"] {
        let (_guard, dir) = folder();
        write(&dir, &run("one", MORNING, &["a.txt"]));
        fs::write(dir.join(name), "{\"mine\":1}").unwrap();
        let outcome = write(&dir, &run("two", EVENING, &["a.txt"]));
        assert_eq!((outcome.kind, outcome.edited), (WriteKind::Edited, vec![name.to_string()]));
    }
}

#[test]
fn evidence_that_nothing_refers_to_is_removed_if_a_run_wrote_it() {
    let (_guard, dir) = folder();
    write(&dir, &run("one", MORNING, &["a.txt", "b.txt"]));
    fs::write(dir.join("evidence/person.txt"), "x").unwrap();
    let outcome = write(&dir, &run("one", MORNING, &["b.txt"]));
    assert_eq!(outcome.removed, ["evidence/a.txt"]);
    assert!(dir.join("evidence/person.txt").exists() && dir.join("evidence/b.txt").exists());
}

#[test]
fn evidence_that_a_person_changed_is_not_removed() {
    let (_guard, dir) = folder();
    write(&dir, &run("one", MORNING, &["a.txt"]));
    fs::write(dir.join("evidence/a.txt"), "mine").unwrap();
    write(&dir, &run("two", EVENING, &[]));
    assert_eq!(fs::read_to_string(dir.join("evidence/a.txt")).unwrap(), "mine");
}

fn plan_run(time: &str) -> CaseFiles {
    CaseFiles {
        pages: [("implementation_plan.md".to_string(), "# Plan\n".to_string())].into(),
        data: [("plan.json".to_string(), format!("{{\"generated_at\":\"{time}\"}}").into_bytes())].into(),
        evidence: BTreeMap::new(),
    }
}

#[test]
fn a_plan_leaves_the_analysis_and_its_evidence_alone() {
    let (_guard, dir) = folder();
    write(&dir, &run("one", MORNING, &["a.txt"]));
    let outcome = write(&dir, &plan_run(EVENING));
    assert_eq!(outcome.removed, [""; 0]);
    assert_eq!(first_generated(&dir, Phase::Plan).as_deref(), Some(EVENING));
    assert_eq!(write(&dir, &run("one", EVENING, &["a.txt"])).kind, WriteKind::Unchanged);
}

#[test]
fn a_page_that_waits_for_a_plan_never_replaces_one() {
    let (_guard, dir) = folder();
    write(&dir, &plan_run(MORNING));
    let mut files = run("one", MORNING, &[]);
    files.pages.insert("implementation_plan.md".into(), "waiting\n".into());
    assert_eq!(write(&dir, &files).kind, WriteKind::Written);
    assert_eq!(fs::read_to_string(dir.join("implementation_plan.md")).unwrap(), "# Plan\n");
}

#[test]
fn a_phase_with_decisions_is_not_overwritten_unless_forced() {
    let (_guard, dir) = folder();
    write(&dir, &run("one", MORNING, &[]));
    fs::create_dir_all(dir.join("approvals/analysis")).unwrap();
    fs::write(dir.join("approvals/analysis/0123456789ab.json"), "{}").unwrap();
    let outcome = write(&dir, &run("two", EVENING, &[]));
    assert_eq!((outcome.kind, outcome.approved), (WriteKind::Approved, vec![Phase::Analysis]));
    let forced = write_case(&dir, &run("two", EVENING, &[]), Overwrite::Force).unwrap();
    assert_eq!(forced.kind, WriteKind::Written);
}

#[test]
fn a_folder_that_another_run_holds_is_left_alone() {
    let (_guard, dir) = folder();
    write(&dir, &run("one", MORNING, &[]));
    let other = File::open(&dir).unwrap();
    other.lock().unwrap();
    let error = write_case(&dir, &run("two", EVENING, &[]), Overwrite::KeepEdits).unwrap_err();
    assert!(matches!(error, WriteError::Busy { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn links_are_never_followed() {
    for name in ["index.md", "case.json", "evidence", ".generated", ".generated/index.md"] {
        let (guard, dir) = folder();
        let outside = Utf8PathBuf::from_path_buf(guard.path().join("outside")).unwrap();
        fs::create_dir(&outside).unwrap();
        fs::create_dir_all(dir.join(name).parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(&outside, dir.join(name)).unwrap();
        let error = write_case(&dir, &run("one", MORNING, &["a.txt"]), Overwrite::Force).unwrap_err();
        assert!(matches!(error, WriteError::NotPlain { .. }), "{name}: {error}");
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    }
}

#[cfg(unix)]
#[test]
fn a_case_folder_that_is_a_link_is_not_followed() {
    let (guard, dir) = folder();
    std::os::unix::fs::symlink(guard.path(), &dir).unwrap();
    for given in [dir.clone(), Utf8PathBuf::from(format!("{dir}/"))] {
        let error = write_case(&given, &run("one", MORNING, &[]), Overwrite::Force).unwrap_err();
        assert!(matches!(error, WriteError::NotPlain { .. }), "{error}");
    }
}

#[test]
fn a_planted_journal_cannot_write_elsewhere() {
    let (guard, dir) = folder();
    fs::create_dir_all(dir.join(".casefile-staging-9")).unwrap();
    fs::write(dir.join(".casefile-staging-9/0.new"), "x").unwrap();
    let digest = sha256(b"x");
    let journal = format!(r#"[{{"target":"../planted","before":null,"after":"{digest}"}}]"#);
    fs::write(dir.join(".casefile-staging-9/journal.json"), journal).unwrap();
    let outcome = write(&dir, &run("one", MORNING, &[]));
    assert_eq!(outcome.findings.len(), 1);
    assert!(!guard.path().join("planted").exists());
}

/// Steps of the second of two runs, in order.
fn steps() -> Vec<String> {
    let (_guard, dir) = folder();
    write(&dir, &run("one", MORNING, &["a.txt", "b.txt"]));
    let mut names = Vec::new();
    let mut note = |name: &str| {
        names.push(name.to_string());
        Ok(())
    };
    write_stepwise(&dir, &run("two", EVENING, &["b.txt", "c.txt"]), Overwrite::KeepEdits, &mut note).unwrap();
    names
}

#[test]
fn after_a_stop_at_any_step_the_folder_is_old_or_the_next_run_completes_it() {
    let complete = {
        let (_guard, dir) = folder();
        write(&dir, &run("one", MORNING, &["a.txt", "b.txt"]));
        write(&dir, &run("two", EVENING, &["b.txt", "c.txt"]));
        snapshot(&dir)
    };
    let total = steps().len();
    for stop in 0..total {
        let (_guard, dir) = folder();
        write(&dir, &run("one", MORNING, &["a.txt", "b.txt"]));
        let old = snapshot(&dir);
        let mut left = stop;
        let mut stopper = |name: &str| {
            assert!(left > 0, "stopped at {name}");
            left -= 1;
            Ok(())
        };
        let second = run("two", EVENING, &["b.txt", "c.txt"]);
        let stopped =
            catch_unwind(AssertUnwindSafe(|| write_stepwise(&dir, &second, Overwrite::KeepEdits, &mut stopper)));
        assert!(stopped.is_err());

        for (name, bytes) in snapshot(&dir).iter().filter(|(name, _)| !name.starts_with(".casefile-staging-")) {
            let known = old.get(name) == Some(bytes) || complete.get(name) == Some(bytes);
            assert!(known, "step {stop}: `{name}` is neither old nor new");
        }
        if fs::read(dir.join("case.json")).unwrap() == complete["case.json"] {
            let files: BTreeMap<_, _> =
                snapshot(&dir).into_iter().filter(|(name, _)| !name.starts_with(".casefile-staging-")).collect();
            assert_eq!(files, complete, "step {stop}: data in place before the rest");
        }

        let outcome = write(&dir, &second);
        assert_eq!(outcome.findings.len(), usize::from(stop + 1 < total), "step {stop}");
        assert_ne!(outcome.kind, WriteKind::Edited, "step {stop}: {}", outcome.diff);
        assert_eq!(snapshot(&dir), complete, "step {stop}");
    }
}

#[test]
fn an_error_at_any_step_leaves_the_folder_as_it_was() {
    let total = steps().len() - 1;
    for stop in 0..total {
        let (_guard, dir) = folder();
        write(&dir, &run("one", MORNING, &["a.txt", "b.txt"]));
        let old = snapshot(&dir);
        let mut left = stop;
        let mut full_disk = |_: &str| {
            if left == 0 {
                return Err(io::Error::from_raw_os_error(28));
            }
            left -= 1;
            Ok(())
        };
        let second = run("two", EVENING, &["b.txt", "c.txt"]);
        let error = write_stepwise(&dir, &second, Overwrite::KeepEdits, &mut full_disk).unwrap_err();
        assert!(error.to_string().ends_with("nothing was changed"), "{error}");
        assert_eq!(snapshot(&dir), old, "step {stop}");
    }
}

#[test]
fn an_error_in_a_first_run_leaves_no_folder_behind() {
    let (_guard, dir) = folder();
    let mut full_disk =
        |name: &str| if name == "wrote index.md" { Err(io::Error::from_raw_os_error(28)) } else { Ok(()) };
    let error =
        write_stepwise(&dir, &run("one", MORNING, &["a.txt"]), Overwrite::KeepEdits, &mut full_disk).unwrap_err();
    assert!(matches!(&error, WriteError::Write { path, .. } if path == "index.md"), "{error}");
    assert!(!dir.exists());
}

#[test]
fn an_edit_made_after_a_stop_is_kept() {
    let (_guard, dir) = folder();
    write(&dir, &run("one", MORNING, &[]));
    let second = run("two", EVENING, &[]);
    let mut stopper = |name: &str| {
        assert_ne!(name, "journal named");
        Ok(())
    };
    let stopped = catch_unwind(AssertUnwindSafe(|| write_stepwise(&dir, &second, Overwrite::KeepEdits, &mut stopper)));
    assert!(stopped.is_err());
    fs::write(dir.join("index.md"), "mine\n").unwrap();
    assert_eq!(write(&dir, &second).kind, WriteKind::Edited);
    assert_eq!(fs::read_to_string(dir.join("index.md")).unwrap(), "mine\n");
}
