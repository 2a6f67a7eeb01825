//! `.claude/settings.json`: adds the hooks and rules of the gate and leaves everything else as it is.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use super::ground::Repository;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::gate::Json;
use crate::gate::{RegularError, read_regular};
use crate::limits;

/// First version of Claude Code that knows `onFailure`.
const FAILS_CLOSED: [u64; 3] = [2, 1, 295];

/// How long `claude --version` may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Seconds a hook may take.
const TIMEOUT: u64 = 10;

/// Event, tools or sources, and our event.
const HOOKS: [(&str, &str, &str); 3] = [
    ("PreToolUse", "Bash|PowerShell|Write|Edit|NotebookEdit", "pre-tool-use"),
    ("PreToolUse", "^mcp__", "pre-tool-use"),
    ("ConfigChange", "project_settings|local_settings", "config-change"),
];

/// Rules that hold even where a hook fails.
const DENIED: [&str; 10] = [
    "Edit(**/approvals/**)",
    "Edit(.casefile/**)",
    "Edit(.claude/settings*.json)",
    "Bash(casefile gate approve:*)",
    "Bash(casefile gate revise:*)",
    "Bash(casefile gate clarify:*)",
    "Bash(casefile gate hold:*)",
    "Bash(casefile gate cancel:*)",
    "Bash(casefile gate break-glass:*)",
    "Bash(ssh-keygen -Y sign:*)",
];

/// Writes hooks and rules into the settings of the repository around the working folder.
pub(in super::super) fn install() -> Result<u8, CliError> {
    let root = Repository::around(None).root;
    let path = root.join(".claude/settings.json");
    let fails_closed = match version() {
        Some(version) if version >= FAILS_CLOSED => true,
        Some([major, minor, patch]) => {
            output::warning(&format!(
                "Claude Code {major}.{minor}.{patch} lets a call run where a hook crashes; `onFailure` needs 2.1.295. \
                 Update it and run this command again"
            ));
            false
        }
        None => {
            output::warning(
                "`claude --version` gives no answer, so `onFailure` is left out: a call runs where a hook crashes. \
                 Run this command again where Claude Code 2.1.295 or later is installed",
            );
            false
        }
    };
    let mut settings = read(&path)?;
    merge(&mut settings, fails_closed).map_err(|what| {
        CliError::input(format!("{path}: {what} has another form than Claude Code reads")).hint("correct it first")
    })?;
    let mut text = serde_json::to_string_pretty(&settings).map_err(|error| CliError::internal(error.to_string()))?;
    text.push('\n');
    write(&path, &text)?;
    output::result(&format!(
        "wrote {path}\nSettings in a repository can be switched off by whoever starts the agent. What resists is managed \
         settings with the same hooks and `allowManagedHooksOnly`, and a job on the protected branch (examples/ci).\n"
    ))?;
    Ok(0)
}

/// Whether settings that have changed lack our hooks, or switch hooks off.
pub(super) fn is_weakened(root: &Utf8Path, source: &str) -> bool {
    match source {
        "project_settings" => match read(&root.join(".claude/settings.json")) {
            Ok(settings) => switches_hooks_off(&settings) || !HOOKS.iter().all(|hook| holds(&settings, hook)),
            Err(_) => true,
        },
        "local_settings" => {
            read(&root.join(".claude/settings.local.json")).map_or(true, |settings| switches_hooks_off(&settings))
        }
        _ => false,
    }
}

fn switches_hooks_off(settings: &Json) -> bool {
    settings.get("disableAllHooks").is_some_and(|value| *value != Json::Bool(false))
}

fn holds(settings: &Json, (event, matcher, own): &(&str, &str, &str)) -> bool {
    let entries = settings.get("hooks").and_then(|hooks| hooks.get(event)).map(Json::items).unwrap_or_default();
    entries.iter().any(|entry| {
        let hooks = entry.get("hooks").map(Json::items).unwrap_or_default();
        entry.get("matcher").and_then(Json::as_str) == Some(matcher) && hooks.iter().any(|hook| is_own(hook, Some(own)))
    })
}

