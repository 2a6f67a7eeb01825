//! Where the sources state the cause: carriers such as "the root cause was …", sections, last answers of a why-list.
//!
//! Not carriers: questions, "root cause: unknown", bare headings, "we found the root cause". A hedged statement is kept as
//! hedged; one that a later unhedged statement follows is superseded.

use std::ops::Range;
use std::sync::LazyLock;

use crate::case::Basis;
use crate::extract::{SectionRole, is_hedged};
use crate::pattern::Pattern;
use crate::rules::TextUnit;

/// Shortest statement that names a cause by itself, in bytes after the carrier; shorter ones only announce it, and the next
/// two units of the section count too.
const ANNOUNCEMENT: usize = 30;

/// A unit of text that states a cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseStatement {
    /// Index of the text unit.
    pub unit: usize,
    /// The part of its text that holds the cause.
    pub range: Range<usize>,
    /// Whether it is hedged or a question.
    pub hedged: bool,
}

/// All statements of a cause, and whether the sources say that it is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CauseStatements {
    /// In order.
    pub statements: Vec<CauseStatement>,
    /// The unit that says that the cause is unknown, where the sources never state one without a hedge.
    pub unknown: Option<usize>,
}

impl CauseStatements {
    /// Whether a place of a unit lies in an unhedged statement.
    pub fn states(&self, unit: usize, site: &Range<usize>) -> bool {
        self.at(unit, site).any(|statement| !statement.hedged)
    }

    fn at(&self, unit: usize, site: &Range<usize>) -> impl Iterator<Item = &CauseStatement> {
        let start = self.statements.partition_point(|statement| statement.unit < unit);
        self.statements[start..]
            .iter()
            .take_while(move |statement| statement.unit == unit)
            .filter(move |statement| statement.range.start <= site.start && site.end <= statement.range.end)
    }
}

/// What comes after the carrier is the cause.
static RIGHT: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:(?:root|underlying|actual|real|true|proximate|primary|main) cause(?:s)?(?: of [^.:]{1,80}?)?",
        r"(?: (?:is|was|were|turned out to be|has been identified as|identified as|being|here is|here was)\b|\s*[:=\u{2014}\u{2013}]| as\b)",
        r"|the (?:real|underlying|actual|root) (?:problem|issue|error|bug|defect|reason) (?:is|was)(?: that)?\b",
        r"|(?:issue|problem|outage|incident|failure|error|errors|bug|this|it|which) (?:is|was|were|are|has been|had been) (?:directly |primarily |ultimately |actually )?(?:caused by|due to|triggered by|the result of|because)\b",
        r"|turned out (?:to be|that)\b|turns out (?:to be|that)?\b|(?:was|were|is) traced (?:back )?to\b|stem(?:s|med) from\b|boil(?:s|ed) down to\b",
        r"|the (?:culprit|reason) (?:is|was)\b|(?:happens|happened|occurs|occurred|fails|failed) because\b|(?:fixed|resolved|solved|mitigated) by\b",
        r"|the (?:bug|defect|fault|flaw) (?:is|was) (?:that|in)\b|found (?:it|the (?:bug|problem|issue|culprit))\s*[:.\u{2014}-])",
        // In a chat: "[11:45] Confirmed: nobody holds the lock."
        r"|(?i:^|\]\s*|\n\s*)confirmed\b(?:[:,]| that\b| it's\b)?",
    ))
});

/// What comes before the carrier is the cause.
static LEFT: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)\b(?:(?:is|was|were|has been|turned out to be) the (?:root |real |actual |underlying )?(?:cause|culprit|reason|problem)\b|(?:caused|causing|led to|leads to|resulted in|results in) (?:the|this|these|all|an?|our) (?:\w+ )?(?:outage|incident|failures?|errors?|crash(?:es)?|issue|problem|downtime|disruption|exception|timeouts?)\b|(?:is |was |has been |were )?confirmed\s*[.)]?\s*$)",
    )
});

