//! Markdown to blocks and sections with exact byte ranges. Parsing never fails: whatever is not understood stays text.

mod blocks;
mod code;
mod definitions;
mod dialect;
mod document;
mod flat;
mod front_matter;
mod html;
mod inline;
#[cfg(test)]
mod laws;
mod nesting;
mod parse;
mod reader;
mod sentences;
mod signs;
mod table;
mod tags;
mod underlined;
mod wiki;
mod wiki_blocks;
mod wiki_inline;

pub use document::{Block, BlockKind, Cell, Document, FrontMatter, FrontMatterFormat, Marker, Section, code_lines};
pub use flat::{FlatText, Link, Piece};
pub use parse::parse;
