//! A regular expression that is compiled when it is first needed.
//!
//! Most patterns of a rule set never meet a line that could match (see `prefilter`), so most are never compiled.

use std::fmt;

use regex::{Regex, RegexBuilder};
use regex_syntax::ast::parse::Parser;

use crate::limits;
use crate::pattern::{self, Origin, ascii_classes};

use super::load::builtin_literals;

/// A pattern whose syntax is right.
///
/// `\w`, `\d`, `\s` and `\b` mean ASCII: the Unicode classes would multiply the time until the first answer, and log lines,
/// code and keys are written in ASCII. One that outgrows `limits::REGEX_SIZE` matches nothing (`rules check` reports it).
#[derive(Clone)]
pub struct Pattern(pattern::Pattern);

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.source()).finish()
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
    pub fn builtin(source: &str) -> Self {
        let Pattern(pattern) = Pattern::trusted(source);
        match builtin_literals(source) {
            Some(literals) => Pattern(pattern.with_literals(literals)),
            None => Pattern(pattern),
        }
    }

    /// A pattern whose syntax has been checked.
    pub fn trusted(source: &str) -> Self {
        Pattern(pattern::Pattern::of(source.to_string(), Origin::File))
    }

    /// Whether the pattern compiles within the limits.
    pub fn check(&self) -> Result<(), String> {
        compile(self.source()).map(|_| ()).map_err(|error| error.to_string())
    }
}

fn compile(source: &str) -> Result<Regex, regex::Error> {
    let ascii = ascii_classes(source);
    RegexBuilder::new(&ascii).size_limit(limits::REGEX_SIZE).dfa_size_limit(limits::REGEX_DFA).nest_limit(50).build()
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
