//! Finds a case by folder, file or id, and reads its `case.json` and `plan.json`.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use serde::de::DeserializeOwned;

use crate::case::{CASE_SCHEMA, Case, PLAN_SCHEMA, Plan};

use super::config::Config;
use super::error::{CliError, nearest};

/// The folder of a case: `given` itself, the folder of the file given, or the folder of that id below `cases`.
pub fn folder(given: &Utf8Path, config: &Config) -> Result<Utf8PathBuf, CliError> {
    if given.is_dir() {
        return Ok(given.to_path_buf());
    }
    if given.is_file() {
        return Ok(given.parent().unwrap_or(Utf8Path::new(".")).to_path_buf());
    }
    let known = known_cases(config);
    let found = known.iter().find(|folder| folder.file_name() == Some(given.as_str()));
    if let Some(folder) = found {
        return Ok(folder.clone());
    }
    let error = CliError::input(format!("{given} is no case folder"));
    Err(match nearest(given.as_str(), known.iter().filter_map(|folder| folder.file_name())) {
        Some(meant) => error.hint(format!("did you mean `{meant}`?")),
        None => error.hint(
            "give the folder that holds case.json, or name the folders of cases in .casefile/config.toml (`cases`)",
        ),
    })
}

/// What shows that a folder is a case; without its data file it is a damaged one.
pub const CASE_SIGNS: [&str; 3] = ["case.json", "plan.json", "approvals"];

/// Folders of cases that match the configuration's `cases`; a `*` stands for one folder name.
pub fn known_cases(config: &Config) -> Vec<Utf8PathBuf> {
    let holds_a_case =
        |folder: &Utf8PathBuf| CASE_SIGNS.iter().any(|sign| folder.join(sign).symlink_metadata().is_ok());
    let root = config.folder.as_deref().and_then(Utf8Path::parent).unwrap_or(Utf8Path::new("."));
    let mut folders = Vec::new();
    for pattern in &config.cases {
        let mut level = vec![root.to_path_buf()];
        for part in pattern.split('/').filter(|part| !part.is_empty()) {
            level = level.iter().flat_map(|folder| children(folder, part)).collect();
        }
        folders.extend(level.into_iter().filter(holds_a_case));
    }
    folders.sort();
    folders
}

/// Whether a folder, relative to the project's root, matches one of the configuration's `cases`.
pub fn matches_cases(config: &Config, folder: &Utf8Path) -> bool {
    let parts: Vec<&str> = folder.as_str().split('/').collect();
    config.cases.iter().any(|pattern| {
        let wanted: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
        wanted.len() == parts.len() && wanted.iter().zip(&parts).all(|(wanted, part)| *wanted == "*" || wanted == part)
    })
}

fn children(folder: &Utf8Path, part: &str) -> Vec<Utf8PathBuf> {
    if part != "*" {
        return vec![folder.join(part)];
    }
    let Ok(entries) = folder.read_dir_utf8() else { return Vec::new() };
    let mut found: Vec<Utf8PathBuf> =
        entries.flatten().map(|entry| entry.path().to_path_buf()).filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

/// Reads a case from its folder or its `case.json`.
pub fn case(given: &Utf8Path, config: &Config) -> Result<Case, CliError> {
    let path = if given.is_file() { given.to_path_buf() } else { folder(given, config)?.join("case.json") };
    let case: Case = read(&path)?;
    match case.schema.as_str() {
        CASE_SCHEMA => Ok(case),
        other => Err(CliError::input(format!("{path} has schema `{other}`; this program reads {CASE_SCHEMA}"))),
    }
}

/// Reads a plan from its `plan.json`.
pub fn plan(path: &Utf8Path) -> Result<Plan, CliError> {
    let plan: Plan = read(path)?;
    match plan.schema.as_str() {
        PLAN_SCHEMA => Ok(plan),
        other => Err(CliError::input(format!("{path} has schema `{other}`; this program reads {PLAN_SCHEMA}"))),
    }
}

fn read<T: DeserializeOwned>(path: &Utf8Path) -> Result<T, CliError> {
    let text = fs::read_to_string(path).map_err(|error| {
        CliError::input(format!("cannot read {path}: {error}"))
            .hint("`casefile analyze INPUT --out DIR` writes a case folder")
    })?;
    serde_json::from_str(&text).map_err(|error| {
        let line = text.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
        let excerpt: String = line.chars().take(120).collect();
        CliError::input(format!("{path}:{}:{}: {error}\n  {excerpt}", error.line(), error.column()))
    })
}
