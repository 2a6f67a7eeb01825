//! The whole plan of a case.

use std::collections::BTreeSet;

use super::tasks::{TaskList, place_of};
use super::track::{Track, candidates, is_supported, tracks};
use super::{finalization, implementation, investigation, outcome, preparation, traceability, validation};
use crate::case::{Case, PLAN_SCHEMA, Plan, PlanApproach, PlanProfile, RiskLevel, Task};

/// What a plan takes besides the case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanOptions {
    /// Which page it is written as.
    pub profile: PlanProfile,
    /// Digest of the approved analysis' subjects.
    pub upstream: String,
    /// Whether the analysis is not approved, so that this plan cannot be either.
    pub draft: bool,
    /// The principal who prepares it.
    pub prepared_by: Option<String>,
    /// Time of making (RFC 3339, UTC).
    pub generated_at: String,
}

/// Makes the plan of a case.
///
/// Where no hypothesis with a remedy is supported, the plan only collects what is missing and no task changes code.
pub fn make_plan(case: &Case, options: &PlanOptions) -> Plan {
    let tracks = tracks(case);
    let approach = if tracks.is_empty() { PlanApproach::InvestigationRequired } else { PlanApproach::Fix };
    let tasks = match approach {
        PlanApproach::Fix => fix_tasks(case, &tracks),
        PlanApproach::InvestigationRequired => investigation::tasks(case),
    };
    let files: BTreeSet<String> = tasks.iter().flat_map(|task| task.files.iter().cloned()).collect();
    let effort_hours = tasks
        .iter()
        .map(|task| task.effort.hours())
        .fold([0, 0], |[low, high]: [u32; 2], hours| [low.saturating_add(hours.0), high.saturating_add(hours.1)]);
    Plan {
        schema: PLAN_SCHEMA.into(),
        case: case.id.clone(),
        upstream: options.upstream.clone(),
        prepared_by: options.prepared_by.clone(),
        profile: options.profile,
        approach,
        draft: options.draft,
        objective: objective(case, &tracks),
        strategy: outcome::strategy(&tracks),
        files: files.into_iter().collect(),
        risks: outcome::risks(&tracks),
        risk_level: outcome::risk_level(&tracks).unwrap_or(RiskLevel::Low),
        rollback: outcome::rollback(&tracks),
        success: outcome::success(&tracks),
        alternatives: outcome::alternatives(&tracks),
        monitoring: outcome::monitoring(&tracks),
        traceability: traceability::traceability(case, &tracks, &tasks),
        not_doing: outcome::not_doing(case, &tracks),
        effort_hours,
        tasks,
        generated_at: options.generated_at.clone(),
    }
}

fn fix_tasks(case: &Case, tracks: &[Track]) -> Vec<Task> {
    let mut list = TaskList::new(case.metadata.priority);
    let prepared = preparation::add(case, tracks, &mut list);
    let changed = implementation::add(case, tracks, &prepared, &mut list);
    let validated = validation::add(case, tracks, &changed, &mut list);
    finalization::add(case, tracks, &validated, &mut list);
    list.finish()
}

