//! Markdown: every block, section and flat text is a place in the source, and the flat text maps back to it.
#![no_main]

use casefile::markdown::{BlockKind, Document, FlatText, parse};
use casefile::source::{Garbling, MojibakeTable};
use casefile::span::SourceId;
use casefile_fuzz::{is_linear, is_place, text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(text) = text(data) else { return };
    let garbling = Garbling { table: MojibakeTable::Windows1252, count: 1 };
    for garbling in [None, Some(garbling)] {
        check(text, &parse(SourceId(0), text, garbling));
    }
    is_linear(text, |long| {
        parse(SourceId(0), long, None);
    });
});

fn check(text: &str, document: &Document) {
    let whole = 0..text.len();
    let mut before = 0;
    for block in &document.blocks {
        let place = block.span.range();
        is_place(text, &place, &whole);
        assert!(place.start >= before, "blocks stand in source order");
        before = place.start;
        assert!(block.section < document.sections.len());
        match &block.kind {
            BlockKind::Heading { text: flat, .. } | BlockKind::Paragraph(flat) | BlockKind::Item { text: flat, .. } => {
                check_flat(text, flat);
            }
            BlockKind::Code { lines, .. } => lines.iter().for_each(|line| is_place(text, &line.range(), &whole)),
            BlockKind::Table { header, rows } => {
                for cell in header.iter().chain(rows.iter().flatten()) {
                    is_place(text, &cell.span.range(), &whole);
                    check_flat(text, &cell.text);
                }
            }
            BlockKind::Html | BlockKind::Comment | BlockKind::Rule => {}
        }
    }
    for (index, section) in document.sections.iter().enumerate() {
        assert!(section.parent.is_none_or(|parent| parent < index), "a section stands below its parent");
        check_flat(text, &section.title);
    }
}

fn check_flat(text: &str, flat: &FlatText) {
    let mut at = 0;
    for piece in &flat.pieces {
        assert_eq!(piece.at, at, "pieces leave no gap");
        at += piece.len;
        is_place(text, &piece.source, &(0..text.len()));
        if piece.verbatim {
            assert_eq!(text.get(piece.source.clone()), flat.text.get(piece.at..at), "verbatim pieces equal the source");
        }
    }
    assert_eq!(at, flat.text.len(), "pieces cover the text");
    let marks = flat.strong.iter().chain(&flat.code).chain(&flat.struck);
    for range in marks.chain(flat.links.iter().map(|link| &link.text)) {
        is_place(&flat.text, range, &(0..flat.text.len()));
    }
    let mut end = 0;
    for range in flat.sentences() {
        assert!(flat.text[end..range.start].trim().is_empty(), "sentences leave only white space out");
        is_place(text, &flat.span(range.clone()).range(), &(0..text.len()));
        end = range.end;
    }
    assert!(flat.text[end..].trim().is_empty(), "sentences leave only white space out");
}
