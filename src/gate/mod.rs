//! The approval gate: what a decision covers, and the state that follows from content and recorded decisions.
//!
//! State is derived each time it is asked and never stored; what a page says of itself proves nothing. Reading signed
//! statements and the policy that says who may decide is not here: without a policy no decision counts.

mod approvals;
mod canonical;
mod claim;
mod derive;
mod hidden;
mod regular;
mod report;
mod state;
mod subject;

pub use canonical::{Canonical, CanonicalError, ExcludedKey, PAGE_BYTES, canonical};
pub use derive::derive;
pub use hidden::{hidden_in_page, hidden_text, remarks_on_page, text_remarks};
pub use regular::{RegularError, read_regular};
pub use report::{Counted, GATE_SCHEMA, GateClock, GateFinding, GatePolicy, GateReport, NotCounted, ReportedSubject};
pub use state::{GateState, Phase};
pub use subject::{GateError, Subject, digest, subjects};
