//! Words, brackets and blanks of a header line, as offsets; every offset it gives lies beside an ASCII byte.

use std::ops::Range;

/// Offset of the first byte at or after `at` that is no blank.
pub(super) fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// The run of bytes without a blank that starts at `at`.
pub(super) fn word(bytes: &[u8], at: usize) -> Range<usize> {
    at..at + bytes[at..].iter().take_while(|byte| !matches!(byte, b' ' | b'\t')).count()
}

/// The word after the blanks at `at`.
pub(super) fn next_word(bytes: &[u8], at: usize) -> Range<usize> {
    word(bytes, skip_blanks(bytes, at))
}

/// The inside of the bracket that opens at `at`, if it closes within `most` bytes; brackets inside it are paired.
pub(super) fn bracketed(bytes: &[u8], at: usize, most: usize) -> Option<Range<usize>> {
    if bytes.get(at) != Some(&b'[') {
        return None;
    }
    let mut depth = 0;
    for (offset, byte) in bytes[at..].iter().enumerate().take(most) {
        match byte {
            b'[' => depth += 1,
            b']' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return Some(at + 1..at + offset);
        }
    }
    None
}

/// Whether all bytes are digits, and there is one.
pub(super) fn is_number(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit)
}

/// The byte behind the digits that the bytes start with.
pub(super) fn after_digits(bytes: &[u8]) -> Option<u8> {
    bytes.iter().copied().find(|byte| !byte.is_ascii_digit())
}

/// `range` without blanks at its ends.
pub(super) fn trimmed(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let inner = &bytes[range.clone()];
    let start = range.end - inner.trim_ascii_start().len();
    start..start + inner.trim_ascii().len()
}

/// Whether the bytes are the name of a logger, class, module, file or program: one word that starts with a letter.
pub(super) fn is_component(bytes: &[u8]) -> bool {
    let starts =
        bytes.first().is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'/' | b'.' | b'<'));
    starts
        && bytes.len() <= 120
        && bytes.iter().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'=' | b',' | b';' | b'`'))
}

/// Whether a component is written as programs name things rather than as a word of a sentence.
pub(super) fn is_dotted(bytes: &[u8]) -> bool {
    bytes.iter().any(|byte| matches!(byte, b'.' | b':' | b'/' | b'_' | b'$' | b'-' | b'[') || byte.is_ascii_digit())
        || bytes.windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
}
