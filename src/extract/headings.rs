//! Gives sections and labels their role by the words of their heading (`headings.yaml`), in seven languages.
//!
//! It knows nothing of what stands under a heading; that is read in `passages`.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;

use crate::markdown::Document;
use crate::yaml;

use super::reading::SectionRole;

/// Longest heading whose words are looked at, in characters: a longer one is a paragraph that somebody set as a
/// heading.
const HEADING_CHARS: usize = 160;

/// Most words of a heading in which a phrase may stand anywhere; in a longer one (a sentence) it must come first.
const FREE_WORDS: usize = 6;

/// The role of each section of `document`, by its own words, else its parent's.
pub fn section_roles(document: &Document) -> Vec<SectionRole> {
    let first = document.sections.iter().position(|section| section.level > 0);
    let mut roles: Vec<SectionRole> = Vec::with_capacity(document.sections.len());
    for (index, section) in document.sections.iter().enumerate() {
        let title = section.title.text.as_str();
        let own = if first == Some(index) && is_title(document, index) {
            exact_role(title).or(Some(SectionRole::Title))
        } else {
            role_of_heading(title)
        };
        let inherited = section.parent.and_then(|parent| roles.get(parent).copied()).unwrap_or_default();
        roles.push(own.unwrap_or(match inherited {
            SectionRole::Title => SectionRole::Other,
            role => role,
        }));
    }
    roles
}

/// The first heading is the document's title where no later heading stands on its level, or where it is of level 1.
fn is_title(document: &Document, first: usize) -> bool {
    let level = document.sections[first].level;
    level == 1 || document.sections[first + 1..].iter().all(|section| section.level > level)
}

/// The role that the words of a heading give, if any; a part before a colon or dash counts more than the whole.
///
/// `Root cause: lost update`, `4. Root Cause Analysis` and `根本原因` all give [`SectionRole::Cause`].
pub fn role_of_heading(heading: &str) -> Option<SectionRole> {
    let words = Words::of(heading);
    if let Some(head) = lead(heading) {
        let head = Words::of(head);
        if let Some(role) = head.exact().or_else(|| head.phrase(head.count <= FREE_WORDS)) {
            return Some(role);
        }
    }
    words.exact().or_else(|| words.phrase(words.count <= FREE_WORDS))
}

/// The role of a heading that says nothing but a known phrase.
pub fn exact_role(heading: &str) -> Option<SectionRole> {
    Words::of(heading).exact()
}

/// What stands before the first colon or spaced dash of a heading.
fn lead(heading: &str) -> Option<&str> {
    let end = [": ", "：", " - ", " – ", " — "].iter().filter_map(|mark| heading.find(mark)).min()?;
    Some(&heading[..end])
}

/// A heading's words: lower case, blanks around and between them, without numbering, marks and emoji.
struct Words {
    text: String,
    count: usize,
}

impl Words {
    fn of(heading: &str) -> Words {
        let mut text = String::from(" ");
        let mut depth = 0_u32;
        let mut numbering = true;
        for c in without_shortcodes(heading).chars().take(HEADING_CHARS) {
            match c {
                '(' | '（' => depth += 1,
                ')' | '）' => depth = depth.saturating_sub(1),
                _ if depth > 0 => {}
                '\'' | '’' | '‘' => {}
                '0'..='9' | '.' | '#' | '§' if numbering => {}
                _ if c.is_alphanumeric() => {
                    numbering = false;
                    text.extend(c.to_lowercase());
                }
                _ if !text.ends_with(' ') => text.push(' '),
                _ => {}
            }
        }
        if !text.ends_with(' ') {
            text.push(' ');
        }
        let count = text.split_whitespace().count();
        Words { text, count }
    }

    fn exact(&self) -> Option<SectionRole> {
        let key = self.text.trim();
        let at = TABLE.exact.binary_search_by(|(phrase, _)| phrase.as_str().cmp(key)).ok()?;
        Some(TABLE.exact[at].1)
    }

    /// The longest phrase, the first of equals; only one at the start unless `anywhere`.
    fn phrase(&self, anywhere: bool) -> Option<SectionRole> {
        let best = TABLE
            .phrases
            .find_overlapping_iter(&self.text)
            .filter(|found| anywhere || found.start() <= 1)
            .max_by_key(|found| (found.len(), std::cmp::Reverse(found.start())))?;
        Some(TABLE.roles[best.pattern().as_usize()])
    }
}

