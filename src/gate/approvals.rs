//! The files under `approvals/<phase>/`: which decisions are recorded. It does not read or verify them.

use std::fs;
use std::sync::LazyLock;

use camino::Utf8Path;
use regex::Regex;

use super::{GateFinding, Phase};

/// A statement is named after the first twelve digits of its digest, its signature after the statement.
static STATEMENT_FILE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\A[0-9a-f]{12}\.json(?P<signature>\.sig)?\z").expect("the pattern is constant and valid")
});

/// What lies in the folder of a phase's decisions.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    /// File names of statements, sorted.
    pub(super) statements: Vec<String>,
    /// Each makes the gate invalid.
    pub(super) faults: Vec<GateFinding>,
    /// Worth telling, without effect on the state.
    pub(super) remarks: Vec<GateFinding>,
}

/// Lists the decisions of a phase.
pub(super) fn recorded(folder: &Utf8Path, phase: Phase) -> Recorded {
    let mut found = Recorded::default();
    let mut at = folder.to_owned();
    for part in ["approvals", phase.as_str()] {
        at.push(part);
        let Ok(metadata) = fs::symlink_metadata(&at) else { return found };
        if !metadata.is_dir() {
            let name = at.strip_prefix(folder).unwrap_or(&at).as_str();
            found.faults.push(GateFinding::on_file("unexpected-file", name, "it must be a folder"));
            return found;
        }
    }
    let name_of = |file: &str| format!("approvals/{phase}/{file}");
    let Ok(entries) = at.read_dir_utf8() else {
        found.faults.push(GateFinding::on_file("unreadable-file", &name_of(""), "it cannot be read"));
        return found;
    };
    let mut signatures = Vec::new();
    for entry in entries {
        let Ok(entry) = entry else {
            let message = "it holds a name that is not UTF-8 or cannot be read";
            found.faults.push(GateFinding::on_file("unexpected-file", &name_of(""), message));
            continue;
        };
        let regular = entry.file_type().is_ok_and(|kind| kind.is_file());
        match STATEMENT_FILE.captures(entry.file_name()) {
            Some(name) if regular && name.name("signature").is_some() => signatures.push(entry.file_name().to_string()),
            Some(_) if regular => found.statements.push(entry.file_name().to_string()),
            _ => {
                let shown = entry.file_name().escape_default().to_string();
                let message = "only statements and their signatures belong here, as regular files";
                found.faults.push(GateFinding::on_file("unexpected-file", &name_of(&shown), message));
            }
        }
    }
    found.statements.sort();
    signatures.sort();
    for signature in signatures {
        let statement = signature.trim_end_matches(".sig");
        if found.statements.binary_search_by(|other| other.as_str().cmp(statement)).is_err() {
            let message = "a signature without its statement is left out";
            found.remarks.push(GateFinding::on_file("signature-without-statement", &name_of(&signature), message));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(files: &[&str]) -> (Vec<String>, Vec<String>, usize) {
        let dir = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(dir.path()).unwrap();
        fs::create_dir_all(folder.join("approvals/plan")).unwrap();
        for file in files {
            fs::write(folder.join("approvals/plan").join(file), "").unwrap();
        }
        let found = recorded(folder, Phase::Plan);
        (found.statements, found.faults.into_iter().map(|f| f.file).collect(), found.remarks.len())
    }

    #[test]
    fn statements_and_signatures_are_told_from_other_files() {
        let (statements, faults, remarks) =
            listed(&["0123456789ab.json", "0123456789ab.json.sig", "README.md", "0123456789AB.json"]);
        assert_eq!(statements, ["0123456789ab.json"]);
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert_eq!(remarks, 0);
    }

    #[test]
    fn a_signature_alone_is_a_remark_only() {
        assert_eq!(listed(&["0123456789ab.json.sig"]), (vec![], vec![], 1));
    }

    #[test]
    fn no_folder_holds_no_decision() {
        let dir = tempfile::tempdir().unwrap();
        let found = recorded(Utf8Path::from_path(dir.path()).unwrap(), Phase::Analysis);
        assert!(found.statements.is_empty() && found.faults.is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_place_of_a_statement_is_a_fault() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(dir.path()).unwrap();
        fs::create_dir_all(folder.join("approvals/plan")).unwrap();
        std::os::unix::fs::symlink("/dev/null", folder.join("approvals/plan/0123456789ab.json")).unwrap();
        let found = recorded(folder, Phase::Plan);
        assert_eq!((found.statements.len(), found.faults.len()), (0, 1));
    }
}
