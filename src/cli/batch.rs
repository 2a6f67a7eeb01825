//! `casefile analyze --jsonl`: a case a line for a list of inputs, on all cores; one bad input never stops the rest.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind};

use camino::{Utf8Path, Utf8PathBuf};

use crate::extract::Spellings;
use crate::pipeline::{AnalyzeOptions, analyze};
use crate::render::to_json_line;
use crate::rules::RuleSet;
use crate::source::read_inputs;
use crate::span::SourceId;

use super::error::CliError;
use super::{analyze as single, output, parallel};

/// What all inputs share.
pub struct Batch<'a> {
    /// The rules to run.
    pub rules: &'a RuleSet,
    /// Who prepares the cases.
    pub prepared_by: Option<String>,
    /// The team's own spellings of priorities.
    pub spellings: Spellings,
    /// Time of making.
    pub generated_at: String,
}

/// Analyses the inputs that `list` names, a path a line (`None` or `-`: standard input); exit code 1 if one failed.
pub fn run(list: Option<&Utf8Path>, batch: &Batch<'_>) -> Result<u8, CliError> {
    let mut paths = paths(list)?;
    let mut failed = false;
    parallel::in_order(
        || match paths.next().transpose() {
            Ok(path) => Ok(path),
            Err(error) => Err(CliError::input(format!("cannot read the list of inputs: {error}"))),
        },
        |path: String| line(&path, batch),
        |(line, ok)| {
            failed |= !ok;
            output::result(&line)
        },
    )?;
    Ok(u8::from(failed))
}

type Paths = Box<dyn Iterator<Item = io::Result<String>>>;

fn paths(list: Option<&Utf8Path>) -> Result<Paths, CliError> {
    let lines: Paths = match list.filter(|list| *list != "-") {
        Some(list) => {
            let file = File::open(list).map_err(|error| CliError::input(format!("cannot read {list}: {error}")))?;
            Box::new(BufReader::new(file).lines())
        }
        None => Box::new(BufReader::new(io::stdin()).lines()),
    };
    Ok(Box::new(lines.filter(|line| !line.as_ref().is_ok_and(|path| path.trim().is_empty()))))
}

/// The case of a path as a line of JSON, or its error; and whether it is a case.
fn line(path: &str, batch: &Batch<'_>) -> (String, bool) {
    // Parsing never fails, so a panic is a defect; it must not take the other documents with it.
    let outcome = catch_unwind(AssertUnwindSafe(|| case(path, batch)))
        .unwrap_or_else(|_| Err("the analysis broke down; please report this input".to_owned()));
    match outcome {
        Ok(line) => (line, true),
        Err(error) => {
            let entry = BTreeMap::from([("error", error.as_str()), ("path", path)]);
            (to_json_line(&entry).unwrap_or_default(), false)
        }
    }
}

fn case(path: &str, batch: &Batch<'_>) -> Result<String, String> {
    if path == "-" {
        return Err("a list names files and folders; `-` is neither".to_owned());
    }
    let input = Utf8PathBuf::from(path);
    let (sources, findings) = read_inputs(std::slice::from_ref(&input), &[]).map_err(|error| error.to_string())?;
    let options = AnalyzeOptions {
        id: None,
        folder_name: input.is_dir().then(|| single::folder_name(&input)),
        prepared_by: batch.prepared_by.clone(),
        spellings: batch.spellings.clone(),
        generated_at: batch.generated_at.clone(),
    };
    let folder = single::base_folder(&input);
    let exists = |_: SourceId, link: &str| folder.join(link).exists();
    to_json_line(&analyze(&sources, findings, batch.rules, &options, &exists)).map_err(|error| error.to_string())
}
