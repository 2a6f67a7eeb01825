//! Laws of reading a log in blocks: where it is cut changes nothing, and it says the same as reading it whole.

use super::*;
use crate::log::read_events;
use crate::span::lines;

const CHECKOUT: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/checkout-pool/input/logs/checkout.log"));

fn blocks(bytes: &[u8], size: usize) -> Vec<Vec<u8>> {
    let mut cutter = Blocks::of_size(size);
    let mut rest = bytes;
    let mut found = Vec::new();
    let mut fill = |buffer: &mut [u8]| -> Result<usize, ()> {
        // A stream gives as much as it likes.
        let length = buffer.len().min(rest.len()).min(7);
        buffer[..length].copy_from_slice(&rest[..length]);
        rest = &rest[length..];
        Ok(length)
    };
    while let Some(block) = cutter.next(Block::default(), &mut fill).unwrap() {
        found.push(block.bytes().to_vec());
    }
    found
}

fn report(bytes: &[u8], size: usize) -> LogsReport {
    let mut scan = LogScan::default();
    scan.begin("a.log", None, "utf-8");
    for block in blocks(bytes, size) {
        scan.add(read_block(&block, Depth::Templates));
    }
    scan.finish(50).0
}

#[test]
fn blocks_put_together_are_the_log() {
    for size in [500, 4096, 1 << 20] {
        assert_eq!(blocks(CHECKOUT.as_bytes(), size).concat(), CHECKOUT.as_bytes());
    }
}

#[test]
fn where_a_log_is_cut_changes_nothing() {
    let whole = report(CHECKOUT.as_bytes(), 1 << 20);
    assert!(whole.events > 1900);
    for size in [1000, 5001, 65_536] {
        assert_eq!(report(CHECKOUT.as_bytes(), size), whole, "blocks of {size}");
    }
}

#[test]
fn blocks_never_cut_a_character() {
    let text = "2023-05-02 11:07:13 ERROR café № ünï lost\n".repeat(50);
    let whole = report(text.as_bytes(), 1 << 20);
    assert_eq!(whole.templates[0].template, "café № ünï lost");
    for size in 100..140 {
        assert_eq!(report(text.as_bytes(), size), whole, "blocks of {size}");
    }
}

#[test]
fn events_are_those_of_reading_the_text_whole() {
    let text = "2023-05-02 11:07:13 ERROR no token\n  at a.b (c.ts:4)\nError: RACE: renewing\n\nstray words\n\
                May 02, 2023 11:07:13 AM shop.Cart add\nSEVERE: no stock\n2023-05-02 11:07:14 INFO ok\n  sku: 7\n";
    let events = read_events(&lines(text).collect::<Vec<_>>());
    let found = report(text.as_bytes(), 1 << 20);
    assert_eq!((found.events, found.sources[0].other_lines), (events.len() as u64, 1));
    assert_eq!(found.levels.values().sum::<u64>(), 3);
}

#[test]
fn an_empty_log_has_nothing_in_it() {
    let found = report(b"", 4096);
    assert_eq!((found.events, found.sources[0].lines, found.series, found.first), (0, 0, None, None));
}

#[test]
fn a_line_longer_than_a_block_is_one_line() {
    let long = format!("2023-05-02 11:07:13 ERROR {}\n2023-05-02 11:07:14 INFO ok\n", "é".repeat(1 << 20));
    let found = report(long.as_bytes(), 1 << 17);
    assert_eq!((found.sources[0].lines, found.events), (2, 2));
    assert!(blocks(long.as_bytes(), 1 << 17).iter().all(|block| std::str::from_utf8(block).is_ok()));
}

#[test]
fn lines_of_another_encoding_are_read() {
    let found = report(b"2023-05-02 11:07:13 ERROR caf\xe9 lost\n2023-05-02 11:07:14 ERROR caf\xe9 lost\n", 4096);
    assert_eq!((found.templates[0].template.as_str(), found.templates[0].count), ("café lost", 2));
}

#[test]
fn secrets_do_not_reach_the_report() {
    let found = report(b"2023-05-02 11:07:13 ERROR login password=Tr0ub4dor.horse failed\n", 4096);
    assert!(!format!("{found:?}").contains("Tr0ub4dor"), "{found:?}");
}

#[test]
fn gaps_and_bursts_are_found() {
    let quiet: String =
        (0..180).map(|n| format!("2023-05-02 {:02}:{:02}:00 WARN shop: late\n", 8 + n / 60, n % 60)).collect();
    let burst: String = (0..40).map(|n| format!("2023-05-02 11:30:{n:02} ERROR shop: cart {n} lost\n")).collect();
    let found = report((quiet + &burst).as_bytes(), 1000);
    assert_eq!(
        found.gaps.iter().map(|gap| (gap.from.as_str(), gap.seconds)).collect::<Vec<_>>(),
        [("2023-05-02 10:59:00", 1860)]
    );
    let bursts: Vec<_> =
        found.bursts.iter().map(|burst| (burst.from.as_str(), burst.to.as_str(), burst.events)).collect();
    assert_eq!(bursts, [("2023-05-02 11:30:00", "2023-05-02 11:30:39", 40)]);
    assert_eq!(found.onset.map(|onset| onset.place.line), Some(181));
}

#[test]
fn what_comes_at_regular_times_is_found_wherever_the_log_is_cut() {
    let line = |n: usize| match n % 15 {
        0 => format!("2023-05-02 {:02}:{:02}:00 ERROR shop: purge {n} failed\n", 8 + n / 60, n % 60),
        _ => format!("2023-05-02 {:02}:{:02}:00 INFO shop: cart {n} opened\n", 8 + n / 60, n % 60),
    };
    let text: String = (0..300).map(line).collect();
    for size in [1000, 1 << 20] {
        let found = report(text.as_bytes(), size).periods;
        let found: Vec<_> =
            found.iter().map(|p| (p.template.as_str(), p.every_seconds, p.times, p.to.as_str())).collect();
        assert_eq!(found, [("purge <*> failed", 900, 20, "2023-05-02 12:45:00")]);
    }
}

#[test]
fn templates_that_are_not_listed_are_counted() {
    let text =
        "2023-05-02 11:07:13 INFO up\n2023-05-02 11:07:14 INFO cart 1 lost\n2023-05-02 11:07:15 INFO cart 2 lost\n";
    let mut scan = LogScan::default();
    scan.begin("a.log", None, "utf-8");
    scan.add(read_block(text.as_bytes(), Depth::Templates));
    let (report, _) = scan.finish(1);
    assert_eq!((report.templates.len(), report.template_count, report.unlisted_messages), (1, 2, 1));
}

#[test]
fn each_line_leads_to_its_template() {
    let text =
        "2023-05-02 11:07:13 INFO cart 1 lost\n  at a.b (c.ts:4)\nstray words\n2023-05-02 11:07:14 INFO cart 2 lost\n";
    let mut scan = LogScan::default();
    scan.begin("a.log", None, "utf-8");
    let texts = scan.add(read_block(text.as_bytes(), Depth::Lines));
    let (_, templates) = scan.finish(1);
    let of_line: Vec<_> = texts.into_iter().map(|text| templates.template(text)).collect();
    assert_eq!(of_line, [Some(0), Some(0), Some(1), Some(0)]);
}
