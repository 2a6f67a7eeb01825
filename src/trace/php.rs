//! PHP traces: uncaught errors, Laravel and Symfony logs, Xdebug's numbered calls.

use std::sync::LazyLock;

use super::head::{self, head_of};
use super::recognizer::{
    Certainty, Found, HeadPlace, Libraries, LineKind, NUMBERS, Needle, Recognizer, first_match, needle, pattern,
};
use super::segment::Segment;
use crate::case::TraceLanguage;
use crate::pattern::Pattern;

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    language: TraceLanguage::Php,
    needles: &[
        &NUMBERS,
        &[
            Needle { text: ".php:", plausible: |_, after| after.first().is_some_and(u8::is_ascii_digit) },
            needle("{main}"),
        ],
    ],
    frame,
    line,
    head: HeadPlace::AboveLast,
    patience: 0,
};

const LIBRARIES: Libraries = Libraries {
    functions: &[
        "Illuminate\\",
        "Symfony\\",
        "Doctrine\\",
        "Composer\\",
        "PHPUnit\\",
        "Monolog\\",
        "GuzzleHttp\\",
        "Twig\\",
    ],
    files: &["/vendor/", "^vendor/", "/usr/share/php", "/wp-includes/", "/wp-admin/", "phar://"],
};

static PATTERNS: LazyLock<[(Certainty, Pattern); 5]> = LazyLock::new(|| {
    [
        (
            Certainty::Likely,
            pattern(
                r"^#(?P<number>\d+) (?P<file>(?:[A-Za-z]:[\\/]|phar://)?[^():\n]+?(?:\(\d+\) : eval\(\)'d code)?)\((?P<line>\d+)\): (?P<func>[^()\n]+?)\(",
            ),
        ),
        (Certainty::Likely, pattern(r"^#(?P<number>\d+) \[internal function\]: (?P<func>[^()\n]+?)\(")),
        (Certainty::Likely, pattern(r"^#(?P<number>\d+) (?P<func>\{main\})$")),
        (
            Certainty::Likely,
            pattern(
                r"^#(?P<number>\d+)\s+(?P<func>[\w\\:{}>-]+)\(.*\)(?: called)? at \[?(?P<file>[^\s\[\]:]+\.php):(?P<line>\d+)\]?$",
            ),
        ),
        (
            Certainty::Likely,
            pattern(
                r"^(?:PHP\s+)?(?P<number>\d+)\. (?P<func>[\w\\:{}>-]+)\(.*\) (?P<file>(?:[A-Za-z]:)?[^\s:]+):(?P<line>\d+)$",
            ),
        ),
    ]
});

fn frame(segments: &[Segment<'_>]) -> Option<Found> {
    let segment = segments.first()?;
    first_match(segment, &*PATTERNS, &LIBRARIES)
}

static BETWEEN: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"^(?:(?:PHP )?Stack trace:|\[stacktrace\]|thrown in |thrown$|\.\.\.|…|--$)"));
static CAUSE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"^(?:Next (?P<ex>[\w\\]+)(?:: (?P<msg>.*?))?(?: in \S+\.php:\d+)?$|\[previous exception\])")
});
/// `PHP Fatal error:  Uncaught X: message in /file.php:3`, and the same as Laravel's `[object] (X(code: 0): message at /file.php:3)`.
static UNCAUGHT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:Uncaught (?:[Ee]xception ')?|PHP Fatal error:\s+|\[object\] \(|^)(?P<ex>\\*[A-Z][\w\\]*(?:Exception|Error|Failure)|Error|Exception|(?:[A-Z]\w*\\+)+[A-Z]\w*)'?",
        r"(?:\(code: [^)]*\))?(?:(?::| with message)\s+(?P<msg>.*?))?(?:(?: in| at) (?:[A-Za-z]:)?[^\s:]+\.php(?::\d+|\(\d+\)|:? on line \d+)\)?)?$"
    ))
});
/// Errors that are no exceptions: `PHP Fatal error:  Allowed memory size exhausted in /file.php on line 3`.
static PLAIN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?:PHP )?(?:Fatal error|Parse error|Warning|Notice|Deprecated):\s+(?P<msg>.+?)(?: in \S+\.php(?:\(\d+\))?(?::\d+| on line \d+))?$",
    )
});

fn line(segment: &Segment<'_>) -> LineKind {
    if BETWEEN.is_match(segment.text) {
        return LineKind::Between;
    }
    if let Some(captures) = CAUSE.captures(segment.text) {
        return LineKind::Cause(head_of(segment, &captures, true));
    }
    for pattern in [&UNCAUGHT, &PLAIN] {
        if let Some(head) = pattern.captures(segment.text).and_then(|captures| head_of(segment, &captures, true)) {
            return LineKind::Names(head);
        }
    }
    head::named_kind(segment)
}
