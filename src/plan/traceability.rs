//! From each symptom to what proves it gone; empty lists are holes that a reader must see.

use std::collections::BTreeSet;

use super::tasks::evidence_of;
use super::track::{Track, symptoms, symptoms_of};
use crate::case::{Case, EvidenceId, Fact, Hypothesis, Task, Trace};

/// One row a symptom, then one row for each track that no symptom is tied to.
pub(super) fn traceability(case: &Case, tracks: &[Track], tasks: &[Task]) -> Vec<Trace> {
    let tied: Vec<(&Hypothesis, BTreeSet<*const Fact>)> = case
        .hypotheses
        .iter()
        .filter(|h| super::track::is_live(h) && h.dots >= 2)
        .map(|h| (h, symptoms_of(case, h).into_iter().map(std::ptr::from_ref).collect()))
        .collect();
    let mut rows = Vec::new();
    for symptom in symptoms(case) {
        let explained_by = tied.iter().filter(|(_, list)| list.contains(&std::ptr::from_ref(symptom)));
        let ids: Vec<&str> = explained_by.map(|(hypothesis, _)| hypothesis.id.as_str()).collect();
        rows.push(row(symptom.text.clone(), evidence_of(symptom), &ids, tracks, tasks));
    }
    for track in tracks {
        let id = track.hypothesis.id.as_str();
        if tied.iter().any(|(h, list)| h.id == id && !list.is_empty()) {
            continue;
        }
        let evidence: BTreeSet<EvidenceId> = track.hypothesis.evidence_for.iter().map(|e| e.id).collect();
        rows.push(row("No reported symptom".into(), evidence.into_iter().collect(), &[id], tracks, tasks));
    }
    rows
}

fn row(symptom: String, evidence: Vec<EvidenceId>, hypotheses: &[&str], tracks: &[Track], tasks: &[Task]) -> Trace {
    let serving: Vec<&Track> = tracks.iter().filter(|t| hypotheses.contains(&t.hypothesis.id.as_str())).collect();
    let of_hypothesis = |task: &&Task| task.hypothesis.as_deref().is_some_and(|id| hypotheses.contains(&id));
    let fixes = || serving.iter().map(|t| t.fix);
    Trace {
        symptom,
        evidence,
        hypotheses: hypotheses.iter().map(|id| (*id).to_string()).collect(),
        components: fixes().flat_map(|fix| fix.components.iter().map(|c| c.what.clone())).collect(),
        tasks: tasks.iter().filter(of_hypothesis).map(|task| task.id.clone()).collect(),
        tests: fixes().flat_map(|fix| fix.tests.iter().map(|t| t.name.clone())).collect(),
        success: fixes().flat_map(|fix| fix.success.iter().map(|s| s.criterion.clone())).collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::sample::{case, fact};
    use crate::plan::{PlanOptions, make_plan};

    #[test]
    fn a_symptom_leads_to_tests_and_success_criteria() {
        let plan = make_plan(&case(), &PlanOptions::default());
        let row = &plan.traceability[0];
        assert_eq!(
            (row.symptom.as_str(), row.hypotheses.as_slice()),
            ("Balances are wrong", ["H1".to_string()].as_slice())
        );
        assert_eq!(row.tests, ["two writers", "limit"]);
        assert!(row.tasks.contains(&"2.1.2".to_string()), "{row:?}");
    }

    #[test]
    fn a_symptom_that_nothing_explains_is_a_hole() {
        let mut case = case();
        case.symptoms.push(fact("Mails are late", 99));
        let plan = make_plan(&case, &PlanOptions::default());
        let row = plan.traceability.iter().find(|row| row.symptom == "Mails are late").unwrap();
        assert!(row.hypotheses.is_empty() && row.tasks.is_empty());
    }

    #[test]
    fn a_track_without_symptom_has_a_row_of_its_own() {
        let mut case = case();
        case.symptoms.clear();
        let plan = make_plan(&case, &PlanOptions::default());
        assert_eq!(plan.traceability[0].symptom, "No reported symptom");
    }
}
