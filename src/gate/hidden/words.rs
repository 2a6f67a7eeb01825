//! Words that look like others: letters of several scripts in one word, and words of one script that only imitate Latin.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use unicode_security::MixedScript;
use unicode_security::confusable_detection::skeleton;

use crate::pattern::Pattern;

use super::Hidden;

static WORD: LazyLock<Pattern> = LazyLock::new(|| pattern(r"[\p{Alphabetic}\p{M}\p{Nd}\u{200C}\u{200D}]+"));
static LATIN: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\p{Latin}"));
static CYRILLIC: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\p{Cyrillic}"));
static GREEK: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\p{Greek}"));
/// Scripts that are written together with Latin in one run, without spaces.
static EAST_ASIAN: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"\A[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Bopomofo}\p{Common}\p{Inherited}]+\z"));

/// Scripts whose letters nobody takes for Latin ones where they stand among them, whatever single letters resemble.
static DISTINCT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"[\p{Arabic}\p{Bengali}\p{Devanagari}\p{Gujarati}\p{Gurmukhi}\p{Hebrew}\p{Kannada}\p{Khmer}\p{Lao}\p{Malayalam}\p{Myanmar}\p{Oriya}\p{Sinhala}\p{Tamil}\p{Telugu}\p{Thai}\p{Tibetan}]",
    )
});

/// Fewest letters of a word that is taken for an imitation; shorter ones are formula signs.
const IMITATION: usize = 3;

fn pattern(text: &str) -> Pattern {
    Pattern::new(text.to_owned())
}

/// Every word of a text that mixes scripts or imitates another one.
pub(super) fn mixed(text: &str) -> Vec<Hidden> {
    if text.is_ascii() {
        return Vec::new();
    }
    let words: Vec<_> = WORD.find_iter(text).filter(|word| !word.as_str().is_ascii()).collect();
    let mut found: Vec<Hidden> = words
        .iter()
        .filter(|word| mixes(word.as_str()))
        .map(|word| Hidden::new(word.start(), "mixed-script-word", "a word mixes letters of scripts that look alike"))
        .collect();
    for script in [&*CYRILLIC, &*GREEK] {
        let own: Vec<_> = words.iter().filter(|word| written_in(word.as_str(), script)).collect();
        // One word that cannot be Latin shows that the language is meant.
        if own.iter().all(|word| imitates(word.as_str())) {
            let long = own.iter().filter(|word| word.as_str().chars().count() >= IMITATION);
            let message = "a word of another script looks like a Latin one";
            found.extend(long.map(|word| Hidden::new(word.start(), "lookalike-word", message)));
        }
    }
    found
}

fn mixes(word: &str) -> bool {
    if word.is_single_script() {
        return false;
    }
    let rest: String = word.chars().filter(|c| !LATIN.is_match(c.encode_utf8(&mut [0; 4]))).collect();
    if EAST_ASIAN.is_match(&rest) {
        return false;
    }
    let scripts: BTreeSet<bool> = rest.chars().map(|c| CYRILLIC.is_match(c.encode_utf8(&mut [0; 4]))).collect();
    // Units and signs (μs, kΩ) and foreign words with a suffix mix scripts that nobody takes for one another.
    !rest.as_str().is_single_script() || scripts.contains(&true) || rest.chars().any(looks_latin)
}

fn written_in(word: &str, script: &Pattern) -> bool {
    word.chars().all(|c| !c.is_ascii() && script.is_match(c.encode_utf8(&mut [0; 4])))
}

fn imitates(word: &str) -> bool {
    word.chars().all(looks_latin)
}

/// Whether a letter beyond ASCII is drawn like ASCII letters.
fn looks_latin(c: char) -> bool {
    let mut buffer = [0; 4];
    let letter: &str = c.encode_utf8(&mut buffer);
    !c.is_ascii()
        && c.is_alphabetic()
        && !DISTINCT.is_match(letter)
        && skeleton(letter).all(|c| c.is_ascii_alphabetic())
}
