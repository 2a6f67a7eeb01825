//! Reads a cue as it is written: parts, choices, gaps and words.

use crate::rules::concepts;

use super::{Choices, Element, Word, WordKind, canonical};

/// What a cue can start with, by which an index finds it.
#[derive(Clone, Debug)]
pub(super) enum Start {
    Words(Vec<Word>),
    Concept(usize),
}

/// The parts of a cue; the one by which it is looked for comes first.
pub(super) fn parts(text: &str) -> Result<Vec<Vec<Element>>, String> {
    written(text).into_iter().map(elements).collect()
}

/// The parts as written. Where they stand in any order the one with the fewest choices comes first, since an index looks for
/// each of them; a concept, which has many, comes last.
fn written(text: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = match text.contains('&') && text.split_whitespace().any(|part| part == "&") {
        true => text.split('&').map(str::trim).collect(),
        false => vec![text],
    };
    parts.sort_by_key(|part| (part.starts_with('{'), part.matches('|').count()));
    parts
}

/// What the first part of a cue can start with.
pub(super) fn start(text: &str) -> Start {
    let first = written(text).first().copied().unwrap_or_default();
    match concept(first.split_whitespace().next().unwrap_or_default()) {
        Some(Ok(concept)) => Start::Concept(concept),
        _ => Start::Words(first_words(first)),
    }
}

/// The number of the concept that `{name}` stands for.
fn concept(part: &str) -> Option<Result<usize, String>> {
    let name = part.strip_prefix('{')?.strip_suffix('}')?;
    Some(concepts::number(name).ok_or_else(|| match concepts::nearest(name) {
        Some(meant) => format!("there is no concept `{name}`; did you mean `{meant}`?"),
        None => format!("there is no concept `{name}`; rules/words/concepts.yaml lists them"),
    }))
}

fn elements(text: &str) -> Result<Vec<Element>, String> {
    let mut elements = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (part, tail) = split_part(rest).ok_or_else(|| format!("`{rest}` opens a choice that is not closed"))?;
        rest = tail.trim_start();
        match part {
            ".." => elements.push(Element::Gap),
            "NOT" => elements.push(Element::Any(Choices::new(vec![vec![negation()]]))),
            _ if part.starts_with('{') => {
                let concept = concept(part).ok_or_else(|| format!("`{part}` opens a concept that is not closed"))?;
                elements.push(Element::Concept(concept?));
            }
            _ => match part.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
                Some(choices) => {
                    let runs = choices.split('|').map(run).collect::<Result<_, _>>()?;
                    elements.push(Element::Any(Choices::new(runs)));
                }
                None => {
                    elements.extend(split_words(part).map(|text| Element::Any(Choices::new(vec![vec![word(text)]]))));
                }
            },
        }
    }
    match (elements.first(), elements.last()) {
        (Some(Element::Gap), _) | (_, Some(Element::Gap)) => {
            Err("a cue starts and ends with a word; `..` stands between words".into())
        }
        (Some(_), Some(_)) => Ok(elements),
        (None, _) | (_, None) => Err("a cue needs at least one word".into()),
    }
}

/// The first part of a cue: a choice in parentheses, or what stands before the next blank or choice.
fn split_part(text: &str) -> Option<(&str, &str)> {
    let end = match text.starts_with('(') {
        true => text.find(')')? + 1,
        false => text.find([' ', '(']).unwrap_or(text.len()),
    };
    Some(text.split_at(end))
}

/// The words that a cue can start with: the first one of its first part, or of each choice there.
fn first_words(text: &str) -> Vec<Word> {
    let first_of = |choice: &str| {
        choice.split_whitespace().find_map(|part| match part {
            "NOT" => Some(negation()),
            _ => split_words(part).next().map(word),
        })
    };
    let mut rest = text.trim();
    while let Some((part, tail)) = split_part(rest).filter(|(part, _)| !part.is_empty()) {
        let choices = part.trim_start_matches('(').trim_end_matches(')');
        let words: Vec<Word> = choices.split('|').filter_map(first_of).collect();
        if !words.is_empty() {
            return words;
        }
        rest = tail.trim_start();
    }
    Vec::new()
}

/// The words of one choice.
pub(crate) fn run(choice: &str) -> Result<Vec<Word>, String> {
    if choice.contains(['(', ')', '{', '}']) || choice.split_whitespace().any(|word| word == "..") {
        return Err(format!("`{choice}`: choices do not nest, and hold no `..` or concept"));
    }
    let mut run = Vec::new();
    for part in choice.split_whitespace() {
        match part {
            "NOT" => run.push(negation()),
            _ => run.extend(split_words(part).map(word)),
        }
    }
    if run.is_empty() { Err("a choice is empty".into()) } else { Ok(run) }
}

/// The words of a part of a cue, split as texts are: also before a capital that follows a small letter.
fn split_words(part: &str) -> impl Iterator<Item = &str> {
    part.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '*' && c != '+' && c != '.' && c != '#' && c != '%')
        .flat_map(split_camel)
        .filter(|word| !word.is_empty())
}

/// A word before and behind each capital that follows a small letter.
fn split_camel(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(word);
    std::iter::from_fn(move || {
        let whole = rest?;
        let mut previous = ' ';
        let hump = whole.char_indices().find(|(_, c)| {
            let before = std::mem::replace(&mut previous, *c);
            before.is_lowercase() && c.is_uppercase()
        });
        let (part, tail) = hump.map_or((whole, None), |(at, _)| (&whole[..at], Some(&whole[at..])));
        rest = tail;
        Some(part)
    })
}

fn negation() -> Word {
    Word { letters: String::new(), kind: WordKind::Negation }
}

fn word(text: &str) -> Word {
    if let Some(stem) = text.strip_suffix('*') {
        return Word { letters: stem.to_ascii_lowercase(), kind: WordKind::Prefix };
    }
    if text.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Word { letters: canonical(text).to_string(), kind: WordKind::Plain };
    }
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if (2..=5).contains(&letters) && !text.chars().any(char::is_lowercase) {
        return Word { letters: text.to_string(), kind: WordKind::Acronym };
    }
    Word { letters: canonical(&text.to_ascii_lowercase()).to_string(), kind: WordKind::Plain }
}
