//! What a shell puts in place of `$…` and backticks: variables, C escapes, and scripts whose output it takes.

use super::super::input::Dialect;
use super::words::{Part, Reader, Unreadable, Word, push};

/// Deepest nesting of substitutions and quotes.
const DEPTH: usize = 16;

impl Reader {
    pub(super) fn backticks(&mut self, parts: &mut Word) -> Result<(), Unreadable> {
        self.at += 1;
        let mut script = String::new();
        loop {
            let c = self.peek(0).ok_or(Unreadable)?;
            self.at += 1;
            match c {
                '`' => break,
                '\\' if matches!(self.peek(0), Some('`' | '\\' | '$')) => {
                    script.extend(self.peek(0));
                    self.at += 1;
                }
                _ => script.push(c),
            }
        }
        self.now.nested.push(script);
        parts.push(Part::Unknown);
        Ok(())
    }

    /// An expansion that begins with `$`.
    pub(super) fn dollar(&mut self, parts: &mut Word, quoted: bool) -> Result<(), Unreadable> {
        self.at += 1;
        match self.peek(0) {
            Some('(') => {
                self.at += 1;
                let script = self.balanced(0)?;
                self.now.nested.push(script);
                parts.push(Part::Unknown);
            }
            Some('{') => {
                self.at += 1;
                self.braced(parts, quoted)?;
            }
            Some('\'') if !quoted && !self.powershell() => {
                self.at += 1;
                self.escaped_text(parts)?;
            }
            Some('"') if !quoted => {}
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let mut name = String::new();
                while let Some(c) = self.peek(0).filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':')) {
                    if c == ':' && !self.powershell() {
                        break;
                    }
                    name.push(c);
                    self.at += 1;
                }
                let name = name.strip_prefix("env:").map_or(name.clone(), str::to_string);
                parts.push(Part::Variable { name, otherwise: None, quoted });
            }
            Some(c) if c.is_ascii_digit() || "@*#?!$-".contains(c) => {
                self.at += 1;
                parts.push(Part::Unknown);
            }
            _ => push(parts, '$', quoted),
        }
        Ok(())
    }

    /// `${…}`: a plain name, a name with a default, or what only the shell knows.
    fn braced(&mut self, parts: &mut Word, quoted: bool) -> Result<(), Unreadable> {
        let (mut depth, mut inner) = (1, String::new());
        while depth > 0 {
            let c = self.peek(0).ok_or(Unreadable)?;
            self.at += 1;
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth > 0 {
                inner.push(c);
            }
        }
        let scripts = substitutions(&inner, self.dialect)?;
        self.now.nested.extend(scripts);
        let length = inner.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        let (name, rest) = inner.split_at(length);
        let otherwise = [":-", ":=", "-", "="].iter().find_map(|mark| rest.strip_prefix(mark));
        parts.push(match (name.is_empty(), rest.is_empty(), otherwise) {
            (false, true, _) => Part::Variable { name: name.into(), otherwise: None, quoted },
            (false, _, Some(text)) => Part::Variable { name: name.into(), otherwise: Some(text.into()), quoted },
            _ => Part::Unknown,
        });
        Ok(())
    }

    /// `$'…'` with the escapes of C.
    fn escaped_text(&mut self, parts: &mut Word) -> Result<(), Unreadable> {
        parts.push(Part::Text { text: String::new(), quoted: true });
        loop {
            let c = self.peek(0).ok_or(Unreadable)?;
            self.at += 1;
            match c {
                '\'' => return Ok(()),
                '\\' => {
                    let kind = self.peek(0).ok_or(Unreadable)?;
                    self.at += 1;
                    let (radix, most) = match kind {
                        'x' => (16, 2),
                        'u' => (16, 4),
                        'U' => (16, 8),
                        '0'..='7' => (8, 3),
                        _ => (0, 0),
                    };
                    if radix == 8 {
                        self.at -= 1;
                    }
                    match radix {
                        0 => push(parts, control(kind), true),
                        _ => push(parts, self.number(radix, most).unwrap_or('\u{FFFD}'), true),
                    }
                }
                _ => push(parts, c, true),
            }
        }
    }

    fn number(&mut self, radix: u32, most: usize) -> Option<char> {
        let mut value = 0_u32;
        for _ in 0..most {
            let Some(digit) = self.peek(0).and_then(|c| c.to_digit(radix)) else { break };
            value = value.saturating_mul(radix).saturating_add(digit);
            self.at += 1;
        }
        char::from_u32(value)
    }

    /// Text up to the parenthesis that closes the one just read.
    pub(super) fn balanced(&mut self, depth: usize) -> Result<String, Unreadable> {
        if depth > DEPTH {
            return Err(Unreadable);
        }
        let start = self.at;
        let mut open = 1;
        let mut quoted = false;
        loop {
            let c = self.peek(0).ok_or(Unreadable)?;
            self.at += 1;
            match c {
                '\\' if !self.powershell() => self.at += 1,
                '"' => quoted = !quoted,
                '\'' if !quoted => while self.next().ok_or(Unreadable)? != '\'' {},
                '$' if quoted && self.peek(0) == Some('(') => {
                    self.at += 1;
                    self.balanced(depth + 1)?;
                }
                '(' if !quoted => open += 1,
                ')' if !quoted => open -= 1,
                _ => {}
            }
            if open == 0 {
                return Ok(self.text[start..self.at - 1].iter().collect());
            }
        }
    }
}

fn control(kind: char) -> char {
    match kind {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'e' | 'E' => '\u{1b}',
        other => other,
    }
}

/// The scripts of substitutions inside text that a shell expands.
pub(super) fn substitutions(text: &str, dialect: Dialect) -> Result<Vec<String>, Unreadable> {
    let mut reader = Reader::new(text, dialect);
    let mut parts = Vec::new();
    while let Some(c) = reader.peek(0) {
        match c {
            '\\' => reader.at += 2,
            '$' if reader.peek(1) == Some('(') => reader.dollar(&mut parts, true)?,
            '`' if !reader.powershell() => reader.backticks(&mut parts)?,
            _ => reader.at += 1,
        }
    }
    Ok(reader.now.nested)
}
