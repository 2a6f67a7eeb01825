//! Completes statements that end by announcing something ("it fails with the following error:") with what follows them.
//!
//! Cut off at its colon such a statement says nothing; the line that it announces stands in the next block.

use std::sync::LazyLock;

use crate::case::Fact;
use crate::markdown::{Block, BlockKind};
use crate::pattern::Pattern;
use crate::source::SourceMap;
use crate::span::{Line, Span, lines};

use super::facts::{fact_of, fold, safe_text, statement};
use super::pattern::pattern;
use super::reading::{BlockContent, Passage, PassageKind, Reading};
use super::statements::shows_trace;
use super::symptom_words::FAILS;

/// Longest line that a statement is completed with, in bytes: an error message, not a dump.
const LINE_BYTES: usize = 240;

/// How many lines of a block are searched: the place of the fact holds all lines before the one that is found.
const NEAR_LINES: usize = 12;

/// Most lines of a block of which the first one says enough.
const FEW_LINES: usize = 2;

/// Longest announcement that says nothing of its own, in bytes.
const BARE_BYTES: usize = 80;

/// The fact that neighbouring passages state, with the line that the last of them announces.
pub(super) fn complete_fact(sources: &SourceMap, reading: &Reading, passages: &[&Passage]) -> Option<Fact> {
    let fact = fact_of(sources, passages)?;
    let (first, last) = (passages.first()?, passages.last()?);
    let Some(line) = announced(sources, reading, last) else { return Some(fact) };
    let words: Vec<String> =
        passages.iter().map(|passage| statement(passage)).filter(|text| !text.is_empty()).collect();
    let shown = fold(sources.text(line));
    if words.iter().any(|text| text.contains(&shown)) {
        return Some(fact);
    }
    let span = first.span.join(line);
    let cut = if line.end - line.start < LINE_BYTES { "" } else { " …" };
    let said = words.join(" ");
    let text = safe_text(sources, span, &format!("{}: {shown}{cut}", said.trim_end_matches(['.', ' '])));
    Some(Fact { text, span: sources.cite(span), ..fact })
}

/// Whether a passage does no more than announce what is shown elsewhere: a list whose items are statements of their own,
/// or a trace.
pub(super) fn only_announces(reading: &Reading, passage: &Passage) -> bool {
    let short = passage.flat.text.len() <= BARE_BYTES;
    let text = passage.flat.text.trim();
    if short && (SHOWN.is_match(text) || LEVEL.is_match(text)) {
        return true;
    }
    let item = next_block(reading, passage).is_some_and(|block| matches!(block.kind, BlockKind::Item { .. }));
    short && item && BARE.is_match(text)
}

/// Whether a passage ends with a colon.
pub(super) fn ends_open(passage: &Passage) -> bool {
    passage.flat.text.trim_end().ends_with([':', '：'])
}

/// The line that `passage` announces: of an error the message, else the only line; a part of a longer code says nothing.
pub(super) fn announced(sources: &SourceMap, reading: &Reading, passage: &Passage) -> Option<Span> {
    let text = passage.flat.text.trim_end();
    if passage.kind == PassageKind::Cell || !(ends_open(passage) || FOLLOWING.is_match(text)) {
        return None;
    }
    let block = next_block(reading, passage)?;
    let content = reading.code_blocks.iter().find(|code| code.span == block.span).map(|code| code.content);
    let place = match &block.kind {
        BlockKind::Code { lines, .. } => lines.first()?.join(*lines.last()?),
        BlockKind::Paragraph(_) if !block.quoted && (ERROR.is_match(text) || traced(reading, block)) => block.span,
        _ => return None,
    };
    let filled = |line: &Line<'_>| line.text.chars().any(char::is_alphanumeric);
    let all = || lines(sources.text(place)).filter(filled).take(NEAR_LINES);
    let trace = reading.traces.iter().find(|found| {
        found.source == place.source && found.trace.range.end > place.start && found.trace.range.start < place.end
    });
    let exception = trace.and_then(|found| found.trace.exception.clone());
    let holds = |line: &Line<'_>, at: usize| (line.start..=line.end()).contains(&at.wrapping_sub(place.start));
    let thrown = exception.and_then(|name| all().find(|line| holds(line, name.start)));
    let failing = || {
        let told = FAILS.is_match(text) || ERROR.is_match(text) || FOLLOWING.is_match(text);
        all().find(|line| told && MESSAGE.is_match(line.text))
    };
    let only = || all().next().filter(|_| content.is_some() && all().count() <= FEW_LINES);
    let line = thrown.or_else(|| failing().or_else(only).filter(|line| line.text.trim().len() <= LINE_BYTES))?;
    // Quoted words are statements of their own.
    let words = line.text.trim();
    if words.starts_with(['"', '“', '>']) && content == Some(BlockContent::Text) {
        return None;
    }
    let start = place.start + line.start + (line.text.len() - line.text.trim_start().len());
    let mut end = start + words.len().min(LINE_BYTES);
    while !sources.text(place).is_char_boundary(end - place.start) {
        end -= 1;
    }
    Some(Span::new(place.source, start..end))
}

/// Whether a block of text holds frames of a stack trace.
fn traced(reading: &Reading, block: &Block) -> bool {
    reading.passages.iter().any(|passage| {
        passage.span.source == block.span.source && block.span.contains(passage.span) && shows_trace(reading, passage)
    })
}

