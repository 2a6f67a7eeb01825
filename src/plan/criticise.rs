//! The plan criticises itself: what is wrong with a plan, whoever wrote it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::cycle::never_startable;
use super::ruled_out::used_though_ruled_out;
use super::threshold::{leave_gap, thresholds};
use super::track::{is_supported, tracks};
use crate::case::{Case, CaseFinding, FindingPlace, Plan, PlanApproach, PlanSuccess, Role, Task, TaskKind};
use crate::finding::Code;
use crate::pattern::Pattern;

/// Hours after which a task must be split.
const TASK_HOURS: u32 = 4;

/// A stated effort; a bare duration ("keep it for 24 hours") is none.
static STATED_EFFORT: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(concat!(
        r"(?i)\b(?:effort|estimate[sd]?(?: effort)?|estimated time|takes?)\b\s*(?:is|of|at|:|=|about|around|~)*\s*",
        r"(?:\d{1,4}\s*(?:-|–|to)\s*)?(?P<number>\d{1,4})\s*(?P<unit>h|hrs?|hours?|d|days?|weeks?)\b"
    ))
});

/// A number, in digits or as the words that criteria are written with.
static NUMBER: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"(?i)\d|\b(?:zero|no|none|never|one|two|three|four|five|ten|twice|half)\b"));

/// Words that name a test.
static TEST: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"(?i)\btests?\b"));

/// Finds the defects of a plan that is read beside its case.
pub fn criticise(plan: &Plan, case: &Case) -> Vec<CaseFinding> {
    let mut findings = Vec::new();
    cycles(plan, &mut findings);
    long_tasks(plan, &mut findings);
    untested_changes(plan, &mut findings);
    changes_without_cause(plan, case, &mut findings);
    unserved_causes(plan, case, &mut findings);
    ruled_out_technology(plan, case, &mut findings);
    vague_criteria(plan, &mut findings);
    threshold_gaps(plan, &mut findings);
    if plan.approach == PlanApproach::Fix && plan.rollback.triggers.iter().all(|t| t.trim().is_empty()) {
        let message = "the plan names no condition under which to roll back";
        findings.push(finding(Code::PlanNoRollback, message.into(), None));
    }
    findings
}

fn finding(code: Code, message: String, fix: Option<&str>) -> CaseFinding {
    CaseFinding {
        code: code.as_str().into(),
        severity: code.severity(),
        message,
        places: Vec::new(),
        computed: None,
        fix: fix.map(str::to_string),
    }
}

fn cycles(plan: &Plan, findings: &mut Vec<CaseFinding>) {
    let stuck = never_startable(&plan.tasks);
    if !stuck.is_empty() {
        let message = format!("tasks {} wait for each other, or for tasks that do", stuck.join(", "));
        findings.push(finding(Code::PlanCycle, message, Some("remove one of the dependencies")));
    }
}

fn long_tasks(plan: &Plan, findings: &mut Vec<CaseFinding>) {
    for task in &plan.tasks {
        let longest = [&task.title, &task.description].into_iter().filter_map(|text| stated_hours(text)).max();
        let Some(hours) = longest.filter(|hours| *hours > TASK_HOURS) else { continue };
        let message = format!("task {} takes {hours} hours", task.id);
        let mut found = finding(Code::PlanTaskTooLong, message, Some("split it into tasks of at most four hours"));
        found.computed = Some(format!("{hours} h > {TASK_HOURS} h"));
        findings.push(found);
    }
}

fn stated_hours(text: &str) -> Option<u32> {
    let hours_of = |unit: &str| match unit.chars().next().map(|c| c.to_ascii_lowercase()) {
        Some('h') => 1,
        Some('d') => 8,
        _ => 40,
    };
    STATED_EFFORT
        .captures_iter(text)
        .filter_map(|hit| {
            Some(hit.name("number")?.as_str().parse::<u32>().ok()?.saturating_mul(hours_of(&hit["unit"])))
        })
        .max()
}

