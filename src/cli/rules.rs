//! `casefile rules`: list, show, check, document, explain finding codes, start a rule.

use std::fmt::Write as _;
use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

use crate::finding::Code;
use crate::rule_check::check_rules;
use crate::rules::{
    Examples, Part, Rule, RuleSet, builtin_rules, builtin_texts, load_rules, rule_doc, rule_index, scaffold,
};

use super::config::Config;
use super::error::{CliError, nearest};
use super::{output, rules_corpus};

/// Options of commands that run rules.
#[derive(Debug, Default, clap::Args)]
pub struct RuleArgs {
    /// Folder of rules that are added to the builtin ones, or replace those of the same id
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<Utf8PathBuf>,
    /// Fail on a broken rule file instead of leaving it out with a warning
    #[arg(long)]
    pub strict: bool,
    /// Leave out the cues listed in FILE, one a line as rules write them: shows what they bring
    #[arg(long, value_name = "FILE")]
    pub without_cues: Option<Utf8PathBuf>,
}

impl RuleArgs {
    /// The rules to run: builtin, then `.casefile/rules/`, then `--rules`, less those the configuration disables.
    pub fn load(&self, config: &Config) -> Result<std::borrow::Cow<'static, RuleSet>, CliError> {
        let own = config.folder.as_ref().map(|folder| folder.join("rules")).filter(|folder| folder.is_dir());
        let folders: Vec<Utf8PathBuf> = own.into_iter().chain(self.rules.iter().cloned()).collect();
        if folders.is_empty() && config.rules.disable.is_empty() && self.without_cues.is_none() {
            return Ok(std::borrow::Cow::Borrowed(builtin_rules()));
        }
        let (mut set, errors) = load_rules(&folders, &config.rules.disable, Part::WithoutExamples);
        for error in &errors {
            output::warning(&error.render());
        }
        if self.strict && !errors.is_empty() {
            return Err(CliError::config(format!("{} problem(s) in rule files", errors.len())));
        }
        if let Some(path) = &self.without_cues {
            let listed =
                fs::read_to_string(path).map_err(|error| CliError::input(format!("cannot read {path}: {error}")))?;
            set.drop_cues(&listed.lines().collect());
        }
        Ok(std::borrow::Cow::Owned(set))
    }
}

/// List, show, check and document rules, and explain finding codes
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the rules: id, role, number of signals, title, and the class where it is not the id
    List {
        #[command(flatten)]
        rules: RuleArgs,
        /// Print the list as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print a rule's file
    Show {
        /// Id of the rule
        id: String,
    },
    /// Check rule files and run their examples; without a path, the builtin rules
    Check {
        /// Folders or files of rules, checked together with the builtin ones
        #[arg(value_name = "PATH")]
        folder: Vec<Utf8PathBuf>,
        /// Count cues in unlabelled texts instead: a folder of *.md and *.txt, or a *.jsonl with a `text` a line
        #[arg(long, value_name = "PATH")]
        corpus: Option<Utf8PathBuf>,
        /// Write how telling each cue is in the corpus, as rules/specificity.tsv has it
        #[arg(long, value_name = "FILE", requires = "corpus")]
        write_specificity: Option<Utf8PathBuf>,
    },
    /// Write a documentation page for each rule and an index
    Doc {
        /// Folder to write to
        #[arg(long, value_name = "DIR", default_value = "docs/rules")]
        out: Utf8PathBuf,
    },
    /// Explain a finding code
    Explain {
        /// The code, such as dead-link; without it, all codes are listed
        code: Option<String>,
    },
    /// Print a rule file to start from
    New {
        /// Id of the new rule
        id: String,
    },
}

/// Runs the command.
pub fn run(args: &Args) -> Result<u8, CliError> {
    match &args.command {
        Command::List { rules, json } => list(rules, *json),
        Command::Show { id } => show(id),
        Command::Check { folder, corpus: None, .. } => check(folder),
        Command::Check { folder, corpus: Some(corpus), write_specificity } => {
            rules_corpus::run(folder, corpus, write_specificity.as_deref())
        }
        Command::Doc { out } => doc(out),
        Command::Explain { code } => explain(code.as_deref()),
        Command::New { id } => output::result(&scaffold(id)).map(|()| 0),
    }
}

fn list(args: &RuleArgs, json: bool) -> Result<u8, CliError> {
    let config = Config::load(None, Utf8Path::new("."))?;
    let set = args.load(&config)?;
    if json {
        let rows: Vec<serde_json::Value> = set.rules.iter().map(row).collect();
        let text = crate::render::to_json(&rows).map_err(|error| CliError::internal(error.to_string()))?;
        return output::result(&text).map(|()| 0);
    }
    let width = set.rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for rule in &set.rules {
        let role = crate::rules::word(&rule.role);
        let class = if rule.class == rule.id { String::new() } else { format!(" (class {})", rule.class) };
        let _ =
            writeln!(text, "{:width$}  {role:12}  {:2} signals  {}{class}", rule.id, rule.signals.len(), rule.title);
    }
    output::result(&text).map(|()| 0)
}

