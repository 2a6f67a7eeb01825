//! A tolerant JSON reader that keeps the byte range of every key and value. It checks no schema and repairs nothing.
//!
//! Comments, trailing and missing commas, single quotes, bare keys and cut-off text (`...`, a missing end) are read the
//! way a person reads them; anything else that is not JSON ends the attempt.

use std::ops::Range;

/// Deepest nesting that is followed; what lies deeper is left unread.
const MAX_DEPTH: usize = 64;

/// Most keys kept of one payload: a page lists a few dozen, a rule asks for a name.
const MAX_KEYS: usize = 2_000;

/// Longest dotted path, in bytes; deeper keys carry the path of their ancestor.
const MAX_PATH: usize = 200;

/// A key of a JSON object with the places of the key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonKey {
    /// Dotted path (`user.roles`, `items[].id`).
    pub path: String,
    /// The key without quotes.
    pub key: Range<usize>,
    /// The value as written, quotes and brackets included.
    pub value: Range<usize>,
    /// The unescaped scalar; `None` for objects, lists and what was cut off.
    pub scalar: Option<String>,
}

/// JSON embedded in other text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbeddedJson {
    /// From the opening to the closing brace.
    pub range: Range<usize>,
    /// Its keys in the order written.
    pub keys: Vec<JsonKey>,
}

/// Reads text that is JSON from end to end; several objects after each other (JSON lines) are one list of keys.
///
/// ```
/// # use casefile::payload::read_json;
/// let keys = read_json("{'user': {'id': 7, /* cut */ ...}").expect("an object");
/// assert_eq!((keys[1].path.as_str(), keys[1].scalar.as_deref()), ("user.id", Some("7")));
/// ```
pub fn read_json(text: &str) -> Option<Vec<JsonKey>> {
    let mut reader = Reader::new(text, 0);
    loop {
        reader.skip_blank();
        if reader.skip_ellipsis() || reader.eat(b',') {
            continue;
        }
        match reader.peek() {
            Some(b'{' | b'[') => reader.read_value()?,
            Some(_) => return None,
            None => break,
        }
    }
    (!reader.keys.is_empty()).then_some(reader.keys)
}

/// Finds objects with quoted keys inside other text, such as a body after a request line.
pub fn find_json(text: &str) -> Vec<EmbeddedJson> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(brace) = memchr::memchr(b'{', &text.as_bytes()[at..]).map(|n| at + n) {
        let mut reader = Reader::new(text, brace);
        let complete = opens_with_quoted_key(&text[brace + 1..]) && reader.read_value().is_some();
        // Going on behind what was read, also after a failure, keeps nested false starts linear.
        at = reader.at.max(brace + 1);
        if complete && !reader.keys.is_empty() {
            found.push(EmbeddedJson { range: brace..reader.at, keys: reader.keys });
        }
    }
    found
}

fn opens_with_quoted_key(rest: &str) -> bool {
    rest.bytes().find(|b| !b.is_ascii_whitespace()).is_some_and(|b| matches!(b, b'"' | b'\''))
}

/// A container that is open at the reader's position.
struct Open {
    close: u8,
    /// Length of the path buffer outside the container.
    outside: usize,
    /// The key whose value the container is.
    key: Option<usize>,
}

