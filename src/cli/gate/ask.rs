//! What every gate command needs: the case as it is in the work tree, the index or a commit, the policy, the time.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

use crate::cli::clock;
use crate::cli::config::Config;
use crate::cli::error::CliError;
use crate::cli::load;
use crate::gate::{
    Clock, GateFinding, Inquiry, POLICY_FILE, Phase, Policy, PolicyOutcome, Repository, Snapshot, Tree, read_regular,
    seconds,
};
use crate::limits;

/// Which gate, and by whose rules.
#[derive(Debug, clap::Args)]
pub struct AskArgs {
    /// Which gate
    #[arg(long, value_enum)]
    pub phase: PhaseName,
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// Where the policy comes from, and the time.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct PolicyArgs {
    /// Take the policy from this git revision, such as a protected branch
    #[arg(long, value_name = "REF", conflicts_with = "policy_sha256")]
    pub policy_ref: Option<String>,
    /// Take the policy of the work tree only if it has this digest, which `gate doctor` and the JSON answer show; it
    /// covers gate.toml, the allowed signers and the revoked keys
    #[arg(long, value_name = "HEX")]
    pub policy_sha256: Option<String>,
    /// Refuse a policy that anybody who can edit the work tree could have changed
    #[arg(long)]
    pub enforce: bool,
    /// Judge ages by this time instead of the clock; shown in the answer
    #[arg(long, value_name = "TIME", conflicts_with = "enforce")]
    pub now: Option<String>,
}

/// A phase as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum PhaseName {
    /// The report
    Analysis,
    /// The plan
    Plan,
}

impl From<PhaseName> for Phase {
    fn from(name: PhaseName) -> Phase {
        match name {
            PhaseName::Analysis => Phase::Analysis,
            PhaseName::Plan => Phase::Plan,
        }
    }
}

/// Where the files of a case are taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The work tree.
    Worktree,
    /// The index or a commit.
    Git(Tree),
}

/// Everything a gate is asked with, but the phase.
pub struct Asked {
    /// The case folder.
    pub folder: Utf8PathBuf,
    /// Its files, read once.
    pub case: Snapshot,
    /// Who may decide.
    pub policy: PolicyOutcome,
    /// When.
    pub clock: Clock,
}

impl Asked {
    /// Reads a case of the work tree, with its policy.
    pub fn worktree(case: &Utf8Path, args: &PolicyArgs) -> Result<Asked, CliError> {
        Self::read(case, &Place::Worktree, args)
    }

    /// Reads a case from wherever it is asked of.
    pub fn read(case: &Utf8Path, place: &Place, args: &PolicyArgs) -> Result<Asked, CliError> {
        let config = Config::load(None, case)?;
        let folder = match place {
            Place::Worktree => load::folder(case, &config)?,
            Place::Git(tree) => {
                load::folder(case, &config).or_else(|error| committed(case, tree, &config).ok_or(error))?
            }
        };
        let snapshot = match place {
            Place::Worktree => Snapshot::worktree(&folder).map_err(|error| CliError::input(error.to_string()))?,
            Place::Git(tree) => {
                let repository = repository_of(&folder).ok_or_else(|| outside(&folder))?;
                let inside = repository.relative(&folder).ok_or_else(|| outside(&folder))?;
                let read = repository.snapshot(tree, &inside).map_err(|error| CliError::input(error.to_string()))?;
                read.ok_or_else(|| CliError::input(format!("{folder} does not exist there")))?
            }
        };
        let (policy, clock) = (policy(&folder, args), clock(&folder, args)?);
        Ok(Asked { folder, case: snapshot, policy, clock })
    }

    /// The question about one gate.
    pub fn inquiry(&self, phase: Phase, strict: bool) -> Inquiry<'_> {
        Inquiry { case: &self.case, phase, policy: &self.policy, clock: &self.clock, strict }
    }
}

/// A case by its folder or id that is in a tree and no longer, or not yet, in the work tree.
fn committed(case: &Utf8Path, tree: &Tree, config: &Config) -> Option<Utf8PathBuf> {
    let repository = repository_of(case)?;
    let paths = repository.paths(tree).ok()?;
    let folders = paths.iter().filter_map(|path| path.strip_suffix("/case.json")).map(Utf8Path::new);
    let root = config.folder.as_deref().and_then(Utf8Path::parent);
    let base = root.and_then(|root| repository.relative(root)).unwrap_or_default();
    let asked = repository.relative(case);
    let is_asked = |folder: &&Utf8Path| {
        let known = folder.strip_prefix(&base).is_ok_and(|inside| load::matches_cases(config, inside));
        Some(*folder) == asked.as_deref() || known && folder.file_name() == Some(case.as_str())
    };
    folders.into_iter().find(is_asked).map(|folder| repository.root().join(folder))
}

fn outside(folder: &Utf8Path) -> CliError {
    CliError::input(format!("{folder} is outside of the git repository"))
}

/// The repository of the working folder, where it holds the path: one that lies further down, around the case itself, would
/// bring its own history and branches.
pub fn repository_of(path: &Utf8Path) -> Option<Repository> {
    let outer = Repository::open(Utf8Path::new(".")).ok().filter(|repository| repository.relative(path).is_some());
    outer.or_else(|| Repository::open(path).ok())
}

