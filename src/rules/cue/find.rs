//! Finds the words of a cue among those of a text.

use std::ops::RangeInclusive;

use crate::rules::words::{Token, Tokens};

use super::{Element, FILLERS, FILLERS_AT_MOST, GAP, NEAR, Word};

/// The first token to the last one of all parts, where the first part starts at `at` and each other stands near it in the
/// same clause.
pub(super) fn match_near(parts: &[Vec<Element>], tokens: &Tokens<'_>, at: usize) -> Option<RangeInclusive<usize>> {
    let (first, others) = parts.split_first()?;
    let (mut start, mut end) = (at, match_elements(first, tokens, at)?);
    for part in others {
        let (low, high) = (start, end);
        let clause_start =
            (low.saturating_sub(NEAR + 1)..low).rev().take_while(|&before| !tokens.tokens[before].ends_clause);
        let after = (high + 1..=high + 1 + NEAR)
            .take_while(|&next| tokens.tokens.get(next - 1).is_some_and(|t| !t.ends_clause));
        let found = after.chain(clause_start).find_map(|place| {
            let last = match_elements(part, tokens, place)?;
            // A part before the others must end before they begin.
            (place > high || last < low).then_some((place, last))
        })?;
        start = start.min(found.0);
        end = end.max(found.1);
    }
    Some(start..=end)
}

fn match_elements(elements: &[Element], tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let (first, rest) = elements.split_first()?;
    match first {
        Element::Any(choices) if !choices.may_start(tokens.tokens.get(at)?, tokens) => None,
        Element::Any(choices) => choices.runs.iter().find_map(|run| {
            let next = match_run(run, tokens, at)?;
            let negates = run.last().is_some_and(Word::negates);
            match_rest(rest, tokens, next, negates)
        }),
        Element::Concept(concept) => tokens.behind(*concept, at).find_map(|next| match_rest(rest, tokens, next, false)),
        Element::Gap => (at..=at + GAP).find_map(|next| {
            (at..next).all(|skipped| tokens.tokens.get(skipped).is_some_and(|t| !t.ends_clause)).then_some(())?;
            match_elements(rest, tokens, next)
        }),
    }
}

/// The last token of what follows the words before `next`, within their clause.
fn match_rest(rest: &[Element], tokens: &Tokens<'_>, next: usize, negates: bool) -> Option<usize> {
    if rest.is_empty() {
        return Some(next - 1);
    }
    if tokens.tokens[next - 1].ends_clause {
        return None;
    }
    match_elements(rest, tokens, next).or_else(|| {
        let past = if negates { past_fillers(tokens, next) } else { next };
        (past > next).then(|| match_elements(rest, tokens, past)).flatten()
    })
}

/// The first token from `at` that is no filler.
fn past_fillers(tokens: &Tokens<'_>, at: usize) -> usize {
    let filler = |token: &&Token| FILLERS.contains(&tokens.lower(token)) && !token.ends_clause;
    at + tokens.tokens.iter().skip(at).take(FILLERS_AT_MOST).take_while(filler).count()
}

/// The token after a run of words that starts at `at`. What a negation is followed by before its verb (`not been set`) does
/// not matter, unless the cue says so itself (`no longer valid`).
pub(crate) fn match_run(run: &[Word], tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let Some((word, rest)) = run.split_first() else { return Some(at) };
    if !tokens.tokens.get(at).is_some_and(|token| word.is(token, tokens)) {
        return None;
    }
    let next = at + 1;
    match_run(rest, tokens, next).or_else(|| {
        let past = if word.negates() { past_fillers(tokens, next) } else { next };
        (past > next).then(|| match_run(rest, tokens, past)).flatten()
    })
}
