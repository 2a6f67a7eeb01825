//! Phase 2: for each component of each remedy the failing test, the change, the tidying.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::paths::target_files;
use super::preparation::Prepared;
use super::tasks::{TaskList, marks, place_of, sentence, shortened, task};
use super::track::Track;
use crate::case::{ApproachType, Case, Component, Effort, EvidenceId, Fix, RiskLevel, TaskKind, TestCase};
use crate::pattern::Pattern;

/// Files that hold settings rather than code.
static SETTINGS_FILE: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"(?i)\.(?:ya?ml|toml|ini|env|conf|cfg|properties|tf|tfvars)\b|\bdockerfile\b"));

/// Places that are settings by their name.
static SETTINGS_WORD: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(r"(?i)\b(?:config(?:uration)?|settings?|environment variables?|env vars?|parameter group|manifest)\b")
});

/// What the changes of each track leave behind for the phases after them.
pub(super) struct Changed {
    /// Ids of the last task of each component, by track.
    pub(super) ends: Vec<Vec<String>>,
    /// Tests that no component took, by track.
    pub(super) tests_left: Vec<Vec<TestCase>>,
}

/// Adds the tasks of phase 2.
pub(super) fn add(case: &Case, tracks: &[Track], prepared: &Prepared, list: &mut TaskList) -> Changed {
    let mut changed = Changed { ends: Vec::new(), tests_left: Vec::new() };
    let mut number = 0;
    for (at, track) in tracks.iter().enumerate() {
        let mut before = prepared.common.clone();
        before.extend(prepared.by_track.get(at).into_iter().flatten().cloned());
        let (tests, left) = share_tests(track.fix);
        let mut ends = Vec::new();
        for (component, test) in track.fix.components.iter().zip(tests) {
            number += 1;
            let files = target_files(case, track, component);
            let step = Step { track, component, test, files, number };
            ends.push(add_component(&step, &before, list));
        }
        changed.ends.push(ends);
        changed.tests_left.push(left);
    }
    changed
}

/// One component on its way through test, change and tidying.
struct Step<'a> {
    track: &'a Track<'a>,
    component: &'a Component,
    test: Option<TestCase>,
    files: Vec<String>,
    number: u32,
}

fn add_component(step: &Step, before: &[String], list: &mut TaskList) -> String {
    let id = |part: u32| format!("2.{}.{part}", step.number);
    let hypothesis = Some(step.track.hypothesis.id.clone());
    let mut change_after = before.to_vec();
    if let Some(test) = &step.test {
        let title = format!("RED: failing test \"{}\"", place_of(&test.name));
        let mut red = task(2, TaskKind::TestCreation, &title, String::new());
        red.description = format!("Write the test before the change of {}: {}", id(2), sentence(&step.component.what));
        red.acceptance = vec![format!("The test fails while the change of {} is not made.", id(2))];
        red.test = Some(test.clone());
        red.depends_on = before.to_vec();
        red.hypothesis.clone_from(&hypothesis);
        change_after = vec![list.add_as(id(1), red)];
    }

    let kind = change_kind(step.component, step.track.fix);
    let label = if kind == TaskKind::Configuration { "Configure" } else { "GREEN" };
    let mut green = task(2, kind, &format!("{label}: {}", step.component.what), String::new());
    green.description = description(step);
    green.effort = step.component.effort;
    green.files.clone_from(&step.files);
    green.acceptance = match &step.test {
        Some(test) => vec![format!("The test \"{}\" passes.", place_of(&test.name))],
        None => vec![format!("Done: {}", sentence(&step.component.what))],
    };
    green.test.clone_from(&step.test);
    green.depends_on = change_after;
    green.risks = risk(step.component).into_iter().collect();
    green.hypothesis.clone_from(&hypothesis);
    let changed = list.add_as(id(2), green);
    if kind != TaskKind::CodeChange {
        return changed;
    }

    let mut tidy = task(2, TaskKind::Refactor, &format!("REFACTOR: what {changed} changed"), String::new());
    tidy.description = format!("Tidy what {changed} touched; behaviour stays as it is.");
    tidy.effort = Effort::S;
    tidy.files.clone_from(&step.files);
    tidy.acceptance = vec![format!("Every test that passed after {changed} passes again.")];
    tidy.depends_on = vec![changed];
    tidy.hypothesis = hypothesis;
    list.add_as(id(3), tidy)
}

