//! Runs the examples of rules through the same stages as any document: they are the rules' tests.

use crate::case::{Case, HypothesisStatus};
use crate::pipeline::{AnalyzeOptions, analyze};
use crate::rules::{Example, Examples, Rule, RuleError, RuleSet};
use crate::source::SourceMap;

/// Fewest examples of each kind.
const LEAST: [(&str, usize); 4] = [("fires", 2), ("quiet", 2), ("near_miss", 1), ("distractor", 1)];

/// What an example asks of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Fires,
    Quiet,
}

/// Checks every rule of the set by its examples; `text_of` gives a rule's file as path and text, for the places of errors.
pub fn check_rules(rules: &RuleSet, text_of: &dyn Fn(&str) -> Option<(String, String)>) -> Vec<RuleError> {
    rules.rules.iter().flat_map(|rule| check_rule(rule, rules, text_of)).collect()
}

fn check_rule(rule: &Rule, rules: &RuleSet, text_of: &dyn Fn(&str) -> Option<(String, String)>) -> Vec<RuleError> {
    let (path, text) = text_of(&rule.id).unwrap_or_else(|| (format!("{}.yaml", rule.id), String::new()));
    let path = camino::Utf8PathBuf::from(path);
    let Some(examples) = &rule.examples else {
        return vec![RuleError::of_file(&path, "the rule has no examples; they are its tests")];
    };
    let mut errors = Vec::new();
    let Examples { fires, quiet, near_miss, distractor } = examples;
    for ((name, least), list) in LEAST.into_iter().zip([fires, quiet, near_miss, distractor]) {
        if list.len() < least {
            let message = format!("examples.{name} has {} of at least {least}", list.len());
            errors.push(RuleError::of_file(&path, message));
        }
    }
    let wanted = fires
        .iter()
        .chain(distractor)
        .map(|example| (example, Wanted::Fires))
        .chain(quiet.iter().chain(near_miss).map(|example| (example, Wanted::Quiet)));
    for (example, wanted) in wanted {
        let case = run(example, rules);
        for message in judge(rule, example, wanted, &case) {
            errors.push(RuleError::at(&path, message, &text, example.place.clone()));
        }
    }
    errors
}

fn run(example: &Example, rules: &RuleSet) -> Case {
    let mut sources = SourceMap::new();
    sources.add_text("example.md", &example.text);
    if let Some(log) = &example.log {
        sources.add_text("example.log", log);
    }
    let options = AnalyzeOptions::default();
    analyze(&sources, Vec::new(), rules, &options, &|_, _| true)
}

fn judge(rule: &Rule, example: &Example, wanted: Wanted, case: &Case) -> Vec<String> {
    let found = case.hypotheses.iter().find(|h| h.rule == rule.id);
    let fires = found.is_some_and(|h| h.dots >= 2 && h.status != HypothesisStatus::Refuted);
    let considered = case.considered.iter().find(|c| c.rule == rule.id);
    let dots = considered.map_or(0, |c| c.dots);
    let steps = || considered.map_or_else(String::new, |c| format!(" ({})", c.steps.join("; ")));
    let mut problems = Vec::new();
    match (wanted, fires) {
        (Wanted::Fires, false) => problems.push(format!("should fire, but has {dots} dots{}", steps())),
        (Wanted::Quiet, true) => problems.push(format!("should stay quiet, but has {dots} dots{}", steps())),
        (Wanted::Fires, true) | (Wanted::Quiet, false) => {}
    }
    if let Some(expected) = example.dots.filter(|expected| *expected != dots) {
        problems.push(format!("should have {expected} dots, but has {dots}{}", steps()));
    }
    for name in &example.signals {
        if !considered.is_some_and(|c| c.signals.iter().any(|signal| signal.name == *name)) {
            problems.push(format!("signal `{name}` should match, but does not"));
        }
    }
    if example.leads && case.hypotheses.first().is_none_or(|h| h.rule != rule.id) {
        let leader = case.hypotheses.first().map_or("nothing", |h| h.rule.as_str());
        problems.push(format!("should lead, but {leader} does"));
    }
    problems
}
