//! Finds text that Markdown takes for link definitions and shows nowhere: `[ERROR]: timeout` defines a link named ERROR.

use std::ops::Range;

use crate::span::{Line, lines};

use super::inline::Input;

/// The lines of `range`, a stretch that belongs to no block, that are text.
pub(super) fn text_in_definitions(input: Input<'_>, range: Range<usize>) -> Vec<Range<usize>> {
    let text = input.get(&range);
    if !text.contains("]:") {
        return Vec::new();
    }
    let place = |line: Line<'_>| range.start + line.start..range.start + line.end();
    lines(text).filter(|line| is_text(line.text)).map(place).collect()
}

/// Whether `line` reads `[WORD]: word`, where the second word leads nowhere.
fn is_text(line: &str) -> bool {
    let Some((label, target)) = line.trim().strip_prefix('[').and_then(|rest| rest.split_once("]:")) else {
        return false;
    };
    let level = label.len() > 1 && label.bytes().all(|b| b.is_ascii_uppercase());
    let leads = target.contains("://") || (!level && target.contains(['/', '.', '#', '@', '<', ':']));
    !target.trim().is_empty() && !leads && !label.starts_with('^')
}

#[cfg(test)]
mod tests {
    use super::super::{BlockKind, parse};
    use crate::span::SourceId;

    fn paragraphs(text: &str) -> Vec<String> {
        let document = parse(SourceId(0), text, None);
        let words = |kind| match kind {
            BlockKind::Paragraph(text) => Some(text.text),
            _ => None,
        };
        document.blocks.into_iter().filter_map(|block| words(block.kind)).collect()
    }

    #[test]
    fn log_lines_that_look_like_definitions_stay_text() {
        assert_eq!(
            paragraphs("[ERROR]: timeout\n[ERROR]: reset\nmore"),
            ["[ERROR]: timeout", "[ERROR]: reset", "more"]
        );
        assert_eq!(paragraphs("a\n\n[WARN]: v1.2\n"), ["a", "[WARN]: v1.2"]);
    }

    #[test]
    fn link_definitions_show_nothing() {
        assert_eq!(paragraphs("[1]: https://a.example\n[b]: ./b.md\n[c]: <x>\n\nsee [b]"), ["see b"]);
    }
}
