//! Stated numbers with their unit, comparison and what they are of (`p99 < 50 ms`, `4% of exports`, `1,240 failed jobs`).
//!
//! It reads prose, list items and table cells; numbers without a unit, versions, dates and statuses are no metrics.

mod bound;
mod duration;
mod name;

use std::ops::Range;
use std::sync::LazyLock;

use crate::pattern::{Captures, Pattern};
use crate::source::SourceMap;

use super::reading::{FoundMetric, Passage, PassageKind, Reading};

/// Longest text of a passage that is searched, in bytes: a sentence is shorter.
const PASSAGE_BYTES: usize = 8 << 10;

/// Most numbers of one passage: a table pasted into a line holds hundreds.
const PER_PASSAGE: usize = 24;

/// Things that are counted in reports; each also counts with its plural.
const COUNTED: &str = concat!(
    "account|agent|alarm|alert|api call|attempt|batch|broker|build|byte|call|case|cell|client|complaint|connection|consumer|container|core|cpu|",
    "customer|cycle|deployment|device|document|duplicate|endpoint|entry|error|event|exception|executor|failure|file|frame|goroutine|group|handle|",
    "handler|host|image|incident|instance|invoice|issue|item|iteration|job|key|line|lock|log|login|machine|member|merchant|message|metric|",
    "minute-old entry|node|notification|object|operation|order|organization|outage|packet|page|parameter|participant|partition|patient|payment|",
    "person|pod|position|process|producer|query|queue|read|record|region|replica|report|request|resource|response|restart|result|retry|row|",
    "rule|sample|server|service|session|shard|shipment|site|socket|step|store|stream|student|subscriber|symbol|table|task|team|tenant|test|",
    "thread|ticket|time|token|topic|trade|transaction|update|upload|user|vehicle|vessel|volume|window|worker|workspace|write"
);

/// The comparisons that stand before a number.
const COMPARISON: &str = concat!(
    r"(?P<cmp><=|>=|≤|≥|[<>~≈±]|(?i:\b(?:under|below|less than|fewer than|at most|up to|over|above|more than|greater than|exceed(?:s|ed|ing)?",
    r"|at least|about|around|approximately|approx\.?|roughly|nearly|almost|circa)\b))"
);

/// Longest comparison, in bytes.
const COMPARISON_REACH: usize = 24;

static NUMBER: LazyLock<Pattern> = LazyLock::new(|| {
    let measured = concat!(
        r"\s*(?P<currency>[$€£])?",
        r"(?P<num>\d{1,3}(?:[,  ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<scale>[kKM]\b|[kKM]\+|\s(?:thousand|million|billion)\b)?\+?",
        r"(?:(?P<percent>\s?%|\s?percent\b|\spercentage points?\b)",
        r"|[\s-]?(?P<time>(?i:µs|μs|us|ms|msecs?|milliseconds?|microseconds?|nanoseconds?|ns|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)\b|s\b|m\b|h\b|d\b)",
        r"|\s?(?P<size>(?:[kKMGTP]i?B|[KMGTP]b|bytes?|B)(?:/s(?:ec)?)?\b)",
        r"|\s?(?P<rate>(?i:rps|qps|tps|iops|ops/s(?:ec)?|req(?:uest)?s?/(?:s(?:ec(?:ond)?)?|min(?:ute)?)|/s(?:ec(?:ond)?)?\b|/min(?:ute)?|/h(?:our)?|per (?:second|minute|hour|day)))\b",
        r"|(?P<factor>[x×]\b|[x×]$)",
        r"|(?P<words>(?:\s[a-z][a-z/-]*){1,3}))?"
    );
    pattern(&format!("{COMPARISON}?{measured}"))
});

static COUNTED_WORD: LazyLock<Pattern> =
    LazyLock::new(|| pattern(&format!(r"^(?:(?:{COUNTED})(?:e?s)?|(?:entr|quer|retr|batch|cop)(?:y|ies|es)|people)$")));

/// The stated numbers of all passages, in source order.
pub(super) fn metrics(_sources: &SourceMap, reading: &Reading) -> Vec<FoundMetric> {
    let mut found = Vec::new();
    for (index, passage) in reading.passages.iter().enumerate() {
        if passage.placeholder || passage.kind == PassageKind::Heading || passage.flat.text.len() > PASSAGE_BYTES {
            continue;
        }
        found.extend(in_passage(index, passage));
    }
    found
}

