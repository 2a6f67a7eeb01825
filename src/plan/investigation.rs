//! Tasks that find out: what to collect, which observation tells two hypotheses apart, what to ask.

use std::collections::BTreeSet;

use super::preparation::reproduce;
use super::tasks::{TaskList, cited, effort_of, parts, place_of, sentence, task};
use super::track::{candidates, is_supported};
use crate::case::{
    ApproachType, Case, CaseFinding, Discriminator, Effort, Hypothesis, Missing, Role, SignalKind, Task, TaskKind,
};
use crate::finding::Code;

/// The tasks of a plan without a supported remedy: collect, tell apart, analyse again.
pub(super) fn tasks(case: &Case) -> Vec<Task> {
    let mut list = TaskList::new(case.metadata.priority);
    reproduce(case, &mut list);
    let candidates = candidates(case);
    let mut seen = BTreeSet::new();
    for hypothesis in &candidates {
        for missing in hypothesis.missing.iter().filter(|m| seen.insert(m.collect.as_str())) {
            list.add(collecting_task(hypothesis, missing));
        }
    }
    ask(case, &mut list);
    fill_gaps(case, &mut list);
    add_remedies_wanted(case, &mut list);
    let mut seen = BTreeSet::new();
    for hypothesis in &candidates {
        for discriminator in hypothesis.discriminators.iter().filter(|d| seen.insert(d.observe.as_str())) {
            list.add(discriminating_task(2, hypothesis, discriminator));
        }
    }
    let after = list.open_ends();
    if !after.is_empty() {
        let mut again = task(3, TaskKind::Investigation, &format!("Analyse {} again", case.id), String::new());
        again.description = "Add what was collected to the inputs and run `casefile analyze` on them.".into();
        again.acceptance = vec!["The report rests on what was collected.".into()];
        again.depends_on = after;
        list.add(again);
    }
    list.finish()
}

fn collecting_task(hypothesis: &Hypothesis, missing: &Missing) -> Task {
    let mut collect = task(1, TaskKind::Investigation, &format!("Collect: {}", missing.collect), String::new());
    let kind = signal_word(missing.kind);
    collect.description = format!(
        "{} {} ({}) lacks evidence of the kind {kind}.",
        sentence(&missing.collect),
        hypothesis.id,
        place_of(&hypothesis.title)
    );
    collect.acceptance = vec![format!("Added to the inputs of the case: {}", sentence(&missing.collect))];
    collect.hypothesis = Some(hypothesis.id.clone());
    collect
}

fn signal_word(kind: SignalKind) -> &'static str {
    match kind {
        SignalKind::Prose => "prose",
        SignalKind::Metric => "metric",
        SignalKind::Log => "log",
        SignalKind::Trace => "trace",
        SignalKind::Payload => "payload",
        SignalKind::Code => "code",
        SignalKind::Config => "config",
    }
}

/// The task of making the observation that tells a hypothesis from a rival.
pub(super) fn discriminating_task(phase: u8, hypothesis: &Hypothesis, discriminator: &Discriminator) -> Task {
    let title = format!("Tell {} from {}", hypothesis.id, discriminator.rival);
    let mut observe = task(phase, TaskKind::Investigation, &title, sentence(&discriminator.observe));
    observe.effort = Effort::M;
    observe.acceptance = vec![
        format!("Speaks for {} ({}): {}", hypothesis.id, place_of(&hypothesis.title), sentence(&discriminator.this)),
        format!("Speaks for {}: {}", discriminator.rival, sentence(&discriminator.that)),
    ];
    observe.sketch.clone_from(&discriminator.sketch);
    observe.hypothesis = Some(hypothesis.id.clone());
    observe
}

