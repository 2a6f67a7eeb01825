//! Prose signals: cues of all rules found in one pass over the words of each text.

use std::collections::HashMap;

use crate::case::SignalKind;
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

/// Cues by their first word.
struct CueIndex<'a> {
    cues: Vec<IndexedCue<'a>>,
    exact: HashMap<&'a str, Vec<usize>>,
    prefix: HashMap<&'a str, Vec<usize>>,
    longest_prefix: usize,
    /// Cues without word structure: patterns behind their prefilter, and verbatim ones.
    patterns: Vec<usize>,
    verbatim: Vec<usize>,
}

pub(super) fn matches(rules: &RuleSet, input: &MatchInput<'_>) -> Vec<Match> {
    let index = CueIndex::new(rules);
    let patterns: Vec<&Pattern> = index.patterns.iter().filter_map(|&cue| index.cues[cue].cue.pattern()).collect();
    let prefilter = Prefilter::new(&patterns);
    let mut counts = vec![0_usize; index.cues.len()];
    let mut matches = Vec::new();
    for (number, unit) in input.units.iter().enumerate() {
        let mut found: Vec<(usize, CueSite)> = index.words(unit.text);
        for candidate in prefilter.candidates(unit.text) {
            let cue = index.patterns[candidate];
            found.extend(index.cues[cue].cue.match_text(unit.text).into_iter().map(|site| (cue, site)));
        }
        if !unit.text.is_ascii() {
            for &cue in &index.verbatim {
                found.extend(index.cues[cue].cue.match_text(unit.text).into_iter().map(|site| (cue, site)));
            }
        }
        for (cue, site) in found {
            if counts[cue] < PLACES_PER_CUE
                && let Some(hit) = judge(&index.cues[cue], site, unit, number, input)
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

impl<'a> CueIndex<'a> {
    fn new(rules: &'a RuleSet) -> Self {
        let mut index = CueIndex {
            cues: Vec::new(),
            exact: HashMap::new(),
            prefix: HashMap::new(),
            longest_prefix: 0,
            patterns: Vec::new(),
            verbatim: Vec::new(),
        };
        for (place, signal) in signals(rules) {
            let Look::Prose { cues, sections } = &signal.look else { continue };
            for (tier, cue) in cues {
                index.add(IndexedCue { place, tier: *tier, cue, sections });
            }
        }
        index
    }

    fn add(&mut self, entry: IndexedCue<'a>) {
        let number = self.cues.len();
        let first = entry.cue.first_words();
        if first.is_empty() {
            let list = if entry.cue.pattern().is_some() { &mut self.patterns } else { &mut self.verbatim };
            list.push(number);
        }
        for (word, is_prefix) in first {
            if is_prefix {
                self.longest_prefix = self.longest_prefix.max(word.len());
                self.prefix.entry(word).or_default().push(number);
            } else {
                self.exact.entry(word).or_default().push(number);
            }
        }
        self.cues.push(entry);
    }

    fn words(&self, text: &str) -> Vec<(usize, CueSite)> {
        let tokens = Tokens::new(text);
        let mut found = Vec::new();
        for (at, token) in tokens.tokens.iter().enumerate() {
            let canonical = tokens.canonical(token);
            let written = tokens.written(token);
            let mut candidates: Vec<usize> = self.exact.get(canonical).cloned().unwrap_or_default();
            for spelling in [written, written.trim_end_matches('s')] {
                if spelling != canonical
                    && let Some(acronyms) = self.exact.get(spelling)
                {
                    candidates.extend(acronyms);
                }
            }
            let lower = tokens.lower(token);
            for len in 1..=self.longest_prefix.min(lower.len()) {
                if let Some(prefix) = lower.get(..len)
                    && let Some(cues) = self.prefix.get(prefix)
                {
                    candidates.extend(cues);
                }
            }
            candidates.sort_unstable();
            candidates.dedup();
            for number in candidates {
                if let Some(site) = self.cues[number].cue.match_at(&tokens, at) {
                    found.push((number, site));
                }
            }
        }
        found
    }
}
