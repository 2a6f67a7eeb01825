//! Counts the cues of rules in a corpus of texts nobody labelled: which are too common to tell anything, which occur in one
//! text only, and how telling each is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::case::SignalKind;
use crate::extract::{Extraction, extract};
use crate::rules::{Look, MatchInput, Rule, RuleSet, match_rules, specificity_weight, text_units};
use crate::source::SourceMap;

/// A cue in more than one text of so many is too common to tell anything.
const COMMON: u64 = 4;

/// How often each cue of a rule set occurs in a corpus.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CueCounts {
    /// Number of texts.
    pub texts: u64,
    /// SHA-256 over the texts in order, each followed by a NUL.
    pub sha256: String,
    /// Number of texts that hold the cue, by cue as written; every cue of the rules is listed.
    pub cues: BTreeMap<String, u64>,
}

/// Counts in how many texts each cue is found, denied or not.
pub fn count_cues(rules: &RuleSet, texts: &[String]) -> CueCounts {
    let found: Vec<BTreeSet<String>> = texts.par_iter().map(|text| cues_in(rules, text)).collect();
    let mut cues: BTreeMap<String, u64> =
        rules.rules.iter().flat_map(cues_of).map(|cue| (cue.to_string(), 0)).collect();
    for cue in found.into_iter().flatten() {
        *cues.entry(cue).or_default() += 1;
    }
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    CueCounts { texts: u64::try_from(texts.len()).unwrap_or(u64::MAX), sha256, cues }
}

/// The cues of a rule's prose signals, for and against.
fn cues_of(rule: &Rule) -> impl Iterator<Item = &str> {
    rule.signals.iter().chain(&rule.against).flat_map(|signal| match &signal.look {
        Look::Prose { cues, .. } => cues.iter().map(|(_, cue)| cue.text.as_str()).collect(),
        _ => Vec::new(),
    })
}

fn cues_in(rules: &RuleSet, text: &str) -> BTreeSet<String> {
    let sources = SourceMap::from_text("text.md", text);
    let Extraction { reading, findings, .. } = extract(&sources, &|_, _| true);
    let units = text_units(&sources, &reading);
    let input = MatchInput { sources: &sources, reading: &reading, units: &units, findings: &findings };
    match_rules(rules, &input).into_iter().filter(|hit| hit.kind == SignalKind::Prose).map(|hit| hit.cue).collect()
}

impl CueCounts {
    /// Cues in more than a quarter of the texts, with their number: they tell nothing.
    pub fn too_common(&self) -> impl Iterator<Item = (&str, u64)> {
        self.cues.iter().map(|(cue, found)| (cue.as_str(), *found)).filter(|(_, found)| found * COMMON > self.texts)
    }

    /// Cues found in exactly one text: a rule that leans on them may have been written from it.
    pub fn in_one_text(&self) -> impl Iterator<Item = &str> {
        self.cues.iter().filter(|(_, found)| **found == 1).map(|(cue, _)| cue.as_str())
    }

    /// The table of weights, as `rules/specificity.tsv` holds it.
    pub fn specificity_table(&self, corpus: &str) -> String {
        let mut table = format!(
            "# How telling each cue is: cue, texts that hold it, weight in thousandths (docs/rules-guide.md, \"Specificity\").\n\
             # Made by `casefile rules check --corpus PATH --write-specificity rules/specificity.tsv`; not to be edited.\n\
             # corpus: {corpus}, {} texts, sha256 {}\n",
            self.texts, self.sha256
        );
        for (cue, found) in &self.cues {
            let _ = writeln!(table, "{cue}\t{found}\t{}", specificity_weight(*found, self.texts));
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::builtin_rules;

    fn counts(texts: &[&str]) -> CueCounts {
        count_cues(builtin_rules(), &texts.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn a_cue_is_counted_once_a_text_and_every_cue_is_listed() {
        let counts = counts(&["A race condition, again a race condition.", "Nothing.", "A race condition."]);
        assert_eq!(counts.texts, 3);
        assert_eq!(counts.cues.get("race condition"), Some(&2));
        assert!(counts.cues.len() > 1000, "{}", counts.cues.len());
        assert!(counts.too_common().any(|(cue, found)| (cue, found) == ("race condition", 2)));
    }

    #[test]
    fn a_cue_of_one_text_is_named() {
        let counts = counts(&["A race condition.", "Nothing at all."]);
        assert!(counts.in_one_text().any(|cue| cue == "race condition"));
    }

    #[test]
    fn the_table_names_its_corpus_and_holds_a_row_for_each_cue() {
        let counts = counts(&["A race condition.", "Nothing."]);
        let table = counts.specificity_table("two texts");
        assert!(table.contains(&format!("# corpus: two texts, 2 texts, sha256 {}", counts.sha256)));
        assert!(table.lines().any(|line| line.starts_with("race condition\t1\t")));
        assert_eq!(table.lines().filter(|line| !line.starts_with('#')).count(), counts.cues.len());
    }
}