fn in_passage(index: usize, passage: &Passage) -> Vec<FoundMetric> {
    let flat = &passage.flat;
    let found = numbers_in(&flat.text).into_iter().take(PER_PASSAGE);
    found
        .map(|number| FoundMetric {
            span: flat.span(number.range),
            passage: Some(index),
            value: number.value,
            from: number.from,
            unit: number.unit,
            comparison: number.comparison.to_owned(),
            name: number.name,
        })
        .collect()
}

/// A number in a text, with its unit.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Number {
    /// Comparison, number and unit.
    pub range: Range<usize>,
    /// Decimal string without grouping.
    pub value: String,
    /// Unit as written; for counts what is counted.
    pub unit: String,
    /// The other end of a range or a change, in the same unit.
    pub from: Option<String>,
    /// `<`, `>`, `<=`, `>=`, `~`, `..` of a range, `->` of a change, or empty.
    pub comparison: &'static str,
    /// What it is of.
    pub name: String,
}

/// Finds the numbers with a unit in a text.
fn numbers_in(text: &str) -> Vec<Number> {
    let durations = duration::durations_in(text).into_iter().map(|found| whole_duration(text, found));
    let mut found: Vec<Number> = durations.collect();
    for number in NUMBER.captures_iter(text).filter_map(|found| number(text, &found)) {
        // A duration of several parts and a range take in the numbers they are made of.
        let apart = |other: &Number| other.range.end <= number.range.start || number.range.end <= other.range.start;
        found.retain(|other| apart(other) || !bound::covers(&number.range, &other.range));
        if found.iter().all(apart) {
            found.push(number);
        }
    }
    found.sort_by_key(|number| number.range.start);
    found
}

static COMPARED: LazyLock<Pattern> = LazyLock::new(|| pattern(&format!(r"{COMPARISON}\s*$")));

/// A duration of several parts as a number, with the comparison before it.
fn whole_duration(text: &str, found: duration::Duration) -> Number {
    let mut from = found.range.start.saturating_sub(COMPARISON_REACH);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let compared = COMPARED.captures(&text[from..found.range.start]).and_then(|captures| captures.name("cmp"));
    let start = compared.map_or(found.range.start, |words| from + words.start());
    let range = start..found.range.end;
    let name = name::name_of(text, &range);
    let comparison = comparison(compared.map_or("", |words| words.as_str()));
    Number { range, value: found.value, unit: found.unit, from: None, comparison, name }
}

fn number(text: &str, found: &Captures<'_>) -> Option<Number> {
    let digits = found.name("num")?;
    let currency = found.name("currency");
    let measured = ["percent", "time", "size", "rate", "factor"].iter().find_map(|name| found.name(name));
    let count = found.name("words").filter(|_| currency.is_none()).and_then(|words| counted(words.as_str()));
    let unit = match (measured, currency, &count) {
        (_, Some(currency), _) => currency.as_str(),
        (Some(percent), ..) if found.name("percent").is_some() => percent_unit(percent.as_str()),
        (Some(unit), ..) => unit.as_str().trim(),
        (None, None, Some(counted)) => counted.noun,
        (None, None, None) => return None,
    };
    let start = found.name("cmp").or(currency).unwrap_or(digits).start();
    let behind = found.name("scale").map_or(digits.end(), |scale| scale.end());
    let end = match (&count, measured) {
        (Some(counted), _) => found.name("words").map_or(behind, |words| words.start()) + counted.len,
        (None, Some(unit)) => unit.end(),
        (None, None) => behind,
    };
    let value = scaled(digits.as_str(), found.name("scale").map(|scale| scale.as_str()))?;
    let plain = found.name("scale").is_none() && found.name("cmp").is_none();
    let tied = |start: usize| is_part_of_more(text, start..digits.end(), end);
    if let Some(bound) = bound::bound_before(text, currency.unwrap_or(digits).start()).filter(|_| plain)
        && let Some((first, second, unit)) = bound::in_one_unit(&bound, &value, unit)
        && (bound.comparison == "->" || bound::is_less(&first, &second))
        && !tied(bound.start)
    {
        let range = bound.start..end;
        let name = count.map_or_else(|| name::name_of(text, &range), |counted| counted.name.to_owned());
        return Some(Number { range, value: second, unit, from: Some(first), comparison: bound.comparison, name });
    }
    if tied(digits.start())
        || is_status(digits.as_str(), unit)
        || is_plural_status(text, &digits.range(), unit)
        || is_clock_hour(text, digits.start(), unit)
    {
        return None;
    }
    let range = start..end;
    let name = count.map_or_else(|| name::name_of(text, &range), |counted| counted.name.to_owned());
    let comparison = comparison(found.name("cmp").map_or("", |words| words.as_str()));
    Some(Number { range, value, unit: unit.to_owned(), from: None, comparison, name })
}

