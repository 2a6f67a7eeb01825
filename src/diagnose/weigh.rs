//! Points: what each distinct cue and signal is worth, in thousandths.
//!
//! A cue counts once, at its best place, with 15 % more for each doubling of places and less the commoner it is in neutral
//! texts; cues are sorted and the i-th counts 0.75^i; at most eight count. Ten repeats of one word are one cue.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::{Basis, CueMatch, EvidenceKind, SignalKind};
use crate::extract::SectionRole;
use crate::rules::{Match, Rule, RuleSet, Side, Signal};
use crate::span::Span;

use super::cause::CauseStatements;
use super::dots;
use super::draft::{Claim, Support, Weighed};

/// What a cue is worth by its tier, in points: a topic word, a strong symptom, the name of the mechanism. Chosen over all
/// labelled sets together (docs/QUALITY.md).
const WORTH: [u64; 4] = [0, 1, 2, 5];
/// Most cues that count.
const CUES: usize = 8;
/// Share of the next cue in thousandths of the one before it.
const DECAY: u64 = 750;
/// Addition for each doubling of a cue's places, in thousandths.
const DOUBLING: u64 = 150;
/// Share of a suspected statement.
const SUSPECTED: u64 = 800;
/// Share of a topic word without a problem predicate.
const TOPIC: u64 = 700;
/// Most places of one cue that become evidence.
const PLACES: usize = 2;

/// Weighs the matches of every rule that has any.
pub(super) fn weigh(rules: &RuleSet, matches: &[Match], causes: &CauseStatements) -> Vec<Weighed> {
    let stated = stated_rules(matches, causes);
    let mut weighed = Vec::new();
    let mut start = 0;
    while start < matches.len() {
        let rule = matches[start].rule;
        let end = start + matches[start..].partition_point(|hit| hit.rule == rule);
        let own = &matches[start..end];
        weighed.push(one(&rules.rules[rule], rule, own, stated.contains(&rule)));
        start = end;
    }
    weighed
}

fn one(rule: &Rule, number: usize, matches: &[Match], stated: bool) -> Weighed {
    let mut out = Weighed { rule: number, stated, ..Weighed::default() };
    let cues = cues(matches);
    let mut worth: Vec<(u64, &Cue<'_>)> = cues.iter().map(|cue| (cue.points(), cue)).collect();
    worth.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.key.cmp(&b.1.key)));
    let mut share = 1000_u64;
    let mut total = 0_u64;
    // A topic word is worth points, but no reader wants it cited where something stronger stands.
    let strongest = worth.iter().map(|(_, cue)| cue.tier).max().unwrap_or(0);
    for (points, cue) in worth.iter().take(CUES) {
        let counted = points * share / 1000;
        share = share * DECAY / 1000;
        total += counted;
        let cited = cue.tier >= 2 || strongest < 2;
        out.add_claim(&rule.signals[cue.signal], cue, u32::try_from(counted).unwrap_or(u32::MAX), cited);
    }
    out.points = u32::try_from(total).unwrap_or(u32::MAX);
    out.structural = cues.iter().any(|cue| cue.hits.iter().any(|hit| hit.structural));
    out.tied_to_symptom = cues.iter().flat_map(|cue| &cue.hits).any(|hit| hit.tier >= 2 && tells_symptoms(hit));
    for hit in cues.iter().flat_map(|cue| &cue.hits) {
        for (name, value) in &hit.bindings {
            if !value.is_empty() {
                out.bindings.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
    }
    contradictions(rule, matches, &mut out);
    let strength = dots::Strength::of(&cues.iter().flat_map(|cue| cue.hits.iter().copied()).collect::<Vec<_>>());
    dots::contract(&strength, &mut out);
    out
}

/// Matches of one cue, or of one signal that is not prose.
struct Cue<'a> {
    key: (usize, &'a str),
    signal: usize,
    tier: u8,
    hits: Vec<&'a Match>,
}

/// Cues that stand: not denied, not ruled out.
fn cues(matches: &[Match]) -> Vec<Cue<'_>> {
    let mut cues: BTreeMap<(usize, &str), Cue<'_>> = BTreeMap::new();
    let stands = |hit: &&Match| hit.side == Side::For && !hit.negated && hit.basis != Basis::RuledOut;
    for hit in without_overlaps(matches.iter().filter(stands).collect()) {
        let key = (hit.signal, hit.cue.as_str());
        let cue = cues.entry(key).or_insert_with(|| Cue { key, signal: hit.signal, tier: hit.tier, hits: Vec::new() });
        cue.hits.push(hit);
    }
    cues.into_values().collect()
}

