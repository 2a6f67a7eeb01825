//! `casefile explain`: how a rule came to its dots on a case.

use std::fmt::Write as _;

use camino::Utf8PathBuf;

use crate::case::{Case, Considered, EvidenceId, Hypothesis};
use crate::rules::{RuleSet, word};

use super::config::Config;
use super::error::CliError;
use super::rules::{RuleArgs, unknown_rule};
use super::{load, output};

/// Say how a rule came to its dots on a case: signals, places, arithmetic
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Case folder, or its case.json
    case: Utf8PathBuf,
    /// Id of the rule; it need not have fired
    rule: String,
    #[command(flatten)]
    rules: RuleArgs,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<u8, CliError> {
    let config = Config::load(None, &args.case)?;
    let rules = args.rules.load(&config)?;
    let case = load::case(&args.case, &config)?;
    output::result(&explain(&case, &args.rule, &rules)?).map(|()| 0)
}

fn explain(case: &Case, id: &str, rules: &RuleSet) -> Result<String, CliError> {
    let Some(rule) = rules.get(id) else { return Err(unknown_rule(id, rules)) };
    let mut text = format!("{} on {}: {}\n\n", rule.id, case.id, rule.title);
    let Some(considered) = case.considered.iter().find(|considered| considered.rule == id) else {
        let _ = writeln!(text, "No signal of this rule matched. It looked for:");
        for signal in &rule.signals {
            let _ = writeln!(text, "  {} ({})", signal.name, word(&signal.kind));
        }
        return Ok(text);
    };
    signals(&mut text, case, considered);
    dots(&mut text, considered);
    if let Some(hypothesis) = case.hypotheses.iter().find(|hypothesis| hypothesis.rule == id) {
        outcome(&mut text, hypothesis);
    } else {
        let _ = writeln!(text, "It made no hypothesis: that needs 2 dots.");
    }
    raise(&mut text, considered, rules);
    Ok(text)
}

fn signals(text: &mut String, case: &Case, considered: &Considered) {
    let _ = writeln!(text, "Matched signals (points in thousandths, each cue once, falling by a quarter):");
    for signal in &considered.signals {
        let _ = writeln!(text, "  {} ({}, tier {}): {}", signal.name, word(&signal.kind), signal.tier, signal.points);
        for cue in &signal.cues {
            let places = if cue.places == 1 { String::new() } else { format!(", {} places", cue.places) };
            let _ = writeln!(text, "    {} points{places}: {}", cue.points, cue.cue);
        }
        for id in &signal.evidence {
            let _ = writeln!(text, "    {}", place(case, *id));
        }
    }
    let _ = writeln!(text, "  total {}\n", considered.points);
}

fn place(case: &Case, id: EvidenceId) -> String {
    match case.evidence.iter().find(|evidence| evidence.id == id) {
        Some(evidence) => {
            let quote = evidence.quote.lines().next().unwrap_or_default();
            format!("{id} {}:{} {quote}", evidence.source, evidence.lines[0])
        }
        None => id.to_string(),
    }
}

fn dots(text: &mut String, considered: &Considered) {
    let _ = writeln!(text, "Dots:");
    for step in &considered.steps {
        let _ = writeln!(text, "  {step}");
    }
    let _ = writeln!(text, "  result: {} of 5\n", considered.dots);
}

fn outcome(text: &mut String, hypothesis: &Hypothesis) {
    let _ = writeln!(text, "Hypothesis {}: {}, {}", hypothesis.id, word(&hypothesis.role), word(&hypothesis.status));
    if let Some(reason) = &hypothesis.reason {
        let _ = writeln!(text, "  {reason}");
    }
    for evidence in &hypothesis.evidence_against {
        let _ = writeln!(text, "  against ({}): {}:{}", evidence.signal, evidence.source, evidence.lines[0]);
    }
    text.push('\n');
}

fn raise(text: &mut String, considered: &Considered, rules: &RuleSet) {
    if considered.unmatched.is_empty() {
        return;
    }
    let _ = writeln!(text, "Would raise it (not matched):");
    let rule = rules.get(&considered.rule);
    for name in &considered.unmatched {
        let kind = rule.and_then(|rule| rule.signals.iter().find(|signal| signal.name == *name)).map(|s| word(&s.kind));
        let _ = writeln!(text, "  {name} ({})", kind.unwrap_or_default());
    }
    if let Some(rule) = rule.filter(|rule| !rule.against.is_empty()) {
        let _ = writeln!(text, "Would lower it:");
        for signal in &rule.against {
            let effect = if signal.refutes { "refutes" } else { "takes a dot" };
            let _ = writeln!(text, "  {} ({}): {effect}", signal.name, word(&signal.kind));
        }
    }
}
