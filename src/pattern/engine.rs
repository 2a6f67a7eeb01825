//! Compiles a pattern: for any text, or for texts of ASCII alone, which costs a fraction.
//!
//! In a text of ASCII a class meets its first 128 letters only, and a literal beyond them meets none. The pattern that is left
//! when these are taken away finds the same places in the same order, and has none of the automata that read UTF-8.
//!
//! Half of the price of the rest are an automaton that runs backwards and a search for literals. They pay where much is
//! searched; what is searched a few times does without.

use regex_automata::meta::{Builder, Config, Regex};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{
    Capture, Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition,
};

use crate::limits;

/// Deepest nesting of a pattern that a file brings.
const NESTING: u32 = 50;

/// Where a pattern comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A constant of the program, as it is written.
    Program,
    /// A file: its classes are those of ASCII, and where it outgrows `limits::REGEX_SIZE` it matches nothing.
    File,
}

/// The letters of the texts that a pattern is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    Ascii,
    Any,
}

/// What an engine is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effort {
    /// A few short texts: made as quickly as can be, with no search for literals of its own.
    Quick,
    /// Many texts, or long ones.
    Steady,
}

/// Compiles `source`.
///
/// # Panics
///
/// Panics where a pattern of the program is no regular expression.
pub(super) fn compile(source: &str, origin: Origin, alphabet: Alphabet, effort: Effort) -> Regex {
    match (build(source, origin, alphabet, effort), origin) {
        (Ok(regex), _) => regex,
        (Err(_), Origin::File) => nothing(),
        (Err(error), Origin::Program) => panic!("`{source}`: {error}"),
    }
}

fn build(source: &str, origin: Origin, alphabet: Alphabet, effort: Effort) -> Result<Regex, String> {
    let mut parser = ParserBuilder::new();
    let mut config = Config::new().which_captures(WhichCaptures::All);
    if origin == Origin::File {
        parser.nest_limit(NESTING);
        config = config.nfa_size_limit(Some(limits::REGEX_SIZE)).hybrid_cache_capacity(limits::REGEX_DFA);
    }
    if effort == Effort::Quick {
        config = config.auto_prefilter(false).hybrid(false).dfa(false).onepass(false);
    }
    // Bytes know nothing of Unicode, so that most patterns come out short; a few speak of letters beyond ASCII.
    let bytes = match alphabet {
        Alphabet::Ascii => parser.clone().unicode(false).utf8(false).build().parse(source).ok(),
        Alphabet::Any => None,
    };
    let syntax = match (bytes, origin, alphabet) {
        (Some(syntax), ..) => Ok(syntax),
        (None, Origin::File, Alphabet::Any) => parser.build().parse(&ascii_classes(source)),
        (None, Origin::Program, Alphabet::Any) => parser.build().parse(source),
        (None, _, Alphabet::Ascii) => parser.build().parse(&ascii_classes(source)).map(ascii),
    };
    let syntax = syntax.map_err(|error| error.to_string())?;
    Builder::new().configure(config).build_from_hir(&syntax).map_err(|error| error.to_string())
}

fn nothing() -> Regex {
    Builder::new().build_from_hir(&Hir::fail()).expect("the pattern that matches nothing is a valid one")
}

/// A pattern with the classes and word boundaries of ASCII in the place of those of Unicode.
pub fn ascii_classes(source: &str) -> String {
    let mut text = String::with_capacity(source.len() + 64);
    let mut rest = source;
    while let Some(at) = rest.find('\\') {
        let end = at + 1 + rest[at + 1..].chars().next().map_or(0, char::len_utf8);
        let (escape, tail) = (&rest[at..end], &rest[end..]);
        text.push_str(&rest[..at]);
        text.push_str(match escape {
            r"\w" => "[0-9A-Za-z_]",
            r"\d" => "[0-9]",
            r"\s" => r"[\t\n\x0B\x0C\r ]",
            r"\b" if !tail.starts_with('{') => r"(?-u:\b)",
            _ => escape,
        });
        rest = tail;
    }
    text.push_str(rest);
    text
}

/// What a pattern can match in a text of ASCII.
fn ascii(syntax: Hir) -> Hir {
    match syntax.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) if literal.0.is_ascii() => Hir::literal(literal.0),
        HirKind::Literal(_) => Hir::fail(),
        HirKind::Class(Class::Unicode(mut class)) => {
            class.intersect(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7f')]));
            Hir::class(Class::Unicode(class))
        }
        HirKind::Class(Class::Bytes(mut class)) => {
            class.intersect(&ClassBytes::new([ClassBytesRange::new(0, 0x7f)]));
            Hir::class(Class::Bytes(class))
        }
        HirKind::Look(look) => Hir::look(match look {
            Look::WordUnicode => Look::WordAscii,
            Look::WordUnicodeNegate => Look::WordAsciiNegate,
            Look::WordStartUnicode => Look::WordStartAscii,
            Look::WordEndUnicode => Look::WordEndAscii,
            Look::WordStartHalfUnicode => Look::WordStartHalfAscii,
            Look::WordEndHalfUnicode => Look::WordEndHalfAscii,
            other => other,
        }),
        HirKind::Repetition(Repetition { min, max, greedy, sub }) => {
            Hir::repetition(Repetition { min, max, greedy, sub: Box::new(ascii(*sub)) })
        }
        HirKind::Capture(Capture { index, name, sub }) => {
            Hir::capture(Capture { index, name, sub: Box::new(ascii(*sub)) })
        }
        HirKind::Concat(parts) => Hir::concat(parts.into_iter().map(ascii).collect()),
        HirKind::Alternation(choices) => Hir::alternation(choices.into_iter().map(ascii).collect()),
    }
}

#[cfg(test)]
mod tests {
    use regex_automata::Input;

    use super::*;

    fn ranges(source: &str, alphabet: Alphabet, text: &str) -> Vec<std::ops::Range<usize>> {
        let places = |effort| {
            let regex = compile(source, Origin::Program, alphabet, effort);
            regex.find_iter(Input::new(text)).map(|found| found.range()).collect()
        };
        let found: Vec<_> = places(Effort::Quick);
        assert_eq!(found, places(Effort::Steady), "{source}");
        found
    }

    #[test]
    fn a_text_of_ascii_gives_the_same_places_for_both_alphabets() {
        let text = "Task 12 failed: \"disk full\" -> retry in 5 ms; x_1!\r\n\tEnd.";
        for source in [
            r"(?i)\bDISK\b|é+",
            r"\W+",
            r"[^a-z\n]{0,3}?\d",
            r"\p{Lu}\p{L}*",
            r"[–—:;]\s|→",
            r"(?:ü|l+)(?P<n>\S*)",
            r"\B.",
            r"(?m)^\s*\S+$",
            r"",
            r"(?:ß)?e",
        ] {
            assert_eq!(ranges(source, Alphabet::Ascii, text), ranges(source, Alphabet::Any, text), "{source}");
        }
    }

    #[test]
    fn an_escaped_backslash_is_no_class() {
        assert_eq!(ascii_classes(r"\\w\w\\\d\b{start}\bé\"), r"\\w[0-9A-Za-z_]\\[0-9]\b{start}(?-u:\b)é\");
    }

    #[test]
    fn a_pattern_of_a_file_that_grows_too_large_matches_nothing() {
        let regex = compile("(?:[a-z]{200}){200}{20}|x", Origin::File, Alphabet::Any, Effort::Quick);
        assert!(!regex.is_match("x"));
    }
}
