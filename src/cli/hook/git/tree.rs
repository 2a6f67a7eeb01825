//! A tree of files as git has it: the index, or a commit. Cases in it are asked for their gates.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

use super::process::{git, names};
use crate::cli::error::CliError;
use crate::gate::{GateReport, Phase, claims, derive};

/// Most bytes of a file that is taken out of git.
const FILE_BYTES: usize = 64 << 20;

/// One file of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    mode: String,
    object: String,
    path: String,
}

/// The files of an index or a commit.
pub(super) struct Tree {
    entries: Vec<Entry>,
}

impl Tree {
    /// What is about to be committed.
    pub(super) fn index() -> Result<Tree, CliError> {
        // Mode, object and stage, a tab, the path.
        Ok(Tree::of(&names(&["ls-files", "--stage", "--full-name", "-z", ":/"], "")?, 1))
    }

    /// The files of a commit.
    pub(super) fn commit(object: &str) -> Result<Tree, CliError> {
        // Mode, type and object, a tab, the path.
        Ok(Tree::of(&names(&["ls-tree", "-r", "--full-tree", "-z", object], "")?, 2))
    }

    fn of(lines: &[String], object_at: usize) -> Tree {
        let entry = |line: &String| {
            let (head, path) = line.split_once('\t')?;
            let fields: Vec<&str> = head.split(' ').collect();
            let (mode, object) = (fields.first()?, fields.get(object_at)?);
            Some(Entry { mode: (*mode).into(), object: (*object).into(), path: path.into() })
        };
        Tree { entries: lines.iter().filter_map(entry).collect() }
    }

    /// Folders with a `case.json` that match one of the patterns.
    pub(super) fn cases(&self, patterns: &[String]) -> Vec<String> {
        let depth = |text: &str| text.split('/').filter(|part| !part.is_empty()).count();
        let matches = |folder: &&str| patterns.iter().any(|p| depth(p) == depth(folder) && claims(p, folder));
        let folders = self.entries.iter().filter_map(|entry| entry.path.strip_suffix("/case.json"));
        folders.filter(matches).map(str::to_string).collect()
    }

    /// The bytes of a file, `None` where it is not in the tree.
    pub(super) fn read(&self, path: &str) -> Result<Option<Vec<u8>>, CliError> {
        let Some(entry) = self.entries.iter().find(|entry| entry.path == path) else { return Ok(None) };
        git(&["cat-file", "blob", &entry.object], "").map(Some)
    }

    /// The gate of a case as it is in the tree.
    pub(super) fn gate(&self, case: &str, phase: Phase) -> Result<GateReport, CliError> {
        let folder = tempfile::tempdir().map_err(|error| CliError::input(format!("no temporary folder: {error}")))?;
        let base = Utf8PathBuf::try_from(folder.path().to_path_buf())
            .map_err(|_| CliError::input("the temporary folder has a name that is not UTF-8"))?;
        let own = base.join(Utf8Path::new(case).file_name().unwrap_or("case"));
        let prefix = format!("{case}/");
        for entry in self.entries.iter().filter(|entry| entry.path.starts_with(&prefix)) {
            self.put(entry, &own.join(&entry.path[prefix.len()..]))?;
        }
        derive(&own, phase).map_err(|error| CliError::input(error.to_string()))
    }

    /// Writes one file; what is no regular file becomes a folder of its name, which no gate takes for a file.
    fn put(&self, entry: &Entry, path: &Utf8Path) -> Result<(), CliError> {
        let failed = |error: std::io::Error| CliError::input(format!("cannot write {path}: {error}"));
        if !entry.mode.starts_with("100") {
            return fs::create_dir_all(path.join("not-a-regular-file")).map_err(failed);
        }
        let bytes = git(&["cat-file", "blob", &entry.object], "")?;
        if bytes.len() > FILE_BYTES {
            return Err(CliError::input(format!("{} has more than {FILE_BYTES} bytes", entry.path)));
        }
        fs::create_dir_all(path.parent().unwrap_or(Utf8Path::new("."))).map_err(failed)?;
        fs::write(path, bytes).map_err(failed)
    }
}
