//! Decodes a file's bytes: UTF-8, UTF-16 with or without byte order mark, else Windows-1252. Never fails, repairs nothing.

use encoding_rs::WINDOWS_1252;

use super::offsets::{OffsetMap, Width};

/// Bytes looked at to tell UTF-16 without byte order mark.
const SAMPLE: usize = 4096;

/// Fewest UTF-16 units worth a guess.
const LEAST_UNITS: usize = 4;

/// Encoding of a source's bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants are names of encodings")]
pub enum Encoding {
    #[default]
    Utf8,
    Utf16Le,
    Utf16Be,
    Windows1252,
}

impl Encoding {
    /// The name as in `sources[].encoding`.
    pub fn as_str(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::Windows1252 => "windows-1252",
        }
    }
}

/// Compression of a source's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants are names of formats")]
pub enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    /// The name as in `sources[].compression`.
    pub fn as_str(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
        }
    }
}

/// Decoded text with the way back to its bytes.
#[derive(Clone, Debug)]
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) encoding: Encoding,
    pub(super) offsets: OffsetMap,
}

/// Decodes `bytes`; a byte order mark decides and is dropped.
///
/// Without one, text with a NUL in every other byte is UTF-16, valid UTF-8 is UTF-8, and the rest is read as
/// Windows-1252, which gives every byte a character.
pub(super) fn decode(bytes: Vec<u8>) -> Decoded {
    match bytes.as_slice() {
        [0xEF, 0xBB, 0xBF, ..] => utf8(bytes, 3),
        [0xFF, 0xFE, ..] => utf16(&bytes, Encoding::Utf16Le, 2),
        [0xFE, 0xFF, ..] => utf16(&bytes, Encoding::Utf16Be, 2),
        _ => match guess_utf16(&bytes) {
            Some(encoding) => utf16(&bytes, encoding, 0),
            None => utf8(bytes, 0),
        },
    }
}

/// UTF-16 by its NUL pattern: at least two of five units of Latin text have a NUL in one half and none in the other.
pub(super) fn guess_utf16(bytes: &[u8]) -> Option<Encoding> {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let units = sample.len() / 2;
    if units < LEAST_UNITS {
        return None;
    }
    let nuls = |half: usize| sample.iter().skip(half).step_by(2).filter(|byte| **byte == 0).count();
    let (first, second) = (nuls(0), nuls(1));
    let many = |count: usize| count * 5 >= units * 2;
    let few = |count: usize| count * 32 <= units;
    match () {
        () if many(second) && few(first) => Some(Encoding::Utf16Le),
        () if many(first) && few(second) => Some(Encoding::Utf16Be),
        () => None,
    }
}

fn utf8(mut bytes: Vec<u8>, mark: usize) -> Decoded {
    bytes.drain(..mark);
    match String::from_utf8(bytes) {
        Ok(text) => Decoded { text, encoding: Encoding::Utf8, offsets: OffsetMap::Shift(mark) },
        Err(error) => windows_1252(error.as_bytes(), mark),
    }
}

fn windows_1252(bytes: &[u8], mark: usize) -> Decoded {
    let text = WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned();
    let offsets = OffsetMap::stepped(&text, Width::Byte, mark, mark + bytes.len());
    Decoded { text, encoding: Encoding::Windows1252, offsets }
}

