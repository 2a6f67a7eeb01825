//! `casefile hook git`: whether a commit or a push holds changes that a plan without an open gate claims.

mod install;
mod process;
mod tree;

use std::collections::BTreeSet;
use std::io::{self, Read as _};

use super::UNREADABLE;
use crate::cli::config::Config;
use crate::cli::error::CliError;
use crate::cli::gate::PolicyArgs;
use crate::cli::output;
use crate::gate::{GateReport, GateState, Phase, Tree, claims};
use crate::render::visible;
use tree::Files;

pub(super) use install::install;

/// Most bytes of the list of references that git hands over.
const INPUT_BYTES: u64 = 8 << 20;

/// What git calls the hook for.
#[derive(Clone, Debug, clap::Subcommand)]
pub(super) enum Event {
    /// A commit is about to be made from the index
    PreCommit,
    /// References are about to be pushed; their list is on standard input
    PrePush {
        /// Name and address of the remote, as git gives them
        #[arg(hide = true)]
        remote: Vec<String>,
    },
}

/// Runs the hook: exit code 0, or that of the first closed gate.
pub(super) fn run(event: &Event) -> Result<u8, CliError> {
    match event {
        Event::PreCommit => pre_commit(),
        Event::PrePush { .. } => pre_push(),
    }
}

fn pre_commit() -> Result<u8, CliError> {
    let head = process::line(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
    // The first commit is compared with the tree without files.
    let head = head.or_else(|_| process::line(&["hash-object", "-t", "tree", "--stdin"]))?;
    let changed = process::names(&["diff-index", "--cached", "--name-only", "--no-renames", "-z", &head], "")?;
    let earlier = process::line(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).ok();
    let earlier = earlier.map(|head| Files::of(Tree::Commit(head))).transpose()?;
    judge(&Files::of(Tree::Index)?, earlier.as_ref(), &changed.into_iter().collect())
}

fn pre_push() -> Result<u8, CliError> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(INPUT_BYTES.saturating_add(1)).read_to_end(&mut bytes);
    let text = String::from_utf8(bytes).ok().filter(|text| read.is_ok() && fits(text));
    let Some(pushed) = text.as_deref().and_then(|text| text.lines().map(pushed).collect::<Option<Vec<_>>>()) else {
        output::note(UNREADABLE);
        return Ok(2);
    };
    let mut code = 0;
    for (local, remote) in pushed {
        if is_zero(local) {
            continue;
        }
        let found = judge(&Files::of(Tree::Commit(local.into()))?, None, &pushed_paths(local, remote)?)?;
        code = if code == 0 { found } else { code };
    }
    Ok(code)
}

fn fits(text: &str) -> bool {
    u64::try_from(text.len()).is_ok_and(|size| size <= INPUT_BYTES)
}

/// The local and the remote object of a line `<local ref> <local oid> <remote ref> <remote oid>`.
fn pushed(line: &str) -> Option<(&str, &str)> {
    let fields: Vec<&str> = line.split(' ').collect();
    let [_, local, _, remote] = fields.as_slice() else { return None };
    let is_object = |text: &str| matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
    (is_object(local) && is_object(remote)).then_some((local, remote))
}

fn is_zero(object: &str) -> bool {
    object.bytes().all(|byte| byte == b'0')
}

/// Paths touched by the commits that no remote is known to have.
fn pushed_paths(local: &str, remote: &str) -> Result<BTreeSet<String>, CliError> {
    let mut range = vec!["rev-list", local, "--not", "--remotes"];
    let known = !is_zero(remote) && process::line(&["cat-file", "-e", remote]).is_ok();
    range.extend(known.then_some(remote));
    let commits = process::line(&range)?;
    // Of a merge only what differs from all its parents: the rest was in a commit of its own.
    let arguments =
        ["diff-tree", "--stdin", "-r", "-c", "--root", "--no-commit-id", "--name-only", "--no-renames", "-z"];
    Ok(process::names(&arguments, &format!("{commits}\n"))?.into_iter().collect())
}

/// Judges the paths that a change touches, for CI: what a tree has since a base, by the policy that the arguments name.
///
/// What the base's plans claim counts too: a change cannot drop the claim that binds it.
pub fn judge_changes(tree: Tree, base: String, policy: PolicyArgs, changed: &BTreeSet<String>) -> Result<u8, CliError> {
    let earlier = Files::judged_by(Tree::Commit(base), policy.clone())?;
    judge(&Files::judged_by(tree, policy)?, Some(&earlier), changed)
}

