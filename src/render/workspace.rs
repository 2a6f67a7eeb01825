//! What is known of the workspace and of past cases, read from the case's JSON values leniently: what is absent is not shown.

use serde::Serialize;
use serde_json::Value;

/// The workspace as the page shows it; empty lists are not stated.
#[derive(Serialize)]
pub(super) struct WorkspaceView {
    languages: Vec<String>,
    frameworks: Vec<String>,
    architecture: Option<String>,
    dependencies: Vec<DependencyView>,
    commit: Option<String>,
    searched_files: Option<u64>,
    patterns: Vec<String>,
    not_found: Vec<String>,
}

/// A dependency with the manifest line it came from.
#[derive(Serialize)]
struct DependencyView {
    name: String,
    version: Option<String>,
    place: Option<String>,
}

/// A past case.
#[derive(Serialize)]
pub(super) struct RelatedView {
    id: String,
    similarity: Option<u64>,
    reasons: Vec<String>,
    status: Option<String>,
    key_finding: Option<String>,
}

pub(super) fn workspace(value: &Value) -> WorkspaceView {
    let searched = &value["searched"];
    WorkspaceView {
        languages: names(&value["languages"]),
        frameworks: names(&value["frameworks"]),
        architecture: name(&value["architecture"]),
        dependencies: items(&value["dependencies"]).iter().filter_map(dependency).collect(),
        commit: name(&value["commit"]),
        searched_files: searched["files"].as_u64(),
        patterns: names(&searched["patterns"]),
        not_found: names(&value["not_found"]),
    }
}

pub(super) fn related(value: &Value) -> RelatedView {
    RelatedView {
        id: name(&value["id"]).unwrap_or_default(),
        similarity: value["similarity"].as_u64(),
        reasons: names(&value["reasons"]),
        status: name(&value["status"]),
        key_finding: name(&value["key_finding"]),
    }
}

fn dependency(value: &Value) -> Option<DependencyView> {
    let place = match (name(&value["manifest"]), value["line"].as_u64()) {
        (Some(manifest), Some(line)) => Some(format!("{manifest}:{line}")),
        (manifest, _) => manifest,
    };
    Some(DependencyView { name: name(value)?, version: name(&value["version"]), place })
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn names(value: &Value) -> Vec<String> {
    items(value).iter().filter_map(name).collect()
}

/// A text, or the name or text of an object.
fn name(value: &Value) -> Option<String> {
    let text = value.as_str().or_else(|| value["name"].as_str()).or_else(|| value["text"].as_str());
    text.filter(|text| !text.is_empty()).map(str::to_string)
}
