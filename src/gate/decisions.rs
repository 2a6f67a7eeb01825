//! The decisions recorded under `approvals/<phase>/`: each read, checked and verified, or a fault that closes the gate.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::pattern::Pattern;

use super::signature::verify;
use super::{
    Decision, GateFinding, Mode, Person, Phase, Policy, Snapshot, Statement, Verified, statement_digest,
    statement_file, written,
};

/// A statement is named after the first twelve digits of its digest, its signature after the statement.
static STATEMENT_FILE: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"\A[0-9a-f]{12}\.json(?P<signature>\.sig)?\z"));

/// How far a statement may be ahead of the clock, in seconds.
const AHEAD: i64 = 300;

/// What lies in the folder of a phase's decisions, before any of it is believed.
#[derive(Debug, Default)]
pub(super) struct Listed<'a> {
    /// Statements with their signatures, by file name.
    pub(super) statements: BTreeMap<&'a str, (&'a [u8], Option<&'a [u8]>)>,
    /// Each makes the gate invalid.
    pub(super) faults: Vec<GateFinding>,
    /// Worth telling, without effect on the state.
    pub(super) remarks: Vec<GateFinding>,
}

/// Lists the decisions of a phase.
pub(super) fn list(case: &Snapshot, phase: Phase) -> Listed<'_> {
    let folder: &'static str = match phase {
        Phase::Analysis => "approvals/analysis",
        Phase::Plan => "approvals/plan",
    };
    let mut found = Listed::default();
    let below = format!("{folder}/");
    found.faults.extend(case.faults(phase).filter(|fault| fault.file.starts_with(&below)).cloned());
    let mut signatures: BTreeMap<&str, &[u8]> = BTreeMap::new();
    for (path, bytes) in case.below(folder) {
        let name = &path[below.len()..];
        match STATEMENT_FILE.captures(name) {
            Some(parts) if parts.name("signature").is_some() => drop(signatures.insert(name, bytes)),
            Some(_) => drop(found.statements.insert(name, (bytes, None))),
            None => {
                let shown = format!("{below}{}", name.escape_default());
                let message = "only statements and their signatures belong here";
                found.faults.push(GateFinding::on_file("unexpected-file", &shown, message));
            }
        }
    }
    for (name, bytes) in signatures {
        match found.statements.get_mut(name.trim_end_matches(".sig")) {
            Some((_, signature)) => *signature = Some(bytes),
            None => {
                let message = "a signature without its statement is left out";
                found.remarks.push(GateFinding::on_file(
                    "signature-without-statement",
                    &format!("{below}{name}"),
                    message,
                ));
            }
        }
    }
    found
}

/// A decision that is what it says it is; whether it counts is decided elsewhere.
#[derive(Clone, Debug)]
pub(super) struct Recorded {
    /// File name.
    pub(super) file: String,
    /// SHA-256 of its bytes.
    pub(super) digest: String,
    pub(super) statement: Statement,
    pub(super) person: Person,
    /// The key, in ssh mode.
    pub(super) key: Option<Verified>,
    /// Seconds since 1970, as the signer claims.
    pub(super) signed_at: i64,
}

/// What every statement of a phase must name.
pub(super) struct Expected<'a> {
    pub(super) case: &'a str,
    pub(super) phase: Phase,
    pub(super) policy: &'a Policy,
    /// Seconds since 1970.
    pub(super) now: i64,
}

/// Verifies every statement; what fails is a fault.
pub(super) fn verified(listed: &Listed<'_>, expected: &Expected<'_>) -> (Vec<Recorded>, Vec<GateFinding>) {
    let (mut decisions, mut faults) = (Vec::new(), Vec::new());
    if expected.policy.revoked.is_none() && !listed.statements.is_empty() {
        let message = "the file of revoked keys is missing, so no signature can be relied on";
        faults.push(GateFinding::on_file("revoked-keys-missing", super::POLICY_FILE, message));
    }
    for (name, (bytes, signature)) in &listed.statements {
        match one(name, bytes, *signature, expected) {
            Ok(decision) => decisions.push(decision),
            Err((code, message)) => {
                let file = format!("approvals/{}/{name}", expected.phase);
                faults.push(GateFinding::on_file(code, &file, message));
            }
        }
    }
    let known: std::collections::BTreeSet<&str> = decisions.iter().map(|decision| decision.digest.as_str()).collect();
    for decision in &decisions {
        if let Some(lost) = decision.statement.predicate.prior.iter().find(|prior| !known.contains(prior.as_str())) {
            let file = format!("approvals/{}/{}", expected.phase, decision.file);
            let message = format!("it follows the statement {}, which is missing or does not hold", &lost[..12]);
            faults.push(GateFinding::on_file("missing-prior", &file, message));
        }
    }
    (decisions, faults)
}

