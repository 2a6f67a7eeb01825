//! Markup that a gated page may not hold: comments, HTML and JSX other than the escaper's own, MDX modules and expressions,
//! images whose bytes no decision covers, and text that only some readers of the page take for code.

use std::sync::LazyLock;

use crate::pattern::Pattern;

use super::Hidden;
use super::regions::{Regions, regions};

/// The escaper's own elements, without attributes.
static OWN_TAG: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"\A<(?:/?(?:span|br|code|samp|pre|details|summary)|br ?/)>"));

/// Elements that load something, in any capitals.
static LOADS: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(r"(?i)\A</?(?:audio|embed|frame|iframe|image|img|link|object|picture|script|source|style|svg|video)\b")
});

/// The mark that makes a site generator unpack a code block into the page, wherever it stands.
static UNPACKED: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"[`~]{3,}[ \t]*mdx-code-block"));

/// Longest info string of a code block, in bytes: nobody sees it on the page.
const INFO: usize = 64;

/// Everything forbidden in the body of a page; front matter is not Markdown.
pub(super) fn forbidden(text: &str) -> Vec<Hidden> {
    let start = body(text);
    let text = &text[start..];
    let regions = regions(text);
    let mut found = Vec::new();
    marks(text, &regions, &mut found);
    images(text, &regions, &mut found);
    modules(text, &regions, &mut found);
    fences(text, &regions, &mut found);
    for at in &regions.unused {
        found.push(Hidden::new(*at, "hidden-definition", "a definition that nothing refers to is shown nowhere"));
    }
    for place in UNPACKED.find_iter(text) {
        found.push(Hidden::new(place.start(), "executed-code-block", "some sites run the content of this code block"));
    }
    for hidden in &mut found {
        hidden.at += start;
    }
    found
}

/// Offset of the first byte after the front matter.
fn body(text: &str) -> usize {
    if !text.starts_with("---\n") {
        return 0;
    }
    text[3..].find("\n---\n").map_or(0, |at| 3 + at + 5)
}