/// Whether a hook is one of ours; of any event, or of the one given.
fn is_own(hook: &Json, event: Option<&str>) -> bool {
    let args: Vec<&str> =
        hook.get("args").map(Json::items).unwrap_or_default().iter().filter_map(Json::as_str).collect();
    hook.get("command").and_then(Json::as_str) == Some("casefile")
        && matches!(args.as_slice(), ["hook", "claude", own] if event.is_none_or(|event| event == *own))
}

/// Puts our hooks and rules in; the error names the key that has another form than expected.
fn merge(settings: &mut Json, fails_closed: bool) -> Result<(), &'static str> {
    let hooks = settings.entry("hooks", Json::Object(Vec::new())).ok_or("the file")?;
    for event in ["PreToolUse", "ConfigChange"] {
        let Json::List(entries) = hooks.entry(event, Json::List(Vec::new())).ok_or("`hooks`")? else {
            return Err("`hooks`");
        };
        for entry in entries.iter_mut() {
            if let Some(Json::List(own)) = entry.entry("hooks", Json::List(Vec::new())) {
                own.retain(|hook| !is_own(hook, None));
            }
        }
        entries.retain(|entry| !matches!(entry.get("hooks"), Some(Json::List(own)) if own.is_empty()));
        entries.extend(HOOKS.iter().filter(|hook| hook.0 == event).map(|hook| entry(hook, fails_closed)));
    }
    let permissions = settings.entry("permissions", Json::Object(Vec::new())).ok_or("the file")?;
    let Json::List(denied) = permissions.entry("deny", Json::List(Vec::new())).ok_or("`permissions`")? else {
        return Err("`permissions.deny`");
    };
    let missing: Vec<Json> =
        DENIED.iter().map(|rule| Json::from(*rule)).filter(|rule| !denied.contains(rule)).collect();
    denied.extend(missing);
    Ok(())
}

fn entry((_, matcher, own): &(&str, &str, &str), fails_closed: bool) -> Json {
    let list = |texts: &[&str]| Json::List(texts.iter().map(|text| Json::from(*text)).collect());
    let mut hook = vec![
        ("type".to_string(), Json::from("command")),
        ("command".to_string(), Json::from("casefile")),
        ("args".to_string(), list(&["hook", "claude", own])),
        ("timeout".to_string(), Json::Number(TIMEOUT.into())),
    ];
    if fails_closed {
        hook.push(("onFailure".to_string(), Json::from("block")));
    }
    Json::Object(vec![
        ("matcher".to_string(), Json::from(*matcher)),
        ("hooks".to_string(), Json::List(vec![Json::Object(hook)])),
    ])
}

/// The settings of a file; empty ones where there is no file.
fn read(path: &Utf8Path) -> Result<Json, CliError> {
    let limit = u64::try_from(limits::YAML_BYTES).unwrap_or(u64::MAX);
    let bytes = match read_regular(path, limit) {
        Ok(bytes) => bytes,
        Err(RegularError::Missing) => return Ok(Json::Object(Vec::new())),
        Err(error) => return Err(CliError::input(format!("{path}: {error}"))),
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Json::Object(Vec::new()));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        CliError::input(format!("{path} is not JSON that can be changed safely: {error}"))
            .hint("correct it, then run the command again")
    })
}

/// Writes a file whole: the old one stays until the new one is complete.
fn write(path: &Utf8PathBuf, text: &str) -> Result<(), CliError> {
    let failed = |error: std::io::Error| CliError::input(format!("cannot write {path}: {error}"));
    let folder = path.parent().unwrap_or(Utf8Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    if let Ok(metadata) = fs::metadata(path) {
        fs::set_permissions(file.path(), metadata.permissions()).map_err(failed)?;
    } else {
        readable(file.path()).map_err(failed)?;
    }
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map(drop).map_err(|error| failed(error.error))
}

/// A temporary file is its owner's alone; settings of a repository are everybody's to read.
#[cfg(unix)]
fn readable(path: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &std::path::Path) -> std::io::Result<()> {
    Ok(())
}

/// The version of Claude Code, where it is installed and answers in time.
fn version() -> Option<[u64; 3]> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let answer = Command::new("claude").arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output();
        // Nobody listens any more where it took too long.
        let _ = sender.send(answer.ok().filter(|answer| answer.status.success()).map(|answer| answer.stdout));
    });
    let text = receiver.recv_timeout(PATIENCE).ok()??;
    parse_version(&String::from_utf8_lossy(&text))
}

