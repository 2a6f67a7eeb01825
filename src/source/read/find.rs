//! Which files an input stands for, in which order and role: a file, a folder of a case, standard input.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};
use walkdir::WalkDir;

use super::ReadError;
use super::file::{Place, is_text, unreadable};
use crate::limits::{INPUT_DEPTH, INPUT_FILES};

/// Names of the document that leads a folder, best first; without their endings.
const LEADING: &[&str] = &["raw-description", "incident", "issue", "report", "bug", "readme", "index"];

/// Endings of documents.
const DOCUMENT: &[&str] = &["md", "markdown", "mdx", "txt", "text", "rst", "adoc", "org"];

/// Endings of logs.
const LOG: &[&str] = &["log", "out", "err"];

/// Endings of files that are no text.
const BINARY: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "ico", "svg", "heic", "avif", "pdf", "zip", "7z", "rar",
    "tar", "tgz", "bz2", "xz", "tbz", "txz", "jar", "war", "class", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt",
    "ods", "mp3", "mp4", "mov", "webm", "avi", "mkv", "wav", "ogg", "hprof", "dmp", "core", "so", "dll", "exe", "o",
    "a", "bin", "db", "sqlite", "pcap", "pcapng", "pyc", "woff", "woff2", "ttf", "parquet",
];

/// What a file is to the case, in reading order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Document,
    Notes,
    Attachment,
    Log,
}

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) role: Role,
    /// The file; `None` is standard input.
    pub(super) file: Option<PathBuf>,
    /// The path as given, for errors.
    pub(super) shown: Utf8PathBuf,
    /// The path's parts, for `sources[].path`.
    pub(super) parts: Vec<String>,
    /// How many of the last parts are the path within its input.
    pub(super) own_parts: usize,
    /// Index of the input, and the rank within it.
    order: (usize, usize),
}

impl Candidate {
    /// The path within its input.
    pub(super) fn own_path(&self) -> String {
        self.path_of(self.own_parts)
    }

    /// The last `count` parts of the path.
    pub(super) fn path_of(&self, count: usize) -> String {
        self.parts[self.parts.len().saturating_sub(count)..].join("/")
    }
}

/// The files of all inputs in reading order, each once.
pub(super) fn find(inputs: &[Utf8PathBuf], logs: &[Utf8PathBuf]) -> Result<Vec<Candidate>, ReadError> {
    let mut found = Vec::new();
    for (index, input) in inputs.iter().enumerate() {
        found.extend(of_input(input, index)?);
    }
    for (index, input) in logs.iter().enumerate() {
        let as_log = |candidate| Candidate { role: Role::Log, ..candidate };
        found.extend(of_input(input, inputs.len() + index)?.into_iter().map(as_log));
    }
    let mut found = each_once(found);
    found.sort_by_cached_key(|candidate| match candidate.role {
        Role::Log => (Role::Log, (0, 0), candidate.own_path()),
        role => (role, candidate.order, candidate.own_path()),
    });
    let documents = found.iter().any(|candidate| matches!(candidate.role, Role::Document | Role::Notes));
    match inputs.iter().find(|input| input.is_dir()) {
        Some(folder) if !documents => Err(ReadError::NoDocument { path: folder.clone() }),
        _ => Ok(found),
    }
}

/// A file that is given twice is read once, as a log if it was given as one.
fn each_once(found: Vec<Candidate>) -> Vec<Candidate> {
    let mut places: BTreeMap<Option<PathBuf>, usize> = BTreeMap::new();
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in found {
        let place = candidate.file.as_ref().map(|file| fs::canonicalize(file).unwrap_or_else(|_| file.clone()));
        match places.get(&place) {
            Some(index) => kept[*index].role = kept[*index].role.max(candidate.role),
            None => {
                places.insert(place, kept.len());
                kept.push(candidate);
            }
        }
    }
    kept
}

fn of_input(input: &Utf8Path, index: usize) -> Result<Vec<Candidate>, ReadError> {
    if input == "-" {
        let parts = vec!["stdin.md".to_string()];
        let order = (index, 0);
        return Ok(vec![Candidate {
            role: Role::Document,
            file: None,
            shown: input.into(),
            parts,
            own_parts: 1,
            order,
        }]);
    }
    let metadata = fs::metadata(input).map_err(|cause| unreadable(input, cause))?;
    if metadata.is_dir() {
        return of_folder(input, index);
    }
    let name = input.file_name().unwrap_or(input.as_str());
    if ending(name).is_some_and(|ending| BINARY.contains(&ending.as_str())) {
        return Err(ReadError::NotText { path: input.into() });
    }
    let role = if is_log_name(name) { Role::Log } else { Role::Document };
    let parts = parts_of(input.as_std_path());
    Ok(vec![Candidate { role, file: Some(input.into()), shown: input.into(), parts, own_parts: 1, order: (index, 0) }])
}

