//! Decides how a statement is known from its section and its own words: excluded, suspected or reported.
//!
//! What a log, trace, payload or code block shows is observed; that is decided where those are read, not here.

use std::sync::LazyLock;

use crate::case::Basis;
use crate::pattern::Pattern;

use super::pattern::pattern;
use super::reading::SectionRole;

/// The basis of a statement in a section of `role`.
pub(super) fn basis_of(text: &str, role: SectionRole) -> Basis {
    match role {
        SectionRole::RuledOut => return Basis::RuledOut,
        SectionRole::Suspicions | SectionRole::Questions => {
            return if EXCLUDES.is_match(text) { Basis::RuledOut } else { Basis::Suspected };
        }
        _ if is_wish(role) => return Basis::Reported,
        _ => {}
    }
    if excludes(text, role) {
        Basis::RuledOut
    } else if is_hedged(text) {
        Basis::Suspected
    } else {
        Basis::Reported
    }
}

/// Whether a statement is hedged ("appears to", "might", a question).
///
/// The only place that knows words of doubt: the basis of a statement and the statements of a cause both ask it.
pub fn is_hedged(text: &str) -> bool {
    is_question(text) || HEDGES.is_match(text) || appears(text)
}

/// Whether a statement asks.
pub(super) fn is_question(text: &str) -> bool {
    text.trim_end().trim_end_matches(['"', '”', '\'', '*', ')', '_']).trim_end().ends_with(['?', '？'])
}

/// Sections that say what is wanted or planned: "could be improved" there is no hedge, "works as expected" excludes
/// nothing.
fn is_wish(role: SectionRole) -> bool {
    use SectionRole as R;
    matches!(
        role,
        R::Expected
            | R::Reproduction
            | R::Fix
            | R::Alternatives
            | R::Tests
            | R::Prevention
            | R::ActionItems
            | R::Lessons
            | R::Risks
            | R::Monitoring
            | R::References
            | R::People
            | R::Metadata
    )
}

fn excludes(text: &str, role: SectionRole) -> bool {
    if is_question(text) {
        return false;
    }
    if EXCLUDES.is_match(text) {
        return true;
    }
    // "Lists work fine, single lookups hang" is a symptom; only an investigation excludes by saying that a part is
    // well.
    let examined = matches!(role, SectionRole::Investigation | SectionRole::Evidence | SectionRole::Other);
    examined && HEALTHY.is_match(text) && !TURNS.is_match(text)
}

/// "appeared to fail" is a hedge, "appeared in the log" is an observation.
fn appears(text: &str) -> bool {
    APPEARS.captures_iter(text).any(|found| match found.get(1) {
        Some(next) => !PLACED.contains(&next.as_str().to_ascii_lowercase().as_str()),
        None => false,
    })
}

/// Words after "appear" that make it an observation.
const PLACED: &[&str] = &[
    "in",
    "on",
    "at",
    "after",
    "before",
    "when",
    "while",
    "within",
    "every",
    "only",
    "once",
    "again",
    "immediately",
    "under",
    "during",
    "for",
    "from",
    "here",
    "there",
    "and",
    "or",
    "twice",
    "between",
    "multiple",
    "several",
    "first",
];

static APPEARS: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)\bappear(?:s|ed)?\s+(\w+)"));

static HEDGES: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i:\b(?:seem(?:s|ed|ing|ingly)?|suspect(?:s|ed|ing)?|suspicion|might|possibly|possibility|possible (?:root )?(?:cause|reason|explanation|culprit)s?|it (?:is|was) possible that|",
        r"perhaps|maybe|probabl[ey]|",
        r"presumabl[ey]|likely|apparently|could (?:be (?:due|caused|related|because|that|the|a)|have been|also be)|(?:we|i|they) (?:think|thought|believed?|guess(?:ed)?|",
        r"assumed?)|not sure|unsure|wonder(?:s|ed|ing)?|hypothes[ie][sz]\w*|",
        r"unclear|unconfirmed|not (?:been )?confirmed|not yet (?:been )?(?:confirmed|verified|proven)|to be (?:confirmed|determined)|tbd|",
        r"vermutlich|möglicherweise|wahrscheinlich|vielleicht|offenbar|probablement|peut-être|semble(?:rait)?|",
        r"probablemente|quizás|tal vez|posiblemente|parece|provavelmente|talvez|possivelmente)\b)",
        r"|\bmay\b|かもしれ|と思われ|おそらく|可能性|推測|可能是|也许|疑似|怀疑|尚未证实",
    ))
});

