//! Decides how the actual side of a pair relates to the expected one: words first, then lists and numbers, integers only.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::decimal::Decimal;
use super::{PairRelation, PairSide, PairValue};
use crate::extract::pattern::pattern;
use crate::pattern::Pattern;

/// Longest text that states a decision rather than a story, in bytes.
const DECISION_BYTES: usize = 80;

/// Most words of a decision ("token is expired").
const DECISION_WORDS: usize = 4;

/// Largest difference of two times that a wrong zone makes, in hours.
const ZONE_HOURS: i64 = 14;

/// Ratios that a wrong factor or unit makes.
const FACTORS: &[i128] = &[10, 100, 1_000, 60, 1_024, 3_600];

/// Bits of the integer types that wrap.
const WIDTHS: &[u32] = &[8, 16, 32, 64];

/// Words that tell a bound from its neighbour.
static BOUNDARY: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:>=|<=|≥|≤|[<>])[`'\x22]?,? ?(?:instead of|rather than|and not|not|vs\.?|versus|against|should be|but should be|",
        r"而不是|而非)[`'\x22 ]*(?:>=|<=|≥|≤|[<>])|\boff[- ]by[- ]one\b|\bone (?:too (?:many|few|early|late|high|low)|extra|",
        r"less|more|fewer|short)\b|\b1 (?:too (?:many|few)|extra|fewer)\b|\bn ?[+-] ?1\b|差一|多一个|少一个"
    ))
});

static EXACTLY: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\bexactly\b|\bboundary\b|\bat the (?:limit|threshold)\b|\bequal (?:to|values?)\b|==|刚好|恰好|ちょうど",
    )
});

/// Words that stand for the two ends of an order.
const OPPOSITES: &[(&str, &str)] = &[
    ("highest", "lowest"),
    ("high", "low"),
    ("largest", "smallest"),
    ("longest", "shortest"),
    ("maximum", "minimum"),
    ("max", "min"),
    ("most", "least"),
    ("first", "last"),
    ("newest", "oldest"),
    ("latest", "earliest"),
    ("nearest", "farthest"),
    ("ascending", "descending"),
    ("asc", "desc"),
    ("lifo", "fifo"),
    ("最高", "最低"),
    ("最大", "最小"),
];

static NUMBER: LazyLock<Pattern> = LazyLock::new(|| pattern(r"-?\d+(?:\.\d+)?"));

/// A number of the block that may be compared: not part of a date, a time, an identifier or a list mark.
static COMPARED: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?:^|[\s=($>≥≤<~,])(-?\d[\d,]*(?:\.\d+)?)(?:[a-zA-Z%]{0,5})(?:$|[\s),;]|\.(?:\s|$))"));

/// Whether both sides say the same, so that nothing failed.
pub(super) fn agree(expected: &PairValue, actual: &PairValue) -> bool {
    match (expected, actual) {
        (PairValue::Number { value: a, unit: x }, PairValue::Number { value: b, unit: y }) => {
            let same = decimals(a, b).and_then(|(a, b)| a.align(b)).is_some_and(|both| both.first == both.second);
            (same || a == b) && same_unit(x, y)
        }
        (PairValue::Text(a), PairValue::Text(b)) => a.to_lowercase() == b.to_lowercase(),
        (a, b) => a == b,
    }
}

/// Whether two units may be one: `nm` and `nm backtrack`, or none and any.
fn same_unit(a: &str, b: &str) -> bool {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    let begins = |long: &str, short: &str| {
        long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ') || short.is_empty())
    };
    begins(&a, &b) || begins(&b, &a)
}

/// The relation of a pair that does not agree; `block` is the text around it. `constant` is decided over all pairs.
pub(super) fn relation(expected: &PairSide, actual: &PairSide, block: &str) -> PairRelation {
    use PairRelation as R;
    let remarks = [expected.text.as_str(), actual.text.as_str()];
    if remarks.iter().any(|text| BOUNDARY.is_match(text)) || one_at_an_end(&expected.value, &actual.value) {
        return R::Boundary;
    }
    let numbers = numbers(expected, actual);
    if opposite_lists(&expected.value, &actual.value)
        || opposite_words(expected, actual)
        || numbers.is_some_and(|(a, b)| complementary(a, b, &expected.value))
    {
        return R::Complement;
    }
    if is_decision(&expected.value, &actual.value)
        && (remarks.iter().any(|text| EXACTLY.is_match(text)) || has_equal_numbers(block))
    {
        return R::Boundary;
    }
    if let Some((a, b)) = numbers {
        return of_numbers(a, b, &expected.value, &actual.value);
    }
    match (&expected.value, &actual.value) {
        (PairValue::Time { .. }, PairValue::Time { .. }) if whole_hours(&expected.value, &actual.value) => {
            R::HourMultiple
        }
        (expected, PairValue::Missing) if *expected != PairValue::Missing => R::Missing,
        _ => R::Different,
    }
}

