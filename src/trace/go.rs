//! Go traces: panics, fatal errors, goroutine dumps, race reports, `pkg/errors` and zap stacks.

use std::sync::LazyLock;

use super::FoundFrame;
use super::head::head_of;
use super::recognizer::{Certainty, Found, Head, HeadPlace, Libraries, LineKind, Needle, Recognizer, needle, pattern};
use super::segment::Segment;
use crate::case::TraceLanguage;
use crate::pattern::{Captures, Pattern};

pub(super) const RECOGNIZER: Recognizer =
    Recognizer { language: TraceLanguage::Go, needles: &[NEEDLES], frame, line, head: HeadPlace::Above, patience: 0 };

const NEEDLES: &[Needle] = &[
    Needle { text: ".go:", plausible: |_, after| after.first().is_some_and(u8::is_ascii_digit) },
    Needle { text: ".s:", plausible: |_, after| after.first().is_some_and(u8::is_ascii_digit) },
    Needle { text: "goroutine ", plausible: |_, after| after.first().is_some_and(u8::is_ascii_digit) },
    needle("_cgo_gotypes"),
];

const LIBRARIES: Libraries = Libraries {
    functions: &[
        "runtime.",
        "runtime/",
        "sync.",
        "testing.",
        "net/http.",
        "net.",
        "internal/",
        "reflect.",
        "syscall.",
        "os.",
        "io.",
        "time.",
        "context.",
        "database/sql.",
        "encoding/",
        "fmt.",
        "strings.",
        "bytes.",
        "bufio.",
        "log.",
        "crypto/",
        "golang.org/x/",
        "google.golang.org/",
        "go.uber.org/",
        "k8s.io/client-go",
        "k8s.io/apimachinery",
        "sigs.k8s.io/controller-runtime",
        "github.com/gin-gonic/",
        "panic",
    ],
    files: &[
        "/usr/local/go/src/",
        "/go/pkg/mod/",
        "/pkg/mod/",
        "/vendor/",
        "^vendor/",
        "/libexec/src/",
        "/go/src/runtime/",
        "GOROOT",
        "/usr/lib/go",
        "_cgo_gotypes.go",
    ],
};

/// `path/pkg.(*Type).Method`, with type arguments and the numbers of closures, then arguments if they are printed.
static CALL: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:created by )?(?P<func>(?:[\w.~%@-]+/)*[\w%-]+(?:\.{1,3}(?:\(\*?[^()\s]+\)\.)?[\w·$-]+(?:\[[^\]\s]*\])?)+|panic)",
        r"(?P<args>\(.*\))?(?: in goroutine \d+)?$"
    ))
});

static PLACE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"^(?P<file>(?:[A-Za-z]:)?[^\s:()]+\.(?:go|s|c|cgo1\.go)|_cgo_gotypes\.go):(?P<line>\d+)(?P<offset> \+0x[0-9a-f]+)?(?: fp=.*| pc=.*|\s*\(0x[0-9a-f]+\))?$",
    )
});

/// A call and its place, on two lines; a call alone (inlined, or cut) only within a trace.
fn frame(segments: &[Segment<'_>]) -> Option<Found> {
    let segment = segments.first()?;
    let call = CALL.captures(segment.text)?;
    let (function, arguments) = (call.name("func")?, call.name("args").is_some());
    let created = segment.text.starts_with("created by ");
    let place = segments.get(1).and_then(|next| Some((next, PLACE.captures(next.text)?)));
    let in_app = |file: Option<&str>| LIBRARIES.in_app(Some(function.as_str()), file);
    let mut frame = FoundFrame {
        range: segment.range(),
        function: Some(segment.at(function.range())),
        file: None,
        line: None,
        in_app: in_app(None),
    };
    let Some((next, captures)) = place else {
        return (arguments || created).then(|| Found::one(Certainty::Weak, frame));
    };
    let file = captures.name("file")?;
    frame.range.end = next.range().end;
    frame.file = Some(next.at(file.range()));
    frame.line = captures.name("line").and_then(|m| m.as_str().parse().ok());
    frame.in_app = in_app(Some(file.as_str()));
    let sure = captures.name("offset").is_some() || (arguments && file.as_str().contains(['/', '\\']));
    Some(Found::one(if sure { Certainty::Certain } else { Certainty::Likely }, frame).over(2))
}

static OPENS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?:^|[\s:])(?:goroutine \d+ (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[[^\]]+\]:|(?:[Pp]revious )?(?:[Rr]ead|[Ww]rite|atomic \w+) at 0x[0-9a-f.]+ by (?:main )?goroutine|Goroutine \d+ \([\w ]+\) created at:)",
    )
});
static PANIC: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?:^|[\s:])(?:(?:(?P<class>panic|fatal error)|http: (?P<serving>panic) serving \S+|runtime: (?P<inner>panic)|Observed a (?P<seen>panic)): (?:(?P<ex>runtime error): )?(?P<msg>.+)|(?P<race>DATA RACE)$|fatal: (?P<fatal>morestack.*))",
    )
});
static BETWEEN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"^(?:\[signal |\.\.\.|…|\.\.\.additional frames elided|\.{3}\d+ frames elided|rax |runtime stack:|\[recovered\]|\tpanic: |PC=|-{5,}|={5,}|\[originating from )",
    )
});

fn line(segment: &Segment<'_>) -> LineKind {
    if OPENS.is_match(segment.text) {
        return LineKind::Opens(None);
    }
    if let Some(captures) = PANIC.captures(segment.text) {
        return panic(segment, &captures).map_or(LineKind::Other, LineKind::Names);
    }
    if BETWEEN.is_match(segment.text) {
        return LineKind::Between;
    }
    zap(segment).map_or(LineKind::Other, LineKind::Names)
}

/// A panic with its class: `runtime error` where the runtime raised it, else `panic` or `fatal error`.
fn panic(segment: &Segment<'_>, captures: &Captures<'_>) -> Option<Head> {
    let class = ["ex", "class", "serving", "inner", "seen", "race"].into_iter().find_map(|group| captures.name(group));
    let class = class.map(|class| segment.at(class.range()));
    match head_of(segment, captures, true) {
        Some(head) => Some(Head { exception: class, ..head }),
        None => class.map(|class| Head { exception: Some(class), message: None, range: segment.range(), whole: true }),
    }
}

/// A message directly above a stack without a panic (`pkg/errors`): `cannot open cart: no such row`.
fn zap(segment: &Segment<'_>) -> Option<Head> {
    static ERROR: LazyLock<Pattern> =
        LazyLock::new(|| pattern(r"^(?:error|Error|err|failed|cannot|could not|unable)\b.{0,200}: (?P<msg>.*)$"));
    ERROR.captures(segment.text).and_then(|captures| head_of(segment, &captures, false))
}
