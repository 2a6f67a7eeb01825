//! The repository a hook is asked about: its root, its cases and the gates over its files. The only part that reads the disk.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};

use crate::cli::config::Config;
use crate::cli::gate::{Asked, PolicyArgs};
use crate::cli::{hook, load};
use crate::gate::{Phase, claims, derive};

use super::decide::{Closed, Ground};
use super::paths::{absolute, below};

/// Most links that are followed one after the other where the last one leads nowhere yet.
const LINKS: usize = 16;

/// A repository with its cases.
pub(super) struct Repository {
    /// Folder the client works in.
    cwd: String,
    /// Folder that holds `.casefile` or `.git`, else the working folder.
    pub(super) root: Utf8PathBuf,
    /// The configuration; `None` if it cannot be read.
    config: Option<Config>,
    cases: OnceCell<Vec<Utf8PathBuf>>,
    /// Cases that have a plan, with its files; `None` if it cannot be read.
    plans: OnceCell<Vec<(Utf8PathBuf, Option<Vec<String>>)>>,
    gates: RefCell<BTreeMap<Utf8PathBuf, Gate>>,
}

impl Repository {
    /// The repository around a folder, by default the one of the process.
    pub(super) fn around(cwd: Option<&str>) -> Repository {
        let own = || std::env::current_dir().ok().and_then(|folder| folder.to_str().map(str::to_string));
        let cwd = cwd.map(str::to_string).or_else(own).unwrap_or_else(|| "/".into());
        let start = Utf8Path::new(&cwd);
        let start = start.canonicalize_utf8().unwrap_or_else(|_| start.to_path_buf());
        let holds = |folder: &&Utf8Path| folder.join(".casefile").exists() || folder.join(".git").exists();
        let root = start.ancestors().find(holds).unwrap_or(&start).to_path_buf();
        let config = Config::load(None, &root).ok().map(|mut config| {
            config.folder = Some(root.join(".casefile"));
            config
        });
        Repository { cwd, root, config, cases: OnceCell::new(), plans: OnceCell::new(), gates: RefCell::default() }
    }

    fn cases(&self) -> &[Utf8PathBuf] {
        self.cases.get_or_init(|| self.config.as_ref().map(load::known_cases).unwrap_or_default())
    }

    fn plans(&self) -> &[(Utf8PathBuf, Option<Vec<String>>)] {
        self.plans.get_or_init(|| {
            let planned = self.cases().iter().filter(|case| case.join("plan.json").exists());
            planned.map(|case| (case.clone(), plan_files(case))).collect()
        })
    }

    fn plan_gate(&self, case: &Utf8Path) -> Gate {
        self.gates.borrow_mut().entry(case.to_path_buf()).or_insert_with(|| plan_gate(case)).clone()
    }

    /// Calls `work` with what a decision needs to know.
    pub(super) fn with_ground<T>(&self, work: impl FnOnce(&Ground) -> T) -> T {
        let cwd = absolute("/", &self.cwd);
        let real = |path: &str| real(&cwd, path);
        let is_case = |folder: &str| self.is_case(folder);
        let holds_case = |path: &str| self.holds_decisions(path);
        let closed = |path: &str| self.closed(path);
        let ground =
            Ground { cwd: cwd.clone(), real: &real, is_case: &is_case, holds_case: &holds_case, closed: &closed };
        work(&ground)
    }

    /// A folder with a `case.json`, or one where the configuration has cases.
    fn is_case(&self, folder: &str) -> bool {
        if Path::new(folder).join("case.json").is_file() {
            return true;
        }
        let Some(inside) = below(self.root.as_str(), folder) else { return false };
        let patterns = self.config.as_ref().map(|config| config.cases.as_slice()).unwrap_or_default();
        let depth = |text: &str| text.split('/').filter(|part| !part.is_empty()).count();
        patterns.iter().any(|pattern| depth(pattern) == depth(inside) && claims(pattern, inside))
    }

    /// Whether decisions or the policy lie at or below a path.
    fn holds_decisions(&self, path: &str) -> bool {
        let mut folders = self.cases().iter().filter(|case| case.join("approvals").exists()).map(|case| case.as_str());
        let policy = self.root.join(".casefile");
        below(path, policy.as_str()).is_some() && policy.exists() || folders.any(|case| below(path, case).is_some())
    }

