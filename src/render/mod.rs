//! Pages and JSON from a case: escaping, templates, front matter, diagrams. Reads no clock and decides nothing about a case.
//!
//! `Case` and `Plan` go in, text comes out; the state of the gate and the times are given by the caller.

mod code;
mod engine;
mod error;
mod escape;
mod filters;
mod folder;
mod front_matter;
mod hypotheses;
mod inline;
mod json;
mod layout;
mod link;
mod machine_text;
mod mermaid;
mod page;
mod page_view;
mod plan;
mod questions;
mod register;
mod renderer;
mod report;
mod visible;
mod workspace;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod pages_test;

pub use code::{code_block, code_span};
pub use error::RenderError;
pub use escape::escape;
pub use folder::{category, evidence_files};
pub use front_matter::FrontMatter;
pub use json::{to_json, to_json_line};
pub use page::{Flavour, GateView, PageContext};
pub use renderer::Renderer;
pub use visible::visible;
