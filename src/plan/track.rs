//! Tracks: the supported hypotheses that a plan acts on, each with its own symptoms and evidence.

use crate::case::{
    ApproachType, Case, Cited, EvidenceKind, Fact, Fix, Hypothesis, HypothesisStatus, Role, SupportingEvidence,
};

/// Dots from which a hypothesis is acted on.
const DOTS_TO_ACT: u8 = 3;

/// Dots from which a hypothesis is a candidate worth settling.
const DOTS_OF_CANDIDATE: u8 = 2;

/// Most lines between a symptom and a block that illustrates it: items of a list are followed by their log or payload.
const LINES_BELOW_SYMPTOM: u64 = 12;

/// A hypothesis with the remedy that is carried out for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Track<'a> {
    pub(super) hypothesis: &'a Hypothesis,
    pub(super) fix: &'a Fix,
}

/// The tracks of a case, leading hypothesis first. What set a defect off (the trigger) is told, not mended.
pub(super) fn tracks(case: &Case) -> Vec<Track<'_>> {
    let acted_on = case.hypotheses.iter().filter(|h| is_supported(h) && h.role != Role::Trigger);
    acted_on
        .filter_map(|hypothesis| Some(Track { hypothesis, fix: hypothesis.fix.as_ref()? }))
        .filter(|t| t.fix.approach_type != ApproachType::InvestigationRequired && !t.fix.components.is_empty())
        .collect()
}

/// Whether a plan may act on the hypothesis.
pub(super) fn is_supported(hypothesis: &Hypothesis) -> bool {
    hypothesis.dots >= DOTS_TO_ACT
        && matches!(hypothesis.status, HypothesisStatus::Supported | HypothesisStatus::Confirmed)
}

/// Whether the hypothesis has not been excluded.
pub(super) fn is_live(hypothesis: &Hypothesis) -> bool {
    hypothesis.status != HypothesisStatus::Refuted
}

/// Hypotheses worth settling.
pub(super) fn candidates(case: &Case) -> Vec<&Hypothesis> {
    case.hypotheses.iter().filter(|h| is_live(h) && h.dots >= DOTS_OF_CANDIDATE).collect()
}

/// What was noticed: the symptoms, or the problem statement where none is listed.
pub(super) fn symptoms(case: &Case) -> Vec<&Fact> {
    if case.symptoms.is_empty() { case.problem_statement.iter().collect() } else { case.symptoms.iter().collect() }
}

/// The symptoms that a hypothesis explains: they share a place with its evidence, or its evidence illustrates them.
pub(super) fn symptoms_of<'a>(case: &'a Case, hypothesis: &Hypothesis) -> Vec<&'a Fact> {
    let all = symptoms(case);
    let tied = |symptom: &Fact| {
        hypothesis.evidence_for.iter().any(|evidence| {
            symptom.evidence.contains(&evidence.id)
                || overlaps(&symptom.span, &evidence.source, evidence.lines)
                || illustrates(evidence, symptom, &all)
        })
    };
    all.iter().copied().filter(|symptom| tied(symptom)).collect()
}

/// Whether a place lies on lines of another.
pub(super) fn overlaps(place: &Cited, source: &str, lines: [u64; 2]) -> bool {
    place.source == source && place.lines[0] <= lines[1] && lines[0] <= place.lines[1]
}

/// Whether a block (log, trace, payload, code) stands directly below a symptom, before any other one.
fn illustrates(evidence: &SupportingEvidence, symptom: &Fact, all: &[&Fact]) -> bool {
    let below = symptom.span.lines[1];
    if matches!(evidence.kind, EvidenceKind::Prose | EvidenceKind::Metric)
        || symptom.span.source != evidence.source
        || evidence.lines[0] <= below
        || evidence.lines[0] - below > LINES_BELOW_SYMPTOM
    {
        return false;
    }
    !all.iter().any(|other| {
        let first = other.span.lines[0];
        other.span.source == evidence.source && first > below && first <= evidence.lines[0]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::{case, evidence, fact, hypothesis};

    #[test]
    fn a_trigger_is_no_track() {
        let mut case = case();
        case.hypotheses = vec![hypothesis("H1", Role::Trigger, 4), hypothesis("H2", Role::Latent, 3)];
        let ids: Vec<&str> = tracks(&case).iter().map(|t| t.hypothesis.id.as_str()).collect();
        assert_eq!(ids, ["H2"]);
    }

    #[test]
    fn a_hypothesis_without_remedy_is_no_track() {
        let mut case = case();
        case.hypotheses[0].fix = None;
        assert!(tracks(&case).is_empty());
    }

    #[test]
    fn a_symptom_belongs_to_the_hypothesis_whose_evidence_shares_its_lines() {
        let mut case = case();
        case.symptoms = vec![fact("logins fail", 5), fact("reports are late", 9)];
        let mut cause = hypothesis("H1", Role::Root, 3);
        cause.evidence_for = vec![evidence(40, EvidenceKind::Prose, 9)];
        let texts: Vec<&str> = symptoms_of(&case, &cause).iter().map(|s| s.text.as_str()).collect();
        assert_eq!(texts, ["reports are late"]);
    }

    #[test]
    fn a_log_below_a_symptom_illustrates_the_nearest_one() {
        let mut case = case();
        case.symptoms = vec![fact("logins fail", 5), fact("reports are late", 9)];
        let mut cause = hypothesis("H1", Role::Root, 3);
        cause.evidence_for = vec![evidence(40, EvidenceKind::Log, 12)];
        let texts: Vec<&str> = symptoms_of(&case, &cause).iter().map(|s| s.text.as_str()).collect();
        assert_eq!(texts, ["reports are late"]);
        cause.evidence_for = vec![evidence(40, EvidenceKind::Log, 30)];
        assert!(symptoms_of(&case, &cause).is_empty());
    }
}
