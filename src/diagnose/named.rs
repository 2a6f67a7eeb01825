//! Hypotheses that the sources name themselves and no rule made: "Hypothesis 2: …", and what they rule out.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::case::{Basis, EvidenceKind, HypothesisStatus, Role};
use crate::extract::{Passage, PassageKind, SectionRole};
use crate::pattern::Pattern;
use crate::rules::{Match, MatchInput, RuleSet, Side};
use crate::span::Span;

use super::draft::{Draft, Support};

/// Most ruled-out statements that become rows of the matrix.
const RULED_OUT: usize = 12;

/// Longest text that is only a label, in bytes.
const LABEL: usize = 30;

static HEADING: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)^\s*(?:hypothes[ie]s|theory|suspect)\s*(?:#?\d+|[A-Z])?\s*[:.\u{2014}\u{2013}-]\s*(?<title>\S.*)$",
    )
});

static AGAINST: LazyLock<Pattern> = LazyLock::new(|| Pattern::new(r"(?i)^\s*(?:evidence |signals |points )?against\b"));

static FOR: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)^\s*(?:(?:evidence|signals|points) for|supporting evidence|description|test method|validation)\b",
    )
});

static NOTHING: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"(?i)\b(?:none(?: (?:identified|found|known|so far))?|n/a)\b\W*$"));

/// Adds the hypotheses the sources name to those the rules made.
pub(super) fn add_named(rules: &RuleSet, input: &MatchInput<'_>, matches: &[Match], drafts: &mut Vec<Draft>) {
    let classes = classes_by_unit(rules, matches);
    for (heading, title) in named_headings(input) {
        let passage = &input.reading.passages[heading];
        let body: Vec<usize> = section_body(input, passage);
        let class = class_of(input, &classes, heading);
        let made = class.as_deref().is_some_and(|class| {
            drafts
                .iter()
                .any(|draft| draft.class == class && draft.dots >= 2 && draft.status != HypothesisStatus::Refuted)
        });
        if made {
            continue;
        }
        drafts.push(named(input, passage, &title, class, &body));
    }
    let ruled_out = input.reading.passages.iter().enumerate().filter(|(_, p)| is_ruled_out_item(p)).take(RULED_OUT);
    for (index, passage) in ruled_out {
        let class = class_of(input, &classes, index);
        let told = |draft: &Draft| draft.dots >= 2 || draft.status == HypothesisStatus::Refuted;
        let cites = |draft: &Draft| draft.contradicts.iter().any(|support| support.span == passage.span);
        if !drafts.iter().any(|draft| told(draft) && cites(draft)) {
            drafts.push(ruled_out_draft(passage, class));
        }
    }
}

fn is_ruled_out_item(passage: &Passage) -> bool {
    let text = passage.flat.text.trim();
    let label = text.ends_with(':') || NOTHING.is_match(text) || AGAINST.is_match(text) && text.len() < LABEL;
    passage.role == SectionRole::RuledOut && passage.kind != PassageKind::Heading && !passage.placeholder && !label
}

/// The class of the first rule whose strong words stand in a passage, by passage.
fn classes_by_unit(rules: &RuleSet, matches: &[Match]) -> BTreeMap<usize, String> {
    let mut best: BTreeMap<usize, (u8, String)> = BTreeMap::new();
    for hit in matches.iter().filter(|hit| hit.side == Side::For && hit.tier >= 2) {
        let Some(unit) = hit.unit else { continue };
        let entry = best.entry(unit).or_insert_with(|| (0, String::new()));
        if hit.tier > entry.0 {
            *entry = (hit.tier, rules.rules[hit.rule].class.clone());
        }
    }
    best.into_iter().map(|(unit, (_, class))| (unit, class)).collect()
}

fn class_of(input: &MatchInput<'_>, classes: &BTreeMap<usize, String>, passage: usize) -> Option<String> {
    let unit = input.units.iter().position(|unit| unit.passage == Some(passage))?;
    classes.get(&unit).cloned()
}

fn named_headings(input: &MatchInput<'_>) -> Vec<(usize, String)> {
    let passages = input.reading.passages.iter().enumerate();
    passages
        .filter(|(_, passage)| passage.kind == PassageKind::Heading && !passage.placeholder)
        .filter_map(|(index, passage)| {
            let title = HEADING.captures(&passage.flat.text)?.name("title")?.as_str().trim().to_string();
            Some((index, title))
        })
        .collect()
}

fn section_body(input: &MatchInput<'_>, heading: &Passage) -> Vec<usize> {
    let same =
        |p: &Passage| p.document == heading.document && p.section == heading.section && p.kind != PassageKind::Heading;
    input
        .reading
        .passages
        .iter()
        .enumerate()
        .filter(|(_, p)| same(p) && !p.placeholder)
        .map(|(index, _)| index)
        .collect()
}

fn named(input: &MatchInput<'_>, heading: &Passage, title: &str, class: Option<String>, body: &[usize]) -> Draft {
    let (mut supports, mut contradicts) = (Vec::new(), Vec::new());
    let mut against = false;
    for &index in body {
        let passage = &input.reading.passages[index];
        let text = passage.flat.text.as_str();
        if AGAINST.is_match(text) {
            against = true;
        } else if FOR.is_match(text) {
            against = false;
        }
        if NOTHING.is_match(text) || text.trim_end().ends_with(':') {
            continue;
        }
        let list = if against { &mut contradicts } else { &mut supports };
        list.push(support(passage.span, passage.basis));
    }
    let refuted = !contradicts.is_empty() && contradicts.len() >= supports.len().saturating_sub(1);
    let dots = if refuted { 1 } else { 2 };
    let mut draft = empty(title, class);
    draft.status = if refuted { HypothesisStatus::Refuted } else { HypothesisStatus::Proposed };
    draft.reason = refuted.then(|| "the source itself names evidence against it".to_string());
    draft.dots = dots;
    draft.explanation = format!("The source names this hypothesis itself: {}", heading.flat.text.trim());
    draft.supports = if supports.is_empty() { vec![support(heading.span, heading.basis)] } else { supports };
    draft.contradicts = contradicts;
    draft
}

fn ruled_out_draft(passage: &Passage, class: Option<String>) -> Draft {
    let mut draft = empty(passage.flat.text.trim(), class);
    draft.status = HypothesisStatus::Refuted;
    draft.reason = Some("ruled out by the source".into());
    draft.contradicts = vec![support(passage.span, Basis::RuledOut)];
    draft.explanation = "The source considered this and excluded it".into();
    draft
}

fn support(span: Span, basis: Basis) -> Support {
    Support { span, kind: EvidenceKind::Prose, basis, weight: 0, signal: "stated".into() }
}

fn empty(title: &str, class: Option<String>) -> Draft {
    Draft {
        rule: "stated".into(),
        rule_version: 0,
        class: class.unwrap_or_else(|| "unknown".into()),
        title: title.trim_end_matches(['.', ':']).to_string(),
        role: Role::Root,
        status: HypothesisStatus::Proposed,
        dots: 0,
        points: 0,
        stated: true,
        claims: Vec::new(),
        supports: Vec::new(),
        contradicts: Vec::new(),
        reason: None,
        checked_against: Vec::new(),
        missing: Vec::new(),
        discriminators: Vec::new(),
        explanation: String::new(),
        odc: None,
        fix: None,
        unmatched: Vec::new(),
        steps: Vec::new(),
    }
}
