//! What git commands do: hooks that are skipped, protected files that are put back or taken away.

use super::Forbidden;
use super::effects::{Argument, Effect, Walk};

/// Subcommands that change the files they name.
const CHANGES_FILES: &[&str] =
    &["checkout", "restore", "rm", "mv", "clean", "update-index", "sparse-checkout", "show-ref"];

/// Options before the subcommand that take the next word.
const WITH_VALUE: &[&str] = &["--git-dir", "--work-tree", "--namespace", "--exec-path", "--super-prefix"];

/// Options of `commit` and `merge` whose value is a message or a name.
const WITH_TEXT: &[&str] = &["-m", "--message", "-F", "--file", "--author", "--date", "-C", "-c", "--trailer", "-t"];

/// Whether setting a variable makes git skip its hooks.
pub(super) fn disables_hooks(name: &str, value: &str) -> bool {
    let lower = value.to_lowercase();
    name.starts_with("GIT_CONFIG") && (lower.contains("core.hookspath") || lower.contains("no-verify"))
}

/// Adds the effects of a git command.
pub(super) fn run(walk: &mut Walk, rest: &[Argument]) {
    let folder = walk.base.clone();
    let mut at = 0;
    while let Some(option) = rest.get(at).map(|argument| argument.text.as_str()).filter(|text| text.starts_with('-')) {
        let value = rest.get(at + 1).map(|value| value.text.as_str()).unwrap_or_default();
        match option {
            "-C" => walk.base = walk.path(value),
            "-c" if value.to_lowercase().starts_with("alias.") => alias(walk, value.split_once('=')),
            "-c" | "--config-env" if is_hook_setting(value) => walk.add(Effect::Run(Forbidden::SkippedHooks)),
            _ if is_hook_setting(option) => walk.add(Effect::Run(Forbidden::SkippedHooks)),
            _ => {}
        }
        at += if matches!(option, "-C" | "-c" | "--config-env") || WITH_VALUE.contains(&option) { 2 } else { 1 };
    }
    if let Some(verb) = rest.get(at) {
        subcommand(walk, &verb.text, &rest[at + 1..]);
    }
    walk.base = folder;
}

/// What a name of the user's own would run: a git command, or after `!` any command.
fn alias(walk: &mut Walk, setting: Option<(&str, &str)>) {
    let Some((_, command)) = setting else { return };
    match command.strip_prefix('!') {
        Some(script) => walk.script(script),
        None => walk.script(&format!("git {command}")),
    }
}

fn is_hook_setting(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.contains("core.hookspath") || lower.contains("no-verify")
}

fn subcommand(walk: &mut Walk, verb: &str, rest: &[Argument]) {
    if verb == "config" {
        let reads = rest.iter().any(|argument| {
            matches!(argument.text.as_str(), "--get" | "--get-all" | "--get-regexp" | "get" | "--list" | "-l" | "list")
        });
        if !reads && rest.iter().any(|argument| is_hook_setting(&argument.text)) {
            walk.add(Effect::Run(Forbidden::SkippedHooks));
        }
        let named = rest.iter().position(|argument| argument.text.to_lowercase().starts_with("alias."));
        if let Some([name, command, ..]) = named.map(|at| &rest[at..]) {
            alias(walk, Some((&name.text, &command.text)));
        }
        return;
    }
    if skips_hooks(verb, rest) {
        walk.add(Effect::Run(Forbidden::SkippedHooks));
    }
    if takes_untracked(verb, rest) {
        let folder = walk.path(".");
        walk.add(Effect::Remove(folder));
    }
    if CHANGES_FILES.contains(&verb) {
        for argument in rest.iter().filter(|argument| !argument.text.starts_with('-')) {
            // `--cacheinfo MODE,OBJECT,PATH` names the path last; a pathspec may begin with its magic.
            let text = argument.text.rsplit(',').next().unwrap_or_default();
            let path = walk.path(text.strip_prefix(":/").or_else(|| text.strip_prefix(":(top)")).unwrap_or(text));
            // Putting a file back is no removal, unless that is what the command is for.
            walk.add(if matches!(verb, "rm" | "mv") { Effect::Remove(path) } else { Effect::Link(path) });
        }
    }
}

/// Whether files that no commit holds go away, wherever they lie: a decision that was just recorded is one.
fn takes_untracked(verb: &str, rest: &[Argument]) -> bool {
    let has = |long: &[&str], letters: &[char]| {
        let given = |text: &str| long.contains(&text) || letters.iter().any(|letter| in_cluster(text, *letter));
        rest.iter().take_while(|argument| argument.text != "--").any(|argument| given(&argument.text))
    };
    match verb {
        "clean" => {
            let named = rest.iter().any(|argument| !argument.text.starts_with('-'));
            has(&["--force"], &['f']) && !has(&["--dry-run"], &['n']) && !named
        }
        "stash" => has(&["-u", "-a", "--include-untracked", "--all"], &[]),
        _ => false,
    }
}

/// `--no-verify`, in every length git takes, and `-n` of `commit`.
fn skips_hooks(verb: &str, rest: &[Argument]) -> bool {
    let mut words = rest.iter().map(|argument| argument.text.as_str());
    while let Some(text) = words.next() {
        match text {
            "--" => return false,
            _ if WITH_TEXT.contains(&text) && matches!(verb, "commit" | "merge" | "tag" | "notes" | "stash") => {
                words.next();
            }
            _ if text.len() > "--no-".len() + 1 && "--no-verify".starts_with(text) => return true,
            _ if verb == "commit" && in_cluster(text, 'n') => return true,
            _ => {}
        }
    }
    false
}

/// Whether a cluster of one-letter options holds `letter` before one that takes the rest as its value.
fn in_cluster(text: &str, letter: char) -> bool {
    let Some(letters) = text.strip_prefix('-').filter(|letters| !letters.starts_with('-')) else { return false };
    letters.chars().take_while(|c| !"mFcCtSu".contains(*c)).any(|c| c == letter)
}
