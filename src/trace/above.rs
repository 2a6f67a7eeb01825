//! What stands above the first frame of a trace: the line that names the exception, the line that opens the trace.

use super::recognizer::{Head, LineKind, Recognizer};
use super::segment::Segment;

/// Segments above a first frame in which its head is looked for.
const HEAD_REACH: usize = 12;
/// Lines of a message that may stand between a head and the first frame; the class with its package allows as many as are searched.
pub(super) const MESSAGE_LINES: usize = 4;
/// What the C++ runtime prints before an exception's message, on the line below its class.
const WHAT: &str = "what():";

/// What stands above the first frame.
pub(super) struct Above {
    /// What names the exception.
    pub head: Option<Head>,
    /// Where the line that opens the trace starts.
    pub opened: Option<usize>,
}

/// Looks for the head of the trace whose first frame stands below `above`: on the line above, or a message's lines away.
pub(super) fn look_above(above: &[Segment<'_>], recognizer: &Recognizer) -> Above {
    let (mut skipped, mut fenced, mut opened, mut announced, mut inner) = (0, false, None, None, None);
    for (index, segment) in above.iter().enumerate().rev().take(HEAD_REACH) {
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
                let near = skipped <= message_lines(&head, segment);
                let head =
                    (near && !(strict && skipped > 0)).then(|| with_message_below(head, &above[index..])).or(inner);
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
fn message_lines(head: &Head, segment: &Segment<'_>) -> usize {
    let class = head
        .exception
        .as_ref()
        .and_then(|class| segment.text.get(class.start - segment.start..class.end - segment.start));
    match class {
        _ if !head.whole => 1,
        Some(class) if class.contains('.') => HEAD_REACH,
        _ => MESSAGE_LINES,
    }
}

/// The head on the first of the segments with the line below as its message, where its own line ends with the colon.
fn with_message_below(head: Head, from: &[Segment<'_>]) -> Head {
    let below = from.iter().skip(1).find(|segment| !segment.text.is_empty());
    match below {
        Some(below) if below.text.starts_with(WHAT) => {
            let message = below.text[WHAT.len()..].trim_start().len();
            Head { message: Some(below.range().end - message..below.range().end), ..head }
        }
        Some(below) if head.message.is_none() && from.first().is_some_and(|own| own.text.ends_with(':')) => {
            Head { message: Some(below.range()), ..head }
        }
        _ => head,
    }
}

/// A line that begins or ends a block of code.
pub(super) fn is_fence(text: &str) -> bool {
    text.starts_with("```")
        || text.starts_with("~~~")
        || text.starts_with("{code")
        || text.starts_with("{noformat")
        || text.starts_with("</")
}

/// A line that only announces a trace (`Stack trace:`), in any of the usual wordings.
fn is_label(text: &str) -> bool {
    let words = text.trim_matches(|c: char| !c.is_alphanumeric());
    let announced =
        ["stack trace", "stacktrace", "backtrace", "call stack", "stack", "exception", "full stack trace", "error"];
    words.len() <= 20 && announced.iter().any(|label| words.eq_ignore_ascii_case(label))
}
