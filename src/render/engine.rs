//! Sets up the template engine: escaping by default, the six filters, builtin templates and the user's in front of them.

use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
use tera::Tera;
use walkdir::WalkDir;

use super::{RenderError, escape::escape, filters};

/// Where builtin templates are kept; a template of the user with the same name is found first.
const BUILTIN: &str = "builtin/";

const TEMPLATES: &[(&str, &str)] = &[
    ("builtin/analysis_report.md", include_str!("../../templates/analysis_report.md")),
    ("builtin/implementation_plan.md", include_str!("../../templates/implementation_plan.md")),
    ("builtin/waiting_plan.md", include_str!("../../templates/waiting_plan.md")),
    ("builtin/parts/components.md", include_str!("../../templates/parts/components.md")),
    ("builtin/parts/decision.md", include_str!("../../templates/parts/decision.md")),
    ("builtin/parts/context.md", include_str!("../../templates/parts/context.md")),
    ("builtin/parts/symptoms.md", include_str!("../../templates/parts/symptoms.md")),
    ("builtin/parts/workspace.md", include_str!("../../templates/parts/workspace.md")),
    ("builtin/parts/root_cause.md", include_str!("../../templates/parts/root_cause.md")),
    ("builtin/parts/solution.md", include_str!("../../templates/parts/solution.md")),
    ("builtin/parts/next_steps.md", include_str!("../../templates/parts/next_steps.md")),
    ("builtin/parts/register.md", include_str!("../../templates/parts/register.md")),
    ("builtin/parts/tasks.md", include_str!("../../templates/parts/tasks.md")),
];

/// The engine with all templates; those of `folder` override builtin ones of the same name.
pub(super) fn with_templates(folder: Option<&Utf8Path>) -> Result<Tera, RenderError> {
    let mut tera = bare()?;
    let mut templates: Vec<(String, String)> =
        TEMPLATES.iter().map(|(name, text)| ((*name).to_string(), (*text).to_string())).collect();
    if let Some(folder) = folder {
        templates.extend(read_folder(folder)?);
    }
    // Together, since a template may include or call what another one defines.
    tera.add_raw_templates(templates)?;
    Ok(tera)
}

/// The engine without templates.
pub(super) fn bare() -> Result<Tera, RenderError> {
    let mut tera = Tera::new();
    tera.set_fallback_prefixes([BUILTIN])?;
    tera.autoescape_on([".md"]);
    tera.set_escape_fn(write_escaped);
    filters::register(&mut tera);
    Ok(tera)
}

fn write_escaped(text: &str, out: &mut dyn Write) -> std::io::Result<()> {
    out.write_all(escape(text).as_bytes())
}

/// Every `*.md` below `folder`, named by its path in it, in order of names.
fn read_folder(folder: &Utf8Path) -> Result<Vec<(String, String)>, RenderError> {
    let unreadable = |path: &Utf8Path, source| RenderError::TemplateFolder { path: path.to_owned(), source };
    let mut templates = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|e| unreadable(folder, e.into()))?;
        let path = Utf8PathBuf::from_path_buf(entry.path().to_path_buf())
            .map_err(|_| RenderError::TemplateName { path: folder.to_owned() })?;
        if !entry.file_type().is_file() || path.extension() != Some("md") {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|e| unreadable(&path, e))?;
        let name = path.strip_prefix(folder).unwrap_or(&path).as_str().replace('\\', "/");
        templates.push((name, text));
    }
    Ok(templates)
}

#[cfg(test)]
mod tests {
    use tera::Context;

    use super::*;

    #[test]
    fn builtin_templates_parse() {
        assert!(with_templates(None).unwrap().contains_template("analysis_report.md"));
    }

    #[test]
    fn a_template_of_the_user_comes_first_and_includes_builtin_parts() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap();
        std::fs::write(path.join("waiting_plan.md"), "mine {{ v }}").unwrap();
        let tera = with_templates(Some(path)).unwrap();
        let mut context = Context::new();
        context.insert("v", "<x>");
        assert_eq!(tera.render("waiting_plan.md", &context).unwrap(), "mine &lt;x&gt;");
        assert!(tera.contains_template("parts/register.md"));
    }

    #[test]
    fn a_missing_folder_is_an_error_that_names_it() {
        let error = with_templates(Some(Utf8Path::new("does/not/exist"))).unwrap_err();
        assert_eq!(error.to_string(), "template folder does/not/exist cannot be read");
    }

    #[test]
    fn a_misspelt_filter_is_found_when_loading() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap();
        std::fs::write(path.join("x.md"), "{{ v | kode }}").unwrap();
        let error = with_templates(Some(path)).unwrap_err();
        assert!(error.to_string().contains("kode"), "{error}");
    }
}
