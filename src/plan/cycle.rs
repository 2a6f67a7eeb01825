//! Finds tasks that wait for each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::Task;

/// Ids of the tasks that can never start because they lie on a circle or wait for one, in plan order.
pub(super) fn never_startable(tasks: &[Task]) -> Vec<&str> {
    let mut waits_for: BTreeMap<&str, BTreeSet<&str>> =
        tasks.iter().map(|t| (t.id.as_str(), BTreeSet::new())).collect();
    let mut blocks: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let stated = tasks.iter().flat_map(|task| {
        let before = task.depends_on.iter().map(|other| (other.as_str(), task.id.as_str()));
        before.chain(task.blocks.iter().map(|other| (task.id.as_str(), other.as_str())))
    });
    for (first, then) in stated {
        if waits_for.contains_key(first)
            && let Some(before) = waits_for.get_mut(then)
        {
            before.insert(first);
            blocks.entry(first).or_default().insert(then);
        }
    }
    let mut ready: Vec<&str> = waits_for.iter().filter(|(_, before)| before.is_empty()).map(|(id, _)| *id).collect();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    while let Some(id) = ready.pop() {
        done.insert(id);
        for then in blocks.get(id).into_iter().flatten() {
            let Some(before) = waits_for.get_mut(then) else { continue };
            before.remove(id);
            if before.is_empty() {
                ready.push(then);
            }
        }
    }
    tasks.iter().map(|task| task.id.as_str()).filter(|id| !done.contains(id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::TaskKind;
    use crate::plan::tasks::task;

    fn tasks(edges: &[(&str, &[&str])]) -> Vec<Task> {
        let make = |(id, before): &(&str, &[&str])| {
            let mut made = task(1, TaskKind::Setup, id, String::new());
            made.id = (*id).into();
            made.depends_on = before.iter().map(|b| (*b).to_string()).collect();
            made
        };
        edges.iter().map(make).collect()
    }

    #[test]
    fn a_chain_can_start() {
        assert_eq!(never_startable(&tasks(&[("a", &[]), ("b", &["a"]), ("c", &["a", "b"])])), [""; 0]);
    }

    #[test]
    fn a_circle_and_what_waits_for_it_cannot_start() {
        assert_eq!(
            never_startable(&tasks(&[("a", &["b"]), ("b", &["a"]), ("c", &["b"]), ("d", &[])])),
            ["a", "b", "c"]
        );
        assert_eq!(never_startable(&tasks(&[("a", &["a"])])), ["a"]);
    }

    #[test]
    fn a_task_that_is_not_in_the_plan_blocks_nothing() {
        assert_eq!(never_startable(&tasks(&[("a", &["z"])])), [""; 0]);
    }

    #[test]
    fn a_circle_told_from_the_other_side_is_found() {
        let mut list = tasks(&[("a", &["b"]), ("b", &[])]);
        list[0].blocks = vec!["b".into()];
        assert_eq!(never_startable(&list), ["a", "b"]);
    }
}
