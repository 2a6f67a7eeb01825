//! Findings: what is wrong with an input, a report or a plan. Data only; the words for each code are in `finding/code.rs`.

mod code;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use code::Code;

use crate::span::Span;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; often rests on an assumption that the message prints.
    Note,
    /// Should be mended before anybody decides on the page.
    Warning,
    /// The page cannot be relied on as it is.
    Error,
}

/// A defect of an input, a report or a plan, with its places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of defect.
    pub code: Code,
    /// What is wrong, in one sentence; lower case, no full stop.
    pub message: String,
    /// Places with what each shows; contradictions have two.
    pub labels: Vec<(Span, String)>,
    /// The computed value that shows it.
    pub computed: Option<String>,
    /// What to do.
    pub fix: Option<String>,
}

impl Finding {
    /// A finding without places; add them with [`Finding::at`].
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Finding { code, message: message.into(), labels: Vec::new(), computed: None, fix: None }
    }

    /// Adds a place.
    pub fn at(mut self, span: Span, label: impl Into<String>) -> Self {
        self.labels.push((span, label.into()));
        self
    }

    /// Adds the computed value.
    pub fn computed(mut self, value: impl Into<String>) -> Self {
        self.computed = Some(value.into());
        self
    }

    /// Adds what to do.
    pub fn fix(mut self, text: impl Into<String>) -> Self {
        self.fix = Some(text.into());
        self
    }
}
