//! What stands in a case folder before a run, and which of it a person has edited.

use std::collections::BTreeMap;
use std::fs;
use std::io;

use camino::Utf8Path;

use super::files::{CaseFiles, WriteError};
use super::manifest::{MANIFEST, Manifest, sha256};
use super::times::{Times, page_text, same_data, same_page};
use crate::gate::{Phase, RegularError, read_regular};
use crate::limits;

/// The part of a case folder that a run would touch.
pub(super) struct Standing {
    /// Bytes of each file that exists, by name relative to the folder.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    pub(super) manifest: Manifest,
}

impl Standing {
    /// Reads the files that the run would write, their generated texts, and the evidence earlier runs wrote.
    pub(super) fn read(folder: &Utf8Path, wanted: &BTreeMap<String, Vec<u8>>) -> Result<Standing, WriteError> {
        for sub in ["evidence", ".generated", ".generated/evidence"] {
            plain_folder(folder, sub)?;
        }
        let manifest = Manifest::read(folder);
        let mut files = BTreeMap::new();
        let mut names: Vec<String> = wanted.keys().cloned().collect();
        names.extend(wanted.keys().filter(|name| is_page(name)).map(|name| generated_name(name)));
        names.extend(wanted.keys().map(|name| edited_name(name)));
        names.extend(manifest.files.keys().filter(|name| super::files::is_target(name)).cloned());
        names.extend(Phase::Plan.pages().iter().map(|name| (*name).to_string()));
        names.extend([Phase::Analysis.data_file(), Phase::Plan.data_file(), MANIFEST].map(String::from));
        for name in names {
            if let Some(bytes) = read(folder, &name)? {
                files.insert(name, bytes);
            }
        }
        Ok(Standing { files, manifest })
    }

    /// Whether a person has edited the file, so that writing `wanted` would lose their words.
    pub(super) fn is_edited(&self, name: &str, wanted: &[u8], times: &Times) -> bool {
        let Some(current) = self.files.get(name) else { return false };
        if is_page(name) {
            let generated = self.files.get(&generated_name(name));
            return !same_page(current, wanted, times)
                && generated.is_none_or(|generated| page_text(current) != page_text(generated));
        }
        !same_data(current, wanted) && self.manifest.files.get(name) != Some(&sha256(current))
    }

    /// Whether writing `wanted` would change more than times.
    pub(super) fn is_same(&self, name: &str, wanted: &[u8], times: &Times) -> bool {
        let Some(current) = self.files.get(name) else { return false };
        if is_page(name) { same_page(current, wanted, times) } else { same_data(current, wanted) }
    }

    /// Evidence that earlier runs wrote, nobody has edited and this run does not have.
    pub(super) fn stale_evidence(&self, files: &CaseFiles) -> Vec<String> {
        // A run without `case.json` (a plan) leaves the evidence of the analysis alone.
        if !files.data.contains_key(Phase::Analysis.data_file()) {
            return Vec::new();
        }
        let ours = self.manifest.files.iter().filter(|(name, digest)| {
            let own = name.strip_prefix("evidence/").is_some_and(|short| !files.evidence.contains_key(short));
            own && self.files.get(*name).is_some_and(|bytes| sha256(bytes) == **digest)
        });
        ours.map(|(name, _)| name.clone()).collect()
    }
}

/// Whether a file is a page of the case, whose last generated text is kept.
pub(super) fn is_page(name: &str) -> bool {
    name.ends_with(".md") && !name.contains('/')
}

/// Where the last generated text of a page is kept.
pub(super) fn generated_name(name: &str) -> String {
    format!(".generated/{name}")
}

/// Where an edited file is kept when it is overwritten.
pub(super) fn edited_name(name: &str) -> String {
    format!(".generated/{name}.edited")
}

/// Whether a folder is there; anything else under its name is an error.
pub(super) fn plain_folder(folder: &Utf8Path, sub: &str) -> Result<bool, WriteError> {
    match fs::symlink_metadata(folder.join(sub)) {
        Ok(metadata) if metadata.is_dir() => Ok(true),
        Ok(_) => Err(WriteError::NotPlain { path: sub.into() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(WriteError::Read { path: sub.into(), source }),
    }
}

/// Reads a file of the folder, `None` if there is none.
fn read(folder: &Utf8Path, name: &str) -> Result<Option<Vec<u8>>, WriteError> {
    match read_regular(&folder.join(name), limits::LOG_BYTES) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(RegularError::Missing) => Ok(None),
        Err(RegularError::Symlink | RegularError::Special) => Err(WriteError::NotPlain { path: name.into() }),
        Err(RegularError::Io(source)) => Err(WriteError::Read { path: name.into(), source }),
        Err(error @ RegularError::TooLarge { .. }) => {
            Err(WriteError::Read { path: name.into(), source: io::Error::other(error.to_string()) })
        }
    }
}
