//! A regular expression that is compiled when a text first holds a literal that every match needs.
//!
//! Compiling costs more than most patterns ever give back: a run meets a few of the words that patterns ask for, and a pattern
//! whose words do not occur is answered by looking for them alone. What is compiled is compiled for texts of ASCII first
//! (`engine`): most texts are such, and the classes of Unicode are most of the price.

mod engine;
mod found;
mod literals;

use std::borrow::Cow;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use regex_automata::Input;
use regex_automata::meta::Regex;

use engine::{Alphabet, Effort};
pub use engine::{Origin, ascii_classes};
pub use found::{Captures, Match};
pub use literals::{Literals, required};

/// Longest text for the quick engines, in bytes: their time grows with the text and with the pattern.
const QUICK_TEXT: usize = 2 << 10;

/// Bytes after which a pattern is worth its steady engines: what a pattern meets in one case of the usual size.
const QUICK_BYTES: usize = 16 << 10;

/// A pattern in the syntax of the crate `regex`, and with the methods of its `Regex`.
#[derive(Debug)]
pub struct Pattern {
    source: Cow<'static, str>,
    origin: Origin,
    literals: OnceLock<Option<Literals>>,
    quick: Engines,
    steady: Engines,
    /// Bytes that the pattern was given before it had a steady engine.
    searched: AtomicUsize,
}

/// The compiled forms of a pattern, each made when it is first needed.
#[derive(Debug, Default)]
struct Engines {
    /// For texts of ASCII.
    ascii: OnceLock<Regex>,
    /// For any text.
    any: OnceLock<Regex>,
}

impl Clone for Pattern {
    /// The same pattern; its engines are made again when they are needed.
    fn clone(&self) -> Self {
        Pattern { literals: self.literals.clone(), ..Pattern::of(self.source.clone(), self.origin) }
    }
}

impl Pattern {
    /// A pattern of the program itself.
    ///
    /// # Panics
    ///
    /// The pattern panics at its first use where `source` is no regular expression; a test of its file uses it.
    pub fn new(source: impl Into<Cow<'static, str>>) -> Self {
        Pattern::of(source, Origin::Program)
    }

    /// A pattern whose origin decides what its classes mean and what is done where it cannot be compiled.
    pub fn of(source: impl Into<Cow<'static, str>>, origin: Origin) -> Self {
        Pattern {
            source: source.into(),
            origin,
            literals: OnceLock::new(),
            quick: Engines::default(),
            steady: Engines::default(),
            searched: AtomicUsize::new(0),
        }
    }

    /// The same pattern, whose required literals are known.
    pub fn with_literals(self, literals: Option<Literals>) -> Self {
        Pattern { literals: OnceLock::from(literals), ..self }
    }

    /// The pattern as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Literals of which at least one occurs in every match; `None` where there is no such set.
    pub fn literals(&self) -> Option<&Literals> {
        self.literals.get_or_init(|| required(&self.source)).as_ref()
    }

    /// Whether `text` holds a literal of the pattern; compiles nothing, and is right where it says no.
    pub fn may_match(&self, text: &str) -> bool {
        self.literals().is_none_or(|literals| literals.occur_in(text))
    }

    /// The compiled pattern, where it may match in `text`.
    ///
    /// The steady engines look for literals themselves, and faster.
    fn candidate(&self, text: &str) -> Option<&Regex> {
        let alphabet = if text.is_ascii() { Alphabet::Ascii } else { Alphabet::Any };
        if let Some(regex) = self.steady.ready(alphabet) {
            return Some(regex);
        }
        let searched = self.searched.fetch_add(text.len(), Ordering::Relaxed);
        if !self.may_match(text) {
            return None;
        }
        let much = text.len() > QUICK_TEXT || searched > QUICK_BYTES || self.literals().is_none();
        let (engines, effort) = if much { (&self.steady, Effort::Steady) } else { (&self.quick, Effort::Quick) };
        let ready = engines.ready(alphabet);
        Some(ready.unwrap_or_else(|| {
            engines.of(alphabet).get_or_init(|| engine::compile(&self.source, self.origin, alphabet, effort))
        }))
    }

