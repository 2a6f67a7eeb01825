//! Groups masked messages into templates: texts that differ in one word become one template where that word varies.
//!
//! A position varies if three or more words stand there, or a masked part does. Words in capitals and verbs (`opened`,
//! `closed`) tell events apart rather than vary, and so does the first word, unless very many stand there.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use super::mask::{WILD, masked_tokens};

/// Distinct words at one position from which on the position is taken to vary.
const WORDS: usize = 3;

/// The same for the first word of a message, which usually says what happened.
const FIRST_WORDS: usize = 20;

/// The same among all texts of one length and first word, whatever else differs: only values are so many.
const WIDE_WORDS: usize = 64;

/// Rounds of merging: each makes one more position of a template variable.
const ROUNDS: usize = 3;

/// Number of the masked part among tokens.
const WILD_TOKEN: u32 = 0;

type Words<'a> = std::collections::HashMap<&'a str, u32, BuildHasherDefault<DefaultHasher>>;

/// For each of the masked texts, the index of the text that stands for its group (the first one of it).
pub(super) fn group(masked: &[&str]) -> Vec<usize> {
    let mut mining = Mining::new(masked);
    mining.widen();
    for _ in 0..ROUNDS {
        if !mining.round() {
            break;
        }
    }
    mining.leaders()
}

/// Which positions of the group's leader vary, by the tokens of its members: for the text that is shown.
pub(super) fn varying(leader: &str, members: &[&str]) -> Vec<bool> {
    let mut varies: Vec<bool> = masked_tokens(leader).map(|token| token == WILD).collect();
    for member in members {
        for ((varies, a), b) in varies.iter_mut().zip(masked_tokens(leader)).zip(masked_tokens(member)) {
            *varies |= a != b;
        }
    }
    varies
}

/// Texts as numbers of words, and the groups they were merged into.
struct Mining<'a> {
    names: Vec<&'a str>,
    /// Tokens of each text; those of merged texts are the template's.
    tokens: Vec<Vec<u32>>,
    /// The text each text was merged into, itself if none.
    into: Vec<usize>,
}

/// Texts that agree in all but one position.
struct Family {
    position: usize,
    members: Vec<usize>,
}

impl<'a> Mining<'a> {
    fn new(masked: &[&'a str]) -> Self {
        let mut words: Words<'a> = Words::default();
        let mut names = vec![WILD];
        words.insert(WILD, WILD_TOKEN);
        let mut tokens = Vec::with_capacity(masked.len());
        for text in masked.iter().copied() {
            let numbers = masked_tokens(text).map(|word| {
                *words.entry(word).or_insert_with(|| {
                    names.push(word);
                    u32::try_from(names.len() - 1).unwrap_or(u32::MAX)
                })
            });
            tokens.push(numbers.collect());
        }
        let mut mining = Mining { names, tokens, into: (0..masked.len()).collect() };
        mining.join_equal();
        mining
    }

    /// Merges texts with equal tokens, which differ in blanks only or became equal by merging.
    fn join_equal(&mut self) {
        let mut first: BTreeMap<&[u32], usize> = BTreeMap::new();
        for index in 0..self.tokens.len() {
            if self.into[index] == index {
                self.into[index] = *first.entry(&self.tokens[index]).or_insert(index);
            }
        }
    }

    /// Makes positions variable at which very many words stand, so that texts with several such positions meet at all.
    fn widen(&mut self) {
        let mut groups: BTreeMap<(usize, u32), Vec<usize>> = BTreeMap::new();
        for (index, tokens) in self.tokens.iter().enumerate().filter(|(index, _)| self.into[*index] == *index) {
            if tokens.len() > 2 && self.is_plain(tokens[0]) {
                groups.entry((tokens.len(), tokens[0])).or_default().push(index);
            }
        }
        for ((length, _), members) in groups.into_iter().filter(|(_, members)| members.len() >= WIDE_WORDS) {
            let wide: Vec<usize> = (1..length).filter(|position| self.is_wide(&members, *position)).collect();
            // Texts that agree in their first word and little else are no template.
            let fixed = length - wide.len();
            if fixed < 2 || fixed * 3 < length {
                continue;
            }
            for (member, position) in
                members.iter().flat_map(|member| wide.iter().map(move |position| (*member, *position)))
            {
                self.tokens[member][position] = WILD_TOKEN;
            }
        }
        self.join_equal();
    }

    fn is_wide(&self, members: &[usize], position: usize) -> bool {
        let mut words: Vec<u32> = members.iter().map(|member| self.tokens[*member][position]).collect();
        words.sort_unstable();
        words.dedup();
        words.len() >= WIDE_WORDS
    }

    /// Makes one more position variable wherever a family says so; tells whether anything changed.
    fn round(&mut self) -> bool {
        let mut families = self.families();
        families.sort_by_key(|family| (std::cmp::Reverse(family.members.len()), family.members[0], family.position));
        let mut changed = false;
        let mut touched = vec![false; self.tokens.len()];
        for family in families {
            let members: Vec<usize> = family.members.iter().copied().filter(|member| !touched[*member]).collect();
            if members.len() < 2 || !self.varies(&members, family.position) {
                continue;
            }
            for member in &members {
                touched[*member] = true;
                self.tokens[*member][family.position] = WILD_TOKEN;
            }
            changed = true;
        }
        self.join_equal();
        changed
    }

    /// Families of two texts and more, found by the hash of a text without one of its words.
    fn families(&self) -> Vec<Family> {
        let mut keyed: Vec<(u64, usize, usize)> = Vec::new();
        for (index, tokens) in self.tokens.iter().enumerate().filter(|(index, _)| self.into[*index] == *index) {
            let whole = tokens.iter().enumerate().fold(tokens.len() as u64, |sum, part| sum.wrapping_add(mix(part)));
            for (position, token) in tokens.iter().enumerate() {
                if *token == WILD_TOKEN || self.is_word(*token) {
                    keyed.push((whole.wrapping_sub(mix((position, token))), position, index));
                }
            }
        }
        keyed.sort_unstable();
        let same = |a: &(u64, usize, usize), b: &(u64, usize, usize)| (a.0, a.1) == (b.0, b.1);
        let chunks = keyed.chunk_by(same).filter(|chunk| chunk.len() > 1);
        let families = chunks.map(|chunk| {
            let position = chunk[0].1;
            let first = &self.tokens[chunk[0].2];
            let members =
                chunk.iter().map(|entry| entry.2).filter(|index| agrees(first, &self.tokens[*index], position));
            Family { position, members: members.collect() }
        });
        families.filter(|family| family.members.len() > 1).collect()
    }

    /// Whether the words of the members at the position are values rather than what tells events apart.
    fn varies(&self, members: &[usize], position: usize) -> bool {
        let tokens = &self.tokens[members[0]];
        let fixed = tokens.iter().enumerate().filter(|(at, token)| *at != position && self.is_plain(**token)).count();
        let words: Vec<&str> = members
            .iter()
            .map(|member| self.tokens[*member][position])
            .filter(|token| *token != WILD_TOKEN)
            .map(|token| self.names[token as usize])
            .collect();
        let telling = words.iter().filter(|word| tells_apart(word)).count();
        if fixed == 0 || telling * 2 > words.len() {
            return false;
        }
        let masked = words.len() < members.len() && position > 0;
        let needed = match position {
            _ if masked => 1,
            0 => FIRST_WORDS,
            _ => WORDS,
        };
        words.len() >= needed
    }

    fn is_word(&self, token: u32) -> bool {
        self.names[token as usize].starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '.' | '*'))
    }

    /// Whether the token is a word of two letters and more: what a template must keep at least one of.
    fn is_plain(&self, token: u32) -> bool {
        token != WILD_TOKEN && self.names[token as usize].chars().take_while(|c| c.is_alphabetic()).count() >= 2
    }

    fn leaders(mut self) -> Vec<usize> {
        // A text is merged into an earlier one or itself, so one pass in order resolves chains.
        for index in 0..self.into.len() {
            self.into[index] = self.into[self.into[index]];
        }
        self.into
    }
}

