//! A log event: header parts, message, fields and continuation lines, all as byte ranges into the source's text.

use std::ops::Range;

use crate::case::Level;
use crate::limits::LINE_BYTES;
use crate::span::Line;

use super::Moment;
use super::context::Context;
use super::continuation::Continuation;
use super::fields::{read_outcome, read_pairs};
use super::formats::{Header, level_prefix, recognise};
use super::http::read_http;

/// A key with its value (`user_id=abc`, `"status": 503`, an indented `reason: …` line, a `-> 401` outcome).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The key; for an outcome the arrow.
    pub key: Range<usize>,
    /// The value without quotes.
    pub value: Range<usize>,
}

/// The HTTP exchange an event tells of, as far as it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpPart {
    /// Method (`POST`).
    pub method: Option<Range<usize>>,
    /// Path with query, or absolute address.
    pub path: Option<Range<usize>>,
    /// Status of the response (`401`).
    pub status: Option<Range<usize>>,
    /// How long it took, with its unit where one was written (`12ms`).
    pub duration: Option<Range<usize>>,
}

/// One event of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEvent {
    /// The event with its continuation lines.
    pub range: Range<usize>,
    /// Its first line, without list, quote and indentation marks.
    pub line: Range<usize>,
    /// Name of the recognised format (`bracketed-level`, `rfc3339`, `klog`, …).
    pub format: &'static str,
    /// The timestamp as written, with what it means.
    pub moment: Option<(Range<usize>, Moment)>,
    /// Level.
    pub level: Option<Level>,
    /// Logger or component.
    pub component: Option<Range<usize>>,
    /// Process or thread, by number or name.
    pub thread: Option<Range<usize>>,
    /// Message after the header; on the second line for formats that put it there.
    pub message: Range<usize>,
    /// Fields of the header, the message and the continuation lines.
    pub fields: Vec<Field>,
    /// The HTTP exchange it tells of.
    pub http: Option<Box<HttpPart>>,
    /// Continuation lines (stack traces, indented fields, wrapped JSON).
    pub continuation: Vec<Range<usize>>,
}

