//! Picks the statements of a case out of its passages: impact, symptoms, what is ruled out, suspected, asked, changed.
//!
//! The problem statement, of which there is one, is chosen in `problem`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::case::{Basis, Fact};
use crate::markdown::BlockKind;
use crate::pattern::Pattern;
use crate::source::SourceMap;
use crate::span::Span;

use super::announcement::{announced, complete_fact, only_announces};
use super::basis::is_question;
use super::facts::{Grouping, by_block, fact_of, is_statement, statement};
use super::labels::leading_label;
use super::metadata_keys::metadata_key;
use super::passages::is_struck;
use super::pattern::pattern;
use super::reading::{Passage, PassageKind, Reading, SectionRole};
use super::symptom_words;

/// Most symptoms: past that nobody reads them one by one, and every passage is still there for the rules.
const SYMPTOMS: usize = 40;

/// Most details of one symptom.
const DETAILS: usize = 12;

/// Most statements of impact.
const IMPACTS: usize = 30;

/// Most statements of each further kind.
const STATEMENTS: usize = 40;

/// Most symptoms taken from a summary where no section lists them.
const FALLBACK_SYMPTOMS: usize = 8;

/// Whether the section itself, not a label, has the role.
pub(super) fn in_section_of(reading: &Reading, passage: &Passage, role: SectionRole) -> bool {
    reading.documents.get(passage.document).and_then(|read| read.roles.get(passage.section)) == Some(&role)
}

/// Who is affected and how much.
pub(super) fn impact(sources: &SourceMap, reading: &Reading) -> Vec<Fact> {
    let stated = grouped(sources, reading, (IMPACTS, Grouping::Paragraphs), |passage| {
        passage.role == SectionRole::Impact && says(passage)
    });
    if !stated.is_empty() {
        return stated;
    }
    facts(sources, reading, FALLBACK_SYMPTOMS, |passage| {
        let told = matches!(
            passage.role,
            SectionRole::Problem | SectionRole::Summary | SectionRole::Symptoms | SectionRole::Other
        );
        let text = passage.flat.text.as_str();
        let counted = || COUNTED.is_match(text) && symptom_words::tells_symptom(text);
        told && is_prose(passage) && (AFFECTED.is_match(text) || counted())
    })
}

/// What was noticed: symptom sections, actual behaviour, customers' words; else failing sentences of the summary.
pub(super) fn symptoms(sources: &SourceMap, reading: &Reading) -> Vec<Fact> {
    let listed = grouped(sources, reading, (SYMPTOMS, Grouping::Paragraphs), |passage| {
        // The actual side of a labelled pair is an expectation's; a whole section of it says what was noticed.
        let noticed = passage.role == SectionRole::Symptoms || in_section_of(reading, passage, SectionRole::Actual);
        noticed
            && matches!(passage.role, SectionRole::Symptoms | SectionRole::Actual)
            && says(passage)
            && !symptom_words::is_intention(&passage.flat.text)
            && !only_announces(reading, passage)
            && is_outer(reading, passage)
    });
    if !listed.is_empty() {
        return with_details(sources, reading, listed);
    }
    let noticed = |passage: &Passage| {
        passage.basis == Basis::Reported
            && symptom_words::tells_symptom(&passage.flat.text)
            && !shows_trace(reading, passage)
    };
    let told_in = |roles: &[SectionRole]| {
        facts(sources, reading, FALLBACK_SYMPTOMS, |passage| {
            roles.contains(&passage.role) && is_prose(passage) && noticed(passage) && !only_announces(reading, passage)
        })
    };
    use SectionRole as R;
    let told = told_in(&[R::Problem, R::Summary, R::Other, R::Evidence, R::Investigation]);
    if !told.is_empty() {
        return told;
    }
    // Some tell what happened in the order in which it did and nowhere else.
    let told = told_in(&[R::Timeline]);
    if !told.is_empty() {
        return told;
    }
    // A short report says what was noticed in its title and nowhere else.
    let heading = |passage: &&Passage| passage.document == 0 && passage.kind == PassageKind::Heading;
    let titled =
        reading.passages.iter().filter(heading).take(2).find(|passage| !passage.placeholder && noticed(passage));
    titled.and_then(|passage| fact_of(sources, &[passage])).into_iter().collect()
}

/// The symptoms with what is nested below each in its list.
fn with_details(sources: &SourceMap, reading: &Reading, mut symptoms: Vec<Fact>) -> Vec<Fact> {
    let mut owner = None;
    for passage in reading.passages.iter().filter(|passage| passage.role == SectionRole::Symptoms) {
        if is_outer(reading, passage) {
            let place = sources.cite(passage.span);
            owner = symptoms.iter().position(|symptom| symptom.span == place);
        } else if let Some(symptom) = owner.and_then(|owner: usize| symptoms.get_mut(owner))
            && symptom.details.len() < DETAILS
            && says(passage)
        {
            symptom.details.extend(fact_of(sources, &[passage]));
        }
    }
    symptoms
}

