//! Names of the case that explanations, sketches and remedies are filled with.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::Metadata;
use crate::extract::{Facts, Reading};
use crate::source::{SourceFormat, SourceMap};
use crate::span::Span;

use super::draft::Weighed;

/// Names by the placeholder they fill; all that a case can give are in [`CASE_NAMES`](crate::rules::matchers::CASE_NAMES).
pub(super) type Names = BTreeMap<String, String>;

/// What a case can lend to the texts of a rule. Which of several files, functions, errors or requests a defect sits in is
/// told by its own evidence and by nothing else.
#[derive(Clone, Debug, Default)]
pub struct CaseNames {
    /// `log` and `version`.
    common: Names,
    /// Paths with the functions named beside them.
    paths: Vec<(String, Option<String>)>,
    errors: Vec<String>,
    /// Stated components that read as names.
    components: Vec<String>,
    /// `endpoint`, `method` and `path` of each distinct request.
    requests: Vec<Names>,
    /// Stack traces, whose frames stand with the exception that a rule cites.
    traces: Vec<Span>,
}

/// Longest name that goes into a sketch, in bytes.
const PLAIN: usize = 100;

/// Shortest name that tells one place from another, in bytes.
const TELLING: usize = 4;

/// Most words of a component's name.
const NAME_WORDS: usize = 5;

/// Most bytes of one piece of evidence that names are looked for in.
const LOOK: usize = 4 << 10;

/// Most files that one place is said to be in.
const FILES: usize = 3;

impl CaseNames {
    /// The names of a case's facts. One that would show a secret is left out, here and below.
    pub fn of(sources: &SourceMap, reading: &Reading, facts: &Facts) -> Self {
        let Metadata { components, versions, .. } = &facts.metadata;
        let components = components.iter().map(|name| bare(name)).filter(|name| is_name(name)).map(str::to_string);
        let log = sources.iter().find(|source| source.format == SourceFormat::Log);
        let common = [("version", versions.first().cloned()), ("log", log.map(|source| code(&source.path)))];
        let mut requests: Vec<Names> = Vec::new();
        for request in facts.log_events.excerpt.iter().filter_map(|line| request_of(&line.message)) {
            if !requests.contains(&request) {
                requests.push(request);
            }
        }
        let common = common.into_iter().filter_map(|(name, value)| Some((name.to_string(), value?)));
        CaseNames {
            common: common.filter(|(_, value)| !sources.shows_secret(value)).collect(),
            paths: facts.code_paths.iter().map(|path| (path.path.clone(), path.function.clone())).collect(),
            components: components.filter(|name| !sources.shows_secret(name)).collect(),
            errors: facts.error_codes.iter().map(|error| error.code.clone()).collect(),
            requests,
            traces: reading.traces.iter().map(|found| Span::new(found.source, found.trace.range.clone())).collect(),
        }
    }

    /// The paths that evidence names: in full, by a file name that only one has or by a function; else by the stem of a file
    /// name (`refresh` of `src/refresh.rs`).
    fn paths_told(&self, told: &dyn Fn(&str) -> bool) -> Vec<&(String, Option<String>)> {
        let single = |part: fn(&str) -> &str, path: &str| {
            let mut others = self.paths.iter().filter(|(other, _)| other != path);
            told(part(path)) && others.all(|(other, _)| part(other) != part(path))
        };
        let named = |(path, function): &(String, Option<String>)| {
            told(path) || single(file_name, path) || function.as_deref().is_some_and(told)
        };
        if self.paths.iter().any(named) {
            return chosen(&self.paths, named);
        }
        chosen(&self.paths, |(path, _)| single(stem, path))
    }

    /// The names for one rule: what its signals captured, what its own evidence names, and what the case has only one of.
    pub(super) fn for_rule(&self, sources: &SourceMap, weighed: &Weighed) -> Names {
        let whole = |span: Span| self.traces.iter().find(|trace| trace.contains(span)).copied().unwrap_or(span);
        let places: BTreeSet<Span> = weighed.supports.iter().map(|support| whole(support.span)).collect();
        let evidence: Vec<&str> = places.into_iter().map(|place| head(sources.text(place))).collect();
        let lower: Vec<String> = evidence.iter().map(|text| text.to_lowercase()).collect();
        // A file `terminal.rs` and a header `X-Terminal` are one word.
        let told = |name: &str| name.len() >= TELLING && lower.iter().any(|text| has_word(text, &name.to_lowercase()));
        let paths = self.paths_told(&told);
        let files: BTreeSet<&str> = paths.iter().map(|(path, _)| path.as_str()).collect();
        let functions: BTreeSet<&str> = paths.iter().filter_map(|(_, function)| function.as_deref()).collect();
        let own_request = evidence.iter().find_map(|text| request_of(text));
        let request = own_request.or_else(|| chosen(&self.requests, |_| false).first().map(|names| (*names).clone()));
        let mut own = request.unwrap_or_default();
        let error = chosen(&self.errors, |error| told(error)).first().map(|error| (*error).clone());
        own.extend(error.map(|error| ("error".to_string(), error)));
        if let [component] = chosen(&self.components, |name| told(name))[..] {
            own.insert("component".to_string(), component.clone());
        }
        if (1..=FILES).contains(&files.len()) {
            let files: Vec<String> = files.into_iter().map(code).collect();
            own.insert("file".to_string(), files.join(" or "));
        }
        if let (Some(function), 1) = (functions.first(), functions.len()) {
            own.insert("function".to_string(), code(function));
        }
        own.extend(weighed.bindings.clone());
        let mut names = self.common.clone();
        names.extend(own.into_iter().filter(|(_, value)| !sources.shows_secret(value)));
        names
    }
}

