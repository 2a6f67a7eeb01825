//! The files of a run, the answer of writing them, and which names they may have.

use std::collections::BTreeMap;
use std::io;

use camino::Utf8PathBuf;

use crate::finding::Finding;
use crate::gate::Phase;

/// The files of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFiles {
    /// Pages by name (`index.md`).
    pub pages: BTreeMap<String, String>,
    /// Data by name (`case.json`, `_category_.json`).
    pub data: BTreeMap<String, Vec<u8>>,
    /// Evidence by name below `evidence/` (`log.txt`); only a run that writes `case.json` has any.
    pub evidence: BTreeMap<String, Vec<u8>>,
}

/// What to do with files that a person has edited and with phases that are approved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overwrite {
    /// Write nothing.
    #[default]
    KeepEdits,
    /// Write, and keep an edited file beside the generated text as `.generated/<name>.edited`.
    Force,
}

/// What a run did to the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteKind {
    /// All files were written.
    Written,
    /// The run would have changed nothing but times, so it wrote nothing.
    Unchanged,
    /// A person has edited files, so nothing was written.
    Edited,
    /// A phase is approved, or has decisions that nobody can judge, so nothing was written.
    Approved,
}

/// The answer of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteOutcome {
    /// What the run did.
    pub kind: WriteKind,
    /// Names of the files that were written.
    pub written: Vec<String>,
    /// Names of evidence files that were removed because nothing refers to them.
    pub removed: Vec<String>,
    /// Names of files that a person has edited.
    pub edited: Vec<String>,
    /// Unified diff from each edited file to what the run would write or wrote.
    pub diff: String,
    /// Phases whose decisions kept the run from writing.
    pub approved: Vec<Phase>,
    /// Left-overs of an interrupted run that were cleared (`incomplete-write`).
    pub findings: Vec<Finding>,
}

/// Why a case folder was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A file has a name that does not belong into a case folder.
    #[error("`{name}` is not the name of a file of a case folder; nothing was changed")]
    Name {
        /// The name.
        name: String,
    },
    /// A link or a special file stands where a file or folder of ours would be.
    #[error("`{path}` is a symbolic link, or not a plain file or folder; nothing was changed")]
    NotPlain {
        /// Name relative to the case folder, or the folder itself.
        path: Utf8PathBuf,
    },
    /// Another run holds the folder.
    #[error("another run is writing to `{folder}`; nothing was changed")]
    Busy {
        /// The case folder.
        folder: Utf8PathBuf,
    },
    /// A file of the folder cannot be read.
    #[error("cannot read `{path}`; nothing was changed")]
    Read {
        /// Name relative to the case folder, or the folder itself.
        path: Utf8PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write `{path}`; nothing was changed")]
    Write {
        /// Name relative to the case folder, or the folder itself.
        path: Utf8PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A file could neither be written nor the files before it be put back.
    #[error(
        "cannot write `{path}`, and files written before it could not be put back; the next run repairs the folder"
    )]
    HalfWritten {
        /// Name relative to the case folder.
        path: Utf8PathBuf,
        /// The cause.
        source: io::Error,
    },
}

/// Refuses names that could lead out of the folder or collide with what people keep in it.
pub(super) fn check_names(files: &CaseFiles) -> Result<(), WriteError> {
    let pages = files.pages.keys().map(|name| (name, name.ends_with(".md")));
    let data = files.data.keys().map(|name| (name, name.ends_with(".json")));
    let evidence = files.evidence.keys().map(|name| (name, true));
    let mut folded = std::collections::BTreeSet::new();
    for (name, right_kind) in pages.chain(data).chain(evidence) {
        if !right_kind || !is_plain_name(name) {
            return Err(WriteError::Name { name: name.clone() });
        }
    }
    for name in files.evidence.keys() {
        // Two names that differ in capitals only are one file on some systems.
        if !folded.insert(name.to_ascii_lowercase()) {
            return Err(WriteError::Name { name: name.clone() });
        }
    }
    Ok(())
}

/// Whether a name relative to the case folder is one that a run may write.
pub(super) fn is_target(name: &str) -> bool {
    let rest = name.strip_prefix(".generated/").unwrap_or(name);
    let rest = rest.strip_prefix("evidence/").unwrap_or(rest);
    is_plain_name(rest)
}

fn is_plain_name(name: &str) -> bool {
    let safe = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    !name.is_empty() && name.len() <= 200 && !name.starts_with(['.', '-']) && name.bytes().all(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in ["../x.md", "/etc/x.md", ".hidden.md", "a/b.md", "a b.md", "x.txt", ""] {
            let files = CaseFiles { pages: [(name.to_string(), String::new())].into(), ..CaseFiles::default() };
            assert!(check_names(&files).is_err(), "{name}");
        }
    }

    #[test]
    fn evidence_that_differs_in_capitals_only_is_refused() {
        let evidence = [("a.txt".to_string(), vec![]), ("A.txt".to_string(), vec![])].into();
        assert!(check_names(&CaseFiles { evidence, ..CaseFiles::default() }).is_err());
    }

    #[test]
    fn only_our_folders_are_targets() {
        for name in ["index.md", "evidence/a.txt", ".generated/index.md", ".generated/evidence/a.txt.edited"] {
            assert!(is_target(name), "{name}");
        }
        for name in ["approvals/plan/a.json", "evidence/../x", ".generated/../x", "evidence/.generated/x", ".git"] {
            assert!(!is_target(name), "{name}");
        }
    }
}
