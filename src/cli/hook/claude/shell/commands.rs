//! What known commands do with their arguments.

use super::super::input::Dialect;
use super::effects::{Argument, Effect, Walk, assignment};
use super::names::{
    COPIERS, DECIDING_VERBS, HARMLESS_VERBS, INTERPRETERS, LINKERS, MOVERS, POWERSHELLS, REMOVERS, SHELLS, WRAPPERS,
    WRITERS,
};
use super::{Forbidden, git};

/// Words and inputs of the command whose output is read.
type Piped = (Vec<Argument>, Vec<String>);

/// Adds the effects of one command; `inputs` are its here-documents.
pub(super) fn run(walk: &mut Walk, arguments: &[Argument], inputs: &[String], piped: Option<&Piped>) {
    let Some(first) = arguments.first() else { return };
    if first.unknown {
        walk.add(Effect::Unclear(joined(arguments)));
        return;
    }
    let rest = &arguments[1..];
    let name = name(&first.text);
    // A copy of a program under another name is still known by its arguments.
    if decides(rest) {
        walk.add(Effect::Run(Forbidden::Decision));
    }
    if signs(rest) {
        walk.add(Effect::Run(Forbidden::Signing));
    }
    match name.as_str() {
        "cd" | "pushd" | "chdir" | "set-location" | "sl" => change_folder(walk, rest),
        "export" | "declare" | "local" | "readonly" | "typeset" => export(walk, rest),
        "eval" | "invoke-expression" | "iex" => script(walk, rest),
        "casefile" => casefile(walk, rest),
        "cargo" => cargo(walk, rest),
        "ssh-add" => walk.add(Effect::Run(Forbidden::Signing)),
        "git" => git::run(walk, rest),
        "sed" | "gsed" | "perl" | "ruby" if edits_in_place(&name, rest) => each(walk, rest, Effect::Write),
        "sed" | "gsed" => {}
        "dd" => values(walk, rest, &["of"]),
        "curl" | "wget" | "sort" | "tar" | "unzip" | "yq" | "jq" | "7z" => values(walk, rest, OUTPUTS),
        "source" | "." => walk.add(Effect::Unclear(joined(arguments))),
        _ if SHELLS.contains(&name.as_str()) => shell(walk, rest, inputs, piped),
        _ if POWERSHELLS.contains(&name.as_str()) => powershell(walk, rest),
        _ if INTERPRETERS.contains(&name.as_str()) || name.starts_with("python3.") => {
            interpreter(walk, &name, arguments, inputs, piped);
        }
        _ if WRITERS.contains(&name.as_str()) => each(walk, rest, Effect::Write),
        _ if REMOVERS.contains(&name.as_str()) => each(walk, rest, Effect::Remove),
        _ if MOVERS.contains(&name.as_str()) => {
            each(walk, rest, Effect::Remove);
            copies(walk, rest);
        }
        _ if COPIERS.contains(&name.as_str()) => copies(walk, rest),
        _ if LINKERS.contains(&name.as_str()) => {
            each(walk, rest, Effect::Link);
            copies(walk, rest);
        }
        _ if WRAPPERS.contains(&name.as_str()) => wrapped(walk, &name, rest, inputs, piped),
        _ => {}
    }
}

/// Options whose value is a file or folder that is written to.
const OUTPUTS: &[&str] =
    &["o", "O", "output", "output-document", "output-dir", "directory-prefix", "P", "C", "directory", "d"];

/// Whether a command runs what a substitution among its arguments prints.
pub(super) fn runs_what_it_reads(arguments: &[Argument]) -> bool {
    let Some(name) = arguments.first().map(|first| name(&first.text)) else { return false };
    matches!(name.as_str(), "source" | "." | "eval") || SHELLS.contains(&name.as_str())
}

/// The name of a program without its folder and its `.exe`, in lower case.
fn name(text: &str) -> String {
    let base = text.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
    base.strip_suffix(".exe").map_or(base.clone(), str::to_string)
}

fn joined(arguments: &[Argument]) -> String {
    arguments.iter().map(|argument| argument.text.as_str()).collect::<Vec<_>>().join(" ")
}

fn is_option(text: &str) -> bool {
    text.len() > 1 && text.starts_with('-')
}

