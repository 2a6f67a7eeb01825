//! Fills explanations and remedies with the names of the case, and makes drafts of weighed rules.

use std::collections::BTreeSet;

use crate::case::{Discriminator, Fix, HypothesisStatus, Missing, Role, Sketch};
use crate::rules::{Rule, RuleSet, fill};
use crate::source::SourceMap;

use super::draft::{Draft, Weighed};
use super::names::{CaseNames, Names, plain_names};

/// The draft of a weighed rule.
pub(super) fn draft(sources: &SourceMap, rules: &RuleSet, weighed: Weighed, case: &CaseNames) -> Draft {
    let rule = &rules.rules[weighed.rule];
    let names = case.for_rule(sources, &weighed);
    let plain = plain_names(&names);
    let matched: BTreeSet<&str> = weighed.claims.iter().map(|claim| claim.name.as_str()).collect();
    let kinds: BTreeSet<_> = weighed.claims.iter().map(|claim| claim.kind).collect();
    let against: BTreeSet<&str> = weighed.contradicts.iter().map(|support| support.signal.as_str()).collect();
    let status = match (&weighed.refuted, weighed.dots) {
        (Some(_), _) => HypothesisStatus::Refuted,
        (None, 3..) => HypothesisStatus::Supported,
        (None, _) => HypothesisStatus::Proposed,
    };
    let unmatched =
        rule.signals.iter().filter(|s| !matched.contains(s.name.as_str())).map(|s| s.name.clone()).collect();
    let checked = rule.against.iter().filter(|s| !against.contains(s.name.as_str())).map(|s| s.name.clone()).collect();
    let role = role_of(rule, &weighed);
    Draft {
        rule: rule.id.clone(),
        rule_version: rule.version,
        class: rule.class.clone(),
        title: fill(&rule.title, &names),
        role,
        status,
        dots: weighed.dots,
        points: weighed.points,
        stated: weighed.stated,
        claims: weighed.claims,
        supports: weighed.supports,
        contradicts: weighed.contradicts,
        reason: weighed.refuted.or_else(|| weighed.yielded_to.map(|class| format!("more specific: {class}"))),
        checked_against: checked,
        missing: rule
            .missing
            .iter()
            .filter(|item| !kinds.contains(&item.kind))
            .map(|item| fill_missing(item, &names))
            .collect(),
        discriminators: rule.discriminators.iter().map(|d| fill_discriminator(d, &names, &plain)).collect(),
        explanation: fill(&rule.explanation, &names),
        odc: Some(rule.odc.clone()),
        fix: Some(fill_fix(&rule.remedy, &names)),
        unmatched,
        steps: weighed.steps,
    }
}

fn role_of(rule: &Rule, weighed: &Weighed) -> Role {
    if rule.latent_without_symptom && !weighed.tied_to_symptom { Role::Latent } else { rule.role }
}

fn fill_missing(missing: &Missing, names: &Names) -> Missing {
    Missing { collect: fill(&missing.collect, names), ..missing.clone() }
}

fn fill_discriminator(d: &Discriminator, names: &Names, plain: &Names) -> Discriminator {
    let fill_sketch = |sketch: &Sketch| Sketch { text: fill(&sketch.text, plain), ..sketch.clone() };

    Discriminator {
        rival: d.rival.clone(),
        observe: fill(&d.observe, names),
        this: fill(&d.this, names),
        that: fill(&d.that, names),
        sketch: d.sketch.as_ref().map(fill_sketch),
    }
}

fn fill_fix(fix: &Fix, names: &Names) -> Fix {
    let mut fix = fix.clone();
    let mut put = |text: &mut String| *text = fill(text, names);
    put(&mut fix.strategy);
    for component in &mut fix.components {
        [&mut component.what, &mut component.r#where, &mut component.why, &mut component.risk]
            .into_iter()
            .for_each(&mut put);
    }
    for alternative in &mut fix.alternatives {
        [&mut alternative.what, &mut alternative.reject].into_iter().for_each(&mut put);
    }
    for test in &mut fix.tests {
        [&mut test.name, &mut test.given, &mut test.when, &mut test.then].into_iter().for_each(&mut put);
    }
    for success in &mut fix.success {
        [&mut success.criterion, &mut success.measure].into_iter().for_each(&mut put);
    }
    put(&mut fix.rollback.trigger);
    fix.rollback.steps.iter_mut().chain(&mut fix.monitoring).for_each(&mut put);
    fix
}

/// Keeps the discriminators whose rival is live; where none is, the first, so that there is a test to run.
pub(super) fn settle_rivals(drafts: &mut [Draft]) {
    let live: BTreeSet<String> = drafts
        .iter()
        .filter(|draft| draft.dots >= 2 && draft.status != HypothesisStatus::Refuted)
        .map(|draft| draft.class.clone())
        .collect();
    for draft in drafts {
        if draft.discriminators.iter().any(|d| live.contains(&d.rival)) {
            draft.discriminators.retain(|d| live.contains(&d.rival));
        } else {
            draft.discriminators.truncate(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_placeholder_is_left_in_what_a_page_shows() {
        let rules = crate::rules::builtin_rules();
        for rule in 0..rules.rules.len() {
            let draft = draft(&SourceMap::new(), rules, Weighed { rule, ..Weighed::default() }, &CaseNames::default());
            let shown = draft.missing.iter().map(|item| &item.collect);
            for text in shown.chain([&draft.title, &draft.explanation]) {
                assert!(!text.contains('{') && !text.contains('|'), "{}: {text}", draft.rule);
            }
        }
    }
}
