//! Counts of events over time in bounded memory: when too many buckets are in use, they are made wider.

use std::collections::BTreeMap;

use super::super::timestamp::SECOND;

/// Widths of buckets in microseconds, each a multiple of the one before, so that narrow buckets add up to wide ones.
pub(super) const WIDTHS: [i64; 17] = [
    SECOND,
    5 * SECOND,
    10 * SECOND,
    30 * SECOND,
    60 * SECOND,
    300 * SECOND,
    600 * SECOND,
    1_800 * SECOND,
    3_600 * SECOND,
    10_800 * SECOND,
    21_600 * SECOND,
    43_200 * SECOND,
    86_400 * SECOND,
    604_800 * SECOND,
    2_419_200 * SECOND,
    31_449_600 * SECOND,
    314_496_000 * SECOND,
];

/// What a bucket counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) events: u64,
    pub(super) errors: u64,
}

impl Count {
    fn add(&mut self, other: Count) {
        self.events += other.events;
        self.errors += other.errors;
    }
}

/// Buckets of one width; those without events are not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Histogram {
    most: usize,
    width: usize,
    buckets: BTreeMap<i64, Count>,
    /// The bucket that events are counted in without a look-up.
    open: Option<(i64, Count)>,
}

impl Histogram {
    /// Without events; at most `most` buckets are kept.
    pub(super) fn new(most: usize) -> Self {
        Histogram { most, width: 0, buckets: BTreeMap::new(), open: None }
    }

    /// Width of the buckets in microseconds.
    pub(super) fn width(&self) -> i64 {
        WIDTHS[self.width]
    }

    /// Counts an event at a time in microseconds.
    pub(super) fn add(&mut self, at: i64, error: bool) {
        let bucket = at.div_euclid(self.width());
        let count = Count { events: 1, errors: u64::from(error) };
        match &mut self.open {
            Some((open, counted)) if *open == bucket => counted.add(count),
            _ => {
                self.close();
                self.open = Some((at.div_euclid(self.width()), count));
            }
        }
    }

    /// Adds the counts of another histogram.
    pub(super) fn merge(&mut self, mut other: Histogram) {
        self.close();
        other.close();
        while self.width < other.width {
            self.widen();
        }
        let times = self.width() / other.width();
        for (bucket, count) in other.buckets {
            self.buckets.entry(bucket.div_euclid(times)).or_default().add(count);
        }
        self.bound();
    }

    /// The counts in buckets of at least `width` microseconds, in time order, with the width they have.
    pub(super) fn counts(&self, width: i64) -> (i64, BTreeMap<i64, Count>) {
        let mut wide = self.clone();
        wide.close();
        while wide.width() < width && wide.width + 1 < WIDTHS.len() {
            wide.widen();
        }
        (wide.width(), wide.buckets)
    }

    fn close(&mut self) {
        if let Some((bucket, count)) = self.open.take() {
            self.buckets.entry(bucket).or_default().add(count);
            self.bound();
        }
    }

    fn bound(&mut self) {
        while self.buckets.len() > self.most && self.width + 1 < WIDTHS.len() {
            self.widen();
        }
    }

    fn widen(&mut self) {
        let narrow = self.width();
        self.width = (self.width + 1).min(WIDTHS.len() - 1);
        let times = self.width() / narrow;
        let mut wide: BTreeMap<i64, Count> = BTreeMap::new();
        for (bucket, count) in std::mem::take(&mut self.buckets) {
            wide.entry(bucket.div_euclid(times)).or_default().add(count);
        }
        self.buckets = wide;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_buckets_become_wider_and_lose_no_event() {
        let mut histogram = Histogram::new(4);
        for second in 0..60 {
            histogram.add(second * SECOND, second % 2 == 0);
        }
        let (width, counts) = histogram.counts(0);
        assert!(counts.len() <= 4 && width > SECOND);
        assert_eq!(
            counts.values().map(|count| (count.events, count.errors)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1)),
            (60, 30)
        );
    }

    #[test]
    fn histograms_of_different_widths_add_up() {
        let mut wide = Histogram::new(1);
        wide.add(0, false);
        wide.add(7 * SECOND, false);
        let mut narrow = Histogram::new(8);
        narrow.add(3 * SECOND, true);
        narrow.merge(wide);
        assert_eq!(narrow.counts(0), (10 * SECOND, BTreeMap::from([(0, Count { events: 3, errors: 1 })])));
    }

    #[test]
    fn every_width_is_a_multiple_of_the_one_before() {
        assert!(WIDTHS.windows(2).all(|pair| pair[1] % pair[0] == 0));
    }
}
