//! One run over a case folder: look, compare, write all or nothing.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::diff::unified;
use super::files::{CaseFiles, Overwrite, WriteError, WriteKind, WriteOutcome, check_names};
use super::manifest::{MANIFEST, generated_at, sha256};
use super::staging::{Change, Step, change_all, clear_left_overs};
use super::standing::{Standing, edited_name, generated_name, is_page};
use super::times::Times;
use crate::finding::{Code, Finding};
use crate::gate::{Phase, Snapshot};

/// Writes the files of a run into a case folder, all of them or none.
///
/// Nothing is written where a person has edited a file or a phase is approved (unless forced), nor where the run would
/// change nothing but times. On an error the folder is as it was before.
pub fn write_case(dir: &Utf8Path, files: &CaseFiles, mode: Overwrite) -> Result<WriteOutcome, WriteError> {
    write_stepwise(dir, files, mode, &mut |_| Ok(()))
}

fn write_stepwise(dir: &Utf8Path, files: &CaseFiles, mode: Overwrite, step: Step) -> Result<WriteOutcome, WriteError> {
    check_names(files)?;
    // Without a trailing slash, which would make the system follow a link.
    let folder: Utf8PathBuf = dir.components().collect();
    let exists = is_plain_folder(&folder)?;
    let _lock = if exists { lock(&folder)? } else { None };
    let left_over = if exists { clear_left_overs(&folder)? } else { Vec::new() };

    let wanted = wanted_files(&folder, files);
    let standing = Standing::read(&folder, &wanted)?;
    let times = times(&standing, files);
    let stale = standing.stale_evidence(files);
    let edited: Vec<&String> =
        wanted.iter().filter(|(name, text)| standing.is_edited(name, text, &times)).map(|(name, _)| name).collect();
    let mut outcome = WriteOutcome {
        kind: WriteKind::Edited,
        written: Vec::new(),
        removed: Vec::new(),
        edited: edited.iter().map(|name| (*name).clone()).collect(),
        diff: edited.iter().map(|name| unified(name, &standing.files[*name], &wanted[*name])).collect(),
        approved: Vec::new(),
        findings: left_over.iter().map(|name| incomplete_write(name)).collect(),
    };
    if !edited.is_empty() && mode == Overwrite::KeepEdits {
        return Ok(outcome);
    }
    if stale.is_empty() && wanted.iter().all(|(name, text)| standing.is_same(name, text, &times)) {
        outcome.kind = WriteKind::Unchanged;
        return Ok(outcome);
    }
    outcome.approved = approved_phases(&folder, files);
    if !outcome.approved.is_empty() && mode == Overwrite::KeepEdits {
        outcome.kind = WriteKind::Approved;
        return Ok(outcome);
    }

    let changes = changes(&standing, &wanted, &outcome.edited, stale);
    change_all(&folder, &changes, step)?;
    outcome.kind = WriteKind::Written;
    for change in changes {
        let list = if change.text.is_some() { &mut outcome.written } else { &mut outcome.removed };
        list.push(change.target);
    }
    Ok(outcome)
}