/// Whether two texts have equal tokens everywhere but at `position`.
fn agrees(a: &[u32], b: &[u32], position: usize) -> bool {
    a.len() == b.len() && a[..position] == b[..position] && a[position + 1..] == b[position + 1..]
}

/// Words that name an action or a state: verbs, and words in capitals.
fn tells_apart(word: &str) -> bool {
    let capitals = word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    capitals || (word.len() > 4 && (word.ends_with("ed") || word.ends_with("ing")))
}

fn mix(part: (usize, &u32)) -> u64 {
    let mut hasher = DefaultHasher::new();
    part.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaders(texts: &[&str]) -> Vec<usize> {
        group(texts)
    }

    #[test]
    fn three_words_at_one_position_vary() {
        assert_eq!(leaders(&["drop cart of ann", "drop cart of bob", "drop cart of cy"]), [0, 0, 0]);
        assert_eq!(leaders(&["drop cart of ann", "drop cart of bob"]), [0, 1]);
    }

    #[test]
    fn a_masked_part_takes_words_at_its_position() {
        assert_eq!(leaders(&["drop cart of <*>", "drop cart of ann"]), [0, 0]);
    }

    #[test]
    fn verbs_and_capitals_tell_events_apart() {
        assert_eq!(leaders(&["cart was opened", "cart was closed", "cart was emptied"]), [0, 1, 2]);
        assert_eq!(leaders(&["state is DOWN now", "state is LATE now", "state is FULL now"]), [0, 1, 2]);
    }

    #[test]
    fn first_words_tell_events_apart() {
        assert_eq!(leaders(&["cartd is up", "maild is up", "webd is up"]), [0, 1, 2]);
    }

    #[test]
    fn positions_with_very_many_words_vary_together() {
        let word = |number: usize| {
            format!("w{}", char::from(b'a' + u8::try_from(number % 26).unwrap()).to_string().repeat(1 + number / 26))
        };
        let texts: Vec<_> = (0..100).map(|n| format!("user {} sent it to {}", word(n), word(99 - n))).collect();
        let leaders = group(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(leaders.iter().all(|leader| *leader == 0));
    }

    #[test]
    fn two_positions_vary_one_after_the_other() {
        let texts = ["a1 moves ann to eu", "a1 moves bob to eu", "a1 moves cy to eu", "a1 moves ann to us"];
        assert_eq!(leaders(&texts)[..3], [0, 0, 0]);
    }
}
