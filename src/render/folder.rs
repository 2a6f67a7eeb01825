//! The small files of a case folder: redacted excerpts that pages link to, and the site's category.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::case::{Case, Evidence};

/// Redacted excerpts, one file a source that is cited: name below `evidence/`, and text.
///
/// An excerpt holds each cited place with its number and lines; it is made of the register alone, so it holds no secret.
pub fn evidence_files(case: &Case) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for source in &case.sources {
        let cited: Vec<&Evidence> = case.evidence.iter().filter(|evidence| evidence.source == source.path).collect();
        if cited.is_empty() {
            continue;
        }
        let mut text = format!(
            "{}\nsha256 {}\n{} lines, {} places cited\n",
            source.path,
            source.sha256,
            source.lines,
            cited.len()
        );
        for evidence in cited {
            let [first, last] = evidence.lines;
            let lines = if first == last { format!("line {first}") } else { format!("lines {first}-{last}") };
            let _ = write!(text, "\n{} {lines}\n", evidence.id);
            for line in evidence.quote.lines() {
                let _ = writeln!(text, "    {}", super::visible(line));
            }
        }
        files.insert(format!("{}.txt", slug(&source.id, &source.path)), text);
    }
    files
}

fn slug(id: &str, path: &str) -> String {
    let words: String =
        path.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let parts: Vec<&str> = words.split('-').filter(|part| !part.is_empty()).collect();
    format!("{}-{}", id.to_lowercase(), parts.join("-"))
}

/// `_category_.json`: the label of the case in a site's sidebar; without a landing page of its own, which would hide the report.
pub fn category(case: &Case) -> String {
    let title = &case.metadata.title;
    let label = if title.is_empty() { case.id.clone() } else { format!("{}: {title}", case.id) };
    let value = serde_json::json!({"collapsed": true, "label": label, "link": null, "position": 1});
    super::to_json(&value).unwrap_or_default()
}
