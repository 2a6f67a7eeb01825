//! The decision on one tool call: a refusal with its fixed words, or none. Reads no disk; what it needs is handed in.

use super::input::{Dialect, Tool};
use super::paths::{self, Protected, absolute};
use super::shell::{self, Effect, Forbidden};
use crate::gate::Json;

/// Longest argument of a foreign tool that is taken for a path, in bytes.
const PATH_BYTES: usize = 4096;

/// Most effects of one command that are looked at: each costs a look at the disk, and a hook has to end in time.
const EFFECTS: usize = 500;

/// What is known of the place a tool works in.
pub(super) struct Ground<'a> {
    /// Folder the client works in, absolute.
    pub(super) cwd: String,
    /// Follows links in the folder of a path.
    pub(super) real: &'a dyn Fn(&str) -> String,
    /// Whether a folder is a case.
    pub(super) is_case: &'a dyn Fn(&str) -> bool,
    /// Whether a folder is a case or holds one.
    pub(super) holds_case: &'a dyn Fn(&str) -> bool,
    /// The gate that is closed over a file.
    pub(super) closed: &'a dyn Fn(&str) -> Option<Closed>,
}

/// A closed gate over a file that is to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Closed {
    /// A plan names the file.
    Claimed {
        /// Id of the case.
        case: String,
        /// State word and exit code.
        state: (&'static str, u8),
        /// A subject that differs from what was reviewed.
        changed: Option<String>,
    },
    /// No case with an open plan gate exists, and the configuration is strict.
    NoOpenCase,
    /// The configuration or a plan cannot be read.
    Unreadable,
}

/// Why a call is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Place(Protected),
    Command(Forbidden),
    Unclear,
    Closed(Closed),
}

/// Decides on a tool call; no refusal is no decision, never consent.
pub(super) fn decide(tool: &Tool, ground: &Ground) -> Option<Refusal> {
    match tool {
        Tool::Write { path } => write(&absolute(&ground.cwd, path), path, ground),
        Tool::Shell { command, dialect } => command_refusal(command, *dialect, ground),
        Tool::Foreign { name, arguments } => foreign(name, arguments, ground),
        Tool::Other => None,
    }
}

/// `path` as it was written is what links are followed in: `..` behind a link is another folder.
fn write(lexical: &str, path: &str, ground: &Ground) -> Option<Refusal> {
    let real = (ground.real)(path);
    let place = [lexical, &real].into_iter().find_map(|path| paths::protected(path, ground.is_case));
    if let Some(place) = place {
        return Some(Refusal::Place(place));
    }
    [lexical, &real].into_iter().find_map(|path| (ground.closed)(path)).map(Refusal::Closed)
}

fn remove(path: &str, ground: &Ground) -> Option<Refusal> {
    let real = (ground.real)(path);
    let find =
        |path: &str| paths::protected(path, ground.is_case).or_else(|| paths::holds_protected(path, ground.holds_case));
    find(path).or_else(|| find(&real)).map(Refusal::Place)
}

fn command_refusal(command: &str, dialect: Dialect, ground: &Ground) -> Option<Refusal> {
    let mut closed = None;
    let mut effects = shell::effects(command, dialect, &ground.cwd);
    effects.sort();
    effects.dedup();
    if effects.len() > EFFECTS {
        return Some(Refusal::Unclear);
    }
    for effect in effects {
        let refusal = match effect {
            Effect::TooMuch => Some(Refusal::Unclear),
            Effect::Run(forbidden) => Some(Refusal::Command(forbidden)),
            Effect::Unclear(text) => shell::mentions(&text).then_some(Refusal::Unclear),
            Effect::Link(path) => remove(&path, ground),
            Effect::Remove(path) => remove(&path, ground).or_else(|| write(&path, &path, ground)),
            Effect::Write(path) => write(&path, &path, ground),
        };
        match refusal {
            // What holds always is said before what holds for the time being.
            Some(Refusal::Closed(gate)) => closed = closed.or(Some(gate)),
            Some(refusal) => return Some(refusal),
            None => {}
        }
    }
    closed.map(Refusal::Closed)
}

