//! HTTP statuses of 4xx and 5xx, where the words around a number say that it is one.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use crate::case::ErrorCodeKind;
use crate::pattern::Pattern;

use super::FoundCode;

/// Registered statuses and those that common proxies add; `456` is none.
const KNOWN: &[u16] = &[
    400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424,
    425, 426, 428, 429, 431, 444, 451, 499, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511, 520, 521, 522, 523,
    524, 525, 526, 527, 529, 530, 598, 599,
];

static CANDIDATE: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\b[45]\d\d(?:s\b|\b)"));

/// What before a number makes it a status, whatever follows.
static NAMED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r#"(?:(?i:\bHTTP(?:/\d(?:\.\d)?)?["']?[ :=]*(?:status|error|code|response)?(?: code)?[ :=]*)"#,
        r#"|(?i:\b(?:http[_ -]?status|http[_ -]?code|status|status[_ -]?code|response[_ -]?code|error(?: code)?)["'`]?\s*[:=#]?\s*)"#,
        r#"|\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+\S+\s+(?:HTTP/\S+\s+)?(?:-+>?|=>|→|:|returned|returns)?\s*)["'`(*]*$"#
    ))
});

/// Words and arrows before a number that make it an outcome, unless it counts what follows.
static OUTCOME: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:->|→|=>|\b(?:returns?|returned|returning|responds?|responded|responding|respond|gets?|got|getting|received|receives?",
        r"|receiving|answers?|answered|fail(?:s|ed|ing)?|reject(?:s|ed|ing)?|actual|expected|an?)\b)",
        r#"[:\s]+(?:(?:with|by|an?|the|error|errors|status|code|http|expected)\s+)*[`"'(*]*$"#
    ))
});

/// Words after a number that make it a status.
static REASON: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r#"^[`"'*)]*[\s:(,"`*–-]{1,4}(?:(?i:unauthori[sz]ed|forbidden|not found|bad request|conflict|gone\b|too many requests|internal (?:server )?error"#,
        r"|bad gateway|service unavailable|gateway time-?out|request time-?out|unprocessable|method not allowed|not acceptable|payment required",
        r"|precondition|payload too large|unsupported media|client error|server error|a timeout occurred|time-?outs?\b)",
        r"|(?i:errors?|responses?|status(?:es)?|codes?|rejections?|replies|reply|fehler|erreurs?|errores|erros?)\b|エラー|タイムアウト|错误|錯誤|超时)"
    ))
});

/// What may follow the number of an outcome: an end, a mark or a word that does not count.
static AFTER_OUTCOME: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r#"^[`"'*)]*(?:$|\s*[.,;:!?)\]|"'`(–—/-]|\s+(?:[A-Z\[(<"'`{]|on\b|for\b|from\b|when\b|with\b|and\b|or\b|to\b|in\b|at\b|by\b|if\b|while\b"#,
        r"|after\b|before\b|because\b|due\b|then\b|since\b|but\b|instead\b|even\b|as\b|immediately\b|until\b|every\b))"
    ))
});

static HTTP_WORD: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:https?|api|endpoints?|requests?|responses?|gateway|errors?|status|proxy|load balancer|clients?|servers?|returns?|returned|returning)\b",
    )
});

/// Finds the statuses of a line.
pub(super) fn statuses_in(line: &str) -> Vec<FoundCode<'_>> {
    let mut places: Vec<Range<usize>> = Vec::new();
    let candidates: Vec<Range<usize>> = CANDIDATE.find_iter(line).map(|found| found.range()).collect();
    let http = candidates.iter().any(|place| place.len() == 4) && HTTP_WORD.is_match(line);
    let mut sure: BTreeSet<usize> = BTreeSet::new();
    for (index, place) in candidates.iter().enumerate() {
        if is_known(&line[place.start..place.start + 3]) && is_status(line, place, http) {
            sure.insert(index);
        }
    }
    for (index, place) in candidates.iter().enumerate() {
        let listed = |other: Option<usize>| {
            other.is_some_and(|other| {
                sure.contains(&other) && is_listed(line, &candidates[index.min(other)], &candidates[index.max(other)])
            })
        };
        let number = place.start..place.start + 3;
        if sure.contains(&index)
            || (is_known(&line[number.clone()]) && (listed(index.checked_sub(1)) || listed(Some(index + 1))))
        {
            sure.insert(index);
            places.push(number);
        }
    }
    let code = |range: Range<usize>| FoundCode {
        code: &line[range.clone()],
        range,
        qualified: None,
        kind: ErrorCodeKind::Http,
    };
    places.into_iter().map(code).collect()
}

