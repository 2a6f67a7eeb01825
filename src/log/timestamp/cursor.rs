//! A position in bytes that recognisers move forward; a copy of it is how they go back.

/// A position in the bytes of a line.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    /// Offset of the next byte.
    pub at: usize,
}

impl<'a> Cursor<'a> {
    /// A cursor at offset `at`.
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Cursor { bytes, at }
    }

    /// The byte `ahead` places further on; 0 past the end, which no recogniser accepts.
    pub(super) fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Takes one byte if it is `wanted`.
    pub(super) fn eat(&mut self, wanted: u8) -> Option<()> {
        (self.peek(0) == wanted).then(|| self.at += 1)
    }

    /// Takes up to `most` blanks and says how many there were.
    pub(super) fn blanks(&mut self, most: usize) -> usize {
        let count = (0..most).take_while(|&n| matches!(self.peek(n), b' ' | b'\t')).count();
        self.at += count;
        count
    }

    /// Length of the run of digits here, at most 20.
    pub(super) fn digit_run(&self) -> usize {
        (0..20).take_while(|&n| self.peek(n).is_ascii_digit()).count()
    }

    /// Takes a number of `least` to `most` digits that is not followed by a further digit.
    pub(super) fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let run = self.digit_run();
        if run < least || run > most {
            return None;
        }
        self.fixed(run)
    }

    /// Takes exactly `count` digits (at most 18), whatever follows.
    pub(super) fn fixed(&mut self, count: usize) -> Option<i64> {
        let mut value = 0;
        for n in 0..count {
            let digit = self.peek(n);
            if !digit.is_ascii_digit() {
                return None;
            }
            value = value * 10 + i64::from(digit - b'0');
        }
        self.at += count;
        Some(value)
    }

    /// Takes a run of ASCII letters, at most `most`.
    pub(super) fn letters(&mut self, most: usize) -> &'a [u8] {
        let count = (0..=most).take_while(|&n| self.peek(n).is_ascii_alphabetic()).count();
        if count > most {
            return &[];
        }
        let word = &self.bytes[self.at..self.at + count];
        self.at += count;
        word
    }

    /// Whether a word or number ends here.
    pub(super) fn at_boundary(&self) -> bool {
        let next = self.peek(0);
        !next.is_ascii_alphanumeric() && next != b'_' && next < 0x80
    }
}
