//! Finds what comes at regular times: every half hour at :00 and :30, or every 47 seconds.

use super::timestamp::SECOND;

/// Events nearer to each other than this are one occasion, in microseconds.
const APART: i64 = 5 * SECOND;

/// Most occasions that are kept of one message: enough to tell a rhythm, few enough for thousands of messages.
const KEPT: usize = 64;

/// Fewest occasions that make a rhythm; three are soon a coincidence.
const TIMES: usize = 4;

/// Shortest rhythm: twice what parts two occasions.
const SHORTEST: i64 = 2 * APART;

/// Rhythms that clocks and schedulers have, in microseconds, shortest first.
const ROUND: [i64; 16] = [
    60 * SECOND,
    120 * SECOND,
    300 * SECOND,
    600 * SECOND,
    900 * SECOND,
    1_200 * SECOND,
    1_800 * SECOND,
    3_600 * SECOND,
    7_200 * SECOND,
    10_800 * SECOND,
    14_400 * SECOND,
    21_600 * SECOND,
    28_800 * SECOND,
    43_200 * SECOND,
    86_400 * SECOND,
    604_800 * SECOND,
];

/// When something came: the beginnings of its first occasions, in the order of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Occasions {
    starts: Vec<i64>,
    last: Option<i64>,
}

/// A rhythm of occasions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rhythm {
    /// From one to the next, in microseconds.
    pub(super) every: i64,
    /// Occasions that were looked at.
    pub(super) times: u64,
    /// The first one.
    pub(super) from: i64,
    /// The last one that was looked at.
    pub(super) to: i64,
}

impl Occasions {
    /// Counts an event at a time in microseconds.
    pub(super) fn add(&mut self, at: i64) {
        if self.last.is_none_or(|last| at.abs_diff(last) >= APART.unsigned_abs()) {
            self.start(at);
        }
        self.last = Some(at);
    }

    /// Adds what follows in the same stream.
    pub(super) fn merge(&mut self, next: Occasions) {
        let continues = |first: i64| self.last.is_some_and(|last| first.abs_diff(last) < APART.unsigned_abs());
        let continued = next.starts.first().is_some_and(|first| continues(*first));
        for start in next.starts.into_iter().skip(usize::from(continued)) {
            self.start(start);
        }
        self.last = next.last.or(self.last);
    }

    fn start(&mut self, at: i64) {
        if self.starts.len() < KEPT {
            self.starts.push(at);
        }
    }
}

/// The rhythm that all occasions have together, if they have one.
pub(super) fn rhythm<'a>(all: impl IntoIterator<Item = &'a Occasions>) -> Option<Rhythm> {
    let mut starts = Vec::new();
    // Past what the fullest list knows, the others would look as if it had stopped.
    let mut known = i64::MAX;
    for occasions in all {
        starts.extend_from_slice(&occasions.starts);
        if occasions.starts.len() == KEPT {
            known = known.min(occasions.starts.iter().copied().max().unwrap_or(known));
        }
    }
    starts.retain(|start| *start <= known);
    starts.sort_unstable();
    starts.dedup_by(|later, earlier| later.abs_diff(*earlier) < APART.unsigned_abs());
    let (from, to) = (*starts.first()?, *starts.last()?);
    let every = ROUND.into_iter().find(|every| keeps_to(&starts, *every)).or_else(|| usual_distance(&starts))?;
    Some(Rhythm { every, times: starts.len() as u64, from, to })
}

/// Whether nine of ten occasions come at the same tenth of a period, and four of five periods have one.
fn keeps_to(starts: &[i64], every: i64) -> bool {
    let (Some(first), Some(last)) = (starts.first(), starts.last()) else { return false };
    let periods = usize::try_from(last.saturating_sub(*first) / every).unwrap_or(usize::MAX).saturating_add(1);
    if starts.len() < TIMES || starts.len() > periods.saturating_add(periods / 4) {
        return false;
    }
    let mut phases: Vec<i64> = starts.iter().map(|start| start.rem_euclid(every)).collect();
    phases.sort_unstable();
    let within = |open: &i64| phases.iter().filter(|phase| (*phase - open).rem_euclid(every) <= every / 10).count();
    let Some(open) = phases.iter().max_by_key(|open| within(open)).copied() else { return false };
    let mut hit: Vec<i64> = starts
        .iter()
        .filter(|start| (*start - open).rem_euclid(every) <= every / 10)
        .map(|start| (start - open).div_euclid(every))
        .collect();
    let near = hit.len();
    hit.dedup();
    hit.len() >= TIMES && near * 10 >= starts.len() * 9 && hit.len() * 5 >= periods * 4
}

/// The distance from one occasion to the next, where four of five are within a tenth of the middle one: the mean of those
/// in whole seconds.
fn usual_distance(starts: &[i64]) -> Option<i64> {
    let mut distances: Vec<i64> = starts.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    distances.sort_unstable();
    let middle = *distances.get(distances.len() / 2)?;
    distances.retain(|distance| distance.abs_diff(middle) <= middle.unsigned_abs() / 10);
    let near = i64::try_from(distances.len()).ok()?;
    let usual = starts.len() >= TIMES && middle >= SHORTEST && distances.len() * 5 >= (starts.len() - 1) * 4;
    usual.then(|| (distances.iter().sum::<i64>() / near + SECOND / 2) / SECOND * SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60 * SECOND;

    fn every(starts: impl IntoIterator<Item = i64>) -> Option<i64> {
        let mut occasions = Occasions::default();
        starts.into_iter().for_each(|at| occasions.add(at * SECOND));
        rhythm([&occasions]).map(|rhythm| rhythm.every / SECOND)
    }

    #[test]
    fn what_comes_at_every_half_hour_has_that_rhythm() {
        assert_eq!(every((0..6).flat_map(|n| [n * 1800, n * 1800 + 2, n * 1800 + 4])), Some(1800));
        assert_eq!(every([3, 1810, 3601, 7230, 9001, 10_850]), Some(1800), "one is missing, none is exact");
    }

    #[test]
    fn a_rhythm_need_not_be_round() {
        assert_eq!(every((0..8).map(|n| n * 47 + n % 2)), Some(47));
    }

    #[test]
    fn what_comes_now_and_then_has_no_rhythm() {
        assert_eq!(every([0, 70, 400, 410, 1900, 2500, 2600, 4000]), None);
        assert_eq!(every([0, 1800, 3600]), None, "three are a coincidence");
        assert_eq!(every(0..100), None, "one long occasion");
    }

    #[test]
    fn where_a_stream_is_cut_changes_nothing() {
        let times: Vec<i64> = (0..300).map(|n| (n * 37 % 101) * SECOND + n * MINUTE / 7).collect();
        let mut whole = Occasions::default();
        times.iter().for_each(|at| whole.add(*at));
        for cut in 0..times.len() {
            let (mut first, mut second) = (Occasions::default(), Occasions::default());
            times[..cut].iter().for_each(|at| first.add(*at));
            times[cut..].iter().for_each(|at| second.add(*at));
            first.merge(second);
            assert_eq!(first, whole, "cut at {cut}");
        }
    }

    #[test]
    fn several_messages_of_one_template_have_one_rhythm() {
        let mut two = [Occasions::default(), Occasions::default()];
        (0..8).for_each(|n| two[usize::from(n % 2 == 0)].add(n * 10 * MINUTE));
        let found = rhythm(&two).unwrap();
        assert_eq!((found.every, found.times, found.from, found.to), (10 * MINUTE, 8, 0, 70 * MINUTE));
    }
}
