//! A trace under construction: what was read of it, and whether a further frame is its own.

use super::FoundTrace;
use super::recognizer::{Found, Head, HeadPlace, Recognizer};
use super::segment::Segment;
use crate::case::TraceLanguage;

/// Lines of a cause's message.
const CAUSE_LINES: usize = 10;

/// A trace under construction.
pub(super) struct Open {
    pub recognizer: &'static Recognizer,
    pub trace: FoundTrace,
    pub certain: usize,
    pub likely: usize,
    /// Whether a line that only stands above traces stands above this one.
    pub opened: bool,
    /// Head above the frames, where the language puts it below.
    pub above: Option<Head>,
    /// Head of the first cause.
    pub cause: Option<Head>,
    /// Whether the exceptions that follow are parts of the one read.
    pub grouped: bool,
    pub number: Option<u32>,
    /// Last segment taken.
    pub last: usize,
    pub foreign: usize,
    pub blanks: usize,
    pub patience: usize,
    pub stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Frames,
    /// A cause was announced; its frames may follow.
    Chained,
    /// The head below the frames was read.
    Named,
}

impl Open {
    /// Whether a frame belongs to this trace.
    pub(super) fn goes_on(&self, recognizer: &Recognizer, found: &Found) -> bool {
        let restarts = match (self.number, found.number) {
            (_, Some(0)) => self.stage != Stage::Chained && !self.trace.frames.is_empty(),
            (Some(last), Some(number)) => number <= last && self.stage != Stage::Chained,
            _ => false,
        };
        // Ruby prints the cause with a head of its own directly below the frames.
        let own_head =
            found.head.is_some() && !(recognizer.language == TraceLanguage::Ruby && self.foreign + self.blanks == 0);
        let named = self.stage == Stage::Named && !(found.below_head && self.foreign == 0);
        self.recognizer.language == recognizer.language && !named && !restarts && !own_head
    }

    pub(super) fn chain(&mut self, head: Option<Head>, at: usize, segment: &Segment<'_>) {
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
    pub(super) fn name(&mut self, head: Head) {
        self.trace.range.start = self.trace.range.start.min(head.range.start);
        self.reach(head.range.end);
        self.trace.exception = head.exception;
        self.trace.message = head.message;
    }

    /// A head below the frames: the last one counts, but the parts of a group do not replace the group.
    pub(super) fn name_below(&mut self, head: Head, segment: &Segment<'_>) {
        self.reach(segment.range().end);
        if !self.grouped {
            self.trace.exception = head.exception;
            self.trace.message = head.message;
        }
    }

    pub(super) fn reach(&mut self, end: usize) {
        self.trace.range.end = self.trace.range.end.max(end);
    }

    /// Whether the frames are enough to be a trace.
    pub(super) fn holds(&self) -> bool {
        let named = self.opened || self.trace.exception.is_some() || self.trace.message.is_some();
        self.certain > 0
            || self.likely > 1
            || (named && self.likely == 1)
            || (self.opened && !self.trace.frames.is_empty())
    }
}