/// The root of the project of a case: the topmost folder of the repository that holds a policy, so that one planted further
/// down counts nothing; without a policy the nearest that holds `.casefile/`, else the repository's root.
pub fn project_root(folder: &Utf8Path) -> Option<Utf8PathBuf> {
    let start = folder.ancestors().find(|at| at.is_dir()).unwrap_or(Utf8Path::new("."));
    let start = if start.as_str().is_empty() { Utf8Path::new(".") } else { start };
    let start = start.canonicalize_utf8().ok()?;
    let top = repository_of(&start).and_then(|repository| repository.root().canonicalize_utf8().ok());
    let repository = top.and_then(|top| start.ancestors().position(|at| at == top));
    // Outside of a repository nothing tells where a project ends: the nearest policy counts.
    let within: Vec<&Utf8Path> = start.ancestors().take(repository.map_or(usize::MAX, |at| at + 1)).collect();
    let mut with_policy = within.iter().filter(|at| at.join(POLICY_FILE).symlink_metadata().is_ok());
    let policy = if repository.is_some() { with_policy.next_back() } else { with_policy.next() };
    let home = || within.iter().find(|at| at.join(".casefile").is_dir());
    let root = policy.or_else(home).or_else(|| within.last().filter(|_| repository.is_some()))?;
    Some((*root).to_owned())
}

/// The policy for a case folder: from a git revision, pinned by its digest, or from the work tree.
pub fn policy(folder: &Utf8Path, args: &PolicyArgs) -> PolicyOutcome {
    let broken = |message: String| PolicyOutcome::Broken(vec![GateFinding::on_file("policy", POLICY_FILE, message)]);
    let root = project_root(folder);
    if let Some(reference) = &args.policy_ref {
        let start = root.as_deref().unwrap_or(folder);
        return from_git(start, reference).unwrap_or_else(broken);
    }
    let Some(root) = root else { return PolicyOutcome::Missing };
    let read = |name: &str| read_worktree(&root, name);
    let Some(pin) = &args.policy_sha256 else {
        let found = Policy::load(&read, "worktree");
        if args.enforce && !matches!(found, PolicyOutcome::Missing) {
            return broken(
                "--enforce refuses the policy of the work tree: give --policy-ref or --policy-sha256".into(),
            );
        }
        return found;
    };
    match Policy::load(&read, "sha256") {
        PolicyOutcome::Ready(policy) if !policy.sha256.eq_ignore_ascii_case(pin) => {
            broken(format!("its digest is {}, not the one that --policy-sha256 asks for", policy.sha256))
        }
        PolicyOutcome::Missing => broken("--policy-sha256 is given, and there is no policy".into()),
        found => found,
    }
}

fn from_git(start: &Utf8Path, reference: &str) -> Result<PolicyOutcome, String> {
    let repository = repository_of(start).ok_or("there is no git repository to take the policy from")?;
    let tree = Tree::Commit(repository.commit(reference).map_err(|error| error.to_string())?);
    let below = repository.relative(start).unwrap_or_default();
    // The topmost policy that the revision itself has: what the work tree adds further down counts nothing.
    let folders: Vec<&Utf8Path> = below.ancestors().collect();
    let holds = |folder: &&&Utf8Path| {
        repository.file(&tree, folder.join(POLICY_FILE).as_str()).is_ok_and(|file| file.is_some())
    };
    let inside = folders.iter().rev().find(holds).map(|folder| folder.to_path_buf()).unwrap_or_default();
    let read = |name: &str| {
        let path = if inside.as_str().is_empty() { name.to_string() } else { format!("{inside}/{name}") };
        repository.file(&tree, &path).map_err(|error| error.to_string())
    };
    match Policy::load(&read, &format!("git:{reference}")) {
        PolicyOutcome::Missing => Err(format!("`{reference}` has no {POLICY_FILE}")),
        found => Ok(found),
    }
}

/// A file below the project's root, never through a link.
fn read_worktree(root: &Utf8Path, name: &str) -> Result<Option<Vec<u8>>, String> {
    let mut at = root.to_owned();
    let mut parts = name.split('/').peekable();
    while let Some(part) = parts.next() {
        at.push(part);
        match fs::symlink_metadata(&at) {
            Err(_) => return Ok(None),
            Ok(metadata) if parts.peek().is_some() && !metadata.is_dir() => return Err(format!("{at} is no folder")),
            Ok(_) => {}
        }
    }
    let limit = u64::try_from(limits::YAML_BYTES).unwrap_or(u64::MAX);
    read_regular(&at, limit).map(Some).map_err(|error| error.to_string())
}

/// The time to judge by: as given, else the later of the system's clock and the last commit.
pub fn clock(folder: &Utf8Path, args: &PolicyArgs) -> Result<Clock, CliError> {
    let parsed = |text: &str| seconds(text).ok_or_else(|| CliError::internal("the clock gave no time"));
    if let Some(given) = &args.now {
        return Ok(Clock { now: parsed(&clock::now(Some(given))?)?, source: "--now".into() });
    }
    let now = clock::system();
    let head = repository_of(folder).and_then(|repository| repository.head_time());
    Ok(match head {
        Some(head) if head > now => Clock { now: head, source: "head".into() },
        _ => Clock { now, source: "system".into() },
    })
}
