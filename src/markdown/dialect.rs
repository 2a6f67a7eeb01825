//! Decides which parts of a text that holds Markdown are wiki markup of issue trackers (`# item`, `{{code}}`, `*bold*`).
//!
//! Trackers export descriptions in wiki markup below Markdown headings, so each part between such headings is judged by its
//! own signs. Where the signs do not outweigh those of Markdown, a part is Markdown. Nothing is rewritten.

use std::ops::Range;

use crate::span::{Line, lines};

use super::signs::Signs;
use super::wiki::{Stretch, closes, fence_of};

/// A piece of a part, in source order.
enum Piece<'a> {
    /// A line of text.
    Line(Line<'a>),
    /// A line of a Markdown fence or a Markdown heading.
    Markdown(Line<'a>),
    /// What is no text: a wiki block, heading or quote, a line that stays as it is.
    Other(Stretch),
}

/// The pieces between two Markdown headings.
#[derive(Default)]
struct Part<'a> {
    pieces: Vec<Piece<'a>>,
    signs: Signs,
}

/// The same stretches, with the text of parts in wiki markup as `Stretch::Wiki`.
pub(super) fn with_dialects(text: &str, stretches: Vec<Stretch>) -> Vec<Stretch> {
    let mut parts = parts(text, &stretches);
    for part in &mut parts {
        part.look(text);
    }
    if !parts.iter().any(|part| part.signs.is_wiki()) {
        return stretches;
    }
    let mut out = Out { found: Vec::new(), end: None };
    for part in parts {
        let wiki = part.signs.is_wiki() || part.signs.may_be_wiki();
        let numbered = part.signs.has_heading();
        part.write(wiki, numbered, &mut out);
    }
    out.found
}

fn parts<'a>(text: &'a str, stretches: &[Stretch]) -> Vec<Part<'a>> {
    let mut parts = vec![Part::default()];
    let mut fence: Option<&str> = None;
    let mut above = Above::Start;
    for stretch in stretches {
        let Stretch::Markdown(range) = stretch else {
            last(&mut parts).push(Piece::Other(stretch.clone()));
            above = Above::Text;
            continue;
        };
        let mut rest = lines(&text[range.clone()]).peekable();
        while let Some(line) = rest.next() {
            let line = Line { text: line.text, start: range.start + line.start };
            if let Some(open) = fence {
                fence = fence.filter(|_| !closes(open, line.text));
                last(&mut parts).push(Piece::Markdown(line));
                above = Above::Text;
                continue;
            }
            fence = fence_of(line.text);
            if fence.is_some() {
                last(&mut parts).push(Piece::Markdown(line));
                above = Above::Text;
                continue;
            }
            let next = rest.peek().map_or("", |next| next.text);
            let underlined = above != Above::Item && is_underlined(line.text, next);
            if underlined || cuts(line.text, next, above) {
                parts.push(Part::default());
                last(&mut parts).push(Piece::Markdown(line));
                let underline = rest.next_if(|_| underlined);
                let underline = underline.map(|line| Line { text: line.text, start: range.start + line.start });
                last(&mut parts).extend(underline.map(Piece::Markdown));
                above = Above::Text;
                continue;
            }
            last(&mut parts).push(Piece::Line(line));
            above = match line.text.trim() {
                "" if above == Above::Start => above,
                "" => Above::Text,
                words if is_item(words) || above == Above::Item => Above::Item,
                _ => Above::Text,
            };
        }
        fence = None;
    }
    parts
}

/// What stands in the line above.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Above {
    /// Nothing yet: the next line is the document's first.
    Start,
    /// A numbered item of wiki markup, or a further line of it.
    Item,
    Text,
}

/// Whether `line` is a Markdown heading whatever the markup around it: the title, or `##` that continues no list.
fn cuts(line: &str, next: &str, above: Above) -> bool {
    let marks = line.bytes().take_while(|b| *b == b'#').count();
    let heading =
        (1..=6).contains(&marks) && line[marks..].starts_with([' ', '\t']) && !line[marks..].trim().is_empty();
    match above {
        Above::Start => heading && (marks > 1 || !is_number(next.trim())),
        Above::Item => false,
        Above::Text => heading && marks > 1 && !is_number(next.trim()),
    }
}

fn is_number(line: &str) -> bool {
    line.starts_with("# ")
}

fn is_item(line: &str) -> bool {
    let marks = line.bytes().take_while(|b| matches!(b, b'#' | b'*' | b'-')).count();
    line.starts_with('#') && line[marks..].starts_with(' ')
}

/// Whether `next` makes a heading of `line`: `===`, or dashes that are no rule of the wiki.
fn is_underlined(line: &str, next: &str) -> bool {
    let (words, under) = (line.trim(), next.trim_end());
    let all = |byte: u8| !under.is_empty() && under.bytes().all(|b| b == byte);
    let dashes = all(b'-') && (under.len() == 3 || under.len() == words.chars().count() && under.len() > 3);
    !words.is_empty() && (all(b'=') || dashes)
}

fn last<'p, 'a>(parts: &'p mut [Part<'a>]) -> &'p mut Vec<Piece<'a>> {
    let at = parts.len() - 1;
    &mut parts[at].pieces
}

