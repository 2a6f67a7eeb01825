//! The list of tasks while a plan is made: numbering, dependencies from both sides, and the form of their sentences.

use std::collections::BTreeMap;

use crate::case::{Effort, EvidenceId, Fact, Priority, Task, TaskKind};

/// Longest title, in characters: one line of a task's heading.
const TITLE_CHARS: usize = 90;

/// Most items of one task that takes [`Effort::L`]; more are split over several tasks.
pub(super) const ITEMS_PER_TASK: usize = 9;

/// Tasks in the making.
pub(super) struct TaskList {
    tasks: Vec<Task>,
    priority: Option<Priority>,
    next: [u32; 5],
}

impl TaskList {
    pub(super) fn new(priority: Option<Priority>) -> Self {
        TaskList { tasks: Vec::new(), priority, next: [1; 5] }
    }

    /// Adds a task at the end of its phase and gives its id.
    pub(super) fn add(&mut self, task: Task) -> String {
        let next = &mut self.next[usize::from(task.phase.min(4))];
        let id = format!("{}.{next}", task.phase);
        *next += 1;
        self.add_as(id, task)
    }

    /// Adds a task at the end of its phase with what tells that it is done.
    pub(super) fn add_with_acceptance(&mut self, mut task: Task, acceptance: Vec<String>) -> String {
        task.acceptance = acceptance;
        self.add(task)
    }

    /// Adds a task under an id of its own (`2.n.k`).
    pub(super) fn add_as(&mut self, id: String, mut task: Task) -> String {
        task.id.clone_from(&id);
        task.priority = self.priority;
        self.tasks.push(task);
        id
    }

    /// Ids of all tasks so far.
    pub(super) fn ids(&self) -> Vec<String> {
        self.tasks.iter().map(|task| task.id.clone()).collect()
    }

    /// Ids of tasks that nothing waits for yet.
    pub(super) fn open_ends(&self) -> Vec<String> {
        let waited_for: std::collections::BTreeSet<&String> = self.tasks.iter().flat_map(|t| &t.depends_on).collect();
        self.ids().into_iter().filter(|id| !waited_for.contains(id)).collect()
    }

    /// The tasks, each knowing what waits for it.
    pub(super) fn finish(mut self) -> Vec<Task> {
        let mut blocks: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for task in &self.tasks {
            for before in &task.depends_on {
                blocks.entry(before.clone()).or_default().push(task.id.clone());
            }
        }
        for task in &mut self.tasks {
            task.blocks = blocks.remove(&task.id).unwrap_or_default();
        }
        self.tasks
    }
}

/// A task with its title and what to do; the list gives it an id.
pub(super) fn task(phase: u8, kind: TaskKind, title: &str, description: String) -> Task {
    Task {
        id: String::new(),
        phase,
        title: shortened(title),
        kind,
        priority: None,
        effort: Effort::S,
        description,
        files: Vec::new(),
        acceptance: Vec::new(),
        sketch: None,
        test: None,
        depends_on: Vec::new(),
        blocks: Vec::new(),
        risks: Vec::new(),
        hypothesis: None,
    }
}

/// Effort of a task that goes through a number of items, at most [`ITEMS_PER_TASK`].
pub(super) fn effort_of(items: usize) -> Effort {
    match items {
        0..=3 => Effort::S,
        4..=6 => Effort::M,
        _ => Effort::L,
    }
}

/// Splits items so that no task takes more than four hours; the second value counts the parts in the title.
pub(super) fn parts<T>(items: &[T]) -> Vec<(String, &[T])> {
    let count = items.len().div_ceil(ITEMS_PER_TASK);
    let label = |part: usize| if count > 1 { format!(" ({part} of {count})") } else { String::new() };
    items.chunks(ITEMS_PER_TASK).enumerate().map(|(at, part)| (label(at + 1), part)).collect()
}

/// A text as a sentence: trimmed, with a full stop.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?', ':']) { text.to_string() } else { format!("{text}.") }
}

/// A text to stand inside a sentence: trimmed, without its full stop.
pub(super) fn place_of(text: &str) -> &str {
    text.trim().trim_end_matches('.')
}

/// A fact with the numbers of its evidence behind it.
pub(super) fn cited(fact: &Fact) -> String {
    format!("{}{}", place_of(&fact.text), marks(&evidence_of(fact)))
}

/// Numbers of the evidence a fact rests on.
pub(super) fn evidence_of(fact: &Fact) -> Vec<EvidenceId> {
    if fact.evidence.is_empty() { fact.span.id.into_iter().collect() } else { fact.evidence.clone() }
}

/// ` [E1, E2]`, or nothing.
pub(super) fn marks(evidence: &[EvidenceId]) -> String {
    let ids: Vec<String> = evidence.iter().map(EvidenceId::to_string).collect();
    if ids.is_empty() { String::new() } else { format!(" [{}]", ids.join(", ")) }
}

/// Cuts a title at a word.
pub(super) fn shortened(text: &str) -> String {
    let text = place_of(text);
    let Some((limit, _)) = text.char_indices().nth(TITLE_CHARS) else { return text.to_string() };
    let head = &text[..limit];
    let end = head.rfind(char::is_whitespace).filter(|at| *at > 0).unwrap_or(limit);
    format!("{}…", head[..end].trim_end_matches([',', ';', ':', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_numbered_by_phase_and_know_what_waits_for_them() {
        let mut list = TaskList::new(Some(Priority::P2));
        let first = list.add(task(1, TaskKind::Setup, "a", String::new()));
        let mut second = task(3, TaskKind::RegressionTest, "b", String::new());
        second.depends_on = vec![first.clone()];
        list.add(second);
        assert_eq!(list.open_ends(), ["3.1"]);
        let tasks = list.finish();
        assert_eq!((tasks[0].id.as_str(), tasks[0].blocks.clone()), ("1.1", vec!["3.1".to_string()]));
        assert_eq!(tasks[1].priority, Some(Priority::P2));
    }

    #[test]
    fn more_items_than_fit_into_four_hours_are_split() {
        let items: Vec<u32> = (0..11).collect();
        let sizes: Vec<(String, usize)> = parts(&items).into_iter().map(|(label, part)| (label, part.len())).collect();
        assert_eq!(sizes, [(" (1 of 2)".to_string(), 9), (" (2 of 2)".to_string(), 2)]);
        assert!(parts::<u32>(&[]).is_empty());
    }

    #[test]
    fn a_long_title_is_cut_at_a_word() {
        let title = shortened(&"größe ".repeat(30));
        assert!(title.chars().count() <= 91 && title.ends_with("größe…"), "{title}");
        assert_eq!(shortened(&"x".repeat(200)).chars().count(), 91);
        assert_eq!(shortened("short."), "short");
    }
}
