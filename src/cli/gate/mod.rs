//! `casefile gate`: decisions that bind a person to exact bytes, one file a verb.

mod append_only;
mod ask;
mod check;
mod decide;
mod describe;
mod doctor;
mod import;
mod init;
mod log;
mod record;
mod request;
mod review;
mod sign;
mod sync;
mod terminal;

use super::error::CliError;

pub use ask::{Asked, PolicyArgs, clock, policy};

/// Ask, review and decide whether a phase of a case may go on
#[derive(Debug, clap::Args)]
#[command(after_help = "\
States and exit codes: approved, break-glass 0 · draft, in-review 10 · changes-requested 11 · rejected 12 ·
stale, superseded 13 · expired 14 · invalid 15 · policy-error 16

Start here:
  casefile gate init                                         write .casefile/gate.toml and allowed_signers
  casefile gate review SHOP-12 --phase analysis              what is decided on, and the code to retype
  casefile gate approve SHOP-12 --phase analysis --as you@example.com --key ~/.ssh/id_ed25519
  casefile gate check SHOP-12 --phase analysis               may work go on?")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Derive the state of a gate; the exit code is the state's: 0 open, 10 to 16 closed
    Check(check::Args),
    /// Show the state of both gates of a case, or of every case
    Status(check::StatusArgs),
    /// Record that a review is asked for (unsigned, changes no state of approval)
    Request(request::Args),
    /// Show exactly what a decision covers: text, evidence, difference, conditions, and the code to retype
    Review(review::Args),
    /// Approve the content as it is now
    Approve(decide::ApproveArgs),
    /// Ask for changes before anything goes on
    #[command(alias = "request-changes")]
    Revise(decide::DecideArgs),
    /// Ask a question that has to be answered first
    #[command(alias = "question")]
    Clarify(decide::DecideArgs),
    /// Hold the gate until you decide again
    Hold(decide::DecideArgs),
    /// Cancel the case
    #[command(alias = "reject")]
    Cancel(decide::DecideArgs),
    /// Take back your own last decision
    Withdraw(decide::DecideArgs),
    /// Open a gate in an emergency, for at most 24 hours
    BreakGlass(decide::BreakGlassArgs),
    /// Add a statement that was signed elsewhere, after verifying it
    Import(import::Args),
    /// Write the derived states into the pages' front matter
    Sync(sync::Args),
    /// List every recorded decision of a case, in order, with whether it stands
    Log(log::Args),
    /// Say what protects this project's gates and what does not
    Doctor(doctor::Args),
    /// Write a policy, allowed_signers and .gitattributes to start from
    Init(init::Args),
}

/// Runs the command.
pub fn run(args: &Args) -> Result<u8, CliError> {
    use crate::gate::Decision;
    match &args.command {
        Command::Check(args) => check::run(args),
        Command::Status(args) => check::status(args),
        Command::Request(args) => request::run(args),
        Command::Review(args) => review::run(args),
        Command::Approve(args) => decide::approve(args),
        Command::Revise(args) => decide::run(args, Decision::Revise),
        Command::Clarify(args) => decide::run(args, Decision::Clarify),
        Command::Hold(args) => decide::run(args, Decision::Hold),
        Command::Cancel(args) => decide::run(args, Decision::Cancel),
        Command::Withdraw(args) => decide::run(args, Decision::Withdraw),
        Command::BreakGlass(args) => decide::break_glass(args),
        Command::Import(args) => import::run(args),
        Command::Sync(args) => sync::run(args),
        Command::Log(args) => log::run(args),
        Command::Doctor(args) => doctor::run(args),
        Command::Init(args) => init::run(args),
    }
}
