//! Writing a case folder: all files of a run or none, and nobody's edits overwritten.
//!
//! What a run writes it also remembers under `.generated/`, so that the next run can tell a person's edit from its own text.

mod diff;
mod files;
mod manifest;
mod staging;
mod standing;
mod times;
mod write;

pub use files::{CaseFiles, Overwrite, WriteError, WriteKind, WriteOutcome};
pub use manifest::first_generated;
pub use write::write_case;
