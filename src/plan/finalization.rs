//! Phase 4: what to write down, what to watch, and the change itself.

use super::tasks::{TaskList, effort_of, parts, place_of, sentence, task};
use super::track::Track;
use crate::case::{Case, TaskKind};

/// Adds the tasks of phase 4.
pub(super) fn add(case: &Case, tracks: &[Track], validated: &[Vec<String>], list: &mut TaskList) {
    for (at, track) in tracks.iter().enumerate() {
        let after = validated.get(at).cloned().unwrap_or_default();
        watch(track, &after, list);
    }
    let after: Vec<String> = validated.iter().flatten().cloned().collect();
    document(tracks, &after, list);

    let mut merge =
        task(4, TaskKind::GitOperations, &format!("Review and merge the branch of {}", case.id), String::new());
    merge.description = format!("Open the branch of {} for review and merge it.", case.id);
    merge.acceptance = vec!["Every other task of this plan is done.".into()];
    merge.depends_on = list.open_ends();
    list.add(merge);
}

fn watch(track: &Track, after: &[String], list: &mut TaskList) {
    let id = &track.hypothesis.id;
    for (label, signals) in parts(&track.fix.monitoring) {
        let mut watch =
            task(4, TaskKind::Configuration, &format!("Set up the monitoring of {id}{label}"), String::new());
        watch.description = match place_of(&track.fix.rollback.trigger) {
            "" => format!("Watch what shows whether the change for {id} holds."),
            trigger => format!("Watch what shows whether the change for {id} holds; roll back when: {trigger}."),
        };
        watch.acceptance = signals.iter().map(|signal| format!("Watched: {}", sentence(signal))).collect();
        watch.effort = effort_of(signals.len());
        watch.depends_on = after.to_vec();
        watch.hypothesis = Some(id.clone());
        list.add(watch);
    }
}

fn document(tracks: &[Track], after: &[String], list: &mut TaskList) {
    for (label, part) in parts(tracks) {
        let mut write = task(4, TaskKind::Documentation, &format!("Write down cause and change{label}"), String::new());
        let causes: Vec<String> = part
            .iter()
            .map(|t| format!("{} ({}): {}", t.hypothesis.id, place_of(&t.hypothesis.title), sentence(&t.fix.strategy)))
            .collect();
        write.description = format!("Describe what was wrong and what was done. {}", causes.join(" "));
        write.acceptance =
            part.iter().map(|t| format!("{}: cause, change and way back are described.", t.hypothesis.id)).collect();
        write.effort = effort_of(part.len());
        write.depends_on = after.to_vec();
        list.add(write);
    }
}

#[cfg(test)]
mod tests {
    use crate::case::TaskKind;
    use crate::plan::sample::case;
    use crate::plan::{PlanOptions, make_plan};

    #[test]
    fn the_merge_is_the_only_task_that_nothing_waits_for() {
        let plan = make_plan(&case(), &PlanOptions::default());
        let last: Vec<TaskKind> = plan.tasks.iter().filter(|t| t.blocks.is_empty()).map(|t| t.kind).collect();
        assert_eq!(last, [TaskKind::GitOperations]);
    }

    #[test]
    fn monitoring_names_what_the_remedy_names() {
        let plan = make_plan(&case(), &PlanOptions::default());
        let watch = plan.tasks.iter().find(|t| t.title == "Set up the monitoring of H1").unwrap();
        assert_eq!(watch.acceptance, ["Watched: alert when p99 latency > 50 ms."]);
    }
}