/// What the grammar expects at the reader's position.
#[derive(Clone, Copy)]
enum Step {
    Value,
    Entry,
    After,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    path: String,
    keys: Vec<JsonKey>,
    open: Vec<Open>,
    /// The key whose value comes next.
    pending: Option<usize>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, at: usize) -> Self {
        Reader { text, at, path: String::new(), keys: Vec::new(), open: Vec::new(), pending: None }
    }

    /// Reads one value with everything in it; `None` where the text is not JSON.
    fn read_value(&mut self) -> Option<()> {
        let mut step = Step::Value;
        loop {
            let newline = self.skip_blank();
            if self.at >= self.text.len() {
                self.cut_off();
                return Some(());
            }
            step = match step {
                Step::Value => self.value()?,
                Step::Entry => self.entry()?,
                Step::After if self.open.is_empty() => return Some(()),
                Step::After => self.after(newline)?,
            };
            if self.open.len() > MAX_DEPTH {
                self.cut_off();
                self.at = self.text.len();
                return Some(());
            }
            if self.open.is_empty() {
                return Some(());
            }
        }
    }

    fn value(&mut self) -> Option<Step> {
        let start = self.at;
        match self.peek()? {
            b'{' => self.push(b'}'),
            b'[' => self.push(b']'),
            b'"' | b'\'' => {
                let scalar = self.string()?;
                self.finish_scalar(start, Some(scalar));
                return Some(Step::After);
            }
            _ if self.skip_ellipsis() => {
                self.finish_scalar(start, None);
                return Some(Step::After);
            }
            _ => {
                let scalar = self.bare_token()?;
                self.finish_scalar(start, Some(scalar));
                return Some(Step::After);
            }
        }
        self.at += 1;
        Some(Step::Entry)
    }

    fn push(&mut self, close: u8) {
        let outside = self.path.len();
        if close == b']' && outside + 2 <= MAX_PATH && outside > 0 {
            self.path.push_str("[]");
        }
        self.open.push(Open { close, outside, key: self.pending.take() });
    }

    fn entry(&mut self) -> Option<Step> {
        if self.eat(b',') || self.skip_ellipsis() {
            return Some(Step::Entry);
        }
        if self.close()? {
            return Some(Step::After);
        }
        if self.open.last()?.close == b']' {
            return Some(Step::Value);
        }
        self.key()?;
        Some(Step::Value)
    }

    fn after(&mut self, newline: bool) -> Option<Step> {
        if self.eat(b',') {
            return Some(Step::Entry);
        }
        if self.close()? {
            return Some(Step::After);
        }
        // A forgotten comma: a line break or a cut stands where it belongs.
        (newline || self.skip_ellipsis() || self.peek() == Some(b'"')).then_some(Step::Entry)
    }

    /// Closes the innermost container if its bracket stands here; a wrong bracket is an error.
    fn close(&mut self) -> Option<bool> {
        let Some(bracket @ (b'}' | b']')) = self.peek() else { return Some(false) };
        let open = self.open.pop()?;
        if open.close != bracket {
            return None;
        }
        self.at += 1;
        self.path.truncate(open.outside);
        if let Some(index) = open.key {
            self.keys[index].value.end = self.at;
        }
        self.leave_key();
        Some(true)
    }

    fn key(&mut self) -> Option<()> {
        let start = self.at;
        let quoted = matches!(self.peek()?, b'"' | b'\'');
        let name = if quoted { self.string()? } else { self.identifier()? };
        let key = if quoted { start + 1..(self.at - 1).max(start + 1) } else { start..self.at };
        self.skip_blank();
        if !self.eat(b':') {
            let arrow = self.text[self.at..].starts_with("=>");
            if !arrow {
                return None;
            }
            self.at += 2;
        }
        self.skip_blank();
        if self.path.len() + name.len() < MAX_PATH {
            if !self.path.is_empty() {
                self.path.push('.');
            }
            self.path.push_str(&name);
        }
        if self.keys.len() < MAX_KEYS {
            self.pending = Some(self.keys.len());
            self.keys.push(JsonKey { path: self.path.clone(), key, value: self.at..self.at, scalar: None });
        }
        Some(())
    }

    fn finish_scalar(&mut self, start: usize, scalar: Option<String>) {
        if let Some(index) = self.pending.take() {
            self.keys[index].value = start..self.at;
            self.keys[index].scalar = scalar;
        }
        self.leave_key();
    }

    /// Takes the finished key's name off the path; inside a list the path stays, since no name was added.
    fn leave_key(&mut self) {
        let Some(open) = self.open.last() else { return };
        let list_mark = if open.close == b']' && open.outside > 0 { 2 } else { 0 };
        self.path.truncate((open.outside + list_mark).min(self.path.len()));
    }

    fn cut_off(&mut self) {
        let end = self.at.min(self.text.len());
        for index in self.open.drain(..).filter_map(|open| open.key).chain(self.pending.take()) {
            self.keys[index].value.end = end;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn skip_ellipsis(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let len = if rest.starts_with("...") {
            3
        } else if rest.starts_with('…') {
            '…'.len_utf8()
        } else {
            return false;
        };
        self.at += len;
        true
    }

    /// Skips white space and comments; says whether a line ended.
    fn skip_blank(&mut self) -> bool {
        let mut newline = false;
        while let Some(byte) = self.peek() {
            let rest = &self.text.as_bytes()[self.at..];
            let skipped = match byte {
                b'\n' | b'\r' => {
                    newline = true;
                    1
                }
                b' ' | b'\t' => 1,
                b'#' => line_length(rest),
                b'/' if rest.get(1) == Some(&b'/') => line_length(rest),
                b'/' if rest.get(1) == Some(&b'*') => {
                    memchr::memmem::find(&rest[2..], b"*/").map_or(rest.len(), |n| n + 4)
                }
                _ => break,
            };
            self.at += skipped;
        }
        newline
    }

    /// Reads a quoted string and unescapes it; one that a line end cuts off ends there.
    fn string(&mut self) -> Option<String> {
        let quote = self.peek()?;
        let start = self.at + 1;
        let mut out = String::new();
        let mut chars = self.text[start..].char_indices();
        while let Some((offset, c)) = chars.next() {
            match c {
                '\n' | '\r' => {
                    self.at = start + offset;
                    return Some(out);
                }
                '\\' => match chars.next() {
                    Some((at, 'u')) => out.push(unicode_escape(&self.text[start + at + 1..], &mut chars)),
                    Some((_, escaped)) => out.push(unescape(escaped)),
                    None => break,
                },
                c if u32::from(c) == u32::from(quote) => {
                    self.at = start + offset + 1;
                    return Some(out);
                }
                c => out.push(c),
            }
        }
        self.at = self.text.len();
        Some(out)
    }

    fn identifier(&mut self) -> Option<String> {
        let rest = &self.text[self.at..];
        let starts = rest.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_' || c == '$');
        let len = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$' | '-'))).unwrap_or(rest.len());
        if !starts || len > MAX_PATH {
            return None;
        }
        self.at += len;
        Some(rest[..len].to_owned())
    }

    /// A number, a literal or a placeholder: anything without white space, brackets of code or quotes.
    fn bare_token(&mut self) -> Option<String> {
        let rest = &self.text[self.at..];
        let end = |c: char| c.is_whitespace() || matches!(c, ',' | '}' | ']');
        let foreign = |c: char| matches!(c, '(' | ')' | '{' | '[' | ';' | '"' | '\'' | '`' | '=' | '|' | '&');
        // The search is bounded: a false start may not cost the rest of the text.
        let stop = rest.char_indices().take(MAX_PATH).find(|&(_, c)| end(c) || foreign(c));
        let len = match stop {
            Some((_, c)) if foreign(c) => return None,
            Some((at, _)) => at,
            None if rest.len() <= MAX_PATH => rest.len(),
            None => return None,
        };
        if len == 0 {
            return None;
        }
        self.at += len;
        Some(rest[..len].to_owned())
    }
}

fn line_length(bytes: &[u8]) -> usize {
    memchr::memchr2(b'\n', b'\r', bytes).unwrap_or(bytes.len())
}

fn unescape(c: char) -> char {
    match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        other => other,
    }
}