impl Part<'_> {
    fn look(&mut self, text: &str) {
        for piece in &self.pieces {
            match piece {
                Piece::Line(line) => self.signs.line(line.text),
                Piece::Markdown(line) => self.signs.markdown(line.text),
                Piece::Other(stretch) => self.signs.stretch(stretch),
            }
        }
        let whole = self.pieces.first().map(Piece::range).zip(self.pieces.last().map(Piece::range));
        if let Some((first, last)) = whole {
            self.signs.pairs(&text[first.start..last.end]);
        }
    }

    /// Writes the pieces; `numbered` says that the headings are those of the wiki, so that each `# ` is an item.
    fn write(self, wiki: bool, numbered: bool, out: &mut Out) {
        let alone: Vec<bool> = (0..self.pieces.len()).map(|at| !numbered && self.is_alone(at)).collect();
        for (piece, alone) in self.pieces.into_iter().zip(alone) {
            match piece {
                Piece::Line(line) if wiki && !alone => out.wiki(line),
                Piece::Line(line) | Piece::Markdown(line) => out.markdown(line),
                Piece::Other(stretch) => out.other(stretch),
            }
        }
    }

    /// Whether a piece is a line `# Words` between blank lines without another beyond them: a heading, no item of a list.
    fn is_alone(&self, at: usize) -> bool {
        let Piece::Line(line) = &self.pieces[at] else { return false };
        let blank = |piece: Option<&Piece<'_>>| piece.is_none_or(Piece::is_blank);
        let before = self.pieces[..at].last();
        is_number(line.text)
            && blank(before)
            && blank(self.pieces.get(at + 1))
            && !self.pieces[..at].iter().rev().find(|piece| !piece.is_blank()).is_some_and(Piece::is_numbered)
            && !self.pieces[at + 1..].iter().find(|piece| !piece.is_blank()).is_some_and(Piece::is_numbered)
    }
}

impl Piece<'_> {
    fn range(&self) -> Range<usize> {
        match self {
            Piece::Line(line) | Piece::Markdown(line) => line.start..line.end(),
            Piece::Other(stretch) => stretch.range(),
        }
    }

    fn is_blank(&self) -> bool {
        matches!(self, Piece::Line(line) if line.text.trim().is_empty())
    }

    fn is_numbered(&self) -> bool {
        matches!(self, Piece::Line(line) if is_number(line.text.trim_start()))
    }
}

/// Joins lines of one markup to stretches.
struct Out {
    found: Vec<Stretch>,
    /// The end of the stretch that the next line may continue.
    end: Option<bool>,
}

impl Out {
    fn wiki(&mut self, line: Line<'_>) {
        self.line(line, true);
    }

    fn markdown(&mut self, line: Line<'_>) {
        self.line(line, false);
    }

    fn line(&mut self, line: Line<'_>, wiki: bool) {
        let range = line.start..line.end();
        match self.found.last_mut() {
            Some(Stretch::Markdown(open) | Stretch::Wiki(open)) if self.end == Some(wiki) => open.end = range.end,
            _ if line.text.trim().is_empty() => return,
            _ => self.found.push(if wiki { Stretch::Wiki(range) } else { Stretch::Markdown(range) }),
        }
        self.end = Some(wiki);
    }

    fn other(&mut self, stretch: Stretch) {
        self.found.push(stretch);
        self.end = None;
    }
}

#[cfg(test)]
mod tests {
    use super::super::wiki::stretches;
    use super::*;

    /// The stretches as a letter and their text.
    fn cut(text: &str) -> Vec<String> {
        let shown = |stretch: &Stretch| {
            let letter = match stretch {
                Stretch::Wiki(_) => "w",
                Stretch::Markdown(_) => "m",
                _ => "o",
            };
            format!("{letter} {}", text[stretch.range()].trim())
        };
        with_dialects(text, stretches(text, 0)).iter().map(shown).collect()
    }

    #[test]
    fn a_body_with_wiki_headings_is_wiki_below_a_markdown_title() {
        let text = "# Title\n\nh2. Steps\n# one\n# two\n";
        assert_eq!(cut(text), ["m # Title", "o h2. Steps", "w # one\n# two"]);
    }

    #[test]
    fn each_part_below_a_markdown_heading_is_judged_by_itself() {
        let text =
            "# T\n\n## Description\n\n{quote}\nsaid\n{quote}\n# a\n## b\n\n## Comment\n\nSee **this**.\n\n# End\n";
        assert_eq!(
            cut(text),
            [
                "m # T\n\n## Description",
                "w {quote}\nsaid\n{quote}\n# a\n## b",
                "m ## Comment\n\nSee **this**.\n\n# End"
            ]
        );
    }

    #[test]
    fn a_fence_in_wiki_text_stays_markdown() {
        let text = "h2. A\n* x\n```\n# c\n```\n* y\n";
        assert_eq!(cut(text), ["o h2. A", "w * x", "m ```\n# c\n```", "w * y"]);
    }

    #[test]
    fn a_lone_line_with_a_hash_is_a_heading_unless_the_wiki_has_its_own() {
        assert_eq!(cut("{noformat}\nx\n{noformat}\n\n# Notes\n\nw\n")[1..], ["m # Notes", "w w"]);
        assert_eq!(cut("h2. A\n\n# Open it\n\n{code}\nx\n{code}\n")[1], "w # Open it");
    }

    #[test]
    fn markdown_that_mentions_wiki_markup_is_markdown() {
        for text in [
            "# T\n\nUse `h2. Title` and `{{x}}`, not [a|http://b.example].\n\n# Other\n\nText.\n",
            "# T\n\n```\nh2. Steps\n# one\n{quote}\n```\n\n# Two\n\nThe {{name}} stays.\n",
            "# T\n\nThe page shows {{ user.name }} and {{user.mail}}.\n\n# Expected\n\nA name.\n",
            "See [docs](http://a.example) and {quote} or {panel}.\n\n# A\n\nb\n",
            "# Only\n# Headings\n\ntext\n",
        ] {
            assert!(cut(text).iter().all(|part| part.starts_with('m')), "{:?}", cut(text));
        }
    }
}