/// Tells what stands against the changes; the exit code is that of the first closed gate.
fn judge(files: &Files, earlier: Option<&Files>, changed: &BTreeSet<String>) -> Result<u8, CliError> {
    let config = Config::load(None, files.root())?;
    let mut cases = files.cases(&config.cases);
    let before = earlier.map_or_else(Vec::new, |earlier| earlier.cases(&config.cases));
    let gone: Vec<String> = before.iter().filter(|case| !cases.contains(case)).cloned().collect();
    let inside = |path: &str, case: &str| path.strip_prefix(case).is_some_and(|rest| rest.starts_with('/'));
    let mut code = 0;
    let mut claimed: Vec<(&String, GateReport)> = Vec::new();
    let mut open: BTreeSet<&String> = BTreeSet::new();
    for case in &cases {
        let plan = files.read(&format!("{case}/plan.json"))?;
        if changed.iter().any(|path| inside(path, case)) {
            for phase in [Phase::Analysis, Phase::Plan].into_iter().filter(|p| *p == Phase::Analysis || plan.is_some())
            {
                let report = files.gate(case, phase)?;
                if report.state == GateState::Invalid {
                    refuse(&report, "its files cannot be relied on");
                    code = if code == 0 { report.exit_code } else { code };
                }
            }
        }
        let plan = plan.unwrap_or_else(|| NO_PLAN.to_vec());
        let Some(targets) = super::plan_files(&plan) else {
            return Err(CliError::input(format!("{case}/plan.json cannot be read, so its files are not known")));
        };
        let targets = [targets, earlier_targets(earlier, case)?].concat();
        let files_of_plan = |path: &&String| {
            !cases.iter().any(|case| inside(path, case)) && targets.iter().any(|entry| claims(entry, path))
        };
        let own: Vec<&String> = changed.iter().filter(files_of_plan).collect();
        if own.is_empty() {
            continue;
        }
        let report = files.gate(case, Phase::Plan)?;
        if report.open {
            open.extend(own);
        } else {
            claimed.extend(own.into_iter().map(|path| (path, report.clone())));
        }
    }
    cases.extend(gone.iter().cloned());
    for (case, earlier) in gone.iter().zip(earlier.iter().cycle()) {
        let targets = earlier_targets(Some(earlier), case)?;
        let touched = changed.iter().filter(|path| targets.iter().any(|entry| claims(entry, path)));
        let report = earlier.gate(case, Phase::Plan)?;
        claimed.extend(touched.filter(|_| !report.open).map(|path| (path, report.clone())));
    }
    // An open plan that names the file outweighs closed ones.
    for (path, report) in claimed.into_iter().filter(|(path, _)| !open.contains(path)) {
        refuse(&report, &format!("{path} is a file of its plan"));
        code = if code == 0 { report.exit_code } else { code };
    }
    let wanted = files.wanted_cases();
    let in_case = |path: &&String| cases.iter().any(|case| inside(path, case));
    for path in changed.iter().filter(|path| !in_case(path) && !open.contains(path)) {
        if wanted.iter().any(|glob| claims(glob, path)) {
            output::note(&visible(&format!(
                "BLOCKED (casefile gate): {path} needs a case whose plan names it and is open"
            )));
            code = if code == 0 { GateState::Draft.exit_code() } else { code };
        }
    }
    Ok(code)
}

/// What a plan claims that is not there.
const NO_PLAN: &[u8] = br#"{"files":[]}"#;

/// What the plan of a case claimed in an earlier state.
fn earlier_targets(earlier: Option<&Files>, case: &str) -> Result<Vec<String>, CliError> {
    let plan = earlier.map(|earlier| earlier.read(&format!("{case}/plan.json"))).transpose()?.flatten();
    Ok(plan.and_then(|plan| super::plan_files(&plan)).unwrap_or_default())
}

fn refuse(report: &GateReport, why: &str) {
    let GateReport { case, phase, state, exit_code, .. } = report;
    output::note(&visible(&format!("BLOCKED (casefile gate {case}/{phase}, state: {state}, code {exit_code}): {why}")));
    for finding in report.findings.iter().filter(|_| *state == GateState::Invalid).take(5) {
        output::note(&visible(&format!("  {} {}: {}", finding.code, finding.file, finding.message)));
    }
    output::note(&visible(&format!("  {}", report.next)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_two_objects() {
        let (a, zero) = ("a".repeat(40), "0".repeat(40));
        assert_eq!(pushed(&format!("refs/heads/x {a} refs/heads/x {zero}")), Some((a.as_str(), zero.as_str())));
        assert!(is_zero(&zero) && !is_zero(&a));
        for line in ["", "x", "a b c d", &format!("refs/heads/x {a} refs/heads/x"), &format!("r --{a} r {zero}")] {
            assert_eq!(pushed(line), None, "{line}");
        }
    }
}