    /// The closed gate over a file; an open plan that names the file outweighs closed ones.
    fn closed(&self, path: &str) -> Option<Closed> {
        let inside = below(self.root.as_str(), path).filter(|inside| !inside.is_empty())?;
        // Reports and plans are what a case is made of: changing them closes its gate, and needs none.
        if inside.starts_with(".git/") || self.cases().iter().any(|case| below(case.as_str(), path).is_some()) {
            return None;
        }
        let Some(config) = &self.config else { return Some(Closed::Unreadable) };
        let mut closed = None;
        for (case, files) in self.plans() {
            let Some(files) = files else {
                closed = closed.or(Some(Closed::Unreadable));
                continue;
            };
            if !files.iter().any(|entry| claims(entry, inside)) {
                continue;
            }
            match self.plan_gate(case) {
                Gate::Open => return None,
                Gate::Closed(gate) => closed = closed.or(Some(gate)),
            }
        }
        if closed.is_some() || !config.hook.strict || inside.starts_with("docs/") || inside.starts_with("cases/") {
            return closed;
        }
        let open = self.plans().iter().any(|(case, _)| self.plan_gate(case) == Gate::Open);
        (!open).then_some(Closed::NoOpenCase)
    }
}

/// The `files` of a plan; `None` if it cannot be read.
fn plan_files(case: &Utf8Path) -> Option<Vec<String>> {
    let bytes = crate::gate::read_regular(&case.join("plan.json"), crate::limits::DOCUMENT_BYTES).ok()?;
    hook::plan_files(&bytes)
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Gate {
    Open,
    Closed(Closed),
}

fn plan_gate(case: &Utf8Path) -> Gate {
    let asked = Asked::worktree(case, &PolicyArgs::default());
    match asked.map(|asked| derive(&asked.inquiry(Phase::Plan, false))) {
        Ok(report) if report.open => Gate::Open,
        Ok(report) => Gate::Closed(Closed::Claimed {
            case: report.case,
            state: (report.state.as_str(), report.exit_code),
            changed: report.subjects.into_iter().find(|subject| subject.changed == Some(true)).map(|s| s.name),
        }),
        Err(_) => Gate::Closed(Closed::Unreadable),
    }
}

/// `path` with every link in it followed, as far as it exists.
fn real(cwd: &str, path: &str) -> String {
    let mut full: PathBuf = Path::new(cwd).join(path);
    for _ in 0..LINKS {
        if let Ok(found) = fs::canonicalize(&full) {
            return absolute("/", &found.to_string_lossy());
        }
        // A link to a file that does not exist yet: writing through it makes the file.
        let Ok(target) = fs::read_link(&full) else { break };
        full = full.parent().unwrap_or(Path::new("/")).join(target);
    }
    let mut rest = Vec::new();
    let mut folder = full.as_path();
    while let (Some(parent), Some(name)) = (folder.parent(), folder.file_name()) {
        rest.push(name.to_string_lossy().into_owned());
        if let Ok(found) = fs::canonicalize(parent) {
            rest.push(found.to_string_lossy().into_owned());
            rest.reverse();
            return absolute("/", &rest.join("/"));
        }
        folder = parent;
    }
    absolute(cwd, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn links_are_followed_even_where_they_lead_nowhere_yet() {
        let dir = tempfile::tempdir().unwrap();
        let base = fs::canonicalize(dir.path()).unwrap();
        let base = base.to_str().unwrap();
        fs::create_dir_all(format!("{base}/cases/A/approvals/plan")).unwrap();
        std::os::unix::fs::symlink("cases/A/approvals", format!("{base}/a")).unwrap();
        std::os::unix::fs::symlink("cases/A/approvals/plan/new.json", format!("{base}/b")).unwrap();
        assert_eq!(real(base, "a/plan/x/y"), format!("{base}/cases/A/approvals/plan/x/y"));
        assert_eq!(real(base, "b"), format!("{base}/cases/A/approvals/plan/new.json"));
        assert_eq!(real(base, "a/../x"), format!("{base}/cases/A/x"));
        assert_eq!(real(base, "none/x"), format!("{base}/none/x"));
    }
}
