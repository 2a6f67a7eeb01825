//! Walks the commands of a script in order, with its variables and its folder, and collects their effects.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::super::input::Dialect;
use super::super::paths::absolute;
use super::words::{Item, Part, Simple, Word, items};
use super::{Forbidden, commands, git};

/// Deepest nesting of scripts in scripts.
const DEPTH: usize = 8;

/// Most words that braces are expanded to.
const EXPANSIONS: usize = 256;

/// Most words that one word becomes when its variables are put in.
const WORDS: usize = 256;

/// Most bytes of words that are made; variables that hold variables grow without end.
const MADE_BYTES: usize = 4 << 20;

/// Something a command would do. Paths are absolute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Effect {
    /// A file comes to be or changes.
    Write(String),
    /// A file or folder goes away, with all in it.
    Remove(String),
    /// A path gets a second name.
    Link(String),
    /// A command no agent may run.
    Run(Forbidden),
    /// Text that was not understood.
    Unclear(String),
    /// More than can be looked at in time.
    TooMuch,
}

/// What `script` would do when run in the folder `base`.
pub(in super::super) fn effects(script: &str, dialect: Dialect, base: &str) -> Vec<Effect> {
    let mut walk = Walk {
        base: base.to_string(),
        dialect,
        variables: BTreeMap::from([
            ("HOME".into(), "~".into()),
            ("PWD".into(), base.into()),
            ("OLDPWD".into(), base.into()),
        ]),
        loops: BTreeSet::new(),
        found: Vec::new(),
        depth: 0,
        made: Cell::new(0),
    };
    walk.script(script);
    if walk.made.get() > MADE_BYTES {
        walk.add(Effect::TooMuch);
    }
    walk.found
}

/// A word as the command sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Argument {
    pub(super) text: String,
    /// Whether a part of it is known to the shell only.
    pub(super) unknown: bool,
}

/// The state of a script while it is walked through.
pub(super) struct Walk {
    pub(super) base: String,
    pub(super) dialect: Dialect,
    pub(super) variables: BTreeMap<String, String>,
    loops: BTreeSet<String>,
    found: Vec<Effect>,
    depth: usize,
    made: Cell<usize>,
}

impl Walk {
    pub(super) fn add(&mut self, effect: Effect) {
        self.found.push(effect);
    }

    /// The absolute form of a path of the script; `key=` and `-Path:` before it are left out.
    pub(super) fn path(&self, text: &str) -> String {
        absolute(&self.base, text)
    }

    pub(super) fn script(&mut self, text: &str) {
        if self.depth >= DEPTH {
            self.add(Effect::Unclear(text.into()));
            return;
        }
        if self.dialect == Dialect::PowerShell && text.contains("::") {
            // A call into the runtime, whose arguments are an expression.
            self.add(Effect::Unclear(text.into()));
        }
        let Ok(items) = items(text, self.dialect) else {
            self.add(Effect::Unclear(text.into()));
            return;
        };
        self.depth += 1;
        let mut folders = Vec::new();
        let mut before: Option<Simple> = None;
        for item in items {
            match item {
                Item::Open => folders.push(self.base.clone()),
                Item::Close => self.base = folders.pop().unwrap_or_else(|| self.base.clone()),
                Item::Command(simple) => {
                    self.simple(&simple, before.as_ref().filter(|_| simple.piped));
                    before = Some(simple);
                }
            }
        }
        self.depth -= 1;
    }

    fn simple(&mut self, simple: &Simple, before: Option<&Simple>) {
        for script in &simple.nested {
            let folder = self.base.clone();
            self.script(script);
            self.base = folder;
        }
        for target in simple.writes.iter().flat_map(|word| self.arguments(word)).collect::<Vec<_>>() {
            let path = self.path(&target.text);
            self.add(Effect::Write(path));
        }
        let mut arguments: Vec<Argument> = simple.words.iter().flat_map(|word| self.arguments(word)).collect();
        self.assignments(&mut arguments);
        let inputs: Vec<String> =
            simple.inputs.iter().flat_map(|word| self.arguments(word)).map(|input| input.text).collect();
        let piped = before.map(|before| {
            let words = before.words.iter().flat_map(|word| self.arguments(word)).collect();
            let inputs = before.inputs.iter().flat_map(|word| self.arguments(word)).map(|input| input.text).collect();
            (words, inputs)
        });
        if commands::runs_what_it_reads(&arguments) {
            simple.nested.iter().for_each(|script| self.add(Effect::Unclear(script.clone())));
        }
        if !arguments.is_empty() {
            commands::run(self, &arguments, &inputs, piped.as_ref());
        }
    }