fn description(step: &Step) -> String {
    let evidence: BTreeSet<EvidenceId> = step.track.hypothesis.evidence_for.iter().map(|e| e.id).collect();
    let evidence: Vec<EvidenceId> = evidence.into_iter().collect();
    let component = step.component;
    let parts = [("What: ", &component.what), ("Where: ", &component.r#where), ("Why: ", &component.why)];
    let mut text: Vec<String> = parts
        .iter()
        .filter(|(_, words)| !words.trim().is_empty())
        .map(|(label, words)| format!("{label}{}", sentence(words)))
        .collect();
    let title = shortened(&step.track.hypothesis.title);
    text.push(format!("It serves {} ({title}){}.", step.track.hypothesis.id, marks(&evidence)));
    text.join(" ")
}

fn risk(component: &Component) -> Option<String> {
    let level = match component.risk_level {
        RiskLevel::Low => "low",
        RiskLevel::Medium => "medium",
        RiskLevel::High => "high",
        RiskLevel::Critical => "critical",
    };
    let text = place_of(&component.risk);
    (!text.is_empty()).then(|| format!("{text} ({level})"))
}

fn change_kind(component: &Component, fix: &Fix) -> TaskKind {
    let settings = SETTINGS_FILE.is_match(&component.r#where) || SETTINGS_WORD.is_match(&component.r#where);
    if fix.approach_type == ApproachType::ConfigurationChange || settings {
        TaskKind::Configuration
    } else {
        TaskKind::CodeChange
    }
}

/// Gives each component the test that shares most words with it, and returns the tests nobody took.
///
/// Where there are fewer tests than components, the later components share the test that suits them best.
fn share_tests(fix: &Fix) -> (Vec<Option<TestCase>>, Vec<TestCase>) {
    let words_of_tests: Vec<BTreeSet<String>> =
        fix.tests.iter().map(|test| words(&[&test.name, &test.given, &test.when, &test.then])).collect();
    let mut free: BTreeSet<usize> = (0..fix.tests.len()).collect();
    let mut given = Vec::new();
    for component in &fix.components {
        let wanted = words(&[&component.what, &component.r#where, &component.why]);
        let shared = |at: &usize| words_of_tests[*at].intersection(&wanted).count();
        let all: Vec<usize> =
            if free.is_empty() { (0..fix.tests.len()).collect() } else { free.iter().copied().collect() };
        // The earlier test wins a tie: tests stand in the order of the components they are written for.
        let best = all.into_iter().max_by_key(|at| (shared(at), std::cmp::Reverse(*at)));
        if let Some(at) = best {
            free.remove(&at);
        }
        given.push(best.and_then(|at| fix.tests.get(at).cloned()));
    }
    let left = free.into_iter().filter_map(|at| fix.tests.get(at).cloned()).collect();
    (given, left)
}

fn words(texts: &[&str]) -> BTreeSet<String> {
    let split = texts.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    split.filter(|word| word.chars().count() >= 4).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::{component, fix, test};

    #[test]
    fn a_component_gets_the_test_that_speaks_of_it() {
        let mut fix = fix();
        fix.components = vec![component("Lock the ledger row"), component("Retry the courier call")];
        fix.tests = vec![test("courier retries"), test("ledger stays locked"), test("third")];
        let (given, left) = share_tests(&fix);
        let names: Vec<&str> = given.iter().flatten().map(|t| t.name.as_str()).collect();
        assert_eq!(names, ["ledger stays locked", "courier retries"]);
        assert_eq!(left, [test("third")]);
    }

    #[test]
    fn components_share_a_test_where_there_are_too_few() {
        let mut fix = fix();
        fix.components = vec![component("a"), component("b")];
        fix.tests = vec![test("only")];
        let (given, left) = share_tests(&fix);
        assert_eq!((given.iter().flatten().count(), left.len()), (2, 0));
    }

    #[test]
    fn no_test_is_made_up() {
        let mut fix = fix();
        fix.tests.clear();
        let (given, left) = share_tests(&fix);
        assert!(given.iter().all(Option::is_none) && left.is_empty());
    }

    #[test]
    fn a_settings_file_makes_a_configuration_task() {
        let fix = fix();
        let mut part = component("Raise the limit");
        part.r#where = "deploy/service.yaml".into();
        assert_eq!(change_kind(&part, &fix), TaskKind::Configuration);
        part.r#where = "src/service.rs".into();
        assert_eq!(change_kind(&part, &fix), TaskKind::CodeChange);
    }
}
