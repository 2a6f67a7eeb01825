//! The canonical form `casefile-md-v1` of a page: the bytes that a digest and a decision cover.
//!
//! Line endings, one byte order mark and the derived front matter keys `status` and `last_updated` do not count;
//! everything else does, to the last space. The keys are removed as text, not through a YAML parser, so that the result
//! can be had with `sed` and no two parsers can disagree on it.

use std::sync::LazyLock;

use crate::pattern::Pattern;

/// Largest page that is hashed, in bytes: nobody reviews more.
pub const PAGE_BYTES: u64 = 4 << 20;

/// Front matter keys whose lines are left out: both are derived, so an approval must not hang on them.
const EXCLUDED: [&str; 2] = ["status", "last_updated"];

/// What may stand after an excluded key: a plain or double-quoted scalar that cannot go on in the next line.
static EXCLUDED_VALUE: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r#"^ +(?:[A-Za-z0-9 :+.\-]{1,40}|"[A-Za-z0-9 :+.\-]{0,40}") *$"#));

/// A page in canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canonical {
    /// The text that is hashed.
    pub text: String,
    /// The keys that were left out, in order.
    pub excluded: Vec<ExcludedKey>,
}

/// A front matter line that was left out of the canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExcludedKey {
    /// `status` or `last_updated`.
    pub key: &'static str,
    /// Its value without quotes.
    pub value: String,
    /// 1-based line of the page.
    pub line: u64,
}

/// Why a page has no canonical form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// The page is larger than [`PAGE_BYTES`].
    #[error("the page has {bytes} bytes, more than the {PAGE_BYTES} that are reviewed")]
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// The page is not UTF-8.
    #[error("the page is not valid UTF-8")]
    InvalidUtf8 {
        /// 1-based line.
        line: u64,
    },
    /// The page holds a NUL character.
    #[error("the page holds a NUL character")]
    Nul {
        /// 1-based line.
        line: u64,
    },
    /// A carriage return stands without a line feed.
    #[error("a carriage return stands without a line feed")]
    LoneCr {
        /// 1-based line.
        line: u64,
    },
    /// The front matter is opened and never closed.
    #[error("the front matter is not closed by a line `---`")]
    FrontMatterUnterminated,
    /// Readers of front matter disagree on where it ends, or whether it is one.
    #[error(
        "the front matter can be read in two ways: it opens with a line `---`, ends at the next such line, and no other line of it begins with `---` or `...`"
    )]
    FrontMatterAmbiguous {
        /// 1-based line.
        line: u64,
    },
    /// An excluded key occurs twice.
    #[error("the key `{key}` occurs twice in the front matter")]
    Twice {
        /// The key.
        key: &'static str,
        /// 1-based line.
        line: u64,
    },
    /// An excluded key is quoted, in capitals or set apart from its colon.
    #[error("the key `{key}` must be written in lower case, without quotes, directly before its colon")]
    KeyForm {
        /// The key.
        key: &'static str,
        /// 1-based line.
        line: u64,
    },
    /// The value of an excluded key is not a simple scalar on one line.
    #[error("the value of `{key}` must be one word, date or double-quoted text on the same line")]
    Value {
        /// The key.
        key: &'static str,
        /// 1-based line.
        line: u64,
    },
}

