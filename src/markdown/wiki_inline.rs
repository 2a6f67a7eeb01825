//! Reads what stands within a line of wiki markup: `{{code}}`, `*bold*`, `[text|url]`, `!picture.png!`, `{color}`, escapes.
//!
//! What it does not know stays text. Marks pair up within a line only.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pattern::Pattern;

use super::inline::{FlatBuilder, Input, LineBreak};
use super::tags::Effect;

/// How far a mark may stand from the one that closes it, in bytes: emphasis is a phrase.
const REACH: usize = 600;

static COLOUR: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"^\{(?:color(?::[#\w]+)?|anchor:[^{}\r\n]*)\}"));
static LINK: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"^\[(?:([^\[\]|\r\n]+)\|)?([^\[\]|\s]+)(?:\|[^\[\]\r\n]*)?\]"));
static PICTURE: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"(?i)^!([^!|\s][^!|\r\n]*\.(?:png|jpe?g|gif|bmp|svg|webp))(?:\|[^!\r\n]*)?!"));

/// Adds the text at `range` of the source, which is one line or a part of one, to `builder`.
pub(super) fn inline<'a>(builder: &mut FlatBuilder<'a>, input: Input<'a>, range: Range<usize>) {
    Scan { text: input.get(&range), start: range.start, from: 0, closers: Vec::new() }.run(builder);
}

struct Scan<'a> {
    text: &'a str,
    /// Offset of `text` in the source.
    start: usize,
    /// Everything before is in the builder.
    from: usize,
    /// Where open marks close, innermost last, with the length of the mark and whether it is a style.
    closers: Vec<(usize, usize, bool)>,
}