fn change_folder(walk: &mut Walk, rest: &[Argument]) {
    if let Some(folder) = rest.iter().find(|folder| !is_option(&folder.text) && !folder.unknown) {
        walk.base = walk.path(&folder.text);
    }
}

fn export(walk: &mut Walk, rest: &[Argument]) {
    for argument in rest {
        let Some((name, value)) = assignment(&argument.text) else { continue };
        if git::disables_hooks(name, value) {
            walk.add(Effect::Run(Forbidden::SkippedHooks));
        }
        walk.variables.insert(name.into(), value.into());
    }
}

/// The arguments together are a script.
fn script(walk: &mut Walk, rest: &[Argument]) {
    let text = joined(rest);
    if rest.iter().any(|argument| argument.unknown) {
        walk.add(Effect::Unclear(text.clone()));
    }
    walk.script(&text);
}

/// `casefile gate VERB`: every verb but the harmless ones decides or prepares a decision.
fn casefile(walk: &mut Walk, rest: &[Argument]) {
    let mut words = rest.iter().filter(|argument| !is_option(&argument.text));
    if !words.next().is_some_and(|word| word.text == "gate" || word.unknown) {
        return;
    }
    let verb = words.next();
    let asks_for_help = rest.iter().any(|argument| matches!(argument.text.as_str(), "--help" | "-h"));
    let harmless = verb.is_none_or(|verb| !verb.unknown && HARMLESS_VERBS.contains(&verb.text.as_str()));
    if !harmless && !asks_for_help {
        walk.add(Effect::Run(Forbidden::Decision));
    }
}

/// Whether arguments are those of a decision.
fn decides(rest: &[Argument]) -> bool {
    let mut words = rest.iter().map(|argument| argument.text.as_str()).filter(|text| !is_option(text));
    let asks_for_help = rest.iter().any(|argument| matches!(argument.text.as_str(), "--help" | "-h"));
    words.next() == Some("gate") && words.next().is_some_and(|verb| DECIDING_VERBS.contains(&verb)) && !asks_for_help
}

/// `cargo run … -- gate approve` is the same program.
fn cargo(walk: &mut Walk, rest: &[Argument]) {
    let runs = rest.iter().any(|argument| matches!(argument.text.as_str(), "run" | "r"));
    if let Some(at) = rest.iter().position(|argument| argument.text == "--").filter(|_| runs) {
        casefile(walk, &rest[at + 1..]);
    }
}

/// Whether arguments hold `-Y sign`.
fn signs(rest: &[Argument]) -> bool {
    let mut options = rest.iter().enumerate().filter(|(_, option)| option.text.starts_with("-Y"));
    let signs = |(at, option): (usize, &Argument)| match option.text.strip_prefix("-Y") {
        Some("") => rest.get(at + 1).is_some_and(|verb| verb.unknown || verb.text == "sign"),
        Some(verb) => verb == "sign" || option.unknown,
        None => false,
    };
    options.any(signs)
}

fn edits_in_place(name: &str, rest: &[Argument]) -> bool {
    let cluster = |text: &str| {
        let letters = text.strip_prefix('-').unwrap_or_default();
        !letters.starts_with('-') && letters.chars().take_while(char::is_ascii_alphanumeric).any(|c| c == 'i')
    };
    let long = |text: &str| text.starts_with("--in-place") || text == "-inplace";
    rest.iter().any(|argument| long(&argument.text) || cluster(&argument.text))
        && (name.ends_with("sed") || rest.iter().any(|argument| argument.text.contains('e')))
}

/// The path in an argument: after `=` or `:` in an option.
fn value(text: &str) -> Option<&str> {
    if !is_option(text) {
        return Some(text);
    }
    text.split_once(['=', ':']).map(|(_, value)| value)
}

fn each(walk: &mut Walk, rest: &[Argument], effect: fn(String) -> Effect) {
    for text in rest.iter().filter_map(|argument| value(&argument.text)) {
        let path = walk.path(text);
        walk.add(effect(path));
    }
}