    /// Whether it matches somewhere in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        // The quick engines answer this faster than `Regex::is_match`, which looks for the earliest end of a match.
        self.candidate(text).is_some_and(|regex| regex.search_half(&Input::new(text)).is_some())
    }

    /// The first match in `text`.
    pub fn find<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        self.find_at(text, 0)
    }

    /// The first match in `text` that starts at the byte `start` or behind it.
    pub fn find_at<'t>(&self, text: &'t str, start: usize) -> Option<Match<'t>> {
        let found = self.candidate(text)?.find(Input::new(text).range(start..))?;
        Some(Match::new(text, found.range()))
    }

    /// The matches in `text`, one behind the other.
    pub fn find_iter<'p, 't>(&'p self, text: &'t str) -> impl Iterator<Item = Match<'t>> + use<'p, 't> {
        let all = self.candidate(text).into_iter().flat_map(move |regex| regex.find_iter(text));
        all.map(move |found| Match::new(text, found.range()))
    }

    /// The groups of the first match in `text`.
    pub fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.captures_at(text, 0)
    }

    /// The groups of the first match in `text` that starts at the byte `start` or behind it.
    pub fn captures_at<'t>(&self, text: &'t str, start: usize) -> Option<Captures<'t>> {
        let regex = self.candidate(text)?;
        let mut groups = regex.create_captures();
        regex.search_captures(&Input::new(text).range(start..), &mut groups);
        groups.is_match().then(|| Captures::new(text, groups))
    }

    /// The groups of the matches in `text`, one behind the other.
    pub fn captures_iter<'p, 't>(&'p self, text: &'t str) -> impl Iterator<Item = Captures<'t>> + use<'p, 't> {
        let all = self.candidate(text).into_iter().flat_map(move |regex| regex.captures_iter(text));
        all.map(move |groups| Captures::new(text, groups))
    }

    /// `text` with its first match replaced; `$1`, `$name` and `${name}` in `with` stand for groups.
    pub fn replace<'t>(&self, text: &'t str, with: &str) -> Cow<'t, str> {
        replaced(text, self.captures_iter(text).take(1), with)
    }

    /// `text` with every match replaced; `$1`, `$name` and `${name}` in `with` stand for groups.
    pub fn replace_all<'t>(&self, text: &'t str, with: &str) -> Cow<'t, str> {
        replaced(text, self.captures_iter(text), with)
    }
}

impl Engines {
    fn of(&self, alphabet: Alphabet) -> &OnceLock<Regex> {
        match alphabet {
            Alphabet::Ascii => &self.ascii,
            Alphabet::Any => &self.any,
        }
    }

    /// An engine that is compiled and reads the alphabet.
    fn ready(&self, alphabet: Alphabet) -> Option<&Regex> {
        let own = self.of(alphabet).get();
        if alphabet == Alphabet::Ascii { own.or_else(|| self.any.get()) } else { own }
    }
}

fn replaced<'t>(text: &'t str, matches: impl Iterator<Item = Captures<'t>>, with: &str) -> Cow<'t, str> {
    let mut result = String::new();
    let mut end = 0;
    for groups in matches {
        let whole = groups.get_match();
        result.push_str(&text[end..whole.start()]);
        groups.expand(with, &mut result);
        end = whole.end();
    }
    if end == 0 && result.is_empty() {
        return Cow::Borrowed(text);
    }
    result.push_str(&text[end..]);
    Cow::Owned(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_compiled(pattern: &Pattern) -> (bool, bool) {
        (pattern.quick.ascii.get().is_some(), pattern.quick.any.get().is_some())
    }

    #[test]
    fn a_text_without_the_literal_compiles_nothing() {
        let pattern = Pattern::new(r"(?i)dead\s?lock(?:ed)?");
        assert!(!pattern.is_match("all is well"));
        assert_eq!(is_compiled(&pattern), (false, false));
        assert_eq!(pattern.find("a DEAD lock").map(|found| found.range()), Some(2..11));
        assert_eq!(is_compiled(&pattern), (true, false));
        assert!(pattern.is_match("— deadlock"));
        assert_eq!(is_compiled(&pattern), (true, true));
    }

    #[test]
    fn a_pattern_that_is_used_much_gets_an_engine_for_it() {
        let pattern = Pattern::new(r"(?i)\bdead\s?lock");
        let text = format!("{} deadlock", "no ".repeat(500));
        let places: Vec<_> = (0..20).map(|_| pattern.find(&text).map(|found| found.range())).collect();
        assert!(pattern.steady.ascii.get().is_some());
        assert_eq!(places, vec![Some(1501..1509); 20]);
    }

    #[test]
    fn a_pattern_without_a_literal_is_run() {
        assert_eq!(Pattern::new(r"\d+").find_iter("1 of 22").count(), 2);
    }

    #[test]
    fn letters_that_fold_to_ascii_are_found() {
        assert!(Pattern::new(r"(?i)disk").is_match("di\u{17f}\u{212a}"));
    }

    #[test]
    fn groups_have_their_names_and_numbers() {
        let pattern = Pattern::new(r"(?P<key>\w+)=(\d+)?");
        let groups = pattern.captures("a = 1, b=").unwrap();
        assert_eq!((&groups["key"], &groups[0], groups.get(2)), ("b", "b=", None));
    }

    #[test]
    fn matches_are_replaced() {
        let pattern = Pattern::new(r"(?P<a>\w)(\d)");
        assert_eq!(pattern.replace_all("x1, y2.", "${a}_$2"), "x_1, y_2.");
        assert_eq!(pattern.replace("x1, y2.", ""), ", y2.");
        assert_eq!(pattern.replace_all("none", "-"), "none");
    }
}
