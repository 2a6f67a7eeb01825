//! Sections that may each tell of a defect of their own: those with a heading that names no other purpose. A document with
//! several of them ("1. Delays", "2. Logins") is a list of problems, and what stands alone in one is no rival of what is
//! loud in another.

use std::collections::BTreeSet;

use crate::extract::{Reading, SectionRole};
use crate::span::Span;

use super::draft::Weighed;

/// Least level of a heading: the title is above all.
const LEVEL: u8 = 2;

/// Sections from which on a document is a list of problems.
const SEVERAL: usize = 2;

/// A section, by document and place in it.
type Section = (usize, usize);

/// Where the sections of a reading that may hold a defect of their own begin and end.
#[derive(Clone, Debug, Default)]
pub(super) struct DefectSections(Vec<(Span, Section)>);

impl DefectSections {
    /// The sections of the documents that have several.
    pub fn of(reading: &Reading) -> Self {
        let mut found: Vec<(Span, Section)> = Vec::new();
        for (document, read) in reading.documents.iter().enumerate() {
            let own = |section: usize| {
                let level = read.document.sections.get(section).map_or(0, |section| section.level);
                let role = read.roles.get(section).copied().unwrap_or_default();
                level >= LEVEL && matches!(role, SectionRole::Other | SectionRole::Cause | SectionRole::Contributing)
            };
            let mut here: Vec<(Span, Section)> = Vec::new();
            for block in read.document.blocks.iter().filter(|block| own(block.section)) {
                match here.last_mut().filter(|(_, (_, section))| *section == block.section) {
                    Some((span, _)) => *span = span.join(block.span),
                    None => here.push((block.span, (document, block.section))),
                }
            }
            if here.len() >= SEVERAL {
                found.extend(here);
            }
        }
        found.sort_by_key(|(span, _)| *span);
        DefectSections(found)
    }

    /// The sections that a rule's evidence stands in.
    pub fn of_rule(&self, weighed: &Weighed) -> BTreeSet<Section> {
        weighed.supports.iter().filter_map(|support| self.at(support.span)).collect()
    }

    fn at(&self, span: Span) -> Option<Section> {
        let after = self.0.partition_point(|(section, _)| (section.source, section.start) <= (span.source, span.start));
        let (section, name) = self.0[..after].last()?;
        section.contains(span).then_some(*name)
    }
}

#[cfg(test)]
mod tests {
    use crate::extract::extract;
    use crate::source::SourceMap;
    use crate::span::SourceId;

    use super::*;

    /// For each of `words`, the section that it stands in.
    fn sections(text: &str, words: &[&str]) -> Vec<Option<Section>> {
        let sections = DefectSections::of(&extract(&SourceMap::from_text("a.md", text), &|_, _| true).reading);
        words
            .iter()
            .map(|word| {
                let at = text.find(word).unwrap();
                sections.at(Span::new(SourceId(0), at..at + word.len()))
            })
            .collect()
    }

    #[test]
    fn sections_of_no_other_purpose_may_each_hold_a_defect() {
        let text =
            "# T\n\nHead.\n\n## Delays\n\nFirst.\n\n## Logins\n\nSecond.\n\nThird.\n\n## Action items\n\n- Fourth.\n";
        let found = sections(text, &["Head", "First", "Second", "Third", "Fourth"]);
        assert!(found[0].is_none() && found[4].is_none());
        assert!(found[1].is_some() && found[1] != found[2] && found[2] == found[3]);
    }

    #[test]
    fn one_such_section_is_no_list_of_problems() {
        assert_eq!(sections("# T\n\n## Delays\n\nFirst.\n", &["First"]), [None]);
    }
}