/// Reads the four digits of `\uXXXX`; a half of a surrogate pair or a wrong digit becomes the replacement character.
fn unicode_escape(digits: &str, chars: &mut std::str::CharIndices<'_>) -> char {
    let Some(hex) = digits.get(..4).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit())) else { return '\u{fffd}' };
    for _ in 0..4 {
        chars.next();
    }
    u32::from_str_radix(hex, 16).ok().and_then(char::from_u32).unwrap_or('\u{fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, Option<String>)> {
        read_json(text).unwrap_or_default().into_iter().map(|key| (key.path, key.scalar)).collect()
    }

    fn paths(text: &str) -> Vec<String> {
        pairs(text).into_iter().map(|(path, _)| path).collect()
    }

    fn pair(path: &str, scalar: &str) -> (String, Option<String>) {
        (path.to_owned(), Some(scalar.to_owned()))
    }

    #[test]
    fn nested_keys_have_dotted_paths() {
        assert_eq!(
            paths(r#"{"a": {"b": [1, {"c": 2}], "d": [[{"e": 1}]]}, "f": 3}"#),
            ["a", "a.b", "a.b[].c", "a.d", "a.d[][].e", "f"]
        );
    }

    #[test]
    fn ranges_point_at_key_and_value() {
        let text = r#"{"id": "x\ty", "list": [1, 2]}"#;
        let keys = read_json(text).unwrap();
        assert_eq!(&text[keys[0].key.clone()], "id");
        assert_eq!(&text[keys[0].value.clone()], r#""x\ty""#);
        assert_eq!(keys[0].scalar.as_deref(), Some("x\ty"));
        assert_eq!((&text[keys[1].value.clone()], &keys[1].scalar), ("[1, 2]", &None));
    }

    #[test]
    fn comments_trailing_commas_and_single_quotes_are_read() {
        let text = "{ // head\n 'a': 1, # one\n \"b\": true, /* two */\n}";
        assert_eq!(pairs(text), [pair("a", "1"), pair("b", "true")]);
    }

    #[test]
    fn a_cut_object_keeps_the_keys_it_has() {
        assert_eq!(pairs("{\"a\": 1, \"b\": {\"c\": \"x"), [pair("a", "1"), ("b".into(), None), pair("b.c", "x")]);
        assert_eq!(pairs("{\"a\": 1, ...\n}"), [pair("a", "1")]);
        assert_eq!(pairs("{\"a\": ..., \"b\": 2}"), [("a".into(), None), pair("b", "2")]);
    }

    #[test]
    fn lists_and_several_objects_at_the_top_are_read() {
        assert_eq!(paths(r#"[{"a": 1}, {"b": 2}]"#), ["a", "b"]);
        assert_eq!(paths("{\"a\": 1}\n{\"a\": 2}"), ["a", "a"]);
    }

    #[test]
    fn a_missing_comma_at_a_line_end_is_forgiven() {
        assert_eq!(paths("{\"a\": 1\n\"b\": 2}"), ["a", "b"]);
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in ["", "[ERROR] disk full", "{ return x; }", "{\"a\": f(x)}", "plain", "{]", "{\"a\" 1}", "[1, 2]"] {
            assert_eq!(read_json(text), None, "{text}");
        }
    }

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(pairs(r#"{"a": "\u00e9\"\u12"}"#), [pair("a", "é\"\u{fffd}12")]);
    }

    #[test]
    fn embedded_objects_are_found_behind_other_text() {
        let text = "POST /x {\"a\": 1} and {no} then {\"b\": {\"c\": 2}}";
        let found = find_json(text);
        assert_eq!(
            found.iter().map(|json| &text[json.range.clone()]).collect::<Vec<_>>(),
            ["{\"a\": 1}", "{\"b\": {\"c\": 2}}"]
        );
    }

    #[test]
    fn deep_nesting_and_many_false_starts_end_quickly() {
        assert_eq!(read_json(&"[".repeat(100_000)), None);
        assert!(read_json(&"{\"a\":".repeat(100_000)).is_some_and(|keys| keys.len() < 100));
        assert!(find_json(&"{\"a\":(".repeat(100_000)).is_empty());
    }
}
