//! Every builtin rule loads, and its examples come out as they say.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

use casefile::rule_check::check_rules;
use casefile::rules::{Part, builtin_texts, load_rules};

#[test]
fn every_builtin_rule_passes_its_examples() {
    let (rules, errors) = load_rules(&[], &[], Part::Whole);
    let rendered: Vec<String> = errors.iter().map(casefile::rules::RuleError::render).collect();
    assert!(rendered.is_empty(), "\n{}", rendered.join("\n\n"));
    let text_of = |id: &str| {
        let name = format!("{id}.yaml");
        let (_, text) = builtin_texts().iter().find(|(file, _)| *file == name)?;
        Some((format!("rules/{name}"), (*text).to_string()))
    };
    let failures: Vec<String> = check_rules(&rules, &text_of).iter().map(casefile::rules::RuleError::render).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[test]
fn a_class_that_a_rule_names_has_a_rule_or_stands_in_the_catalogue() {
    let (rules, _) = load_rules(&[], &[], Part::WithoutExamples);
    let catalogue = include_str!("catalogue.txt");
    let known: Vec<&str> = catalogue.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut unknown = Vec::new();
    for rule in &rules.rules {
        let named = rule.yields_to.iter().chain(rule.discriminators.iter().map(|d| &d.rival)).chain([&rule.class]);
        unknown.extend(
            named.filter(|class| !known.contains(&class.as_str())).map(|class| format!("{}: {class}", rule.id)),
        );
    }
    assert!(unknown.is_empty(), "classes that nobody knows:\n{}", unknown.join("\n"));
}
