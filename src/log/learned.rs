//! Templates learned from a full table, against which further messages are matched so that memory stays bounded.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::BuildHasherDefault;

use super::mask::{WILD, masked_tokens};

/// Most templates of one length and first word that a message is compared with: a message costs no more than these.
const BUCKET: usize = 64;

/// Templates by their number of tokens and first token.
#[derive(Debug, Default)]
pub(super) struct Learned {
    buckets: HashMap<(usize, Box<str>), Vec<Pattern>, BuildHasherDefault<DefaultHasher>>,
}

/// A template: which tokens must be equal, and the text it is counted under.
#[derive(Debug)]
struct Pattern {
    fixed: Vec<(usize, Box<str>)>,
    id: u32,
}

impl Learned {
    /// Learns a template from the masked text that stands for it and the positions that vary.
    pub(super) fn learn(&mut self, masked: &str, varies: &[bool], id: u32) {
        let Some(first) = masked_tokens(masked).next() else { return };
        let first = if varies.first() == Some(&true) { WILD } else { first };
        let bucket = self.buckets.entry((varies.len(), first.into())).or_default();
        if bucket.len() >= BUCKET {
            return;
        }
        let tokens = masked_tokens(masked).zip(varies).enumerate().filter(|(_, (_, varies))| !**varies);
        bucket.push(Pattern { fixed: tokens.map(|(at, (token, _))| (at, token.into())).collect(), id });
    }

    /// The text to count a masked message under, if a template fits it.
    pub(super) fn find(&self, masked: &str) -> Option<u32> {
        let tokens: Vec<&str> = masked_tokens(masked).collect();
        let firsts = [*tokens.first()?, WILD];
        firsts.iter().find_map(|first| {
            let bucket = self.buckets.get(&(tokens.len(), Box::from(*first)))?;
            let fits = |pattern: &&Pattern| pattern.fixed.iter().all(|(at, token)| tokens[*at] == &**token);
            bucket.iter().find(fits).map(|pattern| pattern.id)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_fits_where_all_fixed_words_are_equal() {
        let mut learned = Learned::default();
        learned.learn("cart of ann lost", &[false, false, true, false], 7);
        assert_eq!(learned.find("cart of bob lost"), Some(7));
        assert_eq!(learned.find("cart of bob found"), None);
        assert_eq!(learned.find("cart of bob"), None);
    }

    #[test]
    fn a_first_word_may_vary() {
        let mut learned = Learned::default();
        learned.learn("ann lost", &[true, false], 3);
        assert_eq!(learned.find("bob lost"), Some(3));
    }
}
