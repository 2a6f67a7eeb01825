//! Prose signals: cues of all rules found in one pass over the words of each text.

use crate::case::SignalKind;
use crate::rules::concepts;
use crate::rules::first_words::FirstWords;
use crate::rules::prefilter::Prefilter;
use crate::rules::specificity::specificity;
use crate::rules::words::Tokens;
use crate::rules::{Cue, CueSite, Look, Pattern, RuleSet, TextUnit};
use crate::span::Span;

use super::{Match, MatchInput, Place, negation, signals};

/// Most places of one cue that are kept: past that they add nothing to the points.
const PLACES_PER_CUE: usize = 64;

struct IndexedCue<'a> {
    place: Place<'a>,
    tier: u8,
    cue: &'a Cue,
    sections: &'a [crate::extract::SectionRole],
}

/// The cues of all rules by their first words; their numbers are those of `indexed`.
#[derive(Debug)]
pub(super) struct CueIndex {
    words: FirstWords,
    /// The cues that start with a concept, by its number.
    concepts: Vec<Vec<usize>>,
    /// Cues without word structure: patterns behind their prefilter, and verbatim ones.
    patterns: Vec<usize>,
    prefilter: Prefilter,
    verbatim: Vec<usize>,
}

/// The cues of all rules in order.
fn indexed(rules: &RuleSet) -> Vec<IndexedCue<'_>> {
    let mut all = Vec::new();
    for (place, signal) in signals(rules) {
        let Look::Prose { cues, sections } = &signal.look else { continue };
        all.extend(cues.iter().map(|(tier, cue)| IndexedCue { place, tier: *tier, cue, sections }));
    }
    all
}

pub(super) fn matches(rules: &RuleSet, index: &CueIndex, input: &MatchInput<'_>) -> Vec<Match> {
    let cues = indexed(rules);
    let mut counts = vec![0_usize; cues.len()];
    let mut matches = Vec::new();
    for (number, unit) in input.units.iter().enumerate() {
        let mut found: Vec<(usize, CueSite)> = index.words(&cues, unit.text);
        for candidate in index.prefilter.candidates(unit.text) {
            let cue = index.patterns[candidate];
            found.extend(cues[cue].cue.match_text(unit.text).into_iter().map(|site| (cue, site)));
        }
        if !unit.text.is_ascii() {
            for &cue in &index.verbatim {
                found.extend(cues[cue].cue.match_text(unit.text).into_iter().map(|site| (cue, site)));
            }
        }
        for (cue, site) in found {
            if counts[cue] < PLACES_PER_CUE
                && let Some(hit) = judge(&cues[cue], site, unit, number, input)
            {
                counts[cue] += 1;
                matches.push(hit);
            }
        }
    }
    matches
}

/// A match, unless the cue may not count here at all.
fn judge(
    entry: &IndexedCue<'_>,
    site: CueSite,
    unit: &TextUnit<'_>,
    number: usize,
    input: &MatchInput<'_>,
) -> Option<Match> {
    if !entry.sections.is_empty() && !entry.sections.contains(&unit.role) {
        return None;
    }
    let single = entry.cue.is_single_word();
    if single && site.in_identifier && entry.tier < 3 {
        return None;
    }
    let span = quoted(unit, input);
    let mut hit = Match::new(entry.place, SignalKind::Prose, span, unit.basis, unit.role);
    hit.cue.clone_from(&entry.cue.text);
    hit.tier = entry.tier;
    hit.specificity = specificity(&entry.cue.text);
    hit.unit = Some(number);
    hit.negated = !entry.cue.is_absence() && negation::is_negated(unit.text, &site.range)
        || negation::is_denied_after(unit.text, &site.range);
    hit.topic = entry.tier == 1 && single && !negation::has_problem_predicate(unit.text);
    if let Some(pattern) = entry.cue.pattern() {
        hit.bindings = super::log::captures(pattern, &unit.text[site.range.clone()]);
    }
    hit.site = Some(site.range);
    Some(hit)
}

fn quoted(unit: &TextUnit<'_>, input: &MatchInput<'_>) -> Span {
    match unit.passage.map(|index| &input.reading.passages[index]) {
        Some(passage) => passage.span,
        None => unit.span,
    }
}

impl CueIndex {
    pub(super) fn new(rules: &RuleSet) -> Self {
        let cues = indexed(rules);
        let mut words = FirstWords::default();
        let mut concepts = vec![Vec::new(); concepts::count()];
        let (mut patterns, mut verbatim) = (Vec::new(), Vec::new());
        for (number, entry) in cues.iter().enumerate() {
            if entry.cue.pattern().is_some() {
                patterns.push(number);
            } else if !entry.cue.has_words() {
                verbatim.push(number);
            } else if let Some(concept) = entry.cue.first_concept() {
                concepts[concept].push(number);
            }
            words.add(number, entry.cue.first_words());
        }
        let compiled: Vec<&Pattern> = patterns.iter().filter_map(|&number| cues[number].cue.pattern()).collect();
        let prefilter = Prefilter::new(&compiled);
        CueIndex { words, concepts, patterns, prefilter, verbatim }
    }

    fn words(&self, cues: &[IndexedCue<'_>], text: &str) -> Vec<(usize, CueSite)> {
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
                if let Some(site) = cues[number].cue.match_at(&tokens, at) {
                    found.push((number, site));
                }
            }
        }
        found
    }
}
