//! Versions in an order that cannot be: an upgrade that goes down, a rollback that goes up, a fix before what it fixes.

use std::ops::Range;
use std::sync::LazyLock;

use crate::extract::pattern::pattern;
use crate::extract::reading::Reading;
use crate::finding::{Code, Finding};
use crate::pattern::{Captures, Pattern};
use crate::span::Span;

use super::statements;

const VERSION: &str = r"v?(\d{1,4}(?:\.\d{1,4}){1,3})\b";

static MOVED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(
        r"\b(?P<verb>(?i:upgrad|downgrad|rolled back|rolling back|roll back|rollback|reverted))(?:ed?|es|ing)?\b(?P<what>[^.;:!?]{{0,40}}?) from (?P<first>{VERSION}) (?:back )?to (?P<second>{VERSION})"
    ))
});

static INTRODUCED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(
        r"\b(?i:introduced|first appeared|regressed|broken since) (?i:in |with |by |since )?(?i:version |release )?(?P<version>{VERSION})"
    ))
});

static FIXED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(r"\b(?i:fixed|resolved|patched) (?i:in|with|by) (?i:version |release )?(?P<version>{VERSION})"))
});

/// Changes of versions that contradict their words.
pub(super) fn versions(reading: &Reading) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut introduced: Vec<(String, Span, usize)> = Vec::new();
    let mut fixed: Vec<(String, Span, usize)> = Vec::new();
    for passage in statements(reading) {
        let flat = &passage.flat;
        for wrong in MOVED.captures_iter(&flat.text).filter_map(|found| wrong(&found)) {
            findings.push(
                Finding::new(Code::VersionOrder, wrong.message)
                    .at(flat.span(wrong.places[0].clone()), "the version before")
                    .at(flat.span(wrong.places[1].clone()), "the version after")
                    .computed(wrong.computed)
                    .fix("correct a version or the direction"),
            );
        }
        for (pattern, list) in [(&INTRODUCED, &mut introduced), (&FIXED, &mut fixed)] {
            let versions = pattern.captures_iter(&flat.text).filter_map(|found| found.name("version"));
            list.extend(versions.map(|at| (at.as_str().to_owned(), flat.span(at.range()), passage.document)));
        }
    }
    // With two of either kind nobody can say which belong together.
    if let ([(from, from_at, from_document)], [(to, to_at, to_document)]) = (introduced.as_slice(), fixed.as_slice())
        && from_document == to_document
        && numbers(to) < numbers(from)
    {
        findings.push(
            Finding::new(
                Code::VersionOrder,
                format!("fixed in {to}, which comes before {from}, where it was introduced"),
            )
            .at(*from_at, "introduced")
            .at(*to_at, "fixed")
            .computed(format!("{to} < {from}"))
            .fix("correct one of the two versions"),
        );
    }
    findings
}

struct Wrong {
    places: [Range<usize>; 2],
    message: String,
    computed: String,
}

fn wrong(found: &Captures<'_>) -> Option<Wrong> {
    let (verb, first, second) = (found.name("verb")?, found.name("first")?, found.name("second")?);
    let (from, to) = (numbers(first.as_str())?, numbers(second.as_str())?);
    let up = verb.as_str().eq_ignore_ascii_case("upgrad");
    let (says, is) = if up { ("an upgrade", "lower") } else { ("a way back", "higher") };
    let contradicts = if up { to < from } else { from < to };
    contradicts.then(|| Wrong {
        places: [first.range(), second.range()],
        message: format!("{says} from {} to {}, which is {is}", first.as_str(), second.as_str()),
        computed: format!("{} {} {}", second.as_str(), if up { "<" } else { ">" }, first.as_str()),
    })
}

/// The parts of a version; zeros at the end do not count.
fn numbers(version: &str) -> Option<Vec<u32>> {
    let parts = version.trim_start_matches('v').split('.').map(|part| part.parse().ok());
    let mut numbers: Vec<u32> = parts.collect::<Option<_>>()?;
    while numbers.last() == Some(&0) {
        numbers.pop();
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use crate::extract::testing::extraction;
    use crate::finding::Code;

    fn computed(text: &str) -> Vec<String> {
        let found = extraction(text).findings.into_iter();
        found.filter(|finding| finding.code == Code::VersionOrder).filter_map(|finding| finding.computed).collect()
    }

    #[test]
    fn versions_that_go_the_wrong_way_are_found() {
        assert_eq!(computed("We upgraded the driver from 2.10.0 to 2.9.1 on Monday.\n"), ["2.9.1 < 2.10.0"]);
        assert_eq!(computed("Rolled back from v1.4 to v1.5.\n"), ["v1.5 > v1.4"]);
        assert_eq!(computed("Introduced in 3.2.0.\n\nFixed in 3.1.9.\n"), ["3.1.9 < 3.2.0"]);
    }

    #[test]
    fn versions_in_order_or_of_several_things_are_left_alone() {
        for text in [
            "Upgraded from 2.9.1 to 2.10.0.\n",
            "Rolled back from 1.5 to 1.4.\n",
            "Upgraded from 2.1 to 2.1.0.\n",
            "Introduced in 3.1.0. Fixed in 3.1.1.\n",
            "Introduced in 3.2.0. Fixed in 3.1.9. Fixed in 3.2.1.\n",
            "Latency went from 2.5 to 1.5.\n",
        ] {
            assert!(computed(text).is_empty(), "{text}");
        }
    }
}
