//! A regular expression that is compiled when it is first needed.
//!
//! Most patterns of a rule set never meet a line that could match (see `prefilter`), so most are never compiled.

use std::borrow::Cow;

use regex::{Regex, RegexBuilder};
use regex_syntax::ast::parse::Parser;

use crate::limits;
use crate::pattern;

/// A pattern whose syntax is right.
///
/// `\w`, `\d`, `\s` and `\b` mean ASCII: the Unicode classes would multiply the time until the first answer, and log lines,
/// code and keys are written in ASCII. One that outgrows `limits::REGEX_SIZE` matches nothing (`rules check` reports it).
#[derive(Debug)]
pub struct Pattern(pattern::Pattern);

impl Clone for Pattern {
    fn clone(&self) -> Self {
        Pattern::trusted(self.source())
    }
}

impl std::ops::Deref for Pattern {
    type Target = pattern::Pattern;

    fn deref(&self) -> &pattern::Pattern {
        &self.0
    }
}

impl Pattern {
    /// Parses `source` without compiling it; an error names what is wrong.
    pub fn new(source: &str) -> Result<Self, String> {
        match Parser::new().parse(source) {
            Ok(_) => Ok(Pattern::trusted(source)),
            Err(error) => {
                let text = error.to_string();
                Err(text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_string())
            }
        }
    }

    /// A pattern of a builtin rule, whose syntax the rule tests have checked.
    pub fn trusted(source: &str) -> Self {
        let compile = |source: &str| compile(source).unwrap_or_else(|_| nothing());
        Pattern(pattern::Pattern::lazy(Cow::Owned(source.to_string()), compile))
    }

    /// Whether the pattern compiles within the limits.
    pub fn check(&self) -> Result<(), String> {
        compile(self.source()).map(|_| ()).map_err(|error| error.to_string())
    }
}

fn compile(source: &str) -> Result<Regex, regex::Error> {
    let ascii = source
        .replace(r"\b", r"(?-u:\b)")
        .replace(r"\w", "[0-9A-Za-z_]")
        .replace(r"\d", "[0-9]")
        .replace(r"\s", r"[\t\n\x0B\x0C\r ]");
    RegexBuilder::new(&ascii).size_limit(limits::REGEX_SIZE).dfa_size_limit(limits::REGEX_DFA).nest_limit(50).build()
}

fn nothing() -> Regex {
    Regex::new("[^\\s\\S]").expect("the empty class is a valid pattern")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_pattern_says_what_is_wrong() {
        assert_eq!(Pattern::new("a(b").unwrap_err(), "unclosed group");
    }

    #[test]
    fn a_pattern_that_grows_too_large_is_reported() {
        let pattern = Pattern::new("(?:[a-z]{200}){200}{20}").unwrap();
        assert!(pattern.check().is_err());
        assert!(!pattern.is_match("abc"));
    }
}
