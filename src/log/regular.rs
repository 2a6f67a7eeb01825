//! Finds the warnings and errors of a case's logs that come at regular times.

use std::collections::BTreeMap;

use crate::case::{Level, Period};

use super::axes::Tick;
use super::period::{Occasions, rhythm};
use super::summary::Mined;
use super::timestamp::SECOND;

/// Most rhythms that are listed.
const PERIODS: usize = 10;

/// The rhythms of one source, the most frequent first, with the time each begins.
pub(super) fn periods_of(mined: &Mined<'_>, ticks: &[Tick]) -> Vec<(i64, Period)> {
    let mut by_template: BTreeMap<usize, (Occasions, Vec<Tick>)> = BTreeMap::new();
    for tick in ticks.iter().filter(|tick| mined.events[tick.event].1.level >= Some(Level::Warn)) {
        let (occasions, ticks) = by_template.entry(mined.template[tick.event]).or_default();
        occasions.add(tick.at);
        ticks.push(*tick);
    }
    let mut found = Vec::new();
    for (template, (occasions, ticks)) in &by_template {
        let Some(rhythm) = rhythm([occasions]) else { continue };
        let Some(last) = ticks.iter().rev().find(|tick| tick.at <= rhythm.to) else { continue };
        let period = Period {
            first: mined.at(ticks[0].event).unwrap_or_default(),
            last: mined.at(last.event).unwrap_or_default(),
            every_seconds: rhythm.every.unsigned_abs() / SECOND.unsigned_abs(),
            times: rhythm.times,
            template: mined.groups.templates[*template].text.clone(),
            span: mined.span(ticks[0].event),
        };
        found.push((rhythm.from, period));
    }
    found.sort_by_key(|(from, period)| (std::cmp::Reverse(period.times), *from));
    found.truncate(PERIODS);
    found
}

#[cfg(test)]
mod tests {
    use crate::log::summary::summary_of;

    #[test]
    fn a_warning_of_every_half_hour_is_told_from_one_of_now_and_then() {
        let regular =
            (0..6).map(|n| format!("2023-05-02 {:02}:{:02}:01 WARN shop: purge {n} late\n", 8 + n / 2, n % 2 * 30));
        let other = [3, 5, 40, 41, 97, 170]
            .map(|n| format!("2023-05-02 {:02}:{:02}:30 WARN shop: no lock\n", 8 + n / 60, n % 60));
        let mut lines: Vec<String> = regular.chain(other).collect();
        lines.sort();
        let periods = summary_of(&lines.concat()).periods;
        let found: Vec<_> =
            periods.iter().map(|period| (period.template.as_str(), period.every_seconds, period.times)).collect();
        assert_eq!(found, [("purge <*> late", 1800, 6)]);
        assert_eq!(
            (periods[0].first.as_str(), periods[0].last.as_str()),
            ("2023-05-02 08:00:01", "2023-05-02 10:30:01")
        );
    }
}
