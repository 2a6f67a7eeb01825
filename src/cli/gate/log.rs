//! `casefile gate log`: every recorded decision of a case, oldest first, and what became of it.

use camino::Utf8PathBuf;

use crate::cli::error::CliError;
use crate::cli::output;
use crate::gate::{Phase, Statement, derive};
use crate::render::visible;

use super::ask::{Asked, PolicyArgs};

/// List every recorded decision
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Case folder, or an id found below the configuration's `cases`
    case: Utf8PathBuf,
    #[command(flatten)]
    policy: PolicyArgs,
    /// Print the list as JSON, one decision a line
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<u8, CliError> {
    let asked = Asked::worktree(&args.case, &args.policy)?;
    let mut rows = Vec::new();
    for phase in [Phase::Analysis, Phase::Plan] {
        let report = derive(&asked.inquiry(phase, false));
        let folder = format!("approvals/{phase}");
        for (path, bytes) in asked.case.below(&folder).filter(|(path, _)| path.ends_with(".json")) {
            let file = path.rsplit('/').next().unwrap_or(path);
            let fault = report.findings.iter().find(|finding| finding.file == path);
            let left = report.not_counted.iter().find(|left| left.statement == file);
            let standing = match (fault, left) {
                (Some(fault), _) => format!("does not hold: {}", fault.message),
                (None, Some(left)) => left.reason.clone(),
                (None, None) => "stands".into(),
            };
            let Ok(statement) = Statement::parse(bytes) else {
                rows.push((String::new(), phase, path.to_string(), None, standing));
                continue;
            };
            rows.push((statement.predicate.signed_at.clone(), phase, path.to_string(), Some(statement), standing));
        }
    }
    rows.sort_by(|a, b| (&a.0, a.1, &a.2).cmp(&(&b.0, b.1, &b.2)));
    for (at, phase, path, statement, standing) in rows {
        let predicate = statement.as_ref().map(|statement| &statement.predicate);
        let decision = predicate.map_or("unreadable", |p| p.decision.as_str());
        let principal = predicate.map_or("", |p| p.reviewer.principal.as_str());
        let comment = predicate.and_then(|p| p.comment.as_deref());
        let line = if args.json {
            let row = serde_json::json!({
                "at": at, "phase": phase, "file": path, "decision": decision, "principal": principal,
                "comment": comment, "standing": standing,
            });
            row.to_string()
        } else {
            let comment = comment.map_or_else(String::new, |text| format!("\n    {}", visible(text)));
            let (principal, path) = (visible(principal), visible(&path));
            format!("{at:20}  {phase:8}  {decision:11}  {principal}  {path}  {}{comment}", visible(&standing))
        };
        output::result(&format!("{line}\n"))?;
    }
    Ok(0)
}
