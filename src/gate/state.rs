//! The phases of a case that end at a gate, and the states of a gate with their exit codes.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A phase that ends at an approval gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// `index.md`, `case.json` and the evidence.
    Analysis,
    /// The plan page, `plan.json` and the evidence.
    Plan,
}

impl Phase {
    /// The word used on the command line, in statements and as folder name.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Analysis => "analysis",
            Phase::Plan => "plan",
        }
    }

    /// Name of the data file that is a subject of the phase.
    pub fn data_file(self) -> &'static str {
        match self {
            Phase::Analysis => "case.json",
            Phase::Plan => "plan.json",
        }
    }

    /// Names of the pages that are subjects of the phase; at least one of them must exist.
    pub fn pages(self) -> &'static [&'static str] {
        match self {
            Phase::Analysis => &["index.md"],
            Phase::Plan => &["implementation_plan.md", "resolution_plan.md"],
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// State of a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GateState {
    /// Nobody has decided anything.
    Draft,
    /// A decision is asked for, or not enough people have approved.
    InReview,
    /// A reviewer wants changes.
    ChangesRequested,
    /// A reviewer has cancelled the case.
    Rejected,
    /// Enough people have approved exactly this content.
    Approved,
    /// Opened in an emergency by somebody entitled to.
    BreakGlass,
    /// The approval is older than the policy allows.
    Expired,
    /// Other content was approved.
    Stale,
    /// This content was approved, and a later version has replaced it.
    Superseded,
    /// A file of the case or of its decisions cannot be relied on.
    Invalid,
    /// There is no usable policy.
    PolicyError,
}

impl GateState {
    /// Every state.
    pub const ALL: [GateState; 11] = [
        GateState::Draft,
        GateState::InReview,
        GateState::ChangesRequested,
        GateState::Rejected,
        GateState::Approved,
        GateState::BreakGlass,
        GateState::Expired,
        GateState::Stale,
        GateState::Superseded,
        GateState::Invalid,
        GateState::PolicyError,
    ];

    /// The word used in front matter and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            GateState::Draft => "draft",
            GateState::InReview => "in-review",
            GateState::ChangesRequested => "changes-requested",
            GateState::Rejected => "rejected",
            GateState::Approved => "approved",
            GateState::BreakGlass => "break-glass",
            GateState::Expired => "expired",
            GateState::Stale => "stale",
            GateState::Superseded => "superseded",
            GateState::Invalid => "invalid",
            GateState::PolicyError => "policy-error",
        }
    }

    /// The exit code of `casefile gate check`; never 1.
    pub fn exit_code(self) -> u8 {
        match self {
            GateState::Approved | GateState::BreakGlass => 0,
            GateState::Draft | GateState::InReview => 10,
            GateState::ChangesRequested => 11,
            GateState::Rejected => 12,
            GateState::Stale | GateState::Superseded => 13,
            GateState::Expired => 14,
            GateState::Invalid => 15,
            GateState::PolicyError => 16,
        }
    }

    /// Whether the next phase may begin.
    pub fn is_open(self) -> bool {
        matches!(self, GateState::Approved | GateState::BreakGlass)
    }
}

impl fmt::Display for GateState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_exit_code() {
        let codes: Vec<(&str, u8)> = GateState::ALL.iter().map(|s| (s.as_str(), s.exit_code())).collect();
        assert_eq!(
            codes,
            [
                ("draft", 10),
                ("in-review", 10),
                ("changes-requested", 11),
                ("rejected", 12),
                ("approved", 0),
                ("break-glass", 0),
                ("expired", 14),
                ("stale", 13),
                ("superseded", 13),
                ("invalid", 15),
                ("policy-error", 16)
            ]
        );
    }

    #[test]
    fn a_gate_is_open_exactly_when_its_exit_code_is_zero() {
        for state in GateState::ALL {
            assert_eq!(state.is_open(), state.exit_code() == 0, "{state}");
        }
    }

    #[test]
    fn the_word_of_a_state_is_the_one_serialised() {
        for state in GateState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
