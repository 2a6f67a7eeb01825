//! Finds bursts: stretches of time in which one template comes far more often than over the whole log.

use std::collections::BTreeMap;

use crate::case::{Burst, Level};
use crate::span::SourceId;

use super::axes::Tick;
use super::summary::Mined;
use super::timestamp::SECOND;

/// Fewest events of a burst.
const EVENTS: usize = 5;

/// How many times its average rate a template must reach in a burst.
const TIMES: i128 = 10;

/// Windows in which events are counted, widest first; the widest of which the log holds enough is taken.
const WINDOWS: [i64; 4] = [600 * SECOND, 60 * SECOND, 10 * SECOND, SECOND];

/// How many windows a log must hold for its average to mean something.
const WINDOWS_IN_LOG: i64 = 20;

/// Most bursts that are listed.
const BURSTS: usize = 20;

const MINUTE: i64 = 60 * SECOND;

/// The bursts of warnings and worse, and the busiest minute, in time order within each source.
pub(super) fn find_bursts(mined: &Mined<'_>, axes: &BTreeMap<SourceId, Vec<Tick>>) -> Vec<Burst> {
    let mut found: Vec<(SourceId, i64, Burst)> = Vec::new();
    for (source, ticks) in axes {
        let (Some(first), Some(last)) = (ticks.first(), ticks.last()) else { continue };
        let length = last.at - first.at;
        let mut by_template: BTreeMap<usize, Vec<Tick>> = BTreeMap::new();
        for tick in ticks.iter().filter(|tick| mined.events[tick.event].1.level >= Some(Level::Warn)) {
            by_template.entry(mined.template[tick.event]).or_default().push(*tick);
        }
        let mut ranges = Vec::new();
        for of_template in by_template.values().filter(|ticks| ticks.len() >= EVENTS) {
            ranges.extend(windows(of_template, length));
        }
        if ranges.is_empty() {
            ranges.extend(busiest_minute(ticks, length));
        }
        found.extend(ranges.into_iter().map(|ticks| (*source, ticks[0].at, burst(mined, &ticks))));
    }
    found.sort_by(|a, b| (a.0, a.1, &a.2.template).cmp(&(b.0, b.1, &b.2.template)));
    found.truncate(BURSTS);
    found.into_iter().map(|(_, _, burst)| burst).collect()
}

/// Disjoint windows that hold at least ten times the average, each as its events.
fn windows(ticks: &[Tick], length: i64) -> Vec<Vec<Tick>> {
    let Some(width) = WINDOWS.into_iter().find(|width| length / width >= WINDOWS_IN_LOG) else { return Vec::new() };
    let mut found = Vec::new();
    let mut start = 0;
    let mut end = 0;
    while start < ticks.len() {
        end = end.max(start);
        while end < ticks.len() && ticks[end].at - ticks[start].at < width {
            end += 1;
        }
        let dense = (end - start) as i128 * i128::from(length) >= TIMES * ticks.len() as i128 * i128::from(width);
        if end - start >= EVENTS && dense {
            // The burst lasts as long as the next event follows within a tenth of the window.
            while end < ticks.len() && ticks[end].at - ticks[end - 1].at <= width / 10 {
                end += 1;
            }
            found.push(ticks[start..end].to_vec());
            start = end;
        } else {
            start += 1;
        }
    }
    found
}

/// The minute with most events, if the log lasts ten and it holds twice the average.
fn busiest_minute(ticks: &[Tick], length: i64) -> Option<Vec<Tick>> {
    let mut minutes = ticks.chunk_by(|a, b| a.at.div_euclid(MINUTE) == b.at.div_euclid(MINUTE));
    let first = minutes.next()?;
    let most = minutes.fold(first, |most, minute| if minute.len() > most.len() { minute } else { most });
    let average = most.len() as i128 * i128::from(length) >= 2 * ticks.len() as i128 * i128::from(MINUTE);
    (length >= 10 * MINUTE && most.len() >= EVENTS && average).then(|| most.to_vec())
}

fn burst(mined: &Mined<'_>, ticks: &[Tick]) -> Burst {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for tick in ticks {
        *counts.entry(mined.template[tick.event]).or_default() += 1;
    }
    let shared = counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(0, |(template, _)| template);
    let (first, last) = (ticks[0].event, ticks[ticks.len() - 1].event);
    Burst {
        first: mined.at(first).unwrap_or_default(),
        last: mined.at(last).unwrap_or_default(),
        count: ticks.len() as u64,
        template: mined.groups.templates[shared].text.clone(),
        span: mined.span(first),
    }
}

#[cfg(test)]
mod tests {
    use crate::log::summary::summary_of;

    /// One quiet warning every ten minutes of two hours, and `extra` more lines.
    fn log(extra: &[&str]) -> String {
        let quiet = (0..12).map(|n| format!("2023-05-02 {:02}:{:02}:00 WARN shop: late\n", 8 + n / 6, n % 6 * 10));
        let extra = extra.iter().map(|line| format!("{line}\n"));
        quiet.chain(extra).collect()
    }

    #[test]
    fn many_events_of_one_template_in_a_minute_are_a_burst() {
        let lines: Vec<_> = (0..30).map(|n| format!("2023-05-02 09:30:{n:02} ERROR shop: cart {n} lost")).collect();
        let bursts = summary_of(&log(&lines.iter().map(String::as_str).collect::<Vec<_>>())).bursts;
        assert_eq!(bursts.len(), 1);
        assert_eq!((bursts[0].first.as_str(), bursts[0].count), ("2023-05-02 09:30:00", 30));
        assert_eq!(bursts[0].template, "cart <*> lost");
    }

    #[test]
    fn an_even_log_has_no_burst() {
        assert_eq!(summary_of(&log(&[])).bursts, []);
    }

    #[test]
    fn without_a_burst_the_busiest_minute_stands_out() {
        let lines: Vec<_> = (0..6).map(|n| format!("2023-05-02 09:55:1{n} INFO shop: cart {n} opened")).collect();
        let bursts = summary_of(&log(&lines.iter().map(String::as_str).collect::<Vec<_>>())).bursts;
        assert_eq!(
            bursts.iter().map(|burst| (burst.first.as_str(), burst.count)).collect::<Vec<_>>(),
            [("2023-05-02 09:55:10", 6)]
        );
    }
}
