//! Finds the names that a sentence says are missing (`Missing: \`a\`, \`b\``, `claim "a" is absent`, `no \`a\``).

use std::ops::Range;
use std::sync::LazyLock;

use crate::pattern::Pattern;

/// Words that say the names behind them are not there.
static BEFORE_NAMES: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:missing|absent|lacks?|lacking|omits?|without|(?:do(?:es)?n['’]?t|do(?:es)? not|did not|didn['’]t) (?:include|contain|have|carry|set|send)",
        r"|(?:not|never) (?:including|containing|present|included|set|sent)|no)\b"
    ))
});

/// Words that say the names before them are not there.
static AFTER_NAMES: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(?:is|are|was|were|be)\s+(?:missing|absent|omitted|lacking|gone|not\s+(?:present|included|there|set|sent|part of|in))|missing\s+(?:from|in)|absent\s+from|not\s+(?:present|included)\s+in)\b",
    )
});

/// A name in quotes, or a word that only an identifier is: `tenant_id`, `tenantId`.
static NAME: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r#"["'“`]([A-Za-z_$][\w.$-]*)["'”`]|\b([a-z][a-z0-9]*(?:_[a-z0-9]+)+|[a-z]+(?:[A-Z][a-z0-9]+)+)\b"#)
});

/// Longest text that is looked at, in bytes.
const TEXT_BYTES: usize = 2 << 10;

/// The places of the names; `code` are the code spans of the text, in order.
pub(super) fn missing_names(text: &str, code: &[Range<usize>]) -> Vec<Range<usize>> {
    if text.len() > TEXT_BYTES {
        return Vec::new();
    }
    let names = names_in(text, code);
    let mut found: Vec<Range<usize>> = Vec::new();
    for trigger in BEFORE_NAMES.find_iter(text) {
        let near = if trigger.as_str().eq_ignore_ascii_case("no") { 1 } else { 4 };
        let from = names.partition_point(|name| name.start < trigger.end());
        let Some(first) = names.get(from) else { continue };
        if is_near(&text[trigger.end()..first.start], near) {
            found.extend(run(text, &names[from..]));
        }
    }
    for trigger in AFTER_NAMES.find_iter(text) {
        let to = names.partition_point(|name| name.end <= trigger.start());
        let Some(last) = to.checked_sub(1).map(|last| &names[last]) else { continue };
        if is_near(&text[last.end..trigger.start()], 3) {
            let listed = names[..to].iter().rev().zip(names[..to].iter().rev().skip(1).map(Some).chain([None]));
            for (name, earlier) in listed {
                found.push(name.clone());
                if !earlier.is_some_and(|earlier| is_list_mark(&text[earlier.end..name.start])) {
                    break;
                }
            }
        }
    }
    found.sort_by_key(|range| range.start);
    found.dedup();
    found
}

fn names_in(text: &str, code: &[Range<usize>]) -> Vec<Range<usize>> {
    let is_name = |word: &str| {
        let inner = word.trim_matches(['"', '\'']);
        inner.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && inner.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$'))
    };
    let mut names: Vec<Range<usize>> =
        code.iter().filter(|range| text.get((*range).clone()).is_some_and(is_name)).cloned().collect();
    let in_code = |at: usize| code.iter().any(|range| range.contains(&at));
    let quoted = NAME.captures_iter(text).filter_map(|found| found.get(1).or(found.get(2)));
    names.extend(quoted.filter(|name| !in_code(name.start())).map(|name| name.range()));
    names.sort_by_key(|range| range.start);
    names
}

/// The names from the first of `names` on that a list joins.
fn run(text: &str, names: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut listed: Vec<Range<usize>> = Vec::new();
    for name in names {
        if listed.last().is_some_and(|last| !is_list_mark(&text[last.end..name.start])) {
            break;
        }
        listed.push(name.clone());
    }
    listed
}

fn is_list_mark(between: &str) -> bool {
    let words = between.trim_matches(|c: char| c.is_whitespace() || matches!(c, '`' | '"' | '\'' | '“' | '”' | '*'));
    matches!(words, "," | "/" | "and" | "or" | "nor" | ", and" | ", or" | "&" | "+" | ";")
}

/// Whether at most `words` words and no end of a sentence stand between.
fn is_near(between: &str, words: usize) -> bool {
    !between.contains(['.', ';', '?', '!'])
        && between.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count() <= words
}

fn pattern(text: &str) -> Pattern {
    Pattern::new(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(text: &str) -> Vec<&str> {
        missing_names(text, &[]).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn a_list_behind_the_word_is_read() {
        let text = "Missing: scope, tenant and 'region'";
        let code = [9..14, 16..22];
        assert_eq!(
            missing_names(text, &code).into_iter().map(|range| &text[range]).collect::<Vec<_>>(),
            ["scope", "tenant", "region"]
        );
        assert_eq!(missing("Missing: 'a', 'b'"), ["a", "b"]);
    }

    #[test]
    fn a_name_before_the_word_is_read() {
        assert_eq!(missing("the claim \"scope\" is missing"), ["scope"]);
        assert_eq!(missing("claims 'scope' and 'aud' missing from the token"), ["scope", "aud"]);
    }

    #[test]
    fn no_and_without_take_the_next_name_only() {
        assert_eq!(missing("there is no tenant_id in it"), ["tenant_id"]);
        assert_eq!(missing("sent without \"nonce\""), ["nonce"]);
        assert!(missing("no reason to look at tenant_id").is_empty());
    }

    #[test]
    fn plain_words_are_no_names() {
        assert!(missing("Missing: roles, permissions").is_empty());
        assert!(missing("nothing is missing").is_empty());
        assert!(missing("the user_id is valid").is_empty());
    }
}
