//! What a pattern found: places in a text, and the groups of a match.

use std::ops::{Index, Range};

use regex_automata::PatternID;
use regex_automata::util::captures;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match<'t> {
    text: &'t str,
    start: usize,
    end: usize,
}

impl<'t> Match<'t> {
    pub(super) fn new(text: &'t str, range: Range<usize>) -> Self {
        Match { text, start: range.start, end: range.end }
    }

    /// The byte at which it starts.
    pub fn start(&self) -> usize {
        self.start
    }

    /// The byte behind its end.
    pub fn end(&self) -> usize {
        self.end
    }

    /// Its bytes.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Its words.
    pub fn as_str(&self) -> &'t str {
        &self.text[self.range()]
    }

    /// Its length in bytes.
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether it is a place between two letters.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }
}

/// The groups of a match; group 0 is the match itself.
#[derive(Clone, Debug)]
pub struct Captures<'t> {
    text: &'t str,
    groups: captures::Captures,
}

impl<'t> Captures<'t> {
    pub(super) fn new(text: &'t str, groups: captures::Captures) -> Self {
        Captures { text, groups }
    }

    /// The whole match.
    pub fn get_match(&self) -> Match<'t> {
        let found = self.groups.get_match().map_or(0..0, |found| found.range());
        Match::new(self.text, found)
    }

    /// The group of that number, where it took part.
    pub fn get(&self, number: usize) -> Option<Match<'t>> {
        self.groups.get_group(number).map(|span| Match::new(self.text, span.range()))
    }

    /// The group of that name, where it took part.
    pub fn name(&self, name: &str) -> Option<Match<'t>> {
        self.groups.get_group_by_name(name).map(|span| Match::new(self.text, span.range()))
    }

    /// The groups with a name that took part, in the order of the pattern.
    pub fn named(&self) -> impl Iterator<Item = (&str, Match<'t>)> {
        let names = self.groups.group_info().pattern_names(PatternID::ZERO).flatten();
        names.filter_map(|name| Some((name, self.name(name)?)))
    }

    /// Appends `template` with its `$1`, `$name` and `${name}` filled in.
    pub(super) fn expand(&self, template: &str, into: &mut String) {
        self.groups.interpolate_string_into(self.text, template, into);
    }
}

impl Index<usize> for Captures<'_> {
    type Output = str;

    fn index(&self, number: usize) -> &str {
        self.get(number).map_or_else(|| panic!("group {number} took no part"), |found| found.as_str())
    }
}

impl Index<&str> for Captures<'_> {
    type Output = str;

    fn index(&self, name: &str) -> &str {
        self.name(name).map_or_else(|| panic!("group `{name}` took no part"), |found| found.as_str())
    }
}
