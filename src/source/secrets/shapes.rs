//! Secrets known by their own shape: JSON Web Tokens, private key blocks, keys of well-known providers.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::memmem;

use super::Secret;

/// Start of an armoured block.
pub(super) const KEY_BLOCK: &str = "-----BEGIN ";

/// End of an armoured block.
const KEY_BLOCK_END: &str = "-----END ";

/// Longest armoured block, in bytes: an RSA key of 16384 bits has 13 thousand.
const KEY_BLOCK_BYTES: usize = 64 << 10;

/// Longest header of a token that is decoded, in bytes of base64.
const HEADER_BYTES: usize = 4 << 10;

/// Bytes of a provider's key that are looked at to decide; what is accepted then runs on to its end.
const LOOK: usize = 256;

/// Fewest bytes after the header that make a token of it: `eyJh….` with dots after it was cut off by its writer.
const PART: usize = 5;

/// Narrowest line at which a terminal or an editor wraps a token.
const WRAP: usize = 40;

/// Tokens come with and without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Characters a provider's keys are made of after their prefix.
#[derive(Clone, Copy, Debug)]
enum Alphabet {
    /// `A-Z0-9`.
    Upper,
    /// `A-Za-z0-9`.
    Alphanumeric,
    /// `A-Za-z0-9_-`.
    Url,
    /// `A-Za-z0-9_-` and `.`.
    Dotted,
    /// `A-Za-z0-9_/-`.
    Path,
}

impl Alphabet {
    fn holds(self, byte: u8) -> bool {
        match self {
            Alphabet::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Alphabet::Alphanumeric => byte.is_ascii_alphanumeric(),
            Alphabet::Url => is_base64url(byte),
            Alphabet::Dotted => is_base64url(byte) || byte == b'.',
            Alphabet::Path => is_base64url(byte) || byte == b'/',
        }
    }
}

/// A provider's key: its constant prefix, then at least so many characters, at least one of them a digit.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) prefix: &'static str,
    label: &'static str,
    alphabet: Alphabet,
    least: usize,
}

impl Shape {
    /// Whether the prefix tells the key even in the middle of a word, as `task-…` does not.
    fn is_unmistakable(&self) -> bool {
        self.prefix.len() >= 4 && self.prefix.ends_with(['_', '-', '/'])
    }
}

const fn shape(prefix: &'static str, label: &'static str, alphabet: Alphabet, least: usize) -> Shape {
    Shape { prefix, label, alphabet, least }
}

