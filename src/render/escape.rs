//! The escaper: turns any text of a source into Markdown that shows exactly that text, wherever on a line it is put.
//!
//! The template engine tells it no context, so the result is valid in all of them at once: at the start of a line, in a
//! list item, a quote, a heading, a table cell; in MDX as in CommonMark. It makes neither blocks nor code spans (`code.rs`).

use super::inline::{Inline, Links, Style, continues_entity};
use super::visible::visible;

/// Escapes `source` for running text.
///
/// Line ends become `<br/>`, so the result is one line; plain web addresses become links. What a Markdown dialect, MDX or
/// a template language would take for markup is written as an entity, a backslash escape or in a `<span>` of its own.
///
/// ```
/// # use casefile::render::escape;
/// assert_eq!(escape("Map<String> {a|b}"), "Map&lt;String&gt; \\{a&#124;b\\}");
/// ```
pub fn escape(source: &str) -> String {
    let shown = visible(source).replace('\t', " ");
    let mut out = String::with_capacity(shown.len() + shown.len() / 8);
    let mut empty_lines = 0;
    for line in shown.lines().map(|line| line.trim_matches(' ')) {
        if line.is_empty() {
            empty_lines += usize::from(!out.is_empty());
            continue;
        }
        let mut rest = line;
        if out.is_empty() {
            rest = line_start(&mut out, line);
        } else {
            // More than one empty line between paragraphs says nothing.
            out.push_str(if empty_lines > 0 { "<br/><br/>" } else { "<br/>" });
        }
        empty_lines = 0;
        Inline { style: Style::Markdown, links: Links::Made, line, at: line.len() - rest.len(), entity: false }
            .write(&mut out);
    }
    out
}

/// Escapes one line for the inside of an HTML element, where backslash escapes do not count; makes no links.
pub(super) fn escape_html_line(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + line.len() / 4);
    Inline { style: Style::Html, links: Links::Broken, line, at: 0, entity: false }.write(&mut out);
    out
}

/// Whether `text` holds `&`, letters or digits, `<`: an HTML minifier in use writes the escaped form back as a raw `<`.
pub(super) fn has_fragile_entity(text: &str) -> bool {
    let mut after_ampersand = false;
    text.chars().any(|c| {
        let fragile = c == '<' && after_ampersand;
        after_ampersand = c == '&' || (after_ampersand && continues_entity(c));
        fragile
    })
}

