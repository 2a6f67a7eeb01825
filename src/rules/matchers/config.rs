//! Config signals: keys and values of configuration blocks and JSON.

use crate::case::{Basis, PayloadKind, SignalKind};
use crate::extract::SectionRole;
use crate::rules::ConfigLook;

use super::log::captures;
use super::{Match, MatchInput, Place};

/// Most settings cited for one signal.
const SETTINGS: usize = 3;

pub(super) fn matches(place: Place<'_>, look: &ConfigLook, input: &MatchInput<'_>) -> Vec<Match> {
    let mut matches = Vec::new();
    let configs = input.reading.payloads.iter().filter(|p| matches!(p.kind, PayloadKind::Config | PayloadKind::Json));
    for key in configs.flat_map(|payload| &payload.keys) {
        if matches.len() >= SETTINGS || !look.key.is_match(&key.path) {
            continue;
        }
        let value = key.value.as_deref().unwrap_or_default();
        if look.value.as_ref().is_some_and(|pattern| !pattern.is_match(value)) {
            continue;
        }
        let mut hit = Match::new(place, SignalKind::Config, key.span, Basis::Observed, SectionRole::Evidence);
        hit.structural = true;
        hit.bindings = captures(&look.key, &key.path);
        if let Some(pattern) = &look.value {
            hit.bindings.extend(captures(pattern, value));
        }
        hit.bindings.insert("key".into(), key.path.clone());
        hit.bindings.insert("value".into(), value.to_string());
        matches.push(hit);
    }
    matches
}