fn parse_version(text: &str) -> Option<[u64; 3]> {
    let number = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let mut parts = number.split(['.', '-', '+']).map(str::parse);
    Some([parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(text: &str, fails_closed: bool) -> String {
        let mut settings: Json = serde_json::from_str(text).unwrap();
        merge(&mut settings, fails_closed).unwrap();
        serde_json::to_string(&settings).unwrap()
    }

    #[test]
    fn what_others_have_set_stays_and_keeps_its_order() {
        let text = r#"{"model":"x","hooks":{"Stop":[{"hooks":[{"type":"command","command":"y"}]}],"PreToolUse":[{"matcher":"Bash","hooks":[{"type":"command","command":"z"}]}]},"permissions":{"allow":["Bash(ls)"],"deny":["Read(.env)"]},"env":{"A":"b"}}"#;
        let merged = merged(text, true);
        for part in [
            r#"{"model":"x","hooks":{"Stop":[{"hooks":[{"type":"command","command":"y"}]}],"PreToolUse":[{"matcher":"Bash","hooks":[{"type":"command","command":"z"}]},{"matcher":"Bash|PowerShell"#,
            r#""permissions":{"allow":["Bash(ls)"],"deny":["Read(.env)","Edit(**/approvals/**)","#,
            r#""env":{"A":"b"}}"#,
        ] {
            assert!(merged.contains(part), "{merged}");
        }
    }

    #[test]
    fn a_second_run_changes_nothing_and_a_newer_client_is_taken_into_account() {
        let once = merged("{}", false);
        assert_eq!(merged(&once, false), once);
        assert!(!once.contains("onFailure"));
        let newer = merged(&once, true);
        assert_eq!(newer.matches(r#""onFailure":"block""#).count(), 3);
        assert_eq!(newer.matches(r#""command":"casefile""#).count(), 3);
        assert_eq!(merged(&newer, true), newer);
    }

    #[test]
    fn settings_of_another_form_are_left_alone() {
        for text in ["[]", r#"{"hooks":[]}"#, r#"{"hooks":{"PreToolUse":{}}}"#, r#"{"permissions":{"deny":"x"}}"#] {
            let mut settings: Json = serde_json::from_str(text).unwrap();
            assert!(merge(&mut settings, true).is_err(), "{text}");
        }
    }

    #[test]
    fn weaker_settings_are_told_from_equal_ones() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        fs::create_dir(root.join(".claude")).unwrap();
        let put = |name: &str, text: &str| fs::write(root.join(".claude").join(name), text).unwrap();
        let whole = merged(r#"{"model":"x"}"#, false);
        put("settings.json", &whole);
        assert!(!is_weakened(root, "project_settings"));
        for text in [whole.replace("pre-tool-use", "none"), whole.replace("^mcp__", "x"), "{}".into(), "{".into()] {
            put("settings.json", &text);
            assert!(is_weakened(root, "project_settings"), "{text}");
        }
        put("settings.json", &whole.replacen('{', r#"{"disableAllHooks":true,"#, 1));
        assert!(is_weakened(root, "project_settings"));
        assert!(!is_weakened(root, "local_settings"));
        put("settings.local.json", r#"{"disableAllHooks":true}"#);
        assert!(is_weakened(root, "local_settings"));
        assert!(!is_weakened(root, "user_settings"));
    }

    #[test]
    fn versions_are_compared_by_number() {
        assert_eq!(parse_version("2.1.295 (Claude Code)"), Some([2, 1, 295]));
        assert!(parse_version("2.2.0").unwrap() > FAILS_CLOSED);
        assert!(parse_version("2.1.30").unwrap() < FAILS_CLOSED);
        assert_eq!(parse_version("unknown"), None);
    }
}
