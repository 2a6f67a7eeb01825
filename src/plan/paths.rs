//! Target files of a component: only paths that the sources name, never a guess.

use std::collections::{BTreeMap, BTreeSet};

use super::track::{Track, overlaps};
use crate::case::{Case, CodePath, Component, Role};

/// Shortest word or function name that tells one place from another.
const TELLING_CHARS: usize = 4;

/// The files a component touches, sorted.
///
/// The component's own words come first; where they name no file of the case, files that its hypothesis' evidence stands
/// with; for the leading cause at last the likeliest location of the case.
pub(super) fn target_files(case: &Case, track: &Track, component: &Component) -> Vec<String> {
    let known = known_paths(case);
    let mut files = named_in(&component.r#where, &known);
    if files.is_empty() {
        files = described_in(&format!("{} {}", component.r#where, component.what), &case.code_paths);
    }
    if files.is_empty() {
        files = beside_evidence(case, track);
    }
    let leads = case.hypotheses.first().is_some_and(|first| first.id == track.hypothesis.id);
    if files.is_empty() && leads && track.hypothesis.role == Role::Root {
        files.extend(case.locations.first().map(|location| location.path.clone()));
    }
    files.into_iter().collect()
}

/// Every path of the case: code paths, frames of the application, likely locations.
fn known_paths(case: &Case) -> BTreeSet<&str> {
    let frames =
        case.stack_traces.iter().flat_map(|t| &t.frames).filter(|f| f.in_app).filter_map(|f| f.file.as_deref());
    let named = case.code_paths.iter().map(|path| path.path.as_str());
    let likely = case.locations.iter().map(|location| location.path.as_str());
    named.chain(frames).chain(likely).filter(|path| !path.is_empty()).collect()
}

/// Known paths that stand in the text, in full or by a file name that only one of them has.
fn named_in(text: &str, known: &BTreeSet<&str>) -> BTreeSet<String> {
    let words: BTreeSet<&str> = text
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '@')))
        .map(|word| word.trim_end_matches('.').trim_start_matches("./"))
        .filter(|word| !word.is_empty())
        .collect();
    let mut by_file_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in known {
        by_file_name.entry(path.rsplit('/').next().unwrap_or(path)).or_default().push(path);
    }
    let in_full =
        known.iter().filter(|path| words.contains(path.trim_start_matches("./"))).map(|path| (*path).to_string());
    let by_name = by_file_name
        .iter()
        .filter(|(name, paths)| paths.len() == 1 && name.contains('.') && words.contains(*name))
        .flat_map(|(_, paths)| paths.iter().map(|path| (*path).to_string()));
    in_full.chain(by_name).collect()
}

/// Code paths whose function, or every telling word of whose note, stands in the text.
fn described_in(text: &str, paths: &[CodePath]) -> BTreeSet<String> {
    let words = words(text);
    let described = |path: &&CodePath| {
        let function = path.function.as_deref().map(str::to_lowercase);
        let by_function = function.is_some_and(|name| name.chars().count() >= TELLING_CHARS && words.contains(&name));
        let note: BTreeSet<String> = path.note.as_deref().map(self::words).unwrap_or_default();
        let note: Vec<&String> = note.iter().filter(|word| word.chars().count() >= TELLING_CHARS).collect();
        by_function || (!note.is_empty() && note.into_iter().all(|word| words.contains(word)))
    };
    paths.iter().filter(described).map(|path| path.path.clone()).collect()
}

fn words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
}

/// Code paths and frames that stand on the same lines as the evidence of the hypothesis.
fn beside_evidence(case: &Case, track: &Track) -> BTreeSet<String> {
    let evidence = &track.hypothesis.evidence_for;
    let beside = |place: &crate::case::Cited| evidence.iter().any(|e| overlaps(place, &e.source, e.lines));
    let named = case.code_paths.iter().filter(|path| path.spans.iter().any(beside)).map(|path| path.path.clone());
    let traces = case.stack_traces.iter().filter(|trace| beside(&trace.span));
    let frames = traces.filter_map(|trace| trace.frames.iter().find(|f| f.in_app)?.file.clone());
    named.chain(frames).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::EvidenceKind;
    use crate::plan::sample::{case, code_path, component, evidence};
    use crate::plan::track::tracks;

    fn files(case: &Case, place: &str) -> Vec<String> {
        let mut part = component("Change it");
        part.r#where = place.into();
        target_files(case, &tracks(case)[0], &part)
    }

    #[test]
    fn a_path_in_the_words_of_the_component_is_taken_if_the_sources_name_it() {
        let mut case = case();
        case.code_paths = vec![code_path("app/ledger.py", 80), code_path("app/other.py", 81)];
        assert_eq!(files(&case, "the function `post` in `app/ledger.py`."), ["app/ledger.py"]);
        assert_eq!(files(&case, "app/invented.py"), [""; 0]);
    }

    #[test]
    fn a_bare_file_name_is_taken_where_it_is_unambiguous() {
        let mut case = case();
        case.code_paths = vec![code_path("app/ledger.py", 80)];
        assert_eq!(files(&case, "ledger.py"), ["app/ledger.py"]);
        case.code_paths.push(code_path("lib/ledger.py", 81));
        assert_eq!(files(&case, "ledger.py"), [""; 0]);
    }

    #[test]
    fn a_longer_path_does_not_name_a_shorter_one() {
        let mut case = case();
        case.code_paths = vec![code_path("app/a.py", 80)];
        assert_eq!(files(&case, "web/app/a.pyc"), [""; 0]);
    }

    #[test]
    fn a_note_that_the_component_repeats_leads_to_its_path() {
        let mut case = case();
        let mut path = code_path("app/ledger.py", 80);
        path.note = Some("posting endpoint".into());
        case.code_paths = vec![path];
        assert_eq!(files(&case, "the posting endpoint of the service"), ["app/ledger.py"]);
        assert_eq!(files(&case, "the endpoint"), [""; 0]);
    }

    #[test]
    fn a_path_on_the_lines_of_the_evidence_is_the_last_resort() {
        let mut case = case();
        case.code_paths = vec![code_path("app/ledger.py", 80)];
        case.hypotheses[0].evidence_for = vec![evidence(9, EvidenceKind::Prose, 80)];
        assert_eq!(files(&case, "the service"), ["app/ledger.py"]);
    }
}