/// Whether a passage holds frames of a stack trace: those are shown as a trace, and read badly as a sentence.
pub(super) fn shows_trace(reading: &Reading, passage: &Passage) -> bool {
    let span = passage.span;
    let after =
        reading.traces.partition_point(|found| (found.source, found.trace.range.end) <= (span.source, span.start));
    reading.traces.get(after).is_some_and(|found| found.source == span.source && found.trace.range.start < span.end)
}

/// What the sources exclude.
pub(super) fn ruled_out(sources: &SourceMap, reading: &Reading) -> Vec<Fact> {
    facts(sources, reading, STATEMENTS, |passage| {
        let listed = passage.kind == PassageKind::Cell || is_statement(passage);
        passage.basis == Basis::RuledOut
            && passage.kind != PassageKind::FenceLine
            && listed
            && !is_struck(&passage.flat)
    })
}

/// What the sources suspect.
pub(super) fn suspicions(sources: &SourceMap, reading: &Reading) -> Vec<Fact> {
    facts(sources, reading, STATEMENTS, |passage| {
        let examined = matches!(
            passage.role,
            SectionRole::Suspicions
                | SectionRole::Investigation
                | SectionRole::Cause
                | SectionRole::Contributing
                | SectionRole::Other
                | SectionRole::Evidence
        );
        let said = passage.role == SectionRole::Suspicions || is_prose(passage);
        passage.basis == Basis::Suspected
            && examined
            && said
            && !is_field(passage)
            && !is_question(&passage.flat.text)
            && says(passage)
            && is_outer(reading, passage)
            && passage.flat.text.contains(' ')
    })
}

/// What the sources ask.
pub(super) fn questions(sources: &SourceMap, reading: &Reading) -> Vec<Fact> {
    facts(sources, reading, STATEMENTS, |passage| match passage.role {
        SectionRole::Questions => says(passage),
        SectionRole::Investigation
        | SectionRole::Other
        | SectionRole::Cause
        | SectionRole::Suspicions
        | SectionRole::ActionItems => is_prose(passage) && is_question(&passage.flat.text),
        _ => false,
    })
}

/// Deploys, flags, configuration changes, upgrades that the sources tell of.
pub(super) fn changes(sources: &SourceMap, reading: &Reading) -> Vec<Fact> {
    use SectionRole as R;
    facts(sources, reading, STATEMENTS, |passage| {
        let planned = matches!(
            passage.role,
            R::Fix
                | R::Alternatives
                | R::Tests
                | R::Prevention
                | R::ActionItems
                | R::Lessons
                | R::Risks
                | R::Monitoring
                | R::Expected
                | R::Reproduction
                | R::Related
                | R::References
                | R::People
                | R::Questions
                | R::CodePaths
        );
        !planned && is_prose_or_row(passage) && passage.basis != Basis::RuledOut && tells_change(&passage.flat.text)
    })
}

/// One fact a list item, sentence, cell or quoted line that `keep` accepts; the same words twice are one fact.
fn facts(sources: &SourceMap, reading: &Reading, most: usize, keep: impl Fn(&Passage) -> bool) -> Vec<Fact> {
    grouped(sources, reading, (most, Grouping::Sentences), keep)
}

fn grouped(
    sources: &SourceMap,
    reading: &Reading,
    (most, grouping): (usize, Grouping),
    keep: impl Fn(&Passage) -> bool,
) -> Vec<Fact> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let mut covered: Option<Span> = None;
    for group in by_block(sources, reading, grouping, keep) {
        if found.len() == most {
            break;
        }
        // What a statement announced was taken with it.
        if covered.is_some_and(|line| line.contains(group[0].span)) {
            continue;
        }
        let Some(fact) = complete_fact(sources, reading, &group) else { continue };
        let line = group.last().and_then(|last| announced(sources, reading, last));
        covered = line.or(covered);
        if seen.insert(fact.text.clone()) {
            found.push(fact);
        }
    }
    found
}

/// Whether a change is told rather than a state or a habit: "was deployed", not "the deployed app" or "when it is
/// deployed".
fn tells_change(text: &str) -> bool {
    CHANGED.find_iter(text).any(|found| {
        let before = text[..found.start()].trim_end().rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        !HABITS.contains(&before.to_lowercase().as_str())
    })
}

