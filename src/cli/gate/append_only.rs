//! Recorded decisions are never changed or removed: against a base revision, CI sees what a work tree cannot.

use std::collections::BTreeSet;

use camino::Utf8Path;

use crate::cli::error::CliError;
use crate::cli::output;
use crate::gate::{GateState, Repository, Tree};

use super::ask::Place;
use super::describe;

/// What a comparison came to.
pub struct Compared {
    /// The merge base, as a commit.
    pub base: String,
    /// What it was compared with.
    pub later: Tree,
    /// Paths that differ.
    pub changed: BTreeSet<String>,
    /// 0, or the exit code of `invalid`.
    pub code: u8,
}

/// Compares with the merge base of `base`: the paths that changed, and the exit code of `invalid` where a decision is not
/// what it was.
pub fn check(start: &Utf8Path, base: &str, place: &Place, github: bool) -> Result<Compared, CliError> {
    let failed = |error: crate::gate::GitError| CliError::input(error.to_string());
    let repository = Repository::open(start).map_err(failed)?;
    let later = match place {
        Place::Git(tree) => tree.clone(),
        Place::Worktree => Tree::Commit(repository.commit("HEAD").map_err(failed)?),
    };
    let base = repository.commit(base).map_err(failed)?;
    let tip = match &later {
        Tree::Commit(id) => id.clone(),
        Tree::Index => repository.commit("HEAD").map_err(failed)?,
    };
    let base = repository.merge_base(&base, &tip).map_err(failed)?;
    let (mut code, mut changed) = (0, BTreeSet::new());
    for (path, remains) in repository.changes(&base, &later).map_err(failed)? {
        let existed = repository.file(&Tree::Commit(base.clone()), &path).map_err(failed)?.is_some();
        changed.insert(path.clone());
        if !path.contains("/approvals/") || !existed {
            continue;
        }
        let verb = if remains { "changed" } else { "removed" };
        let path = describe::data(&path);
        if github {
            output::result(&format!("::error title=casefile gate::append-only: {path} was {verb}\n"))?;
        } else {
            output::result(&format!("append-only {path}: a recorded decision was {verb}\n"))?;
        }
        code = GateState::Invalid.exit_code();
    }
    Ok(Compared { base, later, changed, code })
}