impl CanonicalError {
    /// Stable kebab-case code.
    pub fn code(&self) -> &'static str {
        match self {
            CanonicalError::TooLarge { .. } => "page-too-large",
            CanonicalError::InvalidUtf8 { .. } => "invalid-utf-8",
            CanonicalError::Nul { .. } => "nul-character",
            CanonicalError::LoneCr { .. } => "lone-cr",
            CanonicalError::FrontMatterUnterminated => "front-matter-unterminated",
            CanonicalError::FrontMatterAmbiguous { .. } => "front-matter-ambiguous",
            CanonicalError::Twice { .. } => "excluded-key-twice",
            CanonicalError::KeyForm { .. } => "excluded-key-form",
            CanonicalError::Value { .. } => "excluded-key-value",
        }
    }

    /// The line it stands in, where it has one.
    pub fn line(&self) -> Option<u64> {
        match self {
            CanonicalError::TooLarge { .. } => None,
            CanonicalError::FrontMatterUnterminated => Some(1),
            CanonicalError::InvalidUtf8 { line }
            | CanonicalError::Nul { line }
            | CanonicalError::LoneCr { line }
            | CanonicalError::FrontMatterAmbiguous { line }
            | CanonicalError::Twice { line, .. }
            | CanonicalError::KeyForm { line, .. }
            | CanonicalError::Value { line, .. } => Some(*line),
        }
    }
}

/// Brings a page into canonical form.
///
/// ```
/// # use casefile::gate::canonical;
/// let page = canonical(b"---\r\nid: index\r\nstatus: draft\r\n---\r\nText\r\n").unwrap();
/// assert_eq!(page.text, "---\nid: index\n---\nText\n");
/// ```
pub fn canonical(bytes: &[u8]) -> Result<Canonical, CanonicalError> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > PAGE_BYTES {
        return Err(CanonicalError::TooLarge { bytes: size });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|error| CanonicalError::InvalidUtf8 { line: line_at(bytes, error.valid_up_to()) })?;
    let text = text.replace("\r\n", "\n");
    if let Some(at) = text.find('\0') {
        return Err(CanonicalError::Nul { line: line_at(text.as_bytes(), at) });
    }
    if let Some(at) = text.find('\r') {
        return Err(CanonicalError::LoneCr { line: line_at(text.as_bytes(), at) });
    }
    if !text.starts_with("---\n") {
        // `---js`, or a line `---` behind blanks: front matter, and even code, to some readers.
        if text.trim_start().starts_with("---") {
            return Err(CanonicalError::FrontMatterAmbiguous { line: 1 });
        }
        return Ok(Canonical { text, excluded: Vec::new() });
    }
    // The search begins at the opening line's own newline, so that an empty front matter is closed too.
    let Some(close) = text[3..].find("\n---\n").map(|at| at + 4) else {
        return Err(CanonicalError::FrontMatterUnterminated);
    };
    let inner = (2..).zip(text[4.min(close)..close].lines());
    if let Some((line, _)) = inner.into_iter().find(|(_, line)| line.starts_with("---") || line.starts_with("...")) {
        return Err(CanonicalError::FrontMatterAmbiguous { line });
    }
    without_excluded(&text, close)
}

fn line_at(bytes: &[u8], offset: usize) -> u64 {
    let before = bytes.get(..offset).unwrap_or(bytes);
    1 + u64::try_from(before.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u64::MAX - 1)
}

/// Removes the lines of excluded keys; `close` is the offset of the line that ends the front matter.
fn without_excluded(text: &str, close: usize) -> Result<Canonical, CanonicalError> {
    let lines: Vec<&str> = text[4..close].split_inclusive('\n').collect();
    let mut kept = String::with_capacity(text.len());
    kept.push_str(&text[..4]);
    let mut excluded: Vec<ExcludedKey> = Vec::new();
    for (line_number, (at, line)) in (2..).zip(lines.iter().enumerate()) {
        let Some(key) = excluded_key(line) else {
            kept.push_str(line);
            continue;
        };
        if excluded.iter().any(|other| other.key == key) {
            return Err(CanonicalError::Twice { key, line: line_number });
        }
        let value = excluded_value(key, line, line_number)?;
        if continues(&lines[at + 1..]) || lines[..at].iter().any(|line| is_open(line)) {
            return Err(CanonicalError::Value { key, line: line_number });
        }
        excluded.push(ExcludedKey { key, value, line: line_number });
    }
    kept.push_str(&text[close..]);
    Ok(Canonical { text: kept, excluded })
}

