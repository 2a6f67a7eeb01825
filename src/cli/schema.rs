//! `casefile schema`: the JSON Schema of the formats, generated from the types.

use schemars::{Schema, schema_for};

use crate::case::{Case, Plan};
use crate::gate::GateReport;
use crate::log::scan::LogsReport;
use crate::render::to_json;
use crate::rules;

use super::error::CliError;
use super::output;

/// Print the JSON Schema of case.json, plan.json, rule files, or the output of logs and gate check
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which format
    #[arg(value_enum)]
    name: Name,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Name {
    /// case.json
    Case,
    /// plan.json
    Plan,
    /// a rule file
    Rule,
    /// what `casefile logs --json` prints
    Logs,
    /// what `casefile gate check --json` prints
    Gate,
}

pub fn run(args: &Args) -> Result<u8, CliError> {
    let schema: Schema = match args.name {
        Name::Case => schema_for!(Case),
        Name::Plan => schema_for!(Plan),
        Name::Rule => rules::schema_json(),
        Name::Logs => schema_for!(LogsReport),
        Name::Gate => schema_for!(GateReport),
    };
    let text = to_json(&schema).map_err(|error| CliError::internal(error.to_string()))?;
    output::result(&text).map(|()| 0)
}
