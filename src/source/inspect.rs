//! Findings of reading: what a reader of a source should know about its bytes. Judges characters and lines, not statements.

use std::collections::BTreeMap;
use std::ops::Range;

use super::cite::quotable;
use super::decode::Encoding;
use super::map::{Source, SourceFormat, SourceMap};
use crate::finding::{Code, Finding};
use crate::limits::{FINDINGS_PER_CODE, LINE_BYTES};
use crate::span::Span;

/// Most places that one finding names.
const PLACES: usize = 3;

/// Something noticed in a source, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    /// What it is.
    pub(super) code: Code,
    /// How often it occurs.
    pub(super) count: usize,
    /// The first few places.
    pub(super) places: Vec<Range<usize>>,
}

impl Notice {
    fn new(code: Code) -> Self {
        Notice { code, count: 0, places: Vec::new() }
    }

    fn add(&mut self, place: Range<usize>) {
        self.count += 1;
        if self.places.len() < PLACES {
            self.places.push(place);
        }
    }
}

/// What is noticed in a source, in the order of [`Code`]; secrets are findings of their own.
pub(super) fn notices(source: &Source) -> Vec<Notice> {
    let mut bidirectional = Notice::new(Code::BidirectionalText);
    let mut control = Notice::new(Code::ControlCharacters);
    characters(source, &mut bidirectional, &mut control);
    let mut empty = Notice::new(Code::EmptyDocument);
    if source.format != SourceFormat::Log && source.text.trim().is_empty() {
        empty.count = 1;
    }
    let mut repaired = Notice::new(Code::EncodingRepaired);
    repaired.count = source.garbling.map_or(0, |garbling| garbling.count);
    repaired.places.extend(first_beyond_ascii(source).filter(|_| source.garbling.is_some()));
    let mut invalid = Notice::new(Code::InvalidUtf8);
    if source.encoding == Encoding::Windows1252 {
        invalid.count = source.text.chars().filter(|c| !c.is_ascii()).count();
        invalid.places.extend(first_beyond_ascii(source));
    }
    let mut long = Notice::new(Code::LongLine);
    source.lines().filter(|line| line.len() > LINE_BYTES).for_each(|line| long.add(line));
    [bidirectional, control, empty, repaired, invalid, long].into_iter().filter(|notice| notice.count > 0).collect()
}

fn first_beyond_ascii(source: &Source) -> Option<Range<usize>> {
    source.text.char_indices().find(|(_, c)| !c.is_ascii()).map(|(at, c)| at..at + c.len_utf8())
}

fn characters(source: &Source, bidirectional: &mut Notice, control: &mut Notice) {
    // Garbled text holds C1 controls that were bytes of other characters.
    let garbled = source.garbling.is_some();
    let mut before = ' ';
    for (at, c) in source.text.char_indices() {
        let place = at..at + c.len_utf8();
        match c {
            '\t' | '\n' | '\r' | ' '..='~' => {}
            '\0'..='\u{1F}' | '\u{7F}' => control.add(place),
            '\u{80}'..='\u{9F}' if !garbled => control.add(place),
            _ if changes_direction(c) || is_hidden(c, before) => bidirectional.add(place),
            _ => {}
        }
        before = c;
    }
}

