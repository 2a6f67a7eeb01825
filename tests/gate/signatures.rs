//! Statements and signatures: wrong keys, wrong purposes, bytes that can be read in two ways.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::project::{ALICE, APPROVAL, BREAK_GLASS, Project, Row, canonical, key, public, run, sha256, sign};

/// An approval by Alice, not yet stored.
fn approval(project: &Project) -> Vec<u8> {
    canonical(&project.statement("approve", ALICE, "analysis", &[]))
}

fn stored_with(project: &Project, signature: &[u8]) {
    project.store("analysis", &approval(project), Some(signature));
}

fn altered(project: &Project, change: impl Fn(String) -> String) {
    let bytes = approval(project);
    let armor = String::from_utf8(sign(&bytes, "alice", APPROVAL)).unwrap();
    project.store("analysis", &bytes, Some(change(armor).as_bytes()));
}

#[test]
fn keys_and_purposes() {
    run(&[
        Row {
            number: 11,
            what: "the agent's key signs as Alice",
            state: "invalid",
            code: 15,
            done: |p| stored_with(p, &sign(&approval(p), "agent", APPROVAL)),
        },
        Row {
            number: 12,
            what: "the agent signs as itself",
            state: "invalid",
            code: 15,
            done: |p| {
                let mut statement = p.statement("approve", ALICE, "analysis", &[]);
                statement["predicate"]["reviewer"]["principal"] = "agent@example.com".into();
                let bytes = canonical(&statement);
                p.store("analysis", &bytes, Some(&sign(&bytes, "agent", APPROVAL)));
            },
        },
        Row {
            number: 13,
            what: "a signature made for git",
            state: "invalid",
            code: 15,
            done: |p| stored_with(p, &sign(&approval(p), "alice", "git")),
        },
        Row {
            number: 27,
            what: "the key is revoked",
            state: "invalid",
            code: 15,
            done: |p| {
                p.decide("approve", ALICE);
                p.root_file(".casefile/revoked_keys", public("alice") + "\n");
            },
        },
        Row {
            number: 28,
            what: "the file of revoked keys is missing",
            state: "invalid",
            code: 15,
            done: |p| {
                p.decide("approve", ALICE);
                fs::remove_file(p.root().join(".casefile/revoked_keys")).unwrap();
            },
        },
        Row {
            number: 65,
            what: "an RSA signature",
            state: "invalid",
            code: 15,
            done: |p| stored_with(p, &sign(&approval(p), "rsa", APPROVAL)),
        },
        Row {
            number: 66,
            what: "a signature by a certificate",
            state: "invalid",
            code: 15,
            done: |p| stored_with(p, &by_certificate(&approval(p))),
        },
        Row {
            number: 64,
            what: "a security key without a touch",
            state: "invalid",
            code: 15,
            done: |p| security_key(p, 0x00),
        },
        Row {
            number: 64,
            what: "a security key with a touch",
            state: "approved",
            code: 0,
            done: |p| security_key(p, 0x01),
        },
        Row {
            number: 31,
            what: "no signature",
            state: "invalid",
            code: 15,
            done: |p| drop(p.store("analysis", &approval(p), None)),
        },
        Row {
            number: 31,
            what: "a signature without its statement is left out",
            state: "draft",
            code: 10,
            done: |p| {
                let bytes = approval(p);
                let name = format!("approvals/analysis/{}.json.sig", &sha256(&bytes)[..12]);
                p.file(&name, sign(&bytes, "alice", APPROVAL));
            },
        },
    ]);
}

