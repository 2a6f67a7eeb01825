//! Chooses the problem statement: what is wrong, in the document's own words.

use crate::case::{Basis, Fact};
use crate::source::SourceMap;

use super::announcement::{announced, complete_fact, ends_open};
use super::byline::byline;
use super::facts::{is_statement, statement};
use super::labels::leading_label;
use super::reading::{Passage, PassageKind, Reading, SectionRole};
use super::statements::{in_section_of, is_prose, shows_trace};
use super::status_page::{first_said, status_updates};
use super::symptom_words::{self, FAILS};
use super::times::{is_date, leading_time};

/// Sentences of a problem statement.
const SENTENCES: usize = 3;

/// Bytes after which a problem statement takes no further sentence.
const BYTES: usize = 320;

/// What is wrong, in the document's words: its problem or summary section, else its first words about a failure.
pub(super) fn problem_statement(sources: &SourceMap, reading: &Reading) -> Option<Fact> {
    let first = first_passage(reading)?;
    let updates = status_updates(reading);
    let of_page = updates.iter().any(|update| (update.passages.start..=update.time).contains(&first));
    let mut taken = if of_page { first_said(reading, &updates) } else { taken(reading, first) };
    // "Posting some samples:" announces what the page shows elsewhere.
    if taken.len() > 1
        && taken.last().is_some_and(|last| ends_open(last) && announced(sources, reading, last).is_none())
    {
        taken.pop();
    }
    complete_fact(sources, reading, &taken)
}

/// The sentences of a problem statement that begins with the passage `start`.
fn taken(reading: &Reading, start: usize) -> Vec<&Passage> {
    let first = &reading.passages[start];
    let mut taken: Vec<&Passage> = Vec::new();
    let mut bytes = 0;
    for passage in &reading.passages[start..] {
        let same = (passage.block, passage.document) == (first.block, first.document);
        let line = matches!(first.kind, PassageKind::FenceLine | PassageKind::Cell) && !taken.is_empty();
        if !same || line || taken.len() == SENTENCES || (bytes > 0 && bytes + passage.flat.text.len() > BYTES) {
            break;
        }
        bytes += passage.flat.text.len();
        taken.push(passage);
    }
    taken
}

fn first_passage(reading: &Reading) -> Option<usize> {
    let own = description(reading);
    let first = |keep: &dyn Fn(&Passage) -> bool| own.iter().position(|passage| passage.document == 0 && keep(passage));
    let lead = |passage: &Passage| {
        let said = statement(passage);
        // A date says nothing at all.
        let dated = is_date(&said);
        is_prose(passage)
            && passage.basis != Basis::RuledOut
            && said.contains(' ')
            && !dated
            && !shows_trace(reading, passage)
    };
    let of_section = |role: SectionRole| {
        first(&|passage| passage.role == role && in_section_of(reading, passage, role) && lead(passage))
    };
    let sections = [of_section(SectionRole::Problem), of_section(SectionRole::Summary)];
    let tells_symptom =
        |at: &usize| taken(reading, *at).iter().any(|passage| symptom_words::tells_symptom(&passage.flat.text));
    let failing = sections.iter().flatten().copied().find(tells_symptom);
    let begun = || {
        let under = |passage: &Passage| passage.role == SectionRole::Problem && lead(passage);
        let labelled = |passage: &Passage| leading_label(&passage.flat).is_some_and(|label| label.strong);
        let begun = first(&|passage| under(passage) && !labelled(passage)).or_else(|| first(&under));
        // Words under the title that tell of no failure, where a section below tells what was noticed.
        let noticed = || {
            first(&|passage| {
                let cell = passage.kind == PassageKind::Cell && passage.flat.text.contains(' ') && !passage.placeholder;
                passage.role == SectionRole::Symptoms && (cell || lead(passage))
            })
        };
        begun.filter(tells_symptom).or_else(noticed).or(begun)
    };
    let chosen = failing.or(sections[0]).or(sections[1]).or_else(begun);
    // "When running this:" says nothing yet.
    let open = chosen.is_some_and(|at| ends_open(&own[at]) && !FAILS.is_match(&own[at].flat.text));
    let said = |passage: &Passage| {
        passage.role == SectionRole::Problem && lead(passage) && symptom_words::tells_symptom(&passage.flat.text)
    };
    let further = if open { first(&said) } else { None };
    further
        .or(chosen)
        .or_else(|| {
            first(&|passage| is_alarm(passage) && !shows_trace(reading, passage)).map(|at| block_start(reading, at))
        })
        .or_else(|| first(&|passage| tells(passage.role) && lead(passage)))
        .or_else(|| {
            let said = |passage: &Passage| is_statement(passage) && passage.role != SectionRole::Metadata;
            first(&|passage| said(passage) && !shows_trace(reading, passage))
        })
        .or_else(|| first(&|passage| passage.kind == PassageKind::Heading && !passage.placeholder))
        .or_else(|| first(&is_statement))
}

