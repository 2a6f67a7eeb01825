//! `casefile hook claude`: decides on a tool call of Claude Code before it runs, and on changes of its settings.

mod decide;
mod ground;
mod input;
mod paths;
mod settings;
mod shell;

use std::io::{self, Read as _};

use serde_json::json;

use crate::cli::error::CliError;
use crate::cli::output;

use super::UNREADABLE;
use ground::Repository;

pub(super) use settings::install;

/// What Claude Code calls the hook for.
#[derive(Clone, Copy, Debug, clap::Subcommand)]
pub(super) enum Event {
    /// A tool is about to run
    PreToolUse,
    /// Settings have changed on disk
    ConfigChange,
}

/// Runs the hook: exit code 0 with or without a refusal on standard output, 2 where the input is unreadable.
pub(super) fn run(event: &Event) -> Result<u8, CliError> {
    let mut bytes = Vec::new();
    let limit = input::INPUT_BYTES.saturating_add(1);
    let answer = match io::stdin().lock().take(limit).read_to_end(&mut bytes) {
        Err(_) => Err(input::Unreadable),
        Ok(_) => match event {
            Event::PreToolUse => pre_tool_use(&bytes),
            Event::ConfigChange => config_change(&bytes),
        },
    };
    match answer {
        Ok(None) => Ok(0),
        Ok(Some(answer)) => output::result(&format!("{answer}\n")).map(|()| 0),
        Err(input::Unreadable) => {
            output::note(UNREADABLE);
            Ok(2)
        }
    }
}

fn pre_tool_use(bytes: &[u8]) -> Result<Option<serde_json::Value>, input::Unreadable> {
    let call = input::tool_call(bytes)?;
    if call.tool == input::Tool::Other {
        return Ok(None);
    }
    let repository = Repository::around(call.cwd.as_deref());
    let refusal = repository.with_ground(|ground| decide::decide(&call.tool, ground));
    Ok(refusal.map(|refusal| {
        json!({"hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": "deny",
            "permissionDecisionReason": decide::reason(&refusal),
        }})
    }))
}

fn config_change(bytes: &[u8]) -> Result<Option<serde_json::Value>, input::Unreadable> {
    let change = input::config_change(bytes)?;
    let repository = Repository::around(change.cwd.as_deref());
    let weakened = settings::is_weakened(&repository.root, &change.source);
    Ok(weakened.then(|| {
        json!({"decision": "block", "reason":
            "BLOCKED (casefile gate). The changed settings lack the hooks of the gate or switch hooks off. Stop and tell \
             the user: a person must run `casefile hook install claude` in their own terminal. Do not retry, do not edit \
             .claude/settings.json."})
    }))
}
