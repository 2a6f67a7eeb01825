//! Findings about templates: placeholders left in, instructions left in, sections that hold only examples.

use std::collections::BTreeSet;

use crate::finding::{Code, Finding};
use crate::markdown::BlockKind;
use crate::source::SourceMap;
use crate::span::Span;

use super::facts::{fold, is_bare_label};
use super::passages::statement_in;
use super::placeholders::{comment_instructs, find_placeholder, is_instruction};
use super::reading::{Passage, PassageKind, Reading};

/// Sections without a statement of their own from which on a document is a template.
const EMPTY_SECTIONS: usize = 2;

/// Words of a placeholder that a message shows.
const SHOWN_BYTES: usize = 60;

/// What stands behind an `Example:` label, beside the reading's lists.
pub(super) struct Examples<'a> {
    /// For each passage.
    pub passages: &'a [bool],
    /// For each code block.
    pub code_blocks: &'a [bool],
}

/// The findings about templates, in source order within each code.
pub(super) fn template_findings(sources: &SourceMap, reading: &Reading, examples: &Examples<'_>) -> Vec<Finding> {
    let mut findings = placeholders(sources, reading);
    let filled_in = findings.is_empty();
    let instructions = instructions(sources, reading);
    let untouched = filled_in && instructions.is_empty();
    findings.extend(instructions);
    if !untouched {
        for document in 0..reading.documents.len() {
            findings.extend(template_only(sources, reading, examples, document));
        }
    }
    findings
}

fn placeholders(sources: &SourceMap, reading: &Reading) -> Vec<Finding> {
    let mut findings = Vec::new();
    for passage in reading.passages.iter().filter(|passage| passage.kind != PassageKind::FenceLine) {
        let raw = sources.text(passage.span);
        let Some(found) = find_placeholder(raw, statement_in(raw, &passage.flat)).filter(|found| found.told) else {
            continue;
        };
        let span = Span::new(
            passage.span.source,
            passage.span.start + found.range.start..passage.span.start + found.range.end,
        );
        let shown = short(&sources.redact_text(&fold(&raw[found.range])));
        findings.push(
            Finding::new(Code::PlaceholderLeft, format!("placeholder `{shown}` was left in")).at(span, "placeholder"),
        );
    }
    findings
}

fn instructions(sources: &SourceMap, reading: &Reading) -> Vec<Finding> {
    let mut findings = Vec::new();
    for read in &reading.documents {
        let mut before_is_heading = false;
        for block in &read.document.blocks {
            let raw = sources.text(block.span);
            let found = match block.kind {
                BlockKind::Comment => comment_instructs(raw),
                BlockKind::Paragraph(_) => before_is_heading && is_instruction(raw),
                _ => false,
            };
            if found {
                let message = "instructions of a template were left in";
                findings.push(Finding::new(Code::TemplateInstructions, message).at(block.span, "instructions"));
            }
            // A comment may stand between the heading and the sentence that repeats it.
            before_is_heading = matches!(block.kind, BlockKind::Heading { .. })
                || (before_is_heading && matches!(block.kind, BlockKind::Comment));
        }
    }
    findings
}

/// One finding that names every section without a statement of its own, where they are at least half of the sections.
fn template_only(sources: &SourceMap, reading: &Reading, examples: &Examples<'_>, document: usize) -> Option<Finding> {
    let read = &reading.documents[document];
    let mut shown = BTreeSet::new();
    let mut filled = BTreeSet::new();
    for (passage, example) in reading.passages.iter().zip(examples.passages) {
        if passage.document != document || passage.kind == PassageKind::Heading || is_example_label(passage) {
            continue;
        }
        let set = if passage.placeholder || *example { &mut shown } else { &mut filled };
        set.insert(passage.section);
    }
    for (block, example) in
        reading.code_blocks.iter().zip(examples.code_blocks).filter(|(block, _)| block.document == document)
    {
        let after = read.document.blocks.partition_point(|other| other.span.start < block.span.start);
        let section = read.document.blocks.get(after).map_or(0, |other| other.section);
        if *example { &mut shown } else { &mut filled }.insert(section);
    }
    let empty: Vec<usize> = shown.difference(&filled).copied().collect();
    let sections = shown.union(&filled).count();
    let untouched = filled.is_empty() && !empty.is_empty();
    if !untouched && (empty.len() < EMPTY_SECTIONS || empty.len() * 2 < sections) {
        return None;
    }
    let message = format!(
        "the document is a template: {} of {sections} sections hold only examples or placeholders; the examples are analysed as examples",
        empty.len()
    );
    let mut finding =
        Finding::new(Code::TemplateOnly, message).fix("fill the sections listed, or analyse the filled report");
    for section in empty.into_iter().take(crate::limits::FINDINGS_PER_CODE) {
        let section = &read.document.sections[section];
        if let Some(heading) = section.heading {
            finding = finding
                .at(heading, format!("`{}` is not filled", short(&sources.redact_text(&fold(&section.title.text)))));
        }
    }
    Some(finding)
}

fn is_example_label(passage: &Passage) -> bool {
    is_bare_label(passage)
}

fn short(text: &str) -> String {
    let mut end = text.len().min(SHOWN_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    if end < text.len() { format!("{}…", &text[..end]) } else { text.to_string() }
}

#[cfg(test)]
mod tests {
    use crate::extract::testing::extraction;
    use crate::finding::Code;

    fn codes(text: &str) -> Vec<Code> {
        let wanted = [Code::PlaceholderLeft, Code::TemplateInstructions, Code::TemplateOnly];
        extraction(text).findings.into_iter().map(|finding| finding.code).filter(|code| wanted.contains(code)).collect()
    }

    #[test]
    fn a_document_of_examples_is_a_template() {
        let text = "# Bug: [Bug Title]\n\n## Description\n\n**Example:**\n\n> Saving fails.\n\n## Steps\n\n1. Step 1\n";
        assert_eq!(codes(text), [Code::PlaceholderLeft, Code::PlaceholderLeft, Code::TemplateOnly]);
    }

    #[test]
    fn a_filled_template_with_comments_left_in_is_no_template() {
        let text = "# Saving fails\n\n## Description\n\n<!-- Describe what happens -->\n\nSaving fails at night.\n\n## Steps\n\n1. Save\n";
        assert_eq!(codes(text), [Code::TemplateInstructions]);
    }

    #[test]
    fn an_example_in_a_filled_document_is_no_template() {
        let text =
            "# Saving fails\n\n## Description\n\n**Example:**\n\n> Saving fails.\n\n## Notes\n\n**Example:** a note.\n";
        assert_eq!(codes(text), []);
    }

    #[test]
    fn a_placeholder_is_found_at_its_place() {
        let text = "# T\n\n- **Owner:** TBD\n";
        let found =
            extraction(text).findings.into_iter().find(|finding| finding.code == Code::PlaceholderLeft).unwrap();
        assert_eq!(&text[found.labels[0].0.range()], "TBD");
    }
}