/// The block behind that of `passage`, in the same section, where the passage ends its block.
fn next_block<'a>(reading: &'a Reading, passage: &Passage) -> Option<&'a Block> {
    let blocks = &reading.documents.get(passage.document)?.document.blocks;
    let own = blocks.get(passage.block)?;
    let next = blocks.get(passage.block + 1)?;
    let ends = own.span.end.saturating_sub(passage.span.end) <= MARKS;
    (ends && next.section == own.section).then_some(next)
}

/// How many bytes of marks may stand between the last words of a block and its end.
const MARKS: usize = 4;

/// Announcements of a message that stands in running text.
static ERROR: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\b(?:errors?|exceptions?|messages?|warnings?|console|fail\w*)\b.{0,40}[:：]$"));

/// Lines that hold a message of an error, not only a number that could be a status.
static MESSAGE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:\w*(?:error|exception)|fail(?:s|ed|ure)?|fatal|panic(?:ked)?|denied|refused|timed? ?out|cannot|can't|",
        r"could not|unable|not found|no such|abort(?:ed)?|crash(?:ed)?|killed|no \w+ (?:on|for|in))\b",
    ))
});

/// Sentences that announce what follows without a colon.
static FOLLOWING: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:following (?:\w+ )?(?:errors?|exceptions?|messages?|failures?|output)|",
        r"(?:errors?|exceptions?|messages?|failures?|output) (?:as follows|below))\b",
    ))
});

/// The line of a log that opens a list ("[ERROR] Failures:").
static LEVEL: LazyLock<Pattern> = LazyLock::new(|| pattern(r"^\[\*?[A-Z]+\*?\]\s*\w*:$"));

static SHOWN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:here (?:is|are)|this is|these are|see|find|attached|the|my|full|complete)\b.{0,30}\b(?:stack ?traces?|traces?|back ?traces?|logs?|",
        r"log output|screenshots?|screen ?shot|recordings?)[:：]$",
    ))
});

static BARE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:(?:we|i|you|they|users?|customers?|it|this|there|here|these|the|see|please)\b.{0,50})?",
        r"\b(?:following|below|as follows|like this|here|these|this|are|were|symptoms|steps)\b.{0,20}[:：]$",
    ))
});

#[cfg(test)]
mod tests {
    use crate::extract::testing::facts;

    fn problem(text: &str) -> String {
        facts(text).problem_statement.map(|fact| fact.text).unwrap_or_default()
    }

    #[test]
    fn the_error_that_is_announced_belongs_to_the_problem() {
        let text = "# Start fails\n\nThe server stops with the following error:\n\n```\nstarting\nERROR: port 80 is taken\nbye\n```\n";
        assert_eq!(problem(text), "The server stops with the following error: ERROR: port 80 is taken");
        let fact = facts(text).problem_statement.expect("there is one");
        assert_eq!(fact.span.lines, [3, 7]);
        assert!(text.contains(&fact.span.quote), "{:?}", fact.span);
    }

    #[test]
    fn a_scheme_in_a_block_is_no_message() {
        let text =
            "# T\n\nThe app makes it worse:\n\n```\napp resumes\n-> retry at once\n-> every retry is refused\n```\n";
        assert_eq!(problem(text), "The app makes it worse");
    }

    #[test]
    fn a_number_is_no_message() {
        let text =
            "# T\n\nI got the error:\n\n```\ncount [[512, 20], [404, 3]]\nException KeyError: 7 in worker\n```\n";
        assert_eq!(problem(text), "I got the error: Exception KeyError: 7 in worker");
    }

    #[test]
    fn of_a_trace_the_exception_is_taken() {
        let text = "# T\n\n## Symptoms\n\nSaving throws an exception:\n\n```\nTraceback (most recent call last):\n  File \"a.py\", line 3, in save\n    x()\nValueError: empty name\n```\n";
        let found = facts(text).symptoms;
        assert_eq!(found[0].text, "Saving throws an exception: ValueError: empty name");
    }

    #[test]
    fn an_announcement_of_a_list_is_no_symptom_of_its_own() {
        let found =
            facts("# T\n\n## Symptoms\n\nWe see the following:\n\n- Pages load twice\n- Logins fail\n").symptoms;
        assert_eq!(
            found.iter().map(|fact| fact.text.as_str()).collect::<Vec<_>>(),
            ["Pages load twice", "Logins fail"]
        );
    }

    #[test]
    fn an_announcement_of_a_trace_is_no_symptom() {
        let found = facts("# T\n\n## Symptoms\n\nThe job crashes.\n\nHere is the full stack trace:\n").symptoms;
        assert_eq!(found.iter().map(|fact| fact.text.as_str()).collect::<Vec<_>>(), ["The job crashes."]);
    }

    #[test]
    fn an_announcement_may_end_with_a_full_stop() {
        let text = "# T\n\nThe build stops with the following error in two classes.\n\n```\njava.lang.IllegalStateException: closed\n\tat a.B.c(B.java:3)\n```\n";
        assert_eq!(
            problem(text),
            "The build stops with the following error in two classes: java.lang.IllegalStateException: closed"
        );
    }

    #[test]
    fn nothing_is_added_where_nothing_follows() {
        assert_eq!(
            problem("# Start fails\n\nThe server stops with this error:\n\n## Notes\n\n```\nx = 1\n```\n"),
            "The server stops with this error"
        );
    }

    #[test]
    fn a_secret_in_the_line_stays_hidden() {
        let text = "# T\n\nThe login fails with this:\n\n```\npassword=Tr0ub4dor-x9Q is wrong\n```\n";
        let fact = facts(text).problem_statement.expect("there is one");
        assert!(!fact.text.contains("Tr0ub4dor") && !fact.span.quote.contains("Tr0ub4dor"), "{fact:?}");
    }
}