/// A tool of another server: what its arguments call a path or a command.
fn foreign(name: &str, arguments: &Json, ground: &Ground) -> Option<Refusal> {
    let verb = name.rsplit("__").next().unwrap_or(name).to_lowercase();
    let looks = ["read", "get", "list", "search", "find", "stat", "info", "view", "fetch", "query", "show", "tree"];
    let reads = looks.iter().any(|word| verb.split(['_', '-']).any(|part| part == *word));
    let mut found = Vec::new();
    texts("", arguments, &mut found);
    found.into_iter().find_map(|(key, text)| {
        let key = key.to_lowercase();
        if ["command", "cmd", "script"].iter().any(|word| key.contains(word)) {
            return command_refusal(text, Dialect::Posix, ground);
        }
        let names_path = ["path", "file", "uri", "dest", "source", "target", "folder", "dir", "notebook"];
        let is_path = names_path.iter().any(|word| key.contains(word)) && text.len() <= PATH_BYTES;
        if reads || !is_path || text.contains('\n') {
            return None;
        }
        let lexical = absolute(&ground.cwd, text);
        write(&lexical, &lexical, ground).or_else(|| remove(&lexical, ground))
    })
}

fn texts<'a>(key: &'a str, value: &'a Json, found: &mut Vec<(&'a str, &'a str)>) {
    match value {
        Json::Text(text) => found.push((key, text)),
        Json::List(items) => items.iter().for_each(|item| texts(key, item, found)),
        Json::Object(entries) => entries.iter().for_each(|(key, value)| texts(key, value, found)),
        _ => {}
    }
}

/// The words a refusal is told in. Nothing of the call is repeated, and nothing in them reads as consent.
pub(super) fn reason(refusal: &Refusal) -> String {
    let last = "Do not retry, do not edit approvals/ or .casefile/.";
    let person = "Stop and tell the user: only a person may do this, in their own terminal.";
    match refusal {
        Refusal::Place(place) => {
            let what = match place {
                Protected::Approvals => "approvals/ holds the recorded decisions",
                Protected::Policy => ".casefile/ says who may decide",
                Protected::AgentSettings => "the agent's settings hold the hooks of the gate",
                Protected::GitHooks => "git's hooks and configuration hold the checks of the gate",
                Protected::Workflow => "the workflow holds the checks of the gate",
            };
            format!("BLOCKED (casefile gate). Not permitted: {what}. {person} {last}")
        }
        Refusal::Command(command) => {
            let what = match command {
                Forbidden::Decision => "the command records a decision or changes the gate",
                Forbidden::Signing => "the command signs or unlocks a key",
                Forbidden::SkippedHooks => "the command skips the checks of git",
            };
            format!("BLOCKED (casefile gate). Not permitted: {what}. {person} {last}")
        }
        Refusal::Unclear => {
            let what = "the command names a protected place or command in a form that cannot be checked";
            format!("BLOCKED (casefile gate). Not permitted: {what}. {person} {last}")
        }
        Refusal::Closed(Closed::Claimed { case, state: (state, code), changed }) => {
            let case = if is_plain(case) { case } else { "CASE" };
            let why = match changed.as_deref().filter(|name| is_plain(name)) {
                Some(name) => format!("{name} differs from the reviewed version."),
                None => "The plan that names this file has no valid decision behind it.".to_string(),
            };
            format!(
                "BLOCKED (casefile gate {case}/plan, state: {state}, code {code}). {why} This edit is not permitted now. \
                 Stop and tell the user: a reviewer must run `casefile gate review {case} --phase plan` in their own \
                 terminal. {last}"
            )
        }
        Refusal::Closed(Closed::NoOpenCase) => format!(
            "BLOCKED (casefile gate). No case has a plan whose gate is open, and this repository wants one for every \
             change. This edit is not permitted now. Stop and tell the user: a reviewer must decide on a plan in their \
             own terminal. {last}"
        ),
        Refusal::Closed(Closed::Unreadable) => format!(
            "BLOCKED (casefile gate). The configuration or a plan of this repository cannot be read, so no gate can be \
             asked. This edit is not permitted now. Stop and tell the user: run `casefile gate doctor` in their own \
             terminal. {last}"
        ),
    }
}

/// Names that cannot hold a sentence.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.len() <= 80 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._/-".contains(&b))
}

#[cfg(test)]
mod tests;