/// The passages of the leading document above its first comment: a byline after other words than the title's.
fn description(reading: &Reading) -> &[Passage] {
    let signed = |passage: &Passage| {
        passage.document == 0 && passage.kind == PassageKind::Sentence && byline(&passage.flat.text).is_some()
    };
    let mut bylines = reading.passages.iter().enumerate().filter(|(_, passage)| signed(passage));
    let end = bylines.nth(1).map_or(reading.passages.len(), |(at, _)| at);
    &reading.passages[..end]
}

/// The first statement of the block that the passage `at` stands in.
fn block_start(reading: &Reading, at: usize) -> usize {
    let here = &reading.passages[at];
    let block =
        |passage: &Passage| (passage.document, passage.block, passage.kind) == (here.document, here.block, here.kind);
    if here.kind == PassageKind::FenceLine {
        return at;
    }
    let said = |passage: &&Passage| block(passage) && is_statement(passage) && passage.role != SectionRole::Metadata;
    let before = reading.passages[..at].iter().rev().take_while(said);
    at - before.count()
}

/// The line of an alert or the sentence that first speaks of a failure.
fn is_alarm(passage: &Passage) -> bool {
    use SectionRole as R;
    let early = matches!(
        passage.role,
        R::Metadata | R::Problem | R::Summary | R::Symptoms | R::Actual | R::Other | R::Impact | R::Timeline
    );
    let text = passage.flat.text.as_str();
    let line = passage.kind == PassageKind::FenceLine || is_prose(passage);
    early && line && leading_time(text).is_none() && FAILS.is_match(text)
}

fn tells(role: SectionRole) -> bool {
    use SectionRole as R;
    matches!(role, R::Symptoms | R::Actual | R::Other | R::Impact | R::Investigation | R::Cause)
}

#[cfg(test)]
mod tests {
    use crate::extract::testing::facts;

    #[test]
    fn the_problem_is_the_first_sentences_of_its_section() {
        let facts =
            facts("# Outage\n\nBy the night shift.\n\n## Summary\n\nOrders are lost. Nobody noticed.\n\nMore words.\n");
        assert_eq!(facts.problem_statement.map(|fact| fact.text).as_deref(), Some("Orders are lost. Nobody noticed."));
    }

    #[test]
    fn without_such_a_section_the_paragraph_under_the_title_says_the_problem() {
        let facts = facts("# Export\n\nThe export stops after one row.\n\n## Notes\n\nNone of it is urgent here.\n");
        assert_eq!(facts.problem_statement.map(|fact| fact.text).as_deref(), Some("The export stops after one row."));
    }

    #[test]
    fn where_all_else_is_a_trace_the_title_says_the_problem() {
        let text =
            "# Menu stays closed\n\nTypeError: x is undefined\n    at w (main.js:1:35)\n    at Eo (main.js:1:63)\n";
        assert_eq!(facts(text).problem_statement.map(|fact| fact.text).as_deref(), Some("Menu stays closed"));
    }