/// Disarms what has a meaning only at the start of a line; returns what is left of the line.
fn line_start<'a>(out: &mut String, line: &'a str) -> &'a str {
    for (word, written) in [("import", "&#x69;mport"), ("export", "&#x65;xport")] {
        if let Some(rest) = line.strip_prefix(word)
            && rest.chars().next().is_none_or(|c| !c.is_alphanumeric())
        {
            out.push_str(written);
            return rest;
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &line[digits..];
    let Some(mark) = rest.chars().next() else {
        return line;
    };
    let written = match mark {
        '.' | ')' if digits > 0 && rest[1..].chars().next().is_none_or(|c| c == ' ') => format!("\\{mark}"),
        '+' | '-' | '#' if digits == 0 => format!("\\{mark}"),
        '=' if digits == 0 => "&#61;".to_string(),
        ':' if digits == 0 => "<span>:</span>".to_string(),
        _ => return line,
    };
    out.push_str(&line[..digits]);
    out.push_str(&written);
    &rest[1..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(&str, &str)]) {
        for (source, expected) in pairs {
            assert_eq!(escape(source), *expected, "{source}");
        }
    }

    #[test]
    fn ordinary_prose_stays_readable() {
        for text in [
            "Login fails at 09:30:01.250, see auth/token.ts:45 (50% of users).",
            "it's \"odd\" - really",
            "snake_case_name + x-y",
        ] {
            assert_eq!(escape(text), text);
        }
    }

    #[test]
    fn braces_angle_brackets_and_ampersands_cannot_open_anything() {
        check(&[
            ("{user.name}", "\\{user.name\\}"),
            ("{{ x }}", "\\{<span>\\{</span> x \\}\\}"),
            ("{% if %}", "<span>\\{</span>% if %\\}"),
            ("<Foo />", "&lt;Foo /&gt;"),
            ("&lt; & &copy;", "&amp;lt; &amp; &amp;copy;"),
            ("&x<img>", "&amp;x<span>&lt;</span>img&gt;"),
        ]);
    }

    #[test]
    fn marks_at_the_start_are_disarmed() {
        check(&[
            ("# a #", "\\# a \\#"),
            ("- a", "\\- a"),
            ("+ a", "\\+ a"),
            ("1. a", "1\\. a"),
            ("12) a", "12\\) a"),
            ("1.5 s", "1.5 s"),
            ("2024", "2024"),
            ("---", "\\---"),
            ("===", "&#61;=="),
            ("import x", "&#x69;mport x"),
            ("export {a}", "&#x65;xport \\{a\\}"),
            ("importer down", "importer down"),
            ("    code", "code"),
        ]);
    }

    #[test]
    fn colons_make_neither_emoji_nor_directives() {
        check(&[
            (":rocket: go", "<span>:</span>rocket: go"),
            ("a:x:b", "a<span>:</span>x:b"),
            ("10:100:3", "10<span>:</span>100:3"),
            ("10:30:01", "10:30:01"),
            (":::note", "<span>:</span><span>:</span>:note"),
            ("see :name[x]", "see <span>:</span>name\\[x\\]"),
            ("std::vec", "std<span>:</span>:vec"),
        ]);
    }

    #[test]
    fn web_addresses_are_links_and_nothing_else_links_itself() {
        check(&[
            ("see https://a.example/x.", "see [https<span>:</span>//a.example/x](https://a.example/x)."),
            ("(www.a.example)", "(www<span>.</span>a.example)"),
            ("http://bob:pw@a.example", "http<span>:</span>//bob:pw<span>@</span>a.example"),
            ("ftp://a.example", "ftp<span>:</span>//a.example"),
            ("to ops@a.example", "to ops<span>@</span>a.example"),
            ("@scope/pkg", "@scope/pkg"),
            ("x!https://a.example", "x\\![https<span>:</span>//a.example](https://a.example)"),
        ]);
    }

    #[test]
    fn emphasis_code_tables_and_mathematics_are_text() {
        check(&[
            ("*a* _b_ `c`", "\\*a\\* \\_b\\_ \\`c\\`"),
            ("a|b ~c~ x^2", "a&#124;b &#126;c&#126; x&#94;2"),
            ("$$", "<span>$</span>&#36;"),
            ("$5 and $6", "<span>$</span>5 and <span>$</span>6"),
            ("[a]: u", "\\[a\\]: u"),
            ("done!", "done\\!"),
            ("C:\\dir", "C:\\\\dir"),
        ]);
    }

    #[test]
    fn line_ends_become_breaks_and_the_result_is_one_line() {
        assert_eq!(escape("\n a \r\n# b\n\n\n\nc\n"), "a<br/>\\# b<br/><br/>c");
    }

    #[test]
    fn hidden_characters_are_shown() {
        assert_eq!(escape("a\u{202e}b\u{1b}[31mc\0"), "a\\[U+202E\\]bc␀");
    }

    #[test]
    fn inside_html_no_backslash_is_used() {
        assert_eq!(escape_html_line("a|b [c] {d}"), "a&#124;b &#91;c&#93; &#123;d&#125;");
    }

    proptest::proptest! {
        #[test]
        fn no_text_opens_anything_or_leaves_its_line(source in "(\\PC|[{}<>&#*_`|:\n\t\u{0}\u{1b}]){0,60}") {
            let mut rest = escape(&source);
            proptest::prop_assert!(!rest.contains('\n'));
            for ours in ["<br/>", "<span>", "</span>", "\\{", "\\}"] {
                rest = rest.replace(ours, "");
            }
            proptest::prop_assert!(!rest.contains(['{', '}', '<', '>', '|', '~', '^']), "{}", rest);
        }
    }

    #[test]
    fn long_hostile_lines_take_linear_time() {
        for unit in [":a", "http://", "https://h", "&x", "{{", "www.", "a@", "!["] {
            let out = escape(&unit.repeat(100_000));
            assert!(out.len() < 5_000_000, "{unit}");
        }
    }
}
