//! Standard output and standard error: results go to the one, everything else to the other; a closed pipe is no failure.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::error::CliError;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// Prints a result as it is.
pub fn result(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::input(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints a line on standard error; nothing can be done where that fails.
pub fn note(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Prints a warning on standard error.
pub fn warning(text: &str) {
    note(&format!("{WARNING}warning{WARNING:#}: {text}"));
}

/// Prints an error with its hints on standard error.
pub fn error(error: &CliError) {
    note(&format!("{ERROR}error{ERROR:#}: {}", error.message));
    for hint in &error.hints {
        note(&format!("{HINT}hint{HINT:#}: {hint}"));
    }
}
