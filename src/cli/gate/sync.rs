//! `casefile gate sync`: writes the derived state into the pages' front matter. It never changes what was approved: the
//! `status` line is no part of the canonical form, and that is checked before writing.

use std::io::Write as _;

use camino::{Utf8Path, Utf8PathBuf};

use crate::cli::error::CliError;
use crate::cli::output;
use crate::gate::{Phase, canonical, derive};

use super::ask::{Asked, PolicyArgs};

/// Write the derived states into the pages
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Case folder, or an id found below the configuration's `cases`
    case: Utf8PathBuf,
    #[command(flatten)]
    policy: PolicyArgs,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<u8, CliError> {
    let asked = Asked::worktree(&args.case, &args.policy)?;
    for phase in [Phase::Analysis, Phase::Plan] {
        let report = derive(&asked.inquiry(phase, false));
        for page in phase.pages() {
            let Some(bytes) = asked.case.get(page) else { continue };
            let path = asked.folder.join(page);
            let Some(text) = with_status(bytes, report.state.as_str()) else {
                output::warning(&format!("{path} has no front matter that a status could stand in"));
                continue;
            };
            if text == bytes {
                output::note(&format!("unchanged {path}: {}", report.state));
                continue;
            }
            replace(&path, &text)?;
            output::note(&format!("wrote {path}: {}", report.state));
        }
    }
    Ok(0)
}

/// The page with its `status` line set; `None` where that cannot be done without changing what is hashed.
fn with_status(bytes: &[u8], state: &str) -> Option<Vec<u8>> {
    let before = canonical(bytes).ok()?;
    let text = std::str::from_utf8(bytes).ok()?;
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let line = format!("status: \"{state}\"{newline}");
    let at = before.excluded.iter().find(|key| key.key == "status").map(|key| key.line);
    let lines = (1_u64..).zip(text.split_inclusive('\n'));
    let changed: String = match at {
        Some(at) => lines.map(|(number, old)| if number == at { line.as_str() } else { old }).collect(),
        None if before.text.starts_with("---\n") => {
            lines.map(|(number, old)| if number == 1 { format!("{old}{line}") } else { old.to_string() }).collect()
        }
        None => return None,
    };
    let after = canonical(changed.as_bytes()).ok()?;
    (after.text == before.text).then(|| changed.into_bytes())
}

fn replace(path: &Utf8Path, bytes: &[u8]) -> Result<(), CliError> {
    let failed = |error: std::io::Error| CliError::input(format!("cannot write {path}: {error}"));
    let folder = path.parent().unwrap_or(Utf8Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".sync-").tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    if let Ok(metadata) = std::fs::metadata(path) {
        file.as_file().set_permissions(metadata.permissions()).map_err(failed)?;
    }
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn synced(page: &str) -> Option<String> {
        with_status(page.as_bytes(), "approved").map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn the_status_line_is_set_and_nothing_else() {
        assert_eq!(
            synced("---\nid: a\nstatus: draft\n---\nb\n").as_deref(),
            Some("---\nid: a\nstatus: \"approved\"\n---\nb\n")
        );
        assert_eq!(synced("---\nid: a\n---\nb\n").as_deref(), Some("---\nstatus: \"approved\"\nid: a\n---\nb\n"));
        assert_eq!(synced("---\r\nstatus: x\r\n---\r\n").as_deref(), Some("---\r\nstatus: \"approved\"\r\n---\r\n"));
    }

    #[test]
    fn a_page_without_front_matter_is_left_alone() {
        assert_eq!(synced("# A\n"), None);
    }
}
