//! Masks what obviously varies in a message: numbers, ids, addresses, paths, quoted texts, values of keys.

use super::tokens::{Token, cut};

/// What stands for a variable part in a template.
pub(super) const WILD: &str = "<*>";

/// Methods of HTTP, kept where a quoted request is masked: what they ask for is a different kind of event.
const METHODS: [&str; 9] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT"];

/// Masks messages, one after the other, with buffers it keeps.
#[derive(Debug, Default)]
pub(super) struct Masker {
    cut: Vec<Token>,
    kept: Vec<Token>,
    masked: String,
}

impl Masker {
    /// The message with its variable parts masked. Tokens without a blank between them are parted by U+0001.
    pub(super) fn mask(&mut self, message: &str) -> &str {
        self.cut.clear();
        self.kept.clear();
        cut(message, &mut self.cut);
        self.keep(message);
        self.join_calendar(message);
        self.masked.clear();
        for (index, token) in self.kept.iter().enumerate() {
            if index > 0 {
                self.masked.push(if token.glued { '\u{1}' } else { ' ' });
            }
            self.masked.push_str(if token.wild { WILD } else { &message[token.text.clone()] });
        }
        &self.masked
    }

    /// Copies the tokens, masking values of keys and quoted texts.
    fn keep(&mut self, message: &str) {
        let mut at = 0;
        let mut unclosed = [false; 2];
        while at < self.cut.len() {
            let token = self.cut[at].clone();
            let text = &message[token.text.clone()];
            at = match text {
                "=" if !self.kept.is_empty() && !token.wild => self.keep_value(message, at),
                "\"" | "'" if !token.wild => {
                    let slot = &mut unclosed[usize::from(text == "'")];
                    match (!*slot).then(|| self.closing(message, at)).flatten() {
                        Some(close) => self.keep_quoted(message, at, close),
                        None => {
                            *slot |= !self.is_apostrophe(at);
                            self.push(message, token);
                            at + 1
                        }
                    }
                }
                _ => {
                    self.push(message, token);
                    at + 1
                }
            };
        }
    }

    /// `=` with its value, which is variable also where it is empty.
    fn keep_value(&mut self, message: &str, at: usize) -> usize {
        self.kept.push(self.cut[at].clone());
        self.kept.push(Token { text: 0..0, wild: true, glued: true });
        let Some(value) = self.cut.get(at + 1).filter(|value| value.glued) else { return at + 1 };
        match &message[value.text.clone()] {
            "\"" | "'" => self.closing(message, at + 1).map_or(at + 2, |close| close + 1),
            "=" | "," | ";" | ")" | "]" | "}" | "|" | ">" => at + 1,
            _ => at + 2,
        }
    }

    fn keep_quoted(&mut self, message: &str, open: usize, close: usize) -> usize {
        let first = &self.cut[open + 1];
        let method = METHODS.contains(&&message[first.text.clone()]).then(|| Token { glued: false, ..first.clone() });
        self.kept.extend(method);
        let token = Token { text: 0..0, wild: true, glued: self.cut[open].glued };
        self.push(message, token);
        close + 1
    }

    /// The token that closes the quote at `open`, with something between; none for an apostrophe.
    fn closing(&self, message: &str, open: usize) -> Option<usize> {
        if self.is_apostrophe(open) && self.cut[open].text.len() == 1 && message[self.cut[open].text.clone()] == *"'" {
            return None;
        }
        let quote = &message[self.cut[open].text.clone()];
        let same = |token: &Token| !token.wild && &message[token.text.clone()] == quote;
        let close = open + 1 + self.cut[open + 1..].iter().position(same)?;
        (close > open + 1).then_some(close)
    }

    /// Whether the token stands inside a word, as in `can't`.
    fn is_apostrophe(&self, at: usize) -> bool {
        let word = |token: Option<&Token>| token.is_some_and(|token| token.glued);
        self.cut[at].glued && word(self.cut.get(at + 1)) && at > 0 && self.cut[at - 1].text.len() > 1
    }

    /// Appends a token, joining what is one variable part: lists, numbers with units, remarks in parentheses.
    fn push(&mut self, message: &str, token: Token) {
        let text = &message[token.text.clone()];
        let is = |token: &Token, what: &str| !token.wild && &message[token.text.clone()] == what;
        match (self.kept.as_slice(), token.wild) {
            ([.., before, between], true) if before.wild && (is(between, ",") || is(between, ":")) => {
                self.kept.pop();
                return;
            }
            ([.., last], true) if last.wild => return,
            ([.., last], true) if is(last, "<") => {
                let glued = last.glued;
                self.kept.pop();
                return self.push(message, Token { glued, ..token });
            }
            ([.., last], false) if last.wild && (is_unit(text) || is_time_word(text)) => return,
            ([.., before, open], false) if text == ")" && before.wild && is(open, "(") => {
                self.kept.pop();
                return;
            }
            ([.., before, open, inside], false) if text == ")" && inside.wild && is(open, "(") => {
                if before.wild {
                    self.kept.truncate(self.kept.len() - 2);
                    return;
                }
                // `LOCAL(0)`: a name with a number is one thing.
                if open.glued && inside.glued && is_capitals(&message[before.text.clone()]) {
                    let glued = before.glued;
                    self.kept.truncate(self.kept.len() - 3);
                    return self.push(message, Token { text: 0..0, wild: true, glued });
                }
            }
            _ => {}
        }
        self.kept.push(token);
    }

