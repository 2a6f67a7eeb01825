//! A shell command as words: quotes, expansions, redirections, here-documents, substitutions. Judges nothing.

use super::super::input::Dialect;
use super::expansions::substitutions;

/// Longest command that is taken apart, in bytes; a longer one is looked through as a whole.
const COMMAND_BYTES: usize = 256 << 10;

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Text as it stands; braces and patterns count only where it is not quoted.
    Text { text: String, quoted: bool },
    /// The value of a variable, or the text where it is not set.
    Variable { name: String, otherwise: Option<String>, quoted: bool },
    /// What only the shell can know.
    Unknown,
}

/// A word of a command.
pub(super) type Word = Vec<Part>;

/// One command without its neighbours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Simple {
    pub(super) words: Vec<Word>,
    /// Targets of redirections that write.
    pub(super) writes: Vec<Word>,
    /// Here-documents and here-strings.
    pub(super) inputs: Vec<Word>,
    /// Scripts of substitutions inside it.
    pub(super) nested: Vec<String>,
    /// Whether it reads what the command before it prints.
    pub(super) piped: bool,
}

/// A step of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Command(Simple),
    Open,
    Close,
}

/// A command that this reader cannot take apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

/// Takes a script apart.
pub(super) fn items(script: &str, dialect: Dialect) -> Result<Vec<Item>, Unreadable> {
    if script.len() > COMMAND_BYTES {
        return Err(Unreadable);
    }
    Reader::new(script, dialect).read()
}

pub(super) struct Reader {
    pub(super) text: Vec<char>,
    pub(super) at: usize,
    pub(super) dialect: Dialect,
    items: Vec<Item>,
    pub(super) now: Simple,
}

/// A here-document whose body follows the line.
struct Pending {
    end: String,
    tabs: bool,
    expands: bool,
}

impl Reader {
    pub(super) fn new(text: &str, dialect: Dialect) -> Reader {
        Reader { text: text.chars().collect(), at: 0, dialect, items: Vec::new(), now: Simple::default() }
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }

