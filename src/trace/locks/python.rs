//! Dumps of Python's faulthandler: threads whose innermost frame waits for a lock. It names no locks and no holders.

use std::sync::LazyLock;

use super::{Report, place};
use crate::case::LockSystem;
use crate::pattern::Pattern;
use crate::span::Line;
use crate::trace::recognizer::pattern;

static THREAD: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"^[\s>*]*(?:Current thread|Thread) (?P<name>0x[0-9a-f]+)(?: \[[^\]]*\])? \(most recent call first\):")
});

static FRAME: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r#"^[\s>*]*File "(?P<file>[^"]+)", line (?P<line>\d+) in (?P<function>[\w<>.]+)"#));

/// Functions of the standard library in which a thread waits for another one.
const WAITS: [&str; 5] = ["acquire", "__enter__", "_wait_for_tstate_lock", "wait", "join"];

/// The dumps; a thread that comes again begins the next one.
pub(super) fn read<'a>(lines: &[Line<'a>]) -> Vec<Report<'a>> {
    let mut reports = vec![Report::of(LockSystem::Python)];
    let mut seen: Vec<&str> = Vec::new();
    let mut innermost = None;
    for line in lines {
        let text: &'a str = line.text;
        if let Some(name) = THREAD.captures(text).and_then(|captures| captures.name("name")) {
            if seen.contains(&name.as_str()) {
                seen.clear();
                reports.push(Report::of(LockSystem::Python));
            }
            seen.push(name.as_str());
            innermost = Some((name.as_str(), place(line, name.range())));
            continue;
        }
        // Only the first frame below a thread is where it stands.
        let Some((name, range)) = innermost.take() else { continue };
        let Some(captures) = FRAME.captures(text) else { continue };
        let (Some(file), Some(function)) = (captures.name("file"), captures.name("function")) else { continue };
        let library = file.as_str().ends_with("threading.py") || function.as_str() == "_wait_for_tstate_lock";
        let Some(report) = reports.last_mut().filter(|_| library && WAITS.contains(&function.as_str())) else {
            continue;
        };
        let party = report.party(name, range, line);
        report.wants(party, "", place(line, function.range()), line);
    }
    reports
}