/// The destination of a copy, and what the sources become in it.
fn copies(walk: &mut Walk, rest: &[Argument]) {
    let mut target = None;
    let mut plain: Vec<&str> = Vec::new();
    let mut words = rest.iter().map(|argument| argument.text.as_str());
    while let Some(text) = words.next() {
        match text {
            "-t" | "--target-directory" | "-Destination" | "-destination" => target = words.next(),
            _ if is_option(text) => {
                let long = text.strip_prefix("--target-directory=").or_else(|| text.strip_prefix("-t"));
                target = long.or(target);
            }
            _ => plain.push(text),
        }
    }
    let target = target.or_else(|| plain.pop());
    let Some(target) = target else { return };
    // A remote target has a host before it; a Windows drive is one letter.
    let target = walk.path(target);
    for source in plain {
        let base = source.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
        if !matches!(base, "" | "." | ".." | "*") {
            walk.add(Effect::Write(format!("{target}/{base}")));
        }
    }
    walk.add(Effect::Write(target));
}

/// The values of options that name a file to write.
fn values(walk: &mut Walk, rest: &[Argument], names: &[&str]) {
    for (at, argument) in rest.iter().enumerate() {
        let text = argument.text.as_str();
        let bare = text.trim_start_matches('-');
        let found = match bare.split_once('=') {
            Some((name, value)) if names.contains(&name) => Some(value.to_string()),
            _ if is_option(text) && names.contains(&bare) => rest.get(at + 1).map(|next| next.text.clone()),
            _ => {
                let short = text.strip_prefix('-').filter(|short| !short.starts_with('-') && short.is_ascii());
                let joined = short.and_then(|short| Some((short.get(..1)?, short.get(1..)?)));
                // `-oFILE`, and the last letter of a cluster: `-xzC DIR`.
                match joined {
                    Some((first, value)) if names.contains(&first) && !value.is_empty() => Some(value.to_string()),
                    Some((_, tail)) if names.iter().any(|name| name.len() == 1 && tail.ends_with(name)) => {
                        rest.get(at + 1).map(|next| next.text.clone())
                    }
                    _ => None,
                }
            }
        };
        if let Some(found) = found {
            let path = walk.path(&found);
            walk.add(Effect::Write(path));
        }
    }
    // `yq -i` and `sort -o` aside, these read their other arguments.
    if rest.iter().any(|argument| matches!(argument.text.as_str(), "-i" | "--inplace" | "--in-place")) {
        each(walk, rest, Effect::Write);
    }
}

/// `sh -c SCRIPT`, a here-document, or what is piped into it.
fn shell(walk: &mut Walk, rest: &[Argument], inputs: &[String], piped: Option<&Piped>) {
    let is_script = |text: &str| is_option(text) && !text.starts_with("--") && text.contains('c');
    if let Some(at) = rest.iter().position(|argument| is_script(&argument.text)) {
        let Some(text) = rest[at + 1..].iter().find(|argument| !is_option(&argument.text)) else { return };
        if text.unknown {
            walk.add(Effect::Unclear(text.text.clone()));
        }
        walk.script(&text.text);
        return;
    }
    for input in inputs {
        walk.script(input);
    }
    let Some((words, sources)) = piped else { return };
    for source in sources {
        walk.script(source);
    }
    match words.first().map(|first| name(&first.text)).as_deref() {
        Some("echo" | "printf") => {
            let text = words[1..].iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
            walk.script(&text.replace("\\n", "\n"));
        }
        _ => walk.add(Effect::Unclear(joined(words))),
    }
}

fn powershell(walk: &mut Walk, rest: &[Argument]) {
    let is_script = |text: &str| matches!(text.to_lowercase().as_str(), "-command" | "-c" | "/c" | "/k");
    if let Some(at) = rest.iter().position(|argument| is_script(&argument.text)) {
        let outer = std::mem::replace(&mut walk.dialect, Dialect::PowerShell);
        script(walk, &rest[at + 1..]);
        walk.dialect = outer;
    } else if rest.iter().any(|argument| argument.text.to_lowercase().starts_with("-e")) {
        // An encoded command says nothing about itself.
        walk.add(Effect::Unclear("core.hooksPath".into()));
    }
}

