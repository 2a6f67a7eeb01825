//! A decision as it is written down: an in-toto Statement v1 in JCS bytes and a line feed.
//!
//! The bytes are what is signed and what is read: they must be exactly the canonical serialisation of what they say, so no
//! second reading of them exists (duplicate keys, other number forms, other order).
//! Sources: in-toto Attestation Framework, Statement v1; RFC 8785 (JSON Canonicalization Scheme).

use chrono::{DateTime, NaiveDateTime, SecondsFormat};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use unicode_normalization::is_nfc;

use super::subject::hex_digest;
use super::{Phase, Subject};

/// Type of the statement.
const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// Type of what is stated.
const PREDICATE_TYPE: &str = "urn:casefile:predicate:approval:v1";
/// Name of the canonical form of pages.
pub const CANONICALIZATION: &str = "casefile-md-v1";

/// Largest statement, in bytes: a case with thousands of evidence files still fits.
pub const STATEMENT_BYTES: u64 = 4 << 20;
/// Longest text in a statement, in bytes.
pub const TEXT_BYTES: usize = 4 << 10;
/// Form of every time in a statement.
const TIME: &str = "%Y-%m-%dT%H:%M:%SZ";

/// What a reviewer decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// This content may go on.
    Approve,
    /// The content has to change first.
    Revise,
    /// A question has to be answered first.
    Clarify,
    /// Nothing goes on until its signer says so.
    Hold,
    /// The case is not followed up.
    Cancel,
    /// The signer's earlier decision no longer stands.
    Withdraw,
    /// Opened in an emergency.
    BreakGlass,
}

impl Decision {
    /// Every decision.
    pub const ALL: [Decision; 7] = [
        Decision::Approve,
        Decision::Revise,
        Decision::Clarify,
        Decision::Hold,
        Decision::Cancel,
        Decision::Withdraw,
        Decision::BreakGlass,
    ];

    /// The word as stored and typed.
    pub fn as_str(self) -> &'static str {
        match self {
            Decision::Approve => "approve",
            Decision::Revise => "revise",
            Decision::Clarify => "clarify",
            Decision::Hold => "hold",
            Decision::Cancel => "cancel",
            Decision::Withdraw => "withdraw",
            Decision::BreakGlass => "break-glass",
        }
    }

    /// The namespace its signature must have: an approval cannot be turned into an emergency opening.
    pub fn namespace(self) -> &'static str {
        match self {
            Decision::BreakGlass => super::NAMESPACE_BREAK_GLASS,
            _ => super::NAMESPACE_APPROVAL,
        }
    }
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<StatementSubject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    /// What is decided.
    pub predicate: Predicate,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StatementSubject {
    name: String,
    digest: Sha256Digest,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sha256Digest {
    sha256: String,
}

/// What is decided, by whom, about which case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Predicate {
    /// Project of the policy.
    pub project: String,
    /// Id of the case.
    pub case: String,
    /// The gate.
    pub phase: Phase,
    /// The decision.
    pub decision: Decision,
    /// Who decided.
    pub reviewer: Reviewer,
    /// Priority that was shown, `P0` to `P4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// Approvals that were needed when signing.
    pub threshold: u32,
    /// Conditions of an approval.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// Words to the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// When, as the signer claims: `2026-11-20T12:00:00Z`.
    pub signed_at: String,
    /// SHA-256 of every statement of the phase that nothing followed yet when signing, sorted.
    pub prior: Vec<String>,
    /// The analysis a plan was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Upstream>,
    /// Always [`CANONICALIZATION`].
    pub canonicalization: String,
    /// SHA-256 of the findings that were shown; recorded, never compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lint_sha256: Option<String>,
    /// The policy in force; recorded, never compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<StatementPolicy>,
    /// The program; recorded, never compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<StatementTool>,
    /// Why the gate was opened in an emergency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The incident of the emergency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// When the emergency opening ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

/// Who decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reviewer {
    /// The principal of `allowed_signers`.
    pub principal: String,
    /// True where nothing but the statement itself says so (unsigned mode).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<bool>,
}

/// A condition of an approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// `C1`, `C2`, …
    pub id: String,
    /// What has to be done.
    pub text: String,
    /// Whether the gate stays closed until its signer approves without it.
    pub blocking: bool,
}

/// The analysis a plan was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// Digest of the approved subjects of the analysis.
    pub analysis: String,
}

/// The policy in force when signing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementPolicy {
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Where it was taken from.
    pub source: String,
}

/// The program that wrote the statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementTool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Why bytes are no statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// The bytes are not JSON, or not of the statement's shape.
    #[error("it is no statement: {0}")]
    Shape(String),
    /// The bytes are not the canonical serialisation of what they say.
    #[error("it is not in canonical form (RFC 8785 and one line feed), so it can be read in two ways")]
    NotCanonical,
    /// It covers nothing.
    #[error("it covers no file")]
    NoSubject,
    /// A value is not what the format asks for.
    #[error("{0}")]
    Value(String),
}

impl StatementError {
    /// Stable kebab-case code.
    pub fn code(&self) -> &'static str {
        match self {
            StatementError::Shape(_) => "statement-unreadable",
            StatementError::NotCanonical => "statement-not-canonical",
            StatementError::NoSubject => "statement-without-subject",
            StatementError::Value(_) => "statement-value",
        }
    }
}

