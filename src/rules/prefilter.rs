//! Which patterns can match at all: one pass over a text finds the literals that patterns require, so that only patterns
//! whose literal occurs are ever compiled and run.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use regex_syntax::hir::{Hir, HirKind};

use super::Pattern;

/// Shortest literal worth looking for: shorter ones occur nearly everywhere.
const SHORTEST: usize = 3;

/// An index from literals to patterns.
#[derive(Debug)]
pub struct Prefilter {
    automaton: Option<AhoCorasick>,
    /// Pattern numbers a literal stands for, by literal number.
    owners: Vec<Vec<usize>>,
    /// Patterns without a required literal: always candidates.
    always: Vec<usize>,
    count: usize,
}

impl Prefilter {
    /// Builds the index over `patterns`; their positions are the numbers `candidates` gives.
    pub fn new(patterns: &[&Pattern]) -> Self {
        let mut literals: std::collections::BTreeMap<String, Vec<usize>> = std::collections::BTreeMap::new();
        let mut always = Vec::new();
        for (number, pattern) in patterns.iter().enumerate() {
            match required(pattern.source()) {
                Some(words) => words.into_iter().for_each(|word| literals.entry(word).or_default().push(number)),
                None => always.push(number),
            }
        }
        let automaton = AhoCorasickBuilder::new().ascii_case_insensitive(true).build(literals.keys()).ok();
        if automaton.is_none() {
            always = (0..patterns.len()).collect();
        }
        Prefilter { automaton, owners: literals.into_values().collect(), always, count: patterns.len() }
    }

    /// The numbers of the patterns that may match somewhere in `text`, in ascending order.
    pub fn candidates(&self, text: &str) -> Vec<usize> {
        let mut wanted = vec![false; self.count];
        self.always.iter().for_each(|&number| wanted[number] = true);
        if let Some(automaton) = &self.automaton {
            for hit in automaton.find_overlapping_iter(text) {
                self.owners[hit.pattern().as_usize()].iter().for_each(|&number| wanted[number] = true);
            }
        }
        (0..self.count).filter(|&number| wanted[number]).collect()
    }
}

/// Literals of which at least one occurs in every match, lower-cased; `None` if there is no such set.
fn required(pattern: &str) -> Option<Vec<String>> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let words = literals(&hir)?;
    words.iter().all(|word| word.len() >= SHORTEST).then_some(words)
}

fn literals(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(vec![String::from_utf8(literal.0.to_vec()).ok()?.to_ascii_lowercase()]),
        HirKind::Capture(capture) => literals(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => literals(&repetition.sub),
        HirKind::Alternation(choices) => {
            let sets: Option<Vec<_>> = choices.iter().map(literals).collect();
            Some(sets?.into_iter().flatten().collect())
        }
        HirKind::Concat(parts) => longest(parts),
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) | HirKind::Repetition(_) => None,
    }
}

/// The part of a concatenation whose shortest literal is longest; runs of letters in either case count as one literal.
fn longest(parts: &[Hir]) -> Option<Vec<String>> {
    let mut best: Option<Vec<String>> = None;
    let mut run = String::new();
    let mut offer = |words: Vec<String>| {
        let shortest = |words: &[String]| words.iter().map(String::len).min().unwrap_or(0);
        if best.as_deref().is_none_or(|known| shortest(known) < shortest(&words)) && !words.is_empty() {
            best = Some(words);
        }
    };
    for part in parts {
        if let Some(text) = folded(part) {
            run.push_str(&text);
            continue;
        }
        offer(vec![std::mem::take(&mut run)]);
        if let Some(words) = literals(part) {
            offer(words);
        }
    }
    offer(vec![run]);
    best.filter(|words| words.iter().all(|word| !word.is_empty()))
}

/// The text of a literal, or of a class that holds one ASCII letter in both cases.
fn folded(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(String::from_utf8(literal.0.to_vec()).ok()?.to_ascii_lowercase()),
        HirKind::Class(regex_syntax::hir::Class::Unicode(class)) => {
            let mut letters = class.ranges().iter().filter(|range| range.end().is_ascii());
            let (upper, lower) = (letters.next()?, letters.next()?);
            let single = upper.start() == upper.end() && lower.start() == lower.end() && letters.next().is_none();
            let pair = single && upper.start().eq_ignore_ascii_case(&lower.start());
            // `k` and `s` have a third, non-ASCII form; a text that uses it is not worth missing the filter for.
            pair.then(|| lower.start().to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_candidate_only_where_its_literal_occurs() {
        let patterns =
            [Pattern::trusted(r"(?i)timed? ?out .* pool"), Pattern::trusted(r"too many (clients|connections)")];
        let filter = Prefilter::new(&patterns.iter().collect::<Vec<_>>());
        assert_eq!(filter.candidates("FATAL: too many clients already"), [1]);
        assert_eq!(filter.candidates("Timed out waiting for a POOL slot"), [0]);
        assert_eq!(filter.candidates("all well"), [] as [usize; 0]);
    }

    #[test]
    fn a_pattern_without_a_literal_is_always_a_candidate() {
        let pattern = Pattern::trusted(r"\d+|[a-z]+");
        assert_eq!(Prefilter::new(&[&pattern]).candidates("x"), [0]);
    }

    #[test]
    fn case_insensitive_letters_make_a_literal() {
        assert_eq!(required("(?i)deadlock"), Some(vec!["deadlock".into()]));
        assert_eq!(required("(?:abc|de)"), None, "one alternative is too short");
    }
}
