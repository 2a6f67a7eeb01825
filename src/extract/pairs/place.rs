//! Says where a pair stands: the role of its section and how it is known, or that it does not count there.

use std::ops::Range;

use crate::case::Basis;
use crate::extract::reading::{CodeBlock, Passage, ReadDocument, Reading, SectionRole};
use crate::span::{SourceId, Span};

/// Passages, code blocks and sections of one source.
pub(super) struct Places<'a> {
    source: SourceId,
    document: Option<&'a ReadDocument>,
    passages: &'a [Passage],
    code_blocks: &'a [CodeBlock],
}

impl<'a> Places<'a> {
    /// Those of `source`; the lists of a reading are in source order.
    pub fn new(reading: &'a Reading, source: SourceId) -> Self {
        let part = |start: usize, end: usize| start..end.max(start);
        let passages = part(
            reading.passages.partition_point(|passage| passage.span.source < source),
            reading.passages.partition_point(|passage| passage.span.source <= source),
        );
        let blocks = part(
            reading.code_blocks.partition_point(|block| block.span.source < source),
            reading.code_blocks.partition_point(|block| block.span.source <= source),
        );
        Places {
            source,
            document: reading.documents.iter().find(|read| read.source == source),
            passages: &reading.passages[passages],
            code_blocks: &reading.code_blocks[blocks],
        }
    }

    /// Role and basis of a pair; `None` where it stands in a fix, a plan, an untouched template or is ruled out.
    pub fn of(&self, expected: &Range<usize>, actual: &Range<usize>) -> Option<(SectionRole, Basis)> {
        let (expected_role, _) = self.side(expected)?;
        let (role, basis) = self.side(actual)?;
        let plan = expected_role == SectionRole::Fix || is_plan(role);
        (!plan && basis != Basis::RuledOut).then_some((role, basis))
    }

    /// Whether a program printed the pair: it stands in a log, or both sides in one code block.
    pub fn is_printed(&self, expected: &Range<usize>, actual: &Range<usize>) -> bool {
        self.document.is_none() || self.block(expected).is_some_and(|at| self.block(actual) == Some(at))
    }

    /// The code block around the start of a range.
    fn block(&self, range: &Range<usize>) -> Option<usize> {
        let before = self.code_blocks.partition_point(|block| block.span.start <= range.start);
        before.checked_sub(1).filter(|at| self.code_blocks[*at].span.end > range.start)
    }

    fn side(&self, range: &Range<usize>) -> Option<(SectionRole, Basis)> {
        let Some(read) = self.document else { return Some((SectionRole::Evidence, Basis::Observed)) };
        let span = Span::new(self.source, range.clone());
        let section = self.section(read, range.start)?;
        let before = self.passages.partition_point(|passage| passage.span.start <= range.start);
        let passage =
            before.checked_sub(1).map(|at| &self.passages[at]).filter(|passage| passage.span.end > span.start);
        let block = self.block(range).map(|at| &self.code_blocks[at]);
        let (own, basis) = match (passage, block) {
            (Some(passage), _) if passage.placeholder => return None,
            (Some(passage), _) => (passage.role, passage.basis),
            (None, Some(block)) => (block.role, block.basis),
            (None, None) => (section, Basis::Reported),
        };
        if is_plan(own) {
            return None;
        }
        let role = if is_side(own) { section } else { own };
        Some((if is_side(role) { SectionRole::Evidence } else { role }, basis))
    }

    /// The role of the section at an offset; `None` below a heading about the fix or a plan.
    fn section(&self, read: &ReadDocument, at: usize) -> Option<SectionRole> {
        let blocks = &read.document.blocks;
        let before = blocks.partition_point(|block| block.span.start <= at);
        let section = before.checked_sub(1).map_or(0, |block| blocks[block].section);
        let role = |section: usize| read.roles.get(section).copied().unwrap_or_default();
        let mut above = Some(section);
        while let Some(index) = above {
            if is_plan(role(index)) {
                return None;
            }
            above = read.document.sections.get(index).and_then(|section| section.parent);
        }
        // What stands right under the title says what the document is about.
        Some(if role(section) == SectionRole::Title { SectionRole::Problem } else { role(section) })
    }
}

/// Sections that tell what is to be done.
fn is_plan(role: SectionRole) -> bool {
    use SectionRole as R;
    matches!(role, R::Fix | R::Alternatives | R::Prevention | R::ActionItems | R::Risks | R::Monitoring | R::RuledOut)
}

/// Roles that only name a side of the pair, or the test that shows it.
fn is_side(role: SectionRole) -> bool {
    matches!(role, SectionRole::Expected | SectionRole::Actual | SectionRole::Tests)
}

#[cfg(test)]
mod tests {
    use crate::case::Basis;
    use crate::extract::SectionRole;
    use crate::extract::testing::extraction;

    fn places(text: &str) -> Vec<(SectionRole, Basis)> {
        extraction(text).reading.pairs.into_iter().map(|pair| (pair.role, pair.basis)).collect()
    }

    #[test]
    fn a_pair_has_the_role_of_its_section() {
        let text = "# T\n\n## Symptoms\n\nExpected: 5\nActual: 4\n";
        assert_eq!(places(text)[0].0, SectionRole::Symptoms);
    }

    #[test]
    fn what_a_test_printed_is_told_from_what_somebody_wrote() {
        let printed = |text: &str| extraction(text).reading.pairs.iter().map(|pair| pair.printed).collect::<Vec<_>>();
        assert_eq!(printed("# T\n\n```\nFAILED: total\n  Expected: 5\n  Actual: 4\n```\n"), [true]);
        assert_eq!(printed("# T\n\nExpected: 5\nActual: 4\n"), [false]);
        // Two blocks, each with a value that somebody put there.
        assert_eq!(printed("# T\n\n## Expected\n\n```\n5\n```\n\n## Actual\n\n```\n4\n```\n"), [false]);
    }

    #[test]
    fn sections_of_the_two_sides_are_evidence() {
        let text = "# T\n\n## Expected behavior\n\n5\n\n## Actual behavior\n\n4\n";
        assert_eq!(places(text)[0].0, SectionRole::Evidence);
    }
}
