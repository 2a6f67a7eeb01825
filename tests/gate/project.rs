//! A project with a case, a policy and people with keys, in a temporary git repository; the program is only run.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use sha2::{Digest, Sha256};

pub const APPROVAL: &str = "casefile-approval-v1";
pub const BREAK_GLASS: &str = "casefile-breakglass-v1";
pub const ALICE: &str = "alice@example.com";
pub const BOB: &str = "bob@example.com";

/// The page of the case. Front matter keys that the gate derives stand among others.
pub const PAGE: &str = "---\nid: index\npriority: P2\nstatus: \"draft\"\n---\n\n# HPX-1\n\nThe pool is used up.\n";

pub struct Project {
    dir: tempfile::TempDir,
}

/// Keys made once by `ssh-keygen`: a name is a type and a person.
pub fn key(name: &str) -> PathBuf {
    static KEYS: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = KEYS.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let people = [
            ("alice", vec!["-t", "ed25519"]),
            ("bob", vec!["-t", "ed25519"]),
            ("carol", vec!["-t", "ecdsa", "-b", "256"]),
            ("agent", vec!["-t", "ed25519"]),
            ("rsa", vec!["-t", "rsa", "-b", "2048"]),
            ("ca", vec!["-t", "ed25519"]),
        ];
        for (name, kind) in people {
            let path = dir.path().join(name);
            let done = Command::new("ssh-keygen")
                .args(["-q", "-N", "", "-C", name, "-f"])
                .arg(&path)
                .args(kind)
                .stdin(Stdio::null())
                .output()
                .unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
        dir
    });
    folder.path().join(name)
}

pub fn public(name: &str) -> String {
    let text = fs::read_to_string(key(name).with_extension("pub")).unwrap();
    text.split(' ').take(2).collect::<Vec<_>>().join(" ").trim().to_string()
}

