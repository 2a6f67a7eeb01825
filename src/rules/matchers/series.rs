//! Log signals over the numbers of many events: one that only grows, one that falls back, durations that gather at a limit, a
//! value that several read before any of them has written.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::SignalKind;
use crate::extract::SectionRole;
use crate::rules::limit::{duration_micros, thousandths};
use crate::rules::{Pattern, SeriesLook, SeriesShape};

use super::log::{by_key, captures, duration_text, event_text, line_span, near};
use super::{Match, MatchInput, Place};

/// Most series that are reported.
const SERIES: usize = 3;
/// Most events of one series that are cited beside the first.
const CITED: usize = 4;
/// A growing number may dip by so much, in percent: what is measured is never quite steady.
const DIP: i64 = 3;
/// Least growth from first to last, in percent.
const GROWTH: i64 = 50;
/// Durations gather where they lie within so much of the middle one, in percent.
const SPREAD: i64 = 5;

/// A number with its event.
struct Point {
    event: usize,
    value: i64,
    written: String,
}

/// Finds the series of a signal among the events that its pattern picks.
pub(super) fn matches(place: Place<'_>, look: &SeriesLook, events: &[usize], input: &MatchInput<'_>) -> Vec<Match> {
    let groups = match (&look.key, look.shape) {
        (Some(key), SeriesShape::Grows | SeriesShape::Falls | SeriesShape::Gathers) => by_key(key, events, input),
        _ => BTreeMap::from([(String::new(), events.to_vec())]),
    };
    let mut found = Vec::new();
    for (name, group) in groups {
        let points: Vec<Point> = group.iter().filter_map(|&event| point(&look.of, event, input)).collect();
        let told = match look.shape {
            SeriesShape::Grows => grows(&points, look.at_least),
            SeriesShape::Falls => falls(&points, look.at_least),
            SeriesShape::Gathers => gathers(&points, look.at_least),
            SeriesShape::Shared => shared(&points, look, input),
        };
        let Some(told) = told else { continue };
        found.push(report(place, look, &name, &told, input));
        if found.len() == SERIES {
            break;
        }
    }
    found
}

fn point(of: &Pattern, event: usize, input: &MatchInput<'_>) -> Option<Point> {
    let names = captures(of, event_text(&input.reading.events[event], input));
    let written = names.get("value")?;
    let plain = written.replace([',', '_'], "");
    let unit = names.get("unit").map_or("", String::as_str);
    let value = duration_micros(&plain, unit).or_else(|| thousandths(&plain))?;
    let blank = if unit.is_empty() || unit == "%" { "" } else { " " };
    Some(Point { event, value, written: format!("{written}{blank}{unit}") })
}

/// All points, where each is at least the one before it (but for a dip) and the last is well above the first.
fn grows(points: &[Point], at_least: usize) -> Option<Vec<&Point>> {
    let (first, last) = (points.first()?.value, points.last()?.value);
    let steady = points.windows(2).all(|pair| pair[1].value >= pair[0].value - pair[0].value / 100 * DIP);
    let grown = first > 0 && last - first >= first / 100 * GROWTH;
    (points.len() >= at_least && steady && grown).then(|| points.iter().collect())
}

/// The points that are lower than the one before them, each behind that one.
fn falls(points: &[Point], at_least: usize) -> Option<Vec<&Point>> {
    let back: Vec<&[Point]> = points.windows(2).filter(|pair| pair[1].value < pair[0].value).collect();
    (back.len() >= at_least).then(|| back.into_iter().flatten().collect())
}

/// The points around the middle one, where they are enough and most of all.
fn gathers(points: &[Point], at_least: usize) -> Option<Vec<&Point>> {
    let mut values: Vec<i64> = points.iter().map(|point| point.value).collect();
    values.sort_unstable();
    let middle = *values.get(values.len() / 2)?;
    let close = |point: &&Point| (point.value - middle).abs() * 100 <= middle * SPREAD;
    let near: Vec<&Point> = points.iter().filter(close).collect();
    (near.len() >= at_least && near.len() * 2 > points.len()).then_some(near)
}

/// Points of one value that different keys read shortly after one another.
fn shared<'a>(points: &'a [Point], look: &SeriesLook, input: &MatchInput<'_>) -> Option<Vec<&'a Point>> {
    let key = look.key.as_ref()?;
    let mut start = 0;
    while start < points.len() {
        let first = &points[start];
        let same = points[start..]
            .iter()
            .take_while(|next| next.value == first.value && near(first.event, next.event, look.within, input));
        let run: Vec<&Point> = same.collect();
        let readers: BTreeSet<String> = run
            .iter()
            .filter_map(|point| {
                captures(key, event_text(&input.reading.events[point.event], input)).into_values().next()
            })
            .collect();
        if readers.len() >= look.at_least {
            return Some(run);
        }
        start += run.len().max(1);
    }
    None
}