fn untested_changes(plan: &Plan, findings: &mut Vec<CaseFinding>) {
    let is_test = |task: &&Task| {
        matches!(task.kind, TaskKind::TestCreation | TaskKind::IntegrationTest | TaskKind::RegressionTest)
            && task.test.is_some()
    };
    let mut tested: BTreeSet<&str> = BTreeSet::new();
    let tests: BTreeSet<&str> = plan.tasks.iter().filter(is_test).map(|task| task.id.as_str()).collect();
    for task in plan.tasks.iter().filter(is_test) {
        tested.extend(task.depends_on.iter().chain(&task.blocks).map(String::as_str));
    }
    for task in plan.tasks.iter().filter(|task| task.kind == TaskKind::CodeChange) {
        let linked = task.depends_on.iter().chain(&task.blocks).any(|id| tests.contains(id.as_str()));
        if !linked && !tested.contains(task.id.as_str()) {
            let message = format!("task {} changes code, and no task tests the change", task.id);
            findings.push(finding(Code::PlanCodeWithoutTest, message, Some("write the failing test first")));
        }
    }
}

fn changes_without_cause(plan: &Plan, case: &Case, findings: &mut Vec<CaseFinding>) {
    let supported: BTreeSet<&str> = case.hypotheses.iter().filter(|h| is_supported(h)).map(|h| h.id.as_str()).collect();
    for task in plan.tasks.iter().filter(|task| matches!(task.kind, TaskKind::CodeChange | TaskKind::Configuration)) {
        let message = match task.hypothesis.as_deref() {
            Some(id) if supported.contains(id) => continue,
            Some(id) => format!("task {} serves {id}, which is not supported", task.id),
            None => format!("task {} changes something and serves no hypothesis", task.id),
        };
        findings.push(finding(Code::PlanFixServesNothing, message, None));
    }
}

fn unserved_causes(plan: &Plan, case: &Case, findings: &mut Vec<CaseFinding>) {
    let served: BTreeSet<&str> = plan.tasks.iter().filter_map(|task| task.hypothesis.as_deref()).collect();
    for root in case.hypotheses.iter().filter(|h| h.role == Role::Root && is_supported(h)) {
        if !served.contains(root.id.as_str()) {
            let message = format!("{} ({}) is supported, and no task addresses it", root.id, root.title.trim());
            findings.push(finding(Code::PlanHypothesisUnserved, message, None));
        }
    }
}

fn ruled_out_technology(plan: &Plan, case: &Case, findings: &mut Vec<CaseFinding>) {
    let served: BTreeSet<&str> = plan.tasks.iter().filter_map(|task| task.hypothesis.as_deref()).collect();
    for track in tracks(case).iter().filter(|track| served.contains(track.hypothesis.id.as_str())) {
        for (name, fact) in used_though_ruled_out(case, track) {
            let message =
                format!("the fix for {} uses {name}, which the sources say is not in use", track.hypothesis.id);
            let mut found =
                finding(Code::PlanUsesRuledOut, message, Some("take an alternative, or say why it is brought in"));
            found.places = vec![FindingPlace { span: fact.span.clone(), label: fact.text.clone() }];
            findings.push(found);
        }
    }
}

fn vague_criteria(plan: &Plan, findings: &mut Vec<CaseFinding>) {
    let names: Vec<&str> = plan.tasks.iter().filter_map(|task| Some(task.test.as_ref()?.name.trim())).collect();
    for PlanSuccess { criterion, measure, .. } in &plan.success {
        let told = [criterion, measure].into_iter().any(|text| {
            let named = names.iter().any(|name| !name.is_empty() && text.contains(name));
            NUMBER.is_match(text) || TEST.is_match(text) || named
        });
        if !told {
            let message = format!("the success criterion \"{}\" has neither a number nor a test", criterion.trim());
            findings.push(finding(Code::PlanCriterionWithoutNumber, message, None));
        }
    }
}

