//! What a language brings to the search for stack traces: its frames, its heads, and the code that is not the application's.

use std::ops::Range;

use crate::case::TraceLanguage;
use crate::pattern::{Captures, Pattern};

use super::FoundFrame;
use super::segment::Segment;

/// A language's share in the search; data and functions only, so that the array of them can be a constant.
pub(super) struct Recognizer {
    /// The language of the traces.
    pub language: TraceLanguage,
    /// Strings of which one stands on every frame's line or on a line beside it, in groups that languages share.
    pub needles: &'static [&'static [Needle]],
    /// Reads the frame that starts at the first of the segments.
    pub frame: fn(&[Segment<'_>]) -> Option<Found>,
    /// Says what a line without a frame is to a trace of this language.
    pub line: fn(&Segment<'_>) -> LineKind,
    /// Where the line that names the exception stands.
    pub head: HeadPlace,
    /// Foreign lines tolerated between a frame and the next.
    pub patience: usize,
}

/// A string that a frame's line holds, with a cheap look at what stands around it.
pub(super) struct Needle {
    /// The string.
    pub text: &'static str,
    /// Whether the bytes before and after it allow a frame.
    pub plausible: fn(&[u8], &[u8]) -> bool,
}

/// A needle that needs no second look.
pub(super) const fn needle(text: &'static str) -> Needle {
    Needle { text, plausible: |_, _| true }
}

/// `at ` where a name with a dot, colon or slash, or a name and a parenthesis follow: not `at noon`.
pub(super) const AT: Needle =
    Needle { text: "at ", plausible: |before, after| starts_word(before) && names_code(after) };

/// `#1`: the number of a frame with a call, an address or `{main}` behind it; one needle a digit, since a needle of a single
/// byte would slow the search for all.
pub(super) const NUMBERS: [Needle; 10] = [
    number("#0"),
    number("#1"),
    number("#2"),
    number("#3"),
    number("#4"),
    number("#5"),
    number("#6"),
    number("#7"),
    number("#8"),
    number("#9"),
];

const fn number(text: &'static str) -> Needle {
    Needle {
        text,
        plausible: |before, after| {
            let digits = after.iter().take(6).take_while(|b| b.is_ascii_digit()).count();
            let rest = &after[digits..];
            starts_word(before) && rest.first() == Some(&b' ') && memchr::memchr2(b'(', b'{', rest).is_some()
        },
    }
}

/// Whether a line begins with the number of a frame, apart from marks: one to four digits and then one of `ends`.
pub(super) fn begins_numbered(line: &[u8], ends: &[u8]) -> bool {
    let marks = line.iter().take_while(|b| !b.is_ascii_alphanumeric()).count();
    let digits = line[marks..].iter().take(5).take_while(|b| b.is_ascii_digit()).count();
    (1..5).contains(&digits) && line.get(marks + digits).is_some_and(|b| ends.contains(b))
}

fn starts_word(before: &[u8]) -> bool {
    // The last letter of `\t` or `\\n` as written in a JSON string is no part of a word.
    match before {
        [.., b'\\', b't' | b'n'] => true,
        [.., last] => !last.is_ascii_alphanumeric() || before.ends_with(b"#011"),
        [] => true,
    }
}

fn names_code(after: &[u8]) -> bool {
    let after = after.trim_ascii_start();
    let word = after.iter().take(400).position(u8::is_ascii_whitespace).unwrap_or(after.len().min(400));
    let (word, rest) = after.split_at(word);
    word.is_empty()
        || word.iter().any(|b| b.is_ascii_alphabetic() || *b >= 0x80)
            && word.iter().any(|b| matches!(b, b'.' | b':' | b'/' | b'(' | b'<' | b'$' | b'\\'))
        || rest.trim_ascii_start().first().is_some_and(|b| matches!(b, b'(' | b'['))
        || word == b"async"
        || word == b"new"
}

/// Where the line that names the exception stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeadPlace {
    /// Above the frames; below only where nothing above names it.
    Above,
    /// Below the frames, the last one counting (Python).
    Below,
    /// Above the frames, the last one counting (PHP's `Next`).
    AboveLast,
}

/// How sure a shape is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    /// A frame only inside a trace.
    Weak,
    /// A frame beside another one or beside a head.
    Likely,
    /// Cannot be anything else.
    Certain,
}

/// The frames of one line (or of two, where a frame takes two).
#[derive(Debug)]
pub(super) struct Found {
    /// How sure the shape is.
    pub certainty: Certainty,
    /// Segments taken.
    pub used: usize,
    /// The frame's number, where frames are numbered.
    pub number: Option<u32>,
    /// The frames.
    pub frames: Vec<FoundFrame>,
    /// A head on the same line.
    pub head: Option<Head>,
    /// Whether it is the failing frame, repeated below its head (pytest).
    pub below_head: bool,
}

impl Found {
    /// One frame on one segment.
    pub(super) fn one(certainty: Certainty, frame: FoundFrame) -> Self {
        Found { certainty, used: 1, number: None, frames: vec![frame], head: None, below_head: false }
    }

    /// Several frames on one segment.
    pub(super) fn many(certainty: Certainty, frames: Vec<FoundFrame>) -> Self {
        Found { certainty, used: 1, number: None, frames, head: None, below_head: false }
    }

    /// The same with a head that stands on its line.
    pub(super) fn headed(self, head: Option<Head>) -> Self {
        Found { head, ..self }
    }