/// `ssh-keygen -Y sign`, through standard input.
pub fn sign(bytes: &[u8], name: &str, namespace: &str) -> Vec<u8> {
    let mut child = Command::new("ssh-keygen")
        .args(["-q", "-Y", "sign", "-n", namespace, "-f"])
        .arg(key(name))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The canonical bytes of a statement.
pub fn canonical(value: &Value) -> Vec<u8> {
    let mut bytes = serde_json_canonicalizer::to_vec(value).unwrap();
    bytes.push(b'\n');
    bytes
}

/// The policy: Alice (lead) and Bob approve; P1 needs two and the lead, everything else one within 14 days.
pub fn policy() -> String {
    r#"schema = "casefile.policy/1"
project = "acme/auth"
mode = "ssh"
allowed_signers = ".casefile/allowed_signers"
revoked = ".casefile/revoked_keys"
allow_empty_revoked = true
deny_principals = ["agent@example.com"]
author_may_approve = false
allow_conditional = false
[people.alice]
principals = ["alice@example.com"]
roles = ["approver", "lead"]
[people.bob]
principals = ["bob@example.com"]
roles = ["approver"]
[phase.analysis]
roles = ["approver"]
[phase.plan]
roles = ["approver"]
requires = ["analysis"]
[priority.P1]
threshold = 2
require_role = "lead"
max_age = "7d"
[priority.P2]
threshold = 1
max_age = "14d"
[priority.default]
threshold = 2
max_age = "7d"
[break_glass]
people = ["alice"]
max_duration = "24h"
min_reason_chars = 20
"#
    .to_string()
}

impl Project {
    pub fn new() -> Self {
        let project = Project { dir: tempfile::tempdir().unwrap() };
        project.git(&["init", "-q"]);
        project.root_file(".casefile/config.toml", "cases = [\"cases/*\"]\n");
        project.root_file(".casefile/gate.toml", policy());
        project.root_file(".casefile/revoked_keys", "");
        let signer = |who: &str, name: &str, spaces: &str| format!("{who} namespaces=\"{spaces}\" {}\n", public(name));
        let both = format!("{APPROVAL},{BREAK_GLASS}");
        let signers = signer(ALICE, "alice", &both) + &signer(BOB, "bob", APPROVAL);
        project.root_file(".casefile/allowed_signers", &signers);
        project.file("index.md", PAGE);
        let case = r#"{"id":"HPX-1","prepared_by":"agent@example.com","metadata":{"priority":"P2"}}"#;
        project.file("case.json", case);
        project.file("evidence/e1.txt", "pool: 20 of 20\n");
        project.git(&["add", "-A"]);
        project.git(&["commit", "-q", "-m", "case"]);
        project
    }

    pub fn root(&self) -> &Path {
        self.dir.path()
    }

    pub fn case(&self) -> PathBuf {
        self.root().join("cases/HPX-1")
    }

    pub fn root_file(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.root().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes a file of the case.
    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) {
        self.root_file(&format!("cases/HPX-1/{name}"), text);
    }

    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let path = self.root().join(name);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{name} holds {from}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    pub fn edit_page(&self, from: &str, to: &str) {
        self.edit("cases/HPX-1/index.md", from, to);
    }

    pub fn edit_policy(&self, from: &str, to: &str) {
        self.edit(".casefile/gate.toml", from, to);
    }

    /// A plan made from the analysis as it is, decided on like the analysis.
    pub fn add_plan(&self) {
        self.file("implementation_plan.md", PAGE);
        self.file("plan.json", r#"{"case":"HPX-1","prepared_by":"agent@example.com","priority":"P2","files":[]}"#);
    }

    pub fn git(&self, arguments: &[&str]) -> Output {
        let output = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"])
            .args(["-c", "core.autocrlf=false"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .current_dir(self.root())
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    pub fn head(&self) -> String {
        String::from_utf8(self.git(&["rev-parse", "HEAD"]).stdout).unwrap().trim().to_string()
    }

    /// Runs the program in the project's root.
    pub fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_casefile"))
            .args(arguments)
            .current_dir(self.root())
            .env_remove("CLAUDECODE")
            .env_remove("CI")
            .env_remove("GITHUB_ACTIONS")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// What a reviewer would sign, as `--print-statement` gives it.
    pub fn statement(&self, verb: &str, who: &str, phase: &str, more: &[&str]) -> Value {
        let head = ["gate", verb, "HPX-1", "--phase", phase, "--as", who, "--print-statement"];
        let output = self.run(&[&head[..], more].concat());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_str(&text).unwrap()
    }

    /// Puts a statement and its signature where decisions lie, unchecked; gives the digest.
    pub fn store(&self, phase: &str, bytes: &[u8], signature: Option<&[u8]>) -> String {
        let digest = sha256(bytes);
        let name = format!("approvals/{phase}/{}.json", &digest[..12]);
        if let Some(signature) = signature {
            self.file(&format!("{name}.sig"), signature);
        }
        self.file(&name, bytes);
        digest
    }

    /// A decision on the analysis, signed by the person's key and stored.
    pub fn decide(&self, verb: &str, who: &str) -> String {
        self.decide_on(verb, who, "analysis", &[])
    }

    pub fn decide_on(&self, verb: &str, who: &str, phase: &str, more: &[&str]) -> String {
        let bytes = canonical(&self.statement(verb, who, phase, more));
        let namespace = if verb == "break-glass" { BREAK_GLASS } else { APPROVAL };
        let name = who.split('@').next().unwrap();
        self.store(phase, &bytes, Some(&sign(&bytes, name, namespace)))
    }

    /// An approval by Alice with a change made to what it says, signed after it.
    pub fn tampered(&self, change: impl Fn(&mut Value)) -> String {
        let mut statement = self.statement("approve", ALICE, "analysis", &[]);
        change(&mut statement);
        let bytes = canonical(&statement);
        self.store("analysis", &bytes, Some(&sign(&bytes, "alice", APPROVAL)))
    }

    /// The state, the exit code and the answer of `gate check`.
    pub fn check_on(&self, phase: &str, more: &[&str]) -> (String, i32, Value) {
        let head = ["gate", "check", "HPX-1", "--phase", phase, "--json"];
        let output = self.run(&[&head[..], more].concat());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let answer: Value = serde_json::from_str(&text)
            .unwrap_or_else(|_| panic!("no answer: {text}{}", String::from_utf8_lossy(&output.stderr)));
        (answer["state"].as_str().unwrap().into(), output.status.code().unwrap(), answer)
    }

    pub fn check(&self) -> (String, i32) {
        let (state, code, _) = self.check_on("analysis", &[]);
        (state, code)
    }

    /// Codes of the findings.
    pub fn codes(&self) -> Vec<String> {
        let (_, _, answer) = self.check_on("analysis", &[]);
        let findings = answer["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["code"].as_str().unwrap().to_string()).collect()
    }
}

/// One case of the list of attacks and bad inputs: its number, what is done, the state and exit code it must lead to.
pub struct Row {
    pub number: u16,
    pub what: &'static str,
    pub state: &'static str,
    pub code: i32,
    pub done: fn(&Project),
}

/// Runs rows, each in a project of its own, and tells every one that came out otherwise.
pub fn run(rows: &[Row]) {
    let mut wrong = Vec::new();
    for row in rows {
        let project = Project::new();
        (row.done)(&project);
        let (state, code) = project.check();
        if (state.as_str(), code) != (row.state, row.code) {
            let codes = project.codes().join(", ");
            wrong.push(format!(
                "case {}: {}\n  expected {} {}, got {state} {code} ({codes})",
                row.number, row.what, row.state, row.code
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
