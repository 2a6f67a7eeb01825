//! Cues: the words of prose signals, matched word by word instead of letter by letter.
//!
//! A cue is a few words. Case, plural endings, hyphens and underscores do not matter (`fire-and-forget` is
//! `fire and forget`), except that an acronym (`TTL`) matches in capitals only. `word*` matches any ending, `(a|b c)` either
//! choice, `..` up to five words in between, `NOT` any negation, `{missing}` any saying of that concept. `A & B` is A and B in
//! one clause in any order, up to eight words apart: people say the same thing in many orders. `/…/` is a regular expression. A
//! cue with Chinese or Japanese characters is looked for as it stands.

mod find;
mod parse;

use std::fmt;
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use super::Pattern;
use super::concepts;
use super::words::{Token, Tokens, canonical};

use find::match_near;
use parse::{Start, parts, start};

pub(super) use find::match_run;
pub(super) use parse::run;

/// Most words that `..` skips.
const GAP: usize = 5;

/// Most words between the parts of `A & B`.
const NEAR: usize = 8;

/// What `NOT` stands for.
const NEGATIONS: &[&str] = &[
    "not", "no", "never", "without", "isn't", "wasn't", "aren't", "weren't", "doesn't", "don't", "didn't", "won't",
    "cannot", "can't", "couldn't", "hasn't", "haven't", "nobody", "nothing", "neither",
];

/// What is left of some before a typographic apostrophe, which splits them ("won’t"); without one they are other words
/// ("the later write won").
const SPLIT: &[&str] = &["isn", "wasn", "aren", "weren", "doesn", "don", "didn", "won", "couldn", "hasn", "haven"];

/// Words between a negation and what it negates that do not change the sense.
const FILLERS: &[&str] = &[
    "be",
    "been",
    "being",
    "yet",
    "properly",
    "correctly",
    "actually",
    "fully",
    "currently",
    "always",
    "ever",
    "even",
    "any",
    "the",
    "a",
    "an",
    "get",
    "getting",
    "explicitly",
    "automatically",
    "longer",
    "to",
];

/// Most fillers in a row.
const FILLERS_AT_MOST: usize = 2;

/// The canonical forms of `NEGATIONS` and `SPLIT`.
static NEGATION_STEMS: LazyLock<Vec<String>> =
    LazyLock::new(|| NEGATIONS.iter().chain(SPLIT).map(|word| canonical(word).to_string()).collect());

/// A compiled cue.
#[derive(Clone)]
pub struct Cue {
    /// The cue as written.
    pub text: String,
    form: Form,
}

#[derive(Clone, Debug)]
enum Form {
    Words(Words),
    Verbatim(String),
    Pattern(Box<Pattern>),
}

/// The words of a cue; those of a builtin rule are read past the first ones when a text holds one of these.
#[derive(Clone, Debug)]
struct Words {
    /// What the cue can start with.
    start: Start,
    /// One part, or several in any order, near each other.
    parts: OnceLock<Vec<Vec<Element>>>,
}

#[derive(Clone, Debug)]
enum Element {
    /// One of several runs of words.
    Any(Choices),
    /// Any saying of a concept.
    Concept(usize),
    Gap,
}

/// Runs of words of which one has to stand, and the letters they can start with: most words of a text start with none of them.
#[derive(Clone, Debug)]
struct Choices {
    runs: Vec<Vec<Word>>,
    initials: u32,
}

impl Choices {
    fn new(runs: Vec<Vec<Word>>) -> Self {
        let first = |run: &Vec<Word>| run.first().map_or(u32::MAX, Word::initials);
        Choices { initials: runs.iter().map(first).fold(0, |all, one| all | one), runs }
    }

    /// Whether one of them may start with `token`.
    fn may_start(&self, token: &Token, tokens: &Tokens<'_>) -> bool {
        self.initials & initial(tokens.lower(token)) != 0
    }
}

/// One bit for the first letter of a lower-case word, one more for all that are no letters of ASCII.
fn initial(lower: &str) -> u32 {
    match lower.as_bytes().first() {
        Some(letter @ b'a'..=b'z') => 1 << (letter - b'a'),
        Some(_) => 1 << 26,
        None => u32::MAX,
    }
}

/// A word of a cue.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// Canonical form (see `canonical`), or the exact letters of an acronym.
    letters: String,
    kind: WordKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WordKind {
    Plain,
    Prefix,
    Acronym,
    /// Any of `NEGATIONS`; it has no letters.
    Negation,
}

