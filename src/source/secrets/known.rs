//! Values of secrets that stand elsewhere too, where nothing beside them tells what they are.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Secret, disjoint};

/// Shortest value looked for elsewhere, in bytes: shorter ones may be words too.
const LEAST: usize = 8;

/// Longest value looked for elsewhere: longer ones have a shape of their own.
const MOST: usize = 512;

/// Most values looked for: a log of a million requests may hold as many tokens, each found by the key before it anyway.
const VALUES: usize = 1000;

/// Labels of secrets that are found by what stands before them.
const BY_CONTEXT: &[&str] = &["password", "secret", "API key", "access key", "bearer token", "URL password", "token"];

/// Values of secrets, ready to be found in any text.
#[derive(Clone, Debug)]
pub(in crate::source) struct Known {
    words: AhoCorasick,
    labels: Vec<&'static str>,
}

impl Known {
    /// A search for the values, if there are any.
    pub(in crate::source) fn new(values: impl Iterator<Item = (String, &'static str)>) -> Option<Self> {
        let values: BTreeMap<String, &'static str> = values.collect();
        let (words, labels): (Vec<String>, Vec<&'static str>) = values.into_iter().take(VALUES).unzip();
        if words.is_empty() {
            return None;
        }
        let words = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words).ok()?;
        Some(Known { words, labels })
    }

    /// Adds the values found in `text` to its secrets.
    pub(in crate::source) fn extend(&self, text: &str, secrets: &mut Vec<Secret>) {
        let found = self.words.find_iter(text).map(|hit| {
            let label = self.labels.get(hit.pattern().as_usize()).copied().unwrap_or("secret");
            Secret { range: hit.range(), label }
        });
        secrets.extend(found);
        *secrets = disjoint(std::mem::take(secrets));
    }
}

/// The values among `secrets` that can hardly mean anything else: mixed of letters and digits.
pub(in crate::source) fn known_values<'a>(
    text: &'a str,
    secrets: &'a [Secret],
) -> impl Iterator<Item = (String, &'static str)> + 'a {
    let distinct = |value: &str| {
        (LEAST..=MOST).contains(&value.len())
            && value.contains(|c: char| c.is_ascii_digit())
            && value.contains(char::is_alphabetic)
            && !value.contains(char::is_whitespace)
    };
    secrets
        .iter()
        .filter(|secret| BY_CONTEXT.contains(&secret.label))
        .map(|secret| (&text[secret.range.clone()], secret.label))
        .filter(move |(value, _)| distinct(value))
        .map(|(value, label)| (value.to_string(), label))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known_of(text: &str) -> Vec<String> {
        let secrets = crate::source::find_secrets(text);
        known_values(text, &secrets).map(|(value, _)| value).collect()
    }

    #[test]
    fn only_values_that_mean_nothing_else_are_looked_for_elsewhere() {
        assert_eq!(known_of("password=Tr0ub4dor password=production password=a1b2c3"), ["Tr0ub4dor"]);
    }

    #[test]
    fn a_value_is_found_inside_other_text() {
        let known = Known::new([("Tr0ub4dor".to_string(), "password")].into_iter()).unwrap();
        let mut secrets = Vec::new();
        known.extend("typed Tr0ub4dor, then", &mut secrets);
        assert_eq!(secrets, [Secret { range: 6..15, label: "password" }]);
    }
}