#[test]
fn armor() {
    run(&[
        Row {
            number: 29,
            what: "CRLF in the signature",
            state: "invalid",
            code: 15,
            done: |p| altered(p, |armor| armor.replace('\n', "\r\n")),
        },
        Row {
            number: 30,
            what: "bytes after the end, which ssh-keygen accepts",
            state: "invalid",
            code: 15,
            done: |p| altered(p, |armor| armor + "x\n"),
        },
        Row {
            number: 30,
            what: "a second signature after the first",
            state: "invalid",
            code: 15,
            done: |p| altered(p, |armor| armor.clone() + &armor),
        },
        Row {
            number: 67,
            what: "text before the armor, which the library accepts",
            state: "invalid",
            code: 15,
            done: |p| altered(p, |armor| format!("note\n{armor}")),
        },
        Row {
            number: 67,
            what: "a blank line within",
            state: "invalid",
            code: 15,
            done: |p| altered(p, |armor| armor.replacen('\n', "\n\n", 1)),
        },
        Row {
            number: 67,
            what: "an empty signature file",
            state: "invalid",
            code: 15,
            done: |p| altered(p, |_| String::new()),
        },
    ]);
}

#[test]
fn what_a_statement_says() {
    fn set(pointer: &'static str, value: &'static str) -> impl Fn(&mut Value) {
        move |statement| *statement.pointer_mut(pointer).unwrap() = json!(value)
    }
    run(&[
        Row {
            number: 14,
            what: "another case",
            state: "invalid",
            code: 15,
            done: |p| drop(p.tampered(set("/predicate/case", "HPX-2"))),
        },
        Row {
            number: 15,
            what: "a statement on the analysis copied to the plan",
            state: "invalid",
            code: 15,
            done: |p| {
                // Told for the analysis: a statement on the plan among those of the analysis.
                p.add_plan();
                let bytes = canonical(&p.statement("approve", ALICE, "plan", &[]));
                p.store("analysis", &bytes, Some(&sign(&bytes, "alice", APPROVAL)));
            },
        },
        Row {
            number: 16,
            what: "another project",
            state: "invalid",
            code: 15,
            done: |p| drop(p.tampered(set("/predicate/project", "acme/shop"))),
        },
        Row {
            number: 26,
            what: "dated in the future",
            state: "invalid",
            code: 15,
            done: |p| drop(p.tampered(set("/predicate/signed_at", "2999-01-01T00:00:00Z"))),
        },
        Row {
            number: 43,
            what: "a key twice",
            state: "invalid",
            code: 15,
            done: |p| raw(p, |text| text.replace("\"case\":\"HPX-1\"", "\"case\":\"HPX-1\",\"case\":\"HPX-1\"")),
        },
        Row {
            number: 44,
            what: "valid signature over other JSON of the same meaning",
            state: "invalid",
            code: 15,
            done: |p| raw(p, |text| text.replace("\":", "\": ")),
        },
        Row {
            number: 48,
            what: "a statement that leaves the evidence out",
            state: "stale",
            code: 13,
            done: |p| {
                p.tampered(|statement| {
                    let subjects = statement["subject"].as_array_mut().unwrap();
                    subjects.retain(|subject| !subject["name"].as_str().unwrap().starts_with("evidence/"));
                });
            },
        },
        Row {
            number: 49,
            what: "a statement on nothing",
            state: "invalid",
            code: 15,
            done: |p| drop(p.tampered(|s| s["subject"] = json!([]))),
        },
        Row {
            number: 59,
            what: "a claimed statement where signatures are asked for",
            state: "invalid",
            code: 15,
            done: |p| {
                let mut statement = p.statement("approve", ALICE, "analysis", &[]);
                statement["predicate"]["reviewer"]["claimed"] = json!(true);
                p.store("analysis", &canonical(&statement), None);
            },
        },
        Row {
            number: 62,
            what: "an emergency opening with an approval's signature",
            state: "invalid",
            code: 15,
            done: |p| {
                let reason = "payments are down for everybody";
                let bytes = canonical(&p.statement("break-glass", ALICE, "analysis", &["--reason", reason]));
                p.store("analysis", &bytes, Some(&sign(&bytes, "alice", APPROVAL)));
            },
        },
        Row {
            number: 62,
            what: "an approval with the signature of an emergency opening",
            state: "invalid",
            code: 15,
            done: |p| stored_with(p, &sign(&approval(p), "alice", BREAK_GLASS)),
        },
    ]);
}

