//! Finds runs of words by the word they start with.

use std::collections::HashMap;

use super::cue::Word;
use super::words::{Token, Tokens};

/// Numbers by the canonical first words of what they stand for.
#[derive(Debug, Default)]
pub(super) struct FirstWords {
    exact: HashMap<String, Vec<usize>>,
    prefix: HashMap<String, Vec<usize>>,
    longest_prefix: usize,
}

impl FirstWords {
    /// Enters what can start with any of `words`.
    pub(super) fn add(&mut self, number: usize, words: &[Word]) {
        for (key, is_prefix) in words.iter().flat_map(Word::keys) {
            let map = if is_prefix { &mut self.prefix } else { &mut self.exact };
            if is_prefix {
                self.longest_prefix = self.longest_prefix.max(key.len());
            }
            match map.get_mut(key) {
                Some(numbers) => numbers.push(number),
                None => drop(map.insert(key.to_owned(), vec![number])),
            }
        }
    }

    /// The numbers of what may start at a token; one may stand there twice.
    pub(super) fn starting(&self, tokens: &Tokens<'_>, token: &Token) -> Vec<usize> {
        let canonical = tokens.canonical(token);
        let written = tokens.written(token);
        let mut numbers: Vec<usize> = self.exact.get(canonical).cloned().unwrap_or_default();
        for spelling in [written, written.trim_end_matches('s')] {
            if spelling != canonical
                && let Some(acronyms) = self.exact.get(spelling)
            {
                numbers.extend(acronyms);
            }
        }
        let lower = tokens.lower(token);
        for len in 1..=self.longest_prefix.min(lower.len()) {
            if let Some(prefix) = lower.get(..len)
                && let Some(more) = self.prefix.get(prefix)
            {
                numbers.extend(more);
            }
        }
        numbers
    }
}
