//! Mermaid diagrams: a sequence of timed events, and the way from symptoms to tasks. Only ever an addition to a table that
//! says the same. No text of a source becomes an id or a keyword.

use std::collections::BTreeMap;

use crate::case::{Plan, TimelineKind, TimelineRow};

use super::visible::visible_line;

/// Fewest events that a diagram shows better than a sentence.
const EVENTS_MIN: usize = 3;

/// Most events in one diagram; a page of them is unreadable, and the table beside it has all.
const EVENTS_MAX: usize = 12;

/// Longest label, in characters.
const LABEL_CHARS: usize = 70;

/// Longest line of a label, in characters: Mermaid widens a diagram for a long line, and the page then shrinks its text.
const LINE_CHARS: usize = 26;

/// The timeline as a sequence diagram: one lane for each kind of row.
///
/// `None` unless three rows or more can be put in one order: all with a date, or all times of one day and one source.
pub(super) fn timeline(rows: &[TimelineRow]) -> Option<String> {
    let rows = comparable(rows);
    if rows.len() < EVENTS_MIN {
        return None;
    }
    let mut out = String::from("sequenceDiagram\n");
    for (id, label, kind) in LANES {
        if rows.iter().any(|row| row.kind == *kind) {
            out.push_str(&format!("    participant {id} as {label}\n"));
        }
    }
    for row in rows.iter().take(EVENTS_MAX) {
        let lane = LANES.iter().find(|lane| lane.2 == row.kind).map_or("reports", |lane| lane.0);
        out.push_str(&format!("    Note over {lane}: {}<br/>{}\n", label(&row.at), label(&row.text)));
    }
    Some(out)
}

/// The plan's way from symptom over hypothesis to component, as a flow chart; `None` where nothing is traced. Tasks stand
/// in the table only: with them the chart is a knot.
pub(super) fn traceability(plan: &Plan) -> Option<String> {
    let mut nodes = Nodes::default();
    let mut edges: Vec<(String, String)> = Vec::new();
    for trace in plan.traceability.iter().take(EVENTS_MAX) {
        let symptom = nodes.id("s", &trace.symptom);
        for hypothesis in &trace.hypotheses {
            let hypothesis = nodes.id("h", hypothesis);
            edges.push((symptom.clone(), hypothesis.clone()));
            for component in &trace.components {
                let component = nodes.id("c", component);
                edges.push((hypothesis.clone(), component));
            }
        }
    }
    if edges.is_empty() {
        return None;
    }
    let mut out = String::from("flowchart LR\n");
    for (id, text) in &nodes.order {
        out.push_str(&format!("    {id}[\"{}\"]\n", label(text)));
    }
    let mut seen = std::collections::BTreeSet::new();
    for edge in edges {
        if seen.insert(edge.clone()) {
            out.push_str(&format!("    {} --> {}\n", edge.0, edge.1));
        }
    }
    Some(out)
}

const LANES: &[(&str, &str, TimelineKind)] = &[
    ("reports", "Reports", TimelineKind::Stated),
    ("logs", "Logs", TimelineKind::Log),
    ("computed", "Computed from logs", TimelineKind::Computed),
];

/// Numbered node ids, one for each distinct text.
#[derive(Default)]
struct Nodes {
    ids: BTreeMap<(String, String), String>,
    order: Vec<(String, String)>,
}

impl Nodes {
    fn id(&mut self, prefix: &str, text: &str) -> String {
        let key = (prefix.to_string(), text.to_string());
        if let Some(id) = self.ids.get(&key) {
            return id.clone();
        }
        let id = format!("{prefix}{}", self.order.len() + 1);
        self.order.push((id.clone(), text.to_string()));
        self.ids.insert(key, id.clone());
        id
    }
}

/// Rows whose times stand on one scale: those with a date, else those of the source that has most times of day.
fn comparable(rows: &[TimelineRow]) -> Vec<&TimelineRow> {
    let dated: Vec<&TimelineRow> = rows.iter().filter(|row| has_date(&row.at)).collect();
    if dated.len() >= EVENTS_MIN {
        return dated;
    }
    let mut clocks: BTreeMap<(&str, Option<&str>), Vec<&TimelineRow>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !has_date(&row.at)) {
        clocks.entry((&row.span.source, row.zone.as_deref())).or_default().push(row);
    }
    clocks.into_values().rev().max_by_key(Vec::len).unwrap_or_default()
}

/// Whether a time as written names a day: a group of four digits, or a month's name.
fn has_date(at: &str) -> bool {
    const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let lower = at.to_ascii_lowercase();
    let digits = lower.split(|c: char| !c.is_ascii_digit()).any(|group| matches!(group.len(), 4 | 8));
    digits || lower.split(|c: char| !c.is_ascii_alphabetic()).any(|word| MONTHS.iter().any(|m| word.starts_with(m)))
}

/// `text` as a diagram label: short, and every character with a meaning to Mermaid as a character code.
fn label(text: &str) -> String {
    let line = visible_line(text);
    let mut short: String = line.chars().take(LABEL_CHARS).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    let mut out = String::new();
    let mut column = 0;
    for part in short.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let width = part.chars().count();
        if column > 0 && column + width > LINE_CHARS && out.ends_with(' ') {
            out.truncate(out.len() - 1);
            out.push_str("<br/>");
            column = 0;
        }
        column += width;
        let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        // The lexer takes this word for the end of a block wherever it stands alone.
        out.push_str(if word.eq_ignore_ascii_case("end") { "e#110;d" } else { word });
        for c in part[word.len()..].chars() {
            if c.is_ascii() && !" .,-_/()=+".contains(c) {
                out.push_str(&format!("#{};", u32::from(c)));
            } else {
                out.push(c);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Cited, Precision};

    fn row(at: &str, text: &str, kind: TimelineKind) -> TimelineRow {
        let span = Cited { source: "a.log".into(), bytes: [0, 1], lines: [1, 1], quote: "x".into(), id: None };
        TimelineRow { at: at.into(), text: text.into(), precision: Precision::Second, zone: None, span, kind }
    }

    #[test]
    fn three_times_of_one_clock_make_a_diagram() {
        let rows = ["09:30:01", "09:30:02", "09:30:03"].map(|at| row(at, "a; b", TimelineKind::Log));
        let expected =
            "sequenceDiagram\n    participant logs as Logs\n    Note over logs: 09#58;30#58;01<br/>a#59; b\n";
        assert!(timeline(&rows).unwrap().starts_with(expected), "{:?}", timeline(&rows));
    }

    #[test]
    fn two_events_make_none() {
        let rows = ["09:30", "2024-01-02 09:31", "2024-01-02 09:32"].map(|at| row(at, "a", TimelineKind::Stated));
        assert_eq!(timeline(&rows), None);
    }

    #[test]
    fn times_of_different_sources_are_not_put_in_order() {
        let mut rows = ["09:30", "09:31", "09:32"].map(|at| row(at, "a", TimelineKind::Stated));
        rows[0].span.source = "b.log".into();
        assert_eq!(timeline(&rows), None);
    }

    #[test]
    fn labels_hold_no_keyword_and_no_syntax() {
        assert_eq!(label("the end: \"x\" #1;"), "the e#110;d#58; #34;x#34; #35;1#59;");
        assert_eq!(label("End here"), "e#110;d here");
    }

    #[test]
    fn long_labels_are_broken_between_words_and_cut() {
        assert_eq!(label("a first line of some words and the rest"), "a first line of some<br/>words and the rest");
        assert_eq!(label(&"x".repeat(80)).chars().count(), LABEL_CHARS + 1);
    }
}
