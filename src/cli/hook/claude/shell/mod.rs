//! What a shell command would do to protected places, as far as can be told without running it: best effort.

mod commands;
mod effects;
mod expansions;
mod git;
mod names;
mod words;

pub(super) use effects::{Effect, effects};
pub(super) use names::mentions;

/// A command no agent may run, wherever it points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Forbidden {
    /// `casefile gate` with a verb that decides.
    Decision,
    /// `ssh-keygen -Y sign`, `ssh-add`.
    Signing,
    /// `--no-verify`, `git commit -n`, `core.hooksPath`.
    SkippedHooks,
}
