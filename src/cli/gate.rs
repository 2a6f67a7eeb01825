//! `casefile gate`: whether a phase of a case is approved, as derived from its folder.

use std::fmt::Write as _;

use camino::Utf8PathBuf;

use crate::gate::{GateReport, Phase, derive};
use crate::render::{to_json, visible};

use super::config::Config;
use super::error::CliError;
use super::{load, output};

/// Ask whether a phase of a case is approved
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Derive the state of a gate; the exit code is the state's: 0 open, 10 to 16 closed
    Check {
        /// Case folder, or an id found below the configuration's `cases`
        case: Utf8PathBuf,
        /// Which gate
        #[arg(long, value_enum)]
        phase: PhaseName,
        /// Print the answer as JSON (schema casefile.gate/1)
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum PhaseName {
    /// The report
    Analysis,
    /// The plan
    Plan,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<u8, CliError> {
    let Command::Check { case, phase, json } = &args.command;
    let phase = match phase {
        PhaseName::Analysis => Phase::Analysis,
        PhaseName::Plan => Phase::Plan,
    };
    let config = Config::load(None, case)?;
    let folder = load::folder(case, &config)?;
    let report = derive(&folder, phase).map_err(|error| CliError::input(error.to_string()))?;
    let text = if *json {
        to_json(&report).map_err(|error| CliError::internal(error.to_string()))?
    } else {
        describe(&report)
    };
    output::result(&text)?;
    Ok(report.exit_code)
}

fn describe(report: &GateReport) -> String {
    let open = if report.open { "open" } else { "closed" };
    let mut text = format!("{} {}: {} ({open})\n", report.case, report.phase, report.state);
    for subject in &report.subjects {
        let _ = writeln!(text, "  {}  {}", &subject.sha256[..12], visible(&subject.name));
    }
    for finding in &report.findings {
        let place = finding.line.map_or_else(|| finding.file.clone(), |line| format!("{}:{line}", finding.file));
        let _ = writeln!(text, "  {} {}: {}", finding.code, visible(&place), visible(&finding.message));
    }
    let _ = writeln!(text, "next: {}", visible(&report.next));
    text
}