fn threshold_gaps(plan: &Plan, findings: &mut Vec<CaseFinding>) {
    let wanted: Vec<_> = plan.success.iter().flat_map(|s| thresholds(&s.criterion)).collect();
    let mut told: BTreeSet<(String, String)> = BTreeSet::new();
    for alert in plan.monitoring.iter().flat_map(|text| thresholds(text)) {
        for want in wanted.iter().filter(|want| leave_gap(want, &alert)) {
            if !told.insert((want.text.clone(), alert.text.clone())) {
                continue;
            }
            let message = format!("wanted is \"{}\", and the alert comes at \"{}\"", want.text, alert.text);
            findings.push(finding(Code::PlanThresholdGap, message, Some("raise the alert where what is wanted ends")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::HypothesisStatus;
    use crate::plan::sample::{case, fact};
    use crate::plan::{PlanOptions, make_plan};

    fn codes(change: impl FnOnce(&mut Plan, &mut Case)) -> Vec<String> {
        let mut case = case();
        let mut plan = make_plan(&case, &PlanOptions::default());
        change(&mut plan, &mut case);
        criticise(&plan, &case).into_iter().map(|finding| finding.code).collect()
    }

    fn task<'a>(plan: &'a mut Plan, id: &str) -> &'a mut Task {
        plan.tasks.iter_mut().find(|task| task.id == id).unwrap()
    }

    #[test]
    fn a_circle_is_found() {
        assert_eq!(codes(|plan, _| task(plan, "1.1").depends_on = vec!["4.1".into()]), ["plan-cycle"]);
    }

    #[test]
    fn a_task_that_says_it_takes_a_day_is_too_long() {
        assert_eq!(
            codes(|plan, _| task(plan, "2.1.2").title = "Rework it (effort: 1 day)".into()),
            ["plan-task-too-long"]
        );
        assert_eq!(
            codes(|plan, _| task(plan, "2.1.2").description = "Estimate: 2-6 hours".into()),
            ["plan-task-too-long"]
        );
    }

    #[test]
    fn a_duration_that_is_no_effort_is_left_alone() {
        assert_eq!(codes(|plan, _| task(plan, "2.1.2").description = "Keep rows for 24 hours".into()), [""; 0]);
    }

    #[test]
    fn a_change_whose_test_is_taken_away_is_found() {
        let found = codes(|plan, _| {
            plan.tasks.retain(|task| task.id != "2.1.1");
            task(plan, "2.1.2").depends_on.clear();
        });
        assert_eq!(found, ["plan-code-without-test"]);
    }

    #[test]
    fn a_change_for_a_refuted_hypothesis_serves_nothing() {
        let found = codes(|_, case| case.hypotheses[0].status = HypothesisStatus::Refuted);
        assert!(found.iter().all(|code| code == "plan-fix-serves-nothing") && !found.is_empty(), "{found:?}");
    }

    #[test]
    fn a_change_that_names_no_hypothesis_serves_nothing() {
        assert_eq!(codes(|plan, _| task(plan, "2.1.2").hypothesis = None), ["plan-fix-serves-nothing"]);
    }

    #[test]
    fn a_supported_root_without_task_is_found() {
        let found = codes(|_, case| {
            let mut other = case.hypotheses[0].clone();
            other.id = "H9".into();
            case.hypotheses.push(other);
        });
        assert_eq!(found, ["plan-hypothesis-unserved"]);
    }

    #[test]
    fn a_fix_that_uses_what_is_not_in_use_is_found_with_its_place() {
        let mut case = case();
        case.ruled_out = vec![fact("Etcd is not used in this service", 50)];
        case.hypotheses[0].fix.as_mut().unwrap().components[0].uses = vec!["etcd".into()];
        let findings = criticise(&make_plan(&case, &PlanOptions::default()), &case);
        assert_eq!((findings[0].code.as_str(), findings[0].places[0].span.lines), ("plan-uses-ruled-out", [50, 50]));
    }

    #[test]
    fn a_criterion_without_number_or_test_is_found() {
        let vague = |plan: &mut Plan, _: &mut Case| {
            plan.success[0].criterion = "People are content".into();
            plan.success[0].measure = "ask them".into();
        };
        assert_eq!(codes(vague), ["plan-criterion-without-number"]);
    }

    #[test]
    fn a_gap_between_wanted_and_alert_is_found() {
        assert_eq!(
            codes(|plan, _| plan.monitoring = vec!["alert when p99 latency > 100 ms".into()]),
            ["plan-threshold-gap"]
        );
    }

    #[test]
    fn a_fix_without_rollback_trigger_is_found() {
        assert_eq!(codes(|plan, _| plan.rollback.triggers = vec![" ".into()]), ["plan-no-rollback"]);
    }
}
