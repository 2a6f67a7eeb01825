//! Counts decisions: who may decide, on what, for how long, and how many are needed.

use std::collections::{BTreeMap, BTreeSet};

use super::ledger::{Live, Standing};
use super::{Counted, Decision, GateFinding, Mode, NotCounted, Phase, Policy, PriorityRule, Subject};

/// What decisions are counted by.
pub(super) struct Rules<'a> {
    pub(super) policy: &'a Policy,
    pub(super) phase: Phase,
    /// Who prepared what is decided on.
    pub(super) author: Option<&'a str>,
    /// The strictest priority named anywhere; `None` where one is unknown.
    pub(super) priority: Option<u8>,
    /// What has to be approved; `None` where a file is missing.
    pub(super) current: Option<&'a Vec<Subject>>,
    /// Seconds since 1970.
    pub(super) now: i64,
    /// Digest of the analysis and whether its gate is open, where the phase needs it.
    pub(super) upstream: Option<&'a (String, bool)>,
}

/// What the decisions amount to.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// Approvals that count, with the roles of their person.
    pub(super) counted: Vec<(Counted, BTreeSet<String>)>,
    /// Approvals that would count, were they not too old.
    expired: Vec<(Counted, BTreeSet<String>)>,
    /// Approvals of the current content by somebody who may not give one.
    pub(super) ineligible_on_current: usize,
    pub(super) cancelled: bool,
    pub(super) revise: bool,
    /// Somebody holds the gate or waits for an answer.
    pub(super) held: bool,
    /// An approval that counts has a condition which is not met.
    pub(super) blocked: bool,
    /// An emergency opening is in force.
    pub(super) emergency: bool,
    /// An emergency opening ended, and no content was approved since.
    pub(super) emergency_ended: bool,
    /// The analysis is approved, or the phase needs none.
    pub(super) upstream_open: bool,
    /// An approval was given for another analysis.
    pub(super) upstream_changed: bool,
    pub(super) author_unknown: bool,
    /// The plan was made as a draft.
    pub(super) draft_plan: bool,
    /// Approvals needed.
    pub(super) threshold: u32,
    require_roles: BTreeSet<String>,
    touched: bool,
}

impl Tally {
    /// Whether enough people with enough keys have approved.
    pub(super) fn enough(&self) -> bool {
        self.is_enough(&self.counted.iter().collect::<Vec<_>>())
    }

    /// The same, were no approval too old.
    pub(super) fn enough_with_expired(&self) -> bool {
        self.is_enough(&self.counted.iter().chain(&self.expired).collect::<Vec<_>>())
    }

    fn is_enough(&self, approvals: &[&(Counted, BTreeSet<String>)]) -> bool {
        let people: BTreeSet<&str> = approvals.iter().map(|(counted, _)| counted.person.as_str()).collect();
        // Without keys only people can be told apart.
        let keys: BTreeSet<&str> =
            approvals.iter().map(|(counted, _)| counted.key_fp.as_deref().unwrap_or(&counted.person)).collect();
        let distinct = u32::try_from(people.len().min(keys.len())).unwrap_or(u32::MAX);
        let role = self.require_roles.iter().all(|role| approvals.iter().any(|(_, roles)| roles.contains(role)));
        self.threshold >= 1 && distinct >= self.threshold && role
    }

    /// What is proven of those who approved.
    pub(super) fn assurance(&self, policy: &Policy) -> Option<String> {
        if self.counted.is_empty() && !self.emergency {
            return None;
        }
        Some(match policy.mode {
            Mode::Unsigned => "unsigned".into(),
            Mode::Ssh if self.touched && !self.counted.is_empty() => "ssh-touch".into(),
            Mode::Ssh => "ssh".into(),
        })
    }
}

