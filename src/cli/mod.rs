//! The command line: one file a command. Only this module prints.

mod analyze;
mod batch;
mod clock;
mod config;
mod error;
mod explain;
mod gate;
mod hook;
mod lint;
mod load;
mod logs;
mod logs_text;
mod man;
mod output;
mod page;
mod parallel;
mod plan;
mod render;
mod rules;
mod rules_corpus;
mod schema;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

pub use error::{CliError, CliErrorKind};

/// Turns an incident scenario or a bug report into an analysis report and an implementation plan in which every statement
/// points to the line it came from. Works offline and says so where it does not know.
#[derive(Debug, Parser)]
#[command(
    name = "casefile",
    version,
    max_term_width = 110,
    after_help = "\
Start here:
  casefile analyze incident.md                    print the analysis report
  casefile analyze incident.md --out cases/       write the case folder cases/<ID>/
  casefile plan cases/<ID>                        write the plan, once the analysis is approved
  casefile gate review cases/<ID> --phase analysis  what a decision covers; then gate approve
  casefile gate check cases/<ID> --phase analysis may work go on?
  casefile logs app.log                           what is in this log?

Exit codes: 0 done, yes · 1 done, no · 2 wrong call · 3 unreadable input or output · 10-16 state of a gate"
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Analyse incident documents and logs; print the report, or write the case folder with --out
    Analyze(analyze::Args),
    /// Write the implementation plan of a case whose analysis is approved
    Plan(plan::Args),
    /// Render a report again from its case.json
    Render(render::Args),
    /// Report what is wrong with an input, a report or a plan
    Lint(lint::Args),
    /// Say how a rule came to its dots on a case: signals, places, arithmetic
    Explain(explain::Args),
    /// List, show, check and document rules, and explain finding codes
    Rules(rules::Args),
    /// Say what is in a log of any size: levels, message templates, bursts, gaps, errors over time
    Logs(logs::Args),
    /// Review, decide and ask whether a phase of a case may go on
    Gate(gate::Args),
    /// Checks for git and for coding agents, and their installation
    Hook(hook::Args),
    /// Print the JSON Schema of case.json, plan.json, rule files, or the output of logs and gate check
    Schema(schema::Args),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    #[command(hide = true)]
    Man,
}

#[derive(Debug, clap::Args)]
struct CompletionsArgs {
    /// The shell
    shell: clap_complete::Shell,
}

/// Runs the program on the arguments of the process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    ExitCode::from(guarded(3, || match run(cli) {
        Ok(code) => code,
        Err(error) => {
            output::error(&error);
            error.exit_code()
        }
    }))
}

/// The exit code of `work`, or `on_panic` where an invariant of the program breaks.
///
/// A panic would exit with 101, which callers of gates and hooks may take for "not my business".
fn guarded(on_panic: u8, work: impl FnOnce() -> u8) -> u8 {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or(on_panic)
}

fn run(cli: Cli) -> Result<u8, CliError> {
    match cli.command {
        Command::Analyze(args) => analyze::run(&args),
        Command::Plan(args) => plan::run(&args),
        Command::Render(args) => render::run(&args),
        Command::Lint(args) => lint::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Logs(args) => logs::run(&args),
        Command::Gate(args) => gate::run(&args),
        Command::Hook(args) => hook::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Completions(args) => {
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut Cli::command(), "casefile", &mut script);
            output::result(&String::from_utf8_lossy(&script)).map(|()| 0)
        }
        Command::Man => man::run(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_has_the_exit_code_that_was_asked_for() {
        assert_eq!(guarded(3, || panic!("on purpose")), 3);
        assert_eq!(guarded(3, || 11), 11);
    }
}
