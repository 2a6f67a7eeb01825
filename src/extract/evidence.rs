//! Turns what was recognised (traces, payloads, metrics, log events) into the facts of a case, secrets redacted.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::case::{Frame, LogSummary, Metric, Payload, PayloadKey, StackTrace};
use crate::log;
use crate::markdown::{Block, BlockKind};
use crate::source::SourceMap;
use crate::span::{SourceId, Span};

use super::facts::{fold, safe_text};
use super::reading::{FoundKey, Passage, Reading, SourcedTrace};

/// Most stack traces; a log with more holds the same few over and over, with other numbers in their messages.
const TRACES: usize = 200;

/// Most stated numbers.
const METRICS: usize = 500;

/// Most other places of one number.
const PLACES: usize = 20;

/// Most payloads.
const PAYLOADS: usize = 200;

/// The stack traces, each once with the number of its occurrences.
pub(super) fn stack_traces(sources: &SourceMap, reading: &Reading) -> Vec<StackTrace> {
    let mut found: Vec<StackTrace> = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for sourced in &reading.traces {
        let trace = stack_trace(sources, sourced);
        let key = format!("{:?}|{:?}|{:?}|{:?}", trace.language, trace.exception, trace.message, trace.frames);
        match seen.get(&key) {
            Some(at) => found[*at].count += 1,
            None if found.len() < TRACES => {
                seen.insert(key, found.len());
                found.push(trace);
            }
            None => {}
        }
    }
    found
}

fn stack_trace(sources: &SourceMap, sourced: &SourcedTrace) -> StackTrace {
    let span = |range: &Range<usize>| Span::new(sourced.source, range.clone());
    let text = |range: &Range<usize>| {
        let span = span(range);
        safe_text(sources, span, &fold(sources.text(span)))
    };
    let trace = &sourced.trace;
    let frame = |frame: &crate::trace::FoundFrame| Frame {
        file: frame.file.as_ref().map(text),
        line: frame.line,
        function: frame.function.as_ref().map(text),
        in_app: frame.in_app,
    };
    StackTrace {
        language: trace.language,
        exception: trace.exception.as_ref().map(text),
        message: trace.message.as_ref().map(text),
        frames: trace.frames.iter().map(frame).collect(),
        span: sources.cite(span(&trace.range)),
        count: 1,
    }
}

/// The payloads; values that are secrets stay out.
pub(super) fn payloads(sources: &SourceMap, reading: &Reading) -> Vec<Payload> {
    let payload = |found: &super::FoundPayload| Payload {
        kind: found.kind,
        keys: found.keys.iter().map(|key| payload_key(sources, key)).collect(),
        missing: found.missing.iter().map(|(name, _)| sources.redact_text(name)).collect(),
        span: sources.cite(found.span),
    };
    reading.payloads.iter().take(PAYLOADS).map(payload).collect()
}

fn payload_key(sources: &SourceMap, key: &FoundKey) -> PayloadKey {
    let secret = sources.redact(key.span) != sources.text(key.span);
    let open = |value: &String| !secret && sources.redact_text(value) == *value;
    PayloadKey { key: sources.redact_text(&key.path), value: key.value.clone().filter(open) }
}

/// The stated numbers, each once with the sentence it first stands in and the other places that state it.
pub(super) fn metrics(sources: &SourceMap, reading: &Reading) -> Vec<Metric> {
    let mut metrics: Vec<Metric> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for found in &reading.metrics {
        let metric = metric(sources, reading, found);
        // "2 pods" of two sentences are not the same pods; a number of two digits is hardly by chance the same.
        let told = found.value.bytes().filter(u8::is_ascii_digit).count() > 1 && !found.name.is_empty();
        let sentence = if told { "" } else { metric.text.as_str() };
        let key = format!(
            "{}|{:?}|{}|{}|{}|{sentence}",
            found.name.to_lowercase(),
            found.from,
            found.value,
            found.unit.to_lowercase(),
            found.comparison
        );
        match known.get(&key) {
            Some(&at) if metrics[at].again.len() < PLACES => metrics[at].again.push(metric.span),
            Some(_) => {}
            None if metrics.len() < METRICS => {
                known.insert(key, metrics.len());
                metrics.push(metric);
            }
            None => {}
        }
    }
    metrics
}

