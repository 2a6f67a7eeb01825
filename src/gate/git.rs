//! Files of a case and of the policy out of git objects, through `git` as a process.
//!
//! Only plumbing that runs nothing the repository names: no hooks, no filters, no text conversion, no pager, no replaced
//! objects, no configuration of the user or the system.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use super::files::Snapshot;

/// Longest time a git command may take.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Variables that would bring in another repository, configuration, objects or programs. `GIT_INDEX_FILE` stays: git sets it
/// for the hook of a commit.
const FOREIGN: [&str; 20] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_ATTR_SOURCE",
    "GIT_CEILING_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_EXEC_PATH",
    "GIT_EXTERNAL_DIFF",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// What went wrong while asking git.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// There is no repository, or git is not installed.
    #[error("{path} is in no git repository, or git cannot be run")]
    NoRepository {
        /// Where it was looked for.
        path: Utf8PathBuf,
    },
    /// A revision does not exist.
    #[error("git knows no revision `{revision}`")]
    Revision {
        /// As given.
        revision: String,
    },
    /// A name is a branch and a tag, or more, at once.
    #[error("`{revision}` names more than one of {}; write it out", .names.join(", "))]
    Ambiguous {
        /// As given.
        revision: String,
        /// What it names.
        names: Vec<String>,
    },
    /// A command failed.
    #[error("git {command} gave no usable answer: {message}")]
    Failed {
        /// The command.
        command: String,
        /// What git said.
        message: String,
    },
}

/// Where files are taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// What is staged.
    Index,
    /// The tree of a commit, by its object id.
    Commit(String),
}

/// A git repository.
#[derive(Clone, Debug)]
pub struct Repository {
    root: Utf8PathBuf,
}

impl Repository {
    /// The repository that holds `path`.
    pub fn open(path: &Utf8Path) -> Result<Self, GitError> {
        let none = || GitError::NoRepository { path: path.to_owned() };
        let start = path.ancestors().find(|folder| folder.is_dir()).unwrap_or(Utf8Path::new("."));
        let start = if start.as_str().is_empty() { Utf8Path::new(".") } else { start };
        let answer = run(start, &["rev-parse", "--show-toplevel"], b"").map_err(|_| none())?;
        let root = String::from_utf8(answer).map_err(|_| none())?;
        Ok(Repository { root: root.trim_end_matches('\n').into() })
    }

