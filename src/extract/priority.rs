//! Brings the many spellings of severity and priority to `P0` … `P4`.
//!
//! An explicit `P0` … `P4` wins over words, words over scores; a bare number means nothing, since every tracker counts
//! differently.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::case::Priority;
use crate::pattern::Pattern;

use super::pattern::pattern;

/// The priority that `text` names, if any; an escalation (`Warning -> Critical`) counts with its later word.
///
/// ```
/// # use casefile::{case::Priority, extract::parse_priority};
/// assert_eq!(parse_priority("SEV-1 (critical)"), Some(Priority::P1));
/// assert_eq!(parse_priority("Warning → Critical"), Some(Priority::P1));
/// assert_eq!(parse_priority("3"), None);
/// ```
pub fn parse_priority(text: &str) -> Option<Priority> {
    let text = text.trim();
    let later = ESCALATION.find_iter(text).last().map(|found| &text[found.end()..]);
    later.and_then(read).or_else(|| read(text))
}

/// Spellings of a team's own ("Gold", "Stufe 1"), which come before those that everybody uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spellings(BTreeMap<String, Priority>);

impl Spellings {
    /// The spellings with what each stands for; case and white space do not count, an empty spelling is left out.
    pub fn new(spellings: impl IntoIterator<Item = (String, Priority)>) -> Spellings {
        let folded = spellings.into_iter().map(|(words, priority)| (folded(&words), priority));
        Spellings(folded.filter(|(words, _)| !words.is_empty()).collect())
    }

    /// The priority that `text` names: as one of the spellings, alone or before other words, else as
    /// [`parse_priority`] reads it.
    pub fn read(&self, text: &str) -> Option<Priority> {
        let text_folded = folded(text);
        let opens =
            |words: &str| text_folded.strip_prefix(words).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
        let own = self.0.iter().filter(|(words, _)| opens(words)).max_by_key(|(words, _)| words.len());
        own.map(|(_, priority)| *priority).or_else(|| parse_priority(text))
    }
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn read(text: &str) -> Option<Priority> {
    let explicit = || EXPLICIT.captures(text).and_then(|found| level(found.get(1)?.as_str()));
    let severity = || SEVERITY.captures(text).and_then(|found| level(found.get(1)?.as_str()));
    explicit().or_else(severity).or_else(|| word(text)).or_else(|| score(text))
}

fn level(digit: &str) -> Option<Priority> {
    match digit {
        "0" => Some(Priority::P0),
        "1" => Some(Priority::P1),
        "2" => Some(Priority::P2),
        "3" => Some(Priority::P3),
        "4" | "5" => Some(Priority::P4),
        _ => None,
    }
}

/// The first word that names a level and is not denied ("non-critical").
fn word(text: &str) -> Option<Priority> {
    WORDS.captures_iter(text).find_map(|found| {
        let all = found.get(0)?;
        let before = text[..all.start()].trim_end_matches(['-', ' ']).to_ascii_lowercase();
        let denied = before.ends_with("non") || before.ends_with("not");
        let level = [Priority::P1, Priority::P2, Priority::P3, Priority::P4].into_iter().zip(1..);
        level.filter(|_| !denied).find(|(_, group)| found.get(*group).is_some()).map(|(priority, _)| priority)
    })
}

/// A CVSS base score, by the bands of its specification.
fn score(text: &str) -> Option<Priority> {
    let found = SCORE.captures(text)?;
    let whole: u32 = found.get(1)?.as_str().parse().ok()?;
    let tenth: u32 = found.get(2)?.as_str().parse().ok()?;
    match whole * 10 + tenth {
        90..=100 => Some(Priority::P1),
        70..90 => Some(Priority::P2),
        40..70 => Some(Priority::P3),
        1..40 => Some(Priority::P4),
        _ => None,
    }
}

static ESCALATION: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)->|=>|→|⇒|➜|\b(?:escalated|raised|upgraded|changed|lowered|downgraded|",
        r"promoted)(?: from [^,;]{1,30}?)? to\b",
    ))
});

static EXPLICIT: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)(?:^|[^\w.])P-?([0-4])(?:$|[^\w.]|\.(?:\s|$))"));

