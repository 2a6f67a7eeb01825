//! A rule file made ready to run: cues and patterns compiled, conditions checked, every problem with its place in the YAML.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::case::{Discriminator, SignalKind};
use crate::finding::Code;
use crate::yaml::{Spanned, range_of};

use super::limit::thousandths;
use super::matchers::CASE_NAMES;
use super::rule::{
    CodeLook, ConfigLook, Example, Examples, LogLook, Look, MetricLook, PayloadLook, Rule, SeriesLook, Signal,
    TraceLook,
};
use super::schema::{
    CodeFile, ConfigFile, ExampleFile, ExamplesFile, LogFile, MetricFile, OnsetFile, PairFile, PayloadFile, ProseFile,
    RuleFile, SeriesFile, SeriesShape, SignalFile, TraceFile,
};
use super::template::placeholders;
use super::{Cue, Pattern, pair, parse_duration};

/// A problem of a rule file: message and place in its text.
pub(super) type Problem = (String, Range<usize>);

/// Where a rule file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// The pack: the tests of the rules have checked the patterns, and nobody is there to read a problem.
    Builtin,
    /// A file that is checked now.
    File,
}

struct Compiler<'a> {
    text: &'a str,
    trust: Trust,
    problems: Vec<Problem>,
    /// Whether patterns are compiled to see that they stay within the limits: only where the whole file is checked.
    thorough: bool,
}

/// Compiles `file`, read from `text`; the problems are in file order.
pub(super) fn compile(file: RuleFile, text: &str, trust: Trust) -> (Rule, Vec<Problem>) {
    let mut compiler = Compiler { text, trust, problems: Vec::new(), thorough: file.examples.is_some() };
    let signals = compiler.signals(file.signals, "signals");
    let against = compiler.signals(file.against, "against");
    if signals.is_empty() {
        let place = range_of(&file.id, text);
        compiler.problems.push(("a rule needs at least one signal".into(), place));
    }
    for signal in signals.iter().filter(|signal| signal.refutes) {
        let place = compiler.place_of(&signal.name);
        compiler
            .problems
            .push((format!("`refutes` of signal `{}` belongs to signals under `against`", signal.name), place));
    }
    if trust == Trust::File {
        compiler.explanation(&file.explanation, &signals);
        compiler.sketches(&file.discriminators, &signals);
    }
    let examples = file.examples.map(|examples| compiler.examples(examples, &signals));
    let rule = Rule {
        class: file.class.unwrap_or_else(|| file.id.value.clone()),
        id: file.id.value,
        version: file.version,
        title: file.title,
        role: file.role,
        latent_without_symptom: file.latent_without_symptom,
        odc: file.odc,
        about: file.about,
        explanation: file.explanation.value,
        signals,
        against,
        yields_to: file.yields_to,
        missing: file.missing,
        discriminators: file.discriminators,
        remedy: file.remedy,
        examples,
    };
    (rule, compiler.problems)
}

