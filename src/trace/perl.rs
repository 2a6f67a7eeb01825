//! Perl traces: `die` and `warn` with their place, and the calls `Carp` lists below.

use std::sync::LazyLock;

use super::recognizer::{
    Certainty, Found, Head, HeadPlace, Libraries, LineKind, Needle, Recognizer, frame_of, pattern,
};
use super::segment::Segment;
use crate::case::TraceLanguage;
use crate::pattern::Pattern;

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    language: TraceLanguage::Perl,
    needles: &[&[Needle {
        text: " line ",
        plausible: |before, after| {
            after.first().is_some_and(u8::is_ascii_digit) && memchr::memmem::rfind(before, b" at ").is_some()
        },
    }]],
    frame,
    line,
    head: HeadPlace::Above,
    patience: 0,
};

const LIBRARIES: Libraries = Libraries {
    functions: &[
        "Carp::",
        "Try::Tiny::",
        "Moose::",
        "Class::MOP::",
        "Mojo::",
        "Mojolicious::",
        "Plack::",
        "Catalyst::",
        "DBI::",
        "DBIx::",
        "Test::",
        "eval {...}",
    ],
    files: &[
        "/usr/share/perl",
        "/usr/lib/perl",
        "/usr/local/share/perl",
        "/usr/local/lib/perl",
        "/perl5/",
        "/vendor_perl/",
        "/site_perl/",
        "lib/perl5",
        "/local/lib/",
    ],
};

const PLACE: &str = r"at (?P<file>(?:[A-Za-z]:)?[^\s:]+|-e|\(eval \d+\)) line (?P<line>\d+)";

static CALLED: LazyLock<Pattern> =
    LazyLock::new(|| pattern(&format!(r"^(?P<func>eval \{{\.\.\.\}}|[\w:]+)(?:\(.*\))?\s+called {PLACE}")));
static DIED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(
        r#"^(?P<msg>.*?)\s?\b{PLACE}(?:, <\w*> (?:line|chunk) \d+)?(?P<stop>\.)?(?:\s*(?:$|\\+n|")| BEGIN failed)"#
    ))
});
static PERL_FILE: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?:\.(?:pl|pm|t|cgi|psgi|PL|al|fcgi|xs)|^-e|^\(eval \d+\))$"));

fn frame(segments: &[Segment<'_>]) -> Option<Found> {
    let segment = segments.first()?;
    if let Some(captures) = CALLED.captures(segment.text) {
        return Some(Found::one(Certainty::Likely, frame_of(segment, &captures, &LIBRARIES)));
    }
    if segment.text.starts_with("BEGIN failed") {
        return None;
    }
    let captures = DIED.captures(segment.text)?;
    let file = captures.name("file")?;
    if !PERL_FILE.is_match(file.as_str()) {
        return None;
    }
    let called_below = segments.get(1).is_some_and(|next| CALLED.is_match(next.text));
    if captures.name("stop").is_none() && !called_below {
        return None;
    }
    let mut frame = frame_of(segment, &captures, &LIBRARIES);
    let message = captures.name("msg").and_then(|m| {
        // In a JSON object the message starts with its own string.
        let start = m.as_str().rfind(r#":""#).map_or(m.start(), |at| m.start() + at + 2);
        (start < m.end()).then(|| segment.at(start..m.end()))
    });
    frame.range.start = segment.at(file.range()).start - "at ".len();
    let head = Head { exception: None, message, range: segment.start..frame.range.end, whole: true };
    Some(Found::one(Certainty::Certain, frame).headed(Some(head)))
}

fn line(segment: &Segment<'_>) -> LineKind {
    if segment.text.starts_with("BEGIN failed--")
        || segment.text.starts_with("Compilation failed")
        || segment.text == "..."
    {
        return LineKind::Between;
    }
    LineKind::Other
}
