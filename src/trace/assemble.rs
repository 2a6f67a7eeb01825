//! Frames joined to traces: which lines may stand between them, which head is theirs, which block is no trace after all.

use super::head;
use super::needles::Languages;
use super::recognizer::{Certainty, Found, Head, HeadPlace, LineKind, Recognizer};
use super::segment::{Cut, Segment};
use super::{FoundTrace, RECOGNIZERS};
use crate::case::TraceLanguage;

/// Segments in a row that are searched together.
#[derive(Default)]
pub(super) struct Window<'a> {
    /// The segments.
    pub segments: Vec<Segment<'a>>,
    /// By segment: languages of which it may hold a frame.
    pub languages: Vec<Languages>,
}

/// The traces of a window.
pub(super) fn assemble(window: &Window<'_>) -> Vec<FoundTrace> {
    let mut assembly = Assembly { window, open: None, free: 0, traces: Vec::new() };
    let mut at = 0;
    while at < window.segments.len() {
        if let Some((recognizer, found)) = assembly.frame_at(at) {
            let used = found.used.max(1);
            assembly.take(recognizer, found, at);
            at += used;
        } else {
            assembly.pass(at);
            at += 1;
        }
    }
    assembly.close();
    assembly.traces
}

/// Segments above a first frame in which its head is looked for.
const HEAD_REACH: usize = 12;
/// Lines of a message that may stand between a head and the first frame; the class with its package allows as many as are searched.
const MESSAGE_LINES: usize = 4;
/// Blank lines in a row that may stand within a trace: pasted text often doubles them.
const BLANKS: usize = 2;
/// Lines of a cause's message.
const CAUSE_LINES: usize = 10;

/// What the C++ runtime prints before an exception's message, on the line below its class.
const WHAT: &str = "what():";

struct Assembly<'w, 'a> {
    window: &'w Window<'a>,
    open: Option<Open>,
    /// First segment that no trace has taken.
    free: usize,
    traces: Vec<FoundTrace>,
}

/// A trace under construction.
struct Open {
    recognizer: &'static Recognizer,
    trace: FoundTrace,
    certain: usize,
    likely: usize,
    /// Whether a line that only stands above traces stands above this one.
    opened: bool,
    /// Head above the frames, where the language puts it below.
    above: Option<Head>,
    /// Head of the first cause.
    cause: Option<Head>,
    /// Whether the exceptions that follow are parts of the one read.
    grouped: bool,
    number: Option<u32>,
    /// Last segment taken.
    last: usize,
    foreign: usize,
    blanks: usize,
    patience: usize,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Frames,
    /// A cause was announced; its frames may follow.
    Chained,
    /// The head below the frames was read.
    Named,
}

/// What stands above the first frame.
struct Above {
    head: Option<Head>,
    opened: Option<usize>,
}

