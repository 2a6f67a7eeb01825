//! A regular expression that is compiled when a text first holds a literal that every match needs.
//!
//! Compiling costs more than most patterns ever give back: a run meets a few of the words that patterns ask for, and a pattern
//! whose words do not occur is answered by looking for them alone.

mod literals;

use std::borrow::Cow;
use std::sync::OnceLock;

use regex::{Captures, Match, Regex};

pub use literals::{Literals, required};

/// A pattern with the methods of a [`Regex`], behind its required literals.
#[derive(Debug)]
pub struct Pattern {
    source: Cow<'static, str>,
    compile: fn(&str) -> Regex,
    literals: OnceLock<Option<Literals>>,
    regex: OnceLock<Regex>,
}

impl Pattern {
    /// A pattern of the program itself.
    ///
    /// # Panics
    ///
    /// The pattern panics at its first use where `source` is no regular expression; a test of its file uses it.
    pub fn new(source: impl Into<Cow<'static, str>>) -> Self {
        Pattern::lazy(source.into(), |source| Regex::new(source).expect("a pattern of the program, used by a test"))
    }

    /// A pattern whose text `compile` turns into a regular expression at its first use.
    ///
    /// What `compile` makes must match nothing that `source` does not match.
    pub fn lazy(source: Cow<'static, str>, compile: fn(&str) -> Regex) -> Self {
        Pattern { source, compile, literals: OnceLock::new(), regex: OnceLock::new() }
    }

    /// The pattern as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Literals of which at least one occurs in every match; `None` where there is no such set.
    pub fn literals(&self) -> Option<&Literals> {
        self.literals.get_or_init(|| required(&self.source)).as_ref()
    }

    /// The regular expression, compiled if it is not yet.
    pub fn regex(&self) -> &Regex {
        self.regex.get_or_init(|| (self.compile)(&self.source))
    }

    /// The regular expression where it may match in `text`.
    ///
    /// Once it is compiled its own search for literals is the faster one.
    fn candidate(&self, text: &str) -> Option<&Regex> {
        match self.regex.get() {
            Some(regex) => Some(regex),
            None if self.may_match(text) => Some(self.regex()),
            None => None,
        }
    }

    /// Whether `text` holds a literal of the pattern; compiles nothing, and is right where it says no.
    pub fn may_match(&self, text: &str) -> bool {
        self.literals().is_none_or(|literals| literals.occur_in(text))
    }

    /// Whether it matches somewhere in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        self.candidate(text).is_some_and(|regex| regex.is_match(text))
    }

    /// The first match in `text`.
    pub fn find<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        self.candidate(text)?.find(text)
    }

    /// The first match in `text` that starts at `start` or behind it.
    pub fn find_at<'t>(&self, text: &'t str, start: usize) -> Option<Match<'t>> {
        self.candidate(text)?.find_at(text, start)
    }

    /// The matches in `text`, one behind the other.
    pub fn find_iter<'p, 't>(&'p self, text: &'t str) -> impl Iterator<Item = Match<'t>> + use<'p, 't> {
        self.candidate(text).into_iter().flat_map(move |regex| regex.find_iter(text))
    }

    /// The groups of the first match in `text`.
    pub fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.candidate(text)?.captures(text)
    }

    /// The groups of the first match in `text` that starts at `start` or behind it.
    pub fn captures_at<'t>(&self, text: &'t str, start: usize) -> Option<Captures<'t>> {
        self.candidate(text)?.captures_at(text, start)
    }

    /// The groups of the matches in `text`, one behind the other.
    pub fn captures_iter<'p, 't>(&'p self, text: &'t str) -> impl Iterator<Item = Captures<'t>> + use<'p, 't> {
        self.candidate(text).into_iter().flat_map(move |regex| regex.captures_iter(text))
    }

    /// `text` with its first match replaced as `Regex::replace` does it.
    pub fn replace<'t>(&self, text: &'t str, with: &str) -> Cow<'t, str> {
        self.candidate(text).map_or(Cow::Borrowed(text), |regex| regex.replace(text, with))
    }

    /// `text` with every match replaced as `Regex::replace_all` does it.
    pub fn replace_all<'t>(&self, text: &'t str, with: &str) -> Cow<'t, str> {
        self.candidate(text).map_or(Cow::Borrowed(text), |regex| regex.replace_all(text, with))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_the_literal_compiles_nothing() {
        let pattern = Pattern::new(r"(?i)dead\s?lock(?:ed)?");
        assert!(!pattern.is_match("all is well"));
        assert!(pattern.regex.get().is_none());
        assert_eq!(pattern.find("a DEAD lock").map(|found| found.range()), Some(2..11));
        assert!(pattern.regex.get().is_some());
    }

    #[test]
    fn a_pattern_without_a_literal_is_run() {
        assert_eq!(Pattern::new(r"\d+").find_iter("1 of 22").count(), 2);
    }

    #[test]
    fn letters_that_fold_to_ascii_are_found() {
        assert!(Pattern::new(r"(?i)disk").is_match("di\u{17f}\u{212a}"));
    }
}
