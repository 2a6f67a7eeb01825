//! The state of a gate, derived from the files of a case.
//!
//! Decisions are listed, not counted: that takes a policy, which says who may decide, and the statements' signatures. Until
//! one is given to this function a recorded decision leads to `policy-error`, so the gate stays closed.

use camino::Utf8Path;
use serde_json::Value;

use super::approvals::recorded;
use super::claim::false_claims;
use super::subject::{Examination, examine};
use super::{
    GATE_SCHEMA, GateError, GateFinding, GateReport, GateState, NotCounted, Phase, ReportedSubject, digest, subjects,
};

/// Asks the gate of a phase; an error only where there is no case folder.
pub fn derive(folder: &Utf8Path, phase: Phase) -> Result<GateReport, GateError> {
    let examination = examine(folder, phase)?;
    let decisions = recorded(folder, phase);
    let state = if !examination.faults.is_empty() || !decisions.faults.is_empty() {
        GateState::Invalid
    } else if !decisions.statements.is_empty() {
        GateState::PolicyError
    } else {
        GateState::Draft
    };

    let mut findings: Vec<GateFinding> = examination.faults.clone();
    findings.extend(decisions.faults);
    findings.extend(decisions.remarks);
    findings.extend(examination.missing.iter().map(|name| missing(name)));
    findings.extend(examination.pages.iter().flat_map(|(name, page)| false_claims(name, page, state)));
    findings.extend(data_remarks(folder, phase, &examination));
    if state == GateState::PolicyError {
        let message = "decisions are recorded, but no policy says who may decide";
        findings.push(GateFinding::on_file("no-policy", &format!("approvals/{phase}"), message));
    }
    findings.sort();

    let case = case_id(folder, phase, examination.data.as_ref());
    let priority = examination.data.as_ref().and_then(|data| data.pointer("/metadata/priority")?.as_str());
    Ok(GateReport {
        assurance: None,
        clock: None,
        counted: Vec::new(),
        exit_code: state.exit_code(),
        findings,
        next: next_step(&case, phase, state, &examination.missing),
        not_counted: decisions.statements.into_iter().map(uncounted).collect(),
        open: state.is_open(),
        phase,
        policy: None,
        priority: priority.map(str::to_string),
        schema: GATE_SCHEMA.into(),
        state,
        subjects: examination.subjects.into_iter().map(|s| reported(s.name, s.sha256)).collect(),
        threshold: None,
        case,
    })
}

fn missing(name: &str) -> GateFinding {
    GateFinding::on_file("missing-subject", name, "the phase needs this file, and it does not exist")
}

fn uncounted(statement: String) -> NotCounted {
    NotCounted { reason: "no policy says who may decide".into(), statement }
}

fn reported(name: String, sha256: String) -> ReportedSubject {
    ReportedSubject { approved_sha256: None, changed: None, name, sha256 }
}

/// The id in the data file, else the folder's name.
fn case_id(folder: &Utf8Path, phase: Phase, data: Option<&Value>) -> String {
    let key = match phase {
        Phase::Analysis => "id",
        Phase::Plan => "case",
    };
    let stated = data.and_then(|data| data.get(key)?.as_str()).filter(|id| !id.is_empty());
    stated.or(folder.file_name()).unwrap_or_default().to_string()
}

/// What the data file itself says against a decision: no author, a draft, an analysis that has moved on.
fn data_remarks(folder: &Utf8Path, phase: Phase, examination: &Examination) -> Vec<GateFinding> {
    let Some(data) = &examination.data else { return Vec::new() };
    let file = phase.data_file();
    let mut remarks = Vec::new();
    if data.get("prepared_by").and_then(Value::as_str).is_none_or(|author| author.trim().is_empty()) {
        let message = "it does not say who prepared it, so nobody can tell author from approver";
        remarks.push(GateFinding::on_file("author-unknown", file, message));
    }
    if phase == Phase::Analysis {
        return remarks;
    }
    if data.get("draft").and_then(Value::as_bool).unwrap_or(false) {
        let message = "the plan was made as a draft, which cannot be decided on";
        remarks.push(GateFinding::on_file("draft-plan", file, message));
    }
    let upstream = data.get("upstream").and_then(Value::as_str).filter(|upstream| !upstream.is_empty());
    let analysis = subjects(folder, Phase::Analysis).ok().map(|list| digest(&list));
    if let (Some(upstream), Some(analysis)) = (upstream, analysis)
        && upstream != analysis
    {
        let message = "the analysis differs from the one the plan was made from";
        remarks.push(GateFinding::on_file("upstream-changed", file, message));
    }
    remarks
}

