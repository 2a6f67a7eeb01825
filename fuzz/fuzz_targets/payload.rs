//! Payloads and secrets: keys and values are places, secrets are disjoint, and what is redacted once stays as it is.
#![no_main]

use casefile::payload::{JsonKey, decode_jwt, find_http, find_json, find_jwts, read_json};
use casefile::source::{find_secrets, redact};
use casefile_fuzz::{is_linear, is_place, text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(text) = text(data) else { return };
    let whole = 0..text.len();
    check_keys(text, &read_json(text).unwrap_or_default());
    let mut end = 0;
    for found in find_json(text) {
        is_place(text, &found.range, &(end..text.len()));
        end = found.range.end;
        check_keys(text, &found.keys);
    }
    for found in find_jwts(text) {
        is_place(text, &found, &whole);
        decode_jwt(&text[found]);
    }
    decode_jwt(text);
    for exchange in find_http(text) {
        is_place(text, &exchange.range, &whole);
        let parts = [&exchange.method, &exchange.target, &exchange.status];
        parts.into_iter().flatten().for_each(|range| is_place(text, range, &whole));
        for header in &exchange.headers {
            is_place(text, &header.name, &whole);
            is_place(text, &header.value, &whole);
        }
    }
    let mut end = 0;
    for secret in find_secrets(text) {
        is_place(text, &secret.range, &(end..text.len()));
        assert!(!secret.range.is_empty());
        end = secret.range.end;
    }
    redact(text);
    is_linear(text, |long| {
        read_json(long);
        find_json(long);
        find_http(long);
        find_secrets(long);
    });
});

fn check_keys(text: &str, keys: &[JsonKey]) {
    for key in keys {
        is_place(text, &key.key, &(0..text.len()));
        is_place(text, &key.value, &(0..text.len()));
    }
}
