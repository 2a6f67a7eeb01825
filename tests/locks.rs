//! Thread dumps and deadlock reports as fixtures: `tests/fixtures/locks/<name>.txt` beside `<name>.expected`.
//!
//! An expected file holds, for each report, a line `System | detected or stated by nobody | cycle` and one line a party,
//! `name|holds, …|wants|waits for`; `-` stands for what is not there. `negatives.txt` holds no report at all.

#![allow(clippy::unwrap_used, reason = "a fixture that cannot be read fails the test")]

use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use casefile::span::lines;
use casefile::trace::{FoundLocks, find_locks};

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/locks");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths
}

fn shown(text: &str, found: &[FoundLocks]) -> String {
    let part = |range: &Range<usize>| text[range.clone()].to_string();
    let mut out = String::new();
    for locks in found {
        let name = |index: &usize| part(&locks.parties[*index].name);
        let cycle: Vec<_> = locks.cycle.iter().map(name).collect();
        let detected = locks.detected.as_ref().map_or("-".to_owned(), part);
        writeln!(out, "{:?} | {detected} | {}", locks.system, cycle.join(" > ")).unwrap();
        for party in &locks.parties {
            let holds: Vec<_> = party.holds.iter().map(part).collect();
            let wants = party.wants.as_ref().map_or("-".to_owned(), part);
            let waits_for = party.waits_for.as_ref().map_or("-".to_owned(), name);
            writeln!(out, "{}|{}|{wants}|{waits_for}", part(&party.name), holds.join(", ")).unwrap();
        }
    }
    out
}

#[test]
fn every_fixture_gives_the_reports_written_beside_it() {
    let paths = fixtures();
    assert!(paths.len() >= 12);
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let found = find_locks(&lines(&text).collect::<Vec<_>>());
        let expected = fs::read_to_string(path.with_extension("expected")).unwrap_or_default();
        assert_eq!(shown(&text, &found), expected, "{}", path.display());
    }
}

#[test]
fn the_place_of_a_party_is_one_line_within_its_report() {
    for path in fixtures() {
        let text = fs::read_to_string(&path).unwrap();
        for locks in find_locks(&lines(&text).collect::<Vec<_>>()) {
            for party in &locks.parties {
                let place = &text[party.place.clone()];
                assert!(!place.is_empty() && !place.contains('\n'), "{place:?} of {}", path.display());
                assert!(locks.range.start <= party.place.start && party.place.end <= locks.range.end);
            }
        }
    }
}

#[test]
fn a_frame_behind_a_second_report_is_not_laid_to_the_first() {
    let text = "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [semacquire]:\nshop.stock(...)\n\
                fatal error: all goroutines are asleep - deadlock!\n\tsync.(*Mutex).lockSlow(0xc0000b4008)\n";
    let found = find_locks(&lines(text).collect::<Vec<_>>());
    assert!(
        found
            .iter()
            .flat_map(|locks| &locks.parties)
            .all(|party| party.wants.as_ref().is_none_or(|lock| !text[lock.clone()].starts_with("0x")))
    );
}
