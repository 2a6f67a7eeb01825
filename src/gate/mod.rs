//! The approval gate: what a decision covers, and the state that follows from content and recorded decisions.
//!
//! State is derived each time it is asked and never stored; what a page says of itself proves nothing. The flow:
//! `files` or `git` read a case once (`Snapshot`) → `subject` and `hidden` look at what is decided on → `decisions` verifies
//! each statement (`statement`, `signature`, `signers`) by the `policy` → `ledger` says which still stand → `tally` counts
//! them → `derive` takes the first state that fits.

mod canonical;
mod claim;
mod decisions;
mod derive;
mod files;
mod git;
mod hidden;
mod json;
mod ledger;
mod next;
mod policy;
mod regular;
mod report;
mod signature;
mod signers;
mod state;
mod statement;
mod subject;
mod tally;
mod target;

pub use canonical::{Canonical, CanonicalError, ExcludedKey, PAGE_BYTES, canonical};
pub use derive::{Clock, Derived, Inquiry, REQUEST_FILE, REQUEST_SCHEMA, derive, inspect};
pub use files::Snapshot;
pub use git::{GitError, Repository, Tree};
pub use hidden::{hidden_in_page, hidden_text, remarks_on_page, text_remarks};
pub use json::Json;
pub use policy::{
    BreakGlass, Mode, POLICY_FILE, Person, Policy, PolicyOutcome, PolicyReader, PriorityRule, priority_number,
};
pub use regular::{RegularError, read_regular};
pub use report::{Counted, GATE_SCHEMA, GateClock, GateFinding, GatePolicy, GateReport, NotCounted, ReportedSubject};
pub use signature::{
    KEY_TYPES, NAMESPACE_APPROVAL, NAMESPACE_BREAK_GLASS, SIGNATURE_BYTES, SignatureError, Verified, fingerprint,
    verify,
};
pub use signers::{Signer, parse_revoked, parse_signers};
pub use state::{GateState, Phase};
pub use statement::{
    CANONICALIZATION, Condition, Decision, Predicate, Reviewer, STATEMENT_BYTES, Statement, StatementError,
    StatementPolicy, StatementTool, TEXT_BYTES, Upstream, seconds, statement_digest, statement_file, written,
};
pub use subject::{GateError, Subject, digest, review_code, subjects, subjects_of};
pub use target::claims;
