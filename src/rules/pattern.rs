//! A regular expression that is compiled when it is first needed.
//!
//! Most patterns of a rule set never meet a line that could match (see `prefilter`), so most are never compiled.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use crate::limits;

/// A pattern that is known to compile.
#[derive(Debug)]
pub struct Pattern {
    source: String,
    compiled: OnceLock<Regex>,
}

impl Clone for Pattern {
    fn clone(&self) -> Self {
        Pattern { source: self.source.clone(), compiled: OnceLock::new() }
    }
}

impl Pattern {
    /// Parses `source` without compiling it; an error names what is wrong.
    pub fn new(source: &str) -> Result<Self, String> {
        match regex_syntax::parse(source) {
            Ok(_) => Ok(Pattern { source: source.to_string(), compiled: OnceLock::new() }),
            Err(error) => {
                let text = error.to_string();
                Err(text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_string())
            }
        }
    }

    /// A pattern of a builtin rule, whose syntax the rule tests have checked.
    pub fn trusted(source: &str) -> Self {
        Pattern { source: source.to_string(), compiled: OnceLock::new() }
    }

    /// The pattern as written.
    pub fn source(&self) -> &str {
        &self.source
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
    RegexBuilder::new(source).size_limit(limits::REGEX_SIZE).dfa_size_limit(limits::REGEX_DFA).nest_limit(50).build()
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
