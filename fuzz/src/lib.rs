//! Laws that the targets share: ranges are places in the text, and twice the text takes about twice the time.

use std::ops::Range;

use casefile::case::{Case, Cited};
use casefile::pipeline::{AnalyzeOptions, analyze};
use casefile::rules::builtin_rules;
use casefile::source::SourceMap;

/// Longest input that is repeated to look at the time it takes: a unit of a pattern, not a document.
const UNIT: usize = 48;

/// Size of the shorter of the two texts that are compared, in bytes.
const SHORT: usize = 16 << 10;

/// Processor time under which nothing is said of a text, in nanoseconds: noise is larger than what it takes.
const NOISE: u64 = 400_000_000;

/// How much more time four times the text may take: four times for linear work, sixteen for quadratic.
const TIMES: u64 = 9;

/// Input as text; bytes that are none are left to the tests of decoding.
pub fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// Asserts that a range is a place in the text, on character boundaries, and inside another one.
pub fn is_place(text: &str, range: &Range<usize>, within: &Range<usize>) {
    assert!(text.get(range.clone()).is_some(), "{range:?} is no place in {text:?}");
    assert!(within.start <= range.start && range.end <= within.end, "{range:?} is not within {within:?} of {text:?}");
}

/// Asserts that reading a short text over and over takes time in proportion.
///
/// Only every eighth short text is looked at: it takes a thousand times as long as reading it once.
pub fn is_linear(unit: &str, read: impl Fn(&str)) {
    let chosen = unit.bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte)) % 8 == 0;
    if unit.is_empty() || unit.len() > UNIT || !chosen {
        return;
    }
    let long = unit.repeat(4 * SHORT / unit.len());
    let Some(of_long) = processor_time(|| read(&long)) else { return };
    if of_long < NOISE {
        return;
    }
    let short = unit.repeat(SHORT / unit.len());
    let of_short = processor_time(|| read(&short)).unwrap_or(of_long);
    assert!(
        of_long <= TIMES * of_short.max(1),
        "{} bytes of {unit:?} take {of_short} ns, {} bytes {of_long} ns",
        short.len(),
        long.len()
    );
}

/// Processor time of this thread in nanoseconds, where the system tells it: other work on the machine does not count.
fn processor_time(work: impl FnOnce()) -> Option<u64> {
    let used = || std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse::<u64>().ok();
    let before = used()?;
    work();
    Some(used()?.saturating_sub(before))
}

/// The case of one document.
pub fn case_of(path: &str, text: &str) -> Case {
    let mut sources = SourceMap::new();
    sources.add_text(path, text);
    let options = AnalyzeOptions { generated_at: "2026-01-01T00:00:00Z".into(), ..AnalyzeOptions::default() };
    analyze(&sources, Vec::new(), builtin_rules(), &options, &|_, _| true)
}

/// Asserts that a quote stands at its bytes and its lines.
pub fn is_quote(text: &str, cited: &Cited) {
    let at = |byte: u64| usize::try_from(byte).expect("an offset of a text in memory");
    let place = at(cited.bytes[0])..at(cited.bytes[1]);
    assert_eq!(text.get(place.clone()), Some(cited.quote.as_str()), "{cited:?} of {text:?}");
    let line = casefile::span::lines(&text[..place.start]).count().max(1) as u64;
    // A quote that begins a line stands one line below the text before it.
    assert!(cited.lines[0] == line || cited.lines[0] == line + 1, "{cited:?} of {text:?}");
    assert!(cited.lines[0] <= cited.lines[1]);
}
