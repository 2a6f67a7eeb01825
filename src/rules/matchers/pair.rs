//! Pair signals: what was expected beside what came out, by how the two relate.

use std::collections::BTreeSet;

use crate::case::SignalKind;
use crate::extract::{FoundPair, PairSide};
use crate::rules::{PairLook, word};

use super::{Match, MatchInput, Place};

/// Most pairs that count for one signal.
const PAIRS: usize = 4;

pub(super) fn matches(place: Place<'_>, look: &PairLook, input: &MatchInput<'_>) -> Vec<Match> {
    let mut seen = BTreeSet::new();
    let fits = |pair: &&FoundPair| look.relations.contains(&pair.relation);
    let mut distinct: Vec<&FoundPair> = Vec::new();
    for pair in input.reading.pairs.iter().filter(fits) {
        // A failure told in a sentence and again in its trace is one pair.
        if seen.insert((pair.expected.text.as_str(), pair.actual.text.as_str())) {
            distinct.push(pair);
        }
    }
    if distinct.len() < look.at_least {
        return Vec::new();
    }
    let counted = distinct.into_iter().take(PAIRS).enumerate();
    counted.map(|(number, pair)| hit(place, number, pair, input)).collect()
}

fn hit(place: Place<'_>, number: usize, pair: &FoundPair, input: &MatchInput<'_>) -> Match {
    // What a test printed happened; what somebody writes is a statement.
    let kind = if pair.printed { SignalKind::Log } else { SignalKind::Metric };
    let mut hit = Match::new(place, kind, pair.expected.span, pair.basis, pair.role);
    hit.cue = format!("{} {}", place.name, number + 1);
    hit.more = vec![pair.actual.span];
    hit.structural = true;
    hit.pair = true;
    let shown = |side: &PairSide| input.sources.redact_text(&side.text);
    hit.bindings.insert("expected".into(), shown(&pair.expected));
    hit.bindings.insert("actual".into(), shown(&pair.actual));
    hit.bindings.insert("relation".into(), word(&pair.relation));
    hit
}

#[cfg(test)]
mod tests {
    use crate::extract::{PairRelation, extract};
    use crate::rules::matchers::Side;
    use crate::source::SourceMap;

    use super::*;

    fn found(text: &str, at_least: usize) -> Vec<Match> {
        let sources = SourceMap::from_text("report.md", text);
        let reading = extract(&sources, &|_, _| true).reading;
        let input = MatchInput { sources: &sources, reading: &reading, units: &[], findings: &[] };
        let place = Place { rule: 0, side: Side::For, signal: 0, name: "by-one", tier: 2 };
        matches(place, &PairLook { relations: vec![PairRelation::OffByOne], at_least }, &input)
    }

    #[test]
    fn a_pair_is_cited_at_both_sides_and_captures_them() {
        let text = "# T\n\nExpected: 5\nActual: 4\n";
        let hits = found(text, 1);
        assert_eq!(hits.len(), 1);
        assert_eq!((&text[hits[0].span.range()], &text[hits[0].more[0].range()]), ("5", "4"));
        let captured: Vec<(&str, &str)> = hits[0].bindings.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(captured, [("actual", "4"), ("expected", "5"), ("relation", "off-by-one")]);
    }

    #[test]
    fn each_pair_is_a_cue_of_its_own_up_to_four() {
        let text: String = (10..20).map(|n| format!("Expected: {n}\nActual: {}\n\n", n + 1)).collect();
        let cues: Vec<String> = found(&text, 1).into_iter().map(|hit| hit.cue).collect();
        assert_eq!(cues, ["by-one 1", "by-one 2", "by-one 3", "by-one 4"]);
    }

    #[test]
    fn the_same_pair_told_twice_is_one() {
        let text = "# T\n\nExpected: 5\nActual: 4\n\nThe test expected 5 but got 4.\n";
        assert_eq!(found(text, 1).len(), 1);
    }

    #[test]
    fn fewer_pairs_than_asked_for_match_nothing() {
        assert!(found("# T\n\nExpected: 5\nActual: 4\n", 2).is_empty());
    }
}