/// A denial right before the carrier turns it around.
static DENIED: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"(?i)(?:\bnot|n't|n\u{2019}t|\bnever|\bun)\s*$"));

static CJK: LazyLock<Pattern> = LazyLock::new(|| Pattern::new("(?:根本原因|根因|原因は|原因是|真因)[はは为為是：:]*"));

static UNKNOWN: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)(?:(?:root )?cause(?: of [^.]{1,60}?)? (?:is|was|remains|still)? ?(?:still |yet |as yet )?(?:unknown|unclear|undetermined|not (?:yet )?(?:known|clear|determined|identified|found|understood|established)|under investigation|being investigated|pending|tbd)",
        r"|(?:root )?cause\s*:\s*(?:unknown|unclear|tbd|pending|n/a|not (?:yet )?(?:known|determined|identified)|under investigation)",
        r"|(?:could|can|were|was|are|have|has|did)(?: not|n't|n\u{2019}t) (?:yet )?(?:been able to )?(?:determine|identify|establish|find|pinpoint) (?:the |a |any |what |why )",
        r"|unable to (?:determine|identify|establish|find|pinpoint) (?:the |a |any |what |why )",
        r"|(?:do|does|did)(?: not|n't|n\u{2019}t) (?:yet )?know (?:why|what caused|the (?:root )?cause)|no idea (?:why|what)|unknown root cause)",
    ))
});

static ANNOUNCES_ONLY: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)(?:root cause analysis|(?:found|identified|know|determine[d]?|investigat\w+) the (?:root )?cause\s*[.:]?\s*$|see (?:below|above)|(?:^|\]\s*|\n\s*)confirmed (?:working|fixed|resolved|the fix|by|with|on|in|as|to|and|it works)\b)",
    )
});

