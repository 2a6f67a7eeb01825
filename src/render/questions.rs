//! Open questions of a case: what its sources ask, what they leave out, and what evidence would settle a hypothesis.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::case::{Case, CaseFinding, Cited, HypothesisStatus};
use crate::finding::Code;

/// Hypotheses whose missing evidence is asked for; the rest are too weak to send anybody searching.
const ASKED_HYPOTHESES: usize = 3;

/// A question the page asks; the template words it.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Question<'a> {
    /// A source asks it itself.
    Asked { text: &'a str, place: &'a Cited },
    /// An expected outcome can be read in two ways.
    Ambiguous { finding: &'a CaseFinding },
    /// A fact every report needs is not in the sources.
    NotStated { what: &'static str },
    /// Evidence that would settle a hypothesis.
    Collect { collect: &'a str, hypotheses: Vec<&'a str> },
}

/// All open questions, those of the sources first.
pub(super) fn open_questions(case: &Case) -> Vec<Question<'_>> {
    let asked = case.questions.iter().map(|fact| Question::Asked { text: &fact.text, place: &fact.span });
    let ambiguous = case
        .findings
        .iter()
        .filter(|finding| finding.code == Code::AmbiguousExpectation.as_str())
        .map(|finding| Question::Ambiguous { finding });
    let not_stated = not_stated(case).into_iter().map(|what| Question::NotStated { what });
    asked.chain(ambiguous).chain(collect(case)).chain(not_stated).collect()
}

/// What to collect next for the leading hypotheses, each thing once.
pub(super) fn collect(case: &Case) -> Vec<Question<'_>> {
    let live = case.hypotheses.iter().filter(|h| h.status != HypothesisStatus::Refuted).take(ASKED_HYPOTHESES);
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut out: Vec<(&str, Vec<&str>)> = Vec::new();
    for hypothesis in live {
        for missing in &hypothesis.missing {
            let text = missing.collect.as_str();
            if seen.insert(text) {
                out.push((text, vec![&hypothesis.id]));
            } else if let Some(known) = out.iter_mut().find(|(collect, _)| *collect == text) {
                known.1.push(&hypothesis.id);
            }
        }
    }
    out.into_iter().map(|(collect, hypotheses)| Question::Collect { collect, hypotheses }).collect()
}

/// The facts a decision needs and the sources do not give.
fn not_stated(case: &Case) -> Vec<&'static str> {
    let meta = &case.metadata;
    let facts = [
        (meta.priority.is_some(), "priority"),
        (!case.impact.is_empty(), "impact on users"),
        (!meta.components.is_empty(), "affected components"),
        (!meta.environments.is_empty(), "affected environments"),
        (!meta.versions.is_empty() || !case.changes.is_empty(), "version or change since which it occurs"),
        (!case.timeline.is_empty() || meta.date.is_some(), "time of the first occurrence"),
        (!case.reproduction.is_empty(), "steps to reproduce it"),
    ];
    facts.into_iter().filter(|(stated, _)| !stated).map(|(_, what)| what).collect()
}
