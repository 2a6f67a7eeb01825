//! What the gate answers, as `casefile.gate/1`.

use schemars::JsonSchema;
use serde::Serialize;

use super::{GateState, Phase};

/// Schema name of the gate's answer.
pub const GATE_SCHEMA: &str = "casefile.gate/1";

/// The gate's answer. Fields stand in the order of their names, so that plain serialisation gives sorted keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GateReport {
    /// `unsigned`, `ssh` or `ssh-touch`; `null` while no decision counts.
    pub assurance: Option<String>,
    /// Id of the case.
    pub case: String,
    /// The time that expiry was judged by; `null` while no decision counts.
    pub clock: Option<GateClock>,
    /// Decisions that count.
    pub counted: Vec<Counted>,
    /// The exit code of the state.
    pub exit_code: u8,
    /// Defects of the case's files and claims.
    pub findings: Vec<GateFinding>,
    /// What has to happen next, for the reader.
    pub next: String,
    /// Decisions that do not count, with the reason.
    pub not_counted: Vec<NotCounted>,
    /// What a reader of the answer must know: an unverified identity, an emergency opening.
    pub notices: Vec<String>,
    /// Whether the next phase may begin.
    pub open: bool,
    /// The phase asked about.
    pub phase: Phase,
    /// The policy that was applied; `null` if none.
    pub policy: Option<GatePolicy>,
    /// Priority of the case, `P0` to `P4`; `null` if unknown.
    pub priority: Option<String>,
    /// Always [`GATE_SCHEMA`].
    pub schema: String,
    /// The derived state.
    pub state: GateState,
    /// What a decision covers, sorted by name.
    pub subjects: Vec<ReportedSubject>,
    /// Approvals needed; `null` without a policy.
    pub threshold: Option<u32>,
}

/// The time that expiry was judged by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GateClock {
    /// RFC 3339, UTC.
    pub now: String,
    /// Where the time was taken from.
    pub source: String,
}

/// A decision that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counted {
    /// Its conditions.
    pub conditions: Vec<String>,
    /// Fingerprint of the key.
    pub key_fp: Option<String>,
    /// The person of the policy.
    pub person: String,
    /// Who signed.
    pub principal: String,
    /// When, as the signer claims.
    pub signed_at: String,
    /// File name of the statement.
    pub statement: String,
}

/// A decision that does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotCounted {
    /// Why.
    pub reason: String,
    /// File name of the statement.
    pub statement: String,
}

/// The policy that was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GatePolicy {
    /// Digest of `gate.toml`, the allowed signers and the revoked keys together, made like that of subjects.
    pub sha256: String,
    /// Where it was taken from.
    pub source: String,
}

/// A subject with what was approved of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReportedSubject {
    /// Digest that was approved; `null` while none was.
    pub approved_sha256: Option<String>,
    /// Whether it differs from what was approved; `null` while nothing was.
    pub changed: Option<bool>,
    /// Name relative to the case folder.
    pub name: String,
    /// Digest of the canonical form.
    pub sha256: String,
}

/// A defect of a case's files or of what they claim.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct GateFinding {
    /// Stable kebab-case code.
    pub code: String,
    /// Name relative to the case folder.
    pub file: String,
    /// 1-based line, where there is one.
    pub line: Option<u64>,
    /// What is wrong, in one sentence.
    pub message: String,
}

impl GateFinding {
    /// A finding on a whole file.
    pub fn on_file(code: &str, file: &str, message: impl Into<String>) -> Self {
        GateFinding { code: code.into(), file: file.into(), line: None, message: message.into() }
    }
}
