//! Technology that a remedy brings in although the sources say it is not in use.

use std::sync::LazyLock;

use super::track::Track;
use crate::case::{Basis, Case, Fact};
use crate::pattern::Pattern;

/// Words that say something is not in use.
static NOT_IN_USE: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:not|never|no longer|isn['’]t|aren['’]t|don['’]t|doesn['’]t)\s+(?:\w+\s+){0,2}",
        r"(?:us(?:e|ed|es|ing)|in use|deployed|installed|available|enabled|involved|present|part of)\b",
        r"|\bunused\b|\bunavailable\b"
    ))
});

/// Each technology of a track's remedy with the fact that says it is not in use.
pub(super) fn used_though_ruled_out<'a>(case: &'a Case, track: &Track<'a>) -> Vec<(&'a str, &'a Fact)> {
    let elsewhere = [&case.suspicions, &case.symptoms, &case.questions];
    let elsewhere = elsewhere.into_iter().flatten().filter(|fact| fact.basis == Basis::RuledOut);
    let unused: Vec<&Fact> =
        case.ruled_out.iter().chain(elsewhere).filter(|fact| NOT_IN_USE.is_match(&fact.text)).collect();
    let names = track.fix.components.iter().flat_map(|component| &component.uses);
    let mut found: Vec<(&str, &Fact)> = Vec::new();
    for name in names.map(String::as_str).filter(|name| !name.trim().is_empty()) {
        let fact = unused.iter().find(|fact| names_word(&fact.text, name.trim()));
        if let Some(fact) = fact
            && !found.iter().any(|(other, _)| *other == name)
        {
            found.push((name, fact));
        }
    }
    found
}

/// Whether a name stands in a text as a word of its own, in any case.
fn names_word(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_lowercase(), name.to_lowercase());
    text.match_indices(&name).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::{case, fact};
    use crate::plan::track::tracks;

    fn found(statement: &str, uses: &str) -> usize {
        let mut case = case();
        case.ruled_out = vec![fact(statement, 50)];
        case.hypotheses[0].fix.as_mut().unwrap().components[0].uses = vec![uses.into()];
        used_though_ruled_out(&case, &tracks(&case)[0]).len()
    }

    #[test]
    fn what_is_not_used_is_found_in_any_spelling() {
        assert_eq!(found("Memcached trouble (not used for sessions)", "memcached"), 1);
        assert_eq!(found("We don't use Kafka", "Kafka"), 1);
    }

    #[test]
    fn what_is_ruled_out_as_a_cause_may_still_be_used() {
        assert_eq!(found("Memcached trouble (all calls below 2 ms)", "memcached"), 0);
    }

    #[test]
    fn a_part_of_a_word_is_not_the_name() {
        assert_eq!(found("Kafkaesque forms are not used", "Kafka"), 0);
    }
}
