//! The files of a repository as git has them, in the index or in a commit, and the gates of the cases in them.

use camino::Utf8Path;

use crate::cli::error::CliError;
use crate::cli::gate::{PolicyArgs, clock, policy};
use crate::gate::{GateError, GateReport, GitError, Inquiry, Phase, PolicyOutcome, Repository, Tree, claims, derive};

/// The files of an index or a commit.
pub(super) struct Files {
    repository: Repository,
    tree: Tree,
    paths: Vec<String>,
    policy: PolicyArgs,
}

impl Files {
    /// Those of `tree` in the repository around the working folder.
    pub(super) fn of(tree: Tree) -> Result<Files, CliError> {
        Self::judged_by(tree, PolicyArgs::default())
    }

    /// The same, with gates judged by the policy that the arguments name.
    pub(super) fn judged_by(tree: Tree, policy: PolicyArgs) -> Result<Files, CliError> {
        let repository = Repository::open(Utf8Path::new(".")).map_err(failed)?;
        let paths = repository.paths(&tree).map_err(failed)?;
        Ok(Files { repository, tree, paths, policy })
    }

    /// The root of the work tree.
    pub(super) fn root(&self) -> &Utf8Path {
        self.repository.root()
    }

    /// Folders with a `case.json` that match one of the patterns.
    pub(super) fn cases(&self, patterns: &[String]) -> Vec<String> {
        let depth = |text: &str| text.split('/').filter(|part| !part.is_empty()).count();
        let matches = |folder: &&str| patterns.iter().any(|p| depth(p) == depth(folder) && claims(p, folder));
        let data = |path: &'_ String| {
            let signs = ["/case.json", "/plan.json"];
            signs.iter().find_map(|sign| path.strip_suffix(sign).map(str::to_string))
        };
        let folders: std::collections::BTreeSet<String> = self.paths.iter().filter_map(data).collect();
        folders.into_iter().filter(|folder| matches(&folder.as_str())).collect()
    }

    /// The bytes of a file, `None` where it is not there.
    pub(super) fn read(&self, path: &str) -> Result<Option<Vec<u8>>, CliError> {
        self.repository.file(&self.tree, path).map_err(failed)
    }

    /// Globs of paths that the policy wants a case for.
    pub(super) fn wanted_cases(&self) -> Vec<String> {
        match policy(self.root(), &self.policy) {
            PolicyOutcome::Ready(policy) => policy.require_case_for,
            PolicyOutcome::Missing | PolicyOutcome::Broken(_) => Vec::new(),
        }
    }

    /// The gate of a case.
    pub(super) fn gate(&self, case: &str, phase: Phase) -> Result<GateReport, CliError> {
        let folder = self.root().join(case);
        let found = self.repository.snapshot(&self.tree, Utf8Path::new(case)).map_err(failed)?;
        let snapshot =
            found.ok_or_else(|| CliError::input(GateError::NotAFolder { folder: folder.clone() }.to_string()))?;
        let (policy, clock) = (policy(&folder, &self.policy), clock(self.root(), &self.policy)?);
        Ok(derive(&Inquiry { case: &snapshot, phase, policy: &policy, clock: &clock, strict: false }))
    }
}

#[allow(clippy::needless_pass_by_value, reason = "the form that `map_err` takes")]
fn failed(error: GitError) -> CliError {
    CliError::input(error.to_string())
}
