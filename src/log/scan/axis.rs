//! The events of a log on one axis of time: first and last, counts, and the stretches without any.

use std::ops::Range;

use super::super::gap::GAP;
use super::histogram::Histogram;

/// Most buckets of an axis: an hour and more in seconds, a week in minutes.
const BUCKETS: usize = 8192;

/// Most stretches that are kept.
const GAPS: usize = 16;

/// A place on an axis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tick {
    /// Microseconds.
    pub(super) at: i64,
    /// The timestamp as written; empty until the block is settled.
    pub(super) written: String,
    /// Where it stands in its block.
    place: Range<usize>,
}

/// A stretch without events, from the last event before to the first one after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) from: i64,
    pub(super) to: i64,
}

/// One kind of clock in one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) events: u64,
    /// Events whose zone was written.
    pub(super) zoned: u64,
    pub(super) histogram: Histogram,
    pub(super) first: Option<Tick>,
    pub(super) last: Option<Tick>,
    pub(super) gaps: Vec<Gap>,
    /// The first event in the order of the log, which may follow a gap of the block before.
    start: Option<i64>,
}

impl Default for Axis {
    fn default() -> Self {
        Axis {
            events: 0,
            zoned: 0,
            histogram: Histogram::new(BUCKETS),
            first: None,
            last: None,
            gaps: Vec::new(),
            start: None,
        }
    }
}

impl Axis {
    /// Counts an event, in the order of the log, whose timestamp stands at `place` of its block.
    pub(super) fn add(&mut self, at: i64, zoned: bool, error: bool, place: Range<usize>) {
        self.events += 1;
        self.zoned += u64::from(zoned);
        self.histogram.add(at, error);
        match &mut self.last {
            Some(last) if at >= last.at => {
                let from = std::mem::replace(&mut last.at, at);
                last.place = place;
                if at.saturating_sub(from) >= GAP {
                    self.gap(from, at);
                }
                return;
            }
            Some(_) => {}
            None => {
                self.start = Some(at);
                self.last = Some(Tick { at, place: place.clone(), written: String::new() });
            }
        }
        if self.first.as_ref().is_none_or(|first| at < first.at) {
            self.first = Some(Tick { at, place, written: String::new() });
        }
    }

    /// Keeps the words of what stands in the block, so that the block may go.
    pub(super) fn settle(&mut self, text: &str) {
        for tick in self.first.iter_mut().chain(&mut self.last) {
            text[tick.place.clone()].clone_into(&mut tick.written);
        }
    }

    /// Adds what follows in the same stream.
    pub(super) fn merge(&mut self, next: Axis) {
        let reached = self.last.as_ref().map(|last| last.at);
        if let (Some(reached), Some(start)) = (reached, next.start) {
            self.gap_after(reached, Gap { from: reached, to: start });
        }
        for gap in &next.gaps {
            self.gap_after(reached.unwrap_or(i64::MIN), *gap);
        }
        self.events += next.events;
        self.zoned += next.zoned;
        self.histogram.merge(next.histogram);
        self.start = self.start.or(next.start);
        if next.first.as_ref().is_some_and(|next| self.first.as_ref().is_none_or(|first| next.at < first.at)) {
            self.first = next.first;
        }
        if next.last.as_ref().is_some_and(|next| reached.is_none_or(|reached| next.at >= reached)) {
            self.last = next.last;
        }
    }

    /// A gap, as far as it lies after the latest event before it.
    fn gap_after(&mut self, reached: i64, gap: Gap) {
        let from = gap.from.max(reached);
        if gap.to.saturating_sub(from) >= GAP {
            self.gap(from, gap.to);
        }
    }

    fn gap(&mut self, from: i64, to: i64) {
        self.gaps.push(Gap { from, to });
        if self.gaps.len() > GAPS {
            // The longest are kept; of equal ones the earlier.
            self.gaps.sort_by_key(|gap| (std::cmp::Reverse(gap.to.saturating_sub(gap.from)), gap.from));
            self.gaps.truncate(GAPS);
        }
    }
}