fn metric(sources: &SourceMap, reading: &Reading, found: &super::FoundMetric) -> Metric {
    let (span, plain) = match found.passage.and_then(|at| reading.passages.get(at)) {
        Some(passage) => (passage.span, in_its_table(reading, passage)),
        None => (found.span, fold(sources.text(found.span))),
    };
    let text = safe_text(sources, span, &plain);
    // Where a secret was taken out of the sentence, the name may be a piece of it.
    let open = text == plain || text.contains(&found.name);
    Metric {
        name: if open { found.name.clone() } else { String::new() },
        value: found.value.clone(),
        from: found.from.clone(),
        unit: found.unit.clone(),
        comparison: found.comparison.clone(),
        text,
        span: sources.cite(found.span),
        again: Vec::new(),
    }
}

/// The words of a passage; those of a cell with the row and the column it stands in ("queue depth, 14:05: 812").
fn in_its_table(reading: &Reading, passage: &Passage) -> String {
    let own = fold(&passage.flat.text);
    let block = reading.documents.get(passage.document).and_then(|read| read.document.blocks.get(passage.block));
    let Some(Block { kind: BlockKind::Table { header, rows }, .. }) = block else { return own };
    let after = rows.partition_point(|row| row.first().is_some_and(|cell| cell.span.start <= passage.span.start));
    let place = rows[..after].last().and_then(|row| {
        let column = row.iter().position(|cell| cell.span.contains(passage.span))?;
        Some((row.first().filter(|_| column > 0)?, header.get(column)?))
    });
    let Some((row, column)) = place else { return own };
    // Of two columns the second one needs no name.
    let of = [Some(row), Some(column).filter(|_| header.len() > 2)];
    let of = of.into_iter().flatten().map(|cell| fold(&cell.text.text));
    let of: Vec<String> = of.filter(|words| !words.is_empty()).collect();
    if of.is_empty() { own } else { format!("{}: {own}", of.join(", ")) }
}

/// What the logs hold.
pub(super) fn log_summary(sources: &SourceMap, reading: &Reading) -> LogSummary {
    let events: Vec<_> = reading.events.iter().map(|sourced| (sourced.source, sourced.event.clone())).collect();
    let cite = |source: SourceId, range: Range<usize>| sources.cite(Span::new(source, range));
    let text = |source: SourceId, range: Range<usize>| {
        let span = Span::new(source, range);
        safe_text(sources, span, sources.text(span))
    };
    log::summarize(&events, &cite, &text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::TraceLanguage;
    use crate::trace::FoundTrace;

    #[test]
    fn a_number_stated_twice_is_listed_once_with_both_places() {
        let text = "- Support: 212 calls\n- 5% of orders\n\nSupport took 212 calls.\n\n| a | b |\n| - | - |\n| 7 pods failed | 7 pods left |\n";
        let metrics = crate::extract::testing::facts(text).metrics;
        let read: Vec<_> = metrics.iter().map(|m| (m.value.as_str(), m.again.len())).collect();
        assert_eq!(read, [("212", 1), ("5", 0), ("7", 0), ("7", 0)]);
        assert_eq!((metrics[0].span.lines, metrics[0].again[0].lines), ([1, 1], [4, 4]));
    }

    #[test]
    fn the_same_trace_twice_is_one_entry_with_a_count() {
        let text = "Boom: a\nBoom: a\nBang: b\n";
        let sources = SourceMap::from_text("a.md", text);
        let trace = |start: usize, end: usize| SourcedTrace {
            source: SourceId(0),
            trace: FoundTrace {
                language: TraceLanguage::Java,
                exception: Some(start..start + 4),
                message: Some(start + 6..end),
                frames: Vec::new(),
                range: start..end,
            },
        };
        let reading = Reading { traces: vec![trace(0, 7), trace(8, 15), trace(16, 23)], ..Reading::default() };
        let found: Vec<_> =
            stack_traces(&sources, &reading).into_iter().map(|trace| (trace.exception, trace.count)).collect();
        assert_eq!(found, [(Some("Boom".into()), 2), (Some("Bang".into()), 1)]);
    }

    #[test]
    fn a_number_of_a_table_says_its_row_and_column() {
        let text = "| metric | 17:15 | 17:22 |\n| - | - | - |\n| queue depth | 31 jobs | 812 jobs |\n";
        let metrics = crate::extract::testing::facts(text).metrics;
        assert_eq!(metrics[1].text, "queue depth, 17:22: 812 jobs");
    }
}