impl Scan<'_> {
    fn run(mut self, builder: &mut FlatBuilder<'_>) {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            if let Some((close, len, style)) = self.closers.last().copied().filter(|(close, ..)| *close == at) {
                self.text_to(builder, close);
                if style {
                    builder.end_style();
                }
                self.closers.pop();
                at += len;
                self.from = at;
                continue;
            }
            at = match bytes[at] {
                b'{' => self.brace(builder, at),
                b'[' => self.link(builder, at),
                b'!' => self.picture(builder, at),
                b'`' => self.ticks(builder, at),
                b'\\' => self.backslash(builder, at),
                b'*' | b'_' | b'-' | b'+' => self.mark(builder, at),
                _ => at + 1,
            };
        }
        self.text_to(builder, self.text.len());
    }

    /// Adds what stands before `end` as it is.
    fn text_to(&mut self, builder: &mut FlatBuilder<'_>, end: usize) {
        if self.from < end {
            builder.verbatim(self.start + self.from..self.start + end);
        }
        self.from = self.from.max(end);
    }

    /// Where the text ends in which a mark at hand may close.
    fn limit(&self, at: usize) -> usize {
        let outer = self.closers.last().map_or(self.text.len(), |(close, ..)| *close);
        let mut end = outer.min(at.saturating_add(REACH));
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        end
    }

    fn brace(&mut self, builder: &mut FlatBuilder<'_>, at: usize) -> usize {
        let rest = &self.text[at..self.limit(at)];
        if let Some(inner) = mono(rest) {
            self.text_to(builder, at);
            let skip = inner.start;
            builder.code(self.start + at + skip..self.start + at + inner.end);
            let closing = rest[inner.end..].find("}}").map_or(rest.len(), |end| inner.end + end);
            let braces = rest[closing..].bytes().take_while(|b| *b == b'}').count();
            self.from = at + closing + braces;
            return self.from;
        }
        // `{*}bold{*}`: the form that editors write where a mark stands inside a word.
        if let Some(mark) = ["{*}", "{_}", "{-}", "{+}"].into_iter().find(|mark| rest.starts_with(mark)) {
            let close = rest[3..].find(mark).filter(|inner| *inner > 0).map(|inner| at + 3 + inner);
            if let Some(close) = close {
                self.open(builder, at, 3, close, mark.as_bytes()[1]);
                return at + 3;
            }
        }
        if let Some(found) = COLOUR.find(rest) {
            self.text_to(builder, at);
            self.from = at + found.end();
            return self.from;
        }
        at + 1
    }

    fn open(&mut self, builder: &mut FlatBuilder<'_>, at: usize, len: usize, close: usize, mark: u8) {
        self.text_to(builder, at);
        let effect = match mark {
            b'*' => Some(Effect::Strong),
            b'-' => Some(Effect::Struck),
            _ => None,
        };
        if let Some(effect) = effect {
            builder.begin_style(effect);
        }
        self.closers.push((close, len, effect.is_some()));
        self.from = at + len;
    }

    fn mark(&mut self, builder: &mut FlatBuilder<'_>, at: usize) -> usize {
        let mark = self.text.as_bytes()[at];
        let len = self.text.as_bytes()[at..].iter().take_while(|b| **b == mark).count();
        let before = self.text[..at].chars().next_back();
        let opens = before.is_none_or(|c| !c.is_alphanumeric() && c != char::from(mark) && !matches!(c, '/' | '\\'));
        // Two marks are what people write who know Markdown better.
        let single = len == 1 || (len == 2 && mark == b'*');
        let inner = at + len;
        let starts = self.text[inner..].starts_with(|c: char| !c.is_whitespace() && c != '}');
        if !(opens && single && starts) {
            return inner;
        }
        if matches!(mark, b'-' | b'+') && before.is_some_and(|c| !c.is_whitespace() && c != '(') {
            return inner;
        }
        match self.closing(inner, &self.text[at..inner]) {
            Some(close) => self.open(builder, at, len, close, mark),
            None => return inner,
        }
        inner
    }

    /// Where `mark` stands next behind a word and before the end of one.
    fn closing(&self, from: usize, mark: &str) -> Option<usize> {
        let end = self.limit(from);
        let text = self.text.get(from..end)?;
        let same = mark.chars().next()?;
        text.match_indices(mark)
            .map(|(at, _)| at)
            .find(|at| {
                let before = text[..*at].chars().next_back();
                let after = self.text[from + at + mark.len()..].chars().next();
                let strict = matches!(same, '-' | '+');
                let ended = after.is_none_or(|c| match strict {
                    true => c.is_whitespace() || matches!(c, '.' | ',' | ';' | ')'),
                    false => !c.is_alphanumeric() && c != same,
                });
                before.is_some_and(|c| !c.is_whitespace() && c != same) && ended
            })
            .map(|at| from + at)
    }

    fn link(&mut self, builder: &mut FlatBuilder<'_>, at: usize) -> usize {
        let rest = &self.text[at..self.limit(at)];
        let Some(found) = LINK.captures(rest) else { return at + 1 };
        let (Some(whole), Some(target)) = (found.get(0), found.get(2)) else { return at + 1 };
        let place = self.start + at;
        let shown = found.get(1).map_or(target.range(), |text| text.range());
        // `[main]` and `[ERROR]` are what logs write, `[a|b]` is a choice.
        let address = target.as_str();
        let named = found.get(1).is_some();
        let known = address.contains("://") || address.starts_with("mailto:");
        let local = named && (address.starts_with(['#', '^']) || address.contains('/'));
        let attached = !named && address.starts_with('^') && address.len() > 1;
        let person = !named && address.starts_with('~') && address.len() > 1;
        if !(known || local || attached || person) {
            return at + 1;
        }
        self.text_to(builder, at);
        let shown = if attached || person { shown.start + 1..shown.end } else { shown };
        if person {
            builder.verbatim(place + shown.start..place + shown.end);
        } else {
            let target = address.trim_start_matches('^');
            builder.link_over(place + shown.start..place + shown.end, target, place..place + whole.end(), false);
        }
        self.from = at + whole.end();
        self.from
    }

    fn picture(&mut self, builder: &mut FlatBuilder<'_>, at: usize) -> usize {
        let rest = &self.text[at..self.limit(at)];
        let Some(found) = PICTURE.captures(rest) else { return at + 1 };
        let (Some(whole), Some(name)) = (found.get(0), found.get(1)) else { return at + 1 };
        self.text_to(builder, at);
        let place = self.start + at;
        let shown = place + name.start()..place + name.end();
        builder.link_over(shown, name.as_str(), place..place + whole.end(), true);
        self.from = at + whole.end();
        self.from
    }

    /// Backticks mean nothing in wiki markup, but people write them for code.
    fn ticks(&mut self, builder: &mut FlatBuilder<'_>, at: usize) -> usize {
        let rest = &self.text[at + 1..self.limit(at).max(at + 1)];
        let Some(len) = rest.find('`').filter(|len| *len > 0 && !rest[..*len].trim().is_empty()) else { return at + 1 };
        self.text_to(builder, at);
        builder.code(self.start + at + 1..self.start + at + 1 + len);
        self.from = at + len + 2;
        self.from
    }

    fn backslash(&mut self, builder: &mut FlatBuilder<'_>, at: usize) -> usize {
        let rest = &self.text[at + 1..];
        if let Some(after) = rest.strip_prefix('\\') {
            if after.is_empty() || after.starts_with(char::is_whitespace) {
                self.text_to(builder, at);
                builder.line_break(LineBreak::Hard, self.start + at..self.start + at + 2);
                self.from = at + 2;
            }
            return at + 2;
        }
        let before = self.text[..at].chars().next_back();
        let named = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, ':' | '\\'));
        let escaped = match rest.bytes().next() {
            Some(b'{' | b'}' | b'[' | b']' | b'|' | b'!') => true,
            Some(b'*') => !named || !rest.starts_with("*."),
            // Not in a Windows path.
            Some(b'_' | b'-' | b'+' | b'#' | b'^' | b'~') => !named,
            _ => false,
        };
        if !escaped {
            return at + 1;
        }
        self.text_to(builder, at);
        self.from = at + 1;
        at + 2
    }
}

