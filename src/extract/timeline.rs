//! Builds the timeline: rows that the sources state, log events worth a row, and bursts computed from the logs.
//!
//! Rows are sorted only as far as their times compare; a time of day takes the day of the row before it.

use std::sync::LazyLock;

use crate::case::{LogSummary, TimelineKind, TimelineRow};
use crate::log::{civil_from_days, days_from_civil};
use crate::markdown::{BlockKind, Cell};
use crate::pattern::Pattern;
use crate::source::SourceMap;
use crate::span::Span;

use super::facts::{Grouping, by_block, fact_of, fold, is_statement, safe_text};
use super::labels::leading_label;
use super::log_rows::{bursts, log_rows};
use super::pattern::pattern;
use super::reading::{Passage, PassageKind, Reading, SectionRole};
use super::status_page::{self, StatusUpdate, status_updates};
use super::times::{WrittenTime, leading_time, placed_time, zone_minutes};

/// Most rows.
const ROWS: usize = 200;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// A row with what sorts it.
pub(super) struct Draft {
    /// The row.
    pub row: TimelineRow,
    /// Its place in the source.
    pub place: Span,
    /// Days since 1970-01-01, where they are known.
    pub day: Option<i64>,
    /// Month and day of a date without a year.
    pub month_day: Option<(u32, u32)>,
    /// Microseconds since midnight, where they are known.
    pub micros: Option<i64>,
}

/// The timeline, sorted by time where times compare, else in source order.
pub(super) fn timeline(sources: &SourceMap, reading: &Reading, log: &LogSummary) -> Vec<TimelineRow> {
    let mut drafts = Vec::new();
    for document in 0..reading.documents.len() {
        tables(sources, reading, document, &mut drafts);
    }
    let updates = status_updates(reading);
    drafts.extend(updates.iter().filter_map(|update| update_row(sources, reading, update)));
    prose(sources, reading, &updates, &mut drafts);
    drafts.sort_by_key(|draft| draft.place);
    drafts.dedup_by(|later, earlier| earlier.place.contains(later.place));
    if let Some(zone) = stated_zone(reading) {
        let open = |draft: &&mut Draft| draft.row.zone.is_none() && draft.micros.is_some();
        drafts.iter_mut().filter(open).for_each(|draft| draft.row.zone = Some(zone.clone()));
    }
    let mut events = Vec::new();
    log_rows(sources, reading, &mut events);
    events.sort_by_key(|draft| draft.place);
    // A line that the document's own timeline holds is no second row.
    events.retain(|event| {
        let start = |place: Span| (place.source, place.start);
        let after = drafts.partition_point(|draft| start(draft.place) <= start(event.place));
        !drafts[..after].last().is_some_and(|stated| stated.place.contains(event.place))
    });
    drafts.extend(events);
    bursts(log, &mut drafts);
    sorted(drafts)
}

/// The zone that the leading document gives for all its times ("All times in UTC").
fn stated_zone(reading: &Reading) -> Option<String> {
    let said = reading.passages.iter().filter(|passage| passage.document == 0);
    said.filter_map(|passage| ALL_TIMES.captures(&passage.flat.text)?.get(1).map(|zone| zone.as_str().to_string()))
        .next()
}

fn sorted(drafts: Vec<Draft>) -> Vec<TimelineRow> {
    let base = base_day(&drafts);
    let mut day = base;
    let mut last: Option<i64> = None;
    let mut keyed = Vec::with_capacity(drafts.len());
    for draft in drafts {
        if let Some(stated) = draft.day.or_else(|| day_near(draft.month_day?, day)) {
            day = stated;
        } else if draft.row.kind != TimelineKind::Stated {
            day = base;
        } else if let (Some(before), Some(micros)) = (last, draft.micros)
            && before - micros > DAY / 2
        {
            // 23:50 and then 00:10: the list went past midnight.
            day += 1;
        }
        if draft.row.kind == TimelineKind::Stated {
            last = draft.micros.or(last);
        }
        let offset = draft.row.zone.as_deref().and_then(zone_minutes).unwrap_or(0) * 60_000_000;
        keyed.push((day.saturating_mul(DAY) + draft.micros.unwrap_or(0) - offset, draft.row));
    }
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, row)| row).take(ROWS).collect()
}

/// The day that times without a date are taken to be of: the first one written anywhere, so that they sort among the
/// others.
fn base_day(drafts: &[Draft]) -> i64 {
    let yearless = || {
        drafts.iter().find_map(|draft| draft.month_day.and_then(|(month, day)| days_from_civil(SOME_YEAR, month, day)))
    };
    drafts.iter().find_map(|draft| draft.day).or_else(yearless).unwrap_or(0)
}

/// A year for rows of which none has one: it only sorts them. A leap year, so that each day of a year is in it.
const SOME_YEAR: i32 = 2024;

