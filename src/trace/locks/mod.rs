//! Who waits for whom: thread dumps and deadlock reports of databases, each format its own file; this module finds the cycle.

mod go;
mod innodb;
mod jvm;
mod postgres;
mod python;
mod sqlserver;

use std::ops::Range;

use crate::case::LockSystem;
use crate::span::Line;

/// Most parties of one report: a dump of thousands of threads repeats itself.
const PARTIES: usize = 200;

/// Who waits for whom at one time, as byte ranges into the source's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundLocks {
    /// What wrote the report.
    pub system: LockSystem,
    /// Threads, processes or transactions that wait, or hold what another one waits for, in the order written.
    pub parties: Vec<FoundParty>,
    /// Indexes of the parties that wait for each other in a circle, each for the next and the last for the first; empty
    /// where the text shows none.
    pub cycle: Vec<usize>,
    /// Where the report itself says that it is a deadlock.
    pub detected: Option<Range<usize>>,
    /// From the first to the last line that was used.
    pub range: Range<usize>,
}

/// A thread, process or transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundParty {
    /// Its name or number.
    pub name: Range<usize>,
    /// Locks it holds.
    pub holds: Vec<Range<usize>>,
    /// The lock it waits for, or what is said of its wait.
    pub wants: Option<Range<usize>>,
    /// Index of the party that holds what it waits for, where the text tells.
    pub waits_for: Option<usize>,
    /// The line that says that it waits; of one that only holds, the line that says so.
    pub place: Range<usize>,
}

/// A party while a report is read.
#[derive(Clone, Debug, Default)]
struct Draft<'a> {
    name: &'a str,
    party: FoundParty,
    /// What tells the locks it holds and wants apart.
    held: Vec<String>,
    wanted: Option<String>,
    /// The name of the holder, where the text gives it.
    holder: Option<&'a str>,
}

/// A report while it is read.
#[derive(Clone, Debug)]
struct Report<'a> {
    system: LockSystem,
    parties: Vec<Draft<'a>>,
    detected: Option<Range<usize>>,
}

/// Words of which each report holds one; without any, nothing is looked at closely.
const NEEDLES: [&str; 9] = [
    "waiting to lock",
    "parking to wait for",
    "blocked on ",
    "BLOCKED on ",
    "goroutine ",
    "(most recent call first)",
    "WAITING FOR THIS LOCK",
    "waits for ",
    "waiter ",
];

