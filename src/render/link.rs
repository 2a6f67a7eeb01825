//! Web addresses in running text: where one starts and ends, and its form as a link target. Fetches nothing.

/// Longest address taken as a link, in bytes; servers refuse longer ones.
const URL_BYTES: usize = 2048;

/// The address at the very start of `rest`, if a plain web address stands there.
///
/// Only `http` and `https` with an ASCII host and without user name; whatever else looks like an address is left to be
/// shown as text. Punctuation that ends a sentence is not part of it.
pub(super) fn url_at(rest: &str) -> Option<&str> {
    let scheme = ["https://", "http://"].into_iter().find(|s| has_prefix(rest, s))?;
    let host = host_len(&rest[scheme.len()..])?;
    let start = scheme.len() + host;
    let tail = &rest.as_bytes()[start..];
    let length = match tail.first() {
        Some(b'/' | b'?' | b'#') => tail.iter().take(URL_BYTES).take_while(|b| is_tail(**b)).count(),
        // A user name before the host, or a host that is not ASCII.
        Some(b) if *b == b'@' || b.is_ascii_alphanumeric() || *b >= 0x80 => return None,
        _ => 0,
    };
    // All bytes counted are ASCII, so the end lies on a character boundary.
    Some(trim_end(&rest[..start + length]))
}

/// `url` with every byte escaped that would end or change a Markdown link target.
pub(super) fn target(url: &str) -> String {
    let bytes = url.as_bytes();
    let mut out = String::with_capacity(url.len());
    for (at, &byte) in bytes.iter().enumerate() {
        let hex = |n: usize| bytes.get(at + n).is_some_and(u8::is_ascii_hexdigit);
        match byte {
            b'%' if !(hex(1) && hex(2)) => out.push_str("%25"),
            b'&' => out.push_str("&amp;"),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'%' | b'-' | b'.' | b'_' | b'/' | b':' | b'?' | b'#' | b'@' | b'+' | b',' | b';' | b'=' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// A relative path as a link target: every segment percent-encoded, `./` in front.
pub(super) fn path_target(path: &str) -> String {
    let mut out = String::from("./");
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn has_prefix(text: &str, prefix: &str) -> bool {
    text.as_bytes().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}

/// Length of host and port, if they are well formed.
fn host_len(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let name = bytes.iter().take(254).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')).count();
    let host = text[..name].trim_end_matches(['.', '-']);
    if host.is_empty() || !host.as_bytes()[0].is_ascii_alphanumeric() || host.contains("..") {
        return None;
    }
    let mut length = host.len();
    if length == name && bytes.get(name) == Some(&b':') {
        let port = bytes[name + 1..].iter().take(6).take_while(|b| b.is_ascii_digit()).count();
        match port {
            0 if bytes.get(name + 1).is_some_and(|b| !b.is_ascii_whitespace()) => return None,
            0 => {}
            1..=5 => length += 1 + port,
            _ => return None,
        }
    }
    Some(length)
}

fn is_tail(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=%".contains(&byte)
}

/// Cuts what belongs to the sentence: final punctuation, and closing parentheses that were not opened in the address.
fn trim_end(url: &str) -> &str {
    let count = |wanted: u8| url.bytes().filter(|b| *b == wanted).count();
    let mut surplus = count(b')').saturating_sub(count(b'('));
    let mut end = url.len();
    for byte in url.bytes().rev() {
        match byte {
            b'.' | b',' | b':' | b';' | b'!' | b'?' | b'\'' | b'*' | b'_' | b'~' | b'&' => end -= 1,
            b')' if surplus > 0 => {
                surplus -= 1;
                end -= 1;
            }
            _ => break,
        }
    }
    &url[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_ends_before_the_punctuation_of_its_sentence() {
        assert_eq!(url_at("https://a.example/x?y=1. Then"), Some("https://a.example/x?y=1"));
        assert_eq!(url_at("https://a.example/w_(z))"), Some("https://a.example/w_(z)"));
        assert_eq!(url_at("http://a.example:8080, and"), Some("http://a.example:8080"));
        assert_eq!(url_at("https://a.example: down"), Some("https://a.example"));
    }

    #[test]
    fn addresses_with_user_names_or_odd_hosts_are_not_links() {
        for text in [
            "http://bob@a.example/",
            "http://bob:x@a.example",
            "http://",
            "http://{host}/x",
            "http://a..b/",
            "http://ünï.example",
        ] {
            assert_eq!(url_at(text), None, "{text}");
        }
    }

    #[test]
    fn a_target_escapes_what_would_end_it() {
        assert_eq!(
            target("https://a.example/(x)?a=1&b=50%&c=%20*"),
            "https://a.example/%28x%29?a=1&amp;b=50%25&amp;c=%20%2A"
        );
    }

    #[test]
    fn a_path_is_encoded_segment_by_segment() {
        assert_eq!(path_target("evidence/a b%é.txt"), "./evidence/a%20b%25%C3%A9.txt");
    }
}
