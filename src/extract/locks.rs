//! Turns reports of locks into facts of a case, secrets redacted.

use std::ops::Range;

use crate::case::{LockParty, LockReport};
use crate::source::SourceMap;
use crate::span::Span;
use crate::trace::FoundParty;

use super::facts::{fold, safe_text};
use super::reading::{Reading, SourcedLocks};

/// Most reports; a log of dumps holds the same waits over and over.
const REPORTS: usize = 50;

/// The reports, in source order.
pub(super) fn lock_reports(sources: &SourceMap, reading: &Reading) -> Vec<LockReport> {
    reading.locks.iter().take(REPORTS).map(|sourced| lock_report(sources, sourced)).collect()
}

fn lock_report(sources: &SourceMap, sourced: &SourcedLocks) -> LockReport {
    let locks = &sourced.locks;
    let span = |range: &Range<usize>| Span::new(sourced.source, range.clone());
    let text = |range: &Range<usize>| safe_text(sources, span(range), &fold(sources.text(span(range))));
    let name = |index: usize| locks.parties.get(index).map(|party| text(&party.name));
    let party = |party: &FoundParty| LockParty {
        name: text(&party.name),
        holds: party.holds.iter().map(text).collect(),
        wants: party.wants.as_ref().map(text),
        waits_for: party.waits_for.and_then(name),
        span: sources.cite(span(&party.place)),
    };
    let first = locks.detected.as_ref().or(locks.parties.first().map(|party| &party.place)).unwrap_or(&locks.range);
    LockReport {
        system: locks.system,
        parties: locks.parties.iter().map(party).collect(),
        cycle: locks.cycle.iter().filter_map(|index| name(*index)).collect(),
        detected: locks.detected.is_some(),
        span: sources.cite(span(first)),
    }
}

#[cfg(test)]
mod tests {
    use crate::case::LockSystem;
    use crate::extract::testing::facts;

    #[test]
    fn a_report_names_who_waits_for_whom_and_where_it_says_so() {
        let text = "# Stock\n\nERROR:  deadlock detected\nDETAIL:  Process 18 waits for ShareLock on transaction 995; blocked by process 24.\nProcess 24 waits for ShareLock on transaction 994; blocked by process 18.\n";
        let found = facts(text).lock_reports;
        assert_eq!((found.len(), found[0].system, found[0].detected), (1, LockSystem::Postgres, true));
        assert_eq!(found[0].cycle, ["18", "24"]);
        let first = &found[0].parties[0];
        assert_eq!(
            (first.wants.as_deref(), first.waits_for.as_deref()),
            (Some("ShareLock on transaction 995"), Some("24"))
        );
        assert_eq!(first.span.lines, [4, 4]);
    }
}
