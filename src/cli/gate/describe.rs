//! A gate's answer as text for people, and as lines for a GitHub job.

use std::fmt::Write as _;

use crate::gate::GateReport;
use crate::render::visible;

/// The answer for people.
pub fn text(report: &GateReport) -> String {
    let open = if report.open { "open" } else { "closed" };
    let mut text = format!("{} {}: {} ({open})\n", one_line(&report.case), report.phase, report.state);
    for notice in &report.notices {
        let _ = writeln!(text, "  ! {notice}");
    }
    if let (Some(policy), Some(threshold)) = (&report.policy, report.threshold) {
        let priority = report.priority.as_deref().unwrap_or("unknown");
        let assurance = report.assurance.as_ref().map_or(String::new(), |assurance| format!(", assurance {assurance}"));
        let _ = writeln!(
            text,
            "  {} of {threshold} approvals, priority {}, policy from {}{assurance}",
            report.counted.len(),
            visible(priority),
            visible(&policy.source)
        );
    }
    for counted in &report.counted {
        let _ = writeln!(text, "  + {} at {} ({})", visible(&counted.principal), counted.signed_at, counted.statement);
    }
    for left in &report.not_counted {
        let _ = writeln!(text, "  - {}: {}", left.statement, one_line(&left.reason));
    }
    for subject in &report.subjects {
        let mark = match (subject.changed, subject.sha256.is_empty()) {
            (Some(true), true) => "removed  ",
            (Some(true), false) if subject.approved_sha256.is_none() => "added    ",
            (Some(true), false) => "changed  ",
            (Some(false), _) => "same     ",
            (None, _) => "",
        };
        let digest = if subject.sha256.is_empty() { "-" } else { subject.sha256.get(..12).unwrap_or_default() };
        let _ = writeln!(text, "  {mark}{digest:12}  {}", one_line(&subject.name));
    }
    for finding in &report.findings {
        let place = finding.line.map_or_else(|| finding.file.clone(), |line| format!("{}:{line}", finding.file));
        let _ = writeln!(text, "  {} {}: {}", finding.code, one_line(&place), one_line(&finding.message));
    }
    if let Some(clock) = report.clock.as_ref().filter(|clock| clock.source != "system") {
        let _ = writeln!(text, "  time {} from {}", clock.now, visible(&clock.source));
    }
    let _ = writeln!(text, "next: {}", one_line(&report.next));
    text
}

/// A text that cannot begin a line of its own.
pub fn one_line(text: &str) -> String {
    visible(text).replace('\n', "\\n")
}

/// Workflow commands of GitHub Actions: one line a closed gate or finding; nothing untrusted can begin a command.
pub fn github(report: &GateReport, folder: &str) -> String {
    let mut text = String::new();
    let level = if report.open { "notice" } else { "error" };
    let file = format!("{folder}/{}", report.phase.pages().first().copied().unwrap_or_default());
    let title = format!("casefile gate {} {}", report.case, report.phase);
    let summary = format!("{}: {}", report.state, report.next);
    let _ = writeln!(text, "::{level} file={},title={}::{}", property(&file), property(&title), data(&summary));
    for notice in &report.notices {
        let _ = writeln!(text, "::warning file={},title={}::{}", property(&file), property(&title), data(notice));
    }
    for finding in &report.findings {
        let level = if report.open { "warning" } else { "error" };
        let place = property(&format!("{folder}/{}", finding.file));
        let line = finding.line.map_or_else(String::new, |line| format!(",line={line}"));
        let message = format!("{}: {}", finding.code, finding.message);
        let _ = writeln!(text, "::{level} file={place}{line},title={}::{}", property(&title), data(&message));
    }
    text
}

/// The message of a workflow command: one line, nothing that ends it.
pub fn data(text: &str) -> String {
    // A line feed is kept by `visible`, a carriage return is not.
    visible(text).replace('%', "%25").replace('\n', "%0A")
}

/// A property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_untrusted_begins_a_workflow_command() {
        assert_eq!(data("a\n::error::b %"), "a%0A::error::b %25");
        assert_eq!(property("a,b:c\n"), "a%2Cb%3Ac%0A");
        assert!(!data("a\r::error::b").contains('\r'));
    }
}
