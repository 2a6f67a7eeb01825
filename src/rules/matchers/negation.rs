//! Whether the words before a cue deny it, and whether a sentence says that something is wrong.

use std::ops::Range;

/// How far before a cue a negation reaches, in bytes: a handful of words of the same clause.
const REACH: usize = 28;

const DENIALS: &[&str] =
    &["not", "no", "never", "without", "cannot", "neither", "nor", "isn", "wasn", "aren", "doesn", "don", "didn"];

const PHRASES: &[&str] = &[
    "rather than",
    "unrelated to",
    "instead of",
    "ruled out",
    "rule out",
    "not due to",
    "no sign of",
    "no evidence of",
];

/// Whether a negation stands before `site` in the same clause of `text`.
pub(super) fn is_negated(text: &str, site: &Range<usize>) -> bool {
    let clause = clause_before(text, site.start).to_ascii_lowercase();
    // The names of flags and headers deny nothing: "--no-cache".
    let words = clause.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '-'));
    PHRASES.iter().any(|phrase| clause.contains(phrase))
        || words.into_iter().any(|word| DENIALS.contains(&word) || word.ends_with("n't"))
}

/// Whether words right after `site` deny it ("pool exhaustion was ruled out", "the cache is healthy").
pub(super) fn is_denied_after(text: &str, site: &Range<usize>) -> bool {
    const VERBS: &[&str] = &["is", "are", "was", "were", "looks", "looked", "look", "stayed", "remained", "found"];
    const WELL: &[&str] = &["healthy", "fine", "normal", "ok", "unremarkable", "unrelated", "stable", "in order"];
    const AFTER: &[&str] = &[
        "ruled out",
        "not the cause",
        "works fine",
        "not involved",
        "not related",
        "not used",
        "as it should be",
        "as they should be",
        "operating normally",
        "working normally",
    ];
    let rest = &text[site.end..];
    let end = rest.find(['.', ';', '!', '?']).unwrap_or(rest.len());
    let mut limit = end.min(60);
    while !rest.is_char_boundary(limit) {
        limit -= 1;
    }
    let clause = rest[..limit].to_ascii_lowercase();
    let says_well = |verb: &str, rest: &str| {
        VERBS.contains(&verb) && WELL.iter().any(|word| rest.trim_start_matches("all ").starts_with(word))
    };
    let words = clause.match_indices(' ').filter_map(|(at, _)| clause[at + 1..].split_once(' '));
    AFTER.iter().any(|phrase| clause.contains(phrase)) || words.into_iter().any(|(verb, rest)| says_well(verb, rest))
}

/// Whether the next word makes a name of a component of `site`: in "the retry service failed" nothing is said of retries.
pub(super) fn names_a_component(text: &str, site: &Range<usize>) -> bool {
    const COMPONENTS: &[&str] =
        &["service", "services", "server", "engine", "platform", "subsystem", "microservice", "team"];
    let Some(rest) = text[site.end..].strip_prefix([' ', '-']) else { return false };
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    COMPONENTS.iter().any(|word| word.eq_ignore_ascii_case(&rest[..end]))
}

fn clause_before(text: &str, end: usize) -> &str {
    let mut start = end.saturating_sub(REACH);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let window = &text[start..end];
    let cut = window
        .rfind([',', ';', ':', '.', '!', '?', '(', ')', '\u{2014}'])
        .map_or(0, |at| at + window[at..].chars().next().map_or(1, char::len_utf8));
    let window = &window[cut..];
    match window.to_ascii_lowercase().rfind(" but ") {
        Some(at) => &window[at + 5..],
        None => window,
    }
}

/// Words that say something is wrong: a topic word beside one of them is more than a topic.
const PREDICATES: &[&str] = &[
    "not",
    "no",
    "never",
    "missing",
    "lack",
    "wrong",
    "incorrect",
    "invalid",
    "exceed",
    "exceeded",
    "exceeds",
    "stuck",
    "lost",
    "fail",
    "fails",
    "failed",
    "failing",
    "failure",
    "broken",
    "without",
    "too",
    "exhausted",
    "full",
    "stale",
    "twice",
    "duplicate",
    "leak",
    "slow",
    "hang",
    "hangs",
    "hung",
    "crash",
    "crashed",
    "error",
    "errors",
    "bug",
    "cannot",
    "unexpected",
    "instead",
    "despite",
    "only",
    "ignored",
    "skipped",
    "dropped",
    "unbounded",
    "unlimited",
    "immediately",
    "aggressive",
    "doesn't",
    "didn't",
    "isn't",
    "wasn't",
    "don't",
];

/// Whether `text` says that something is wrong.
pub(super) fn has_problem_predicate(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .any(|word| PREDICATES.iter().any(|predicate| predicate.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negated(text: &str, cue: &str) -> bool {
        let at = text.find(cue).unwrap();
        is_negated(text, &(at..at + cue.len()))
    }

    #[test]
    fn a_negation_reaches_within_its_clause() {
        assert!(negated("there was no deadlock here", "deadlock"));
        assert!(negated("This isn't a race condition", "race condition"));
        assert!(!negated("no errors at first, then a deadlock", "deadlock"));
        assert!(!negated("it did not respond but a deadlock showed", "deadlock"));
    }

    #[test]
    fn a_name_of_a_component_says_nothing() {
        assert!(names_a_component("The retry service failed", &(4..9)));
        assert!(names_a_component("Feature Flags Service outage", &(0..13)));
        assert!(!names_a_component("The retry failed", &(4..9)));
        assert!(!names_a_component("The retry", &(4..9)));
    }

    #[test]
    fn a_denial_may_follow() {
        let text = "Pool exhaustion was ruled out early";
        assert!(is_denied_after(text, &(0..15)));
        assert!(!is_denied_after("Pool exhaustion hit. Cache ruled out", &(0..15)));
        for well in ["were checked and found in order", "was all normal", "are stable", "was unremarkable that day"] {
            assert!(is_denied_after(&format!("Disk usage {well}"), &(0..10)), "{well}");
        }
        assert!(!is_denied_after("Disk usage was not what it should be", &(0..10)));
    }
}