impl Compiler<'_> {
    fn problem(&mut self, message: String, at: &Spanned<String>) {
        let place = range_of(at, self.text);
        self.problems.push((message, place));
    }

    /// Every name that the explanation fills in must be captured.
    fn explanation(&mut self, explanation: &Spanned<String>, signals: &[Signal]) {
        let known = known_names(signals);
        for name in placeholders(&explanation.value).map(|placeholder| placeholder.name) {
            if !known.contains(name) {
                self.problem(not_captured(name, &known), explanation);
            }
        }
    }

    /// Every name that a sketch fills in must be captured, and have words for the case that it is not.
    fn sketches(&mut self, discriminators: &[Discriminator], signals: &[Signal]) {
        let known = known_names(signals);
        for sketch in discriminators.iter().filter_map(|discriminator| discriminator.sketch.as_ref()) {
            for placeholder in placeholders(&sketch.text) {
                let message = if !known.contains(placeholder.name) {
                    not_captured(placeholder.name, &known)
                } else if placeholder.words.is_empty() {
                    format!("`{{{}}}` of a sketch needs words behind a bar for cases without it", placeholder.name)
                } else {
                    continue;
                };
                let written = &sketch.text[placeholder.range];
                let place = self.text.find(written).map_or(0..0, |at| at..at + written.len());
                self.problems.push((message, place));
            }
        }
    }

    /// Where a name stands in the file; names are unique, so the first place will do.
    fn place_of(&self, name: &str) -> Range<usize> {
        self.text.find(&format!("name: {name}")).map_or(0..0, |at| at..at + 6 + name.len())
    }

    fn signals(&mut self, files: Vec<SignalFile>, section: &str) -> Vec<Signal> {
        let mut names = BTreeSet::new();
        let mut signals = Vec::new();
        for file in files {
            let signal = self.signal(file);
            if !names.insert(signal.name.clone()) {
                let place = self.place_of(&signal.name);
                self.problems.push((format!("two signals under `{section}` are named `{}`", signal.name), place));
            }
            if !(1..=3).contains(&signal.tier) {
                let place = self.place_of(&signal.name);
                self.problems
                    .push((format!("tier {} of signal `{}` is none of 3, 2, 1", signal.tier, signal.name), place));
            }
            signals.push(signal);
        }
        signals
    }

    fn signal(&mut self, file: SignalFile) -> Signal {
        match file {
            SignalFile::Prose(file) => self.prose(file),
            SignalFile::Log(file) => self.log(file),
            SignalFile::Trace(file) => self.trace(file),
            SignalFile::Payload(file) => self.payload(file),
            SignalFile::Metric(file) => self.metric(file),
            SignalFile::Pair(file) => self.pair(file),
            SignalFile::Onset(file) => self.onset(file),
            SignalFile::Code(file) => self.code(file),
            SignalFile::Config(file) => self.config(file),
        }
    }

    fn cue(&mut self, text: &Spanned<String>) -> Option<Cue> {
        let cue = match self.trust {
            Trust::Builtin => Cue::builtin(&text.value),
            Trust::File => Cue::new(&text.value),
        };
        let cue = cue.map_err(|message| self.problem(message, text)).ok()?;
        let too_large = cue.pattern().filter(|_| self.thorough).and_then(|pattern| pattern.check().err());
        if let Some(message) = too_large {
            self.problem(format!("pattern is too large: {message}"), text);
        }
        Some(cue)
    }

    fn onset(&mut self, file: OnsetFile) -> Signal {
        let after: Vec<Cue> = file.after.iter().filter_map(|text| self.cue(text)).collect();
        if file.after.is_empty() {
            let place = self.place_of(&file.name);
            self.problems.push((format!("onset signal `{}` needs at least one cue in `after`", file.name), place));
        }
        let kind = SignalKind::Prose;
        Signal { name: file.name, kind, tier: file.tier, refutes: file.refutes, look: Look::Onset(after) }
    }

    fn prose(&mut self, file: ProseFile) -> Signal {
        let mut cues = Vec::new();
        let mut top = 1;
        for (tier, texts) in file.any.iter().rev() {
            top = top.max(*tier);
            for text in texts {
                cues.extend(self.cue(text).map(|cue| (*tier, cue)));
            }
        }
        let look = Look::Prose { cues, sections: file.sections };
        Signal { name: file.name, kind: SignalKind::Prose, tier: top, refutes: file.refutes, look }
    }

    fn log(&mut self, file: LogFile) -> Signal {
        let given = [
            file.line.is_some(),
            file.sequence.is_some(),
            file.repeats.is_some(),
            file.unfinished.is_some(),
            file.series.is_some(),
        ];
        if given.iter().filter(|given| **given).count() != 1 {
            let message =
                format!("log signal `{}` needs exactly one of line, sequence, repeats, unfinished, series", file.name);
            let place = self.place_of(&file.name);
            self.problems.push((message, place));
        }
        let count = |n: Option<u32>, default: usize| n.and_then(|n| usize::try_from(n).ok()).unwrap_or(default);
        let look = if let Some(sequence) = file.sequence {
            LogLook::Sequence {
                key: self.key(&sequence.key),
                within: self.duration(&sequence.within),
                first: self.pattern(&sequence.first),
                then: self.pattern(&sequence.then),
                at_least: count(sequence.at_least, 1),
                first_at_most: count(sequence.first_at_most, usize::MAX),
            }
        } else if let Some(repeats) = file.repeats {
            LogLook::Repeats {
                key: self.key(&repeats.key),
                line: self.pattern(&repeats.line),
                at_least: count(Some(repeats.at_least), 2),
                within: self.duration(&repeats.within),
            }
        } else if let Some(unfinished) = file.unfinished {
            LogLook::Unfinished {
                key: self.key(&unfinished.key),
                start: self.pattern(&unfinished.start),
                end: self.pattern(&unfinished.end),
                at_least: count(unfinished.at_least, 1),
            }
        } else if let Some(series) = file.series {
            LogLook::Series(self.series(&series))
        } else {
            let line = file.line.as_ref().map_or_else(|| Pattern::trusted("[^\\s\\S]"), |line| self.pattern(line));
            LogLook::Line { line, level: file.level, at_least: count(file.at_least, 1) }
        };
        Signal { name: file.name, kind: SignalKind::Log, tier: file.tier, refutes: file.refutes, look: Look::Log(look) }
    }

    fn trace(&mut self, file: TraceFile) -> Signal {
        let patterns = file.exception.is_some() || file.message.is_some() || file.frame.is_some();
        if patterns == file.locks.is_some() {
            let place = self.place_of(&file.name);
            let problem = format!("trace signal `{}` needs exception, message or frame, or locks alone", file.name);
            self.problems.push((problem, place));
        }
        let look = TraceLook {
            exception: self.optional(file.exception.as_ref()),
            message: self.optional(file.message.as_ref()),
            frame: self.optional(file.frame.as_ref()),
            locks: file.locks,
            languages: file.languages,
        };
        Signal {
            name: file.name,
            kind: SignalKind::Trace,
            tier: file.tier,
            refutes: file.refutes,
            look: Look::Trace(look),
        }
    }

    fn payload(&mut self, file: PayloadFile) -> Signal {
        let finding = file.finding.as_ref().and_then(|code| {
            let known = code.value.parse::<Code>().ok();
            if known.is_none() {
                self.problem(format!("`{}` is no finding code; `casefile rules explain` lists them", code.value), code);
            }
            known
        });
        let look = PayloadLook {
            kinds: file.kinds,
            present: file.present,
            absent: file.absent,
            said_missing: file.said_missing,
            empty: self.optional(file.empty.as_ref()),
            pair: self.optional(file.pair.as_ref()),
            finding,
        };
        let idle = look.present.is_empty() && look.absent.is_empty() && !look.said_missing;
        if idle && look.empty.is_none() && look.pair.is_none() && look.finding.is_none() {
            let place = self.place_of(&file.name);
            self.problems.push((format!("payload signal `{}` has no condition", file.name), place));
        }
        let look = Look::Payload(look);
        Signal { name: file.name, kind: SignalKind::Payload, tier: file.tier, refutes: file.refutes, look }
    }

    fn metric(&mut self, file: MetricFile) -> Signal {
        let look = MetricLook {
            of: self.optional(file.of.as_ref()),
            units: file.units,
            at_least: self.number(file.at_least.as_ref()),
            at_most: self.number(file.at_most.as_ref()),
            exceeds: file.exceeds.map(|pair| (self.pattern(&pair.limit), self.pattern(&pair.measured))),
        };
        if look.of.is_none() && look.exceeds.is_none() {
            let place = self.place_of(&file.name);
            self.problems.push((format!("metric signal `{}` needs `of` or `exceeds`", file.name), place));
        }
        let look = Look::Metric(look);
        Signal { name: file.name, kind: SignalKind::Metric, tier: file.tier, refutes: file.refutes, look }
    }

    fn pair(&mut self, file: PairFile) -> Signal {
        let (signal, problem) = pair::compile(file);
        let place = self.place_of(&signal.name);
        self.problems.extend(problem.map(|message| (message, place)));
        signal
    }

    fn code(&mut self, file: CodeFile) -> Signal {
        if file.ast.is_some() == file.pattern.is_some() {
            let place = self.place_of(&file.name);
            self.problems.push((format!("code signal `{}` needs exactly one of ast, pattern", file.name), place));
        }
        if let (Some(ast), true) = (&file.ast, file.languages.is_empty()) {
            let place = range_of(ast, self.text);
            self.problems.push(("an `ast` signal names its languages".into(), place));
        }
        if let (Some(ast), Trust::File) = (&file.ast, self.trust) {
            for (message, language) in super::matchers::check_ast(&ast.value, &file.languages) {
                let place = range_of(ast, self.text);
                self.problems.push((format!("{language}: {message}"), place));
            }
        }
        let look = CodeLook {
            languages: file.languages,
            ast: file.ast.map(|ast| ast.value),
            pattern: self.optional(file.pattern.as_ref()),
            without: self.optional(file.without.as_ref()),
        };
        Signal {
            name: file.name,
            kind: SignalKind::Code,
            tier: file.tier,
            refutes: file.refutes,
            look: Look::Code(look),
        }
    }

    fn config(&mut self, file: ConfigFile) -> Signal {
        let look = ConfigLook { key: self.pattern(&file.key), value: self.optional(file.value.as_ref()) };
        let look = Look::Config(look);
        Signal { name: file.name, kind: SignalKind::Config, tier: file.tier, refutes: file.refutes, look }
    }

    fn optional(&mut self, source: Option<&Spanned<String>>) -> Option<Pattern> {
        source.map(|source| self.pattern(source))
    }

    fn series(&mut self, file: &SeriesFile) -> SeriesLook {
        if !capture_names(&file.of.value).contains(&"value".to_string()) {
            self.problem("a series has a capture `value`, such as `heap=(?<value>\\d+)`".into(), &file.of);
        }
        if file.shape == SeriesShape::Shared && file.key.is_none() {
            self.problem("a shared value needs a `key` that tells its readers apart".into(), &file.of);
        }
        let fewest = match file.shape {
            SeriesShape::Grows | SeriesShape::Gathers => 5,
            SeriesShape::Falls => 1,
            SeriesShape::Shared => 2,
        };
        SeriesLook {
            of: self.pattern(&file.of),
            shape: file.shape,
            key: file.key.as_ref().map(|key| self.key(key)),
            at_least: file.at_least.and_then(|n| usize::try_from(n).ok()).unwrap_or(fewest).max(1),
            within: file.within.as_ref().map_or(1_000_000, |within| self.duration(within)),
        }
    }

    fn pattern(&mut self, source: &Spanned<String>) -> Pattern {
        if self.trust == Trust::Builtin {
            return Pattern::builtin(&source.value);
        }
        let pattern = Pattern::new(&source.value).unwrap_or_else(|message| {
            self.problem(format!("bad pattern: {message}"), source);
            Pattern::trusted("[^\\s\\S]")
        });
        if self.thorough
            && let Err(message) = pattern.check()
        {
            self.problem(format!("pattern is too large: {message}"), source);
        }
        pattern
    }

    /// A pattern that must have exactly one named capture.
    fn key(&mut self, source: &Spanned<String>) -> Pattern {
        if capture_names(&source.value).len() != 1 {
            self.problem("a key has exactly one named capture, such as `token=(?<token>\\w+)`".into(), source);
        }
        self.pattern(source)
    }

    fn duration(&mut self, source: &Spanned<String>) -> i64 {
        parse_duration(&source.value).unwrap_or_else(|| {
            self.problem(format!("`{}` is no duration such as 50ms, 5s, 2m, 1h", source.value), source);
            0
        })
    }

    fn number(&mut self, source: Option<&Spanned<String>>) -> Option<i64> {
        let source = source?;
        let value = thousandths(&source.value);
        if value.is_none() {
            self.problem(format!("`{}` is no decimal number", source.value), source);
        }
        value
    }

    fn examples(&mut self, file: ExamplesFile, signals: &[Signal]) -> Examples {
        let fires = self.example_list(file.fires, signals);
        let quiet = self.example_list(file.quiet, signals);
        let near_miss = self.example_list(file.near_miss, signals);
        let distractor = self.example_list(file.distractor, signals);
        Examples { fires, quiet, near_miss, distractor }
    }

    fn example_list(&mut self, files: Vec<ExampleFile>, signals: &[Signal]) -> Vec<Example> {
        files
            .into_iter()
            .map(|file| {
                let expect = file.expect;
                let names = expect.as_ref().map(|e| e.signals.clone()).unwrap_or_default();
                for name in names.iter().filter(|name| !signals.iter().any(|signal| signal.name == **name)) {
                    self.problem(format!("expects signal `{name}`, which the rule does not have"), &file.why);
                }
                Example {
                    place: range_of(&file.why, self.text),
                    why: file.why.value,
                    text: file.text,
                    log: file.log,
                    signals: names,
                    dots: expect.as_ref().and_then(|e| e.dots),
                    leads: expect.is_some_and(|e| e.leads),
                }
            })
            .collect()
    }
}

