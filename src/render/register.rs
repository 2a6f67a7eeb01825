//! The evidence register of a page: the items its body cites, in order of their numbers.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Serialize;
use serde_json::Value;

use super::RenderError;
use crate::case::{Case, Evidence, EvidenceId};
use crate::pattern::Pattern;

/// A register item as the page shows it.
#[derive(Serialize)]
pub(super) struct RegisterItem<'a> {
    pub item: &'a Evidence,
    /// Words and first line, as the `quote` filter takes them.
    pub text: &'a str,
    pub first_line: u64,
    /// First twelve digits of the hash: enough to compare by eye.
    pub sha256: &'a str,
}

/// The items that `body` links to. Words of a source may look like a link inside a code block; without an item of that
/// number they are passed over.
pub(super) fn cited<'a>(case: &'a Case, body: &str) -> Vec<RegisterItem<'a>> {
    static LINK: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"\[E([0-9]{1,9})\]\(#e[0-9]+\)"));
    let numbers: BTreeSet<u32> = LINK.captures_iter(body).filter_map(|found| found[1].parse().ok()).collect();
    let mut items: Vec<&Evidence> = case.evidence.iter().filter(|item| numbers.contains(&item.id.0)).collect();
    items.sort_by_key(|item| item.id);
    items.dedup_by_key(|item| item.id);
    items.into_iter().map(register_item).collect()
}

fn register_item(item: &Evidence) -> RegisterItem<'_> {
    let sha256 = item.sha256.get(..12).unwrap_or(&item.sha256);
    RegisterItem { item, text: &item.quote, first_line: item.lines[0], sha256 }
}

/// Fails if `value`, part of a case or plan, cites an item that the case's register does not hold: its link would lead
/// nowhere.
pub(super) fn check(case: &Case, value: &Value) -> Result<(), RenderError> {
    let known: BTreeSet<String> = case.evidence.iter().map(|item| item.id.to_string()).collect();
    let mut unknown = BTreeSet::new();
    collect_unknown(value, &known, &mut unknown);
    unknown.into_iter().next().map_or(Ok(()), |id| Err(RenderError::UnknownEvidence { id }))
}

fn collect_unknown(value: &Value, known: &BTreeSet<String>, unknown: &mut BTreeSet<EvidenceId>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_unknown(item, known, unknown)),
        Value::Object(map) => {
            // Other objects have ids too; places and pieces of evidence are those with a quote.
            let own = map.get("id").filter(|_| map.contains_key("quote"));
            let cited = map.get("evidence").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            for id in own.into_iter().chain(cited).filter_map(Value::as_str).filter(|id| !known.contains(*id)) {
                unknown.extend(id.parse::<EvidenceId>().ok());
            }
            map.values().for_each(|inner| collect_unknown(inner, known, unknown));
        }
        _ => {}
    }
}
