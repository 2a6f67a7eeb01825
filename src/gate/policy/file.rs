//! The policy as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Mode;
use crate::gate::Phase;

/// The policy as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyFile {
    pub(super) schema: String,
    pub(super) project: String,
    pub(super) mode: Mode,
    #[serde(default)]
    pub(super) allowed_signers: Option<String>,
    #[serde(default)]
    pub(super) revoked: Option<String>,
    #[serde(default)]
    pub(super) allow_empty_revoked: bool,
    #[serde(default)]
    pub(super) deny_principals: Vec<String>,
    #[serde(default)]
    pub(super) author_may_approve: bool,
    #[serde(default)]
    pub(super) allow_conditional: bool,
    #[serde(default = "default_unsigned")]
    pub(super) unsigned_max_priority: String,
    pub(super) people: BTreeMap<String, PersonFile>,
    pub(super) phase: BTreeMap<Phase, PhaseFile>,
    pub(super) priority: BTreeMap<String, PriorityFile>,
    #[serde(default)]
    pub(super) break_glass: Option<BreakGlassFile>,
    #[serde(default)]
    pub(super) hook: HookFile,
    #[serde(default)]
    pub(super) ci: CiFile,
}

fn default_unsigned() -> String {
    "P3".into()
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonFile {
    pub(super) principals: Vec<String>,
    #[serde(default)]
    pub(super) roles: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PhaseFile {
    pub(super) roles: Vec<String>,
    #[serde(default)]
    pub(super) requires: Vec<Phase>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PriorityFile {
    pub(super) threshold: u32,
    #[serde(default)]
    pub(super) require_role: Option<String>,
    #[serde(default)]
    pub(super) max_age: Option<String>,
    #[serde(default)]
    pub(super) key_types: Option<Vec<String>>,
    #[serde(default)]
    pub(super) require_touch: bool,
    #[serde(default)]
    pub(super) require_verified: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BreakGlassFile {
    pub(super) people: Vec<String>,
    #[serde(default = "one_day")]
    pub(super) max_duration: String,
    #[serde(default = "twenty")]
    pub(super) min_reason_chars: u32,
    #[serde(default)]
    pub(super) may_override_cancel: bool,
}

fn one_day() -> String {
    "24h".into()
}

fn twenty() -> u32 {
    20
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HookFile {
    #[serde(default)]
    pub(super) strict: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CiFile {
    #[serde(default)]
    pub(super) require_case_for: Vec<String>,
}