/// Counts every decision that stands.
pub(super) fn tally(
    rules: &Rules<'_>,
    standings: &[Standing<'_>],
    tally: &mut Tally,
    not_counted: &mut Vec<NotCounted>,
    findings: &mut Vec<GateFinding>,
) {
    let rule = rules.policy.rule(rules.priority);
    tally.touched = true;
    tally.upstream_open = rules.upstream.is_none_or(|(_, open)| *open);
    let approving = standings.iter().filter(|s| s.state == Live::Yes && decision(s) == Decision::Approve);
    let asked = approving.map(|s| s.decision.statement.predicate.threshold).max().unwrap_or(0);
    tally.threshold = rule.threshold.max(asked);
    tally.require_roles.clone_from(&rule.require_roles);
    for standing in standings {
        let reason = match count(rules, &rule, standing, tally) {
            Ok(()) => continue,
            Err(reason) => reason,
        };
        not_counted.push(NotCounted { reason, statement: standing.decision.file.clone() });
    }
    tally.emergency_ended = ended_without_follow_up(rules, &rule, standings, tally.threshold);
    if tally.blocked {
        let message = "an approval has a blocking condition; its signer approves again without it once it is met";
        findings.push(GateFinding::on_file("condition-open", &format!("approvals/{}", rules.phase), message));
    }
    if !tally.upstream_open && !tally.counted.is_empty() {
        let message = "the plan is approved, but the gate of the analysis it rests on is closed";
        findings.push(GateFinding::on_file("upstream-closed", "approvals/analysis", message));
    }
}

fn decision(standing: &Standing<'_>) -> Decision {
    standing.decision.statement.predicate.decision
}

/// Counts one decision; the error is why it does not count.
fn count(rules: &Rules<'_>, rule: &PriorityRule, standing: &Standing<'_>, tally: &mut Tally) -> Result<(), String> {
    match standing.state {
        Live::Yes => {}
        Live::Replaced => return Err("its signer decided again later".into()),
        Live::OtherContent => return Err("a later approval was for other content".into()),
    }
    let on_current = rules.current == Some(&standing.subjects);
    if decision(standing) == Decision::BreakGlass {
        return emergency(rules, standing, on_current, tally);
    }
    if decision(standing) == Decision::Withdraw {
        return Err("it withdraws what its signer decided before".into());
    }
    let eligible = eligible(rules, rule, standing);
    if let Err(reason) = eligible {
        if on_current && decision(standing) == Decision::Approve {
            tally.ineligible_on_current += 1;
        }
        return Err(reason);
    }
    match decision(standing) {
        Decision::Hold | Decision::Clarify => tally.held = true,
        _ if !on_current => return Err("it is about other content".into()),
        Decision::Cancel => tally.cancelled = true,
        Decision::Revise => tally.revise = true,
        Decision::Approve => return approval(rules, rule, standing, tally),
        Decision::Withdraw | Decision::BreakGlass => {}
    }
    Ok(())
}

fn emergency(rules: &Rules<'_>, standing: &Standing<'_>, on_current: bool, tally: &mut Tally) -> Result<(), String> {
    let until = until(standing);
    if !on_current {
        return Err("it is about other content".into());
    }
    let covered = rules.priority.is_some_and(|priority| priority >= rules.policy.unsigned_max_priority);
    if standing.decision.key.is_none() && !covered {
        return Err("this priority needs signed decisions".into());
    }
    if rules.now < until {
        tally.emergency = true;
        return Ok(());
    }
    Err("the emergency opening has ended".into())
}

fn until(standing: &Standing<'_>) -> i64 {
    standing.decision.statement.expires_at().unwrap_or(i64::MIN)
}

/// Whether the last emergency opening has ended, by its time or because its signer took it back, and no content was
/// approved by enough people since. A change of the content does not hide it.
fn ended_without_follow_up(rules: &Rules<'_>, rule: &PriorityRule, standings: &[Standing<'_>], threshold: u32) -> bool {
    let openings = standings.iter().filter(|s| decision(s) == Decision::BreakGlass);
    let Some(last) = openings.max_by_key(|s| s.decision.signed_at) else { return false };
    if rules.now < until(last) && last.state == Live::Yes {
        return false;
    }
    let mut approvers: BTreeMap<&[Subject], BTreeSet<&str>> = BTreeMap::new();
    for standing in standings {
        let after = standing.decision.signed_at >= last.decision.signed_at;
        if after && decision(standing) == Decision::Approve && eligible(rules, rule, standing).is_ok() {
            approvers.entry(&standing.subjects).or_default().insert(&standing.decision.person.name);
        }
    }
    !approvers.values().any(|people| u32::try_from(people.len()).is_ok_and(|count| count >= threshold))
}

