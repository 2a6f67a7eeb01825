//! The analysis report: everything `templates/analysis_report.md` shows, taken from the case. The words are the template's.

use serde::Serialize;
use serde_json::Value;

use super::front_matter::{FrontMatter, tag};
use super::hypotheses::{Hypotheses, SUPPORTED, hypotheses};
use super::machine_text::{ExcerptView, TraceView, excerpts, traces};
use super::page_view::{PageView, jira_url, page_view};
use super::questions::{Question, collect, open_questions};
use super::register::RegisterItem;
use super::workspace::{WorkspaceView, workspace};
use super::{PageContext, mermaid};
use crate::case::{Case, Confidence, DocumentKind, Fact, Fix, HypothesisStatus, Level, MetadataField, TimelineRow};
use crate::finding::Severity;

/// Version of the builtin templates, written into each page.
pub(super) const TEMPLATE_VERSION: &str = "1";

/// Most rows of the timeline on the page; `case.json` has all.
const TIMELINE_MAX: usize = 60;

/// Most message templates on the page.
const TEMPLATES_SHOWN: usize = 20;

/// Most components that become tags: a tags page with every component of a company helps nobody.
const COMPONENT_TAGS: usize = 4;

/// The template's context.
#[derive(Serialize)]
pub(super) struct ReportPage<'a> {
    front_matter: FrontMatter,
    page: PageView<'a>,
    case: &'a Case,
    hypotheses: Hypotheses<'a>,
    /// Fixes of supported hypotheses, leading first.
    fixes: Vec<FixView<'a>>,
    /// Fixes of candidates, for "if it proves right".
    candidate_fixes: Vec<FixView<'a>>,
    effort: Option<[u32; 2]>,
    examined: Examined,
    questions: Vec<Question<'a>>,
    collect: Vec<Question<'a>>,
    traces: Vec<TraceView<'a>>,
    excerpts: Vec<ExcerptView<'a>>,
    levels: Vec<LevelCount>,
    more_templates: Option<MoreTemplates>,
    timeline: &'a [TimelineRow],
    diagram: Option<Diagram>,
    fields: Fields<'a>,
    workspace: Option<WorkspaceView>,
    related: Vec<super::workspace::RelatedView>,
    findings_by_severity: [usize; 3],
    pub register: Vec<RegisterItem<'a>>,
}

/// Message templates that the page does not list.
#[derive(Serialize)]
struct MoreTemplates {
    templates: u64,
    /// Their events.
    events: u64,
}

/// Metadata lines that the page cites beside the value taken from them.
#[derive(Serialize)]
struct Fields<'a> {
    priority: Option<&'a MetadataField>,
    urgency: Option<&'a MetadataField>,
    components: Option<&'a MetadataField>,
    environment: Option<&'a MetadataField>,
    version: Option<&'a MetadataField>,
    frequency: Option<&'a MetadataField>,
    first_seen: Option<&'a MetadataField>,
    status: Option<&'a MetadataField>,
}

/// A fix with the hypothesis it belongs to and what the sources hold against it.
#[derive(Serialize)]
struct FixView<'a> {
    hypothesis: &'a str,
    title: &'a str,
    fix: &'a Fix,
    excluded: Vec<Excluded<'a>>,
}

/// Something a fix uses although a source rules it out.
#[derive(Serialize)]
struct Excluded<'a> {
    uses: &'a str,
    by: &'a Fact,
}

/// Events of a level; a list, since templates see maps in no order.
#[derive(Serialize)]
struct LevelCount {
    level: Level,
    count: u64,
}

/// What was looked at, in numbers.
#[derive(Serialize)]
struct Examined {
    sources: usize,
    lines: u64,
    events: u64,
    traces: usize,
    payloads: usize,
    metrics: usize,
    rules: u32,
}

/// A diagram as the `quote` filter takes it.
#[derive(Serialize)]
pub(super) struct Diagram {
    text: String,
    language: &'static str,
}

