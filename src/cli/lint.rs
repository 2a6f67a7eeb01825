//! `casefile lint`: what is wrong with an input, a report or a plan.

use std::fmt::Write as _;

use camino::{Utf8Path, Utf8PathBuf};

use crate::case::CaseFinding;
use crate::extract;
use crate::finding::Severity;
use crate::plan::criticise;
use crate::register::cite_finding;
use crate::render::to_json;
use crate::source::read_inputs;
use crate::span::SourceId;

use super::config::Config;
use super::error::CliError;
use super::{load, output};

/// Report what is wrong with an input, a report or a plan
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit code 1 where a finding reaches --level. `casefile rules explain CODE` explains a finding.
A plan.json is checked against the case.json beside it.")]
pub struct Args {
    /// Documents, pages, plan.json files or case folders
    #[arg(required = true)]
    file: Vec<Utf8PathBuf>,
    /// Lowest severity that counts as a failure
    #[arg(long, value_enum, default_value = "warning")]
    level: Level,
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Level {
    /// Everything
    Note,
    /// Warnings and errors
    Warning,
    /// Errors only
    Error,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<u8, CliError> {
    let mut findings = Vec::new();
    for file in &args.file {
        findings.extend(lint(file)?);
    }
    let text = if args.json {
        to_json(&findings).map_err(|error| CliError::internal(error.to_string()))?
    } else {
        findings.iter().map(describe).collect()
    };
    output::result(&text)?;
    let level = match args.level {
        Level::Note => Severity::Note,
        Level::Warning => Severity::Warning,
        Level::Error => Severity::Error,
    };
    Ok(u8::from(findings.iter().any(|finding| finding.severity >= level)))
}

fn lint(file: &Utf8Path) -> Result<Vec<CaseFinding>, CliError> {
    if file.join("case.json").is_file() {
        let mut findings = document(&file.join("index.md"))?;
        if file.join("plan.json").is_file() {
            findings.extend(plan(&file.join("plan.json"))?);
        }
        return Ok(findings);
    }
    if file.extension() == Some("json") && file.file_name() == Some("plan.json") {
        return plan(file);
    }
    document(file)
}

fn plan(path: &Utf8Path) -> Result<Vec<CaseFinding>, CliError> {
    let folder = path.parent().unwrap_or(Utf8Path::new("."));
    let case = load::case(&folder.join("case.json"), &Config::default())?;
    Ok(criticise(&load::plan(path)?, &case))
}

fn document(path: &Utf8Path) -> Result<Vec<CaseFinding>, CliError> {
    let config = Config::load(None, path)?;
    let (sources, mut findings) = read_inputs(&[path.to_path_buf()], &[]).map_err(|error| {
        let failure = CliError::input(error.to_string());
        error.help().into_iter().fold(failure, CliError::hint)
    })?;
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Utf8Path::new("")) };
    let exists = |_: SourceId, link: &str| folder.join(link).exists();
    findings.extend(extract::extract_with(&sources, &exists, &config.spellings()).findings);
    Ok(findings.iter().map(|finding| cite_finding(&sources, finding)).collect())
}

fn describe(finding: &CaseFinding) -> String {
    let severity = crate::rules::word(&finding.severity);
    let mut text = match finding.places.first() {
        Some(place) => format!("{}:{}: ", place.span.source, place.span.lines[0]),
        None => String::new(),
    };
    let _ = writeln!(text, "{severity}[{}]: {}", finding.code, finding.message);
    for place in &finding.places {
        let quote = place.span.quote.lines().next().unwrap_or_default();
        let _ = writeln!(text, "  {:>5} | {} ({})", place.span.lines[0], crate::render::visible(quote), place.label);
    }
    if let Some(computed) = &finding.computed {
        let _ = writeln!(text, "  computed: {computed}");
    }
    if let Some(fix) = &finding.fix {
        let _ = writeln!(text, "  fix: {fix}");
    }
    text
}
