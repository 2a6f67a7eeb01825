//! The words of a text: split, brought to a canonical form, and marked where they belong to an identifier.

use std::ops::Range;

/// A word of a text.
#[derive(Clone, Debug)]
pub struct Token {
    /// Where it stands.
    pub range: Range<usize>,
    /// Whether it is part of an identifier, a path or a call.
    pub in_identifier: bool,
    /// Whether a full stop, semicolon or colon follows it before the next word.
    pub ends_clause: bool,
    /// The byte behind its canonical form.
    stem: usize,
}

/// A place where words say what a concept stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Heard {
    /// The number of the first word.
    pub at: usize,
    /// The number of the concept.
    pub concept: usize,
    /// The number of the word behind the last one.
    pub next: usize,
}

/// The words of a text.
#[derive(Debug)]
pub struct Tokens<'a> {
    text: &'a str,
    lower: String,
    /// The words in order.
    pub tokens: Vec<Token>,
    /// Where concepts are heard, in order.
    heard: Vec<Heard>,
}

impl<'a> Tokens<'a> {
    /// Splits `text` into words; `_` and a capital after a small letter split identifiers.
    pub fn new(text: &'a str) -> Self {
        let mut tokens: Vec<Token> = Vec::new();
        let mut chunk_start = 0;
        for chunk in text.split_inclusive(|c: char| c.is_whitespace()) {
            let in_identifier = is_identifier(chunk.trim());
            push_words(chunk, chunk_start, in_identifier, &mut tokens);
            chunk_start += chunk.len();
        }
        let lower = text.to_ascii_lowercase();
        for token in &mut tokens {
            token.stem = token.range.start + canonical(&lower[token.range.clone()]).len();
        }
        let mut words = Tokens { text, lower, tokens, heard: Vec::new() };
        words.heard = super::concepts::hear(&words);
        words
    }

    /// The numbers of the words behind each saying of a concept that starts at word `at`.
    pub fn behind(&self, concept: usize, at: usize) -> impl Iterator<Item = usize> + '_ {
        let start = self.heard.partition_point(|heard| (heard.at, heard.concept) < (at, concept));
        let same = move |heard: &&Heard| heard.at == at && heard.concept == concept;
        self.heard[start..].iter().take_while(same).map(|heard| heard.next)
    }

    /// The concepts that are heard from word `at` on.
    pub fn concepts_at(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let start = self.heard.partition_point(|heard| heard.at < at);
        self.heard[start..].iter().take_while(move |heard| heard.at == at).map(|heard| heard.concept)
    }

    /// The canonical form of a token.
    pub fn canonical(&self, token: &Token) -> &str {
        &self.lower[token.range.start..token.stem]
    }

    /// Whether `mark` stands right behind a token.
    pub fn follows(&self, token: &Token, mark: char) -> bool {
        self.text[token.range.end..].starts_with(mark)
    }

    /// The token as written.
    pub fn written(&self, token: &Token) -> &str {
        &self.text[token.range.clone()]
    }

    /// The token in ASCII lower case.
    pub fn lower(&self, token: &Token) -> &str {
        &self.lower[token.range.clone()]
    }
}

fn push_words(chunk: &str, offset: usize, in_identifier: bool, tokens: &mut Vec<Token>) {
    let mut start: Option<usize> = None;
    let mut previous = ' ';
    let close = |start: &mut Option<usize>, end: usize, tokens: &mut Vec<Token>| {
        if let Some(begin) = start.take() {
            let word = chunk[begin..end].trim_end_matches(['.', '\'', '+', '#', '%']);
            if !word.is_empty() {
                let range = offset + begin..offset + begin + word.len();
                tokens.push(Token { stem: range.end, range, in_identifier, ends_clause: false });
            }
        }
    };
    for (at, c) in chunk.char_indices() {
        let inside = c.is_alphanumeric() || (start.is_some() && matches!(c, '\'' | '.' | '+' | '#' | '%'));
        let camel = previous.is_lowercase() && c.is_uppercase();
        if !inside || camel {
            close(&mut start, at, tokens);
        }
        if c.is_alphanumeric() && start.is_none() {
            start = Some(at);
        }
        // "localhost:3000" and "10:42" are one thing.
        if matches!(c, ';' | '!' | '?') || (matches!(c, '.' | ':') && at + 1 >= chunk.trim_end().len()) {
            close(&mut start, at, tokens);
            if let Some(last) = tokens.last_mut() {
                last.ends_clause = true;
            }
        }
        previous = c;
    }
    close(&mut start, chunk.len(), tokens);
}

fn is_identifier(chunk: &str) -> bool {
    let core = chunk
        .trim_matches(|c: char| matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '"' | '\'' | '(' | ')' | '`' | '*'));
    let bytes = core.as_bytes();
    core.contains('_')
        || core.contains("::")
        || core.contains("://")
        || core.contains('=')
        || core.starts_with('/')
        || core.matches('/').count() >= 2
        || bytes.windows(3).any(|w| w[1] == b'.' && w[0].is_ascii_alphabetic() && w[2].is_ascii_alphabetic())
        || bytes.windows(2).any(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase())
}

/// The part of a lower-case English word that its singular and plural share.
pub(super) fn canonical(word: &str) -> &str {
    let ends = |suffix: &str| word.len() > suffix.len() + 1 && word.ends_with(suffix);
    let cut = |n: usize| &word[..word.len() - n];
    if word.len() <= 3 || ends("ss") {
        word
    } else if ends("ies") {
        cut(3)
    } else if ends("y") && word.len() > 4 && !ends_vowel_y(word) && !NOT_PLURAL.contains(&word) {
        cut(1)
    } else if ["shes", "ches", "xes", "sses", "zzes", "'s"].iter().any(|suffix| ends(suffix)) {
        cut(2)
    } else if ["she", "che", "xe"].iter().any(|suffix| ends(suffix)) {
        // `caches` is `cach` as `crashes` is `crash`, so `cache` has to be `cach` too.
        cut(1)
    } else if ends("s") {
        cut(1)
    } else {
        word
    }
}

/// Words in `y` whose stem is another word.
const NOT_PLURAL: &[&str] = &["ready", "every", "party", "heavy", "early", "only", "really", "already"];

fn ends_vowel_y(word: &str) -> bool {
    matches!(word.as_bytes(), [.., b'a' | b'e' | b'o' | b'u', b'y'])
}
