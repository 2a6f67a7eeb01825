//! Elixir and Erlang traces.

use std::sync::LazyLock;

use super::head::head_of;
use super::recognizer::{
    Certainty, Found, Head, HeadPlace, Libraries, LineKind, Needle, Recognizer, frame_of, needle, pattern,
};
use super::segment::Segment;
use crate::case::TraceLanguage;
use crate::pattern::Pattern;

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    language: TraceLanguage::Elixir,
    needles: &[&[
        Needle { text: ".ex:", plausible: digit },
        Needle { text: ".exs:", plausible: digit },
        Needle { text: ".erl:", plausible: digit },
        Needle { text: ".eex:", plausible: digit },
        Needle { text: ".heex:", plausible: digit },
        needle("[{file,"),
    ]],
    frame,
    line,
    head: HeadPlace::Above,
    patience: 0,
};

fn digit(_: &[u8], after: &[u8]) -> bool {
    after.first().is_some_and(u8::is_ascii_digit)
}

/// Applications of the runtime and of the usual frameworks; a frame names its application first.
const LIBRARIES: Libraries = Libraries {
    functions: &[
        ":gen_server.",
        ":proc_lib.",
        ":erlang.",
        ":timer.",
        ":supervisor.",
        "gen_server",
        "proc_lib",
        "supervisor",
        "erl_eval",
        "timer",
    ],
    files: &[
        "^gen_",
        "^proc_lib.erl",
        "^timer.erl",
        "^supervisor.erl",
        "^erl_",
        "^ets.erl",
        "^lists.erl",
        "^maps.erl",
        "^gen.erl",
        "/lib/elixir/",
        "/lib/stdlib",
        "^deps/",
    ],
};
const APPLICATIONS: [&str; 29] = [
    "elixir",
    "stdlib",
    "kernel",
    "erts",
    "ex_unit",
    "mix",
    "iex",
    "logger",
    "phoenix",
    "phoenix_live_view",
    "phoenix_ecto",
    "phoenix_html",
    "plug",
    "plug_cowboy",
    "cowboy",
    "ranch",
    "ecto",
    "ecto_sql",
    "db_connection",
    "postgrex",
    "bandit",
    "thousand_island",
    "telemetry",
    "oban",
    "jason",
    "tesla",
    "finch",
    "absinthe",
    "eex",
];

static FRAME: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:\((?P<app>[a-z]\w*)(?: [\w.+-]+)?\) )?(?P<file>[^\s:()]+\.(?:exs?|erl|l?eex|heex|xrl|yrl)|\S+\.S):(?P<line>\d+): ",
        r"(?P<func>(?:anonymous fn/\d+ in |:?[\w.]+\.|)?[^\s]+/\d+(?:-\S*)?(?: in \S+)?|\((?:file|test|module)\)|[A-Z][\w.]*)"
    ))
});
static WITHOUT_FILE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"^\((?P<app>[a-z]\w*)(?P<version> \d[\w.+-]*)?\) (?P<func>(?::?[\w.]+\.)[^\s(/]+)(?:/\d+|\(.*\))$")
});
static ERLANG: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r#"(?P<func>[a-z'][\w']*,'?[\w-]+'?,(?:\d+|\[[^\[\]]*\])),\s*\[\{file,\s*\\*"(?P<file>[^"\\]+)\\*"\},\s*\{line,\s*(?P<line>\d+)\}\]"#,
    )
});

fn frame(segments: &[Segment<'_>]) -> Option<Found> {
    let segment = segments.first()?;
    if let Some(captures) = FRAME.captures(segment.text) {
        let own = captures.name("app").map(|app| !APPLICATIONS.contains(&app.as_str()));
        let mut frame = frame_of(segment, &captures, &LIBRARIES);
        frame.in_app &= own.unwrap_or(true);
        // The application in front is what makes the shape unmistakable.
        return Some(Found::one(if own.is_some() { Certainty::Certain } else { Certainty::Likely }, frame));
    }
    if let Some(captures) = WITHOUT_FILE.captures(segment.text) {
        let mut frame = frame_of(segment, &captures, &LIBRARIES);
        frame.in_app &= captures.name("app").is_some_and(|app| !APPLICATIONS.contains(&app.as_str()));
        let certainty = if captures.name("version").is_some() { Certainty::Likely } else { Certainty::Weak };
        return Some(Found::one(certainty, frame));
    }
    let frames: Vec<_> =
        ERLANG.captures_iter(segment.text).map(|captures| frame_of(segment, &captures, &LIBRARIES)).collect();
    (!frames.is_empty()).then(|| Found::many(Certainty::Certain, frames))
}

static RAISED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"(?:\*\* \((?P<ex>[A-Z][\w.]*)\)(?: (?P<msg>.+))?$|\*\* \((?:exit|throw|EXIT from [^)]*)\) (?P<exit>.+)$)")
});
static BETWEEN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"^(?:stacktrace:|code: .*|Function: .*|Args: .*|\.\.\.|…|The following arguments were given to .*|# \d+|\([a-z]\w*(?: [\w.+-]+)?\) expanding macro: .*|:?\w+\(\d+\))$",
    )
});

fn line(segment: &Segment<'_>) -> LineKind {
    if BETWEEN.is_match(segment.text) {
        return LineKind::Between;
    }
    let Some(captures) = RAISED.captures(segment.text) else { return LineKind::Other };
    let exit = captures.name("exit").map(|m| segment.at(m.range()));
    let unclassed = Head { exception: None, message: exit, range: segment.range(), whole: true };
    LineKind::Names(head_of(segment, &captures, true).unwrap_or(unclassed))
}
