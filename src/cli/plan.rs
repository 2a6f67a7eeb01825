//! `casefile plan`: the plan of a case whose analysis is approved.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::case::{Case, Plan, PlanProfile};
use crate::case_folder::{CaseFiles, Overwrite, first_generated, write_case};
use crate::gate::{Phase, derive, digest, subjects_of};
use crate::plan::{PlanOptions, criticise, make_plan};
use crate::render::to_json;

use super::config::Config;
use super::error::CliError;
use super::gate::{Asked, PolicyArgs};
use super::page::{self, PageArgs};
use super::{clock, load, output};

/// Write the implementation plan of a case whose analysis is approved
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  casefile plan cases/SHOP-12
  casefile plan cases/SHOP-12 --draft    before the analysis is approved; a draft cannot be approved itself

With the gate of the analysis closed nothing is written, and the exit code is the gate's (10 to 16).")]
pub struct Args {
    /// Case folder, or an id found below the configuration's `cases`
    case: Utf8PathBuf,
    /// Make a draft although the analysis is not approved
    #[arg(long)]
    draft: bool,
    /// The principal who prepares the plan
    #[arg(long, value_name = "PRINCIPAL")]
    by: Option<String>,
    /// Write pages even where a person has changed them; the old page is kept beside them
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    page: PageArgs,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<u8, CliError> {
    let config = Config::load(args.page.config.as_deref(), &args.case)?;
    let folder = load::folder(&args.case, &config)?;
    let case = load::case(&folder, &config)?;
    let asked = Asked::worktree(&folder, &PolicyArgs::default())?;
    let gate = derive(&asked.inquiry(Phase::Analysis, false));
    if !gate.open && !args.draft {
        output::warning(&format!("the analysis of {} is {}; nothing was written", case.id, gate.state));
        output::note(&gate.next);
        output::note("`--draft` makes a plan that cannot be approved");
        return Ok(gate.exit_code);
    }
    let now = clock::now(args.page.now.as_deref())?;
    let upstream = subjects_of(&asked.case, Phase::Analysis).map_err(|error| CliError::input(error.to_string()))?;
    let options = PlanOptions {
        profile: PlanProfile::Implementation,
        upstream: digest(&upstream),
        draft: args.draft && !gate.open,
        prepared_by: args.by.clone().or_else(|| config.prepared_by.clone()).or_else(|| case.prepared_by.clone()),
        generated_at: first_generated(&folder, Phase::Plan).unwrap_or_else(|| now.clone()),
    };
    let plan = make_plan(&case, &options);
    write(args, &config, &folder, &case, &plan, &now)
}

fn write(args: &Args, config: &Config, folder: &Utf8Path, case: &Case, plan: &Plan, now: &str) -> Result<u8, CliError> {
    let mut context = page::context(&args.page, config, case, page::draft_gate());
    context.generated_at.clone_from(&plan.generated_at);
    context.last_updated = now.to_string();
    let text = page::renderer(&args.page)?.plan(plan, case, &context).map_err(page::render_failed)?;
    let json = to_json(plan).map_err(|error| CliError::internal(error.to_string()))?;
    let files = CaseFiles {
        pages: BTreeMap::from([("implementation_plan.md".to_string(), text)]),
        data: BTreeMap::from([("plan.json".to_string(), json.into_bytes())]),
        evidence: BTreeMap::new(),
    };
    let mode = if args.force { Overwrite::Force } else { Overwrite::KeepEdits };
    let outcome = write_case(folder, &files, mode).map_err(|error| page::write_failed(&error))?;
    let code = page::report_outcome(folder, &outcome)?;
    for finding in criticise(plan, case) {
        output::warning(&format!("{}: {}", finding.code, finding.message));
    }
    Ok(code)
}
