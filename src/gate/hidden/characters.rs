//! Characters without a shape of their own: what turns, hides or carries text unseen. Emoji sequences and the joiners of
//! Indic and Arabic words are told apart from them by their neighbours.

use std::sync::LazyLock;

use crate::pattern::Pattern;

use super::Hidden;

/// Every character that has no shape, or may have none.
static SHAPELESS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"[[\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u{2028}\u{2029}\u{2800}\u{1D159}]--[\n\t\p{Prepended_Concatenation_Mark}]]",
    )
});

/// What emoji are joined from.
static PICTOGRAPH: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\p{Extended_Pictographic}"));

/// What may take a presentation selector; digits only as keycaps.
static EMOJI: LazyLock<Pattern> = LazyLock::new(|| pattern(r"[\p{Emoji}--[0-9#*]]"));

/// Letters and marks of scripts whose spelling uses the joiners.
static JOINING: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"[[\p{Adlam}\p{Arabic}\p{Balinese}\p{Bengali}\p{Brahmi}\p{Devanagari}\p{Gujarati}\p{Gurmukhi}\p{Hanifi_Rohingya}\p{Javanese}\p{Kannada}\p{Khmer}\p{Lao}\p{Malayalam}\p{Mandaic}\p{Mongolian}\p{Myanmar}\p{Nko}\p{Oriya}\p{Sinhala}\p{Syriac}\p{Tamil}\p{Telugu}\p{Thai}\p{Tibetan}]&&[\p{L}\p{M}]]",
    )
});

/// Signs that a joiner may follow at the end of a word.
const VIRAMAS: &[char] = &[
    '\u{94D}', '\u{9CD}', '\u{A4D}', '\u{ACD}', '\u{B4D}', '\u{BCD}', '\u{C4D}', '\u{CCD}', '\u{D4D}', '\u{DCA}',
    '\u{F84}', '\u{1039}', '\u{103A}', '\u{17D2}',
];

/// The flags of England, Scotland and Wales: the only sequences of tag characters that are emoji.
static FLAG: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"\u{1F3F4}\u{E0067}\u{E0062}(?:\u{E0065}\u{E006E}\u{E0067}|\u{E0073}\u{E0063}\u{E0074}",
        r"|\u{E0077}\u{E006C}\u{E0073})\u{E007F}"
    ))
});

fn pattern(text: &str) -> Pattern {
    Pattern::new(text.to_owned())
}

/// Every hidden character of a text.
pub(super) fn hidden(text: &str) -> Vec<Hidden> {
    if text.is_ascii() && !text.bytes().any(|b| b.is_ascii_control() && b != b'\n' && b != b'\t') {
        return Vec::new();
    }
    let flags: Vec<_> = FLAG.find_iter(text).map(|flag| flag.range()).collect();
    let in_flag =
        |at: usize| flags.get(flags.partition_point(|flag| flag.end <= at)).is_some_and(|flag| flag.contains(&at));
    let mut found = Vec::new();
    for place in SHAPELESS.find_iter(text) {
        let Some(c) = place.as_str().chars().next() else { continue };
        let (before, after) = (&text[..place.start()], &text[place.end()..]);
        let (code, kind) = match c {
            '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                ("bidirectional-control", "changes the reading direction")
            }
            '\u{200C}' | '\u{200D}' if joins(c, before, after) => continue,
            '\u{FE0E}' | '\u{FE0F}' if selects(before, after) => continue,
            '\u{180B}'..='\u{180D}' | '\u{180F}' if ends_with(before, &JOINING) => continue,
            '\u{E0000}'..='\u{E007F}' if in_flag(place.start()) => continue,
            '\u{E0000}'..='\u{E007F}' => ("tag-character", "is a tag that carries text unseen"),
            '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' => ("zero-width-character", "has no width"),
            '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{2028}' | '\u{2029}' => {
                ("control-character", "is a control character")
            }
            _ => ("invisible-character", "is not visible"),
        };
        found.push(Hidden::new(place.start(), code, format!("the character U+{:04X} {kind}", u32::from(c))));
    }
    found
}

fn ends_with(before: &str, class: &Pattern) -> bool {
    before.chars().next_back().is_some_and(|c| class.is_match(c.encode_utf8(&mut [0; 4])))
}

fn starts_with(after: &str, class: &Pattern) -> bool {
    after.chars().next().is_some_and(|c| class.is_match(c.encode_utf8(&mut [0; 4])))
}

/// Whether a joiner stands between parts of an emoji, or inside a word of a script that is spelled with it.
fn joins(joiner: char, before: &str, after: &str) -> bool {
    if joiner == '\u{200D}' && starts_with(after, &PICTOGRAPH) {
        let base = before.strip_suffix('\u{FE0F}').unwrap_or(before);
        let base = base.strip_suffix(|c| matches!(c, '\u{1F3FB}'..='\u{1F3FF}')).unwrap_or(base);
        return ends_with(base, &PICTOGRAPH);
    }
    let Some(last) = before.chars().next_back() else { return false };
    if VIRAMAS.contains(&last) {
        return true;
    }
    // A suffix is set apart from a foreign word by the non-joiner: `PDF‌ها`.
    starts_with(after, &JOINING)
        && (ends_with(before, &JOINING) || joiner == '\u{200C}' && last.is_ascii_alphanumeric())
}

/// Whether a presentation selector follows an emoji, or a digit that becomes a keycap.
fn selects(before: &str, after: &str) -> bool {
    ends_with(before, &EMOJI) || before.ends_with(|c: char| "0123456789#*".contains(c)) && after.starts_with('\u{20E3}')
}
