//! Evidence: words of a source, with their place, that a statement rests on.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Number of an item of the evidence register, written `E7`. Numbers follow source order, so they are stable under reruns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(into = "String", try_from = "String")]
#[schemars(with = "String")]
pub struct EvidenceId(pub u32);

impl fmt::Display for EvidenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E{}", self.0)
    }
}

impl From<EvidenceId> for String {
    fn from(id: EvidenceId) -> String {
        id.to_string()
    }
}

impl FromStr for EvidenceId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix('E').ok_or_else(|| format!("`{text}` is not an evidence id such as E7"))?;
        digits.parse().map(EvidenceId).map_err(|_| format!("`{text}` is not an evidence id such as E7"))
    }
}

impl TryFrom<String> for EvidenceId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// How a statement is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Excluded by the document ("What we've ruled out").
    RuledOut,
    /// Listed under suspicions, questions or hypotheses, or hedged ("appears to").
    Suspected,
    /// Somebody says so.
    Reported,
    /// A log line, metric, payload, trace or code block shows it.
    Observed,
}

/// Where evidence was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// A sentence, list item or table cell.
    Prose,
    /// A line of a log.
    Log,
    /// A stack trace or a frame of one.
    Trace,
    /// A JSON object, a token or an HTTP exchange.
    Payload,
    /// A stated number.
    Metric,
    /// A code block or a file of the workspace.
    Code,
    /// A configuration value.
    Config,
}

/// A place in a source together with the words that stand there. Only `SourceMap::cite` makes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cited {
    /// Path of the source as in `sources[].path`.
    pub source: String,
    /// Half-open byte range in the file's original (decompressed) bytes.
    pub bytes: [u64; 2],
    /// First and last line, 1-based.
    pub lines: [u64; 2],
    /// The words, exactly as they stand there (decoded, not repaired), cut to their longest part without a secret.
    pub quote: String,
    /// Number in the evidence register, where a page cites the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<EvidenceId>,
}

/// One item of the evidence register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// `E1`, `E2`, … in source order.
    pub id: EvidenceId,
    /// Where it was read.
    pub kind: EvidenceKind,
    /// How it is known.
    pub basis: Basis,
    /// Path of the source.
    pub source: String,
    /// First and last line, 1-based.
    pub lines: [u64; 2],
    /// Half-open byte range in the original bytes.
    pub bytes: [u64; 2],
    /// The words at that place.
    pub quote: String,
    /// SHA-256 of the quote's UTF-8 bytes, lower-case hexadecimal.
    pub sha256: String,
}
