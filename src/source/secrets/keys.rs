//! Names of fields that hold secrets: which identifiers they are, told by their last words.

use std::ops::Range;

/// Longest name, in bytes, to either side of the word that makes it one.
const NAME: usize = 64;

/// What a field of that name holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyKind {
    /// A password, secret at any length that passwords have.
    Password,
    /// A value that is called a secret.
    Secret(&'static str),
    /// A token or key, known as a secret by its length.
    Token(&'static str),
    /// An `Authorization` header.
    Authorization,
    /// A `Cookie` or `Set-Cookie` header.
    Cookie,
}

impl KeyKind {
    /// What a redaction calls the value.
    pub(super) fn label(self) -> &'static str {
        match self {
            KeyKind::Password => "password",
            KeyKind::Secret(label) | KeyKind::Token(label) => label,
            KeyKind::Authorization => "authorization",
            KeyKind::Cookie => "cookie",
        }
    }
}

/// Endings of names without separators, and what they mean; the first that fits decides.
const ENDINGS: &[(&str, KeyKind)] = &[
    ("password", KeyKind::Password),
    ("passwd", KeyKind::Password),
    ("passwort", KeyKind::Password),
    ("passphrase", KeyKind::Password),
    ("pwd", KeyKind::Password),
    ("secretaccesskey", KeyKind::Secret("access key")),
    ("accesskey", KeyKind::Secret("access key")),
    ("accountkey", KeyKind::Secret("access key")),
    ("apikey", KeyKind::Secret("API key")),
    ("privatekey", KeyKind::Secret("private key")),
    ("secretkey", KeyKind::Secret("secret")),
    ("signingkey", KeyKind::Secret("secret")),
    ("encryptionkey", KeyKind::Secret("secret")),
    ("masterkey", KeyKind::Secret("secret")),
    ("authkey", KeyKind::Secret("secret")),
    ("secret", KeyKind::Secret("secret")),
    ("token", KeyKind::Token("token")),
    ("signature", KeyKind::Token("signature")),
    ("authorization", KeyKind::Authorization),
    ("cookie", KeyKind::Cookie),
    ("cookies", KeyKind::Cookie),
];

/// What may follow without changing what the field holds.
const SUFFIXES: &[&str] = &["value", "hash", "confirmation", "confirm", "plain", "text", "base64", "string"];

/// The identifier around the word at `hit`; a name of two words keeps its blank (`API key`).
pub(super) fn key_around(text: &str, hit: Range<usize>) -> Range<usize> {
    let bytes = text.as_bytes();
    let named = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'-';
    // A trigger may include the separator (`pass=`).
    let separators = bytes[hit.clone()].iter().rev().take_while(|byte| matches!(byte, b'=' | b'"')).count();
    let hit_end = hit.end - separators;
    let before = bytes[..hit.start].iter().rev().take(NAME).take_while(|byte| named(byte)).count();
    let after = bytes[hit_end..].iter().take(NAME).take_while(|byte| named(byte)).count();
    let mut start = hit.start - before;
    start += bytes[start..hit.start].iter().take_while(|byte| matches!(byte, b'_' | b'-')).count();
    let mut end = hit_end + after;
    end -= bytes[hit_end..end].iter().rev().take_while(|byte| matches!(byte, b'_' | b'-')).count();
    start..end
}

/// What a field of that name holds, if a secret.
pub(super) fn kind(name: &str) -> Option<KeyKind> {
    let folded: String =
        name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).map(|c| c.to_ascii_lowercase()).collect();
    let folded = folded.trim_end_matches(|c: char| c.is_ascii_digit());
    let folded = SUFFIXES.iter().find_map(|suffix| folded.strip_suffix(suffix)).unwrap_or(folded);
    let lower = name.to_ascii_lowercase();
    if lower == "pass" || lower.ends_with("_pass") || lower.ends_with("-pass") {
        return Some(KeyKind::Password);
    }
    if folded == "sig" {
        return Some(KeyKind::Token("signature"));
    }
    ENDINGS.iter().find(|(ending, _)| folded.ends_with(ending)).map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_of_a_name_decide() {
        assert_eq!(kind("DB_PASSWORD"), Some(KeyKind::Password));
        assert_eq!(kind("newPassword2"), Some(KeyKind::Password));
        assert_eq!(kind("password-hash"), Some(KeyKind::Password));
        assert_eq!(kind("x-api-key"), Some(KeyKind::Secret("API key")));
        assert_eq!(kind("clientSecretValue"), Some(KeyKind::Secret("secret")));
        assert_eq!(kind("Set-Cookie"), Some(KeyKind::Cookie));
    }

    #[test]
    fn names_that_only_speak_of_secrets_are_none() {
        for name in
            ["tokens", "token_type", "password_reset", "secretName", "cookie_name", "bypass", "access_key_id", "design"]
        {
            assert_eq!(kind(name), None, "{name}");
        }
    }

    #[test]
    fn the_name_around_a_word_has_no_marks_at_its_ends() {
        let text = "--db_password-x=1";
        assert_eq!(&text[key_around(text, 5..13)], "db_password-x");
        let text = "a pass=1";
        assert_eq!(&text[key_around(text, 2..7)], "pass");
    }
}
