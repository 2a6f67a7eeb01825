//! Bursts of warnings and worse, found in counts over time instead of in the events themselves.

use std::collections::BTreeMap;

use super::super::timestamp::SECOND;
use super::histogram::{Count, Histogram};

/// Fewest events of a burst.
const EVENTS: u64 = 5;

/// How many times its average rate a template must reach in a burst.
const TIMES: i128 = 10;

/// Windows in which events are counted, widest first; the widest of which the log holds enough is taken.
const WINDOWS: [i64; 4] = [600 * SECOND, 60 * SECOND, 10 * SECOND, SECOND];

/// How many windows a log must hold for its average to mean something.
const WINDOWS_IN_LOG: i64 = 20;

/// A stretch of time with its events: from the first of its buckets to the end of the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) events: u64,
}

/// The stretches in which each bucket holds ten times the average of a log that lasts `length` microseconds.
pub(super) fn stretches(warnings: &Histogram, length: i64) -> Vec<Stretch> {
    let Some(window) = WINDOWS.into_iter().find(|window| length / window >= WINDOWS_IN_LOG) else { return Vec::new() };
    let (width, counts) = warnings.counts(window);
    if length / width < WINDOWS_IN_LOG {
        return Vec::new();
    }
    let total: u64 = counts.values().map(|count| count.events).sum();
    let dense = |count: &Count| {
        count.events >= EVENTS
            && i128::from(count.events) * i128::from(length) >= TIMES * i128::from(total) * i128::from(width)
    };
    let mut found: Vec<Stretch> = Vec::new();
    for (bucket, count) in counts.iter().filter(|(_, count)| dense(count)) {
        let (from, to) = (bucket * width, (bucket + 1) * width);
        match found.last_mut().filter(|last| last.to == from) {
            Some(last) => {
                last.to = to;
                last.events += count.events;
            }
            None => found.push(Stretch { from, to, events: count.events }),
        }
    }
    let (fine, counts) = warnings.counts(0);
    for stretch in &mut found {
        narrow(stretch, fine, &counts);
    }
    found
}

/// Moves the ends of a stretch to the first and last of its events, as exactly as they were counted.
fn narrow(stretch: &mut Stretch, width: i64, counts: &BTreeMap<i64, Count>) {
    let within = || counts.range(stretch.from.div_euclid(width)..stretch.to.div_euclid(width));
    let (first, last) = (within().next(), within().next_back());
    if let (Some((first, _)), Some((last, _))) = (first, last) {
        let (first, last) = (first * width, last * width);
        (stretch.from, stretch.to) = (first, last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_with_most_of_the_warnings_is_a_burst() {
        let mut warnings = Histogram::new(256);
        for minute in 0..60 {
            warnings.add(minute * 60 * SECOND, false);
        }
        let mut burst = Histogram::new(256);
        for second in 3..50 {
            burst.add((1800 + second) * SECOND, false);
        }
        warnings.merge(burst);
        let found = stretches(&warnings, 3600 * SECOND);
        assert_eq!(found, [Stretch { from: 1800 * SECOND, to: 1849 * SECOND, events: 48 }]);
    }

    #[test]
    fn even_warnings_are_no_burst() {
        let mut warnings = Histogram::new(256);
        for second in 0..3600 {
            warnings.add(second * SECOND, false);
        }
        assert_eq!(stretches(&warnings, 3600 * SECOND), []);
    }
}