pub(super) const SHAPES: &[Shape] = &[
    shape("AKIA", "AWS access key", Alphabet::Upper, 16),
    shape("ASIA", "AWS access key", Alphabet::Upper, 16),
    shape("ghp_", "GitHub token", Alphabet::Alphanumeric, 30),
    shape("gho_", "GitHub token", Alphabet::Alphanumeric, 30),
    shape("ghu_", "GitHub token", Alphabet::Alphanumeric, 30),
    shape("ghs_", "GitHub token", Alphabet::Alphanumeric, 30),
    shape("ghr_", "GitHub token", Alphabet::Alphanumeric, 30),
    shape("github_pat_", "GitHub token", Alphabet::Url, 22),
    shape("glpat-", "GitLab token", Alphabet::Dotted, 20),
    shape("gldt-", "GitLab token", Alphabet::Url, 20),
    shape("glrt-", "GitLab token", Alphabet::Dotted, 20),
    shape("glcbt-", "GitLab token", Alphabet::Url, 20),
    shape("glptt-", "GitLab token", Alphabet::Url, 20),
    shape("xoxb-", "Slack token", Alphabet::Url, 10),
    shape("xoxp-", "Slack token", Alphabet::Url, 10),
    shape("xoxa-", "Slack token", Alphabet::Url, 10),
    shape("xoxr-", "Slack token", Alphabet::Url, 10),
    shape("xoxs-", "Slack token", Alphabet::Url, 10),
    shape("xoxe.", "Slack token", Alphabet::Dotted, 10),
    shape("xapp-", "Slack token", Alphabet::Url, 10),
    shape("hooks.slack.com/services/", "Slack webhook", Alphabet::Path, 20),
    shape("sk_live_", "Stripe key", Alphabet::Alphanumeric, 10),
    shape("sk_test_", "Stripe key", Alphabet::Alphanumeric, 10),
    shape("rk_live_", "Stripe key", Alphabet::Alphanumeric, 10),
    shape("rk_test_", "Stripe key", Alphabet::Alphanumeric, 10),
    shape("whsec_", "Stripe key", Alphabet::Alphanumeric, 16),
    shape("AIza", "Google API key", Alphabet::Url, 35),
    shape("ya29.", "Google token", Alphabet::Dotted, 20),
    shape("GOCSPX-", "Google client secret", Alphabet::Url, 20),
    shape("npm_", "npm token", Alphabet::Alphanumeric, 36),
    shape("pypi-", "PyPI token", Alphabet::Url, 50),
    shape("sk-", "API key", Alphabet::Url, 20),
    shape("hf_", "Hugging Face token", Alphabet::Alphanumeric, 30),
    shape("SG.", "SendGrid key", Alphabet::Dotted, 32),
    shape("dop_v1_", "DigitalOcean token", Alphabet::Alphanumeric, 40),
    shape("hvs.", "Vault token", Alphabet::Url, 20),
    shape("dapi", "Databricks token", Alphabet::Alphanumeric, 32),
    shape("shpat_", "Shopify token", Alphabet::Alphanumeric, 32),
    shape("AGE-SECRET-KEY-1", "private key", Alphabet::Upper, 40),
];

/// Length of the part at the start of a secret that every secret of its kind has: it tells nothing.
pub(in crate::source) fn public_prefix(secret: &str) -> usize {
    if secret.starts_with("eyJ") {
        return 3;
    }
    let fits = |shape: &&Shape| secret.starts_with(shape.prefix) && secret.len() >= shape.prefix.len() + shape.least;
    SHAPES.iter().find(fits).map_or(0, |shape| shape.prefix.len())
}

/// The JWT or provider's key that starts at `start`, if one does.
pub(super) fn any_at(text: &str, start: usize) -> Option<Secret> {
    jwt(text, start).or_else(|| provider_key(text, start))
}

/// The provider's key that starts at `start`, if one does.
pub(super) fn provider_key(text: &str, start: usize) -> Option<Secret> {
    let bytes = text.as_bytes();
    let in_word = start > 0 && (bytes[start - 1].is_ascii_alphanumeric() || bytes[start - 1] == b'_');
    SHAPES.iter().find_map(|shape| {
        let body = bytes[start..].strip_prefix(shape.prefix.as_bytes())?;
        if in_word && !shape.is_unmistakable() {
            return None;
        }
        let holds = |byte| shape.alphabet.holds(byte);
        let head = &body[..run(&body[..body.len().min(LOOK)], holds)];
        let dense =
            shape.prefix != "sk-" || head.split(|byte| matches!(byte, b'-' | b'_')).any(|part| part.len() >= 16);
        if head.len() < shape.least || !head.iter().any(u8::is_ascii_digit) || !dense {
            return None;
        }
        // What is glued to a key belongs to it: another key, mostly.
        let body = &body[..run(body, |byte| holds(byte) || is_base64url(byte))];
        let dots = body.iter().rev().take_while(|byte| **byte == b'.').count();
        Some(Secret { range: start..start + shape.prefix.len() + body.len() - dots, label: shape.label })
    })
}

