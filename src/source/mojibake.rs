//! Mojibake: UTF-8 that was decoded with an 8-bit table and saved again. Detects it for a whole text and repairs passages for reading.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use encoding_rs::{MACINTOSH, WINDOWS_1252};

/// The table a text was wrongly decoded with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants are names of encodings")]
pub enum MojibakeTable {
    Windows1252,
    Latin1,
    MacRoman,
}

impl MojibakeTable {
    /// Every table; among equals the first explains the text.
    const ALL: [MojibakeTable; 3] = [MojibakeTable::Windows1252, MojibakeTable::Latin1, MojibakeTable::MacRoman];

    /// The table's usual name.
    pub fn as_str(self) -> &'static str {
        match self {
            MojibakeTable::Windows1252 => "Windows-1252",
            MojibakeTable::Latin1 => "Latin-1",
            MojibakeTable::MacRoman => "Mac Roman",
        }
    }

    /// The byte from 0x80 up that the table turns into `c`.
    fn byte(self, c: char) -> Option<u8> {
        match self {
            MojibakeTable::Latin1 => u8::try_from(u32::from(c)).ok().filter(|byte| !byte.is_ascii()),
            MojibakeTable::Windows1252 => WINDOWS_1252_BYTES.get(&c).copied(),
            MojibakeTable::MacRoman => MAC_ROMAN_BYTES.get(&c).copied(),
        }
    }
}

/// How a text was garbled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Garbling {
    /// The table it was wrongly decoded with.
    pub table: MojibakeTable,
    /// Number of characters that repair gives back.
    pub count: usize,
}

/// A garbled run and what it stood for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repaired {
    /// The run in the text that was repaired.
    pub range: Range<usize>,
    /// The characters it stood for.
    pub to: String,
}

static WINDOWS_1252_BYTES: LazyLock<BTreeMap<char, u8>> = LazyLock::new(|| upper_half(WINDOWS_1252));
static MAC_ROMAN_BYTES: LazyLock<BTreeMap<char, u8>> = LazyLock::new(|| upper_half(MACINTOSH));

fn upper_half(encoding: &'static encoding_rs::Encoding) -> BTreeMap<char, u8> {
    let character = |byte: u8| encoding.decode_without_bom_handling(&[byte]).0.chars().next();
    (0x80..=0xFF).filter_map(|byte| Some((character(byte)?, byte))).collect()
}

/// Decides whether `text` is garbled, and by which table, from the evidence of the whole text.
///
/// Accented words make a decodable pair by accident now and then (`ß“`, `l’été`), so the decodable sequences must be
/// alone, or outweigh everything the table does not explain. Sequences of punctuation, arrows and emoji are no accident:
/// three of them outweigh more.
pub(super) fn detect(text: &str) -> Option<Garbling> {
    if text.is_ascii() {
        return None;
    }
    let mut best: Option<(Evidence, MojibakeTable)> = None;
    for table in MojibakeTable::ALL {
        let evidence = evidence(text, table);
        if evidence.convinces() && best.is_none_or(|(other, _)| evidence.decoded > other.decoded) {
            best = Some((evidence, table));
        }
    }
    best.map(|(evidence, table)| Garbling { table, count: evidence.decoded })
}

/// Finds the garbled runs of `text`, a part of a source with that garbling, in order.
pub fn repair(text: &str, garbling: Garbling) -> Vec<Repaired> {
    let mut found: Vec<Repaired> = Vec::new();
    walk(text, garbling.table, |range, decoded| {
        let Some(c) = decoded else { return };
        match found.last_mut() {
            Some(last) if last.range.end == range.start => {
                last.range.end = range.end;
                last.to.push(c);
            }
            _ => found.push(Repaired { range, to: c.to_string() }),
        }
    });
    found
}

#[derive(Clone, Copy, Debug, Default)]
struct Evidence {
    /// Decodable sequences.
    decoded: usize,
    /// Those among them that no language writes by accident.
    certain: usize,
    /// Other characters of the table's upper half.
    unexplained: usize,
}

impl Evidence {
    fn convinces(self) -> bool {
        let alone = self.decoded >= 1 && self.unexplained == 0;
        let outweighs = self.decoded >= 3 && self.decoded >= 4 * self.unexplained;
        let certain = self.certain >= 3 && 8 * self.certain >= self.unexplained;
        alone || outweighs || certain
    }
}

fn evidence(text: &str, table: MojibakeTable) -> Evidence {
    let mut evidence = Evidence::default();
    walk(text, table, |_, decoded| match decoded {
        Some(c) => {
            evidence.decoded += 1;
            evidence.certain += usize::from(is_certain(c));
        }
        None => evidence.unexplained += 1,
    });
    evidence
}

