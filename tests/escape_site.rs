//! Writes pages for the strict site below the target folder: hostile strings in every context, and the rendered fixtures.
//!
//! `tests/site/check-escape.sh` and `tests/site/check.sh` build them; what is asserted here needs no site.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::path::{Path, PathBuf};

use casefile::case::{Case, Plan};
use casefile::render::{Flavour, GateView, PageContext, Renderer, code_block, code_span, escape, to_json, visible};
use serde_json::{Value, json};

/// Strings on one page: a page of all is slow to build.
const STRINGS_PER_PAGE: usize = 80;

/// Random strings beside the written ones.
const RANDOM_STRINGS: usize = 300;

fn site() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("site")
}

fn fixture(name: &str) -> String {
    for folder in ["tests/fixtures/render", "tests/site"] {
        let path = Path::new(ROOT).join(folder).join(name);
        if path.exists() {
            return fs::read_to_string(path).expect("the fixture can be read");
        }
    }
    panic!("no fixture {name}");
}

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The written strings, then strings put together at random from pieces that mean something to some dialect.
fn strings() -> Vec<String> {
    let mut strings: Vec<String> = serde_json::from_str(&fixture("strings.json")).expect("a list of strings");
    const PIECES: &[&str] = &[
        "a",
        "b1",
        " ",
        "{",
        "}",
        "<",
        ">",
        "&",
        "amp;",
        "#",
        "*",
        "_",
        "`",
        "```",
        "[",
        "]",
        "(",
        ")",
        "!",
        "|",
        "\\",
        "\n",
        ":",
        "::",
        ":::",
        "-",
        "--",
        "+",
        "=",
        "~",
        "$",
        "^",
        "1.",
        "import ",
        "export ",
        "http://a.example/",
        "www.",
        "@b.example",
        "\"",
        "'",
        "/",
        "%",
        "é",
        "\u{202e}",
        "\0",
        "\t",
        "<b>",
        "x:y:z",
        "/>",
        "{{",
        "}}",
        "{#",
        "https://",
    ];
    let mut state: u64 = 7;
    for _ in 0..RANDOM_STRINGS {
        let mut text = String::new();
        for _ in 0..8 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let index = usize::try_from(state >> 33).expect("31 bits fit") % PIECES.len();
            text.push_str(PIECES[index]);
        }
        strings.push(text);
    }
    strings
}

/// One value in each of the seven contexts of a page.
fn in_contexts(id: &str, text: &str) -> String {
    // Text of several lines has no place in a heading below the first: the table of contents would repeat its breaks.
    let mark = if text.contains("<br/>") { "#" } else { "###" };
    let contexts = [
        ("paragraph", text.to_string()),
        ("list", format!("- {text}")),
        ("quote", format!("> {text}")),
        ("label", format!("**Label**: {text}")),
        ("heading", format!("{mark} {text}")),
        ("summary", format!("<details>\n<summary>\n\n{text}\n\n</summary>\n\nx\n\n</details>")),
        ("cell", format!("| head | other |\n| --- | --- |\n| {text} | x |")),
    ];
    contexts.iter().map(|(name, block)| format!("<div id=\"value-{id}-{name}\">\n\n{block}\n\n</div>\n\n")).collect()
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
    fs::write(path, text).expect("the file can be written");
}

fn write_string_pages(folder: &Path, kind: &str, blocks: &[String]) {
    for (nth, chunk) in blocks.chunks(STRINGS_PER_PAGE).enumerate() {
        let page = format!("---\ntitle: \"{kind} {nth}\"\n---\n\n# {kind}\n\n{}", chunk.concat());
        write(&folder.join(format!("docs/{kind}{nth}.md")), &format!("{}\n", page.trim_end()));
    }
}

#[test]
fn hostile_strings_are_written_in_every_context() {
    let folder = site().join("escape");
    let _ = fs::remove_dir_all(&folder);
    let (mut texts, mut spans, mut blocks, mut expected) = (vec![], vec![], vec![], vec![]);
    for (n, source) in strings().iter().enumerate() {
        let shown = visible(source);
        let text = escape(source);
        if !text.is_empty() {
            texts.push(in_contexts(&format!("t{n}"), &text));
            expected.push(json!({"id": format!("t{n}"), "kind": "text", "shown": shown}));
        }
        spans.push(in_contexts(&format!("s{n}"), &code_span(source)));
        let line = if shown.trim_matches([' ', '\n', '\t']).is_empty() { "Not stated" } else { &shown };
        expected.push(json!({"id": format!("s{n}"), "kind": "span", "shown": line}));
        blocks.push(format!("<div id=\"value-b{n}\">\n\n{}\n\n</div>\n\n", code_block(source, "text")));
        expected.push(json!({"id": format!("b{n}"), "kind": "block", "shown": shown}));
    }
    write_string_pages(&folder, "text", &texts);
    write_string_pages(&folder, "span", &spans);
    write_string_pages(&folder, "block", &blocks);
    write(&folder.join("expected.json"), &to_json(&expected).expect("strings only"));
}