fn of_folder(folder: &Utf8Path, index: usize) -> Result<Vec<Candidate>, ReadError> {
    let visible =
        |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".");
    let mut found = Vec::new();
    for entry in WalkDir::new(folder).follow_links(false).sort_by_file_name().into_iter().filter_entry(visible) {
        let entry = entry.map_err(|error| walk_failed(folder, error))?;
        let shown = shown(entry.path());
        if entry.file_type().is_dir() && entry.depth() > INPUT_DEPTH {
            return Err(ReadError::TooDeep { path: shown });
        }
        if !entry.file_type().is_file() {
            continue;
        }
        let candidate = in_folder(&entry, shown, index);
        if is_readable_text(&candidate)? {
            found.push(candidate);
        }
        if found.len() > INPUT_FILES {
            return Err(ReadError::TooManyFiles { path: folder.into() });
        }
    }
    Ok(found)
}

fn in_folder(entry: &walkdir::DirEntry, shown: Utf8PathBuf, index: usize) -> Candidate {
    let parts = parts_of(entry.path());
    let own_parts = entry.depth();
    let own = &parts[parts.len().saturating_sub(own_parts)..];
    let role = role(own);
    let rank = match own {
        [name] => LEADING.iter().position(|leading| stem(name).eq_ignore_ascii_case(leading)).unwrap_or(LEADING.len()),
        _ => LEADING.len(),
    };
    Candidate { role, file: Some(entry.path().to_path_buf()), shown, parts, own_parts, order: (index, rank) }
}

/// Attachments without a known ending are looked into; images, archives and programs are left out.
fn is_readable_text(candidate: &Candidate) -> Result<bool, ReadError> {
    let name = candidate.parts.last().map_or("", String::as_str);
    let ending = ending(name).unwrap_or_default();
    if BINARY.contains(&ending.as_str()) {
        return Ok(false);
    }
    let known = DOCUMENT.contains(&ending.as_str()) || is_log_name(name);
    match &candidate.file {
        Some(file) if !known => is_text(Place { file, shown: &candidate.shown }),
        _ => Ok(true),
    }
}

/// What a file of a folder is, by its path within the folder.
fn role(own: &[String]) -> Role {
    let Some((name, folders)) = own.split_last() else { return Role::Attachment };
    let below =
        |names: &[&str]| folders.iter().any(|folder| names.iter().any(|name| folder.eq_ignore_ascii_case(name)));
    if below(&["logs", "log"]) || is_log_name(name) {
        return Role::Log;
    }
    let document = ending(name).is_none_or(|ending| DOCUMENT.contains(&ending.as_str()));
    if !document || below(&["attachments", "screenshots"]) {
        return Role::Attachment;
    }
    if folders.is_empty() && stem(name).eq_ignore_ascii_case("notes") { Role::Notes } else { Role::Document }
}

/// `app.log`, `app.log.gz`, `app.log.3`, `app.log-20240315`: logs keep their ending somewhere when they are rotated.
fn is_log_name(name: &str) -> bool {
    let name = uncompressed(name).to_ascii_lowercase();
    let Some(dot) =
        LOG.iter().filter_map(|ending| name.rfind(&format!(".{ending}")).map(|at| at + 1 + ending.len())).max()
    else {
        return false;
    };
    name[dot..].bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_' | b't' | b'z'))
}

/// The ending of a name in lower case, below that of a compression.
pub(super) fn ending(name: &str) -> Option<String> {
    Utf8Path::new(uncompressed(name)).extension().map(str::to_ascii_lowercase)
}

fn stem(name: &str) -> &str {
    Utf8Path::new(uncompressed(name)).file_stem().unwrap_or(name)
}

fn uncompressed(name: &str) -> &str {
    name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(name)
}

/// Names of the path's parts; a name that is not UTF-8 is shown with replacement characters.
fn parts_of(path: &Path) -> Vec<String> {
    let normal = path.components().filter_map(|part| match part {
        std::path::Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    normal.collect()
}

fn shown(path: &Path) -> Utf8PathBuf {
    Utf8PathBuf::from(path.to_string_lossy().into_owned())
}

fn walk_failed(folder: &Utf8Path, error: walkdir::Error) -> ReadError {
    let path = error.path().map_or_else(|| folder.to_path_buf(), shown);
    let cause = error.into_io_error().unwrap_or_else(|| std::io::Error::other("a loop of links"));
    unreadable(&path, cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role_of(path: &str) -> Role {
        role(&path.split('/').map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn roles_follow_the_layout_of_a_case_folder() {
        assert_eq!(role_of("incident.md"), Role::Document);
        assert_eq!(role_of("notes.md"), Role::Notes);
        assert_eq!(role_of("docs/notes.md"), Role::Document);
        assert_eq!(role_of("attachments/mail.txt"), Role::Attachment);
        assert_eq!(role_of("payload.json"), Role::Attachment);
        assert_eq!(role_of("logs/app.txt"), Role::Log);
        assert_eq!(role_of("server.out"), Role::Log);
    }

    #[test]
    fn rotated_and_compressed_logs_are_logs() {
        for name in ["app.log", "app.log.gz", "app.log.3", "app.LOG-20240315.zst", "app.log.2024-03-15"] {
            assert!(is_log_name(name), "{name}");
        }
        for name in ["app.logic.md", "changelog.md", "log", "app.log.md"] {
            assert!(!is_log_name(name), "{name}");
        }
    }
}
