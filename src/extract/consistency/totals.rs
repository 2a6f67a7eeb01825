//! A stated total against the list that follows it ("Three services failed:" above four items).

use std::sync::LazyLock;

use crate::extract::pattern::pattern;
use crate::extract::reading::Reading;
use crate::finding::{Code, Finding};
use crate::markdown::{Block, BlockKind, FlatText};
use crate::pattern::Pattern;
use crate::span::Span;

/// Most items that are counted.
const ITEMS: usize = 200;

const NUMBERS: &[&str] = &["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// A sentence that announces a list of a number of things, and says nothing else that could be counted.
static ANNOUNCED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(
        r"^(?i:the |these |there (?:are|were) |we (?:found|saw|have|see) |all )?(?i:following )?(?P<total>\d{{1,2}}|(?i:{}))(?: [a-z-]+){{0,2}} (?P<noun>[a-z]+s)(?P<rest> [a-z ]{{0,60}})?:$",
        NUMBERS.join("|")
    ))
});

/// What a number before a list measures rather than announces.
const MEASURES: &[&str] = &[
    "bytes", "days", "hours", "metres", "minutes", "months", "percents", "points", "seconds", "times", "weeks", "years",
];

/// Words behind the noun that make the number a share or a choice of the list.
const SHARES: &[&str] = &["among", "any", "at", "every", "for", "in", "least", "of", "on", "out", "per", "with"];

/// Totals that the lists below them do not have.
pub(super) fn totals(reading: &Reading) -> Vec<Finding> {
    let mut findings = Vec::new();
    for read in &reading.documents {
        let blocks = &read.document.blocks;
        for (index, block) in blocks.iter().enumerate() {
            let BlockKind::Paragraph(text) = &block.kind else { continue };
            let Some((total, place)) = announced(text) else { continue };
            let Some((count, items)) = list_after(blocks, index) else { continue };
            if count == total {
                continue;
            }
            findings.push(
                Finding::new(Code::TotalDisagrees, format!("{total} are announced, {count} are listed"))
                    .at(place, "the total")
                    .at(items, "the list")
                    .computed(format!("{count} items in the list"))
                    .fix("correct the number or complete the list"),
            );
        }
    }
    findings
}

/// The total that a paragraph's last line announces, with its place.
fn announced(text: &FlatText) -> Option<(usize, Span)> {
    let whole = text.text.trim_end();
    let start = whole.rfind(['\n', '.', '!', '?']).map_or(0, |at| at + 1);
    let start = start + (whole.len() - start - whole[start..].trim_start().len());
    let found = ANNOUNCED.captures(&whole[start..])?;
    let rest = found.name("rest").map_or("", |rest| rest.as_str());
    if MEASURES.contains(&found.name("noun")?.as_str()) || rest.split_whitespace().any(|word| SHARES.contains(&word)) {
        return None;
    }
    let written = found.name("total")?;
    let lower = written.as_str().to_lowercase();
    let named = NUMBERS.iter().position(|number| *number == lower).map(|at| at + 2);
    let total = named.or_else(|| lower.parse().ok()).filter(|total| *total > 1)?;
    Some((total, text.span(start + written.start()..start + written.end())))
}

/// How many items the list right behind a block has, and their place.
fn list_after(blocks: &[Block], index: usize) -> Option<(usize, Span)> {
    let outer = blocks.get(index)?.depth + 1;
    let inside = |block: &&Block| block.depth >= outer && block.section == blocks[index].section;
    let list = blocks[index + 1..].iter().take_while(inside);
    let is_item = |block: &&Block| block.depth == outer && matches!(block.kind, BlockKind::Item { .. });
    let items: Vec<Span> = list.filter(is_item).take(ITEMS).map(|block| block.span).collect();
    let (first, last) = (items.first()?, items.last()?);
    (items.len() > 1 && items.len() < ITEMS).then_some((items.len(), first.join(*last)))
}

#[cfg(test)]
mod tests {
    use crate::extract::testing::extraction;
    use crate::finding::Code;

    fn computed(text: &str) -> Vec<String> {
        let found = extraction(text).findings.into_iter();
        found.filter(|finding| finding.code == Code::TotalDisagrees).filter_map(|finding| finding.computed).collect()
    }

    #[test]
    fn a_list_of_another_length_is_found() {
        assert_eq!(computed("Three services failed:\n\n- a\n- b\n- c\n- d\n"), ["4 items in the list"]);
        assert_eq!(
            computed("It broke. There are 4 open orders:\n\n1. a\n2. b\n   - x\n   - y\n"),
            ["2 items in the list"]
        );
    }

    #[test]
    fn lists_that_agree_and_numbers_of_something_else_are_left_alone() {
        for text in [
            "Three services failed:\n\n- a\n- b\n  - b1\n- c\n",
            "Within 5 minutes:\n\n- a\n- b\n",
            "5 minutes later:\n\n- a\n- b\n",
            "3 of 12 pods failed:\n\n- a\n- b\n",
            "Two pods failed in the regions:\n\n- a\n- b\n- c\n",
            "Three services failed.\n\n- a\n- b\n",
            "Three services failed:\n\ntext\n\n- a\n- b\n",
        ] {
            assert!(computed(text).is_empty(), "{text}");
        }
    }
}
