//! JavaScript and TypeScript traces of V8, Firefox, Safari, React and Hermes.

use std::sync::LazyLock;

use super::head;
use super::recognizer::{
    AT, Certainty, Found, HeadPlace, Libraries, LineKind, Needle, Recognizer, first_match, needle, pattern,
    wrapped_match,
};
use super::segment::Segment;
use crate::case::TraceLanguage;
use crate::pattern::Pattern;

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    language: TraceLanguage::JavaScript,
    needles: &[NEEDLES],
    frame,
    line,
    head: HeadPlace::Above,
    patience: 0,
};

const NEEDLES: &[Needle] = &[
    AT,
    needle("at\t"),
    Needle { text: "@h", plausible: |_, after| ends_in_number(after) },
    Needle { text: "@f", plausible: |_, after| ends_in_number(after) },
    Needle { text: "@w", plausible: |_, after| ends_in_number(after) },
    Needle { text: "@r", plausible: |_, after| ends_in_number(after) },
    Needle { text: "@c", plausible: |_, after| ends_in_number(after) },
    Needle { text: "@/", plausible: |_, after| ends_in_number(after) },
    Needle { text: ".js:", plausible: |_, after| after.first().is_some_and(u8::is_ascii_digit) },
    needle("@[native"),
    needle("(http"),
    needle("(at "),
    needle("(webpack"),
];

/// Whether the word ends with a colon and a number (`https://shop.example/cart.js:12:34`).
fn ends_in_number(after: &[u8]) -> bool {
    let end = after.iter().take(2048).position(u8::is_ascii_whitespace).unwrap_or(after.len().min(2048));
    let word = &after[..end];
    let digits = word.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    digits > 0 && word[..end - digits].ends_with(b":")
}

const LIBRARIES: Libraries = Libraries {
    functions: &[
        "Module._",
        "Function.executeUserEntryPoint",
        "process.processTicksAndRejections",
        "process._tickCallback",
        "Promise.all",
    ],
    files: &[
        "node_modules/",
        "node:",
        "^internal/",
        "webpack/bootstrap",
        "^native ",
        "^events.js",
        "^net.js",
        "^_http_",
        "^_stream_",
        "^module.js",
        "^fs.js",
        "^timers.js",
        "^vm.js",
        "^bootstrap_node.js",
        "^node.js",
        "^domain.js",
        "^tls.js",
        "^dns.js",
        "^util.js",
        "^next_tick.js",
        "^chrome-extension://",
        "^moz-extension://",
        "^resource://",
        "^chrome://",
        "^zone.js",
        "/zone.js/",
        "react-dom",
        "^framework-",
        "/framework-",
        "/vendor.",
        "vendor~",
        "^polyfills",
        "/polyfills",
        ".yarn/",
        ".pnpm/",
        "/bower_components/",
        "<anonymous>",
        "^[eval]",
        "^repl.js",
        "^readline.js",
        "^[native",
    ],
};

/// A path, address or bundle with its line; the line's column may be missing where the ending tells what it is.
const ENDING: &str = r"\.(?:[cm]?[jt]sx?|vue|svelte|coffee|bundle|hbc|html?|es6|wasm|iced|mdx|astro)(?:[?#][^\s()]*)?";
const SCHEME: &str = r"(?:https?|file|node|webpack|webpack-internal|ng|app|capacitor|ionic|blob:https?|safari-extension|(?:chrome|moz)-extension|resource|chrome|async|internal|evalmachine\.<anonymous>|native):";
const NAME: &str = r"(?P<func>(?:new )?[^\s()@]+(?: [^\s()@\[\]]+){0,3}?)(?: \[as [^\]]{1,200}\])?";