    /// The root of the work tree.
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// The object id of the commit a revision names.
    pub fn commit(&self, revision: &str) -> Result<String, GitError> {
        let unknown = || GitError::Revision { revision: revision.to_string() };
        if revision.is_empty() || revision.starts_with('-') {
            return Err(unknown());
        }
        self.refuse_ambiguous(revision)?;
        let name = format!("{revision}^{{commit}}");
        let answer = run(&self.root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &name], b"");
        let id = answer.ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(unknown)?;
        let id = id.trim();
        if id.len() >= 40 && id.bytes().all(|b| b.is_ascii_hexdigit()) { Ok(id.into()) } else { Err(unknown()) }
    }

    /// Git takes a tag of a name before a branch of the same name, so whoever may push a tag could choose the base.
    fn refuse_ambiguous(&self, revision: &str) -> Result<(), GitError> {
        let hexadecimal = matches!(revision.len(), 40 | 64) && revision.bytes().all(|b| b.is_ascii_hexdigit());
        if hexadecimal || revision.starts_with("refs/") {
            return Ok(());
        }
        let kinds = ["refs/", "refs/tags/", "refs/heads/", "refs/remotes/"];
        let names: Vec<String> = kinds
            .iter()
            .map(|kind| format!("{kind}{revision}"))
            .filter(|name| run(&self.root, &["show-ref", "--verify", "--quiet", "--", name], b"").is_ok())
            .collect();
        if names.len() > 1 {
            return Err(GitError::Ambiguous { revision: revision.to_string(), names });
        }
        Ok(())
    }

    /// When HEAD was committed, in seconds since 1970; `None` without a commit.
    pub fn head_time(&self) -> Option<i64> {
        let answer = run(&self.root, &["log", "-1", "--no-show-signature", "--format=%ct", "HEAD"], b"").ok()?;
        String::from_utf8(answer).ok()?.trim().parse().ok()
    }

    /// A path relative to the repository's root, with `/`.
    pub fn relative(&self, path: &Utf8Path) -> Option<Utf8PathBuf> {
        let root = self.root.canonicalize_utf8().ok()?;
        // The folder itself may exist in the revision only.
        let existing = path.ancestors().find(|folder| folder.as_str().is_empty() || folder.exists())?;
        let base = if existing.as_str().is_empty() { Utf8Path::new(".") } else { existing };
        let rest = path.strip_prefix(existing).ok()?;
        let whole = base.canonicalize_utf8().ok()?.join(rest);
        Some(whole.strip_prefix(&root).ok()?.to_owned())
    }

    /// The bytes of a file; `None` where the tree has no regular file of that name.
    pub fn file(&self, tree: &Tree, path: &str) -> Result<Option<Vec<u8>>, GitError> {
        let entries = self.entries(tree, path)?;
        let Some((_, mode, id)) = entries.into_iter().find(|(name, _, _)| name == path) else { return Ok(None) };
        if !matches!(mode.as_str(), "100644" | "100755") {
            let message = format!("`{path}` is no regular file");
            return Err(GitError::Failed { command: "ls-tree".into(), message });
        }
        Ok(self.blobs(&[id])?.pop())
    }

    /// A case folder, relative to the root, as the tree holds it; `None` where it holds nothing of it.
    pub fn snapshot(&self, tree: &Tree, folder: &Utf8Path) -> Result<Option<Snapshot>, GitError> {
        let prefix = format!("{folder}/");
        let entries = self.entries(tree, folder.as_str())?;
        let entries: Vec<_> = entries
            .into_iter()
            .filter_map(|(name, mode, id)| Some((name.strip_prefix(&prefix)?.to_string(), mode, id)))
            .collect();
        if entries.is_empty() {
            return Ok(None);
        }
        // The commit of a submodule is no object of this repository.
        let readable = |mode: &str| matches!(mode, "100644" | "100755" | "120000");
        let ids: Vec<String> =
            entries.iter().filter(|(_, mode, _)| readable(mode)).map(|(_, _, id)| id.clone()).collect();
        let mut blobs = self.blobs(&ids)?.into_iter();
        let read = entries
            .into_iter()
            .map(|(name, mode, _)| {
                let bytes = if readable(&mode) { blobs.next().unwrap_or_default() } else { Vec::new() };
                (name, mode, bytes)
            })
            .collect();
        Ok(Some(Snapshot::of_entries(folder.file_name().unwrap_or_default(), read)))
    }

    /// Every path of a tree, sorted.
    pub fn paths(&self, tree: &Tree) -> Result<Vec<String>, GitError> {
        Ok(self.entries(tree, "")?.into_iter().map(|(name, _, _)| name).collect())
    }

    /// Paths that differ between two commits, with whether the later one still has them.
    pub fn changes(&self, base: &str, later: &Tree) -> Result<Vec<(String, bool)>, GitError> {
        let common = ["--no-ext-diff", "--no-textconv", "--no-renames", "--name-status", "-z"];
        let answer = match later {
            Tree::Index => run(&self.root, &[&["diff-index", "--cached"], &common[..], &[base, "--"]].concat(), b"")?,
            Tree::Commit(id) => {
                run(&self.root, &[&["diff-tree", "-r"], &common[..], &[base, id.as_str(), "--"]].concat(), b"")?
            }
        };
        let mut words = texts(&answer, "diff")?.into_iter();
        let mut changes = Vec::new();
        while let (Some(status), Some(path)) = (words.next(), words.next()) {
            changes.push((path, status != "D"));
        }
        Ok(changes)
    }

    /// The best common ancestor of two commits.
    pub fn merge_base(&self, one: &str, other: &str) -> Result<String, GitError> {
        let answer = run(&self.root, &["merge-base", one, other], b"")?;
        Ok(texts_by(&answer, b'\n', "merge-base")?.into_iter().next().unwrap_or_default())
    }

    /// Commits that changed a path, newest first, at most `most`.
    pub fn history(&self, path: &str, most: usize) -> Result<Vec<String>, GitError> {
        let count = format!("--max-count={most}");
        let answer = run(&self.root, &["rev-list", &count, "HEAD", "--", path], b"")?;
        texts_by(&answer, b'\n', "rev-list")
    }

    /// Name, mode and object id of every file below a path; a file in conflict has the mode `conflict`.
    fn entries(&self, tree: &Tree, path: &str) -> Result<Vec<(String, String, String)>, GitError> {
        let below: &[&str] = if path.is_empty() { &[] } else { &["--", path] };
        let mut entries: Vec<(String, String, String)> = Vec::new();
        match tree {
            Tree::Index => {
                let answer = run(&self.root, &[&["ls-files", "-s", "-z"], below].concat(), b"")?;
                for line in texts(&answer, "ls-files")? {
                    let Some((head, name)) = line.split_once('\t') else { continue };
                    let words: Vec<&str> = head.split(' ').collect();
                    let [mode, id, stage] = words[..] else { continue };
                    let mode = if stage == "0" { mode } else { "conflict" };
                    if entries.last().is_none_or(|(last, _, _)| last != name) {
                        entries.push((name.into(), mode.into(), id.into()));
                    }
                }
            }
            Tree::Commit(id) => {
                let arguments = [&["ls-tree", "-r", "-z", "--full-tree", id.as_str()], below].concat();
                for line in texts(&run(&self.root, &arguments, b"")?, "ls-tree")? {
                    let Some((head, name)) = line.split_once('\t') else { continue };
                    let words: Vec<&str> = head.split(' ').collect();
                    let [mode, _, id] = words[..] else { continue };
                    entries.push((name.into(), mode.into(), id.into()));
                }
            }
        }
        Ok(entries)
    }

    /// The bytes of blobs, in order.
    fn blobs(&self, ids: &[String]) -> Result<Vec<Vec<u8>>, GitError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let failed = |message: &str| GitError::Failed { command: "cat-file".into(), message: message.into() };
        let input: String = ids.iter().map(|id| format!("{id}\n")).collect();
        let answer = run(&self.root, &["cat-file", "--batch"], input.as_bytes())?;
        let mut rest = answer.as_slice();
        let mut blobs = Vec::with_capacity(ids.len());
        for id in ids {
            let end = rest.iter().position(|byte| *byte == b'\n').ok_or_else(|| failed("the answer is cut"))?;
            let head = std::str::from_utf8(&rest[..end]).map_err(|_| failed("the answer is garbled"))?;
            let words: Vec<&str> = head.split(' ').collect();
            let [found, "blob", size] = words[..] else { return Err(failed(&format!("{id} is no blob"))) };
            let size: usize = size.parse().map_err(|_| failed("the answer is garbled"))?;
            let bytes =
                rest.get(end + 1..end + 1 + size).filter(|_| found == id).ok_or_else(|| failed("the answer is cut"))?;
            blobs.push(bytes.to_vec());
            rest = rest.get(end + 2 + size..).unwrap_or_default();
        }
        Ok(blobs)
    }
}

