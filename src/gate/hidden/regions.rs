//! Which bytes of a page are code, raw HTML, images and definitions, as every reader of the page sees them.
//!
//! Sites differ: some read tables, some do not. Only what is code to all of them counts as code.

use std::collections::BTreeSet;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag};

/// What the bytes of a Markdown text are.
pub(super) struct Regions {
    /// Fenced code and code spans, by byte.
    code: Vec<bool>,
    /// HTML that is passed on as it stands, by byte.
    html: Vec<bool>,
    /// Fenced blocks with their info string.
    pub fences: Vec<(Range<usize>, String)>,
    /// Images with their destination, at the offset of their `!`.
    pub images: Vec<(usize, String)>,
    /// Definitions of links and footnotes that nothing refers to.
    pub unused: BTreeSet<usize>,
}

impl Regions {
    /// Whether the byte at `at` is code.
    pub fn is_code(&self, at: usize) -> bool {
        self.code.get(at).copied().unwrap_or(false)
    }

    /// Whether the byte at `at` is passed on as HTML.
    pub fn is_html(&self, at: usize) -> bool {
        self.html.get(at).copied().unwrap_or(false)
    }
}

/// Parses `text` in each way that sites do.
pub(super) fn regions(text: &str) -> Regions {
    let mut all = one_way(text, Options::empty());
    let extended = one_way(text, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES);
    for (own, other) in all.code.iter_mut().zip(&extended.code) {
        *own &= other;
    }
    for (own, other) in all.html.iter_mut().zip(&extended.html) {
        *own |= other;
    }
    all.images.extend(extended.images);
    all.images.sort();
    all.images.dedup();
    // A footnote is a definition of a link to those who do not know footnotes.
    all.unused = extended.unused;
    all
}

fn one_way(text: &str, options: Options) -> Regions {
    let mut found = Regions {
        code: vec![false; text.len()],
        html: vec![false; text.len()],
        fences: Vec::new(),
        images: Vec::new(),
        unused: BTreeSet::new(),
    };
    let mark = |bytes: &mut Vec<bool>, range: Range<usize>| {
        if let Some(part) = bytes.get_mut(range) {
            part.fill(true);
        }
    };
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut notes: Vec<(String, usize)> = Vec::new();
    let mut events = Parser::new_ext(text, options).into_offset_iter();
    let definitions: Vec<(String, usize)> =
        events.reference_definitions().iter().map(|(name, definition)| (folded(name), definition.span.start)).collect();
    for (event, range) in events.by_ref() {
        match event {
            Event::Code(_) => mark(&mut found.code, range),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                mark(&mut found.code, range.clone());
                found.fences.push((range, info.to_string()));
            }
            Event::Html(_) | Event::InlineHtml(_) => mark(&mut found.html, range),
            Event::Start(Tag::Link { link_type, id, .. }) if by_reference(link_type) => {
                used.insert(folded(&id));
            }
            Event::Start(Tag::Image { link_type, dest_url, id, .. }) => {
                if by_reference(link_type) {
                    used.insert(folded(&id));
                }
                found.images.push((range.start, dest_url.to_string()));
            }
            Event::FootnoteReference(name) => {
                used.insert(format!("^{}", folded(&name)));
            }
            Event::Start(Tag::FootnoteDefinition(name)) => notes.push((format!("^{}", folded(&name)), range.start)),
            _ => {}
        }
    }
    let all = definitions.into_iter().chain(notes);
    found.unused = all.filter(|(name, _)| !used.contains(name)).map(|(_, at)| at).collect();
    found
}

fn by_reference(link: LinkType) -> bool {
    matches!(link, LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut)
}

fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
