//! Cases, plans and page contexts for the tests of this layer.

use crate::case::{Case, Plan};

use super::{Flavour, GateView, PageContext};

/// A case in which nearly everything is given.
pub(super) fn full_case() -> Case {
    read(include_str!("../../tests/fixtures/render/full.case.json"))
}

/// A case whose hypotheses have two dots at most.
pub(super) fn undetermined_case() -> Case {
    read(include_str!("../../tests/fixtures/render/undetermined.case.json"))
}

/// A case in which every optional value is absent and every list empty.
pub(super) fn bare_case() -> Case {
    read(include_str!("../../tests/fixtures/render/bare.case.json"))
}

/// The plan of [`full_case`].
pub(super) fn full_plan() -> Plan {
    read(include_str!("../../tests/fixtures/render/full.plan.json"))
}

/// A plan with every list empty.
pub(super) fn bare_plan() -> Plan {
    read(include_str!("../../tests/fixtures/render/bare.plan.json"))
}

/// A page whose gate is closed, with one evidence file.
pub(super) fn page() -> PageContext {
    PageContext {
        analyst: "TPM/PO Agent".into(),
        planner: "Architect Agent".into(),
        prepared_by: None,
        jira_base_url: None,
        flavour: Flavour::Portable,
        generated_at: "2024-03-05T09:00:00Z".into(),
        last_updated: "2024-03-05T09:00:00Z".into(),
        gate: GateView { state: "draft".into(), open: false, detail: String::new() },
        evidence_files: vec!["export log.txt".into()],
    }
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("the fixture has the shape of its type")
}