fn is_known(digits: &str) -> bool {
    digits.parse().is_ok_and(|status: u16| KNOWN.binary_search(&status).is_ok())
}

fn is_status(line: &str, place: &Range<usize>, http: bool) -> bool {
    let before = window_before(line, place.start);
    let after = window_after(line, place.end);
    let in_list = before.strip_suffix('/').is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit()));
    let tied = before.ends_with(['.', '/', '-', '_', '#', '$', '+']) && !in_list;
    if tied || after.starts_with(['%', '_']) {
        return false;
    }
    let digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let grouped = before.strip_suffix([',', '.']).is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit()));
    if grouped || after.strip_prefix(['.', ',']).is_some_and(digit) {
        return false;
    }
    if place.len() == 4 {
        // "the 502s" is a status; "after 500s" is a duration.
        let duration = [" after ", " for ", " in ", "timeout ", "~", "<", ">", "=", " of "];
        return http && !duration.iter().any(|word| before.ends_with(word));
    }
    REASON.is_match(after) || NAMED.is_match(before) || (OUTCOME.is_match(before) && AFTER_OUTCOME.is_match(after))
}

/// Whether only list marks stand between two numbers ("502/504", "401, 403 and 404").
fn is_listed(line: &str, first: &Range<usize>, second: &Range<usize>) -> bool {
    let Some(between) = line.get(first.end..second.start) else { return false };
    let words = between.trim_matches(|c: char| c.is_whitespace() || matches!(c, '`' | '"' | '\'' | '*'));
    matches!(words, "/" | "," | "or" | "and" | ", and" | ", or" | "&" | "|") && between.len() <= 10
}

/// The text before a number that may decide what it is; bounded, so that a line of numbers stays linear.
fn window_before(line: &str, end: usize) -> &str {
    let mut start = end.saturating_sub(120);
    while !line.is_char_boundary(start) {
        start += 1;
    }
    &line[start..end]
}

fn window_after(line: &str, start: usize) -> &str {
    let mut end = (start + 40).min(line.len());
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    &line[start..end]
}

fn pattern(text: &str) -> Pattern {
    Pattern::new(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statuses(line: &str) -> Vec<&str> {
        statuses_in(line).into_iter().map(|found| found.code).collect()
    }

    #[test]
    fn http_context_before_or_after_makes_a_status() {
        for line in [
            "401 Unauthorized",
            "GET /a -> 401",
            "HTTP 401",
            "status=401",
            "\"status\": 401,",
            "returns 401 when idle",
            "HTTP/1.1 401 Denied",
            "\"GET / HTTP/1.1\" 401 12",
            "statusCode: 401",
            "got a 401.",
            "`401` responses",
            "error code 401",
            "the API answered with 401s",
        ] {
            assert_eq!(statuses(line), ["401"], "{line}");
        }
    }

    #[test]
    fn other_numbers_are_no_statuses() {
        for line in [
            "500 users",
            "returned 500 rows",
            "took 503 ms",
            "line 404",
            "v4.0.401",
            "room 404",
            "increase to 500ms",
            "401-9",
            "status 456",
            "waits for 500s",
            "port 502",
            "got 404 tickets",
            "1,404 errors.5",
            "#404 errors",
        ] {
            assert_eq!(statuses(line), Vec::<&str>::new(), "{line}");
        }
    }

    #[test]
    fn a_list_of_numbers_shares_its_context() {
        assert_eq!(statuses("clients see 502/504 errors"), ["502", "504"]);
        assert_eq!(statuses("HTTP 401, 403 and 404"), ["401", "403", "404"]);
    }

    #[test]
    fn successes_are_no_error_codes() {
        assert!(statuses("GET /a -> 200 OK, HTTP 302").is_empty());
    }
}