/// A script given to an interpreter is not understood; what it names is looked at.
fn interpreter(walk: &mut Walk, name: &str, arguments: &[Argument], inputs: &[String], piped: Option<&Piped>) {
    let text = joined(&arguments[1..]);
    let inline = match name {
        _ if name.ends_with("awk") => text.contains(['>', '|']) || text.contains("system") || text.contains("inplace"),
        "ex" | "vi" | "vim" | "nvim" | "emacs" | "ed" | "sqlite3" => true,
        _ => arguments[1..].iter().any(|argument| {
            let option = argument.text.as_str();
            matches!(option, "eval" | "-" | "--eval" | "--print" | "-p")
                || is_option(option) && !option.starts_with("--") && option.contains(['c', 'e', 'r', 'i'])
        }),
    };
    if inline || arguments.len() == 1 {
        walk.add(Effect::Unclear(text));
    }
    for input in inputs {
        walk.add(Effect::Unclear(input.clone()));
    }
    if let Some((words, sources)) = piped {
        walk.add(Effect::Unclear(joined(words)));
        sources.iter().for_each(|source| walk.add(Effect::Unclear(source.clone())));
    }
}

/// The command that a wrapper runs is the first argument that names a known one.
fn wrapped(walk: &mut Walk, name: &str, rest: &[Argument], inputs: &[String], piped: Option<&Piped>) {
    for argument in rest {
        if let Some((key, value)) = assignment(&argument.text)
            && git::disables_hooks(key, value)
        {
            walk.add(Effect::Run(Forbidden::SkippedHooks));
        }
    }
    // These take a command line as one argument, or a file of one.
    let split = matches!(
        name,
        "env"
            | "script"
            | "su"
            | "flock"
            | "trap"
            | "watch"
            | "parallel"
            | "timeout"
            | "entr"
            | "screen"
            | "tmux"
            | "socat"
            | "ssh"
    );
    for argument in rest.iter().filter(|argument| split && argument.text.contains(char::is_whitespace)) {
        let text = argument.text.trim_start_matches("-S").trim_start_matches("--split-string=");
        walk.script(text);
    }
    if matches!(name, "find" | "fd") {
        if rest.iter().any(|argument| argument.text == "-delete" || argument.text.starts_with("-fprint")) {
            walk.add(Effect::Unclear(joined(rest)));
        }
        let paths: Vec<&Argument> = rest.iter().take_while(|argument| !is_option(&argument.text)).collect();
        let Some(at) = rest.iter().position(|argument| is_exec(&argument.text)) else { return };
        let mut command: Vec<Argument> = rest[at + 1..].to_vec();
        let writes = command.first().is_some_and(|first| {
            let name = self::name(&first.text);
            [WRITERS, REMOVERS, MOVERS, COPIERS, LINKERS, SHELLS].iter().any(|list| list.contains(&name.as_str()))
        });
        if writes {
            walk.add(Effect::Unclear(joined(rest)));
        }
        command.extend(paths.into_iter().cloned());
        run(walk, &command, inputs, piped);
        return;
    }
    let Some(at) = rest.iter().position(|argument| is_known(&argument.text)) else { return };
    let mut command = rest[at..].to_vec();
    if let Some((words, _)) = piped.filter(|_| matches!(name, "xargs" | "parallel")) {
        command.extend(words.iter().skip(1).flat_map(|word| {
            word.text.split_whitespace().map(|text| Argument { text: text.into(), unknown: word.unknown })
        }));
    }
    run(walk, &command, inputs, piped);
}

fn is_exec(text: &str) -> bool {
    matches!(text, "-exec" | "-execdir" | "-ok" | "-okdir" | "-x" | "-X" | "--exec" | "--exec-batch")
}

fn is_known(text: &str) -> bool {
    const OTHERS: &[&str] = &[
        "casefile",
        "cargo",
        "ssh-keygen",
        "ssh-add",
        "git",
        "sed",
        "gsed",
        "dd",
        "curl",
        "wget",
        "eval",
        "tar",
        "unzip",
    ];
    let name = name(text);
    [OTHERS, SHELLS, POWERSHELLS, INTERPRETERS, WRITERS, REMOVERS, MOVERS, COPIERS, LINKERS, WRAPPERS]
        .iter()
        .any(|list| list.contains(&name.as_str()))
}