static EXCLUDES: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i:\b(?:ruled out|ruling out|rules out|",
        r"(?:is|was|are|were) (?:not|n't) (?:the |a |to blame|our )*(?:root )?(?:cause|culprit|problem here|",
        r"issue here|to blame|involved|related|responsible)|",
        r"(?:is|was|are|were)n[’']t (?:the |a |our )*(?:root )?(?:cause|culprit|involved|related|responsible)|",
        r"(?:suspected|considered|checked),? (?:and|but) (?:then )?(?:refuted|excluded|disproved|discarded|dismissed|rejected)|",
        r"(?:theory|idea|suspicion|hypothesis|guess) (?:is|was|has been) (?:dropped|discarded|rejected|abandoned|",
        r"disproved|disproven|refuted|dismissed|given up)|",
        r"unrelated to|not related to|has nothing to do with|had nothing to do with|can be excluded|could be excluded|",
        r"not used for|is not in use|not caused by|no changes? (?:to|in|were|was)|",
        r"ausgeschlossen|nicht die ursache|a été exclue?|pas la cause|se ha descartado|no es la causa|",
        r"foi descartad[oa]|não é a causa)\b)",
        r"|排除了|已排除|与此无关|原因ではな|除外した",
    ))
});

static HEALTHY: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:(?:is|are|was|were|all|look(?:s|ed)?|remain(?:s|ed)?|stayed|reported) (?:\w+ )?healthy|",
        r"all \w+ (?:\w+ )?healthy|",
        r"unrelated|no (?:errors?|issues?|anomal(?:y|ies)|signs? of|evidence of|indications? of|packet loss|",
        r"lag|problems?)|",
        r"work(?:s|ed|ing)? (?:fine|correctly|normally|as expected|as designed)|(?:is|are|was|were) (?:fine|",
        r"normal|nominal|within limits|",
        r"within normal \w+)|looks? (?:fine|good|normal|correct|ok)|correct and unchanged)\b",
    ))
});

/// Words after which a statement about health turns into one about the failure, or that make it one about the time
/// after it.
static TURNS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:but|however|although|though|yet|despite|except|until|after|once|when|only|should|instead|even)\b",
    )
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_section_decides_first() {
        assert_eq!(basis_of("Disk is full", SectionRole::RuledOut), Basis::RuledOut);
        assert_eq!(basis_of("The lock is missing", SectionRole::Suspicions), Basis::Suspected);
    }

    #[test]
    fn hedged_words_make_a_statement_suspected() {
        for text in ["The comparator appears inverted", "It might be the cache", "Is the pool too small?", "Cause: TBD"]
        {
            assert_eq!(basis_of(text, SectionRole::Investigation), Basis::Suspected, "{text}");
        }
    }

    #[test]
    fn an_error_that_appears_in_a_log_is_no_hedge() {
        assert_eq!(basis_of("The timeout appears in every log", SectionRole::Investigation), Basis::Reported);
    }

    #[test]
    fn the_month_of_may_is_no_hedge_but_the_verb_is() {
        assert!(!is_hedged("Released on May 3"));
        assert!(is_hedged("This may be the reason"));
    }

    #[test]
    fn a_cause_that_is_denied_is_ruled_out_everywhere() {
        assert_eq!(basis_of("The network was not the cause.", SectionRole::Summary), Basis::RuledOut);
        assert_eq!(basis_of("We ruled out the proxy.", SectionRole::Other), Basis::RuledOut);
    }

    #[test]
    fn health_excludes_in_an_investigation_only() {
        assert_eq!(basis_of("All replicas are healthy", SectionRole::Investigation), Basis::RuledOut);
        assert_eq!(basis_of("The list works fine", SectionRole::Symptoms), Basis::Reported);
    }

    #[test]
    fn health_with_a_turn_excludes_nothing() {
        assert_eq!(basis_of("It works fine until the third call", SectionRole::Investigation), Basis::Reported);
    }

    #[test]
    fn plans_are_not_hedged() {
        assert_eq!(basis_of("Alerts could be improved", SectionRole::Lessons), Basis::Reported);
    }

    #[test]
    fn a_theory_that_was_dropped_is_ruled_out() {
        assert_eq!(basis_of("Latency was low, so the cache theory was dropped.", SectionRole::Other), Basis::RuledOut);
    }
}
