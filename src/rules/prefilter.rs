//! Which patterns can match at all: one pass over a text finds the literals that patterns require, so that only patterns
//! whose literal occurs are ever compiled and run.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{Ast, RepetitionKind, RepetitionRange};

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
            match pattern.literals() {
                Some(words) => words.iter().for_each(|word| literals.entry(word.clone()).or_default().push(number)),
                None => always.push(number),
            }
        }
        let automaton = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
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

/// Literals of which at least one occurs in every match, lower-cased; `None` if there is no such set.
///
/// Read off the syntax alone: translating a pattern with its Unicode classes costs more than most runs of it.
pub(super) fn required(pattern: &str) -> Option<Vec<String>> {
    let ast = Parser::new().parse(pattern).ok()?;
    let words = literals(&ast)?;
    words.iter().all(|word| word.len() >= SHORTEST).then_some(words)
}

fn literals(ast: &Ast) -> Option<Vec<String>> {
    match ast {
        Ast::Literal(literal) => Some(vec![literal.c.to_ascii_lowercase().to_string()]),
        Ast::Group(group) => literals(&group.ast),
        Ast::Repetition(repetition) if at_least_once(&repetition.op.kind) => literals(&repetition.ast),
        Ast::Alternation(choices) => {
            let sets: Option<Vec<_>> = choices.asts.iter().map(literals).collect();
            Some(sets?.into_iter().flatten().collect())
        }
        Ast::Concat(parts) => longest(&parts.asts),
        _ => None,
    }
}

fn at_least_once(kind: &RepetitionKind) -> bool {
    match kind {
        RepetitionKind::OneOrMore => true,
        RepetitionKind::ZeroOrOne | RepetitionKind::ZeroOrMore => false,
        RepetitionKind::Range(RepetitionRange::Exactly(least) | RepetitionRange::AtLeast(least)) => *least > 0,
        RepetitionKind::Range(RepetitionRange::Bounded(least, _)) => *least > 0,
    }
}

/// The part of a concatenation whose shortest literal is longest; letters in a row are one literal.
fn longest(parts: &[Ast]) -> Option<Vec<String>> {
    let mut best: Option<Vec<String>> = None;
    let mut run = String::new();
    let mut offer = |words: Vec<String>| {
        let shortest = |words: &[String]| words.iter().map(String::len).min().unwrap_or(0);
        if !words.is_empty() && best.as_deref().is_none_or(|known| shortest(known) < shortest(&words)) {
            best = Some(words);
        }
    };
    for part in parts {
        match part {
            Ast::Literal(literal) => run.push(literal.c.to_ascii_lowercase()),
            Ast::Flags(_) | Ast::Empty(_) => {}
            _ => {
                offer(vec![std::mem::take(&mut run)]);
                if let Some(words) = literals(part) {
                    offer(words);
                }
            }
        }
    }
    offer(vec![run]);
    best.filter(|words| words.iter().all(|word| !word.is_empty()))
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
        assert_eq!(required("x?(?:timed? ?out)+"), Some(vec!["time".into()]));
    }
}
