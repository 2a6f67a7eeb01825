//! `.casefile/gate.toml`: who may decide what. Everything it names must exist, and nothing else may stand in it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::signers::{Signer, check_principal, parse_revoked, parse_signers};
use super::subject::hex_digest;
use super::{GateFinding, NAMESPACE_APPROVAL, NAMESPACE_BREAK_GLASS, Phase};
use crate::limits;

/// Where the policy lies below the project's root.
pub const POLICY_FILE: &str = ".casefile/gate.toml";
const SCHEMA: &str = "casefile.policy/1";
const DAY: i64 = 86_400;

/// How decisions are proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Each decision is signed with an SSH key.
    Ssh,
    /// Decisions are files; who decided is not verified.
    Unsigned,
}

/// The policy as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    schema: String,
    project: String,
    mode: Mode,
    #[serde(default)]
    allowed_signers: Option<String>,
    #[serde(default)]
    revoked: Option<String>,
    #[serde(default)]
    allow_empty_revoked: bool,
    #[serde(default)]
    deny_principals: Vec<String>,
    #[serde(default)]
    author_may_approve: bool,
    #[serde(default)]
    allow_conditional: bool,
    #[serde(default = "default_unsigned")]
    unsigned_max_priority: String,
    people: BTreeMap<String, PersonFile>,
    phase: BTreeMap<Phase, PhaseFile>,
    priority: BTreeMap<String, PriorityFile>,
    #[serde(default)]
    break_glass: Option<BreakGlassFile>,
    #[serde(default)]
    hook: HookFile,
    #[serde(default)]
    ci: CiFile,
}

