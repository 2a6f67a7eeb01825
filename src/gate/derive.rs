//! The state of a gate, derived from the files of a case, the recorded decisions and the policy: the first that fits.
//!
//! invalid → policy-error → (emergency over a cancel, where the policy says so) → rejected → changes-requested → approved
//! → break-glass → expired → stale → superseded → in-review → draft.

use serde_json::Value;

use super::claim::false_claims;
use super::decisions::{Expected, Recorded, list, verified};
use super::ledger::{Live, Standing, standings};
use super::next::{next_step, notices};
use super::signers::check_principal;
use super::subject::{Examination, examine};
use super::tally::{Rules, Tally, tally};
use super::{
    Decision, GATE_SCHEMA, GateClock, GateFinding, GatePolicy, GateReport, GateState, NotCounted, Phase, Policy,
    PolicyOutcome, ReportedSubject, Snapshot, Subject, digest, priority_number, written,
};

/// The time a gate is judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Seconds since 1970.
    pub now: i64,
    /// Where it was taken from: `system`, `head`, `statement` or `--now`.
    pub source: String,
}

/// What is asked of a gate.
#[derive(Clone, Copy, Debug)]
pub struct Inquiry<'a> {
    /// The files of the case.
    pub case: &'a Snapshot,
    /// The gate.
    pub phase: Phase,
    /// Who may decide.
    pub policy: &'a PolicyOutcome,
    /// When.
    pub clock: &'a Clock,
    /// Whether a page that claims another state than the derived one makes the gate invalid.
    pub strict: bool,
}

/// What was found out about a gate, for the answer and for those who sign.
pub struct Derived {
    /// The answer.
    pub report: GateReport,
    /// Digests of the statements that nothing follows yet, sorted: what a new statement names as `prior`.
    pub heads: Vec<String>,
    /// The content of the last approval that stands or was replaced by none, with its statement's file.
    pub last_approved: Option<(String, Vec<Subject>)>,
    /// Conditions of approvals that stand.
    pub conditions: Vec<super::Condition>,
    /// Digest of the analysis, where the phase needs it.
    pub upstream: Option<String>,
}

/// Asks the gate.
pub fn derive(inquiry: &Inquiry<'_>) -> GateReport {
    inspect(inquiry).report
}

/// Asks the gate and keeps what a signer needs.
pub fn inspect(inquiry: &Inquiry<'_>) -> Derived {
    let Inquiry { case, phase, policy, clock, strict } = *inquiry;
    let examination = examine(case, phase);
    let listed = list(case, phase);
    let id = case_id(case, phase, examination.data.as_ref());
    let mut found = Found {
        findings: examination.faults.iter().chain(&listed.faults).cloned().chain(other_id(case, phase, &id)).collect(),
        clock: clock.clone(),
        ..Found::default()
    };
    let mut state = match policy {
        _ if !found.findings.is_empty() => GateState::Invalid,
        PolicyOutcome::Broken(problems) => {
            found.findings.extend(problems.iter().cloned());
            GateState::PolicyError
        }
        PolicyOutcome::Missing if listed.statements.is_empty() => GateState::Draft,
        PolicyOutcome::Missing => {
            let message = "decisions are recorded, but no policy says who may decide";
            found.findings.push(GateFinding::on_file("no-policy", &format!("approvals/{phase}"), message));
            GateState::PolicyError
        }
        PolicyOutcome::Ready(policy) => {
            let expected = Expected { case: &id, phase, policy, now: clock.now };
            let (decisions, faults) = verified(&listed, &expected);
            found.heads = heads(&decisions);
            if faults.is_empty() {
                decide(inquiry, policy, &examination, &decisions, &mut found)
            } else {
                found.findings.extend(faults);
                GateState::Invalid
            }
        }
    };
    let claims: Vec<GateFinding> =
        examination.pages.iter().flat_map(|(name, page)| false_claims(name, page, state)).collect();
    if strict && !claims.is_empty() && state != GateState::PolicyError {
        state = GateState::Invalid;
    }
    found.findings.extend(claims);
    found.findings.extend(listed.remarks.iter().chain(&examination.remarks).cloned());
    found.findings.extend(examination.missing.iter().map(|name| missing(name)));
    found.findings.extend(data_remarks(case, phase, &examination));
    if found.not_counted.is_empty() && !matches!(policy, PolicyOutcome::Ready(_)) {
        found.not_counted = listed.statements.keys().map(|name| uncounted(name)).collect();
    }
    answer(inquiry, state, id, &examination, found)
}

