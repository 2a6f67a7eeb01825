//! The title of a case: its first heading without id and genre, else its first sentence.

use std::sync::LazyLock;

use crate::pattern::Pattern;
use crate::source::SourceMap;

use super::facts::{fold, is_statement, safe_text, statement};
use super::fields::{FoundField, names_place};
use super::headings::exact_role;
use super::labels::leading_label;
use super::metadata_keys::{Field, metadata_key};
use super::pattern::pattern;
use super::reading::{Passage, PassageKind, Reading, SectionRole};
use super::times::is_date;

/// Longest title, in bytes.
const TITLE_BYTES: usize = 160;

/// Words at the start of a heading that say what kind of document it is.
const GENRES: &str = concat!(
    r"(?i)^(?:(?:analysis|incident|bug|security|support|customer|production|prometheus|pagerduty|service|",
    r"post-?incident|postmortem|audit|scenario|problem|defect|root cause)\s+)*(?:report|incident|bug|issue|",
    r"defect|ticket|alert|scenario|post-?mortem|review|summary|escalation|pir|rca|analysis|resolution plan|",
    r"thread|discussion|problem)(?:\s+(?:report|draft|review))?(?:\s+#?\d+)?\s*(?::|[—–]|\s-\s)\s*",
);

/// The title of the leading document; `id` is the case's own id, which is no part of it.
pub(super) fn title(sources: &SourceMap, reading: &Reading, fields: &[FoundField], id: &str) -> String {
    let stated = || {
        fields
            .iter()
            .find(|found| found.field == Some(Field::Title))
            .map(|found| safe_text(sources, found.span, &found.value))
    };
    let title = heading_title(sources, reading, id).or_else(stated).or_else(|| first_sentence(sources, reading));
    short(&title.unwrap_or_default())
}

/// The first heading; the one after it where the first says no more than "Title:", an id or a genre.
fn heading_title(sources: &SourceMap, reading: &Reading, id: &str) -> Option<String> {
    let mut headings =
        reading.passages.iter().filter(|passage| passage.document == 0 && passage.kind == PassageKind::Heading);
    let first = headings.next()?;
    let told = |passage: &Passage| {
        let words = fold(&passage.flat.text);
        let label = leading_label(&passage.flat).and_then(|label| metadata_key(&passage.flat.text[label.words]));
        let bare = without_prefixes(&words, id);
        let empty = passage.placeholder
            || label.is_some_and(|field| field != Field::Title && !names_place(field))
            || is_id(&bare);
        let named = !empty && exact_role(&words).is_none() && bare.chars().any(char::is_alphanumeric);
        named.then(|| safe_text(sources, passage.span, &bare))
    };
    let follows = |next: &&Passage| {
        let words = fold(&first.flat.text);
        next.block == first.block + 1
            && (exact_role(&words) == Some(SectionRole::Title) || is_id(&without_prefixes(&words, id)))
    };
    told(first).or_else(|| headings.next().filter(follows).and_then(told))
}

fn first_sentence(sources: &SourceMap, reading: &Reading) -> Option<String> {
    let said = |passage: &&Passage| {
        let words = statement(passage);
        let own = !matches!(passage.role, SectionRole::Metadata) && !is_date(&words);
        is_statement(passage) && own && words.contains(' ')
    };
    let first = reading.passages.iter().find(said)?;
    Some(safe_text(sources, first.span, &statement(first)))
}

fn is_id(words: &str) -> bool {
    ID.find(words).is_some_and(|found| found.end() == words.len())
}

/// The issue key that a heading starts with, behind a genre word at most (`Bug: APP-12 …`).
pub(super) fn id_prefix(heading: &str) -> Option<String> {
    let heading = fold(heading);
    let bare = GENRE.replace(&heading, "");
    let found = ID.find(&heading).or_else(|| ID.find(&bare))?;
    Some(found.as_str().trim_matches(|c: char| !c.is_alphanumeric()).to_string())
}

/// `heading` without ids and genre words, as long as at least two words stay.
fn without_prefixes(heading: &str, id: &str) -> String {
    let mut title = heading;
    for _ in 0..4 {
        let rest = [&*GENRE, &*ID]
            .iter()
            .find_map(|pattern| pattern.find(title))
            .map(|found| title[found.end()..].trim_start());
        let rest = rest.or_else(|| title.strip_prefix(id).filter(|_| !id.is_empty()));
        let rest = rest.map(|rest| {
            rest.trim_start_matches(|c: char| matches!(c, '-' | '—' | '–' | ':' | '：') || c.is_whitespace())
        });
        match rest {
            Some(rest) if rest.split_whitespace().count() >= 2 || rest.chars().count() > 12 => title = rest,
            _ => break,
        }
    }
    title.trim_end_matches([':', ' ']).to_string()
}

fn short(title: &str) -> String {
    if title.len() <= TITLE_BYTES {
        return title.trim_end_matches(['.', '。']).to_string();
    }
    let mut end = TITLE_BYTES;
    while !title.is_char_boundary(end) {
        end -= 1;
    }
    let end = title[..end].rfind(' ').filter(|at| *at > TITLE_BYTES / 2).unwrap_or(end);
    format!("{} …", &title[..end])
}

static GENRE: LazyLock<Pattern> = LazyLock::new(|| pattern(GENRES));

static ID: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"^\[?[A-Z][A-Z0-9]+(?:-[A-Z][A-Z0-9]*)*-\d+(?:-\d+)*\]?(?:\s*[:：—–-]|\s|$)"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_genres_are_cut_off() {
        let cases = [
            ("APP-12: Logins fail at noon", "Logins fail at noon"),
            ("Bug: Logins fail at noon", "Logins fail at noon"),
            ("Scenario 04: Logins fail at noon", "Logins fail at noon"),
            ("Analysis Report: APP-EXAMPLE - Logins fail", "Logins fail"),
            ("BUG-7 — Dialog has no buttons", "Dialog has no buttons"),
            ("Incident Report: Outage", "Incident Report: Outage"),
            ("Logins fail: token refused", "Logins fail: token refused"),
        ];
        for (heading, bare) in cases {
            assert_eq!(without_prefixes(heading, "APP-EXAMPLE"), bare, "{heading}");
        }
    }

    #[test]
    fn a_key_at_the_start_is_the_id() {
        assert_eq!(id_prefix("APP-12: Logins fail").as_deref(), Some("APP-12"));
        assert_eq!(id_prefix("Incident Report: INC-2024-7 Logins fail").as_deref(), Some("INC-2024-7"));
        assert_eq!(id_prefix("Logins fail since APP-12"), None);
    }

    #[test]
    fn a_title_may_begin_with_the_place_where_it_fails() {
        let found = crate::extract::testing::facts("# Browser: pages freeze for a second\n\nIt is slow.\n").metadata;
        assert_eq!(found.title, "Browser: pages freeze for a second");
        assert!(found.environments.is_empty(), "{:?}", found.environments);
    }
}
