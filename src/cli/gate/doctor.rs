//! `casefile gate doctor`: what protects this project's gates, what does not, and what only the forge can do.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

use crate::cli::error::CliError;
use crate::cli::output;
use crate::gate::{Mode, PolicyOutcome, Repository};
use crate::render::visible;

use super::ask::{PolicyArgs, policy, project_root};
use super::init::ATTRIBUTES;

/// Say what protects this project's gates
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The project
    #[arg(default_value = ".")]
    folder: Utf8PathBuf,
    #[command(flatten)]
    policy: PolicyArgs,
}

/// Runs the command: exit 1 where something that a project can mend is missing.
pub fn run(args: &Args) -> Result<u8, CliError> {
    let root = project_root(&args.folder).unwrap_or_else(|| args.folder.clone());
    let mut checks = Checks::default();
    policy_checks(&policy(&args.folder, &args.policy), &mut checks);
    file_checks(&root, &mut checks);
    output::result(&checks.text)?;
    output::result(LIMITS)?;
    Ok(u8::from(checks.failed))
}

/// What no check here can see or give.
const LIMITS: &str = "\
What a local check cannot do:
  - the terminal and environment checks of `gate approve` are friction, not security; the key is what binds
  - hooks of git and of agents can be skipped; the CI job on the base branch's policy is what counts
  - a key in ssh-agent signs for every process of its user: prefer security keys with touch, or `ssh-add -c`
Set on the forge:
  - protect the base branch; require the casefile-gate job from a ruleset or from the base ref
  - require review by owners for .casefile/, cases/**/approvals/, .github/ and .claude/
  - do not let bots or agents hold a key, a role in gate.toml, or the right to approve a merge
";

#[derive(Default)]
struct Checks {
    text: String,
    failed: bool,
}

impl Checks {
    fn say(&mut self, good: bool, what: &str, mend: &str) {
        self.failed |= !good;
        let (mark, mend) = if good { ("ok   ", String::new()) } else { ("MISS ", format!(" -> {mend}")) };
        self.text.push_str(&format!("{mark}{}{mend}\n", visible(what)));
    }
}

fn policy_checks(outcome: &PolicyOutcome, checks: &mut Checks) {
    match outcome {
        PolicyOutcome::Missing => checks.say(false, "a policy says who may decide", "casefile gate init"),
        PolicyOutcome::Broken(problems) => {
            for problem in problems {
                let line = problem.line.map_or_else(String::new, |line| format!(":{line}"));
                checks.say(false, &format!("{}{line}: {}", problem.file, problem.message), "correct the file");
            }
        }
        PolicyOutcome::Ready(policy) => {
            checks.say(true, &format!("the policy of `{}` holds (sha256 {})", policy.project, policy.sha256), "");
            let signed = policy.mode == Mode::Ssh;
            checks.say(signed, "decisions are signed", "mode = \"ssh\": without keys nobody is verified");
            let touch = policy.signers.values().filter(|signer| signer.security_key).count();
            if signed {
                let what = format!("{touch} of {} keys are security keys that ask for a touch", policy.signers.len());
                checks.say(touch > 0, &what, "ssh-keygen -t ed25519-sk, at least for whoever approves P0 and P1");
            }
            let revocable = policy.revoked.is_some();
            checks.say(
                revocable,
                "the file of revoked keys is there",
                "create it; an empty one needs allow_empty_revoked",
            );
            let own = !policy.author_may_approve;
            checks.say(own, "authors may not approve their own pages", "author_may_approve = false");
        }
    }
}

fn file_checks(root: &Utf8Path, checks: &mut Checks) {
    let Ok(repository) = Repository::open(root) else {
        checks.say(false, "the project is in a git repository", "git init: without history nothing is append-only");
        return;
    };
    let attributes = fs::read_to_string(repository.root().join(".gitattributes")).unwrap_or_default();
    let covered = ATTRIBUTES
        .iter()
        .all(|line| attributes.lines().any(|there| there.ends_with(line.split_once(' ').map_or("", |(_, a)| a))));
    checks.say(covered, ".gitattributes keeps statements, policy and evidence byte for byte", "casefile gate init");
    for hook in ["pre-commit", "pre-push"] {
        let text = fs::read_to_string(repository.root().join(".git/hooks").join(hook)).unwrap_or_default();
        checks.say(
            text.contains("casefile hook"),
            &format!("the git hook {hook} asks the gate"),
            "casefile hook install git",
        );
    }
    let workflows = repository.root().join(".github/workflows");
    let asks = |path: &std::path::Path| fs::read_to_string(path).is_ok_and(|text| text.contains("casefile gate check"));
    let found = fs::read_dir(workflows).is_ok_and(|list| list.flatten().any(|entry| asks(&entry.path())));
    checks.say(found, "a CI job asks the gate", "start from examples/ci/casefile-gate.yml");
}
