//! Unified diff of a file as it stands and as a run would write it.

use similar::TextDiff;

/// Most lines that are compared one by one: comparing takes the product of the differing lines in the worst case.
const LINES_COMPARED: usize = 5_000;

/// The difference as a unified diff; for texts that differ in too many lines, how many lines each has.
pub(super) fn unified(name: &str, standing: &[u8], wanted: &[u8]) -> String {
    let (old, new) = (String::from_utf8_lossy(standing), String::from_utf8_lossy(wanted));
    let (from, to) = (format!("{name} (as it stands)"), format!("{name} (as it would be written)"));
    let (old_lines, new_lines): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let head = old_lines.iter().zip(&new_lines).take_while(|(a, b)| a == b).count();
    let tail = old_lines[head..].iter().rev().zip(new_lines[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let differing = (old_lines.len() - head - tail).max(new_lines.len() - head - tail);
    if differing > LINES_COMPARED {
        return format!("--- {from}\n+++ {to}\n@@ {} lines against {} lines @@\n", old_lines.len(), new_lines.len());
    }
    TextDiff::from_lines(old.as_ref(), new.as_ref()).unified_diff().header(&from, &to).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_is_shown_from_both_sides() {
        let diff = unified("index.md", b"a\nb\n", b"a\nc\n");
        assert!(diff.starts_with("--- index.md (as it stands)\n+++ index.md (as it would be written)\n"), "{diff}");
        assert!(diff.contains("\n-b\n+c\n"), "{diff}");
    }

    #[test]
    fn texts_that_have_nothing_in_common_are_counted_only() {
        let (old, new) = ("a\n".repeat(6_000), "b\n".repeat(7_000));
        assert!(unified("x", old.as_bytes(), new.as_bytes()).ends_with("@@ 6000 lines against 7000 lines @@\n"));
    }
}
