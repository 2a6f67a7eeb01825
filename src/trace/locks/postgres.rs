//! PostgreSQL's deadlock report: `Process 18 waits for ShareLock on transaction 995; blocked by process 24.`

use std::sync::LazyLock;

use super::{Report, place};
use crate::case::LockSystem;
use crate::pattern::Pattern;
use crate::span::Line;
use crate::trace::recognizer::pattern;

static WAIT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?:Process|process) (?P<name>\d+) waits for (?P<lock>\w+ on [^;]{1,200}?); blocked by process (?P<holder>\d+)",
    )
});

static DETECTED: LazyLock<Pattern> = LazyLock::new(|| pattern(r"deadlock detected"));

/// Lines between two waits of one report: the statements of the processes stand there.
const APART: usize = 12;

/// The reports; waits that stand apart belong to different ones.
pub(super) fn read<'a>(lines: &[Line<'a>]) -> Vec<Report<'a>> {
    let mut reports: Vec<Report<'a>> = Vec::new();
    let mut last: Option<usize> = None;
    let mut detected = None;
    for (index, line) in lines.iter().enumerate() {
        let text: &'a str = line.text;
        if let Some(found) = DETECTED.find(text) {
            detected = Some((index, place(line, found.range())));
            last = None;
        }
        for captures in WAIT.captures_iter(text) {
            let (Some(name), Some(lock), Some(holder)) =
                (captures.name("name"), captures.name("lock"), captures.name("holder"))
            else {
                continue;
            };
            if last.is_none_or(|last| index > last + APART) {
                let mut report = Report::of(LockSystem::Postgres);
                report.detected = detected.take().filter(|(at, _)| index <= at + APART).map(|(_, range)| range);
                reports.push(report);
            }
            last = Some(index);
            let Some(report) = reports.last_mut() else { continue };
            let party = report.party(name.as_str(), place(line, name.range()), line);
            report.wants(party, lock.as_str(), place(line, lock.range()), line);
            report.parties[party].party.place = place(line, captures.get_match().range());
            report.parties[party].holder = Some(holder.as_str());
        }
    }
    reports
}
