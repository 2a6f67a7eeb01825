//! Escapes one line character by character, looking only at its neighbours; what a mark means at the start of a line is not
//! its concern (`escape.rs`).

use super::link;

/// One line being escaped from byte `at` on.
pub(super) struct Inline<'a> {
    pub style: Style,
    pub links: Links,
    pub line: &'a str,
    pub at: usize,
    /// Since the last `&` only characters of an entity name were written.
    pub entity: bool,
}

impl Inline<'_> {
    pub fn write(mut self, out: &mut String) {
        while let Some(c) = self.line[self.at..].chars().next() {
            if matches!(c, 'h' | 'H') && self.links == Links::Made && self.write_link(out) {
                continue;
            }
            self.write_char(out, c);
            self.entity = c == '&' || (self.entity && continues_entity(c));
            self.at += c.len_utf8();
        }
    }

    /// Writes the web address that starts here, if one does.
    fn write_link(&mut self, out: &mut String) -> bool {
        if self.previous().is_some_and(char::is_alphanumeric) {
            return false;
        }
        let Some(url) = link::url_at(&self.line[self.at..]) else {
            return false;
        };
        out.push('[');
        Inline { style: self.style, links: Links::Broken, line: url, at: 0, entity: false }.write(out);
        out.push_str("](");
        out.push_str(&link::target(url));
        out.push(')');
        self.at += url.len();
        self.entity = false;
        true
    }

    fn write_char(&self, out: &mut String, c: char) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' if self.entity => out.push_str("<span>&lt;</span>"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '~' | '|' | '^' => push_entity(out, c),
            // A line of elements only would be taken apart by MDX, so a run of these is not all elements.
            '$' if self.previous() == Some('$') => push_entity(out, c),
            '$' => out.push_str("<span>$</span>"),
            ':' if self.colon_is_special() => out.push_str("<span>:</span>"),
            '.' if self.follows_www() => out.push_str("<span>.</span>"),
            '@' if self.joins_mail_address() => out.push_str("<span>@</span>"),
            '{' if self.opens_template_tag() => {
                out.push_str("<span>");
                self.push_special(out, c);
                out.push_str("</span>");
            }
            '_' if self.inside_word() => out.push('_'),
            '!' if self.next().is_some_and(|n| n == ' ') => out.push('!'),
            '#' if self.previous().is_some_and(|p| p != ' ') && self.style == Style::Markdown => out.push('#'),
            '*' | '_' | '`' | '[' | ']' | '\\' | '{' | '}' | '!' | '#' => self.push_special(out, c),
            c if self.style == Style::Html && c.is_ascii_punctuation() && !matches!(c, '.' | ',' | '/' | ':' | '@') => {
                push_entity(out, c);
            }
            c => out.push(c),
        }
    }

    fn push_special(&self, out: &mut String, c: char) {
        match self.style {
            Style::Markdown => {
                out.push('\\');
                out.push(c);
            }
            Style::Html => push_entity(out, c),
        }
    }

    fn previous(&self) -> Option<char> {
        self.line[..self.at].chars().next_back()
    }

    /// The character after the one at `at`, which is ASCII wherever this is asked.
    fn next(&self) -> Option<char> {
        self.line.get(self.at + 1..).and_then(|rest| rest.chars().next())
    }

    /// `:name:` becomes an emoji, `::` a directive, `://` a link; entities do not prevent it, another element does.
    fn colon_is_special(&self) -> bool {
        let rest = &self.line.as_bytes()[self.at + 1..];
        if rest.starts_with(b"//") {
            return true;
        }
        let word = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+')).count();
        match rest.get(word) {
            // Times such as 10:30:01 stay as they are: no emoji has a name of two digits.
            Some(b':') => !(rest[..word].iter().all(u8::is_ascii_digit) && (1..=2).contains(&word)),
            Some(b'[' | b'{') => word > 0,
            _ => false,
        }
    }

    fn follows_www(&self) -> bool {
        let before = self.at.checked_sub(3).and_then(|start| self.line.as_bytes().get(start..self.at));
        before.is_some_and(|word| word.eq_ignore_ascii_case(b"www"))
    }

    fn joins_mail_address(&self) -> bool {
        let before = self.previous().is_some_and(|c| c.is_alphanumeric() || ".+-_".contains(c));
        before && self.next().is_some_and(char::is_alphanumeric)
    }

    /// `{{`, `{%` and `{#` belong to template languages and to heading ids.
    fn opens_template_tag(&self) -> bool {
        self.previous() == Some('{') || self.next().is_some_and(|c| matches!(c, '%' | '#'))
    }

    fn inside_word(&self) -> bool {
        self.previous().is_some_and(char::is_alphanumeric) && self.next().is_some_and(char::is_alphanumeric)
    }
}

fn push_entity(out: &mut String, c: char) {
    out.push_str(&format!("&#{};", u32::from(c)));
}

/// Which escapes count where the text is put.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Markdown,
    Html,
}

/// What becomes of web addresses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    Made,
    Broken,
}

/// Whether `c` may stand between `&` and `;`.
pub(super) fn continues_entity(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '#' || c == ';'
}
