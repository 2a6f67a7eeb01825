//! The implementation plan: everything `templates/implementation_plan.md` shows, taken from plan and case.

use std::collections::BTreeMap;

use serde::Serialize;

use super::front_matter::FrontMatter;
use super::hypotheses::{HypothesisView, hypotheses};
use super::page_view::{PageView, jira_url, page_view};
use super::register::RegisterItem;
use super::report::{Diagram, TEMPLATE_VERSION, priority, tags};
use super::{PageContext, mermaid};
use crate::case::{Case, Plan, RiskLevel, Task};

/// The template's context.
#[derive(Serialize)]
pub(super) struct PlanPage<'a> {
    front_matter: FrontMatter,
    page: PageView<'a>,
    case: &'a Case,
    plan: &'a Plan,
    phases: Vec<Phase<'a>>,
    /// Hours of each effort, in words.
    hours: BTreeMap<&'static str, &'static str>,
    /// Hypotheses with two dots or more.
    insights: Vec<HypothesisView<'a>>,
    /// Technology the fix components bring in.
    uses: Vec<Use<'a>>,
    diagram: Option<Diagram>,
    pub register: Vec<RegisterItem<'a>>,
}

/// Something a fix component brings in.
#[derive(Serialize)]
struct Use<'a> {
    uses: &'a str,
    what: &'a str,
}

/// A phase with its tasks.
#[derive(Serialize)]
struct Phase<'a> {
    number: u8,
    tasks: Vec<&'a Task>,
    hours: [u32; 2],
}

/// The context of the page that stands in for a plan until the analysis is approved.
#[derive(Serialize)]
pub(super) struct WaitingPage<'a> {
    front_matter: FrontMatter,
    page: PageView<'a>,
    case: &'a Case,
}

/// The context of `plan`'s page, with an empty register.
pub(super) fn plan_page<'a>(plan: &'a Plan, case: &'a Case, page: &'a PageContext) -> PlanPage<'a> {
    PlanPage {
        front_matter: front_matter(plan, case, page),
        page: page_view(page),
        case,
        plan,
        phases: (1..=4).map(|number| phase(plan, number)).collect(),
        hours: BTreeMap::from([("S", "1 to 2"), ("M", "2 to 3"), ("L", "3 to 4")]),
        insights: hypotheses(case).told,
        uses: uses(plan, case),
        diagram: mermaid::traceability(plan).map(Diagram::new),
        register: Vec::new(),
    }
}

pub(super) fn waiting_page<'a>(case: &'a Case, page: &'a PageContext) -> WaitingPage<'a> {
    let front_matter = head(case)
        .text("template_type", "waiting")
        .text("jira_id", &case.id)
        .text_if("jira_url", jira_url(page, &case.id).as_deref())
        .text("source_analysis", "./index.md")
        .text("status", "draft");
    WaitingPage { front_matter, page: page_view(page), case }
}

fn head(case: &Case) -> FrontMatter {
    FrontMatter::default()
        .constant("id", "implementation_plan")
        .text("title", "🛠️ Implementation Plan")
        .text("sidebar_label", "🛠️ Plan")
        .constant("sidebar_position", "2")
        .list("tags", &tags(case, "plan"))
        .constant("custom_edit_url", "null")
        .group("Plan Metadata")
}

fn front_matter(plan: &Plan, case: &Case, page: &PageContext) -> FrontMatter {
    let [low, high] = plan.effort_hours;
    head(case)
        .text("template_type", "implementation")
        .text("generated_by", &page.planner)
        .text("generated_date", &page.generated_at)
        .text("last_updated", &page.last_updated)
        .text("workflow", "implementation-planning")
        .text("jira_id", &case.id)
        .text_if("jira_url", jira_url(page, &case.id).as_deref())
        .text("source_analysis", "./index.md")
        .text("priority", &priority(case))
        .text("status", &page.gate.state)
        .number("total_tasks", u64::try_from(plan.tasks.len()).unwrap_or(u64::MAX))
        .text("estimated_effort", &format!("{low}-{high} h"))
        .text("risk_level", risk_word(plan.risk_level))
        .list("dependencies", &[])
        .list("blocks", &[])
        .text("template_version", TEMPLATE_VERSION)
}

/// What the components bring in for the hypotheses that tasks of the plan serve.
fn uses<'a>(plan: &Plan, case: &'a Case) -> Vec<Use<'a>> {
    let served = |id: &str| plan.tasks.iter().any(|task| task.hypothesis.as_deref() == Some(id));
    let fixes = case.hypotheses.iter().filter(|h| served(&h.id)).filter_map(|h| h.fix.as_ref());
    fixes
        .flat_map(|fix| &fix.components)
        .flat_map(|part| part.uses.iter().map(|uses| Use { uses, what: &part.what }))
        .collect()
}

fn risk_word(level: RiskLevel) -> &'static str {
    match level {
        RiskLevel::Low => "low",
        RiskLevel::Medium => "medium",
        RiskLevel::High => "high",
        RiskLevel::Critical => "critical",
    }
}

fn phase(plan: &Plan, number: u8) -> Phase<'_> {
    let tasks: Vec<&Task> = plan.tasks.iter().filter(|task| task.phase == number).collect();
    let hours = tasks
        .iter()
        .map(|task| task.effort.hours())
        .fold([0, 0], |sum: [u32; 2], (low, high)| [sum[0].saturating_add(low), sum[1].saturating_add(high)]);
    Phase { number, tasks, hours }
}
