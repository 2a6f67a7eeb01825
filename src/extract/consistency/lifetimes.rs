//! A token's expiry less its issue time against the lifetime that the text states.

use std::sync::LazyLock;

use crate::case::PayloadKind;
use crate::extract::reading::{FoundKey, FoundPayload, Reading, SectionRole};
use crate::finding::{Code, Finding};
use crate::pattern::Pattern;
use crate::span::Span;

use super::duration::{SECOND, durations_in, written};
use super::statements;

/// Most stated places shown in one finding.
const STATED: usize = 2;

static LIFETIME: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:life-?time|lives?\b|expir(?:e|es|ed|y|ation|ing)|valid(?:ity)?\b|ttl\b|time[- ]to[- ]live|max[-_ ]?age)",
    )
});

static TOKEN: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)\b(?:tokens?|jwts?)\b"));

/// Other things that live and expire; a sentence about them states nothing about an access token.
static OTHER: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:refresh[ _-]?tokens?|reset tokens?|sessions?|cookies?|cache[ds]?|locks?|leases?|otp|invites?|links?|certificates?|csrf|api[ _-]?keys?)\b",
    )
});

/// Words behind a duration that make it a point in time rather than a lifetime.
static POINT: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"^\s*(?:ago|before|after|later|earlier|early|prior|past|grace|skew|leeway|timeout)\b"));

/// A lifetime as the text states it.
struct Stated {
    span: Span,
    seconds: i64,
}

/// Payloads whose lifetime is none of those stated.
pub(super) fn lifetimes(reading: &Reading) -> Vec<Finding> {
    let stated = stated_lifetimes(reading);
    if stated.is_empty() {
        return Vec::new();
    }
    let mut findings: Vec<Finding> = Vec::new();
    for payload in
        reading.payloads.iter().filter(|payload| matches!(payload.kind, PayloadKind::Jwt | PayloadKind::Json))
    {
        let Some((place, seconds, arithmetic)) = lifetime_of(payload) else { continue };
        if stated.iter().any(|other| agrees(other.seconds, seconds)) {
            continue;
        }
        let first = &stated[0];
        let computed = format!("{arithmetic}; stated: {} s ({})", first.seconds, written(first.seconds));
        let message = format!("the token lives {}, the text says {}", written(seconds), written(first.seconds));
        let mut finding = Finding::new(Code::LifetimeDisagrees, message).at(place, format!("lives {seconds} s"));
        for stated in stated.iter().take(STATED) {
            finding = finding.at(stated.span, format!("says {}", written(stated.seconds)));
        }
        findings.push(finding.computed(computed).fix("find out which lifetime is configured"));
    }
    findings
}

fn stated_lifetimes(reading: &Reading) -> Vec<Stated> {
    let planned = |role: SectionRole| {
        matches!(
            role,
            SectionRole::Fix
                | SectionRole::Alternatives
                | SectionRole::Prevention
                | SectionRole::ActionItems
                | SectionRole::Tests
        )
    };
    let mut stated = Vec::new();
    for passage in statements(reading).filter(|passage| !planned(passage.role)) {
        let text = &passage.flat.text;
        let found = lifetimes_in(text).into_iter();
        stated.extend(found.map(|(range, seconds)| Stated { span: passage.flat.span(range), seconds }));
    }
    stated
}

/// The lifetimes of tokens that a sentence states.
fn lifetimes_in(text: &str) -> Vec<(std::ops::Range<usize>, i64)> {
    if !TOKEN.is_match(text) || OTHER.is_match(text) {
        return Vec::new();
    }
    let words: Vec<_> = LIFETIME.find_iter(text).map(|word| word.range()).collect();
    let near = |range: &std::ops::Range<usize>| {
        words.iter().any(|word| {
            let between =
                if word.end <= range.start { text.get(word.end..range.start) } else { text.get(range.end..word.start) };
            between.is_some_and(|between| {
                between.len() <= 30 && !between.contains([';', '?', '!']) && !between.contains(". ")
            })
        })
    };
    let durations = durations_in(text).into_iter().filter(|duration| {
        duration.micros >= SECOND && near(&duration.range) && !POINT.is_match(&text[duration.range.end..])
    });
    durations.map(|duration| (duration.range, duration.micros / SECOND)).collect()
}

/// Place, seconds and arithmetic of a payload's lifetime.
fn lifetime_of(payload: &FoundPayload) -> Option<(Span, i64, String)> {
    let key = |name: &str| payload.keys.iter().find(|key| key.path.rsplit('.').next() == Some(name));
    let refresh = payload.keys.iter().any(|key| {
        matches!(key.path.rsplit('.').next(), Some("typ" | "type" | "token_type" | "token_use"))
            && key.value.as_deref().is_some_and(|value| value.eq_ignore_ascii_case("refresh"))
    });
    let (issued, expires) = (key("iat")?, key("exp")?);
    let (from, to) = (seconds(issued)?, seconds(expires)?);
    let lifetime = to.checked_sub(from).filter(|lifetime| *lifetime > 0 && !refresh)?;
    let place = if issued.span.source == expires.span.source { issued.span.join(expires.span) } else { expires.span };
    Some((place, lifetime, format!("{to} - {from} = {lifetime} s ({})", written(lifetime))))
}

fn seconds(key: &FoundKey) -> Option<i64> {
    let digits = key.value.as_deref()?.split('.').next()?;
    let value: i64 = digits.parse().ok()?;
    match digits.len() {
        10 => Some(value),
        13 => Some(value / 1_000),
        _ => None,
    }
}

/// Whether two lifetimes are the same but for rounding: within two hundredths.
fn agrees(a: i64, b: i64) -> bool {
    a.abs_diff(b).saturating_mul(50) <= a.unsigned_abs().max(b.unsigned_abs())
}

fn pattern(text: &str) -> Pattern {
    Pattern::new(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(text: &str) -> Vec<i64> {
        lifetimes_in(text).into_iter().map(|(_, seconds)| seconds).collect()
    }

    #[test]
    fn lifetimes_are_stated_in_several_ways() {
        for text in [
            "the JWT ran out (lifetime 10min)",
            "JWTs are valid for 10 minutes",
            "access token TTL: 600s",
            "tokens expire after 10 min",
            "we keep token expiry short, at 10 min",
            "a 10 minute token lifetime",
        ] {
            assert_eq!(stated(text).first(), Some(&600), "{text}");
        }
    }

    #[test]
    fn other_durations_are_no_token_lifetimes() {
        for text in [
            "The token expired 10 minutes ago",
            "refresh tokens expire after 10 minutes",
            "the session expires in 10 minutes",
            "tokens were rejected for 10 minutes",
            "the cache expires after 10 minutes",
            "valid for 10 minutes",
        ] {
            assert_eq!(stated(text), Vec::<i64>::new(), "{text}");
        }
    }

    #[test]
    fn rounding_is_no_disagreement() {
        assert!(agrees(3_600, 3_599));
        assert!(!agrees(3_600, 300));
    }
}