    /// Masks names of days and months beside a variable part, and joins them to it.
    fn join_calendar(&mut self, message: &str) {
        let named = |token: &Token| !token.wild && token.text.len() == 3 && is_calendar(&message[token.text.clone()]);
        if !self.kept.iter().any(named) {
            return;
        }
        for index in 0..self.kept.len() {
            if !named(&self.kept[index]) {
                continue;
            }
            let after = self.kept[index + 1..].iter().take(2).any(|token| token.wild);
            let before = index > 0 && self.kept[index - 1].wild;
            self.kept[index].wild = after || before;
        }
        self.kept.dedup_by(|token, last| token.wild && last.wild);
    }
}

/// The tokens of a masked text, each with whether a blank stands before it.
pub(super) fn masked_tokens(masked: &str) -> impl Iterator<Item = &str> {
    masked.split(['\u{1}', ' '])
}

/// A masked text as people read it.
pub(super) fn readable(masked: &str) -> String {
    masked.replace('\u{1}', "")
}

fn is_capitals(word: &str) -> bool {
    word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Units that belong to the number before them.
fn is_unit(word: &str) -> bool {
    matches!(
        word,
        "B" | "KB"
            | "MB"
            | "GB"
            | "TB"
            | "KiB"
            | "MiB"
            | "GiB"
            | "kb"
            | "mb"
            | "gb"
            | "K"
            | "M"
            | "G"
            | "k"
            | "bytes"
            | "byte"
            | "ms"
            | "us"
            | "µs"
            | "ns"
            | "s"
            | "sec"
            | "secs"
            | "second"
            | "seconds"
            | "milliseconds"
            | "m"
            | "min"
            | "minute"
            | "minutes"
            | "h"
            | "hour"
            | "hours"
            | "day"
            | "days"
            | "MHz"
            | "GHz"
    )
}

/// Words that belong to the time before them.
fn is_time_word(word: &str) -> bool {
    matches!(
        word,
        "UTC"
            | "GMT"
            | "EST"
            | "EDT"
            | "CST"
            | "CDT"
            | "MST"
            | "MDT"
            | "PST"
            | "PDT"
            | "CET"
            | "CEST"
            | "AM"
            | "PM"
            | "%"
    )
}

/// Names of days and months, variable beside a number.
fn is_calendar(word: &str) -> bool {
    matches!(
        word,
        "Mon"
            | "Tue"
            | "Wed"
            | "Thu"
            | "Fri"
            | "Sat"
            | "Sun"
            | "Jan"
            | "Feb"
            | "Mar"
            | "Apr"
            | "May"
            | "Jun"
            | "Jul"
            | "Aug"
            | "Sep"
            | "Oct"
            | "Nov"
            | "Dec"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, masked: &str) {
        assert_eq!(readable(Masker::default().mask(message)), masked, "{message}");
    }

    #[test]
    fn numbers_ids_and_addresses_are_masked() {
        check("cart 17 of 10.0.0.9:80 lost", "cart <*> of <*> lost");
        check("session 7f8a9b2c-4d3e ended", "session <*> ended");
        check("opened https://shop.example/a and shop.example:443", "opened <*> and <*>");
        check("mail to ann@shop.example from 0a:1b:2c:3d:4e:5f", "mail to <*> from <*>");
        check("wrote /var/lib/cart and db.eu.shop.example", "wrote <*> and <*>");
    }

    #[test]
    fn units_and_remarks_belong_to_their_number() {
        check("sent 12 bytes (1.2 KB) in 4 ms", "sent <*> in <*>");
        check("wait <1 sec (0) or LOCAL(0)", "wait <*> or <*>");
    }

    #[test]
    fn lists_and_dates_are_one_variable() {
        check("irqs 1, 2, 3 4 used at Sun Jul  3 23:16:09 2005", "irqs <*> used at <*>");
    }

    #[test]
    fn values_of_keys_are_masked_also_where_empty() {
        check("auth failed; user= rhost=h tty=\"a b\" x", "auth failed; user=<*> rhost=<*> tty=<*> x");
    }

    #[test]
    fn quoted_texts_are_masked_but_methods_stay() {
        check("got \"GET /a HTTP/1.1\" can't read 'b c' it's", "got GET <*> can't read <*> it's");
        check("an \" open quote", "an \" open quote");
    }

    #[test]
    fn leading_dots_part_words() {
        check("cache limit.........0", "cache limit<*>");
        check("waiting...", "waiting");
    }

    #[test]
    fn text_of_other_scripts_is_kept_whole() {
        check("échec du café №5", "échec du café <*>");
    }

    #[test]
    fn very_long_messages_end_in_one_variable() {
        let masked = readable(Masker::default().mask(&"word ".repeat(500)));
        assert_eq!(masked.split(' ').count(), super::super::tokens::TOKENS + 1);
    }
}
