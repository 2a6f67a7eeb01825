//! Finds front matter at the very start of a document. It only delimits; nothing is read here.

use crate::span::{SourceId, Span, lines};

use super::document::{FrontMatter, FrontMatterFormat};

/// The front matter of `text`, and where the body begins.
///
/// `---` may also be a thematic break, so what follows must look like keys; `+++` has no other meaning.
pub(super) fn front_matter(source: SourceId, text: &str) -> (Option<FrontMatter>, usize) {
    let mut rest = lines(text);
    let format = match rest.next().map(|line| line.text.trim_end()) {
        Some("---") => FrontMatterFormat::Yaml,
        Some("+++") => FrontMatterFormat::Toml,
        _ => return (None, 0),
    };
    let Some(first) = rest.next() else { return (None, 0) };
    let mut has_key = false;
    for line in std::iter::once(first).chain(rest) {
        let words = line.text.trim_end();
        if is_closing(words, format) {
            let empty = line.start == first.start;
            if !has_key && !empty {
                return (None, 0);
            }
            let span = Span::new(source, first.start..line.start);
            return (Some(FrontMatter { format, span }), line.end());
        }
        has_key |= is_key(words, format);
        // A blank line under the opening one makes it a thematic break.
        if line.start == first.start && words.is_empty() && format == FrontMatterFormat::Yaml {
            return (None, 0);
        }
    }
    (None, 0)
}

fn is_closing(line: &str, format: FrontMatterFormat) -> bool {
    match format {
        FrontMatterFormat::Yaml => matches!(line, "---" | "..."),
        FrontMatterFormat::Toml => line == "+++",
    }
}

/// Whether a line opens with a word and a colon, without indentation.
fn is_key(line: &str, format: FrontMatterFormat) -> bool {
    if format == FrontMatterFormat::Toml {
        return true;
    }
    let Some((key, value)) = line.split_once(':') else { return false };
    let words = key.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '"' | '\'' | '_'));
    words && (value.is_empty() || value.starts_with(char::is_whitespace))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(&str, &str)> {
        let (front, body) = front_matter(SourceId(0), text);
        front.map(|front| (&text[front.span.range()], &text[body..]))
    }

    #[test]
    fn yaml_stands_between_dashes() {
        assert_eq!(found("---\nid: x\n\n# note\n---\nbody"), Some(("id: x\n\n# note\n", "\nbody")));
        assert_eq!(found("---\r\nid: x\r\n---\r\n"), Some(("id: x\r\n", "\r\n")));
        assert_eq!(found("---\n---\n"), Some(("", "\n")));
    }

    #[test]
    fn toml_stands_between_pluses() {
        assert_eq!(found("+++\nid = 1\n+++"), Some(("id = 1\n", "")));
    }

    #[test]
    fn without_a_closing_line_there_is_none() {
        assert_eq!(found("---\nid: x\n"), None);
        assert_eq!(found("---"), None);
        assert_eq!(found("\n---\nid: x\n---\n"), None);
    }

    #[test]
    fn a_thematic_break_is_not_front_matter() {
        assert_eq!(found("---\n\nkey: text\n\n---\n"), None);
        assert_eq!(found("---\nJust a line of text.\n---\n"), None);
    }
}