/// The excluded key a top-level line sets, however it is spelled.
fn excluded_key(line: &str) -> Option<&'static str> {
    let (before, _) = line.split_once(':')?;
    if before.starts_with([' ', '\t']) {
        return None;
    }
    let name = before.strip_prefix('?').unwrap_or(before).trim();
    let name = name.trim_matches(['"', '\'']).trim();
    EXCLUDED.into_iter().find(|key| name.eq_ignore_ascii_case(key))
}

fn excluded_value(key: &'static str, line: &str, line_number: u64) -> Result<String, CanonicalError> {
    let Some(rest) = line.strip_prefix(key).and_then(|rest| rest.strip_prefix(':')) else {
        return Err(CanonicalError::KeyForm { key, line: line_number });
    };
    let rest = rest.strip_suffix('\n').unwrap_or(rest);
    let value = rest.trim();
    if value.is_empty() || !EXCLUDED_VALUE.is_match(rest) {
        return Err(CanonicalError::Value { key, line: line_number });
    }
    Ok(value.trim_matches('"').to_string())
}

/// Whether a front matter line leaves a quote or a bracket open, so that the lines after it belong to its value.
fn is_open(line: &str) -> bool {
    let double = line.replace("\\\"", "").matches('"').count();
    let value = line.split_once(':').map_or(line, |(_, value)| value).trim();
    let single = value.starts_with('\'') && value.matches('\'').count() % 2 == 1;
    let bracket = |open, close| value.starts_with(open) && value.matches(open).count() != value.matches(close).count();
    double % 2 == 1 || single || bracket('[', ']') || bracket('{', '}')
}

