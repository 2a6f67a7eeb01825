//! What is wanted against what raises an alert: values between the two are neither good nor reported.

use crate::extract::reading::{FoundMetric, Passage, Reading, SectionRole};
use crate::finding::{Code, Finding};
use crate::markdown::BlockKind;
use crate::source::SourceMap;
use crate::span::Span;

/// Words that every threshold has and that do not tell what it is of.
const VAGUE: &[&str] = &[
    "a", "alert", "at", "be", "below", "for", "if", "is", "less", "of", "on", "reduced", "than", "the", "to", "under",
    "when",
];

/// A threshold with what it is of.
struct Threshold {
    span: Span,
    /// Thousandths of the unit.
    value: i64,
    unit: String,
    written: String,
    words: Vec<String>,
    percentile: Option<String>,
}

/// Most limits of each side: every alert is compared with every limit.
const LIMITS: usize = 200;

/// Pairs of a wanted limit and an alert that begins above it.
pub(super) fn thresholds(sources: &SourceMap, reading: &Reading) -> Vec<Finding> {
    let (mut wanted, mut alerts) = (Vec::new(), Vec::new());
    for metric in &reading.metrics {
        let Some(passage) = metric.passage.and_then(|index| reading.passages.get(index)) else { continue };
        match metric.comparison.as_str() {
            "<" | "<=" if wanted.len() < LIMITS && is_wanted(reading, passage) && !is_alerting(reading, passage) => {
                wanted.extend(threshold(sources, passage, metric));
            }
            ">" | ">=" if alerts.len() < LIMITS && is_alerting(reading, passage) => {
                alerts.extend(threshold(sources, passage, metric));
            }
            _ => {}
        }
    }
    alerts.iter().filter_map(|alert| gap(&wanted, alert)).collect()
}

fn gap(wanted: &[Threshold], alert: &Threshold) -> Option<Finding> {
    let limit = wanted.iter().find(|limit| is_same_subject(limit, alert) && limit.value < alert.value)?;
    let message = format!("wanted is {}, the alert begins at {}", limit.written, alert.written);
    Some(
        Finding::new(Code::PlanThresholdGap, message)
            .at(limit.span, "wanted")
            .at(alert.span, "raises an alert")
            .computed(format!("between {} and {} nothing is reported", limit.written, alert.written))
            .fix("alert where the wanted limit ends"),
    )
}

fn threshold(sources: &SourceMap, passage: &Passage, metric: &FoundMetric) -> Option<Threshold> {
    let lower = passage.flat.text.to_lowercase();
    let all = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 1);
    let is_percentile = |word: &&str| {
        word.strip_prefix('p').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
    };
    let named = |word: &&str| !VAGUE.contains(word) && word.starts_with(char::is_alphabetic) && !is_percentile(word);
    let (value, unit) = canonical(&metric.value, &metric.unit)?;
    Some(Threshold {
        span: metric.span,
        value,
        unit,
        written: sources.text(metric.span).trim().to_owned(),
        words: all.clone().filter(named).map(str::to_owned).collect(),
        percentile: all.clone().find(is_percentile).map(str::to_owned),
    })
}

/// The value in thousandths of a common unit: milliseconds for durations, else the unit as written.
fn canonical(value: &str, unit: &str) -> Option<(i64, String)> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let fraction: String = format!("{fraction:0<3}").chars().take(3).collect();
    let value = whole.parse::<i64>().ok()?.checked_mul(1_000)?.checked_add(fraction.parse().ok()?)?;
    let factor = match unit.to_ascii_lowercase().as_str() {
        "ms" | "milliseconds" | "millisecond" => 1,
        "s" | "sec" | "secs" | "second" | "seconds" => 1_000,
        "min" | "mins" | "minute" | "minutes" => 60_000,
        other => return Some((value, other.to_owned())),
    };
    Some((value.checked_mul(factor)?, "ms".to_owned()))
}

/// Two words in common and the same percentile: "response time", "error rate".
fn is_same_subject(a: &Threshold, b: &Threshold) -> bool {
    let shared = a.words.iter().filter(|word| b.words.contains(word)).count();
    a.unit == b.unit && a.percentile == b.percentile && shared >= 2
}

fn is_wanted(reading: &Reading, passage: &Passage) -> bool {
    let title = title(reading, passage);
    let titled = ["success", "criteria", "acceptance", "target", "goal", "slo", "objective"]
        .iter()
        .any(|word| title.contains(word));
    titled || passage.role == SectionRole::Expected
}

/// Whether a threshold stands under an alert's heading, in an alert's list or in a sentence about one.
fn is_alerting(reading: &Reading, passage: &Passage) -> bool {
    let says = |text: &str| {
        let lower = text.to_lowercase();
        lower
            .split(|c: char| !c.is_alphabetic())
            .any(|word| matches!(word, "alert" | "alerts" | "alerting" | "alarm" | "alarms" | "page" | "pages"))
    };
    says(&passage.flat.text) || says(&title(reading, passage)) || list_label(reading, passage).is_some_and(says)
}

/// The text of the list item that a nested item belongs to.
fn list_label<'a>(reading: &'a Reading, passage: &Passage) -> Option<&'a str> {
    let blocks = &reading.documents.get(passage.document)?.document.blocks;
    let own = blocks.get(passage.block)?;
    let outer = blocks[..passage.block]
        .iter()
        .rev()
        .take(40)
        .take_while(|block| block.section == own.section)
        .find(|block| block.depth < own.depth)?;
    match &outer.kind {
        BlockKind::Item { text, .. } | BlockKind::Paragraph(text) => Some(&text.text),
        _ => None,
    }
}

fn title(reading: &Reading, passage: &Passage) -> String {
    let document = reading.documents.get(passage.document);
    let section = document.and_then(|document| document.document.sections.get(passage.section));
    section.map_or_else(String::new, |section| section.title.text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::SourceId;

    fn of(words: &[&str], value: &str, unit: &str) -> Threshold {
        let (value, unit) = canonical(value, unit).unwrap();
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        Threshold { span: Span::new(SourceId(0), 0..0), value, unit, written: String::new(), words, percentile: None }
    }

    #[test]
    fn durations_compare_across_units() {
        assert_eq!(canonical("2", "s"), Some((2_000_000, "ms".to_owned())));
        assert_eq!(canonical("0.5", "%"), Some((500, "%".to_owned())));
    }

    #[test]
    fn subjects_need_two_words_and_one_unit_in_common() {
        let limit = of(&["error", "rate"], "1", "%");
        assert!(is_same_subject(&limit, &of(&["checkout", "error", "rate"], "2", "%")));
        assert!(!is_same_subject(&limit, &of(&["hit", "rate"], "2", "%")));
        assert!(!is_same_subject(&limit, &of(&["error", "rate"], "2", "s")));
    }

    #[test]
    fn an_alert_at_or_below_the_limit_leaves_no_gap() {
        let limit = of(&["error", "rate"], "2", "%");
        assert!(gap(&[limit], &of(&["error", "rate"], "2", "%")).is_none());
    }
}
