//! `casefile man`: the manual page of the program and all its commands, in roff.

use clap::CommandFactory;

use super::error::CliError;
use super::{Cli, output};

/// Prints the manual page.
pub fn run() -> Result<u8, CliError> {
    let mut page = Vec::new();
    let mut command = Cli::command();
    command.build();
    let failed = |error: std::io::Error| CliError::internal(format!("cannot format the manual page: {error}"));
    clap_mangen::Man::new(command.clone()).render(&mut page).map_err(failed)?;
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help") {
        let sub = sub.clone().display_name(format!("casefile-{}", sub.get_name()));
        clap_mangen::Man::new(sub).render(&mut page).map_err(failed)?;
    }
    output::result(&String::from_utf8_lossy(&page)).map(|()| 0)
}