fn raw(project: &Project, change: impl Fn(String) -> String) {
    let bytes = change(String::from_utf8(approval(project)).unwrap()).into_bytes();
    project.store("analysis", &bytes, Some(&sign(&bytes, "alice", APPROVAL)));
}

#[test]
fn every_accepted_key_type_agrees_with_ssh_keygen_both_ways() {
    let project = Project::new();
    project.edit_policy("principals = [\"bob@example.com\"]", "principals = [\"carol@example.com\"]");
    let alice = fs::read_to_string(project.root().join(".casefile/allowed_signers")).unwrap();
    let alice = alice.lines().next().unwrap().to_string();
    let carol = format!("carol@example.com namespaces=\"{APPROVAL}\" {}", public("carol"));
    project.root_file(".casefile/allowed_signers", format!("{alice}\n{carol}\n"));
    for who in [ALICE, "carol@example.com"] {
        let digest = project.decide("approve", who);
        assert_eq!(project.check(), ("approved".into(), 0), "{who}");
        let statement = project.case().join(format!("approvals/analysis/{}.json", &digest[..12]));
        let verified = Command::new("ssh-keygen")
            .args(["-Y", "verify", "-n", APPROVAL, "-I", who, "-f"])
            .arg(project.root().join(".casefile/allowed_signers"))
            .arg("-s")
            .arg(statement.with_extension("json.sig"))
            .stdin(fs::File::open(&statement).unwrap())
            .output()
            .unwrap();
        assert!(verified.status.success(), "{who}: {}", String::from_utf8_lossy(&verified.stdout));
    }
}

/// A signature made with a certificate instead of the plain key.
fn by_certificate(bytes: &[u8]) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let own = dir.path().join("own");
    fs::copy(key("alice"), &own).unwrap();
    fs::set_permissions(&own, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    fs::copy(key("alice").with_extension("pub"), own.with_extension("pub")).unwrap();
    let made = Command::new("ssh-keygen")
        .args(["-q", "-s"])
        .arg(key("ca"))
        .args(["-I", "alice", "-n", ALICE])
        .arg(own.with_extension("pub"))
        .output()
        .unwrap();
    assert!(made.status.success());
    let statement = dir.path().join("statement");
    fs::write(&statement, bytes).unwrap();
    let signed = Command::new("ssh-keygen")
        .args(["-q", "-Y", "sign", "-n", APPROVAL, "-f"])
        .arg(dir.path().join("own-cert.pub"))
        .arg(&statement)
        .output()
        .unwrap();
    // Where ssh-keygen does not sign with a certificate file, the armor of one is made by hand.
    if signed.status.success() {
        return fs::read(dir.path().join("statement.sig")).unwrap();
    }
    let certificate = fs::read_to_string(dir.path().join("own-cert.pub")).unwrap();
    let blob = base64(certificate.split(' ').nth(1).unwrap());
    armored(&blob, b"ssh-ed25519", &[0; 64])
}

/// A policy whose Alice has a security key made in software, and her approval with the given flags.
fn security_key(project: &Project, flags: u8) {
    use ssh_key::private::Ed25519Keypair;
    let pair = Ed25519Keypair::from_seed(&[7; 32]);
    let mut blob = Vec::new();
    string(&mut blob, b"sk-ssh-ed25519@openssh.com");
    string(&mut blob, &pair.public.0);
    string(&mut blob, b"ssh:");
    let line =
        format!("{ALICE} namespaces=\"{APPROVAL},{BREAK_GLASS}\" sk-ssh-ed25519@openssh.com {}\n", to_base64(&blob));
    let signers = fs::read_to_string(project.root().join(".casefile/allowed_signers")).unwrap();
    let bob = signers.lines().nth(1).unwrap();
    project.root_file(".casefile/allowed_signers", format!("{line}{bob}\n"));
    let bytes = approval(project);
    // What a security key signs: hash of the application, flags, counter, hash of the message (PROTOCOL.u2f).
    let message = ssh_key::SshSig::signed_data(APPROVAL, ssh_key::HashAlg::Sha512, &bytes).unwrap();
    let trailer = [&[flags][..], &[0, 0, 0, 9]].concat();
    let signed = [hex(&sha256(b"ssh:")), trailer.clone(), hex(&sha256(&message))].concat();
    let signature: ssh_key::Signature = signature::Signer::sign(&pair, &signed);
    let mut whole = Vec::new();
    string(&mut whole, b"sk-ssh-ed25519@openssh.com");
    string(&mut whole, signature.as_bytes());
    whole.extend(trailer);
    let armor = armored_with(&blob, &whole);
    project.store("analysis", &bytes, Some(&armor));
}

