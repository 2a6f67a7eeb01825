//! `casefile gate check` and `status`: the state of one gate, of both, or of every case.

use camino::{Utf8Path, Utf8PathBuf};

use crate::cli::config::Config;
use crate::cli::error::CliError;
use crate::cli::hook::judge_changes;
use crate::cli::{load, output};
use crate::gate::{GateReport, Phase, Repository, Tree, derive};
use crate::render::to_json;

use super::append_only;
use super::ask::{Asked, PhaseName, Place, PolicyArgs};
use super::describe;

/// How the answer is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// Schema casefile.gate/1
    Json,
    /// Workflow commands of GitHub Actions
    Github,
}

/// Derive the state of a gate
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  casefile gate check SHOP-12 --phase analysis
  casefile gate check SHOP-12 --phase plan --staged              what is staged, as a pre-commit hook sees it
  casefile gate check --all --rev HEAD --policy-ref refs/remotes/origin/main --append-only refs/remotes/origin/main --enforce")]
pub struct Args {
    /// Case folder, or an id found below the configuration's `cases`
    #[arg(required_unless_present = "all")]
    case: Option<Utf8PathBuf>,
    /// Which gate; both with --all
    #[arg(long, value_enum, required_unless_present = "all")]
    phase: Option<PhaseName>,
    /// Every case that has decisions; the highest exit code counts, and no case at all is a failure
    #[arg(long, conflicts_with = "case")]
    all: bool,
    /// Look at what is staged instead of the work tree
    #[arg(long, conflicts_with = "rev")]
    staged: bool,
    /// Look at this git revision instead of the work tree
    #[arg(long, value_name = "OID")]
    rev: Option<String>,
    /// Fail if a statement that this revision has was changed or removed; with --all also if the change touches files that a
    /// plan claims whose gate is closed
    #[arg(long, value_name = "BASE")]
    append_only: Option<String>,
    /// A page that claims another state than the derived one makes the gate invalid
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    policy: PolicyArgs,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t, conflicts_with = "json")]
    format: Format,
    /// The same as --format json
    #[arg(long)]
    json: bool,
}

/// Show the state of both gates
#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    /// Case folder or id; every known case where none is given
    case: Option<Utf8PathBuf>,
    #[command(flatten)]
    policy: PolicyArgs,
    /// Print the answers as JSON (schema casefile.gate/1), one a line
    #[arg(long)]
    json: bool,
}

/// Runs `check`.
pub fn run(args: &Args) -> Result<u8, CliError> {
    let start = args.case.clone().unwrap_or_else(|| ".".into());
    let place = place(args, &start)?;
    let format = if args.json { Format::Json } else { args.format };
    let mut code = 0;
    if let Some(base) = &args.append_only {
        let found = append_only::check(&start, base, &place, format == Format::Github)?;
        code = found.code;
        if args.all {
            code = code.max(judge_changes(found.later, found.base, args.policy.clone(), &found.changed)?);
        }
    }
    if !args.all {
        let (Some(case), Some(phase)) = (&args.case, args.phase) else {
            return Err(CliError::usage("a case and --phase are needed without --all"));
        };
        let asked = Asked::read(case, &place, &args.policy)?;
        let report = derive(&asked.inquiry(phase.into(), args.strict));
        print(&report, &asked.folder, format)?;
        return Ok(code.max(report.exit_code));
    }
    let cases = all_cases(&place)?;
    if cases.is_empty() {
        return Err(CliError::input("no case was found, so nothing was checked")
            .hint("set `cases` in .casefile/config.toml, for example cases = [\"cases/*\"]"));
    }
    for case in &cases {
        let asked = Asked::read(case, &place, &args.policy)?;
        for phase in [Phase::Analysis, Phase::Plan] {
            // A phase that nobody has decided on yet is no failure of a whole project.
            if asked.case.below(&format!("approvals/{phase}")).next().is_none() {
                continue;
            }
            let report = derive(&asked.inquiry(phase, args.strict));
            print(&report, &asked.folder, format)?;
            code = code.max(report.exit_code);
        }
    }
    Ok(code)
}

