//! C#, F# and Visual Basic traces of .NET (in any of its languages), Mono and Unity.

use std::sync::LazyLock;

use super::head;
use super::recognizer::{
    AT, Certainty, Found, HeadPlace, Libraries, LineKind, Needle, Recognizer, first_match, needle, pattern,
};
use super::segment::Segment;
use crate::case::TraceLanguage;
use crate::pattern::Pattern;

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    language: TraceLanguage::CSharp,
    needles: &[NEEDLES],
    frame,
    line,
    head: HeadPlace::Above,
    patience: 0,
};

/// The word for `at` differs with the language of the runtime, the shape does not.
const NEEDLES: &[Needle] = &[
    AT,
    Needle { text: "bei ", plausible: calls },
    Needle { text: "  à ", plausible: calls },
    Needle { text: "в ", plausible: calls },
    Needle { text: "在 ", plausible: calls },
    Needle { text: "場所 ", plausible: calls },
    Needle { text: "위치: ", plausible: calls },
    Needle { text: "  en ", plausible: calls },
    Needle { text: "  em ", plausible: calls },
    Needle { text: "  in ", plausible: calls },
    Needle { text: "  w ", plausible: calls },
    needle("(at "),
];

/// Nothing but blanks before, and a call after.
fn calls(before: &[u8], after: &[u8]) -> bool {
    before.iter().rev().take(8).all(|b| !b.is_ascii_alphanumeric() && *b < 0x80)
        && memchr::memchr(b'.', &after[..after.len().min(200)]).is_some()
        && memchr::memchr(b'(', &after[..after.len().min(2000)]).is_some()
}

const LIBRARIES: Libraries = Libraries {
    functions: &[
        "System.",
        "Microsoft.",
        "Newtonsoft.",
        "MS.Internal.",
        "Windows.",
        "Mono.",
        "UnityEngine.",
        "UnityEditor.",
        "Unity.",
        "Cysharp.",
        "Xunit.",
        "NUnit.",
        "Moq.",
        "Serilog.",
        "Npgsql.",
        "MySql.",
        "MySqlConnector.",
        "Dapper.",
        "MediatR.",
        "AutoMapper.",
        "Polly.",
        "StackExchange.",
        "Grpc.",
        "Castle.",
        "Autofac.",
        "Hangfire.",
        "MassTransit.",
        "RabbitMQ.",
        "Swashbuckle.",
        "lambda_method",
        "FSharp.",
        "Azure.",
        "MongoDB.",
        "Quartz.",
        "NHibernate.",
        "(wrapper",
        "<Module>",
        "Interop.",
        "Internal.",
    ],
    files: &["/_/src/", "^/_/", "/.nuget/"],
};

static PATTERNS: LazyLock<[(Certainty, Pattern); 5]> = LazyLock::new(|| {
    let word = r"^(?:at|bei|à|в|在|場所|위치:|en|em|in|w|på|ved|bij|tại|konumunda:)\s+";
    // A method of a type: names, arities, generic arguments, explicit interfaces, then its parameters.
    let call =
        r"(?P<func>(?:\(wrapper [\w-]+\) )?[\p{L}_<][^\s()]*?(?:\[[^\]()]*\])?) ?\([^()]*(?:\([^()]*\)[^()]*)*\)";
    [
        (
            Certainty::Certain,
            pattern(&format!(
                r"{word}{call}\s+(?:in|en|dans|в|位置|em|w|i|場所|위치:|行)\s+(?P<file>[^\s<][^:]{{0,400}}?(?::[\\/][^:]{{1,400}}?)?):(?:line |Zeile |ligne |línea |linea |linha |строка |行号 |行 |줄 |wiersz |riga |satır |regel |rad )(?P<line>\d+)"
            )),
        ),
        (
            Certainty::Certain,
            pattern(&format!(
                r"{word}{call}\s*\[0x[0-9a-f]+\] in (?:<[^>]*>|(?P<file>[^\s<][^:]{{0,400}}?(?::[\\/][^:]{{1,400}}?)?)):(?P<line>\d+)"
            )),
        ),
        (
            Certainty::Certain,
            pattern(r"^(?P<func>[\w.+<>`$]+[:.][\w.<>`|$]+) ?\([^()]*\) \(at (?P<file>[^()]+?):(?P<line>\d+)\)"),
        ),
        (
            Certainty::Likely,
            pattern(&format!(
                r"{word}(?P<func>(?:\(wrapper [\w-]+\) )?[\p{{L}}_<][^\s()]*\.[^\s()]+?) ?\([^()]*(?:\([^()]*\)[^()]*)*\)(?:\s*\[0x[0-9a-f]+\] in <.*|\s+in [^:]*:0|\s*<0x[0-9a-f]+ \+ 0x[0-9a-f]+>.*)?$"
            )),
        ),
        (Certainty::Weak, pattern(&format!(r"{word}(?P<func>lambda_method\d*|<[^\s()]+)\([^()]*\)$"))),
    ]
});

fn frame(segments: &[Segment<'_>]) -> Option<Found> {
    let segment = segments.first()?;
    if !segment.text.contains('(') {
        return None;
    }
    let mut found = first_match(segment, &*PATTERNS, &LIBRARIES)?;
    for frame in found.frames.iter_mut().filter(|frame| frame.file.is_none()) {
        frame.line = None;
    }
    Some(found)
}

static BETWEEN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:-{3,}? (?:End of|Ende der|Fin de|Fin |Конец|Koniec|Fine |Fim ).*|--- .+ ---|---? .*[Ss]tack ?[Tt]race.*|\.\.\.|…|Rethrow as .*",
        r"|UnityEngine\.\w+:\w+ ?\(.*\)|Server stack trace:.*|Exception rethrown at \[\d+\]:.*|Stack ?[Tt]race:)\s*$"
    ))
});
static CAUSE: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"^(?:-+> |--->|\(Inner Exception #\d+\)|Inner [Ee]xception:|InnerException:)\s*"));

fn line(segment: &Segment<'_>) -> LineKind {
    if BETWEEN.is_match(segment.text) {
        return LineKind::Between;
    }
    if CAUSE.is_match(segment.text) {
        return LineKind::Cause(head::named(segment));
    }
    head::named_kind(segment)
}
