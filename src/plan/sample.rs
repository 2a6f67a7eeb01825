//! A small case for the tests of this module.

use crate::case::{
    Alternative, ApproachType, Basis, CASE_SCHEMA, Case, Cited, CodePath, Component, Effort, EvidenceId, EvidenceKind,
    Fact, Fix, Hypothesis, HypothesisStatus, LogSummary, Metadata, Missing, Resolution, RiskLevel, Role, Rollback,
    RulePack, SignalKind, SuccessCriterion, SupportingEvidence, TestCase, Tool,
};

pub(super) fn place(line: u64) -> Cited {
    Cited { source: "note.md".into(), bytes: [0, 1], lines: [line, line], quote: String::new(), id: None }
}

pub(super) fn fact(text: &str, line: u64) -> Fact {
    let id = EvidenceId(u32::try_from(line).unwrap());
    Fact { text: text.into(), basis: Basis::Reported, span: place(line), evidence: vec![id], details: vec![] }
}

pub(super) fn evidence(id: u32, kind: EvidenceKind, line: u64) -> SupportingEvidence {
    SupportingEvidence {
        id: EvidenceId(id),
        kind,
        basis: Basis::Reported,
        source: "note.md".into(),
        lines: [line, line],
        quote: String::new(),
        weight: 1000,
        signal: "words".into(),
    }
}

pub(super) fn code_path(path: &str, line: u64) -> CodePath {
    CodePath {
        path: path.into(),
        line: None,
        function: None,
        note: None,
        resolved: Resolution::Unchecked,
        spans: vec![place(line)],
    }
}

pub(super) fn component(what: &str) -> Component {
    Component {
        what: what.into(),
        r#where: "the service".into(),
        why: "Removes the cause".into(),
        risk: "Waits under load".into(),
        risk_level: RiskLevel::Low,
        effort: Effort::M,
        uses: vec![],
    }
}

pub(super) fn test(name: &str) -> TestCase {
    TestCase { name: name.into(), given: "a row".into(), when: "two write".into(), then: "one wins".into() }
}

pub(super) fn fix() -> Fix {
    let mut limit = component("Set the limit");
    limit.r#where = "the configuration of the service".into();
    Fix {
        strategy: "Make the write conditional".into(),
        approach_type: ApproachType::CodeFix,
        effort: Effort::M,
        components: vec![component("Guard the writers"), limit],
        alternatives: vec![Alternative { what: "Queue all writes".into(), reject: "Adds a broker".into() }],
        tests: vec![test("two writers"), test("limit")],
        success: vec![SuccessCriterion { criterion: "p99 latency < 50 ms".into(), measure: "latency panel".into() }],
        rollback: Rollback { trigger: "p99 latency > 80 ms".into(), steps: vec!["Revert the change".into()] },
        monitoring: vec!["alert when p99 latency > 50 ms".into()],
    }
}

pub(super) fn hypothesis(id: &str, role: Role, dots: u8) -> Hypothesis {
    Hypothesis {
        id: id.into(),
        rule: "lost-update".into(),
        rule_version: 1,
        class: "lost-update".into(),
        title: "Two writers overwrite each other".into(),
        role,
        status: HypothesisStatus::Supported,
        dots,
        points: 3000,
        stated: false,
        signals: vec![],
        evidence_for: vec![evidence(7, EvidenceKind::Prose, 7)],
        evidence_against: vec![],
        reason: None,
        checked_against: vec![],
        missing: vec![Missing { kind: SignalKind::Log, collect: "the write log".into() }],
        discriminators: vec![],
        explanation: String::new(),
        odc: None,
        fix: Some(fix()),
    }
}

pub(super) fn empty_case() -> Case {
    Case {
        schema: CASE_SCHEMA.into(),
        id: "CASE-1".into(),
        sources: vec![],
        metadata: Metadata::default(),
        problem_statement: None,
        impact: vec![],
        symptoms: vec![],
        expectations: vec![],
        reproduction: vec![],
        ruled_out: vec![],
        suspicions: vec![],
        questions: vec![],
        changes: vec![],
        error_codes: vec![],
        log_events: LogSummary::default(),
        stack_traces: vec![],
        lock_reports: vec![],
        code_paths: vec![],
        code_names: vec![],
        payloads: vec![],
        timeline: vec![],
        metrics: vec![],
        hypotheses: vec![],
        considered: vec![],
        evidence: vec![],
        prepared_by: None,
        locations: vec![],
        workspace: None,
        related: vec![],
        findings: vec![],
        generated_at: String::new(),
        tool: Tool { name: "casefile".into(), version: "0".into() },
        rules: RulePack { version: "0".into(), sha256: String::new(), count: 0 },
    }
}

pub(super) fn case_with(hypotheses: Vec<Hypothesis>) -> Case {
    let mut case = empty_case();
    case.symptoms = vec![fact("Balances are wrong", 7)];
    case.reproduction = vec![fact("Post twice", 20)];
    case.hypotheses = hypotheses;
    case
}

pub(super) fn case() -> Case {
    case_with(vec![hypothesis("H1", Role::Root, 3)])
}
