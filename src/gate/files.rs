//! The files of one case, each read once: lint, digests, decisions and what a reviewer sees all use the same bytes.

use std::collections::BTreeMap;
use std::fs;

use camino::Utf8Path;

use super::signature::SIGNATURE_BYTES;
use super::statement::{STATEMENT_BYTES, statement_file};
use super::{GateError, GateFinding, PAGE_BYTES, Phase, read_regular};
use crate::limits;

/// Files at the top of a case folder that the gate looks at.
const TOP: [&str; 6] =
    ["index.md", "case.json", "implementation_plan.md", "resolution_plan.md", "plan.json", "review.json"];

/// What a case folder holds, as far as the gate looks at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Name of the case folder.
    pub folder: String,
    /// Bytes by name relative to the case folder, with `/`.
    files: BTreeMap<String, Vec<u8>>,
    /// What stands against single files.
    faults: Vec<GateFinding>,
}

impl Snapshot {
    /// Reads a case folder of the work tree.
    pub fn worktree(folder: &Utf8Path) -> Result<Self, GateError> {
        if !fs::metadata(folder).is_ok_and(|metadata| metadata.is_dir()) {
            return Err(GateError::NotAFolder { folder: folder.to_owned() });
        }
        let canonical = folder.canonicalize_utf8().unwrap_or_else(|_| folder.to_owned());
        let mut found = Snapshot { folder: canonical.file_name().unwrap_or_default().into(), ..Snapshot::default() };
        for name in TOP {
            if fs::symlink_metadata(folder.join(name)).is_ok() {
                found.read(folder, name);
            }
        }
        found.walk(folder, "evidence", limits::INPUT_DEPTH);
        found.walk_decisions(folder);
        Ok(found)
    }

    /// A case from entries of a git tree or index: name relative to the case folder, mode as octal text, bytes.
    pub(super) fn of_entries(folder: &str, entries: Vec<(String, String, Vec<u8>)>) -> Self {
        let mut found = Snapshot { folder: folder.into(), ..Snapshot::default() };
        let mut evidence = 0;
        for (name, mode, bytes) in entries {
            let top = name.split('/').next().unwrap_or_default();
            if matches!(name.as_str(), "evidence" | "approvals") {
                found.fault("not-a-folder", &name, "it must be a folder of regular files");
                continue;
            }
            if !(TOP.contains(&name.as_str()) || matches!(top, "evidence" | "approvals")) {
                continue;
            }
            evidence += usize::from(top == "evidence");
            match mode.as_str() {
                "100644" | "100755" if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit(&name) => {
                    let message = format!("it has more than {} bytes", limit(&name));
                    found.fault("file-too-large", &name, message);
                }
                "100644" | "100755" => drop(found.files.insert(name, bytes)),
                "120000" => found.fault("symlink", &name, "it is a symbolic link"),
                "conflict" => found.fault("unmerged", &name, "it has unresolved merge conflicts"),
                _ => found.fault("not-a-regular-file", &name, "it is not a regular file"),
            }
        }
        if evidence > limits::INPUT_FILES {
            found.fault("too-many-files", "evidence", "it holds too many files");
        }
        found
    }

    /// The bytes of a file.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    /// Files below a folder, sorted by name; the name keeps the folder.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        let inside = move |name: &str| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let from = format!("{folder}/");
        let listed = self.files.range(from..).take_while(move |(name, _)| inside(name));
        listed.map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// The case as it would be with a further decision.
    pub fn with_decision(&self, phase: Phase, statement: &[u8], signature: Option<&[u8]>) -> Self {
        let mut with = self.clone();
        let name = format!("approvals/{phase}/{}", statement_file(statement));
        if let Some(signature) = signature {
            with.files.insert(format!("{name}.sig"), signature.to_vec());
        }
        with.files.insert(name, statement.to_vec());
        with
    }

