//! What a hypothesis may claim beside the others: `yields_to`, the gates that need the leader, and the order.

use std::collections::BTreeMap;

use crate::case::{HypothesisStatus, Role};
use crate::rules::RuleSet;

use super::cause::CauseStatements;
use super::draft::{Draft, Weighed};
use super::sections::DefectSections;

/// Share of a general class's points that a specific one must have to take precedence, in percent.
const SPECIFIC: u64 = 70;

/// Share of the leader's points that the third dot needs, in percent; less where a structural match stands for itself: another
/// defect of the same document need not be as loud as the first.
const NEAR_THE_LEADER: u64 = 80;
const STRUCTURAL: u64 = 50;

/// Share of the leader's points that a rival on words alone needs to be shown beside it, in percent.
const RIVAL: u64 = 40;

/// Least points of a candidate: more than a strong word can bring where sections count half. One that stands only
/// in lessons or among action items tells what people fear and not what happened.
const CANDIDATE: u32 = 1200;

/// Most candidates where no cause stands.
const CANDIDATES: usize = 3;

/// Applies what depends on the other rules; the result is in rule order.
pub(super) fn rank(
    rules: &RuleSet,
    mut weighed: Vec<Weighed>,
    causes: &CauseStatements,
    sections: &DefectSections,
) -> Vec<Weighed> {
    yield_to_specific(rules, &mut weighed);
    let lead = weighed.iter().filter(|w| w.refuted.is_none() && w.dots >= 2).map(|w| w.points).max().unwrap_or(0);
    let loudest = loudest(&weighed, sections);
    for w in weighed.iter_mut().filter(|w| w.refuted.is_none()) {
        let own = sections.of_rule(w).iter().any(|section| loudest.get(section) == Some(&w.points));
        gates(w, rules.rules[w.rule].role, lead, own, causes);
    }
    promote_candidates(rules, &mut weighed);
    weighed
}

/// The points of the loudest rule of each section.
fn loudest(weighed: &[Weighed], sections: &DefectSections) -> BTreeMap<(usize, usize), u32> {
    let mut loudest = BTreeMap::new();
    for w in weighed.iter().filter(|w| w.refuted.is_none() && w.dots >= 2) {
        for section in sections.of_rule(w) {
            let most = loudest.entry(section).or_insert(0);
            *most = w.points.max(*most);
        }
    }
    loudest
}

fn yield_to_specific(rules: &RuleSet, weighed: &mut [Weighed]) {
    let points: Vec<(String, u32)> = weighed
        .iter()
        .filter(|w| w.refuted.is_none() && w.dots >= 2)
        .map(|w| (rules.rules[w.rule].class.clone(), w.points))
        .collect();
    for w in weighed {
        let rule = &rules.rules[w.rule];
        let specific = points
            .iter()
            .filter(|(class, points)| {
                rule.yields_to.contains(class)
                    && *class != rule.class
                    && u64::from(*points) * 100 >= u64::from(w.points) * SPECIFIC
            })
            .max_by_key(|(_, points)| *points);
        if let Some((class, _)) = specific {
            w.points = w.points / 10 * 7;
            w.steps.push(format!("more specific: {class}; points x 0.7"));
            w.yielded_to = Some(class.clone());
        }
    }
}

fn gates(w: &mut Weighed, role: Role, lead: u32, own: bool, causes: &CauseStatements) {
    // What contributes or amplifies is no rival of the leader, and need not be as loud.
    let rival = matches!(role, Role::Root | Role::Trigger);
    if w.dots >= 4 && !(w.points >= lead && w.structural && w.has_code) {
        w.dots = 3;
        w.steps.push("4 dots need the lead, a structural match and code: 3".into());
    }
    let share = if w.structural { STRUCTURAL } else { NEAR_THE_LEADER };
    if w.dots >= 3 && u64::from(w.points) * 100 < u64::from(lead) * share {
        w.dots = 2;
        w.steps.push(format!("less than {share} % of the leader's points: 2"));
    }
    if w.dots == 2 && rival && !own && u64::from(w.points) * 100 < u64::from(lead) * RIVAL && !w.structural {
        w.dots = 1;
        w.steps.push(format!("less than {RIVAL} % of the leader's points: 1"));
    }
    if w.dots >= 3 && causes.unknown.is_some() {
        w.dots = 2;
        w.steps.push("the sources say that the cause is unknown: at most 2".into());
    }
}

/// Where no cause stands, the best single strong words are candidates: none is more than that.
fn promote_candidates(rules: &RuleSet, weighed: &mut [Weighed]) {
    let may_cause = |w: &Weighed| matches!(rules.rules[w.rule].role, Role::Root | Role::Trigger);
    if weighed.iter().any(|w| w.dots >= 2 && w.refuted.is_none() && may_cause(w)) {
        return;
    }
    // What stands and only contributes or amplifies is heard as well.
    let loud =
        weighed.iter().filter(|w| w.dots >= 2 && w.refuted.is_none()).map(|w| u64::from(w.points)).max().unwrap_or(0);
    // A single word with a word against it is none.
    let stands = |w: &&mut Weighed| {
        let audible = u64::from(w.points) * 100 >= loud * RIVAL;
        w.candidate && w.refuted.is_none() && w.contradicts.is_empty() && audible
    };
    let mut candidates: Vec<&mut Weighed> = weighed.iter_mut().filter(stands).collect();
    candidates.sort_by(|a, b| b.points.cmp(&a.points).then(a.rule.cmp(&b.rule)));
    let best = candidates.first().map_or(0, |w| w.points);
    for w in candidates.into_iter().take(CANDIDATES).filter(|w| w.points * 2 >= best && w.points >= CANDIDATE) {
        w.dots = 2;
        w.steps.push("among the best of what stands, as a candidate: 2".into());
    }
}

/// Orders hypotheses: refuted last; 2 dots or more before fewer; role; dots; points; rule id.
pub(super) fn order(drafts: &mut [Draft]) {
    drafts.sort_by(|a, b| {
        let key = |d: &Draft| (d.status == HypothesisStatus::Refuted, d.dots < 2, d.role);
        key(a)
            .cmp(&key(b))
            .then(b.dots.cmp(&a.dots))
            .then(b.points.cmp(&a.points))
            .then_with(|| a.rule.cmp(&b.rule))
            .then_with(|| a.title.cmp(&b.title))
    });
}

#[cfg(test)]
mod tests {
    use crate::case::Case;
    use crate::pipeline::{AnalyzeOptions, analyze};
    use crate::rules::builtin_rules;
    use crate::source::SourceMap;

    fn dots(text: &str) -> Vec<u8> {
        let mut sources = SourceMap::new();
        sources.add_text("a.md", text);
        let Case { hypotheses, .. } =
            analyze(&sources, Vec::new(), builtin_rules(), &AnalyzeOptions::default(), &|_, _| true);
        hypotheses.iter().map(|hypothesis| hypothesis.dots).filter(|dots| *dots >= 2).collect()
    }

    #[test]
    fn a_word_among_action_items_is_no_candidate() {
        let told = "# The start page was slow\n\nThe importer met head of line blocking for ten minutes.\n";
        let wished = "# The start page was slow\n\nIt was slow for ten minutes.\n\n## Action items\n\n- Discuss head of line blocking\n";
        assert_eq!((dots(told), dots(wished)), (vec![2], vec![]));
    }
}
