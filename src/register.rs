//! Makes the case of what the stages found: cites the drafts' spans, numbers the evidence, fills in the numbers.
//!
//! Evidence is numbered in source order, one number a distinct place, so a rerun over the same sources gives the same ids.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::case::{
    Basis, CASE_SCHEMA, Case, CaseFinding, Cited, Considered, Evidence, EvidenceId, EvidenceKind, Fact, FindingPlace,
    Hypothesis, HypothesisStatus, Location, RulePack, SignalMatch, SupportingEvidence, Tool,
};
use crate::diagnose::{Claim, Draft, Support};
use crate::extract::Facts;
use crate::finding::Finding;
use crate::source::SourceMap;

/// What the caller decides about a case: identity, author, time, rules.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Id of the case.
    pub id: String,
    /// The principal who prepares it.
    pub prepared_by: Option<String>,
    /// Time of making, RFC 3339.
    pub generated_at: String,
    /// The rules that were run.
    pub rules: RulePack,
}

/// Order of a place: source, first byte, last byte.
type Place = (usize, u64, u64);

struct Register<'a> {
    order: BTreeMap<&'a str, usize>,
    places: BTreeMap<Place, (EvidenceKind, Basis, Cited)>,
    numbers: BTreeMap<Place, EvidenceId>,
}

/// Builds the case.
pub fn build_case(
    sources: &SourceMap,
    facts: Facts,
    findings: &[Finding],
    drafts: &[Draft],
    identity: Identity,
) -> Case {
    let mut case = empty_case(sources, facts, identity);
    case.findings = findings.iter().map(|finding| cite_finding(sources, finding)).collect();
    let mut register = Register::new(sources);
    for draft in drafts {
        draft.supports.iter().chain(&draft.contradicts).for_each(|support| register.support(sources, support));
    }
    each_citation(&mut case, &mut |cited, kind, basis| register.add(cited, kind, basis));
    register.number();
    each_citation(&mut case, &mut |cited, _, _| cited.id = register.id(cited));
    each_fact(&mut case, &mut |fact| fact.evidence = fact.span.id.into_iter().collect());
    case.evidence = register.evidence();
    let shown = |draft: &&Draft| draft.dots >= 2 || draft.status == HypothesisStatus::Refuted;
    let hypotheses = drafts.iter().filter(shown).enumerate();
    case.hypotheses = hypotheses.map(|(index, draft)| register.hypothesis(sources, index, draft)).collect();
    case.considered =
        drafts.iter().filter(|draft| draft.rule != "stated").map(|draft| register.considered(sources, draft)).collect();
    case.considered.sort_by(|a, b| (b.dots, b.points).cmp(&(a.dots, a.points)).then_with(|| a.rule.cmp(&b.rule)));
    case
}

fn empty_case(sources: &SourceMap, facts: Facts, identity: Identity) -> Case {
    let mut metadata = facts.metadata;
    metadata.id.clone_from(&identity.id);
    let locations = locations(&facts.code_paths);
    Case {
        schema: CASE_SCHEMA.into(),
        id: identity.id,
        sources: sources.iter().map(|source| sources.record(source.id)).collect(),
        metadata,
        problem_statement: facts.problem_statement,
        impact: facts.impact,
        symptoms: facts.symptoms,
        expectations: facts.expectations,
        reproduction: facts.reproduction,
        ruled_out: facts.ruled_out,
        suspicions: facts.suspicions,
        questions: facts.questions,
        changes: facts.changes,
        error_codes: facts.error_codes,
        log_events: facts.log_events,
        stack_traces: facts.stack_traces,
        lock_reports: facts.lock_reports,
        code_paths: facts.code_paths,
        code_names: facts.code_names,
        payloads: facts.payloads,
        timeline: facts.timeline,
        metrics: facts.metrics,
        hypotheses: Vec::new(),
        considered: Vec::new(),
        evidence: Vec::new(),
        prepared_by: identity.prepared_by,
        locations,
        workspace: None,
        related: Vec::new(),
        findings: Vec::new(),
        generated_at: identity.generated_at,
        tool: Tool { name: env!("CARGO_PKG_NAME").into(), version: env!("CARGO_PKG_VERSION").into() },
        rules: identity.rules,
    }
}

