//! A fast hash for short texts that stay within one block; no order of any output depends on it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// An odd number whose bits are spread well, from the golden ratio.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// Texts to numbers.
pub(super) type Texts<T> = HashMap<Box<str>, T, BuildHasherDefault<Folded>>;

/// Multiplies eight bytes at a time and folds the halves of the product together.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Folded(u64);

impl Folded {
    fn add(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word ^ SPREAD) * u128::from(SPREAD.rotate_left(23) ^ word.rotate_left(32));
        let halves = product.to_le_bytes();
        let (mut low, mut high) = ([0; 8], [0; 8]);
        low.copy_from_slice(&halves[..8]);
        high.copy_from_slice(&halves[8..]);
        self.0 = (u64::from_le_bytes(low) ^ u64::from_le_bytes(high)).wrapping_add(self.0.rotate_left(5));
    }
}

impl Hasher for Folded {
    fn finish(&self) -> u64 {
        self.0.wrapping_mul(SPREAD).rotate_left(26)
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            let mut eight = [0; 8];
            eight.copy_from_slice(word);
            self.add(u64::from_le_bytes(eight));
        }
        let rest = words.remainder();
        let mut eight = [0; 8];
        eight[..rest.len()].copy_from_slice(rest);
        self.add(u64::from_le_bytes(eight) ^ ((bytes.len() as u64) << 56));
    }

    fn write_u8(&mut self, _: u8) {
        // Ends a text; its length is in the hash already.
    }
}
