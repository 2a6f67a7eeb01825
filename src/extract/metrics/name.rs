//! What a number is of: the nearest noun words of its clause.

use std::ops::Range;

/// Most words of a name.
const WORDS: usize = 4;

/// Most words of a label that is a name as a whole.
const LABEL_WORDS: usize = 5;

/// How far around the number its name is looked for, in bytes.
const REACH: usize = 160;

/// Words that carry no name at either end of one.
const EMPTY: &[&str] = &[
    "a",
    "about",
    "affected",
    "after",
    "all",
    "already",
    "an",
    "and",
    "any",
    "approximately",
    "are",
    "around",
    "as",
    "at",
    "averages",
    "averaging",
    "be",
    "been",
    "before",
    "between",
    "but",
    "by",
    "can",
    "day",
    "days",
    "dropped",
    "drops",
    "each",
    "estimated",
    "every",
    "exactly",
    "exceeds",
    "fell",
    "for",
    "from",
    "goes",
    "grew",
    "had",
    "has",
    "have",
    "hour",
    "hours",
    "improves",
    "in",
    "increase",
    "increased",
    "increases",
    "is",
    "it",
    "its",
    "jumped",
    "last",
    "lasted",
    "least",
    "less",
    "mean",
    "min",
    "minute",
    "minutes",
    "months",
    "more",
    "most",
    "ms",
    "must",
    "not",
    "now",
    "observed",
    "of",
    "on",
    "only",
    "or",
    "our",
    "out",
    "over",
    "past",
    "reached",
    "reduced",
    "remains",
    "require",
    "required",
    "requires",
    "rose",
    "roughly",
    "sec",
    "second",
    "seconds",
    "set",
    "should",
    "show",
    "shows",
    "some",
    "spiked",
    "stays",
    "takes",
    "taking",
    "than",
    "that",
    "the",
    "their",
    "then",
    "there",
    "these",
    "this",
    "those",
    "to",
    "took",
    "under",
    "until",
    "up",
    "used",
    "using",
    "usually",
    "via",
    "was",
    "we",
    "week",
    "weeks",
    "were",
    "when",
    "which",
    "while",
    "will",
    "with",
    "within",
];

/// The words that name the number at `range` of `text`: what follows "of", a percentile beside it, else what stands before it.
pub(super) fn name_of(text: &str, range: &Range<usize>) -> String {
    let before = clause_before(text, range.start);
    let after = clause_after(text, range.end);
    let of = after.trim_start().strip_prefix("of ").map(first_words).filter(|name| !name.is_empty());
    let percentile = percentile(after);
    let name = of
        .or_else(|| label(before, &text[..range.start]))
        .or_else(|| Some(last_words(before)).filter(|name| !name.is_empty()))
        .unwrap_or_else(|| first_words(after));
    match percentile {
        Some(mark) if !name.contains(mark) => format!("{name} {mark}").trim().to_owned(),
        _ => name,
    }
}

/// The whole label that a number stands behind (`Time to restore: 40 min`): its words belong together, function words
/// too.
fn label(clause: &str, before: &str) -> Option<String> {
    let labelled = before.trim_end_matches([' ', '~', '*', '_', '`']).ends_with([':', '=']);
    let words = words(clause);
    (labelled && !clause.contains(':') && words.len() <= LABEL_WORDS && words.len() > 1).then(|| words.join(" "))
}

/// A percentile written behind the number (`80 ms p95`).
fn percentile(after: &str) -> Option<&str> {
    let word = after.split_whitespace().next()?.trim_matches(|c: char| !c.is_alphanumeric());
    let digits = word.strip_prefix(['p', 'P'])?;
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(word)
}

fn clause_before(text: &str, end: usize) -> &str {
    let mut start = end.saturating_sub(REACH);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let window = text[start..end]
        .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '=' | '(' | '<' | '>' | '~' | '-' | '–'));
    let cut = window
        .rfind([',', ';', '.', '(', ')', '\n', '—', '|', '!', '?'])
        .map_or(0, |at| at + window[at..].chars().next().map_or(1, char::len_utf8));
    &window[cut..]
}

fn clause_after(text: &str, start: usize) -> &str {
    let mut end = (start + REACH).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let window = &text[start..end];
    let cut = window.find([',', ';', '.', '(', ')', '\n', '—', '|', '!', '?', ':']).unwrap_or(window.len());
    &window[..cut]
}

fn words(clause: &str) -> Vec<&str> {
    let trimmed = clause.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    trimmed.filter(|word| !word.is_empty()).collect()
}

fn is_empty_word(word: &str) -> bool {
    EMPTY.binary_search(&word.to_lowercase().as_str()).is_ok() || word.starts_with(|c: char| c.is_ascii_digit())
}

/// The last words of a clause up to a verb or a function word.
fn last_words(clause: &str) -> String {
    let mut words = words(clause);
    while words.last().is_some_and(|word| is_empty_word(word)) {
        words.pop();
    }
    let from = words
        .iter()
        .rposition(|word| is_empty_word(word) && !matches!(word.to_lowercase().as_str(), "of" | "per" | "in"))
        .map_or(0, |at| at + 1);
    named(&words[from.max(words.len().saturating_sub(WORDS))..])
}

/// The first words of a clause up to a verb or a function word.
fn first_words(clause: &str) -> String {
    let words = words(clause);
    let start = words.iter().position(|word| !is_empty_word(word)).unwrap_or(words.len());
    let rest = &words[start..];
    let end = rest.iter().position(|word| is_empty_word(word)).unwrap_or(rest.len());
    named(&rest[..end.min(WORDS)])
}

fn named(words: &[&str]) -> String {
    let start = words.iter().position(|word| !is_empty_word(word)).unwrap_or(words.len());
    words[start..].join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> String {
        let start = text.find(|c: char| c.is_ascii_digit()).unwrap();
        let end = start + text[start..].find([' ', ',']).unwrap_or(text.len() - start);
        name_of(text, &(start..end))
    }

    #[test]
    fn what_follows_of_names_a_share() {
        assert_eq!(name("hits 4% of nightly exports during backups"), "nightly exports during backups");
    }

    #[test]
    fn words_before_name_a_value() {
        assert_eq!(name("The error rate rose to 4%, then fell"), "error rate");
        assert_eq!(name("- Queue length: 30 s"), "Queue length");
    }

    #[test]
    fn a_label_before_the_number_is_the_name_as_a_whole() {
        assert_eq!(name("- Time to restore: 40 min"), "Time to restore");
        assert_eq!(name("Age of the oldest entry = 40 min"), "Age of the oldest entry");
    }

    #[test]
    fn a_percentile_belongs_to_the_name() {
        assert_eq!(name("Render time < 80ms p95"), "Render time p95");
    }

    #[test]
    fn without_words_before_the_words_behind_are_taken() {
        assert_eq!(name("200ms latency"), "latency");
    }

    #[test]
    fn the_table_of_empty_words_is_sorted() {
        let mut sorted = EMPTY.to_vec();
        sorted.sort_unstable();
        assert_eq!(EMPTY, sorted);
    }
}