/// Words for the reader; nothing in them may read as consent while the gate is closed.
fn next_step(case: &str, phase: Phase, state: GateState, missing: &[String]) -> String {
    let review = format!("a reviewer must run `casefile gate review {case} --phase {phase}` in their own terminal");
    match state {
        GateState::Approved | GateState::BreakGlass => "The gate is open.".into(),
        GateState::Invalid => {
            "Stop. Correct the files named in the findings in a reviewed commit, then ask again.".into()
        }
        GateState::PolicyError => {
            "Stop. A maintainer must provide `.casefile/gate.toml`, which says who may decide.".into()
        }
        _ if !missing.is_empty() => {
            let verb = match phase {
                Phase::Analysis => "analyze",
                Phase::Plan => "plan",
            };
            format!("Stop. `{}` does not exist: run `casefile {verb}` first.", missing.join("`, `"))
        }
        _ => format!("Stop: {review}."),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use camino::Utf8PathBuf;

    use super::*;

    fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(dir.path().join("CASE-1")).unwrap();
        for (name, text) in files {
            let file = path.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        (dir, path)
    }

    const PAGE: (&str, &str) = ("index.md", "---\nstatus: draft\n---\n# A\n");
    const DATA: (&str, &str) =
        ("case.json", r#"{"id":"CASE-7","prepared_by":"x@example.com","metadata":{"priority":"P2"}}"#);

    fn codes(report: &GateReport) -> Vec<&str> {
        report.findings.iter().map(|finding| finding.code.as_str()).collect()
    }

    #[test]
    fn a_case_without_decisions_is_a_draft() {
        let (_guard, dir) = folder(&[PAGE, DATA]);
        let report = derive(&dir, Phase::Analysis).unwrap();
        assert_eq!((report.state, report.exit_code, report.open), (GateState::Draft, 10, false));
        assert_eq!((report.case.as_str(), report.priority.as_deref()), ("CASE-7", Some("P2")));
        assert_eq!(codes(&report), [""; 0]);
    }

    #[test]
    fn decisions_without_a_policy_are_a_policy_error() {
        let (_guard, dir) = folder(&[PAGE, DATA, ("approvals/analysis/0123456789ab.json", "{}")]);
        let report = derive(&dir, Phase::Analysis).unwrap();
        assert_eq!((report.state, report.exit_code), (GateState::PolicyError, 16));
        assert_eq!(report.not_counted[0].statement, "0123456789ab.json");
    }

    #[test]
    fn decisions_of_the_other_phase_do_not_count() {
        let (_guard, dir) = folder(&[PAGE, DATA, ("approvals/plan/0123456789ab.json", "{}")]);
        assert_eq!(derive(&dir, Phase::Analysis).unwrap().state, GateState::Draft);
    }

    #[test]
    fn a_page_that_claims_to_be_approved_stays_a_draft_with_a_finding() {
        let (_guard, dir) = folder(&[("index.md", "---\nstatus: \"approved\"\n---\n"), DATA]);
        let report = derive(&dir, Phase::Analysis).unwrap();
        assert_eq!((report.exit_code, codes(&report)), (10, vec!["status-mismatch"]));
    }

    #[test]
    fn a_page_without_canonical_form_makes_the_gate_invalid() {
        let (_guard, dir) = folder(&[("index.md", "a\rb"), DATA]);
        let report = derive(&dir, Phase::Analysis).unwrap();
        assert_eq!((report.exit_code, codes(&report)), (15, vec!["lone-cr"]));
    }

    #[test]
    fn an_unexpected_file_beside_the_decisions_makes_the_gate_invalid() {
        let (_guard, dir) = folder(&[PAGE, DATA, ("approvals/analysis/note.txt", "")]);
        assert_eq!(derive(&dir, Phase::Analysis).unwrap().exit_code, 15);
    }

    #[test]
    fn a_plan_that_does_not_exist_is_a_draft_that_says_so() {
        let (_guard, dir) = folder(&[PAGE, DATA]);
        let report = derive(&dir, Phase::Plan).unwrap();
        assert_eq!((report.exit_code, codes(&report)), (10, vec!["missing-subject", "missing-subject"]));
        assert!(report.next.contains("casefile plan"), "{}", report.next);
    }

    #[test]
    fn a_plan_of_another_analysis_and_a_draft_plan_are_told() {
        let plan = ("plan.json", r#"{"case":"CASE-7","prepared_by":"x","draft":true,"upstream":"00"}"#);
        let (_guard, dir) = folder(&[PAGE, DATA, ("implementation_plan.md", "# P\n"), plan]);
        assert_eq!(codes(&derive(&dir, Phase::Plan).unwrap()), ["draft-plan", "upstream-changed"]);
    }

    #[test]
    fn an_author_who_is_not_named_is_a_finding() {
        let (_guard, dir) = folder(&[PAGE, ("case.json", r#"{"prepared_by":null}"#)]);
        let report = derive(&dir, Phase::Analysis).unwrap();
        assert_eq!((report.case.as_str(), codes(&report)), ("CASE-1", vec!["author-unknown"]));
    }

    #[test]
    fn the_keys_of_the_answer_are_sorted() {
        let (_guard, dir) = folder(&[PAGE, DATA]);
        let text = serde_json::to_string(&derive(&dir, Phase::Analysis).unwrap()).unwrap();
        let sorted = serde_json::to_string(&serde_json::from_str::<Value>(&text).unwrap()).unwrap();
        assert_eq!(text, sorted);
        assert!(text.contains(r#""schema":"casefile.gate/1","state":"draft""#), "{text}");
    }

    #[test]
    fn no_closed_gate_answers_with_words_of_consent() {
        let consent = regex::Regex::new(r"(?i)\b(is|already) approved\b|you may (now )?proceed|\bcontinue\b").unwrap();
        for state in GateState::ALL.into_iter().filter(|state| !state.is_open()) {
            let text = next_step("CASE-1", Phase::Plan, state, &[]);
            assert!(text.starts_with("Stop") && !consent.is_match(&text), "{text}");
        }
    }
}