/// Words before a participle that make it a state or a habit.
const HABITS: &[&str] = &[
    "the", "a", "an", "every", "each", "all", "is", "are", "be", "being", "gets", "when", "if", "while", "to", "not",
    "never", "no",
];

/// A statement that says something: not a heading, a placeholder, a bare label, a metadata line or a lone number.
fn says(passage: &Passage) -> bool {
    if is_picture(passage) {
        return false;
    }
    if passage.kind == PassageKind::Cell {
        return !passage.placeholder;
    }
    let words = statement(passage);
    let quoted = passage.kind != PassageKind::FenceLine || words.starts_with(['"', '“', '>']);
    is_statement(passage) && quoted && words.chars().filter(|c| c.is_alphabetic()).count() >= 3
}

/// Whether a passage is a sentence or item of running text, not a metadata line.
pub(super) fn is_prose(passage: &Passage) -> bool {
    matches!(passage.kind, PassageKind::Sentence | PassageKind::Item)
        && is_statement(passage)
        && !is_picture(passage)
        && !matches!(passage.role, SectionRole::Metadata)
}

/// Whether a passage is nothing but pictures: their alternative text is a caption.
fn is_picture(passage: &Passage) -> bool {
    let pictured: usize = passage.flat.links.iter().filter(|link| link.image).map(|link| link.text.len()).sum();
    pictured > 0 && pictured >= passage.flat.text.trim().len()
}

fn is_prose_or_row(passage: &Passage) -> bool {
    is_prose(passage) || (passage.kind == PassageKind::Cell && passage.flat.text.contains(' ') && !passage.placeholder)
}

/// Whether a passage is a metadata line that stands outside the head ("**Confidence**: high" under a hypothesis).
fn is_field(passage: &Passage) -> bool {
    leading_label(&passage.flat)
        .is_some_and(|label| label.strong && metadata_key(&passage.flat.text[label.words]).is_some())
}

/// Items of an outermost list; what is nested in them explains them.
fn is_outer(reading: &Reading, passage: &Passage) -> bool {
    let block = reading.documents.get(passage.document).and_then(|read| read.document.blocks.get(passage.block));
    block.is_none_or(|block| !matches!(block.kind, BlockKind::Item { .. }) || block.depth <= 1)
}

static AFFECTED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:affect(?:s|ed|ing)|impact(?:s|ed|ing)|lost|los(?:t|ing)|breach(?:ed)?|unable to|could not|",
        r"couldn't|cannot)\b.{0,80}\b(?:users?|customers?|clients?|orders?|requests?|tenants?|patients?|",
        r"teams?|revenue|data|tickets?|jobs?)\b",
        r"|\b(?:users?|customers?|clients?|orders?|requests?|tenants?|jobs?)\b.{0,80}\b(?:affected|impacted|",
        r"lost|failed|unable|breached|complain\w*)\b",
    ))
});

static COUNTED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"(?i)\b\d[\d,.]* ?%? (?:of )?(?:\w+ ){0,2}(?:users|customers|clients|requests|orders|tickets|logins)\b")
});

static CHANGED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:(?:re)?deploy(?:ed|ment of|ing)|roll(?:ed|ing)[ -]?(?:out|back)|rollout of|",
        r"released (?:version|v\d|in|on|to production)|upgrad(?:ed|ing|e (?:of|to))|migrat(?:ed|ion (?:of|to|",
        r"from))|bumped|reverted|",
        r"merged|switched (?:to|from|over)|enabled|disabled|turned (?:on|off)|",
        r"(?:feature )?flag (?:was )?(?:enabled|flipped|on)|(?:was|were|been) (?:changed|increased|decreased|",
        r"lowered|raised|replaced|renamed|removed|added)|",
        r"(?:config(?:uration)?|schema|dependency|certificate|setting) (?:change|update|rotation)|",
        r"pool size (?:was )?increased|",
        r"(?:after|since|following|started (?:after|with|in)) (?:the |a |an )?(?:\w+ ){0,3}(?:deploy\w*|",
        r"release|upgrade|update|migration|rollout|change|merge|version|v\d[\w.]*))\b",
        r"|デプロイ|リリース後|リリースし|アップグレード|部署|上线|升级|发布后",
    ))
});

#[cfg(test)]
mod tests {
    use crate::case::Fact;
    use crate::extract::testing::facts;

    fn texts(facts: &[Fact]) -> Vec<&str> {
        facts.iter().map(|fact| fact.text.as_str()).collect()
    }

    #[test]
    fn customers_words_in_a_fence_are_symptoms() {
        let facts = facts("# T\n\n## Symptoms\n\nMany tickets:\n\n```\n\"It threw me out!\"\ncount 12\n```\n");
        assert_eq!(texts(&facts.symptoms), ["Many tickets", "\"It threw me out!\""]);
    }

