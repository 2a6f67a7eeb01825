//! The page context as templates see it: evidence files as links where a site can serve them, issue keys as addresses.

use serde::Serialize;

use super::{PageContext, link};

/// [`PageContext`] with what templates need beside it.
#[derive(Serialize)]
pub(super) struct PageView<'a> {
    #[serde(flatten)]
    context: &'a PageContext,
    files: Vec<EvidenceFile<'a>>,
    template_version: &'static str,
}

/// A file below `./evidence`.
#[derive(Serialize)]
struct EvidenceFile<'a> {
    name: &'a str,
    /// Link target; `None` for files that a site would make pages of, or not serve at all.
    target: Option<String>,
}

pub(super) fn page_view(context: &PageContext) -> PageView<'_> {
    let mut names: Vec<&str> = context.evidence_files.iter().map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let files = names.into_iter().map(|name| EvidenceFile { name, target: target(name) }).collect();
    PageView { context, files, template_version: super::report::TEMPLATE_VERSION }
}

/// Where the issue can be read: only for keys of the tracker's own form.
pub(super) fn jira_url(page: &PageContext, id: &str) -> Option<String> {
    let base = page.jira_base_url.as_deref()?.trim_end_matches('/');
    let base = base.strip_suffix("/browse").unwrap_or(base);
    let (project, number) = id.split_once('-')?;
    let is_key = project.len() >= 2
        && project.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && project.as_bytes()[0].is_ascii_uppercase()
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit());
    is_key.then(|| format!("{base}/browse/{id}"))
}

fn target(name: &str) -> Option<String> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let (stem, extension) = file.rsplit_once('.')?;
    let is_page = ["md", "mdx", "html", "htm"].iter().any(|page| extension.eq_ignore_ascii_case(page));
    let climbs = name.split('/').any(|segment| matches!(segment, "" | "." | ".."));
    (!stem.is_empty() && !extension.is_empty() && !is_page && !climbs)
        .then(|| link::path_target(&format!("evidence/{name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_a_site_serves_are_linked() {
        assert_eq!(target("a b.log").as_deref(), Some("./evidence/a%20b.log"));
        for name in ["page.md", "Dockerfile", "x.HTML", "../secret.txt", "/etc/hosts.txt", ".env"] {
            assert_eq!(target(name), None, "{name}");
        }
    }

    #[test]
    fn only_tracker_keys_have_an_address() {
        let mut page = crate::render::fixtures::page();
        page.jira_base_url = Some("https://jira.example/browse/".into());
        assert_eq!(jira_url(&page, "ABC-12").as_deref(), Some("https://jira.example/browse/ABC-12"));
        assert_eq!(jira_url(&page, "CASE-LOGIN"), None);
        assert_eq!(jira_url(&page, "GH-REPO-1"), None);
    }
}
