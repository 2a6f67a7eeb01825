//! Renders the pages of a case: context, template, register, layout.

use camino::Utf8Path;
use serde::Serialize;
use tera::{Context, Tera};

use super::plan::{plan_page, waiting_page};
use super::register::{check, cited};
use super::report::{as_json, report_page};
use super::{PageContext, RenderError, engine, layout};
use crate::case::{Case, Plan};

/// Renders pages; build one and use it for all cases of a run.
#[derive(Debug)]
pub struct Renderer {
    tera: Tera,
}

impl Renderer {
    /// Loads the builtin templates and those of `template_dir`, which override builtin ones of the same name.
    pub fn new(template_dir: Option<&Utf8Path>) -> Result<Self, RenderError> {
        Ok(Renderer { tera: engine::with_templates(template_dir)? })
    }

    /// The analysis report, `index.md`.
    pub fn report(&self, case: &Case, page: &PageContext) -> Result<String, RenderError> {
        check(case, &as_json(case)?)?;
        let mut context = report_page(case, page);
        // The first pass tells what the page cites; the second has the register of just that.
        let body = self.render("analysis_report.md", &context)?;
        context.register = cited(case, &body);
        self.render("analysis_report.md", &context)
    }

    /// The plan of profile `implementation`, `implementation_plan.md`.
    pub fn plan(&self, plan: &Plan, case: &Case, page: &PageContext) -> Result<String, RenderError> {
        check(case, &as_json(case)?)?;
        check(case, &as_json(plan)?)?;
        let mut context = plan_page(plan, case, page);
        let body = self.render("implementation_plan.md", &context)?;
        context.register = cited(case, &body);
        self.render("implementation_plan.md", &context)
    }

    /// The page that stands at `implementation_plan.md` until the analysis is approved.
    pub fn waiting_plan(&self, case: &Case, page: &PageContext) -> Result<String, RenderError> {
        self.render("waiting_plan.md", &waiting_page(case, page))
    }

    fn render(&self, template: &str, context: &impl Serialize) -> Result<String, RenderError> {
        let page = self.tera.render(template, &Context::from_serialize(context)?)?;
        Ok(layout::tidy(&page))
    }
}