/// Finds the statements of a cause in the units, in order.
pub fn cause_statements(units: &[TextUnit<'_>]) -> CauseStatements {
    let mut found = CauseStatements::default();
    let mut carried = 0;
    let mut section = None;
    for (number, unit) in units.iter().enumerate() {
        if section.replace(unit.section) != Some(unit.section) {
            carried = 0;
        }
        if unit.heading || unit.basis == Basis::RuledOut {
            carried = 0;
            continue;
        }
        if UNKNOWN.is_match(unit.text) {
            found.unknown = found.unknown.or(Some(number));
            carried = 0;
            continue;
        }
        if let Some(statement) = statement_in(unit, number) {
            carried = if statement.range.len() < ANNOUNCEMENT { 2 } else { 0 };
            if statement.range.len() > 3 {
                found.statements.push(statement);
            }
            continue;
        }
        if carried > 0 {
            carried -= 1;
            found.statements.push(whole(unit, number));
        }
    }
    supersede(&mut found);
    if found.statements.iter().any(|statement| !statement.hedged) {
        found.unknown = None;
    }
    found
}

fn statement_in(unit: &TextUnit<'_>, number: usize) -> Option<CauseStatement> {
    if ANNOUNCES_ONLY.is_match(unit.text) || is_question(unit.text) {
        return None;
    }
    let carrier = RIGHT.find(unit.text).or_else(|| CJK.find(unit.text));
    if let Some(carrier) = carrier {
        let hedged = unit.basis == Basis::Suspected || is_hedged(unit.text);
        return Some(CauseStatement { unit: number, range: carrier.end()..unit.text.len(), hedged });
    }
    if let Some(carrier) = LEFT.find(unit.text)
        && !DENIED.is_match(&unit.text[..carrier.start()])
    {
        let hedged = unit.basis == Basis::Suspected || is_hedged(unit.text);
        return Some(CauseStatement { unit: number, range: 0..carrier.start(), hedged });
    }
    (unit.role == SectionRole::Cause).then(|| whole(unit, number))
}

fn whole(unit: &TextUnit<'_>, number: usize) -> CauseStatement {
    let hedged = unit.basis == Basis::Suspected || is_hedged(unit.text);
    CauseStatement { unit: number, range: 0..unit.text.len(), hedged }
}

fn is_question(text: &str) -> bool {
    text.trim_end().ends_with(['?', '？'])
}

/// A hedged statement before an unhedged one no longer stands for anything.
fn supersede(found: &mut CauseStatements) {
    let last_firm = found.statements.iter().rposition(|statement| !statement.hedged);
    if let Some(last_firm) = last_firm {
        let mut index = 0;
        found.statements.retain(|statement| {
            let keep = !statement.hedged || index > last_firm;
            index += 1;
            keep
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::{SourceId, Span};

    fn units<'a>(texts: &[(&'a str, SectionRole)]) -> Vec<TextUnit<'a>> {
        let unit = |(text, role): &(&'a str, SectionRole)| TextUnit {
            text,
            span: Span::new(SourceId(0), 0..0),
            role: *role,
            basis: Basis::Reported,
            heading: false,
            passage: None,
            section: None,
        };
        texts.iter().map(unit).collect()
    }

    fn stated(text: &str) -> Option<String> {
        let units = units(&[(text, SectionRole::Other)]);
        let found = cause_statements(&units);
        found.statements.first().filter(|s| !s.hedged).map(|s| text[s.range.clone()].trim().to_string())
    }

    #[test]
    fn what_follows_the_carrier_is_the_cause() {
        assert_eq!(
            stated("The root cause was a missing index on orders.").as_deref(),
            Some("a missing index on orders.")
        );
        assert_eq!(stated("It turned out that nobody closes the file.").as_deref(), Some("nobody closes the file."));
        assert_eq!(stated("@ann [11:45 AM] Confirmed data race in put.").as_deref(), Some("data race in put."));
        assert_eq!(stated("Confirmed: nobody closes the file.").as_deref(), Some("nobody closes the file."));
        assert_eq!(stated("[11:50] Confirmed fixed on staging."), None);
        assert_eq!(stated("They confirmed that lunch is at noon."), None);
        assert_eq!(stated("根本原因：缓存没有失效").as_deref(), Some("缓存没有失效"));
    }

    #[test]
    fn what_stands_before_the_carrier_may_be_the_cause() {
        assert_eq!(stated("A full disk was the root cause.").as_deref(), Some("A full disk"));
        assert_eq!(
            stated("Correlation with the full disk confirmed").as_deref(),
            Some("Correlation with the full disk")
        );
        assert_eq!(stated("The disk was not the cause."), None);
    }

    #[test]
    fn a_hedged_statement_is_not_firm() {
        assert_eq!(stated("The root cause might be a missing index."), None);
        assert_eq!(stated("Is the root cause a missing index?"), None);
    }

    #[test]
    fn an_announcement_carries_to_what_follows() {
        let units =
            units(&[("Found it.", SectionRole::Other), ("The handler never awaits the write.", SectionRole::Other)]);
        let found = cause_statements(&units);
        assert_eq!(found.statements.last().map(|s| s.unit), Some(1));
    }

    #[test]
    fn an_unknown_cause_is_noted_unless_it_is_stated_elsewhere() {
        let open = units(&[("The root cause is still unknown.", SectionRole::Cause)]);
        assert_eq!(cause_statements(&open).unknown, Some(0));
        let closed = units(&[
            ("We could not determine the cause at first.", SectionRole::Other),
            ("The root cause was an expired certificate on the proxy.", SectionRole::Cause),
        ]);
        assert_eq!(cause_statements(&closed).unknown, None);
    }

    #[test]
    fn a_later_firm_statement_supersedes_a_hedged_one() {
        let units = units(&[
            ("The root cause appears to be the network.", SectionRole::Other),
            ("The root cause was a full disk.", SectionRole::Other),
        ]);
        let found = cause_statements(&units);
        assert_eq!(found.statements.iter().map(|s| s.unit).collect::<Vec<_>>(), [1]);
    }
}