/// The numbers of both sides: the values, or the one number in which two texts differ.
fn numbers(expected: &PairSide, actual: &PairSide) -> Option<(Decimal, Decimal)> {
    match (&expected.value, &actual.value) {
        (PairValue::Number { value: a, .. }, PairValue::Number { value: b, .. }) => decimals(a, b),
        (PairValue::Text(a), PairValue::Text(b)) => {
            let frame = |text: &str| NUMBER.replace_all(text, "#").to_lowercase();
            if a.len().max(b.len()) > DECISION_BYTES || frame(a) != frame(b) {
                return None;
            }
            let mut differing = NUMBER.find_iter(a).zip(NUMBER.find_iter(b)).filter(|(a, b)| a.as_str() != b.as_str());
            let (a, b) = differing.next().filter(|_| differing.next().is_none())?;
            decimals(a.as_str(), b.as_str())
        }
        (PairValue::Text(a), PairValue::Number { value: b, .. }) => decimals(only_number(a)?, b),
        (PairValue::Number { value: a, .. }, PairValue::Text(b)) => decimals(a, only_number(b)?),
        _ => None,
    }
}

/// The number of a few words that hold one (`status 200`).
fn only_number(text: &str) -> Option<&str> {
    let mut found = NUMBER.find_iter(text);
    let number = found.next().filter(|_| found.next().is_none())?;
    let bounded = text.contains(['<', '>', '≤', '≥']) || text.split_whitespace().count() > 4;
    (!bounded && number.start() > 0).then_some(number.as_str())
}

fn decimals(a: &str, b: &str) -> Option<(Decimal, Decimal)> {
    Some((Decimal::parse(a)?, Decimal::parse(b)?))
}

fn of_numbers(a: Decimal, b: Decimal, expected: &PairValue, actual: &PairValue) -> PairRelation {
    use PairRelation as R;
    let integers = a.integer().zip(b.integer());
    let units = (unit(expected), unit(actual));
    let unlike = !same_unit(units.0, units.1);
    if integers.is_some_and(|(a, b)| saturated(a, b)) {
        return R::Overflow;
    }
    if !unlike && integers.is_some_and(|(a, b)| a.abs_diff(b) == 1) {
        return R::OffByOne;
    }
    if !unlike && (is_truncated(a, b) || nearly(a, b)) {
        return R::Truncated;
    }
    if integers.is_some_and(|(a, b)| wrapped(a, b)) {
        return R::Overflow;
    }
    if by_factor(a, b) || unlike && a.align(b).is_some_and(|both| both.first == both.second) {
        return R::PowerOfTenOrUnit;
    }
    R::OtherNumber
}

fn unit(value: &PairValue) -> &str {
    if let PairValue::Number { unit, .. } = value { unit } else { "" }
}

/// x and -x, x and 1-x (for percentages 100-x), x and 1/x.
fn complementary(a: Decimal, b: Decimal, expected: &PairValue) -> bool {
    let Some(both) = a.align(b) else { return false };
    let (x, y, one) = (both.first, both.second, both.one);
    if x == -y && x != 0 {
        // The negative of a power of two is what an integer type wraps to.
        return !a.integer().is_some_and(|n| [7, 15, 31, 63].contains(&n.unsigned_abs().ilog2()) && is_power(n));
    }
    let whole = if unit(expected) == "%" { one * 100 } else { one };
    let inside = |n: i128| 0 < n && n < whole;
    if inside(x) && inside(y) && x + y == whole {
        return x != y;
    }
    let (Some(product), Some(square)) = (x.checked_mul(y), one.checked_mul(one)) else { return false };
    // A reciprocal is written rounded: one part in a hundred.
    x.abs() != one
        && (product - square).abs().checked_mul(100).is_some_and(|off| off <= square)
        && (x.abs() > one) != (y.abs() > one)
}

fn is_power(number: i128) -> bool {
    number.unsigned_abs().is_power_of_two()
}

fn is_truncated(a: Decimal, b: Decimal) -> bool {
    a.integer().is_none() && b.integer() == Some(a.truncated())
}

/// Whether two numbers differ by less than 0.1 %.
fn nearly(a: Decimal, b: Decimal) -> bool {
    a.align(b).is_some_and(|both| {
        (both.first - both.second).abs().checked_mul(1_000).is_some_and(|off| off < both.first.abs())
    })
}

/// Whether the actual number is the end of an integer type that the expected one has passed.
fn saturated(expected: i128, actual: i128) -> bool {
    WIDTHS.iter().skip(1).any(|bits| {
        let (signed, unsigned) = ((1_i128 << (bits - 1)) - 1, (1_i128 << bits) - 1);
        (actual == signed && expected > signed)
            || (actual == unsigned && expected > unsigned)
            || (actual == -signed - 1 && (expected > signed || expected < actual))
    })
}