/// The events among `lines`, in order: of a log, or of a document with prose, fences and quotes around them.
///
/// Decided line by line; a sentence, list item, heading or table row that names a time is no event.
///
/// ```
/// # use casefile::{log::read_events, span::lines};
/// let text = "At 09:30 it broke.\n\n[ERROR] 2024-03-15 09:30:01 - Cart: no stock\n  item: 7\n";
/// let events = read_events(&lines(text).collect::<Vec<_>>());
/// assert_eq!(events.len(), 1);
/// assert_eq!(&text[events[0].message.clone()], "no stock");
/// assert_eq!(&text[events[0].fields[0].value.clone()], "7");
/// ```
pub fn read_events(lines: &[Line<'_>]) -> Vec<LogEvent> {
    let mut events = Vec::new();
    scan_events(lines, &mut |event| events.push(event));
    events
}

/// Gives the events among `lines` to `sink`, in order, without keeping them: for logs whose events need not be held.
pub fn scan_events(lines: &[Line<'_>], sink: &mut dyn FnMut(LogEvent)) {
    let mut context = Context::new(lines);
    let mut open: Option<Open> = None;
    for line in lines {
        let line = Line { text: capped(line.text), start: line.start };
        let Some(body) = context.enter(&line) else {
            close(&mut open, sink);
            continue;
        };
        let recognised = recognise(body.text).filter(|(_, header)| context.accepts(&body, header));
        if let Some(current) = open
            .as_mut()
            .filter(|current| current.continues.takes(&body, recognised.as_ref().map(|(_, header)| header)))
        {
            current.attach(&body);
            continue;
        }
        close(&mut open, sink);
        let Some((format, header)) = recognised else { continue };
        let continues = Continuation::after(&body, &header, context.certainty());
        open = Some(Open { event: start(body.start, body.text, format, header), continues });
    }
    close(&mut open, sink);
}

/// An event whose continuation lines are still being read.
struct Open {
    event: LogEvent,
    continues: Continuation,
}

impl Open {
    fn attach(&mut self, body: &Body<'_>) {
        let event = &mut self.event;
        event.range.end = body.start + body.text.len();
        if self.continues.take_message() {
            let (level, at) = level_prefix(body.text);
            event.level = event.level.or(level);
            event.message = body.start + at..event.range.end;
        }
        let from = event.fields.len();
        self.continues.fields(body, &mut event.fields);
        if event.fields.len() == from {
            read_pairs_at(body, 0..body.text.len(), &mut event.fields);
        }
        event.continuation.push(body.start..event.range.end);
    }
}

/// A line without the marks around it.
#[derive(Clone, Copy)]
pub(super) struct Body<'a> {
    /// What is left of the line.
    pub text: &'a str,
    /// Offset of that in the source.
    pub start: usize,
    /// How far it is indented, in bytes from the start of the line.
    pub indent: usize,
    /// Whether a list marker stood before it.
    pub listed: bool,
}

fn start(base: usize, text: &str, format: &'static str, header: Header) -> LogEvent {
    let mut fields = header.fields;
    let end = text.len();
    if header.pairs {
        read_pairs(text, header.message.clone(), &mut fields);
    }
    fields.extend(read_outcome(text, header.message.clone()));
    let http = read_http(text, header.message.clone(), &fields).map(|http| Box::new(http.shifted(base)));
    for field in &mut fields {
        *field = Field { key: shift(&field.key, base), value: shift(&field.value, base) };
    }
    LogEvent {
        range: base..base + end,
        line: base..base + end,
        format,
        moment: header.time.map(|(range, moment)| (shift(&range, base), moment)),
        level: header.level,
        component: header.component.map(|range| shift(&range, base)),
        thread: header.thread.map(|range| shift(&range, base)),
        message: shift(&header.message, base),
        fields,
        http,
        continuation: Vec::new(),
    }
}

impl HttpPart {
    fn shifted(self, base: usize) -> Self {
        let [method, path, status, duration] =
            [self.method, self.path, self.status, self.duration].map(|part| part.map(|range| shift(&range, base)));
        HttpPart { method, path, status, duration }
    }
}

fn close(open: &mut Option<Open>, sink: &mut dyn FnMut(LogEvent)) {
    if let Some(done) = open.take() {
        sink(done.event);
    }
}

pub(super) fn shift(range: &Range<usize>, base: usize) -> Range<usize> {
    range.start + base..range.end + base
}

/// Appends the pairs of a part of `body`, as ranges into the source.
pub(super) fn read_pairs_at(body: &Body<'_>, range: Range<usize>, fields: &mut Vec<Field>) {
    let from = fields.len();
    read_pairs(body.text, range, fields);
    for field in &mut fields[from..] {
        *field = Field { key: shift(&field.key, body.start), value: shift(&field.value, body.start) };
    }
}

/// The part of a line that recognisers look at.
pub(super) fn capped(text: &str) -> &str {
    if text.len() <= LINE_BYTES {
        return text;
    }
    let end = (0..=LINE_BYTES).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::lines;

    fn events(text: &str) -> Vec<LogEvent> {
        read_events(&lines(text).collect::<Vec<_>>())
    }

    fn messages(text: &str) -> Vec<&str> {
        events(text).into_iter().map(|event| &text[event.message]).collect()
    }

    fn fields<'a>(text: &'a str, event: &LogEvent) -> Vec<(&'a str, &'a str)> {
        event.fields.iter().map(|field| (&text[field.key.clone()], &text[field.value.clone()])).collect()
    }

    #[test]
    fn indented_fields_belong_to_the_event_above() {
        let text = "```\n[ERROR] 2023-05-02 11:07:13 - Cart: check failed\n  sku: 7f8a\n  error: timeout\n```\n";
        let found = events(text);
        assert_eq!(found.len(), 1);
        assert_eq!(fields(text, &found[0]), [("sku", "7f8a"), ("error", "timeout")]);
        assert_eq!(found[0].component.clone().map(|range| &text[range]), Some("Cart"));
    }

    #[test]
    fn frames_and_the_head_below_them_belong_to_the_event_above() {
        let text = "[2023-05-02 11:07:13] ERROR: no token\n  at a.b (c.ts:4)\nat d.e (f.ts:5)\nError: RACE: renewing\n\nError: x\n";
        let found = events(text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].continuation.len(), 3);
        assert!(text[found[0].range.clone()].ends_with("renewing"));
    }

    #[test]
    fn requests_have_their_parts_and_outcomes() {
        let text = "   ```\n   [11:07:13.402] POST /renew token=tok-1 -> 200 OK, new_token=tok-2\n   ```\n";
        let found = events(text);
        assert_eq!(fields(text, &found[0]), [("token", "tok-1"), ("new_token", "tok-2"), ("->", "200")]);
        let http = found[0].http.as_ref().unwrap();
        assert_eq!(http.method.clone().map(|range| &text[range]), Some("POST"));
        assert_eq!(http.status.clone().map(|range| &text[range]), Some("200"));
    }

    #[test]
    fn prose_that_names_times_is_no_event() {
        let text = "# Report\n\nAt 14:32 we saw errors.\n\n- 14:32 UTC - Alert fired\n- 14:32:10 UTC - We looked\n\
                    - **14:33** restarted\n\n## 14:40\n\n| 14:41:00 | ERROR rate |\n|---|---|\n\n**@ann** (10:28):\n\
                    14:45:10 UTC - We went home\n";
        assert_eq!(messages(text), Vec::<&str>::new());
    }

    #[test]
    fn quotes_lists_and_code_spans_are_looked_through() {
        let text =
            "> [ERROR] gone\n\n1. see:\n   - 2023-05-02 11:07:13 ERROR lost\n\n`2023-05-02 11:07:14 WARN late`\n";
        assert_eq!(messages(text), ["gone", "lost", "late"]);
    }

    #[test]
    fn undecided_lines_count_in_a_fence_but_not_in_code() {
        assert_eq!(messages("text\n\n```\n11:07:13 cart lost\nERROR in cart\n```\n"), ["cart lost", "in cart"]);
        assert_eq!(messages("text\n\n```yaml\nerror: cart lost\n```\n"), Vec::<&str>::new());
    }

    #[test]
    fn undecided_lines_count_in_a_text_that_is_a_log() {
        assert_eq!(messages("2023-05-02 11:07:13 up\n2023-05-02 11:07:14 down\n"), ["up", "down"]);
    }

    #[test]
    fn a_second_line_may_hold_level_and_message() {
        let text = "May 02, 2023 11:07:13 AM shop.Cart add\nSEVERE: no stock\nMay 02, 2023 11:07:14 AM shop.Cart add\nINFO: ok\n";
        assert_eq!(messages(text), ["no stock", "ok"]);
        assert_eq!(events(text)[0].level, Some(Level::Error));
        let text = "```\nfail: Shop.Cart[0]\n      No stock\n```\n";
        assert_eq!(messages(text), ["No stock"]);
    }

    #[test]
    fn wrapped_json_belongs_to_the_event_above() {
        let text = "```\n2023-05-02 11:07:13 ERROR answer {\n  \"code\": 7,\n  \"why\": \"late\"\n}\n2023-05-02 11:07:14 INFO ok\n```\n";
        let found = events(text);
        assert_eq!(found.len(), 2);
        assert_eq!(fields(text, &found[0]), [("code", "7"), ("why", "late")]);
    }

    #[test]
    fn very_long_lines_are_read_up_to_the_limit() {
        let text = format!("2023-05-02 11:07:13 ERROR {}é", "é=".repeat(LINE_BYTES));
        assert!(events(&text)[0].line.len() <= LINE_BYTES);
    }
}
