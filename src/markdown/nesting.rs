//! Recognises lines that nest deeper than any document does.
//!
//! The Markdown parser asks every open list and quote about every line, so without a limit a small file with thousands of
//! them takes minutes.

/// Most list and quote marks at the start of a line: mail threads reach twenty.
const MARKS: usize = 50;

/// Furthest column of such a mark: a list of fifty levels, indented by four.
const COLUMNS: usize = 200;

/// Whether list and quote marks at the start of `line` go deeper than the limits.
pub(super) fn is_too_deep(line: &str) -> bool {
    let bytes = line.as_bytes();
    let (mut at, mut column, mut marks) = (0, 0, 0);
    while let Some(byte) = bytes.get(at) {
        let len = match byte {
            b' ' => 1,
            b'\t' => {
                column += 3 - column % 4;
                1
            }
            _ => {
                let Some(len) = mark_len(&bytes[at..]) else { return false };
                marks += 1;
                len
            }
        };
        if marks > MARKS || (marks > 0 && column > COLUMNS && !matches!(byte, b' ' | b'\t')) {
            return !is_rule(line);
        }
        at += len;
        column += len;
    }
    false
}

/// Length of the list or quote mark that `bytes` start with.
fn mark_len(bytes: &[u8]) -> Option<usize> {
    let ends = |at: usize| bytes.get(at).is_none_or(|b| matches!(b, b' ' | b'\t'));
    match bytes.first()? {
        b'>' => Some(1),
        b'-' | b'*' | b'+' => ends(1).then_some(1),
        _ => {
            let digits = bytes.iter().take(9).take_while(|b| b.is_ascii_digit()).count();
            let ordered = digits > 0 && matches!(bytes.get(digits), Some(b'.' | b')')) && ends(digits + 1);
            ordered.then_some(digits + 1)
        }
    }
}

/// `- - - -`: one mark over and over draws a line.
fn is_rule(line: &str) -> bool {
    let mut marks = line.bytes().filter(|b| !matches!(b, b' ' | b'\t'));
    let first = marks.next();
    matches!(first, Some(b'-' | b'*')) && marks.all(|b| Some(b) == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_lines_are_not_too_deep() {
        for line in
            ["", "> > > text", "        - item", "1. 2. x", &format!("{}text", " ".repeat(900)), &"- ".repeat(90)]
        {
            assert!(!is_too_deep(line), "{line}");
        }
    }

    #[test]
    fn many_marks_or_a_mark_far_to_the_right_are_too_deep() {
        for line in [format!("{}x", "- ".repeat(51)), ">".repeat(51), format!("{}- x", "\t".repeat(51))] {
            assert!(is_too_deep(&line), "{line}");
        }
    }
}
