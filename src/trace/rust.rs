//! Rust traces: panics with and without a backtrace, `anyhow` and `eyre` backtraces, thread dumps that name Rust paths.

use std::sync::LazyLock;

use super::head;
use super::head::head_of;
use super::recognizer::{
    Certainty, Found, Head, HeadPlace, Libraries, LineKind, Needle, Recognizer, begins_numbered, first_match, frame_of,
    needle, pattern,
};
use super::segment::Segment;
use crate::case::TraceLanguage;
use crate::pattern::Pattern;

pub(super) const RECOGNIZER: Recognizer =
    Recognizer { language: TraceLanguage::Rust, needles: &[NEEDLES], frame, line, head: HeadPlace::Above, patience: 0 };

const NEEDLES: &[Needle] = &[
    needle("panicked at "),
    needle("' failed at '"),
    Needle { text: ".rs:", plausible: |_, after| after.first().is_some_and(u8::is_ascii_digit) },
    Needle { text: "::", plausible: |before, _| numbered_or_at(before) },
];

/// Backtraces number their frames; thread dumps put `at` before them.
fn numbered_or_at(before: &[u8]) -> bool {
    begins_numbered(before, b":") || memchr::memmem::find(&before[before.len().saturating_sub(400)..], b"at ").is_some()
}

const LIBRARIES: Libraries = Libraries {
    functions: &[
        "core::",
        "std::",
        "alloc::",
        "<core::",
        "<std::",
        "<alloc::",
        "<&mut ",
        "tokio::",
        "<tokio::",
        "futures",
        "<futures",
        "hyper",
        "<hyper",
        "tower",
        "<tower",
        "axum",
        "<axum",
        "actix",
        "<actix",
        "rayon",
        "<rayon",
        "parking_lot",
        "crossbeam",
        "tracing",
        "<tracing",
        "serde",
        "rust_begin_unwind",
        "rust_panic",
        "__rust",
        "backtrace::",
        "anyhow::",
        "eyre::",
        "color_eyre::",
        "test::",
        "main",
        "_main",
        "_start",
        "__libc_start",
        "__libc_start_call_main",
        "start_thread",
        "clone",
        "__pthread",
        "lang_start",
        "<F as ",
        "<alloc..",
        "<T as ",
        "mio::",
        "sqlx",
        "reqwest",
        "<unknown>",
        "__clone",
    ],
    files: &[
        "/rustc/",
        "/.cargo/registry/",
        "/.cargo/git/",
        "/library/std/",
        "/library/core/",
        "/library/alloc/",
        "/build/glibc",
    ],
};

static PANIC: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:thread|task) '(?:[^']*)'(?: \(\d+\))? (?P<ex>panicked|failed) at ",
        r"(?:(?P<file>[^\s':,]+(?::[\\/][^\s':,]+)?\.rs):(?P<line>\d+)(?::\d+)?:?$|'(?P<msg>.*)', (?P<file2>[^\s':,]+(?::[\\/][^\s':,]+)?\.rs):(?P<line2>\d+))"
    ))
});

static BACKTRACE: LazyLock<[(Certainty, Pattern); 4]> = LazyLock::new(|| {
    [
        (
            Certainty::Likely,
            pattern(
                r"^at (?P<func><?[\w&]+(?:[\w&<> ]*::[\w&<>{}\[\], ]+)+?) \((?P<file>[^\s():]+\.rs):(?P<line>\d+)(?::\d+)?\)$",
            ),
        ),
        (Certainty::Weak, pattern(r"^at (?P<func><?\w+(?:::[\w<>{}]+)+)$")),
        // A frame that was inlined into the one above, in the wording of older runtimes.
        (Certainty::Weak, pattern(r"^- (?P<func><?\w+(?:::[\w<>{} ]+?)+)(?:::h[0-9a-f]{16})?$")),
        (
            Certainty::Weak,
            pattern(r"^(?P<number>\d+): +(?:0x[0-9a-f]+ - )?(?P<func>[<\w][^\n]{0,2000}?)(?:::h[0-9a-f]{16})?$"),
        ),
    ]
});

static PLACE: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"^at (?P<file>(?:[A-Za-z]:)?[^\s:()]+\.(?:rs|c|cpp|S)):(?P<line>\d+)(?::\d+)?$"));

fn frame(segments: &[Segment<'_>]) -> Option<Found> {
    let segment = segments.first()?;
    if let Some(found) = panic(segments) {
        return Some(found);
    }
    let mut found = first_match(segment, &*BACKTRACE, &LIBRARIES)?;
    let place = segments.get(1).and_then(|next| Some((next, PLACE.captures(next.text)?)));
    let counted = found.number.is_some() || segment.text.starts_with("- ");
    if let Some((next, captures)) = place.filter(|_| counted) {
        let place = frame_of(next, &captures, &LIBRARIES);
        let frame = found.frames.first_mut()?;
        frame.range.end = place.range.end;
        frame.file = place.file;
        frame.line = place.line;
        frame.in_app &= place.in_app;
        found.certainty = Certainty::Likely;
        found.used = 2;
    }
    // An error's backtrace may count its frames again below a panic's.
    Some(found)
}

/// A panic's own place is its first frame; since Rust 1.73 the message stands on the line below.
fn panic(segments: &[Segment<'_>]) -> Option<Found> {
    let segment = segments.first()?;
    let captures = PANIC.captures(segment.text)?;
    let mut frame = frame_of(segment, &captures, &LIBRARIES);
    let mut used = 1;
    let mut message = captures.name("msg").map(|m| segment.at(m.range()));
    if let (Some(file), Some(line)) = (captures.name("file2"), captures.name("line2")) {
        frame.file = Some(segment.at(file.range()));
        frame.line = line.as_str().parse().ok();
        frame.in_app = LIBRARIES.in_app(None, Some(file.as_str()));
    } else if let Some(next) = segments
        .get(1)
        .filter(|next| !next.text.is_empty() && !next.text.starts_with("note: ") && !next.text.starts_with("```"))
    {
        message = Some(next.range());
        used = 2;
    }
    let end = message.as_ref().map_or(segment.range().end, |message| message.end.max(segment.range().end));
    let exception = captures.name("ex").map(|m| segment.at(m.range()));
    let head = Head { exception, message, range: segment.start..end, whole: true };
    Some(Found::one(Certainty::Certain, frame).headed(Some(head)).over(used))
}

static OPENS: LazyLock<Pattern> = LazyLock::new(|| pattern(r#"^Thread "[^"]+" \[\w+\]"#));
static STACK: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"^(?:[Ss]tack backtrace:|Backtrace:|[━─═ ]*BACKTRACE[━─═ ]*$)"));
static BETWEEN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"^(?:note: |\[\.\.\. .* frames|⋮.*|\.\.\.|…|- (?:waiting|holding|locked)|at |\d+:\s+0x[0-9a-f]+ - <unknown>|[━─═]{3,}|Caused by:$)",
    )
});
static ERROR: LazyLock<Pattern> = LazyLock::new(|| pattern(r"^(?:Error|error): (?P<msg>.+)$"));

fn line(segment: &Segment<'_>) -> LineKind {
    if OPENS.is_match(segment.text) {
        return LineKind::Opens(None);
    }
    if STACK.is_match(segment.text) {
        return LineKind::Stack;
    }
    if BETWEEN.is_match(segment.text) {
        return LineKind::Between;
    }
    if let Some(captures) = ERROR.captures(segment.text) {
        return head_of(segment, &captures, true).map_or(LineKind::Other, LineKind::Names);
    }
    head::whole(segment).map_or(LineKind::Other, LineKind::Names)
}
