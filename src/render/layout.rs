//! Blank lines of a finished page: one between blocks, none at the end. Code blocks are left as they are.

/// Collapses runs of blank lines outside code blocks, drops trailing spaces and ends with one newline, so that templates can
/// be written for their reader.
pub(super) fn tidy(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    let mut fence: Option<usize> = None;
    for line in page.split('\n') {
        let ticks = fence_ticks(line);
        match (fence, ticks) {
            (Some(open), Some((ticks, ""))) if ticks >= open => fence = None,
            (None, Some((ticks, info))) if !info.contains('`') => fence = Some(ticks),
            _ => {}
        }
        let line = if fence.is_some() { line } else { line.trim_end_matches(' ') };
        if fence.is_none() && line.is_empty() && (out.is_empty() || out.ends_with("\n\n")) {
            continue;
        }
        out.push_str(line);
        out.push('\n');
    }
    out.truncate(out.trim_end_matches('\n').len());
    out.push('\n');
    out
}

/// Length of the run of backticks that may open or close a fence on this line, and what follows it.
fn fence_ticks(line: &str) -> Option<(usize, &str)> {
    let text = line.trim_start_matches(' ');
    let ticks = text.bytes().take_while(|b| *b == b'`').count();
    (ticks >= 3 && line.len() - text.len() <= 3).then(|| (ticks, text[ticks..].trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_between_blocks_become_one() {
        assert_eq!(tidy("a  \n\n\n\nb\n\n"), "a\n\nb\n");
    }

    #[test]
    fn blank_lines_in_code_stay() {
        assert_eq!(tidy(" ````text\n\n\n ```\n\n\n ````\n\n\nx"), " ````text\n\n\n ```\n\n\n ````\n\nx\n");
    }

    #[test]
    fn a_code_span_at_the_start_of_a_line_is_no_fence() {
        assert_eq!(tidy("``` a`` ```\n\n\nb"), "``` a`` ```\n\nb\n");
    }
}
