//! Log lines: parts of events are places in order, times read again as themselves, and where a log is cut changes nothing.
#![no_main]

use casefile::log::scan::{Depth, LogScan, LogsReport, read_block};
use casefile::log::{LogEvent, find_timestamp, parse_timestamp, read_events, zone_text};
use casefile::span::lines;
use casefile_fuzz::{is_linear, is_place, text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // A log may be of any bytes.
    let report = scanned(data, Depth::Templates);
    assert!(report.events <= report.sources[0].lines);
    assert_eq!(report.levels.values().sum::<u64>() + report.without_level, report.events);
    let Some(text) = text(data) else { return };
    let events = read_events(&lines(text).collect::<Vec<_>>());
    let mut end = 0;
    for event in &events {
        check(text, event);
        assert!(event.range.start >= end, "events stand in order");
        end = event.range.end;
    }
    if let Some((range, moment)) = find_timestamp(text) {
        is_place(text, &range, &(0..text.len()));
        assert_eq!(parse_timestamp(&text[range.clone()]), Some(moment), "{:?}", &text[range.clone()]);
        zone_text(&text[range]);
    }
    let headers = scanned(data, Depth::Headers);
    assert_eq!((headers.events, headers.levels), (report.events, report.levels));
    is_linear(text, |long| {
        scanned(long.as_bytes(), Depth::Templates);
        scanned(long.replace(['\n', '\r'], " ").as_bytes(), Depth::Templates);
    });
});

fn scanned(data: &[u8], depth: Depth) -> LogsReport {
    let mut scan = LogScan::default();
    scan.begin("a.log", None, "utf-8");
    scan.add(read_block(data, depth));
    scan.finish(50).0
}

fn check(text: &str, event: &LogEvent) {
    let whole = &event.range;
    is_place(text, whole, &(0..text.len()));
    is_place(text, &event.line, whole);
    is_place(text, &event.message, whole);
    let parts = [event.moment.as_ref().map(|moment| &moment.0), event.component.as_ref(), event.thread.as_ref()];
    parts.into_iter().flatten().for_each(|range| is_place(text, range, &event.line));
    for field in &event.fields {
        is_place(text, &field.key, whole);
        is_place(text, &field.value, whole);
    }
    let mut end = event.line.end;
    for range in &event.continuation {
        is_place(text, range, whole);
        assert!(range.start >= end, "continuation lines stand in order");
        end = range.end;
    }
    let http = event.http.iter().flat_map(|http| [&http.method, &http.path, &http.status, &http.duration]);
    http.flatten().for_each(|range| is_place(text, range, whole));
}