/// `:warning: Timeline` without its shortcode.
fn without_shortcodes(heading: &str) -> String {
    let mut text = String::with_capacity(heading.len());
    let mut rest = heading;
    while let Some(at) = rest.find(':') {
        let (before, after) = rest.split_at(at);
        text.push_str(before);
        let code = after[1..].find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        match code {
            Some(len) if len > 1 && after[1 + len..].starts_with(':') => rest = &after[len + 2..],
            _ => {
                text.push(':');
                rest = &after[1..];
            }
        }
    }
    text.push_str(rest);
    text
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    role: SectionRole,
    words: Vec<String>,
}

struct Table {
    /// Every phrase with its role, sorted, for headings that say nothing else.
    exact: Vec<(String, SectionRole)>,
    phrases: AhoCorasick,
    roles: Vec<SectionRole>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let entries: Vec<Entry> = yaml::from_str(include_str!("headings.yaml")).expect("the table is read by a test");
    let mut exact = Vec::new();
    let mut patterns = Vec::new();
    let mut roles = Vec::new();
    for entry in &entries {
        for phrase in &entry.words {
            exact.push((phrase.trim_start_matches('=').to_string(), entry.role));
            if !phrase.starts_with('=') {
                patterns.push(bounded(phrase));
                roles.push(entry.role);
            }
        }
    }
    exact.sort();
    let phrases = AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .build(patterns)
        .expect("the table is a few kilobytes, far below the automaton's limits");
    Table { exact, phrases, roles }
});

/// Phrases in scripts without blanks between words match anywhere, all others as whole words.
fn bounded(phrase: &str) -> String {
    let unspaced = phrase.chars().any(|c| ('\u{3040}'..='\u{9fff}').contains(&c));
    if unspaced { phrase.to_string() } else { format!(" {phrase} ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_phrase_stands_twice_in_the_table() {
        let twice: Vec<_> =
            TABLE.exact.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| &pair[0].0).collect();
        assert_eq!(twice, Vec::<&String>::new());
    }

    #[test]
    fn phrases_are_written_the_way_headings_are_normalised() {
        for (phrase, _) in &TABLE.exact {
            assert_eq!(Words::of(phrase).text.trim(), phrase);
        }
    }

    #[test]
    fn headings_of_seven_languages_give_roles() {
        let cases = [
            ("4. Root Cause Analysis", SectionRole::Cause),
            ("What We've Ruled Out", SectionRole::RuledOut),
            ("What we’ve ruled out:", SectionRole::RuledOut),
            (":warning: Leadup", SectionRole::Timeline),
            ("Questions for Investigation", SectionRole::Questions),
            ("Suspicious Observations", SectionRole::Investigation),
            ("Hypothesis 2: Slow signature check", SectionRole::Suspicions),
            ("Tertiary Cause: Stale entry", SectionRole::Cause),
            ("Business Impact", SectionRole::Impact),
            ("Steps to Reproduce (from QA)", SectionRole::Reproduction),
            ("Relevant Code Paths", SectionRole::CodePaths),
            ("Expected: 0.85", SectionRole::Expected),
            ("Ursachenanalyse", SectionRole::Cause),
            ("Étapes pour reproduire", SectionRole::Reproduction),
            ("Comportamiento esperado", SectionRole::Expected),
            ("Linha do tempo", SectionRole::Timeline),
            ("3. タイムライン", SectionRole::Timeline),
            ("根本原因分析", SectionRole::Cause),
        ];
        for (heading, role) in cases {
            assert_eq!(role_of_heading(heading), Some(role), "{heading}");
        }
    }

    #[test]
    fn a_heading_without_known_words_gives_none() {
        assert_eq!(role_of_heading("Ticket #4711"), None);
        assert_eq!(role_of_heading(""), None);
        assert_eq!(role_of_heading(":::"), None);
    }

    #[test]
    fn a_sentence_as_heading_needs_the_phrase_first() {
        assert_eq!(role_of_heading("The service shows no impact on any of the other tenants"), None);
    }

    #[test]
    fn only_the_whole_heading_matches_an_exact_phrase() {
        assert_eq!(exact_role("Actual"), Some(SectionRole::Actual));
        assert_eq!(role_of_heading("Actual traffic of the day"), None);
    }
}
