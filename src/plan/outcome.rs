//! What the remedies say beside their tasks: risks, the way back, success, what to watch, what is left alone.

use super::tasks::{cited, marks, place_of, sentence};
use super::track::{Track, is_live, is_supported};
use crate::case::{Alternative, Case, EvidenceId, Hypothesis, PlanRisk, PlanRollback, PlanSuccess, RiskLevel, Role};

/// The strategy of each track.
pub(super) fn strategy(tracks: &[Track]) -> Vec<String> {
    distinct(tracks.iter().map(|t| sentence(&t.fix.strategy)))
}

/// The risks of the components.
///
/// A remedy gives one level for a risk, so it stands for probability and impact alike. Indicator and contingency are the
/// remedy's own rollback, the mitigation its tests.
pub(super) fn risks(tracks: &[Track]) -> Vec<PlanRisk> {
    let mut risks: Vec<PlanRisk> = Vec::new();
    for track in tracks {
        let names: Vec<String> = track.fix.tests.iter().map(|t| format!("\"{}\"", place_of(&t.name))).collect();
        let mitigation = if names.is_empty() { String::new() } else { format!("Tests: {}.", names.join(", ")) };
        let steps: Vec<&str> = track.fix.rollback.steps.iter().map(|step| place_of(step)).collect();
        for component in &track.fix.components {
            let risk = PlanRisk {
                risk: sentence(&component.risk),
                probability: component.risk_level,
                impact: component.risk_level,
                indicator: sentence(&track.fix.rollback.trigger),
                mitigation: mitigation.clone(),
                contingency: sentence(&steps.join("; ")),
            };
            if !risk.risk.is_empty() && !risks.contains(&risk) {
                risks.push(risk);
            }
        }
    }
    risks
}

/// The highest level of any component.
pub(super) fn risk_level(tracks: &[Track]) -> Option<RiskLevel> {
    tracks.iter().flat_map(|t| &t.fix.components).map(|c| c.risk_level).max()
}

/// The way back of each track; steps name their track where there is more than one.
pub(super) fn rollback(tracks: &[Track]) -> PlanRollback {
    let label = |track: &Track, text: &str| match tracks.len() {
        1 => sentence(text),
        _ => format!("{}: {}", track.hypothesis.id, sentence(text)),
    };
    let filled = |text: &&str| !text.trim().is_empty();
    let triggers = tracks.iter().flat_map(|t| {
        [t.fix.rollback.trigger.as_str()].into_iter().filter(filled).map(|text| label(t, text)).collect::<Vec<_>>()
    });
    let steps = tracks.iter().flat_map(|t| {
        t.fix.rollback.steps.iter().map(String::as_str).filter(filled).map(|text| label(t, text)).collect::<Vec<_>>()
    });
    PlanRollback { triggers: distinct(triggers), procedure: distinct(steps) }
}

/// The success criteria with the hypothesis each belongs to.
pub(super) fn success(tracks: &[Track]) -> Vec<PlanSuccess> {
    let of_track = |t: &Track| {
        let hypothesis = t.hypothesis.id.clone();
        t.fix
            .success
            .iter()
            .map(move |s| PlanSuccess {
                criterion: s.criterion.clone(),
                measure: s.measure.clone(),
                hypothesis: hypothesis.clone(),
            })
            .collect::<Vec<_>>()
    };
    tracks.iter().flat_map(of_track).collect()
}

/// Ways not taken.
pub(super) fn alternatives(tracks: &[Track]) -> Vec<Alternative> {
    let mut ways: Vec<Alternative> = Vec::new();
    for way in tracks.iter().flat_map(|t| &t.fix.alternatives) {
        if !ways.contains(way) {
            ways.push(way.clone());
        }
    }
    ways
}

/// What to watch afterwards.
pub(super) fn monitoring(tracks: &[Track]) -> Vec<String> {
    distinct(tracks.iter().flat_map(|t| t.fix.monitoring.iter().cloned()))
}

/// What is left alone, and why.
pub(super) fn not_doing(case: &Case, tracks: &[Track]) -> Vec<String> {
    let excluded = case.ruled_out.iter().map(|fact| format!("The sources rule it out: {}.", cited(fact)));
    let unserved = case.hypotheses.iter().filter_map(|hypothesis| {
        let served = tracks.iter().any(|t| t.hypothesis.id == hypothesis.id);
        (!served).then(|| left_alone(hypothesis)).flatten()
    });
    let ways = tracks
        .iter()
        .flat_map(|t| t.fix.alternatives.iter())
        .map(|way| format!("{}: {}", place_of(&way.what), sentence(&way.reject)));
    distinct(excluded.chain(unserved).chain(ways))
}

fn left_alone(hypothesis: &Hypothesis) -> Option<String> {
    let name = format!("{} ({})", hypothesis.id, place_of(&hypothesis.title));
    if !is_live(hypothesis) {
        let against: Vec<EvidenceId> = hypothesis.evidence_against.iter().map(|e| e.id).collect();
        let reason = hypothesis.reason.as_deref().map_or_else(String::new, |r| format!(": {}", place_of(r)));
        return Some(format!("{name} is refuted{reason}{}.", marks(&against)));
    }
    let for_it: Vec<EvidenceId> = hypothesis.evidence_for.iter().map(|e| e.id).collect();
    if hypothesis.role == Role::Trigger {
        return Some(format!("{name} set the problem off; it is recorded and not changed{}.", marks(&for_it)));
    }
    match (is_supported(hypothesis), hypothesis.dots) {
        (false, 2..) => Some(format!("{name} is not supported: {} of 5 dots{}.", hypothesis.dots, marks(&for_it))),
        _ => None,
    }
}

fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    texts.filter(|text| !text.trim().is_empty() && seen.insert(text.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::{case, case_with, fact, hypothesis};
    use crate::plan::track::tracks;

    #[test]
    fn a_risk_carries_the_rollback_and_the_tests_of_its_remedy() {
        let case = case();
        let risks = risks(&tracks(&case));
        assert_eq!(risks[0].risk, "Waits under load.");
        assert_eq!(risks[0].indicator, "p99 latency > 80 ms.");
        assert_eq!(risks[0].mitigation, "Tests: \"two writers\", \"limit\".");
        assert_eq!(risks[0].contingency, "Revert the change.");
    }

    #[test]
    fn the_highest_risk_counts() {
        let mut case = case();
        case.hypotheses[0].fix.as_mut().unwrap().components[1].risk_level = RiskLevel::High;
        assert_eq!(risk_level(&tracks(&case)), Some(RiskLevel::High));
    }

    #[test]
    fn two_tracks_keep_their_ways_back_apart() {
        let case = case_with(vec![hypothesis("H1", Role::Root, 3), hypothesis("H2", Role::Latent, 3)]);
        assert_eq!(rollback(&tracks(&case)).procedure, ["H1: Revert the change.", "H2: Revert the change."]);
    }

    #[test]
    fn what_is_left_alone_comes_from_the_case() {
        let mut case = case();
        case.ruled_out = vec![fact("The cache is not used here", 50)];
        let list = not_doing(&case, &tracks(&case));
        assert_eq!(
            list,
            ["The sources rule it out: The cache is not used here [E50].", "Queue all writes: Adds a broker."]
        );
    }
}
