//! Cuts an HTML block into what a reader sees: comments, preformatted lines and runs of text.
//!
//! It knows tags by name only and builds no tree.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pattern::Pattern;

use super::tags::{self, Effect};

/// A part of an HTML block; ranges are offsets in the block's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A comment.
    Comment(Range<usize>),
    /// The content of `<pre>`.
    Preformatted(Range<usize>),
    /// Text between tags that start blocks, with the tags inside it.
    Text(Vec<Token>),
}

/// A piece of the text of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Characters, possibly over several lines.
    Words(Range<usize>),
    /// A tag.
    Tag(Range<usize>),
}

/// The parts of `text` that show something or are comments, in order.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let mut cutter = Cutter { text, hides: true, parts: Vec::new(), tokens: Vec::new() };
    let mut at = 0;
    let mut words = 0;
    while let Some(open) = memchr::memchr(b'<', &text.as_bytes()[at..]).map(|found| at + found) {
        let Some(end) = markup_end(text, open) else {
            at = open + 1;
            continue;
        };
        let comment = text[open..].starts_with("<!--");
        let tag = tags::tag(&text[open..end]);
        if !comment && tag.is_none() {
            at = open + 1;
            continue;
        }
        cutter.words(words..open);
        at = match tag {
            None => cutter.comment(open..end),
            Some(tag) => cutter.tag(tag, open..end),
        };
        words = at;
    }
    cutter.words(words..text.len());
    cutter.flush();
    cutter.parts
}

/// Whether `line` opens an element whose content Markdown does not read up to the closing tag, however far that is.
pub(super) fn opens_raw(line: &str) -> bool {
    line.contains('<') && RAW_START.is_match(line)
}

/// One past the last closing tag of such an element; 0 if there is none. Behind it an opening one is just a word.
pub(super) fn last_raw_end(text: &str) -> usize {
    RAW_END.find_iter(text).last().map_or(0, |found| found.end())
}

struct Cutter<'a> {
    text: &'a str,
    /// Whether a closing tag of a hidden element may still come.
    hides: bool,
    parts: Vec<Part>,
    tokens: Vec<Token>,
}

impl Cutter<'_> {
    fn words(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.tokens.push(Token::Words(range));
        }
    }

    fn comment(&mut self, range: Range<usize>) -> usize {
        self.flush();
        self.parts.push(Part::Comment(range.clone()));
        range.end
    }

    /// Takes a tag and returns where the text goes on.
    fn tag(&mut self, tag: tags::Tag, range: Range<usize>) -> usize {
        match tag.effect {
            Effect::Block => self.flush(),
            Effect::Hidden if !tag.closing && self.hides => {
                self.flush();
                if let Some(end) = HIDDEN_END.find_at(self.text, range.end) {
                    return end.end();
                }
                self.hides = false;
            }
            Effect::Preformatted if !tag.closing => {
                self.flush();
                let end = self.text.len()..self.text.len();
                let close = PREFORMATTED_END.find_at(self.text, range.end).map_or(end, |found| found.range());
                self.parts.push(Part::Preformatted(without_code_tag(self.text, range.end..close.start)));
                return close.end;
            }
            Effect::Hidden | Effect::Preformatted => self.flush(),
            _ => self.tokens.push(Token::Tag(range.clone())),
        }
        range.end
    }

    fn flush(&mut self) {
        let tokens = std::mem::take(&mut self.tokens);
        let shows = |token: &Token| matches!(token, Token::Words(range) if !self.text[range.clone()].trim().is_empty());
        if tokens.iter().any(shows) {
            self.parts.push(Part::Text(tokens));
        }
    }
}

/// One past the comment or tag that opens at `open`; an unclosed comment hides the rest.
fn markup_end(text: &str, open: usize) -> Option<usize> {
    let rest = &text[open..];
    if rest.starts_with("<!--") {
        return Some(rest.find("-->").map_or(text.len(), |found| open + found + "-->".len()));
    }
    // Stopping at the next `<` keeps a page of `<` linear.
    let inner = &rest.as_bytes()[1..];
    let end = memchr::memchr2(b'<', b'>', inner)?;
    (inner[end] == b'>').then_some(open + end + 2)
}

static PREFORMATTED_END: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"(?i)</(?:pre|textarea)\s*>"));
static HIDDEN_END: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"(?i)</(?:script|style|head)\s*>"));

static RAW_START: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"(?i)^ {0,3}<(?:pre|script|style|textarea)(?:[\s>]|$)"));
static RAW_END: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"(?i)</(?:pre|script|style|textarea)>"));

/// The content of `<pre><code>…</code></pre>` without the inner tags.
fn without_code_tag(text: &str, range: Range<usize>) -> Range<usize> {
    let inner = &text[range.clone()];
    let end = range.start + inner.trim_end().strip_suffix("</code>").map_or(inner.len(), str::len);
    let trimmed = inner.trim_start();
    let open = trimmed.find('>').filter(|_| trimmed.starts_with("<code"));
    let start = open.map_or(range.start, |found| range.start + (inner.len() - trimmed.len()) + found + 1);
    start.min(end)..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let words = |tokens: Vec<Token>| {
            tokens.into_iter().map(|token| match token {
                Token::Words(range) => text[range].trim().to_string(),
                Token::Tag(_) => "|".to_string(),
            })
        };
        parts(text)
            .into_iter()
            .map(|part| match part {
                Part::Comment(range) => format!("comment {}", &text[range]),
                Part::Preformatted(range) => format!("pre {}", &text[range]),
                Part::Text(tokens) => words(tokens).collect(),
            })
            .collect()
    }

    #[test]
    fn text_between_tags_is_kept() {
        assert_eq!(shown("<details>\n<summary>Full <b>log</b></summary>\n"), ["Full|log|"]);
        assert_eq!(shown("<div>\n</div>\n"), [""; 0]);
    }

    #[test]
    fn a_comment_is_a_part_of_its_own() {
        assert_eq!(shown("<!-- a > b --> kept"), ["comment <!-- a > b -->", "kept"]);
        assert_eq!(shown("<!-- open"), ["comment <!-- open"]);
    }

    #[test]
    fn preformatted_text_loses_the_code_tag_around_it() {
        assert_eq!(shown("<pre><code class=\"x\">a < b\nc</code></PRE>after"), ["pre a < b\nc", "after"]);
    }

    #[test]
    fn scripts_and_styles_show_nothing() {
        assert_eq!(shown("<style>a {}</style>x"), ["x"]);
        assert_eq!(shown("<div>The <script> tag"), ["The", "tag"]);
    }

    #[test]
    fn raw_elements_reach_up_to_the_last_closing_tag() {
        assert!(opens_raw("  <PRE>x") && opens_raw("<script src=a>") && !opens_raw("<press>") && !opens_raw("a <pre>"));
        assert_eq!(last_raw_end("<pre></pre> </style>"), 20);
        assert_eq!(last_raw_end("<pre>"), 0);
    }

    #[test]
    fn words_in_angle_brackets_stay_text() {
        assert_eq!(shown("<describe what you saw>\n"), ["<describe what you saw>"]);
    }
}