fn report(place: Place<'_>, look: &SeriesLook, name: &str, told: &[&Point], input: &MatchInput<'_>) -> Match {
    let all = &input.reading.events;
    let span = |point: &Point| line_span(&all[point.event]);
    let mut hit =
        Match::new(place, SignalKind::Log, span(told[0]), crate::case::Basis::Observed, SectionRole::Evidence);
    let last = told.len() - 1;
    // The first ones and the last one tell the story of a long series.
    let shown = told[1..].iter().take(CITED - 1).chain((last >= CITED).then_some(&told[last]));
    hit.more = shown.map(|point| span(point)).collect();
    hit.structural = true;
    if let Some(key) = &look.key {
        hit.bindings.extend(captures(key, event_text(&all[told[0].event], input)));
    }
    hit.bindings.extend(captures(&look.of, event_text(&all[told[0].event], input)));
    hit.bindings.insert("count".into(), told.len().to_string());
    hit.bindings.insert("first".into(), told[0].written.clone());
    hit.bindings.insert("last".into(), told[last].written.clone());
    if !name.is_empty() {
        hit.bindings.insert("series".into(), name.to_string());
    }
    if let Some(micros) = super::log::gap(told[0].event, told[last].event, input) {
        hit.bindings.insert("gap".into(), duration_text(micros));
    }
    hit
}

#[cfg(test)]
mod tests {
    use crate::extract::extract;
    use crate::rules::matchers::Side;
    use crate::source::SourceMap;

    use super::*;

    fn found(lines: &[String], of: &str, shape: SeriesShape, key: Option<&str>, at_least: usize) -> Vec<Match> {
        let text: String =
            lines.iter().enumerate().map(|(n, line)| format!("2026-03-01 10:00:{n:02} INFO {line}\n")).collect();
        let mut sources = SourceMap::new();
        sources.add_text("service.log", &text);
        let reading = extract(&sources, &|_, _| true).reading;
        let input = MatchInput { sources: &sources, reading: &reading, units: &[], findings: &[] };
        let place = Place { rule: 0, side: Side::For, signal: 0, name: "series", tier: 3 };
        let events: Vec<usize> = (0..reading.events.len()).collect();
        let key = key.map(Pattern::trusted);
        let look = SeriesLook { of: Pattern::trusted(of), shape, key, at_least, within: 5_000_000 };
        matches(place, &look, &events, &input)
    }

    fn values(numbers: &[i64]) -> Vec<String> {
        numbers.iter().map(|number| format!("heap={number} MB")).collect()
    }

    const HEAP: &str = r"heap=(?<value>\d+)";

    #[test]
    fn a_number_that_only_grows_is_a_series() {
        let hits = found(&values(&[100, 120, 119, 150, 190]), HEAP, SeriesShape::Grows, None, 5);
        assert_eq!(hits.len(), 1);
        assert_eq!(hits[0].bindings["first"], "100");
        assert_eq!(hits[0].bindings["last"], "190");
        assert!(found(&values(&[100, 160, 90, 150, 190]), HEAP, SeriesShape::Grows, None, 5).is_empty(), "a sawtooth");
        assert!(found(&values(&[100, 101, 102, 103, 104]), HEAP, SeriesShape::Grows, None, 5).is_empty(), "level");
        assert!(found(&values(&[100, 200]), HEAP, SeriesShape::Grows, None, 5).is_empty(), "too few");
    }

    #[test]
    fn a_number_that_falls_back_for_one_key_is_a_series() {
        let lines: Vec<String> =
            ["id=a version=3", "id=b version=9", "id=a version=2", "id=b version=10"].map(str::to_string).to_vec();
        let hits = found(&lines, r"version=(?<value>\d+)", SeriesShape::Falls, Some(r"id=(?<id>\w+)"), 1);
        assert_eq!(hits.len(), 1);
        assert_eq!((hits[0].bindings["id"].as_str(), hits[0].more.len()), ("a", 1));
    }

    #[test]
    fn durations_that_gather_at_a_limit_are_a_series() {
        let lines = |all: &[&str]| all.iter().map(|took| format!("failed after {took}")).collect::<Vec<_>>();
        let of = r"after (?<value>[\d.]+) ?(?<unit>m?s)";
        let hits =
            found(&lines(&["5000 ms", "5.01 s", "4990 ms", "5002 ms", "17 ms"]), of, SeriesShape::Gathers, None, 4);
        assert_eq!(hits[0].bindings["count"], "4");
        assert!(found(&lines(&["50 ms", "700 ms", "3 s", "9 s"]), of, SeriesShape::Gathers, None, 4).is_empty());
    }

    #[test]
    fn one_value_read_by_several_before_a_write_is_a_series() {
        let lines: Vec<String> = (1..4).map(|n| format!("req={n} read stock=7")).collect();
        let (of, key) = (r"stock=(?<value>\d+)", Some(r"req=(?<req>\d+)"));
        assert_eq!(found(&lines, of, SeriesShape::Shared, key, 3).len(), 1);
        let alone: Vec<String> = (1..4).map(|_| "req=1 read stock=7".to_string()).collect();
        assert!(found(&alone, of, SeriesShape::Shared, key, 3).is_empty(), "one reader");
    }
}