/// Whether the actual number is what an integer type makes of one too large for it.
fn wrapped(expected: i128, actual: i128) -> bool {
    let wraps = WIDTHS.iter().any(|bits| {
        let (size, half) = (1_i128 << bits, 1_i128 << (bits - 1));
        let signed = (-half..half).contains(&actual) && !(-half..half).contains(&expected);
        let unsigned = (0..size).contains(&actual) && !(0..size).contains(&expected);
        // Zero is the most usual wrong number of all; only the large types make it unlikely by chance.
        (expected - actual) % size == 0 && (signed || unsigned) && (actual != 0 || *bits >= 32)
    });
    wraps || actual < 0 && expected > i128::from(i32::MAX) || actual < -(1 << 30) && expected > 0
}

fn by_factor(a: Decimal, b: Decimal) -> bool {
    let Some(both) = a.align(b).filter(|both| both.first != 0 && both.second != 0) else { return false };
    let is = |large: i128, small: i128, factor: i128| {
        let product = small.checked_mul(factor);
        product.is_some_and(|product| (large - product).abs().checked_mul(2_000).is_some_and(|off| off <= large.abs()))
    };
    FACTORS.iter().any(|factor| is(both.first, both.second, *factor) || is(both.second, both.first, *factor))
}

fn whole_hours(expected: &PairValue, actual: &PairValue) -> bool {
    let (PairValue::Time { seconds: a, offset: x }, PairValue::Time { seconds: b, offset: y }) = (expected, actual)
    else {
        return false;
    };
    let apart = match (x, y) {
        (Some(x), Some(y)) => (a - x) - (b - y),
        _ => a - b,
    };
    apart != 0 && apart % 3_600 == 0 && apart.abs() <= ZONE_HOURS * 3_600
}

/// One element too many or too few at an end of a list.
fn one_at_an_end(expected: &PairValue, actual: &PairValue) -> bool {
    let (PairValue::List(a), PairValue::List(b)) = (expected, actual) else { return false };
    let (long, short) = if a.len() > b.len() { (a, b) } else { (b, a) };
    long.len() == short.len() + 1 && short.len() > 1 && (long.starts_with(short) || long.ends_with(short))
}

/// A list read backward, or one end of an order where the other was wanted.
fn opposite_lists(expected: &PairValue, actual: &PairValue) -> bool {
    let (PairValue::List(a), PairValue::List(b)) = (expected, actual) else { return false };
    if a.len() < 2 || a.len() != b.len() {
        return false;
    }
    if a.iter().eq(b.iter().rev()) {
        return a != b;
    }
    let read = |list: &[String]| list.iter().map(|text| Decimal::parse(text)?.integer()).collect::<Option<Vec<_>>>();
    let (Some(a), Some(b)) = (read(a), read(b)) else { return false };
    let range = |list: &[i128]| Some((*list.iter().min()?, *list.iter().max()?));
    let (Some((low_a, high_a)), Some((low_b, high_b))) = (range(&a), range(&b)) else { return false };
    // The next numbers of one order are a shift, not the other end of it.
    let shifted = a.iter().zip(&b).map(|(a, b)| a - b).collect::<BTreeSet<_>>().len() == 1;
    (low_a > high_b || low_b > high_a) && !shifted
}

fn opposite_words(expected: &PairSide, actual: &PairSide) -> bool {
    let (a, b) = (expected.text.to_lowercase(), actual.text.to_lowercase());
    let has = |text: &str, word: &str| match word.is_ascii() {
        true => text.split(|c: char| !c.is_alphanumeric()).any(|part| part == word),
        false => text.contains(word),
    };
    OPPOSITES.iter().any(|(high, low)| {
        let only = |text: &str, word: &str, other: &str| has(text, word) && !has(text, other);
        only(&a, high, low) && only(&b, low, high) || only(&a, low, high) && only(&b, high, low)
    })
}

/// Whether the sides are two outcomes of a check.
fn is_decision(expected: &PairValue, actual: &PairValue) -> bool {
    match (expected, actual) {
        (PairValue::Boolean(a), PairValue::Boolean(b)) => a != b,
        (PairValue::Text(a), PairValue::Text(b)) => [a, b].into_iter().all(|text| {
            let story = text.contains([',', '"']) || text.bytes().any(|b| b.is_ascii_digit());
            !story && text.len() <= DECISION_BYTES && text.split_whitespace().count() <= DECISION_WORDS
        }),
        _ => false,
    }
}

