//! What the commands that write pages share: options, context, renderer, and how a write is reported.

use camino::{Utf8Path, Utf8PathBuf};

use crate::case::Case;
use crate::case_folder::{WriteError, WriteKind, WriteOutcome};
use crate::render::{Flavour, GateView, PageContext, RenderError, Renderer};

use super::config::{Config, FlavourName};
use super::error::CliError;
use super::output;

/// Options of every command that writes a page.
#[derive(Debug, clap::Args)]
pub struct PageArgs {
    /// Time to write into pages, instead of the clock's (2026-11-21T09:30:00Z)
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
    /// Name shown as the analyst of a report, or as the one who made a plan
    #[arg(long, value_name = "NAME")]
    pub analyst: Option<String>,
    /// Folder of templates that replace builtin ones of the same name
    #[arg(long, value_name = "DIR")]
    pub template_dir: Option<Utf8PathBuf>,
    /// Configuration file, instead of the nearest .casefile/config.toml
    #[arg(long, value_name = "FILE")]
    pub config: Option<Utf8PathBuf>,
}

/// The renderer with the user's templates in front of the builtin ones.
pub fn renderer(args: &PageArgs) -> Result<Renderer, CliError> {
    Renderer::new(args.template_dir.as_deref()).map_err(render_failed)
}

/// What a page shows beside the case.
pub fn context(args: &PageArgs, config: &Config, case: &Case, gate: GateView) -> PageContext {
    PageContext {
        analyst: args.analyst.clone().or_else(|| config.analyst.clone()).unwrap_or_else(|| "TPM/PO Agent".into()),
        // The analyst of the configuration writes reports; who plans is named for this one run only.
        planner: args.analyst.clone().unwrap_or_else(|| "Architect Agent".into()),
        prepared_by: case.prepared_by.clone(),
        jira_base_url: config.jira_base_url.clone(),
        flavour: match config.flavour {
            FlavourName::Portable => Flavour::Portable,
            FlavourName::Docusaurus => Flavour::Docusaurus,
        },
        generated_at: case.generated_at.clone(),
        last_updated: case.generated_at.clone(),
        gate,
        evidence_files: Vec::new(),
    }
}

/// The gate of a page that nobody has decided on.
pub fn draft_gate() -> GateView {
    GateView { state: "draft".into(), open: false, detail: "nobody has decided on this page yet".into() }
}

/// A rendering failure as an error of the configuration: builtin templates are tested, a user's may be wrong.
#[allow(clippy::needless_pass_by_value, reason = "used with map_err")]
pub fn render_failed(error: RenderError) -> CliError {
    CliError::config(chain(&error))
}

/// A failure to write, with its cause; nothing was changed.
pub fn write_failed(error: &WriteError) -> CliError {
    CliError::input(chain(error)).hint("nothing in the case folder was changed")
}

/// An error with its causes, each after a colon.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// Reports what writing a case folder came to; exit code 1 where edits or an approval stopped it.
pub fn report_outcome(folder: &Utf8Path, outcome: &WriteOutcome) -> Result<u8, CliError> {
    for finding in &outcome.findings {
        output::warning(&format!("{}: {}", finding.code, finding.message));
    }
    match outcome.kind {
        WriteKind::Written => output::note(&format!("wrote {folder}")),
        WriteKind::Unchanged => output::note(&format!("unchanged {folder}")),
        WriteKind::Edited => {
            output::result(&outcome.diff)?;
            output::warning(&format!("nothing was written: a person has changed {}", outcome.edited.join(", ")));
            output::note("the difference is printed above; --force writes and keeps the old page in .generated/");
            return Ok(1);
        }
        WriteKind::Approved => {
            let phases: Vec<&str> = outcome.approved.iter().map(|phase| phase.as_str()).collect();
            output::warning(&format!("nothing was written: decisions are recorded for {}", phases.join(" and ")));
            output::note("--force writes and makes those decisions stale");
            return Ok(1);
        }
    }
    Ok(0)
}
