//! Laws of the gate, tried on many inputs: no byte may change, and the order of things does not matter.

use std::fs;

use proptest::prelude::*;

use casefile::gate::{Clock, GateState, Inquiry, Phase, Policy, PolicyOutcome, Snapshot, derive};

use crate::project::{ALICE, BOB, Project};

struct Approved {
    project: Project,
    policy: PolicyOutcome,
    clock: Clock,
}

fn approved() -> Approved {
    let project = Project::new();
    project.edit_policy("[priority.P2]\nthreshold = 1", "[priority.P2]\nthreshold = 2");
    project.decide("approve", ALICE);
    project.decide("approve", BOB);
    let root = project.root().to_path_buf();
    let read = move |name: &str| Ok(fs::read(root.join(name)).ok());
    let policy = Policy::load(&read, "worktree");
    let (_, _, answer) = project.check_on("analysis", &[]);
    let now = casefile::gate::seconds(answer["clock"]["now"].as_str().unwrap()).unwrap();
    Approved { project, policy, clock: Clock { now, source: "system".into() } }
}

fn state(approved: &Approved) -> GateState {
    let folder = camino::Utf8PathBuf::from_path_buf(approved.project.case()).unwrap();
    let case = Snapshot::worktree(&folder).unwrap();
    let Approved { policy, clock, .. } = approved;
    derive(&Inquiry { case: &case, phase: Phase::Analysis, policy, clock, strict: false }).state
}

fn decisions(project: &Project) -> Vec<std::path::PathBuf> {
    let mut found: Vec<_> =
        fs::read_dir(project.case().join("approvals/analysis")).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

#[test]
fn any_changed_byte_closes_the_gate() {
    let approved = approved();
    assert_eq!(state(&approved), GateState::Approved);
    let case = approved.project.case();
    let mut files = vec![case.join("index.md"), case.join("case.json"), case.join("evidence/e1.txt")];
    files.extend(decisions(&approved.project));
    for file in files {
        let original = fs::read(&file).unwrap();
        for at in 0..original.len() {
            // The lines of derived keys are no part of the canonical form; line ends of a page neither.
            let line_start = original[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |start| start + 1);
            if file.ends_with("index.md") && original[line_start..].starts_with(b"status:") {
                continue;
            }
            let mut bytes = original.clone();
            bytes[at] ^= 1;
            fs::write(&file, &bytes).unwrap();
            assert!(!state(&approved).is_open(), "{} at {at}", file.display());
        }
        fs::write(&file, &original).unwrap();
    }
    assert_eq!(state(&approved), GateState::Approved);
}

#[test]
fn any_changed_byte_of_a_decoded_signature_closes_the_gate() {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    let approved = approved();
    let file =
        decisions(&approved.project).into_iter().find(|path| path.extension().is_some_and(|e| e == "sig")).unwrap();
    let armor = fs::read_to_string(&file).unwrap();
    let body: String = armor.lines().filter(|line| !line.starts_with('-')).collect();
    let blob = engine.decode(body).unwrap();
    for at in 0..blob.len() {
        for bit in [1_u8, 0x80] {
            let mut changed = blob.clone();
            changed[at] ^= bit;
            let text = engine.encode(&changed);
            let lines: Vec<&str> = text.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).unwrap()).collect();
            let armor = format!("-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n", lines.join("\n"));
            fs::write(&file, armor).unwrap();
            assert!(!state(&approved).is_open(), "byte {at}, bit {bit}");
        }
    }
    fs::write(&file, &armor).unwrap();
    assert_eq!(state(&approved), GateState::Approved);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_in_which_files_come_does_not_matter(order in Just((0..7_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let approved = approved();
        let case = approved.project.case();
        let mut files = vec![case.join("index.md"), case.join("case.json"), case.join("evidence/e1.txt")];
        files.extend(decisions(&approved.project));
        prop_assert_eq!(files.len(), order.len());
        let read: Vec<(std::path::PathBuf, Vec<u8>)> =
            files.iter().map(|file| (file.clone(), fs::read(file).unwrap())).collect();
        for (file, _) in &read {
            fs::remove_file(file).unwrap();
        }
        for at in order {
            fs::write(&read[at].0, &read[at].1).unwrap();
        }
        prop_assert_eq!(state(&approved), GateState::Approved);
    }
}
