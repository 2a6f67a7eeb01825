//! Finds gaps: stretches of a log without any event that are far longer than usual.

use std::cmp::Reverse;

use crate::case::Gap;

use super::axes::Tick;
use super::summary::Mined;
use super::timestamp::SECOND;

/// Shortest stretch without events that may be listed.
pub(super) const GAP: i64 = 10 * SECOND;

/// A stretch without events is listed if it is this many times the average time between events.
const GAP_TIMES: i128 = 20;

/// Most gaps that are listed.
const GAPS: usize = 10;

/// Whether a stretch between two events is worth a line in a log of so many events over so long a time, in microseconds.
pub(super) fn is_gap(stretch: i64, events: u64, length: i64) -> bool {
    stretch >= GAP && i128::from(stretch) * i128::from(events) >= GAP_TIMES * i128::from(length)
}

/// The longest gaps of one source, in time order.
pub(super) fn gaps_of(mined: &Mined<'_>, ticks: &[Tick]) -> Vec<Gap> {
    let (Some(first), Some(last)) = (ticks.first(), ticks.last()) else { return Vec::new() };
    let length = last.at - first.at;
    let mut found: Vec<_> = ticks
        .windows(2)
        .filter(|pair| is_gap(pair[1].at - pair[0].at, ticks.len() as u64, length))
        .map(|pair| (pair[0], pair[1]))
        .collect();
    found.sort_by_key(|(from, to)| (Reverse(to.at - from.at), from.at));
    found.truncate(GAPS);
    found.sort_by_key(|(from, _)| from.at);
    let gap = |(from, to): (Tick, Tick)| Gap {
        first: mined.at(from.event).unwrap_or_default(),
        last: mined.at(to.event).unwrap_or_default(),
        seconds: (to.at - from.at).unsigned_abs() / SECOND.unsigned_abs(),
        span: mined.span(to.event),
    };
    found.into_iter().map(gap).collect()
}

#[cfg(test)]
mod tests {
    use crate::log::summary::summary_of;

    #[test]
    fn a_stretch_without_events_is_a_gap() {
        let minutes = (0..60).chain(95..120);
        let text: String =
            minutes.map(|n| format!("2023-05-02 {:02}:{:02}:00 INFO shop: ok\n", 8 + n / 60, n % 60)).collect();
        let gaps = summary_of(&text).gaps;
        let found: Vec<_> = gaps.iter().map(|gap| (gap.first.as_str(), gap.last.as_str(), gap.seconds)).collect();
        assert_eq!(found, [("2023-05-02 08:59:00", "2023-05-02 09:35:00", 2160)]);
        assert_eq!(gaps[0].span.lines, [61, 61]);
    }

    #[test]
    fn an_even_log_has_no_gap() {
        let text: String = (0..60).map(|n| format!("2023-05-02 08:{n:02}:00 INFO shop: ok\n")).collect();
        assert_eq!(summary_of(&text).gaps, []);
    }
}
