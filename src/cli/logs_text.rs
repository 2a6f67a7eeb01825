//! The result of `casefile logs` as people read it: tables, and a sparkline on a terminal.

use std::fmt::Write as _;
use std::io::IsTerminal as _;

use crate::case::Level;
use crate::log::scan::{LogPlace, LogSeries, LogsReport};
use crate::render::visible;
use crate::rules::word;

/// Heights of a sparkline, lowest first.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Longest text of a row, in characters.
const ROW_CHARS: usize = 100;

/// How errors over time are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Series {
    /// Two lines of bars.
    Sparkline,
    /// A row a bucket.
    Table,
}

impl Series {
    /// Bars on a terminal, else rows, which other programs can read.
    pub fn of_terminal() -> Self {
        if std::io::stdout().is_terminal() { Series::Sparkline } else { Series::Table }
    }
}

/// The report as text.
pub fn text(report: &LogsReport, series: Series) -> String {
    let mut text = String::new();
    sources(&mut text, report);
    levels(&mut text, report);
    onset(&mut text, report);
    if let Some(found) = &report.series {
        match series {
            Series::Sparkline => sparkline(&mut text, found),
            Series::Table => table(&mut text, found),
        }
    }
    bursts(&mut text, report);
    gaps(&mut text, report);
    periods(&mut text, report);
    templates(&mut text, report);
    text
}

fn sources(text: &mut String, report: &LogsReport) {
    for source in &report.sources {
        let _ = write!(
            text,
            "{}: {}, {}, {}",
            visible(&source.path),
            counted(source.lines, "line"),
            counted(source.events, "event"),
            counted(source.bytes, "byte")
        );
        if source.other_lines > 0 {
            let _ = write!(text, ", {} outside of events", counted(source.other_lines, "line"));
        }
        if let Some(compression) = &source.compression {
            let _ = write!(text, ", {compression}");
        }
        text.push('\n');
    }
    if let (Some(first), Some(last)) = (&report.first, &report.last) {
        let _ = writeln!(text, "from {} to {}", visible(first), visible(last));
    }
}

fn levels(text: &mut String, report: &LogsReport) {
    if report.events == 0 {
        return;
    }
    text.push_str("\nlevel       events\n");
    for (level, count) in report.levels.iter().rev() {
        let _ = writeln!(text, "{:8} {count:>9}", word(level));
    }
    if report.without_level > 0 {
        let _ = writeln!(text, "{:8} {:>9}", "none", report.without_level);
    }
}

fn onset(text: &mut String, report: &LogsReport) {
    let Some(onset) = &report.onset else { return };
    let at = onset.at.as_deref().map_or(String::new(), |at| format!("{} ", visible(at)));
    let _ = writeln!(text, "\nfirst error: {at}({})\n  {}", place(report, onset.place), row(&onset.message));
}

/// Bars for events and for the share of errors, each against the highest.
fn sparkline(text: &mut String, series: &LogSeries) {
    let (Some(first), Some(last)) = (series.buckets.first(), series.buckets.last()) else { return };
    let events: Vec<u64> = series.buckets.iter().map(|bucket| bucket.events).collect();
    let shares: Vec<u64> = series.buckets.iter().map(|bucket| permille(bucket.errors, bucket.events)).collect();
    let highest = shares.iter().max().copied().unwrap_or(0);
    let _ = writeln!(text, "\n{} to {}, {} each", first.at, last.at, duration(series.width_seconds));
    let _ = writeln!(text, "events  {}  most {}", bars(&events), events.iter().max().copied().unwrap_or(0));
    let _ = writeln!(text, "errors  {}  most {}", bars(&shares), percent(highest));
}

fn bars(values: &[u64]) -> String {
    let highest = values.iter().max().copied().unwrap_or(0).max(1);
    let bar = |value: &u64| {
        let height = (value.saturating_mul(BARS.len() as u64 - 1)).div_ceil(highest);
        if *value == 0 { ' ' } else { BARS[usize::try_from(height).unwrap_or(0).min(BARS.len() - 1)] }
    };
    values.iter().map(bar).collect()
}

