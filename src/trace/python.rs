//! Python traces: tracebacks, chained and grouped ones, IPython, pytest, faulthandler and Sentry's wording.

use std::sync::LazyLock;

use super::head;
use super::recognizer::{
    Certainty, Found, HeadPlace, Libraries, LineKind, Needle, Recognizer, first_match, frame_of, needle, pattern,
};
use super::segment::Segment;
use crate::case::TraceLanguage;
use crate::pattern::Pattern;

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    language: TraceLanguage::Python,
    needles: &[NEEDLES],
    frame,
    line,
    head: HeadPlace::Below,
    patience: 6,
};

const NEEDLES: &[Needle] = &[
    Needle {
        text: "File ",
        plausible: |_, after| {
            matches!(after.first(), Some(b'"' | b'\\' | b'~' | b'/' | b'<' | b'.')) || after.len() < 3
        },
    },
    Needle {
        text: ", line ",
        plausible: |before, after| before.contains(&b'"') && after.first().is_some_and(u8::is_ascii_digit),
    },
    Needle { text: ".py", plausible: |_, after| after.starts_with(b":") || after.starts_with(b" in ") },
    needle("Cell In["),
    needle("<ipython-input-"),
];

const LIBRARIES: Libraries = Libraries {
    functions: &["_run_module_as_main", "_run_code", "_bootstrap"],
    files: &[
        "site-packages/",
        "dist-packages/",
        "/lib/python2",
        "/lib/python3",
        "/lib64/python",
        "/usr/lib/python",
        "/Python.framework/",
        "\\lib\\",
        "/Lib/runpy",
        "python3/lib/",
        "Python3/Lib/",
        "/pyenv/versions/",
        "<frozen",
        ".egg/",
        "/conda/lib/",
        "/_pex/",
        ".bootstrap/_pex",
        "/Python/Python3",
    ],
};

