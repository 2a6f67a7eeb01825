//! Loads rules: the builtin pack, and a folder of a user's own on top of it.
//!
//! A rule of the same id replaces the builtin one. A broken rule file is an error of its own and keeps nothing else out.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest, Sha256};

use crate::case::RulePack;
use crate::pattern::Literals;
use crate::yaml;

use super::compile::{Trust, compile};
use super::matchers::Index;
use super::pack::from_pack;
use super::{Look, Rule, RuleFile};

include!(concat!(env!("OUT_DIR"), "/builtin_rules.rs"));

/// The builtin rules without their examples, one behind the other.
const BUILTIN_PACK: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/builtin_rules.pack"));

/// Version of the builtin pack; goes up with every change of a rule's meaning.
const PACK_VERSION: &str = "1";

/// A problem of one rule file, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// The file.
    pub path: Utf8PathBuf,
    /// What is wrong.
    pub message: String,
    /// 1-based line, 0 where it concerns the whole file.
    pub line: u64,
    /// The place in the text.
    pub range: Option<Range<usize>>,
    /// The file's text, for the excerpt.
    pub text: String,
}

impl RuleError {
    /// A problem of the file as a whole.
    pub fn of_file(path: &Utf8Path, message: impl Into<String>) -> Self {
        RuleError { path: path.into(), message: message.into(), line: 0, range: None, text: String::new() }
    }

    /// A problem at a place of the file's text.
    pub fn at(path: &Utf8Path, message: impl Into<String>, text: &str, range: Range<usize>) -> Self {
        let line = text[..range.start.min(text.len())].matches('\n').count() + 1;
        RuleError {
            path: path.into(),
            message: message.into(),
            line: u64::try_from(line).unwrap_or(0),
            range: Some(range),
            text: text.to_string(),
        }
    }

    /// The problem with an excerpt of the YAML, as a compiler shows it; without colour.
    pub fn render(&self) -> String {
        let Some(range) = self.range.clone().filter(|range| range.end <= self.text.len()) else {
            return self.to_string();
        };
        let snippet =
            Snippet::source(&self.text).path(self.path.as_str()).annotation(AnnotationKind::Primary.span(range));
        let report = &[Level::ERROR.primary_title(&self.message).element(snippet)];
        Renderer::plain().render(report)
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

impl std::error::Error for RuleError {}

/// Rules with the digest of the texts they were read from.
#[derive(Debug, Default)]
pub struct RuleSet {
    /// Rules, sorted by id.
    pub rules: Vec<Rule>,
    /// Version, digest and number.
    pub pack: Option<RulePack>,
    /// What the matchers look up, made at the first case; the rules stay as they are from then on.
    pub(super) index: OnceLock<Index>,
}

impl Clone for RuleSet {
    /// Leaves the index behind, so that the rules of a copy may be changed.
    fn clone(&self) -> Self {
        RuleSet::new(self.rules.clone(), self.pack.clone())
    }
}

impl RuleSet {
    /// The rules, sorted by id, with the digest of their texts.
    pub fn new(rules: Vec<Rule>, pack: Option<RulePack>) -> Self {
        RuleSet { rules, pack, index: OnceLock::new() }
    }

    /// The rule of that id.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// Leaves out cues by their text, to see what they bring; the digest stays that of the files.
    pub fn drop_cues(&mut self, cues: &BTreeSet<&str>) {
        self.index = OnceLock::new();
        let signals = self.rules.iter_mut().flat_map(|rule| rule.signals.iter_mut().chain(&mut rule.against));
        for signal in signals {
            if let Look::Prose { cues: kept, .. } = &mut signal.look {
                kept.retain(|(_, cue)| !cues.contains(cue.text.as_str()));
            }
        }
    }

    /// The digest and number of the rules; of an empty set where none were loaded.
    pub fn record(&self) -> RulePack {
        self.pack.clone().unwrap_or_else(|| pack_of(&[]))
    }
}

/// File name and text of each builtin rule, sorted by name.
pub fn builtin_texts() -> &'static [(&'static str, &'static str)] {
    BUILTIN_RULES
}

/// The builtin rules without their examples, loaded once.
pub fn builtin_rules() -> &'static RuleSet {
    static SET: OnceLock<RuleSet> = OnceLock::new();
    SET.get_or_init(|| {
        let rules = pack_rules();
        let count = u32::try_from(rules.len()).unwrap_or(u32::MAX);
        let pack = RulePack { version: PACK_VERSION.into(), sha256: BUILTIN_SHA256.into(), count };
        RuleSet::new(rules, Some(pack))
    })
}

/// The rules of the pack, sorted by id; that they are those of the files is tested below.
fn pack_rules() -> Vec<Rule> {
    let mut rest = BUILTIN_PACK;
    let mut rules = Vec::with_capacity(BUILTIN_RULES.len());
    while !rest.is_empty() {
        let Ok(file) = from_pack::<RuleFile>(&mut rest) else { break };
        rules.push(compile(file, "", Trust::Builtin).0);
    }
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    rules
}

/// What a pattern of a builtin rule requires, where it is known.
pub(super) fn builtin_literals(pattern: &str) -> Option<Option<Literals>> {
    let at = BUILTIN_LITERALS.binary_search_by_key(&pattern, |(known, _)| known).ok()?;
    let (_, words) = BUILTIN_LITERALS[at];
    let literals = || Literals::new(words.iter().map(|word| Cow::Borrowed(*word)).collect());
    Some((!words.is_empty()).then(literals))
}

