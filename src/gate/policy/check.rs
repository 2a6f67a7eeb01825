//! What a policy must say: everything it names must exist.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{BreakGlassFile, PhaseFile, PolicyFile};
use super::{
    BreakGlass, DAY, Mode, POLICY_FILE, Person, PhaseRule, Policy, PolicyReader, PriorityRule, SCHEMA, priority_number,
};
use crate::gate::signers::{Signer, check_principal, parse_revoked, parse_signers};
use crate::gate::{GateFinding, KEY_TYPES, NAMESPACE_APPROVAL, NAMESPACE_BREAK_GLASS, Phase};
use crate::limits;

pub(super) fn problem(message: impl Into<String>) -> GateFinding {
    GateFinding::on_file("policy", POLICY_FILE, message)
}

pub(super) fn parse(bytes: &[u8]) -> Result<PolicyFile, GateFinding> {
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

pub(super) fn check(
    file: PolicyFile,
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
        // Known once every file was read.
        sha256: String::new(),
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
        for kind in entry.key_types.iter().flatten().filter(|kind| !KEY_TYPES.contains(&kind.as_str())) {
            say(format!("`[priority.{name}]` names the key type `{kind}`, which is not accepted"));
        }
        let rule = PriorityRule {
            threshold: entry.threshold,
            require_roles: entry.require_role.iter().cloned().collect(),
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
mod tests {
    use super::*;
    use crate::gate::PolicyOutcome;

    #[test]
    fn durations_have_one_unit() {
        assert_eq!((duration("7d"), duration("24h"), duration("30m")), (Some(7 * DAY), Some(DAY), Some(1800)));
        for text in ["", "d", "7", "-7d", "+7d", "7 d", "0d", "7w", "99999999999999999999d", "7ä"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn a_policy_that_is_no_toml_is_told_with_its_line() {
        let read = |_: &str| Ok(Some(b"schema = 1\nmode = \"ssh\"\n".to_vec()));
        let PolicyOutcome::Broken(problems) = Policy::load(&read, "test") else { panic!("it must not hold") };
        assert_eq!(problems[0].line, Some(1));
    }
}
