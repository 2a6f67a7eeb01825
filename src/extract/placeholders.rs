//! Tells placeholders and instructions of templates from statements.
//!
//! It looks at one piece of text at a time; `templates` turns what was found into findings.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pattern::Pattern;

use super::pattern::pattern;

/// A placeholder in a piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placeholder {
    /// Its place in the text.
    pub range: Range<usize>,
    /// Whether the text says nothing else.
    pub whole: bool,
    /// Whether it is worth a finding; `n/a` in a table cell is an answer.
    pub told: bool,
}

/// The first placeholder in `raw` (source text, markup included); `statement` is where its statement stands, behind a
/// label.
pub(super) fn find_placeholder(raw: &str, statement: Range<usize>) -> Option<Placeholder> {
    let is_mark = |c: char| c.is_whitespace() || MARKS.contains(&c);
    let lead = raw[statement.clone()].len() - raw[statement.clone()].trim_start_matches(is_mark).len();
    let said = raw[statement.clone()].trim_matches(is_mark);
    let words = statement.start + lead..statement.start + lead + said.len();
    if ABSENT.is_match(said) {
        return Some(Placeholder { range: words, whole: true, told: false });
    }
    if WHOLE.is_match(said) {
        return Some(Placeholder { range: words, whole: true, told: true });
    }
    let masked = mask_code(raw);
    let range =
        bracketed(&masked).or_else(|| WORD.captures(&masked).and_then(|found| found.get(1)).map(|m| m.range()))?;
    let rest_before = &masked[statement.start.min(range.start)..range.start];
    let rest_after = &masked[range.end..];
    let whole = range.start >= statement.start && !has_words(rest_before) && !has_words(rest_after);
    Some(Placeholder { range, whole, told: true })
}

/// Whether a paragraph is the instruction of a template ("A clear and concise description of …").
pub(super) fn is_instruction(raw: &str) -> bool {
    let text = raw.trim();
    let italic = (text.starts_with('*') && text.ends_with('*') && !text.starts_with("**"))
        || (text.starts_with('_') && text.ends_with('_'));
    let said = text.trim_matches(['*', '_', '[', ']', '(', ')', '>', ' ']);
    if PROMPT.is_match(said) {
        return true;
    }
    IMPERATIVE.is_match(said) && (italic || text.starts_with('[') || ADDRESSED.is_match(said))
}

/// Whether an HTML comment tells the writer what to write (rather than the renderer what to do).
pub(super) fn comment_instructs(raw: &str) -> bool {
    let said = raw.trim().trim_start_matches("<!--").trim_end_matches("-->").trim();
    said.split_whitespace().count() >= 3 && !DIRECTIVE.is_match(said) && COMMENT.is_match(said)
}

const MARKS: &[char] = &['*', '_', '"', '\'', '.', ':', '-', '`', '~', '>'];

/// `text` with its code spans blanked out, byte for byte.
fn mask_code(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut code = false;
    for c in text.chars() {
        if c == '`' {
            code = !code;
        }
        if code || c == '`' {
            masked.extend(std::iter::repeat_n('.', c.len_utf8()));
        } else {
            masked.push(c);
        }
    }
    masked
}

fn has_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// `[Bug Title]`, `[Attach screenshot]`, `<describe the bug>`; not links, tags of log lines or check boxes.
fn bracketed(text: &str) -> Option<Range<usize>> {
    let square = SQUARE.captures_iter(text).find_map(|found| {
        let (all, inner) = (found.get(0)?, found.get(1)?);
        let linked = text[all.end()..].starts_with(['(', '[', ':']);
        (!linked && (ORDER.is_match(inner.as_str()) || SLOT.is_match(inner.as_str()))).then(|| all.range())
    });
    let angle = || ANGLE.find(text).map(|found| found.range());
    square.or_else(angle)
}

macro_rules! constant {
    ($name:ident, $($part:literal),+ $(,)?) => {
        static $name: LazyLock<Pattern> =
            LazyLock::new(|| pattern(concat!($($part),+)));
    };
}