fn percent_unit(written: &str) -> &'static str {
    if written.contains("point") { "percentage points" } else { "%" }
}

/// What a number counts: a noun with the words before it.
struct Counted<'a> {
    noun: &'a str,
    name: &'a str,
    /// Length of the words up to the end of the noun.
    len: usize,
}

/// The last counted noun of the words behind a number, before any word that begins another phrase.
fn counted(words: &str) -> Option<Counted<'_>> {
    let mut best: Option<Counted<'_>> = None;
    let mut at = 0;
    for word in words.split_inclusive(char::is_whitespace) {
        let start = at;
        at += word.len();
        let word = word.trim();
        if word.is_empty() {
            continue;
        }
        if breaks_count(word) {
            break;
        }
        if COUNTED_WORD.is_match(word) {
            let len = start + word.len();
            best = Some(Counted { noun: word, name: words[..len].trim(), len });
        }
    }
    best
}

/// Whether the digits belong to a version, a date, an address, a path or an identifier.
fn is_part_of_more(text: &str, digits: Range<usize>, end: usize) -> bool {
    let before = &text[..digits.start];
    let tied = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '/' | '#' | '\\' | '@'));
    let dotted = before
        .strip_suffix(['.', ':', ',', '-'])
        .is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_alphanumeric()));
    let after = &text[end..];
    let continues = after.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        || after.starts_with('.') && after[1..].starts_with(|c: char| c.is_ascii_digit());
    tied || dotted || continues
}

/// "3 of 401 errors" counts errors, "401 errors" names a status.
fn is_status(digits: &str, unit: &str) -> bool {
    digits.len() == 3
        && digits.starts_with(['4', '5'])
        && !digits.ends_with("50")
        && ["error", "response", "failure", "exception", "request"].iter().any(|word| unit.starts_with(word))
        && digits.as_bytes()[1] < b'3'
}

/// "HTTP 503s" and "status 502s" speak of statuses, not of seconds.
fn is_plural_status(text: &str, digits: &Range<usize>, unit: &str) -> bool {
    let glued = unit == "s" && text[digits.end..].starts_with('s');
    let status = digits.len() == 3 && text[digits.clone()].starts_with(['4', '5']);
    let before = text[..digits.start].trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    glued && status && ["http", "https", "status", "code", "codes"].contains(&before.to_ascii_lowercase().as_str())
}

/// The minutes of "9:30 m" and the hour of "9 h" after a clock word are times of day.
fn is_clock_hour(text: &str, start: usize, unit: &str) -> bool {
    matches!(unit, "m" | "h" | "d") && text[..start].ends_with(':')
}

/// Words that end what a number counts ("3 users in the last hour").
fn breaks_count(word: &str) -> bool {
    matches!(
        word,
        "in" | "of"
            | "the"
            | "and"
            | "or"
            | "to"
            | "for"
            | "at"
            | "on"
            | "by"
            | "with"
            | "from"
            | "per"
            | "is"
            | "was"
            | "were"
            | "are"
            | "a"
            | "an"
            | "as"
            | "that"
            | "which"
            | "have"
            | "had"
            | "has"
            | "not"
            | "out"
            | "later"
            | "before"
            | "after"
            | "ago"
            | "until"
    )
}

fn comparison(words: &str) -> &'static str {
    match words.to_ascii_lowercase().as_str() {
        "<" | "under" | "below" | "less than" | "fewer than" => "<",
        "<=" | "≤" | "at most" | "up to" => "<=",
        ">" | "over" | "above" | "more than" | "greater than" | "exceed" | "exceeds" | "exceeded" | "exceeding" => ">",
        ">=" | "≥" | "at least" => ">=",
        "" => "",
        _ => "~",
    }
}

