//! Changing several files as one: stage and sync everything, then rename; after a stop the next run goes on or goes back.
//!
//! The staging folder lies in the case folder, so that a rename never crosses file systems. It holds each text to come
//! (`0.new`), each text that was there (`0.old`) and, once all of these are on disk, the journal. With the journal the run
//! counts as done and is carried to its end; without it nothing has been touched.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::files::{WriteError, is_target};
use super::manifest::sha256;
use super::standing::plain_folder;
use crate::gate::{RegularError, read_regular};
use crate::limits;

/// What the names of staging folders begin with.
const PREFIX: &str = ".casefile-staging-";

/// The journal of a run that is carried to its end.
const JOURNAL: &str = "journal.json";

/// The journal of a run that is taken back.
const TAKEN_BACK: &str = "taken-back.json";

/// A file to write, or to remove where there is no text.
pub(super) struct Change {
    pub(super) target: String,
    pub(super) text: Option<Vec<u8>>,
}

/// Is told of each step on disk; an error stands for one of the operating system, so that tests can stop anywhere.
pub(super) type Step<'a> = &'a mut dyn FnMut(&str) -> io::Result<()>;

/// A change as the journal holds it: digests of the file before and after, `null` where there is none.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    target: String,
    before: Option<String>,
    after: Option<String>,
}

/// Carries out all changes in their order, or none of them.
pub(super) fn change_all(folder: &Utf8Path, changes: &[Change], step: Step) -> Result<(), WriteError> {
    let mut made = Vec::new();
    let staging = folder.join(format!("{PREFIX}0"));
    let staged = stage(folder, &staging, changes, &mut made, step);
    let entries = match staged {
        Ok(entries) => entries,
        Err((path, source)) => {
            let _ = fs::remove_dir_all(&staging);
            remove_empty(&made);
            return Err(WriteError::Write { path: path.into(), source });
        }
    };
    if let Err((path, source)) = rename_all(folder, &staging, &entries, step) {
        let back = fs::rename(staging.join(JOURNAL), staging.join(TAKEN_BACK));
        if back.and_then(|()| take_back(folder, &staging, &entries)).is_err() {
            return Err(WriteError::HalfWritten { path: path.into(), source });
        }
        let _ = fs::remove_dir_all(&staging);
        remove_empty(&made);
        return Err(WriteError::Write { path: path.into(), source });
    }
    // The files are in place; a staging folder that cannot be removed is cleared by the next run.
    let _ = fs::remove_dir_all(&staging);
    let _ = sync_folder(folder);
    let _ = step("cleared");
    Ok(())
}

type Failed = (String, io::Error);

fn stage(
    folder: &Utf8Path,
    staging: &Utf8Path,
    changes: &[Change],
    made: &mut Vec<Utf8PathBuf>,
    step: Step,
) -> Result<Vec<Entry>, Failed> {
    let in_folder = |source| (folder.to_string(), source);
    make_folder(folder, made).map_err(in_folder)?;
    fs::create_dir(staging).map_err(in_folder)?;
    step("staging folder").map_err(in_folder)?;
    let mut entries = Vec::new();
    for (at, change) in changes.iter().enumerate() {
        let failed = |source| (change.target.clone(), source);
        entries.push(stage_one(folder, staging, at, change, made).map_err(failed)?);
        step(&format!("staged {}", change.target)).map_err(failed)?;
    }
    let journal = serde_json::to_vec(&entries).map_err(|error| in_folder(error.into()))?;
    let unnamed = staging.join("journal.part");
    write_synced(&unnamed, &journal).map_err(in_folder)?;
    sync_folder(staging).map_err(in_folder)?;
    step("journal written").map_err(in_folder)?;
    fs::rename(&unnamed, staging.join(JOURNAL)).map_err(in_folder)?;
    sync_folder(staging).and_then(|()| sync_folder(folder)).map_err(in_folder)?;
    Ok(entries)
}

fn stage_one(
    folder: &Utf8Path,
    staging: &Utf8Path,
    at: usize,
    change: &Change,
    made: &mut Vec<Utf8PathBuf>,
) -> io::Result<Entry> {
    let target = folder.join(&change.target);
    if let Some(parent) = target.parent() {
        make_folder(parent, made)?;
    }
    let before = digest_of(&target)?;
    if before.is_some() {
        let kept = staging.join(format!("{at}.old"));
        if fs::hard_link(&target, &kept).is_err() {
            fs::copy(&target, &kept)?;
            File::open(&kept)?.sync_all()?;
        }
    }
    if let Some(text) = &change.text {
        write_synced(&staging.join(format!("{at}.new")), text)?;
    }
    Ok(Entry { target: change.target.clone(), before, after: change.text.as_deref().map(sha256) })
}

fn rename_all(folder: &Utf8Path, staging: &Utf8Path, entries: &[Entry], step: Step) -> Result<(), Failed> {
    step("journal named").map_err(|source| (folder.to_string(), source))?;
    for (at, entry) in entries.iter().enumerate() {
        let failed = |source| (entry.target.clone(), source);
        put(folder, staging, at, entry).map_err(failed)?;
        step(&format!("wrote {}", entry.target)).map_err(failed)?;
    }
    sync_targets(folder, entries).map_err(|source| (folder.to_string(), source))
}