/// Names that a signal can capture.
fn captured(signal: &Signal) -> Vec<String> {
    let patterns: Vec<&Pattern> = match &signal.look {
        Look::Prose { cues, .. } => cues.iter().filter_map(|(_, cue)| cue.pattern()).collect(),
        Look::Log(LogLook::Line { line, .. }) => vec![line],
        Look::Log(LogLook::Sequence { key, first, then, .. }) => vec![key, first, then],
        Look::Log(LogLook::Repeats { key, line, .. }) => vec![key, line],
        Look::Log(LogLook::Unfinished { key, start, end, .. }) => vec![key, start, end],
        Look::Log(LogLook::Series(look)) => std::iter::once(&look.of).chain(&look.key).collect(),
        Look::Trace(look) => [&look.exception, &look.message, &look.frame].into_iter().flatten().collect(),
        Look::Payload(look) => [&look.empty, &look.pair].into_iter().flatten().collect(),
        Look::Metric(look) => look.of.iter().chain(look.exceeds.iter().flat_map(|(a, b)| [a, b])).collect(),
        Look::Pair(_) => Vec::new(),
        Look::Onset(after) => after.iter().filter_map(Cue::pattern).collect(),
        Look::Code(look) => look.pattern.iter().collect(),
        Look::Config(look) => [Some(&look.key), look.value.as_ref()].into_iter().flatten().collect(),
    };
    let mut names: Vec<String> = patterns.iter().flat_map(|pattern| capture_names(pattern.source())).collect();
    names.extend(super::matchers::fixed_names(&signal.look).iter().map(ToString::to_string));
    names
}

fn capture_names(pattern: &str) -> Vec<String> {
    pattern
        .split("(?<")
        .skip(1)
        .chain(pattern.split("(?P<").skip(1))
        .filter_map(|rest| rest.split_once('>'))
        .map(|(name, _)| name.to_string())
        .filter(|name| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_'))
        .collect()
}

/// Names that texts of a rule can fill in: what its signals capture, and those of the case.
fn known_names(signals: &[Signal]) -> BTreeSet<String> {
    let captured = signals.iter().flat_map(captured);
    captured.chain(CASE_NAMES.iter().map(ToString::to_string)).collect()
}

fn not_captured(name: &str, known: &BTreeSet<String>) -> String {
    format!("no signal captures `{{{name}}}`; captured are: {}", list(known))
}

fn list(names: &BTreeSet<String>) -> String {
    names.iter().cloned().collect::<Vec<_>>().join(", ")
}
