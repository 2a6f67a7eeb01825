//! A hypothesis before its evidence is numbered: everything still points at spans.

use std::collections::BTreeMap;

use crate::case::{
    Basis, CueMatch, Discriminator, EvidenceKind, Fix, HypothesisStatus, Missing, Odc, Role, SignalKind,
};
use crate::span::Span;

/// A piece of evidence for or against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Support {
    /// Its place.
    pub span: Span,
    /// Where it was read.
    pub kind: EvidenceKind,
    /// How it is known.
    pub basis: Basis,
    /// Points in thousandths.
    pub weight: u32,
    /// Name of the signal.
    pub signal: String,
}

/// A signal that matched, with what it brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Name of the signal.
    pub name: String,
    /// Its kind.
    pub kind: SignalKind,
    /// Best tier among its matches.
    pub tier: u8,
    /// Points in thousandths.
    pub points: u32,
    /// Its cues, where it is one of words, in the order in which they counted.
    pub cues: Vec<CueMatch>,
    /// Places.
    pub spans: Vec<Span>,
}

/// A rule with its matches weighed.
#[derive(Clone, Debug, Default)]
pub struct Weighed {
    /// Index of the rule.
    pub rule: usize,
    /// Points in thousandths, before `yields_to`.
    pub points: u32,
    /// Dots by the contract, before the gates that need the other rules.
    pub dots: u8,
    /// Why the dots are what they are, one line a step.
    pub steps: Vec<String>,
    /// Signals that matched.
    pub claims: Vec<Claim>,
    /// Evidence for.
    pub supports: Vec<Support>,
    /// Evidence against.
    pub contradicts: Vec<Support>,
    /// Whether a source states the cause.
    pub stated: bool,
    /// Whether a signal against refutes it.
    pub refuted: Option<String>,
    /// Whether a structural match stands.
    pub structural: bool,
    /// Whether a code or config signal stands.
    pub has_code: bool,
    /// Whether the rule has nothing but one cue of tier 2, or what is only suspected: a candidate where nothing else stands.
    pub candidate: bool,
    /// Whether any evidence stands where symptoms are told.
    pub tied_to_symptom: bool,
    /// What the signals captured.
    pub bindings: BTreeMap<String, String>,
    /// The more specific class it gave way to.
    pub yielded_to: Option<String>,
}

/// A hypothesis, complete but for evidence numbers.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields are those of case::Hypothesis, documented there")]
pub struct Draft {
    pub rule: String,
    pub rule_version: u32,
    pub class: String,
    pub title: String,
    pub role: Role,
    pub status: HypothesisStatus,
    pub dots: u8,
    pub points: u32,
    pub stated: bool,
    pub claims: Vec<Claim>,
    pub supports: Vec<Support>,
    pub contradicts: Vec<Support>,
    pub reason: Option<String>,
    pub checked_against: Vec<String>,
    pub missing: Vec<Missing>,
    pub discriminators: Vec<Discriminator>,
    pub explanation: String,
    pub odc: Option<Odc>,
    pub fix: Option<Fix>,
    /// Names of signals for it that did not match.
    pub unmatched: Vec<String>,
    /// Why the dots are what they are.
    pub steps: Vec<String>,
}
