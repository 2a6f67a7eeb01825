//! HTTP exchanges in text: request and status lines, headers (also empty ones) and curl commands. Bodies are left to `json`.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pattern::Pattern;
use crate::span::{Line, lines};

/// What may stand before a request, status or header line: shell prompts, curl's `>` and `<`, quotes, list marks.
const PREFIX: &str = r#"^[\s>$<*#`"'-]*"#;

static REQUEST: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(
        r#"{PREFIX}(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+((?:https?:/)?/[^\s"'`]*)(?:.*?(?:->|→|=>)\s*(?:HTTP/\S+\s+)?([1-5]\d\d)\b)?"#
    ))
});

static RESPONSE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(r"{PREFIX}(?:HTTP/\d(?:\.\d)?\s+|(?i:response|status)(?i: status| code)?:\s*)([1-5]\d\d)\b"))
});

static HEADER: LazyLock<Pattern> =
    LazyLock::new(|| pattern(&format!(r#"{PREFIX}([A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*):(?:[ \t]+(.*)|)$"#)));

/// Headers of one word or without `X-` that make a line a header line on their own; the rest need a request above them.
const WELL_KNOWN: &[&str] = &[
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Authorization",
    "Cache-Control",
    "Content-Length",
    "Content-Type",
    "Cookie",
    "ETag",
    "Forwarded",
    "Idempotency-Key",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "Proxy-Authorization",
    "Referer",
    "Retry-After",
    "Set-Cookie",
    "Traceparent",
    "Transfer-Encoding",
    "User-Agent",
    "WWW-Authenticate",
];

/// A header as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpHeader {
    /// Its name as written.
    pub name: Range<usize>,
    /// Its value without quotes; an empty range where the header was sent empty.
    pub value: Range<usize>,
}

/// A request, a response, both, or only headers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpExchange {
    /// From the first to the last recognised line or word.
    pub range: Range<usize>,
    /// `GET`, `POST`, …
    pub method: Option<Range<usize>>,
    /// Path or URL as written.
    pub target: Option<Range<usize>>,
    /// Digits of the status.
    pub status: Option<Range<usize>>,
    /// Headers in the order written.
    pub headers: Vec<HttpHeader>,
}

/// Finds the exchanges of a text, line by line.
///
/// ```
/// # use casefile::payload::find_http;
/// let text = "POST /login HTTP/1.1\nX-Tenant: \n\nHTTP/1.1 403 Forbidden\n";
/// let exchange = &find_http(text)[0];
/// assert_eq!(exchange.status.clone().map(|status| &text[status]), Some("403"));
/// assert!(exchange.headers[0].value.is_empty());
/// ```
pub fn find_http(text: &str) -> Vec<HttpExchange> {
    let mut found = Vec::new();
    let mut open: Option<HttpExchange> = None;
    let mut in_headers = false;
    let all: Vec<Line<'_>> = lines(text).collect();
    let mut index = 0;
    while let Some(line) = all.get(index) {
        index += 1;
        if line.text.contains("curl ") {
            let last = end_of_command(&all, index - 1);
            index = last + 1;
            found.extend(open.take());
            open = read_curl(text, line.start..all[last].end());
            in_headers = false;
        } else if let Some(request) = read_request(*line) {
            found.extend(open.replace(request));
            in_headers = true;
        } else if let Some(status) = read_status(*line) {
            let exchange = match open.take() {
                Some(exchange) if exchange.status.is_none() => exchange,
                earlier => {
                    found.extend(earlier);
                    HttpExchange { range: status.clone(), ..HttpExchange::default() }
                }
            };
            let range = exchange.range.start.min(line.start)..line.end();
            open = Some(HttpExchange { range, status: Some(status), ..exchange });
            in_headers = true;
        } else if let Some(header) = read_header(*line, in_headers, text) {
            let exchange =
                open.get_or_insert_with(|| HttpExchange { range: header.name.clone(), ..HttpExchange::default() });
            exchange.range.end = line.end();
            exchange.headers.push(header);
            in_headers = true;
        } else {
            in_headers = false;
        }
    }
    found.extend(open);
    found
}

fn read_request(line: Line<'_>) -> Option<HttpExchange> {
    let found = REQUEST.captures(line.text)?;
    let place = |n: usize| found.get(n).map(|m| line.start + m.start()..line.start + m.end());
    let method = place(1)?;
    Some(HttpExchange {
        range: method.start..line.end(),
        method: Some(method),
        target: place(2),
        status: place(3),
        headers: Vec::new(),
    })
}

fn read_status(line: Line<'_>) -> Option<Range<usize>> {
    let status = RESPONSE.captures(line.text)?.get(1)?;
    Some(line.start + status.start()..line.start + status.end())
}

fn read_header(line: Line<'_>, in_headers: bool, text: &str) -> Option<HttpHeader> {
    let found = HEADER.captures(line.text)?;
    let name = found.get(1)?;
    if !in_headers && !is_header_name(name.as_str()) {
        return None;
    }
    let value = found.get(2).map_or(line.end()..line.end(), |m| line.start + m.start()..line.start + m.end());
    Some(HttpHeader { name: line.start + name.start()..line.start + name.end(), value: trim_quotes(text, value) })
}

fn is_header_name(name: &str) -> bool {
    let extension = name.len() > 2 && name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("x-"));
    extension || WELL_KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Takes white space and then a pair of quotes off both ends.
fn trim_quotes(text: &str, range: Range<usize>) -> Range<usize> {
    let trimmed = text[range.clone()].trim();
    let start = range.start + (text[range.clone()].len() - text[range].trim_start().len());
    for quote in ["\"", "'", "`"] {
        if let Some(inner) = trimmed.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return start + 1..start + 1 + inner.len();
        }
    }
    start..start + trimmed.len()
}