fn default_unsigned() -> String {
    "P3".into()
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonFile {
    principals: Vec<String>,
    #[serde(default)]
    roles: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PhaseFile {
    roles: Vec<String>,
    #[serde(default)]
    requires: Vec<Phase>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PriorityFile {
    threshold: u32,
    #[serde(default)]
    require_role: Option<String>,
    #[serde(default)]
    max_age: Option<String>,
    #[serde(default)]
    key_types: Option<Vec<String>>,
    #[serde(default)]
    require_touch: bool,
    #[serde(default)]
    require_verified: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BreakGlassFile {
    people: Vec<String>,
    #[serde(default = "one_day")]
    max_duration: String,
    #[serde(default = "twenty")]
    min_reason_chars: u32,
    #[serde(default)]
    may_override_cancel: bool,
}

fn one_day() -> String {
    "24h".into()
}

fn twenty() -> u32 {
    20
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct HookFile {
    #[serde(default)]
    strict: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CiFile {
    #[serde(default)]
    require_case_for: Vec<String>,
}

/// Who may decide, checked.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The project that statements must name.
    pub project: String,
    /// How decisions are proven.
    pub mode: Mode,
    /// SHA-256 of `gate.toml`.
    pub sha256: String,
    /// Where it was taken from: `worktree`, `sha256`, or `git:REF`.
    pub source: String,
    /// Whether the author of a page may approve it.
    pub author_may_approve: bool,
    /// Whether approvals with blocking conditions open the gate.
    pub allow_conditional: bool,
    /// Most urgent priority that unsigned decisions cover, as its number.
    pub unsigned_max_priority: u8,
    /// Principals with their person.
    pub people: BTreeMap<String, Person>,
    /// Principals with their keys; empty in unsigned mode.
    pub signers: BTreeMap<String, Signer>,
    /// Fingerprints of keys that may no longer sign; `None` where the file is missing.
    pub revoked: Option<BTreeSet<String>>,
    /// Who may open a gate in an emergency.
    pub break_glass: Option<BreakGlass>,
    /// Whether hooks ask for an open case for every path.
    pub strict_hook: bool,
    /// Globs of paths that CI wants a case for.
    pub require_case_for: Vec<String>,
    phases: BTreeMap<Phase, PhaseRule>,
    priorities: BTreeMap<u8, PriorityRule>,
    default: Option<PriorityRule>,
}

/// A person who may decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Name in the policy.
    pub name: String,
    /// Roles.
    pub roles: BTreeSet<String>,
}

#[derive(Clone, Debug)]
struct PhaseRule {
    roles: BTreeSet<String>,
    requires: Vec<Phase>,
}

/// What a priority asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriorityRule {
    /// Approvals needed.
    pub threshold: u32,
    /// A role that one of the approvers must have.
    pub require_role: Option<String>,
    /// How long an approval holds, in seconds.
    pub max_age: Option<i64>,
    /// Key types that count; all accepted ones where `None`.
    pub key_types: Option<Vec<String>>,
    /// Whether only touched security keys count.
    pub require_touch: bool,
    /// Whether only security keys that verified their user count.
    pub require_verified: bool,
}

/// Who may open a gate in an emergency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakGlass {
    /// Names of people.
    pub people: BTreeSet<String>,
    /// Longest opening, in seconds.
    pub max_duration: i64,
    /// Shortest reason, in characters.
    pub min_reason_chars: usize,
    /// Whether it opens a gate that a reviewer cancelled.
    pub may_override_cancel: bool,
}

/// What became of looking for a policy.
#[derive(Clone, Debug)]
pub enum PolicyOutcome {
    /// There is none.
    Missing,
    /// There is one, and it cannot be relied on.
    Broken(Vec<GateFinding>),
    /// It holds.
    Ready(Box<Policy>),
}

/// Reads the bytes of a file below the project's root, from wherever the policy is taken; `None` where there is none.
pub type PolicyReader<'a> = &'a dyn Fn(&str) -> Result<Option<Vec<u8>>, String>;

impl Policy {
    /// Reads and checks the policy; `source` is what the answer says of where it was taken from.
    pub fn load(read: PolicyReader<'_>, source: &str) -> PolicyOutcome {
        let bytes = match read(POLICY_FILE) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return PolicyOutcome::Missing,
            Err(message) => return PolicyOutcome::Broken(vec![problem(message)]),
        };
        let mut problems = Vec::new();
        let file = match parse(&bytes) {
            Ok(file) => file,
            Err(problem) => return PolicyOutcome::Broken(vec![problem]),
        };
        let policy = check(file, &bytes, read, source, &mut problems);
        match policy {
            Some(policy) if problems.is_empty() => PolicyOutcome::Ready(Box::new(policy)),
            _ => PolicyOutcome::Broken(problems),
        }
    }

    /// What the strictest of the priorities asks for; an unknown or missing priority asks for the most.
    pub fn rule(&self, priority: Option<u8>) -> PriorityRule {
        if let Some(rule) = priority.and_then(|p| self.priorities.get(&p)) {
            return rule.clone();
        }
        match (&self.default, priority) {
            (Some(rule), Some(_)) => rule.clone(),
            _ => self.strictest(),
        }
    }

    fn strictest(&self) -> PriorityRule {
        let rules: Vec<&PriorityRule> = self.priorities.values().chain(&self.default).collect();
        let both = |a: Option<Vec<String>>, b: &Option<Vec<String>>| match (a, b) {
            (Some(a), Some(b)) => Some(a.into_iter().filter(|kind| b.contains(kind)).collect()),
            (a, b) => a.or_else(|| b.clone()),
        };
        PriorityRule {
            threshold: rules.iter().map(|rule| rule.threshold).max().unwrap_or(u32::MAX),
            require_role: rules.iter().find_map(|rule| rule.require_role.clone()),
            max_age: rules.iter().filter_map(|rule| rule.max_age).min(),
            key_types: rules.iter().fold(None, |types, rule| both(types, &rule.key_types)),
            require_touch: rules.iter().any(|rule| rule.require_touch),
            require_verified: rules.iter().any(|rule| rule.require_verified),
        }
    }

    /// Whether a person has one of the roles that decide in a phase.
    pub fn may_decide(&self, person: &Person, phase: Phase) -> bool {
        self.phases.get(&phase).is_some_and(|rule| !rule.roles.is_disjoint(&person.roles))
    }

    /// Whether a phase needs the analysis to be approved.
    pub fn requires_analysis(&self, phase: Phase) -> bool {
        phase == Phase::Plan && self.phases.get(&phase).is_none_or(|rule| rule.requires.contains(&Phase::Analysis))
    }
}

/// The number of a priority `P0` to `P4`; 0 is the most urgent.
pub fn priority_number(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [b'P' | b'p', digit @ b'0'..=b'4'] => Some(digit - b'0'),
        _ => None,
    }
}

