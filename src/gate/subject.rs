//! Subjects: the files that a decision covers, each with the digest of its canonical form.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Canonical, GateFinding, Json, Phase, Snapshot, canonical, hidden_in_page, remarks_on_page};

/// A file that a decision covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    /// Name relative to the case folder, with `/`.
    pub name: String,
    /// SHA-256 of its canonical form, lower-case hexadecimal.
    pub sha256: String,
}

/// Why a gate cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GateError {
    /// The case folder is not there.
    #[error("`{folder}` is not a case folder")]
    NotAFolder {
        /// The folder as given.
        folder: Utf8PathBuf,
    },
    /// A file that the phase needs is not there.
    #[error("`{name}` does not exist")]
    Missing {
        /// Its name.
        name: String,
    },
    /// A file cannot be relied on.
    #[error("`{}`: {}", .0.file, .0.message)]
    Invalid(GateFinding),
}

/// The subjects of a phase, sorted by name; the first file that cannot be relied on is an error.
pub fn subjects(folder: &Utf8Path, phase: Phase) -> Result<Vec<Subject>, GateError> {
    subjects_of(&Snapshot::worktree(folder)?, phase)
}

/// [`subjects`] of a case that has been read.
pub fn subjects_of(case: &Snapshot, phase: Phase) -> Result<Vec<Subject>, GateError> {
    let examination = examine(case, phase);
    if let Some(fault) = examination.faults.into_iter().next() {
        return Err(GateError::Invalid(fault));
    }
    match examination.missing.into_iter().next() {
        Some(name) => Err(GateError::Missing { name }),
        None => Ok(examination.subjects),
    }
}

/// One digest for a list of subjects: SHA-256 over the JCS bytes of the list as a statement holds it, so that
/// `jq -cjS .subject statement.json | sha256sum` gives the same.
pub fn digest(subjects: &[Subject]) -> String {
    let mut sorted: Vec<&Subject> = subjects.iter().collect();
    sorted.sort();
    let list: Vec<serde_json::Value> =
        sorted.iter().map(|s| serde_json::json!({ "digest": { "sha256": s.sha256 }, "name": s.name })).collect();
    // A list of texts always serialises; nothing has the digest of no bytes.
    let bytes = serde_json_canonicalizer::to_vec(&list).unwrap_or_default();
    hex_digest(&bytes)
}

/// The code a reviewer retypes, `6307-e488`: the first eight digits of the subjects' digest.
pub fn review_code(subjects: &[Subject]) -> String {
    let digest = digest(subjects);
    format!("{}-{}", &digest[..4], &digest[4..8])
}

/// What was found while looking at the files of a phase.
#[derive(Debug)]
pub(super) struct Examination {
    pub(super) subjects: Vec<Subject>,
    pub(super) pages: Vec<(String, Canonical)>,
    pub(super) data: Option<serde_json::Value>,
    /// Each makes the gate invalid.
    pub(super) faults: Vec<GateFinding>,
    /// Worth telling, without effect on the state.
    pub(super) remarks: Vec<GateFinding>,
    /// Files the phase needs that are not there.
    pub(super) missing: Vec<String>,
}

/// Looks at every file of a phase, without stopping at the first fault.
pub(super) fn examine(case: &Snapshot, phase: Phase) -> Examination {
    let decisions = format!("approvals/{phase}/");
    let on_files = case.faults(phase).filter(|fault| !fault.file.starts_with(&decisions));
    let mut found = Examination {
        subjects: Vec::new(),
        pages: Vec::new(),
        data: None,
        faults: on_files.cloned().collect(),
        remarks: Vec::new(),
        missing: Vec::new(),
    };
    examine_pages(case, phase, &mut found);
    examine_data(case, phase.data_file(), &mut found);
    examine_evidence(case, &mut found);
    found.subjects.sort();
    found.faults.sort();
    found
}

fn examine_pages(case: &Snapshot, phase: Phase, found: &mut Examination) {
    if !phase.pages().iter().any(|name| case.has(name)) {
        found.missing.extend(phase.pages().first().map(|name| (*name).to_string()));
    }
    for name in phase.pages() {
        let Some(bytes) = case.get(name) else { continue };
        match canonical(bytes) {
            Ok(page) => {
                found.subjects.push(Subject { name: (*name).into(), sha256: hex_digest(page.text.as_bytes()) });
                found.faults.extend(hidden_in_page(name, &page));
                found.remarks.extend(remarks_on_page(name, &page));
                found.pages.push(((*name).into(), page));
            }
            Err(error) => found.faults.push(GateFinding {
                code: error.code().into(),
                file: (*name).into(),
                line: error.line(),
                message: error.to_string(),
            }),
        }
    }
}

fn examine_data(case: &Snapshot, name: &str, found: &mut Examination) {
    let Some(bytes) = case.get(name) else {
        if !case.has(name) {
            found.missing.push(name.into());
        }
        return;
    };
    // Read so that a key that stands twice is refused: programs differ in which one they take.
    let whole = serde_json::from_slice::<Json>(bytes).and_then(|_| serde_json::from_slice(bytes));
    match whole {
        Ok(value) => found.data = Some(value),
        Err(error) => found.faults.push(GateFinding {
            code: "invalid-json".into(),
            file: name.into(),
            line: u64::try_from(error.line()).ok(),
            message: "the file is not valid JSON, or names a key twice".into(),
        }),
    }
    found.subjects.push(Subject { name: name.into(), sha256: hex_digest(bytes) });
}