/// Half a year, in days.
const HALF_YEAR: i64 = 183;

/// The day with this month and day that lies nearest to `day`: a list may go past the end of a year.
fn day_near((month, of_month): (u32, u32), day: i64) -> Option<i64> {
    let (year, _, _) = civil_from_days(day)?;
    let mut days = (year - 1..=year + 1).filter_map(|year| days_from_civil(year, month, of_month));
    days.find(|found| (found - day).abs() <= HALF_YEAR)
}

fn draft(sources: &SourceMap, at: (&str, &WrittenTime), text: String, span: Span, kind: TimelineKind) -> Draft {
    let (words, time) = at;
    let row = TimelineRow {
        at: fold(words),
        text,
        precision: time.precision,
        zone: time.zone.clone(),
        span: sources.cite(span),
        kind,
    };
    Draft { row, place: span, day: time.day, month_day: time.month_day, micros: time.micros }
}

/// Tables whose first column (or first two: date, time) holds times.
fn tables(sources: &SourceMap, reading: &Reading, document: usize, drafts: &mut Vec<Draft>) {
    let read = &reading.documents[document];
    for block in &read.document.blocks {
        let BlockKind::Table { header, rows } = &block.kind else { continue };
        let timed = rows
            .iter()
            .filter(|row| row.first().is_some_and(|cell| leading_time(cell.text.text.trim()).is_some()))
            .count();
        let role = read.roles.get(block.section).copied().unwrap_or_default();
        let titled = header.first().is_some_and(|cell| TIME_COLUMN.is_match(&cell.text.text));
        if timed * 2 < rows.len() || timed == 0 || !(titled || role == SectionRole::Timeline) {
            continue;
        }
        let zone =
            header.iter().take(2).find_map(|cell| ZONE.find(&cell.text.text)).map(|found| found.as_str().to_string());
        for row in rows {
            drafts.extend(table_row(sources, row, zone.as_deref()));
        }
    }
}

fn table_row(sources: &SourceMap, row: &[Cell], zone: Option<&str>) -> Option<Draft> {
    let (first, last) = (row.first()?, row.last()?);
    let mut words = first.text.text.trim().to_string();
    let mut time = leading_time(&words)?;
    let mut rest = &row[1..];
    if let Some(clock) =
        rest.first().filter(|_| time.is_date_only()).and_then(|cell| leading_time(cell.text.text.trim()))
        && !clock.is_date_only()
    {
        words = format!("{words} {}", rest[0].text.text.trim());
        time = WrittenTime { precision: clock.precision, micros: clock.micros, zone: clock.zone.or(time.zone), ..time };
        rest = &rest[1..];
    }
    time.zone = time.zone.or_else(|| zone.map(str::to_string));
    let text =
        rest.iter().map(|cell| fold(&cell.text.text)).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" - ");
    if text.is_empty() {
        return None;
    }
    let span = first.span.join(last.span);
    let text = sources.redact_text(&text);
    Some(draft(sources, (&words, &time), text, span, TimelineKind::Stated))
}

/// An update of a status page as a row.
fn update_row(sources: &SourceMap, reading: &Reading, update: &StatusUpdate) -> Option<Draft> {
    let said = &reading.passages[update.passages.clone()];
    let text: Vec<String> = said.iter().map(|passage| fold(status_page::words(passage))).collect();
    let time = &reading.passages[update.time];
    let words = time.flat.text.trim();
    let span = said.first()?.span.join(time.span);
    let text = safe_text(sources, span, text.join(" ").trim());
    Some(draft(sources, (words, &leading_time(words)?), text, span, TimelineKind::Stated))
}

/// Items, paragraphs and headings that start with a time; outside timelines, sentences that place something in time.
fn prose(sources: &SourceMap, reading: &Reading, updates: &[StatusUpdate], drafts: &mut Vec<Draft>) {
    let places: Vec<Span> = updates
        .iter()
        .map(|update| reading.passages[update.passages.start].span.join(reading.passages[update.time].span))
        .collect();
    let updated = |passage: &Passage| {
        let start = |place: Span| (place.source, place.start);
        let after = places.partition_point(|place| start(*place) <= start(passage.span));
        places[..after].last().is_some_and(|place| place.contains(passage.span))
    };
    let kinds = |passage: &Passage| {
        !matches!(passage.kind, PassageKind::Cell)
            && !passage.placeholder
            && !is_planned(passage.role)
            && !updated(passage)
    };
    for group in by_block(sources, reading, Grouping::Sentences, kinds) {
        drafts.extend(row_of(sources, reading, &group));
    }
}

