//! The confidence contract: dots come from independent groups of signal kinds, never from counting matches.
//!
//! Groups: words (prose, metric), traces of what happened (log, trace, payload, pairs that a test printed), code (code,
//! config). One group gives 2 dots (words that state the cause outright: 3; words that only suspect: 1), two give 3, what
//! happened together with code gives 4. Each kind with a signal against takes one, down to 1.

use std::collections::BTreeSet;

use crate::case::{Basis, SignalKind};
use crate::rules::Match;

use super::draft::Weighed;

/// What stands for a rule, as far as the contract asks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Strength {
    words: Words,
    happened: bool,
    code: bool,
    bare_exception: bool,
    /// Whether all words are pairs of expected and actual.
    only_pairs: bool,
    /// Whether nothing happened but pairs that a test printed: it shows the defect at work, and not in the incident.
    only_printed: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Words {
    #[default]
    None,
    /// One cue of tier 2.
    Candidate,
    /// Only suspicions.
    Suspected,
    /// A cue of tier 3, or two distinct cues.
    Firm,
}

impl Strength {
    /// Reads the strength off the matches that stand.
    pub(super) fn of(hits: &[&Match]) -> Self {
        let is_words = |hit: &&&Match| matches!(hit.kind, SignalKind::Prose | SignalKind::Metric);
        let words: Vec<&&Match> = hits.iter().filter(is_words).collect();
        let happened: Vec<&&Match> = hits
            .iter()
            .filter(|hit| {
                matches!(hit.kind, SignalKind::Log | SignalKind::Trace | SignalKind::Payload) && hit.tier >= 2
            })
            .collect();
        let code = hits.iter().any(|hit| matches!(hit.kind, SignalKind::Code | SignalKind::Config) && hit.tier >= 2);
        let bare = happened.iter().all(|hit| hit.kind == SignalKind::Trace && !hit.structural && hit.tier < 3);
        let only_printed = happened.iter().all(|hit| hit.pair);
        let only_pairs = !words.is_empty() && words.iter().all(|hit| hit.pair);
        let (words, happened) = (Words::of(&words), !happened.is_empty());
        Strength { words, happened, code, bare_exception: bare, only_pairs, only_printed }
    }
}

impl Words {
    fn of(hits: &[&&Match]) -> Words {
        let firm = |basis: Basis| {
            let standing = || hits.iter().filter(move |hit| hit.basis >= basis && !hit.topic);
            let cues: BTreeSet<(&str, usize)> =
                standing().filter(|hit| hit.tier >= 2).map(|hit| (hit.cue.as_str(), hit.signal)).collect();
            let topics: BTreeSet<&str> = standing().map(|hit| hit.cue.as_str()).collect();
            standing().any(|hit| hit.tier == 3) || cues.len() >= 2 || (cues.len() == 1 && topics.len() >= 2)
        };
        if firm(Basis::Reported) {
            Words::Firm
        } else if firm(Basis::Suspected) {
            Words::Suspected
        } else if hits.iter().any(|hit| hit.tier == 2) {
            Words::Candidate
        } else {
            Words::None
        }
    }
}

/// Sets dots, candidate and steps of a weighed rule.
pub(super) fn contract(strength: &Strength, out: &mut Weighed) {
    let words = matches!(strength.words, Words::Firm | Words::Suspected);
    let (dots, why) = match (words, strength.happened, strength.code) {
        (_, true, true) if strength.only_printed => (3, "a failing test and code agree"),
        (_, true, true) => (4, "what happened and code agree"),
        (true, true, false) => (3, "words and what happened agree"),
        (true, false, true) => (3, "words and code agree"),
        (false, true, false) | (false, false, true) => (2, "one group of signals"),
        (true, false, false) if out.stated => (3, "the sources state the cause"),
        (true, false, false) if strength.words == Words::Suspected => (1, "only suspected"),
        (true, false, false) => (2, "words alone"),
        (false, false, false) if strength.words == Words::Candidate => (1, "a single strong word"),
        (false, false, false) => (0, "nothing but topic words"),
    };
    out.dots = dots;
    out.has_code = strength.code;
    out.candidate = matches!(strength.words, Words::Candidate | Words::Suspected)
        && !strength.happened
        && !strength.code
        && !out.stated;
    out.steps.push(format!("{dots} dots: {why}"));
    if strength.happened && strength.bare_exception && !words && !strength.code {
        out.dots = out.dots.min(2);
        out.steps.push("a bare exception names a symptom: at most 2".into());
    }
    if strength.only_pairs && strength.bare_exception && !strength.code && out.dots > 2 {
        out.dots = 2;
        out.steps.push("pairs of a bare test failure: at most 2".into());
    }
    let against: BTreeSet<_> = out.contradicts.iter().map(|support| support.kind).collect();
    if !against.is_empty() && out.refuted.is_none() && out.dots > 1 {
        let lost = u8::try_from(against.len()).unwrap_or(u8::MAX);
        out.dots = out.dots.saturating_sub(lost).max(1);
        out.steps.push(format!("{} kind(s) of signals against: {} dots", against.len(), out.dots));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dots(strength: Strength) -> u8 {
        let mut out = Weighed::default();
        contract(&strength, &mut out);
        out.dots
    }

    #[test]
    fn pairs_of_a_bare_test_failure_give_two_dots_at_most() {
        let failure = |only_pairs: bool, bare_exception: bool| {
            let strength = Strength { words: Words::Firm, happened: true, ..Strength::default() };
            dots(Strength { bare_exception, only_pairs, ..strength })
        };
        assert_eq!(failure(true, true), 2);
        assert_eq!(failure(true, false), 3);
        assert_eq!(failure(false, true), 3);
    }

    #[test]
    fn a_failing_test_is_a_group_of_its_own_but_no_incident() {
        let printed = Strength { happened: true, only_printed: true, ..Strength::default() };
        assert_eq!(dots(printed), 2);
        assert_eq!(dots(Strength { words: Words::Firm, ..printed }), 3);
        assert_eq!(dots(Strength { words: Words::Firm, code: true, ..printed }), 3);
    }

    #[test]
    fn what_is_only_suspected_may_be_a_candidate_as_a_single_strong_word_may() {
        for words in [Words::Suspected, Words::Candidate] {
            let mut out = Weighed::default();
            contract(&Strength { words, ..Strength::default() }, &mut out);
            assert_eq!((out.dots, out.candidate), (1, true), "{words:?}");
        }
    }
}
