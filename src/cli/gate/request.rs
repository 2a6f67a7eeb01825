//! `casefile gate request`: notes in `review.json` that a review is asked for. The note is unsigned and opens nothing.

use std::fs;
use std::io::Write as _;

use camino::Utf8PathBuf;
use serde_json::{Map, Value, json};

use crate::cli::error::CliError;
use crate::cli::output;
use crate::gate::{Phase, REQUEST_FILE, REQUEST_SCHEMA, digest, review_code, subjects_of, written};
use crate::render::to_json;

use super::ask::{AskArgs, Asked};

/// Ask for a review
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Case folder, or an id found below the configuration's `cases`
    case: Utf8PathBuf,
    #[command(flatten)]
    ask: AskArgs,
    /// Who asks
    #[arg(long, value_name = "PRINCIPAL")]
    by: Option<String>,
    /// Words to the reviewers
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<u8, CliError> {
    let asked = Asked::worktree(&args.case, &args.ask.policy)?;
    let phase = Phase::from(args.ask.phase);
    let subjects = subjects_of(&asked.case, phase).map_err(|error| CliError::input(error.to_string()))?;
    let known = asked.case.get(REQUEST_FILE).and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok());
    let mut requests = known.as_ref().and_then(|v| v.get("requests")?.as_object()).cloned().unwrap_or_else(Map::new);
    let request = json!({
        "by": args.by, "code": review_code(&subjects), "note": args.note,
        "requested_at": written(asked.clock.now), "subjects_sha256": digest(&subjects),
    });
    requests.insert(phase.as_str().into(), request);
    let text = to_json(&json!({ "requests": requests, "schema": REQUEST_SCHEMA }))
        .map_err(|error| CliError::internal(error.to_string()))?;
    let path = asked.folder.join(REQUEST_FILE);
    let failed = |error: std::io::Error| CliError::input(format!("cannot write {path}: {error}"));
    let mut file = tempfile::Builder::new().prefix(".request-").tempfile_in(&asked.folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.as_file().set_permissions(fs::Permissions::from_mode(0o644)).map_err(failed)?;
    }
    file.persist(&path).map_err(|error| failed(error.error))?;
    let name = asked.folder.file_name().unwrap_or_default();
    output::note(&format!("wrote {path}"));
    output::result(&format!(
        "a reviewer runs: casefile gate review {name} --phase {phase}   (code {})\n",
        review_code(&subjects)
    ))?;
    Ok(0)
}