fn problem(message: impl Into<String>) -> GateFinding {
    GateFinding::on_file("policy", POLICY_FILE, message)
}

fn parse(bytes: &[u8]) -> Result<PolicyFile, GateFinding> {
    if bytes.len() > limits::YAML_BYTES {
        return Err(problem("it is larger than a policy can be"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| problem("it is not valid UTF-8"))?;
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        let line = line.and_then(|line| u64::try_from(line).ok());
        GateFinding { line, ..problem(error.message().trim_end()) }
    })
}

fn check(
    file: PolicyFile,
    bytes: &[u8],
    read: PolicyReader<'_>,
    source: &str,
    problems: &mut Vec<GateFinding>,
) -> Option<Policy> {
    let mut say = |message: String| problems.push(problem(message));
    if file.schema != SCHEMA {
        say(format!("its schema is `{}`; this program reads {SCHEMA}", file.schema));
    }
    if file.project.trim().is_empty() {
        say("`project` is empty; statements would fit any other project without a name".into());
    }
    let people = people(&file, &mut say);
    let known: BTreeSet<&String> = file.people.values().flat_map(|person| &person.roles).collect();
    let phases = phases(&file, &known, &mut say);
    let (priorities, default) = priorities(&file, &known, &mut say);
    for (name, rule) in priorities
        .iter()
        .map(|(p, rule)| (format!("P{p}"), rule))
        .chain(default.iter().map(|rule| ("default".to_string(), rule)))
    {
        for (phase, decides) in &phases {
            let eligible =
                file.people.values().filter(|p| p.roles.iter().any(|role| decides.roles.contains(role))).count();
            if usize::try_from(rule.threshold).map_or(true, |threshold| threshold > eligible) {
                say(format!(
                    "priority {name} needs {} approvals, but {eligible} people may decide on {phase}",
                    rule.threshold
                ));
            }
        }
    }
    let break_glass = file.break_glass.as_ref().and_then(|rule| break_glass(rule, &file, &mut say));
    let unsigned_max_priority = priority_number(&file.unsigned_max_priority).unwrap_or_else(|| {
        say(format!("`unsigned_max_priority` is `{}`, which is none of P0 to P4", file.unsigned_max_priority));
        0
    });
    let signers =
        if file.mode == Mode::Ssh { signers(&file, read, break_glass.as_ref(), problems)? } else { BTreeMap::new() };
    let revoked = if file.mode == Mode::Ssh { revoked(&file, read, problems) } else { Some(BTreeSet::new()) };
    Some(Policy {
        project: file.project,
        mode: file.mode,
        sha256: hex_digest(bytes),
        source: source.to_string(),
        author_may_approve: file.author_may_approve,
        allow_conditional: file.allow_conditional,
        unsigned_max_priority,
        people,
        signers,
        revoked,
        break_glass,
        strict_hook: file.hook.strict,
        require_case_for: file.ci.require_case_for,
        phases,
        priorities,
        default,
    })
}

