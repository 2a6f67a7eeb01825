//! The person at the terminal: friction against deciding by accident or from an agent's shell. It is no security: a process
//! that owns a pseudo-terminal passes it. What binds is the key.

use std::fs::OpenOptions;
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Write as _};

use crate::cli::error::CliError;

/// Variables that agents and CI set for what they run; a name that ends in `_` stands for all that begin so.
const AUTOMATION: [&str; 6] = ["CLAUDECODE", "CURSOR_AGENT", "GEMINI_CLI", "CODEX_", "GITHUB_ACTIONS", "CI"];

/// Refuses without a terminal, and in the environment of an agent or a CI job.
pub fn require_person() -> Result<(), CliError> {
    let refuse = |why: &str| {
        CliError::usage(format!("a decision is made by a person at a terminal, and {why}")).hint(
            "stop here and ask a reviewer; with keys elsewhere: --print-statement, ssh-keygen -Y sign, `gate import`",
        )
    };
    if let Some(name) = automation() {
        return Err(refuse(&format!("{name} says that this is none")));
    }
    if !io::stdin().is_terminal() || OpenOptions::new().read(true).write(true).open("/dev/tty").is_err() {
        return Err(refuse("there is no terminal"));
    }
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "the environment tells an agent's shell from a person's")]
fn automation() -> Option<String> {
    let names = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned());
    names
        .filter(|name| AUTOMATION.iter().any(|known| name == known || known.ends_with('_') && name.starts_with(known)))
        .min()
}

/// Asks to retype the code of what was shown.
pub fn retype(code: &str) -> Result<(), CliError> {
    let failed = |error: io::Error| CliError::input(format!("cannot use the terminal: {error}"));
    let mut terminal = OpenOptions::new().read(true).write(true).open("/dev/tty").map_err(failed)?;
    write!(terminal, "Retype the code {code} to sign this content: ").map_err(failed)?;
    terminal.flush().map_err(failed)?;
    let mut line = String::new();
    BufReader::new(terminal).read_line(&mut line).map_err(failed)?;
    if line.trim() == code {
        return Ok(());
    }
    Err(CliError::usage("the code is not the one shown; nothing was recorded"))
}