/// What is collected on the way to a state.
#[derive(Default)]
struct Found {
    findings: Vec<GateFinding>,
    clock: Clock,
    heads: Vec<String>,
    tally: Tally,
    not_counted: Vec<NotCounted>,
    last_approved: Option<(String, Vec<Subject>)>,
    conditions: Vec<super::Condition>,
    upstream: Option<String>,
}

impl Default for Clock {
    fn default() -> Self {
        Clock { now: 0, source: "system".into() }
    }
}

/// The state that decisions which all hold lead to.
fn decide(
    inquiry: &Inquiry<'_>,
    policy: &Policy,
    examination: &Examination,
    decisions: &[Recorded],
    found: &mut Found,
) -> GateState {
    let Inquiry { case, phase, .. } = *inquiry;
    if let Some(newest) = decisions.iter().map(|decision| decision.signed_at).max().filter(|at| *at > found.clock.now) {
        found.clock = Clock { now: newest, source: "statement".into() };
    }
    let standings = standings(decisions);
    let current = examination.missing.is_empty().then_some(&examination.subjects).filter(|list| !list.is_empty());
    let author = author(examination.data.as_ref());
    if author.is_none() && !policy.author_may_approve {
        // Told as `author-unknown` with the other remarks on the data.
        found.tally.author_unknown = true;
    }
    let draft = examination.data.as_ref().and_then(|data| data.get("draft")?.as_bool());
    found.tally.draft_plan = phase == Phase::Plan && draft.unwrap_or(false);
    let upstream = policy.requires_analysis(phase).then(|| analysis_of(inquiry, case));
    found.upstream = upstream.as_ref().map(|(digest, _)| digest.clone());
    let stated = decisions.iter().map(|d| d.statement.predicate.priority.as_deref());
    // A page may raise the priority of its case, also that of a plan, but neither name one where the case has none.
    let of_case = case_priority(case).unwrap_or_default();
    let named = declared(examination).into_iter().chain([of_case.as_str()]);
    let priority = strictest(named.chain(stated.flatten()));
    let rules = Rules { policy, phase, author, priority, current, now: found.clock.now, upstream: upstream.as_ref() };
    tally(&rules, &standings, &mut found.tally, &mut found.not_counted, &mut found.findings);
    found.last_approved = last_approved(&standings);
    let approving = standings.iter().filter(|s| s.state == Live::Yes && is(s, Decision::Approve));
    found.conditions = approving.flat_map(|s| s.decision.statement.predicate.conditions.clone()).collect();
    state_of(&rules, &standings, &found.tally, case)
}

fn is(standing: &Standing<'_>, decision: Decision) -> bool {
    standing.decision.statement.predicate.decision == decision
}

/// The first state that fits.
fn state_of(rules: &Rules<'_>, standings: &[Standing<'_>], tally: &Tally, case: &Snapshot) -> GateState {
    let overrides = rules.policy.break_glass.as_ref().is_some_and(|rule| rule.may_override_cancel);
    if tally.emergency && overrides {
        return GateState::BreakGlass;
    }
    if tally.cancelled {
        return GateState::Rejected;
    }
    if tally.revise {
        return GateState::ChangesRequested;
    }
    let enough = tally.enough() && !tally.held && !tally.blocked && !tally.author_unknown && !tally.draft_plan;
    if enough && tally.upstream_open {
        return GateState::Approved;
    }
    if tally.emergency {
        return GateState::BreakGlass;
    }
    if tally.emergency_ended || (!tally.enough() && tally.enough_with_expired() && !tally.held && !tally.blocked) {
        return GateState::Expired;
    }
    if tally.upstream_changed && !tally.counted.is_empty() {
        return GateState::Stale;
    }
    let approvals = || standings.iter().filter(|s| is(s, Decision::Approve));
    let on_current = |s: &&Standing<'_>| rules.current == Some(&s.subjects);
    if tally.counted.is_empty() && tally.ineligible_on_current == 0 {
        if approvals().any(|s| s.state == Live::Yes && !on_current(&s)) {
            return GateState::Stale;
        }
        if approvals().any(|s| s.state == Live::OtherContent && on_current(&s)) {
            return GateState::Superseded;
        }
    }
    let requested = rules.current.is_some_and(|current| is_requested(case, rules.phase, current));
    if standings.iter().any(|s| s.state == Live::Yes && !is(s, Decision::Withdraw)) || requested {
        return GateState::InReview;
    }
    GateState::Draft
}