/// The content of `{{x}}` or `{{{}x{}}}` at the start of `text`, without the empty braces that editors put at its ends.
fn mono(text: &str) -> Option<Range<usize>> {
    let inner = text.strip_prefix("{{")?;
    let close = inner.find("}}")?;
    let braces = inner[close..].bytes().take_while(|b| *b == b'}').count();
    let end = close + braces - 2;
    let content = &inner[..end];
    let lead = if content.starts_with("{}") { 2 } else { 0 };
    let content = content.strip_suffix("{}").filter(|rest| rest.len() >= lead).unwrap_or(content);
    let inner = &content[lead..];
    // Emphasis of the whole of it.
    let marked = inner.len() > 2 && ["*", "_"].iter().any(|mark| inner.starts_with(mark) && inner.ends_with(mark));
    let (start, end) = if marked { (lead + 1, content.len() - 1) } else { (lead, content.len()) };
    (!content[start..end].trim().is_empty()).then(|| 2 + start..2 + end)
}

/// The cells of a table's row (`||a||b||`, `|a|b|`), without the bars between them.
pub(super) fn cells(input: Input<'_>, row: Range<usize>) -> Vec<Range<usize>> {
    let text = input.get(&row);
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut start = text.len() - text.trim_start_matches('|').len();
    let mut at = start;
    while at < bytes.len() {
        // The second byte of what is escaped, or of a long character.
        let Some(rest) = text.get(at..) else {
            at += 1;
            continue;
        };
        match bytes[at] {
            b'\\' => at += 2,
            // A bar in a link, a picture or code belongs to it.
            b'[' => at += LINK.find(rest).map_or(1, |link| link.end()),
            b'!' => at += PICTURE.find(rest).map_or(1, |picture| picture.end()),
            b'{' => at += mono(rest).map_or(1, |inner| inner.end),
            b'|' => {
                found.push(row.start + start..row.start + at);
                at += rest.bytes().take(2).take_while(|b| *b == b'|').count();
                start = at;
            }
            _ => at += 1,
        }
    }
    if start < text.len() {
        found.push(row.start + start..row.start + text.len());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{BlockKind, FlatText, parse};
    use super::*;
    use crate::span::SourceId;

    fn flat(line: &str) -> FlatText {
        let text = format!("h2. T\n{line}");
        let document = parse(SourceId(0), &text, None);
        let Some(BlockKind::Paragraph(flat)) = document.blocks.into_iter().nth(1).map(|block| block.kind) else {
            panic!("{line} is a paragraph")
        };
        flat
    }

    fn words<'a>(flat: &'a FlatText, ranges: &[Range<usize>]) -> Vec<&'a str> {
        ranges.iter().map(|range| &flat.text[range.clone()]).collect()
    }

    #[test]
    fn marks_go_and_their_ranges_stay() {
        let found = flat("*a b* {{c_d}} {*}e{*}f -g- _h_ {color:red}i{color} {{{}j.k{}}} **l**");
        assert_eq!(found.text, "a b c_d ef g h i j.k l");
        assert_eq!(words(&found, &found.strong), ["a b", "e", "l"]);
        assert_eq!(words(&found, &found.code), ["c_d", "j.k"]);
        assert_eq!(words(&found, &found.struck), ["g"]);
        assert_eq!(found.span(4..7).range(), 6 + 8..6 + 11);
    }

    #[test]
    fn what_only_looks_like_a_mark_stays() {
        for text in [
            "2 * 3 * 4, a*b*c and *",
            "x_y_z on 2026-03-28, -Dfoo=a -Xmx1g in a-b-c",
            "[main] [2025-11-10 10:23:45] INFO [a|b] failed!",
            "Hi! It works! {x} {foo:bar} ${{ y",
            "C:\\_tmp\\*.log and \\\\server\\share",
            "_a and b_c, +1 for a+b",
        ] {
            assert_eq!(flat(text).text, text);
        }
    }

    #[test]
    fn links_pictures_and_people_keep_their_words() {
        let found = flat("see [the log|http://a.example/l], [http://b.example], !c d.png|thumbnail!, [^e.txt], [~kim]");
        assert_eq!(found.text, "see the log, http://b.example, c d.png, e.txt, kim");
        let links: Vec<_> = found.links.iter().map(|link| (link.target.as_str(), link.image)).collect();
        assert_eq!(
            links,
            [("http://a.example/l", false), ("http://b.example", false), ("c d.png", true), ("e.txt", false)]
        );
    }

    #[test]
    fn escapes_and_forced_breaks_are_read() {
        let found = flat("a \\*b\\* \\{c\\} \\\\ d");
        assert_eq!(found.text, "a *b* {c} \n d");
        assert_eq!(found.hard_breaks.len(), 1);
    }

    #[test]
    fn marks_within_marks_close_within_them() {
        let found = flat("*a {{b}} _c* d_ *e _f_* {{*g*}}");
        assert_eq!(found.text, "a b _c d_ e f g");
        assert_eq!(words(&found, &found.strong), ["a b _c", "e f"]);
    }

    #[test]
    fn a_line_of_nothing_but_marks_ends() {
        for mark in ["*a ", "{{", "[", "!", "{*}x", "_(", "\\", "|"] {
            let text = format!("h2. T\n{}", mark.repeat(20_000));
            parse(SourceId(0), &text, None);
        }
    }
}
