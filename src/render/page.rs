//! What a page shows beside the case: who asks for it, when, and how the gate stands. Plain data, given by the caller.

use serde::{Deserialize, Serialize};

/// The dialect a page is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flavour {
    /// Reads well on every host: notes are block quotes with a bold label.
    #[default]
    Portable,
    /// Notes are Docusaurus admonitions.
    Docusaurus,
}

/// How the gate stands, as the gate derived it.
///
/// Builtin templates show it in the front matter only: a decision covers the body of a page, so a body that changed with the
/// state would void the decision that changed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateView {
    /// The state's word (`draft`, `in-review`, `approved`, …); also the front matter's `status`.
    pub state: String,
    /// Whether the next phase may start.
    pub open: bool,
    /// One sentence on why, for people; empty where there is nothing to add.
    pub detail: String,
}

/// Everything a page shows that is not part of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageContext {
    /// The persona named on the page.
    pub analyst: String,
    /// The persona named on a plan.
    pub planner: String,
    /// The principal who prepared the page, where known.
    pub prepared_by: Option<String>,
    /// Where issue keys lead (`https://…/browse/` is appended), where configured.
    pub jira_base_url: Option<String>,
    /// The dialect.
    pub flavour: Flavour,
    /// First writing of the page (RFC 3339, UTC).
    pub generated_at: String,
    /// Last change of the page (RFC 3339, UTC).
    pub last_updated: String,
    /// How the gate of this page stands.
    pub gate: GateView,
    /// Names of the files that exist below `./evidence`.
    pub evidence_files: Vec<String>,
}