/// Matches of which no two stand on the same words: the higher tier counts, then the longer one, then the first.
fn without_overlaps(mut hits: Vec<&Match>) -> Vec<&Match> {
    let length = |hit: &Match| hit.site.as_ref().map_or(0, ExactSizeIterator::len);
    hits.sort_by(|a, b| {
        (a.unit, b.tier, length(b)).cmp(&(b.unit, a.tier, length(a))).then(a.span.cmp(&b.span)).then(a.cue.cmp(&b.cue))
    });
    let mut kept: Vec<&Match> = Vec::new();
    let mut unit_start = 0;
    for hit in hits {
        if kept.last().is_some_and(|last| last.unit != hit.unit) {
            unit_start = kept.len();
        }
        let overlaps = |other: &&Match| match (&hit.site, &other.site) {
            (Some(a), Some(b)) => hit.unit.is_some() && a.start < b.end && b.start < a.end,
            _ => false,
        };
        if !kept[unit_start..].iter().any(overlaps) {
            kept.push(hit);
        }
    }
    kept
}

impl Cue<'_> {
    fn points(&self) -> u64 {
        let best = self.hits.iter().map(|hit| place_weight(hit)).max().unwrap_or(0);
        let places = self.hits.iter().map(|hit| hit.span).collect::<BTreeSet<Span>>().len();
        let doublings = u64::from(places.max(1).ilog2());
        let specificity = self.hits.first().map_or(0, |hit| u64::from(hit.specificity));
        WORTH[usize::from(self.tier.min(3))] * best * (1000 + DOUBLING * doublings) * specificity / 1_000_000
    }

    /// The cue as `explain` shows it.
    fn told(&self, points: u32) -> CueMatch {
        let places = self.hits.iter().map(|hit| hit.span).collect::<BTreeSet<Span>>().len();
        CueMatch { cue: self.key.1.to_string(), points, places: u32::try_from(places).unwrap_or(u32::MAX) }
    }

    /// The places worth citing, best first.
    fn best(&self) -> Vec<&Match> {
        let mut hits = self.hits.clone();
        hits.sort_by(|a, b| place_weight(b).cmp(&place_weight(a)).then(a.span.cmp(&b.span)));
        hits.dedup_by(|a, b| a.span == b.span);
        hits.truncate(PLACES);
        hits
    }
}

/// Weight of a place in thousandths: mild by section, less for a suspicion, less for a bare topic word.
fn place_weight(hit: &Match) -> u64 {
    let mut weight = section_weight(hit.role);
    if hit.basis == Basis::Suspected {
        weight = weight * SUSPECTED / 1000;
    }
    if hit.topic {
        weight = weight * TOPIC / 1000;
    }
    weight
}

/// Weight of a section in thousandths; never above 2000.
fn section_weight(role: SectionRole) -> u64 {
    use SectionRole as R;
    match role {
        R::Title | R::Cause => 1200,
        R::Summary
        | R::Problem
        | R::Symptoms
        | R::Evidence
        | R::Actual
        | R::Reproduction
        | R::Timeline
        | R::Investigation => 1000,
        R::Suspicions | R::Questions | R::Contributing | R::Fix | R::Environment | R::Other => 1000,
        R::Impact
        | R::Lessons
        | R::ActionItems
        | R::Prevention
        | R::Alternatives
        | R::Risks
        | R::Tests
        | R::Expected => 500,
        R::Monitoring => 500,
        R::References | R::People | R::Related | R::CodePaths | R::Metadata => 300,
        R::RuledOut => 0,
    }
}

/// Whether a match stands where symptoms are told: words in such a section, or what a log or a trace shows. A payload or a
/// piece of code is where a defect sits, not what anybody noticed.
fn tells_symptoms(hit: &Match) -> bool {
    use SectionRole as R;
    match hit.kind {
        SignalKind::Log | SignalKind::Trace => true,
        SignalKind::Payload | SignalKind::Code | SignalKind::Config => false,
        SignalKind::Prose | SignalKind::Metric => matches!(
            hit.role,
            R::Title | R::Summary | R::Problem | R::Symptoms | R::Evidence | R::Impact | R::Timeline | R::Cause
        ),
    }
}