fn people(file: &PolicyFile, say: &mut dyn FnMut(String)) -> BTreeMap<String, Person> {
    let mut people: BTreeMap<String, Person> = BTreeMap::new();
    for (name, entry) in &file.people {
        if entry.principals.is_empty() {
            say(format!("`{name}` has no principal"));
        }
        for principal in &entry.principals {
            if let Err(message) = check_principal(principal) {
                say(message);
            }
            if file.deny_principals.contains(principal) {
                say(format!("`{principal}` is denied and also the principal of `{name}`"));
            }
            let person = Person { name: name.clone(), roles: entry.roles.iter().cloned().collect() };
            if let Some(other) = people.insert(principal.clone(), person) {
                say(format!("`{principal}` is the principal of both `{}` and `{name}`", other.name));
            }
        }
    }
    people
}

fn phases(file: &PolicyFile, known: &BTreeSet<&String>, say: &mut dyn FnMut(String)) -> BTreeMap<Phase, PhaseRule> {
    for phase in [Phase::Analysis, Phase::Plan] {
        match file.phase.get(&phase) {
            None => say(format!("`[phase.{phase}]` is missing")),
            Some(rule) if rule.roles.is_empty() => say(format!("`[phase.{phase}]` names no role")),
            Some(rule) => {
                for role in rule.roles.iter().filter(|role| !known.contains(role)) {
                    say(format!("nobody has the role `{role}` of `[phase.{phase}]`"));
                }
            }
        }
    }
    let rule =
        |rule: &PhaseFile| PhaseRule { roles: rule.roles.iter().cloned().collect(), requires: rule.requires.clone() };
    file.phase.iter().map(|(phase, entry)| (*phase, rule(entry))).collect()
}

type Priorities = (BTreeMap<u8, PriorityRule>, Option<PriorityRule>);

fn priorities(file: &PolicyFile, known: &BTreeSet<&String>, say: &mut dyn FnMut(String)) -> Priorities {
    let (mut numbered, mut default) = (BTreeMap::new(), None);
    if file.priority.is_empty() {
        say("no `[priority.…]` says how many approvals are needed".into());
    }
    for (name, entry) in &file.priority {
        if entry.threshold < 1 {
            say(format!("`[priority.{name}]` has a threshold of 0: nobody would have to approve"));
        }
        if let Some(role) = entry.require_role.as_ref().filter(|role| !known.contains(role)) {
            say(format!("nobody has the role `{role}` of `[priority.{name}]`"));
        }
        let max_age = entry.max_age.as_deref().map(|text| {
            duration(text).unwrap_or_else(|| {
                say(format!("`max_age` of `[priority.{name}]` is `{text}`; write 7d, 24h or 30m"));
                0
            })
        });
        for kind in entry.key_types.iter().flatten().filter(|kind| !super::KEY_TYPES.contains(&kind.as_str())) {
            say(format!("`[priority.{name}]` names the key type `{kind}`, which is not accepted"));
        }
        let rule = PriorityRule {
            threshold: entry.threshold,
            require_role: entry.require_role.clone(),
            max_age,
            key_types: entry.key_types.clone(),
            require_touch: entry.require_touch,
            require_verified: entry.require_verified,
        };
        match (priority_number(name), name.as_str()) {
            (Some(number), _) => drop(numbered.insert(number, rule)),
            (None, "default") => default = Some(rule),
            (None, _) => say(format!("`[priority.{name}]` is none of P0 to P4 and default")),
        }
    }
    (numbered, default)
}

fn break_glass(rule: &BreakGlassFile, file: &PolicyFile, say: &mut dyn FnMut(String)) -> Option<BreakGlass> {
    for name in rule.people.iter().filter(|name| !file.people.contains_key(*name)) {
        say(format!("`[break_glass]` names `{name}`, who is nobody of `[people]`"));
    }
    let Some(max_duration) = duration(&rule.max_duration).filter(|seconds| *seconds <= DAY) else {
        say(format!("`max_duration` of `[break_glass]` is `{}`; at most 24h", rule.max_duration));
        return None;
    };
    Some(BreakGlass {
        people: rule.people.iter().cloned().collect(),
        max_duration,
        min_reason_chars: usize::try_from(rule.min_reason_chars).unwrap_or(usize::MAX),
        may_override_cancel: rule.may_override_cancel,
    })
}