/// Places the sources themselves name, in the order named: without a workspace nothing more can be said.
fn locations(paths: &[crate::case::CodePath]) -> Vec<Location> {
    let named = paths.iter().map(|path| Location {
        path: path.path.clone(),
        line: path.line,
        function: path.function.clone(),
        score: u32::try_from(path.spans.len()).unwrap_or(1).min(10) * 100,
        why: vec![match path.spans.len() {
            0 | 1 => "named once in the sources".to_string(),
            times => format!("named {times} times in the sources"),
        }],
    });
    let mut locations: Vec<Location> = named.collect();
    locations.sort_by_key(|location| std::cmp::Reverse(location.score));
    locations
}

/// A finding with its places cited; more than one word of each place is never invented.
pub fn cite_finding(sources: &SourceMap, finding: &Finding) -> CaseFinding {
    CaseFinding {
        code: finding.code.to_string(),
        severity: finding.code.severity(),
        message: finding.message.clone(),
        places: finding
            .labels
            .iter()
            .map(|(span, label)| FindingPlace { span: sources.cite(*span), label: label.clone() })
            .collect(),
        computed: finding.computed.clone(),
        fix: finding.fix.clone(),
    }
}

impl<'a> Register<'a> {
    fn new(sources: &'a SourceMap) -> Self {
        let order = sources.iter().enumerate().map(|(index, source)| (source.path.as_str(), index)).collect();
        Register { order, places: BTreeMap::new(), numbers: BTreeMap::new() }
    }

    fn place(&self, cited: &Cited) -> Place {
        (self.order.get(cited.source.as_str()).copied().unwrap_or(usize::MAX), cited.bytes[0], cited.bytes[1])
    }

    fn add(&mut self, cited: &Cited, kind: EvidenceKind, basis: Basis) {
        let place = self.place(cited);
        self.places.entry(place).or_insert_with(|| (kind, basis, cited.clone()));
    }

    fn support(&mut self, sources: &SourceMap, support: &Support) {
        self.add(&sources.cite(support.span), support.kind, support.basis);
    }

    fn number(&mut self) {
        self.numbers = (1..).zip(self.places.keys()).map(|(number, place)| (*place, EvidenceId(number))).collect();
    }

    fn id(&self, cited: &Cited) -> Option<EvidenceId> {
        self.numbers.get(&self.place(cited)).copied()
    }

