//! Collects the steps to reproduce, in the order written; expected and actual outcomes among them are left to
//! `expectations`.

use crate::case::Fact;
use crate::source::SourceMap;

use super::facts::{Grouping, by_block, fact_of, is_statement, statement};
use super::reading::{PassageKind, Reading, SectionRole};

/// Most steps over all lists.
const STEPS: usize = 60;

/// The steps to reproduce.
pub(super) fn reproduction(sources: &SourceMap, reading: &Reading) -> Vec<Fact> {
    let groups = by_block(sources, reading, Grouping::Sentences, |passage| {
        passage.role == SectionRole::Reproduction
            && matches!(passage.kind, PassageKind::Sentence | PassageKind::Item)
            && is_statement(passage)
            && statement(passage).chars().any(char::is_alphanumeric)
    });
    groups.iter().filter_map(|group| fact_of(sources, group)).take(STEPS).collect()
}

#[cfg(test)]
mod tests {
    use crate::extract::testing::facts;

    #[test]
    fn steps_are_taken_in_order_without_outcomes_and_placeholders() {
        let text = "# T\n\n## Steps to reproduce\n\n1. Step 1\n2. Open the page\n3. Press save\n4. Expected: saved\n5. Actual: lost\n";
        let steps: Vec<String> = facts(text).reproduction.into_iter().map(|fact| fact.text).collect();
        assert_eq!(steps, ["Open the page", "Press save"]);
    }
}
