//! The `casefile` program: everything is in `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    casefile::cli::main()
}
