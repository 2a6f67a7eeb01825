//! Maps offsets in decoded text back to offsets in the original bytes. Knows widths of characters, not how to decode them.

/// Distance between stored offsets, in bytes of text: a lookup walks at most this far.
const STRIDE: usize = 1024;

/// How many original bytes a character took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// One byte each.
    Byte,
    /// Two bytes a UTF-16 unit.
    Utf16,
}

impl Width {
    fn of(self, c: char) -> usize {
        match self {
            Width::Byte => 1,
            Width::Utf16 => 2 * c.len_utf16(),
        }
    }
}

/// The way from an offset in decoded text to the offset in the original bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum OffsetMap {
    /// The bytes are the text, after a byte order mark of this length.
    Shift(usize),
    /// Characters took other widths than in the text.
    Stepped {
        /// Width of a character in the original.
        width: Width,
        /// Pairs of text and original offsets, ascending, one about every [`STRIDE`] bytes.
        marks: Vec<(usize, usize)>,
        /// Length of the original.
        length: usize,
    },
}

impl OffsetMap {
    /// A map for `text`, whose first character starts at `first` of `length` original bytes.
    pub(super) fn stepped(text: &str, width: Width, first: usize, length: usize) -> Self {
        let mut marks = vec![(0, first)];
        let mut original = first;
        let mut next = STRIDE;
        for (at, c) in text.char_indices() {
            if at >= next {
                marks.push((at, original));
                next = at + STRIDE;
            }
            original += width.of(c);
        }
        OffsetMap::Stepped { width, marks, length }
    }

    /// The original offset of the character boundary `at` of `text`, the text the map was made for.
    pub(super) fn original(&self, text: &str, at: usize) -> usize {
        match self {
            OffsetMap::Shift(by) => at + by,
            OffsetMap::Stepped { length, .. } if at >= text.len() => *length,
            OffsetMap::Stepped { width, marks, length } => {
                let index = marks.partition_point(|mark| mark.0 <= at).saturating_sub(1);
                let (from, original) = marks.get(index).copied().unwrap_or_default();
                let walked = text.get(from..at).unwrap_or_default();
                (original + walked.chars().map(|c| width.of(c)).sum::<usize>()).min(*length)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_beyond_many_marks_are_exact() {
        let text = "é".repeat(5 * STRIDE);
        let map = OffsetMap::stepped(&text, Width::Byte, 0, 5 * STRIDE);
        for index in [0, 1, STRIDE / 2, STRIDE, 3 * STRIDE + 7, 5 * STRIDE] {
            assert_eq!(map.original(&text, 2 * index), index, "character {index}");
        }
    }

    #[test]
    fn a_byte_order_mark_shifts_every_offset() {
        assert_eq!(OffsetMap::Shift(3).original("abc", 2), 5);
    }
}