/// What is looked at of a long piece of evidence: the innermost frames of a trace say where it happened.
fn head(text: &str) -> &str {
    let end = (0..=text.len().min(LOOK)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn stem(path: &str) -> &str {
    file_name(path).split('.').next().unwrap_or_default()
}

/// Those that are `own`; where none is, the only one there is.
fn chosen<T>(all: &[T], own: impl Fn(&T) -> bool) -> Vec<&T> {
    let own: Vec<&T> = all.iter().filter(|item| own(item)).collect();
    if own.is_empty() && all.len() == 1 { all.iter().collect() } else { own }
}

/// Whether `name` stands in `text`, and not as a part of a longer word.
fn has_word(text: &str, name: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| !text[..at].ends_with(joins) && !text[at + name.len()..].starts_with(joins))
}

/// A component without what is said of it in parentheses ("billing (Go, PostgreSQL)").
fn bare(component: &str) -> &str {
    component.split(['(', '（']).next().unwrap_or_default().trim()
}

/// Whether a stated component reads as a name within a sentence.
fn is_name(component: &str) -> bool {
    !component.is_empty() && component.split_whitespace().count() <= NAME_WORDS && !component.contains(". ")
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// Those of the names that can stand in a command, a query or a test without changing what it does: letters, digits and
/// marks that no shell and no SQL string reads. Sources are written by strangers, and sketches are copied into terminals.
pub(super) fn plain_names(names: &Names) -> Names {
    let harmless = |c: char| c.is_alphanumeric() || "_./:@=, -".contains(c);
    names
        .iter()
        // Several names in one are a sentence.
        .filter(|(_, value)| value.matches('`').count() <= 2 || !value.contains(" or "))
        .map(|(name, value)| (name.clone(), value.replace('`', "")))
        .filter(|(_, value)| {
            value.len() <= PLAIN
                && value.chars().all(harmless)
                && value.starts_with(|c: char| c.is_alphanumeric() || c == '/')
        })
        .collect()
}

/// The method and path that a log line names, apart and together.
fn request_of(line: &str) -> Option<Names> {
    const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE"];
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|word| METHODS.contains(&word.trim_start_matches('"')))?;
    let method = words[at].trim_start_matches('"');
    let path = words.get(at + 1)?.split('?').next()?;
    let names = [("endpoint", code(&format!("{method} {path}"))), ("method", code(method)), ("path", code(path))];
    path.starts_with('/').then(|| names.into_iter().map(|(name, value)| (name.to_string(), value)).collect())
}

#[cfg(test)]
mod tests {
    use crate::case::{Basis, EvidenceKind};
    use crate::diagnose::Support;

    use super::*;

    #[test]
    fn a_request_is_a_method_and_a_path() {
        let named = request_of("10:00:01 INFO \"POST /auth/refresh?x=1 HTTP/1.1\" 200").unwrap_or_default();
        let values: Vec<&str> = named.values().map(String::as_str).collect();
        assert_eq!(values, ["`POST /auth/refresh`", "`POST`", "`/auth/refresh`"]);
        assert_eq!(request_of("GET the parcel"), None);
    }

    #[test]
    fn of_several_files_the_evidence_decides_and_else_none_is_named() {
        let mut sources = SourceMap::new();
        let source = sources.add_text("a.md", "the loop in src/b.rs ends late; so does src/c.rs");
        let support = |range: std::ops::Range<usize>| Support {
            span: Span::new(source, range),
            kind: EvidenceKind::Prose,
            basis: Basis::Reported,
            weight: 1,
            signal: "s".into(),
        };
        let path = |path: &str, function: &str| (path.to_string(), Some(function.to_string()));
        let case = CaseNames {
            paths: vec![path("src/a.rs", "loop_of"), path("src/b.rs", "drain"), path("src/c.rs", "close")],
            ..CaseNames::default()
        };
        let file = |end: usize| {
            let supports = vec![support(0..end)];
            let names = case.for_rule(&sources, &Weighed { supports, ..Weighed::default() });
            (names.get("file").cloned(), names.get("function").cloned())
        };
        assert_eq!(file(30), (Some("`src/b.rs`".into()), Some("`drain`".into())));
        assert_eq!(file(48), (Some("`src/b.rs` or `src/c.rs`".into()), None));
        assert_eq!(file(8), (None, None));
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

    #[test]
    fn a_component_is_named_without_what_is_said_of_it() {
        assert_eq!(bare("billing (Go, PostgreSQL)"), "billing");
        assert!(is_name("object store") && !is_name("billing. Paged at night by the one who was on call"));
    }
}
