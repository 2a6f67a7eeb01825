//! What asking a gate costs: one case with one approval, and a case with ten thousand statements.
#![allow(clippy::unwrap_used, missing_docs, clippy::disallowed_methods, reason = "a benchmark may fail loudly")]

use std::fs;

use camino::Utf8PathBuf;
use casefile::gate::{
    CANONICALIZATION, Clock, Decision, GateState, Inquiry, NAMESPACE_APPROVAL, Phase, Policy, PolicyOutcome, Predicate,
    Reviewer, Snapshot, Statement, derive, statement_digest, statement_file, subjects_of, written,
};
use divan::Bencher;
use ssh_key::private::{Ed25519Keypair, KeypairData, PrivateKey};
use ssh_key::{HashAlg, LineEnding};

const NOW: i64 = 1_790_000_000;

const POLICY: &str = r#"schema = "casefile.policy/1"
project = "acme/auth"
mode = "ssh"
allowed_signers = "signers"
revoked = "revoked"
allow_empty_revoked = true
[people.alice]
principals = ["alice@example.com"]
roles = ["approver"]
[phase.analysis]
roles = ["approver"]
[phase.plan]
roles = ["approver"]
[priority.default]
threshold = 1
"#;

fn main() {
    divan::main();
}

struct Case {
    _dir: tempfile::TempDir,
    folder: Utf8PathBuf,
    policy: PolicyOutcome,
}

/// A case with so many approvals by one person, each following the one before where `chained`.
fn case(statements: usize, chained: bool) -> Case {
    let dir = tempfile::tempdir().unwrap();
    let folder = Utf8PathBuf::from_path_buf(dir.path().join("HPX-1")).unwrap();
    fs::create_dir_all(folder.join("approvals/analysis")).unwrap();
    fs::write(folder.join("index.md"), "# HPX-1\n").unwrap();
    fs::write(folder.join("case.json"), r#"{"id":"HPX-1","prepared_by":"agent","metadata":{"priority":"P2"}}"#)
        .unwrap();
    let key = PrivateKey::new(KeypairData::Ed25519(Ed25519Keypair::from_seed(&[7; 32])), "alice").unwrap();
    let public = key.public_key().to_openssh().unwrap();
    let signers = format!("alice@example.com namespaces=\"{NAMESPACE_APPROVAL}\" {public}\n");
    let read = |name: &str| {
        Ok(Some(match name {
            "signers" => signers.clone().into_bytes(),
            "revoked" => Vec::new(),
            _ => POLICY.as_bytes().to_vec(),
        }))
    };
    let policy = Policy::load(&read, "bench");
    let subjects = subjects_of(&Snapshot::worktree(&folder).unwrap(), Phase::Analysis).unwrap();
    let mut prior = Vec::new();
    for number in 0..statements {
        let predicate = Predicate {
            project: "acme/auth".into(),
            case: "HPX-1".into(),
            phase: Phase::Analysis,
            decision: Decision::Approve,
            reviewer: Reviewer { principal: "alice@example.com".into(), claimed: None },
            priority: Some("P2".into()),
            threshold: 1,
            conditions: Vec::new(),
            comment: Some(format!("number {number}")),
            signed_at: written(NOW - 100),
            prior: prior.clone(),
            upstream: None,
            canonicalization: CANONICALIZATION.into(),
            lint_sha256: None,
            policy: None,
            tool: None,
            reason: None,
            incident: None,
            expires_at: None,
        };
        let bytes = Statement::new(&subjects, predicate).to_bytes().unwrap();
        let signature = key.sign(NAMESPACE_APPROVAL, HashAlg::Sha512, &bytes).unwrap().to_pem(LineEnding::LF).unwrap();
        let path = folder.join("approvals/analysis").join(statement_file(&bytes));
        fs::write(format!("{path}.sig"), signature).unwrap();
        fs::write(path, &bytes).unwrap();
        if chained {
            prior = vec![statement_digest(&bytes)];
        }
    }
    Case { _dir: dir, folder, policy }
}

fn check(case: &Case) -> GateState {
    let files = Snapshot::worktree(&case.folder).unwrap();
    let clock = Clock { now: NOW, source: "bench".into() };
    derive(&Inquiry { case: &files, phase: Phase::Analysis, policy: &case.policy, clock: &clock, strict: false }).state
}

#[divan::bench]
fn one_case(bencher: Bencher<'_, '_>) {
    let case = case(1, true);
    assert_eq!(check(&case), GateState::Approved);
    bencher.bench(|| check(&case));
}

#[divan::bench(args = [true, false], sample_count = 3, sample_size = 1)]
fn ten_thousand_statements(bencher: Bencher<'_, '_>, chained: bool) {
    let case = case(10_000, chained);
    assert_eq!(check(&case), GateState::Approved);
    bencher.bench(|| check(&case));
}
