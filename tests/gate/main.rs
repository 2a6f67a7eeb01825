//! The gate against its list of attacks and bad inputs. Each row is a number of that list, what is done to a project with
//! one case, and the state and exit code that must follow. Everything goes through the command line, with real keys.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]
#![cfg(unix)]

mod commands;
mod content;
mod documented;
mod emergency;
mod ideas;
mod laws;
mod people;
mod policies;
mod project;
mod revisions;
mod signatures;
