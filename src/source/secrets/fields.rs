//! Secrets known by what stands before them: `password=…`, `"api_key": "…"`, `Authorization: Bearer …`, cookies, user info of URLs.

use std::ops::Range;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::Secret;
use super::keys::{self, KeyKind};
use super::placeholders::{is_expression, is_placeholder};
use super::shapes::any_at;

/// Bytes of a value that are looked at to decide; what is accepted then runs on to its end.
const LOOK: usize = 256;

/// Longest value of a cookie: browsers keep no longer ones.
const COOKIE: usize = 4096;

/// Longest id that is no secret, in characters.
const ID: usize = 16;

/// Shortest password.
const PASSWORD: usize = 6;

/// Shortest value of a key that says it is a secret.
const SECRET: usize = 8;

/// Shortest value of such a key where it is told in a sentence (`API key: …`), which may go on with any word.
const TOLD: usize = 12;

/// Most blanks between a key, its separator and its value.
const BLANKS: usize = 8;

/// How a value is written after its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// `key=value`, `--key value`, `<key>value</key>`, or in quotes: only machines and configuration write so.
    Machine,
    /// `key: value` or `| key | value |`: prose does, too.
    Prose,
}

/// A value after its key.
#[derive(Clone, Debug)]
struct Value {
    form: Form,
    /// Where it starts.
    start: usize,
    /// The closing quote; a backslash before it where the opening one had one.
    quote: Option<(u8, bool)>,
    /// Whether nothing but the key stands before it and nothing after it on its line.
    alone: bool,
}

/// Finds the secret in the field whose key holds the trigger word at `hit`, if there is one.
pub(super) fn field(text: &str, hit: Range<usize>, found: &mut Vec<Secret>) {
    let key = keys::key_around(text, hit);
    let Some(kind) = keys::kind(&text[key.clone()]) else { return };
    let Some(value) = value_after(text, &key) else { return };
    match kind {
        KeyKind::Cookie => cookies(text, &value, found),
        KeyKind::Authorization => found.extend(authorization(text, value.start)),
        KeyKind::Password | KeyKind::Secret(_) | KeyKind::Token(_) => found.extend(plain(text, &value, kind)),
    }
}

/// Finds the credential after `Bearer` or `Basic`.
pub(super) fn credential(text: &str, hit: Range<usize>) -> Option<Secret> {
    let bytes = text.as_bytes();
    if hit.start > 0 && bytes[hit.start - 1].is_ascii_alphanumeric() {
        return None;
    }
    let basic = bytes[hit.start..hit.end].eq_ignore_ascii_case(b"basic ");
    let start = hit.end + blanks(&bytes[hit.end..]);
    if !basic && start == hit.end {
        return None;
    }
    if let Some(secret) = any_at(text, start) {
        return Some(secret);
    }
    let length = token_length(&bytes[start..bytes.len().min(start + LOOK)]);
    let value = &text[start..start + length];
    let (fits, label) = if basic { (is_basic(value), "basic credentials") } else { (is_token(value), "bearer token") };
    fits.then(|| Secret { range: start..start + token_length(&bytes[start..]), label })
}

/// Finds the password in the user info of a URL, whose authority starts at `start`.
pub(super) fn url_password(text: &str, start: usize) -> Option<Secret> {
    let look = &text.as_bytes()[start..text.len().min(start + LOOK)];
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"/?#\"'`<>()|,\\".contains(byte);
    let authority = &look[..look.iter().position(ends).unwrap_or(look.len())];
    let at = memchr::memrchr(b'@', authority)?;
    let user = &authority[..at];
    let from = memchr::memchr(b':', user).map_or(0, |colon| colon + 1);
    let value = text.get(start + from..start + at)?;
    let fits = if from > 0 { value.len() >= 3 } else { is_token(value) };
    let fits = fits && !is_placeholder(value);
    fits.then(|| Secret { range: start + from..start + at, label: "URL password" })
}

