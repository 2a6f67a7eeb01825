//! Thread dumps of the JVM: locked monitors, monitors waited for, ownable synchronizers, and jstack's own summary.

use std::sync::LazyLock;

use super::{Report, place};
use crate::case::LockSystem;
use crate::pattern::Pattern;
use crate::span::Line;
use crate::trace::recognizer::pattern;

/// `"worker-1" #12 prio=5 …`, `"worker-1":`, `"worker-1" Id=12 BLOCKED on shop.Stock@1a2b owned by "worker-2" Id=13`.
static THREAD: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r#"^[\s>*]*"(?P<name>[^"]{1,200})"(?::\s*$| #\d+| prio=| daemon| tid=| Id=\d+| \[| nid=)"#)
});

static WANTS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?:waiting to (?:re-)?lock|parking to wait for|waiting for ownable synchronizer|blocked on|BLOCKED on|WAITING on)\s+(?:monitor \S+ \(object )?<?(?P<lock>0x[0-9a-fA-F]+|[\w.$]+@[0-9a-f]+)",
    )
});

static HOLDS: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"^[\s>*]*-\s+(?:locked\s+)?<?(?P<lock>0x[0-9a-fA-F]+|[\w.$]+@[0-9a-f]+)>?(?:\s|$)"));

static HOLDER: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r#"(?:which is held by|owned by) "(?P<name>[^"]{1,200})""#));

static DETECTED: LazyLock<Pattern> = LazyLock::new(|| pattern(r"[Ff]ound (?:one|\d+|a) (?:Java-level )?deadlocks?"));

/// The dumps, one report each; a summary belongs to its dump.
pub(super) fn read<'a>(lines: &[Line<'a>]) -> Vec<Report<'a>> {
    let mut reports = vec![Report::of(LockSystem::Jvm)];
    let mut thread = None;
    for line in lines {
        let text: &'a str = line.text;
        if text.contains("Full thread dump") {
            reports.push(Report::of(LockSystem::Jvm));
            thread = None;
        }
        let Some(report) = reports.last_mut() else { break };
        if let Some(found) = DETECTED.find(text) {
            report.detected = report.detected.take().or(Some(place(line, found.range())));
            thread = None;
        }
        if let Some(name) = THREAD.captures(text).and_then(|captures| captures.name("name")) {
            thread = Some((name.as_str(), place(line, name.range())));
        }
        let Some((name, range)) = thread.clone() else { continue };
        let wants = WANTS.captures(text).and_then(|captures| captures.name("lock"));
        let holder = HOLDER.captures(text).and_then(|captures| captures.name("name"));
        if let Some(lock) = wants {
            let party = report.party(name, range.clone(), line);
            report.wants(party, lock.as_str(), place(line, lock.range()), line);
        } else if let Some(lock) = HOLDS.captures(text).and_then(|captures| captures.name("lock")) {
            let party = report.party(name, range.clone(), line);
            report.holds(party, lock.as_str(), place(line, lock.range()));
        }
        if let Some(holder) = holder {
            let party = report.party(name, range, line);
            report.parties[party].holder = Some(holder.as_str());
            report.party(holder.as_str(), place(line, holder.range()), line);
        }
    }
    reports.retain(|report| !report.parties.is_empty());
    reports
}
