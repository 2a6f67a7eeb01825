//! Lines that name an exception by its class: the shape most languages share.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pattern::{Captures, Pattern};

use super::recognizer::{Head, LineKind, pattern};
use super::segment::Segment;

/// Words class names of exceptions end with.
const SUFFIX: &str = concat!(
    "(?:Exception|Error|Throwable|Failure|Fault|Violation|Interrupt|Warning|Timeout|TimedOut|Exit|Abort|Aborted|Rejection|NotFound|",
    "Denied|Refused|Conflict|Unavailable|StopIteration|StopAsyncIteration|ExceptionGroup|DoesNotExist|Expired|Mismatch|Invalid|Errno::[A-Z]+)"
);

/// What may stand before the class on a line that consists of it.
const LEAD: &str = concat!(
    r#"(?:Exception in thread "[^"]*"\s+|Caused by: |Suppressed: |Wrapped by: |Cause: |Uncaught(?: \(in promise\):?)? |Uncaught exception:? |Unhandled exception(?:\.| at [^:]{0,80}:|:)? |"#,
    r"Unhandled Exception: |Unhandled promise rejection:? |\(node:\d+\) |(?:PHP )?Fatal error:\s+Uncaught |thrown: |nested exception is |---> |exception: |error: |Failed to [^:]{1,80}: |\[cause\]: |=> |!)"
);

static WHOLE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(
        r"^{LEAD}*(?P<ex>(?:(?:[\w$-]+(?:\.|::|\\+))*_?[A-Z][\w$]*?{SUFFIX}(?:`\d+|[\w$]{{0,2}})|(?:[\w$-]+(?:\.|::|\\+))*Error|Errno::[A-Z0-9]+))(?:\s?\[[\w. -]{{1,60}}\]|\(code: [^)]{{0,20}}\)| \(0x[0-9A-F]+\))?(?:\s?:\s*(?P<msg>.*))?$"
    ))
});

/// A qualified class without a telling suffix: `billing.Overdrawn: by 3`.
static QUALIFIED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(
        r"^{LEAD}*(?P<ex>(?:[a-z_][\w-]*(?:\.|::|\\+))+(?:[A-Z][\w$]*(?:\.|::|\\+))*[A-Z][\w$]*)(?::\s+(?P<msg>.*)|:?)$"
    ))
});

static MENTIONED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?:^|[\s:(\[|>"'*=,;`-])(?P<ex>(?:[\w$-]+(?:\.|::|\\+))*(?:[A-Z][\w$]*?{SUFFIX}|Error)\d?)(?: \[[A-Z_0-9]+\])?(?::\s+(?P<msg>.*)|["'*)\]`.]*\s*$)"#
    ))
});

/// The head a line consists of (`x.YException: message`), or the first one it mentions.
pub(super) fn named(segment: &Segment<'_>) -> Option<Head> {
    whole(segment).or_else(|| MENTIONED.captures(segment.text).and_then(|captures| head_of(segment, &captures, false)))
}

/// The head a line consists of.
pub(super) fn whole(segment: &Segment<'_>) -> Option<Head> {
    [&WHOLE, &QUALIFIED].into_iter().find_map(|pattern| head_of(segment, &pattern.captures(segment.text)?, true))
}

/// The line as head of its language's default kind.
pub(super) fn named_kind(segment: &Segment<'_>) -> LineKind {
    named(segment).map_or(LineKind::Other, LineKind::Names)
}

/// The head that `captures` of a pattern with the groups `ex` and `msg` describe.
pub(super) fn head_of(segment: &Segment<'_>, captures: &Captures<'_>, whole: bool) -> Option<Head> {
    let exception = captures.name("ex").map(|m| m.range());
    let message = captures.name("msg").map(|m| m.range()).and_then(|range| trimmed(segment.text, range));
    if exception.is_none() && message.is_none() {
        return None;
    }
    Some(Head {
        exception: exception.map(|range| segment.at(range)),
        message: message.map(|range| segment.at(range)),
        range: segment.range(),
        whole,
    })
}

/// A message without the blanks, quotes and marks around it; `None` if nothing is left.
fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let message = &text[range.clone()];
    let bare = message.trim_start();
    let start = range.start + message.len() - bare.len();
    let mut bare = bare.trim_end();
    // A closing mark goes only where its opening one is not part of the message.
    for mark in ["\",", "\\\"", "\"", "*", "`", "'"] {
        if let Some(shorter) = bare.strip_suffix(mark).filter(|shorter| shorter.matches(mark).count() % 2 == 0) {
            bare = shorter.trim_end();
        }
    }
    (!bare.is_empty()).then(|| start..start + bare.len())
}

#[cfg(test)]
mod tests {
    use super::super::segment::Cut;
    use super::*;

    fn read(text: &str) -> Option<(&str, &str, bool)> {
        let head = named(&Segment { text, start: 0, cut: Cut::Line, line: 0 })?;
        let part = |range: Option<Range<usize>>| range.map_or("", |range| &text[range]);
        Some((part(head.exception), part(head.message), head.whole))
    }

    #[test]
    fn a_line_that_consists_of_an_exception_is_read_whole() {
        assert_eq!(read("a.b.CartException: no lock"), Some(("a.b.CartException", "no lock", true)));
        assert_eq!(read("Uncaught TypeError: x is no function"), Some(("TypeError", "x is no function", true)));
        assert_eq!(read("shop.Overdrawn: by 3"), Some(("shop.Overdrawn", "by 3", true)));
    }

    #[test]
    fn an_exception_at_the_end_of_a_log_line_is_a_mention() {
        assert_eq!(read("c.Pay - gave up: a.b.LockTimeout: 3 s"), Some(("a.b.LockTimeout", "3 s", false)));
        assert_eq!(read("[auth] --- NullPointerException"), Some(("NullPointerException", "", false)));
    }

    #[test]
    fn prose_names_no_exception() {
        for text in ["the error was odd", "Errors: none", "see Exceptional Cases: 3", "ERROR: token expired"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