/// Finds the reports in `lines`, which are those of one document or log in order. Ranges are absolute.
///
/// ```
/// # use casefile::{span::lines, trace::find_locks};
/// let text = "Process 18 waits for ShareLock on transaction 995; blocked by process 24.\n\
///             Process 24 waits for ShareLock on transaction 994; blocked by process 18.\n";
/// let locks = find_locks(&lines(text).collect::<Vec<_>>());
/// assert_eq!(locks[0].cycle, [0, 1]);
/// assert_eq!(&text[locks[0].parties[0].wants.clone().unwrap()], "ShareLock on transaction 995");
/// ```
pub fn find_locks(lines: &[Line<'_>]) -> Vec<FoundLocks> {
    let telling = |line: &Line<'_>| NEEDLES.iter().any(|needle| line.text.contains(needle));
    if !lines.iter().any(telling) {
        return Vec::new();
    }
    let readers = [jvm::read, go::read, python::read, innodb::read, postgres::read, sqlserver::read];
    let mut found: Vec<FoundLocks> =
        readers.into_iter().flat_map(|read| read(lines)).filter_map(Report::finish).collect();
    found.sort_by_key(|locks| locks.range.start);
    found
}

impl<'a> Report<'a> {
    fn of(system: LockSystem) -> Self {
        Report { system, parties: Vec::new(), detected: None }
    }

    /// The party of that name, made where there is none; the last one where there are too many.
    fn party(&mut self, name: &'a str, range: Range<usize>, line: &Line<'_>) -> usize {
        if let Some(known) = self.parties.iter().position(|party| party.name == name) {
            return known;
        }
        if self.parties.len() < PARTIES {
            let party = FoundParty { name: range, place: line_range(line), ..FoundParty::default() };
            self.parties.push(Draft { name, party, ..Draft::default() });
        }
        self.parties.len() - 1
    }

    fn holds(&mut self, party: usize, key: &str, range: Range<usize>) {
        if let Some(draft) = self.parties.get_mut(party).filter(|draft| !draft.held.iter().any(|held| held == key)) {
            draft.held.push(key.to_owned());
            draft.party.holds.push(range);
        }
    }

    /// The lock a party waits for; the first one counts.
    fn wants(&mut self, party: usize, key: &str, range: Range<usize>, line: &Line<'_>) {
        if let Some(draft) = self.parties.get_mut(party).filter(|draft| draft.wanted.is_none()) {
            draft.wanted = Some(key.to_owned());
            draft.party.wants = Some(range);
            draft.party.place = line_range(line);
        }
    }

    /// Who waits for whom, and the circle; `None` where nobody waits for anybody and nothing says that it is a deadlock.
    fn finish(self) -> Option<FoundLocks> {
        let edges = self.edges();
        let linked = |index: usize| edges[index].is_some() || edges.contains(&Some(index));
        let waits = |index: usize| self.parties[index].wanted.is_some();
        let together = self.parties.iter().filter(|party| party.wanted.is_some()).count() >= 2;
        let kept: Vec<usize> = (0..self.parties.len())
            .filter(|index| linked(*index) || waits(*index) && (self.detected.is_some() || together))
            .collect();
        let shown = kept.iter().any(|index| linked(*index)) || (self.waits_alone() && !kept.is_empty());
        if !shown {
            return None;
        }
        let place_of = |index: usize| kept.iter().position(|kept| *kept == index);
        let parties: Vec<FoundParty> = kept
            .iter()
            .map(|index| FoundParty {
                waits_for: edges[*index].and_then(place_of),
                ..self.parties[*index].party.clone()
            })
            .collect();
        let places = parties.iter().flat_map(|party| [&party.name, &party.place]).chain(&self.detected);
        let range = places.cloned().reduce(|all, place| all.start.min(place.start)..all.end.max(place.end))?;
        let cycle = cycle(&parties);
        Some(FoundLocks { system: self.system, parties, cycle, detected: self.detected, range })
    }

    /// Whether waits count of which nobody knows the holder: runtimes that name no holders, and stated deadlocks.
    fn waits_alone(&self) -> bool {
        self.detected.is_some() || matches!(self.system, LockSystem::Go | LockSystem::Python)
    }

    /// For each party the index of the one it waits for.
    fn edges(&self) -> Vec<Option<usize>> {
        let others = |index: usize| (0..self.parties.len()).filter(move |other| *other != index);
        let edge = |(index, party): (usize, &Draft<'_>)| {
            let named = party.holder.and_then(|name| others(index).find(|other| self.parties[*other].name == name));
            let wanted = party.wanted.as_ref().filter(|_| party.holder.is_none());
            named.or_else(|| {
                others(index).find(|other| wanted.is_some_and(|lock| self.parties[*other].held.contains(lock)))
            })
        };
        let mut edges: Vec<Option<usize>> = self.parties.iter().enumerate().map(edge).collect();
        // Of two parties of a stated deadlock each waits for the other, also where the report leaves a lock out.
        let both = self.parties.len() == 2 && self.parties.iter().all(|party| party.wanted.is_some());
        if both && self.detected.is_some() && matches!(self.system, LockSystem::Innodb | LockSystem::SqlServer) {
            edges = vec![Some(1), Some(0)];
        }
        edges
    }
}

/// The circle that begins with the earliest party.
fn cycle(parties: &[FoundParty]) -> Vec<usize> {
    for start in 0..parties.len() {
        let mut path = vec![start];
        let mut at = start;
        while let Some(next) = parties[at].waits_for {
            if next == start {
                return path;
            }
            if path.len() > parties.len() {
                break;
            }
            path.push(next);
            at = next;
        }
    }
    Vec::new()
}

/// The line without the blanks around it.
fn line_range(line: &Line<'_>) -> Range<usize> {
    let words = line.text.trim_end();
    let start = line.start + words.len() - words.trim_start().len();
    start..start + words.trim_start().len()
}

/// A part of a line as a range of the source.
fn place(line: &Line<'_>, range: Range<usize>) -> Range<usize> {
    line.start + range.start..line.start + range.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::lines;

    #[test]
    fn a_text_without_locks_has_no_report() {
        let text = "He waits for an answer.\nThe waiter came.\ngoroutine leak?\n";
        assert_eq!(find_locks(&lines(text).collect::<Vec<_>>()), []);
    }

    #[test]
    fn three_parties_make_a_circle_and_who_only_waits_for_one_is_not_in_it() {
        let row = |who: u32, holder: u32| {
            format!("Process {who} waits for ShareLock on tuple (0,{who}); blocked by process {holder}.\n")
        };
        let text = [row(9, 1), row(1, 2), row(2, 3), row(3, 1)].concat();
        let found = find_locks(&lines(&text).collect::<Vec<_>>());
        let name = |index: &usize| &text[found[0].parties[*index].name.clone()];
        assert_eq!(found[0].cycle.iter().map(name).collect::<Vec<_>>(), ["1", "2", "3"]);
        assert_eq!(found[0].parties.len(), 4);
    }
}