impl Diagram {
    pub(super) fn new(text: String) -> Self {
        Diagram { text, language: "mermaid" }
    }
}

/// The context of `case`'s report, with an empty register.
pub(super) fn report_page<'a>(case: &'a Case, page: &'a PageContext) -> ReportPage<'a> {
    let hypotheses = hypotheses(case);
    let fixes = fixes(case, |dots| dots >= SUPPORTED);
    let count = |severity| case.findings.iter().filter(|f| f.severity == severity).count();
    ReportPage {
        front_matter: front_matter(case, page, &hypotheses),
        page: page_view(page),
        case,
        effort: effort(&fixes),
        candidate_fixes: self::fixes(case, |dots| dots + 1 == SUPPORTED),
        fixes,
        hypotheses,
        examined: examined(case),
        questions: open_questions(case),
        collect: collect(case),
        traces: traces(case),
        excerpts: excerpts(case),
        levels: levels(case),
        more_templates: more_templates(case),
        timeline: case.timeline.get(..TIMELINE_MAX).unwrap_or(&case.timeline),
        diagram: mermaid::timeline(&case.timeline).map(Diagram::new),
        fields: stated_fields(case),
        workspace: case.workspace.as_ref().map(workspace),
        related: case.related.iter().map(super::workspace::related).collect(),
        findings_by_severity: [count(Severity::Error), count(Severity::Warning), count(Severity::Note)],
        register: Vec::new(),
    }
}

fn front_matter(case: &Case, page: &PageContext, hypotheses: &Hypotheses<'_>) -> FrontMatter {
    let meta = &case.metadata;
    let mut seen = std::collections::BTreeSet::new();
    let once = case.code_paths.iter().filter(|path| seen.insert(path.path.as_str()));
    let paths: Vec<String> = once.map(|path| path.path.clone()).take(10).collect();
    FrontMatter::default()
        .constant("id", "index")
        .text("title", "📄 Analysis Report")
        .text("sidebar_label", "📄 Analysis")
        .constant("sidebar_position", "1")
        .list("tags", &tags(case, "analysis"))
        .constant("custom_edit_url", "null")
        .group("Issue Metadata")
        .text("jira_id", &case.id)
        .text_if("jira_url", jira_url(page, &case.id).as_deref())
        .text("issue_type", issue_type(meta.kind))
        .text("priority", &priority(case))
        .text("status", &page.gate.state)
        .text("confidence_level", confidence(hypotheses.dots))
        .text("analyst", &page.analyst)
        .list("related_issues", &meta.related_issues)
        .list("related_code_paths", &paths)
        .text("template_version", TEMPLATE_VERSION)
        .text("rules_version", &case.rules.version)
}

/// The tags of a page: its kind, then issue type, priority, class of the leading hypothesis and components.
pub(super) fn tags(case: &Case, first: &str) -> Vec<String> {
    let leading = case.hypotheses.iter().find(|h| h.status != HypothesisStatus::Refuted);
    let words = [Some(first), Some(issue_type(case.metadata.kind)), leading.map(|h| h.class.as_str())];
    let mut tags: Vec<String> = words.into_iter().flatten().filter_map(tag).collect();
    tags.extend(case.metadata.components.iter().take(COMPONENT_TAGS).filter_map(|name| tag(name)));
    if let Some(priority) = case.metadata.priority {
        tags.insert(2, format!("{priority:?}"));
    }
    let mut seen = std::collections::BTreeSet::new();
    // Tags that differ in case only lead to one address.
    tags.retain(|tag| seen.insert(tag.to_ascii_lowercase()));
    tags
}

pub(super) fn priority(case: &Case) -> String {
    case.metadata.priority.map_or_else(|| "Not stated".to_string(), |priority| format!("{priority:?}"))
}

fn confidence(dots: u8) -> &'static str {
    match Confidence::of_dots(dots) {
        // One dot is a guess: the page's word is then `none`, as where there is no hypothesis.
        _ if dots < 2 => "none",
        Confidence::None => "none",
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}