/// Builtin rules with the `*.yaml` files of `folders` on top, later folders winning, less those of `disabled` ids.
///
/// Errors of single files come back beside the rules that are fine.
pub fn load_rules(folders: &[Utf8PathBuf], disabled: &[String], part: Part) -> (RuleSet, Vec<RuleError>) {
    let mut errors = Vec::new();
    let mut own = Vec::new();
    for folder in folders {
        match files_of(folder) {
            Ok(files) => own.extend(files),
            Err(error) => errors.push(error),
        }
    }
    let mut texts: Vec<_> = BUILTIN_RULES.iter().map(|(name, text)| (Utf8PathBuf::from(*name), *text)).collect();
    let builtin = texts.len();
    texts.extend(own.iter().map(|(path, text)| (path.clone(), text.as_str())));
    let (known, unread) = match part {
        Part::Whole => (Vec::new(), texts.as_slice()),
        Part::WithoutExamples => (pack_rules(), &texts[builtin..]),
    };
    let (rules, problems) = read_all(known, unread, part);
    errors.extend(problems);
    let mut pack = pack_of(&texts);
    pack.count = u32::try_from(rules.len()).unwrap_or(u32::MAX);
    let mut set = RuleSet::new(rules, Some(pack));
    set.rules.retain(|rule| !disabled.contains(&rule.id));
    (set, errors)
}

/// Whether a rule's examples are read: analysing needs none, and they are most of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The whole file.
    Whole,
    /// Everything above the line `examples:`.
    WithoutExamples,
}

fn files_of(folder: &Utf8Path) -> Result<Vec<(Utf8PathBuf, String)>, RuleError> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).max_depth(1).sort_by_file_name() {
        let entry = entry.map_err(|error| RuleError::of_file(folder, error.to_string()))?;
        let Some(path) = Utf8Path::from_path(entry.path()) else { continue };
        if entry.file_type().is_file() && matches!(path.extension(), Some("yaml" | "yml")) {
            let text = std::fs::read_to_string(path).map_err(|error| RuleError::of_file(path, error.to_string()))?;
            files.push((path.to_path_buf(), text));
        }
    }
    Ok(files)
}

/// Reads the texts on top of `rules`: sorted by id, a later one of the same id in the place of an earlier.
fn read_all(mut rules: Vec<Rule>, texts: &[(Utf8PathBuf, &str)], part: Part) -> (Vec<Rule>, Vec<RuleError>) {
    let mut errors = Vec::new();
    for (path, text) in texts {
        match read_rule(path, text, part) {
            Ok(rule) => {
                rules.retain(|known| known.id != rule.id);
                rules.push(rule);
            }
            Err(problems) => errors.extend(problems),
        }
    }
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    (rules, errors)
}

/// Reads the rule of one file's text; else every problem found, in file order.
pub fn read_rule(path: &Utf8Path, text: &str, part: Part) -> Result<Rule, Vec<RuleError>> {
    let head = match part {
        Part::Whole => text,
        Part::WithoutExamples => without_examples(text),
    };
    let file: RuleFile = yaml::from_str(head).map_err(|error| {
        let mut problem = match error.range.clone() {
            Some(range) => RuleError::at(path, error.message.clone(), text, range),
            None => RuleError::of_file(path, error.message.clone()),
        };
        problem.line = error.line;
        vec![problem]
    })?;
    let stem = path.file_stem().unwrap_or_default();
    let mut problems: Vec<(String, Range<usize>)> = Vec::new();
    if file.id.value != stem {
        problems
            .push((format!("id `{}` is not the file's name `{stem}`", file.id.value), yaml::range_of(&file.id, text)));
    }
    let (rule, found) = compile(file, head, Trust::File);
    problems.extend(found);
    if problems.is_empty() {
        return Ok(rule);
    }
    Err(problems.into_iter().map(|(message, range)| RuleError::at(path, message, text, range)).collect())
}

/// A rule's text above its last key.
fn without_examples(text: &str) -> &str {
    text.find("\nexamples:").map_or(text, |at| &text[..=at])
}

fn pack_of(texts: &[(Utf8PathBuf, &str)]) -> RulePack {
    let mut hash = Sha256::new();
    hash.update(super::concepts::text().as_bytes());
    for (path, text) in texts {
        hash.update(path.file_name().unwrap_or_default().as_bytes());
        hash.update([0]);
        // Examples are tests, not part of what is run.
        hash.update(without_examples(text).as_bytes());
    }
    let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    RulePack { version: PACK_VERSION.into(), sha256, count: u32::try_from(texts.len()).unwrap_or(u32::MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pack_holds_the_rules_of_the_files() {
        let texts: Vec<_> = BUILTIN_RULES.iter().map(|(name, text)| (Utf8PathBuf::from(*name), *text)).collect();
        let (from_files, errors) = read_all(Vec::new(), &texts, Part::WithoutExamples);
        assert!(errors.is_empty(), "{}", errors[0]);
        let from_pack = pack_rules();
        assert_eq!(from_pack.len(), from_files.len());
        for (packed, read) in from_pack.iter().zip(&from_files) {
            assert_eq!(format!("{packed:?}"), format!("{read:?}"));
        }
        assert_eq!(BUILTIN_SHA256, pack_of(&texts).sha256);
    }

    #[test]
    fn the_literals_of_builtin_patterns_are_those_they_require() {
        assert!(BUILTIN_LITERALS.len() > 100);
        for (pattern, _) in BUILTIN_LITERALS {
            assert_eq!(builtin_literals(pattern), Some(crate::pattern::required(pattern)), "{pattern}");
        }
        assert_eq!(builtin_literals("of no rule"), None);
    }
}