    fn evidence(&self) -> Vec<Evidence> {
        let items = self.places.iter().zip(self.numbers.values());
        items
            .map(|((_, (kind, basis, cited)), id)| Evidence {
                id: *id,
                kind: *kind,
                basis: *basis,
                source: cited.source.clone(),
                lines: cited.lines,
                bytes: cited.bytes,
                sha256: Sha256::digest(cited.quote.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect(),
                quote: cited.quote.clone(),
            })
            .collect()
    }

    fn hypothesis(&self, sources: &SourceMap, index: usize, draft: &Draft) -> Hypothesis {
        let side = |supports: &[Support]| -> Vec<SupportingEvidence> {
            let mut list: Vec<SupportingEvidence> =
                supports.iter().filter_map(|support| self.supporting(sources, support)).collect();
            list.sort_by(|a, b| b.weight.cmp(&a.weight).then(a.id.cmp(&b.id)));
            list.dedup_by_key(|evidence| evidence.id);
            list
        };
        Hypothesis {
            id: format!("H{}", index + 1),
            rule: draft.rule.clone(),
            rule_version: draft.rule_version,
            class: draft.class.clone(),
            title: sources.redact_text(&draft.title),
            role: draft.role,
            status: draft.status,
            dots: draft.dots,
            points: draft.points,
            stated: draft.stated,
            signals: self.signals(sources, draft),
            evidence_for: side(&draft.supports),
            evidence_against: side(&draft.contradicts),
            reason: draft.reason.clone(),
            checked_against: draft.checked_against.clone(),
            missing: draft.missing.clone(),
            discriminators: draft.discriminators.clone(),
            explanation: sources.redact_text(&draft.explanation),
            odc: draft.odc.clone(),
            fix: draft.fix.clone(),
        }
    }

    fn supporting(&self, sources: &SourceMap, support: &Support) -> Option<SupportingEvidence> {
        let cited = sources.cite(support.span);
        Some(SupportingEvidence {
            id: self.id(&cited)?,
            kind: support.kind,
            basis: support.basis,
            source: cited.source,
            lines: cited.lines,
            quote: cited.quote,
            weight: support.weight,
            signal: support.signal.clone(),
        })
    }

    fn signals(&self, sources: &SourceMap, draft: &Draft) -> Vec<SignalMatch> {
        let signal = |claim: &crate::diagnose::Claim| {
            let mut evidence: Vec<EvidenceId> =
                claim.spans.iter().filter_map(|span| self.id(&sources.cite(*span))).collect();
            evidence.sort_unstable();
            evidence.dedup();
            let Claim { name, kind, tier, points, cues, .. } = claim.clone();
            SignalMatch { name, kind, tier, points, cues, evidence }
        };
        draft.claims.iter().map(signal).collect()
    }

    fn considered(&self, sources: &SourceMap, draft: &Draft) -> Considered {
        Considered {
            rule: draft.rule.clone(),
            class: draft.class.clone(),
            dots: draft.dots,
            points: draft.points,
            signals: self.signals(sources, draft),
            unmatched: draft.unmatched.clone(),
            steps: draft.steps.clone(),
        }
    }
}

/// Visits every place of the case that a page may cite.
fn each_citation(case: &mut Case, visit: &mut dyn FnMut(&mut Cited, EvidenceKind, Basis)) {
    use EvidenceKind as K;
    each_fact(case, &mut |fact| {
        let basis = fact.basis;
        visit(&mut fact.span, K::Prose, basis);
    });
    for field in &mut case.metadata.fields {
        visit(&mut field.span, K::Prose, Basis::Reported);
    }
    for code in &mut case.error_codes {
        visit(&mut code.span, K::Prose, Basis::Observed);
    }
    let logs = &mut case.log_events;
    let events = logs.templates.iter_mut().map(|t| &mut t.span).chain(logs.bursts.iter_mut().map(|b| &mut b.span));
    let quiet = logs.gaps.iter_mut().map(|gap| &mut gap.span).chain(logs.periods.iter_mut().map(|p| &mut p.span));
    for span in events.chain(quiet).chain(logs.excerpt.iter_mut().map(|line| &mut line.span)) {
        visit(span, K::Log, Basis::Observed);
    }
    for trace in &mut case.stack_traces {
        visit(&mut trace.span, K::Trace, Basis::Observed);
    }
    for report in &mut case.lock_reports {
        visit(&mut report.span, K::Trace, Basis::Observed);
        report.parties.iter_mut().for_each(|party| visit(&mut party.span, K::Trace, Basis::Observed));
    }
    for span in case.code_paths.iter_mut().flat_map(|path| path.spans.iter_mut().take(1)) {
        visit(span, K::Prose, Basis::Reported);
    }
    for span in case.code_names.iter_mut().flat_map(|name| name.spans.iter_mut().take(1)) {
        visit(span, K::Prose, Basis::Reported);
    }
    for payload in &mut case.payloads {
        visit(&mut payload.span, K::Payload, Basis::Observed);
    }
    for row in &mut case.timeline {
        visit(&mut row.span, K::Prose, Basis::Reported);
    }
    for place in case.findings.iter_mut().flat_map(|finding| &mut finding.places) {
        visit(&mut place.span, K::Prose, Basis::Reported);
    }
}

fn each_fact(case: &mut Case, visit: &mut dyn FnMut(&mut Fact)) {
    let lists = [
        &mut case.impact,
        &mut case.symptoms,
        &mut case.reproduction,
        &mut case.ruled_out,
        &mut case.suspicions,
        &mut case.questions,
        &mut case.changes,
    ];
    for fact in case.problem_statement.iter_mut().chain(lists.into_iter().flatten()) {
        visit(fact);
        fact.details.iter_mut().for_each(&mut *visit);
    }
    for pair in &mut case.expectations {
        visit(&mut pair.expected);
        visit(&mut pair.actual);
    }
}
