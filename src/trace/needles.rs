//! Which lines may hold a frame, and of which languages: one pass of a string automaton over every line.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use aho_corasick::packed::{Config, Searcher};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::RECOGNIZERS;
use super::recognizer::Needle;
use crate::limits::LINE_BYTES;

/// A set of recognisers, one bit each.
pub(super) type Languages = u16;

struct Needles {
    /// Whether there is any needle at all: vectorised where the processor allows, and most lines end here.
    any: Option<Searcher>,
    /// All needles, overlapping ones too.
    automaton: AhoCorasick,
    /// By pattern of the automaton: the string with its check, and the languages that asked for it.
    owners: Vec<(&'static Needle, Languages)>,
}

static NEEDLES: LazyLock<Needles> = LazyLock::new(|| {
    let owners: Vec<(&'static Needle, Languages)> = RECOGNIZERS
        .iter()
        .enumerate()
        .flat_map(|(index, recognizer)| {
            recognizer.needles.iter().copied().flatten().map(move |needle| (needle, 1 << index))
        })
        .collect();
    let distinct: BTreeSet<&str> = owners.iter().map(|(needle, _)| needle.text).collect();
    let any = Config::new().builder().extend(distinct).build();
    let automaton = AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .match_kind(MatchKind::Standard)
        .build(owners.iter().map(|(needle, _)| needle.text))
        .expect("a few dozen short strings fit an automaton");
    Needles { any, automaton, owners }
});

/// Longest line whose every needle is looked at, in bytes; a longer one may hold a whole trace as a string anyway.
const CHECKED_BYTES: usize = LINE_BYTES;

/// The languages of which a frame may stand on the line.
pub(super) fn languages_of(line: &str) -> Languages {
    let needles = &*NEEDLES;
    let bytes = line.as_bytes();
    if needles.any.as_ref().is_some_and(|any| any.find(bytes).is_none()) {
        return 0;
    }
    let mut languages = 0;
    for found in needles.automaton.find_overlapping_iter(bytes) {
        let (needle, owners) = &needles.owners[found.pattern().as_usize()];
        if languages & owners == 0
            && (bytes.len() > CHECKED_BYTES || (needle.plausible)(&bytes[..found.start()], &bytes[found.end()..]))
        {
            languages |= owners;
        }
    }
    languages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_and_times_hold_no_needle() {
        for line in ["we met at noon", "started at 10", "that is flat", "issue #twelve", "cat dog"] {
            assert_eq!(languages_of(line), 0, "{line}");
        }
    }

    #[test]
    fn a_frame_is_seen_whatever_stands_before_it() {
        for line in ["at a.B.c(B.java:1)", r"boom\tat a.B.c(B.java:1)", "> #011at a.B.c(B.java:1)"] {
            assert_ne!(languages_of(line) & 1, 0, "{line}");
        }
    }
}