fn signers(
    file: &PolicyFile,
    read: PolicyReader<'_>,
    break_glass: Option<&BreakGlass>,
    problems: &mut Vec<GateFinding>,
) -> Option<BTreeMap<String, Signer>> {
    let path = local(file.allowed_signers.as_deref(), "allowed_signers", problems)?;
    let bytes = match read(&path) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            problems.push(GateFinding::on_file("allowed-signers", &path, "it does not exist"));
            return None;
        }
        Err(message) => {
            problems.push(GateFinding::on_file("allowed-signers", &path, message));
            return None;
        }
    };
    let signers = match parse_signers(&path, &bytes) {
        Ok(signers) => signers,
        Err(found) => {
            problems.extend(found);
            return None;
        }
    };
    let may = |signer: &Signer, namespace: &str| signer.namespaces.iter().any(|name| name == namespace);
    for (name, person) in &file.people {
        let keys: Vec<&Signer> = person.principals.iter().filter_map(|principal| signers.get(principal)).collect();
        if keys.len() < person.principals.len() {
            problems.push(problem(format!("a principal of `{name}` has no key in {path}")));
        }
        if !keys.iter().all(|signer| may(signer, NAMESPACE_APPROVAL)) {
            problems
                .push(problem(format!("a key of `{name}` in {path} does not list the namespace {NAMESPACE_APPROVAL}")));
        }
        let emergency = break_glass.is_some_and(|rule| rule.people.contains(name));
        if emergency && !keys.iter().all(|signer| may(signer, NAMESPACE_BREAK_GLASS)) {
            let message = format!("a key of `{name}` in {path} does not list the namespace {NAMESPACE_BREAK_GLASS}");
            problems.push(problem(message));
        }
    }
    Some(signers)
}

/// The revoked keys; a missing file revokes nothing and everything: statements are not relied on without it.
fn revoked(file: &PolicyFile, read: PolicyReader<'_>, problems: &mut Vec<GateFinding>) -> Option<BTreeSet<String>> {
    let path = local(file.revoked.as_deref(), "revoked", problems)?;
    let bytes = match read(&path) {
        Ok(bytes) => bytes?,
        Err(message) => {
            problems.push(GateFinding::on_file("revoked-keys", &path, message));
            return None;
        }
    };
    match parse_revoked(&path, &bytes) {
        Ok(keys) if keys.is_empty() && !file.allow_empty_revoked => {
            let message = "it lists no key; set `allow_empty_revoked = true` if none is revoked";
            problems.push(GateFinding::on_file("revoked-keys", &path, message));
            None
        }
        Ok(keys) => Some(keys.into_iter().collect()),
        Err(found) => {
            problems.push(found);
            None
        }
    }
}

/// A path below the project's root.
fn local(path: Option<&str>, key: &str, problems: &mut Vec<GateFinding>) -> Option<String> {
    let Some(path) = path else {
        problems.push(problem(format!("`{key}` is missing, which mode = \"ssh\" needs")));
        return None;
    };
    let plain = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    };
    if path.split('/').all(plain) {
        return Some(path.to_string());
    }
    problems.push(problem(format!("`{key}` must be a path below the project's root, with `/`")));
    None
}

/// Seconds of `7d`, `24h`, `30m`.
fn duration(text: &str) -> Option<i64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "d" => DAY,
        "h" => 3600,
        "m" => 60,
        _ => return None,
    };
    let number: i64 = number.parse().ok().filter(|_| number.bytes().all(|b| b.is_ascii_digit()))?;
    number.checked_mul(unit).filter(|seconds| (1..=3650 * DAY).contains(seconds))
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
