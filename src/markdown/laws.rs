//! Laws that hold for every text: parsing ends, spans are places in the source, and flat text maps back to it.

use proptest::prelude::*;

use crate::source::{Garbling, MojibakeTable};
use crate::span::{SourceId, Span, lines};

use super::{Block, BlockKind, Document, FlatText, parse};

/// Pieces of markup that are put together at random.
const FRAGMENTS: &[&str] = &[
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    " ",
    "  \n",
    "\t",
    "    ",
    "word ",
    "Word. ",
    "é",
    "🙂",
    "Ã©",
    "停止。",
    "# ",
    "## t\n",
    "===\n",
    "\n\nTitle\n~~~~~\n",
    "---\n",
    "+++\n",
    "- ",
    "* ",
    "1. ",
    "2) ",
    "- [x] ",
    "> ",
    "> [!NOTE]\n",
    "```",
    "```rust\n",
    "~~~~\n",
    "`",
    "``",
    "**",
    "*",
    "_",
    "~~",
    "[",
    "]",
    "](x)",
    "![",
    "[a]: b\n",
    "[^1]",
    "[^1]: ",
    "<",
    ">",
    "<b>",
    "</b>",
    "<br>",
    "<!--",
    "-->",
    "<pre>",
    "</pre>",
    "<details>",
    "<summary>",
    "</summary>",
    "<T>",
    "&lt;",
    "&",
    "&#0;",
    "|",
    "|a|b|\n|-|-|\n",
    "\\|",
    "\\",
    "{code}",
    "{code:java}",
    "{noformat}",
    "h2. ",
    "bq. ",
    "h3. t\n",
    "{quote}",
    "{panel:title=t}",
    "{panel}",
    "{color:red}",
    "{color}",
    "{{",
    "}}",
    "{*}",
    "# a\n# b\n",
    "## b\n",
    "||a||b||\n",
    "[a|http://b.c]",
    "!a.png!",
    "-a-",
    "_a_",
    "\\\\ ",
    "key: value\n",
    "(",
    ")",
    "e.g. ",
    ": ",
    "\0",
    "\u{feff}",
    "<a href='x'>",
    "http://a.b ",
    "<http://a>",
];

fn mixtures() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(FRAGMENTS), 0..40).prop_map(|parts| parts.concat())
}

/// Every flat text of the document.
fn flat_texts(document: &Document) -> Vec<&FlatText> {
    let mut found: Vec<&FlatText> = document.sections.iter().map(|section| &section.title).collect();
    for block in &document.blocks {
        match &block.kind {
            BlockKind::Heading { text, .. } | BlockKind::Paragraph(text) | BlockKind::Item { text, .. } => {
                found.push(text);
            }
            BlockKind::Table { header, rows } => {
                found.extend(header.iter().chain(rows.iter().flatten()).map(|cell| &cell.text));
            }
            _ => {}
        }
    }
    found
}

fn spans(document: &Document) -> Vec<Span> {
    let mut found: Vec<Span> = document.blocks.iter().map(|block| block.span).collect();
    found.extend(document.sections.iter().filter_map(|section| section.heading));
    found.extend(document.front_matter.as_ref().map(|front| front.span));
    for block in &document.blocks {
        match &block.kind {
            BlockKind::Code { lines, .. } => found.extend(lines),
            BlockKind::Table { header, rows } => {
                found.extend(header.iter().chain(rows.iter().flatten()).map(|cell| cell.span));
            }
            _ => {}
        }
    }
    found
}

