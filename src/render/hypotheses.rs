//! Hypotheses as the report shows them: which one leads, which are told in full, what speaks loudest. Decides no status.

use serde::Serialize;

use crate::case::{Case, EvidenceId, Hypothesis, HypothesisStatus, Role, SupportingEvidence};

/// Dots from which a hypothesis is supported.
pub(super) const SUPPORTED: u8 = 3;

/// Dots of a candidate: told in full, but not enough to decide on.
const CANDIDATE: u8 = 2;

/// Pieces of evidence shown where only the strongest have room.
const STRONGEST: usize = 2;

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
    Hypotheses {
        leading: live.first().map(|h| view(h)),
        recommended: live.iter().find(|h| h.dots >= SUPPORTED && is_cause(h)).map(|h| view(h)),
        told: views(&|h| h.dots >= CANDIDATE),
        candidates: views(&|h| h.dots == CANDIDATE),
        all: case.hypotheses.iter().map(view).collect(),
        dots: live.first().map_or(0, |h| h.dots),
    }
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