#[test]
fn escaped_text_opens_no_expression_and_no_element_of_its_own() {
    for source in strings() {
        let mut rest = escape(&source);
        assert!(!rest.contains('\n'), "{source:?}");
        for ours in ["<br/>", "<span>", "</span>", "\\{", "\\}"] {
            rest = rest.replace(ours, "");
        }
        assert!(!rest.contains(['{', '}', '<', '>', '|', '~', '^']), "{source:?} gives {rest:?}");
    }
}

#[test]
fn fixtures_are_written_as_case_folders() {
    let folder = site().join("pages");
    let _ = fs::remove_dir_all(&folder);
    let renderer = Renderer::new(None).expect("builtin templates are sound");
    for (flavour, name) in [(Flavour::Portable, "portable"), (Flavour::Docusaurus, "docusaurus")] {
        for (case, plan) in [("full", Some("full")), ("undetermined", None), ("bare", Some("bare"))] {
            let case: Case = serde_json::from_str(&fixture(&format!("{case}.case.json"))).expect("a case");
            let page = context(flavour);
            let target = folder.join(name).join(&case.id);
            write(&target.join("index.md"), &renderer.report(&case, &page).expect("a sound case"));
            let plan_page = match plan {
                Some(plan) => {
                    let plan: Plan = serde_json::from_str(&fixture(&format!("{plan}.plan.json"))).expect("a plan");
                    renderer.plan(&plan, &case, &page)
                }
                None => renderer.waiting_plan(&case, &page),
            };
            write(&target.join("implementation_plan.md"), &plan_page.expect("a sound plan"));
            write(&target.join("evidence/pool 50%.txt"), "size=20\n");
            let category: Value = json!({"label": format!("{} ({name})", case.id), "link": null, "position": 1});
            write(&target.join("_category_.json"), &to_json(&category).expect("no fractions"));
        }
    }
}

#[test]
fn hostile_cases_are_written_as_case_folders() {
    let folder = site().join("hostile");
    let _ = fs::remove_dir_all(&folder);
    let renderer = Renderer::new(None).expect("builtin templates are sound");
    let strings = strings();
    for (nth, chunk) in strings.chunks(150).enumerate() {
        let mut next = chunk.iter().cycle();
        let mut case: Value = serde_json::from_str(&fixture("full.case.json")).expect("JSON");
        let mut plan: Value = serde_json::from_str(&fixture("full.plan.json")).expect("JSON");
        make_hostile(&mut case, &mut next);
        make_hostile(&mut plan, &mut next);
        let case: Case = serde_json::from_value(case).expect("only texts were replaced");
        let plan: Plan = serde_json::from_value(plan).expect("only texts were replaced");
        let page = context(if nth % 2 == 0 { Flavour::Portable } else { Flavour::Docusaurus });
        let target = folder.join(format!("hostile-{nth}"));
        write(&target.join("index.md"), &renderer.report(&case, &page).expect("a sound case"));
        write(&target.join("implementation_plan.md"), &renderer.plan(&plan, &case, &page).expect("a sound plan"));
        write(&target.join("evidence/pool 50%.txt"), "size=20\n");
    }
}

/// Replaces every free text, also those that a well-meaning source would not hold.
fn make_hostile<'a>(value: &mut Value, next: &mut impl Iterator<Item = &'a String>) {
    // Words with a fixed set of values, ids, and what refers to them.
    const KEPT: &[&str] = &[
        "id",
        "basis",
        "kind",
        "severity",
        "priority",
        "status",
        "role",
        "schema",
        "precision",
        "level",
        "language",
        "resolved",
        "approach_type",
        "approach",
        "effort",
        "risk_level",
        "probability",
        "impact",
        "profile",
        "evidence",
        "depends_on",
        "blocks",
        "hypotheses",
        "tasks",
        "hypothesis",
        "sha256",
    ];
    match value {
        Value::String(text) => text.clone_from(next.next().expect("the strings go round")),
        Value::Array(items) => items.iter_mut().for_each(|item| make_hostile(item, next)),
        Value::Object(map) => {
            for (_, inner) in
                map.iter_mut().filter(|(key, inner)| !(KEPT.contains(&key.as_str()) && holds_words(inner)))
            {
                make_hostile(inner, next);
            }
        }
        _ => {}
    }
}

fn holds_words(value: &Value) -> bool {
    value.is_string() || value.as_array().is_some_and(|items| items.iter().all(Value::is_string))
}

fn context(flavour: Flavour) -> PageContext {
    PageContext {
        analyst: "TPM/PO Agent".into(),
        planner: "Architect Agent".into(),
        prepared_by: Some("triage-bot".into()),
        jira_base_url: Some("https://jira.example".into()),
        flavour,
        generated_at: "2024-03-05T09:00:00Z".into(),
        last_updated: "2024-03-05T10:30:00Z".into(),
        gate: GateView { state: "draft".into(), open: false, detail: "No decision is recorded.".into() },
        evidence_files: vec!["pool 50%.txt".into(), "notes.md".into()],
    }
}