/// File with the requests for review; unsigned, and no subject.
pub const REQUEST_FILE: &str = "review.json";
/// Its schema.
pub const REQUEST_SCHEMA: &str = "casefile.review/1";

/// Whether a review of exactly this content is asked for.
fn is_requested(case: &Snapshot, phase: Phase, current: &[Subject]) -> bool {
    let file: Option<Value> = case.get(REQUEST_FILE).and_then(|bytes| serde_json::from_slice(bytes).ok());
    let asked =
        file.as_ref().and_then(|file| file.get("requests")?.get(phase.as_str())?.get("subjects_sha256")?.as_str());
    asked == Some(digest(current).as_str())
}

/// The last approval, by its time and then its name.
fn last_approved(standings: &[Standing<'_>]) -> Option<(String, Vec<Subject>)> {
    let approvals = standings.iter().filter(|s| is(s, Decision::Approve) && s.state != Live::OtherContent);
    let last = approvals.max_by_key(|s| (s.decision.signed_at, &s.decision.file))?;
    Some((last.decision.file.clone(), last.subjects.clone()))
}

/// Digests of the decisions that no other one follows, sorted.
fn heads(decisions: &[Recorded]) -> Vec<String> {
    let followed: std::collections::BTreeSet<&str> =
        decisions.iter().flat_map(|d| d.statement.predicate.prior.iter().map(String::as_str)).collect();
    let mut heads: Vec<String> =
        decisions.iter().map(|d| d.digest.clone()).filter(|d| !followed.contains(d.as_str())).collect();
    heads.sort();
    heads
}

/// Digest of the current analysis, and whether its gate is open.
fn analysis_of(inquiry: &Inquiry<'_>, case: &Snapshot) -> (String, bool) {
    let subjects = examine(case, Phase::Analysis).subjects;
    let report = derive(&Inquiry { phase: Phase::Analysis, strict: false, ..*inquiry });
    (digest(&subjects), report.open)
}

/// Priorities that the data file and the pages name.
fn declared(examination: &Examination) -> Vec<&str> {
    let data = examination.data.as_ref();
    let places = data.into_iter().flat_map(|data| [data.pointer("/metadata/priority"), data.get("priority")]);
    // What is there and no text is unknown, and asks for the most.
    let named = places.flatten().filter(|value| !value.is_null()).map(|value| value.as_str().unwrap_or("?"));
    named.chain(examination.pages.iter().flat_map(|(_, page)| page_priorities(&page.text))).collect()
}

/// The priority of the answer: that of the case, else the first of the data and the pages.
fn shown_priority(inquiry: &Inquiry<'_>, examination: &Examination) -> Option<String> {
    case_priority(inquiry.case).or_else(|| declared(examination).first().map(|text| (*text).to_string()))
}

/// The priority that `case.json` names.
fn case_priority(case: &Snapshot) -> Option<String> {
    let data: Value = serde_json::from_slice(case.get(Phase::Analysis.data_file())?).ok()?;
    data.pointer("/metadata/priority")?.as_str().map(str::to_string)
}

/// The front matter's `priority:`, every time and however it is spelled.
fn page_priorities(text: &str) -> Vec<&str> {
    let front = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map_or("", |(front, _)| front);
    let values = front.lines().filter_map(|line| {
        let (key, value) = line.split_once(':')?;
        let key = key.trim_matches(['?', ' ', '"', '\'']);
        key.eq_ignore_ascii_case("priority").then(|| value.trim().trim_matches(['"', '\'']))
    });
    values.collect()
}

/// The most urgent of the priorities; `None`, which asks for the most, where one is unknown or none is named.
fn strictest<'a>(named: impl Iterator<Item = &'a str>) -> Option<u8> {
    let mut strictest = None;
    for text in named {
        let number = priority_number(text)?;
        strictest = Some(strictest.map_or(number, |known: u8| known.min(number)));
    }
    strictest
}