impl Word {
    /// The canonical first words that an index looks for, each with whether any ending will do.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&str, bool)> {
        let negations = if self.kind == WordKind::Negation { NEGATION_STEMS.as_slice() } else { &[] };
        let own = (self.kind != WordKind::Negation).then_some((self.letters.as_str(), self.kind == WordKind::Prefix));
        negations.iter().map(|stem| (stem.as_str(), false)).chain(own)
    }

    /// The letters that a word of a text may start with to be this one.
    fn initials(&self) -> u32 {
        match self.kind {
            WordKind::Negation => NEGATION_STEMS.iter().map(|stem| initial(stem)).fold(0, |all, one| all | one),
            WordKind::Plain | WordKind::Prefix => initial(&self.letters),
            WordKind::Acronym => initial(&self.letters.to_ascii_lowercase()),
        }
    }

    /// Whether it stands for a negation: `NOT`, or one of its words.
    fn negates(&self) -> bool {
        match self.kind {
            WordKind::Negation => true,
            WordKind::Plain => NEGATION_STEMS.contains(&self.letters),
            WordKind::Prefix | WordKind::Acronym => false,
        }
    }

    fn is(&self, token: &Token, tokens: &Tokens<'_>) -> bool {
        match self.kind {
            WordKind::Plain => tokens.canonical(token) == self.letters,
            WordKind::Negation => {
                let word = tokens.canonical(token);
                NEGATION_STEMS.iter().any(|stem| word == stem) && (!SPLIT.contains(&word) || tokens.follows(token, '’'))
            }
            WordKind::Prefix => tokens.lower(token).starts_with(&self.letters),
            WordKind::Acronym => tokens.written(token).trim_end_matches('s') == self.letters.trim_end_matches('s'),
        }
    }
}

/// Where a cue was found: a byte range of the text, and whether it lies within an identifier, path or code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CueSite {
    /// The words in the text.
    pub range: Range<usize>,
    /// Whether all of them are part of an identifier.
    pub in_identifier: bool,
}

impl fmt::Debug for Cue {
    /// Shows all words, read or not, so that equal cues look equal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut form = f.debug_struct("Cue");
        form.field("text", &self.text).field("parts", &self.parts()).field("pattern", &self.pattern());
        form.finish()
    }
}

impl Cue {
    /// Compiles a cue; an error says what is wrong with it.
    pub fn new(text: &str) -> Result<Cue, String> {
        let cue = Cue::with(text, Pattern::new)?;
        if let Form::Words(words) = &cue.form {
            let _ = words.parts.set(parts(text)?);
        }
        Ok(cue)
    }

    /// Compiles a cue of a builtin rule, which the rule tests have checked.
    pub fn builtin(text: &str) -> Result<Cue, String> {
        Cue::with(text, |pattern| Ok(Pattern::builtin(pattern)))
    }

