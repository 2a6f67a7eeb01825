//! Compiles the constant patterns of extraction: classes and word boundaries are those of ASCII.

use crate::pattern::Pattern;

/// Compiles `text`, in which `\b`, `\w` and `\d` mean ASCII words and digits.
///
/// The Unicode classes would triple the time until the first answer, and a Unicode boundary makes the engine leave its
/// automaton on the first character that is not ASCII. Words that start or end with such a letter stand outside `\b`.
pub(super) fn pattern(text: &str) -> Pattern {
    let ascii = text.replace(r"\b", r"(?-u:\b)").replace(r"\w", "[0-9A-Za-z_]").replace(r"\d", "[0-9]");
    Pattern::new(ascii)
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn boundaries_hold_for_ascii_words_next_to_any_letter() {
        assert!(pattern(r"\bfail\b").is_match("失败fail。"));
        assert!(!pattern(r"\bfail\b").is_match("failure"));
    }

    #[test]
    fn classes_may_stand_in_classes() {
        assert!(pattern(r"^[\w.-]+$").is_match("a-b.c_1"));
        assert!(!pattern(r"[^\w]").is_match("abc"));
    }
}