/// Whether the signer may decide here, with the key used.
fn eligible(rules: &Rules<'_>, rule: &PriorityRule, standing: &Standing<'_>) -> Result<(), String> {
    let (policy, person) = (rules.policy, &standing.decision.person);
    if !policy.may_decide(person, rules.phase) {
        return Err(format!("`{}` has no role that decides on {}", person.name, rules.phase));
    }
    let by_author = rules.author.is_some_and(|author| is_author(policy, author, &person.name));
    let approves = decision(standing) == Decision::Approve;
    if approves && by_author && !policy.author_may_approve {
        return Err("the author of the page may not approve it".into());
    }
    if !approves {
        return Ok(());
    }
    let Some(key) = &standing.decision.key else {
        // The number of a priority grows as its urgency falls.
        let covered = rules.priority.is_some_and(|priority| priority >= policy.unsigned_max_priority);
        return if covered { Ok(()) } else { Err("this priority needs signed decisions".into()) };
    };
    if rule.key_types.as_ref().is_some_and(|kinds| !kinds.contains(&key.key_type)) {
        return Err(format!("this priority does not count keys of type {}", key.key_type));
    }
    if rule.require_touch && !key.touched {
        return Err("this priority needs a security key that was touched".into());
    }
    if rule.require_verified && !key.user_verified {
        return Err("this priority needs a security key that verified its user".into());
    }
    Ok(())
}

/// Whether the author, a principal or a name of the policy, is that person.
fn is_author(policy: &Policy, author: &str, person: &str) -> bool {
    let author = author.trim();
    let known = policy.people.iter().find(|(principal, _)| principal.eq_ignore_ascii_case(author));
    known.map_or_else(|| author.eq_ignore_ascii_case(person), |(_, known)| known.name == person)
}

fn approval(rules: &Rules<'_>, rule: &PriorityRule, standing: &Standing<'_>, tally: &mut Tally) -> Result<(), String> {
    let recorded = standing.decision;
    let predicate = &recorded.statement.predicate;
    let counted = Counted {
        conditions: predicate.conditions.iter().map(|condition| condition.text.clone()).collect(),
        key_fp: recorded.key.as_ref().map(|key| key.fingerprint.clone()),
        person: recorded.person.name.clone(),
        principal: predicate.reviewer.principal.clone(),
        signed_at: predicate.signed_at.clone(),
        statement: recorded.file.clone(),
    };
    let roles = recorded.person.roles.clone();
    if let Some((digest, _)) = rules.upstream
        && predicate.upstream.as_ref().is_none_or(|upstream| upstream.analysis != *digest)
    {
        tally.upstream_changed = true;
        tally.upstream_open = false;
        tally.counted.push((counted, roles));
        return Ok(());
    }
    if rule.max_age.is_some_and(|most| rules.now.saturating_sub(recorded.signed_at) > most) {
        tally.expired.push((counted, roles));
        return Err("it is older than the policy allows".into());
    }
    tally.blocked |= recorded.statement.has_blocking_condition() && !rules.policy.allow_conditional;
    tally.touched &= recorded.key.as_ref().is_some_and(|key| key.touched);
    tally.counted.push((counted, roles));
    Ok(())
}