type Fault = (&'static str, String);

fn one(name: &str, bytes: &[u8], signature: Option<&[u8]>, expected: &Expected<'_>) -> Result<Recorded, Fault> {
    let statement = Statement::parse(bytes).map_err(|error| (error.code(), error.to_string()))?;
    if statement_file(bytes) != name {
        return Err(("statement-name", format!("its bytes belong into `{}`", statement_file(bytes))));
    }
    names_this(&statement, expected)?;
    let principal = statement.predicate.reviewer.principal.as_str();
    let Some(person) = expected.policy.people.get(principal) else {
        return Err(("unknown-principal", format!("the policy knows no `{}`", principal.escape_default())));
    };
    let key = proven(&statement, bytes, signature, principal, expected.policy)?;
    let signed_at = statement.signed_at();
    if signed_at > expected.now.saturating_add(AHEAD) {
        return Err(("future-dated", format!("it is signed at {}, after now", statement.predicate.signed_at)));
    }
    emergency(&statement, person, expected.policy)?;
    let (file, digest) = (name.to_string(), statement_digest(bytes));
    Ok(Recorded { file, digest, person: person.clone(), key, signed_at, statement })
}

/// The statement is about this gate and no other.
fn names_this(statement: &Statement, expected: &Expected<'_>) -> Result<(), Fault> {
    let predicate = &statement.predicate;
    let other = |what: &str, named: &str, asked: &str| {
        Err(("other-gate", format!("it is about the {what} `{}`, not `{asked}`", named.escape_default())))
    };
    if predicate.project != expected.policy.project {
        return other("project", &predicate.project, &expected.policy.project);
    }
    if predicate.case != expected.case {
        return other("case", &predicate.case, expected.case);
    }
    if predicate.phase != expected.phase {
        return other("phase", predicate.phase.as_str(), expected.phase.as_str());
    }
    Ok(())
}

/// In ssh mode a signature by the principal's own key; in unsigned mode the plain claim and nothing else.
fn proven(
    statement: &Statement,
    bytes: &[u8],
    signature: Option<&[u8]>,
    principal: &str,
    policy: &Policy,
) -> Result<Option<Verified>, Fault> {
    let claimed = statement.predicate.reviewer.claimed == Some(true);
    if policy.mode == Mode::Unsigned {
        return match (claimed, signature) {
            (true, None) => Ok(None),
            (false, _) => Err(("claim-missing", "without keys a statement says `claimed`".into())),
            (true, Some(_)) => Err(("unexpected-signature", "a claimed statement has no signature".into())),
        };
    }
    if claimed {
        return Err(("unsigned-statement", "it only claims its reviewer; the policy asks for signatures".into()));
    }
    let Some(armor) = signature else {
        return Err(("signature-missing", "there is no signature beside it".into()));
    };
    let Some(signer) = policy.signers.get(principal) else {
        return Err(("unknown-principal", "the principal has no key".into()));
    };
    let namespace = statement.predicate.decision.namespace();
    if !signer.namespaces.iter().any(|name| name == namespace) {
        return Err(("signature-namespace", format!("the key of the principal may not sign in {namespace}")));
    }
    let verified = verify(bytes, armor, namespace, &signer.key).map_err(|error| (error.code(), error.to_string()))?;
    if policy.revoked.as_ref().is_some_and(|revoked| revoked.contains(&verified.fingerprint)) {
        return Err(("revoked-key", format!("the key {} is revoked", verified.fingerprint)));
    }
    Ok(Some(verified))
}

/// What an emergency opening must keep to.
fn emergency(statement: &Statement, person: &Person, policy: &Policy) -> Result<(), Fault> {
    if statement.predicate.decision != Decision::BreakGlass {
        return Ok(());
    }
    let Some(rule) = policy.break_glass.as_ref().filter(|rule| rule.people.contains(&person.name)) else {
        return Err(("break-glass-person", format!("`{}` may not open a gate in an emergency", person.name)));
    };
    let (from, until) = (statement.signed_at(), statement.expires_at().unwrap_or(i64::MAX));
    if until <= from || until.saturating_sub(from) > rule.max_duration {
        let most = written(from.saturating_add(rule.max_duration));
        return Err(("break-glass-duration", format!("it must end after it begins and at the latest at {most}")));
    }
    let reason = statement.predicate.reason.as_deref().unwrap_or_default().trim().chars().count();
    if reason < rule.min_reason_chars {
        return Err(("break-glass-reason", format!("the reason has {reason} of {} characters", rule.min_reason_chars)));
    }
    Ok(())
}
