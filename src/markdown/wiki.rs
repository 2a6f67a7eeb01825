//! Cuts a text into Markdown and the wiki markup of issue trackers: `h2. ` headings, `bq. ` quotes, `{code}`, `{noformat}`.
//!
//! Markup inside Markdown fences or code spans is text. Nothing is rewritten, so all offsets stay those of the source.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pattern::Pattern;
use crate::span::{Line, lines};

use super::html::{last_raw_end, opens_raw};
use super::nesting::is_too_deep;
use super::underlined::underline;

/// A part of the text in one markup; ranges are offsets in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stretch {
    /// Markdown.
    Markdown(Range<usize>),
    /// Wiki markup: lists, tables, paragraphs (told apart from Markdown in `dialect`).
    Wiki(Range<usize>),
    /// A line that stays as it is.
    Plain(Range<usize>),
    /// A title underlined as in reStructuredText.
    Underlined {
        /// 1 to 6.
        level: u8,
        /// Both lines.
        range: Range<usize>,
        /// The title.
        text: Range<usize>,
    },
    /// `h2. Title`.
    Heading {
        /// 1 to 6.
        level: u8,
        /// The line.
        range: Range<usize>,
        /// The title.
        text: Range<usize>,
    },
    /// `bq. Words`.
    Quote {
        /// The line.
        range: Range<usize>,
        /// The words.
        text: Range<usize>,
    },
    /// `{code:java}` … `{code}`.
    Code {
        /// The block with its marks.
        range: Range<usize>,
        /// The language, lower-cased, empty if none.
        language: String,
        /// Content lines.
        lines: Vec<Range<usize>>,
    },
}

impl Stretch {
    /// The whole of it.
    pub fn range(&self) -> Range<usize> {
        match self {
            Stretch::Markdown(range)
            | Stretch::Wiki(range)
            | Stretch::Plain(range)
            | Stretch::Heading { range, .. }
            | Stretch::Underlined { range, .. }
            | Stretch::Quote { range, .. }
            | Stretch::Code { range, .. } => range.clone(),
        }
    }
}

static MARK: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"\{(code|noformat)(?::([^}\r\n]*))?\}"));
static LINE: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"^[ \t]*(?:h([1-6])|bq)\.[ \t]+(\S.*)$"));
static FENCE: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"^(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*(?:(`{3,})[^`]*|(~{3,}).*)$"));

/// The stretches of `text` from `from` to its end, in order and without gaps other than white space.
pub(super) fn stretches(text: &str, from: usize) -> Vec<Stretch> {
    let mut cutter = Cutter { text, marks: marks(text, from), done: from, found: Vec::new() };
    let raw_end = last_raw_end(text);
    let mut fence: Option<&str> = None;
    let mut blank = true;
    for line in lines(&text[from..]) {
        let line = Line { text: line.text, start: from + line.start };
        let blank_above = std::mem::replace(&mut blank, line.text.trim().is_empty());
        if line.start < cutter.done {
            // The block before ends in this line, or further down.
            cutter.blocks(line);
        } else if let Some(open) = fence {
            fence = fence.filter(|_| !closes(open, line.text));
        } else if let Some((level, under)) = underline(text, line, blank_above) {
            cutter.underlined(level, line, under);
        } else if let Some(open) = fence_of(line.text) {
            fence = Some(open);
        } else if is_too_deep(line.text) || (line.start >= raw_end && opens_raw(line.text)) {
            cutter.markdown(line.start);
            cutter.found.push(Stretch::Plain(line.start..line.end()));
            cutter.done = line.end();
        } else if !cutter.heading_or_quote(line) {
            cutter.blocks(line);
        }
    }
    cutter.markdown(text.len());
    cutter.found
}

/// The run of backticks or tildes that opens a Markdown fence in `line`.
pub(super) fn fence_of(line: &str) -> Option<&str> {
    if !line.contains("```") && !line.contains("~~~") {
        return None;
    }
    let found = FENCE.captures(line)?;
    found.get(1).or_else(|| found.get(2)).map(|run| run.as_str())
}

/// Whether `line` closes the fence that `open` opened.
pub(super) fn closes(open: &str, line: &str) -> bool {
    let run = line.trim_start_matches([' ', '\t', '>']).trim_end();
    run.len() >= open.len() && run.bytes().all(|b| b == open.as_bytes()[0])
}

/// `{code}`, `{code:…}` or the same with `noformat`.
struct Mark<'a> {
    range: Range<usize>,
    noformat: bool,
    parameters: Option<&'a str>,
    /// Index of the next mark that can close this one.
    closer: Option<usize>,
}

