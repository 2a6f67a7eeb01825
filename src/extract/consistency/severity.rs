//! The severity a document gives itself against the impact it describes: a low one beside an outage, a high one beside none.

use std::sync::LazyLock;

use crate::case::{Basis, Priority};
use crate::extract::is_hedged;
use crate::extract::pattern::pattern;
use crate::extract::priority::parse_priority;
use crate::extract::reading::{Reading, SectionRole};
use crate::finding::{Code, Finding};
use crate::pattern::Pattern;

use super::{StatedFacts, statements};

static GREAT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:complete|total|full) outage\b|\b(?:all|every|100% of(?: the)?) (?:our )?(?:users?|customers?|tenants?) (?:are |were |is |was )?(?:affected|unable|locked out|cannot|could not|can't)\b|\bproduction (?:is|was) (?:completely )?down\b|\b(?:permanent(?:ly)?|irrecoverabl[ey]) (?:data loss|lost)\b",
    )
});

static NONE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:no|zero) (?:user|customer|business|production)(?:[- ]facing)? impact\b|\bno (?:users?|customers?) (?:are|were|was|is) (?:affected|impacted)\b|\b(?:purely|only) cosmetic\b|\bcosmetic only\b",
    )
});

/// Words that take an impact back or place it elsewhere.
static ELSEWHERE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:no|not|never|without|if|unless|until|before|after|since|initially|would|staging|test|in time|prevent\w*|avoid\w*|yet|so far|earlier|previous\w*)\b",
    )
});

/// A severity and an impact that do not go together.
pub(super) fn severity(reading: &Reading, stated: &StatedFacts) -> Option<Finding> {
    let (value, place) = stated.severity.as_ref()?;
    let priority = parse_priority(value)?;
    let document = reading.documents.iter().position(|document| document.source == place.source)?;
    let told = |role| matches!(role, SectionRole::Impact | SectionRole::Summary | SectionRole::Problem);
    let mut impact = statements(reading)
        .filter(|passage| passage.document == document && told(passage.role) && passage.basis != Basis::RuledOut);
    let low = matches!(priority, Priority::P3 | Priority::P4);
    let high = matches!(priority, Priority::P0 | Priority::P1);
    let (passage, words) = impact.find_map(|passage| {
        let text = &passage.flat.text;
        let great = || GREAT.find(text).filter(|_| low && !ELSEWHERE.is_match(text) && !is_hedged(text));
        let none = || {
            NONE.find(text).filter(|found| {
                let rest = format!("{} {}", &text[..found.start()], &text[found.end()..]);
                high && !ELSEWHERE.is_match(&rest) && !is_hedged(text)
            })
        };
        great().or_else(none).map(|found| (passage, found.range()))
    })?;
    let said = &passage.flat.text[words.clone()];
    let value = value.trim();
    let value = if value.len() > 60 { format!("{priority:?}") } else { value.to_owned() };
    Some(
        Finding::new(Code::SeverityDisagrees, format!("the severity is `{value}`, the impact says `{said}`"))
            .at(*place, "the severity")
            .at(passage.flat.span(words), "the impact")
            .computed(format!("`{value}` is read as {priority:?}"))
            .fix("correct the severity or the impact"),
    )
}

#[cfg(test)]
mod tests {
    use crate::extract::testing::extraction;
    use crate::finding::Code;

    fn computed(severity: &str, impact: &str) -> Vec<String> {
        let text = format!("# Bug\n\n**Severity**: {severity}\n\n## Impact\n\n{impact}\n");
        let found = extraction(&text).findings.into_iter();
        found.filter(|finding| finding.code == Code::SeverityDisagrees).filter_map(|finding| finding.computed).collect()
    }

    #[test]
    fn a_low_severity_of_an_outage_and_a_high_one_of_nothing_are_found() {
        assert_eq!(computed("Low", "All customers were unable to pay."), ["`Low` is read as P4"]);
        assert_eq!(computed("P1", "No customer impact."), ["`P1` is read as P1"]);
    }

    #[test]
    fn impacts_that_fit_or_did_not_come_about_are_left_alone() {
        for (severity, impact) in [
            ("Critical", "All customers were unable to pay."),
            ("Low", "Some customers were slow."),
            ("Low", "It would have been a complete outage."),
            ("Low", "There was no complete outage."),
            ("P1", "No customer impact yet."),
            ("Low", "No customer impact."),
        ] {
            assert!(computed(severity, impact).is_empty(), "{severity}: {impact}");
        }
    }
}
