//! The documentation page of a rule, generated from its file, and the index by class.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::rule::{Example, LogLook};
use super::{LockLook, Look, Rule, RuleSet, SeriesShape, Signal};

/// The word a value is written with in JSON and YAML (`ruled-out`, `supported`).
pub fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// The documentation page of a rule, in Markdown that every site builds.
pub fn rule_doc(rule: &Rule) -> String {
    let mut page = format!("# `{}`: {}\n\n", rule.id, rule.title);
    let _ = writeln!(page, "{}\n", rule.about.trim());
    let _ = writeln!(page, "- Class: `{}`", rule.class);
    let _ = writeln!(page, "- Role: {}", word(&rule.role));
    let _ = writeln!(page, "- Defect type (ODC): {}, {}", rule.odc.r#type, rule.odc.qualifier);
    let _ = writeln!(page, "- Version: {}", rule.version);
    if !rule.yields_to.is_empty() {
        let _ = writeln!(page, "- Gives way to: {}", codes(&rule.yields_to));
    }
    section(&mut page, "What speaks for it", &rule.signals);
    section(&mut page, "What speaks against it", &rule.against);
    if !rule.missing.is_empty() {
        page.push_str("\n## What to collect where a kind of signal is absent\n\n");
        for missing in &rule.missing {
            let _ = writeln!(page, "- {}: {}", word(&missing.kind), text(&missing.collect));
        }
    }
    if !rule.discriminators.is_empty() {
        page.push_str("\n## How to tell it from its neighbours\n\n");
        for d in &rule.discriminators {
            let _ =
                writeln!(page, "- `{}`: {} This: {} That: {}", d.rival, text(&d.observe), text(&d.this), text(&d.that));
            if let Some(sketch) = &d.sketch {
                let _ = writeln!(page, "\n```{}\n{}\n```\n", word(&sketch.language), sketch.text.trim_end());
            }
        }
    }
    remedy(&mut page, rule);
    examples(&mut page, rule);
    page
}

fn section(page: &mut String, title: &str, signals: &[Signal]) {
    if signals.is_empty() {
        return;
    }
    let _ = writeln!(page, "\n## {title}\n");
    for signal in signals {
        let refutes = if signal.refutes { ", refutes" } else { "" };
        let _ = writeln!(
            page,
            "- **{}** ({}, tier {}{refutes}): {}",
            signal.name,
            word(&signal.kind),
            signal.tier,
            look(signal)
        );
    }
}

fn look(signal: &Signal) -> String {
    match &signal.look {
        Look::Prose { cues, .. } => {
            let mut tiers: BTreeMap<u8, Vec<String>> = BTreeMap::new();
            cues.iter().for_each(|(tier, cue)| tiers.entry(*tier).or_default().push(code(&cue.text)));
            let tiers: Vec<String> =
                tiers.iter().rev().map(|(tier, cues)| format!("tier {tier}: {}", cues.join(", "))).collect();
            tiers.join("; ")
        }
        Look::Log(LogLook::Line { line, .. }) => format!("a line that matches {}", code(line.source())),
        Look::Log(LogLook::Sequence { key, first, then, within, .. }) => format!(
            "{} and then {} with the same {} within {} ms",
            code(first.source()),
            code(then.source()),
            code(key.source()),
            within / 1000
        ),
        Look::Log(LogLook::Repeats { key, line, at_least, within }) => format!(
            "at least {at_least} events {} with the same {} within {} ms",
            code(line.source()),
            code(key.source()),
            within / 1000
        ),
        Look::Log(LogLook::Unfinished { key, start, end, .. }) => {
            format!("{} without {} for the same {}", code(start.source()), code(end.source()), code(key.source()))
        }
        Look::Log(LogLook::Series(look)) => {
            let shape = match look.shape {
                SeriesShape::Grows => "that only grow",
                SeriesShape::Falls => "that fall back",
                SeriesShape::Gathers => "that gather around one value",
                SeriesShape::Shared => "that several read alike",
            };
            format!("the numbers {} {shape}", code(look.of.source()))
        }
        Look::Trace(look) => {
            let parts = [("exception", &look.exception), ("message", &look.message), ("frame", &look.frame)];
            let mut given: Vec<String> =
                parts.iter().filter_map(|(name, p)| Some(format!("{name} {}", code(p.as_ref()?.source())))).collect();
            given.extend(look.locks.map(|locks| match locks {
                LockLook::Cycle => "a thread dump or deadlock report in which they wait in a circle".to_string(),
                LockLook::Waits => "a thread dump or deadlock report in which one waits for what another holds".into(),
            }));
            given.join(", ")
        }
        Look::Payload(look) => {
            let mut parts = Vec::new();
            if !look.present.is_empty() {
                parts.push(format!("has {}", codes(&look.present)));
            }
            if !look.absent.is_empty() {
                parts.push(format!("lacks one of {}", codes(&look.absent)));
            }
            if look.said_missing {
                parts.push("the document says that keys are missing".into());
            }
            parts.extend(look.empty.as_ref().map(|p| format!("the value of {} is empty", code(p.source()))));
            parts.extend(look.pair.as_ref().map(|p| format!("a pair {}", code(p.source()))));
            parts.extend(look.finding.map(|c| format!("the finding `{c}`")));
            parts.join(", ")
        }
        Look::Metric(look) => match &look.exceeds {
            Some((limit, measured)) => {
                format!("a duration {} at or above the limit {}", code(measured.source()), code(limit.source()))
            }
            None => format!("a number of {}", look.of.as_ref().map_or_else(String::new, |p| code(p.source()))),
        },
        Look::Pair(look) => {
            let relations: Vec<String> = look.relations.iter().map(word).collect();
            let count = if look.at_least > 1 { format!("at least {} pairs", look.at_least) } else { "a pair".into() };
            format!("{count} of expected and actual that relate as {}", codes(&relations))
        }
        Look::Onset(after) => {
            let cues: Vec<String> = after.iter().map(|cue| cue.text.clone()).collect();
            format!("a row of the timeline before the first trouble that says {}", codes(&cues))
        }
        Look::Code(look) => match &look.pattern {
            Some(pattern) => format!("code that matches {}", code(pattern.source())),
            None => format!("a syntax tree in {}", look.languages.join(", ")),
        },
        Look::Config(look) => format!("a setting {}", code(look.key.source())),
    }
}

fn remedy(page: &mut String, rule: &Rule) {
    let fix = &rule.remedy;
    let _ = writeln!(
        page,
        "\n## Remedy\n\n{} ({}, effort {})\n",
        text(&fix.strategy),
        word(&fix.approach_type),
        word(&fix.effort)
    );
    for component in &fix.components {
        let _ = writeln!(
            page,
            "- {}. Why: {} Risk: {}",
            text(&component.what),
            text(&component.why),
            text(&component.risk)
        );
    }
    for alternative in &fix.alternatives {
        let _ = writeln!(page, "- Not: {}. {}", text(&alternative.what), text(&alternative.reject));
    }
}

fn examples(page: &mut String, rule: &Rule) {
    let Some(examples) = &rule.examples else { return };
    page.push_str("\n## Examples\n");
    let lists: [(&str, &[Example]); 4] = [
        ("Fires", &examples.fires),
        ("Stays quiet", &examples.quiet),
        ("Near miss", &examples.near_miss),
        ("Fires beside noise", &examples.distractor),
    ];
    for (title, list) in lists {
        for example in list {
            let _ = writeln!(page, "\n### {title}: {}\n\n`````text", example.why.replace(['<', '{'], ""));
            for line in example.text.trim_end().lines().chain(example.log.iter().flat_map(|log| log.trim_end().lines()))
            {
                let _ = writeln!(page, "{line}");
            }
            page.push_str("`````\n");
        }
    }
}

fn code(source: &str) -> String {
    let fence = if source.contains('`') { "``" } else { "`" };
    format!("{fence}{}{fence}", source.replace('\n', " "))
}

fn codes(names: &[String]) -> String {
    names.iter().map(|name| code(name)).collect::<Vec<_>>().join(", ")
}

/// Text of a rule file as running text; placeholders are shown as code, since braces are no text on a site.
fn text(source: &str) -> String {
    let mut out = String::new();
    let mut rest = source.trim();
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            rest = after;
            break;
        };
        out.push_str(name.split_once('|').map_or(name, |(_, words)| words));
        rest = tail;
    }
    out.push_str(rest);
    out.replace('<', "&lt;")
}

/// The index of all rules, by class.
pub fn rule_index(rules: &RuleSet) -> String {
    let mut classes: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    rules.rules.iter().for_each(|rule| classes.entry(&rule.class).or_default().push(rule));
    let mut page = format!("# Rules\n\n{} rules in {} classes.\n\n", rules.rules.len(), classes.len());
    page.push_str("| Class | Rule | Role | What it says |\n| --- | --- | --- | --- |\n");
    for (class, rules) in classes {
        for rule in rules {
            let _ =
                writeln!(page, "| `{class}` | [{0}](./{0}.md) | {1} | {2} |", rule.id, word(&rule.role), rule.title);
        }
    }
    page
}
