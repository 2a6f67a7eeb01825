//! `casefile gate init`: a policy, allowed_signers, revoked_keys and .gitattributes to start from. Overwrites nothing.

use std::fs::{self, OpenOptions};
use std::io::Write as _;

use camino::{Utf8Path, Utf8PathBuf};

use crate::cli::config::Config;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::gate::{NAMESPACE_APPROVAL, NAMESPACE_BREAK_GLASS, parse_signers};

/// Attributes that keep bytes as they were signed, for case folders `cases/*`.
pub const ATTRIBUTES: [&str; 4] =
    ["cases/*/approvals/** -text", ".casefile/** -text", "cases/*/*.md text eol=lf", "cases/*/evidence/** -text"];

/// Write what a signed gate needs
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  casefile gate init --project acme/auth --as you@example.com --pub ~/.ssh/id_ed25519.pub
  casefile gate init --project acme/auth --as you@example.com --unsigned     without keys; see docs/gate.md for what that is worth")]
pub struct Args {
    /// Name that statements are bound to; unique among your projects
    #[arg(long, value_name = "NAME")]
    project: String,
    /// Principal of the first approver
    #[arg(long = "as", value_name = "PRINCIPAL")]
    principal: String,
    /// Public key of the first approver
    #[arg(long = "pub", value_name = "FILE", required_unless_present = "unsigned")]
    public_key: Option<Utf8PathBuf>,
    /// Record decisions without keys: who decided is then not verified
    #[arg(long, conflicts_with = "public_key")]
    unsigned: bool,
    /// The project's root
    #[arg(default_value = ".")]
    folder: Utf8PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<u8, CliError> {
    let home = args.folder.join(".casefile");
    let signers = signers(args)?;
    let name: String = args.principal.chars().take_while(char::is_ascii_alphanumeric).collect();
    let name = if name.is_empty() { "approver".to_string() } else { name.to_lowercase() };
    let mode = if args.unsigned { "unsigned" } else { "ssh" };
    let policy = policy(&args.project, mode, &name, &args.principal);
    let mut files = vec![("gate.toml", policy)];
    if let Some(signers) = signers {
        files.push(("allowed_signers", signers));
        files.push(("revoked_keys", "# Public keys that may no longer sign, one a line\n".to_string()));
    }
    if let Some((there, _)) = files.iter().find(|(file, _)| home.join(file).exists()) {
        return Err(CliError::input(format!("{} exists already; nothing was written", home.join(there))));
    }
    fs::create_dir_all(&home).map_err(|error| CliError::input(format!("cannot create {home}: {error}")))?;
    for (file, text) in &files {
        create(&home.join(file), text)?;
    }
    attributes(&args.folder)?;
    output::result(NEXT)?;
    Ok(0)
}

/// What only the forge can protect.
const NEXT: &str = "\
Protect now, on your forge:
  - the base branch, and review by owners for .casefile/, cases/**/approvals/, .github/, .claude/
  - the CI job of examples/ci/casefile-gate.yml as a required check that runs from the base ref
Then: commit .casefile/ and .gitattributes; `casefile gate doctor` says what is still missing.
";

fn signers(args: &Args) -> Result<Option<String>, CliError> {
    let Some(path) = &args.public_key else { return Ok(None) };
    let key = fs::read_to_string(path).map_err(|error| CliError::input(format!("cannot read {path}: {error}")))?;
    let words: Vec<&str> = key.split_whitespace().take(2).collect();
    let line =
        format!("{} namespaces=\"{NAMESPACE_APPROVAL},{NAMESPACE_BREAK_GLASS}\" {}\n", args.principal, words.join(" "));
    parse_signers("allowed_signers", line.as_bytes()).map_err(|problems| {
        CliError::input(problems.first().map_or_else(String::new, |p| format!("{path}: {}", p.message)))
    })?;
    Ok(Some(line))
}

fn policy(project: &str, mode: &str, name: &str, principal: &str) -> String {
    let project = toml::Value::String(project.into());
    let principal = toml::Value::String(principal.into());
    format!(
        r#"# Who may decide what. Changes to this file count once they are on the protected branch.
schema = "casefile.policy/1"
project = {project}
mode = "{mode}"
allowed_signers = ".casefile/allowed_signers"
revoked = ".casefile/revoked_keys"
allow_empty_revoked = true
# Principals of agents and bots; they may never decide.
deny_principals = []
author_may_approve = false
allow_conditional = false
unsigned_max_priority = "P3"

[people.{name}]
principals = [{principal}]
roles = ["approver", "lead"]

[phase.analysis]
roles = ["approver"]

[phase.plan]
roles = ["approver"]
requires = ["analysis"]

# Raise the threshold, ask for a role or a touched security key, as soon as more people are listed above.
[priority.default]
threshold = 1
max_age = "14d"

[break_glass]
people = ["{name}"]
max_duration = "24h"
min_reason_chars = 20
"#
    )
}

fn create(path: &Utf8Path, text: &str) -> Result<(), CliError> {
    let failed = |error: std::io::Error| CliError::input(format!("cannot write {path}: {error}"));
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    output::note(&format!("wrote {path}"));
    Ok(())
}

/// Adds the lines that are not there yet, for the configuration's case folders.
fn attributes(folder: &Utf8Path) -> Result<(), CliError> {
    let path = folder.join(".gitattributes");
    let there = fs::read_to_string(&path).unwrap_or_default();
    let cases = Config::load(None, folder)?.cases;
    let wanted = cases.iter().flat_map(|pattern| {
        let pattern = pattern.trim_end_matches('/').to_string();
        ATTRIBUTES.iter().map(move |line| line.replacen("cases/*", &pattern, 1))
    });
    let missing: Vec<String> = wanted.filter(|line| !there.lines().any(|known| known == line)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut lines: Vec<String> = Vec::new();
    for line in missing {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let gap = if there.is_empty() || there.ends_with('\n') { "" } else { "\n" };
    let failed = |error: std::io::Error| CliError::input(format!("cannot write {path}: {error}"));
    let mut file = OpenOptions::new().append(true).create(true).open(&path).map_err(failed)?;
    file.write_all(format!("{gap}{}\n", lines.join("\n")).as_bytes()).map_err(failed)?;
    output::note(&format!("wrote {path}"));
    Ok(())
}