    fn with(text: &str, pattern_of: impl Fn(&str) -> Result<Pattern, String>) -> Result<Cue, String> {
        let trimmed = text.trim();
        let form = if let Some(pattern) = trimmed.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
            Form::Pattern(Box::new(pattern_of(pattern)?))
        } else if !trimmed.is_ascii() && trimmed.chars().any(is_unspaced) {
            Form::Verbatim(trimmed.to_string())
        } else {
            Form::Words(Words { start: start(trimmed), parts: OnceLock::new() })
        };
        Ok(Cue { text: text.to_string(), form })
    }

    /// Whether the cue itself speaks of an absence, so that a negation before it is no denial.
    pub fn is_absence(&self) -> bool {
        const ABSENCE: &[&str] = &["no", "not", "missing", "lack", "lacking", "without", "never", "absent", "absence"];
        let absent = |part: &str| {
            let text = part.trim().trim_start_matches('/').trim_start_matches("(?i)").trim_start_matches("\\b");
            let text = text.trim_start_matches("(?:").trim_start_matches('(');
            let name = text.strip_prefix('{').and_then(|rest| rest.split('}').next());
            let first = text.split([' ', '|', ')', '-', '*']).next().unwrap_or_default();
            name.and_then(concepts::number).is_some_and(concepts::is_absence)
                || ABSENCE.contains(&first.to_ascii_lowercase().as_str())
        };
        self.text.split(" & ").any(absent)
    }

    /// Whether it is a single plain word: a topic word counts nothing inside an identifier.
    pub fn is_single_word(&self) -> bool {
        let Some([elements]) = self.parts() else { return false };
        matches!(elements.as_slice(), [Element::Any(choices)] if choices.runs.iter().all(|run| run.len() == 1))
    }

    /// The words by which an index finds the cue.
    pub(super) fn first_words(&self) -> &[Word] {
        match &self.form {
            Form::Words(Words { start: Start::Words(words), .. }) => words,
            _ => &[],
        }
    }

    /// The concept by which an index finds the cue.
    pub(super) fn first_concept(&self) -> Option<usize> {
        match &self.form {
            Form::Words(Words { start: Start::Concept(concept), .. }) => Some(*concept),
            _ => None,
        }
    }

    /// Whether it is made of words, not of a pattern or of characters without word boundaries.
    pub fn has_words(&self) -> bool {
        matches!(self.form, Form::Words(_))
    }

    /// Finds the cue with its first word at token `at`.
    pub fn match_at(&self, tokens: &Tokens<'_>, at: usize) -> Option<CueSite> {
        let found = match_near(self.parts()?, tokens, at)?;
        let hit = &tokens.tokens[found];
        Some(CueSite {
            range: hit[0].range.start..hit[hit.len() - 1].range.end,
            in_identifier: hit.iter().all(|token| token.in_identifier),
        })
    }

    /// Finds every place of a cue that is not made of words.
    pub fn match_text(&self, text: &str) -> Vec<CueSite> {
        let site = |range: Range<usize>| CueSite { range, in_identifier: false };
        match &self.form {
            Form::Words(_) => Vec::new(),
            Form::Verbatim(words) => text.match_indices(words).map(|(at, hit)| site(at..at + hit.len())).collect(),
            Form::Pattern(pattern) => {
                pattern.find_iter(text).filter(|hit| !hit.is_empty()).map(|hit| site(hit.range())).collect()
            }
        }
    }

    fn parts(&self) -> Option<&[Vec<Element>]> {
        let Form::Words(words) = &self.form else { return None };
        Some(words.parts.get_or_init(|| parts(&self.text).unwrap_or_default()))
    }

    /// The pattern of a `/…/` cue.
    pub fn pattern(&self) -> Option<&Pattern> {
        match &self.form {
            Form::Pattern(pattern) => Some(pattern),
            Form::Words(_) | Form::Verbatim(_) => None,
        }
    }
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(cue: &str, text: &str) -> Option<String> {
        let cue = Cue::new(cue).unwrap();
        let tokens = Tokens::new(text);
        let words = (0..tokens.tokens.len()).find_map(|at| cue.match_at(&tokens, at));
        words.or_else(|| cue.match_text(text).into_iter().next()).map(|site| text[site.range].to_string())
    }

    #[test]
    fn hyphens_case_and_plural_do_not_matter() {
        assert_eq!(
            find("fire and forget write", "A Fire-and-forget writes here").as_deref(),
            Some("Fire-and-forget writes")
        );
        assert_eq!(find("retry storm", "two retries storms").as_deref(), Some("retries storms"));
        assert_eq!(find("connection pool", "the connection_pool").as_deref(), Some("connection_pool"));
        assert_eq!(find("long delay", "long delays").as_deref(), Some("long delays"));
        assert_eq!(find("stale cache", "stale caches").as_deref(), Some("stale caches"));
        assert_eq!(find("crash loop", "crashes loop").as_deref(), Some("crashes loop"));
        assert_eq!(find("NOT ready", "cannot read it"), None);
    }

    #[test]
    fn an_acronym_needs_its_capitals() {
        assert_eq!(find("EST", "best estimate in est time"), None);
        assert_eq!(find("EST", "at 9 EST").as_deref(), Some("EST"));
    }

    #[test]
    fn a_prefix_a_choice_and_a_gap_match() {
        assert_eq!(find("exhaust* .. pool", "exhausting the small pool").as_deref(), Some("exhausting the small pool"));
        assert_eq!(find("(thread|work queue) pool", "a work queue pool").as_deref(), Some("work queue pool"));
        assert_eq!(find("lock .. held", "a lock. Then b held"), None, "a gap stays within its clause");
    }

    #[test]
    fn a_negation_element_matches_contractions() {
        assert_eq!(find("PoolTimeout", "a PoolTimeout here").as_deref(), Some("PoolTimeout"));
        assert_eq!(
            find("(floating|NOT pinned) version", "a not pinned version").as_deref(),
            Some("not pinned version")
        );
        assert_eq!(find("NOT awaited", "the write isn't awaited").as_deref(), Some("isn't awaited"));
        assert_eq!(find("NOT awaited", "it had not yet been awaited").as_deref(), Some("not yet been awaited"));
        assert_eq!(find("NOT awaited", "not here, awaited"), None);
    }

    #[test]
    fn parts_stand_near_each_other_in_any_order() {
        let cue = "(certificate|cert) & expir*";
        assert_eq!(find(cue, "the cert had expired").as_deref(), Some("cert had expired"));
        assert_eq!(find(cue, "an expired, old certificate").as_deref(), Some("expired, old certificate"));
        assert_eq!(find(cue, "the certificate is fine. It expired"), None, "parts stay within one clause");
        assert_eq!(find(cue, "the certificate of a b c d e f g h expired"), None, "and near each other");
        assert_eq!(find("a & b & c", "c b a").as_deref(), Some("c b a"));
        assert_eq!(find("key & key", "one key"), None, "each part needs words of its own");
        assert!(Cue::new("a & ").is_err() && Cue::new("& a").is_err());
    }

    #[test]
    fn a_concept_is_any_of_its_sayings() {
        let cue = "{missing} & index";
        assert_eq!(find(cue, "the index was never created").as_deref(), Some("index was never"));
        assert_eq!(find(cue, "it lacks an index").as_deref(), Some("lacks an index"));
        assert_eq!(find(cue, "an index was created"), None);
        assert_eq!(find("{used_up} .. pool", "we ran out of the pool").as_deref(), Some("ran out of the pool"));
        let unknown = Cue::new("{missing-x} & index").unwrap_err();
        assert!(unknown.contains("no concept `missing-x`"), "{unknown}");
        assert!(Cue::new("{missing & index").is_err() && Cue::new("(a|{missing}) index").is_err());
    }

    #[test]
    fn a_cue_of_an_absence_is_no_denial_of_itself() {
        let absence = |cue: &str| Cue::new(cue).unwrap().is_absence();
        assert!(absence("{missing} & index") && absence("index & (no|without)") && absence("lack* of locks"));
        assert!(!absence("{grow} & queue"));
    }

    #[test]
    fn characters_without_word_boundaries_are_found_as_they_stand() {
        assert_eq!(find("竞态", "原因是竞态条件").as_deref(), Some("竞态"));
    }

    #[test]
    fn a_word_inside_an_identifier_is_marked() {
        let tokens = Tokens::new("call retryQueue.add now");
        let flags: Vec<_> = tokens.tokens.iter().map(|t| (tokens.written(t), t.in_identifier)).collect();
        assert_eq!(flags[1], ("retry", true));
        assert_eq!(flags.last(), Some(&("now", false)));
    }

    #[test]
    fn a_cue_without_words_is_refused() {
        assert!(Cue::new("  ").is_err());
        assert!(Cue::new(".. lock").is_err());
        assert!(Cue::new("(a|b").is_err());
        assert!(Cue::new("(a|(b)) c").is_err());
    }

    #[test]
    fn a_cue_is_found_by_the_words_it_starts_with() {
        let (rules, _) = crate::rules::load_rules(&[], &[], crate::rules::Part::WithoutExamples);
        let looks = rules.rules.iter().flat_map(|rule| rule.signals.iter().chain(&rule.against));
        let cues = looks.filter_map(|signal| match &signal.look {
            crate::rules::Look::Prose { cues, .. } => Some(cues),
            _ => None,
        });
        let written = ["NOT (a b|NOT c)", "- (x-y|fooBar|NOT) z", "fire-and-forget", "TTL (a|b)"];
        let own = written.iter().map(|text| Cue::builtin(text).unwrap());
        for cue in cues.flatten().map(|(_, cue)| cue.clone()).chain(own) {
            let Some([Element::Any(choices), ..]) = cue.parts().and_then(|parts| parts.first()).map(Vec::as_slice)
            else {
                continue;
            };
            let first: Vec<String> = choices.runs.iter().map(|run| format!("{:?}", run[0])).collect();
            let found: Vec<String> = cue.first_words().iter().map(|word| format!("{word:?}")).collect();
            assert_eq!(found, first, "{}", cue.text);
        }
    }

    #[test]
    fn a_filler_that_the_cue_itself_writes_is_no_filler() {
        assert_eq!(find("no longer valid", "it is no longer valid").as_deref(), Some("no longer valid"));
        assert_eq!(find("NOT yet valid", "is not yet valid here").as_deref(), Some("not yet valid"));
    }

    #[test]
    fn a_verb_that_looks_like_half_a_negation_is_none() {
        assert_eq!(find("NOT .. race", "the later write won the race"), None);
        assert_eq!(find("NOT .. start", "it won’t start").as_deref(), Some("won’t start"));
    }

    #[test]
    fn a_colon_inside_a_word_ends_no_clause() {
        assert_eq!(
            find("localhost .. refused", "localhost:3000 has refused").as_deref(),
            Some("localhost:3000 has refused")
        );
        assert_eq!(find("localhost .. refused", "localhost: it was refused"), None);
    }
}
