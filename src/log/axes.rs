//! The events of each source on an axis of time: those whose clocks can be compared, in time order.

use std::collections::BTreeMap;

use crate::span::SourceId;

use super::timestamp::{DAY, SECOND, days_from_civil};
use super::{Clock, LogEvent, Zone};

const MINUTE: i64 = 60 * SECOND;

/// An event on the axis of its log.
#[derive(Clone, Copy)]
pub(super) struct Tick {
    /// Microseconds.
    pub at: i64,
    /// Index of the event.
    pub event: usize,
}

/// The events of each source on one axis, in time order: those of the kind of clock that most of them have.
pub(super) fn axes(events: &[(SourceId, LogEvent)]) -> BTreeMap<SourceId, Vec<Tick>> {
    let mut kinds: BTreeMap<SourceId, [Vec<Tick>; 4]> = BTreeMap::new();
    for (index, (source, event)) in events.iter().enumerate() {
        if let Some((kind, at)) = event.moment.as_ref().and_then(|(_, moment)| on_axis(moment.clock, moment.zone)) {
            kinds.entry(*source).or_default()[kind].push(Tick { at, event: index });
        }
    }
    let axes = kinds.into_iter().map(|(source, kinds)| {
        let mut most = kinds.into_iter().rev().max_by_key(Vec::len).unwrap_or_default();
        most.sort_by_key(|tick| (tick.at, tick.event));
        (source, most)
    });
    axes.collect()
}

/// Kind of clock and microseconds; those without a year are counted within a leap year.
pub(super) fn on_axis(clock: Clock, zone: Zone) -> Option<(usize, i64)> {
    let east = if let Zone::Known(minutes) = zone { i64::from(minutes) * MINUTE } else { 0 };
    match clock {
        Clock::Full(micros) => Some((0, micros.checked_sub(east)?)),
        Clock::Yearless { month, day, micros } => {
            Some((1, days_from_civil(2024, u32::from(month), u32::from(day))? * DAY + micros - east))
        }
        Clock::TimeOfDay(micros) => Some((2, micros - east)),
        Clock::SinceStart(micros) => Some((3, micros)),
    }
}
