//! Dart and Flutter traces, in the runtime's wording and in that of `package:stack_trace`.

use std::sync::LazyLock;

use super::head::{self, head_of};
use super::recognizer::{
    Certainty, Found, HeadPlace, Libraries, LineKind, Needle, Recognizer, first_match, needle, pattern,
};
use super::segment::Segment;
use crate::case::TraceLanguage;
use crate::pattern::Pattern;

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    language: TraceLanguage::Dart,
    needles: &[&[
        Needle { text: ".dart", plausible: |_, after| matches!(after.first(), Some(b':' | b' ' | b')')) },
        needle("(dart:"),
        needle("dart:"),
    ]],
    frame,
    line,
    head: HeadPlace::Above,
    patience: 0,
};

const LIBRARIES: Libraries = Libraries {
    functions: &[],
    files: &[
        "^dart:",
        "^package:flutter/",
        "^package:flutter_test/",
        "^package:flutter_bloc/",
        "^package:bloc/",
        "^package:http/",
        "^package:dio/",
        "^package:provider/",
        "^package:riverpod/",
        "^package:flutter_riverpod/",
        "^package:test",
        "^package:stack_trace/",
        "^package:async/",
        "^package:shelf",
        "^package:test_api/",
        "^package:matcher/",
        "^package:rxdart/",
        "^package:sqflite",
        "^package:hive",
        "^package:stream_channel/",
        "/.pub-cache/",
        "^package:mockito/",
        "^org-dartlang",
    ],
};

static PATTERNS: LazyLock<[(Certainty, Pattern); 4]> = LazyLock::new(|| {
    let file = r"(?P<file>(?:package:|dart:|file:///|org-dartlang-\w+:)?[^\s()]+?)";
    [
        (
            Certainty::Likely,
            pattern(&format!(r"^#(?P<number>\d+)\s+(?P<func>\S.*?) \({file}(?::(?P<line>\d+)(?::\d+)?)?\)$")),
        ),
        (
            Certainty::Likely,
            pattern(r"^(?P<file>(?:package:|dart:)\S+|\S+\.dart) (?P<line>\d+):\d+\s+(?P<func>[^\s].*)$"),
        ),
        (Certainty::Weak, pattern(r"^(?P<file>dart:\S+) (?P<func>\S+)$")),
        (Certainty::Likely, pattern(r"^(?P<file>package:\S+|\S+\.dart) (?P<line>\d+)(?::\d+)?$")),
    ]
});

fn frame(segments: &[Segment<'_>]) -> Option<Found> {
    let segment = segments.first()?;
    let names_dart = segment.text.contains(".dart") || segment.text.contains("dart:");
    if names_dart { first_match(segment, &*PATTERNS, &LIBRARIES) } else { None }
}

static BETWEEN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"^(?:<asynchronous suspension>|\.\.\.\s.*|\.\.\.$|…|\(elided .*\)|When the exception was thrown, this was the stack:?|={3,}.*|<async>|Unhandled exception:|<fn>)$",
    )
});
static THROWN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:^(?:flutter: )?The following (?P<ex>[A-Za-z_][\w<>]*(?: \w+)??) was thrown[^:]*:?$",
        r"|(?:Unhandled [Ee]xception: |Unhandled exception: )(?P<message>.+)$)"
    ))
});

fn line(segment: &Segment<'_>) -> LineKind {
    if BETWEEN.is_match(segment.text) {
        return LineKind::Between;
    }
    if let Some(head) = head::named(segment) {
        return LineKind::Names(head);
    }
    let thrown = THROWN.captures(segment.text).and_then(|captures| {
        let message = captures.name("message").map(|m| segment.at(m.range()));
        let mut head = head_of(segment, &captures, true).or_else(|| {
            Some(super::recognizer::Head {
                exception: None,
                message: message.clone(),
                range: segment.range(),
                whole: true,
            })
        })?;
        head.message = head.message.or(message);
        Some(head)
    });
    thrown.map_or(LineKind::Other, LineKind::Names)
}