impl<'a> Assembly<'_, 'a> {
    fn segment(&self, at: usize) -> &Segment<'a> {
        &self.window.segments[at]
    }

    /// The frame at a segment: the open trace's language is asked first, the others only for frames that can stand alone.
    fn frame_at(&self, at: usize) -> Option<(&'static Recognizer, Found)> {
        let languages = self.window.languages[at];
        if languages == 0 || self.segment(at).text.is_empty() {
            return None;
        }
        let rest = &self.window.segments[at..];
        if let Some(open) = self.open.as_ref().filter(|open| open.stage != Stage::Named)
            && let Some(found) = (open.recognizer.frame)(rest)
        {
            return Some((open.recognizer, found));
        }
        RECOGNIZERS.iter().enumerate().filter(|(index, _)| languages >> index & 1 == 1).find_map(|(_, recognizer)| {
            let found = (recognizer.frame)(rest)?;
            (found.certainty > Certainty::Weak || self.opens_above(recognizer, at)).then_some((recognizer, found))
        })
    }

    fn opens_above(&self, recognizer: &Recognizer, at: usize) -> bool {
        let above = self.window.segments[self.free.min(at)..at].iter().rev().take(3);
        let mut kinds = above.filter(|segment| !segment.text.is_empty()).map(|segment| (recognizer.line)(segment));
        kinds.find(|kind| !matches!(kind, LineKind::Between)).is_some_and(|kind| matches!(kind, LineKind::Opens(_) | LineKind::Stack))
    }

    fn take(&mut self, recognizer: &'static Recognizer, found: Found, at: usize) {
        let goes_on = self.open.as_ref().is_some_and(|open| open.goes_on(recognizer, &found));
        if !goes_on {
            self.close();
            self.begin(recognizer, at, &found);
        }
        let Some(open) = &mut self.open else { return };
        open.certain += usize::from(found.certainty == Certainty::Certain);
        open.likely += usize::from(found.certainty == Certainty::Likely);
        open.number = found.number;
        open.last = at + found.used.max(1) - 1;
        open.foreign = 0;
        open.blanks = 0;
        open.patience = recognizer.patience;
        open.stage = Stage::Frames;
        if let Some(head) = found.head {
            open.reach(head.range.end);
            if open.trace.exception.is_none() && open.trace.message.is_none() {
                open.name(head);
            }
        }
        for frame in found.frames {
            open.reach(frame.range.end);
            open.trace.frames.push(frame);
        }
    }

    fn begin(&mut self, recognizer: &'static Recognizer, at: usize, found: &Found) {
        let start = found.frames.first().map_or(self.segment(at).start, |frame| frame.range.start);
        let above = if found.head.is_some() { Above { head: None, opened: None } } else { self.look_above(recognizer, at) };
        let start = above.opened.map_or(start, |opened| opened.min(start));
        let trace = FoundTrace { language: recognizer.language, exception: None, message: None, frames: Vec::new(), range: start..start };
        let mut open = Open {
            recognizer,
            trace,
            certain: 0,
            likely: 0,
            opened: above.opened.is_some(),
            above: None,
            cause: None,
            grouped: false,
            number: None,
            last: at,
            foreign: 0,
            blanks: 0,
            patience: 0,
            stage: Stage::Frames,
        };
        match above.head {
            Some(head) if recognizer.head == HeadPlace::Below => open.above = Some(head),
            Some(head) => open.name(head),
            None => {}
        }
        self.open = Some(open);
    }

    /// Looks for the head of a trace whose first frame is at `at`: the line above, or one a message's lines away.
    fn look_above(&self, recognizer: &Recognizer, at: usize) -> Above {
        let (mut skipped, mut fenced, mut opened, mut announced, mut inner) = (0, false, None, None, None);
        for index in (self.free.max(at.saturating_sub(HEAD_REACH))..at).rev() {
            let segment = self.segment(index);
            if segment.text.is_empty() || is_label(segment.text) {
                continue;
            }
            if is_fence(segment.text) {
                if fenced || skipped > 0 {
                    break;
                }
                fenced = true;
                continue;
            }
            match (recognizer.line)(segment) {
                LineKind::Opens(_) if opened.is_some() => break,
                LineKind::Opens(head) => {
                    opened = Some(segment.start);
                    if head.is_some() {
                        return Above { head, opened };
                    }
                }
                LineKind::Cause(Some(head)) if inner.is_none() && skipped == 0 => inner = Some(head),
                LineKind::Names(head) | LineKind::Cause(Some(head)) => {
                    let strict = opened.is_some() || fenced || inner.is_some();
                    if inner.is_some() && !head.whole {
                        break;
                    }
                    let near = skipped <= self.message_lines(&head, segment);
                    let head = (near && !(strict && skipped > 0)).then(|| self.with_message_below(head, index, at)).or(inner);
                    return Above { head, opened: opened.or(announced) };
                }
                LineKind::Stack => announced = Some(segment.start),
                LineKind::Between | LineKind::Part | LineKind::Cause(None) => {}
                LineKind::Other if opened.is_some() || inner.is_some() => break,
                LineKind::Other => skipped += 1,
            }
        }
        Above { head: inner, opened: opened.or(announced) }
    }

    /// Lines that a message of this head may take below it.
    fn message_lines(&self, head: &Head, segment: &Segment<'_>) -> usize {
        let class = head.exception.as_ref().and_then(|class| segment.text.get(class.start - segment.start..class.end - segment.start));
        match class {
            _ if !head.whole => 1,
            Some(class) if class.contains('.') => HEAD_REACH,
            _ => MESSAGE_LINES,
        }
    }

    /// The head at `index` with the line below as its message, where its own line ends with the colon.
    fn with_message_below(&self, head: Head, index: usize, frames: usize) -> Head {
        let below = self.window.segments[index + 1..frames].iter().find(|segment| !segment.text.is_empty());
        match below {
            Some(below) if below.text.starts_with(WHAT) => {
                let message = below.text[WHAT.len()..].trim_start().len();
                Head { message: Some(below.range().end - message..below.range().end), ..head }
            }
            Some(below) if head.message.is_none() && self.segment(index).text.ends_with(':') => {
                Head { message: Some(below.range()), ..head }
            }
            _ => head,
        }
    }

    /// A segment without a frame: part of the open trace, or its end.
    fn pass(&mut self, at: usize) {
        let segment = self.window.segments[at];
        let Some(open) = &mut self.open else { return };
        if segment.text.is_empty() {
            open.blanks += 1;
            if open.blanks > BLANKS {
                self.close();
            }
            return;
        }
        open.blanks = 0;
        if self.is_unknown_header(at) {
            return;
        }
        let Some(open) = &mut self.open else { return };
        match (open.recognizer.line)(&segment) {
            LineKind::Opens(_) if open.stage == Stage::Chained => {}
            LineKind::Opens(_) => self.close(),
            LineKind::Cause(head) => open.chain(head, at, &segment),
            LineKind::Stack => open.chain(None, at, &segment),
            LineKind::Part => {
                open.grouped = open.trace.exception.is_some();
                open.chain(None, at, &segment);
            }
            LineKind::Names(head) if head.whole && open.recognizer.head == HeadPlace::Below && open.stage == Stage::Frames => {
                open.last = at;
                open.foreign = 0;
                open.stage = Stage::Named;
                open.name_below(head, &segment);
            }
            LineKind::Names(_) if open.stage == Stage::Frames && open.recognizer.head != HeadPlace::Below => self.close(),
            LineKind::Between => {}
            LineKind::Names(_) | LineKind::Other => {
                open.foreign += 1;
                if open.foreign > open.patience || is_fence(segment.text) {
                    self.close();
                }
            }
        }
    }

    /// Whether the segment is what stands before a frame on each line of a log: the line above held a frame too.
    fn is_unknown_header(&self, at: usize) -> bool {
        let Some(open) = &self.open else { return false };
        let (segment, last) = (self.segment(at), self.segment(open.last));
        segment.cut == Cut::Inline
            && segment.line == last.line + 1
            && last.cut == Cut::Inline
            && self.window.segments.get(at + 1).is_some_and(|next| next.line == segment.line)
            && !matches!((open.recognizer.line)(segment), LineKind::Names(_))
    }

    fn close(&mut self) {
        let Some(mut open) = self.open.take() else { return };
        if open.trace.exception.is_none() && open.recognizer.head == HeadPlace::Below {
            self.name_from_tail(&mut open);
        }
        if let Some(head) = open.above.take().filter(|_| open.trace.exception.is_none()) {
            open.name(head);
        }
        if open.trace.exception.is_none() && open.trace.message.is_none() {
            self.look_below(&mut open);
        }
        if !open.holds() {
            return;
        }
        if let Some(head) = open.cause.take().filter(|_| open.trace.exception.is_none() && open.trace.message.is_none()) {
            open.trace.exception = head.exception;
            open.trace.message = head.message;
        }
        self.free = open.last + 1;
        self.traces.push(open.trace);
    }

    /// A head directly below the frames that has no frames of its own.
    fn look_below(&self, open: &mut Open) {
        let Some(segment) = self.window.segments.get(open.last + 1) else { return };
        let LineKind::Names(head) = (open.recognizer.line)(segment) else { return };
        let below = self.window.segments.iter().skip(open.last + 2).take(3).take_while(|segment| !segment.text.is_empty());
        let owns_frames = (open.last + 2..).zip(below).any(|(at, _)| self.frame_at(at).is_some());
        if !head.whole || owns_frames {
            return;
        }
        open.last += 1;
        open.reach(head.range.end);
        open.trace.exception = head.exception;
        open.trace.message = head.message;
    }

    /// A head behind the last frame on the same line, as where line breaks were lost.
    fn name_from_tail(&self, open: &mut Open) {
        let Some(segment) = self.window.segments.get(open.last) else { return };
        let frame_end = open.trace.frames.last().map_or(0, |frame| frame.range.end);
        let Some(tail) = frame_end.checked_sub(segment.start).and_then(|at| segment.text.get(at..)) else { return };
        let Some(head) = head::named(&Segment { text: tail, start: frame_end, ..*segment }) else { return };
        open.name(head);
    }
}

