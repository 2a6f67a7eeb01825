//! Metric signals: a stated number against a bound, or a measured duration against a stated limit.

use crate::case::{Basis, SignalKind};
use crate::extract::{FoundMetric, Passage, SectionRole};
use crate::rules::limit::{duration_micros, thousandths};
use crate::rules::{MetricLook, Pattern};

use super::log::{captures, duration_text};
use super::{Match, MatchInput, Place};

/// Most numbers cited for one signal.
const METRICS: usize = 3;

pub(super) fn matches(place: Place<'_>, look: &MetricLook, input: &MatchInput<'_>) -> Vec<Match> {
    if let Some((limit, measured)) = &look.exceeds {
        return exceeds(place, limit, measured, input).into_iter().collect();
    }
    let Some(of) = &look.of else { return Vec::new() };
    let fits = |metric: &&FoundMetric| is_usable(metric, input) && about(metric, of, input) && in_bounds(metric, look);
    let found = input.reading.metrics.iter().filter(fits).take(METRICS);
    found
        .map(|metric| {
            let mut hit = hit_at(place, metric, input);
            hit.structural = look.at_least.is_some() || look.at_most.is_some();
            hit.bindings = captures(of, &sentence(metric, input));
            hit.bindings.insert("value".into(), written(metric));
            hit
        })
        .collect()
}

/// A fix or a wish is no measurement.
fn is_usable(metric: &FoundMetric, input: &MatchInput<'_>) -> bool {
    let wish = [
        SectionRole::Fix,
        SectionRole::Tests,
        SectionRole::Prevention,
        SectionRole::Expected,
        SectionRole::Alternatives,
        SectionRole::Monitoring,
        SectionRole::ActionItems,
    ];
    passage(metric, input).is_none_or(|p| !wish.contains(&p.role) && p.basis != Basis::RuledOut && !p.placeholder)
}

fn passage<'a>(metric: &FoundMetric, input: &MatchInput<'a>) -> Option<&'a Passage> {
    metric.passage.and_then(|index| input.reading.passages.get(index))
}

fn sentence(metric: &FoundMetric, input: &MatchInput<'_>) -> String {
    passage(metric, input).map_or_else(|| metric.name.clone(), |p| p.flat.text.clone())
}

fn about(metric: &FoundMetric, of: &Pattern, input: &MatchInput<'_>) -> bool {
    let matches = |text: &str| of.is_match(text);
    matches(&metric.name) || passage(metric, input).is_some_and(|p| matches(&p.flat.text))
}

fn in_bounds(metric: &FoundMetric, look: &MetricLook) -> bool {
    let unit_fits = look.units.is_empty() || look.units.iter().any(|unit| same_unit(unit, &metric.unit));
    if !unit_fits {
        return false;
    }
    let Some(value) = value_in(metric, look.units.first().map_or("", String::as_str)) else { return false };
    look.at_least.is_none_or(|bound| value >= bound) && look.at_most.is_none_or(|bound| value <= bound)
}

fn same_unit(wanted: &str, unit: &str) -> bool {
    wanted.eq_ignore_ascii_case(unit) || duration_micros("1", wanted).is_some() && duration_micros("1", unit).is_some()
}

/// The value in thousandths of `unit`.
fn value_in(metric: &FoundMetric, unit: &str) -> Option<i64> {
    match (duration_micros(&metric.value, &metric.unit), duration_micros("1", unit)) {
        (Some(micros), Some(one)) => micros.checked_mul(1_000).map(|scaled| scaled / one),
        _ => thousandths(&metric.value),
    }
}

fn written(metric: &FoundMetric) -> String {
    let blank = if metric.unit.is_empty() || metric.unit == "%" { "" } else { " " };
    format!("{}{}{blank}{}", metric.comparison, metric.value, metric.unit)
}

fn hit_at(place: Place<'_>, metric: &FoundMetric, input: &MatchInput<'_>) -> Match {
    let passage = passage(metric, input);
    let role = passage.map_or(SectionRole::Other, |p| p.role);
    let basis = passage.map_or(Basis::Reported, |p| p.basis);
    Match::new(place, SignalKind::Metric, passage.map_or(metric.span, |p| p.span), basis, role)
}

/// The first measured duration that meets or exceeds the first stated limit.
fn exceeds(place: Place<'_>, limit: &Pattern, measured: &Pattern, input: &MatchInput<'_>) -> Option<Match> {
    let durations: Vec<(&FoundMetric, i64)> = input
        .reading
        .metrics
        .iter()
        // A range is neither a limit nor a measurement that meets one.
        .filter(|metric| is_usable(metric, input) && metric.comparison != "..")
        .filter_map(|metric| Some((metric, duration_micros(&metric.value, &metric.unit)?)))
        .collect();
    let of = |pattern: &Pattern| {
        durations.iter().filter(|(metric, _)| about(metric, pattern, input)).copied().collect::<Vec<_>>()
    };
    let (limits, values) = (of(limit), of(measured));
    for (bound, bound_micros) in &limits {
        let over = values
            .iter()
            .find(|(value, micros)| value.span != bound.span && micros >= bound_micros && *bound_micros > 0);
        let Some((value, micros)) = over else { continue };
        let mut hit = hit_at(place, bound, input);
        let measured_place = hit_at(place, value, input).span;
        if measured_place != hit.span {
            hit.more = vec![measured_place];
        }
        hit.structural = true;
        hit.bindings.insert("limit".into(), duration_text(*bound_micros));
        hit.bindings.insert("measured".into(), duration_text(*micros));
        return Some(hit);
    }
    None
}