/// A file's place in a traceback; quotes are escaped where it stands in a string.
static FILE: LazyLock<[(Certainty, Pattern); 9]> = LazyLock::new(|| {
    [
        (
            Certainty::Certain,
            pattern(r#"^File \\*"(?P<file>[^"\n]+?)\\*", line (?P<line>\d+),? in (?P<func>[^\s,"]+)"#),
        ),
        (Certainty::Likely, pattern(r#"^File \\*"(?P<file>[^"\n]+?)\\*", line (?P<line>\d+)"#)),
        (Certainty::Certain, pattern(r"^File (?P<file>[^\s:]\S*?):(?P<line>\d+)(?:, |\s)in (?P<func>[^\s(,]+)")),
        (
            Certainty::Certain,
            pattern(r"^(?P<file>(?:Cell )?In\s?\[\d+\]), line (?P<line>\d+)(?:, in (?P<func>[^\s(,]+))?"),
        ),
        (Certainty::Certain, pattern(r"^File (?P<file><[\w-]+(?: \S+)?>):(?P<line>\d+)(?:, in (?P<func>[^\s(,]+))?")),
        (Certainty::Likely, pattern(r"^(?P<file>[^\s:]+\.py|<[\w .]+>):(?P<line>\d+): in (?P<func>[\w.<>]+)$")),
        (
            Certainty::Likely,
            pattern(
                r"^(?P<file>[^\s:]+\.py):(?P<line>\d+): ?(?:[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Timeout)|Failed)?$",
            ),
        ),
        (Certainty::Likely, pattern(r"^(?P<func>[\w.<>]+) \((?P<file>[^\s()]+\.py):(?P<line>\d+)\)$")),
        // The second half of a frame whose first half ended the line above with `File`.
        (Certainty::Weak, pattern(r#"^\\*"(?P<file>[^"\n]+?)\\*", line (?P<line>\d+)(?:,? in (?P<func>[^\s,"]+))?"#)),
    ]
});

fn frame(segments: &[Segment<'_>]) -> Option<Found> {
    let segment = segments.first()?;
    if segment.text == "File" {
        let found = first_match(segments.get(1)?, &*FILE, &LIBRARIES)?;
        return Some(found.over(2));
    }
    let Some(mut found) = first_match(segment, &*FILE, &LIBRARIES) else { return split(segments) };
    found.below_head = REPEATED.is_match(segment.text);
    Some(whole_name(found, segment))
}

/// pytest repeats the failing place below the exception: `tests/test_cart.py:7: AssertionError`.
static REPEATED: LazyLock<Pattern> = LazyLock::new(|| pattern(r"^[^\s:]+\.py:\d+: [A-Z]\w+$"));

/// `<lambda>` and `<module>` may be glued to what a lost line break put behind them; a name keeps no bracket of a call.
fn whole_name(mut found: Found, segment: &Segment<'_>) -> Found {
    for frame in &mut found.frames {
        let Some(function) = frame.function.as_mut() else { continue };
        let Some(name) = segment.text.get(function.start - segment.start..function.end - segment.start) else {
            continue;
        };
        let bare = name.find(['(', '\\', '"', '\'']).map_or(name, |cut| &name[..cut]);
        function.end = function.start + bare.trim_end_matches([':', '.', ';']).len();
    }
    found
}

static OVER_LINES: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"^(?P<file>\S+\.py[cx]?|<ipython-input-[^>]+>) in (?P<func>[\w.<>]+)(?:\(.*\))?(?: at line (?P<line>\d+))?$",
    )
});
static AT_LINE: LazyLock<Pattern> = LazyLock::new(|| pattern(r"^(?:at line (\d+)|-+> ?(\d+)\b)"));

/// A frame whose line number stands some lines below: Sentry's `at line 7`, IPython's `----> 7 code`.
fn split(segments: &[Segment<'_>]) -> Option<Found> {
    let segment = segments.first()?;
    let captures = OVER_LINES.captures(segment.text)?;
    let mut frame = frame_of(segment, &captures, &LIBRARIES);
    if frame.line.is_some() {
        return Some(Found::one(Certainty::Certain, frame));
    }
    for (ahead, below) in segments.iter().enumerate().skip(1).take(CODE_LINES) {
        if OVER_LINES.is_match(below.text) {
            return None;
        }
        let Some(captures) = AT_LINE.captures(below.text) else { continue };
        frame.line = captures.get(1).or(captures.get(2)).and_then(|m| m.as_str().parse().ok());
        frame.range.end = below.range().end;
        return Some(Found::one(Certainty::Certain, frame).over(ahead + 1));
    }
    None
}

/// Lines of code that IPython prints above the failing one.
const CODE_LINES: usize = 8;

static OPENS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?:Traceback \(most recent call last\):?|^(?:Current thread|Thread) 0x[0-9a-fA-F]+.* \(most recent call first\):|^Stack \(most recent call last\):)",
    )
});
/// IPython puts the class in front: `KeyError      Traceback (most recent call last)`.
static NAMED_OPENING: LazyLock<Pattern> = LazyLock::new(|| pattern(r"^(?P<ex>[A-Za-z_][\w.]*)\s{2,}Traceback \("));
static CAUSE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"^(?:During handling of the above exception|The above exception was the direct cause|Caused by:? )")
});
static PART: LazyLock<Pattern> = LazyLock::new(|| pattern(r"^\+[-+]{3,} (?:\d+|\.\.\.) -"));
static BETWEEN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"^(?:\+-{4,}$|\[Previous line repeated|[~^]+$|\.\.\.|…|\d+ frames hidden|-{20,}$|_ _ _)")
});
static FATAL: LazyLock<Pattern> = LazyLock::new(|| pattern(r"^Fatal Python error: (?P<msg>.+)$"));
/// Exceptions whose names say nothing (`CartLocked`), told by standing where the exception of a traceback stands; words like
/// `Note` or `ERROR` stand there too, so the name has two humps or a module.
static BARE_NAME: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"^(?:E\s+)?(?P<ex>(?:[a-zA-Z_]\w*\.)*(?:[A-Z]+[a-z0-9]+[A-Z]\w*|error|gaierror|herror|timeout))(?::\s+(?P<msg>.*))?$",
    )
});

fn line(segment: &Segment<'_>) -> LineKind {
    if OPENS.is_match(segment.text) {
        let named = NAMED_OPENING.captures(segment.text);
        return LineKind::Opens(named.and_then(|captures| head::head_of(segment, &captures, true)));
    }
    if CAUSE.is_match(segment.text) {
        return LineKind::Cause(None);
    }
    if PART.is_match(segment.text) {
        return LineKind::Part;
    }
    if BETWEEN.is_match(segment.text) {
        return LineKind::Between;
    }
    if let Some(captures) = FATAL.captures(segment.text) {
        return head::head_of(segment, &captures, true).map_or(LineKind::Other, LineKind::Names);
    }
    if let Some(head) = head::whole(segment) {
        return LineKind::Names(head);
    }
    let bare = BARE_NAME
        .captures(segment.text)
        .filter(|captures| captures.name("msg").is_some() || segment.text.contains('.'));
    match bare.and_then(|captures| head::head_of(segment, &captures, true)) {
        Some(head) => LineKind::Names(head),
        None => head::named_kind(segment),
    }
}
