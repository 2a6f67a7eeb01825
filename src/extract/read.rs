//! Turns sources into a `Reading`: documents are parsed and cut, logs and fences give events and traces.

use crate::limits;
use crate::log::read_events;
use crate::markdown;
use crate::source::{Source, SourceFormat, SourceMap};
use crate::span::{Line, SourceId, lines};
use crate::trace::{find_locks, find_traces};

use super::code_blocks::Recognised;
use super::headings::section_roles;
use super::passages::{Cut, cut};
use super::reading::{BlockContent, ReadDocument, Reading, SourcedEvent, SourcedLocks, SourcedTrace};
use super::templates::Examples;
use super::{metrics, pairs, payloads};

/// Which passages and code blocks of a reading stand behind an `Example:` label.
#[derive(Default)]
pub(super) struct ExampleMarks {
    passages: Vec<bool>,
    code_blocks: Vec<bool>,
}

impl ExampleMarks {
    /// The marks for those who only look.
    pub fn as_slices(&self) -> Examples<'_> {
        Examples { passages: &self.passages, code_blocks: &self.code_blocks }
    }
}

/// Reads every source, in order.
pub(super) fn read(sources: &SourceMap) -> (Reading, ExampleMarks) {
    let mut reading = Reading::default();
    let mut examples = ExampleMarks::default();
    for (index, source) in (0_u32..).zip(sources.iter()) {
        read_source(SourceId(index), source, &mut reading, &mut examples);
    }
    reading.payloads = payloads::payloads(sources, &reading);
    mark_payloads(&mut reading);
    reading.metrics = metrics::metrics(sources, &reading);
    reading.pairs = pairs::pairs(sources, &reading);
    (reading, examples)
}

fn read_source(id: SourceId, source: &Source, reading: &mut Reading, examples: &mut ExampleMarks) {
    let text = source.text.as_str();
    let all: Vec<Line<'_>> = lines(text).map(bounded).collect();
    let events = read_events(&all);
    let traces = find_traces(&all);
    let locks = find_locks(&all);
    drop(all);
    if source.format != SourceFormat::Log {
        let document = markdown::parse(id, text, source.garbling);
        let roles = section_roles(&document);
        let recognised = Recognised { events: &events, traces: &traces };
        let Cut { passages, examples: marks, code_blocks, code_examples } =
            cut(text, &document, reading.documents.len(), &roles, &recognised);
        reading.passages.extend(passages);
        reading.code_blocks.extend(code_blocks);
        examples.passages.extend(marks);
        examples.code_blocks.extend(code_examples);
        reading.documents.push(ReadDocument { source: id, document, roles });
    }
    reading.events.extend(events.into_iter().map(|event| SourcedEvent { source: id, event }));
    reading.locks.extend(locks.into_iter().map(|locks| SourcedLocks { source: id, locks }));
    reading.traces.extend(traces.into_iter().map(|trace| SourcedTrace { source: id, trace }));
}

/// The part of a line that recognisers look at.
fn bounded(line: Line<'_>) -> Line<'_> {
    let mut end = line.text.len().min(limits::LINE_BYTES);
    while !line.text.is_char_boundary(end) {
        end -= 1;
    }
    Line { text: &line.text[..end], start: line.start }
}

/// A block without a known language that turned out to be a payload is one.
fn mark_payloads(reading: &mut Reading) {
    use crate::case::PayloadKind as Kind;
    let spans: Vec<_> = reading
        .payloads
        .iter()
        .filter(|payload| matches!(payload.kind, Kind::Json | Kind::Http | Kind::Jwt))
        .map(|payload| payload.span)
        .collect();
    for block in reading.code_blocks.iter_mut().filter(|block| block.content == BlockContent::Text) {
        let after = spans.partition_point(|span| (span.source, span.start) < (block.span.source, block.span.start));
        let most = |span: &&crate::span::Span| {
            block.span.contains(**span) && (span.end - span.start) * 2 >= block.span.end - block.span.start
        };
        if spans.get(after).as_ref().is_some_and(most) {
            block.content = BlockContent::Payload;
        }
    }
}
