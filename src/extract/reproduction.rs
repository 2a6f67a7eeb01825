//! Collects the steps to reproduce, in the order written; expected and actual outcomes among them are left to
//! `expectations`.

use crate::case::Fact;
use crate::source::SourceMap;

use super::announcement::{complete_fact, only_announces};
use super::facts::{Grouping, by_block, is_statement, statement};
use super::reading::{PassageKind, Reading, SectionRole};

/// Most steps over all lists.
const STEPS: usize = 60;

/// The steps to reproduce.
pub(super) fn reproduction(sources: &SourceMap, reading: &Reading) -> Vec<Fact> {
    let groups = by_block(sources, reading, Grouping::Sentences, |passage| {
        passage.role == SectionRole::Reproduction
            && matches!(passage.kind, PassageKind::Sentence | PassageKind::Item)
            && is_statement(passage)
            && !only_announces(reading, passage)
            && statement(passage).chars().any(char::is_alphanumeric)
    });
    groups.iter().filter_map(|group| complete_fact(sources, reading, group)).take(STEPS).collect()
}

#[cfg(test)]
mod tests {
    use crate::extract::testing::facts;

    #[test]
    fn steps_are_taken_in_order_without_outcomes_and_placeholders() {
        let text = "# T\n\n## Steps to reproduce\n\n1. Step 1\n2. Open the page\n3. Press save\n4. Expected: saved\n5. Actual: lost\n";
        let steps: Vec<String> = facts(text).reproduction.into_iter().map(|fact| fact.text).collect();
        assert_eq!(steps, ["Open the page", "Press save"]);
    }

    #[test]
    fn numbered_lines_of_a_trackers_wiki_are_steps() {
        let text = concat!(
            "# Export stops\n\nh2. What happened\n\nThe job {{nightly}} stops with {{*Timeout*}} for {color:red}3 users{color}.\n\n",
            "h2. How to reproduce\n # set {{retries=0}}\n # run the *export*\n{noformat}\n# not a step\n{noformat}\n # see [the log|http://a.example/l]\n\n",
            "||Severity|High|\n||Component|billing|\n",
        );
        let found = crate::extract::testing::extraction(text);
        let steps: Vec<_> = found.facts.reproduction.iter().map(|fact| fact.text.as_str()).collect();
        assert_eq!(steps, ["set retries=0", "run the export", "see the log"]);
        let problem = found.facts.problem_statement.expect("there is a problem statement");
        assert_eq!(problem.text, "The job nightly stops with Timeout for 3 users.");
        assert!(text.contains(&problem.span.quote), "{:?}", problem.span);
        assert_eq!(problem.span.lines, [5, 5]);
        assert!(found.facts.reproduction[0].span.quote.ends_with("{{retries=0}}"), "{:?}", found.facts.reproduction[0]);
        assert_eq!(found.facts.metadata.severity_text.as_deref(), Some("High"));
        assert!(!found.findings.iter().any(|finding| finding.message.contains("how to reproduce")));
    }

    #[test]
    fn headings_of_markdown_that_mentions_the_wiki_stay_headings() {
        let text = "# Import of `h2. Title` fails\n\nThe `{quote}` and {{name}} stay as they are.\n\n# Steps to reproduce\n\n1. Paste `# item`\n\n# Environment\n\nBrowser\n";
        let steps: Vec<String> = facts(text).reproduction.into_iter().map(|fact| fact.text).collect();
        assert_eq!(steps, ["Paste # item"]);
    }
}
