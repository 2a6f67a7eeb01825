//! Recognises titles that reStructuredText underlines with other characters than Markdown: `~~~~`, `^^^^`, `****`, `""""`.
//!
//! A line of tildes would otherwise open a code fence that hides all that follows. `====` and `----` are Markdown's own.

use crate::span::{Line, lines};

/// Longest title, in characters.
const TITLE_CHARS: usize = 100;

/// Shortest underline: three tildes open a fence.
const SHORTEST: usize = 4;

/// The level and the underline of the title in `line`; `blank_above` says that no text stands right above it.
pub(super) fn underline<'a>(text: &'a str, line: Line<'_>, blank_above: bool) -> Option<(u8, Line<'a>)> {
    let title = line.text.trim();
    let width = title.chars().count();
    if !blank_above || !(SHORTEST..=TITLE_CHARS).contains(&width) || !line.text.starts_with(char::is_alphanumeric) {
        return None;
    }
    // What announces a fence ends with a colon.
    if title.ends_with([':', '.', ';', ',']) {
        return None;
    }
    let next = lines(&text[line.end()..]).nth(1)?;
    let under = next.text.trim_end();
    let mark = under.bytes().next()?;
    let level = match mark {
        b'~' => 3,
        b'^' => 4,
        b'*' | b'+' | b'"' | b'\'' | b'#' => 5,
        _ => return None,
    };
    // The underline is as long as the title; who counts badly is off by one or two.
    let fits = under.len() >= SHORTEST && under.len().abs_diff(width) <= 2;
    let same = under.bytes().all(|byte| byte == mark);
    (fits && same).then(|| (level, Line { text: next.text, start: line.end() + next.start }))
}

#[cfg(test)]
mod tests {
    use super::super::{BlockKind, parse};
    use crate::span::SourceId;

    fn titles(text: &str) -> Vec<(u8, String)> {
        let document = parse(SourceId(0), text, None);
        document.sections.iter().skip(1).map(|section| (section.level, section.title.text.clone())).collect()
    }

    #[test]
    fn underlined_titles_open_sections() {
        let text = "Store\n=====\n\nImpact\n~~~~~~\n3 users\n\nSteps taken\r\n\"\"\"\"\"\"\"\"\"\"\"\r\n\r\nb\r\n";
        assert_eq!(titles(text), [(1, "Store".to_string()), (3, "Impact".to_string()), (5, "Steps taken".to_string())]);
    }

    #[test]
    fn a_fence_of_tildes_is_a_fence() {
        for text in ["Output\n~~~\n# a\n~~~\n", "The output is\n~~~~\n# a\n~~~~\n", "Output:\n~~~~~~~\n# a\n~~~~~~~\n"]
        {
            let document = parse(SourceId(0), text, None);
            assert!(matches!(document.blocks[1].kind, BlockKind::Code { .. }), "{text}");
        }
    }

    #[test]
    fn stars_between_paragraphs_are_a_rule() {
        assert_eq!(titles("A whole sentence stands here.\n****\nb\n"), []);
        assert_eq!(titles("last of\nmany lines\n**********\n"), []);
    }
}
