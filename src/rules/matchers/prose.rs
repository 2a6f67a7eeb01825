//! Prose signals: cues of all rules found in one pass over the words of each text.

use std::collections::HashMap;

use crate::case::SignalKind;
use crate::extract::SectionRole;
use crate::rules::concepts;
use crate::rules::first_words::FirstWords;
use crate::rules::prefilter::Prefilter;
use crate::rules::specificity::specificity;
use crate::rules::words::Tokens;
use crate::rules::{Cue, CueSite, Look, RuleSet, Signal, TextUnit};
use crate::span::Span;

use super::{Match, MatchInput, Place, Side, negation, signals};

/// Most places of one cue that are kept: past that they add nothing to the points.
const PLACES_PER_CUE: usize = 64;

/// A signal that looks for a cue: where it stands in the rule set.
#[derive(Clone, Copy, Debug)]
struct User {
    rule: usize,
    side: Side,
    signal: usize,
    /// Number of the cue in the signal.
    cue: usize,
}

impl User {
    fn signal(self, rules: &RuleSet) -> &Signal {
        let rule = &rules.rules[self.rule];
        match self.side {
            Side::For => &rule.signals[self.signal],
            Side::Against => &rule.against[self.signal],
        }
    }

    /// The sections that the signal looks at, the tier of the cue, and the cue.
    fn cue(self, rules: &RuleSet) -> Option<(&[SectionRole], u8, &Cue)> {
        let Look::Prose { cues, sections } = &self.signal(rules).look else { return None };
        let (tier, cue) = cues.get(self.cue)?;
        Some((sections, *tier, cue))
    }
}

/// The distinct cues of all rules by their first words; each is looked for once, whatever number of signals asks for it.
#[derive(Debug)]
pub(super) struct CueIndex {
    /// Who looks for each cue.
    users: Vec<Vec<User>>,
    words: FirstWords,
    /// The cues that start with a concept, by its number.
    concepts: Vec<Vec<usize>>,
    /// Cues without word structure: patterns behind their prefilter, and verbatim ones.
    patterns: Vec<usize>,
    prefilter: Prefilter,
    verbatim: Vec<usize>,
}

pub(super) fn matches(rules: &RuleSet, index: &CueIndex, input: &MatchInput<'_>) -> Vec<Match> {
    let mut counts = vec![0_usize; index.users.len()];
    let mut matches = Vec::new();
    // A question asks for what a rule would say, and carries nothing.
    let asks = |unit: &TextUnit<'_>| unit.role == SectionRole::Questions && unit.text.trim_end().ends_with(['?', '？']);
    for (number, unit) in input.units.iter().enumerate().filter(|(_, unit)| !asks(unit)) {
        for (cue, site) in index.found(rules, unit.text) {
            if counts[cue] < PLACES_PER_CUE {
                let hits = judge(rules, &index.users[cue], &site, (number, unit), input);
                counts[cue] += usize::from(!hits.is_empty());
                matches.extend(hits);
            }
        }
    }
    matches
}