fn armored(key: &[u8], kind: &[u8], signature: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    string(&mut whole, kind);
    string(&mut whole, signature);
    armored_with(key, &whole)
}

fn armored_with(key: &[u8], signature: &[u8]) -> Vec<u8> {
    let mut blob = b"SSHSIG\0\0\0\x01".to_vec();
    string(&mut blob, key);
    string(&mut blob, APPROVAL.as_bytes());
    string(&mut blob, b"");
    string(&mut blob, b"sha512");
    string(&mut blob, signature);
    let text = to_base64(&blob);
    let lines: Vec<&str> = text.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n", lines.join("\n")).into_bytes()
}

fn string(to: &mut Vec<u8>, bytes: &[u8]) {
    to.extend(u32::try_from(bytes.len()).unwrap().to_be_bytes());
    to.extend(bytes);
}

fn to_base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn base64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn an_ecdsa_security_key_counts_only_where_it_was_touched() {
    use ssh_key::private::{EcdsaKeypair, KeypairData};
    let project = Project::new();
    let private = ssh_key::PrivateKey::read_openssh_file(&key("carol")).unwrap();
    let KeypairData::Ecdsa(pair) = private.key_data() else { panic!("carol has an ECDSA key") };
    let EcdsaKeypair::NistP256 { public: point, .. } = pair else { panic!("it is on P-256") };
    let mut blob = Vec::new();
    for field in ["sk-ecdsa-sha2-nistp256@openssh.com".as_bytes(), b"nistp256", point.as_bytes(), b"ssh:"] {
        string(&mut blob, field);
    }
    let line = format!(
        "{ALICE} namespaces=\"{APPROVAL},{BREAK_GLASS}\" sk-ecdsa-sha2-nistp256@openssh.com {}\n",
        to_base64(&blob)
    );
    let signers = fs::read_to_string(project.root().join(".casefile/allowed_signers")).unwrap();
    project.root_file(".casefile/allowed_signers", line + signers.lines().nth(1).unwrap() + "\n");
    let bytes = approval(&project);
    let message = ssh_key::SshSig::signed_data(APPROVAL, ssh_key::HashAlg::Sha512, &bytes).unwrap();
    for (flags, expected) in [(0, ("invalid".to_string(), 15)), (1, ("approved".to_string(), 0))] {
        let trailer = [flags, 0, 0, 0, 9];
        let signed = [hex(&sha256(b"ssh:")), trailer.to_vec(), hex(&sha256(&message))].concat();
        let signature: ssh_key::Signature = signature::Signer::sign(pair, &signed);
        let mut whole = Vec::new();
        string(&mut whole, b"sk-ecdsa-sha2-nistp256@openssh.com");
        string(&mut whole, signature.as_bytes());
        whole.extend(trailer);
        let armor = armored_with(&blob, &whole);
        project.store("analysis", &bytes, Some(&armor));
        assert_eq!(project.check(), expected, "flags {flags}");
        let file = project.case().join(format!("approvals/analysis/{}.json", &sha256(&bytes)[..12]));
        let verified = Command::new("ssh-keygen")
            .args(["-Y", "verify", "-n", APPROVAL, "-I", ALICE, "-f"])
            .arg(project.root().join(".casefile/allowed_signers"))
            .arg("-s")
            .arg(file.with_extension("json.sig"))
            .stdin(fs::File::open(&file).unwrap())
            .output()
            .unwrap();
        assert!(
            verified.status.success(),
            "ssh-keygen ignores the touch: {}",
            String::from_utf8_lossy(&verified.stderr)
        );
    }
}
