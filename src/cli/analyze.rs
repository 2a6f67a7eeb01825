//! `casefile analyze`: sources in, the report on standard output, JSON, or a case folder.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::case::Case;
use crate::case_folder::{CaseFiles, Overwrite, WriteOutcome, first_generated, write_case};
use crate::finding::Severity;
use crate::gate::Phase;
use crate::pipeline::{AnalyzeOptions, analyze};
use crate::render::{self, to_json};
use crate::rules::RuleSet;
use crate::source::read_inputs;
use crate::span::SourceId;

use super::batch::{self, Batch};
use super::config::Config;
use super::error::CliError;
use super::page::{self, PageArgs};
use super::rules::RuleArgs;
use super::{clock, output};

/// Analyse incident documents and logs; print the report, or write the case folder with --out
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  casefile analyze incident.md
  casefile analyze .analysis-inputs/SHOP-12/ --out docs/cases
  casefile analyze ticket.md --logs gateway.log --logs auth.log.gz --json | jq .hypotheses
  find tickets -name '*.md' | casefile analyze --jsonl > cases.jsonl

Several inputs are one case; the first document leads. A folder is read as it is: raw-description.md, notes.md,
logs/, attachments/. `-` reads standard input. With --jsonl each path is a case of its own; of one that cannot be
read the line is {\"error\": …, \"path\": …} and the exit code 1.")]
pub struct Args {
    /// Documents or folders of one case
    #[arg(required_unless_present = "jsonl")]
    input: Vec<Utf8PathBuf>,
    /// A log that belongs to the case (.gz and .zst are read as they are)
    #[arg(long, value_name = "FILE")]
    logs: Vec<Utf8PathBuf>,
    /// Write the case folder DIR/<ID>/ instead of printing the report
    #[arg(long, value_name = "DIR")]
    out: Option<Utf8PathBuf>,
    /// Print the case as JSON (schema casefile.case/1)
    #[arg(long, conflicts_with = "out")]
    json: bool,
    /// Analyse many inputs: a path a line from standard input or the file INPUT; prints a case a line
    #[arg(long, conflicts_with_all = ["out", "json", "id", "logs"])]
    jsonl: bool,
    /// Id of the case, instead of the one found in the sources
    #[arg(long)]
    id: Option<String>,
    /// The principal who prepares the case: the author, as the gate understands it
    #[arg(long, value_name = "PRINCIPAL")]
    by: Option<String>,
    /// Write pages even where a person has changed them; the old page is kept beside them
    #[arg(long, requires = "out")]
    force: bool,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    rules: RuleArgs,
    /// Folder of a code base; code is not read by this version, the case says so
    #[arg(long, value_name = "DIR", hide = true)]
    workspace: Option<Utf8PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<u8, CliError> {
    let lead = args.input.first().map_or(Utf8Path::new("."), Utf8PathBuf::as_path);
    let config = Config::load(args.page.config.as_deref(), lead)?;
    let rules = args.rules.load(&config)?;
    if args.jsonl {
        return many(args, &config, &rules);
    }
    let (sources, findings) = read_inputs(&args.input, &args.logs).map_err(|error| {
        let failure = CliError::input(error.to_string());
        error.help().into_iter().fold(failure, CliError::hint)
    })?;
    let options = AnalyzeOptions {
        id: args.id.as_deref().map(check_id).transpose()?,
        folder_name: args.input[0].is_dir().then(|| folder_name(&args.input[0])),
        prepared_by: args.by.clone().or_else(|| config.prepared_by.clone()),
        spellings: config.spellings(),
        generated_at: clock::now(args.page.now.as_deref())?,
    };
    let folder = base_folder(&args.input[0]);
    let exists = |_: SourceId, link: &str| folder.join(link).exists();
    let case = analyze(&sources, findings, &rules, &options, &exists);
    if args.json {
        let text = to_json(&case).map_err(|error| CliError::internal(error.to_string()))?;
        return output::result(&text).map(|()| 0);
    }
    match &args.out {
        Some(out) => write(args, &config, case, out),
        None => print(args, &config, &case),
    }
}

/// Runs the command on a list of inputs.
fn many(args: &Args, config: &Config, rules: &RuleSet) -> Result<u8, CliError> {
    if args.input.len() > 1 {
        return Err(CliError::usage("--jsonl takes one list").hint("put one path on each line of it"));
    }
    let prepared_by = args.by.clone().or_else(|| config.prepared_by.clone());
    let batch = Batch {
        rules,
        prepared_by,
        spellings: config.spellings(),
        generated_at: clock::now(args.page.now.as_deref())?,
    };
    batch::run(args.input.first().map(Utf8PathBuf::as_path), &batch)
}

/// An id names a folder, so it may hold nothing but letters, digits, `-`, `_` and `.`.
fn check_id(id: &str) -> Result<String, CliError> {
    let fits = id.starts_with(|c: char| c.is_ascii_alphabetic())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if fits {
        return Ok(id.to_string());
    }
    Err(CliError::usage(format!("`{id}` is no case id"))
        .hint("an id starts with a letter and holds letters, digits, - _ ."))
}

/// The name of a folder, also where it is given as `.`.
pub fn folder_name(folder: &Utf8Path) -> String {
    let full = folder.canonicalize_utf8().unwrap_or_else(|_| folder.to_path_buf());
    full.file_name().unwrap_or_default().to_string()
}

/// The folder that relative links of the documents start from.
pub fn base_folder(input: &Utf8Path) -> Utf8PathBuf {
    if input.is_dir() { input.to_path_buf() } else { input.parent().unwrap_or(Utf8Path::new("")).to_path_buf() }
}

fn print(args: &Args, config: &Config, case: &Case) -> Result<u8, CliError> {
    let renderer = page::renderer(&args.page)?;
    let context = page::context(&args.page, config, case, page::draft_gate());
    let text = renderer.report(case, &context).map_err(page::render_failed)?;
    output::result(&text).map(|()| 0)
}

fn write(args: &Args, config: &Config, mut case: Case, out: &Utf8Path) -> Result<u8, CliError> {
    let folder = out.join(&case.id);
    let now = case.generated_at.clone();
    if let Some(first) = first_generated(&folder, Phase::Analysis) {
        case.generated_at = first;
    }
    let files = files(args, config, &case, &now)?;
    let mode = if args.force { Overwrite::Force } else { Overwrite::KeepEdits };
    let outcome = write_case(&folder, &files, mode).map_err(|error| page::write_failed(&error))?;
    report(&folder, &case, &outcome)
}

/// Everything a case folder holds after an analysis.
fn files(args: &Args, config: &Config, case: &Case, now: &str) -> Result<CaseFiles, CliError> {
    let renderer = page::renderer(&args.page)?;
    let evidence = render::evidence_files(case);
    let mut context = page::context(&args.page, config, case, page::draft_gate());
    context.last_updated = now.to_string();
    context.evidence_files = evidence.keys().cloned().collect();
    let json = to_json(case).map_err(|error| CliError::internal(error.to_string()))?;
    let report = renderer.report(case, &context).map_err(page::render_failed)?;
    let waiting = renderer.waiting_plan(case, &context).map_err(page::render_failed)?;
    let pages = BTreeMap::from([("index.md".to_string(), report), ("implementation_plan.md".to_string(), waiting)]);
    let data = BTreeMap::from([
        ("_category_.json".to_string(), render::category(case).into_bytes()),
        ("case.json".to_string(), json.into_bytes()),
    ]);
    let evidence = evidence.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
    Ok(CaseFiles { pages, data, evidence })
}

fn report(folder: &Utf8Path, case: &Case, outcome: &WriteOutcome) -> Result<u8, CliError> {
    let code = page::report_outcome(folder, outcome)?;
    if code == 0 {
        let warnings = case.findings.iter().filter(|finding| finding.severity >= Severity::Warning).count();
        if warnings > 0 {
            output::note(&format!("{warnings} finding(s) on the sources; see section 6 of the report"));
        }
    }
    Ok(code)
}