impl Statement {
    /// A statement on exactly `subjects`, which stand sorted by name.
    pub fn new(subjects: &[Subject], predicate: Predicate) -> Self {
        let subject =
            |s: &Subject| StatementSubject { name: s.name.clone(), digest: Sha256Digest { sha256: s.sha256.clone() } };
        Statement {
            kind: STATEMENT_TYPE.into(),
            subject: subjects.iter().map(subject).collect(),
            predicate_type: PREDICATE_TYPE.into(),
            predicate,
        }
    }

    /// The bytes that are signed and stored.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StatementError> {
        let shape = |error: serde_json::Error| StatementError::Shape(error.to_string());
        let value = serde_json::to_value(self).map_err(shape)?;
        check_texts(&value)?;
        self.check()?;
        canonical_json(&value).map_err(shape)
    }

    /// Reads bytes that must be exactly what [`Statement::to_bytes`] gives for them.
    pub fn parse(bytes: &[u8]) -> Result<Self, StatementError> {
        let shape = |error: serde_json::Error| StatementError::Shape(error.to_string());
        let value: Value = serde_json::from_slice(bytes).map_err(shape)?;
        if canonical_json(&value).map_err(shape)? != bytes {
            return Err(StatementError::NotCanonical);
        }
        check_texts(&value)?;
        let statement: Statement = serde_json::from_value(value).map_err(shape)?;
        statement.check()?;
        Ok(statement)
    }

    /// The subjects it covers, sorted by name.
    pub fn subjects(&self) -> Vec<Subject> {
        let subject = |s: &StatementSubject| Subject { name: s.name.clone(), sha256: s.digest.sha256.clone() };
        self.subject.iter().map(subject).collect()
    }

    /// When it was signed, as its signer claims, in seconds since 1970.
    pub fn signed_at(&self) -> i64 {
        seconds(&self.predicate.signed_at).unwrap_or(i64::MAX)
    }

    /// When an emergency opening ends, in seconds since 1970.
    pub fn expires_at(&self) -> Option<i64> {
        seconds(self.predicate.expires_at.as_deref()?)
    }

    /// Whether a condition keeps the gate closed.
    pub fn has_blocking_condition(&self) -> bool {
        self.predicate.conditions.iter().any(|condition| condition.blocking)
    }

    fn check(&self) -> Result<(), StatementError> {
        let value = |message: &str| Err(StatementError::Value(message.to_string()));
        let predicate = &self.predicate;
        if self.kind != STATEMENT_TYPE || self.predicate_type != PREDICATE_TYPE {
            return value("its type is none this program knows");
        }
        if predicate.canonicalization != CANONICALIZATION {
            return value("its canonicalization is none this program knows");
        }
        if self.subject.is_empty() {
            return Err(StatementError::NoSubject);
        }
        if !self.subject.iter().map(|s| &s.name).is_sorted_by(|a, b| a < b) {
            return value("its subjects must stand sorted by name, each once");
        }
        if !predicate.prior.iter().is_sorted_by(|a, b| a < b) {
            return value("`prior` must be sorted, each digest once");
        }
        let digests = self.subject.iter().map(|s| &s.digest.sha256).chain(&predicate.prior);
        if !digests.into_iter().all(|digest| is_sha256(digest)) {
            return value("a digest is not 64 lower-case hexadecimal digits");
        }
        if seconds(&predicate.signed_at).is_none() {
            return value("`signed_at` must have the form 2026-11-20T12:00:00Z");
        }
        if predicate.reviewer.claimed == Some(false) {
            return value("`claimed` is true or left out");
        }
        let emergency = predicate.reason.is_some() || predicate.incident.is_some() || predicate.expires_at.is_some();
        match predicate.decision {
            Decision::BreakGlass if predicate.reason.is_none() || self.expires_at().is_none() => {
                value("an emergency opening needs `reason` and `expires_at`")
            }
            Decision::BreakGlass => Ok(()),
            _ if emergency => value("`reason`, `incident` and `expires_at` belong to an emergency opening"),
            _ => Ok(()),
        }
    }
}

/// SHA-256 of a statement's bytes: what `prior` names.
pub fn statement_digest(bytes: &[u8]) -> String {
    hex_digest(bytes)
}

/// The name a statement is stored under: the first twelve digits of its digest.
pub fn statement_file(bytes: &[u8]) -> String {
    format!("{}.json", &hex_digest(bytes)[..12])
}

/// JCS bytes of a value and a line feed.
pub(super) fn canonical_json(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = serde_json_canonicalizer::to_vec(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Seconds since 1970 of a time in the one form that statements have.
pub fn seconds(text: &str) -> Option<i64> {
    let time = NaiveDateTime::parse_from_str(text, TIME).ok()?.and_utc();
    (time.format(TIME).to_string() == text).then(|| time.timestamp())
}

/// The one form of a time in statements and answers.
pub fn written(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0)
        .map_or_else(String::new, |time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Every text is composed (NFC) and short, every key is ASCII.
fn check_texts(value: &Value) -> Result<(), StatementError> {
    match value {
        Value::String(text) if text.len() > TEXT_BYTES => {
            Err(StatementError::Value(format!("a text is longer than {TEXT_BYTES} bytes")))
        }
        Value::String(text) if !is_nfc(text) => {
            Err(StatementError::Value("a text is not in composed form (NFC)".into()))
        }
        Value::Array(items) => items.iter().try_for_each(check_texts),
        Value::Object(fields) => fields.iter().try_for_each(|(key, value)| {
            if !key.is_ascii() {
                return Err(StatementError::Value("a key holds a character outside of ASCII".into()));
            }
            check_texts(value)
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "statement_tests.rs"]
mod tests;