fn marks(text: &str, from: usize) -> Vec<Mark<'_>> {
    let mut marks = Vec::new();
    for found in MARK.captures_iter(&text[from..]) {
        if let (Some(whole), Some(name)) = (found.get(0), found.get(1)) {
            let range = from + whole.start()..from + whole.end();
            let parameters = found.get(2).map(|group| group.as_str());
            marks.push(Mark { range, noformat: name.as_str() == "noformat", parameters, closer: None });
        }
    }
    let mut next = [None, None];
    for (index, mark) in marks.iter_mut().enumerate().rev() {
        let next = &mut next[usize::from(mark.noformat)];
        mark.closer = *next;
        if mark.parameters.is_none() {
            *next = Some(index);
        }
    }
    marks
}

struct Cutter<'a> {
    text: &'a str,
    marks: Vec<Mark<'a>>,
    /// Everything before this offset is in `found`.
    done: usize,
    found: Vec<Stretch>,
}

impl Cutter<'_> {
    /// Takes the text up to `end` as Markdown.
    fn markdown(&mut self, end: usize) {
        if !self.text[self.done..end].trim().is_empty() {
            self.found.push(Stretch::Markdown(self.done..end));
        }
        self.done = end;
    }

    fn underlined(&mut self, level: u8, line: Line<'_>, under: Line<'_>) {
        self.markdown(line.start);
        let text = line.start..line.start + line.text.trim_end().len();
        self.found.push(Stretch::Underlined { level, range: line.start..under.end(), text });
        self.done = under.end();
    }

    fn heading_or_quote(&mut self, line: Line<'_>) -> bool {
        if !line.text.trim_start().starts_with(['h', 'b']) {
            return false;
        }
        let Some(found) = LINE.captures(line.text) else { return false };
        let Some(words) = found.get(2) else { return false };
        self.markdown(line.start);
        let range = line.start..line.end();
        let start = line.start + words.start();
        let text = start..start + words.as_str().trim_end().len();
        let level = found.get(1).and_then(|digit| digit.as_str().parse().ok());
        self.found.push(match level {
            Some(level) => Stretch::Heading { level, range, text },
            None => Stretch::Quote { range, text },
        });
        self.done = line.end();
        true
    }

    /// Takes the code blocks that open in what is left of `line`.
    fn blocks(&mut self, line: Line<'_>) {
        let mut from = line.start.max(self.done);
        let mut at = from;
        let mut quoted = false;
        let mut index = self.marks.partition_point(|mark| mark.range.start < from);
        while let Some(mark) = self.marks.get(index).filter(|mark| mark.range.end <= line.end()) {
            quoted ^= self.text[at..mark.range.start].bytes().filter(|b| *b == b'`').count() % 2 == 1;
            at = mark.range.end;
            let closer = mark.closer.filter(|closer| !quoted && self.opens(from, index, *closer, line.end()));
            let Some(closer) = closer else {
                index += 1;
                continue;
            };
            self.code(index, closer);
            index = closer + 1;
            from = self.done;
            at = from;
            if from > line.end() {
                return;
            }
        }
    }

    /// Whether the mark at `index` opens a block that the one at `closer` ends, and neither is just a word in braces.
    fn opens(&self, from: usize, index: usize, closer: usize, line_end: usize) -> bool {
        let (mark, end) = (&self.marks[index], &self.marks[closer].range);
        let before = &self.text[from..mark.range.start];
        let alone = before.trim().is_empty();
        if !alone && !before.ends_with(|c: char| c.is_whitespace() || matches!(c, ':' | '(' | '>')) {
            return false;
        }
        // `{code:03d}` is a format string.
        let told = mark.parameters.is_some_and(|words| words.starts_with(|c: char| c.is_ascii_alphabetic()));
        if mark.parameters.is_some() && !told {
            return false;
        }
        let blanks = [' ', '\t'];
        let breaks = ['\n', '\r'];
        let first = self.text[..end.start].trim_end_matches(blanks);
        let last = self.text[end.end..].trim_start_matches(blanks);
        let closes_first = first.is_empty() || first.ends_with(breaks);
        let closes_last = last.is_empty() || last.starts_with(breaks);
        end.end <= line_end || closes_first || (closes_last && (alone || told || mark.noformat))
    }

    fn code(&mut self, open: usize, close: usize) {
        let (mark, end) = (&self.marks[open], self.marks[close].range.clone());
        let range = mark.range.start..end.end;
        let content = mark.range.end..end.start;
        let language = language(mark.parameters.unwrap_or_default());
        let mut shown: Vec<Line<'_>> = lines(&self.text[content.clone()]).collect();
        // What is left of the lines of the two marks is no content if it is blank.
        let ends_open = shown.last().is_some_and(|line| line.end() == content.len());
        if ends_open && shown.last().is_some_and(|line| line.text.trim().is_empty()) {
            shown.pop();
        }
        let first = usize::from(shown.first().is_some_and(|line| line.text.trim().is_empty()));
        let place = |line: &Line<'_>| content.start + line.start..content.start + line.end();
        let lines = shown[first..].iter().map(place).collect();
        self.markdown(range.start);
        self.done = range.end;
        self.found.push(Stretch::Code { range, language, lines });
    }
}

