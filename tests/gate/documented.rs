//! "Five minutes to a signed gate" of docs/gate.md, run as it stands in a fresh repository.

use std::fs;
use std::path::Path;
use std::process::Command;

/// The commands of the fenced blocks between a heading and the next one; a `\` at the end of a line joins lines.
fn documented(heading: &str) -> Vec<String> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/gate.md")).unwrap();
    let section = page.split(&format!("## {heading}\n")).nth(1).unwrap().split("\n## ").next().unwrap();
    let blocks = section.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap());
    blocks.flat_map(str::lines).map(str::to_string).collect()
}

#[test]
fn the_five_minutes_of_the_documentation_end_at_an_open_gate() {
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join("project");
    fs::create_dir_all(home.path().join(".ssh")).unwrap();
    fs::create_dir(&root).unwrap();
    let incident = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/checkout-pool/input/incident.md");
    fs::copy(incident, root.join("incident.md")).unwrap();
    let shell = |line: &str| {
        let program = Path::new(env!("CARGO_BIN_EXE_casefile"));
        let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
        let output = Command::new("sh")
            .args(["-c", line])
            .current_dir(&root)
            .env("PATH", path)
            .env("HOME", home.path())
            .env("GIT_CONFIG_GLOBAL", home.path().join(".gitconfig"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        // A review answers with the state, and nobody has decided yet.
        let expected = if line.contains("gate review") { 10 } else { 0 };
        assert_eq!(output.status.code(), Some(expected), "{line}\n{said}");
        said
    };
    shell("git init -q && git config --global user.name You && git config --global user.email you@example.com");
    shell("ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id_ed25519");

    let commands = documented("Five minutes to a signed gate");
    // What needs a person at a terminal is left to the test with a pseudo-terminal; signing elsewhere comes last in the
    // page and first here, before the gate is asked.
    let (asking, deciding): (Vec<&String>, Vec<&String>) =
        commands.iter().filter(|line| !(line.contains("gate approve") && line.contains("--key"))).partition(|line| {
            ["gate check", "gate sync", "casefile plan", "git add cases"].iter().any(|a| line.contains(a))
        });
    assert!(deciding.len() >= 7 && asking.len() == 4, "{commands:#?}");
    for line in deciding {
        shell(line);
    }
    let answers: Vec<String> = ["gate check", "gate sync", "casefile plan", "git add cases"]
        .iter()
        .map(|wanted| shell(asking.iter().find(|line| line.contains(wanted)).unwrap()))
        .collect();
    assert!(answers[0].contains("approved"), "{answers:#?}");
    assert!(root.join("cases/SHOP-1402/plan.json").exists());
}