static SEVERITY: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\b(?:sev(?:erity)?|prio(?:rity)?|s)[\s\-_:#]{0,2}([0-5])\b"));

static WORDS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(\b(?:blocker|blocking|highest|critical|crit|urgent|emergency|immediate|severe|showstopper|",
        r"show-stopper|fatal|disaster|",
        r"kritisch|dringend|critique|urgente?|crític[oa]|bloqueante)\b|緊急|致命|重大|严重|紧急|危急)",
        r"|(\b(?:high|important|error|hoch|haute?|alt[oa]|importante)\b|élevée?|高)",
        r"|(\b(?:major|medium|moderate|normal|average|warning|warn|mittel|moyenne?|moderée?|medi[oa]|médi[oa])\b|中)",
        r"|(\b(?:minor|low|lowest|trivial|cosmetic|info|informational|niedrig|gering|faible|mineure?|baj[oa]|",
        r"baix[oa])\b|低|軽微|轻微)",
    ))
});

static SCORE: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?:^|[\s(:=])(10|\d)\.(\d)(?:$|[^\d.])"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_are_normalised() {
        let cases = [
            ("P0", Priority::P0),
            ("p1", Priority::P1),
            ("P-2", Priority::P2),
            ("P2 (High)", Priority::P2),
            ("P2 - Major", Priority::P2),
            ("Critical (P0)", Priority::P0),
            ("Major - P3", Priority::P3),
            ("SEV-1", Priority::P1),
            ("sev 2", Priority::P2),
            ("SEV0", Priority::P0),
            ("SEV-5", Priority::P4),
            ("S1", Priority::P1),
            ("Severity 3", Priority::P3),
            ("Priority 1", Priority::P1),
            ("Blocker", Priority::P1),
            ("Highest", Priority::P1),
            ("Urgent", Priority::P1),
            ("critical", Priority::P1),
            ("🔴 Critical", Priority::P1),
            ("High (workaround exists)", Priority::P2),
            ("high-priority", Priority::P2),
            ("Major", Priority::P3),
            ("Medium", Priority::P3),
            ("Normal", Priority::P3),
            ("Warning", Priority::P3),
            ("Minor", Priority::P4),
            ("Lowest", Priority::P4),
            ("Trivial", Priority::P4),
            ("informational", Priority::P4),
            ("Hoch", Priority::P2),
            ("Kritisch", Priority::P1),
            ("Élevée", Priority::P2),
            ("Crítica", Priority::P1),
            ("Baixa", Priority::P4),
            ("高", Priority::P2),
            ("緊急", Priority::P1),
            ("9.8", Priority::P1),
            ("7.5 (High)", Priority::P2),
            ("CVSS 5.3", Priority::P3),
            ("3.1", Priority::P4),
        ];
        for (text, priority) in cases {
            assert_eq!(parse_priority(text), Some(priority), "{text}");
        }
    }

    #[test]
    fn an_escalation_takes_the_later_word() {
        assert_eq!(parse_priority("Warning -> Critical (escalated)"), Some(Priority::P1));
        assert_eq!(parse_priority("Warning (auto-escalated to critical after 2 h)"), Some(Priority::P1));
        assert_eq!(parse_priority("lowered from P1 to P3"), Some(Priority::P3));
    }

    #[test]
    fn an_explicit_token_wins_over_words() {
        assert_eq!(parse_priority("Low impact, still P1"), Some(Priority::P1));
    }

    #[test]
    fn a_denied_word_does_not_count() {
        assert_eq!(parse_priority("non-critical"), None);
    }

    #[test]
    fn own_spellings_come_before_the_common_ones() {
        let own = Spellings::new([("Gold".into(), Priority::P0), ("Low  tide".into(), Priority::P2)]);
        assert_eq!(own.read("gold"), Some(Priority::P0));
        assert_eq!(own.read("GOLD (minor)"), Some(Priority::P0));
        assert_eq!(own.read("low tide"), Some(Priority::P2));
        assert_eq!(own.read("Golden"), None);
        assert_eq!(own.read("low"), Some(Priority::P4));
    }

    #[test]
    fn an_empty_spelling_stands_for_nothing() {
        assert_eq!(Spellings::new([(" ".into(), Priority::P0)]).read("unclear"), None);
    }

    #[test]
    fn bare_numbers_and_other_words_are_unknown() {
        for text in ["3", "", "unclear", "see ticket", "HTTP/1.1", "v2.3.1"] {
            assert_eq!(parse_priority(text), None, "{text}");
        }
    }
}
