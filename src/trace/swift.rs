//! Swift and Objective-C traces: fatal errors, Swift's own backtraces, crash reports and `callStackSymbols`.

use std::sync::LazyLock;

use super::head::head_of;
use super::recognizer::{
    Certainty, Found, Head, HeadPlace, Libraries, LineKind, Needle, Recognizer, begins_numbered, first_match, frame_of,
    pattern,
};
use super::segment::Segment;
use crate::case::TraceLanguage;
use crate::pattern::Pattern;

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    language: TraceLanguage::Swift,
    needles: &[&[
        Needle { text: "0x", plausible: |before, _| begins_numbered(before, b" \t") },
        Needle { text: ".swift:", plausible: |_, after| after.first().is_some_and(u8::is_ascii_digit) },
        Needle { text: ".swift, line ", plausible: |_, _| true },
    ]],
    frame,
    line,
    head: HeadPlace::Above,
    patience: 0,
};

const LIBRARIES: Libraries = Libraries {
    functions: &[
        "_swift",
        "swift_",
        "Swift.",
        "UIApplicationMain",
        "objc_",
        "_objc",
        "__CF",
        "CFRunLoop",
        "dispatch_",
        "_dispatch",
        "pthread_",
        "_pthread",
        "__pthread",
        "abort",
        "start",
        "-[UI",
        "-[NS",
        "+[NS",
        "+[UI",
        "-[_UI",
        "__exceptionPreprocess",
        "GSEventRun",
        "_assertionFailure",
        "mach_msg",
        "closure #1 in static",
        "static SwiftUI",
        "SwiftUI.",
    ],
    files: &[
        "libsystem",
        "libswift",
        "libobjc",
        "libdispatch",
        "libc++",
        "UIKit",
        "Foundation",
        "CoreFoundation",
        "SwiftUI",
        "GraphicsServices",
        "dyld",
        "QuartzCore",
        "libc.so",
        "AppKit",
        "CoreData",
        "CFNetwork",
        "/usr/lib/",
        "^Swift/",
    ],
};

static PATTERNS: LazyLock<[(Certainty, Pattern); 3]> = LazyLock::new(|| {
    [
        // `1 [ra] 0x0000… cartTotal(_:) + 12 in shop at /src/Cart.swift:31:9`
        (
            Certainty::Likely,
            pattern(
                r"^(?P<number>\d+) (?:\[\w+\] )*(?:\[\w+\] )?(?:0x[0-9a-f]+ )?(?P<func>.+?)(?: \+ \d+)? in (?P<module>\S+)(?: at (?P<file>[^\s:]+):(?P<line>\d+)(?::\d+)?)?$",
            ),
        ),
        // `3   Shop   0x0000000104 Cart.total(_:) + 120 (Cart.swift:31)`
        (
            Certainty::Likely,
            pattern(
                r"^(?P<number>\d+)\s+(?P<module>\S+(?: \S+)?)\s+0x[0-9a-fA-F]+ (?P<func>\S.*?)(?: \+ \d+)?(?: \((?P<file>[^\s():]+):(?P<line>\d+)\))?$",
            ),
        ),
        (
            Certainty::Weak,
            pattern(r"^(?P<number>\d+)\s+(?P<func>[\w.]+)\s+(?P<file>[\w+-]+\.(?:swift|mm?)):(?P<line>\d+)$"),
        ),
    ]
});

fn frame(segments: &[Segment<'_>]) -> Option<Found> {
    let segment = segments.first()?;
    if let Some(found) = fatal(segment) {
        return Some(found);
    }
    if !segment.text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut found = first_match(segment, &*PATTERNS, &LIBRARIES)?;
    let system = |module: &str| LIBRARIES.files.iter().any(|library| module.contains(library));
    let mut words = segment.text.split_whitespace();
    let modules = [words.nth(1), words.last()];
    for frame in &mut found.frames {
        frame.in_app &= !modules.iter().flatten().any(|module| system(module));
        let name = frame
            .function
            .clone()
            .and_then(|name| segment.text.get(name.start - segment.start..name.end - segment.start));
        if name.is_some_and(|name| name.starts_with("0x")) {
            frame.function = None;
        }
    }
    Some(found)
}

static FATAL: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:(?:Fatal error|Precondition failed|Assertion failed): (?P<msg>.+?): file (?P<file>[^\s,]+\.swift), line (?P<line>\d+)",
        r#"|(?:^|[\s"'])(?P<file2>[^\s:]+\.swift):(?P<line2>\d+): (?:Fatal error|Precondition failed|Assertion failed): (?P<msg2>.+?)["}]*$"#,
        r"|Fatal error: (?P<msg3>.+): file (?P<file3>[^\s,]+\.swift), line (?P<line3>\d+))"
    ))
});

/// A fatal error's own place is its first frame.
fn fatal(segment: &Segment<'_>) -> Option<Found> {
    if !segment.text.contains(".swift") {
        return None;
    }
    let captures = FATAL.captures(segment.text)?;
    let mut frame = frame_of(segment, &captures, &LIBRARIES);
    let pick = |names: [&str; 3]| names.into_iter().find_map(|name| captures.name(name));
    frame.file = pick(["file", "file2", "file3"]).map(|m| segment.at(m.range()));
    frame.line = pick(["line", "line2", "line3"]).and_then(|m| m.as_str().parse().ok());
    let message = pick(["msg", "msg2", "msg3"]).map(|m| segment.at(m.range()));
    let head = Head { exception: None, message, range: frame.range.clone(), whole: true };
    Some(Found::one(Certainty::Certain, frame).headed(Some(head)))
}

static OPENS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r#"^(?:Thread \d+(?: Crashed)?(?: name:.*)?:?(?::.*)?$|Thread \d+ (?:"[^"]*" )?crashed:|Last Exception Backtrace:|Thread \d+ (?:Crashed|name)|\*\*\* First throw call stack:|Crash: )"#,
    )
});
static BETWEEN: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"^(?:\($|\)$|\.\.\.|…|Dispatch queue:.*|\d+│|\d+ +│|~+\^?|libc\+\+abi.*)"));
static NAMES: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:Terminating app due to uncaught exception '(?P<ex>\w+)', reason: '(?P<msg>.*)'",
        r"|^(?:\W*)(?:Program crashed|Fatal error|Swift/\S+: Fatal error): (?P<why>.+)$|^Exception Type:\s+(?P<type>\w+.*)$)"
    ))
});

fn line(segment: &Segment<'_>) -> LineKind {
    if OPENS.is_match(segment.text) {
        return LineKind::Opens(None);
    }
    if BETWEEN.is_match(segment.text) {
        return LineKind::Between;
    }
    let Some(captures) = NAMES.captures(segment.text) else { return LineKind::Other };
    let head = head_of(segment, &captures, true).or_else(|| {
        let message = captures.name("why").or(captures.name("type"))?;
        Some(Head { exception: None, message: Some(segment.at(message.range())), range: segment.range(), whole: true })
    });
    head.map_or(LineKind::Other, LineKind::Names)
}
