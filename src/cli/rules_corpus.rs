//! `casefile rules check --corpus`: which cues are too common, which stand in one text only, and how telling each is.

use std::fmt::Write as _;
use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

use crate::rule_corpus::{CueCounts, count_cues};
use crate::rules::{Part, load_rules};

use super::error::CliError;
use super::output;

/// Runs the command: exit 1 where a cue is too common.
pub fn run(folders: &[Utf8PathBuf], corpus: &Utf8Path, table: Option<&Utf8Path>) -> Result<u8, CliError> {
    let (rules, errors) = load_rules(folders, &[], Part::WithoutExamples);
    if let Some(error) = errors.first() {
        return Err(CliError::config(error.render()));
    }
    let texts = texts(corpus)?;
    if texts.is_empty() {
        return Err(CliError::input(format!("{corpus} holds no text"))
            .hint("a corpus is a folder of *.md and *.txt, or a *.jsonl with a `text` a line"));
    }
    let counts = count_cues(&rules, &texts);
    if let Some(path) = table {
        let text = counts.specificity_table(corpus.file_name().unwrap_or_default());
        fs::write(path, text).map_err(|error| CliError::input(format!("cannot write {path}: {error}")))?;
    }
    output::result(&describe(&counts))?;
    Ok(u8::from(counts.too_common().next().is_some()))
}

fn describe(counts: &CueCounts) -> String {
    let mut text = String::new();
    for (cue, found) in counts.too_common() {
        let _ = writeln!(text, "too common: `{cue}` is in {found} of {} texts", counts.texts);
    }
    for cue in counts.in_one_text() {
        let _ = writeln!(text, "in one text only: {cue}");
    }
    let unseen = counts.cues.values().filter(|found| **found == 0).count();
    let (cues, texts) = (counts.cues.len(), counts.texts);
    let (common, one) = (counts.too_common().count(), counts.in_one_text().count());
    let _ = writeln!(text, "{cues} cues, {texts} texts: {common} too common, {one} in one text only, {unseen} in none");
    text
}

fn texts(corpus: &Utf8Path) -> Result<Vec<String>, CliError> {
    if corpus.is_dir() {
        return folder(corpus);
    }
    let text = read(corpus)?;
    let field = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(value.get("text")?.as_str()?.to_string())
    };
    let rows = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    rows.map(|(number, line)| {
        field(line).ok_or_else(|| CliError::input(format!("{corpus}:{number}: no JSON object with a string `text`")))
    })
    .collect()
}

fn folder(corpus: &Utf8Path) -> Result<Vec<String>, CliError> {
    let mut texts = Vec::new();
    for entry in walkdir::WalkDir::new(corpus).sort_by_file_name() {
        let entry = entry.map_err(|error| CliError::input(format!("cannot list {corpus}: {error}")))?;
        let Some(path) = Utf8Path::from_path(entry.path()) else { continue };
        if entry.file_type().is_file() && matches!(path.extension(), Some("md" | "txt")) {
            texts.push(read(path)?);
        }
    }
    Ok(texts)
}

fn read(path: &Utf8Path) -> Result<String, CliError> {
    let bytes = fs::read(path).map_err(|error| CliError::input(format!("cannot read {path}: {error}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
