//! Frames joined to traces: which lines may stand between them, which head is theirs, which block is no trace after all.

use super::above::{Above, MESSAGE_LINES, is_fence, look_above};
use super::head;
use super::needles::Languages;
use super::open::{Open, Stage};
use super::recognizer::{Certainty, Found, HeadPlace, LineKind, Recognizer};
use super::segment::{Cut, Segment};
use super::{FoundTrace, RECOGNIZERS};

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

/// Blank lines in a row that may stand within a trace: pasted text often doubles them.
const BLANKS: usize = 2;
struct Assembly<'w, 'a> {
    window: &'w Window<'a>,
    open: Option<Open>,
    /// First segment that no trace has taken.
    free: usize,
    traces: Vec<FoundTrace>,
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
        kinds
            .find(|kind| !matches!(kind, LineKind::Between))
            .is_some_and(|kind| matches!(kind, LineKind::Opens(_) | LineKind::Stack))
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
        open.patience = if found.head.is_some() { MESSAGE_LINES } else { recognizer.patience };
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
        let above = if found.head.is_some() {
            Above { head: None, opened: None }
        } else {
            look_above(&self.window.segments[self.free.min(at)..at], recognizer)
        };
        let start = above.opened.map_or(start, |opened| opened.min(start));
        let trace = FoundTrace {
            language: recognizer.language,
            exception: None,
            message: None,
            frames: Vec::new(),
            range: start..start,
        };
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
            LineKind::Names(head)
                if head.whole && open.recognizer.head == HeadPlace::Below && open.stage == Stage::Frames =>
            {
                open.last = at;
                open.foreign = 0;
                open.stage = Stage::Named;
                open.name_below(head, &segment);
            }
            LineKind::Names(_) if open.stage == Stage::Frames && open.recognizer.head != HeadPlace::Below => {
                self.close();
            }
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
        if let Some(head) = open.cause.take().filter(|_| open.trace.exception.is_none() && open.trace.message.is_none())
        {
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
        let below =
            self.window.segments.iter().skip(open.last + 2).take(3).take_while(|segment| !segment.text.is_empty());
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

#[cfg(test)]
mod tests {
    use crate::span::lines;
    use crate::trace::find_traces;

    /// `exception:number of frames` of each trace.
    fn found(text: &str) -> Vec<String> {
        let traces = find_traces(&lines(text).collect::<Vec<_>>());
        let name = |range: Option<std::ops::Range<usize>>| range.map_or("-", |range| &text[range]);
        traces.into_iter().map(|trace| format!("{}:{}", name(trace.exception), trace.frames.len())).collect()
    }

    #[test]
    fn a_cause_belongs_to_the_trace_it_caused() {
        assert_eq!(
            found("a.AException: x\n at a.B.c(B.java:1)\nCaused by: a.DException: y\n at a.D.e(D.java:2)"),
            ["a.AException:2"]
        );
    }

    #[test]
    fn two_throws_are_two_traces() {
        assert_eq!(
            found("a.AException: x\n at a.B.c(B.java:1)\na.DException: y\n at a.D.e(D.java:2)"),
            ["a.AException:1", "a.DException:1"]
        );
    }

    #[test]
    fn a_head_below_the_frames_is_theirs_unless_it_has_its_own() {
        assert_eq!(found("  at f (a.ts:1)\nRangeError: x"), ["RangeError:1"]);
        assert_eq!(found("  at f (a.ts:1)\nRangeError: x\n  at g (b.ts:2)"), ["-:1", "RangeError:1"]);
    }

    #[test]
    fn a_lone_numbered_frame_is_no_trace() {
        for text in ["#0 /srv/a.php(1): b()", "#0  f (a=1) at a.c:1", "a.rb:1:in `b'"] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn numbering_that_starts_again_starts_another_trace() {
        assert_eq!(found("#0  f () at a.c:1\n#1  g () at a.c:2\n#0  h () at b.c:1\n#1  i () at b.c:2"), ["-:2", "-:2"]);
    }

    #[test]
    fn blank_lines_between_frames_do_not_end_a_trace() {
        assert_eq!(found("a.AException: x\n\n at a.B.c(B.java:1)\n\n at a.D.e(D.java:2)"), ["a.AException:2"]);
    }

    #[test]
    fn a_head_above_a_fence_is_that_of_the_frames_in_it() {
        assert_eq!(found("a.AException: x\n```\n at a.B.c(B.java:1)\n```"), ["a.AException:1"]);
    }
}
