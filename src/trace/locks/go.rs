//! Go's dumps: goroutines that wait for a mutex, a channel or a semaphore. The runtime does not tell who holds a lock.

use std::sync::LazyLock;

use super::{Report, place};
use crate::case::LockSystem;
use crate::pattern::Pattern;
use crate::span::Line;
use crate::trace::recognizer::pattern;

static GOROUTINE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"^[\s>*]*goroutine (?P<name>\d+) (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[(?P<state>[^\],]+)[^\]]*\]:")
});

/// `sync.(*Mutex).lockSlow(0xc0000b4008)`: the address of what it waits for.
static LOCK: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"^[\s>*]*sync\.\(\*(?:RW)?Mutex\)\.\w*[lL]ock\w*\((?P<lock>0x[0-9a-f]+)"));

static DETECTED: LazyLock<Pattern> = LazyLock::new(|| pattern(r"all goroutines are asleep - deadlock!"));

/// States in which a goroutine waits for a lock; for anything at all where the runtime says that it is a deadlock.
fn waits(state: &str, detected: bool) -> bool {
    state.starts_with("semacquire")
        || state.starts_with("sync.")
        || detected && (state.starts_with("chan ") || state.starts_with("select"))
}

/// The dumps; a stated deadlock begins one.
pub(super) fn read<'a>(lines: &[Line<'a>]) -> Vec<Report<'a>> {
    let mut reports = vec![Report::of(LockSystem::Go)];
    let mut waiting: Option<usize> = None;
    for line in lines {
        let text: &'a str = line.text;
        if let Some(found) = DETECTED.find(text) {
            let mut report = Report::of(LockSystem::Go);
            report.detected = Some(place(line, found.range()));
            reports.push(report);
            waiting = None;
        }
        let Some(report) = reports.last_mut() else { break };
        if let Some(captures) = GOROUTINE.captures(text) {
            waiting = None;
            if let (Some(name), Some(state)) = (captures.name("name"), captures.name("state"))
                && waits(state.as_str(), report.detected.is_some())
            {
                let party = report.party(name.as_str(), place(line, name.range()), line);
                report.wants(party, "", place(line, state.range()), line);
                waiting = Some(party);
            }
        } else if let (Some(party), Some(lock)) = (waiting, LOCK.captures(text).and_then(|found| found.name("lock"))) {
            report.parties[party].party.wants = Some(place(line, lock.range()));
        }
    }
    reports
}
