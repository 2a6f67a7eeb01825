//! Frames of test summaries that stand in one line: `CartTest.adds:12->Cart.add:31 no lock`. The files are not named.

use std::sync::LazyLock;

use crate::pattern::Pattern;

use super::FoundFrame;
use super::java::LIBRARIES;
use super::recognizer::{Certainty, Found, Head, pattern};
use super::segment::Segment;

static CHAIN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"^[*\s]*(?:[A-Z][\w$]*>)?(?P<chain>[A-Z][\w$]*\.[\w$]+:\d+(?:->(?:[A-Z][\w$]*>)?(?:[\w$]+\.)?[\w$]+:\d+)*)",
        r"(?: » (?P<ex>[A-Z][\w$.]*))?:?(?:\s+(?P<msg>\S.*))?$"
    ))
});

static STEP: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?P<func>(?:[\w$]+\.)?[\w$]+):(?P<line>\d+)"));

/// The frames of a chain with its message; a single step counts only with `»` and an exception.
pub(super) fn frames(segment: &Segment<'_>) -> Option<Found> {
    if !segment.text.contains("->") && !segment.text.contains('»') {
        return None;
    }
    let captures = CHAIN.captures(segment.text)?;
    let chain = captures.name("chain")?;
    let exception = captures.name("ex").map(|m| segment.at(m.range()));
    let frames: Vec<FoundFrame> = STEP
        .captures_iter(chain.as_str())
        .filter_map(|step| {
            let (whole, function) = (step.get_match(), step.name("func")?);
            Some(FoundFrame {
                range: segment.at(chain.start() + whole.start()..chain.start() + whole.end()),
                function: Some(segment.at(chain.start() + function.start()..chain.start() + function.end())),
                file: None,
                line: step.name("line").and_then(|m| m.as_str().parse().ok()),
                in_app: LIBRARIES.in_app(Some(function.as_str()), None),
            })
        })
        .collect();
    if frames.len() < 2 && exception.is_none() {
        return None;
    }
    let message = captures.name("msg").map(|m| m.start()..m.start() + m.as_str().trim_end_matches(['*', ' ']).len());
    let head = Head { exception, message: message.map(|range| segment.at(range)), range: segment.range(), whole: true };
    Some(Found::many(Certainty::Certain, frames).headed(Some(head)))
}