/// Whether two numbers of a block are equal; 0 and 1 are too common to count.
fn has_equal_numbers(block: &str) -> bool {
    let mut seen = BTreeSet::new();
    for line in block.lines() {
        let mut at = 0;
        while let Some(found) = COMPARED.captures_at(line, at).and_then(|found| found.get(1)) {
            at = found.end();
            let plain = found.as_str().replace(',', "");
            let short = if plain.contains('.') { plain.trim_end_matches('0').trim_end_matches('.') } else { &plain };
            if !matches!(short, "0" | "1" | "") && !seen.insert(short.to_owned()) {
                return true;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::value::value_of;
    use super::*;
    use crate::span::{SourceId, Span};

    fn side(text: &str) -> PairSide {
        PairSide { span: Span::new(SourceId(0), 0..0), text: text.into(), value: value_of(text) }
    }

    fn of(expected: &str, actual: &str) -> PairRelation {
        relation(&side(expected), &side(actual), "")
    }

    #[test]
    fn words_that_tell_a_bound_from_its_neighbour_make_a_boundary() {
        assert_eq!(of("PASS", "FAIL (check uses > instead of >=)"), PairRelation::Boundary);
        assert_eq!(of("10", "12 (one extra row)"), PairRelation::Boundary);
        assert_eq!(of("[1, 2, 3]", "[1, 2, 3, 4]"), PairRelation::Boundary);
        assert_eq!(of("closed (exactly at 5)", "open"), PairRelation::Boundary);
    }

    #[test]
    fn a_decision_flips_where_two_numbers_of_its_block_are_equal() {
        let at = |block: &str| relation(&side("true"), &side("false"), block);
        assert_eq!(at("threshold = 50, value = 50"), PairRelation::Boundary);
        assert_eq!(at("limit: 3300\nused: 3300.0"), PairRelation::Boundary);
        assert_eq!(at("threshold = 50, value = 70"), PairRelation::Different);
        assert_eq!(at("at 12:30 and 12:30 on 2024-01-01"), PairRelation::Different);
    }

    #[test]
    fn complements_are_reversals_signs_and_reciprocals() {
        for (expected, actual) in [
            ("[1, 2, 3]", "[3, 2, 1]"),
            ("urgency 10, 9, 8", "urgency 1, 2, 3"),
            ("500ms", "-500ms"),
            ("0.7", "0.3"),
            ("80%", "20%"),
            ("0.8", "1.25"),
            ("the highest bid", "the lowest bid"),
        ] {
            assert_eq!(of(expected, actual), PairRelation::Complement, "{expected} {actual}");
        }
    }

    #[test]
    fn numbers_are_related_by_the_first_law_that_holds() {
        for (expected, actual, relation) in [
            ("3", "4", PairRelation::OffByOne),
            ("Level 5 (highest)", "Level 4", PairRelation::OffByOne),
            ("2.5", "2", PairRelation::Truncated),
            ("875.4567", "875.45", PairRelation::Truncated),
            ("2147483648", "-2147483648", PairRelation::Overflow),
            ("300", "44", PairRelation::Overflow),
            ("2147483648", "2147483647", PairRelation::Overflow),
            ("128", "-128", PairRelation::Overflow),
            ("5.00", "500", PairRelation::PowerOfTenOrUnit),
            ("30 s", "30 ms", PairRelation::PowerOfTenOrUnit),
            ("2", "120", PairRelation::PowerOfTenOrUnit),
            ("110.00", "100.10", PairRelation::OtherNumber),
            ("status 200", "503", PairRelation::OtherNumber),
            ("0", "1", PairRelation::OffByOne),
        ] {
            assert_eq!(of(expected, actual), relation, "{expected} {actual}");
        }
    }

    #[test]
    fn times_that_differ_by_whole_hours_are_told_from_others() {
        assert_eq!(of("09:30", "08:30"), PairRelation::HourMultiple);
        assert_eq!(of("2024-03-10T12:00:00Z", "2024-03-10T16:00:00Z"), PairRelation::HourMultiple);
        assert_eq!(of("09:30", "09:47"), PairRelation::Different);
    }

    #[test]
    fn nothing_where_a_value_was_expected_is_missing() {
        assert_eq!(of("42", "undefined"), PairRelation::Missing);
        assert_eq!(of("null", "42"), PairRelation::Different);
    }

    #[test]
    fn sides_that_say_the_same_agree() {
        assert!(agree(&value_of("5.0"), &value_of("5")));
        assert!(agree(&value_of("PASS"), &value_of("pass (ok)")));
        assert!(!agree(&value_of("5 s"), &value_of("5 ms")));
    }

    #[test]
    fn long_numbers_are_survived() {
        let long = "9".repeat(20);
        of(&long, &format!("-{long}.{long}"));
        of(&long, "0.000000001");
    }
}
