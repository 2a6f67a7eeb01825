//! The decisions: what was shown is what is signed, by the key the policy names for the reviewer.

use std::fs;

use camino::Utf8PathBuf;
use unicode_normalization::UnicodeNormalization as _;

use crate::cli::error::{CliError, nearest};
use crate::cli::output;
use crate::gate::{
    CANONICALIZATION, Condition, Decision, Derived, GateState, Mode, Phase, Policy, PolicyOutcome, Predicate, Reviewer,
    Signer, Statement, StatementPolicy, StatementTool, Subject, Upstream, derive, inspect, priority_number,
    review_code, written,
};

use super::ask::{AskArgs, Asked};
use super::{describe, record, review, sign, terminal};

/// Decide as a reviewer
#[derive(Debug, clap::Args)]
pub struct DecideArgs {
    /// Case folder, or an id found below the configuration's `cases`
    case: Utf8PathBuf,
    #[command(flatten)]
    ask: AskArgs,
    /// Your principal in allowed_signers
    #[arg(long = "as", value_name = "PRINCIPAL")]
    principal: String,
    /// Your key: a private key file, or the .pub file of a key in an agent
    #[arg(long, value_name = "FILE")]
    key: Option<Utf8PathBuf>,
    /// Words to the others
    #[arg(long, value_name = "TEXT", conflicts_with = "comment_file")]
    comment: Option<String>,
    /// File with words to the others
    #[arg(long, value_name = "FILE")]
    comment_file: Option<Utf8PathBuf>,
    /// Print the statement instead of signing it: sign it elsewhere, then `gate import`
    #[arg(long)]
    print_statement: bool,
}

/// Approve the content as it is now
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The content is shown, its code has to be retyped, ssh-keygen signs, and both ssh-keygen and this program verify.

On another machine, or with a key that only lives there:
  casefile gate approve SHOP-12 --phase analysis --as you@example.com --print-statement > s.json
  ssh-keygen -Y sign -f ~/.ssh/id_ed25519 -n casefile-approval-v1 < s.json > s.json.sig
  casefile gate import SHOP-12 s.json s.json.sig")]
pub struct ApproveArgs {
    #[command(flatten)]
    decide: DecideArgs,
    /// A condition: the gate stays closed until you approve again without it
    #[arg(long, value_name = "TEXT")]
    condition: Vec<String>,
    /// Something to do later, which does not keep the gate closed
    #[arg(long, value_name = "TEXT")]
    follow_up: Vec<String>,
}

/// Open a gate in an emergency
#[derive(Debug, clap::Args)]
pub struct BreakGlassArgs {
    #[command(flatten)]
    decide: DecideArgs,
    /// Why it cannot wait for a review
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The incident it is for
    #[arg(long, value_name = "ID")]
    incident: Option<String>,
    /// For how many hours, 1 to 24
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(i64).range(1..=24))]
    hours: i64,
}

/// What is decided, and what it says beside the common part.
struct Said {
    decision: Decision,
    conditions: Vec<Condition>,
    reason: Option<String>,
    incident: Option<String>,
    hours: Option<i64>,
}

impl Said {
    fn only(decision: Decision) -> Self {
        Said { decision, conditions: Vec::new(), reason: None, incident: None, hours: None }
    }
}

/// Runs `approve`.
pub fn approve(args: &ApproveArgs) -> Result<u8, CliError> {
    let of = |text: &String, blocking: bool| (nfc(text), blocking);
    let texts = args.condition.iter().map(|t| of(t, true)).chain(args.follow_up.iter().map(|t| of(t, false)));
    let conditions =
        (1..).zip(texts).map(|(n, (text, blocking))| Condition { id: format!("C{n}"), text, blocking }).collect();
    decide(&args.decide, Said { conditions, ..Said::only(Decision::Approve) })
}

/// Runs `break-glass`.
pub fn break_glass(args: &BreakGlassArgs) -> Result<u8, CliError> {
    let said = Said {
        reason: Some(nfc(&args.reason)),
        incident: args.incident.as_deref().map(nfc),
        hours: Some(args.hours),
        ..Said::only(Decision::BreakGlass)
    };
    decide(&args.decide, said)
}

/// Runs the decisions that say no more than themselves.
pub fn run(args: &DecideArgs, decision: Decision) -> Result<u8, CliError> {
    decide(args, Said::only(decision))
}