/// Calls `visit` for each decodable sequence, and with `None` for each other character of the table's upper half.
fn walk(text: &str, table: MojibakeTable, mut visit: impl FnMut(Range<usize>, Option<char>)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(skipped) = bytes[at..].iter().position(|byte| !byte.is_ascii()) {
        at += skipped;
        let Some(c) = text[at..].chars().next() else { return };
        if let Some((length, decoded)) = sequence(&text[at..], table) {
            visit(at..at + length, Some(decoded));
            at += length;
            continue;
        }
        if table.byte(c).is_some() {
            visit(at..at + c.len_utf8(), None);
        }
        at += c.len_utf8();
    }
}

/// The character that the first two to four characters of `text` stood for, and their length in bytes.
fn sequence(text: &str, table: MojibakeTable) -> Option<(usize, char)> {
    let mut encoded = [0; 4];
    let mut wanted = 4;
    let mut length = 0;
    for (index, c) in text.chars().take(4).enumerate() {
        encoded[index] = table.byte(c)?;
        length += c.len_utf8();
        if index == 0 {
            wanted = match encoded[0] {
                0xC2..=0xDF => 2,
                0xE0..=0xEF => 3,
                0xF0..=0xF4 => 4,
                _ => return None,
            };
        }
        if index + 1 == wanted {
            let decoded = std::str::from_utf8(&encoded[..wanted]).ok()?.chars().next()?;
            return is_plausible(decoded).then_some((length, decoded));
        }
    }
    None
}

/// Not of the blocks that accidents of accented letters and quotation marks decode to and incident documents do not hold.
fn is_plausible(c: char) -> bool {
    !matches!(u32::from(c),
        0x80..=0x9F | 0x180..=0x36F | 0x460..=0x58F | 0x591..=0x5CF | 0x700..=0x8FF | 0xE000..=0xF8FF | 0xF_0000..)
}

/// Punctuation, arrows, box drawing, symbols and emoji: their first garbled character never stands before the others.
fn is_certain(c: char) -> bool {
    matches!(u32::from(c), 0x2000..=0x2BFF | 0x3000..=0x303F | 0xFE0F | 0x1_F000..=0x1_FAFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `text` decoded with the wrong table, the way an editor that trusts the table would.
    fn garble(text: &str, table: MojibakeTable) -> String {
        match table {
            MojibakeTable::Latin1 => text.bytes().map(char::from).collect(),
            MojibakeTable::Windows1252 => WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0.into_owned(),
            MojibakeTable::MacRoman => MACINTOSH.decode_without_bom_handling(text.as_bytes()).0.into_owned(),
        }
    }

    fn repaired(text: &str, garbling: Garbling) -> String {
        let mut result = text.to_string();
        for part in repair(text, garbling).into_iter().rev() {
            result.replace_range(part.range, &part.to);
        }
        result
    }

    #[test]
    fn each_table_is_told_and_undone() {
        let plain = "⏸️ état – déjà vu → “fin” 📄 ok";
        for table in MojibakeTable::ALL {
            let garbled = garble(plain, table);
            let garbling = detect(&garbled).unwrap();
            assert_eq!(garbling.table, table);
            assert_eq!(repaired(&garbled, garbling), plain);
        }
    }

    #[test]
    fn a_single_garbled_letter_alone_is_enough() {
        assert_eq!(detect("CafÃ© is closed"), Some(Garbling { table: MojibakeTable::Windows1252, count: 1 }));
    }

    #[test]
    fn correct_text_is_left_alone() {
        let texts = [
            "L’été où l’équipe « voilà\u{a0}» s’arrête… l’écran, l’éditeur, l’échec, à\u{a0}» à\u{a0}»",
            "„Spaß“ und „Fuß“ und „groß“ – Größe, Übung, Äpfel",
            "磁盘已满，服务重启。“根本原因”是什么？",
            "📄 report ✅ done ⚠️ later — it’s “fine” … 5 °C ±2 µs",
            "ΩÐÞ Ísland það Ærø ÅÄÖ Ñandú ¿Qué? ¡Sí!",
            "Ошибка в журнале — «нет места»",
            "plain words",
            "",
        ];
        for text in texts {
            assert_eq!(detect(text), None, "{text}");
        }
    }

    #[test]
    fn a_report_about_one_garbled_word_is_not_garbled() {
        assert_eq!(detect("the page shows CafÃ© where Café is stored"), None);
    }

    #[test]
    fn emoji_garbled_in_a_text_with_proper_dashes_are_found() {
        let text = format!("a – b — c {} d – e", garble("📄 ⏸️ 🚨", MojibakeTable::MacRoman));
        assert_eq!(detect(&text).unwrap().table, MojibakeTable::MacRoman);
    }

    #[test]
    fn repair_leaves_correct_characters_beside_garbled_ones() {
        let garbling = Garbling { table: MojibakeTable::Windows1252, count: 1 };
        let found = repair("é Ã©Ã¨ 漢 ’", garbling);
        assert_eq!(found, [Repaired { range: 3..11, to: "éè".into() }]);
    }
}