/// The number without grouping, `k` and its like multiplied out.
fn scaled(digits: &str, scale: Option<&str>) -> Option<String> {
    let plain: String = digits.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    let zeros = match scale.map(|scale| scale.trim().trim_end_matches('+')) {
        None => return Some(plain),
        Some("k" | "K" | "thousand") => 3,
        Some("M" | "million") => 6,
        Some(_) => 9,
    };
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let moved: String = format!("{fraction:0<zeros$}");
    let (into, rest) = moved.split_at_checked(zeros)?;
    let value = format!("{whole}{into}");
    let value = value.trim_start_matches('0');
    let value = if value.is_empty() { "0" } else { value };
    Some(if rest.is_empty() { value.to_owned() } else { format!("{value}.{rest}") })
}

fn pattern(text: &str) -> Pattern {
    Pattern::new(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String, &'static str, String)> {
        numbers_in(text).into_iter().map(|n| (n.value, n.unit, n.comparison, n.name)).collect()
    }

    fn values(text: &str) -> Vec<String> {
        read(text).into_iter().map(|(value, unit, comparison, _)| format!("{comparison}{value} {unit}")).collect()
    }

    #[test]
    fn numbers_come_with_unit_and_comparison() {
        assert_eq!(values("latency stays < 50 ms, errors ~8%"), ["<50 ms", "~8 %"]);
        assert_eq!(values("more than 4 hours, at least 2 GB"), [">4 hours", ">=2 GB"]);
        assert_eq!(values("300 req/s for 5min, 3x slower, $1,250 lost"), ["300 req/s", "5 min", "3 x", "1250 $"]);
    }

    #[test]
    fn counts_need_a_counted_noun() {
        assert_eq!(
            read("10,240 export attempts")[0],
            ("10240".into(), "attempts".into(), "", "export attempts".into())
        );
        assert_eq!(values("2,100 tickets and 7 blue widgets in 3 regions"), ["2100 tickets", "3 regions"]);
    }

    #[test]
    fn a_scale_is_multiplied_out() {
        assert_eq!(
            values("5k requests, 1.25M users, 2 million rows"),
            ["5000 requests", "1250000 users", "2000000 rows"]
        );
    }

    #[test]
    fn versions_dates_times_and_statuses_are_no_metrics() {
        for text in [
            "v2.3.1 days",
            "2024-03-15 days",
            "at 9:30 hours",
            "401 errors",
            "HTTP 503s from the proxy",
            "404 responses",
            "id-15 min",
            "a5 ms",
            "step 1",
        ] {
            assert_eq!(values(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn durations_of_several_parts_are_one_number() {
        assert_eq!(values("down for more than 1 hour and 48 minutes"), [">108 minutes"]);
        assert_eq!(values("2h 15m outage, three and a half hours of data"), ["135 m", "210 minutes"]);
    }

    #[test]
    fn ranges_and_changes_keep_both_ends() {
        let ends = |text: &str| {
            let found = numbers_in(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            let number = &found[0];
            format!("{} {} {} {}", number.from.as_deref().unwrap_or("-"), number.comparison, number.value, number.unit)
        };
        assert_eq!(ends("waits 20-30 ms"), "20 .. 30 ms");
        assert_eq!(ends("waits 20ms–30ms"), "20 .. 30 ms");
        assert_eq!(ends("between 5 and 10 minutes"), "5 .. 10 minutes");
        assert_eq!(ends("sessions end from 5 to 10 minutes after"), "5 .. 10 minutes");
        assert_eq!(ends("latency rose from 120 ms to 4.2 s"), "120 -> 4200 ms");
        assert_eq!(ends("errors rose from 2% to 15%"), "2 -> 15 %");
        assert_eq!(ends("the queue grew from 200 to 1,200 requests"), "200 -> 1200 requests");
        assert_eq!(ends("p99 120 ms → 95 ms"), "120 -> 95 ms");
        assert_eq!(numbers_in("latency rose from 120 ms to 4.2 s")[0].name, "latency");
        assert_eq!(values("30-20 ms, 2024-03-15 days"), Vec::<String>::new());
        assert_eq!(values("5 minutes and 10 pods"), ["5 minutes", "10 pods"]);
    }

    #[test]
    fn odd_text_is_survived() {
        for text in ["5é", "€", "1,", "9".repeat(400).as_str(), "٣ ms", "1 000 users"] {
            numbers_in(text);
        }
    }
}
