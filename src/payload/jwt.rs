//! JSON Web Tokens: claims, times and the algorithm's name. Nothing is verified and the signature is never kept.

use std::ops::Range;
use std::sync::LazyLock;

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::pattern::Pattern;

use super::read_json;

/// Longest token that is decoded, in bytes: real ones fit into a request header.
const MAX_TOKEN: usize = 16 << 10;

/// Two parts or three, the first of which encodes `{"`.
static TOKEN: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"\beyJ[A-Za-z0-9_-]{6,}={0,2}\.[A-Za-z0-9_-]{6,}={0,2}(?:\.[A-Za-z0-9_-]*)?"));

/// Tokens are pasted with and without padding and by encoders that leave stray bits.
static BASE64: LazyLock<GeneralPurpose> = LazyLock::new(|| {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(&URL_SAFE, config)
});

/// What an unverified token says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JwtClaims {
    /// Claims in the order encoded, dotted where nested; lists as JSON text.
    pub claims: Vec<(String, String)>,
    /// `iat`, in seconds.
    pub issued: Option<i64>,
    /// `exp`, in seconds.
    pub expires: Option<i64>,
    /// `alg` of the header.
    pub algorithm: Option<String>,
}

/// Decodes the header and the claims of a token, with or without `Bearer` before it.
///
/// Encrypted tokens (five parts) and cut ones have no readable claims and give `None`.
pub fn decode_jwt(text: &str) -> Option<JwtClaims> {
    let token = text.trim();
    let token = token.strip_prefix("Bearer ").unwrap_or(token).trim_start();
    if token.len() > MAX_TOKEN {
        return None;
    }
    let mut parts = token.split('.');
    let (header, payload) = (decode_part(parts.next()?)?, decode_part(parts.next()?)?);
    if parts.count() > 1 {
        return None;
    }
    let header = claims_of(&header)?;
    let claims = claims_of(&payload)?;
    let seconds = |name: &str| claims.iter().find(|(key, _)| key == name).and_then(|(_, value)| whole_seconds(value));
    let algorithm = header.iter().find(|(key, _)| key == "alg").map(|(_, value)| value.clone());
    Some(JwtClaims { issued: seconds("iat"), expires: seconds("exp"), algorithm, claims })
}

/// Finds what has the shape of a token; whether it decodes is [`decode_jwt`]'s to say.
pub fn find_jwts(text: &str) -> Vec<Range<usize>> {
    TOKEN.find_iter(text).map(|found| found.range()).collect()
}

fn decode_part(part: &str) -> Option<String> {
    String::from_utf8(BASE64.decode(part).ok()?).ok()
}

fn claims_of(json: &str) -> Option<Vec<(String, String)>> {
    let keys = read_json(json)?;
    let is_object = |text: &str| text.starts_with('{');
    Some(
        keys.into_iter()
            .filter(|key| !is_object(&json[key.value.clone()]) && !key.path.contains("[]"))
            .map(|key| {
                let value = key.scalar.unwrap_or_else(|| json[key.value.clone()].to_owned());
                (key.path, value)
            })
            .collect(),
    )
}

/// Seconds of a numeric date, which may have a fraction.
fn whole_seconds(value: &str) -> Option<i64> {
    value.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, payload: &str) -> String {
        format!("{}.{}.c2lnbmF0dXJl", BASE64.encode(header), BASE64.encode(payload)).replace('=', "")
    }

    #[test]
    fn claims_times_and_algorithm_are_read() {
        let text = token(r#"{"alg":"HS256"}"#, r#"{"sub":"u1","roles":["a","b"],"iat":100,"exp":460.5}"#);
        let claims = decode_jwt(&text).unwrap();
        assert_eq!((claims.issued, claims.expires, claims.algorithm.as_deref()), (Some(100), Some(460), Some("HS256")));
        assert_eq!(claims.claims[0], ("sub".into(), "u1".into()));
        assert_eq!(claims.claims[1], ("roles".into(), r#"["a","b"]"#.into()));
    }

    #[test]
    fn nested_claims_are_dotted() {
        let text = token(r#"{"alg":"none"}"#, r#"{"realm":{"roles":["x"],"level":2}}"#);
        let claims = decode_jwt(&text).unwrap().claims;
        assert_eq!(claims, [("realm.roles".into(), r#"["x"]"#.into()), ("realm.level".into(), "2".to_owned())]);
    }

    #[test]
    fn bearer_prefix_and_missing_signature_are_accepted() {
        let text = token(r#"{"alg":"none"}"#, r#"{"sub":"u1"}"#);
        let unsigned = text.rsplit_once('.').unwrap().0;
        assert!(decode_jwt(&format!("Bearer {text}")).is_some());
        assert!(decode_jwt(unsigned).is_some());
    }

    #[test]
    fn other_dotted_text_is_not_a_token() {
        for text in ["a.b.c", "eyJhbGciOi...", "com.example.App", "", "é.é.é", "eyJ.eyJ.eyJ.eyJ.eyJ"] {
            assert_eq!(decode_jwt(text), None, "{text}");
        }
    }

    #[test]
    fn tokens_are_found_in_a_log_line() {
        let text = token(r#"{"alg":"HS256"}"#, r#"{"sub":"u1"}"#);
        let line = format!("auth header=Bearer {text} refused");
        let found: Vec<&str> = find_jwts(&line).into_iter().map(|range| &line[range]).collect();
        assert_eq!(found, [text.as_str()]);
    }
}
