//! Tests of whole pages: headings, what is shown where nothing is stated, bases, the register.

use super::fixtures::{bare_case, bare_plan, full_case, full_plan, page, undetermined_case};
use super::{Flavour, GateView, Renderer};

fn report(case: &crate::case::Case) -> String {
    Renderer::new(None).unwrap().report(case, &page()).unwrap()
}

fn headings(page: &str, mark: &str) -> Vec<String> {
    page.lines().filter_map(|line| line.strip_prefix(mark)).map(str::to_string).collect()
}

#[test]
fn the_report_has_the_headings_of_the_contract_in_order() {
    assert_eq!(
        headings(&report(&full_case()), "## "),
        [
            "Executive Summary",
            "1. Issue Context",
            "2. Symptom Analysis",
            "3. Workspace Context Review",
            "4. Root Cause Analysis",
            "5. Solution Approach",
            "6. Next Steps",
            "Evidence & Attachments"
        ]
    );
}

#[test]
fn the_front_matter_comes_first_with_its_keys_in_order() {
    let page = report(&full_case());
    let block = page.strip_prefix("---\n").unwrap().split("\n---\n").next().unwrap();
    let keys: Vec<&str> = block.lines().filter_map(|line| line.split_once(": ")).map(|(key, _)| key).collect();
    assert_eq!(
        keys[..13].join(" "),
        "id title sidebar_label sidebar_position tags custom_edit_url jira_id issue_type priority status confidence_level analyst related_issues"
    );
    assert!(block.contains(
        "tags: [\"analysis\", \"incident\", \"P1\", \"connection-leak\", \"invoice-export\", \"billing-db\"]"
    ));
}

#[test]
fn the_decision_stands_before_the_summary() {
    let page = report(&full_case());
    let decision = page.find("| Decision wanted |").unwrap();
    assert!(decision < page.find("## Executive Summary").unwrap());
    assert!(page.contains("> **🚨 Approval gate**: Nothing may be planned"));
    assert!(page.contains("| Confidence | ⬤⬤⬤⬤◯ (High) |"));
}

#[test]
fn every_basis_is_a_word_on_the_page() {
    let page = report(&full_case());
    for basis in ["_observed_", "_reported_", "_suspected_", "_ruled-out_"] {
        assert!(page.contains(basis), "{basis}");
    }
}

#[test]
fn without_three_dots_the_cause_is_not_determined() {
    let page = report(&undetermined_case());
    assert!(page.contains("The cause is **not determined**"));
    assert!(page.contains("sources: 2, lines: 184, log events: 4210"));
    assert!(page.contains("- the pool settings in force (size, leak detection) (would settle H1)"));
    assert!(page.contains("**Approach Type**: Investigation Required"));
    assert!(page.contains("confidence_level: \"low\""));
}

#[test]
fn the_state_of_the_gate_changes_nothing_but_the_status_line() {
    let mut approved = page();
    approved.gate = GateView { state: "approved".into(), open: true, detail: "2 of 2 reviewers".into() };
    let after = Renderer::new(None).unwrap().report(&full_case(), &approved).unwrap();
    assert_eq!(after.replace("status: \"approved\"", "status: \"draft\""), report(&full_case()));
}

#[test]
fn refuted_hypotheses_keep_their_reason() {
    let reason = "refuted: other queries on the same route succeed at the same time |";
    assert!(report(&full_case()).contains(reason));
}

#[test]
fn a_fix_that_uses_what_a_source_rules_out_is_marked() {
    let page = report(&full_case());
    assert!(page.contains("> **⚠️ Ruled out by a source**: This fix uses Redis, but: Not Redis"), "{page}");
}

#[test]
fn an_empty_case_says_not_stated() {
    let page = report(&bare_case());
    assert!(page.contains("# Analysis Report: CASE-NOTE - Not stated"));
    assert!(page.contains("- **User Impact**: Not stated"));
    assert!(page.contains("Please state the impact on users: the sources do not."));
    assert!(page.contains("priority: \"Not stated\""));
    assert!(!page.contains("## 3."));
}

#[test]
fn the_register_holds_what_the_page_cites_and_nothing_else() {
    let mut case = full_case();
    let mut unused = case.evidence[0].clone();
    unused.id = crate::case::EvidenceId(99);
    case.evidence.push(unused);
    let page = report(&case);
    assert!(page.contains("#### E1\n"));
    assert!(!page.contains("#### E99"));
}

#[test]
fn an_item_that_is_not_in_the_register_is_an_error() {
    let mut case = full_case();
    case.evidence.clear();
    let error = Renderer::new(None).unwrap().report(&case, &page()).unwrap_err();
    assert_eq!(error.to_string(), "E1 is cited on the page, but the case has no such evidence");
}

#[test]
fn docusaurus_pages_have_admonitions() {
    let mut context = page();
    context.flavour = Flavour::Docusaurus;
    let page = Renderer::new(None).unwrap().report(&full_case(), &context).unwrap();
    assert!(page.contains("\n:::danger[🚨 Approval gate]\n\nNothing may be planned"));
}

#[test]
fn the_plan_has_its_sections_in_order() {
    let page = Renderer::new(None).unwrap().plan(&full_plan(), &full_case(), &page()).unwrap();
    let expected = "Executive Summary/Solution Architecture/Task Breakdown/Risk Management/Dependencies/Rollback Strategy/\
        Success Metrics/Timeline & Milestones/Traceability/What We Are NOT Doing/Approval & Gate/Evidence/Change Log";
    assert_eq!(headings(&page, "## ").join("/"), expected);
    assert!(page.contains("**hole**: nothing explains it"));
    assert!(
        page.contains(
            "total_tasks: 4\nestimated_effort: \"5-9 h\"\nrisk_level: \"medium\"\ndependencies: []\nblocks: []"
        )
    );
}

#[test]
fn empty_plans_and_waiting_pages_render() {
    let renderer = Renderer::new(None).unwrap();
    let plan = renderer.plan(&bare_plan(), &bare_case(), &page()).unwrap();
    assert!(plan.contains("This is a draft made before the analysis was approved; it cannot be approved itself."));
    let waiting = renderer.waiting_plan(&bare_case(), &page()).unwrap();
    assert!(waiting.contains("There is no plan yet."));
    assert!(waiting.contains("[analysis report](./index.md)"));
}

#[test]
fn the_same_case_gives_the_same_bytes() {
    assert_eq!(report(&full_case()), report(&full_case()));
}

#[test]
fn pages_end_with_one_newline_and_hold_no_double_blank_lines_outside_code() {
    for page in [report(&full_case()), report(&undetermined_case()), report(&bare_case())] {
        assert!(page.starts_with("---\nid: index\n") && page.ends_with('\n') && !page.ends_with("\n\n"));
        assert!(!page.contains("\n\n\n"), "{page}");
    }
}
