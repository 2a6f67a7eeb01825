//! SQL Server's deadlock graph, as XML or as the text of its error log: owners and waiters of each resource.

use std::ops::Range;
use std::sync::LazyLock;

use super::{Report, place};
use crate::case::LockSystem;
use crate::pattern::Pattern;
use crate::span::Line;
use crate::trace::recognizer::pattern;

static ROW: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r#"(?:^|[<\s])(?:(?P<graph>deadlock-list|deadlock-graph|deadlock)(?:>| victim=|\s*$)"#,
        r#"|(?P<resource>(?:key|page|object|rid|row|extent|application|metadata|hobt|database|file)lock|exchangeEvent|threadpool|syncpoint)\s"#,
        r#"|(?P<role>owner|waiter) id="?(?P<name>[\w]+))"#
    ))
});

static OBJECT: LazyLock<Pattern> = LazyLock::new(|| pattern(r#"\bobjectname="?(?P<name>[^\s">]+)"#));

static ID: LazyLock<Pattern> = LazyLock::new(|| pattern(r#"\sid="?(?P<id>\w+)"#));

/// The graphs, each from its beginning; owners and waiters before one belong to one of their own.
pub(super) fn read<'a>(lines: &[Line<'a>]) -> Vec<Report<'a>> {
    let mut reports: Vec<Report<'a>> = Vec::new();
    let mut detected: Option<Range<usize>> = None;
    let mut resource: Option<(&'a str, Range<usize>)> = None;
    for line in lines {
        let text: &'a str = line.text;
        // XML is often pasted on one line.
        for captures in ROW.captures_iter(text) {
            if let Some(graph) = captures.name("graph") {
                // A list holds a graph: both words begin the same one.
                if detected.is_none() {
                    detected = Some(place(line, graph.range()));
                }
                resource = None;
            } else if let Some(kind) = captures.name("resource") {
                let element = &text[kind.start()..];
                let element = &element[..element.find('>').unwrap_or(element.len())];
                let part = |found: crate::pattern::Match<'a>| {
                    (found.as_str(), place(line, kind.start() + found.start()..kind.start() + found.end()))
                };
                let object = OBJECT.captures(element).and_then(|captures| captures.name("name"));
                let id = ID.captures(element).and_then(|captures| captures.name("id"));
                resource = id.map(|id| id.as_str()).zip(object.or(id).map(|shown| part(shown).1));
            } else if let (Some(role), Some(name), Some((key, lock))) =
                (captures.name("role"), captures.name("name"), resource.clone())
            {
                if reports.is_empty() || detected.is_some() {
                    let mut report = Report::of(LockSystem::SqlServer);
                    report.detected = detected.take();
                    reports.push(report);
                }
                let Some(report) = reports.last_mut() else { continue };
                let party = report.party(name.as_str(), place(line, name.range()), line);
                match role.as_str() {
                    "owner" => report.holds(party, key, lock),
                    _ => {
                        report.wants(party, key, lock, line);
                        report.parties[party].party.place = place(line, captures.get_match().range());
                    }
                }
            }
        }
    }
    reports
}
