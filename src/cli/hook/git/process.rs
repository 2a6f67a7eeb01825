//! Runs git's plumbing without anything a repository or a user could have configured.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::cli::error::CliError;

/// How long one command may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Standard output of a git command that reads `input`.
///
/// The environment that git gives its hooks stays: it names the index that is about to be committed.
pub(super) fn git(arguments: &[&str], input: &str) -> Result<Vec<u8>, CliError> {
    let mut command = Command::new("git");
    command.args(["--no-replace-objects", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"]);
    command.args(["-c", "core.quotePath=false"]).args(arguments);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let name = arguments.iter().find(|argument| !argument.starts_with('-')).copied().unwrap_or_default();
    let failed = |what: String| CliError::input(format!("git {name} {what}"));
    let mut child = command.spawn().map_err(|error| failed(format!("cannot be run: {error}")))?;
    if let Some(mut stdin) = child.stdin.take() {
        let input = input.to_string();
        // A command that reads nothing closes the pipe, which is no failure.
        thread::spawn(move || stdin.write_all(input.as_bytes()));
    }
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    match receiver.recv_timeout(PATIENCE) {
        Err(_) => Err(failed("did not end in time".into())),
        Ok(Err(error)) => Err(failed(format!("failed: {error}"))),
        Ok(Ok(output)) if !output.status.success() => Err(failed("failed".into())),
        Ok(Ok(output)) => Ok(output.stdout),
    }
}

/// The same, as one line of text.
pub(super) fn line(arguments: &[&str]) -> Result<String, CliError> {
    let output = git(arguments, "")?;
    Ok(String::from_utf8_lossy(&output).trim_end_matches(['\n', '\r']).to_string())
}

/// The same, as names that each end with a NUL; names that are not UTF-8 are named by their replacement characters.
pub(super) fn names(arguments: &[&str], input: &str) -> Result<Vec<String>, CliError> {
    let output = git(arguments, input)?;
    let names = output.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    Ok(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
}