constant!(
    ABSENT,
    r"(?i)^(?:n/?a|none(?: (?:identified|known|found|given|so far|yet))?|not applicable|keine?|aucune?|",
    r"ninguno|nenhum|なし|无)$"
);
constant!(
    WHOLE,
    r"(?i)^(?:tbd|tba|tbc|todo|fixme|\?{2,}|x{3,}|…|no response|no content|lorem ipsum.*|to be (?:determined|",
    r"defined|decided|added|filled|completed|written)(?: (?:in|later))?|",
    r"(?:step|schritt|étape|paso|passo|item|point|symptom|question) \d{1,2}(?:[:.…]|\.\.\.)*|手順\s?\d{1,2}|",
    r"步骤\s?\d{1,2}|(?:first|second|third|next) step|",
    r"(?:your )?(?:text|description|answer|title|name) (?:goes )?here|placeholder(?: text)?|待补充|待填写|未記入|記入してください)$",
);
constant!(WORD, r"(?:^|[\s(|:：])(TBD|TBA|\?{3,}|(?i:lorem ipsum))(?:$|[\s).,;|])");
constant!(SQUARE, r"\[([^\[\]\n]{2,70})\]");
constant!(
    ORDER,
    r"(?i)^(?:insert|attach|add|enter|describe|provide|list|explain|your|replace|fill|specify|paste|link to|",
    r"upload|include|choose|select|e\.g\.|tbd|todo|placeholder|yyyy|dd[/.-]mm|mm[/.-]dd)\b",
);
constant!(
    SLOT,
    r"^(?:[A-Z][A-Za-z]*[ /])(?:[A-Za-z]+ ){0,2}(?:Title|Name|Description|Summary|Number|Placeholder|Details|",
    r"Date|ID|Here|title|name|description|summary|number|details|date|here)$|^(?:Title|Description|Summary|",
    r"Name|Date|Placeholder)$",
);
constant!(
    ANGLE,
    r"(?i)<(?:(?:please )?(?:describe|insert|add|enter|replace|fill|explain|provide|list|specify|attach|",
    r"paste)|your|name of|date of|link to|what|how)(?: [^<>\n=]{1,80})?>",
);
constant!(
    PROMPT,
    r"(?i)^(?:an? )?(?:(?:clear|short|brief|concise|detailed|one.sentence|comprehensive)(?:,|",
    r",? and)? ?){1,3} ?(?:description|summary|explanation|overview|list|statement|title)\b(?: (?:of|about|",
    r"that|for|and)\b.*)?[.:]?$|^if applicable\b.*|^(?:please )?(?:delete|remove) this (?:section|line|text|",
    r"comment)\b.*",
);
constant!(
    IMPERATIVE,
    r"(?i)^(?:please |optional: )?(?:describe|explain|provide|include|list|add|insert|enter|fill in|fill out|",
    r"replace|specify|attach|paste|tell us|give|summari[sz]e|document|write|outline|use|report|state|identify|record|mention|what|how|who|when|",
    r"why|did|were|was|which|were there)\b",
);
constant!(
    ADDRESSED,
    r"(?i)^please (?:describe|explain|provide|include|list|add|insert|enter|fill|replace|specify|attach|",
    r"paste|tell)\b|\bgoes here\b|^(?:describe|explain|add|insert|enter|paste|attach|provide)\b.{0,60}\bhere\b"
);
constant!(
    DIRECTIVE,
    r"(?i)^(?:markdownlint|prettier|textlint|eslint|cspell|vale|toc\b|more\b|truncate|spdx|copyright|",
    r"generated|do not edit|auto.?generated|begin\b|end\b|prettier-ignore|omit|lint)",
);
constant!(
    COMMENT,
    r"(?i)\b(?:replace|describe|fill|remove|delete|include|provide|document|detail(?:s|ed)?|clear|concise|",
    r"brief|what|how|why|who|when|please|add|list|explain|instructions?|template|should|attach|comprehensive|",
    r"underlying|example|e\.g\.|beschreib\w*|bitte|décri\w+|describ\w+)\b|説明|记录|描述|填写|してください",
);

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(raw: &str) -> Option<bool> {
        find_placeholder(raw, 0..raw.len()).map(|found| found.whole)
    }

    #[test]
    fn a_statement_that_is_nothing_but_a_placeholder_is_found() {
        for raw in
            ["TBD", "???", "Step 2", "_No response_", "Lorem ipsum dolor", "[Component Name]", "<describe the fault>"]
        {
            assert_eq!(whole(raw), Some(true), "{raw}");
        }
    }

    #[test]
    fn a_placeholder_inside_a_statement_is_found_at_its_place() {
        let raw = "Bug: [Bug Title]";
        let found = find_placeholder(raw, 5..raw.len()).unwrap();
        assert_eq!((&raw[found.range], found.whole), ("[Bug Title]", true));
        assert_eq!(whole("The owner is TBD and the date is open"), Some(false));
    }

    #[test]
    fn not_applicable_is_an_answer() {
        assert_eq!(find_placeholder("N/A", 0..3).map(|found| found.told), Some(false));
    }

    #[test]
    fn links_tags_and_log_marks_are_no_placeholders() {
        for raw in [
            "[Add a test](https://example.com)",
            "[ERROR] disk full",
            "[Resolved] Queue stuck",
            "- [x] done",
            "`[Bug Title]`",
            "why???",
        ] {
            assert_eq!(whole(raw), None, "{raw}");
        }
    }

    #[test]
    fn an_unclear_date_is_no_placeholder() {
        assert_eq!(whole("2022-02-?? ??:?? the disk was replaced"), None);
    }

    #[test]
    fn instructions_are_told_from_statements() {
        assert!(is_instruction("A clear and concise description of what the bug is."));
        assert!(is_instruction("Clear description of the fault and its effect."));
        assert!(is_instruction("*What was the customer's experience?*"));
        assert!(is_instruction("Please describe the steps"));
        assert!(is_instruction("*Report who noticed it, and by which alert*"));
        assert!(!is_instruction("Report pages are empty"));
        assert!(!is_instruction("Add a lock around the refresh"));
        assert!(!is_instruction("What happened was a cascade."));
        assert!(!is_instruction("**List** is empty"));
    }

    #[test]
    fn comments_for_tools_are_no_instructions() {
        assert!(comment_instructs("<!-- Describe what happened, step by step -->"));
        assert!(!comment_instructs("<!-- markdownlint-disable MD013 what ever -->"));
        assert!(!comment_instructs("<!-- more -->"));
    }
}