fn row(rule: &Rule) -> serde_json::Value {
    serde_json::json!({
        "id": rule.id,
        "class": rule.class,
        "version": rule.version,
        "title": rule.title,
        "role": rule.role,
        "signals": rule.signals.iter().map(|signal| signal.name.clone()).collect::<Vec<_>>(),
        "against": rule.against.iter().map(|signal| signal.name.clone()).collect::<Vec<_>>(),
    })
}

fn show(id: &str) -> Result<u8, CliError> {
    let name = format!("{id}.yaml");
    match builtin_texts().iter().find(|(file, _)| *file == name) {
        Some((_, text)) => output::result(text).map(|()| 0),
        None => Err(unknown_rule(id, builtin_rules())),
    }
}

/// The error for an id that no rule has.
pub fn unknown_rule(id: &str, rules: &RuleSet) -> CliError {
    let error = CliError::usage(format!("there is no rule `{id}`"));
    match nearest(id, rules.rules.iter().map(|rule| rule.id.as_str())) {
        Some(meant) => error.hint(format!("did you mean `{meant}`?")),
        None => error.hint("`casefile rules list` shows them all"),
    }
}

fn check(folders: &[Utf8PathBuf]) -> Result<u8, CliError> {
    if let Some(path) = folders.iter().find(|path| !path.exists()) {
        return Err(CliError::input(format!("there is no folder or rule file {path}")));
    }
    let (set, mut errors) = load_rules(folders, &[], Part::Whole);
    let text_of = |id: &str| text_of(id, folders);
    errors.extend(check_rules(&set, &text_of));
    for error in &errors {
        output::note(&error.render());
        output::note("");
    }
    let examples: usize = set.rules.iter().filter_map(|rule| rule.examples.as_ref()).map(Examples::len).sum();
    output::result(&format!("{} rules, {examples} examples, {} problems\n", set.rules.len(), errors.len()))?;
    Ok(u8::from(!errors.is_empty()))
}

/// Path and text of a rule's file, a user's before a builtin one.
fn text_of(id: &str, folders: &[Utf8PathBuf]) -> Option<(String, String)> {
    let name = format!("{id}.yaml");
    let file = |path: &Utf8PathBuf| if path.is_dir() { path.join(&name) } else { path.clone() };
    let own = folders.iter().rev().map(file).find(|path| path.is_file() && path.file_name() == Some(&name));
    if let Some(path) = own {
        let text = fs::read_to_string(&path).ok()?;
        return Some((path.into_string(), text));
    }
    let (_, text) = builtin_texts().iter().find(|(file, _)| *file == name)?;
    Some((format!("rules/{name}"), (*text).to_string()))
}

fn doc(out: &Utf8Path) -> Result<u8, CliError> {
    let (set, errors) = load_rules(&[], &[], Part::Whole);
    if let Some(error) = errors.first() {
        return Err(CliError::config(error.render()));
    }
    let failed = |path: &Utf8Path, error: std::io::Error| CliError::input(format!("cannot write {path}: {error}"));
    fs::create_dir_all(out).map_err(|error| failed(out, error))?;
    let pages = set.rules.iter().map(|rule| (format!("{}.md", rule.id), rule_doc(rule)));
    for (name, text) in pages.chain([("index.md".to_string(), rule_index(&set))]) {
        let path = out.join(name);
        fs::write(&path, text).map_err(|error| failed(&path, error))?;
    }
    output::note(&format!("wrote {} pages to {out}", set.rules.len() + 1));
    Ok(0)
}

fn explain(code: Option<&str>) -> Result<u8, CliError> {
    let Some(code) = code else {
        let mut text = String::new();
        for code in Code::ALL {
            let _ = writeln!(text, "{:32} {:?}", code.as_str(), code.severity());
        }
        return output::result(&text.to_lowercase()).map(|()| 0);
    };
    let Ok(known) = code.parse::<Code>() else {
        let error = CliError::usage(format!("there is no finding code `{code}`"));
        return Err(match nearest(code, Code::ALL.iter().map(|code| code.as_str())) {
            Some(meant) => error.hint(format!("did you mean `{meant}`?")),
            None => error.hint("`casefile rules explain` lists them all"),
        });
    };
    let severity = format!("{:?}", known.severity()).to_lowercase();
    output::result(&format!("{known} ({severity})\n\n{}\n", known.explanation())).map(|()| 0)
}