fn check_flat(text: &str, flat: &FlatText) -> Result<(), TestCaseError> {
    let mut at = 0;
    for piece in &flat.pieces {
        prop_assert_eq!(piece.at, at, "pieces leave no gap");
        at += piece.len;
        let source = text.get(piece.source.clone());
        prop_assert!(source.is_some(), "{:?} is a place in the source", piece.source);
        if piece.verbatim {
            prop_assert_eq!(source, flat.text.get(piece.at..at), "verbatim pieces equal the source");
        }
    }
    prop_assert_eq!(at, flat.text.len(), "pieces cover the text");
    for range in
        flat.strong.iter().chain(&flat.code).chain(&flat.struck).chain(flat.links.iter().map(|link| &link.text))
    {
        prop_assert!(flat.text.get(range.clone()).is_some(), "{:?} is a part of the text", range);
    }
    prop_assert!(flat.hard_breaks.iter().all(|at| flat.text[*at..].starts_with('\n')));
    prop_assert!(flat.pieces.is_sorted_by_key(|piece| piece.source.start), "pieces stand in source order");
    check_sentences(text, flat)
}

fn check_sentences(text: &str, flat: &FlatText) -> Result<(), TestCaseError> {
    let mut end = 0;
    for range in flat.sentences() {
        let between = flat.text.get(end..range.start);
        prop_assert!(between.is_some_and(|between| between.trim().is_empty()), "sentences leave only white space out");
        prop_assert!(!range.is_empty() && range.len() <= 600);
        end = range.end;
        let part = flat.slice(range.clone());
        prop_assert_eq!(&part.text, &flat.text[range.clone()]);
        prop_assert_eq!(part.span(0..part.text.len()), flat.span(range));
        prop_assert!(text.get(part.span(0..part.text.len()).range()).is_some());
    }
    prop_assert!(flat.text[end..].trim().is_empty());
    Ok(())
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let garbling = Garbling { table: MojibakeTable::Windows1252, count: 1 };
    for garbling in [None, Some(garbling)] {
        let document = parse(SourceId(0), text, garbling);
        for span in spans(&document) {
            prop_assert!(text.get(span.range()).is_some(), "{span:?} is a place in the source");
        }
        for flat in flat_texts(&document) {
            check_flat(text, flat)?;
        }
        prop_assert!(document.blocks.is_sorted_by_key(|block| block.span.start), "blocks stand in source order");
        prop_assert!(document.blocks.iter().all(|block| block.section < document.sections.len()));
        let earlier = |(index, parent): (usize, Option<usize>)| parent.is_none_or(|parent| parent < index);
        prop_assert!(document.sections.iter().map(|section| section.parent).enumerate().all(earlier));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_parses_to_places_in_itself(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn any_mixture_of_markup_parses_to_places_in_itself(text in mixtures()) {
        check(&text)?;
    }

    #[test]
    fn each_line_of_a_fence_is_one_span(content in "([ -_a-zé]|[ \t]){0,12}((\n|\r\n|\r)([ -_a-zé]|\t){0,8}){0,6}") {
        let text = format!("before\n\n```\n{content}\n```\n");
        let document = parse(SourceId(0), &text, None);
        let code = document.blocks.iter().find_map(|block: &Block| match &block.kind {
            BlockKind::Code { lines, .. } => Some(lines),
            _ => None,
        });
        let found: Vec<&str> = code.into_iter().flatten().map(|line| &text[line.range()]).collect();
        let inner = format!("{content}\n");
        let wanted: Vec<&str> = lines(&inner).map(|line| line.text).collect();
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn each_line_of_a_wiki_block_is_one_span(content in "([ -_a-zé]|[ \t]){0,12}((\n|\r\n|\r)([ -_a-zé]|\t){0,8}){0,6}") {
        let text = format!("# a\n\nh2. T\n# b\n{{noformat}}\n{content}\n{{noformat}}\n# c\n");
        let document = parse(SourceId(0), &text, None);
        let code = document.blocks.iter().find_map(|block: &Block| match &block.kind {
            BlockKind::Code { lines, .. } => Some(lines),
            _ => None,
        });
        let found: Vec<&str> = code.into_iter().flatten().map(|line| &text[line.range()]).collect();
        let inner = format!("{content}\n");
        let wanted: Vec<&str> = lines(&inner).map(|line| line.text).collect();
        prop_assert_eq!(found, wanted);
    }
}
