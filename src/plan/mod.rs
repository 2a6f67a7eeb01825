//! Plans: from the hypotheses of a case and their remedies to tasks, tests, risks and a way back.
//!
//! A plan is a pure function of the case; every sentence in it is one of the case or says what to do with one.

mod criticise;
mod cycle;
mod finalization;
mod implementation;
mod investigation;
mod make;
mod outcome;
mod paths;
mod preparation;
mod ruled_out;
mod tasks;
mod threshold;
mod traceability;
mod track;
mod validation;

pub use criticise::criticise;
pub use make::{PlanOptions, make_plan};

#[cfg(test)]
mod sample;
