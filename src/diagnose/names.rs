//! Names of the case that explanations, sketches and remedies are filled with.

use std::collections::BTreeMap;

use crate::case::Metadata;
use crate::extract::Facts;
use crate::source::{SourceFormat, SourceMap};

use super::draft::Weighed;

/// Names of the case, by the placeholder they fill (`component`, `endpoint`, `error`, `file`, …; all in
/// [`CASE_NAMES`](crate::rules::matchers::CASE_NAMES)).
pub type CaseNames = BTreeMap<String, String>;

/// Longest name that goes into a sketch, in bytes.
const PLAIN: usize = 100;

/// The names that the facts give: of several the first, and an endpoint only where the logs name no other. A name that would
/// show a secret is left out, here and below.
pub fn case_names(sources: &SourceMap, facts: &Facts) -> CaseNames {
    let Metadata { components, versions, .. } = &facts.metadata;
    let path = facts.code_paths.first();
    let log = sources.iter().find(|source| source.format == SourceFormat::Log);
    let mut names: CaseNames = [
        ("component", components.first().cloned()),
        ("version", versions.first().cloned()),
        ("file", path.map(|path| format!("`{}`", path.path))),
        ("function", path.and_then(|path| path.function.as_ref()).map(|function| format!("`{function}`"))),
        ("error", facts.error_codes.first().map(|code| code.code.clone())),
        ("log", log.map(|source| format!("`{}`", source.path))),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_string(), value?)))
    .collect();
    let mut endpoints = facts.log_events.excerpt.iter().filter_map(|line| endpoint(&line.message));
    if let Some(first) = endpoints.next()
        && endpoints.all(|other| other == first)
    {
        names.extend(first);
    }
    names.retain(|_, value| !sources.shows_secret(value));
    names
}

/// The names for one rule: what its signals captured, an endpoint of its own evidence, else those of the case.
pub(super) fn rule_names(sources: &SourceMap, weighed: &Weighed, case: &CaseNames) -> CaseNames {
    let of_evidence = weighed.supports.iter().find_map(|support| endpoint(sources.text(support.span)));
    let own = of_evidence.into_iter().flatten().chain(weighed.bindings.clone());
    let mut names = case.clone();
    names.extend(own.filter(|(_, value)| !sources.shows_secret(value)));
    names
}

/// Those of the names that can stand in a command, a query or a test without changing what it does: letters, digits and
/// marks that no shell and no SQL string reads. Sources are written by strangers, and sketches are copied into terminals.
pub(super) fn plain_names(names: &CaseNames) -> CaseNames {
    let harmless = |c: char| c.is_alphanumeric() || "_./:@=, -".contains(c);
    names
        .iter()
        .map(|(name, value)| (name.clone(), value.replace('`', "")))
        .filter(|(_, value)| {
            value.len() <= PLAIN
                && value.chars().all(harmless)
                && value.starts_with(|c: char| c.is_alphanumeric() || c == '/')
        })
        .collect()
}

/// The method and path that a log line names, apart and together.
fn endpoint(line: &str) -> Option<[(String, String); 3]> {
    const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE"];
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|word| METHODS.contains(&word.trim_start_matches('"')))?;
    let method = words[at].trim_start_matches('"');
    let path = words.get(at + 1)?.split('?').next()?;
    let name = |name: &str, value: String| (name.to_string(), value);
    path.starts_with('/').then(|| {
        [
            name("endpoint", format!("`{method} {path}`")),
            name("method", format!("`{method}`")),
            name("path", format!("`{path}`")),
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_method_and_a_path() {
        let named =
            endpoint("10:00:01 INFO \"POST /auth/refresh?x=1 HTTP/1.1\" 200").map(|all| all.map(|(_, value)| value));
        assert_eq!(named, Some(["`POST /auth/refresh`", "`POST`", "`/auth/refresh`"].map(String::from)));
        assert_eq!(endpoint("GET the parcel"), None);
    }

    #[test]
    fn nothing_that_a_shell_reads_reaches_a_sketch() {
        let hostile =
            ["$(rm -rf ~)", "a; b", "a' OR 1", "a\nb", "-rf", "a\"b", "a|b", "a\u{202e}b", "~root", "a*", "`id`$"];
        for value in hostile {
            let names = [("key".to_string(), value.to_string())].into();
            assert!(plain_names(&names).is_empty(), "{value}");
        }
        let fine = [("path".to_string(), "`/a/b-1`".to_string())].into();
        assert_eq!(plain_names(&fine)["path"], "/a/b-1");
    }
}
