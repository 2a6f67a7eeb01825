//! What an analysis costs: one scenario in the process, and the shares of its stages.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

use casefile::pipeline::{AnalyzeOptions, analyze};
use casefile::render::{Flavour, GateView, PageContext, Renderer};
use casefile::rules::{RuleSet, builtin_rules};
use casefile::source::SourceMap;
use divan::Bencher;
use divan::counter::BytesCount;

const INCIDENT: &str = include_str!("../examples/token-refresh/input/incident.md");
const LOG: &str = include_str!("../examples/checkout-pool/input/logs/checkout.log");

fn main() {
    divan::main();
}

fn options() -> AnalyzeOptions {
    AnalyzeOptions { generated_at: "2026-01-01T00:00:00Z".into(), ..AnalyzeOptions::default() }
}

fn sources(text: &str, log: &str) -> SourceMap {
    let mut sources = SourceMap::new();
    sources.add_text("incident.md", text);
    if !log.is_empty() {
        sources.add_text("service.log", log);
    }
    sources
}

#[divan::bench]
fn load_builtin_rules(bencher: Bencher<'_, '_>) {
    bencher.bench(|| casefile::rules::load_rules(&[], &[], casefile::rules::Part::WithoutExamples));
}

#[divan::bench]
fn one_scenario(bencher: Bencher<'_, '_>) {
    let rules = builtin_rules();
    bencher.counter(BytesCount::of_str(INCIDENT)).bench(|| {
        let sources = sources(INCIDENT, "");
        analyze(&sources, Vec::new(), rules, &options(), &|_, _| true)
    });
}

#[divan::bench]
fn scenario_with_a_log_of_2000_lines(bencher: Bencher<'_, '_>) {
    let rules = builtin_rules();
    bencher.counter(BytesCount::of_str(LOG)).bench(|| {
        let sources = sources(INCIDENT, LOG);
        analyze(&sources, Vec::new(), rules, &options(), &|_, _| true)
    });
}

/// `copies` copies of the first `number` builtin rules, each with ids of its own.
fn some_rules(number: usize, copies: usize) -> RuleSet {
    let first = builtin_rules().rules.iter().take(number);
    let renamed = first.flat_map(|rule| {
        (0..copies).map(|copy| {
            let mut rule = rule.clone();
            rule.id = format!("{}-{copy}", rule.id);
            rule
        })
    });
    RuleSet::new(renamed.collect(), None)
}

/// One case with rules that have met none before: every pattern it needs is compiled.
#[divan::bench(args = [(13, 1), (52, 1), (52, 10)])]
fn first_case_with_rules_and_copies(bencher: Bencher<'_, '_>, (number, copies): (usize, usize)) {
    let sources = sources(INCIDENT, "");
    bencher
        .with_inputs(|| some_rules(number, copies))
        .bench_local_refs(|rules| analyze(&sources, Vec::new(), rules, &options(), &|_, _| true));
}

/// One case of many with the same rules.
#[divan::bench(args = [(13, 1), (52, 1), (52, 10)])]
fn later_case_with_rules_and_copies(bencher: Bencher<'_, '_>, (number, copies): (usize, usize)) {
    let sources = sources(INCIDENT, "");
    let rules = some_rules(number, copies);
    bencher.bench_local(|| analyze(&sources, Vec::new(), &rules, &options(), &|_, _| true));
}

#[divan::bench]
fn render_a_report(bencher: Bencher<'_, '_>) {
    let sources = sources(INCIDENT, "");
    let case = analyze(&sources, Vec::new(), builtin_rules(), &options(), &|_, _| true);
    let page = PageContext {
        analyst: "A".into(),
        prepared_by: None,
        jira_base_url: None,
        flavour: Flavour::Portable,
        planner: "Architect Agent".into(),
        generated_at: case.generated_at.clone(),
        last_updated: case.generated_at.clone(),
        gate: GateView { state: "draft".into(), open: false, detail: String::new() },
        evidence_files: Vec::new(),
    };
    let renderer = Renderer::new(None).expect("builtin templates load");
    bencher.bench(|| renderer.report(&case, &page));
}