/// Whether the character at `at` has an odd number of backslashes before it.
fn is_escaped(text: &str, regions: &Regions, at: usize) -> bool {
    let before = text.as_bytes()[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
    let in_code = before > 0 && regions.is_code(at - 1);
    before % 2 == 1 && !in_code
}

fn marks(text: &str, regions: &Regions, found: &mut Vec<Hidden>) {
    for at in memchr::memchr2_iter(b'<', b'{', text.as_bytes()).filter(|at| !regions.is_code(*at)) {
        let escaped = is_escaped(text, regions, at);
        if text.as_bytes()[at] == b'{' {
            if !escaped {
                found.push(Hidden::new(at, "mdx-expression", "`{` opens an expression; write `\\{`"));
            }
            continue;
        }
        // A backslash means nothing inside raw HTML.
        if escaped && !regions.is_html(at) {
            continue;
        }
        found.extend(element(&text[at..]).map(|(code, message)| Hidden::new(at, code, message)));
    }
}

/// What is wrong with the element that may open at the start of `rest`.
fn element(rest: &str) -> Option<(&'static str, &'static str)> {
    let next = rest[1..].chars().next()?;
    if OWN_TAG.is_match(rest) || !(next.is_alphabetic() || "/!?>_$".contains(next)) {
        return None;
    }
    if rest.starts_with("<!--") {
        return Some(("html-comment", "a comment is not shown on the page"));
    }
    if LOADS.is_match(rest) {
        return Some(("remote-content", "the element loads what no decision covers"));
    }
    let message = "HTML and JSX other than plain `span`, `br`, `code`, `samp`, `pre`, `details` and `summary` is not allowed; write `&lt;`";
    Some(("raw-html", message))
}

fn images(text: &str, regions: &Regions, found: &mut Vec<Hidden>) {
    for (at, destination) in &regions.images {
        if is_remote(destination) {
            found.push(Hidden::new(
                *at,
                "remote-content",
                "the image is not part of the case and can change at any time",
            ));
        } else if !is_evidence(destination) {
            let message = "the image is no file under `evidence/`, so no decision covers it";
            found.push(Hidden::new(*at, "unbound-image", message));
        }
    }
    // What is text or HTML to this parser may be an image to one that knows no indented code and no HTML blocks.
    let ends: Vec<usize> = text.match_indices("](").map(|(at, _)| at).collect();
    let paragraphs: Vec<usize> = text.match_indices("\n\n").map(|(at, _)| at).collect();
    let next = |offsets: &[usize], at: usize| offsets.get(offsets.partition_point(|o| *o < at)).copied();
    for (at, _) in text.match_indices("![").filter(|(at, _)| !regions.is_code(*at)) {
        let parsed = regions.images.binary_search_by(|(image, _)| image.cmp(&at)).is_ok();
        let closed = next(&ends, at).is_some_and(|end| next(&paragraphs, at).is_none_or(|paragraph| end < paragraph));
        if !parsed && closed && !is_escaped(text, regions, at) {
            found.push(Hidden::new(at, "remote-content", "some readers of the page take this for an image"));
        }
    }
}

fn is_remote(destination: &str) -> bool {
    let scheme = destination.split(['/', '?', '#']).next().is_some_and(|first| first.contains(':'));
    scheme || destination.starts_with("//") || destination.starts_with("\\\\")
}

fn is_evidence(destination: &str) -> bool {
    let path = destination.strip_prefix("./").unwrap_or(destination);
    path.strip_prefix("evidence/").is_some_and(|rest| {
        rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-/".contains(&b)) && !rest.split('/').any(|p| p == "..")
    })
}

/// `import` and `export` at the very start of a line are code to MDX.
fn modules(text: &str, regions: &Regions, found: &mut Vec<Hidden>) {
    for (at, line) in lines(text) {
        let keyword = ["import", "export"].iter().find_map(|word| line.strip_prefix(word));
        if keyword.is_some_and(|rest| rest.starts_with([' ', '\t', '{', '*', '"', '\''])) && !regions.is_code(at) {
            let message =
                "a line that begins with `import` or `export` is code to MDX; write `&#x69;mport` or `&#x65;xport`";
            found.push(Hidden::new(at, "mdx-module", message));
        }
    }
}

/// Fences that readers disagree on, and info strings that hold text nobody sees.
fn fences(text: &str, regions: &Regions, found: &mut Vec<Hidden>) {
    let ambiguous =
        |at| Hidden::new(at, "ambiguous-code", "readers of the page disagree on where code begins or ends here");
    for (range, info) in &regions.fences {
        let block = &text[range.clone()];
        if info.len() > INFO {
            found.push(Hidden::new(range.start, "hidden-info", "the words after the fence are shown nowhere"));
        }
        if info.split_whitespace().any(|word| word == "live") {
            found.push(Hidden::new(
                range.start,
                "executed-code-block",
                "some sites run the content of this code block",
            ));
        }
        let mark = block.chars().next().unwrap_or('`');
        let length = block.chars().take_while(|c| *c == mark).count();
        let closing = |line: &str| line.len() >= length && line.chars().all(|c| c == mark);
        let inner: Vec<(usize, &str)> = lines(block).skip(1).collect();
        let last = inner.len().saturating_sub(1);
        let early = inner.iter().take(last).find(|(_, line)| closing(unquoted(line).trim_end()));
        found.extend(early.map(|(at, _)| ambiguous(range.start + at)));
    }
    let mut blocks = regions.fences.iter().map(|(range, _)| range).peekable();
    for (at, line) in lines(text) {
        while blocks.next_if(|block| block.end <= at).is_some() {}
        let in_block = blocks.peek().is_some_and(|block| block.start < at + line.len().max(1));
        let rest = unquoted(line);
        let ticks = rest.starts_with("```") && !rest.trim_start_matches('`').contains('`');
        if !in_block && (ticks || rest.starts_with("~~~")) {
            found.push(ambiguous(at));
        }
    }
}

/// A line without the marks of the quotes and list items it stands in.
fn unquoted(line: &str) -> &str {
    let mut rest = line;
    loop {
        let inner = rest.trim_start_matches([' ', '\t', '>']);
        let number = inner.trim_start_matches(|c: char| c.is_ascii_digit());
        let item = match number.strip_prefix(['.', ')']) {
            Some(item) if number.len() < inner.len() => Some(item),
            _ => inner.strip_prefix(['-', '*', '+']),
        };
        match item.filter(|item| item.starts_with([' ', '\t'])) {
            Some(item) => rest = item,
            None => return inner,
        }
    }
}

/// Lines with the offset of their first byte, without their line feed.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len() + 1;
        Some((start, line))
    })
}