fn texts(answer: &[u8], command: &str) -> Result<Vec<String>, GitError> {
    texts_by(answer, 0, command)
}

fn texts_by(answer: &[u8], separator: u8, command: &str) -> Result<Vec<String>, GitError> {
    let failed = || GitError::Failed { command: command.into(), message: "a path is not UTF-8".into() };
    let parts = answer.split(|byte| *byte == separator).filter(|part| !part.is_empty());
    parts.map(|part| String::from_utf8(part.to_vec()).map_err(|_| failed())).collect()
}

/// Runs git with nothing configured by anybody.
fn run(folder: &Utf8Path, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, GitError> {
    let failed = |message: String| GitError::Failed {
        command: arguments.first().copied().unwrap_or_default().to_string(),
        message,
    };
    let mut command = Command::new("git");
    for name in FOREIGN {
        command.env_remove(name);
    }
    let mut child = command
        .args(["--no-pager", "--no-replace-objects", "--literal-pathspecs"])
        .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false"])
        .args(["-c", "protocol.allow=never", "-C", folder.as_str()])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let mut stdin = child.stdin.take();
    let bytes = input.to_vec();
    let id = child.id();
    let (sender, receiver) = mpsc::channel();
    // The writer is apart from the reader: a long list of objects would fill the pipe while git waits for us to read.
    std::thread::spawn(move || {
        if let Some(stdin) = stdin.as_mut() {
            let _ = stdin.write_all(&bytes);
        }
        drop(stdin);
    });
    std::thread::spawn(move || {
        let _ = sender.send(child.wait_with_output());
    });
    let Ok(output) = receiver.recv_timeout(TIME_LIMIT) else {
        let _ = Command::new("kill").arg(id.to_string()).status();
        return Err(failed(format!("it took longer than {} seconds", TIME_LIMIT.as_secs())));
    };
    let output = output.map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_string()))
}

#[cfg(test)]
#[path = "git_tests.rs"]
mod tests;