    /// The same with the frame's number.
    pub(super) fn numbered(self, number: Option<u32>) -> Self {
        Found { number, ..self }
    }

    /// The same over several segments.
    pub(super) fn over(self, used: usize) -> Self {
        Found { used, ..self }
    }
}

/// What names the exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The class.
    pub exception: Option<Range<usize>>,
    /// The message.
    pub message: Option<Range<usize>>,
    /// The head's line.
    pub range: Range<usize>,
    /// Whether the line consists of it, rather than mentions it.
    pub whole: bool,
}

/// What a line without a frame is to a trace.
#[derive(Debug)]
pub(super) enum LineKind {
    /// Begins a trace (`goroutine 7 [running]:`); whatever was open ends.
    Opens(Option<Head>),
    /// Announces the frames of what was named above (`stack backtrace:`).
    Stack,
    /// Goes on with a cause of the same trace (`Caused by: …`).
    Cause(Option<Head>),
    /// Announces one of the exceptions of a group.
    Part,
    /// Names an exception.
    Names(Head),
    /// May stand between frames (`... 12 more`).
    Between,
    /// Anything else.
    Other,
}

/// Prefixes of functions and parts of files that belong to a runtime or a library.
pub(super) struct Libraries {
    /// Beginnings of function names.
    pub functions: &'static [&'static str],
    /// Strings that occur in file paths.
    pub files: &'static [&'static str],
}

impl Libraries {
    /// Whether a frame with this function and file is the application's.
    pub(super) fn in_app(&self, function: Option<&str>, file: Option<&str>) -> bool {
        let foreign_function = function.is_some_and(|f| self.functions.iter().any(|prefix| f.starts_with(prefix)));
        let foreign_file = file.is_some_and(|f| {
            let path = f.replace('\\', "/");
            self.files.iter().any(|part| match part.strip_prefix('^') {
                Some(start) => path.starts_with(start),
                None => path.contains(part),
            })
        });
        !foreign_function && !foreign_file
    }
}

/// The frame that `captures` of a pattern with the groups `func`, `file` and `line` describe.
pub(super) fn frame_of(segment: &Segment<'_>, captures: &Captures<'_>, libraries: &Libraries) -> FoundFrame {
    let function = captures.name("func").filter(|m| !m.is_empty());
    let file = captures.name("file").filter(|m| !m.is_empty());
    let line = captures.name("line").and_then(|m| m.as_str().parse().ok()).filter(|&line| line > 0);
    let whole = captures.get_match().range();
    let trimmed = segment.text[whole.clone()].trim();
    let lead = segment.text[whole.clone()].len() - segment.text[whole.clone()].trim_start().len();
    FoundFrame {
        range: segment.start + whole.start + lead..segment.start + whole.start + lead + trimmed.len(),
        function: function.map(|m| segment.at(m.range())),
        file: file.map(|m| segment.at(m.range())),
        line,
        in_app: libraries.in_app(function.map(|m| m.as_str()), file.map(|m| m.as_str())),
    }
}

/// The frame of the first of `patterns` that matches the segment.
pub(super) fn first_match(
    segment: &Segment<'_>,
    patterns: &[(Certainty, Pattern)],
    libraries: &Libraries,
) -> Option<Found> {
    patterns.iter().find_map(|(certainty, pattern)| {
        let captures = pattern.captures(segment.text)?;
        let number = captures.name("number").and_then(|m| m.as_str().parse().ok());
        Some(Found::one(*certainty, frame_of(segment, &captures, libraries)).numbered(number))
    })
}

/// The frame of two segments read as one line, where neither its function nor its file runs over the break.
pub(super) fn wrapped_match(segments: &[Segment<'_>], pattern: &Pattern, libraries: &Libraries) -> Option<Found> {
    let [first, second, ..] = segments else { return None };
    if first.text.len() + second.text.len() > WRAPPED_BYTES {
        return None;
    }
    for glue in ["", " "] {
        let text = format!("{}{glue}{}", first.text, second.text);
        let Some(captures) = pattern.captures(&text) else { continue };
        let (cut, resumes) = (first.text.len(), first.text.len() + glue.len());
        let back = |range: Range<usize>| {
            if range.end <= cut {
                return Some(first.at(range));
            }
            (range.start >= resumes).then(|| second.at(range.start - resumes..range.end - resumes))
        };
        let whole = captures.get_match().range();
        if whole.start >= cut || whole.end <= resumes {
            return None;
        }
        let group = |name| captures.name(name).filter(|m| !m.is_empty());
        let frame = FoundFrame {
            range: first.start + whole.start..second.start + whole.end - resumes,
            function: group("func").and_then(|m| back(m.range())),
            file: group("file").and_then(|m| back(m.range())),
            line: group("line").and_then(|m| m.as_str().parse().ok()),
            in_app: libraries.in_app(group("func").map(|m| m.as_str()), group("file").map(|m| m.as_str())),
        };
        return Some(Found::one(Certainty::Likely, frame).over(2));
    }
    None
}

/// Longest frame that is looked for over two lines, in bytes: mail and terminals wrap at far less.
const WRAPPED_BYTES: usize = 1024;

/// Compiles a pattern of this program's own; the tests run every one.
pub(super) fn pattern(text: &str) -> Pattern {
    Pattern::new(text.to_owned())
}
