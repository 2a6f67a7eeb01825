//! `.casefile/gate.toml`: who may decide what. Everything it names must exist, and nothing else may stand in it.

mod check;
mod file;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use self::check::{check, parse, problem};
use super::signers::Signer;
use super::subject::hex_digest;
use super::{GateFinding, Phase, Subject, digest};

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

/// Who may decide, checked.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The project that statements must name.
    pub project: String,
    /// How decisions are proven.
    pub mode: Mode,
    /// Digest of `gate.toml`, the allowed signers and the revoked keys together, made like that of subjects: whoever may
    /// edit one of the three decides who may sign.
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
    /// Roles of which each must be among the approvers.
    pub require_roles: BTreeSet<String>,
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
        let files = RefCell::new(Vec::new());
        let read: PolicyReader<'_> = &|name| {
            let bytes = read(name)?;
            files.borrow_mut().extend(bytes.as_deref().map(|b| Subject { name: name.into(), sha256: hex_digest(b) }));
            Ok(bytes)
        };
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
        let policy = check(file, read, source, &mut problems);
        match policy {
            Some(policy) if problems.is_empty() => {
                let sha256 = digest(&files.borrow());
                PolicyOutcome::Ready(Box::new(Policy { sha256, ..policy }))
            }
            _ => PolicyOutcome::Broken(problems),
        }
    }

    /// What the strictest of the priorities asks for; an unknown or missing priority asks for the most.
    pub fn rule(&self, priority: Option<u8>) -> PriorityRule {
        if let Some(rule) = priority.and_then(|p| self.priorities.get(&p)) {
            return rule.clone();
        }
        // A priority that is not listed asks for at least what the less urgent ones that are listed ask for.
        let less_urgent = |number: u8| self.priorities.range(number..).map(|(_, rule)| rule);
        match (&self.default, priority) {
            (Some(default), Some(number)) => strictest(&less_urgent(number).chain([default]).collect::<Vec<_>>()),
            _ => strictest(&self.priorities.values().chain(&self.default).collect::<Vec<_>>()),
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

/// What all of the rules together ask for.
fn strictest(rules: &[&PriorityRule]) -> PriorityRule {
    let both = |a: Option<Vec<String>>, b: &Option<Vec<String>>| match (a, b) {
        (Some(a), Some(b)) => Some(a.into_iter().filter(|kind| b.contains(kind)).collect()),
        (a, b) => a.or_else(|| b.clone()),
    };
    PriorityRule {
        threshold: rules.iter().map(|rule| rule.threshold).max().unwrap_or(u32::MAX),
        require_roles: rules.iter().flat_map(|rule| rule.require_roles.iter().cloned()).collect(),
        max_age: rules.iter().filter_map(|rule| rule.max_age).min(),
        key_types: rules.iter().fold(None, |types, rule| both(types, &rule.key_types)),
        require_touch: rules.iter().any(|rule| rule.require_touch),
        require_verified: rules.iter().any(|rule| rule.require_verified),
    }
}

/// The number of a priority `P0` to `P4`; 0 is the most urgent.
pub fn priority_number(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [b'P' | b'p', digit @ b'0'..=b'4'] => Some(digit - b'0'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_are_p0_to_p4() {
        assert_eq!((priority_number("P1"), priority_number("p4")), (Some(1), Some(4)));
        for text in ["", "P", "P5", "P11", "1", "urgent"] {
            assert_eq!(priority_number(text), None, "{text}");
        }
    }
}