fn put(folder: &Utf8Path, staging: &Utf8Path, at: usize, entry: &Entry) -> io::Result<()> {
    let target = folder.join(&entry.target);
    match entry.after {
        Some(_) => fs::rename(staging.join(format!("{at}.new")), target),
        None => fs::remove_file(target),
    }
}

/// Clears the staging folders of interrupted runs and gives their names.
///
/// A run that got as far as its journal is carried to its end, so the folder holds one run's files and never a mixture.
pub(super) fn clear_left_overs(folder: &Utf8Path) -> Result<Vec<String>, WriteError> {
    let failed = |source| WriteError::Write { path: folder.to_owned(), source };
    let mut names = Vec::new();
    for entry in folder.read_dir_utf8().map_err(|source| WriteError::Read { path: folder.to_owned(), source })? {
        // Names that are not UTF-8 are not ours.
        let Ok(entry) = entry else { continue };
        if entry.file_name().starts_with(PREFIX) {
            names.push(entry.file_name().to_string());
        }
    }
    names.sort();
    for name in &names {
        let staging = folder.join(name);
        if fs::symlink_metadata(&staging).map_err(failed)?.is_dir() {
            repair(folder, &staging)?;
            fs::remove_dir_all(&staging).map_err(failed)?;
        } else {
            fs::remove_file(&staging).map_err(failed)?;
        }
    }
    Ok(names)
}

fn repair(folder: &Utf8Path, staging: &Utf8Path) -> Result<(), WriteError> {
    for sub in ["evidence", ".generated", ".generated/evidence"] {
        plain_folder(folder, sub)?;
    }
    let failed = |source| WriteError::Write { path: folder.to_owned(), source };
    if let Some(entries) = journal(staging, TAKEN_BACK) {
        return take_back(folder, staging, &entries).map_err(failed);
    }
    if let Some(entries) = journal(staging, JOURNAL) {
        return carry_on(folder, staging, &entries).map_err(failed);
    }
    Ok(())
}

/// A journal all of whose targets lie in the case folder: the file might not be ours.
fn journal(staging: &Utf8Path, name: &str) -> Option<Vec<Entry>> {
    let bytes = read_regular(&staging.join(name), limits::DOCUMENT_BYTES).ok()?;
    let entries: Vec<Entry> = serde_json::from_slice(&bytes).ok()?;
    entries.iter().all(|entry| is_target(&entry.target)).then_some(entries)
}

/// Puts the remaining files in place; a file that somebody has changed since is left as it is.
fn carry_on(folder: &Utf8Path, staging: &Utf8Path, entries: &[Entry]) -> io::Result<()> {
    for (at, entry) in entries.iter().enumerate() {
        let target = folder.join(&entry.target);
        if digest_of(&target)? != entry.before || entry.before == entry.after {
            continue;
        }
        let staged = digest_of(&staging.join(format!("{at}.new")))?;
        if staged == entry.after {
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent)?;
            }
            put(folder, staging, at, entry)?;
        }
    }
    sync_targets(folder, entries)
}

/// Puts back what was there; a file that somebody has changed since is left as it is.
fn take_back(folder: &Utf8Path, staging: &Utf8Path, entries: &[Entry]) -> io::Result<()> {
    for (at, entry) in entries.iter().enumerate().rev() {
        let target = folder.join(&entry.target);
        if entry.before == entry.after || digest_of(&target)? != entry.after {
            continue;
        }
        match entry.before {
            Some(_) => fs::rename(staging.join(format!("{at}.old")), target)?,
            None => fs::remove_file(target)?,
        }
    }
    sync_targets(folder, entries)
}

fn digest_of(path: &Utf8Path) -> io::Result<Option<String>> {
    match read_regular(path, limits::LOG_BYTES) {
        Ok(bytes) => Ok(Some(sha256(&bytes))),
        Err(RegularError::Missing) => Ok(None),
        Err(RegularError::Io(error)) => Err(error),
        Err(error) => Err(io::Error::other(error.to_string())),
    }
}

fn write_synced(path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes a folder and those above it, and remembers which.
fn make_folder(path: &Utf8Path, made: &mut Vec<Utf8PathBuf>) -> io::Result<()> {
    if path.as_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        make_folder(parent, made)?;
    }
    fs::create_dir(path)?;
    made.push(path.to_owned());
    Ok(())
}

/// Removes the folders a failed run made, innermost first; one that holds something stays.
fn remove_empty(made: &[Utf8PathBuf]) {
    for path in made.iter().rev() {
        let _ = fs::remove_dir(path);
    }
}

fn sync_targets(folder: &Utf8Path, entries: &[Entry]) -> io::Result<()> {
    let parents: BTreeSet<Utf8PathBuf> =
        entries.iter().filter_map(|entry| Some(folder.join(&entry.target).parent()?.to_owned())).collect();
    for parent in parents.iter().filter(|parent| parent.is_dir()) {
        sync_folder(parent)?;
    }
    sync_folder(folder)
}

/// Makes renames in a folder last; only Unix can open a folder to do so.
fn sync_folder(path: &Utf8Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}