fn place(args: &Args, start: &Utf8Path) -> Result<Place, CliError> {
    if args.staged {
        return Ok(Place::Git(Tree::Index));
    }
    let Some(revision) = &args.rev else { return Ok(Place::Worktree) };
    let failed = |error: crate::gate::GitError| CliError::input(error.to_string());
    let commit = Repository::open(start).and_then(|repository| repository.commit(revision)).map_err(failed)?;
    Ok(Place::Git(Tree::Commit(commit)))
}

fn all_cases(place: &Place) -> Result<Vec<Utf8PathBuf>, CliError> {
    let config = Config::load(None, Utf8Path::new("."))?;
    match place {
        Place::Worktree => Ok(load::known_cases(&config)),
        Place::Git(tree) => {
            let failed = |error: crate::gate::GitError| CliError::input(error.to_string());
            let repository = Repository::open(Utf8Path::new(".")).map_err(failed)?;
            let paths = repository.paths(tree).map_err(failed)?;
            let mut folders: Vec<&str> = paths.iter().filter_map(|path| case_of(path)).collect();
            folders.sort_unstable();
            folders.dedup();
            let root = config.folder.as_deref().and_then(Utf8Path::parent);
            let base = root.and_then(|root| repository.relative(root)).unwrap_or_default();
            let matching = folders.into_iter().filter(|folder| {
                let inside = Utf8Path::new(folder).strip_prefix(&base).ok();
                inside.is_some_and(|inside| load::matches_cases(&config, inside))
            });
            Ok(matching.map(|folder| repository.root().join(folder)).collect())
        }
    }
}

/// The folder of a path that shows a case.
fn case_of(path: &str) -> Option<&str> {
    let data = path.strip_suffix("/case.json").or_else(|| path.strip_suffix("/plan.json"));
    data.or_else(|| path.split_once("/approvals/").map(|(folder, _)| folder))
}

fn print(report: &GateReport, folder: &Utf8Path, format: Format) -> Result<(), CliError> {
    let text = match format {
        Format::Text => describe::text(report),
        Format::Json => to_json(report).map_err(|error| CliError::internal(error.to_string()))?,
        Format::Github => describe::github(report, from_here(folder).as_str()),
    };
    output::result(&text)
}

/// The folder as a forge names it, from the checkout that the job stands in.
fn from_here(folder: &Utf8Path) -> &Utf8Path {
    let here = std::env::current_dir().ok().and_then(|here| Utf8PathBuf::from_path_buf(here).ok());
    here.and_then(|here| folder.strip_prefix(here).ok()).unwrap_or(folder)
}

/// Runs `status`: exit 0 whatever the states are.
pub fn status(args: &StatusArgs) -> Result<u8, CliError> {
    let cases = match &args.case {
        Some(case) => vec![case.clone()],
        None => load::known_cases(&Config::load(None, Utf8Path::new("."))?),
    };
    for case in &cases {
        let asked = Asked::worktree(case, &args.policy)?;
        for phase in [Phase::Analysis, Phase::Plan] {
            let report = derive(&asked.inquiry(phase, false));
            if args.json {
                let line = serde_json::to_string(&report).map_err(|error| CliError::internal(error.to_string()))?;
                output::result(&format!("{line}\n"))?;
                continue;
            }
            let needed =
                report.threshold.map_or_else(String::new, |n| format!(", {} of {n} approvals", report.counted.len()));
            let notice = report.notices.iter().map(|notice| format!("  ! {notice}")).collect::<String>();
            output::result(&format!(
                "{} {phase}: {}{needed}{notice}\n",
                crate::render::visible(&report.case),
                report.state
            ))?;
        }
    }
    Ok(0)
}
