//! House rules as tests: layers, file sizes, module docs, templates, printing, generated documentation.
//!
//! Each violation names the file and the line, and what to do instead.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// Layer of each module, as in docs/ARCHITECTURE.md; a module may use those of lower layers and itself.
const LAYERS: &[(&str, u8)] = &[
    ("span", 0),
    ("finding", 0),
    ("yaml", 0),
    ("limits", 0),
    ("pattern", 0),
    ("case", 1),
    ("source", 2),
    ("markdown", 3),
    ("trace", 3),
    ("payload", 3),
    ("log", 4),
    ("extract", 6),
    ("rules", 7),
    ("diagnose", 8),
    ("plan", 9),
    ("render", 10),
    ("gate", 11),
    ("register", 12),
    ("pipeline", 12),
    ("rule_check", 12),
    ("rule_corpus", 12),
    ("case_folder", 12),
    ("cli", 13),
];

/// Longest file, tests included.
const LINES: usize = 500;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&root().join(folder), extension, &mut found);
    found.sort();
    assert!(!found.is_empty(), "there are *.{extension} files below {folder}/");
    found
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, extension, found);
        } else if path.extension().is_some_and(|e| e == extension) {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

fn layer(module: &str) -> Option<u8> {
    LAYERS.iter().find(|(name, _)| *name == module).map(|(_, layer)| *layer)
}

/// The module a source file belongs to: the first folder or file name below `src/`.
fn module_of(file: &str) -> &str {
    let rest = file.strip_prefix("src/").unwrap();
    rest.split(['/', '.']).next().unwrap()
}

fn no_violations(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

/// Whether a file holds only tests and what they are made of.
fn is_test(file: &str) -> bool {
    ["tests.rs", "_test.rs", "sample.rs", "fixtures.rs", "laws.rs", "testing.rs"]
        .iter()
        .any(|name| file.ends_with(name))
}

/// The code of a file above its tests.
fn code(text: &str) -> &str {
    text.find("#[cfg(test)]").map_or(text, |at| &text[..at])
}

#[test]
fn imports_go_to_lower_layers_only() {
    let mut violations = Vec::new();
    for (file, text) in files("src", "rs") {
        let module = module_of(&file);
        if matches!(module, "lib" | "main") {
            continue;
        }
        let Some(own) = layer(module) else {
            violations
                .push(format!("{file}: module `{module}` has no layer; add it to LAYERS and docs/ARCHITECTURE.md"));
            continue;
        };
        for (number, line) in code(&text).lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for used in line.split("crate::").skip(1) {
                let used = used.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
                let allowed = used == module
                    || layer(used).is_some_and(|other| other < own || other == own && matches!(own, 0 | 12));
                if !allowed && layer(used).is_some() {
                    violations.push(format!(
                        "{file}:{}: layer {own} uses `{used}`; only layers below {own} are allowed",
                        number + 1
                    ));
                }
            }
        }
    }
    no_violations(&violations);
}

#[test]
fn every_file_says_what_it_is_and_stays_short() {
    let mut violations = Vec::new();
    for (file, text) in files("src", "rs") {
        if !text.starts_with("//!") {
            violations.push(format!("{file}:1: a file starts with `//!`: what it does, in one sentence"));
        }
        let lines = text.lines().count();
        if lines > LINES {
            violations.push(format!("{file}: {lines} lines; one concept a file, {LINES} lines at most"));
        }
    }
    no_violations(&violations);
}

#[test]
fn only_the_command_line_prints_or_reads_the_clock() {
    let banned = ["println!", "eprintln!", "print!(", "dbg!", "SystemTime", "Instant::now", "std::env", "std::process"];
    let mut violations = Vec::new();
    for (file, text) in files("src", "rs") {
        if file.starts_with("src/cli/") || file == "src/main.rs" || is_test(&file) {
            continue;
        }
        for (number, line) in code(&text).lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            // Git objects are data; `gate/git.rs` alone asks git for them, with nothing of the environment's configuration.
            let git = |word: &str| file == "src/gate/git.rs" && word == "std::process";
            for word in banned.iter().filter(|word| line.contains(**word) && !git(word)) {
                violations.push(format!("{file}:{}: `{word}` belongs to src/cli", number + 1));
            }
        }
    }
    no_violations(&violations);
}