/// Whether the next line that is not blank would belong to the value before it: blank lines do not end a YAML scalar.
fn continues(following: &[&str]) -> bool {
    following.iter().find(|line| !line.trim().is_empty()).is_some_and(|line| line.starts_with([' ', '\t', '-']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(page: &str) -> String {
        canonical(page.as_bytes()).unwrap().text
    }

    fn code(page: &[u8]) -> (&'static str, Option<u64>) {
        let error = canonical(page).unwrap_err();
        (error.code(), error.line())
    }

    #[test]
    fn windows_line_endings_do_not_count() {
        assert_eq!(text("---\r\nid: a\r\n---\r\n\r\nx\r\n"), "---\nid: a\n---\n\nx\n");
    }

    #[test]
    fn one_byte_order_mark_does_not_count_and_a_second_one_does() {
        assert_eq!(text("\u{feff}x\n"), "x\n");
        assert_eq!(text("\u{feff}\u{feff}x\n"), "\u{feff}x\n");
    }

    #[test]
    fn derived_keys_are_left_out_with_their_values_remembered() {
        let page =
            canonical(b"---\nid: a\nstatus: \"in-review\"\nlast_updated: 2026-01-02T03:04:05Z\n---\nb\n").unwrap();
        assert_eq!(page.text, "---\nid: a\n---\nb\n");
        let keys: Vec<_> = page.excluded.iter().map(|k| (k.key, k.value.as_str(), k.line)).collect();
        assert_eq!(keys, [("status", "in-review", 3), ("last_updated", "2026-01-02T03:04:05Z", 4)]);
    }

    #[test]
    fn a_derived_key_may_be_the_last_one_before_the_closing_line() {
        assert_eq!(text("---\nstatus: draft\n---\n"), "---\n---\n");
    }

    #[test]
    fn the_words_outside_the_front_matter_stay() {
        let page = "---\nid: a\n---\nstatus: approved\n";
        assert_eq!(text(page), page);
        assert_eq!(text("status: approved\n"), "status: approved\n");
    }

    #[test]
    fn an_indented_key_of_the_same_name_stays() {
        let page = "---\nworkflow:\n  status: open\n---\n";
        assert_eq!(text(page), page);
    }

    #[test]
    fn a_final_newline_and_trailing_spaces_count() {
        assert_eq!(text("a \n\n"), "a \n\n");
        assert_ne!(text("a\n"), text("a"));
    }

    #[test]
    fn an_empty_front_matter_is_closed() {
        assert_eq!(text("---\n---\nbody\n"), "---\n---\nbody\n");
    }

    #[test]
    fn a_lone_carriage_return_is_refused_with_its_line() {
        assert_eq!(code(b"a\nb\rc\n"), ("lone-cr", Some(2)));
        assert_eq!(code(b"a\r\r\n"), ("lone-cr", Some(1)));
    }

    #[test]
    fn bytes_that_are_not_text_are_refused() {
        assert_eq!(code(b"a\n\xff\n"), ("invalid-utf-8", Some(2)));
        assert_eq!(code(b"a\n\nb\0\n"), ("nul-character", Some(3)));
    }

    #[test]
    fn an_open_front_matter_is_refused() {
        assert_eq!(code(b"---\nid: a\n"), ("front-matter-unterminated", Some(1)));
        assert_eq!(code(b"---\nid: a\n---"), ("front-matter-unterminated", Some(1)));
    }

    #[test]
    fn a_derived_key_that_occurs_twice_is_refused() {
        assert_eq!(code(b"---\nstatus: draft\nstatus: approved\n---\n"), ("excluded-key-twice", Some(3)));
    }

    #[test]
    fn a_derived_key_in_quotes_or_capitals_is_refused() {
        for key in ["\"status\"", "'status'", "Status", "status ", "? status"] {
            let page = format!("---\nid: a\n{key}: draft\n---\n");
            assert_eq!(code(page.as_bytes()), ("excluded-key-form", Some(3)), "{key}");
        }
    }

    #[test]
    fn a_derived_value_that_is_not_one_simple_scalar_is_refused() {
        for rest in ["", " ", " |", " [a]", " \"a\\n\"", " &x a", " 'a'", " a # b", "draft"] {
            let page = format!("---\nstatus:{rest}\n---\n");
            assert_eq!(code(page.as_bytes()), ("excluded-key-value", Some(2)), "{rest:?}");
        }
    }

    #[test]
    fn a_derived_value_that_goes_on_in_a_later_line_is_refused() {
        for rest in ["  more", "\n  more", "\tmore", "- item"] {
            let page = format!("---\nstatus: draft\n{rest}\n---\n");
            assert_eq!(code(page.as_bytes()), ("excluded-key-value", Some(2)), "{rest:?}");
        }
    }

    #[test]
    fn front_matter_that_readers_disagree_on_is_refused() {
        for page in [
            "---\nid: a\n----\nstatus: draft\n---\nb\n",
            "---\nid: a\n--- \nstatus: draft\n---\n",
            "---\nid: a\n...\n---\n",
        ] {
            assert_eq!(code(page.as_bytes()), ("front-matter-ambiguous", Some(3)), "{page:?}");
        }
        for page in ["---js\nx\n---\n", "\n---\nid: a\n---\n", "----\n"] {
            assert_eq!(code(page.as_bytes()), ("front-matter-ambiguous", Some(1)), "{page:?}");
        }
    }

    #[test]
    fn a_derived_key_within_an_open_value_is_refused() {
        for before in ["title: \"Do", "title: 'Do", "tags: [a,", "x: {a: 1,"] {
            let page = format!("---\n{before}\nstatus: x\n---\n");
            assert_eq!(code(page.as_bytes()), ("excluded-key-value", Some(3)), "{before}");
        }
        assert!(canonical(b"---\ntitle: \"It's [a\"\nstatus: draft\n---\n").is_ok());
    }

    #[test]
    fn a_page_beyond_the_limit_is_refused() {
        let page = vec![b'a'; (4 << 20) + 1];
        assert_eq!(code(&page), ("page-too-large", None));
        assert!(canonical(&page[1..]).is_ok());
    }
}
