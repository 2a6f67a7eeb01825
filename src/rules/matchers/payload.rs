//! Payload signals: keys that are there, absent or empty, and consistency findings about values.

use crate::case::{Basis, SignalKind};
use crate::extract::{FoundPayload, SectionRole};
use crate::rules::PayloadLook;

use super::log::captures;
use super::{Match, MatchInput, Place};

/// Most payloads cited for one signal.
const PAYLOADS: usize = 3;

pub(super) fn matches(place: Place<'_>, look: &PayloadLook, input: &MatchInput<'_>) -> Vec<Match> {
    if let Some(code) = look.finding {
        return input
            .findings
            .iter()
            .filter(|finding| finding.code == code)
            .filter_map(|f| of_finding(place, f))
            .collect();
    }
    input.reading.payloads.iter().filter_map(|payload| judge(place, look, payload)).take(PAYLOADS).collect()
}

fn of_finding(place: Place<'_>, finding: &crate::finding::Finding) -> Option<Match> {
    let ((span, _), more) = finding.labels.split_first()?;
    let mut hit = Match::new(place, SignalKind::Payload, *span, Basis::Observed, SectionRole::Evidence);
    hit.more = more.iter().map(|(span, _)| *span).collect();
    hit.structural = true;
    hit.bindings.extend(finding.computed.clone().map(|value| ("computed".to_string(), value)));
    Some(hit)
}

fn judge(place: Place<'_>, look: &PayloadLook, payload: &FoundPayload) -> Option<Match> {
    if !look.kinds.is_empty() && !look.kinds.contains(&payload.kind) {
        return None;
    }
    let has = |name: &str| payload.keys.iter().any(|key| last_segment(&key.path).eq_ignore_ascii_case(name));
    if !look.present.iter().all(|name| has(name)) {
        return None;
    }
    let mut hit = Match::new(place, SignalKind::Payload, payload.span, Basis::Observed, SectionRole::Evidence);
    hit.structural = true;
    if !look.absent.is_empty() {
        let absent: Vec<&str> = look.absent.iter().map(String::as_str).filter(|name| !has(name)).collect();
        if absent.is_empty() {
            return None;
        }
        hit.bindings.insert("missing".into(), absent.join(", "));
    }
    if look.said_missing {
        let named: Vec<&(String, crate::span::Span)> = payload.missing.iter().filter(|(name, _)| !has(name)).collect();
        let (_, said) = named.first()?;
        hit.bindings
            .insert("missing".into(), named.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "));
        hit.more = vec![*said];
    }
    if let Some(pattern) = &look.empty {
        let key = payload.keys.iter().find(|key| {
            key.value.as_deref().is_some_and(|value| value.trim().is_empty()) && pattern.is_match(&key.path)
        })?;
        hit.span = key.span;
        hit.bindings.extend(captures(pattern, &key.path));
        hit.bindings.insert("key".into(), key.path.clone());
    }
    if let Some(pattern) = &look.pair {
        let (key, pair) = payload.keys.iter().find_map(|key| {
            let pair = format!("{}: {}", key.path, key.value.as_deref().unwrap_or_default());
            pattern.is_match(&pair).then_some((key, pair))
        })?;
        hit.span = key.span;
        hit.bindings.extend(captures(pattern, &pair));
        hit.bindings.insert("key".into(), key.path.clone());
        hit.bindings.insert("value".into(), key.value.clone().unwrap_or_default());
    }
    Some(hit)
}

fn last_segment(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path).trim_end_matches("[]")
}