impl Open {
    /// Whether a frame belongs to this trace.
    fn goes_on(&self, recognizer: &Recognizer, found: &Found) -> bool {
        let restarts = match (self.number, found.number) {
            (_, Some(0)) => self.stage != Stage::Chained && !self.trace.frames.is_empty(),
            (Some(last), Some(number)) => number <= last && self.stage != Stage::Chained,
            _ => false,
        };
        // Ruby prints the cause with a head of its own directly below the frames.
        let own_head = found.head.is_some() && !(recognizer.language == TraceLanguage::Ruby && self.foreign + self.blanks == 0);
        let named = self.stage == Stage::Named && !(found.below_head && self.foreign == 0);
        self.recognizer.language == recognizer.language && !named && !restarts && !own_head
    }

    fn chain(&mut self, head: Option<Head>, at: usize, segment: &Segment<'_>) {
        self.last = at;
        self.foreign = 0;
        self.patience = CAUSE_LINES;
        self.stage = Stage::Chained;
        self.reach(segment.range().end);
        let Some(head) = head else { return };
        if self.recognizer.head == HeadPlace::AboveLast {
            self.trace.exception = head.exception;
            self.trace.message = head.message;
        } else if self.cause.is_none() {
            self.cause = Some(head);
        }
    }

    /// Names the exception and widens the trace to the head.
    fn name(&mut self, head: Head) {
        self.trace.range.start = self.trace.range.start.min(head.range.start);
        self.reach(head.range.end);
        self.trace.exception = head.exception;
        self.trace.message = head.message;
    }

