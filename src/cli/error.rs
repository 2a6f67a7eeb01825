//! Errors at the edge: a kind that decides the exit code, a message, and hints on what to do.

use std::fmt;

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CliErrorKind {
    /// The call itself is wrong: exit 2.
    Usage,
    /// A file cannot be read or written, or is not what it should be: exit 3.
    Input,
    /// The configuration or a rule file is wrong: exit 3.
    Config,
    /// A broken invariant of the program: exit 3.
    Internal,
}

/// A failure of a command.
#[derive(Clone, Debug)]
pub struct CliError {
    /// What kind it is.
    pub kind: CliErrorKind,
    /// What is wrong and where; lower case, no full stop.
    pub message: String,
    /// What to do about it.
    pub hints: Vec<String>,
}

impl CliError {
    /// A failure of the call itself.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::of(CliErrorKind::Usage, message)
    }

    /// A failure of a file.
    pub fn input(message: impl Into<String>) -> Self {
        Self::of(CliErrorKind::Input, message)
    }

    /// A failure of the configuration or a rule.
    pub fn config(message: impl Into<String>) -> Self {
        Self::of(CliErrorKind::Config, message)
    }

    /// A broken invariant.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::of(CliErrorKind::Internal, message)
    }

    fn of(kind: CliErrorKind, message: impl Into<String>) -> Self {
        CliError { kind, message: message.into(), hints: Vec::new() }
    }

    /// Adds a hint.
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hints.push(text.into());
        self
    }

    /// The exit code: 2 for a wrong call, 3 for everything else.
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            CliErrorKind::Usage => 2,
            CliErrorKind::Input | CliErrorKind::Config | CliErrorKind::Internal => 3,
        }
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CliError {}

/// The known name nearest to `given`, where one is near enough to be meant.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_lowercase();
    let scored = known.into_iter().map(|name| (strsim::damerau_levenshtein(&given, &name.to_lowercase()), name));
    let (distance, name) = scored.min_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(b.1)))?;
    (distance <= 1 + given.chars().count() / 4).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_the_name_that_was_meant() {
        assert_eq!(nearest("race-windw", ["race-window", "stale-read"]), Some("race-window"));
        assert_eq!(nearest("something-else", ["race-window", "stale-read"]), None);
    }
}