    #[test]
    fn an_instruction_is_never_the_problem() {
        let facts =
            facts("# Bug\n\n## Description\n\nA clear description of the bug.\n\n## Actual\n\nThe page stays blank.\n");
        assert_eq!(facts.problem_statement.map(|fact| fact.text).as_deref(), Some("The page stays blank."));
    }

    #[test]
    fn the_byline_above_an_error_is_no_problem() {
        let facts = facts(
            "# Error 500\n\nkim42 · description · 2024-05-06\nTimeoutError\nthe pool is full, 30 s\n\n/app/pool.py in Pool._do_get\nat line 168\n",
        );
        let problem = facts.problem_statement.map(|fact| fact.text).unwrap_or_default();
        assert!(!problem.contains("kim42") && !problem.is_empty(), "{problem}");
    }

    #[test]
    fn an_announcement_at_the_end_of_the_problem_is_left_off() {
        let facts = facts("# T\n\nMany tests fail on the trunk. Posting some samples:\n\nThe first one is red.\n");
        assert_eq!(facts.problem_statement.map(|fact| fact.text).as_deref(), Some("Many tests fail on the trunk."));
    }

    #[test]
    fn a_comment_is_not_the_problem() {
        let facts = facts(
            "# Fatal error: two writers\n\nkim42 · description · 2024-05-06\n\n```\nx = 1\n```\n\nsam7 · comment · 2024-05-07\nHard to find, closing for now.\n",
        );
        assert_eq!(facts.problem_statement.map(|fact| fact.text).as_deref(), Some("Fatal error: two writers"));
    }

    #[test]
    fn the_section_that_tells_of_a_failure_says_the_problem() {
        let facts = facts(
            "# T\n\n## Overview\n\nMonday, Nov. 13, 2023\n\nUsers got an error when they signed in.\n\n## What happened\n\nOne of our tasks is to set up servers. It is easy.\n",
        );
        assert_eq!(
            facts.problem_statement.map(|fact| fact.text).as_deref(),
            Some("Users got an error when they signed in.")
        );
    }

    #[test]
    fn a_clause_that_only_opens_is_not_the_problem() {
        let facts =
            facts("# T\n\nWhen running this:\n\n```\nrun -e 8\n```\n\nI got the error:\n\n```\nKeyError: 7\n```\n");
        assert_eq!(facts.problem_statement.map(|fact| fact.text).as_deref(), Some("I got the error: KeyError: 7"));
    }

    #[test]
    fn a_line_of_metadata_labels_is_not_the_problem() {
        let text = "# PAGE P2 `queue_depth`\n\n**Fired:** 2025-10-14 17:20 UTC **Route:** storage\n**Owner:** Storage. **Ack:** Kim\n\n## Alert text\n\n> Depth exceeded 800 on three nodes.\n";
        let found = facts(text);
        let stated = found.problem_statement.map(|fact| fact.text);
        assert_eq!(stated.as_deref(), Some("Depth exceeded 800 on three nodes."));
        let row = &found.timeline[0];
        assert_eq!((row.at.as_str(), row.text.as_str()), ("2025-10-14 17:20 UTC", "Fired"));
        assert_eq!(found.metadata.assigned.as_deref(), Some("Storage"));
    }

    #[test]
    fn what_was_noticed_comes_before_words_that_tell_of_no_failure() {
        let text = "# Week 41\n\nSeen by two teams.\n\n## Overview\n\n| # | what users saw | part |\n|---|---|---|\n| 1 | messages come late | rooms |\n";
        assert_eq!(facts(text).problem_statement.map(|fact| fact.text).as_deref(), Some("messages come late"));
    }

    #[test]
    fn the_speaker_of_a_message_is_no_part_of_what_it_says() {
        let text = "# Export: #on-call\n\n**Kim** 07:41\nuploads fail since midnight\n\n**Ada (infra)** 07:44\nlooking\n\n**Kim** 07:50\nthanks\n";
        let found = facts(text);
        assert_eq!(found.problem_statement.map(|fact| fact.text).as_deref(), Some("uploads fail since midnight"));
        assert_eq!(found.metadata.kind, crate::case::DocumentKind::Chat);
    }
}
