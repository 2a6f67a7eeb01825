//! Reads inputs into a [`SourceMap`]: finds the files, reads them, chooses their formats, reports what was noticed.

mod error;
mod file;
mod find;
mod stream;

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::sync::LazyLock;

use camino::Utf8PathBuf;
use regex::RegexSet;

pub use error::ReadError;
use file::{Place, bounded, is_binary, read_file};
use find::{Candidate, Role, ending};
pub use stream::LogStream;

use super::inspect::findings;
use super::map::{Original, Source, SourceFormat, SourceMap};
use crate::finding::Finding;
use crate::limits::{DOCUMENT_BYTES, LOG_BYTES};

/// How much of a text is looked at for marks of Markdown, in bytes.
const MARKS_BYTES: usize = 64 << 10;

/// Endings of Markdown documents.
const MARKDOWN: &[&str] = &["md", "markdown", "mdx"];

/// Endings of data, which is no Markdown even where it leads.
const DATA: &[&str] = &["json", "jsonl", "ndjson"];

/// Marks of Markdown, one kind each; two kinds make a document.
static MARKS: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new([
        r"(?m)^#{1,6} +\S",
        r"(?m)^ {0,3}(?:```|~~~)",
        r"(?m)^ {0,3}(?:[-*+]|\d{1,3}\.) +\S",
        r"\*\*\S[^*\n]{0,80}\*\*",
        r"(?m)^\|?(?: *:?-{3,}:? *\|)+",
        r"\[[^\]\n]{1,80}\]\([^)\s]{1,200}\)",
        r"(?m)^> +\S",
    ])
    .expect("constant patterns")
});

/// Reads files and folders, the leading document first, then other documents, notes, attachments and logs.
///
/// `-` stands for standard input, which is a document. Of a folder, `raw-description.md` leads, then `incident.md`,
/// `issue.md`, `report.md`, `bug.md`, `README.md`, `index.md`; hidden files, links and binary files are left out. What is
/// wrong with a file's content becomes a finding; only what cannot be read is an error.
pub fn read_inputs(inputs: &[Utf8PathBuf], logs: &[Utf8PathBuf]) -> Result<(SourceMap, Vec<Finding>), ReadError> {
    read_with(inputs, logs, &mut io::stdin())
}

fn read_with(
    inputs: &[Utf8PathBuf],
    logs: &[Utf8PathBuf],
    stdin: &mut dyn Read,
) -> Result<(SourceMap, Vec<Finding>), ReadError> {
    let mut sources = SourceMap::new();
    let mut taken = BTreeSet::new();
    for (index, candidate) in find::find(inputs, logs)?.iter().enumerate() {
        let lead = index == 0 && candidate.role != Role::Log;
        let original = read(candidate, lead, stdin)?;
        let path = unique_path(candidate, &mut taken);
        sources.push(Source::decode(path, original, |text| format(candidate, lead, text)));
    }
    sources.find_repeated_secrets();
    let findings = findings(&sources);
    Ok((sources, findings))
}

fn read(candidate: &Candidate, lead: bool, stdin: &mut dyn Read) -> Result<Original, ReadError> {
    let name = candidate.own_path();
    let document = candidate.role != Role::Log && (lead || has_ending(&name, MARKDOWN));
    let limit = if document { DOCUMENT_BYTES } else { LOG_BYTES };
    let original = match &candidate.file {
        Some(file) => read_file(Place { file, shown: &candidate.shown }, limit)?,
        None => Original::plain(bounded(stdin, &candidate.shown, limit)?),
    };
    if is_binary(&original.bytes) {
        return Err(ReadError::NotText { path: candidate.shown.clone() });
    }
    Ok(original)
}

fn format(candidate: &Candidate, lead: bool, text: &str) -> SourceFormat {
    let name = candidate.own_path();
    match candidate.role {
        Role::Log => SourceFormat::Log,
        _ if has_ending(&name, MARKDOWN) => SourceFormat::Markdown,
        _ if has_ending(&name, DATA) => SourceFormat::Text,
        _ if lead || has_marks(text) => SourceFormat::Markdown,
        _ => SourceFormat::Text,
    }
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    ending(name).is_some_and(|ending| endings.contains(&ending.as_str()))
}

fn has_marks(text: &str) -> bool {
    let fits = u64::try_from(text.len()).is_ok_and(|length| length <= DOCUMENT_BYTES);
    let end = (0..=text.len().min(MARKS_BYTES)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    fits && MARKS.matches(&text[..end]).iter().count() >= 2
}

/// The path within the input, with as many of the parts before it as tell it from the others.
fn unique_path(candidate: &Candidate, taken: &mut BTreeSet<String>) -> String {
    let longer = (candidate.own_parts..=candidate.parts.len()).map(|count| candidate.path_of(count));
    let numbered = (2..).map(|number| format!("{} ({number})", candidate.own_path()));
    let path = longer.chain(numbered).find(|path| !taken.contains(path)).unwrap_or_default();
    taken.insert(path.clone());
    path
}

#[cfg(test)]
mod tests;
