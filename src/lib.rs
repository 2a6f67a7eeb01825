//! casefile: bytes in, claims with places, files out.
//!
//! The flow is read → parse → extract → diagnose → register, then plan, render and gate; [`pipeline`] calls the stages in
//! that order and is the file to read first. docs/ARCHITECTURE.md has the layers and the invariants.

pub mod case;
pub mod case_folder;
pub mod cli;
pub mod diagnose;
pub mod extract;
pub mod finding;
pub mod gate;
pub mod limits;
pub mod log;
pub mod markdown;
pub mod pattern;
pub mod payload;
pub mod pipeline;
pub mod plan;
pub mod register;
pub mod render;
pub mod rule_check;
pub mod rule_corpus;
pub mod rules;
pub mod source;
pub mod span;
pub mod trace;
pub mod yaml;
