//! The shape of a parsed document: a flat list of blocks, each knowing its section.

use crate::span::{Line, Span};

use super::FlatText;

/// A parsed document. Block 0.. are in source order; section 0 is the text before the first heading.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// Front matter, where there is one.
    pub front_matter: Option<FrontMatter>,
    /// Blocks in source order.
    pub blocks: Vec<Block>,
    /// Sections in source order; never empty.
    pub sections: Vec<Section>,
}

/// Syntax of front matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrontMatterFormat {
    /// Between `---` lines.
    Yaml,
    /// Between `+++` lines.
    Toml,
}

/// Front matter: its inner text, without the fences.
#[derive(Clone, Debug)]
pub struct FrontMatter {
    /// Syntax.
    pub format: FrontMatterFormat,
    /// The inner text.
    pub span: Span,
}

/// A heading with everything up to the next heading of the same or a higher level.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// 1 to 6; 0 for the text before the first heading.
    pub level: u8,
    /// Heading text; empty for section 0.
    pub title: FlatText,
    /// The heading itself.
    pub heading: Option<Span>,
    /// Index of the enclosing section.
    pub parent: Option<usize>,
}

/// A block of the document.
#[derive(Clone, Debug)]
pub struct Block {
    /// Index into `Document::sections`; a heading belongs to the section it opens.
    pub section: usize,
    /// The whole block in the source, markup included.
    pub span: Span,
    /// Nesting depth of lists around it; 0 outside lists, 1 for an item of an outermost list.
    pub depth: u8,
    /// Whether it stands in a block quote.
    pub quoted: bool,
    /// What it is.
    pub kind: BlockKind,
}

/// Marker of a list item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// `-`, `*` or `+`.
    Bullet,
    /// `3.` or `3)`.
    Ordered(u64),
    /// `- [ ]` or `- [x]`.
    Task {
        /// Whether it is ticked.
        done: bool,
    },
}

/// Kinds of blocks.
#[derive(Clone, Debug)]
pub enum BlockKind {
    /// A heading.
    Heading {
        /// 1 to 6.
        level: u8,
        /// Its text.
        text: FlatText,
    },
    /// A paragraph, also a further paragraph of a list item.
    Paragraph(FlatText),
    /// The first paragraph of a list item (possibly empty).
    Item {
        /// Its marker.
        marker: Marker,
        /// Its text.
        text: FlatText,
    },
    /// A fenced or indented code block, or a wiki `{code}` or `{noformat}` block.
    Code {
        /// The info string's first word, lower-cased, empty if none.
        language: String,
        /// Content lines as spans (list and quote prefixes excluded, terminators excluded).
        lines: Vec<Span>,
        /// Whether a fence was opened and never closed.
        unclosed: bool,
    },
    /// A table.
    Table {
        /// Header cells.
        header: Vec<Cell>,
        /// Body rows; as many cells as were written.
        rows: Vec<Vec<Cell>>,
    },
    /// An HTML block.
    Html,
    /// An HTML comment, also one inside a paragraph.
    Comment,
    /// A thematic break.
    Rule,
}

/// A table cell.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The cell in the source.
    pub span: Span,
    /// Its text.
    pub text: FlatText,
}

impl Document {
    /// Opens a section below the nearest earlier one of a higher rank, and returns its index.
    pub(super) fn open_section(&mut self, level: u8, title: FlatText, heading: Span) -> usize {
        let mut parent = self.sections.len().checked_sub(1);
        while let Some(index) = parent.filter(|index| self.sections[*index].level >= level) {
            parent = self.sections[index].parent;
        }
        self.sections.push(Section { level, title, heading: Some(heading), parent });
        self.sections.len() - 1
    }

    /// The titles of the section and its ancestors, outermost first.
    pub fn section_path(&self, section: usize) -> Vec<&FlatText> {
        let mut path = Vec::new();
        let mut at = Some(section);
        while let Some(index) = at {
            let section = &self.sections[index];
            if section.level > 0 {
                path.push(&section.title);
            }
            at = section.parent;
        }
        path.reverse();
        path
    }
}

/// The lines of a code block as [`Line`]s over the source's text.
pub fn code_lines<'a>(text: &'a str, spans: &[Span]) -> impl Iterator<Item = Line<'a>> {
    spans.iter().map(|span| Line { text: &text[span.range()], start: span.start })
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::span::SourceId;

    fn paths(text: &str) -> Vec<String> {
        let document = parse(SourceId(0), text, None);
        let path = |section| document.section_path(section).iter().map(|title| title.text.as_str()).collect::<Vec<_>>();
        (0..document.sections.len()).map(|section| path(section).join("/")).collect()
    }

    #[test]
    fn a_section_lies_in_the_nearest_one_of_a_higher_rank() {
        assert_eq!(paths("# a\n### b\n## c\n### d\n# e\n"), ["", "a", "a/b", "a/c", "a/c/d", "e"]);
    }

    #[test]
    fn headings_of_all_kinds_open_sections() {
        assert_eq!(paths("a\n=\n\nb\n---\n\nh3. c\n"), ["", "a", "a/b", "a/b/c"]);
    }

    #[test]
    fn bold_lines_and_headings_in_quotes_and_lists_open_none() {
        assert_eq!(paths("**Root cause**\n\n**Log:**\n- # a\n\n> # b\n"), [""]);
    }

    #[test]
    fn blocks_belong_to_the_section_above_them() {
        let document = parse(SourceId(0), "a\n\n# b\n\nc\n", None);
        assert_eq!(document.blocks.iter().map(|block| block.section).collect::<Vec<_>>(), [0, 1, 1]);
    }
}