    /// A head below the frames: the last one counts, but the parts of a group do not replace the group.
    fn name_below(&mut self, head: Head, segment: &Segment<'_>) {
        self.reach(segment.range().end);
        if !self.grouped {
            self.trace.exception = head.exception;
            self.trace.message = head.message;
        }
    }

    fn reach(&mut self, end: usize) {
        self.trace.range.end = self.trace.range.end.max(end);
    }

    /// Whether the frames are enough to be a trace.
    fn holds(&self) -> bool {
        let named = self.opened || self.trace.exception.is_some() || self.trace.message.is_some();
        self.certain > 0 || self.likely > 1 || (named && self.likely == 1) || (self.opened && !self.trace.frames.is_empty())
    }
}

fn is_fence(text: &str) -> bool {
    text.starts_with("```") || text.starts_with("~~~") || text.starts_with("{code") || text.starts_with("{noformat") || text.starts_with("</")
}

/// A line that only announces a trace (`Stack trace:`), in any of the usual wordings.
fn is_label(text: &str) -> bool {
    let words = text.trim_matches(|c: char| !c.is_alphanumeric());
    let announced = ["stack trace", "stacktrace", "backtrace", "call stack", "stack", "exception", "full stack trace", "error"];
    words.len() <= 20 && announced.iter().any(|label| words.eq_ignore_ascii_case(label))
}
