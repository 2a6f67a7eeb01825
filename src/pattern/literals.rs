//! The literals that every match of a pattern needs, read off its syntax, and a quick search for them.
//!
//! They are read off the syntax alone: translating a pattern with its classes costs more than most runs of it.

use std::borrow::Cow;

use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{Ast, RepetitionKind, RepetitionRange};

/// Bits of the set of beginnings; a power of two, many more than a pattern has literals.
const BITS: usize = 1024;

/// Letters that are one letter of ASCII in another case.
const FOLDED: [char; 2] = ['\u{17f}', '\u{212a}'];

/// Literals of which at least one occurs in every match, in any case of the letters of ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literals {
    /// Lower case in ASCII, no empty one.
    words: Vec<Cow<'static, str>>,
    /// Hashes of the first three bytes of the words.
    beginnings: [u64; BITS / 64],
    /// The first bytes of the words, in lower case.
    firsts: [bool; 256],
    /// Whether a word has less than three bytes.
    short: bool,
}

impl Literals {
    /// The literals `words`: in lower case, sorted, each once.
    pub fn new(words: Vec<Cow<'static, str>>) -> Self {
        let mut beginnings = [0; BITS / 64];
        let mut firsts = [false; 256];
        for word in &words {
            if let Some(first) = word.bytes().next() {
                firsts[usize::from(first | 0x20)] = true;
            }
            if let [a, b, c, ..] = word.as_bytes() {
                let bit = hash(*a, *b, *c);
                beginnings[bit / 64] |= 1 << (bit % 64);
            }
        }
        let short = words.iter().any(|word| word.len() < 3);
        Literals { words, beginnings, firsts, short }
    }

    /// The literals in lower case, sorted.
    pub fn words(&self) -> &[Cow<'static, str>] {
        &self.words
    }

    /// Whether one of them occurs in `text`.
    pub fn occur_in(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let starts_at = |at: usize, word: &str| {
            bytes.get(at..at + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
        };
        if self.short {
            let mut places = bytes.iter().enumerate().filter(|(_, byte)| self.firsts[usize::from(**byte | 0x20)]);
            return places.any(|(at, _)| self.words.iter().any(|word| starts_at(at, word))) || folds(text);
        }
        let begins = |three: &[u8]| {
            let bit = hash(three[0], three[1], three[2]);
            self.beginnings[bit / 64] & (1 << (bit % 64)) != 0
        };
        let mut places = bytes.windows(3).enumerate().filter(|(_, three)| begins(three));
        places.any(|(at, _)| self.words.iter().any(|word| starts_at(at, word))) || folds(text)
    }
}

/// Whether a text holds a letter that is one of ASCII to a pattern that leaves the case open.
fn folds(text: &str) -> bool {
    !text.is_ascii() && text.contains(FOLDED)
}

/// A number below `BITS` that is the same for both cases of a letter.
fn hash(a: u8, b: u8, c: u8) -> usize {
    let three = u32::from_le_bytes([a | 0x20, b | 0x20, c | 0x20, 0]);
    three.wrapping_mul(0x9E37_79B1) as usize >> 22 & (BITS - 1)
}

/// Literals of which at least one occurs in every match of `pattern`; `None` if there is no such set.
pub fn required(pattern: &str) -> Option<Literals> {
    let mut words = literals(&Parser::new().parse(pattern).ok()?)?;
    words.sort_unstable();
    words.dedup();
    Some(Literals::new(words.into_iter().map(Cow::Owned).collect()))
}

fn literals(ast: &Ast) -> Option<Vec<String>> {
    match ast {
        Ast::Literal(literal) => Some(vec![letter(literal.c)?.to_string()]),
        Ast::Group(group) => literals(&group.ast),
        Ast::Repetition(repetition) if at_least_once(&repetition.op.kind) => literals(&repetition.ast),
        Ast::Alternation(choices) => {
            let sets: Option<Vec<_>> = choices.asts.iter().map(literals).collect();
            Some(sets?.concat())
        }
        Ast::Concat(parts) => longest(&parts.asts),
        _ => None,
    }
}

/// The letter in lower case; `None` where its other case is not a matter of ASCII.
fn letter(c: char) -> Option<char> {
    let one_case = || c.to_lowercase().eq([c]) && c.to_uppercase().eq([c]);
    (c.is_ascii() || one_case()).then(|| c.to_ascii_lowercase())
}

fn at_least_once(kind: &RepetitionKind) -> bool {
    match kind {
        RepetitionKind::OneOrMore => true,
        RepetitionKind::ZeroOrOne | RepetitionKind::ZeroOrMore => false,
        RepetitionKind::Range(RepetitionRange::Exactly(least) | RepetitionRange::AtLeast(least)) => *least > 0,
        RepetitionKind::Range(RepetitionRange::Bounded(least, _)) => *least > 0,
    }
}

/// The part of a concatenation whose shortest literal is longest; letters in a row are one literal.
fn longest(parts: &[Ast]) -> Option<Vec<String>> {
    let mut best: Option<Vec<String>> = None;
    let mut run = String::new();
    let mut offer = |words: Vec<String>| {
        let shortest = |words: &[String]| words.iter().map(String::len).min().unwrap_or(0);
        if shortest(&words) > best.as_deref().map_or(0, shortest) {
            best = Some(words);
        }
    };
    for part in parts {
        match part {
            Ast::Literal(literal) if letter(literal.c).is_some() => run.extend(letter(literal.c)),
            Ast::Flags(_) | Ast::Empty(_) => {}
            _ => {
                offer(vec![std::mem::take(&mut run)]);
                if let Some(words) = literals(part) {
                    offer(words);
                }
            }
        }
    }
    offer(vec![run]);
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(pattern: &str) -> Option<Vec<String>> {
        required(pattern).map(|literals| literals.words.into_iter().map(Cow::into_owned).collect())
    }

    #[test]
    fn letters_in_a_row_make_a_literal() {
        assert_eq!(words("(?i)DeadLock"), Some(vec!["deadlock".into()]));
        assert_eq!(words("x?(?:timed? ?out)+"), Some(vec!["time".into()]));
        assert_eq!(words("(?:abc|de)\\b"), Some(vec!["abc".into(), "de".into()]));
    }

    #[test]
    fn what_may_be_left_out_is_not_required() {
        assert_eq!(words("(?:abc)?|def"), None);
        assert_eq!(words("(?:abc){0,2}[0-9]+"), None);
    }

    #[test]
    fn a_letter_with_another_case_outside_ascii_is_not_required() {
        assert_eq!(words("(?i)fehler für"), Some(vec!["fehler f".into()]));
        assert_eq!(words("(?i)ä|b"), None);
        assert_eq!(words("失敗"), Some(vec!["失敗".into()]));
    }

    #[test]
    fn literals_are_found_in_any_case_and_at_both_ends() {
        let literals = required("(?:abc|xyz)[0-9]?").unwrap();
        assert!(["ABC", "..xYz", "abC..", "ababc"].iter().all(|text| literals.occur_in(text)));
        assert!(["", "ab", "ab c", "xy-z"].iter().all(|text| !literals.occur_in(text)));
    }
}