/// Index of the last line of a command whose lines end with a backslash.
fn end_of_command(all: &[Line<'_>], first: usize) -> usize {
    let continued = all[first..].iter().take_while(|line| line.text.trim_end().ends_with('\\')).count();
    (first + continued).min(all.len() - 1)
}

fn read_curl(text: &str, range: Range<usize>) -> Option<HttpExchange> {
    let command = &text[range.clone()];
    let start = command.find("curl ")?;
    let words = shell_words(&command[start..]);
    let at = |word: &Range<usize>| range.start + start + word.start..range.start + start + word.end;
    let mut exchange = HttpExchange { range: range.start + start..range.end, ..HttpExchange::default() };
    let mut iter = words.iter();
    while let Some(word) = iter.next() {
        let word_text = &text[at(word)];
        match word_text {
            "-X" | "--request" => exchange.method = iter.next().map(at),
            "-H" | "--header" => {
                let header = iter.next().map(at).and_then(|place| curl_header(text, place));
                exchange.headers.extend(header);
            }
            "-d" | "--data" | "--data-raw" | "--data-binary" | "-o" | "--output" | "-u" | "--user" => drop(iter.next()),
            url if url.starts_with("http://") || url.starts_with("https://") || url.starts_with('/') => {
                exchange.target = exchange.target.or(Some(at(word)));
            }
            _ => {}
        }
    }
    (exchange.target.is_some() || !exchange.headers.is_empty()).then_some(exchange)
}

/// `Name: value`, or `Name;`, curl's way to send a header without a value.
fn curl_header(text: &str, place: Range<usize>) -> Option<HttpHeader> {
    let header = &text[place.clone()];
    let colon = header.find([':', ';'])?;
    let name = place.start..place.start + colon;
    Some(HttpHeader { name, value: trim_quotes(text, place.start + colon + 1..place.end) })
}

/// Splits a command into words the way a shell does, quotes taken off; escapes are not resolved.
fn shell_words(command: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start: Option<usize> = None;
    let mut quote: Option<char> = None;
    for (at, c) in command.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => {
                words.extend(start.take().map(|from| from..at));
                quote = None;
            }
            (Some(_), _) => {}
            (None, '"' | '\'') => {
                words.extend(start.take().map(|from| from..at));
                quote = Some(c);
                start = Some(at + c.len_utf8());
            }
            (None, c) if c.is_whitespace() => words.extend(start.take().map(|from| from..at)),
            (None, _) => start = start.or(Some(at)),
        }
    }
    words.extend(start.map(|from| from..command.len()));
    words
}

fn pattern(text: &str) -> Pattern {
    Pattern::new(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(text: &str) -> Vec<(&str, &str)> {
        let exchanges = find_http(text);
        let all = exchanges.iter().flat_map(|exchange| &exchange.headers);
        all.map(|header| (&text[header.name.clone()], &text[header.value.clone()])).collect()
    }

    fn statuses(text: &str) -> Vec<Option<&str>> {
        find_http(text).into_iter().map(|exchange| exchange.status.map(|status| &text[status])).collect()
    }

    #[test]
    fn a_request_and_its_response_are_one_exchange() {
        let text = "GET /items HTTP/1.1\nHost: api.test\n\nHTTP/1.1 404 Not Found\nRetry-After: 3\n";
        let found = find_http(text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].target.clone().map(|target| &text[target]), Some("/items"));
        assert_eq!(statuses(text), [Some("404")]);
        assert_eq!(headers(text), [("Host", "api.test"), ("Retry-After", "3")]);
    }

    #[test]
    fn an_outcome_on_the_request_line_is_its_status() {
        assert_eq!(statuses("POST /login user=a -> 401 denied\nGET /me => 200"), [Some("401"), Some("200")]);
    }

    #[test]
    fn empty_header_values_are_kept() {
        assert_eq!(headers("X-Internal: "), [("X-Internal", "")]);
        assert_eq!(headers("X-Internal: ''"), [("X-Internal", "")]);
        assert_eq!(headers("x-internal:"), [("x-internal", "")]);
    }

    #[test]
    fn curl_commands_give_method_target_and_headers() {
        let text = "$ curl -X POST \\\n  -H 'X-Role: admin' -H \"X-Empty;\" \\\n  https://api.test/run -d '{}'";
        let found = find_http(text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].method.clone().map(|method| &text[method]), Some("POST"));
        assert_eq!(found[0].target.clone().map(|target| &text[target]), Some("https://api.test/run"));
        assert_eq!(headers(text), [("X-Role", "admin"), ("X-Empty", "")]);
    }

    #[test]
    fn key_value_lines_without_a_request_are_not_headers() {
        assert!(find_http("host: db\nport: 5432\nNote: retry later").is_empty());
    }

    #[test]
    fn text_after_the_headers_is_not_a_header() {
        assert_eq!(headers("GET /a\nHost: b\n\nsummary: broken"), [("Host", "b")]);
    }

    #[test]
    fn odd_text_is_survived() {
        for text in ["curl ", "curl -H", "curl '", "GET /é", "X-é: ü", ":", "\u{feff}GET /x -> 500"] {
            find_http(text);
        }
    }
}