fn row_of(sources: &SourceMap, reading: &Reading, group: &[&Passage]) -> Option<Draft> {
    let first = *group.first()?;
    let text = first.flat.text.as_str();
    let in_timeline = first.role == SectionRole::Timeline;
    if let Some(time) = leading_time(text) {
        let rest = text[time.range.end..].trim_start_matches(SEPARATORS);
        let separated =
            text[time.range.end..].trim_start().starts_with(['-', '–', '—', ':', '：', ']', ')', '|', '→', ',']);
        let placed = matches!(first.kind, PassageKind::Sentence) && text.starts_with(char::is_alphabetic);
        let accepted = match first.kind {
            PassageKind::Heading | PassageKind::FenceLine => in_timeline,
            _ => in_timeline || separated || placed,
        };
        if !accepted || is_message(rest) && !in_timeline {
            return None;
        }
        return with_rest(sources, reading, group, &time, rest);
    }
    if matches!(first.kind, PassageKind::Heading | PassageKind::FenceLine) {
        return None;
    }
    labelled_row(sources, first).or_else(|| {
        let time = placed_time(text).filter(|_| is_statement(first) && tells(first.role))?;
        let fact = fact_of(sources, &[first])?;
        Some(draft(sources, (&text[time.range.clone()], &time), fact.text, first.span, TimelineKind::Stated))
    })
}

/// The row of a passage that starts with a time; where nothing follows it, the next block tells what happened.
fn with_rest(
    sources: &SourceMap,
    reading: &Reading,
    group: &[&Passage],
    time: &WrittenTime,
    rest: &str,
) -> Option<Draft> {
    let (first, last) = (*group.first()?, *group.last()?);
    let words = &first.flat.text[time.range.clone()];
    let mut span = first.span.join(last.span);
    let mut text = rest.to_string();
    for passage in &group[1..] {
        text = format!("{text} {}", passage.flat.text);
    }
    if !text.chars().any(char::is_alphanumeric) {
        let at = reading
            .passages
            .partition_point(|other| (other.document, other.span.start) <= (first.document, first.span.start));
        let next =
            reading.passages.get(at).filter(|next| next.section == first.section && next.document == first.document)?;
        if leading_time(&next.flat.text).is_some() {
            return None;
        }
        text = next.flat.text.clone();
        span = span.join(next.span);
    }
    let text = safe_text(sources, span, &fold(&text));
    let text = text.trim_end_matches([':', '：']).to_string();
    Some(draft(sources, (words, time), text, span, TimelineKind::Stated))
}

/// `**Triggered**: 14:27 UTC` is a row that says "Triggered".
fn labelled_row(sources: &SourceMap, passage: &Passage) -> Option<Draft> {
    let label = leading_label(&passage.flat).filter(|label| label.rest < passage.flat.text.len())?;
    let text = passage.flat.text.as_str();
    let key = &text[label.words.clone()];
    let time = leading_time(&text[label.rest..]).filter(|_| EVENT_KEY.is_match(key))?;
    let words = &text[label.rest + time.range.start..label.rest + time.range.end];
    let rest = fold(&text[label.rest + time.range.end..]);
    let said = format!("{key} {rest}").trim().to_string();
    Some(draft(sources, (words, &time), safe_text(sources, passage.span, &said), passage.span, TimelineKind::Stated))
}

const SEPARATORS: &[char] = &[' ', '\n', '\t', '-', '–', '—', ':', '：', ']', ')', '*', '|', '~', ',', '→', '.'];

/// What follows a time in a chat: a speaker and a colon.
fn is_message(rest: &str) -> bool {
    rest.starts_with('@')
}

/// Sections that speak of what is planned or wanted, where a time is no event.
fn is_planned(role: SectionRole) -> bool {
    use SectionRole as R;
    matches!(
        role,
        R::Fix
            | R::Alternatives
            | R::Tests
            | R::Prevention
            | R::ActionItems
            | R::Lessons
            | R::Risks
            | R::Monitoring
            | R::Expected
            | R::References
            | R::People
            | R::Related
            | R::Questions
            | R::CodePaths
            | R::Reproduction
    )
}

fn tells(role: SectionRole) -> bool {
    use SectionRole as R;
    matches!(
        role,
        R::Problem | R::Summary | R::Symptoms | R::Impact | R::Timeline | R::Investigation | R::Cause | R::Environment
    )
}

static TIME_COLUMN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^\W*(?:time|times|timestamp|date|date/time|datetime|when|at|zeit|uhrzeit|datum|heure|",
        r"hora|fecha|時刻|日時|时间)\b|^(?:時刻|日時|时间)",
    ))
});

static ALL_TIMES: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:all|the) (?:times|timestamps|events)(?: \w+){0,4} (?:in|are) ",
        r"((?-i:UTC(?:[+-]\d{1,2})?|GMT|EST|EDT|CST|CDT|MST|MDT|PST|PDT|CET|CEST|BST|IST|JST|KST|AEST|SGT))\b",
    ))
});