    /// What stands against the files that count for a phase.
    pub fn faults(&self, phase: Phase) -> impl Iterator<Item = &GateFinding> {
        let decisions = format!("approvals/{phase}");
        self.faults.iter().filter(move |fault| {
            let file = fault.file.as_str();
            let top = file.split('/').next().unwrap_or_default();
            top == "evidence"
                || file == phase.data_file()
                || phase.pages().contains(&file)
                || file == "approvals"
                || file == decisions
                || file.strip_prefix(&decisions).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// Whether a file is there, readable or not.
    pub fn has(&self, name: &str) -> bool {
        self.files.contains_key(name) || self.faults.iter().any(|fault| fault.file == name)
    }

    fn fault(&mut self, code: &str, name: &str, message: impl Into<String>) {
        self.faults.push(GateFinding::on_file(code, name, message));
    }

    fn read(&mut self, folder: &Utf8Path, name: &str) {
        match read_regular(&folder.join(name), limit(name)) {
            Ok(bytes) => drop(self.files.insert(name.into(), bytes)),
            Err(error) => self.fault(error.code(), name, error.to_string()),
        }
    }

    /// Reads every file below `top`; links and special files are faults, as is what cannot be listed.
    fn walk(&mut self, folder: &Utf8Path, top: &str, depth: usize) {
        let root = folder.join(top);
        let Ok(metadata) = fs::symlink_metadata(&root) else { return };
        if !metadata.is_dir() {
            self.fault("not-a-folder", top, "it must be a folder of regular files");
            return;
        }
        let walk = walkdir::WalkDir::new(&root).min_depth(1).max_depth(depth).follow_links(false);
        for (count, entry) in walk.sort_by_file_name().into_iter().enumerate() {
            if count >= limits::INPUT_FILES * 4 {
                self.fault("too-many-files", top, "it holds too many files");
                return;
            }
            let Ok(entry) = entry else {
                self.fault("unreadable-file", top, "a folder in it cannot be read");
                continue;
            };
            let name = entry.path().strip_prefix(folder).ok().and_then(Utf8Path::from_path);
            let Some(name) = name.map(|name| name.as_str().to_string()) else {
                let shown = entry.file_name().to_string_lossy().escape_default().to_string();
                self.fault("odd-name", top, format!("the name `{shown}` is not UTF-8"));
                continue;
            };
            if entry.file_type().is_dir() && entry.depth() < depth {
                continue;
            }
            self.read(folder, &name);
        }
    }

    fn walk_decisions(&mut self, folder: &Utf8Path) {
        let Ok(metadata) = fs::symlink_metadata(folder.join("approvals")) else { return };
        if !metadata.is_dir() {
            self.fault("unexpected-file", "approvals", "it must be a folder");
            return;
        }
        for phase in [Phase::Analysis, Phase::Plan] {
            self.walk(folder, &format!("approvals/{phase}"), 1);
        }
    }
}

/// Largest size of a file, in bytes, by what it is.
fn limit(name: &str) -> u64 {
    if name.starts_with("approvals/") {
        return if name.ends_with(".sig") { SIGNATURE_BYTES } else { STATEMENT_BYTES };
    }
    if name.ends_with(".md") && !name.contains('/') { PAGE_BYTES } else { limits::LOG_BYTES }
}

#[cfg(test)]
mod tests {
    use super::*;
    use camino::Utf8PathBuf;

    fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(dir.path().join("CASE-1")).unwrap();
        for (name, text) in files {
            let file = path.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        (dir, path)
    }

    fn entry(name: &str, mode: &str) -> (String, String, Vec<u8>) {
        (name.into(), mode.into(), b"x".to_vec())
    }

    #[test]
    fn what_the_gate_looks_at_is_read_and_the_rest_is_not() {
        let files = [("index.md", "a"), ("notes.md", "b"), ("evidence/x/y.txt", "c"), ("approvals/plan/q", "d")];
        let (_guard, dir) = folder(&files);
        let read = Snapshot::worktree(&dir).unwrap();
        assert_eq!((read.get("index.md"), read.get("notes.md")), (Some(&b"a"[..]), None));
        let below: Vec<&str> = read.below("evidence").map(|(name, _)| name).collect();
        assert_eq!(below, ["evidence/x/y.txt"]);
        assert_eq!(read.get("approvals/plan/q"), Some(&b"d"[..]));
        assert_eq!(read.folder, "CASE-1");
    }

    #[test]
    fn links_and_special_entries_of_a_tree_are_faults_of_their_phase() {
        let entries = vec![
            entry("index.md", "120000"),
            entry("evidence/sub", "160000"),
            entry("approvals/plan/a", "120000"),
            entry("README", "120000"),
        ];
        let read = Snapshot::of_entries("CASE-1", entries);
        let faults = |phase| read.faults(phase).map(|f| f.file.as_str()).collect::<Vec<_>>();
        assert_eq!(faults(Phase::Analysis), ["index.md", "evidence/sub"]);
        assert_eq!(faults(Phase::Plan), ["evidence/sub", "approvals/plan/a"]);
    }

    #[test]
    fn below_stops_at_the_folder_of_that_name() {
        let read = Snapshot::of_entries("C", vec![entry("evidence/a", "100644"), entry("approvals/plan/b", "100644")]);
        assert_eq!(read.below("evidence").count(), 1);
        assert_eq!(read.below("approvals/plan").count(), 1);
        assert_eq!(read.below("approvals/pla").count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_linked_folder_of_decisions_or_evidence_is_a_fault() {
        for (place, phase) in
            [("evidence", Phase::Analysis), ("approvals/plan", Phase::Plan), ("approvals", Phase::Plan)]
        {
            let (_guard, dir) = folder(&[("index.md", "a")]);
            let link = dir.join(place);
            fs::create_dir_all(link.parent().unwrap()).unwrap();
            std::os::unix::fs::symlink("/", link).unwrap();
            assert!(Snapshot::worktree(&dir).unwrap().faults(phase).next().is_some(), "{place}");
        }
    }
}
