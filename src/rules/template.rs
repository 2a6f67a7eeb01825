//! Names in braces: `{name}`, or `{name|words}` with words for where nothing was captured. Other braces are text.

use std::collections::BTreeMap;
use std::ops::Range;

/// Replaces `{name}` and `{name|words}`: what was captured, else the words, else the name itself.
///
/// ```
/// # use casefile::rules::fill;
/// let names = [("token".to_string(), "`t-1`".to_string())].into();
/// assert_eq!(fill("Token {token} of {client|a client} fails", &names), "Token `t-1` of a client fails");
/// ```
pub fn fill(template: &str, names: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut done = 0;
    for placeholder in placeholders(template) {
        out.push_str(&template[done..placeholder.range.start]);
        match (names.get(placeholder.name), placeholder.words) {
            (Some(value), _) => out.push_str(value),
            (None, "") => out.push_str(&placeholder.name.replace('_', " ")),
            (None, words) => out.push_str(words),
        }
        done = placeholder.range.end;
    }
    out.push_str(&template[done..]);
    out
}

/// A name in braces.
pub(super) struct Placeholder<'a> {
    /// Its place, braces and all.
    pub(super) range: Range<usize>,
    pub(super) name: &'a str,
    /// What stands behind the bar; empty where there is none.
    pub(super) words: &'a str,
}

/// The names in braces, in order: lower-case letters and `_` alone, so that shell, JSON and formats keep their braces.
pub(super) fn placeholders(template: &str) -> impl Iterator<Item = Placeholder<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        while let Some(open) = template[from..].find('{').map(|at| from + at) {
            from = open + 1;
            let Some(close) = template[open..].find('}').map(|at| open + at) else { break };
            let inside = &template[open + 1..close];
            let (name, words) = inside.split_once('|').unwrap_or((inside, ""));
            if !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
                from = close + 1;
                return Some(Placeholder { range: open..from, name, words });
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_of_other_languages_stay() {
        let text = "xargs -I{} sh -c 'echo ${A} {\"k\": 1} { print $1 }' {key|k}";
        assert_eq!(fill(text, &BTreeMap::new()), text.replace("{key|k}", "k"));
        assert_eq!(fill("a {never closed", &BTreeMap::new()), "a {never closed");
        assert_eq!(fill("{Outer {some_name}", &BTreeMap::new()), "{Outer some name");
    }
}
