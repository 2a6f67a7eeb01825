//! Cuts a message into tokens and says which of them vary by their looks alone.

use std::ops::Range;

/// Most tokens of one message that are looked at; what follows is one variable part.
pub(super) const TOKENS: usize = 96;

/// A token of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Its bytes in the message; empty where it stands for several.
    pub text: Range<usize>,
    /// Whether it is a variable part.
    pub wild: bool,
    /// Whether no blank stands before it.
    pub glued: bool,
}

/// Cuts at blanks, punctuation, runs of dots and colons; each token knows whether it is variable.
pub(super) fn cut(message: &str, tokens: &mut Vec<Token>) {
    let bytes = message.as_bytes();
    let mut at = 0;
    let mut glued = false;
    while at < bytes.len() {
        if tokens.len() >= TOKENS {
            tokens.push(Token { text: 0..0, wild: true, glued: false });
            return;
        }
        if is_blank(bytes[at]) {
            glued = false;
            at += 1;
            continue;
        }
        if bytes[at] == b'.' {
            let dots = bytes[at..].iter().take_while(|byte| **byte == b'.').count();
            if dots >= 3 {
                at += dots;
                glued = true;
                continue;
            }
        }
        let end = if is_punctuation(bytes[at]) {
            tokens.push(Token { text: at..at + 1, wild: false, glued });
            at + 1
        } else {
            let (end, seen) = run_end(bytes, at);
            cut_run(message, at..end, seen, glued, tokens);
            end
        };
        glued = true;
        at = end;
    }
}

/// The end of the run of bytes that holds no blank, no punctuation and no three dots, and the kinds of its bytes.
fn run_end(bytes: &[u8], start: usize) -> (usize, u8) {
    let mut seen = 0;
    for (offset, byte) in bytes[start..].iter().enumerate() {
        let kind = KINDS[usize::from(*byte)];
        if kind & (BLANK | PUNCTUATION) != 0 {
            return (start + offset, seen);
        }
        if kind & DOT != 0 && offset >= 3 && bytes[start + offset - 2..start + offset] == *b".." {
            return (start + offset - 2, seen);
        }
        seen |= kind;
    }
    (bytes.len(), seen)
}

/// Cuts a run at its colons, unless it is an address that is variable as a whole.
fn cut_run(message: &str, run: Range<usize>, seen: u8, glued: bool, tokens: &mut Vec<Token>) {
    let text = &message[run.clone()];
    if seen & COLON == 0 {
        // Most words are of letters alone.
        let wild = seen & DIGIT != 0 || seen & (SLASH | DOT | MARK) != 0 && is_variable(text);
        tokens.push(Token { wild, text: run, glued });
        return;
    }
    if text.contains("://") || is_hardware_address(text) || is_host_and_port(text) {
        tokens.push(Token { text: run, wild: true, glued });
        return;
    }
    let mut glued = glued;
    let mut start = run.start;
    let bytes = message.as_bytes();
    for at in run.clone().chain([run.end]) {
        let cuts = at == run.end || (bytes[at] == b':' && !matches!(bytes.get(at + 1), Some(b'/' | b'\\')));
        if !cuts {
            continue;
        }
        if at > start {
            tokens.push(Token { wild: is_variable(&message[start..at]), text: start..at, glued });
            glued = true;
        }
        if at < run.end {
            tokens.push(Token { text: at..at + 1, wild: false, glued });
            glued = true;
        }
        start = at + 1;
    }
}

/// Whether a word varies by its looks: digits, paths, mail addresses, host names.
fn is_variable(word: &str) -> bool {
    let bytes = word.as_bytes();
    let (mut slashes, mut dots, mut marks) = (0, 0, false);
    for byte in bytes {
        match byte {
            b'0'..=b'9' => return true,
            b'/' => slashes += 1,
            b'.' => dots += 1,
            b'\\' | b'@' => marks = true,
            _ => {}
        }
    }
    // Most words end here: letters only.
    if slashes == 0 && dots == 0 && !marks {
        return false;
    }
    (slashes > 0 && bytes.len() > 1 && (bytes[0] == b'/' || slashes >= 2))
        || (bytes.len() > 2 && bytes.contains(&b'\\'))
        || (dots > 0 && bytes[1..].contains(&b'@'))
        || (dots >= 2 && is_host(bytes))
}

/// At least two dots between parts in lower case.
fn is_host(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_suffix(b".").unwrap_or(bytes);
    let mut parts = 0;
    for part in bytes.split(|byte| *byte == b'.') {
        parts += 1;
        if part.is_empty() || !part.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'-') {
            return false;
        }
    }
    parts >= 3
}

/// `cart.example:443`.
fn is_host_and_port(text: &str) -> bool {
    let Some((host, port)) = text.split_once(':') else { return false };
    let name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    host.contains('.')
        && host.bytes().all(name)
        && (1..=5).contains(&port.len())
        && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// `0a:1b:2c:3d` and longer.
fn is_hardware_address(text: &str) -> bool {
    text.len() >= 11 && text.split(':').all(|pair| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_blank(byte: u8) -> bool {
    KINDS[usize::from(byte)] & BLANK != 0
}

fn is_punctuation(byte: u8) -> bool {
    KINDS[usize::from(byte)] & PUNCTUATION != 0
}

const BLANK: u8 = 1;
const PUNCTUATION: u8 = 2;
const DOT: u8 = 4;
const DIGIT: u8 = 8;
const SLASH: u8 = 16;
const COLON: u8 = 32;
/// What only addresses and paths have: `@` and the backslash.
const MARK: u8 = 64;

/// The kind of each byte, 0 for letters and the rest.
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            0..=b' ' => BLANK,
            b'=' | b',' | b';' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'"' | b'\'' | b'|' | b'<' | b'>' => {
                PUNCTUATION
            }
            b'.' => DOT,
            b'0'..=b'9' => DIGIT,
            b'/' => SLASH,
            b':' => COLON,
            b'\\' | b'@' => MARK,
            _ => 0,
        };
        byte += 1;
    }
    kinds
};

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(message: &str) -> Vec<&str> {
        let mut tokens = Vec::new();
        cut(message, &mut tokens);
        tokens.into_iter().map(|token| if token.wild { "<*>" } else { &message[token.text] }).collect()
    }

    #[test]
    fn punctuation_and_colons_are_tokens_of_their_own() {
        assert_eq!(tokens("size: (big) a=b x:y"), ["size", ":", "(", "big", ")", "a", "=", "b", "x", ":", "y"]);
    }

    #[test]
    fn addresses_are_one_token() {
        assert_eq!(tokens("http://a.example/b 0a:1b:2c:3d shop.example:80"), ["<*>", "<*>", "<*>"]);
    }

    #[test]
    fn words_with_one_dot_or_slash_are_words() {
        assert_eq!(tokens("and/or cart.add done."), ["and/or", "cart.add", "done."]);
    }
}
