//! `.casefile/config.toml`: the nearest one at or above the input, up to the repository's root.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;

use crate::extract::Spellings;
use crate::limits;

use super::error::CliError;

/// Where cases lie if the configuration does not say.
pub const DEFAULT_CASES: [&str; 2] = ["cases/*", "docs/jira-issues/*"];

/// What a configuration may set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Start of links to issues; `<base>/browse/<id>`.
    pub jira_base_url: Option<String>,
    /// Name shown as the analyst of a report.
    pub analyst: Option<String>,
    /// The principal who prepares cases: the gate's author.
    pub prepared_by: Option<String>,
    /// Globs of case folders, for commands that take an id and for the hooks; `DEFAULT_CASES` where none are given.
    pub cases: Vec<String>,
    /// `portable` or `docusaurus`.
    pub flavour: FlavourName,
    /// Rules of the builtin pack.
    pub rules: RulesConfig,
    /// What the hooks of coding agents demand.
    pub hook: HookConfig,
    /// Spellings of priorities, mapped to `P0` … `P4`.
    pub priority: std::collections::BTreeMap<String, crate::case::Priority>,
    /// The folder that holds `config.toml`, where one was found.
    #[serde(skip)]
    pub folder: Option<Utf8PathBuf>,
}

/// Which Markdown dialect pages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FlavourName {
    /// Reads the same everywhere.
    #[default]
    Portable,
    /// Uses the site's admonitions.
    Docusaurus,
}

/// The `[rules]` table.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RulesConfig {
    /// Ids of rules that are not run.
    pub disable: Vec<String>,
}

/// The `[hook]` table.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HookConfig {
    /// Whether every change outside of cases and `docs/` needs a case whose plan gate is open.
    pub strict: bool,
}

impl Config {
    /// The spellings of priorities, as the analysis takes them.
    pub fn spellings(&self) -> Spellings {
        Spellings::new(self.priority.clone())
    }

    /// Reads `given`, else the nearest configuration at or above `start`; the default where there is none.
    pub fn load(given: Option<&Utf8Path>, start: &Utf8Path) -> Result<Config, CliError> {
        let found = given.map(Utf8Path::to_path_buf).or_else(|| nearest(start));
        let mut config = found.map_or_else(|| Ok(Config::default()), |path| read(&path))?;
        if config.cases.is_empty() {
            config.cases = DEFAULT_CASES.map(str::to_string).to_vec();
        }
        Ok(config)
    }
}

fn nearest(start: &Utf8Path) -> Option<Utf8PathBuf> {
    let start = start.canonicalize_utf8().unwrap_or_else(|_| start.to_path_buf());
    for folder in start.ancestors() {
        let candidate = folder.join(".casefile/config.toml");
        if candidate.is_file() {
            return Some(candidate);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

fn read(path: &Utf8Path) -> Result<Config, CliError> {
    let text = fs::read_to_string(path).map_err(|error| CliError::config(format!("cannot read {path}: {error}")))?;
    if text.len() > limits::YAML_BYTES {
        return Err(CliError::config(format!("{path} is larger than a configuration can be")));
    }
    let mut config: Config = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        CliError::config(format!("{path}:{line}: {}", error.message().trim_end())).hint(
            "keys: jira_base_url, analyst, prepared_by, cases, flavour, [rules] disable, [hook] strict, [priority]",
        )
    })?;
    config.folder = path.parent().map(Utf8Path::to_path_buf);
    Ok(config)
}
