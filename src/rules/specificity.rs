//! How telling a cue is: the rarer it is in a neutral corpus, the more of its points count.
//!
//! The weights stand in `rules/specificity.tsv`, which `casefile rules check --corpus PATH --write-specificity FILE` makes
//! from unlabelled texts. A cue that is not listed counts in full: nothing is known against it.

include!(concat!(env!("OUT_DIR"), "/specificity.rs"));

/// Weight of a cue that counts in full, in thousandths.
pub const FULL: u16 = 1000;

/// Fraction bits of [`log2`].
const BITS: u32 = 16;

/// The weight of a builtin cue in thousandths, 0 to 1000.
pub fn specificity(cue: &str) -> u16 {
    SPECIFICITY.binary_search_by(|(known, _)| (*known).cmp(cue)).map_or(FULL, |at| SPECIFICITY[at].1)
}

/// The weight in thousandths of a cue that occurs in `found` of `texts` texts: `sqrt(log((N+1)/(df+1)) / log(N+1))`, the
/// inverse document frequency of information retrieval, normalised and flattened. In integers, so that every machine agrees.
pub fn weight(found: u64, texts: u64) -> u16 {
    let whole = log2(texts.saturating_add(1));
    if whole == 0 {
        return FULL;
    }
    let part = whole.saturating_sub(log2(found.saturating_add(1)));
    u16::try_from((part * 1_000_000 / whole).isqrt()).unwrap_or(FULL)
}

/// The binary logarithm of a number of at least 1, times 2^[`BITS`]: each squaring of the mantissa gives one more bit.
fn log2(number: u64) -> u64 {
    let whole = number.max(1).ilog2();
    let mut bits = u64::from(whole);
    // The mantissa, between 1 and 2, with 32 fraction bits.
    let mut mantissa = (u128::from(number.max(1)) << 32) >> whole;
    for _ in 0..BITS {
        mantissa = (mantissa * mantissa) >> 32;
        bits <<= 1;
        if mantissa >= 2 << 32 {
            mantissa >>= 1;
            bits |= 1;
        }
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_right_to_four_digits() {
        assert_eq!(log2(1), 0);
        assert_eq!(log2(1024), 10 << BITS);
        // log2(1000) is 9.965784…
        assert_eq!(log2(1000) * 10_000 / (1 << BITS), 99_657);
    }

    #[test]
    fn a_cue_of_no_text_counts_in_full_and_one_of_every_text_not_at_all() {
        assert_eq!(weight(0, 1629), 1000);
        assert_eq!(weight(1629, 1629), 0);
        assert_eq!(weight(0, 0), 1000);
    }

    #[test]
    fn the_commoner_a_cue_the_less_it_counts() {
        let weights: Vec<u16> = [0, 1, 10, 50, 160, 400].map(|found| weight(found, 1629)).into();
        assert!(weights.is_sorted_by(|a, b| a > b), "{weights:?}");
        assert_eq!(weights[2], 822);
    }

    #[test]
    fn the_table_is_sorted_and_within_range() {
        assert!(SPECIFICITY.is_sorted_by(|a, b| a.0 < b.0));
        assert!(SPECIFICITY.iter().all(|(_, weight)| *weight <= FULL));
        assert_eq!(specificity("words that no rule has"), FULL);
    }
}
