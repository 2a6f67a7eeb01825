//! Values that stand where a secret would, but are none: placeholders, references, words, paths, times.

use std::sync::LazyLock;

use crate::pattern::Pattern;

/// Words that are written instead of a value.
const WORDS: &[&str] = &[
    "absent",
    "access",
    "bearer",
    "boolean",
    "changed",
    "correct",
    "credential",
    "credentials",
    "default",
    "disabled",
    "empty",
    "enabled",
    "encoded",
    "encrypted",
    "example",
    "expired",
    "failed",
    "failure",
    "false",
    "filtered",
    "found",
    "hashed",
    "hidden",
    "header",
    "incorrect",
    "integer",
    "invalid",
    "login",
    "masked",
    "mismatch",
    "missing",
    "none",
    "not",
    "null",
    "number",
    "object",
    "omitted",
    "optional",
    "pass",
    "passwd",
    "password",
    "placeholder",
    "plaintext",
    "present",
    "protected",
    "provided",
    "redacted",
    "refresh",
    "rejected",
    "removed",
    "required",
    "reset",
    "revoked",
    "sample",
    "secret",
    "string",
    "success",
    "test",
    "text",
    "token",
    "true",
    "undefined",
    "unknown",
    "unset",
    "username",
    "valid",
    "value",
    "varchar",
    "wrong",
];

/// Endings of names that hold secrets: `userPassword` is a reference, not a value.
const NAMES: &[&str] =
    &["password", "passwd", "pwd", "secret", "token", "apikey", "api_key", "key", "credentials", "cookie"];

/// `2024-03-15T09:30:01.234Z` and the like.
static TIME: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"^\d{4}[-/.]\d\d[-/.]\d\d(?:[T_ ]?[\d:.,]*(?:Z|[+-]\d\d:?\d\d)?)?$"));

/// `settings.db_password`, `self::token`, `user->secret`.
static CHAIN: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"^[A-Za-z_$][\w$]*(?:(?:\.|::|->)[A-Za-z_$][\w$]*)+$"));

/// `com.example.Token@1a2b3c4d`: a Java object that was printed. Without a package it could be a password (`Summer@2024`).
static OBJECT: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"^(?:[A-Za-z_]\w*\.)+[A-Z][\w$]*@[0-9a-f]{1,8}$"));

/// Shortest head of a value that is a value by itself, in characters: `abc123` of `abc123{{ x }}`, not `v2` of `v2[0]`.
const HEAD: usize = 6;

/// Functions with digits in their names, which stand before `(` the way a password can.
const FUNCTIONS: &[&str] =
    &["argon2", "base32", "base58", "base64", "b64", "md5", "pbkdf2", "sha1", "sha2", "sha3", "sha5", "utf8"];

/// Whether `value` is written instead of a value, or refers to one.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    is_marked(value) || is_masked(value) || is_stand_in(&lower) || is_reference(value) || is_place(value)
}

/// Whether `value` is an expression of a program rather than text: a call, an index, a chain of names.
pub(super) fn is_expression(value: &str) -> bool {
    if let Some(at) = value.find(['(', ')', '[', ']', '{', '}']) {
        return !is_literal(value, at);
    }
    if OBJECT.is_match(value) {
        return true;
    }
    CHAIN.is_match(value) && (!value.contains(|c: char| c.is_ascii_digit()) || is_reference(value))
}

/// Whether what stands before the bracket at `at` is a value by itself that code or markup is glued to, and no name of
/// what is called or indexed: it has a digit and is long enough, or a sign that no name has.
fn is_literal(value: &str, at: usize) -> bool {
    let head = value[..at].trim_end_matches('$');
    let signs = |c: char| matches!(c, '!' | '@' | '#' | '%' | '^' | '~');
    if head.starts_with(char::is_alphanumeric) && head.contains(signs) {
        return true;
    }
    let called = value[at..].starts_with('(') && {
        let lower = head.to_ascii_lowercase();
        FUNCTIONS.iter().any(|name| lower.contains(name))
    };
    let reached = CHAIN.is_match(head) && !value[at..].starts_with('{');
    !called && !reached && head.len() >= HEAD && head.contains(|c: char| c.is_ascii_digit())
}

