//! Machine text as the report shows it: stack traces frame by frame, log lines with their numbers.

use std::collections::BTreeMap;

use serde::Serialize;

use super::code::numbered;
use crate::case::{Case, Cited, Frame, LogLine, StackTrace};
use crate::span;

/// Most frames shown of one trace; the file holds the rest.
const FRAMES_MAX: usize = 20;

/// Most traces shown; they are ordered as in the sources, and the count of all is given.
const TRACES_MAX: usize = 8;

/// Marks a frame of the application.
const IN_APP: &str = "→ ";

/// A stack trace as a code block.
#[derive(Serialize)]
pub(super) struct TraceView<'a> {
    pub trace: &'a StackTrace,
    /// The block's text.
    pub text: String,
    /// Whether a frame is marked as the application's.
    pub marked: bool,
}

/// Log lines of one source as a code block.
#[derive(Serialize)]
pub(super) struct ExcerptView<'a> {
    pub source: &'a str,
    pub text: String,
    /// The places, for links.
    pub places: Vec<&'a Cited>,
}

/// The first traces of the case.
pub(super) fn traces(case: &Case) -> Vec<TraceView<'_>> {
    case.stack_traces.iter().take(TRACES_MAX).map(trace_view).collect()
}

/// The excerpt of the logs, one block a source.
pub(super) fn excerpts(case: &Case) -> Vec<ExcerptView<'_>> {
    let mut by_source: BTreeMap<&str, Vec<&LogLine>> = BTreeMap::new();
    for line in &case.log_events.excerpt {
        by_source.entry(&line.span.source).or_default().push(line);
    }
    by_source.into_iter().map(|(source, lines)| excerpt(source, lines)).collect()
}

fn excerpt<'a>(source: &'a str, mut events: Vec<&'a LogLine>) -> ExcerptView<'a> {
    events.sort_by_key(|event| event.span.bytes);
    let lines = events.iter().flat_map(|event| {
        (event.span.lines[0]..).zip(span::lines(&event.span.quote)).map(|(number, line)| (number, line.text))
    });
    ExcerptView { source, text: numbered(lines), places: events.iter().map(|event| &event.span).collect() }
}

fn trace_view(trace: &StackTrace) -> TraceView<'_> {
    if trace.frames.is_empty() {
        return TraceView { trace, text: trace.span.quote.clone(), marked: false };
    }
    let head = match (&trace.exception, &trace.message) {
        (Some(kind), Some(message)) => format!("{kind}: {message}\n"),
        (Some(text), None) | (None, Some(text)) => format!("{text}\n"),
        (None, None) => String::new(),
    };
    let marked = trace.frames.iter().any(|frame| frame.in_app);
    let mut text = head;
    for frame in trace.frames.iter().take(FRAMES_MAX) {
        let mark = if frame.in_app { IN_APP } else { "  " };
        text.push_str(&format!("{mark}{}\n", frame_line(frame)));
    }
    if trace.frames.len() > FRAMES_MAX {
        text.push_str(&format!("  … {} more frames\n", trace.frames.len() - FRAMES_MAX));
    }
    TraceView { trace, text, marked }
}

fn frame_line(frame: &Frame) -> String {
    let place = match (&frame.file, frame.line) {
        (Some(file), Some(line)) => format!("{file}:{line}"),
        (Some(file), None) => file.clone(),
        (None, Some(line)) => format!("line {line}"),
        (None, None) => String::new(),
    };
    match (&frame.function, place.is_empty()) {
        (Some(function), true) => function.clone(),
        (Some(function), false) => format!("{function} ({place})"),
        (None, _) => place,
    }
}