    #[test]
    fn items_of_an_outer_list_are_symptoms_and_what_is_nested_is_their_detail() {
        let facts = facts("# T\n\n## Symptoms\n\n1. **Refresh fails**:\n   - seen on two devices\n2. Login is slow\n");
        assert_eq!(texts(&facts.symptoms), ["Refresh fails", "Login is slow"]);
        assert_eq!(texts(&facts.symptoms[0].details), ["seen on two devices"]);
    }

    #[test]
    fn without_any_section_the_title_is_the_symptom() {
        let found = facts("# Role claim is missing in the token\n\nSee the pictures.\n\n![wrong](a.png)\n");
        assert_eq!(texts(&found.symptoms), ["Role claim is missing in the token"]);
    }

    #[test]
    fn where_only_a_timeline_tells_what_happened_it_gives_the_symptoms() {
        let found = facts(
            "# Queue\n\n## Timeline\n\n- Upgraded the image\n- The build timed out\n\n## Cause\n\nThe image failed to start.\n",
        );
        assert_eq!(texts(&found.symptoms), ["The build timed out"]);
    }

    #[test]
    fn bold_words_alone_on_an_item_are_its_title() {
        let list =
            |title: &str| format!("# T\n\n## Symptoms\n\n1. **Refresh fails**\n2. **{title}**\n   - events are lost\n");
        // "Event log" is a name for a timeline; with a further word it is what is broken.
        assert_eq!(texts(&facts(&list("Event log corruption")).symptoms), ["Refresh fails", "Event log corruption"]);
        assert_eq!(texts(&facts(&list("Event log")).symptoms), ["Refresh fails"]);
    }

    #[test]
    fn a_caption_and_an_intention_are_no_symptoms() {
        let found =
            facts("# T\n\n## Symptoms\n\n![Errors by hour](a.png)\n\nPages load twice.\n\nWe should watch the rate.\n");
        assert_eq!(texts(&found.symptoms), ["Pages load twice."]);
    }

    #[test]
    fn frames_of_a_trace_in_running_text_are_no_symptom() {
        let trace =
            "TypeError: x is undefined\n    at w (main.js:1:35)\n    at Eo (main.js:1:63)\n    at Pu (main.js:1:74)\n";
        let found = facts(&format!("# Menu is broken\n\nIt says\n{trace}"));
        assert!(found.symptoms.iter().all(|fact| !fact.text.contains("main.js")), "{:?}", texts(&found.symptoms));
    }

    #[test]
    fn without_a_symptom_section_failing_sentences_are_symptoms() {
        let facts = facts("# T\n\nWe run two nodes. The second node crashed at night.\n");
        assert_eq!(texts(&facts.symptoms), ["The second node crashed at night."]);
    }

    #[test]
    fn a_table_of_impact_is_one_fact_a_row() {
        let facts =
            facts("# T\n\n## Impact\n\n| What | How many |\n|---|---|\n| Orders lost | 47 |\n| Refunds | 3 |\n");
        assert_eq!(texts(&facts.impact), ["Orders lost - 47", "Refunds - 3"]);
    }

    #[test]
    fn a_label_that_says_who_stays_with_its_impact() {
        let facts = facts("# T\n\n## Impact\n\n- **Support**: 847 tickets\n- **Affected users:** 12 %\n");
        assert_eq!(texts(&facts.impact), ["Support: 847 tickets", "Affected users: 12 %"]);
    }

    #[test]
    fn what_stands_under_ruled_out_is_ruled_out_and_nothing_else() {
        let facts = facts("# T\n\n**What we ruled out**\n\n- The disk (40 % free)\n\nThe cache is cold.\n");
        assert_eq!(texts(&facts.ruled_out), ["The disk (40 % free)"]);
    }

    #[test]
    fn questions_and_suspicions_are_kept_apart() {
        let facts =
            facts("# T\n\n## Suspicions\n\n- The lock is missing\n\n## Open questions\n\n- Who revokes the token?\n");
        assert_eq!(
            (texts(&facts.suspicions), texts(&facts.questions)),
            (vec!["The lock is missing"], vec!["Who revokes the token?"])
        );
    }

    #[test]
    fn a_change_is_told_and_a_state_is_not() {
        let facts = facts(
            "# T\n\nVersion 2.1 was deployed on Monday. The deployed page is blank.\n\n## Fix\n\nThe pool was increased.\n",
        );
        assert_eq!(texts(&facts.changes), ["Version 2.1 was deployed on Monday."]);
    }
}
