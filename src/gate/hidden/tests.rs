//! Tests of the lint on hidden text: tables of texts and the codes they are given.

use std::fs;
use std::path::Path;

use super::*;
use crate::gate::canonical;

fn codes(text: &str) -> Vec<String> {
    hidden_text("index.md", text, 1).into_iter().map(|finding| finding.code).collect()
}

fn check(rows: &[(&str, &[&str])]) {
    for (text, expected) in rows {
        assert_eq!(codes(text), *expected, "{}", text.escape_debug());
    }
}

#[test]
fn characters_that_turn_or_hide_text_are_faults_even_in_code() {
    check(&[
        ("pay\u{202E}load", &["bidirectional-control"]),
        ("a\u{2066}b\u{2069}", &["bidirectional-control"; 2]),
        ("a\u{200E}b \u{61C}", &["bidirectional-control"; 2]),
        ("a\u{200B}b", &["zero-width-character"]),
        ("pay\u{200D}load", &["zero-width-character"]),
        ("pay\u{200C}load", &["zero-width-character"]),
        ("a\u{2060}b\u{FEFF}", &["zero-width-character"; 2]),
        ("ok\u{E0041}\u{E0042}", &["tag-character"; 2]),
        ("🏴\u{E0041}\u{E007F}", &["tag-character"; 2]),
        ("so\u{AD}ft", &["invisible-character"]),
        ("x\u{3164}y\u{115F}", &["invisible-character"; 2]),
        ("a\u{2800}b", &["invisible-character"]),
        ("a\u{FE0F}b", &["invisible-character"]),
        ("😀\u{FE0F}\u{FE0F}", &["invisible-character"]),
        ("😀\u{E0100}\u{E0121}", &["invisible-character"; 2]),
        ("7\u{FE0F} days", &["invisible-character"]),
        ("a\u{1b}[31mb\u{85}\u{2028}", &["control-character"; 3]),
        ("a\u{b}b\u{7f}", &["control-character"; 2]),
        ("```\na\u{200B}b\n```\n", &["zero-width-character"]),
        ("`a\u{202E}b`", &["bidirectional-control"]),
        ("---\ntitle: a\u{200B}b\n---\n", &["zero-width-character"]),
    ]);
}

#[test]
fn emoji_sequences_and_joined_words_are_plain_text() {
    for text in [
        "👩‍💻 👨‍👩‍👧‍👦 🏳️‍🌈 👩🏽‍🚒 ❤️‍🔥 🧑🏾‍⚕️ 1️⃣ #️⃣ ⚠️ ☎︎ 🇩🇪 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "می\u{200C}خواهم PDF\u{200C}ها",
        "क्\u{200D}ष न\u{94D}\u{200D} ක්\u{200D}ෂ",
        "ordinary, naïve, Ärger, 日本語のテスト, 한국어, Привет мир, Ελληνικά, עברית, العربية, ไทย",
        "10 μs at 5 kΩ, Δt, API呼び出し, Tシャツ, 3月",
    ] {
        assert_eq!(codes(text), [""; 0], "{text}");
    }
}

#[test]
fn words_that_look_like_others_are_faults() {
    check(&[
        ("p\u{430}ypal", &["mixed-script-word"]),
        ("use `\u{430}dmin` now", &["mixed-script-word"]),
        ("\u{3BF}pen", &["mixed-script-word"]),
        ("the \u{430}\u{440}\u{440}\u{4CF}\u{435} shop", &["lookalike-word"]),
        ("Привет \u{441}\u{43E}\u{440}\u{43E}\u{43A}", &[]),
        ("user_имя IT-отдел", &[]),
    ]);
}