fn is_marked(value: &str) -> bool {
    let bytes = value.as_bytes();
    match bytes.first() {
        None | Some(b'<' | b'[' | b'{') => true,
        // A bcrypt or crypt hash starts with `$2b$` and is a value.
        Some(b'$') => !matches!(bytes.get(1), Some(b'0'..=b'9')),
        Some(b'%') => bytes.last() == Some(&b'%') || bytes.len() == 2 || bytes[1] == b'(',
        Some(_) => value.find("${").or_else(|| value.find("{{")).is_some_and(|at| !is_literal(value, at)),
    }
}

/// `****`, `xxxx`, `abcd****`, `eyJhbGci...`.
fn is_masked(value: &str) -> bool {
    let mut run = 0;
    let mut previous = '\0';
    for c in value.chars() {
        run = if c == previous { run + 1 } else { 1 };
        previous = c;
        if run >= 3 && matches!(c, '*' | '•' | '●' | '…') || run >= 4 && matches!(c, 'x' | 'X') {
            return true;
        }
    }
    let same = value.chars().all(|c| c == previous);
    let cut = value.find("...").or_else(|| value.find('…')).is_some_and(|at| at <= 24);
    same || cut
}

fn is_stand_in(lower: &str) -> bool {
    let word = lower.trim_end_matches(['.', '!', '?', ':']);
    WORDS.contains(&word)
        || ["your", "my-", "my_", "dummy", "fake-", "fake_", "redacted", "replace", "insert", "enter"]
            .iter()
            .any(|p| word.starts_with(p))
        || ["_here", "-here", "redacted"].iter().any(|ending| word.ends_with(ending))
        || word.contains("placeholder")
}

/// A name whose last word says that it holds a secret.
fn is_reference(value: &str) -> bool {
    let is_name =
        value.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.' | b'$' | b'-' | b':' | b'>'));
    let lower = value.to_ascii_lowercase();
    is_name && NAMES.iter().any(|name| lower.ends_with(name))
}

/// A path, an address or a time.
fn is_place(value: &str) -> bool {
    let path = value.starts_with("./") || value.starts_with("~/") || value.starts_with("../");
    let rooted = value.starts_with('/') && value.split('/').all(|part| part.len() < 24);
    let address =
        ["http://", "https://", "file:", "arn:", "vault:", "projects/"].iter().any(|start| value.starts_with(start));
    path || rooted || address || TIME.is_match(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_instead_of_a_value_is_a_placeholder() {
        for value in [
            "<your-token>",
            "xxx",
            "xxxxxxxx",
            "****",
            "ab12****",
            "${DB_PASSWORD}",
            "$TOKEN",
            "%s",
            "%PASSWORD%",
            "[token]",
            "null",
            "true",
            "{{ secret }}",
            "your-password-1",
            "REDACTED",
            "eyJhbGciOiJIUzI1...",
            "/run/secrets/db1",
            "https://auth.example/t1",
            "2024-03-15T09:30:01.234Z",
            "API_TOKEN",
            "newPassword",
            "Incorrect.",
            "",
            "--------",
        ] {
            assert!(is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn values_are_no_placeholders() {
        for value in [
            "hunter22",
            "Tr0ub4dor&3",
            "$2b$10$abcdefghij",
            "0a1b2c3d",
            "changeme",
            "/kJ3nd8Vh2ksP0wq8Zr4Tg6Yh==",
            "x1y2z3",
            "abc123{{",
            "hunter22${x",
        ] {
            assert!(!is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn a_value_that_code_is_glued_to_is_a_value() {
        for value in [
            "abc123{{",
            "hunter22${x",
            "hunter22[a",
            "hunter22[10:00:00.001",
            "hunter22(x",
            "hunter22password=hunter22{{",
            "hunter22src/a.rs[",
            "P@ss(w0rd",
            "Summer@2024",
        ] {
            assert!(!is_expression(value), "{value}");
        }
    }

    #[test]
    fn calls_and_chains_of_names_are_expressions() {
        for value in [
            "getToken(id2)",
            "os.environ[\"T1\"]",
            "process.env.DB_PASSWORD",
            "this.config.value",
            "com.acme.Token@1a2b3c",
            "sha256(pw)",
            "v2[0",
            "config.v2.passwords[0",
            "argv[1",
            "fetch_token{",
        ] {
            assert!(is_expression(value), "{value}");
        }
        assert!(!is_expression("abc.def1"));
    }
}