/// The JSON Web Token that starts at `start`: two to five base64url parts, the first an object that names its algorithm.
///
/// Lines that a terminal wrapped it to belong to it.
pub(super) fn jwt(text: &str, start: usize) -> Option<Secret> {
    let bytes = text.as_bytes();
    if start > 0 && is_base64url(bytes[start - 1]) {
        return None;
    }
    let header = run(&bytes[start..bytes.len().min(start + HEADER_BYTES)], is_base64url);
    let after = start + header;
    if bytes.get(after) != Some(&b'.') || !names_algorithm(&text[start..after]) {
        return None;
    }
    let (mut at, mut end) = (after, after);
    for _ in 0..4 {
        if bytes.get(at) != Some(&b'.') {
            break;
        }
        let length = run(&bytes[at + 1..], is_base64url);
        at += 1 + length;
        // Encrypted tokens may have an empty part, but none ends with one.
        end = if length > 0 { at } else { end };
    }
    (end >= after + PART).then(|| Secret { range: start..wrapped(bytes, start, end), label: "JWT" })
}

fn names_algorithm(header: &str) -> bool {
    let Ok(json) = BASE64.decode(header) else { return false };
    json.starts_with(b"{") && memmem::find(&json, b"\"alg\"").is_some()
}

/// The end of a token with the lines it was wrapped to: each holds nothing but letters of both cases and digits.
fn wrapped(bytes: &[u8], start: usize, end: usize) -> usize {
    let mut end = end;
    let mut width = end - start;
    loop {
        let next = match (bytes.get(end), bytes.get(end + 1)) {
            (Some(b'\r'), Some(b'\n')) => end + 2,
            (Some(b'\n'), _) => end + 1,
            _ => return end,
        };
        let length = run(&bytes[next..], |byte| is_base64url(byte) || byte == b'.');
        let line = &bytes[next..next + length];
        let alone = matches!(bytes.get(next + length), None | Some(b'\n' | b'\r'));
        let cases = line.iter().any(u8::is_ascii_uppercase) && line.iter().any(u8::is_ascii_lowercase);
        let dense = length >= 24 || line.iter().any(u8::is_ascii_digit);
        if width < WRAP || length < 4 || !alone || !cases || !dense {
            return end;
        }
        (end, width) = (next + length, length);
    }
}

/// Bodies of private key blocks. Keeps the next end mark, so that many beginnings without one are not searched for again.
pub(super) struct KeyBlocks<'t> {
    text: &'t str,
    next_end: Option<usize>,
    searched: bool,
}

impl<'t> KeyBlocks<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        KeyBlocks { text, next_end: None, searched: false }
    }

    /// The key material of the block that begins at `start`; its begin and end lines stay.
    pub(super) fn at(&mut self, start: usize) -> Option<Secret> {
        let after = start + KEY_BLOCK.len();
        let bytes = self.text.as_bytes();
        let name = run(&bytes[after..bytes.len().min(after + 64)], |byte| Alphabet::Upper.holds(byte) || byte == b' ');
        let name_text = &self.text[after..after + name];
        let from = after + name + 5;
        if !name_text.contains("PRIVATE KEY") || !bytes[after + name..].starts_with(b"-----") {
            return None;
        }
        let end = match self.end_after(from) {
            Some(end) if end - from <= KEY_BLOCK_BYTES => end,
            _ => from + run(&bytes[from..], |byte| byte.is_ascii_alphanumeric() || b"+/=\r\n\\ \t".contains(&byte)),
        };
        let body = &self.text[from..end];
        let material = body.bytes().filter(|byte| is_base64url(*byte)).count();
        let lead = body.len() - body.trim_start().len();
        (material >= 40).then(|| Secret { range: from + lead..from + lead + body.trim().len(), label: "private key" })
    }

    fn end_after(&mut self, from: usize) -> Option<usize> {
        let stale = self.next_end.is_some_and(|end| end < from);
        if !self.searched || stale {
            self.searched = true;
            self.next_end = memmem::find(&self.text.as_bytes()[from..], KEY_BLOCK_END.as_bytes()).map(|at| from + at);
        }
        self.next_end
    }
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