#[test]
fn quotes_are_made_by_cite_alone() {
    let mut violations = Vec::new();
    for (file, text) in files("src", "rs") {
        if file == "src/source/cite.rs" || file == "src/case/evidence.rs" || is_test(&file) {
            continue;
        }
        for (number, line) in code(&text).lines().enumerate() {
            let literal = line.split("Cited {").next().filter(|before| before.len() < line.len());
            let constructs =
                literal.is_some_and(|before| !before.trim_end().ends_with("->") && !before.contains("struct "));
            if constructs && !line.contains("&Cited") {
                violations.push(format!("{file}:{}: a `Cited` is made by `SourceMap::cite` only", number + 1));
            }
        }
    }
    no_violations(&violations);
}

#[test]
fn yaml_is_read_in_one_place() {
    let mut violations = Vec::new();
    for (file, text) in files("src", "rs") {
        if file != "src/yaml.rs" && code(&text).contains("serde_yaml::") {
            violations.push(format!("{file}: YAML is read through src/yaml.rs"));
        }
    }
    no_violations(&violations);
}

#[test]
fn templates_escape_everything_and_hide_nothing() {
    let banned = [
        ("| safe", "values pass the escaper; machine text goes through quote or code"),
        ("|safe", "values pass the escaper; machine text goes through quote or code"),
        ("default(", "it does not fire on null; write `or`"),
        ("<!--", "a comment breaks a strict site; write {# #}"),
        ("autoescape false", "everything is escaped"),
    ];
    let mut violations = Vec::new();
    for (file, text) in files("templates", "md") {
        for (number, line) in text.lines().enumerate() {
            for (word, why) in banned.iter().filter(|(word, _)| line.contains(word)) {
                violations.push(format!("{file}:{}: `{word}`: {why}", number + 1));
            }
        }
    }
    no_violations(&violations);
}

#[test]
fn a_rule_file_ends_with_its_examples() {
    let mut violations = Vec::new();
    for (file, text) in files("rules", "yaml").into_iter().filter(|(file, _)| !file.contains("rules/words/")) {
        let keys: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split(':').next())
            .collect();
        if keys.last() != Some(&"examples") {
            violations.push(format!("{file}: `examples` is the last key; analysing reads only what stands above it"));
        }
    }
    no_violations(&violations);
}

#[test]
fn the_documentation_of_rules_and_formats_is_fresh() {
    let (rules, errors) = casefile::rules::load_rules(&[], &[], casefile::rules::Part::Whole);
    assert!(errors.is_empty(), "{errors:?}");
    let fresh = |path: &str, text: &str| {
        let known = fs::read_to_string(root().join(path)).unwrap_or_default();
        (known != text).then(|| format!("{path} is stale; run tests/refresh-examples.sh"))
    };
    let mut violations: Vec<String> = rules
        .rules
        .iter()
        .filter_map(|rule| fresh(&format!("docs/rules/{}.md", rule.id), &casefile::rules::rule_doc(rule)))
        .collect();
    violations.extend(fresh("docs/rules/index.md", &casefile::rules::rule_index(&rules)));
    let schemas = [
        ("case", serde_json::to_value(schemars::schema_for!(casefile::case::Case)).unwrap()),
        ("plan", serde_json::to_value(schemars::schema_for!(casefile::case::Plan)).unwrap()),
        ("rule", serde_json::to_value(casefile::rules::schema_json()).unwrap()),
        ("gate", serde_json::to_value(schemars::schema_for!(casefile::gate::GateReport)).unwrap()),
        ("logs", serde_json::to_value(schemars::schema_for!(casefile::log::scan::LogsReport)).unwrap()),
    ];
    for (name, schema) in schemas {
        violations.extend(fresh(&format!("docs/schema/{name}.json"), &casefile::render::to_json(&schema).unwrap()));
    }
    no_violations(&violations);
}

#[test]
fn nothing_names_this_machine_or_a_registry() {
    let mut violations = Vec::new();
    let hosts = [concat!("registry.", "npmjs"), concat!("static.", "crates"), concat!("/ro", "ot/")];
    for (folder, extension) in
        [("src", "rs"), ("docs", "md"), ("tests", "json"), ("examples", "json"), ("rules", "yaml")]
    {
        for (file, text) in files(folder, extension) {
            if file.contains("node_modules") {
                continue;
            }
            for host in hosts.iter().filter(|host| text.contains(**host)) {
                violations.push(format!("{file}: names {host}"));
            }
        }
    }
    no_violations(&violations);
}
