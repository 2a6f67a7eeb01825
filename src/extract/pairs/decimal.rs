//! Decimal numbers as scaled integers, so that two sides of a pair are compared without floats.

/// Most digits of a number; more would overflow the products of two.
const DIGITS: usize = 17;

/// Most digits behind the point; further ones are cut.
const PLACES: usize = 9;

/// A decimal number: `units` divided by ten to the power of `places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    units: i128,
    places: u32,
}

/// Two numbers with as many places, and what one is in these places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aligned {
    /// The first number.
    pub first: i128,
    /// The second number.
    pub second: i128,
    /// One.
    pub one: i128,
}

impl Decimal {
    /// Reads a decimal string without grouping (`-12.50`); `None` for anything else or a number too long to compute with.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = fraction.get(..PLACES).unwrap_or(fraction);
        let all = format!("{whole}{fraction}");
        let long = all.len() > DIGITS + PLACES || whole.len() > DIGITS + 3;
        if all.is_empty() || long || !all.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let units: i128 = all.parse().ok()?;
        let places = u32::try_from(fraction.len()).ok()?;
        Some(Decimal { units: if negative { -units } else { units }, places })
    }

    /// The number as an integer, `None` where it has a part behind the point.
    pub fn integer(self) -> Option<i128> {
        let one = 10_i128.pow(self.places);
        (self.units % one == 0).then(|| self.units / one)
    }

    /// The integer part, cut toward zero.
    pub fn truncated(self) -> i128 {
        self.units / 10_i128.pow(self.places)
    }

    /// Both numbers with as many places.
    pub fn align(self, other: Decimal) -> Option<Aligned> {
        let places = self.places.max(other.places);
        let lift = |number: Decimal| number.units.checked_mul(10_i128.pow(places - number.places));
        Some(Aligned { first: lift(self)?, second: lift(other)?, one: 10_i128.pow(places) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_different_places_are_aligned() {
        let both = Decimal::parse("1.5").unwrap().align(Decimal::parse("-2").unwrap()).unwrap();
        assert_eq!((both.first, both.second, both.one), (15, -20, 10));
    }

    #[test]
    fn what_is_no_decimal_string_is_refused() {
        for text in ["", "-", "1e5", "1,000", "0x1f", "--1", &"9".repeat(40)] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn zeros_behind_the_point_leave_an_integer() {
        assert_eq!(Decimal::parse("750.00").unwrap().integer(), Some(750));
        assert_eq!(Decimal::parse("0.5").unwrap().integer(), None);
        assert_eq!(Decimal::parse("-2.9").unwrap().truncated(), -2);
    }
}
