//! Code spans and code blocks that show machine text exactly, with an HTML form for the few texts no fence can hold.

use super::escape::{escape_html_line, has_fragile_entity};
use super::visible::{visible, visible_line};

/// A code span showing `source` on one line; `Not stated` in words where there is nothing to show.
///
/// ```
/// # use casefile::render::code_span;
/// assert_eq!(code_span("a `b`"), "`` a `b` ``");
/// assert_eq!(code_span("a|b"), "<code>a&#124;b</code>");
/// ```
pub fn code_span(source: &str) -> String {
    let text = visible_line(source);
    if text.is_empty() {
        return "Not stated".to_string();
    }
    // A pipe would split a table cell, and `{#` in a heading is taken for its id: no code span can hide them there.
    if text.contains('|') || text.contains("{#") || has_fragile_entity(&text) {
        return html_span(&text);
    }
    let delimiter = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || delimiter.len() > 1 { " " } else { "" };
    format!("{delimiter}{pad}{text}{pad}{delimiter}")
}

/// A code block showing `source`, line by line as it is; `language` is a hint for colours.
///
/// The fence is longer than any run of backticks in the text and indented by one space, which keeps site generators from
/// rewriting lines inside it; the empty line list `{0}` after the language switches their comment commands off.
pub fn code_block(source: &str, language: &str) -> String {
    let text = visible(source);
    let text = text.trim_matches('\n');
    if is_rewritten_in_fences(text) {
        return html_block(text);
    }
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    let language = language_hint(language);
    // Diagrams are no code to that command, and some hosts want nothing behind their name.
    let meta = if language == "mermaid" { "" } else { " {0}" };
    let mut out = format!(" {fence}{language}{meta}\n");
    for line in text.split('\n') {
        out.push(' ');
        out.push_str(line.trim_end_matches(' '));
        out.push('\n');
    }
    out.push_str(&format!(" {fence}"));
    out
}

/// Lines with their numbers in front, as `code_block` takes them.
pub(super) fn numbered<'a>(lines: impl Iterator<Item = (u64, &'a str)>) -> String {
    let rows: Vec<(u64, String)> = lines.map(|(number, line)| (number, visible(line))).collect();
    let width = rows.iter().map(|(number, _)| number.to_string().len()).max().unwrap_or(1);
    let mut out = String::new();
    for (number, line) in rows {
        // A line feed inside one source line (form feed, U+2028) continues the line without a number of its own.
        for (nth, part) in line.split('\n').enumerate() {
            let label = if nth == 0 { number.to_string() } else { String::new() };
            out.push_str(&format!("{label:>width$}  {part}\n"));
        }
    }
    out
}

fn longest_run(text: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for byte in text.bytes() {
        run = if byte == b'`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

fn language_hint(language: &str) -> &str {
    let known = |c: char| c.is_ascii_alphanumeric() || "_+#.-".contains(c);
    if !language.is_empty() && language.chars().all(known) { language } else { "text" }
}

/// Docusaurus rewrites admonitions and one kind of fence even inside code; the third case see [`has_fragile_entity`].
fn is_rewritten_in_fences(text: &str) -> bool {
    text.contains(":::") || text.contains("mdx-code-block") || has_fragile_entity(text)
}

fn html_span(text: &str) -> String {
    let escaped = escape_html_line(text);
    // `<code>` with elements inside is taken for a block.
    let tag = if escaped.contains('<') { "samp" } else { "code" };
    format!("<{tag}>{escaped}</{tag}>")
}

fn html_block(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| escape_html_line(line).replace('\t', "&#9;")).collect();
    let inner = lines.join("<br/>");
    format!("<pre><code>{}</code></pre>", spaces_as_entities(&inner))
}

/// Spaces of the text become entities, so that none is collapsed; the tags written by the escaper hold no space.
fn spaces_as_entities(html: &str) -> String {
    html.replace(' ', "&#32;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_uses_a_delimiter_longer_than_any_run_inside() {
        assert_eq!(code_span("plain"), "`plain`");
        assert_eq!(code_span("`x`"), "`` `x` ``");
        assert_eq!(code_span("a``b"), "``` a``b ```");
    }

    #[test]
    fn a_span_is_one_line_and_never_empty() {
        assert_eq!(code_span("a\nb"), "`a b`");
        assert_eq!(code_span("  "), "Not stated");
    }

    #[test]
    fn a_span_with_a_pipe_survives_a_table_cell() {
        assert_eq!(code_span("ps | grep x*"), "<code>ps &#124; grep x&#42;</code>");
        assert_eq!(code_span("x|http://a"), "<samp>x&#124;http<span>:</span>//a</samp>");
        assert_eq!(code_span("{#a}"), "<samp><span>&#123;</span>&#35;a&#125;</samp>");
        assert_eq!(code_span("&x<"), "<samp>&amp;x<span>&lt;</span></samp>");
    }

    #[test]
    fn a_block_is_fenced_longer_than_its_content() {
        assert_eq!(code_block("a\n```\nb", "rust"), " ````rust {0}\n a\n ```\n b\n ````");
    }

    #[test]
    fn a_block_takes_no_foreign_info_string() {
        assert_eq!(code_block("x", "js title=`a`"), " ```text {0}\n x\n ```");
    }

    #[test]
    fn a_block_that_a_site_would_rewrite_is_html() {
        assert_eq!(
            code_block(":::note\n  x", "text"),
            "<pre><code><span>:</span><span>:</span>:note<br/>&#32;&#32;x</code></pre>"
        );
    }

    proptest::proptest! {
        #[test]
        fn no_text_closes_its_fence_or_its_span(source in "(\\PC|[`:&<\n ]){0,60}") {
            let block = code_block(&source, "text");
            let fence = block.lines().next().and_then(|line| line.trim().strip_suffix("text {0}")).unwrap_or("<pre>");
            let closing = block.lines().skip(1).filter(|line| line.trim().starts_with(fence)).count();
            proptest::prop_assert_eq!(closing, usize::from(fence != "<pre>"));
            let span = code_span(&source);
            proptest::prop_assert!(!span.is_empty() && !span.contains('\n'));
        }
    }

    #[test]
    fn numbers_are_right_aligned() {
        assert_eq!(numbered([(9, "a"), (10, "b\u{2028}c")].into_iter()), " 9  a\n10  b\n    c\n");
    }
}
