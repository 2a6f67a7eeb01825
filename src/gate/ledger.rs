//! Which decisions still stand: the `prior` chain, followed once.
//!
//! A decision no longer stands when the same person decided later with it in sight. An approval no longer stands when a
//! later one, by anybody, approved other content with it in sight: content that was replaced does not come back by a revert.

use std::collections::{BTreeMap, BTreeSet};

use super::decisions::Recorded;
use super::{Decision, Subject};

/// A decision with its standing.
pub(super) struct Standing<'a> {
    pub(super) decision: &'a Recorded,
    /// The content it is about.
    pub(super) subjects: Vec<Subject>,
    pub(super) state: Live,
}

/// Whether a decision stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Live {
    /// It stands.
    Yes,
    /// The same person decided later.
    Replaced,
    /// A later approval, by anybody, was for other content.
    OtherContent,
}

/// The standing of every decision, in their order. Work grows with the number of links, times the number of people.
pub(super) fn standings(decisions: &[Recorded]) -> Vec<Standing<'_>> {
    let index: BTreeMap<&str, usize> = decisions.iter().enumerate().map(|(at, d)| (d.digest.as_str(), at)).collect();
    let prior =
        |at: usize| decisions[at].statement.predicate.prior.iter().filter_map(|d| index.get(d.as_str()).copied());
    let subjects: Vec<Vec<Subject>> = decisions.iter().map(|d| d.statement.subjects()).collect();
    let mut states = vec![Live::Yes; decisions.len()];
    for (at, later) in later_contents(decisions, &subjects, &prior).into_iter().enumerate() {
        let approved = decisions[at].statement.predicate.decision == Decision::Approve;
        if approved && later.iter().flatten().any(|content| **content != subjects[at]) {
            states[at] = Live::OtherContent;
        }
    }
    let people: BTreeSet<&str> = decisions.iter().map(|d| d.person.name.as_str()).collect();
    for person in people {
        let own: Vec<usize> = (0..decisions.len()).filter(|at| decisions[*at].person.name == person).collect();
        for at in ancestors(&own, &prior, decisions.len()) {
            if decisions[at].person.name == person {
                states[at] = Live::Replaced;
            }
        }
    }
    let standing = decisions.iter().zip(subjects).zip(states);
    standing.map(|((decision, subjects), state)| Standing { decision, subjects, state }).collect()
}

/// For each decision, contents that later approvals are for. Two different ones are enough: whatever a decision is about,
/// one of them is another.
fn later_contents<'a, I: Iterator<Item = usize>>(
    decisions: &[Recorded],
    subjects: &'a [Vec<Subject>],
    prior: &dyn Fn(usize) -> I,
) -> Vec<[Option<&'a Vec<Subject>>; 2]> {
    let mut waiting = vec![0_usize; decisions.len()];
    (0..decisions.len()).flat_map(prior).for_each(|at| waiting[at] += 1);
    let mut ready: Vec<usize> = (0..decisions.len()).filter(|at| waiting[*at] == 0).collect();
    let mut later = vec![[None; 2]; decisions.len()];
    // A digest covers what it follows, so there is no cycle and every decision gets ready.
    while let Some(at) = ready.pop() {
        let own = (decisions[at].statement.predicate.decision == Decision::Approve).then_some(&subjects[at]);
        let handed: Vec<&Vec<Subject>> = later[at].iter().flatten().copied().chain(own).collect();
        for before in prior(at) {
            handed.iter().for_each(|content| remember(&mut later[before], content));
            waiting[before] -= 1;
            if waiting[before] == 0 {
                ready.push(before);
            }
        }
    }
    later
}

/// Keeps a content that is not among the two kept yet.
fn remember<'a>(kept: &mut [Option<&'a Vec<Subject>>; 2], content: &'a Vec<Subject>) {
    match kept {
        [None, _] => kept[0] = Some(content),
        [Some(first), None] if *first != content => kept[1] = Some(content),
        _ => {}
    }
}

/// Everything that `later` follow, directly or through others.
fn ancestors<I: Iterator<Item = usize>>(later: &[usize], prior: &dyn Fn(usize) -> I, count: usize) -> Vec<usize> {
    let mut seen = vec![false; count];
    let mut open: Vec<usize> = later.iter().flat_map(|at| prior(*at)).collect();
    let mut found = Vec::new();
    while let Some(at) = open.pop() {
        if !std::mem::replace(&mut seen[at], true) {
            found.push(at);
            open.extend(prior(at));
        }
    }
    found
}