fn changes_direction(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Characters without width, but not the joiners that emoji and Indic or Arabic words are made with.
fn is_hidden(c: char, before: char) -> bool {
    match c {
        '\u{200B}' | '\u{2060}' | '\u{FEFF}' => true,
        '\u{200C}' | '\u{200D}' => before.is_ascii(),
        '\u{E0000}'..='\u{E007F}' => !matches!(before, '\u{1F3F4}' | '\u{E0000}'..='\u{E007F}'),
        _ => false,
    }
}

/// The findings of reading all sources, in source order; of each code the last one allowed counts the rest.
pub(super) fn findings(sources: &SourceMap) -> Vec<Finding> {
    let nothing_to_read = !sources.iter().any(|s| s.format != SourceFormat::Log && !s.text.trim().is_empty());
    let mut found = Vec::new();
    for source in sources.iter() {
        let notices = source.notices.iter().filter(|n| n.code != Code::EmptyDocument || nothing_to_read);
        found.extend(notices.map(|notice| finding(source, notice)));
        found.extend(secret_findings(source));
    }
    bounded(found)
}

fn bounded(found: Vec<Finding>) -> Vec<Finding> {
    let mut totals: BTreeMap<Code, usize> = BTreeMap::new();
    for finding in &found {
        *totals.entry(finding.code).or_default() += 1;
    }
    let mut kept: BTreeMap<Code, usize> = BTreeMap::new();
    let keep = |mut finding: Finding| {
        let number = kept.entry(finding.code).or_default();
        *number += 1;
        if *number == FINDINGS_PER_CODE && totals[&finding.code] > FINDINGS_PER_CODE {
            let more = totals[&finding.code] - FINDINGS_PER_CODE;
            finding.message.push_str(&format!("; {more} more findings of this kind are not listed"));
        }
        (*number <= FINDINGS_PER_CODE).then_some(finding)
    };
    found.into_iter().filter_map(keep).collect()
}

fn finding(source: &Source, notice: &Notice) -> Finding {
    let (path, count) = (&source.path, notice.count);
    let first = notice.places.first().and_then(|place| source.text[place.clone()].chars().next());
    let code_point = first.map_or_else(String::new, |c| format!("U+{:04X}", u32::from(c)));
    let table = source.garbling.map_or("another table", |garbling| garbling.table.as_str());
    let message = match notice.code {
        Code::BidirectionalText => {
            let verbs = if count == 1 { "hides or turns" } else { "hide or turn" };
            format!("{path} holds {} that {verbs} text, the first is {code_point}", number(count, "character"))
        }
        Code::ControlCharacters => {
            format!("{path} holds {}, the first is {code_point}", number(count, "control character"))
        }
        Code::EmptyDocument => format!("{path} holds no text"),
        Code::EncodingRepaired => {
            format!(
                "{path} is UTF-8 that was read as {table} and saved again; {} repaired for reading",
                number(count, "character")
            )
        }
        Code::InvalidUtf8 => {
            format!(
                "{path} is not valid UTF-8 and was read as Windows-1252; {} beyond ASCII",
                number(count, "character")
            )
        }
        _ => format!("{path} has {} of more than {LINE_BYTES} bytes", number(count, "line")),
    };
    let label = match notice.code {
        Code::LongLine => "long line".to_string(),
        _ => code_point,
    };
    notice.places.iter().fold(Finding::new(notice.code, message), |finding, place| {
        finding.at(Span::new(source.id, quotable(source, place.clone())), label.clone())
    })
}

/// One finding for each kind of secret; its places are what may be shown beside the secrets.
fn secret_findings(source: &Source) -> Vec<Finding> {
    let mut kinds: BTreeMap<&str, Notice> = BTreeMap::new();
    for secret in &source.secrets {
        kinds.entry(secret.label).or_insert_with(|| Notice::new(Code::SecretRedacted)).add(secret.range.clone());
    }
    let finding = |(label, notice): (&str, Notice)| {
        let message = format!(
            "{} holds {} ({label}), redacted wherever it is shown",
            source.path,
            number(notice.count, "secret")
        );
        let finding = Finding::new(Code::SecretRedacted, message).fix("rotate it, and remove it from the source");
        notice.places.into_iter().fold(finding, |finding, place| {
            finding.at(Span::new(source.id, quotable(source, place)), format!("{label} beside this"))
        })
    };
    kinds.into_iter().map(finding).collect()
}

fn number(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::map::Original;

    fn of_bytes(path: &str, bytes: &[u8]) -> SourceMap {
        let mut map = SourceMap::new();
        let original = Original::plain(bytes.to_vec());
        map.push(Source::decode(path.into(), original, |_| SourceFormat::Markdown));
        map
    }

    fn messages(map: &SourceMap) -> Vec<String> {
        findings(map).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn ordinary_text_has_no_finding() {
        let text = "Ärger mit der Anlage 👩\u{200D}💻 ✅\n\tनमस्ते क्\u{200D}ष\r\n";
        assert_eq!(messages(&SourceMap::from_text("a.md", text)), [""; 0]);
    }

    #[test]
    fn control_characters_are_counted_and_placed() {
        let map = SourceMap::from_text("a.log", "ok\0 \u{1B}[31mred");
        let found = findings(&map);
        assert_eq!(found[0].code, Code::ControlCharacters);
        assert_eq!(found[0].message, "a.log holds 2 control characters, the first is U+0000");
        assert_eq!(found[0].labels[0].0.range(), 2..3);
    }

    #[test]
    fn hidden_and_turning_characters_are_one_finding() {
        let map = SourceMap::from_text("a.md", "pay\u{202E}load a\u{200B}b");
        assert_eq!(messages(&map), ["a.md holds 2 characters that hide or turn text, the first is U+202E"]);
        let one = SourceMap::from_text("a.md", "pay\u{202E}load");
        assert_eq!(messages(&one), ["a.md holds 1 character that hides or turns text, the first is U+202E"]);
    }

    #[test]
    fn an_undecodable_file_says_how_it_was_read() {
        let map = of_bytes("a.md", b"caf\xE9 ferm\xE9");
        assert_eq!(messages(&map), ["a.md is not valid UTF-8 and was read as Windows-1252; 2 characters beyond ASCII"]);
        assert_eq!(map.iter().next().unwrap().warnings(), [Code::InvalidUtf8]);
    }

    #[test]
    fn garbled_text_says_which_table_and_how_much() {
        let map = SourceMap::from_text("a.md", "CafÃ© dÃ©jÃ\u{a0} ouvert");
        let message = "a.md is UTF-8 that was read as Windows-1252 and saved again; 3 characters repaired for reading";
        assert_eq!(messages(&map), [message]);
    }

    #[test]
    fn a_secret_is_counted_by_kind_and_never_shown() {
        let map = SourceMap::from_text("a.md", "password=Tr0ub4dor\nthen password=Tr0ub4dor again");
        let found = findings(&map);
        assert_eq!(found[0].message, "a.md holds 2 secrets (password), redacted wherever it is shown");
        let shown: Vec<&str> = found[0].labels.iter().map(|(span, _)| map.text(*span)).collect();
        assert_eq!(shown, ["password=", "then password="]);
    }

    #[test]
    fn documents_without_text_are_an_error_only_if_no_other_has_some() {
        let mut map = SourceMap::from_text("a.md", " \n");
        assert_eq!(messages(&map), ["a.md holds no text"]);
        map.add_text("b.md", "words");
        assert_eq!(messages(&map), [""; 0]);
    }

    #[test]
    fn a_megabyte_in_one_line_is_a_finding() {
        let map = SourceMap::from_text("a.log", &"x ".repeat(1 << 19));
        assert_eq!(messages(&map), ["a.log has 1 line of more than 16384 bytes"]);
    }

    #[test]
    fn past_the_limit_the_last_finding_counts_the_rest() {
        let mut map = SourceMap::new();
        for index in 0..FINDINGS_PER_CODE + 5 {
            let original = Original::plain(b"a\0b".to_vec());
            map.push(Source::decode(format!("{index}.md"), original, |_| SourceFormat::Text));
        }
        let found = messages(&map);
        assert_eq!(found.len(), FINDINGS_PER_CODE);
        assert!(found[FINDINGS_PER_CODE - 1].ends_with("; 5 more findings of this kind are not listed"));
    }
}
