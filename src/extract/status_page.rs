//! Reads the updates of a status page, where the time stands below what it is the time of: newest first, each with the
//! state of the incident before its words ("Monitoring - A fix is out.", and under it "Jun 12, 14:15 UTC").

use std::ops::Range;
use std::sync::LazyLock;

use crate::pattern::Pattern;

use super::facts::is_statement;
use super::pattern::pattern;
use super::reading::{Passage, PassageKind, Reading};
use super::times::is_date;

/// Updates from which on a text is a status page.
const UPDATES: usize = 2;

/// One update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StatusUpdate {
    /// Its passages, by their places in the reading; never empty.
    pub passages: Range<usize>,
    /// The passage that is its time.
    pub time: usize,
}

/// The updates of the leading document, as written; none where a time stands above what it is the time of.
pub(super) fn status_updates(reading: &Reading) -> Vec<StatusUpdate> {
    let mut updates = Vec::new();
    let mut open = None;
    for (at, passage) in reading.passages.iter().enumerate().filter(|(_, passage)| passage.document == 0) {
        if passage.kind != PassageKind::Sentence {
            continue;
        }
        let text = passage.flat.text.trim();
        match open {
            None if is_date(text) && updates.is_empty() => return Vec::new(),
            Some(_) if STATE.is_match(text) => return Vec::new(),
            None if STATE.is_match(text) => open = Some(at),
            Some(start) if is_date(text) => {
                updates.push(StatusUpdate { passages: start..at, time: at });
                open = None;
            }
            _ => {}
        }
    }
    if updates.len() < UPDATES { Vec::new() } else { updates }
}

/// Sentences of what was said first.
const SENTENCES: usize = 3;

/// What the update says, without the state before it.
pub(super) fn words(passage: &Passage) -> &str {
    let text = passage.flat.text.as_str();
    STATE.find(text).map_or(text, |found| text[found.end()..].trim_start())
}

/// The passages of the first thing that was said of the incident, which is the last update of the page.
pub(super) fn first_said<'a>(reading: &'a Reading, updates: &[StatusUpdate]) -> Vec<&'a Passage> {
    let Some(update) = updates.last() else { return Vec::new() };
    reading.passages[update.passages.clone()].iter().filter(|passage| is_statement(passage)).take(SENTENCES).collect()
}

static STATE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:Investigating|Identified|Monitoring|Update|Resolved|Postmortem|Scheduled|In progress|Verifying|",
        r"Completed|Mitigated)\s*(?:[-–—:]|\n)",
    ))
});

#[cfg(test)]
mod tests {
    use crate::extract::testing::facts;

    const PAGE: &str = "Resolved -\nAll is well.\nJun 12, 14:15 UTC\nMonitoring -\nA fix is out. We go on watching.\n\
        Jun 12, 13:20 UTC\nInvestigating -\nUploads fail for some users.\nJun 12, 12:29 UTC\n";

    #[test]
    fn a_time_belongs_to_the_update_above_it() {
        let found = facts(PAGE);
        let rows: Vec<(&str, &str)> = found.timeline.iter().map(|row| (row.at.as_str(), row.text.as_str())).collect();
        assert_eq!(
            rows,
            [
                ("Jun 12, 12:29 UTC", "Uploads fail for some users."),
                ("Jun 12, 13:20 UTC", "A fix is out. We go on watching."),
                ("Jun 12, 14:15 UTC", "All is well."),
            ]
        );
    }

    #[test]
    fn the_problem_is_what_was_said_first() {
        assert_eq!(
            facts(PAGE).problem_statement.map(|fact| fact.text).as_deref(),
            Some("Investigating - Uploads fail for some users.")
        );
    }

    #[test]
    fn times_above_their_updates_keep_them() {
        let text =
            "# T\n\n## Timeline\n\n14:15 UTC - Resolved - All is well.\n\n12:29 UTC - Investigating - Uploads fail.\n";
        let found = facts(text).timeline;
        assert_eq!(found[0].text, "Investigating - Uploads fail.");
    }
}