/// The value after a key: past closing marks, a separator, blanks and an opening quote.
fn value_after(text: &str, key: &Range<usize>) -> Option<Value> {
    let bytes = text.as_bytes();
    let mut at = key.end;
    let flag = text[..key.start].ends_with("--") && bytes.get(at) == Some(&b' ');
    at += marks(&bytes[at..]);
    let gap = blanks(&bytes[at..]);
    at += gap;
    let before = text[..key.start].trim_end_matches(['*', '_', '`', '"', '\'']);
    let (form, length) = match bytes.get(at..).unwrap_or_default() {
        [b'=', b'>' | b'=', ..] | [b':', b'=', ..] => (Form::Machine, 2),
        [b'=', b'~', ..] | [b':', b':', ..] | [b':', b'/', b'/', ..] => return None,
        [b'=', ..] => (Form::Machine, 1),
        [b':', ..] => (Form::Prose, 1),
        [b'>', ..] if before.ends_with('<') => (Form::Machine, 1),
        [b'|', ..] if before.trim_end_matches([' ', '\t']).ends_with('|') => (Form::Prose, 1),
        _ if flag => (Form::Machine, 0),
        _ => return None,
    };
    at += length;
    at += marks_of(&bytes[at..], b"*_[");
    let blank = blanks(&bytes[at..]);
    at += blank;
    at += marks_of(&bytes[at..], b"*_[");
    let (opening, quote) = opening_quote(&bytes[at..]);
    // Spaces around `=` are how programs are written, where a value without quotes is an expression.
    let form = match form {
        _ if quote.is_some() => Form::Machine,
        Form::Machine if !flag && blank + gap > 0 => Form::Prose,
        form => form,
    };
    let start = at + opening;
    let alone = is_alone(text, key.start, start);
    Some(Value { form, start, quote, alone })
}

/// Length of an opening quote, with what programs write before it, and how it closes.
fn opening_quote(bytes: &[u8]) -> (usize, Option<(u8, bool)>) {
    match bytes {
        [b'\\', quote @ (b'"' | b'\''), ..] => (2, Some((*quote, true))),
        [quote @ (b'"' | b'\'' | b'`'), ..] => (1, Some((*quote, false))),
        [b'b' | b'f' | b'r' | b'u', quote @ (b'"' | b'\''), ..] => (2, Some((*quote, false))),
        _ => (0, None),
    }
}

/// Whether the key stands first on its line, but for a list mark, and the value last.
fn is_alone(text: &str, key: usize, value: usize) -> bool {
    let bytes = text.as_bytes();
    let line = key.saturating_sub(64);
    let before = &bytes[line..key];
    let before = &before[memchr::memrchr2(b'\n', b'\r', before).map_or(0, |at| at + 1)..];
    let look = &bytes[value..bytes.len().min(value + LOOK)];
    let length = look.iter().position(u8::is_ascii_whitespace).unwrap_or(look.len());
    let rest = &look[length..];
    let blank = rest.len() - rest.trim_ascii_start().len();
    let ends = rest.is_empty() || rest[..blank].iter().any(|byte| matches!(byte, b'\n' | b'\r')) || blank == rest.len();
    ends && before.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'-'))
}

/// A password, key or token written as a value.
fn plain(text: &str, value: &Value, kind: KeyKind) -> Option<Secret> {
    if let Some(secret) = any_at(text, value.start) {
        return Some(secret);
    }
    let (end, closed) = value_end(text, value, text.len().min(value.start + LOOK));
    let words = text.get(value.start..end)?;
    let quoted = value.quote.is_some();
    // White space and control characters beyond ASCII end a bare value as well.
    let bare = |words: &'_ str| words.find(|c: char| c.is_whitespace() || c.is_control()).unwrap_or(words.len());
    let words = if quoted { words } else { words[..bare(words)].trim_end_matches(['.', ':', '*']) };
    let fits = match (kind, value.form) {
        (KeyKind::Password, Form::Machine) => words.chars().count() >= PASSWORD,
        (KeyKind::Password, Form::Prose) => {
            words.len() >= PASSWORD && (is_mixed(words) || value.alone && is_word(words))
        }
        (KeyKind::Secret(_), Form::Machine) => words.chars().count() >= SECRET && is_mixed(words),
        (KeyKind::Secret(_), Form::Prose) => words.chars().count() >= TOLD && is_mixed(words),
        _ => is_token(words),
    };
    let is_text = !words.contains(char::is_whitespace) && !is_placeholder(words) && (quoted || !is_expression(words));
    if !fits || !is_text {
        return None;
    }
    let end = if closed { value.start + words.len() } else { value_end(text, value, text.len()).0 };
    Some(Secret { range: value.start..end, label: kind.label() })
}