fn decide(args: &DecideArgs, said: Said) -> Result<u8, CliError> {
    if !args.print_statement {
        terminal::require_person()?;
    }
    let phase = Phase::from(args.ask.phase);
    let asked = Asked::worktree(&args.case, &args.ask.policy)?;
    let derived = inspect(&asked.inquiry(phase, false));
    let policy = usable(&asked, &derived)?;
    known(policy, &args.principal)?;
    let subjects = subjects(&derived)?;
    let decision = said.decision;
    let statement = statement(args, said, &asked, &derived, policy, &subjects)?;
    let bytes = statement.to_bytes().map_err(|error| CliError::usage(error.to_string()))?;
    if args.print_statement {
        output::result(&String::from_utf8_lossy(&bytes))?;
        return Ok(0);
    }
    output::result(&review::text(&asked, &derived, phase))?;
    output::result(&format!("\nYou are about to record: {} as {}\n", decision.as_str(), args.principal))?;
    terminal::retype(&review_code(&subjects))?;
    let signature = match (policy.mode, &args.key) {
        (Mode::Unsigned, _) => None,
        (Mode::Ssh, None) => {
            return Err(CliError::usage("--key is needed: the policy asks for signed decisions")
                .hint("a private key file, or the .pub file of a key in your agent"));
        }
        (Mode::Ssh, Some(key)) => {
            Some(sign::sign(&bytes, decision.namespace(), key, signer(policy, &args.principal)?)?)
        }
    };
    let name = record::write(&asked.folder, phase, &bytes, signature.as_deref())?;
    output::note(&format!("recorded {name}"));
    let after = Asked::worktree(&args.case, &args.ask.policy)?;
    let report = derive(&after.inquiry(phase, false));
    output::result(&describe::text(&report))?;
    Ok(report.exit_code)
}

/// The policy, where the gate can be decided on at all.
pub fn usable<'a>(asked: &'a Asked, derived: &Derived) -> Result<&'a Policy, CliError> {
    let report = &derived.report;
    let refused = |message: String| {
        let findings = report.findings.iter().map(|f| format!("{} {}: {}", f.code, f.file, f.message));
        findings.fold(CliError::input(message), CliError::hint)
    };
    if let PolicyOutcome::Missing = asked.policy {
        return Err(CliError::config("there is no .casefile/gate.toml, which says who may decide")
            .hint("`casefile gate init` writes one to start from"));
    }
    match (&asked.policy, report.state) {
        (PolicyOutcome::Ready(_), GateState::Invalid) => {
            Err(refused(format!("the gate of {} is invalid; correct this first", report.case)))
        }
        (PolicyOutcome::Ready(policy), _) => Ok(policy),
        _ => Err(refused("the policy cannot be used".into())),
    }
}

fn known(policy: &Policy, principal: &str) -> Result<(), CliError> {
    if policy.people.contains_key(principal) {
        return Ok(());
    }
    let error = CliError::usage(format!("the policy knows no principal `{principal}`"));
    Err(match nearest(principal, policy.people.keys().map(String::as_str)) {
        Some(meant) => error.hint(format!("did you mean `{meant}`?")),
        None => error.hint("principals stand in .casefile/gate.toml under [people.NAME]"),
    })
}

/// The key that the policy names for a principal.
pub fn signer<'a>(policy: &'a Policy, principal: &str) -> Result<&'a Signer, CliError> {
    policy.signers.get(principal).ok_or_else(|| CliError::usage(format!("`{principal}` has no key in allowed_signers")))
}

/// What the decision is about; nothing is no content.
fn subjects(derived: &Derived) -> Result<Vec<Subject>, CliError> {
    let missing = derived.report.findings.iter().find(|finding| finding.code == "missing-subject");
    if let Some(missing) = missing {
        return Err(CliError::input(format!("`{}` does not exist, so there is nothing to decide on", missing.file)));
    }
    let current = derived.report.subjects.iter().filter(|subject| !subject.sha256.is_empty());
    Ok(current.map(|s| Subject { name: s.name.clone(), sha256: s.sha256.clone() }).collect())
}

fn statement(
    args: &DecideArgs,
    said: Said,
    asked: &Asked,
    derived: &Derived,
    policy: &Policy,
    subjects: &[Subject],
) -> Result<Statement, CliError> {
    let report = &derived.report;
    let priority = report.priority.clone().filter(|text| priority_number(text).is_some());
    let comment = match (&args.comment, &args.comment_file) {
        (Some(text), _) => Some(nfc(text)),
        (None, Some(path)) => {
            let text =
                fs::read_to_string(path).map_err(|error| CliError::input(format!("cannot read {path}: {error}")))?;
            Some(nfc(text.trim_end()))
        }
        (None, None) => None,
    };
    let predicate = Predicate {
        project: policy.project.clone(),
        case: report.case.clone(),
        phase: report.phase,
        decision: said.decision,
        reviewer: Reviewer {
            principal: args.principal.clone(),
            claimed: (policy.mode == Mode::Unsigned).then_some(true),
        },
        threshold: policy.rule(priority.as_deref().and_then(priority_number)).threshold,
        priority,
        conditions: said.conditions,
        comment,
        signed_at: written(asked.clock.now),
        prior: derived.heads.clone(),
        upstream: derived.upstream.clone().map(|analysis| Upstream { analysis }),
        canonicalization: CANONICALIZATION.into(),
        lint_sha256: None,
        policy: Some(StatementPolicy { sha256: policy.sha256.clone(), source: policy.source.clone() }),
        tool: Some(StatementTool { name: "casefile".into(), version: env!("CARGO_PKG_VERSION").into() }),
        reason: said.reason,
        incident: said.incident,
        expires_at: said.hours.map(|hours| written(asked.clock.now + hours * 3600)),
    };
    Ok(Statement::new(subjects, predicate))
}

fn nfc(text: &str) -> String {
    text.nfc().collect()
}
