//! What rules match against: the sources cut into passages, events, traces, payloads, metrics and code blocks, all with spans.

use crate::case::{Basis, PayloadKind};
use crate::log::LogEvent;
use crate::markdown::{Document, FlatText};
use crate::span::{SourceId, Span};
use crate::trace::{FoundLocks, FoundTrace};

use super::pairs::FoundPair;

/// The sources, read. Every list is in source order.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Parsed documents; logs have none.
    pub documents: Vec<ReadDocument>,
    /// Sentences, list items and table cells.
    pub passages: Vec<Passage>,
    /// Code blocks.
    pub code_blocks: Vec<CodeBlock>,
    /// Log events, fenced or not, and those of attached logs.
    pub events: Vec<SourcedEvent>,
    /// Stack traces, every occurrence.
    pub traces: Vec<SourcedTrace>,
    /// Reports of locks: thread dumps, deadlock reports of databases.
    pub locks: Vec<SourcedLocks>,
    /// Payloads.
    pub payloads: Vec<FoundPayload>,
    /// Stated numbers.
    pub metrics: Vec<FoundMetric>,
    /// Pairs of what was expected and what came out.
    pub pairs: Vec<FoundPair>,
}

/// A parsed document with its source.
#[derive(Clone, Debug)]
pub struct ReadDocument {
    /// Its source.
    pub source: SourceId,
    /// Its blocks and sections.
    pub document: Document,
    /// The role of each section, by index.
    pub roles: Vec<SectionRole>,
}

/// What a section is for, decided by its heading's words (`headings.yaml`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the variants are the usual sections of incident and bug reports")]
pub enum SectionRole {
    Title,
    Metadata,
    Summary,
    Problem,
    Impact,
    Symptoms,
    Evidence,
    Expected,
    Actual,
    Reproduction,
    Environment,
    Timeline,
    Investigation,
    RuledOut,
    Suspicions,
    Questions,
    Cause,
    Contributing,
    Fix,
    Alternatives,
    Tests,
    Prevention,
    ActionItems,
    Lessons,
    Risks,
    Monitoring,
    CodePaths,
    Related,
    References,
    People,
    #[default]
    Other,
}

/// What a passage was in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassageKind {
    /// A heading.
    Heading,
    /// A sentence of a paragraph.
    Sentence,
    /// A sentence of a list item.
    Item,
    /// A table cell.
    Cell,
    /// A line of a fence that is neither log, trace, payload nor code.
    FenceLine,
}

/// A sentence, list item or table cell: the unit prose signals look at.
#[derive(Clone, Debug)]
pub struct Passage {
    /// Its text with the map back to the source.
    pub flat: FlatText,
    /// Its place in the source, markup included.
    pub span: Span,
    /// Index into `Reading::documents`.
    pub document: usize,
    /// Index of the block in that document.
    pub block: usize,
    /// Index of the section in that document.
    pub section: usize,
    /// What its section is for.
    pub role: SectionRole,
    /// What it was.
    pub kind: PassageKind,
    /// How its statement is known, from its section and its own words.
    pub basis: Basis,
    /// Whether it is an untouched placeholder or an instruction of a template.
    pub placeholder: bool,
}

/// What a code block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockContent {
    /// Log lines, at least half of the lines.
    Log,
    /// A stack trace.
    Trace,
    /// JSON or another payload.
    Payload,
    /// A diff.
    Diff,
    /// Source code or configuration.
    Code,
    /// Anything else.
    Text,
}

/// A fenced or indented block.
#[derive(Clone, Debug)]
pub struct CodeBlock {
    /// The block in the source, fences included.
    pub span: Span,
    /// Language of the info string, lower-cased, empty if none.
    pub language: String,
    /// Content lines.
    pub lines: Vec<Span>,
    /// Index into `Reading::documents`.
    pub document: usize,
    /// What its section is for.
    pub role: SectionRole,
    /// How what it shows is known.
    pub basis: Basis,
    /// What it holds.
    pub content: BlockContent,
}

/// A log event with its source.
#[derive(Clone, Debug)]
pub struct SourcedEvent {
    /// Its source.
    pub source: SourceId,
    /// The event.
    pub event: LogEvent,
}

/// A stack trace with its source.
#[derive(Clone, Debug)]
pub struct SourcedTrace {
    /// Its source.
    pub source: SourceId,
    /// The trace.
    pub trace: FoundTrace,
}

/// A report of locks with its source.
#[derive(Clone, Debug)]
pub struct SourcedLocks {
    /// Its source.
    pub source: SourceId,
    /// The report.
    pub locks: FoundLocks,
}

/// A payload with the places of its keys.
#[derive(Clone, Debug)]
pub struct FoundPayload {
    /// What kind it is.
    pub kind: PayloadKind,
    /// The whole payload.
    pub span: Span,
    /// Keys in the order written.
    pub keys: Vec<FoundKey>,
    /// Names the document says are missing from it, with the place that says so.
    pub missing: Vec<(String, Span)>,
}

/// A key of a payload.
#[derive(Clone, Debug)]
pub struct FoundKey {
    /// Dotted path (`user.roles`, `items[].id`).
    pub path: String,
    /// Where the key and its value stand.
    pub span: Span,
    /// The scalar value as text; `None` for objects and lists.
    pub value: Option<String>,
}

/// A stated number.
#[derive(Clone, Debug)]
pub struct FoundMetric {
    /// The number with its comparison and unit.
    pub span: Span,
    /// Index of the passage it stands in; `None` in a log or a fence.
    pub passage: Option<usize>,
    /// The value as a decimal string without grouping (`1563`, `0.1`).
    pub value: String,
    /// The other end of a range or a change, in the same unit.
    pub from: Option<String>,
    /// Unit as written (`%`, `ms`), empty if none.
    pub unit: String,
    /// `<`, `>`, `<=`, `>=`, `~`, `..` of a range, `->` of a change, or empty.
    pub comparison: String,
    /// The words it is of.
    pub name: String,
}