/// Where a value ends, no further than `limit`, and whether it did end there.
fn value_end(text: &str, value: &Value, limit: usize) -> (usize, bool) {
    let bytes = text.as_bytes();
    let mut at = value.start;
    while at < limit {
        let next = bytes.get(at + 1).copied();
        let ends = match (value.quote, bytes[at]) {
            (_, b'\n' | b'\r' | b'\0') => true,
            (Some((quote, true)), b'\\') => next == Some(quote),
            (Some((_, false)), b'\\') if next.is_some() => {
                at += 1;
                false
            }
            (Some((quote, _)), byte) => byte == quote,
            (None, byte) => byte.is_ascii_whitespace() || byte.is_ascii_control() || b"\"'`,;&<>|\\]})".contains(&byte),
        };
        if ends {
            return (at, true);
        }
        at += 1;
    }
    let limit = at.min(text.len());
    let boundary = (limit..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    (boundary, boundary == text.len())
}

/// What follows `Authorization:`, after a scheme or by itself; `Bearer` and `Basic` are found by their own names.
fn authorization(text: &str, start: usize) -> Option<Secret> {
    let bytes = text.as_bytes();
    let word = bytes[start..].iter().take(32).take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'-').count();
    let gap = blanks(&bytes[start + word..]);
    if ["bearer", "basic"].iter().any(|scheme| text[start..start + word].eq_ignore_ascii_case(scheme)) {
        return None;
    }
    let from = if word > 0 && gap > 0 { start + word + gap } else { start };
    if let Some(secret) = any_at(text, from) {
        return Some(secret);
    }
    let length = token_length(&bytes[from..bytes.len().min(from + LOOK)]);
    let fits = is_token(&text[from..from + length]);
    fits.then(|| Secret { range: from..from + token_length(&bytes[from..]), label: "authorization" })
}

/// The values of `name=value; name=value`; attributes and ids stay.
fn cookies(text: &str, value: &Value, found: &mut Vec<Secret>) {
    const ATTRIBUTES: &[&str] = &["path", "domain", "expires", "max-age", "samesite"];
    let bytes = text.as_bytes();
    let mut at = value.start;
    loop {
        at += blanks(&bytes[at..]);
        let name = bytes[at..].iter().take(128).take_while(|b| b.is_ascii_alphanumeric() || b"_-.".contains(b)).count();
        if name == 0 || bytes.get(at + name) != Some(&b'=') {
            return;
        }
        let start = at + name + 1;
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"';,\\`|<>".contains(byte);
        let look = &bytes[start..bytes.len().min(start + COOKIE)];
        let length = look.iter().position(ends).unwrap_or(look.len());
        let Some(words) = text.get(start..start + length) else { return };
        let is_attribute = ATTRIBUTES.iter().any(|attribute| text[at..at + name].eq_ignore_ascii_case(attribute));
        if let Some(secret) = any_at(text, start) {
            found.push(secret);
        } else if !is_attribute && is_token(words) {
            found.push(Secret { range: start..start + length, label: "cookie" });
        }
        at = start + length;
        if bytes.get(at) != Some(&b';') {
            return;
        }
        at += 1;
    }
}