/// A unit without its partner and an odd last byte become U+FFFD, so that the offsets stay those of the units.
fn utf16(bytes: &[u8], encoding: Encoding, mark: usize) -> Decoded {
    let body = &bytes[mark..];
    let pairs = body.chunks_exact(2);
    let odd = !pairs.remainder().is_empty();
    let units = pairs.map(|pair| match encoding {
        Encoding::Utf16Be => u16::from_be_bytes([pair[0], pair[1]]),
        _ => u16::from_le_bytes([pair[0], pair[1]]),
    });
    let mut text: String = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    if odd {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    let offsets = OffsetMap::stepped(&text, Width::Utf16, mark, bytes.len());
    Decoded { text, encoding, offsets }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utf16_bytes(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    fn decoded(bytes: &[u8]) -> (String, &'static str) {
        let decoded = decode(bytes.to_vec());
        (decoded.text, decoded.encoding.as_str())
    }

    /// Every character's original bytes, by the offset map.
    fn original_bytes<'a>(decoded: &Decoded, bytes: &'a [u8]) -> Vec<(char, &'a [u8])> {
        let at = |offset| decoded.offsets.original(&decoded.text, offset);
        decoded.text.char_indices().map(|(i, c)| (c, &bytes[at(i)..at(i + c.len_utf8())])).collect()
    }

    #[test]
    fn plain_utf8_needs_no_offset_map() {
        assert_eq!(decode("añb".into()).offsets, OffsetMap::Shift(0));
    }

    #[test]
    fn byte_order_marks_decide_and_are_dropped() {
        assert_eq!(decoded(b"\xEF\xBB\xBFa"), ("a".into(), "utf-8"));
        assert_eq!(decoded(b"\xFF\xFEa\0"), ("a".into(), "utf-16le"));
        assert_eq!(decoded(b"\xFE\xFF\0a"), ("a".into(), "utf-16be"));
    }

    #[test]
    fn utf16_without_mark_is_told_by_its_nul_pattern() {
        assert_eq!(decoded(&utf16_bytes("disk full", u16::to_le_bytes)), ("disk full".into(), "utf-16le"));
        assert_eq!(decoded(&utf16_bytes("disk full", u16::to_be_bytes)), ("disk full".into(), "utf-16be"));
    }

    #[test]
    fn nul_bytes_in_valid_utf8_stay() {
        assert_eq!(decoded(b"a\0b, and words"), ("a\0b, and words".into(), "utf-8"));
        let rotated = [vec![0; 5000], b"first line".to_vec()].concat();
        assert_eq!(decode(rotated).encoding, Encoding::Utf8);
    }

    #[test]
    fn invalid_utf8_is_read_as_windows_1252() {
        assert_eq!(decoded(b"caf\xE9 \x80 5"), ("café € 5".into(), "windows-1252"));
        assert_eq!(decoded(b"\x81\x8D"), ("\u{81}\u{8d}".into(), "windows-1252"));
    }

    #[test]
    fn broken_utf16_keeps_its_offsets() {
        let bytes = b"\xFF\xFEa\0\x00\xD8b\0c";
        let decoded = decode(bytes.to_vec());
        assert_eq!(decoded.text, "a\u{FFFD}b\u{FFFD}");
        let lengths: Vec<usize> = original_bytes(&decoded, bytes).iter().map(|(_, b)| b.len()).collect();
        assert_eq!(lengths, [2, 2, 2, 1]);
    }

    #[test]
    fn no_bytes_are_no_text() {
        assert_eq!(decoded(b""), (String::new(), "utf-8"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn utf16_offsets_lead_to_the_bytes_of_each_character(text in "\\PC{0,1500}") {
            for (mark, to_bytes) in [([0xFF, 0xFE], u16::to_le_bytes as fn(u16) -> [u8; 2]), ([0xFE, 0xFF], u16::to_be_bytes)] {
                let bytes = [mark.to_vec(), utf16_bytes(&text, to_bytes)].concat();
                let decoded = decode(bytes.clone());
                prop_assert_eq!(&decoded.text, &text);
                for (c, original) in original_bytes(&decoded, &bytes) {
                    prop_assert_eq!(original, utf16_bytes(&c.to_string(), to_bytes));
                }
            }
        }

        #[test]
        fn eight_bit_offsets_lead_to_the_bytes_of_each_character(bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
            let decoded = decode(bytes.clone());
            prop_assume!(decoded.encoding == Encoding::Windows1252);
            for (c, original) in original_bytes(&decoded, &bytes) {
                prop_assert_eq!(WINDOWS_1252.decode_without_bom_handling(original).0, c.to_string());
            }
        }

        #[test]
        fn utf8_offsets_lead_to_the_bytes_of_each_character(text in "\\PC{0,300}", marked in any::<bool>()) {
            let mark: &[u8] = if marked { b"\xEF\xBB\xBF" } else { b"" };
            let bytes = [mark, text.as_bytes()].concat();
            let decoded = decode(bytes.clone());
            prop_assume!(decoded.encoding == Encoding::Utf8);
            for (c, original) in original_bytes(&decoded, &bytes) {
                prop_assert_eq!(original.to_vec(), c.to_string().into_bytes());
            }
        }
    }
}