/// Every file under `evidence/` is a subject; names outside the safe characters, or alike but for capitals, are faults.
fn examine_evidence(case: &Snapshot, found: &mut Examination) {
    let mut by_folded_name: BTreeMap<String, &str> = BTreeMap::new();
    for (name, bytes) in case.below("evidence") {
        if !is_safe_name(name) {
            let message =
                format!("the name `{}` holds more than letters, digits, `.`, `_` and `-`", name.escape_default());
            found.faults.push(GateFinding::on_file("odd-name", "evidence", message));
            continue;
        }
        if let Some(other) = by_folded_name.insert(name.to_ascii_lowercase(), name) {
            let message = format!("it differs from `{other}` in capitals only");
            found.faults.push(GateFinding::on_file("name-collision", name, message));
        }
        found.subjects.push(Subject { name: name.into(), sha256: hex_digest(bytes) });
    }
}

/// Whether a name is made of parts of safe characters only.
fn is_safe_name(name: &str) -> bool {
    let safe = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    name.split('/').all(|part| !part.is_empty() && part != "." && part != ".." && part.bytes().all(safe))
}

pub(super) fn hex_digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(dir.path().to_path_buf()).unwrap();
        for (name, text) in files {
            let file = path.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        (dir, path)
    }

    const CASE: [(&str, &str); 3] = [("index.md", "# A\n"), ("case.json", "{}"), ("evidence/log.txt", "x\n")];

    fn fault(folder: &Utf8Path) -> String {
        match subjects(folder, Phase::Analysis).unwrap_err() {
            GateError::Invalid(finding) => format!("{} {}", finding.code, finding.file),
            other => other.to_string(),
        }
    }

    #[test]
    fn the_subjects_of_the_analysis_are_page_data_and_evidence_by_name() {
        let (_guard, dir) = folder(&CASE);
        let names: Vec<String> = subjects(&dir, Phase::Analysis).unwrap().into_iter().map(|s| s.name).collect();
        assert_eq!(names, ["case.json", "evidence/log.txt", "index.md"]);
    }

    #[test]
    fn a_page_is_hashed_in_canonical_form_and_evidence_by_its_bytes() {
        let (_guard, unix) = folder(&CASE);
        let (_other, windows) =
            folder(&[("index.md", "\u{feff}# A\r\n"), ("case.json", "{}"), ("evidence/log.txt", "x\r\n")]);
        let (a, b) = (subjects(&unix, Phase::Analysis).unwrap(), subjects(&windows, Phase::Analysis).unwrap());
        assert_eq!(a[2], b[2]);
        assert_ne!(a[1], b[1]);
    }

    #[test]
    fn the_digest_is_the_one_of_the_canonical_list() {
        let subject = |name: &str, sha256: &str| Subject { name: name.into(), sha256: sha256.into() };
        let list = [subject("b", "02"), subject("a", "01")];
        let whole = hex_digest(br#"[{"digest":{"sha256":"01"},"name":"a"},{"digest":{"sha256":"02"},"name":"b"}]"#);
        assert_eq!(digest(&list), whole);
        assert_eq!(review_code(&list), format!("{}-{}", &whole[..4], &whole[4..8]));
        assert_eq!(hex_digest(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn a_change_of_any_subject_changes_the_digest() {
        let (_guard, dir) = folder(&CASE);
        let before = digest(&subjects(&dir, Phase::Analysis).unwrap());
        fs::write(dir.join("evidence/more.txt"), "y").unwrap();
        assert_ne!(digest(&subjects(&dir, Phase::Analysis).unwrap()), before);
    }

    #[test]
    fn either_plan_page_is_a_subject_of_the_plan() {
        let (_guard, dir) = folder(&[("resolution_plan.md", "# P\n"), ("plan.json", "{}")]);
        let names: Vec<String> = subjects(&dir, Phase::Plan).unwrap().into_iter().map(|s| s.name).collect();
        assert_eq!(names, ["plan.json", "resolution_plan.md"]);
    }

    #[test]
    fn a_missing_file_or_folder_is_named() {
        let (_guard, dir) = folder(&[("index.md", "# A\n")]);
        assert_eq!(fault(&dir), "`case.json` does not exist");
        assert!(matches!(subjects(&dir.join("none"), Phase::Plan), Err(GateError::NotAFolder { .. })));
    }

    #[test]
    fn names_that_differ_in_capitals_only_are_refused() {
        let (_guard, dir) = folder(&[CASE[0], CASE[1], ("evidence/A.txt", ""), ("evidence/a.txt", "")]);
        assert_eq!(fault(&dir), "name-collision evidence/a.txt");
    }

    #[test]
    fn data_that_is_not_json_is_refused() {
        let (_guard, dir) = folder(&[("index.md", "a"), ("case.json", "{")]);
        assert_eq!(fault(&dir), "invalid-json case.json");
    }

    #[cfg(unix)]
    #[test]
    fn odd_names_under_evidence_are_refused() {
        for name in ["..\\x", "a\nb", "a b", "ä"] {
            let (_guard, dir) = folder(&CASE);
            fs::write(dir.join("evidence").join(name), "").unwrap();
            assert_eq!(fault(&dir), "odd-name evidence", "{name:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_in_place_of_files_or_folders_are_refused() {
        for name in ["evidence/link", "index.md", "case.json"] {
            let (_guard, dir) = folder(&CASE);
            let _ = fs::remove_file(dir.join(name));
            std::os::unix::fs::symlink("/", dir.join(name)).unwrap();
            assert_eq!(fault(&dir), format!("symlink {name}"));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_among_the_evidence_is_refused_without_waiting() {
        let (_guard, dir) = folder(&CASE);
        let made = std::process::Command::new("mkfifo").arg(dir.join("evidence/pipe")).status();
        if made.is_ok_and(|status| status.success()) {
            assert_eq!(fault(&dir), "not-a-regular-file evidence/pipe");
        }
    }
}
