//! Phase 1: a branch, the switch a rollback needs, the reproduction, the values before the change.

use std::sync::LazyLock;

use super::investigation;
use super::tasks::{TaskList, cited, effort_of, parts, place_of, sentence, task};
use super::track::Track;
use crate::case::{Case, TaskKind};
use crate::pattern::Pattern;

/// Words of a rollback step that goes back by a switch instead of by a release.
static SWITCH: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"(?i)\b(?:feature[ -]?)?(?:flag|toggle|kill[ -]?switch)\b"));

/// Ids of the tasks that changes wait for.
pub(super) struct Prepared {
    /// What every change waits for.
    pub(super) common: Vec<String>,
    /// What the changes of each track wait for besides.
    pub(super) by_track: Vec<Vec<String>>,
}

/// Adds the tasks of phase 1.
pub(super) fn add(case: &Case, tracks: &[Track], list: &mut TaskList) -> Prepared {
    let branch = list.add(branch(case));
    let mut common = vec![branch];
    common.extend(reproduce(case, list));
    investigation::add_remedies_wanted(case, list);
    let by_track = tracks.iter().map(|track| prepare_track(track, list)).collect();
    Prepared { common, by_track }
}

fn branch(case: &Case) -> crate::case::Task {
    let name: String = case
        .id
        .to_ascii_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '.' || c == '_' { c } else { '-' })
        .collect();
    let mut branch = task(1, TaskKind::Setup, &format!("Create the branch for {}", case.id), String::new());
    branch.description = format!("Create the branch `fix/{name}`; every change of this plan goes there.");
    branch.acceptance = vec![format!("The branch `fix/{name}` exists.")];
    branch
}

/// Runs the reproduction as the sources describe it, before anything is changed.
pub(super) fn reproduce(case: &Case, list: &mut TaskList) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for (label, steps) in parts(&case.reproduction) {
        let mut run = task(1, TaskKind::Investigation, &format!("Reproduce the problem{label}"), String::new());
        let steps_text: Vec<String> =
            steps.iter().enumerate().map(|(n, s)| format!("{}. {}", n + 1, cited(s))).collect();
        run.description = sentence(&format!("Run the steps of the report: {}", steps_text.join("; ")));
        run.effort = effort_of(steps.len());
        run.depends_on = ids.last().cloned().into_iter().collect();
        ids.push(list.add_with_acceptance(run, actual_outcomes(case)));
    }
    ids
}

fn actual_outcomes(case: &Case) -> Vec<String> {
    let outcomes: Vec<String> =
        case.expectations.iter().map(|e| format!("Seen as reported: {}.", cited(&e.actual))).collect();
    if outcomes.is_empty() { vec!["The outcome of each step is recorded.".into()] } else { outcomes }
}

fn prepare_track(track: &Track, list: &mut TaskList) -> Vec<String> {
    let id = &track.hypothesis.id;
    let mut ids = Vec::new();
    if let Some(step) = track.fix.rollback.steps.iter().find(|step| SWITCH.is_match(step)) {
        let mut switch = task(1, TaskKind::Setup, &format!("Put the switch for {id} in place"), String::new());
        switch.description = format!("The rollback of {id} needs it: {}", sentence(step));
        switch.acceptance = vec![format!("The change for {id} can be switched off without a release.")];
        switch.hypothesis = Some(id.clone());
        ids.push(list.add(switch));
    }
    for (label, criteria) in parts(&track.fix.success) {
        let title = format!("Measure the baseline for {id}{label}");
        let mut baseline = task(1, TaskKind::Investigation, &title, String::new());
        baseline.description =
            format!("Measure what the success criteria of {id} will be judged by, before anything is changed.");
        baseline.acceptance = criteria
            .iter()
            .map(|c| format!("The value before the change is recorded: {}.", place_of(&c.measure)))
            .collect();
        baseline.effort = effort_of(criteria.len());
        baseline.hypothesis = Some(id.clone());
        ids.push(list.add(baseline));
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::{case, fact};
    use crate::plan::track::tracks;

    fn titles(case: &Case) -> Vec<String> {
        let mut list = TaskList::new(None);
        add(case, &tracks(case), &mut list);
        list.finish().into_iter().map(|t| t.title).collect()
    }

    #[test]
    fn branch_reproduction_and_baseline_come_first() {
        assert_eq!(
            titles(&case()),
            ["Create the branch for CASE-1", "Reproduce the problem", "Measure the baseline for H1"]
        );
    }

    #[test]
    fn a_rollback_by_flag_asks_for_the_flag_first() {
        let mut case = case();
        case.hypotheses[0].fix.as_mut().unwrap().rollback.steps = vec!["Turn the feature flag off".into()];
        assert!(titles(&case).contains(&"Put the switch for H1 in place".to_string()));
    }

    #[test]
    fn no_reproduction_steps_make_no_reproduction_task() {
        let mut case = case();
        case.reproduction.clear();
        assert!(!titles(&case).iter().any(|t| t.starts_with("Reproduce")));
    }

    #[test]
    fn a_long_reproduction_is_split_and_kept_in_order() {
        let mut case = case();
        case.reproduction = (0..10).map(|n| fact(&format!("step {n}"), 60 + n)).collect();
        let mut list = TaskList::new(None);
        let ids = reproduce(&case, &mut list);
        assert_eq!(ids, ["1.1", "1.2"]);
        assert_eq!(list.finish()[1].depends_on, ["1.1"]);
    }
}