fn is_plain_folder(folder: &Utf8Path) -> Result<bool, WriteError> {
    match fs::symlink_metadata(folder) {
        Ok(metadata) if metadata.is_dir() => Ok(true),
        Ok(_) => Err(WriteError::NotPlain { path: folder.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(WriteError::Read { path: folder.to_owned(), source }),
    }
}

/// Holds the folder while it is written; where the system cannot lock a folder, runs are not kept apart.
fn lock(folder: &Utf8Path) -> Result<Option<File>, WriteError> {
    let Ok(handle) = File::open(folder) else { return Ok(None) };
    match handle.try_lock() {
        Ok(()) => Ok(Some(handle)),
        Err(TryLockError::WouldBlock) => Err(WriteError::Busy { folder: folder.to_owned() }),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

fn incomplete_write(name: &str) -> Finding {
    Finding::new(Code::IncompleteWrite, format!("an earlier run was interrupted; its left-over `{name}` was cleared"))
}

/// The files of the run by name. A page that waits for a plan never takes the place of one.
fn wanted_files(folder: &Utf8Path, files: &CaseFiles) -> BTreeMap<String, Vec<u8>> {
    let plan = Phase::Plan.data_file();
    let plan_stands = !files.data.contains_key(plan) && fs::symlink_metadata(folder.join(plan)).is_ok();
    let pages = files.pages.iter().filter(|(name, _)| !(plan_stands && Phase::Plan.pages().contains(&name.as_str())));
    let pages = pages.map(|(name, text)| (name.clone(), text.clone().into_bytes()));
    let data = files.data.iter().map(|(name, bytes)| (name.clone(), bytes.clone()));
    let evidence = files.evidence.iter().map(|(name, bytes)| (format!("evidence/{name}"), bytes.clone()));
    pages.chain(data).chain(evidence).collect()
}

fn times(standing: &Standing, files: &CaseFiles) -> Times {
    let names = [Phase::Analysis.data_file(), Phase::Plan.data_file()];
    let old = names.iter().filter_map(|name| standing.files.get(*name));
    let new = names.iter().filter_map(|name| files.data.get(*name));
    Times::of(old.chain(new).map(Vec::as_slice))
}

/// Phases of the run that somebody has decided on.
fn approved_phases(folder: &Utf8Path, files: &CaseFiles) -> Vec<Phase> {
    let touched = [Phase::Analysis, Phase::Plan].into_iter().filter(|phase| {
        files.data.contains_key(phase.data_file()) || phase.pages().iter().any(|page| files.pages.contains_key(*page))
    });
    let Ok(case) = Snapshot::worktree(folder) else { return Vec::new() };
    touched.filter(|phase| case.below(&format!("approvals/{phase}")).next().is_some()).collect()
}

/// The changes in their order: evidence, pages, generated texts, then data with `case.json` and `plan.json` last, so that
/// a reader who finds the data file in place finds everything it speaks of.
fn changes(
    standing: &Standing,
    wanted: &BTreeMap<String, Vec<u8>>,
    edited: &[String],
    stale: Vec<String>,
) -> Vec<Change> {
    let mut texts: Vec<(String, Vec<u8>)> = Vec::new();
    for name in edited {
        texts.extend(standing.files.get(name).map(|old| (edited_name(name), old.clone())));
    }
    for (name, text) in wanted {
        texts.push((name.clone(), text.clone()));
        if is_page(name) {
            texts.push((generated_name(name), text.clone()));
        }
    }
    texts.push((MANIFEST.to_string(), manifest(standing, wanted, &stale)));
    let mut changes: Vec<Change> = texts
        .into_iter()
        .filter(|(name, text)| standing.files.get(name) != Some(text))
        .map(|(target, text)| Change { target, text: Some(text) })
        .collect();
    changes.extend(stale.into_iter().map(|target| Change { target, text: None }));
    changes.sort_by_key(|change| (rank(&change.target), change.target.clone()));
    changes
}

fn rank(target: &str) -> u8 {
    match target {
        "plan.json" => 5,
        "case.json" => 4,
        _ if target.starts_with("evidence/") => 0,
        _ if is_page(target) => 1,
        _ if target.starts_with(".generated/") => 2,
        _ => 3,
    }
}

fn manifest(standing: &Standing, wanted: &BTreeMap<String, Vec<u8>>, stale: &[String]) -> Vec<u8> {
    let mut manifest = standing.manifest.clone();
    manifest.files.retain(|name, _| !stale.contains(name));
    for (name, text) in wanted.iter().filter(|(name, _)| !is_page(name)) {
        manifest.files.insert(name.clone(), sha256(text));
    }
    for name in [Phase::Analysis.data_file(), Phase::Plan.data_file()] {
        let known = standing.files.get(name).and_then(|old| generated_at(old));
        let time = known.or_else(|| wanted.get(name).and_then(|text| generated_at(text)));
        if let Some(time) = time {
            manifest.first.entry(name.to_string()).or_insert(time);
        }
    }
    manifest.to_bytes()
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
