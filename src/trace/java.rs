//! Java, Kotlin, Scala, Groovy and Android traces, and thread dumps of the JVM.

use std::sync::LazyLock;

use super::recognizer::{
    AT, Certainty, Found, HeadPlace, Libraries, LineKind, Needle, Recognizer, first_match, frame_of, needle, pattern,
    wrapped_match,
};
use super::segment::Segment;
use super::{head, surefire};
use crate::case::TraceLanguage;
use crate::pattern::Pattern;

pub(super) const RECOGNIZER: Recognizer =
    Recognizer { language: TraceLanguage::Java, needles: &[NEEDLES], frame, line, head: HeadPlace::Above, patience: 0 };

const NEEDLES: &[Needle] = &[
    AT,
    needle("at\t"),
    needle(".java:"),
    Needle {
        text: "->",
        plausible: |before, after| {
            before.last().is_some_and(u8::is_ascii_digit) && after.first().is_some_and(u8::is_ascii_alphabetic)
        },
    },
    needle(" » "),
];

/// Shared with the frames of test summaries.
pub(super) const LIBRARIES: Libraries = Libraries {
    functions: &[
        "java.",
        "javax.",
        "jakarta.",
        "sun.",
        "com.sun.",
        "jdk.",
        "kotlin.",
        "kotlinx.",
        "scala.",
        "groovy.",
        "clojure.",
        "org.springframework.",
        "o.s.",
        "org.apache.",
        "org.hibernate.",
        "org.jboss.",
        "org.eclipse.",
        "org.codehaus.",
        "org.junit.",
        "junit.",
        "Assert.",
        "org.mockito.",
        "org.gradle.",
        "org.testng.",
        "org.slf4j.",
        "ch.qos.logback.",
        "org.scalatest.",
        "org.aspectj.",
        "org.postgresql.",
        "org.h2.",
        "com.mysql.",
        "com.mongodb.",
        "com.zaxxer.",
        "com.fasterxml.",
        "com.google.common.",
        "com.google.gson.",
        "com.google.inject.",
        "com.intellij.",
        "com.amazonaws.",
        "software.amazon.",
        "io.netty.",
        "io.grpc.",
        "io.undertow.",
        "io.vertx.",
        "io.micrometer.",
        "io.ktor.",
        "io.reactivex.",
        "io.micronaut.",
        "io.quarkus.",
        "akka.",
        "play.",
        "reactor.",
        "feign.",
        "okhttp3.",
        "okio.",
        "retrofit2.",
        "lombok.",
        "android.",
        "androidx.",
        "com.android.",
        "com.google.android.",
        "dalvik.",
        "libcore.",
        "worker.org.gradle.",
        "net.bytebuddy.",
        "net.sf.cglib.",
        "rx.",
        "cats.",
        "zio.",
    ],
    files: &[],
};

/// A file name, or what stands in its place; the file is named only where it is one.
const PLACE: &str = concat!(
    r"(?:(?P<file>[\w$.-]+\.(?:java|kt|kts|scala|groovy|clj|cljc|aj|gradle|jsp|xtend))(?::-?(?P<line>\d+))?",
    r"|Native [Mm]ethod|Unknown Source(?::\d+)?|SourceFile(?::\d+)?|<generated>|(?:Unknown|R8)\$?[\w$-]*:\d+|r8-map-id-\w+:\d+|:\d+|NO_SOURCE_FILE:\d+|[\w-]+:\d+|\S+\.dex)"
);

/// A method, after the loader and module that newer runtimes print before it.
const METHOD: &str =
    r"(?:[\w.@$-]*/){0,2}(?P<func>(?:[\p{L}_$][\w$-]*\.)+(?:[\w$<>!-]|&lt;|&gt;|\$\$Lambda[/\w.$]*|\.)+)";

static FULL: LazyLock<Pattern> = LazyLock::new(|| pattern(&format!(r"^at\s+{METHOD}\s?\(\s?{PLACE}\s?\)")));
static BARE_FUNCTION: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"^at\s+(?P<func>[\w$]+\((?P<file>[\w$]+\.(?:java|kt|scala|groovy)):(?P<line>\d+)\))"));
static LOOSE: LazyLock<[(Certainty, Pattern); 2]> = LazyLock::new(|| {
    [
        (Certainty::Weak, pattern(r"^at\s+(?P<func>[\p{L}_$][\w$]*(?:\.[\w$<>]+)+)(?:\([^)]*\))?$")),
        // Eclipse and mail clients drop `at`; a thread dump's summary too.
        (Certainty::Likely, pattern(&format!(r"^{METHOD}\({PLACE}\)"))),
    ]
});

fn frame(segments: &[Segment<'_>]) -> Option<Found> {
    let segment = segments.first()?;
    if let Some(captures) = FULL.captures(segment.text) {
        return Some(Found::one(Certainty::Certain, frame_of(segment, &captures, &LIBRARIES)));
    }
    if segment.text.starts_with("at") {
        if let Some(captures) = BARE_FUNCTION.captures(segment.text) {
            return Some(Found::one(Certainty::Likely, frame_of(segment, &captures, &LIBRARIES)));
        }
        if let Some(found) = wrapped(segments) {
            return Some(found);
        }
    }
    surefire::frames(segment).or_else(|| first_match(segment, &*LOOSE, &LIBRARIES))
}

/// A frame that mail or a terminal broke over two lines.
fn wrapped(segments: &[Segment<'_>]) -> Option<Found> {
    let [first, second, ..] = segments else { return None };
    if first.text.contains(')') || !second.text.contains(')') || second.text.starts_with("at ") {
        return None;
    }
    wrapped_match(segments, &FULL, &LIBRARIES)
}

static THREAD: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r#"^(?:"[^"]+"(?:\s#\d+|\s(?:daemon\s|virtual\s)?(?:prio|tid|os_prio|Id|id)=| (?:RUNNABLE|RUNNING|BLOCKED|WAITING|TIMED_WAITING|PARKED)\b|:$)"#,
        r#"|Thread \S+: \(state = |Exception in thread "[^"]*"\s*$|FATAL EXCEPTION: )"#
    ))
});
static CAUSE: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"^(?:Caused by|Suppressed|Wrapped by|Causado por|Verursacht durch): "));
static BETWEEN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:\.\.\.(?: ?\d+ .*| ?$|\S*$)|…|\[\.\.\.\]|\[CIRCULAR REFERENCE.*|at \.\.\.$|- (?:locked|waiting|parking|eliminated|None|<)",
        r"|Locked ownable|java\.lang\.Thread\.State:|Number of locked|\[[\w.!:/~?-]+\]$|~\[|Process: .*, PID: |\d+ (?:more|common frames|frames? omitted))"
    ))
});

fn line(segment: &Segment<'_>) -> LineKind {
    let text = segment.text;
    if BETWEEN.is_match(text) {
        return LineKind::Between;
    }
    if THREAD.is_match(text) {
        return LineKind::Opens(None);
    }
    if CAUSE.is_match(text) {
        return LineKind::Cause(head::whole(segment));
    }
    head::named_kind(segment)
}
