//! `.generated/manifest.json`: which data and evidence files a run wrote, and when each phase was first written.

use std::collections::BTreeMap;

use camino::Utf8Path;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::gate::{Phase, read_regular};
use crate::limits;

/// Name of the manifest relative to the case folder.
pub(super) const MANIFEST: &str = ".generated/manifest.json";

/// What earlier runs wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// SHA-256 of each data and evidence file as it was written.
    #[serde(default)]
    pub(super) files: BTreeMap<String, String>,
    /// Time of the first writing, by data file.
    #[serde(default)]
    pub(super) first: BTreeMap<String, String>,
}

impl Manifest {
    /// Reads the manifest; one that is absent or damaged knows nothing, so every file counts as a person's.
    pub(super) fn read(folder: &Utf8Path) -> Manifest {
        let bytes = read_regular(&folder.join(MANIFEST), limits::LOG_BYTES).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// The manifest as it is stored.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("maps of strings always serialise");
        bytes.push(b'\n');
        bytes
    }
}

/// The time at which a phase of the case folder was first written, for the page's "Generated".
pub fn first_generated(dir: &Utf8Path, phase: Phase) -> Option<String> {
    let name = phase.data_file();
    if let Some(first) = Manifest::read(dir).first.remove(name) {
        return Some(first);
    }
    generated_at(&read_regular(&dir.join(name), limits::LOG_BYTES).ok()?)
}

/// `generated_at` of a data file.
pub(super) fn generated_at(data: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(data).ok()?;
    Some(value.get("generated_at")?.as_str()?.to_string())
}

/// SHA-256 as lower-case hexadecimal digits.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
