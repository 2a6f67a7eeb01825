//! A regular expression that is compiled when it is first needed.
//!
//! Most patterns of a rule set never meet a line that could match (see `prefilter`), so most are never compiled.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use regex_syntax::ast::parse::Parser;

use crate::limits;

use super::prefilter::required;

/// A pattern whose syntax is right.
///
/// `\w`, `\d`, `\s` and `\b` mean ASCII: the Unicode classes would multiply the time until the first answer, and log lines,
/// code and keys are written in ASCII.
#[derive(Debug)]
pub struct Pattern {
    source: String,
    compiled: OnceLock<Regex>,
    literals: OnceLock<Option<Vec<String>>>,
}

impl Clone for Pattern {
    fn clone(&self) -> Self {
        Pattern::trusted(&self.source)
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
        Pattern { source: source.to_string(), compiled: OnceLock::new(), literals: OnceLock::new() }
    }

    /// The pattern as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Literals of which at least one occurs in every match, in lower case; `None` where there is no such set.
    pub(super) fn literals(&self) -> Option<&[String]> {
        self.literals.get_or_init(|| required(&self.source)).as_deref()
    }

    /// Whether the pattern can match at all in a text, given in ASCII lower case; cheap, and right when it says no.
    pub fn may_match(&self, lower: &str) -> bool {
        self.literals().is_none_or(|literals| literals.iter().any(|literal| lower.contains(literal.as_str())))
    }

    /// The compiled pattern; one that outgrows `limits::REGEX_SIZE` matches nothing (`rules check` reports it).
    pub fn regex(&self) -> &Regex {
        self.compiled.get_or_init(|| compile(&self.source).unwrap_or_else(|_| nothing()))
    }

    /// Whether the pattern compiles within the limits.
    pub fn check(&self) -> Result<(), String> {
        compile(&self.source).map(|_| ()).map_err(|error| error.to_string())
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
        assert!(!pattern.regex().is_match("abc"));
    }
}
