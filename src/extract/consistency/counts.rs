//! A percentage against the counts right beside it (`9 of 12 pods (25%)`).

use std::sync::LazyLock;

use crate::extract::reading::Reading;
use crate::finding::{Code, Finding};
use crate::pattern::{Captures, Pattern};

use super::statements;

/// Part, whole and percentage next to each other; anything looser may speak of something else.
static COUNTS_FIRST: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?P<part>\d[\d,]*)\s*(?:/|of(?: the| all| our)?|out of)\s*(?P<whole>\d[\d,]*)(?:\s+[A-Za-z][A-Za-z-]*){0,3}\s*",
        r"(?:\(|=\s*|≈\s*)(?P<about>~|≈|about |approx\.? |roughly )?(?P<percent>\d{1,3}(?:\.\d{1,3})?)\s?%(?:\)|[,;.]|\s*$)"
    ))
});

static PERCENT_FIRST: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?P<about>~|≈|(?i:about |approximately |approx\.? |roughly |nearly |almost |over |more than |up to |under ))?\b(?P<percent>\d{1,3}(?:\.\d{1,3})?)\s?%\s*",
        r"(?:[A-Za-z-]+\s+){0,4}\(\s*(?P<part>\d[\d,]*)\s*(?:/|of(?: the| all| our)?|out of)\s*(?P<whole>\d[\d,]*)(?:\s+[A-Za-z][A-Za-z-]*){0,3}\)"
    ))
});

/// Percentages that the counts beside them do not give.
pub(super) fn counts(reading: &Reading) -> Vec<Finding> {
    let mut findings = Vec::new();
    for passage in statements(reading).filter(|passage| passage.flat.text.contains('%')) {
        let flat = &passage.flat;
        for disagreement in disagreements(&flat.text) {
            let message =
                format!("{} is stated for {} of {}", disagreement.stated, disagreement.part, disagreement.whole);
            findings.push(
                Finding::new(Code::CountsDisagree, message)
                    .at(flat.span(disagreement.counts), "the counts")
                    .at(flat.span(disagreement.percent), "the percentage")
                    .computed(disagreement.computed)
                    .fix("correct the percentage or the counts"),
            );
        }
    }
    findings
}

struct Disagreement {
    counts: std::ops::Range<usize>,
    percent: std::ops::Range<usize>,
    stated: String,
    part: u64,
    whole: u64,
    computed: String,
}

fn disagreements(text: &str) -> Vec<Disagreement> {
    let found = COUNTS_FIRST.captures_iter(text).chain(PERCENT_FIRST.captures_iter(text));
    found.filter_map(|found| disagreement(text, &found)).collect()
}

fn disagreement(text: &str, found: &Captures<'_>) -> Option<Disagreement> {
    let (part_place, whole_place, percent) = (found.name("part")?, found.name("whole")?, found.name("percent")?);
    let tied = text[..part_place.start()].ends_with(['/', '-', '.', ':', ','])
        || text[whole_place.end()..].starts_with(['/', '-', ':', '.'])
            && text[whole_place.end()..].len() > 1
            && text.as_bytes()[whole_place.end() + 1].is_ascii_digit();
    let (part, whole) = (count(part_place.as_str())?, count(whole_place.as_str())?);
    if tied || whole == 0 || part > whole {
        return None;
    }
    let (integer, fraction) = percent.as_str().split_once('.').unwrap_or((percent.as_str(), ""));
    let scale = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let stated = integer.parse::<u64>().ok()?.checked_mul(scale)?.checked_add(fraction.parse().unwrap_or(0))?;
    let hundredths = part.checked_mul(100)?.checked_mul(scale)?;
    let difference = stated.checked_mul(whole)?.abs_diff(hundredths);
    // One unit of the last digit for rounding up or down; words such as "about" allow two points or a tenth of the value.
    let about = found.name("about").is_some() || text[..percent.start()].ends_with('~');
    let allowed = if about { (2 * scale).max(stated / 10) } else { 1 };
    if difference <= allowed.checked_mul(whole)? {
        return None;
    }
    let thousandths = part.checked_mul(100_000)?.checked_add(whole / 2)? / whole;
    Some(Disagreement {
        counts: part_place.start()..whole_place.end(),
        percent: percent.range(),
        stated: format!("{}%", percent.as_str()),
        part,
        whole,
        computed: format!("{part} / {whole} = {}.{}%", thousandths / 1_000, thousandths % 1_000 / 100),
    })
}

fn count(digits: &str) -> Option<u64> {
    let plain: String = digits.chars().filter(char::is_ascii_digit).collect();
    plain.parse().ok()
}

fn pattern(text: &str) -> Pattern {
    Pattern::new(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn computed(text: &str) -> Vec<String> {
        disagreements(text).into_iter().map(|disagreement| disagreement.computed).collect()
    }

    #[test]
    fn a_wrong_share_is_computed() {
        assert_eq!(computed("9 of 12 pods (25%) failed"), ["9 / 12 = 75.0%"]);
        assert_eq!(computed("25% of pods (9 of 12)"), ["9 / 12 = 75.0%"]);
        assert_eq!(computed("9/12 = 25%"), ["9 / 12 = 75.0%"]);
    }

    #[test]
    fn rounded_and_approximate_shares_agree() {
        for text in
            ["1 of 3 (33%)", "2 of 3 (67%)", "2 of 3 (66.7%)", "1,204/9,800 (12%)", "about 11% (1,204 of 9,800)"]
        {
            assert!(computed(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn percentages_of_something_else_are_left_alone() {
        for text in [
            "2 of 5 replicas at 100% CPU",
            "step 2 of 5 (100% CPU)",
            "on 3/15 (20%)-ish 2024/3/15 (20%)",
            "7 of 5 (10%)",
        ] {
            assert!(!computed(text).iter().any(|value| value.contains("/ 5")), "{text}");
        }
    }
}
