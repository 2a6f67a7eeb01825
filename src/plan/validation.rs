//! Phase 3: the remaining tests, the symptoms looked for again, the observations that would still tell rivals apart.

use super::implementation::Changed;
use super::investigation::discriminating_task;
use super::tasks::{TaskList, cited, effort_of, parts, place_of, sentence, task};
use super::track::{Track, is_live, symptoms_of};
use crate::case::{Case, Effort, TaskKind};

/// Adds the tasks of phase 3 and gives their ids by track.
pub(super) fn add(case: &Case, tracks: &[Track], changed: &Changed, list: &mut TaskList) -> Vec<Vec<String>> {
    let mut by_track = Vec::new();
    for (at, track) in tracks.iter().enumerate() {
        let after = changed.ends.get(at).cloned().unwrap_or_default();
        let mut ids = Vec::new();
        for test in changed.tests_left.get(at).into_iter().flatten() {
            let title = format!("Integration test \"{}\"", place_of(&test.name));
            let mut write = task(3, TaskKind::IntegrationTest, &title, String::new());
            write.description = format!("Test the parts of {} together.", track.hypothesis.id);
            write.effort = Effort::M;
            write.acceptance = vec![format!("The test \"{}\" passes.", place_of(&test.name))];
            write.test = Some(test.clone());
            write.depends_on.clone_from(&after);
            write.hypothesis = Some(track.hypothesis.id.clone());
            ids.push(list.add(write));
        }
        ids.extend(regression(case, track, &after, list));
        ids.extend(discriminators(case, track, list));
        by_track.push(ids);
    }
    let all_changes: Vec<String> = changed.ends.iter().flatten().cloned().collect();
    let rerun = reproduce_again(case, &all_changes, list);
    if let Some(first) = by_track.first_mut() {
        first.extend(rerun);
    }
    by_track
}

/// Looks for the symptoms of a track again, and measures its success criteria.
fn regression(case: &Case, track: &Track, after: &[String], list: &mut TaskList) -> Vec<String> {
    let id = &track.hypothesis.id;
    let symptoms: Vec<String> = symptoms_of(case, track.hypothesis).into_iter().map(cited).collect();
    let symptoms = match symptoms.is_empty() {
        true => "No reported symptom is tied to it.".to_string(),
        false => format!("Symptoms it explains: {}", sentence(&symptoms.join("; "))),
    };
    let mut ids = Vec::new();
    for (label, criteria) in parts(&track.fix.success) {
        let mut check =
            task(3, TaskKind::RegressionTest, &format!("Success criteria of {id} hold{label}"), String::new());
        check.description = format!("Measure the success criteria of {id} again, against the baseline. {symptoms}");
        check.effort = effort_of(criteria.len());
        check.acceptance =
            criteria.iter().map(|c| format!("{} ({})", place_of(&c.criterion), place_of(&c.measure))).collect();
        check.depends_on = after.to_vec();
        check.hypothesis = Some(id.clone());
        ids.push(list.add(check));
    }
    ids
}

/// Observations that tell the hypothesis from a rival which the case still holds.
fn discriminators(case: &Case, track: &Track, list: &mut TaskList) -> Vec<String> {
    let open = track.hypothesis.discriminators.iter().filter(|discriminator| {
        case.hypotheses.iter().any(|h| is_live(h) && h.class == discriminator.rival && h.id != track.hypothesis.id)
    });
    open.map(|discriminator| list.add(discriminating_task(3, track.hypothesis, discriminator))).collect()
}

fn reproduce_again(case: &Case, after: &[String], list: &mut TaskList) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for (label, steps) in parts(&case.reproduction) {
        let mut run = task(3, TaskKind::RegressionTest, &format!("Run the reproduction again{label}"), String::new());
        let steps_text: Vec<String> =
            steps.iter().enumerate().map(|(n, s)| format!("{}. {}", n + 1, cited(s))).collect();
        run.description = sentence(&format!("Run the same steps as before the change: {}", steps_text.join("; ")));
        run.effort = effort_of(steps.len());
        run.depends_on = after.iter().cloned().chain(ids.last().cloned()).collect();
        let expected: Vec<String> =
            case.expectations.iter().map(|e| format!("Seen as expected: {}.", cited(&e.expected))).collect();
        let symptoms = || vec!["None of the reported symptoms occurs.".to_string()];
        ids.push(list.add_with_acceptance(run, if expected.is_empty() { symptoms() } else { expected }));
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Discriminator, HypothesisStatus, Role};
    use crate::plan::sample::{case, hypothesis};
    use crate::plan::{PlanOptions, make_plan};

    fn phase_3(case: &Case) -> Vec<(TaskKind, String)> {
        let plan = make_plan(case, &PlanOptions::default());
        plan.tasks.into_iter().filter(|t| t.phase == 3).map(|t| (t.kind, t.title)).collect()
    }

    #[test]
    fn success_criteria_and_reproduction_are_checked_after_the_change() {
        assert_eq!(
            phase_3(&case()),
            [
                (TaskKind::RegressionTest, "Success criteria of H1 hold".to_string()),
                (TaskKind::RegressionTest, "Run the reproduction again".to_string()),
            ]
        );
    }

    #[test]
    fn only_rivals_that_the_case_still_holds_are_told_apart() {
        let mut case = case();
        let mut rival = hypothesis("H2", Role::Root, 2);
        rival.class = "rival".into();
        rival.status = HypothesisStatus::Proposed;
        let words = |rival: &str| Discriminator {
            rival: rival.into(),
            observe: "count the rows".into(),
            this: "two".into(),
            that: "one".into(),
            sketch: None,
        };
        case.hypotheses.push(rival);
        case.hypotheses[0].discriminators = vec![words("rival"), words("absent")];
        let open: Vec<_> = phase_3(&case).into_iter().filter(|(kind, _)| *kind == TaskKind::Investigation).collect();
        assert_eq!(open, [(TaskKind::Investigation, "Tell H1 from rival".to_string())]);
    }
}
