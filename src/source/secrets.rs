//! Secrets: where a text holds tokens, keys and passwords that no page may show. Finds them; decodes and verifies nothing.
//!
//! One pass with a multi-pattern search for trigger words; only their neighbourhood is looked at closely, so text without
//! any of them costs next to nothing. Ids of up to 16 characters and placeholders are no secrets.

mod fields;
mod keys;
mod known;
mod placeholders;
mod shapes;

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

pub(super) use known::{Known, known_values};
pub(super) use shapes::public_prefix;

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Its place in the text.
    pub range: Range<usize>,
    /// What it is: `JWT`, `private key`, `password`, …
    pub label: &'static str,
}

/// What a trigger word calls for.
#[derive(Clone, Copy, Debug)]
enum Trigger {
    Shape,
    Jwt,
    PrivateKey,
    Url,
    Scheme,
    Field,
}

const TRIGGERS: &[(&str, Trigger)] = &[
    ("eyJ", Trigger::Jwt),
    (shapes::KEY_BLOCK, Trigger::PrivateKey),
    ("://", Trigger::Url),
    ("bearer", Trigger::Scheme),
    ("basic ", Trigger::Scheme),
    ("passw", Trigger::Field),
    ("passphrase", Trigger::Field),
    ("pass=", Trigger::Field),
    ("pass\"", Trigger::Field),
    ("_pass", Trigger::Field),
    ("pwd", Trigger::Field),
    ("secret", Trigger::Field),
    ("token", Trigger::Field),
    ("authorization", Trigger::Field),
    ("cookie", Trigger::Field),
    ("api-key", Trigger::Field),
    ("api_key", Trigger::Field),
    ("apikey", Trigger::Field),
    ("api key", Trigger::Field),
    ("access-key", Trigger::Field),
    ("access_key", Trigger::Field),
    ("accesskey", Trigger::Field),
    ("accountkey", Trigger::Field),
    ("private-key", Trigger::Field),
    ("private_key", Trigger::Field),
    ("privatekey", Trigger::Field),
    ("signing_key", Trigger::Field),
    ("signingkey", Trigger::Field),
    ("encryption_key", Trigger::Field),
    ("encryptionkey", Trigger::Field),
    ("master_key", Trigger::Field),
    ("masterkey", Trigger::Field),
    ("auth_key", Trigger::Field),
    ("authkey", Trigger::Field),
    ("signature", Trigger::Field),
    ("sig=", Trigger::Field),
];

static MATCHER: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let words = TRIGGERS.iter().map(|(word, _)| *word).chain(shapes::SHAPES.iter().map(|shape| shape.prefix));
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .kind(Some(AhoCorasickKind::DFA))
        .build(words)
        .expect("a short constant list of words makes a small automaton")
});

/// Finds the secrets of `text`: sorted, disjoint.
///
/// ```
/// # use casefile::source::find_secrets;
/// let text = "login with password=Tr0ub4dor failed";
/// let found = find_secrets(text);
/// assert_eq!((&text[found[0].range.clone()], found[0].label), ("Tr0ub4dor", "password"));
/// ```
pub fn find_secrets(text: &str) -> Vec<Secret> {
    let mut found: Vec<Secret> = Vec::new();
    let mut key_blocks = shapes::KeyBlocks::new(text);
    let mut looked_at = 0;
    for hit in MATCHER.find_iter(text) {
        if hit.start() < looked_at {
            continue;
        }
        let trigger = TRIGGERS.get(hit.pattern().as_usize()).map_or(Trigger::Shape, |(_, trigger)| *trigger);
        match trigger {
            Trigger::Shape => found.extend(shapes::provider_key(text, hit.start())),
            Trigger::Jwt => found.extend(shapes::jwt(text, hit.start())),
            Trigger::PrivateKey => found.extend(key_blocks.at(hit.start())),
            Trigger::Url => found.extend(fields::url_password(text, hit.end())),
            Trigger::Scheme => found.extend(fields::credential(text, hit.start()..hit.end())),
            Trigger::Field => fields::field(text, hit.start()..hit.end(), &mut found),
        }
        looked_at = found.last().map_or(looked_at, |secret| looked_at.max(secret.range.end));
    }
    disjoint(found)
}

