//! The texts that prose cues are looked for in: passages, and the words that people put into fences, logs and traces.
//!
//! A cue inside a fence is still prose, not log or code evidence: the code block or the log line itself counts only where a
//! `code` or `log` signal matches it.

use crate::case::Basis;
use crate::extract::{BlockContent, PassageKind, Reading, SectionRole};
use crate::source::{SourceFormat, SourceMap};
use crate::span::{SourceId, Span};

/// Most log events of a document whose messages are looked at as prose; attached logs are left to `log` signals.
const EVENTS: usize = 400;

/// Languages of programs: of their lines only the comments are words; a setting speaks for itself.
const PROGRAMS: &[&str] = &[
    "c",
    "cpp",
    "c++",
    "cs",
    "csharp",
    "go",
    "groovy",
    "java",
    "javascript",
    "js",
    "jsx",
    "kotlin",
    "kt",
    "php",
    "py",
    "python",
    "rb",
    "ruby",
    "rs",
    "rust",
    "scala",
    "swift",
    "ts",
    "tsx",
    "typescript",
];

/// A text to look for cues in.
#[derive(Clone, Debug)]
pub struct TextUnit<'a> {
    /// The text.
    pub text: &'a str,
    /// Its place: what a page quotes.
    pub span: Span,
    /// What its section is for.
    pub role: SectionRole,
    /// How its statement is known.
    pub basis: Basis,
    /// Whether it is a heading.
    pub heading: bool,
    /// Index into `Reading::passages`, where it is one.
    pub passage: Option<usize>,
    /// Document and section, where it has one.
    pub section: Option<(usize, usize)>,
}

/// Every text of the reading, in source order of each kind.
pub fn text_units<'a>(sources: &'a SourceMap, reading: &'a Reading) -> Vec<TextUnit<'a>> {
    let mut units = Vec::new();
    for (index, passage) in reading.passages.iter().enumerate() {
        if passage.placeholder {
            continue;
        }
        units.push(TextUnit {
            text: &passage.flat.text,
            span: passage.span,
            role: passage.role,
            basis: passage.basis,
            heading: passage.kind == PassageKind::Heading,
            passage: Some(index),
            section: Some((passage.document, passage.section)),
        });
    }
    fence_lines(sources, reading, &mut units);
    event_messages(sources, reading, &mut units);
    units
}

/// Lines of code, diffs and traces: comments and messages there are words of people.
fn fence_lines<'a>(sources: &'a SourceMap, reading: &Reading, units: &mut Vec<TextUnit<'a>>) {
    for block in &reading.code_blocks {
        if matches!(block.content, BlockContent::Text | BlockContent::Log | BlockContent::Payload) {
            continue;
        }
        for &line in &block.lines {
            let mut text = sources.text(line);
            if block.content == BlockContent::Code && PROGRAMS.contains(&block.language.as_str()) {
                text = comment(text);
            }
            if !text.trim().is_empty() {
                let basis = block.basis.min(Basis::Reported);
                units.push(TextUnit {
                    text,
                    span: line,
                    role: block.role,
                    basis,
                    heading: false,
                    passage: None,
                    section: None,
                });
            }
        }
    }
}

/// What a line of code says in words: its comment.
fn comment(line: &str) -> &str {
    const MARKS: &[&str] = &["//", "# ", "/*", "-- ", "* ", "<!--", "\"\"\""];
    let trimmed = line.trim_start();
    let starts = MARKS.iter().filter_map(|mark| line.find(mark));
    let at = starts.filter(|at| *at == line.len() - trimmed.len() || line[..*at].ends_with([' ', '\t'])).min();
    at.map_or("", |at| &line[at..])
}

fn event_messages<'a>(sources: &'a SourceMap, reading: &Reading, units: &mut Vec<TextUnit<'a>>) {
    let attached = |source: SourceId| sources.get(source).format == SourceFormat::Log;
    for sourced in reading.events.iter().filter(|event| !attached(event.source)).take(EVENTS) {
        let span = Span::new(sourced.source, sourced.event.range.clone());
        units.push(TextUnit {
            text: sources.text(span),
            span,
            role: SectionRole::Evidence,
            basis: Basis::Observed,
            heading: false,
            passage: None,
            section: None,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_program_only_the_comments_are_words() {
        assert_eq!(comment("    total += 1; // not atomic"), "// not atomic");
        assert_eq!(comment("# retries forever"), "# retries forever");
        assert_eq!(comment("    throw new IllegalStateException();"), "");
        assert_eq!(comment("open(\"https://x.example\")"), "");
    }
}
