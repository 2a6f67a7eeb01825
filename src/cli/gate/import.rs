//! `casefile gate import`: adds a statement that was signed elsewhere, after the same checks as one signed here.

use camino::Utf8PathBuf;

use crate::cli::error::CliError;
use crate::cli::output;
use crate::gate::{
    GateState, Mode, SIGNATURE_BYTES, STATEMENT_BYTES, Snapshot, Statement, derive, read_regular, statement_file,
};

use super::ask::{Asked, PolicyArgs};
use super::{decide, describe, record, sign};

/// Add a statement that was signed elsewhere
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The statement is checked as if it lay in the case already; what would make the gate invalid is not imported.")]
pub struct Args {
    /// Case folder, or an id found below the configuration's `cases`
    case: Utf8PathBuf,
    /// The statement, as --print-statement gave it
    statement: Utf8PathBuf,
    /// Its signature, as `ssh-keygen -Y sign` gave it; none in unsigned mode
    signature: Option<Utf8PathBuf>,
    #[command(flatten)]
    policy: PolicyArgs,
}

/// Runs the command; exit code of the state after it.
pub fn run(args: &Args) -> Result<u8, CliError> {
    let read = |path: &Utf8PathBuf, limit| {
        read_regular(path, limit).map_err(|error| CliError::input(format!("cannot read {path}: {error}")))
    };
    let bytes = read(&args.statement, STATEMENT_BYTES)?;
    let signature = args.signature.as_ref().map(|path| read(path, SIGNATURE_BYTES)).transpose()?;
    let statement =
        Statement::parse(&bytes).map_err(|error| CliError::input(format!("{}: {error}", args.statement)))?;
    let phase = statement.predicate.phase;
    let asked = Asked::worktree(&args.case, &args.policy)?;
    let before = crate::gate::inspect(&asked.inquiry(phase, false));
    let policy = decide::usable(&asked, &before)?;
    let with = asked.case.with_decision(phase, &bytes, signature.as_deref());
    let report = derive(&crate::gate::Inquiry { case: &with, ..asked.inquiry(phase, false) });
    if report.state == GateState::Invalid {
        let name = statement_file(&bytes);
        let why = report.findings.iter().find(|f| f.file.ends_with(&name)).or_else(|| report.findings.first());
        let why = why.map_or_else(String::new, |f| format!(": {} ({})", f.message, f.code));
        return Err(CliError::input(format!("the statement does not hold{why}")).hint("nothing was recorded"));
    }
    if let (Mode::Ssh, Some(armor)) = (policy.mode, &signature) {
        let signer = decide::signer(policy, &statement.predicate.reviewer.principal)?;
        sign::confirmed(&bytes, armor, statement.predicate.decision.namespace(), signer)?;
    }
    let name = record::write(&asked.folder, phase, &bytes, signature.as_deref())?;
    output::note(&format!("recorded {name}"));
    let after = Snapshot::worktree(&asked.folder).map_err(|error| CliError::input(error.to_string()))?;
    let report = derive(&crate::gate::Inquiry { case: &after, ..asked.inquiry(phase, false) });
    output::result(&describe::text(&report))?;
    Ok(report.exit_code)
}
