//! What holds for any input at all.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

use std::sync::LazyLock;

use casefile::case::Case;
use casefile::pipeline::{AnalyzeOptions, analyze};
use casefile::render::{Flavour, GateView, PageContext, Renderer, to_json};
use casefile::rules::{Part, builtin_rules, load_rules};
use casefile::source::SourceMap;
use proptest::prelude::*;
use proptest::sample::Index;
use regex::{Captures, Regex};

fn case_of(text: &str) -> (SourceMap, Case) {
    let mut sources = SourceMap::new();
    sources.add_text("any.md", text);
    let options = AnalyzeOptions { generated_at: "2026-01-01T00:00:00Z".into(), ..AnalyzeOptions::default() };
    let case = analyze(&sources, Vec::new(), builtin_rules(), &options, &|_, _| true);
    (sources, case)
}

fn context() -> PageContext {
    PageContext {
        analyst: "A".into(),
        planner: "A".into(),
        prepared_by: None,
        jira_base_url: None,
        flavour: Flavour::Portable,
        generated_at: "2026-01-01T00:00:00Z".into(),
        last_updated: "2026-01-01T00:00:00Z".into(),
        gate: GateView { state: "draft".into(), open: false, detail: String::new() },
        evidence_files: Vec::new(),
    }
}

/// Pieces that documents are made of, so that random texts reach deep into the recognisers.
const PIECES: &[&str] = &[
    "# ",
    "## Root cause\n",
    "- ",
    "1. ",
    "> ",
    "```\n",
    "```json\n",
    "| a | b |\n| - | - |\n",
    "**Severity**: P1\n",
    "\n\n",
    "\n",
    "\r\n",
    "The root cause was ",
    "race condition",
    "connection pool exhausted",
    "not ",
    "[10:00:00.001] POST /a token=t1 -> 200\n",
    "[10:00:00.002] POST /a token=t1 -> 401\n",
    "\tat a.B.c(D.java:12)\n",
    "java.lang.RuntimeException: x\n",
    "{\"iat\": 1, \"exp\": 2}",
    "Missing: `roles`",
    "src/a.rs:10",
    "15% of 100",
    "{{ 7*7 }}",
    "<script>",
    "${x}",
    "password=hunter2hunter2",
    "日本語",
    "\u{202e}",
    "\0",
    "2024-01-22T14:32:18.123Z WARN x\n",
    "---\na: b\n---\n",
    "<!-- x -->",
    "[a](./b.md)",
    "expected 1, got 2. ",
    "é",
    "📄",
];

fn document() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(str::to_string),
        1 => ".{0,12}",
        1 => "[a-z ]{0,20}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

const DOCUMENTS: &[&str] = &[
    include_str!("../examples/checkout-pool/input/incident.md"),
    include_str!("../examples/draft-lost/input/bug.md"),
    include_str!("../examples/token-refresh/input/incident.md"),
    include_str!("../examples/unknown-cause/input/report.md"),
];

static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[\w./-]{3,}").unwrap());

/// Secrets that are known by their shape; in two parts, so that nothing in this repository looks like one.
fn secrets() -> [String; 2] {
    let token = ["ghp", "16C7e42F292c6912E7710c838347Ae178B4a"].join("_");
    let jwt =
        ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "dozjgNryP4J3jVmNHl0w5NXgL0n3I9PlFUP0THsR8U"].join(".");
    [token, jwt]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn every_quote_is_found_again(text in document()) {
        let (_, case) = case_of(&text);
        for evidence in &case.evidence {
            let place = usize::try_from(evidence.bytes[0]).unwrap()..usize::try_from(evidence.bytes[1]).unwrap();
            prop_assert_eq!(&text[place], evidence.quote.as_str());
            prop_assert!(evidence.lines[0] >= 1 && evidence.lines[0] <= evidence.lines[1]);
            prop_assert!(!evidence.quote.contains("hunter2hunter2"));
        }
    }

    #[test]
    fn the_same_text_gives_the_same_bytes(text in document()) {
        let (_, first) = case_of(&text);
        let (_, second) = case_of(&text);
        prop_assert_eq!(to_json(&first).unwrap(), to_json(&second).unwrap());
    }

    #[test]
    fn a_page_is_always_made_and_its_references_resolve(text in document()) {
        let (_, case) = case_of(&text);
        let page = Renderer::new(None).unwrap().report(&case, &context()).unwrap();
        let whole = page.starts_with("---\n") && page.ends_with('\n');
        prop_assert!(whole);
        prop_assert!(page.contains("APPROVAL GATE") && page.contains("STOP"));
        prop_assert!(!page.contains("hunter2hunter2"));
        let hidden = page.contains(['\u{202e}', '\0']);
        prop_assert!(!hidden);
    }

    #[test]
    fn a_case_survives_its_json(text in document()) {
        let (_, case) = case_of(&text);
        let json = to_json(&case).unwrap();
        let back: Case = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(to_json(&back).unwrap(), json);
    }

    /// Wherever a secret is pasted over a word, no output has it.
    #[test]
    fn a_secret_pasted_over_any_word_is_not_shown(
        document in 0..DOCUMENTS.len(),
        word in any::<Index>(),
        secret in 0..2_usize,
    ) {
        let (text, secret) = (DOCUMENTS[document], &secrets()[secret]);
        let words: Vec<_> = WORD.find_iter(text).collect();
        let place = word.get(&words).range();
        let (_, case) = case_of(&[&text[..place.start], secret, &text[place.end..]].concat());
        let json = to_json(&case).unwrap();
        let shown = json.lines().find(|line| line.contains(&secret[4..20]) || line.contains(&secret[secret.len() - 16..]));
        prop_assert_eq!(shown, None);
    }

    #[test]
    fn confidence_keeps_to_its_contract(text in document()) {
        let (_, case) = case_of(&text);
        for hypothesis in &case.hypotheses {
            prop_assert!(hypothesis.dots <= 4, "rules never give five dots");
            prop_assert!(hypothesis.status != casefile::case::HypothesisStatus::Confirmed);
            prop_assert!(!hypothesis.evidence_for.is_empty() || !hypothesis.evidence_against.is_empty());
        }
    }
}

/// Rules capture names and fill them into explanations, tests and remedies: none of these may be a secret.
#[test]
fn what_rules_capture_shows_no_secret() {
    let secret = &secrets()[0];
    let value = Regex::new(r#"([=:]\s?"?)[\w.-]{1,40}"#).unwrap();
    for rule in load_rules(&[], &[], Part::Whole).0.rules {
        for example in rule.examples.iter().flat_map(|examples| &examples.fires) {
            let all = value.replace_all(&example.text, |found: &Captures<'_>| format!("{}{secret}", &found[1]));
            let first = value.replace(&example.text, |found: &Captures<'_>| format!("{}{secret}", &found[1]));
            for text in [all, first] {
                let (_, case) = case_of(&text);
                let json = to_json(&case).unwrap();
                let shown = json.lines().find(|line| line.contains(&secret[4..20]));
                assert_eq!(shown, None, "{}", rule.id);
            }
        }
    }
}