fn objective(case: &Case, tracks: &[Track]) -> String {
    let subject = match case.metadata.title.trim() {
        "" => case.id.clone(),
        title => format!("{} ({title})", case.id),
    };
    if !tracks.is_empty() {
        let causes: Vec<String> =
            tracks.iter().map(|t| format!("{} ({})", place_of(&t.hypothesis.title), t.hypothesis.id)).collect();
        return format!("Resolve {subject} by removing: {}.", causes.join("; "));
    }
    let live: Vec<String> = candidates(case).iter().map(|h| format!("{} ({})", place_of(&h.title), h.id)).collect();
    let supported = case.hypotheses.iter().any(is_supported);
    let state = if supported { "no supported hypothesis has a remedy" } else { "no hypothesis reaches three dots" };
    match live.is_empty() {
        true => format!("Determine the cause of {subject}: {state}, and there is no candidate."),
        false => format!("Determine the cause of {subject}: {state}; candidates: {}.", live.join("; ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{HypothesisStatus, Role, TaskKind};
    use crate::plan::sample::{case, case_with, hypothesis};

    fn plan() -> Plan {
        make_plan(&case(), &PlanOptions::default())
    }

    #[test]
    fn a_supported_root_leads_to_test_change_and_refactor_in_that_order() {
        let plan = plan();
        let core: Vec<(&str, TaskKind)> =
            plan.tasks.iter().filter(|t| t.phase == 2).map(|t| (t.id.as_str(), t.kind)).collect();
        assert_eq!(
            core,
            [
                ("2.1.1", TaskKind::TestCreation),
                ("2.1.2", TaskKind::CodeChange),
                ("2.1.3", TaskKind::Refactor),
                ("2.2.1", TaskKind::TestCreation),
                ("2.2.2", TaskKind::Configuration),
            ]
        );
    }

    #[test]
    fn dependencies_are_told_from_both_sides_and_point_backwards() {
        let plan = plan();
        let position = |id: &str| plan.tasks.iter().position(|t| t.id == id).unwrap();
        for (at, task) in plan.tasks.iter().enumerate() {
            for before in &task.depends_on {
                assert!(position(before) < at, "{} -> {before}", task.id);
                assert!(plan.tasks[position(before)].blocks.contains(&task.id), "{before} blocks {}", task.id);
            }
            for after in &task.blocks {
                assert!(plan.tasks[position(after)].depends_on.contains(&task.id), "{after} needs {}", task.id);
            }
        }
    }

    #[test]
    fn two_dots_lead_to_an_investigation_without_change() {
        let mut weak = hypothesis("H1", Role::Root, 2);
        weak.status = HypothesisStatus::Proposed;
        let plan = make_plan(&case_with(vec![weak]), &PlanOptions::default());
        assert_eq!(plan.approach, PlanApproach::InvestigationRequired);
        assert!(plan.tasks.iter().all(|t| t.kind == TaskKind::Investigation), "{:?}", plan.tasks);
        assert!(plan.tasks.iter().any(|t| t.title.starts_with("Collect")), "{:?}", plan.tasks);
        assert!(plan.risks.is_empty() && plan.strategy.is_empty() && plan.files.is_empty());
    }

    #[test]
    fn a_refuted_hypothesis_changes_nothing_and_is_listed_as_left_alone() {
        let mut refuted = hypothesis("H2", Role::Root, 4);
        refuted.status = HypothesisStatus::Refuted;
        refuted.reason = Some("the pool was idle".into());
        let plan = make_plan(&case_with(vec![hypothesis("H1", Role::Root, 3), refuted]), &PlanOptions::default());
        assert!(plan.tasks.iter().all(|t| t.hypothesis.as_deref() != Some("H2")));
        assert!(
            plan.not_doing.iter().any(|l| l.contains("H2") && l.contains("the pool was idle")),
            "{:?}",
            plan.not_doing
        );
    }

    #[test]
    fn the_effort_is_the_sum_over_the_tasks() {
        let plan = plan();
        let high: u32 = plan.tasks.iter().map(|t| t.effort.hours().1).sum();
        assert_eq!(plan.effort_hours[1], high);
    }

    #[test]
    fn the_same_case_gives_the_same_plan() {
        assert_eq!(plan(), plan());
    }

    #[test]
    fn a_made_plan_has_nothing_to_criticise() {
        let findings = crate::plan::criticise(&plan(), &case());
        assert!(findings.is_empty(), "{findings:?}");
    }

    #[test]
    fn a_case_without_anything_still_has_a_plan() {
        let plan = make_plan(&crate::plan::sample::empty_case(), &PlanOptions::default());
        assert_eq!(plan.approach, PlanApproach::InvestigationRequired);
        assert_eq!(
            plan.objective,
            "Determine the cause of CASE-1: no hypothesis reaches three dots, and there is no candidate."
        );
    }
}