fn table(text: &mut String, series: &LogSeries) {
    let width = series.buckets.iter().map(|bucket| bucket.at.len()).max().unwrap_or(0);
    let each = format!("{} each", duration(series.width_seconds));
    let _ = writeln!(text, "\n{each:width$}    events    errors  errors %");
    for bucket in &series.buckets {
        let share = percent(permille(bucket.errors, bucket.events));
        let _ = writeln!(text, "{:width$} {:>9} {:>9} {share:>9}", bucket.at, bucket.events, bucket.errors);
    }
}

fn bursts(text: &mut String, report: &LogsReport) {
    if !report.bursts.is_empty() {
        text.push_str("\nbursts of warnings and errors, ten times their average and more\n");
    }
    for burst in &report.bursts {
        let _ = writeln!(text, "  {} to {}: {} × {}", burst.from, burst.to, burst.events, row(&burst.template));
    }
}

fn gaps(text: &mut String, report: &LogsReport) {
    if !report.gaps.is_empty() {
        text.push_str("\ngaps without any event\n");
    }
    for gap in &report.gaps {
        let _ = writeln!(text, "  {} to {}: {}", gap.from, gap.to, duration(gap.seconds));
    }
}

fn periods(text: &mut String, report: &LogsReport) {
    if !report.periods.is_empty() {
        text.push_str("\nwarnings and errors at regular times\n");
    }
    for period in &report.periods {
        let _ = writeln!(
            text,
            "  every {} from {} to {}: {} × {}",
            duration(period.every_seconds),
            period.from,
            period.to,
            period.times,
            row(&period.template)
        );
    }
}

fn templates(text: &mut String, report: &LogsReport) {
    if report.templates.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{}", counted(report.template_count, "template"));
    let time = |at: &Option<String>| at.as_deref().map_or_else(|| "-".to_owned(), visible);
    let times: Vec<_> = report.templates.iter().map(|found| (time(&found.first), time(&found.last))).collect();
    let width =
        times.iter().map(|(first, last)| first.chars().count().max(last.chars().count())).max().unwrap_or(0).max(5);
    let _ = writeln!(text, "    count level  {:width$} {:width$} template", "first", "last");
    for (found, (first, last)) in report.templates.iter().zip(&times) {
        let level = found.level.as_ref().map_or_else(|| "-".to_owned(), word::<Level>);
        let template = row(&found.template);
        let _ = writeln!(text, "{:>9} {level:6} {first:width$} {last:width$} {template}", found.count);
    }
    let rest = report.template_count - report.templates.len() as u64;
    if rest > 0 {
        let (rest, messages) = (counted(rest, "more template"), counted(report.unlisted_messages, "line"));
        let _ = writeln!(text, "and {rest}, {messages}; --limit N lists more");
    }
}

fn place(report: &LogsReport, place: LogPlace) -> String {
    let source = usize::try_from(place.source).ok().and_then(|index| report.sources.get(index));
    format!("{}:{}", source.map_or_else(String::new, |source| visible(&source.path)), place.line)
}

/// A text on one line, not longer than a row.
fn row(text: &str) -> String {
    let text = visible(text).replace(['\n', '\t'], " ");
    match text.char_indices().nth(ROW_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn permille(part: u64, whole: u64) -> u64 {
    // Rounded up, so that a single error among many events still shows.
    part.saturating_mul(1000).div_ceil(whole.max(1))
}

fn percent(permille: u64) -> String {
    format!("{}.{}%", permille / 10, permille % 10)
}

fn duration(seconds: u64) -> String {
    let (days, hours, minutes, rest) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let parts = [(days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")];
    let written: Vec<_> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count} {unit}")).collect();
    if written.is_empty() { "0 s".to_owned() } else { written.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_bar_is_full_and_none_is_blank() {
        assert_eq!(bars(&[0, 1, 50, 100]), " ▂▅█");
    }

    #[test]
    fn one_error_among_many_events_still_shows() {
        assert_eq!(percent(permille(1, 5000)), "0.1%");
        assert_eq!(percent(permille(0, 0)), "0.0%");
    }

    #[test]
    fn durations_are_written_with_their_units() {
        assert_eq!(
            (duration(0), duration(90), duration(90_000)),
            ("0 s".into(), "1 min 30 s".into(), "1 d 1 h".into())
        );
    }
}
