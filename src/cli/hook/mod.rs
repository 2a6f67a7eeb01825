//! `casefile hook`: checks that git and coding agents call, and their installation.
//!
//! A hook fails closed: input it cannot read, and any defect of its own, is exit code 2, which blocks. It never prints a
//! word of consent; what it has nothing to say on, it says nothing on.

mod claude;
mod git;

pub use git::judge_changes;

use crate::cli::error::CliError;
use crate::cli::{guarded, output};

/// Checks for git and for coding agents, and their installation
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Hooks give feedback early; they can be skipped. What decides is the job on the protected branch: examples/ci.")]
pub struct Args {
    #[command(subcommand)]
    client: Client,
}

#[derive(Debug, clap::Subcommand)]
enum Client {
    /// Called by git
    Git {
        #[command(subcommand)]
        event: git::Event,
    },
    /// Called by Claude Code, with its input on standard input
    Claude {
        #[command(subcommand)]
        event: claude::Event,
    },
    /// Install the hooks
    Install {
        #[command(subcommand)]
        client: Install,
    },
}

#[derive(Debug, clap::Subcommand)]
enum Install {
    /// Write pre-commit and pre-push of the repository around the working folder
    Git {
        /// Put a hook of another origin aside and write ours in its place
        #[arg(long)]
        force: bool,
    },
    /// Add hooks and rules to .claude/settings.json of the repository around the working folder
    Claude,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<u8, CliError> {
    match &args.client {
        Client::Install { client: Install::Git { force } } => git::install(*force),
        Client::Install { client: Install::Claude } => claude::install(),
        Client::Git { event } => Ok(blocking(|| git::run(event))),
        Client::Claude { event } => Ok(blocking(|| claude::run(event))),
    }
}

/// Runs a hook; whatever goes wrong in it blocks with exit code 2.
fn blocking(work: impl FnOnce() -> Result<u8, CliError>) -> u8 {
    // The text of a panic is for developers, and standard error is shown to the agent.
    std::panic::set_hook(Box::new(|_| {}));
    let code = guarded(u8::MAX, || match work() {
        Ok(code) => code,
        Err(error) => {
            output::note(&format!("casefile hook: {}", error.message));
            2
        }
    });
    if code == u8::MAX {
        output::note(UNREADABLE);
        return 2;
    }
    code
}

/// The target files of a plan in the bytes of a `plan.json`; `None` if it is none.
fn plan_files(bytes: &[u8]) -> Option<Vec<String>> {
    let plan: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    let files = plan.get("files")?.as_array()?;
    files.iter().map(|file| file.as_str().map(str::to_string)).collect()
}

/// What is said where the input is not what the client promises, or the hook itself fails.
const UNREADABLE: &str = "casefile hook: unreadable input";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_in_a_hook_blocks() {
        assert_eq!(blocking(|| panic!("on purpose")), 2);
    }

    #[test]
    fn an_error_in_a_hook_blocks() {
        assert_eq!(blocking(|| Err(CliError::input("x"))), 2);
        assert_eq!(blocking(|| Ok(13)), 13);
    }
}
