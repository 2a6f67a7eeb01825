//! Onset signals: a change in the timeline shortly before the first row that tells of trouble.
//!
//! Most incidents follow a change (rules.md, scoring 11). The row says when it was made, never that it is the cause: such a
//! match counts as words.

use crate::case::SignalKind;
use crate::extract::SectionRole;
use crate::rules::words::Tokens;
use crate::rules::{Cue, CueSite, TextUnit, concepts};

use super::{Match, MatchInput, Place, negation};

/// Most rows before the onset that are looked at.
const ROWS: usize = 6;

/// The concept whose first saying in a timeline is the onset.
const TROUBLE: &str = "trouble";

/// The row of the latest change before the onset, with the row of the onset.
pub(super) fn matches(place: Place<'_>, after: &[Cue], input: &MatchInput<'_>) -> Option<Match> {
    let trouble = concepts::number(TROUBLE)?;
    let row = |unit: &&TextUnit<'_>| unit.role == SectionRole::Timeline && !unit.heading && unit.passage.is_some();
    let rows: Vec<(&TextUnit<'_>, Tokens<'_>)> =
        input.units.iter().filter(row).map(|unit| (unit, Tokens::new(unit.text))).collect();
    let said = |(_, tokens): &(&TextUnit<'_>, Tokens<'_>)| {
        (0..tokens.tokens.len()).any(|at| tokens.concepts_at(at).any(|concept| concept == trouble))
    };
    let onset = rows.iter().position(said)?;
    let before = &rows[onset.saturating_sub(ROWS)..=onset];
    let (change, _) = before.iter().rev().find(|(unit, tokens)| {
        let sites = after.iter().filter_map(|cue| first_site(cue, tokens));
        sites.into_iter().any(|site| !negation::is_negated(unit.text, &site.range))
    })?;
    let mut hit = Match::new(place, SignalKind::Prose, change.span, change.basis, change.role);
    let first = rows[onset].0.span;
    if first != hit.span {
        hit.more = vec![first];
    }
    Some(hit)
}

fn first_site(cue: &Cue, tokens: &Tokens<'_>) -> Option<CueSite> {
    (0..tokens.tokens.len()).find_map(|at| cue.match_at(tokens, at))
}

#[cfg(test)]
mod tests {
    use crate::extract::extract;
    use crate::rules::matchers::Side;
    use crate::rules::text_units;
    use crate::source::SourceMap;

    use super::*;

    fn found(rows: &str) -> Option<Vec<String>> {
        let text = format!("# Checkout fails\n\n## Timeline\n\n{rows}\n");
        let sources = SourceMap::from_text("report.md", &text);
        let reading = extract(&sources, &|_, _| true).reading;
        let units = text_units(&sources, &reading);
        let input = MatchInput { sources: &sources, reading: &reading, units: &units, findings: &[] };
        let place = Place { rule: 0, side: Side::For, signal: 0, name: "release-first", tier: 2 };
        let hit = matches(place, &[Cue::new("deploy*").unwrap()], &input)?;
        Some(std::iter::once(hit.span).chain(hit.more).map(|span| sources.text(span).to_string()).collect())
    }

    #[test]
    fn a_change_before_the_first_trouble_is_found_with_it() {
        let places =
            found("- 10:02 Version 4 deployed\n- 10:09 First errors\n- 10:30 Deployed version 3 again").unwrap();
        assert!(places[0].contains("Version 4") && places[1].contains("First errors"), "{places:?}");
        assert!(found("- 10:02 Version 4 was deployed, errors follow").is_some(), "one row may tell both");
    }

    #[test]
    fn a_change_after_the_onset_or_far_before_it_is_none() {
        assert_eq!(found("- 10:09 First errors\n- 10:30 Deployed version 3"), None);
        assert_eq!(found("- 10:02 No deploy today\n- 10:09 First errors"), None);
        let quiet: String = (0..7).map(|minute| format!("- 09:1{minute} All quiet\n")).collect();
        assert_eq!(found(&format!("- 09:00 Version 4 deployed\n{quiet}- 10:09 First errors")), None);
        assert_eq!(found("- 10:02 Version 4 deployed\n- 10:09 Everybody is happy"), None);
    }
}