/// Sorts and joins what overlaps; the label is the first one's.
fn disjoint(mut found: Vec<Secret>) -> Vec<Secret> {
    found.sort_by_key(|secret| (secret.range.start, std::cmp::Reverse(secret.range.end)));
    let mut joined: Vec<Secret> = Vec::with_capacity(found.len());
    for secret in found {
        match joined.last_mut() {
            Some(last) if secret.range.start < last.range.end => {
                last.range.end = last.range.end.max(secret.range.end);
            }
            _ => joined.push(secret),
        }
    }
    joined
}

/// The secrets, of a sorted and disjoint list, that overlap `range`.
pub(super) fn overlapping<'a>(secrets: &'a [Secret], range: &Range<usize>) -> &'a [Secret] {
    let from = secrets.partition_point(|secret| secret.range.end <= range.start);
    let to = secrets.partition_point(|secret| secret.range.start < range.end).max(from);
    &secrets[from..to]
}

/// The text with each secret replaced by its label and length.
pub fn redact(text: &str) -> String {
    redacted(text, 0..text.len(), &find_secrets(text))
}

/// `text[range]` with each secret replaced by its label and its whole length.
pub(super) fn redacted(text: &str, range: Range<usize>, secrets: &[Secret]) -> String {
    let mut result = String::new();
    let mut at = range.start;
    for secret in overlapping(secrets, &range) {
        let characters = text[secret.range.clone()].chars().count();
        result.push_str(text.get(at..secret.range.start).unwrap_or_default());
        result.push_str(&format!("[redacted: {}, {characters} characters]", secret.label));
        at = secret.range.end;
    }
    result.push_str(text.get(at..range.end).unwrap_or_default());
    result
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> String {
        redacted(text, 0..text.len(), &find_secrets(text))
    }

    #[test]
    fn a_redacted_text_says_what_was_there_and_how_long_it_was() {
        assert_eq!(shown("password=Tr0ub4dor."), "password=[redacted: password, 9 characters].");
        assert_eq!(shown("nothing to hide"), "nothing to hide");
    }

    #[test]
    fn redacting_twice_changes_nothing_more() {
        let once = shown("Authorization: Bearer 0a1b2c3d4e5f6a7b8c9d, password=Tr0ub4dor, https://me:s3cr3t@host/");
        assert_eq!(shown(&once), once);
    }

    #[test]
    fn a_part_of_a_secret_is_replaced_like_the_whole() {
        let text = "password=Tr0ub4dor next";
        let secrets = find_secrets(text);
        assert_eq!(redacted(text, 12..text.len(), &secrets), "[redacted: password, 9 characters] next");
    }

    #[test]
    fn secrets_in_a_cookie_do_not_hide_the_next_field() {
        let text = "Cookie: a=1; password=hunter22";
        assert_eq!(shown(text), "Cookie: a=1; password=[redacted: password, 8 characters]");
    }

    /// Quadratic time would take minutes.
    #[test]
    fn one_long_line_of_triggers_takes_linear_time() {
        let units = [
            "token=",
            "eyJ",
            "password=\"",
            "cookie:",
            "://",
            "-----BEGIN PRIVATE KEY-----",
            "Bearer ",
            "sk-",
            "pwd:\\\"",
            "authorization:",
            "authorization: x ",
            "cookie:a=1",
            "eyJhbGciOiJub25lIn0.",
            "token=1",
        ];
        for unit in units {
            let text = unit.repeat((1 << 18) / unit.len());
            assert!(find_secrets(&text).iter().all(|secret| secret.range.end <= text.len()));
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_sorted_disjoint_ranges_on_character_boundaries(
            parts in proptest::collection::vec(prop_oneof![
                "\\PC{0,6}", Just("password".into()), Just("=".into()), Just(": \"".into()), Just("\\\"".into()), Just("cookie: ".into()),
                Just("://".into()), Just("@".into()), Just("-----BEGIN PRIVATE KEY-----".into()), Just("Bearer ".into()),
                Just("eyJhbGciOiJub25lIn0.eyJhIjoxfQ.".into()), Just("\n".into()), Just("a1b2c3d4e5f6a7b8c9".into()), Just("|".into()),
            ], 0..30)
        ) {
            let parts: Vec<String> = parts;
            let text = parts.concat();
            let mut end = 0;
            for secret in find_secrets(&text) {
                prop_assert!(end <= secret.range.start && secret.range.start < secret.range.end);
                prop_assert!(text.get(secret.range.clone()).is_some());
                end = secret.range.end;
            }
        }
    }
}