static PATTERNS: LazyLock<Vec<(Certainty, Pattern)>> = LazyLock::new(|| {
    let at = r"^at\s+(?:async )?";
    [
        (Certainty::Certain, format!(r"{at}{NAME} ?\((?P<file>[^()\s]+?):(?P<line>\d+):\d+\)")),
        (Certainty::Certain, format!(r"{at}{NAME} ?\((?P<file>[^()\s]*?{ENDING}):(?P<line>\d+)\)")),
        (Certainty::Certain, format!(r"{at}(?P<file>(?:{SCHEME})?[^\s()]*?{ENDING}):(?P<line>\d+):\d+")),
        (Certainty::Certain, format!(r"{at}(?P<file>{SCHEME}[^\s()]*?):(?P<line>\d+):\d+")),
        (Certainty::Certain, format!(r"{at}{NAME} ?\(eval at .*?\((?P<file>[^()\s]+?):(?P<line>\d+):\d+\)")),
        (Certainty::Certain, format!(r"{at}{NAME} ?\((?P<file>(?:[A-Za-z]:[\\/]|/|file:///)[^:]{{1,300}}?):(?P<line>\d+):\d+\)$")),
        (Certainty::Certain, format!(r"{at}{NAME} ?\(address at (?P<file>[^\s()]+?):(?P<line>\d+):\d+\)")),
        (Certainty::Likely, format!(r"{at}(?P<file><anonymous>|[^\s():]*/[^\s():]+):(?P<line>\d+):\d+$")),
        (Certainty::Weak, format!(r"{at}(?P<file>[^\s()]+?):(?P<line>\d+):\d+$")),
        (Certainty::Weak, format!(r"{at}{NAME} ?\((?:<anonymous>|native|\[native code\]|index \d+|<[\w ]+>)(?::\d+:\d+)?\)")),
        (Certainty::Weak, r"^at\s+(?P<func>[\w$.<>]+)$".to_owned()),
        (Certainty::Likely, format!(r"^(?:\[\d+\]</)?(?:[\w.-]+(?: handler)?\*)?(?P<func>(?:global|eval|module) code|[^\s@():]{{0,200}}?)@(?P<file>(?:{SCHEME}|[A-Za-z]:[\\/]|/)[^\s@]*?|[^\s@:]+?{ENDING}):(?P<line>\d+)(?::\d+)?$")),
        (Certainty::Weak, r"^(?P<func>[^\s@]{0,200})@\[native code\]$".to_owned()),
        (Certainty::Likely, r"^(?P<func>[\w$.<>/\[\]]+(?: [\w$.<>/\[\]]+){0,3}?) \((?P<file>(?:https?|webpack(?:-internal)?|file)://[^\s()]+?):(?P<line>\d+):\d+\)$".to_owned()),
        (Certainty::Likely, format!(r"^in (?P<func>[\w$.]+) \(at (?P<file>[^\s()]+?{ENDING}):(?P<line>\d+)\)$")),
        (Certainty::Weak, r"^in (?P<func>[\w$.]+)(?: \(created by [^()]+\))$".to_owned()),
    ]
    .into_iter()
    .map(|(certainty, text)| (certainty, pattern(&text)))
    .collect()
});

/// File endings whose frames other languages own.
static FOREIGN: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"\.(?:rs|go|py|java|kt|scala|swift|cpp|cc|c|h|cs|rb|php|dart|exs?)$"));

fn frame(segments: &[Segment<'_>]) -> Option<Found> {
    let segment = segments.first()?;
    let text = segment.text;
    let starts = text.starts_with("at") || text.starts_with("in ") || text.contains('@') || text.contains("://");
    if !starts {
        return None;
    }
    let found = first_match(segment, &PATTERNS, &LIBRARIES).or_else(|| wrapped(segments))?;
    let file = found.frames.first().and_then(|frame| frame.file.clone());
    let name =
        file.and_then(|file| text.get(file.start.checked_sub(segment.start)?..file.end.checked_sub(segment.start)?));
    if name.is_some_and(|name| FOREIGN.is_match(name) || !name.contains(['.', '/', '\\', '<', ':'])) {
        return None;
    }
    Some(without_placeholder(found, text, segment.start))
}

/// `<anonymous>` and `native` name no file.
fn without_placeholder(mut found: Found, text: &str, start: usize) -> Found {
    for frame in &mut found.frames {
        let name =
            frame.file.as_ref().and_then(|file| text.get(file.start.checked_sub(start)?..file.end.checked_sub(start)?));
        if name == Some("<anonymous>") {
            frame.file = None;
            frame.line = None;
        }
        frame.in_app &= frame.file.is_some();
    }
    found
}

fn wrapped(segments: &[Segment<'_>]) -> Option<Found> {
    let [first, second, ..] = segments else { return None };
    if !first.text.starts_with("at ")
        || first.text.contains(')')
        || !second.text.ends_with(')')
        || second.text.starts_with("at ")
    {
        return None;
    }
    PATTERNS.iter().take(2).find_map(|(_, pattern)| wrapped_match(segments, pattern, &LIBRARIES))
}

static CAUSE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"^(?:\[cause\]:|\[errors\]:|Caused by:|caused by:|\{?\s?\[cause\]:|From previous event:|[-=]{3,} async [-=]*)",
    )
});
static BETWEEN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"^(?:\.\.\. \d+ (?:lines|more|frames).*|\.\.\.|…|\.{3} ?\d+ lines? matching cause stack trace.*|Promise\S* async|\^+|The above error occurred in .*|Call Stack|async)$",
    )
});

fn line(segment: &Segment<'_>) -> LineKind {
    if BETWEEN.is_match(segment.text) {
        return LineKind::Between;
    }
    if CAUSE.is_match(segment.text) {
        return LineKind::Cause(head::named(segment));
    }
    head::named_kind(segment)
}
