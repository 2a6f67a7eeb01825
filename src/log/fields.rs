//! Finds `key=value` pairs and `-> 401` outcomes in the text of an event; nothing is decoded.

use std::ops::Range;

use memchr::{memchr, memchr_iter};

use super::Field;

/// Longest key, in bytes: longer runs before a `=` are base64 or code.
const KEY_BYTES: usize = 64;

/// Arrows that stand between a request and its outcome.
const ARROWS: [&str; 3] = ["->", "=>", "→"];

/// Appends the `key=value` pairs of `text[range]` in the order written.
pub(super) fn read_pairs(text: &str, range: Range<usize>, fields: &mut Vec<Field>) {
    let bytes = text.as_bytes();
    let mut done = range.start;
    for equals in memchr_iter(b'=', &bytes[range.clone()]).map(|found| range.start + found) {
        if equals < done {
            continue;
        }
        let Some(key) = key_before(bytes, done, equals) else { continue };
        let Some(value) = value_after(bytes, equals + 1, range.end) else { continue };
        done = value.end;
        fields.push(Field { key, value });
    }
}

/// The arrow and the three-digit status after it, as a field.
pub(super) fn read_outcome(text: &str, range: Range<usize>) -> Option<Field> {
    let bytes = &text.as_bytes()[range.clone()];
    // Each arrow has one byte that is rare in prose; without it the line is done.
    if memchr(b'>', bytes).is_none() && memchr(0xE2, bytes).is_none() {
        return None;
    }
    let within = &text[range.clone()];
    ARROWS.iter().find_map(|arrow| {
        let at = within.match_indices(arrow).find_map(|(at, _)| {
            let after = at + arrow.len();
            let status = after + within[after..].len() - within[after..].trim_start_matches(' ').len();
            is_status(within.as_bytes(), status).then_some((at, after, status))
        });
        let (at, after, status) = at?;
        let base = range.start;
        Some(Field { key: base + at..base + after, value: base + status..base + status + 3 })
    })
}

/// Whether an HTTP status stands at `at`: three digits, 100 to 599, and no further digit or letter.
pub(super) fn is_status(bytes: &[u8], at: usize) -> bool {
    let Some(digits) = bytes.get(at..at + 3) else { return false };
    let open = bytes.get(at + 3).is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b'.' && *next != b'_');
    (b'1'..=b'5').contains(&digits[0]) && digits.iter().all(u8::is_ascii_digit) && open
}

/// The key that ends at `end`; it starts with a letter and no operator stands beside the `=`.
fn key_before(bytes: &[u8], from: usize, end: usize) -> Option<Range<usize>> {
    let first = end.saturating_sub(KEY_BYTES).max(from);
    let length = bytes[first..end].iter().rev().take_while(|byte| is_key(**byte)).count();
    let start = end - length;
    let open = start == from || start > first || !is_key(bytes[start - 1]);
    let first_byte = *bytes.get(start).filter(|_| length > 0)?;
    (open && (first_byte.is_ascii_alphabetic() || first_byte == b'_' || first_byte == b'@')).then_some(start..end)
}

/// The value that starts at `start`: inside its quotes, or up to a blank or a separator.
fn value_after(bytes: &[u8], start: usize, end: usize) -> Option<Range<usize>> {
    let quote = *bytes[..end].get(start)?;
    if quote == b'"' || quote == b'\'' {
        let close = closing_quote(bytes, start + 1, end)?;
        return (close > start + 1).then_some(start + 1..close);
    }
    if matches!(quote, b'=' | b'>' | b'~') {
        return None;
    }
    let mut length = bytes[start..end].iter().take_while(|byte| !ends_value(**byte)).count();
    while is_thousand(&bytes[start..end], length) {
        length += 4;
    }
    let kept = bytes[start..start + length].iter().rev().skip_while(|byte| matches!(byte, b'.' | b':')).count();
    (kept > 0).then_some(start..start + kept)
}

/// Whether a digit, a comma and exactly three digits meet at `at`, as in `11,997`.
fn is_thousand(value: &[u8], at: usize) -> bool {
    let digits = |range: Range<usize>| value.get(range).is_some_and(|bytes| bytes.iter().all(u8::is_ascii_digit));
    at > 0 && digits(at - 1..at) && value.get(at) == Some(&b',') && digits(at + 1..at + 4) && !digits(at + 4..at + 5)
}

/// The next quote that is not escaped; values end on the line they start.
fn closing_quote(bytes: &[u8], from: usize, end: usize) -> Option<usize> {
    let quote = bytes[from - 1];
    let mut at = from;
    while at < end {
        match bytes[at] {
            b'\\' => at += 1,
            byte if byte == quote => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'@')
}

fn ends_value(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b',' | b';' | b'&' | b')' | b']' | b'}' | b'"' | b'|')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(&str, &str)> {
        let mut fields = Vec::new();
        read_pairs(text, 0..text.len(), &mut fields);
        fields.into_iter().map(|field| (&text[field.key], &text[field.value])).collect()
    }

    #[test]
    fn plain_and_quoted_values_are_read() {
        assert_eq!(pairs(r#"user=ann msg="a \"b\" c", n=3."#), [("user", "ann"), ("msg", r#"a \"b\" c"#), ("n", "3")]);
    }

    #[test]
    fn a_query_string_is_split_at_its_separators() {
        assert_eq!(pairs("GET /orders?user=ann&page=2 -> 200"), [("user", "ann"), ("page", "2")]);
    }

    #[test]
    fn thousands_belong_to_their_number() {
        assert_eq!(pairs("qty=11,997 ids=1,2 n=12,3456"), [("qty", "11,997"), ("ids", "1"), ("n", "12")]);
    }

    #[test]
    fn empty_values_and_comparisons_are_no_fields() {
        assert_eq!(pairs("logname= uid=0 if a == b, c => d, x!=1"), [("uid", "0")]);
    }

    #[test]
    fn an_outcome_is_the_arrow_and_the_status() {
        let text = "POST /login → 503 x";
        let field = read_outcome(text, 0..text.len());
        assert_eq!(field.map(|field| (&text[field.key], &text[field.value])), Some(("→", "503")));
        assert_eq!(read_outcome("a -> 4012", 0..9), None);
        assert_eq!(read_outcome("a -> b -> 401", 0..13).map(|field| field.value), Some(10..13));
    }
}