impl Weighed {
    fn add_claim(&mut self, signal: &Signal, cue: &Cue<'_>, points: u32, cited: bool) {
        let hits = if cited { cue.best() } else { Vec::new() };
        let spans: Vec<Span> =
            hits.iter().flat_map(|hit| std::iter::once(hit.span).chain(hit.more.iter().copied())).collect();
        for hit in &hits {
            for span in std::iter::once(hit.span).chain(hit.more.iter().copied()) {
                self.support(Support {
                    span,
                    kind: evidence_kind(hit.kind),
                    basis: hit.basis,
                    weight: points,
                    signal: signal.name.clone(),
                });
            }
        }
        let told = (signal.kind == SignalKind::Prose).then(|| cue.told(points));
        match self.claims.iter_mut().find(|claim| claim.name == signal.name) {
            Some(claim) => {
                claim.cues.extend(told);
                claim.points = claim.points.saturating_add(points);
                claim.tier = claim.tier.max(cue.tier);
                claim.spans.extend(spans);
            }
            None => {
                let cues = told.into_iter().collect();
                let name = signal.name.clone();
                self.claims.push(Claim { name, kind: signal.kind, tier: cue.tier, points, cues, spans });
            }
        }
    }

    /// Adds evidence; the same place is cited once, with the higher weight.
    fn support(&mut self, support: Support) {
        match self.supports.iter_mut().find(|known| known.span == support.span) {
            Some(known) => known.weight = known.weight.max(support.weight),
            None => self.supports.push(support),
        }
    }
}

pub(super) fn evidence_kind(kind: SignalKind) -> EvidenceKind {
    match kind {
        SignalKind::Prose => EvidenceKind::Prose,
        SignalKind::Metric => EvidenceKind::Metric,
        SignalKind::Log => EvidenceKind::Log,
        SignalKind::Trace => EvidenceKind::Trace,
        SignalKind::Payload => EvidenceKind::Payload,
        SignalKind::Code => EvidenceKind::Code,
        SignalKind::Config => EvidenceKind::Config,
    }
}

/// Signals against, and statements that rule the rule's own words out.
fn contradictions(rule: &Rule, matches: &[Match], out: &mut Weighed) {
    for hit in matches {
        let (counts, refutes, signal) = match hit.side {
            Side::Against => (!hit.negated, rule.against[hit.signal].refutes, &rule.against[hit.signal]),
            Side::For => (hit.basis == Basis::RuledOut && hit.tier >= 2, hit.tier == 3, &rule.signals[hit.signal]),
        };
        if !counts {
            continue;
        }
        let support = Support {
            span: hit.span,
            kind: evidence_kind(hit.kind),
            basis: hit.basis,
            weight: 0,
            signal: signal.name.clone(),
        };
        if !out.contradicts.iter().any(|known| known.span == support.span) {
            out.contradicts.push(support);
        }
        if refutes && out.refuted.is_none() {
            out.refuted = Some(match hit.side {
                Side::Against => format!("refuted by: {}", signal.name.replace('-', " ")),
                Side::For => "ruled out by the source".into(),
            });
        }
    }
    // What the sources state as the cause stands above what they once ruled out.
    if out.stated && out.refuted.as_deref() == Some("ruled out by the source") {
        out.refuted = None;
    }
}

/// Rules whose words stand in an unhedged statement of the cause: of each statement the best rule and its near equals.
fn stated_rules(matches: &[Match], causes: &CauseStatements) -> BTreeSet<usize> {
    type Cues<'a> = BTreeSet<(u8, &'a str)>;
    let mut scores: BTreeMap<usize, BTreeMap<usize, Cues<'_>>> = BTreeMap::new();
    for hit in matches.iter().filter(|hit| hit.side == Side::For && !hit.negated && hit.tier >= 2) {
        let (Some(unit), Some(site)) = (hit.unit, &hit.site) else { continue };
        if causes.states(unit, site) {
            scores.entry(unit).or_default().entry(hit.rule).or_default().insert((hit.tier, &hit.cue));
        }
    }
    let mut stated = BTreeSet::new();
    for rules in scores.into_values() {
        let total = |cues: &BTreeSet<(u8, &str)>| cues.iter().map(|(tier, _)| u32::from(*tier)).sum::<u32>();
        let best = rules.values().map(total).max().unwrap_or(0);
        stated.extend(rules.iter().filter(|(_, cues)| total(cues) * 10 >= best * 7).map(|(rule, _)| *rule));
    }
    stated
}