    /// Takes assignments and keywords from the front; what they set holds for the rest of the script.
    fn assignments(&mut self, arguments: &mut Vec<Argument>) {
        let mut front = 0;
        while let Some(argument) = arguments.get(front) {
            let text = argument.text.as_str();
            if super::names::KEYWORDS.contains(&text) {
                front += 1;
                continue;
            }
            if text == "for" || text == "select" {
                let name = arguments.get(front + 1).map(|name| name.text.clone()).unwrap_or_default();
                let values: Vec<&str> = arguments.iter().skip(front + 3).map(|value| value.text.as_str()).collect();
                self.variables.insert(name.clone(), values.join("\n"));
                self.loops.insert(name);
                front = arguments.len();
                break;
            }
            let Some((name, value)) = assignment(text) else { break };
            if git::disables_hooks(name, value) {
                self.add(Effect::Run(Forbidden::SkippedHooks));
            }
            self.variables.insert(name.into(), value.into());
            front += 1;
        }
        arguments.drain(..front.min(arguments.len()));
    }

    /// The words a shell makes of one word: variables are put in, unquoted ones split, braces expanded.
    pub(super) fn arguments(&self, word: &Word) -> Vec<Argument> {
        let mut texts = vec![Argument { text: String::new(), unknown: false }];
        let mut braces = false;
        for part in word {
            let made = texts.iter().map(|argument| argument.text.len()).sum::<usize>();
            if made > MADE_BYTES || texts.len() > WORDS || self.made.get() > MADE_BYTES {
                self.made.set(MADE_BYTES + 1);
                return Vec::new();
            }
            match part {
                Part::Text { text, quoted } => {
                    braces |= !quoted && text.contains('{');
                    append(&mut texts, text);
                }
                Part::Unknown => texts.iter_mut().for_each(|text| text.unknown = true),
                Part::Variable { name, otherwise, quoted } => {
                    let Some(value) = self.variables.get(name).or(otherwise.as_ref()) else {
                        append(&mut texts, &format!("${name}"));
                        texts.iter_mut().for_each(|text| text.unknown = true);
                        continue;
                    };
                    let mut pieces = match (*quoted, self.loops.contains(name)) {
                        (true, false) => vec![value.as_str()],
                        (true, true) => value.split('\n').collect(),
                        (false, _) => value.split_whitespace().collect(),
                    };
                    // Each value of a loop is a word of its own; the text around it goes with the first and the last.
                    let rest = if pieces.is_empty() { Vec::new() } else { pieces.split_off(1) };
                    append(&mut texts, pieces.first().copied().unwrap_or_default());
                    let around = texts.first().map(|text| text.text.clone()).unwrap_or_default();
                    let lead = around.strip_suffix(pieces.first().copied().unwrap_or_default()).unwrap_or_default();
                    let looped = self.loops.contains(name);
                    texts.extend(rest.iter().map(|piece| Argument {
                        text: if looped { format!("{lead}{piece}") } else { (*piece).to_string() },
                        unknown: false,
                    }));
                }
            }
        }
        if braces && self.dialect == Dialect::Posix {
            texts = texts.iter().flat_map(expanded).collect();
        }
        let made = texts.iter().map(|argument| argument.text.len() + 1).sum::<usize>();
        self.made.set(self.made.get().saturating_add(made));
        texts
    }
}

fn append(texts: &mut [Argument], text: &str) {
    for argument in texts {
        argument.text.push_str(text);
    }
}

/// `NAME=value`, also in the spelling of PowerShell after its name was read.
pub(super) fn assignment(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    let named = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (named && !name.is_empty() && !name.as_bytes()[0].is_ascii_digit()).then_some((name, value))
}

/// `x{b,c}y` as `xby` and `xcy`.
fn expanded(argument: &Argument) -> Vec<Argument> {
    let mut done = Vec::new();
    let mut open = vec![argument.text.clone()];
    while let Some(text) = open.pop() {
        let group = text.find('}').and_then(|close| Some((text[..close].rfind('{')?, close)));
        match group.filter(|(start, close)| text[*start..*close].contains(',')) {
            Some((start, close)) if done.len() + open.len() < EXPANSIONS => {
                let choices = text[start + 1..close].split(',');
                open.extend(choices.map(|choice| format!("{}{choice}{}", &text[..start], &text[close + 1..])));
            }
            _ => done.push(Argument { text, unknown: argument.unknown }),
        }
    }
    done.reverse();
    done
}
