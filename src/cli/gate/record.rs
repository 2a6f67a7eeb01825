//! Writes a decision: the signature before its statement, each whole, never over another file.

use std::fs::{self, File};
use std::io::Write as _;

use camino::Utf8Path;

use crate::cli::error::CliError;
use crate::gate::{Phase, statement_file};

/// Adds a statement and its signature to a case; gives the statement's name relative to the case folder.
///
/// A signature without its statement counts for nothing, so a kill between the two leaves the old state.
pub fn write(folder: &Utf8Path, phase: Phase, statement: &[u8], signature: Option<&[u8]>) -> Result<String, CliError> {
    let approvals = folder.join("approvals");
    let into = approvals.join(phase.as_str());
    let failed = |error: std::io::Error| {
        CliError::input(format!("cannot write to {into}: {error}")).hint("no decision was recorded")
    };
    fs::create_dir_all(&into).map_err(failed)?;
    let name = statement_file(statement);
    if let Some(signature) = signature {
        whole(&approvals, &into.join(format!("{name}.sig")), signature).map_err(failed)?;
    }
    whole(&approvals, &into.join(&name), statement).map_err(failed)?;
    #[cfg(unix)]
    File::open(&into).and_then(|folder| folder.sync_all()).map_err(failed)?;
    Ok(format!("approvals/{phase}/{name}"))
}

/// Writes beside the decisions, then moves into place; a file of the same bytes is left as it is.
fn whole(beside: &Utf8Path, path: &Utf8Path, bytes: &[u8]) -> std::io::Result<()> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    let mut file = tempfile::Builder::new().prefix(".decision-").tempfile_in(beside)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    file.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use camino::Utf8PathBuf;

    #[test]
    fn a_decision_is_two_files_and_is_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Utf8PathBuf::from_path_buf(dir.path().to_path_buf()).unwrap();
        let name = write(&folder, Phase::Plan, b"{}\n", Some(b"sig")).unwrap();
        assert_eq!(fs::read(folder.join(&name)).unwrap(), b"{}\n");
        assert_eq!(fs::read(folder.join(format!("{name}.sig"))).unwrap(), b"sig");
        assert_eq!(write(&folder, Phase::Plan, b"{}\n", Some(b"sig")).unwrap(), name);
        assert!(write(&folder, Phase::Plan, b"{}\n", Some(b"another")).is_err());
        assert_eq!(fs::read_dir(folder.join("approvals")).unwrap().count(), 1, "no temporary file is left");
    }
}
