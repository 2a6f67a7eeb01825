//! Counts the signs of wiki markup and of Markdown in a part of a text.
//!
//! A kind of sign counts once, however often it stands there: two for one that the other markup does not have, one for one
//! that may stand in both.

use std::sync::LazyLock;

use crate::pattern::Pattern;

use super::wiki::Stretch;

/// The signs of one part.
#[derive(Default)]
pub(super) struct Signs {
    wiki: Weights,
    markdown: Weights,
    heading: bool,
    /// Lines in a row that begin with `# `, and the most of them.
    run: usize,
    longest: usize,
    /// Whether a line of the run stands below a line of text.
    above: bool,
}

/// The kinds seen, each with what it counts.
#[derive(Default)]
struct Weights(Vec<(&'static str, u32)>);

impl Weights {
    fn add(&mut self, kind: &'static str, weight: u32) {
        if !self.0.iter().any(|(known, _)| *known == kind) {
            self.0.push((kind, weight));
        }
    }

    fn sum(&self) -> u32 {
        self.0.iter().map(|(_, weight)| weight).sum()
    }
}

/// Signs in lines of text: what it is called, what it counts, whether it is of the wiki, how it looks.
struct Sign {
    kind: &'static str,
    weight: u32,
    wiki: bool,
    pattern: Pattern,
}

static SIGNS: LazyLock<Vec<Sign>> = LazyLock::new(|| {
    let table = [
        ("link", 2, true, r"\[[^\[\]|\r\n]+\|(?:https?://|mailto:|ftp://|[\w.-]+/)[^\[\]\r\n]*\]"),
        ("table", 2, true, r"^\s*\|\|[^|\r\n]+(?:\|\|?[^|\r\n]+)*\|\|?\s*$"),
        ("picture", 1, true, r"(?:^|\s)![^!|\s][^!|\r\n]*\.(?:png|jpe?g|gif|bmp|svg)(?:\|[^!\r\n]*)?!"),
        ("mono", 1, true, r"(?:^|[^$\w{])\{\{(?:\{\})?[^\s{}](?:[^{}\r\n]*[^\s{}])?(?:\{\})?\}\}"),
        ("marks", 1, true, r"\{[*_]\}[^{}\r\n]+\{[*_]\}"),
        ("link", 2, false, r"\[[^\[\]\r\n]*\]\([^()\s]+\)"),
        ("bold", 2, false, r"(?:^|[^*\w])\*\*[^\s*](?:[^*\r\n]*[^\s*])?\*\*"),
        ("table", 2, false, r"^\s*\|?\s*:?-{3,}:?\s*\|[\s:|-]*$"),
        ("task", 2, false, r"^\s*[-*+] \[[ xX]\] "),
        ("tag", 1, false, r"(?i)<(?:details|summary|br|img|kbd)\b"),
    ];
    let sign = |(kind, weight, wiki, words): (_, _, _, &'static str)| Sign {
        kind,
        weight,
        wiki,
        pattern: Pattern::new(words),
    };
    table.into_iter().map(sign).collect()
});

static CODE_SPAN: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"`[^`\r\n]+`"));
static COLOUR: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"\{color:[#\w]+\}"));
static PANEL: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"(?m)^\s*\{panel(?::[^}\r\n]*)?\}"));
static QUOTE: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"(?m)^\s*\{quote\}"));

impl Signs {
    /// Whether the part is wiki markup by its own signs.
    pub fn is_wiki(&self) -> bool {
        let run = match self.longest {
            0 | 1 => 0,
            2 => 1,
            _ => 2,
        };
        let wiki = self.wiki.sum() + run;
        wiki >= 2 && wiki > self.markdown.sum()
    }

    /// Whether the part may be wiki markup where another part of the text is: it has a sign, and none of Markdown.
    pub fn may_be_wiki(&self) -> bool {
        self.markdown.sum() == 0 && (self.wiki.sum() > 0 || self.longest > 1)
    }

    /// Whether a heading of the wiki stands in the part.
    pub fn has_heading(&self) -> bool {
        self.heading
    }

    /// Takes a line of text.
    pub fn line(&mut self, line: &str) {
        if line.trim_start().starts_with("# ") {
            self.run += usize::from(self.above || self.run > 0);
            self.longest = self.longest.max(self.run);
            // Two headings in a row are not unheard of, a heading right below a line of text is.
            self.above = true;
        } else {
            self.above = !line.trim().is_empty();
            self.run = 0;
        }
        let bare = CODE_SPAN.replace_all(line, "");
        if bare.len() < line.len() {
            self.markdown.add("code", 2);
        }
        for sign in SIGNS.iter().filter(|sign| sign.pattern.is_match(&bare)) {
            let weights = if sign.wiki { &mut self.wiki } else { &mut self.markdown };
            weights.add(sign.kind, sign.weight);
        }
    }

    /// Takes a line of a fence, or a Markdown heading.
    pub fn markdown(&mut self, line: &str) {
        self.run = 0;
        self.above = false;
        if !line.starts_with('#') {
            self.markdown.add("fence", 2);
        }
    }

    /// Takes what is wiki markup wherever it stands.
    pub fn stretch(&mut self, stretch: &Stretch) {
        self.run = 0;
        self.above = false;
        match stretch {
            Stretch::Heading { .. } => {
                self.heading = true;
                // A fence beside it is what people write who know Markdown better.
                self.wiki.add("heading", 3);
            }
            Stretch::Code { .. } => self.wiki.add("code", 2),
            Stretch::Quote { .. } => self.wiki.add("quote", 2),
            Stretch::Markdown(_) | Stretch::Wiki(_) | Stretch::Plain(_) | Stretch::Underlined { .. } => {}
        }
    }

    /// Takes the whole part, for marks that count only where one opens and one closes.
    pub fn pairs(&mut self, text: &str) {
        if text.contains("{color}") && COLOUR.is_match(text) {
            self.wiki.add("colour", 2);
        }
        if text.matches("{panel}").count() > 0 && PANEL.find_iter(text).count() > 1 {
            self.wiki.add("panel", 2);
        }
        if text.matches("{quote}").count() > 1 && QUOTE.is_match(text) {
            self.wiki.add("quote", 2);
        }
    }
}