/// Supported hypotheses that no rule has a remedy for: somebody has to find one.
pub(super) fn add_remedies_wanted(case: &Case, list: &mut TaskList) {
    let wanted = case.hypotheses.iter().filter(|h| is_supported(h) && h.role != Role::Trigger && !has_remedy(h));
    for hypothesis in wanted {
        let mut find =
            task(1, TaskKind::Investigation, &format!("Work out a remedy for {}", hypothesis.id), String::new());
        let title = place_of(&hypothesis.title);
        find.description = format!("{} ({title}) is supported, and no rule has a remedy for it.", hypothesis.id);
        find.acceptance =
            vec![format!("A change for {} is proposed with a test, a risk and a way back.", hypothesis.id)];
        find.hypothesis = Some(hypothesis.id.clone());
        list.add(find);
    }
}

fn has_remedy(hypothesis: &Hypothesis) -> bool {
    let change =
        |fix: &crate::case::Fix| fix.approach_type != ApproachType::InvestigationRequired && !fix.components.is_empty();
    hypothesis.fix.as_ref().is_some_and(change)
}

/// Questions that the sources themselves ask.
fn ask(case: &Case, list: &mut TaskList) {
    for (label, questions) in parts(&case.questions) {
        let title = format!("Answer the open questions{label}");
        let mut ask = task(1, TaskKind::Investigation, &title, "The sources ask them.".into());
        ask.effort = effort_of(questions.len());
        ask.acceptance = questions.iter().map(|question| format!("Answered: {}", sentence(&cited(question)))).collect();
        list.add(ask);
    }
}

/// What the sources leave out and a decision needs.
fn fill_gaps(case: &Case, list: &mut TaskList) {
    let gaps: Vec<&CaseFinding> =
        case.findings.iter().filter(|finding| finding.code == Code::MissingSection.as_str()).collect();
    for (label, part) in parts(&gaps) {
        let title = format!("Fill the gaps of the report{label}");
        let mut fill = task(1, TaskKind::Investigation, &title, "The sources leave them open.".into());
        fill.effort = effort_of(part.len());
        fill.acceptance = part.iter().map(|gap| format!("Settled: {}", sentence(&gap.message))).collect();
        list.add(fill);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::HypothesisStatus;
    use crate::plan::sample::{case_with, fact, hypothesis};

    fn weak(id: &str) -> Hypothesis {
        let mut weak = hypothesis(id, Role::Root, 2);
        weak.status = HypothesisStatus::Proposed;
        weak
    }

    #[test]
    fn what_two_candidates_lack_is_collected_once() {
        let case = case_with(vec![weak("H1"), weak("H2")]);
        let collected = tasks(&case).into_iter().filter(|t| t.title.starts_with("Collect")).count();
        assert_eq!(collected, 1);
    }

    #[test]
    fn a_near_miss_is_not_pursued() {
        let mut near_miss = weak("H1");
        near_miss.dots = 1;
        assert!(tasks(&case_with(vec![near_miss])).iter().all(|t| t.hypothesis.is_none()));
    }

    #[test]
    fn questions_of_the_sources_are_asked() {
        let mut case = case_with(vec![]);
        case.questions = vec![fact("Which zone does the job run in?", 70)];
        let asked = tasks(&case).into_iter().find(|t| t.title == "Answer the open questions").unwrap();
        assert_eq!(asked.acceptance, ["Answered: Which zone does the job run in? [E70]."]);
    }

    #[test]
    fn a_supported_hypothesis_without_remedy_asks_for_one() {
        let mut stated = hypothesis("H1", Role::Root, 3);
        stated.fix = None;
        let tasks = tasks(&case_with(vec![stated]));
        assert!(tasks.iter().any(|t| t.title == "Work out a remedy for H1"), "{tasks:?}");
    }

    #[test]
    fn the_analysis_is_repeated_after_everything_else() {
        let tasks = tasks(&case_with(vec![weak("H1")]));
        let last = tasks.last().unwrap();
        assert_eq!((last.title.as_str(), last.blocks.len()), ("Analyse CASE-1 again", 0));
        assert!(!last.depends_on.is_empty());
    }
}