/// The language among the parameters of `{code:title=x|java}`.
fn language(parameters: &str) -> String {
    let words = parameters.split('|').find_map(|part| match part.split_once('=') {
        None => Some(part),
        Some(("language" | "lang", value)) => Some(value),
        Some(_) => None,
    });
    words.unwrap_or_default().trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The stretches with their texts: `md`, `h2`, `bq`, `code java` and the lines of code.
    fn cut(text: &str) -> Vec<String> {
        let words = |range: &Range<usize>| text[range.clone()].trim().to_string();
        let shown = |stretch: &Stretch| match stretch {
            Stretch::Markdown(range) => format!("md {}", words(range)),
            Stretch::Wiki(range) => format!("wiki {}", words(range)),
            Stretch::Plain(range) => format!("plain {}", words(range)),
            Stretch::Heading { level, text, .. } | Stretch::Underlined { level, text, .. } => {
                format!("h{level} {}", words(text))
            }
            Stretch::Quote { text, .. } => format!("bq {}", words(text)),
            Stretch::Code { language, lines, .. } => {
                let lines: Vec<_> = lines.iter().map(|line| &text[line.clone()]).collect();
                format!("code {language} {}", lines.join("/"))
            }
        };
        stretches(text, 0).iter().map(shown).collect()
    }

    #[test]
    fn plain_markdown_is_one_stretch() {
        assert_eq!(cut("# a\n\n* b\n"), ["md # a\n\n* b"]);
    }

    #[test]
    fn headings_and_quotes_stand_on_lines_of_their_own() {
        assert_eq!(cut("a\nh2. Steps \r\nbq. said\nb"), ["md a", "h2 Steps", "bq said", "md b"]);
        assert_eq!(cut("see h2. below"), ["md see h2. below"]);
    }

    #[test]
    fn a_code_block_has_a_language_and_lines() {
        assert_eq!(cut("{code:title=A.java|Java}\nx\n\n y\n{code}\nend"), ["code java x// y", "md end"]);
        assert_eq!(cut("{noformat}\r\nx\r\n{noformat}"), ["code  x"]);
        assert_eq!(cut("{code}{code}"), ["code  "]);
    }

    #[test]
    fn a_block_may_open_and_close_on_lines_with_other_text() {
        assert_eq!(
            cut("Trace: {code}at a\nat b{code} seen\n{code}"),
            ["md Trace: {code}at a\nat b{code} seen\n{code}"]
        );
        assert_eq!(cut("Trace: {code:java}at a\nat b{code}\nseen"), ["md Trace:", "code java at a/at b", "md seen"]);
        assert_eq!(cut("{noformat}a{noformat} and {noformat}b{noformat}"), ["code  a", "md and", "code  b"]);
    }

    #[test]
    fn marks_in_fences_and_code_spans_are_text() {
        assert_eq!(cut("```\n{code}\nh1. x\n{code}\n```").len(), 1);
        assert_eq!(cut("- ~~~\n  {code}\n  ~~~\n{code}\nx\n{code}"), ["md - ~~~\n  {code}\n  ~~~", "code  x"]);
        assert_eq!(cut("`{code}` is\n{code} here").len(), 1);
    }

    #[test]
    fn an_element_that_is_never_closed_hides_nothing() {
        assert_eq!(cut("<script> is broken\n# a"), ["plain <script> is broken", "md # a"]);
        assert_eq!(cut("<pre>\n\n# a\n</pre>").len(), 1);
    }

    #[test]
    fn a_fence_in_a_wiki_block_is_code() {
        assert_eq!(cut("{code}\n```\n{code}\nh1. x"), ["code  ```", "h1 x"]);
    }

    #[test]
    fn words_in_braces_are_text() {
        for text in
            ["GET /a/{code}/b and\n/{code}", "{code:03d}\nx\n{code}y z", "error {code} and {codes}", "{code}\nopen"]
        {
            assert_eq!(cut(text), [format!("md {text}")], "{text}");
        }
    }
}