/// A match for each signal that looks for the cue and may count it here.
fn judge(
    rules: &RuleSet,
    users: &[User],
    site: &CueSite,
    (number, unit): (usize, &TextUnit<'_>),
    input: &MatchInput<'_>,
) -> Vec<Match> {
    let mut matches = Vec::new();
    let Some((_, _, cue)) = users.first().and_then(|user| user.cue(rules)) else { return matches };
    let single = cue.is_single_word();
    let names_a_component = negation::names_a_component(unit.text, &site.range);
    let span = quoted(unit, input);
    let negated = !cue.is_absence() && negation::is_negated(unit.text, &site.range)
        || negation::is_denied_after(unit.text, &site.range);
    let specificity = specificity(&cue.text);
    let bindings = cue.pattern().map(|pattern| super::log::captures(pattern, &unit.text[site.range.clone()]));
    for user in users {
        let Some((sections, tier, cue)) = user.cue(rules) else { continue };
        let elsewhere = !sections.is_empty() && !sections.contains(&unit.role);
        if elsewhere || (tier < 3 && (single && site.in_identifier || names_a_component)) {
            continue;
        }
        let name = user.signal(rules).name.as_str();
        let place = Place { rule: user.rule, side: user.side, signal: user.signal, name, tier };
        let mut hit = Match::new(place, SignalKind::Prose, span, unit.basis, unit.role);
        hit.cue.clone_from(&cue.text);
        hit.specificity = specificity;
        hit.unit = Some(number);
        hit.negated = negated;
        hit.topic = tier == 1 && single && !negation::has_problem_predicate(unit.text);
        hit.bindings = bindings.clone().unwrap_or_default();
        hit.site = Some(site.range.clone());
        matches.push(hit);
    }
    matches
}

fn quoted(unit: &TextUnit<'_>, input: &MatchInput<'_>) -> Span {
    match unit.passage.map(|index| &input.reading.passages[index]) {
        Some(passage) => passage.span,
        None => unit.span,
    }
}

impl CueIndex {
    pub(super) fn new(rules: &RuleSet) -> Self {
        let mut known: HashMap<&str, usize> = HashMap::new();
        let mut users: Vec<Vec<User>> = Vec::new();
        for (place, signal) in signals(rules) {
            let Look::Prose { cues, .. } = &signal.look else { continue };
            for (number, (_, cue)) in cues.iter().enumerate() {
                let user = User { rule: place.rule, side: place.side, signal: place.signal, cue: number };
                match known.get(cue.text.as_str()) {
                    Some(&distinct) => users[distinct].push(user),
                    None => {
                        known.insert(&cue.text, users.len());
                        users.push(vec![user]);
                    }
                }
            }
        }
        let mut words = FirstWords::default();
        let mut concepts = vec![Vec::new(); concepts::count()];
        let (mut patterns, mut verbatim, mut compiled) = (Vec::new(), Vec::new(), Vec::new());
        for (number, users) in users.iter().enumerate() {
            let Some((_, _, cue)) = users[0].cue(rules) else { continue };
            if let Some(pattern) = cue.pattern() {
                patterns.push(number);
                compiled.push(pattern);
            } else if !cue.has_words() {
                verbatim.push(number);
            } else if let Some(concept) = cue.first_concept() {
                concepts[concept].push(number);
            }
            words.add(number, cue.first_words());
        }
        let prefilter = Prefilter::new(&compiled);
        CueIndex { users, words, concepts, patterns, prefilter, verbatim }
    }

    /// Every place of every cue in a text.
    fn found(&self, rules: &RuleSet, text: &str) -> Vec<(usize, CueSite)> {
        let mut found = self.words(rules, text);
        let mut numbers: Vec<usize> = self.prefilter.candidates(text).into_iter().map(|at| self.patterns[at]).collect();
        if !text.is_ascii() {
            numbers.extend(&self.verbatim);
        }
        for number in numbers {
            let sites = self.cue(rules, number).map(|cue| cue.match_text(text)).unwrap_or_default();
            found.extend(sites.into_iter().map(|site| (number, site)));
        }
        found
    }

    fn cue<'a>(&self, rules: &'a RuleSet, number: usize) -> Option<&'a Cue> {
        self.users[number].first()?.cue(rules).map(|(_, _, cue)| cue)
    }

    fn words(&self, rules: &RuleSet, text: &str) -> Vec<(usize, CueSite)> {
        let tokens = Tokens::new(text);
        let mut found = Vec::new();
        for (at, token) in tokens.tokens.iter().enumerate() {
            let mut candidates = self.words.starting(&tokens, token);
            for concept in tokens.concepts_at(at) {
                candidates.extend(&self.concepts[concept]);
            }
            candidates.sort_unstable();
            candidates.dedup();
            for number in candidates {
                if let Some(site) = self.cue(rules, number).and_then(|cue| cue.match_at(&tokens, at)) {
                    found.push((number, site));
                }
            }
        }
        found
    }
}
