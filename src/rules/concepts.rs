//! Concepts: lists of sayings that mean the same, shared by the cues of all rules (`rules/words/concepts.yaml`).
//!
//! `{missing} & index` finds "the index was never created" as well as "lacks an index". A saying is a run of words as a cue's
//! choice holds it. Sayings are found once in a text, whatever number of cues asks for them.

use std::sync::LazyLock;

use super::cue::{Word, match_run, run};
use super::first_words::FirstWords;
use super::words::{Heard, Tokens};

include!(concat!(env!("OUT_DIR"), "/concepts.rs"));

/// The sayings of all concepts.
struct Sayings {
    /// The concept and the words of each.
    all: Vec<(usize, Vec<Word>)>,
    index: FirstWords,
}

static SAYINGS: LazyLock<Sayings> = LazyLock::new(|| {
    let mut sayings = Sayings { all: Vec::new(), index: FirstWords::default() };
    for (concept, (_, written)) in CONCEPTS.iter().enumerate() {
        for words in written.iter().filter_map(|saying| run(saying).ok()) {
            sayings.index.add(sayings.all.len(), &words[..1]);
            sayings.all.push((concept, words));
        }
    }
    sayings
});

/// The text that the concepts were read from.
pub(super) fn text() -> &'static str {
    CONCEPTS_TEXT
}

/// How many concepts there are; their numbers are below it.
pub(super) fn count() -> usize {
    CONCEPTS.len()
}

/// The number of a concept by its name.
pub(super) fn number(name: &str) -> Option<usize> {
    CONCEPTS.binary_search_by_key(&name, |(known, _)| known).ok()
}

/// The concept that a misspelt name may mean.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let close = |known: &&str| known.starts_with(name) || name.starts_with(known);
    CONCEPTS.iter().map(|(known, _)| *known).find(close)
}

/// Whether a concept says that something is absent or was not done: its first saying starts with a negation.
pub(super) fn is_absence(concept: usize) -> bool {
    CONCEPTS.get(concept).is_some_and(|(_, sayings)| sayings.first().is_some_and(|first| first.starts_with("NOT")))
}

/// Where concepts are heard in a text, in order.
pub(super) fn hear(tokens: &Tokens<'_>) -> Vec<Heard> {
    let mut heard = Vec::new();
    for (at, token) in tokens.tokens.iter().enumerate() {
        for number in SAYINGS.index.starting(tokens, token) {
            let (concept, words) = &SAYINGS.all[number];
            if let Some(next) = match_run(words, tokens, at) {
                heard.push(Heard { at, concept: *concept, next });
            }
        }
    }
    heard.sort_unstable();
    heard.dedup();
    heard
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_saying_can_be_read() {
        for (name, sayings) in CONCEPTS {
            assert!(!sayings.is_empty(), "{name}");
            for saying in *sayings {
                assert!(run(saying).is_ok(), "{name}: {saying}");
            }
        }
    }
}
