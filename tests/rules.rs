//! Every builtin rule loads, and its examples come out as they say.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use casefile::case::SketchLanguage;
use casefile::rule_check::check_rules;
use casefile::rules::{Part, builtin_rules, builtin_texts, fill, load_rules};

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

/// Pairs of classes that get confused, and so need an observation that somebody can make today.
const CONFUSED: &[(&str, &str)] = &[
    ("race-window", "single-use-token-without-grace"),
    ("race-window", "stale-read"),
    ("connection-pool-exhaustion", "slow-query"),
    ("connection-pool-exhaustion", "resource-leak"),
    ("retry-amplification", "cache-stampede"),
    ("timeout-too-short", "dependency-outage"),
    ("missing-claims", "missing-authorization"),
    ("missing-claims", "stale-permission"),
    ("missing-authorization", "stale-permission"),
    ("hardcoded-override", "feature-flag"),
    ("bad-deploy", "dependency-change"),
    ("clock-skew", "timezone-error"),
    ("swallowed-error", "missing-claims"),
    ("swallowed-error", "clock-skew"),
];

#[test]
fn confused_classes_are_told_apart_by_a_sketch_from_either_side() {
    for (one, other) in CONFUSED {
        for (id, rival) in [(one, other), (other, one)] {
            let rule = builtin_rules().rules.iter().find(|rule| rule.id == **id).unwrap();
            let told = rule.discriminators.iter().find(|discriminator| discriminator.rival == **rival);
            assert!(told.is_some_and(|discriminator| discriminator.sketch.is_some()), "{id} and {rival}");
        }
    }
}

#[cfg(unix)]
#[test]
fn commands_of_sketches_are_commands() {
    let discriminators =
        builtin_rules().rules.iter().flat_map(|rule| rule.discriminators.iter().map(move |d| (rule, d)));
    for (rule, discriminator) in discriminators {
        let Some(sketch) = discriminator.sketch.as_ref().filter(|sketch| sketch.language == SketchLanguage::Sh) else {
            continue;
        };
        let mut shell = Command::new("sh").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
        shell.stdin.take().unwrap().write_all(fill(&sketch.text, &BTreeMap::new()).as_bytes()).unwrap();
        assert!(shell.wait().unwrap().success(), "{} and {}:\n{}", rule.id, discriminator.rival, sketch.text);
    }
}
