//! The whole flow in one place: read → parse → extract → diagnose → register; plan, render and gate work on its result.

use crate::case::Case;
use crate::diagnose::{CaseNames, Hints, diagnose};
use crate::extract::{self, Extraction, Spellings};
use crate::finding::Finding;
use crate::register::{Identity, build_case};
use crate::rules::RuleSet;
use crate::source::SourceMap;
use crate::span::SourceId;

/// What the caller of [`analyze`] decides.
#[derive(Clone, Debug, Default)]
pub struct AnalyzeOptions {
    /// Id of the case; taken from the sources where it is `None`.
    pub id: Option<String>,
    /// Name of the input folder, where it is one: an id where it is shaped like a key.
    pub folder_name: Option<String>,
    /// The principal who prepares the case.
    pub prepared_by: Option<String>,
    /// A team's own spellings of priorities.
    pub spellings: Spellings,
    /// Time of making, RFC 3339; injected, never read here.
    pub generated_at: String,
}

/// Turns sources into a case. `exists` tells whether a relative link of a source leads to a file.
///
/// Never fails: what is wrong with the sources becomes a finding, after those of reading them (`read_findings`).
pub fn analyze(
    sources: &SourceMap,
    read_findings: Vec<Finding>,
    rules: &RuleSet,
    options: &AnalyzeOptions,
    exists: &dyn Fn(SourceId, &str) -> bool,
) -> Case {
    let Extraction { reading, facts, ids, findings: found } =
        extract::extract_with(sources, exists, &options.spellings);
    let mut findings = read_findings;
    findings.extend(found);
    let hints = Hints { names: CaseNames::of(sources, &reading, &facts) };
    let drafts = diagnose(sources, &reading, &findings, rules, &hints);
    let identity = Identity {
        id: options.id.clone().unwrap_or_else(|| case_id(&ids, sources, options.folder_name.as_deref())),
        prepared_by: options.prepared_by.clone(),
        generated_at: options.generated_at.clone(),
        rules: rules.record(),
    };
    build_case(sources, facts, &findings, &drafts, identity)
}

/// The id that a case is known by: what the sources say, a folder named like a key, else the leading document's name.
fn case_id(ids: &[String], sources: &SourceMap, folder: Option<&str>) -> String {
    if let Some(id) = ids.iter().find(|id| !sources.shows_secret(id)) {
        return id.clone();
    }
    if let Some(name) = folder.filter(|name| is_key(name)) {
        return name.to_string();
    }
    let path = sources.iter().next().map_or("", |source| source.path.as_str());
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.split_once('.').map_or(file, |(stem, _)| stem);
    let keep = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '-' };
    let name: String = stem.chars().map(keep).collect::<String>().trim_matches('-').to_string();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name
    } else {
        format!("CASE-{name}").trim_end_matches('-').into()
    }
}

/// Whether a name has the form of a key such as `SHOP-12`.
fn is_key(name: &str) -> bool {
    let Some((project, number)) = name.rsplit_once('-') else { return false };
    project.len() >= 2
        && project.starts_with(|c: char| c.is_ascii_uppercase())
        && project.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
}
