//! What a document says about itself: id, severity, people, dates, components.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Cited;

/// Normalised priority; the text as written is kept beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "P0 to P4 are their own documentation")]
pub enum Priority {
    P0,
    P1,
    P2,
    P3,
    P4,
}

/// The genre of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the variants are the field's standard terms")]
pub enum DocumentKind {
    #[default]
    Incident,
    Bug,
    Ticket,
    Alert,
    Chat,
    Audit,
    TestFailure,
    Postmortem,
    Plan,
    Report,
}

/// One metadata line as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MetadataField {
    /// The key as written, without markup.
    pub key: String,
    /// The value as written, without markup.
    pub value: String,
    /// Where it stands.
    pub span: Cited,
}

/// What the leading document says about itself; `None` or empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the fields are named as the keys people write")]
pub struct Metadata {
    pub id: String,
    pub title: String,
    pub kind: DocumentKind,
    pub severity_text: Option<String>,
    pub priority: Option<Priority>,
    pub reported_by: Option<String>,
    pub date: Option<String>,
    pub components: Vec<String>,
    pub environments: Vec<String>,
    pub versions: Vec<String>,
    pub assigned: Option<String>,
    pub status_text: Option<String>,
    pub sla: Option<String>,
    /// Keys of related issues named in the sources, sorted.
    pub related_issues: Vec<String>,
    /// Every metadata line, in source order.
    pub fields: Vec<MetadataField>,
}
