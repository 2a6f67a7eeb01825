//! Hypotheses as the report shows them: which one leads, which are told in full, what speaks loudest. Decides no status.

use serde::Serialize;

use crate::case::{Case, Considered, EvidenceId, Hypothesis, HypothesisStatus, Role, SupportingEvidence};

/// Dots from which a hypothesis is supported.
pub(super) const SUPPORTED: u8 = 3;

/// Dots of a candidate: told in full, but not enough to decide on.
const CANDIDATE: u8 = 2;

/// Pieces of evidence shown where only the strongest have room.
const STRONGEST: usize = 2;

/// Rules named where no cause is determined.
const NEAREST: usize = 2;

/// Signals named that such a rule lacked.
const LACKED: usize = 3;

/// A rule that came near: what it found, and what it would have taken.
#[derive(Serialize)]
pub(super) struct NearestView<'a> {
    pub rule: &'a str,
    pub dots: u8,
    pub found: Vec<String>,
    pub evidence: Vec<EvidenceId>,
    pub lacked: Vec<String>,
}

/// A hypothesis with what the page derives from it.
#[derive(Serialize)]
pub(super) struct HypothesisView<'a> {
    #[serde(flatten)]
    pub hypothesis: &'a Hypothesis,
    /// The two weightiest pieces for it.
    pub strongest_for: Vec<&'a SupportingEvidence>,
    /// The two weightiest pieces against it.
    pub strongest_against: Vec<&'a SupportingEvidence>,
    pub for_ids: Vec<EvidenceId>,
    pub against_ids: Vec<EvidenceId>,
}

/// The hypotheses of a case, sorted into the places of the page.
#[derive(Serialize)]
pub(super) struct Hypotheses<'a> {
    /// The leading live one.
    pub leading: Option<HypothesisView<'a>>,
    /// The best supported one that can be called a cause; `None` where nothing has three dots.
    pub recommended: Option<HypothesisView<'a>>,
    /// Live ones with two dots or more, leading first.
    pub told: Vec<HypothesisView<'a>>,
    /// Live ones with exactly two dots.
    pub candidates: Vec<HypothesisView<'a>>,
    /// The rules that came nearest, where nothing is recommended.
    pub nearest: Vec<NearestView<'a>>,
    /// Every one, for the matrix.
    pub all: Vec<HypothesisView<'a>>,
    /// Dots of the leading one.
    pub dots: u8,
}

/// Sorts the hypotheses of `case`, which stand leading first.
pub(super) fn hypotheses(case: &Case) -> Hypotheses<'_> {
    let live: Vec<&Hypothesis> = case.hypotheses.iter().filter(|h| h.status != HypothesisStatus::Refuted).collect();
    let views = |keep: &dyn Fn(&Hypothesis) -> bool| live.iter().filter(|h| keep(h)).map(|h| view(h)).collect();
    let is_cause = |h: &Hypothesis| matches!(h.role, Role::Root | Role::Trigger);
    let recommended = live.iter().find(|h| h.dots >= SUPPORTED && is_cause(h)).map(|h| view(h));
    Hypotheses {
        nearest: if recommended.is_some() { Vec::new() } else { nearest(&case.considered) },
        leading: live.first().map(|h| view(h)),
        recommended,
        told: views(&|h| h.dots >= CANDIDATE),
        candidates: views(&|h| h.dots == CANDIDATE),
        all: case.hypotheses.iter().map(view).collect(),
        dots: live.first().map_or(0, |h| h.dots),
    }
}

/// The first rules with a strong signal; `considered` stands by dots and points.
fn nearest(considered: &[Considered]) -> Vec<NearestView<'_>> {
    let near = considered.iter().filter(|rule| (1..SUPPORTED).contains(&rule.dots)).take(NEAREST);
    near.map(|rule| {
        let mut evidence: Vec<EvidenceId> =
            rule.signals.iter().flat_map(|signal| signal.evidence.iter().copied()).collect();
        evidence.sort_unstable();
        evidence.dedup();
        NearestView {
            rule: &rule.rule,
            dots: rule.dots,
            found: rule.signals.iter().map(|signal| words(&signal.name)).collect(),
            evidence,
            lacked: rule.unmatched.iter().take(LACKED).map(|name| words(name)).collect(),
        }
    })
    .collect()
}

/// The name of a signal as words.
fn words(name: &str) -> String {
    name.replace('-', " ")
}

fn view(hypothesis: &Hypothesis) -> HypothesisView<'_> {
    HypothesisView {
        hypothesis,
        strongest_for: strongest(&hypothesis.evidence_for),
        strongest_against: strongest(&hypothesis.evidence_against),
        for_ids: ids(&hypothesis.evidence_for),
        against_ids: ids(&hypothesis.evidence_against),
    }
}

/// The weightiest pieces with different words; among equals, those that stand first in the sources.
fn strongest(evidence: &[SupportingEvidence]) -> Vec<&SupportingEvidence> {
    let mut sorted: Vec<&SupportingEvidence> = evidence.iter().collect();
    sorted.sort_by_key(|e| (std::cmp::Reverse(e.weight), e.id));
    let mut chosen: Vec<&SupportingEvidence> = Vec::new();
    for piece in sorted {
        if chosen.len() < STRONGEST && chosen.iter().all(|c| c.quote != piece.quote) {
            chosen.push(piece);
        }
    }
    chosen
}

fn ids(evidence: &[SupportingEvidence]) -> Vec<EvidenceId> {
    let mut ids: Vec<EvidenceId> = evidence.iter().map(|e| e.id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