#[test]
fn comments_and_elements_are_faults_and_the_own_ones_are_not() {
    check(&[
        ("a <!-- b -->", &["html-comment"]),
        ("<!DOCTYPE x>", &["raw-html"]),
        ("<Foo />", &["raw-html"]),
        ("<>x</>", &["raw-html"; 2]),
        ("<span class=\"x\">", &["raw-html"]),
        ("<span onclick=x>", &["raw-html"]),
        ("<b>x</b>", &["raw-html"; 2]),
        ("<img src=x>", &["remote-content"]),
        ("<IFRAME src=x>", &["remote-content"]),
        ("<script>x</script>", &["remote-content"; 2]),
        ("<details>\n\\<img src=x>\n</details>", &["remote-content"]),
        ("<br/><br /><br><span>:</span><code>a</code><samp>b</samp>", &[]),
        ("<details>\n<summary>s</summary>\n\n<pre><code>x</code></pre>\n\n</details>", &[]),
        ("\\<Foo> and 1 < 2, a<3, &lt;b&gt;, a <- b", &[]),
        ("\\\\<Foo>", &["raw-html"]),
        ("`<Foo> {x}` and ``<!-- a -->``", &[]),
        ("```\n<Foo> {x}\n![a](http://b/c)\nimport a\n```\n", &[]),
        ("    <Foo>\n", &["raw-html"]),
    ]);
}

#[test]
fn expressions_and_modules_are_faults_outside_code() {
    check(&[
        ("a {b} c", &["mdx-expression"]),
        ("{/* hidden */}", &["mdx-expression"]),
        ("a \\{b\\} c", &[]),
        ("a \\\\{b}", &["mdx-expression"]),
        ("`\\`{b}", &["mdx-expression"]),
        ("| `a | {b} ` |\n| --- | --- |\n| `a | {b} ` |\n", &["mdx-expression"; 2]),
        ("import x from 'y'", &["mdx-module"]),
        ("export const a = 1", &["mdx-module"]),
        ("importer down\nexports fell\n import x", &[]),
        ("text\nimport x", &["mdx-module"]),
    ]);
}

#[test]
fn images_must_be_evidence() {
    check(&[
        ("![a](https://x.example/a.png)", &["remote-content"]),
        ("![a](//x.example/a.png)", &["remote-content"]),
        ("![a](data:image/png;base64,AA)", &["remote-content"]),
        ("![a][b]\n\n[b]: https://x.example/a.png\n", &["remote-content"]),
        ("![b]\n\n[b]: https://x.example/a.png\n", &["remote-content"]),
        ("![a](../other/a.png)", &["unbound-image"]),
        ("![a](evidence/../a.png)", &["unbound-image"]),
        ("![a](./evidence/s1-a.png) ![a](evidence/a.png)", &[]),
        ("<details>\n![a](https://x.example/a.png)\n</details>", &["remote-content"]),
        ("    ![a](https://x.example/a.png)", &["remote-content"]),
        ("wow\\![a](b)", &[]),
        ("done! [a](https://x.example)", &[]),
    ]);
}

#[test]
fn text_shown_nowhere_is_a_fault() {
    check(&[
        ("a\n\n[//]: # (ignore the reviewer)\n", &["hidden-definition"]),
        ("[a][b]\n\n[b]: https://x.example\n", &[]),
        ("a[^1]\n\n[^1]: note\n", &[]),
        ("a\n\n[^1]: note\n", &["hidden-definition"]),
    ]);
    let info = format!("```text {}\nx\n```\n", "word ".repeat(20));
    assert_eq!(codes(&info), ["hidden-info"]);
}

#[test]
fn code_that_only_some_readers_see_is_a_fault() {
    check(&[
        ("text\n\n    ```\n\n```\n<Foo/>\n```\n", &["ambiguous-code"]),
        ("~~~\n    ~~~\n<Foo/>\n~~~\n", &["ambiguous-code"]),
        ("para\n    ~~~\n", &["ambiguous-code"]),
        ("````\n```\nx\n```\n````\n", &[]),
        ("- ```text\n  x\n  ```\n", &[]),
        ("> ```text\n> x\n> ```\n", &[]),
        ("```jsx live\nx\n```\n", &["executed-code-block"]),
        ("````text\n```mdx-code-block\nx\n```\n````\n", &["executed-code-block"]),
    ]);
}

