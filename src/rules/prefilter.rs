//! Which patterns can match at all: one pass over a text finds the literals that patterns require, so that only patterns
//! whose literal occurs are ever compiled and run.

use std::borrow::Cow;
use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};

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
        let mut literals: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut always = Vec::new();
        for (number, pattern) in patterns.iter().enumerate() {
            match long_literals(pattern) {
                Some(words) => words.iter().for_each(|word| literals.entry(word).or_default().push(number)),
                None => always.push(number),
            }
        }
        let automaton = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::NoncontiguousNFA))
            .build(literals.keys())
            .ok();
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

/// The required literals of a pattern, where all are long enough to tell something.
fn long_literals(pattern: &Pattern) -> Option<&[Cow<'static, str>]> {
    let words = pattern.literals()?.words();
    words.iter().all(|word| word.len() >= SHORTEST).then_some(words)
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
}
