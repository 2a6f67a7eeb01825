//! Laws of reading logs, checked on lines made of the pieces that formats are made of: no panic, ranges in order and whole.

use std::ops::Range;

use proptest::prelude::*;

use super::{LogEvent, TemplateMiner, find_timestamp, parse_timestamp, read_events, zone_text};
use crate::span::lines;

/// Pieces that headers, fields and continuation lines begin or end with, and some that break naive slicing.
const PIECES: [&str; 64] = [
    " ",
    "  ",
    "\n",
    "\n\n",
    "\t",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "\"",
    "'",
    "`",
    "```\n",
    ":",
    ": ",
    " - ",
    "--- ",
    "|",
    "=",
    ",",
    ".",
    "...",
    "/",
    "\\",
    "#",
    "<34>",
    "<",
    ">",
    "> ",
    "- ",
    "1. ",
    "é",
    "…",
    "\u{202f}",
    "日本",
    "ERROR",
    "warn:",
    "fail: A.B[0]",
    "E0315",
    "E, [",
    "2024-03-15",
    "T",
    "09:30:01",
    ".234",
    "Z",
    "+02:00",
    "15/Mar/2024:09:30:01 -0700",
    "Mar 15 09:30:01 ",
    "Mar 15, 2024 9:30:01 AM ",
    "1710495001",
    "20240315-9:3:1:4|",
    "03-17 16:13:38.839  1  2 V a: b",
    "[12345.678901]",
    "12:M 15 Mar 2024 09:30:01.2 * ",
    "host app[12]: ",
    "{\"level\":\"error\",\"msg\":",
    "level=info msg=",
    "GET /a",
    " -> 401",
    "→ 200",
    "  at a.b",
    "key: value",
];

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![4 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned), 1 => any::<String>()],
        0..40,
    )
    .prop_map(|pieces| pieces.concat())
}

fn check_range(text: &str, range: &Range<usize>, within: &Range<usize>) {
    assert!(text.get(range.clone()).is_some(), "{range:?} lies on character boundaries of {text:?}");
    assert!(within.start <= range.start && range.end <= within.end, "{range:?} lies within {within:?} of {text:?}");
}

fn check_event(text: &str, event: &LogEvent) {
    let whole = &event.range;
    check_range(text, whole, &(0..text.len()));
    check_range(text, &event.line, whole);
    check_range(text, &event.message, whole);
    let parts = [event.moment.as_ref().map(|moment| &moment.0), event.component.as_ref(), event.thread.as_ref()];
    for range in parts.into_iter().flatten() {
        check_range(text, range, &event.line);
    }
    for field in &event.fields {
        check_range(text, &field.key, whole);
        check_range(text, &field.value, whole);
    }
    let mut end = event.line.end;
    for range in &event.continuation {
        check_range(text, range, whole);
        assert!(range.start >= end, "continuation lines are in order");
        end = range.end;
    }
    let http = event.http.iter().flat_map(|http| [&http.method, &http.path, &http.status, &http.duration]);
    for range in http.flatten() {
        check_range(text, range, whole);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn events_lie_whole_in_the_text_and_in_order(text in text()) {
        let events = read_events(&lines(&text).collect::<Vec<_>>());
        let mut end = 0;
        for event in &events {
            check_event(&text, event);
            prop_assert!(event.range.start >= end);
            end = event.range.end;
        }
    }

    #[test]
    fn timestamps_lie_whole_in_the_text(text in text()) {
        if let Some((range, moment)) = find_timestamp(&text) {
            prop_assert!(text.get(range.clone()).is_some());
            prop_assert_eq!(parse_timestamp(&text[range.clone()]), Some(moment));
            zone_text(&text[range]);
        }
    }

    #[test]
    fn every_message_is_counted_under_one_template(messages in prop::collection::vec(text(), 0..12)) {
        let mut miner = TemplateMiner::new();
        let ids: Vec<_> = messages.iter().map(|message| miner.add(message)).collect();
        let grouping = miner.grouping();
        prop_assert_eq!(grouping.templates.iter().map(|template| template.count).sum::<u64>(), messages.len() as u64);
        prop_assert!(ids.iter().all(|id| grouping.of[id.0 as usize] < grouping.templates.len()));
    }
}