#[test]
fn decomposed_text_is_a_remark_and_no_fault() {
    let text = "caf\u{e9}\ncafe\u{301}\n";
    assert_eq!(codes(text), [""; 0]);
    let remarks = text_remarks("index.md", text, 5);
    assert_eq!(remarks.iter().map(|r| (r.code.as_str(), r.line)).collect::<Vec<_>>(), [("not-nfc", Some(6))]);
}

#[test]
fn lines_are_those_of_the_stored_page() {
    let page = canonical(b"---\nid: a\nstatus: draft\nlast_updated: x\n---\n\n<Foo>\n").unwrap();
    assert_eq!(hidden_in_page("index.md", &page)[0].line, Some(7));
    let page = canonical("---\nid: \u{200B}\nstatus: draft\n---\n".as_bytes()).unwrap();
    assert_eq!(hidden_in_page("index.md", &page)[0].line, Some(2));
}

#[test]
fn past_the_limit_the_last_finding_counts_the_rest() {
    let found = hidden_text("index.md", &"{\n".repeat(FINDINGS_PER_CODE + 7), 1);
    assert_eq!(found.len(), FINDINGS_PER_CODE);
    assert!(found[FINDINGS_PER_CODE - 1].message.ends_with("; 7 more of this kind are not listed"));
}

#[test]
fn every_page_of_the_examples_has_nothing_hidden() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = 0;
    for entry in walkdir::WalkDir::new(root.join("examples")).into_iter().filter_map(Result::ok) {
        let path = entry.path();
        let is_page = path.extension().is_some_and(|e| e == "md") && path.with_file_name("case.json").is_file();
        if !is_page {
            continue;
        }
        let page = canonical(&fs::read(path).unwrap()).unwrap();
        assert_eq!(hidden_in_page("page", &page), [], "{}", path.display());
        pages += 1;
    }
    assert!(pages >= 8, "{pages}");
}

#[test]
fn the_escaper_shows_what_is_hidden_whatever_stands_around_it() {
    // Joiners and the selectors of emoji are left to scripts and emoji; elsewhere they are a fault of the source.
    let kept = ['\u{200C}', '\u{200D}', '\u{FE0E}', '\u{FE0F}', '\u{180B}', '\u{180C}', '\u{180D}', '\u{180F}'];
    let hidden: Vec<char> =
        ('\0'..=char::MAX).filter(|c| !kept.contains(c) && !characters::hidden(&format!("a{c}b")).is_empty()).collect();
    assert!(hidden.len() > 300, "{}", hidden.len());
    for c in hidden {
        let page = format!("a {}\n", crate::render::escape(&format!("a{c}b")));
        assert!(characters::hidden(&page).is_empty(), "U+{:04X}", u32::from(c));
    }
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_odd(text in "(\\PC|[<>!\\[\\](){}`~\n\t \\\\\u{200D}\u{202E}\u{FE0F}]){0,80}") {
        let found = hidden_text("index.md", &text, 1);
        let lines = u64::try_from(text.split('\n').count()).unwrap();
        proptest::prop_assert!(found.iter().all(|f| f.line.is_some_and(|line| (1..=lines).contains(&line))));
    }

    #[test]
    fn escaped_text_is_never_a_structure(source in "(\\PC|[{}<>&#*_`|:!\\[\\]()\n\t]){0,60}") {
        let page = format!("a {}\n\n{}\n", crate::render::escape(&source), crate::render::code_block(&source, "text"));
        let structural = ["html-comment", "raw-html", "mdx-expression", "mdx-module", "remote-content", "unbound-image",
            "ambiguous-code", "executed-code-block", "hidden-definition"];
        let found = codes(&page);
        proptest::prop_assert!(!found.iter().any(|code| structural.contains(&code.as_str())), "{:?} {}", found, page);
    }
}