fn run(bytes: &[u8], holds: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !holds(*byte)).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::find_secrets;

    fn found(text: &str) -> Vec<(&str, &'static str)> {
        find_secrets(text).into_iter().map(|secret| (&text[secret.range], secret.label)).collect()
    }

    fn token() -> String {
        let part = |json: &str| BASE64.encode(json).replace('=', "");
        format!(
            "{}.{}.c2lnbmF0dXJlLXNpZ25hdHVyZQ",
            part(r#"{"typ":"JWT","alg":"HS256"}"#),
            part(r#"{"sub":"user-0001"}"#)
        )
    }

    #[test]
    fn a_token_is_found_whatever_stands_around_it() {
        let token = token();
        for text in [
            format!("got {token}."),
            format!("{{\"t\":\"{token}\"}}"),
            format!("access_token={token}&x=1"),
            format!("Bearer {token}"),
        ] {
            assert_eq!(found(&text), [(token.as_str(), "JWT")], "{text}");
        }
    }

    #[test]
    fn a_token_without_signature_is_one_too() {
        let token = token();
        let unsigned = token.rsplit_once('.').unwrap().0;
        assert_eq!(found(unsigned), [(unsigned, "JWT")]);
    }

    #[test]
    fn a_header_alone_or_other_dotted_text_is_no_token() {
        let header = token().split('.').next().unwrap().to_string();
        assert_eq!(found(&format!("{header}...")), []);
        assert_eq!(found("eyJhIjoxfQ.eyJiIjoyfQ.c2lnbmF0dXJl"), [], "the header names no algorithm");
    }

    #[test]
    fn a_token_wrapped_by_a_terminal_is_whole() {
        let token = token();
        let (first, rest) = token.split_at(60);
        let text = format!("{first}\n{rest}\nnext line");
        assert_eq!(found(&text), [(&text[..token.len() + 1], "JWT")]);
    }

    #[test]
    fn the_body_of_a_private_key_block_is_a_secret() {
        let body = "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn4abcdefgh\nQWERTYUIOPasdfghjkl1234567890+/=";
        let text = format!("a\n-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\nb");
        assert_eq!(found(&text), [(body, "private key")]);
        assert_eq!(found(&text.replace("RSA PRIVATE", "PUBLIC")), []);
    }

    #[test]
    fn a_key_block_that_was_cut_off_is_a_secret_up_to_where_it_ends() {
        let body = "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn4abcdefghQWERTYUIOP";
        let text = format!("-----BEGIN PRIVATE KEY-----\n{body}");
        assert_eq!(found(&text), [(body, "private key")]);
    }

    #[test]
    fn keys_of_providers_are_found_by_their_prefix() {
        let keys = [
            ("AKIA", "0123456789ABCDEF", "AWS access key"),
            ("ghp_", "0123456789abcdefghijABCDEFGHIJ012345", "GitHub token"),
            ("glpat-", "0123456789abcdefghij", "GitLab token"),
            ("xoxb-", "0123456789-abcdef", "Slack token"),
            ("sk_live_", "0123456789abcdef", "Stripe key"),
            ("AIza", "0123456789abcdefghijABCDEFGHIJ012345", "Google API key"),
            ("npm_", "0123456789abcdefghijABCDEFGHIJ012345", "npm token"),
            ("sk-proj-", "0123456789abcdefghij", "API key"),
            ("sk-", "0123456789abcdef0123456789abcdef", "API key"),
        ];
        for (prefix, body, label) in keys {
            let key = format!("{prefix}{body}");
            assert_eq!(found(&format!("uses {key}, see")), [(key.as_str(), label)]);
        }
    }

    #[test]
    fn words_with_such_a_beginning_are_no_keys() {
        let text =
            "task-0123456789abcdefghij sk-learn-model-selection-2-validation ASIA PACIFIC npm_config_registry AKIA";
        assert_eq!(found(text), []);
    }
}
