//! `casefile gate review`: everything a decision covers, as it is hashed, with what a reader would not see made visible.

use std::fmt::Write as _;

use camino::Utf8PathBuf;
use similar::TextDiff;

use crate::cli::error::CliError;
use crate::cli::output;
use crate::gate::{Derived, Phase, Repository, Subject, Tree, canonical, inspect, review_code};
use crate::render::visible;

use super::ask::{AskArgs, Asked};
use super::describe;

/// Commits looked through for the text that was approved.
const HISTORY: usize = 200;

/// Show what a decision covers
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Case folder, or an id found below the configuration's `cases`
    case: Utf8PathBuf,
    #[command(flatten)]
    ask: AskArgs,
}

/// Runs the command; exit code of the state.
pub fn run(args: &Args) -> Result<u8, CliError> {
    let asked = Asked::worktree(&args.case, &args.ask.policy)?;
    let phase = Phase::from(args.ask.phase);
    let derived = inspect(&asked.inquiry(phase, false));
    output::result(&text(&asked, &derived, phase))?;
    Ok(derived.report.exit_code)
}

/// The pages with line numbers, what changed since the last approval, the other files, conditions, and the code.
pub fn text(asked: &Asked, derived: &Derived, phase: Phase) -> String {
    let report = &derived.report;
    let mut text = format!("Review of {} · {phase}\n", describe::one_line(&report.case));
    for page in phase.pages() {
        let Some(canonical) = asked.case.get(page).and_then(|bytes| canonical(bytes).ok()) else { continue };
        let _ = writeln!(text, "\n== {page} (canonical form: without `status` and `last_updated`)\n");
        for (number, line) in (1..).zip(canonical.text.lines()) {
            let _ = writeln!(text, "{number:5}  {}", visible(line));
        }
        if let Some(difference) = difference(asked, derived, page, &canonical.text) {
            let _ = writeln!(text, "\n== {page}: difference since the last approved version\n\n{difference}");
        }
    }
    data(&mut text, asked, phase);
    let _ = writeln!(text, "\n== Every file that the decision covers\n");
    for subject in &report.subjects {
        let mark = match subject.changed {
            Some(true) if subject.sha256.is_empty() => "removed",
            Some(true) if subject.approved_sha256.is_none() => "added",
            Some(true) => "changed",
            Some(false) => "same",
            None => "new",
        };
        let _ = writeln!(text, "{:64}  {mark:7}  {}", subject.sha256, visible(&subject.name));
    }
    findings(&mut text, derived);
    let _ = writeln!(text, "\n== Decision\n\nstate      {}", report.state);
    if let Some(threshold) = report.threshold {
        let _ = writeln!(text, "approvals  {} of {threshold}", report.counted.len());
    }
    for condition in &derived.conditions {
        let kind = if condition.blocking { "condition" } else { "follow-up" };
        let _ = writeln!(text, "{kind}  {}: {}", visible(&condition.id), visible(&condition.text));
    }
    let current: Vec<Subject> = report
        .subjects
        .iter()
        .filter(|subject| !subject.sha256.is_empty())
        .map(|s| Subject { name: s.name.clone(), sha256: s.sha256.clone() })
        .collect();
    let _ = writeln!(text, "code       {}", review_code(&current));
    text
}

/// What machines will take from the data file: a reviewer who sees the page only would not know.
fn data(text: &mut String, asked: &Asked, phase: Phase) {
    let bytes = asked.case.get(phase.data_file());
    let Some(data) = bytes.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(bytes).ok()) else { return };
    let _ = writeln!(text, "\n== {}: what machines take from it\n", phase.data_file());
    for pointer in ["/prepared_by", "/metadata/priority", "/priority", "/draft", "/upstream", "/files"] {
        if let Some(value) = data.pointer(pointer) {
            let _ = writeln!(text, "{:20} {}", pointer.trim_start_matches('/'), describe::one_line(&value.to_string()));
        }
    }
}

fn findings(text: &mut String, derived: &Derived) {
    if derived.report.findings.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n== Marks\n");
    for finding in &derived.report.findings {
        let line = finding.line.map_or_else(String::new, |line| format!(":{line}"));
        let _ = writeln!(text, "{}{line} {}: {}", visible(&finding.file), finding.code, visible(&finding.message));
    }
}

/// The difference to the approved text, where git still has it; its digest proves that it is that text.
fn difference(asked: &Asked, derived: &Derived, page: &str, now: &str) -> Option<String> {
    let (_, subjects) = derived.last_approved.as_ref()?;
    let approved = &subjects.iter().find(|subject| subject.name == page)?.sha256;
    let current = derived.report.subjects.iter().find(|subject| subject.name == page)?;
    if current.sha256 == *approved {
        return None;
    }
    let old = approved_text(asked, page, approved);
    let Some(old) = old else {
        return Some(format!("the approved text ({}) is in none of the last {HISTORY} commits", approved.get(..12)?));
    };
    let diff = TextDiff::from_lines(&old, now);
    let unified = diff.unified_diff().context_radius(2).header("approved", "now").to_string();
    Some(unified.lines().map(|line| format!("{}\n", visible(line))).collect())
}

fn approved_text(asked: &Asked, page: &str, sha256: &str) -> Option<String> {
    let repository = Repository::open(&asked.folder).ok()?;
    let path = repository.relative(&asked.folder.join(page))?;
    let commits = repository.history(path.as_str(), HISTORY).ok()?;
    commits.into_iter().find_map(|commit| {
        let bytes = repository.file(&Tree::Commit(commit), path.as_str()).ok()??;
        let text = canonical(&bytes).ok()?.text;
        (crate::gate::statement_digest(text.as_bytes()) == sha256).then_some(text)
    })
}
