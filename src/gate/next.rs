//! Words for the reader of an answer. While the gate is closed nothing in them may read as consent.

use super::tally::Tally;
use super::{GateState, Mode, Phase};

/// What has to happen next.
pub(super) fn next_step(case: &str, phase: Phase, state: GateState, missing: &[String], tally: &Tally) -> String {
    let review = format!("a reviewer must run `casefile gate review {case} --phase {phase}` in their own terminal");
    match state {
        GateState::Approved | GateState::BreakGlass => "The gate is open.".into(),
        GateState::Invalid => {
            "Stop. Correct the files named in the findings in a reviewed commit, then ask again.".into()
        }
        GateState::PolicyError => {
            "Stop. A maintainer must correct `.casefile/gate.toml`, which says who may decide.".into()
        }
        _ if !missing.is_empty() => {
            let verb = match phase {
                Phase::Analysis => "analyze",
                Phase::Plan => "plan",
            };
            format!("Stop. `{}` does not exist: run `casefile {verb}` first.", missing.join("`, `"))
        }
        GateState::Rejected => "Stop. A reviewer has cancelled the case; only that reviewer can take it back.".into(),
        GateState::ChangesRequested => {
            format!("Stop. A reviewer wants changes: make them, then {review}.")
        }
        _ if tally.author_unknown && !tally.counted.is_empty() => {
            let file = phase.data_file();
            format!("Stop. {file} does not say who prepared it: make it again with `--by PRINCIPAL`, then {review}.")
        }
        _ if tally.held => format!("Stop. A reviewer holds the gate or waits for an answer; then {review}."),
        _ if tally.upstream_changed || (!tally.upstream_open && phase == Phase::Plan && !tally.counted.is_empty()) => {
            format!("Stop. The analysis has to be decided on first; then {review}.")
        }
        _ => format!("Stop: {review}."),
    }
}

/// What a reader must know beside the state.
pub(super) fn notices(state: GateState, mode: Option<Mode>, tally: &Tally) -> Vec<String> {
    let mut notices = Vec::new();
    if mode == Some(Mode::Unsigned) && !tally.counted.is_empty() {
        notices.push("Identity not verified.".to_string());
    }
    if state == GateState::BreakGlass {
        notices.push("EMERGENCY OPENING: no normal review took place. It ends by itself and needs a follow-up.".into());
    }
    if tally.emergency_ended && !state.is_open() {
        notices.push("An emergency opening ended without a follow-up approval of the content as it is now.".into());
    }
    notices
}
