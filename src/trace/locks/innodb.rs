//! InnoDB's deadlock report: `LATEST DETECTED DEADLOCK` with the locks that each transaction holds and waits for.

use std::ops::Range;
use std::sync::LazyLock;

use super::{Report, place};
use crate::case::LockSystem;
use crate::pattern::Pattern;
use crate::span::Line;
use crate::trace::recognizer::pattern;

static PART: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"\*\*\* \((?P<name>\d+)\) (?:(?P<holds>HOLDS THE LOCK)|(?P<waits>WAITING FOR THIS LOCK)|TRANSACTION:)")
});

static LOCK: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?:RECORD LOCKS space id (?P<space>\d+) page no (?P<page>\d+).*?)?(?P<what>index \S+ of table \S+|TABLE LOCK table \S+)",
    )
});

static TRANSACTION: LazyLock<Pattern> = LazyLock::new(|| pattern(r"^\s*TRANSACTION (?P<id>\d+)\b"));

/// What the lines after a heading tell of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Transaction,
    Holds,
    Waits,
}

/// The reports, each from its first transaction on.
pub(super) fn read<'a>(lines: &[Line<'a>]) -> Vec<Report<'a>> {
    let mut reports: Vec<Report<'a>> = Vec::new();
    let mut detected: Option<Range<usize>> = None;
    let mut part: Option<(usize, Part)> = None;
    for line in lines {
        let text: &'a str = line.text;
        if let Some(at) = text.find("LATEST DETECTED DEADLOCK") {
            detected = Some(place(line, at..at + "LATEST DETECTED DEADLOCK".len()));
            part = None;
        }
        if text.contains("*** WE ROLL BACK") {
            part = None;
        }
        if let Some(captures) = PART.captures(text)
            && let Some(name) = captures.name("name")
        {
            let kind = match (captures.name("holds"), captures.name("waits")) {
                (Some(_), _) => Part::Holds,
                (_, Some(_)) => Part::Waits,
                _ => Part::Transaction,
            };
            // The first transaction begins a report, unless it is the one just begun by a part of its own.
            let first = kind == Part::Transaction && name.as_str() == "1";
            if first || reports.is_empty() {
                let mut report = Report::of(LockSystem::Innodb);
                report.detected = detected.take();
                reports.push(report);
            }
            let Some(report) = reports.last_mut() else { continue };
            part = Some((report.party(name.as_str(), place(line, name.range()), line), kind));
            continue;
        }
        let (Some((party, kind)), Some(report)) = (part, reports.last_mut()) else { continue };
        if let (Part::Transaction, Some(id)) =
            (kind, TRANSACTION.captures(text).and_then(|captures| captures.name("id")))
        {
            // Later parts name the transaction by its place in the report; pages name it by its id.
            report.parties[party].party.name = place(line, id.range());
        }
        if kind == Part::Transaction {
            continue;
        }
        let Some(captures) = LOCK.captures(text) else { continue };
        let Some(what) = captures.name("what") else { continue };
        let number = |group: &str| captures.name(group).map_or("", |found| found.as_str());
        let key = format!("{}/{}/{}", number("space"), number("page"), what.as_str());
        match kind {
            Part::Holds => report.holds(party, &key, place(line, what.range())),
            _ => report.wants(party, &key, place(line, what.range()), line),
        }
    }
    reports
}
