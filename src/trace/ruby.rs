//! Ruby traces: uncaught exceptions, Rails logs, RSpec, JRuby, and the reversed order of Ruby 2.5.

use std::sync::LazyLock;

use super::head::{self, head_of};
use super::recognizer::{
    Certainty, Found, Head, HeadPlace, Libraries, LineKind, Needle, Recognizer, frame_of, needle, pattern,
};
use super::segment::Segment;
use crate::case::TraceLanguage;
use crate::pattern::Pattern;

pub(super) const RECOGNIZER: Recognizer =
    Recognizer { language: TraceLanguage::Ruby, needles: &[NEEDLES], frame, line, head: HeadPlace::Above, patience: 0 };

const NEEDLES: &[Needle] = &[
    needle(":in `"),
    needle(":in '"),
    Needle { text: ".rb:", plausible: |_, after| after.first().is_some_and(u8::is_ascii_digit) },
];

const LIBRARIES: Libraries = Libraries {
    functions: &["Kernel#", "Integer#", "Array#", "Hash#", "Enumerable#", "Thread#"],
    files: &[
        "/gems/",
        "^gems/",
        "/vendor/bundle/",
        "/lib/ruby/",
        "/rubies/",
        "<internal:",
        "/usr/lib/ruby",
        "rubygems",
        "/.rbenv/",
        "bin/bundle",
        "bin/rails",
        "(irb)",
        "(eval)",
        "/jruby",
        "org/jruby",
    ],
};

static IN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:#\s+)?(?:\d+: )?(?:from )?(?P<file>(?:[A-Za-z]:[\\/])?[^\s:`'()]+(?: [^\s:`'()]+)?|\((?:irb|eval)[^)]*\)|<internal:[^>]+>|-e):(?P<line>\d+):in [`'](?P<func>[^'`]+)'",
        r"(?:: (?:(?P<msg>.*?) )?\((?P<ex>[A-Z][\w:]*)\)|(?P<rest>: .*|\s.*))?$"
    ))
});
static BARE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"^(?:(?P<from>#\s+|(?:\d+: )?from ))?(?P<file>(?:[A-Za-z]:[\\/])?[^\s:`'()]+\.(?:rb|rake|ru|erb)):(?P<line>\d+)(?:: (?:(?P<msg>.*?) )?\((?P<ex>[A-Z][\w:]*)\))?$",
    )
});

fn frame(segments: &[Segment<'_>]) -> Option<Found> {
    let segment = segments.first()?;
    if !segment.text.contains(':') {
        return None;
    }
    if let Some(captures) = IN.captures(segment.text) {
        if captures.name("rest").is_some_and(|rest| !rest.as_str().starts_with(": ")) {
            return None;
        }
        let mut found = Found::one(Certainty::Likely, frame_of(segment, &captures, &LIBRARIES));
        shorten(&mut found, segment);
        found.head = captures.name("ex").and_then(|_| head_of(segment, &captures, true));
        return Some(found);
    }
    let captures = BARE.captures(segment.text)?;
    let certainty = if captures.name("from").is_some() { Certainty::Likely } else { Certainty::Weak };
    let mut found = Found::one(certainty, frame_of(segment, &captures, &LIBRARIES));
    found.head = captures.name("ex").and_then(|_| head_of(segment, &captures, true));
    found.certainty = if found.head.is_some() { Certainty::Likely } else { found.certainty };
    Some(found)
}

/// The message behind a frame is no part of it.
fn shorten(found: &mut Found, segment: &Segment<'_>) {
    for frame in &mut found.frames {
        if let Some(function) = &frame.function {
            frame.range = segment.start.min(frame.range.start)..frame.range.end.min(function.end + 1);
        }
    }
}

static BETWEEN: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"^(?:\.\.\. ?\d+ (?:more )?(?:levels|lines|more).*|\.\.\.|…|\[\d+ levels?\])"));
static OPENS: LazyLock<Pattern> = LazyLock::new(|| pattern(r"^Traceback \(most recent call last\):$"));
static MENTION: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"^(?:.*-- : )?(?:(?P<ex>(?:[A-Z]\w*::)*[A-Z]\w+) \((?P<msg>.+)\):?|(?P<class>(?:[A-Z]\w*::)+[A-Z]\w+):)$")
});

fn line(segment: &Segment<'_>) -> LineKind {
    if BETWEEN.is_match(segment.text) {
        return LineKind::Between;
    }
    if OPENS.is_match(segment.text) {
        return LineKind::Opens(None);
    }
    if segment.text.starts_with("Caused by:") || segment.text.starts_with("Causes:") {
        return LineKind::Cause(head::named(segment));
    }
    if let Some(captures) = MENTION.captures(segment.text) {
        let class = captures.name("class").map(|m| segment.at(m.range()));
        let bare =
            class.map(|class| Head { exception: Some(class), message: None, range: segment.range(), whole: true });
        return head_of(segment, &captures, true).or(bare).map_or(LineKind::Other, LineKind::Names);
    }
    head::named_kind(segment)
}