    fn starts(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, c)| self.peek(ahead) == Some(c))
    }

    pub(super) fn powershell(&self) -> bool {
        self.dialect == Dialect::PowerShell
    }

    fn end(&mut self, piped: bool) {
        let now = std::mem::take(&mut self.now);
        if now != (Simple { piped: now.piped, ..Simple::default() }) {
            self.items.push(Item::Command(now));
        }
        self.now.piped = piped;
    }

    fn read(mut self) -> Result<Vec<Item>, Unreadable> {
        let mut pending: Vec<Pending> = Vec::new();
        while let Some(c) = self.peek(0) {
            match c {
                ' ' | '\t' | '\r' => self.at += 1,
                '\\' if self.starts("\\\n") && !self.powershell() => self.at += 2,
                '\n' => {
                    self.at += 1;
                    for document in std::mem::take(&mut pending) {
                        self.document(&document)?;
                    }
                    self.end(false);
                }
                '#' => self.skip_line(),
                ';' => self.separator(1, false),
                '|' if self.starts("||") => self.separator(2, false),
                '|' => self.separator(if self.starts("|&") { 2 } else { 1 }, true),
                '&' if self.starts("&>>") => self.redirection(3)?,
                '&' if self.starts("&>") => self.redirection(2)?,
                '&' => self.separator(if self.starts("&&") { 2 } else { 1 }, false),
                '{' | '}' if self.powershell() => self.separator(1, false),
                '(' => self.open(),
                ')' => {
                    self.separator(1, false);
                    self.items.push(Item::Close);
                }
                '<' => pending.extend(self.input()?),
                '>' if self.starts(">(") => self.process()?,
                '>' => self.output()?,
                '@' if self.powershell() && (self.starts("@'") || self.starts("@\"")) => self.here_string()?,
                _ => self.word()?,
            }
        }
        // A body that never ends runs to the end of the script, as shells do.
        for document in pending {
            self.document(&document)?;
        }
        self.end(false);
        Ok(self.items)
    }

    fn separator(&mut self, length: usize, piped: bool) {
        self.at += length;
        self.end(piped);
    }

    fn skip_line(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.at += 1;
        }
    }

    fn open(&mut self) {
        self.at += 1;
        if self.now.words.len() == 1 && self.peek(0) == Some(')') {
            // The name of a function that is defined.
            self.at += 1;
            self.now.words.clear();
            return;
        }
        self.end(false);
        self.items.push(Item::Open);
    }

    /// `<` in all its forms; a here-document is returned, its body comes later.
    fn input(&mut self) -> Result<Option<Pending>, Unreadable> {
        if self.starts("<<<") {
            self.at += 3;
            let word = self.operand()?;
            self.now.inputs.push(word);
        } else if self.starts("<<") {
            let tabs = self.starts("<<-");
            self.at += if tabs { 3 } else { 2 };
            let word = self.operand()?;
            let expands = !word.iter().any(|part| matches!(part, Part::Text { quoted: true, .. }));
            let end: String = word.iter().map(literal).collect();
            return Ok(Some(Pending { end, tabs, expands }));
        } else if self.starts("<(") {
            self.process()?;
        } else if self.starts("<>") {
            self.redirection(2)?;
        } else {
            self.at += if self.starts("<&") { 2 } else { 1 };
            self.operand()?;
        }
        Ok(None)
    }

    fn output(&mut self) -> Result<(), Unreadable> {
        if self.starts(">&") {
            let digit = self.peek(2).is_some_and(|c| c.is_ascii_digit() || c == '-');
            if digit {
                self.at += 2;
                return self.operand().map(drop);
            }
        }
        let length = if self.starts(">>") || self.starts(">|") || self.starts(">&") { 2 } else { 1 };
        self.redirection(length)
    }

    fn redirection(&mut self, length: usize) -> Result<(), Unreadable> {
        self.at += length;
        if self.peek(0) == Some('&') {
            self.at += 1;
        }
        let word = self.operand()?;
        self.now.writes.push(word);
        Ok(())
    }

    /// `<(script)` and `>(script)`.
    fn process(&mut self) -> Result<(), Unreadable> {
        self.at += 2;
        let script = self.balanced(0)?;
        self.now.nested.push(script);
        self.now.words.push(vec![Part::Unknown]);
        Ok(())
    }

    /// The body of a here-document, from the line after the command.
    fn document(&mut self, pending: &Pending) -> Result<(), Unreadable> {
        let mut body = String::new();
        while self.at < self.text.len() {
            let mut line = String::new();
            while let Some(c) = self.peek(0) {
                self.at += 1;
                if c == '\n' {
                    break;
                }
                line.push(c);
            }
            let shown = if pending.tabs { line.trim_start_matches('\t') } else { &line };
            if shown.trim_end_matches('\r') == pending.end {
                break;
            }
            body.push_str(&line);
            body.push('\n');
        }
        if pending.expands {
            let scripts = substitutions(&body, self.dialect)?;
            self.now.nested.extend(scripts);
        }
        self.now.inputs.push(vec![Part::Text { text: body, quoted: true }]);
        Ok(())
    }

    /// The word after an operator.
    fn operand(&mut self) -> Result<Word, Unreadable> {
        while matches!(self.peek(0), Some(' ' | '\t')) {
            self.at += 1;
        }
        self.parts()
    }

    fn word(&mut self) -> Result<(), Unreadable> {
        let word = self.parts()?;
        // A number before a redirection names a file descriptor.
        let number =
            matches!(word.as_slice(), [Part::Text { text, quoted: false }] if text.bytes().all(|b| b.is_ascii_digit()));
        if !(number && matches!(self.peek(0), Some('<' | '>'))) {
            self.now.words.push(word);
        }
        Ok(())
    }

    fn parts(&mut self) -> Result<Word, Unreadable> {
        let mut parts: Word = Vec::new();
        while let Some(c) = self.peek(0) {
            match c {
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                '{' | '}' if self.powershell() => break,
                '\'' => {
                    self.at += 1;
                    let text = self.until_quote()?;
                    parts.push(Part::Text { text, quoted: true });
                }
                '"' => {
                    self.at += 1;
                    self.double_quoted(&mut parts)?;
                }
                '`' if !self.powershell() => self.backticks(&mut parts)?,
                '`' | '\\' if (c == '`') == self.powershell() => {
                    let next = self.peek(1).ok_or(Unreadable)?;
                    self.at += 2;
                    if next != '\n' {
                        push(&mut parts, next, true);
                    }
                }
                '$' => self.dollar(&mut parts, false)?,
                _ => {
                    self.at += 1;
                    push(&mut parts, c, false);
                }
            }
        }
        Ok(parts)
    }

    /// Text up to the next single quote; two of them are one in PowerShell.
    fn until_quote(&mut self) -> Result<String, Unreadable> {
        let mut text = String::new();
        loop {
            let c = self.peek(0).ok_or(Unreadable)?;
            self.at += 1;
            match c {
                '\'' if self.powershell() && self.peek(0) == Some('\'') => self.at += 1,
                '\'' => return Ok(text),
                _ => {}
            }
            text.push(c);
        }
    }

    fn double_quoted(&mut self, parts: &mut Word) -> Result<(), Unreadable> {
        parts.push(Part::Text { text: String::new(), quoted: true });
        loop {
            let c = self.peek(0).ok_or(Unreadable)?;
            match c {
                '"' => {
                    self.at += 1;
                    return Ok(());
                }
                '$' => self.dollar(parts, true)?,
                '`' if !self.powershell() => self.backticks(parts)?,
                '`' | '\\' if (c == '`') == self.powershell() => {
                    let next = self.peek(1).ok_or(Unreadable)?;
                    self.at += 2;
                    if !self.powershell() && !matches!(next, '$' | '`' | '"' | '\\' | '\n') {
                        push(parts, '\\', true);
                    }
                    if next != '\n' {
                        push(parts, next, true);
                    }
                }
                _ => {
                    self.at += 1;
                    push(parts, c, true);
                }
            }
        }
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek(0);
        self.at += 1;
        c
    }

    /// `@'` … `'@` of PowerShell, with the marks on lines of their own.
    fn here_string(&mut self) -> Result<(), Unreadable> {
        let mark = self.peek(1).ok_or(Unreadable)?;
        self.at += 2;
        let end = format!("\n{mark}@");
        let mut text = String::new();
        while !self.starts(&end) {
            text.push(self.next().ok_or(Unreadable)?);
        }
        self.at += end.chars().count();
        self.now.words.push(vec![Part::Text { text, quoted: true }]);
        Ok(())
    }
}

pub(super) fn push(parts: &mut Word, c: char, quoted: bool) {
    match parts.last_mut() {
        Some(Part::Text { text, quoted: same }) if *same == quoted => text.push(c),
        _ => parts.push(Part::Text { text: c.to_string(), quoted }),
    }
}

fn literal(part: &Part) -> &str {
    match part {
        Part::Text { text, .. } => text,
        _ => "",
    }
}