/// Longer than an id, with letters and digits, and neither a placeholder nor an expression.
fn is_token(value: &str) -> bool {
    let mixed = value.bytes().any(|b| b.is_ascii_digit()) && value.bytes().any(|b| b.is_ascii_alphabetic());
    mixed && value.len() > ID && value.chars().count() > ID && !is_placeholder(value) && !is_expression(value)
}

/// Base64 of `user:password`.
fn is_basic(value: &str) -> bool {
    let decoded = |value: &str| BASE64_STANDARD.decode(value).ok();
    value.len() >= 8 && decoded(value).is_some_and(|bytes| bytes.is_ascii() && bytes.contains(&b':'))
}

/// Letters with digits or signs, or digits alone: no word of a language.
fn is_mixed(value: &str) -> bool {
    let digit = value.contains(|c: char| c.is_ascii_digit());
    let letter = value.contains(char::is_alphabetic);
    let sign = value.contains(['!', '@', '#', '$', '%', '^', '&', '*', '+', '?', '~']);
    digit || letter && sign
}

fn is_word(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'))
}

/// Length of the credential at the start: the characters of RFC 7235's `token68`, and `:`.
fn token_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"-._~+/=:".contains(byte))).unwrap_or(bytes.len())
}

fn blanks(bytes: &[u8]) -> usize {
    bytes.iter().take(BLANKS).take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// What closes a key: quotes, an escape before one, marks of Markdown, an index.
fn marks(bytes: &[u8]) -> usize {
    marks_of(bytes, b"\"'`\\*_]")
}

fn marks_of(bytes: &[u8], marks: &[u8]) -> usize {
    bytes.iter().take(4).take_while(|byte| marks.contains(byte)).count()
}

#[cfg(test)]
mod tests {
    use crate::source::find_secrets;

    fn found(text: &str) -> Vec<(&str, &'static str)> {
        find_secrets(text).into_iter().map(|secret| (&text[secret.range], secret.label)).collect()
    }

    #[test]
    fn passwords_of_every_machine_shape_are_found() {
        for text in [
            "password=hunter22",
            "db.password = hunter22",
            "DB_PASSWORD='hunter22'",
            r#"{"password": "hunter22"}"#,
            r#"{\"passwd\":\"hunter22\"}"#,
            "mysql --password hunter22 -h db",
            "<password>hunter22</password>",
            "Server=db;Pwd=hunter22;Timeout=5",
            "?user=a&password=hunter22&x=1",
            "**Password:** hunter22",
            "- **Password**: `hunter22`",
            "| Password | hunter22 |",
            "password: hunter22",
            "pass=hunter22",
            "admin_pass: hunter22",
            "'password' => 'hunter22'",
            "Password: hunter22.",
            "spring.datasource.password=hunter22",
        ] {
            assert_eq!(found(text), [("hunter22", "password")], "{text}");
        }
    }

    #[test]
    fn a_word_is_a_password_only_where_a_machine_wrote_it() {
        assert_eq!(found("password=changeme"), [("changeme", "password")]);
        assert_eq!(found("db:\n  password: changeme\n"), [("changeme", "password")]);
        assert_eq!(found("the password: changing it helps"), []);
    }

    #[test]
    fn a_password_that_code_or_markup_is_glued_to_is_found() {
        for rest in
            ["{{ x }}", "[10:00:00.001] POST /a", "[a](./b.md)", "${x}", "(see above)", "{\"iat\": 1}", "@1a2b3c"]
        {
            let text = format!("login password=hunter22{rest}");
            let found = found(&text);
            assert!(found.len() == 1 && found[0].0.starts_with("hunter22"), "{text}: {found:?}");
        }
    }

    #[test]
    fn quoted_passwords_may_hold_any_sign() {
        assert_eq!(found(r#""password": "a,b;c\"d)é""#), [(r#"a,b;c\"d)é"#, "password")]);
    }

    #[test]
    fn prose_placeholders_and_references_are_no_passwords() {
        for text in [
            "Password: incorrect",
            "password reset failed: 3 times",
            "password: must have 8 characters",
            r#""password": "is too short""#,
            "password=<your-password>",
            "password=${DB_PASSWORD}",
            "password: ********",
            "password = request.get(\"pw1\")",
            "PWD=/home/app1/src",
            "password=self.password",
            "password: String",
            "password=true",
            "password_reset_url=https://a.example/1",
            "Failed password for root from 10.0.0.1",
            "passwords: 15",
            "bypass=12345678",
            "password=''",
            "if password == None:",
            "password_length: 123456",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn ids_of_up_to_sixteen_characters_are_no_tokens() {
        assert_eq!(found("token=abc123 new_token=0123456789abcdef"), []);
        assert_eq!(found("token=0123456789abcdef0"), [("0123456789abcdef0", "token")]);
    }

    #[test]
    fn what_only_looks_like_a_token_is_none() {
        for text in [
            "token: 2024-03-15T09:30:01.234Z",
            "max_tokens=12345678901234567890",
            "token_type=bearer_of_long_name_1",
            "token=com.acme.auth.Token@1a2b3c4d",
            "token = jwt.sign(payload1, secret2, options3)",
            "CancellationToken=System.Threading.CancellationToken",
            "unexpected token: identifier",
            "token: $CI_JOB_TOKEN_FOR_STAGE_1",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn keys_and_secrets_are_labelled() {
        let value = "0a1b2c3d4e5f6a7b8c9d";
        for (key, label) in [
            ("api_key=", "API key"),
            ("X-API-Key: ", "API key"),
            ("client_secret=", "secret"),
            ("aws_secret_access_key = ", "access key"),
            ("AccountKey=", "access key"),
            ("SharedAccessKey=", "access key"),
            ("\"refreshToken\":\"", "token"),
            ("private_key=", "private key"),
        ] {
            assert_eq!(found(&format!("{key}{value}")), [(value, label)], "{key}");
        }
        assert_eq!(found("JWT_SECRET=dev-key-1"), [("dev-key-1", "secret")]);
        // A key that is called one is a secret at lengths at which a token may be an id.
        assert_eq!(found("api_key=a1b2c3d4e5f6a7b8"), [("a1b2c3d4e5f6a7b8", "API key")]);
        assert_eq!(found("sent with X-Api-Key: a1b2c3d4e5f6"), [("a1b2c3d4e5f6", "API key")]);
        assert_eq!(found("the API key: v2 of it, token=a1b2c3d4e5f6a7b8"), []);
    }

    #[test]
    fn authorization_headers_are_found_in_every_scheme() {
        let value = "0a1b2c3d4e5f6a7b8c9d";
        for (head, label) in [
            ("Authorization: Bearer ", "bearer token"),
            ("authorization: token ", "authorization"),
            ("\"Authorization\":\"", "authorization"),
            ("-H 'bearer ", "bearer token"),
        ] {
            assert_eq!(found(&format!("{head}{value}")), [(value, label)], "{head}");
        }
        assert_eq!(found("Authorization: Basic bWU6cHc="), [("bWU6cHc=", "basic credentials")]);
        assert_eq!(found("Authorization: Bearer abc123, Basic authentication, bearer tokens"), []);
    }

    #[test]
    fn cookie_values_are_found_and_attributes_stay() {
        let value = "0a1b2c3d4e5f6a7b8c9d";
        let text = format!("Set-Cookie: sid={value}; Path=/aaaaaaaaaaaaaaaaaaaaa1; HttpOnly");
        assert_eq!(found(&text), [(value, "cookie")]);
        let text = format!("Cookie: theme=dark; sid={value}; id=42");
        assert_eq!(found(&text), [(value, "cookie")]);
    }

    #[test]
    fn passwords_in_urls_are_found() {
        assert_eq!(found("postgres://app:s3c@db:5432/x"), [("s3c", "URL password")]);
        for text in [
            "https://host:8080/a@b",
            "https://user@host/",
            "amqp://user:password@host",
            "http://<user>:<pw>@host",
            "https://a.example/x:y@z",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