static ZONE: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"\b(?:UTC|GMT|EST|EDT|CST|CDT|MST|MDT|PST|PDT|CET|CEST|BST|IST|JST|KST|AEST|SGT)\b"));

static EVENT_KEY: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:first |time |incident )*(?:triggered|fired|firing(?: since)?|acknowledged|acked|detected|",
        r"detection time|resolved|mitigated|closed|opened|created|",
        r"reported(?: (?:on|at))?|started|start(?: time)?|began|ended|end(?: time)?|occurred|occurrence|seen|",
        r"noticed|observed|deployed|escalated|declared|recovered|restored|",
        r"update(?: .{0,20})?|outage|date opened|beginn|ende|発生日時|检测时间|发现时间|发生时间)(?: (?:at|on))?$",
    ))
});

#[cfg(test)]
mod tests {
    use crate::case::Precision;
    use crate::extract::testing::facts;

    fn rows(text: &str) -> Vec<(String, String)> {
        facts(text).timeline.into_iter().map(|row| (row.at, row.text)).collect()
    }

    fn pairs(rows: &[(String, String)]) -> Vec<(&str, &str)> {
        rows.iter().map(|(at, text)| (at.as_str(), text.as_str())).collect()
    }

    #[test]
    fn items_and_bold_paragraphs_of_a_timeline_are_rows() {
        let rows = rows("# T\n\n## Timeline\n\n- 14:32 UTC - Alert fired\n\n**14:40 UTC** - Restarted\n");
        assert_eq!(pairs(&rows), [("14:32 UTC", "Alert fired"), ("14:40 UTC", "Restarted")]);
    }

    #[test]
    fn tables_are_rows_with_the_zone_of_their_header() {
        let found = facts("# T\n\n## Timeline\n\n| Time (UTC) | Event |\n|---|---|\n| 14:00 | Load rises |\n");
        let row = &found.timeline[0];
        assert_eq!((row.at.as_str(), row.text.as_str(), row.zone.as_deref()), ("14:00", "Load rises", Some("UTC")));
    }

    #[test]
    fn unknown_digits_stay_as_written() {
        let found = facts("# T\n\n## Timeline\n\n- 2022-02-?? ??:?? disk replaced\n");
        assert_eq!((found.timeline[0].at.as_str(), found.timeline[0].precision), ("2022-02-?? ??:??", Precision::Day));
    }

    #[test]
    fn rows_are_sorted_by_time_and_a_bare_time_has_the_day_before_it() {
        let text = "# T\n\n## Timeline\n\n- 2024-01-02 10:00 second\n- 11:00 third\n- 2024-01-01 23:00 first\n";
        assert_eq!(rows(text).iter().map(|row| row.1.as_str()).collect::<Vec<_>>(), ["first", "second", "third"]);
    }

    #[test]
    fn a_list_that_passes_midnight_stays_in_order() {
        let text = "# T\n\n## Timeline\n\n- 23:50 late\n- 00:10 later\n";
        assert_eq!(rows(text).iter().map(|row| row.1.as_str()).collect::<Vec<_>>(), ["late", "later"]);
    }

    #[test]
    fn metadata_lines_with_a_time_are_rows() {
        assert_eq!(
            pairs(&rows("# T\n\n**Triggered**: 2024-01-22 14:32 UTC\n")),
            [("2024-01-22 14:32 UTC", "Triggered")]
        );
    }

    #[test]
    fn times_of_plans_are_no_rows() {
        assert_eq!(rows("# T\n\n## Action items\n\n- 14:00 review the pool\n"), []);
    }

    #[test]
    fn a_zone_stated_for_all_times_is_that_of_rows_without_one() {
        let text = "# T\n\n## Timeline\n\nAll times are in UTC.\n\n- 14:00 Load rises\n- 15:00 CET It falls\n";
        let zones: Vec<_> = facts(text).timeline.into_iter().map(|row| row.zone).collect();
        assert_eq!(zones, [Some("UTC".to_string()), Some("CET".to_string())]);
    }

    #[test]
    fn days_without_a_year_are_sorted_as_days() {
        let text = "# T\n\n## Timeline\n\n- 15 July 10:00 release\n- 17 July first ticket\n- 22 July 09:10 page\n- 11:40 understood\n- Jan 2 closed\n";
        let said: Vec<String> = rows(text).into_iter().map(|row| row.1).collect();
        assert_eq!(said, ["release", "first ticket", "page", "understood", "closed"]);
        let text =
            "# T\n\n## Changes\n\n- Fri 7 Mar: firewall\n- Thu 6 Mar: release\n\n**Fired:** Sun 9 Mar 2025 00:04 UTC\n";
        let said: Vec<String> = rows(text).into_iter().map(|row| row.1).collect();
        assert_eq!(said, ["release", "firewall", "Fired"]);
    }
}
