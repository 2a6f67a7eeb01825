//! What the founding documents must show. They are not part of the repository: where they are not beside it, the test says
//! that it was skipped.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use casefile::case::{Case, Hypothesis, HypothesisStatus, Role};

fn seed(number: &str) -> Option<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seeds");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: {} is not there", folder.display());
        return None;
    };
    let found: Option<PathBuf> = entries
        .flatten()
        .map(|e| e.path())
        .find(|path| path.file_name().unwrap().to_string_lossy().starts_with(number));
    let output = Command::new(env!("CARGO_BIN_EXE_casefile"))
        .args([
            "analyze",
            found.expect("the seed is there").to_str().unwrap(),
            "--json",
            "--now",
            "2026-01-01T00:00:00Z",
        ])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[track_caller]
fn hypothesis<'a>(case: &'a Case, rule: &str) -> &'a Hypothesis {
    let names: Vec<_> = case.hypotheses.iter().map(|h| (h.rule.as_str(), h.dots)).collect();
    case.hypotheses.iter().find(|h| h.rule == rule).unwrap_or_else(|| panic!("{rule} is not among {names:?}"))
}

fn has_finding(case: &Case, code: &str) -> bool {
    case.findings.iter().any(|finding| finding.code == code)
}

#[track_caller]
fn finding(case: &Case, code: &str) {
    let codes: Vec<_> = case.findings.iter().map(|f| f.code.as_str()).collect();
    assert!(has_finding(case, code), "{code} is not among {codes:?}");
}

#[test]
fn the_scenario_keeps_its_defects_apart() {
    let Some(case) = seed("004") else { return };
    assert_eq!(case.metadata.priority, Some(casefile::case::Priority::P2));
    let grace = hypothesis(&case, "single-use-token-without-grace");
    assert_eq!(grace.status, HypothesisStatus::Supported);
    assert!(grace.signals.iter().any(|signal| signal.name == "one-success-then-refusals"));
    let race = hypothesis(&case, "race-window");
    assert!(race.discriminators.iter().chain(&grace.discriminators).any(|d| d.observe.contains("parallel")));
    assert_eq!(hypothesis(&case, "missing-mutual-exclusion").role, Role::Contributing);
    assert_eq!(hypothesis(&case, "retry-amplification").role, Role::Amplifier);
    let claims = hypothesis(&case, "missing-claims");
    assert_eq!((claims.role, claims.status), (Role::Root, HypothesisStatus::Supported));
    for name in ["roles", "permissions", "tenant_id"] {
        assert!(claims.explanation.contains(name), "{}", claims.explanation);
    }
    assert_eq!(hypothesis(&case, "permissive-header").role, Role::Latent);
    hypothesis(&case, "config-mismatch");
    for code in ["lifetime-disagrees", "weekday-disagrees", "report-before-evidence", "ambiguous-expectation"] {
        finding(&case, code);
    }
    let refuted: Vec<_> = case.hypotheses.iter().filter(|h| h.status == HypothesisStatus::Refuted).collect();
    assert!(refuted.len() >= 3, "what is ruled out stays in the matrix");
}

#[test]
fn the_bug_template_is_read_by_its_examples() {
    let Some(case) = seed("002") else { return };
    for code in ["template-instructions", "placeholder-left", "epoch-disagrees", "undefined-name"] {
        finding(&case, code);
    }
    let write = hypothesis(&case, "unawaited-write");
    assert_eq!((write.role, write.status), (Role::Root, HypothesisStatus::Supported));
    assert!(write.signals.iter().any(|signal| signal.name == "write-not-awaited"));
    assert_eq!(hypothesis(&case, "timeout-too-short").role, Role::Contributing);
    assert_eq!(hypothesis(&case, "missing-observability").role, Role::Contributing);
    assert!(!has_finding(&case, "counts-disagree"), "1,563 of 10,427 is 15 %");
}

#[test]
fn the_plan_is_read_as_an_input() {
    let Some(case) = seed("001") else { return };
    assert_eq!(hypothesis(&case, "connection-pool-exhaustion").status, HypothesisStatus::Supported);
    let signature = case.hypotheses.iter().find(|h| h.title.to_lowercase().contains("signature verification"));
    assert_eq!(signature.expect("the second hypothesis is kept").status, HypothesisStatus::Refuted);
    finding(&case, "status-contradicts-content");
    finding(&case, "plan-threshold-gap");
}

#[test]
fn the_garbled_report_is_repaired() {
    let Some(case) = seed("000") else { return };
    finding(&case, "encoding-repaired");
    finding(&case, "status-mismatch");
    finding(&case, "dead-link");
    hypothesis(&case, "race-window");
    assert!(case.hypotheses.iter().all(|h| !h.title.contains('\u{fc}')), "titles are repaired");
}