fn issue_type(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Incident | DocumentKind::Alert | DocumentKind::Chat | DocumentKind::Postmortem => "Incident",
        DocumentKind::Bug | DocumentKind::TestFailure | DocumentKind::Audit => "Bug",
        DocumentKind::Ticket | DocumentKind::Plan | DocumentKind::Report => "Task",
    }
}

fn fixes(case: &Case, keep: impl Fn(u8) -> bool) -> Vec<FixView<'_>> {
    let live = case.hypotheses.iter().filter(|h| h.status != HypothesisStatus::Refuted && keep(h.dots));
    live.filter_map(|h| {
        let fix = h.fix.as_ref()?;
        Some(FixView { hypothesis: &h.id, title: &h.title, fix, excluded: excluded(case, fix) })
    })
    .collect()
}

/// What the fix uses and a source rules out by name.
fn excluded<'a>(case: &'a Case, fix: &'a Fix) -> Vec<Excluded<'a>> {
    let mut out = Vec::new();
    for uses in fix.components.iter().flat_map(|component| &component.uses) {
        let named = |fact: &&Fact| words(&fact.text).any(|word| word.eq_ignore_ascii_case(uses));
        out.extend(case.ruled_out.iter().find(named).map(|by| Excluded { uses, by }));
    }
    out
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'))
}

fn effort(fixes: &[FixView<'_>]) -> Option<[u32; 2]> {
    let components = fixes.iter().flat_map(|view| &view.fix.components);
    let sum = components.map(|c| c.effort.hours()).reduce(|a, b| (a.0.saturating_add(b.0), a.1.saturating_add(b.1)));
    sum.map(|(low, high)| [low, high])
}

/// The templates that the page does not list.
fn more_templates(case: &Case) -> Option<MoreTemplates> {
    let logs = &case.log_events;
    let shown = logs.templates.len().min(TEMPLATES_SHOWN);
    let listed: u64 = logs.templates[..shown].iter().map(|template| template.count).sum();
    let templates = logs.template_count.saturating_sub(shown as u64);
    (templates > 0).then(|| MoreTemplates { templates, events: logs.total.saturating_sub(listed) })
}

/// Most severe level first.
fn levels(case: &Case) -> Vec<LevelCount> {
    case.log_events.by_level.iter().rev().map(|(level, count)| LevelCount { level: *level, count: *count }).collect()
}

fn examined(case: &Case) -> Examined {
    Examined {
        sources: case.sources.len(),
        lines: case.sources.iter().map(|source| source.lines).sum(),
        events: case.log_events.total,
        traces: case.stack_traces.len(),
        payloads: case.payloads.len(),
        metrics: case.metrics.len(),
        rules: case.rules.count,
    }
}

fn stated_fields(case: &Case) -> Fields<'_> {
    Fields {
        priority: field(case, &["priority", "severity", "business priority"]),
        urgency: field(case, &["urgency"]),
        components: field(case, &["component", "components", "affected components", "service", "services"]),
        environment: field(case, &["environment", "environments", "env", "affected environment"]),
        version: field(case, &["version", "versions", "affected version", "affects version"]),
        frequency: field(case, &["frequency", "occurrence", "occurrence rate", "reproducibility", "reproduction rate"]),
        first_seen: field(
            case,
            &["first occurrence", "first seen", "first observed", "since", "started", "start time"],
        ),
        status: field(case, &["status", "current status", "state"]),
    }
}

/// The first metadata line whose key is one of `keys`.
fn field<'a>(case: &'a Case, keys: &[&str]) -> Option<&'a MetadataField> {
    case.metadata.fields.iter().find(|field| keys.iter().any(|key| field.key.trim().eq_ignore_ascii_case(key)))
}

/// The case as JSON, for checking its references.
pub(super) fn as_json(value: &impl Serialize) -> Result<Value, super::RenderError> {
    serde_json::to_value(value).map_err(|source| super::RenderError::Json { source })
}
