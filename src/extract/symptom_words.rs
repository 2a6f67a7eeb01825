//! Words by which a sentence tells what was noticed, where no section says that it does.

use std::sync::LazyLock;

use crate::pattern::Pattern;

use super::pattern::pattern;

/// Whether a sentence tells of something noticed: a failure or a strange state, no remedy and no intention.
pub(super) fn tells_symptom(text: &str) -> bool {
    (FAILS.is_match(text) || STRANGE.is_match(text)) && !REMEDY.is_match(text) && !is_intention(text)
}

/// Whether a sentence says what somebody will or should do.
pub(super) fn is_intention(text: &str) -> bool {
    INTENTION.is_match(text)
}

/// Words of failure.
pub(super) static FAILS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:errors?|fail(?:s|ed|ing|ures?)?|time[sd]?[ -]?outs?|timing out|crash(?:es|ed|ing)?|wrong|",
        r"incorrect(?:ly)?|stuck|slow|hangs?|hung|cannot|can't|could not|couldn't|unable|lost|missing|",
        r"unavailable|down|outage|disrupt(?:ed|ion)|denied|refused|rejected|duplicate[ds]?|stale|",
        r"corrupt(?:ed|ion)?|leak(?:s|ed|ing)?|exception|panic(?:s|ked)?|deadlock(?:s|ed)?|degraded|",
        r"not (?:\w+ )?(?:work\w*|updat\w*|respond\w*|load\w*|start\w*|show\w*|visible|available|reachable|",
        r"able|receiv\w*)|doesn't|does not|didn't|did not|inconsisten\w*|unexpected\w*|[45]\d\d)\b",
        r"|失敗|エラー|停止|障害|タイムアウト|失败|错误|超时|异常|崩溃|无法",
    ))
});

/// States that are no failure by their own words, but are told because they should not be.
static STRANGE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:(?:issues?|problems?|trouble|difficult(?:y|ies)) (?:with|in|when|while)|",
        r"(?:high|elevated|increased|excessive|unusual|growing|rising) (?:\w+ ){0,2}(?:usage|utili[sz]ation|load|",
        r"latency|latencies|rates?|consumption|cpu|memory|traffic|lag)|",
        r"crash-?loop\w*|unhealthy|unresponsive|broken|breaks|bypass(?:es|ed)?|blank|fr(?:eezes|oze|ozen)|",
        r"(?:data )?race(?: condition)? (?:\w+ )?(?:occur|happen|appear)\w*|logged out|signed out|",
        r"redirect(?:s|ed) (?:back )?to|(?:sent|thrown) back|no longer|never \w+(?:s|ed)|",
        r"(?:is|are|was|were|gets?|got) (?:\w+ )?(?:ignored|skipped|dropped|truncated|exhausted|expired|evicted|killed|",
        r"overwritten|interrupted|full|empty|garbled|throttled|restarted)|ran out of|runs out of|out of memory|",
        r"spik(?:es?|ed|ing)|exceed(?:s|ed|ing)?|stop(?:s|ped) (?:working|responding|sending|receiving|processing))\b",
    ))
});

/// Sentences about what was done against it.
static REMEDY: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:(?:commit|patch|change|release|pull request|pr|version|this|it)\b.{0,40}\bfix(?:es|ed)|",
        r"to fix|for a (?:permanent|temporary|quick) fix|(?:was|were|been) (?:fixed|resolved|mitigated|restored)|",
        r"(?:unable to|cannot|can[’']?t|could not|couldn[’']t) (?:be )?reproduced?\b|",
        r"(?:refused|rejected|denied|dropped) (?:properly|correctly|as (?:expected|intended|designed|it should|they should))|",
        r"now (?:it |it[’']s |is )?work(?:s|ing)|work(?:s|ing) (?:again|as expected) now)\b",
    ))
});

static INTENTION: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:we|i|they|the team|you) (?:also )?(?:should|will|shall|plan to|intend to|need to|want to|could have|",
        r"ought to|recommend|propose|suggest|may (?:be able|want|need) to|might (?:be able|want|need) to|",
        r"could (?:also )?(?:improve|add|use|try|do|make|change|consider))\b|^(?:to this end, )?we(?:[’']ve| have) (?:now |also |since )?",
        r"(?:added|introduced|enabled|improved)\b|^it(?:[’']s| is) (?:important|best|better|good practice|wise) to\b|^(?:that|this|which) would (?:also )?have\b",
    ))
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_and_strange_states_are_symptoms() {
        for text in [
            "The second node crashed at night.",
            "We saw high memory usage on one host.",
            "Pods are crashlooping.",
            "Blank values bypass the check.",
            "There were issues with the printer queue.",
            "Users get redirected to the start page, the cart is empty.",
            "The race condition only occurs with two tabs.",
        ] {
            assert!(tells_symptom(text), "{text}");
        }
    }

    #[test]
    fn remedies_intentions_and_plain_facts_are_none() {
        for text in [
            "The limit is set to 100 files.",
            "The last commit fixes the failing export.",
            "We should alert on failures.",
            "That would have prevented the outage.",
            "To this end, we've added alerts for failures.",
            "We may be able to improve the slow detection.",
            "The export runs at night.",
            "Unable to reproduce, closing.",
            "I did not see the switch, now it works.",
        ] {
            assert!(!tells_symptom(text), "{text}");
        }
    }
}
