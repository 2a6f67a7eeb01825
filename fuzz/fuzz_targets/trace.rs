//! Stack traces and reports of locks: their parts are places in the text, lines are written there, circles are circles.
#![no_main]

use casefile::span::lines;
use casefile::trace::{FoundLocks, find_locks, find_traces};
use casefile_fuzz::{is_linear, is_place, text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(text) = text(data) else { return };
    let all: Vec<_> = lines(text).collect();
    let traces = find_traces(&all);
    // A frame that a terminal wrapped may have its number on two lines.
    let joined: String = text.split_whitespace().collect();
    for trace in &traces {
        is_place(text, &trace.range, &(0..text.len()));
        let head = trace.exception.iter().chain(&trace.message);
        head.for_each(|range| is_place(text, range, &(0..text.len())));
        for frame in &trace.frames {
            is_place(text, &frame.range, &(0..text.len()));
            let parts = frame.function.iter().chain(&frame.file);
            parts.for_each(|range| is_place(text, range, &(0..text.len())));
            if let Some(line) = frame.line {
                let digits = line.to_string();
                assert!(joined.contains(&digits), "line {digits} is written nowhere");
            }
        }
    }
    find_locks(&all).iter().for_each(|locks| check_locks(text, locks));
    is_linear(text, |long| {
        let all: Vec<_> = lines(long).collect();
        find_traces(&all);
        find_locks(&all);
    });
});

fn check_locks(text: &str, locks: &FoundLocks) {
    is_place(text, &locks.range, &(0..text.len()));
    for party in &locks.parties {
        is_place(text, &party.place, &locks.range);
        is_place(text, &party.name, &locks.range);
        party.holds.iter().chain(&party.wants).for_each(|lock| is_place(text, lock, &(0..text.len())));
        assert!(party.waits_for.is_none_or(|holder| holder < locks.parties.len()));
    }
    for (at, party) in locks.cycle.iter().enumerate() {
        let next = locks.cycle[(at + 1) % locks.cycle.len()];
        assert_eq!(locks.parties[*party].waits_for, Some(next), "each waits for the next, the last for the first");
    }
}