fn answer(inquiry: &Inquiry<'_>, state: GateState, id: String, examination: &Examination, mut found: Found) -> Derived {
    found.findings.sort();
    found.findings.dedup();
    let ready = match inquiry.policy {
        PolicyOutcome::Ready(policy) => Some(policy),
        PolicyOutcome::Missing | PolicyOutcome::Broken(_) => None,
    };
    let approved = found.last_approved.as_ref().map(|(_, subjects)| subjects);
    let report = GateReport {
        assurance: ready.and_then(|policy| found.tally.assurance(policy)),
        clock: ready.map(|_| GateClock { now: written(found.clock.now), source: found.clock.source.clone() }),
        counted: found.tally.counted.iter().map(|(counted, _)| counted.clone()).collect(),
        exit_code: state.exit_code(),
        next: next_step(&id, inquiry.phase, state, &examination.missing, &found.tally),
        notices: notices(state, ready.map(|policy| policy.mode), &found.tally),
        not_counted: found.not_counted,
        open: state.is_open(),
        phase: inquiry.phase,
        policy: ready.map(|policy| GatePolicy { sha256: policy.sha256.clone(), source: policy.source.clone() }),
        priority: shown_priority(inquiry, examination),
        schema: GATE_SCHEMA.into(),
        state,
        subjects: reported(&examination.subjects, approved),
        threshold: ready.map(|_| found.tally.threshold),
        findings: found.findings,
        case: id,
    };
    Derived {
        report,
        heads: found.heads,
        last_approved: found.last_approved,
        conditions: found.conditions,
        upstream: found.upstream,
    }
}

/// Current subjects beside what was approved of them; what was removed since stands with an empty digest.
fn reported(current: &[Subject], approved: Option<&Vec<Subject>>) -> Vec<ReportedSubject> {
    let mut rows: Vec<ReportedSubject> = current
        .iter()
        .map(|subject| {
            let before = approved.map(|list| list.iter().find(|other| other.name == subject.name));
            ReportedSubject {
                approved_sha256: before.flatten().map(|other| other.sha256.clone()),
                changed: before.map(|other| other.is_none_or(|other| other.sha256 != subject.sha256)),
                name: subject.name.clone(),
                sha256: subject.sha256.clone(),
            }
        })
        .collect();
    for removed in approved.into_iter().flatten() {
        if !current.iter().any(|subject| subject.name == removed.name) {
            rows.push(ReportedSubject {
                approved_sha256: Some(removed.sha256.clone()),
                changed: Some(true),
                name: removed.name.clone(),
                sha256: String::new(),
            });
        }
    }
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    rows
}

fn missing(name: &str) -> GateFinding {
    GateFinding::on_file("missing-subject", name, "the phase needs this file, and it does not exist")
}

fn uncounted(statement: &str) -> NotCounted {
    NotCounted { reason: "no policy says who may decide".into(), statement: statement.into() }
}

/// The id in the data file, else the folder's name.
pub(super) fn case_id(case: &Snapshot, phase: Phase, data: Option<&Value>) -> String {
    let key = match phase {
        Phase::Analysis => "id",
        Phase::Plan => "case",
    };
    let stated = data.and_then(|data| data.get(key)?.as_str()).filter(|id| !id.is_empty());
    stated.unwrap_or(&case.folder).to_string()
}

/// A case whose data names another id than its folder: the decisions of one case would count for its copy.
fn other_id(case: &Snapshot, phase: Phase, id: &str) -> Option<GateFinding> {
    let message = format!("it names the case `{}`, and stands in the folder `{}`", id.escape_default(), case.folder);
    (id != case.folder).then(|| GateFinding::on_file("case-id", phase.data_file(), message))
}

/// The principal who prepared what is decided on; a text that is no principal could be anybody.
fn author(data: Option<&Value>) -> Option<&str> {
    data?.get("prepared_by")?.as_str().map(str::trim).filter(|author| check_principal(author).is_ok())
}

/// What the data file itself says against a decision: no author, a draft, an analysis that has moved on.
fn data_remarks(case: &Snapshot, phase: Phase, examination: &Examination) -> Vec<GateFinding> {
    let Some(data) = &examination.data else { return Vec::new() };
    let file = phase.data_file();
    let mut remarks = Vec::new();
    if author(Some(data)).is_none() {
        let message = "it does not say who prepared it, so nobody can tell author from approver";
        remarks.push(GateFinding::on_file("author-unknown", file, message));
    }
    if phase == Phase::Analysis {
        return remarks;
    }
    if data.get("draft").and_then(Value::as_bool).unwrap_or(false) {
        let message = "the plan was made as a draft, which cannot be decided on";
        remarks.push(GateFinding::on_file("draft-plan", file, message));
    }
    let made_from = data.get("upstream").and_then(Value::as_str).filter(|upstream| !upstream.is_empty());
    if made_from.is_some_and(|made_from| made_from != digest(&examine(case, Phase::Analysis).subjects)) {
        let message = "the analysis differs from the one the plan was made from";
        remarks.push(GateFinding::on_file("upstream-changed", file, message));
    }
    remarks
}
