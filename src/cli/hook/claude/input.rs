//! What the client hands to a hook: one JSON object on standard input, read strictly. Judges nothing.

use crate::gate::Json;

/// Most bytes that are read from standard input.
pub(super) const INPUT_BYTES: u64 = 8 << 20;

/// Which language a command is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Posix,
    PowerShell,
}

/// The tool that is about to run.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tool {
    /// A file is written or changed.
    Write { path: String },
    /// A command is run.
    Shell { command: String, dialect: Dialect },
    /// A tool of another server; its arguments are not known.
    Foreign { name: String, arguments: Json },
    /// Anything else: the hook has nothing to say on it.
    Other,
}

/// One call of the hook.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    /// Folder the client works in.
    pub(super) cwd: Option<String>,
    /// What is about to run.
    pub(super) tool: Tool,
}

/// Input that is not what the client promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

/// Reads the input of `PreToolUse`.
pub(super) fn tool_call(bytes: &[u8]) -> Result<Call, Unreadable> {
    let input = object(bytes, "PreToolUse")?;
    let name = text(&input, "tool_name")?;
    let arguments = input.get("tool_input").filter(|value| matches!(value, Json::Object(_))).ok_or(Unreadable)?;
    let tool = match name {
        "Write" | "Edit" | "MultiEdit" => Tool::Write { path: text(arguments, "file_path")?.to_string() },
        "NotebookEdit" => Tool::Write { path: text(arguments, "notebook_path")?.to_string() },
        "Bash" => Tool::Shell { command: text(arguments, "command")?.to_string(), dialect: Dialect::Posix },
        "PowerShell" => Tool::Shell { command: text(arguments, "command")?.to_string(), dialect: Dialect::PowerShell },
        _ if name.starts_with("mcp__") => Tool::Foreign { name: name.to_string(), arguments: arguments.clone() },
        _ => Tool::Other,
    };
    Ok(Call { cwd: cwd(&input)?, tool })
}

/// A change of settings that is about to take effect.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    /// Folder the client works in.
    pub(super) cwd: Option<String>,
    /// Which settings: `project_settings`, `local_settings`, …
    pub(super) source: String,
}

/// Reads the input of `ConfigChange`.
pub(super) fn config_change(bytes: &[u8]) -> Result<Change, Unreadable> {
    let input = object(bytes, "ConfigChange")?;
    Ok(Change { cwd: cwd(&input)?, source: text(&input, "source")?.to_string() })
}

fn object(bytes: &[u8], event: &str) -> Result<Json, Unreadable> {
    if u64::try_from(bytes.len()).map_or(true, |size| size > INPUT_BYTES) {
        return Err(Unreadable);
    }
    let input: Json = serde_json::from_slice(bytes).map_err(|_| Unreadable)?;
    if text(&input, "hook_event_name")? == event { Ok(input) } else { Err(Unreadable) }
}

fn text<'a>(object: &'a Json, key: &str) -> Result<&'a str, Unreadable> {
    object.get(key).and_then(Json::as_str).filter(|text| !text.is_empty()).ok_or(Unreadable)
}

fn cwd(input: &Json) -> Result<Option<String>, Unreadable> {
    match input.get("cwd") {
        None => Ok(None),
        Some(_) => text(input, "cwd").map(|folder| Some(folder.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_names_its_path() {
        let input =
            br#"{"hook_event_name":"PreToolUse","cwd":"/r","tool_name":"Edit","tool_input":{"file_path":"/r/a"}}"#;
        let call = Call { cwd: Some("/r".into()), tool: Tool::Write { path: "/r/a".into() } };
        assert_eq!(tool_call(input), Ok(call));
    }

    #[test]
    fn what_the_client_never_sends_is_unreadable() {
        for input in [
            "",
            "x",
            "[]",
            "{}",
            r#"{"hook_event_name":"Stop","tool_name":"Bash","tool_input":{"command":"ls"}}"#,
            r#"{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{}}"#,
            r#"{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":"ls"}"#,
            r#"{"hook_event_name":"PreToolUse","tool_name":"Write","tool_input":{"file_path":7}}"#,
            r#"{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_name":"Read","tool_input":{"command":"ls"}}"#,
            r#"{"hook_event_name":"PreToolUse","cwd":1,"tool_name":"Bash","tool_input":{"command":"ls"}}"#,
            r#"{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"ls"}} x"#,
        ] {
            assert_eq!(tool_call(input.as_bytes()), Err(Unreadable), "{input}");
        }
    }

    #[test]
    fn more_than_the_limit_is_unreadable() {
        let mut input = br#"{"hook_event_name":"PreToolUse","tool_name":"Read","tool_input":{}}"#.to_vec();
        assert!(tool_call(&input).is_ok());
        input.resize(input.len() + usize::try_from(INPUT_BYTES).unwrap(), b' ');
        assert_eq!(tool_call(&input), Err(Unreadable));
    }
}
