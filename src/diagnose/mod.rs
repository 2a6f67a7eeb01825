//! Weighs the matches of rules into hypotheses: points, dots, status, role, order; what is not carried is not claimed.
//!
//! The steps are those of docs/ARCHITECTURE.md, "How points, order and dots come about", one file each.

mod cause;
mod dots;
mod draft;
mod fill;
mod named;
mod names;
mod rank;
mod sections;
mod weigh;

pub use cause::{CauseStatements, cause_statements};
pub use draft::{Claim, Draft, Support, Weighed};
pub use names::CaseNames;

use crate::extract::Reading;
use crate::finding::Finding;
use crate::rules::{MatchInput, RuleSet, match_rules, text_units};
use crate::source::SourceMap;

use sections::DefectSections;

/// What the diagnosis needs beside the reading.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// Names of the case that explanations and remedies may use.
    pub names: CaseNames,
}

/// Runs the rules over a reading and weighs what they find; leading hypothesis first.
pub fn diagnose(
    sources: &SourceMap,
    reading: &Reading,
    findings: &[Finding],
    rules: &RuleSet,
    hints: &Hints,
) -> Vec<Draft> {
    let units = text_units(sources, reading);
    let input = MatchInput { sources, reading, units: &units, findings };
    let matches = match_rules(rules, &input);
    let causes = cause_statements(&units);
    let weighed = weigh::weigh(rules, &matches, &causes);
    let ranked = rank::rank(rules, weighed, &causes, &DefectSections::of(reading));
    let mut drafts: Vec<Draft> =
        ranked.into_iter().map(|weighed| fill::draft(sources, rules, weighed, &hints.names)).collect();
    named::add_named(rules, &input, &matches, &mut drafts);
    rank::order(&mut drafts);
    fill::settle_rivals(&mut drafts);
    drafts
}
