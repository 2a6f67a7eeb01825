//! Rules: what they say (`schema`), how they are loaded and checked (`load`, `compile`), and how their signals are found in
//! a case (`matchers`). What the matches mean is decided in `diagnose`.

mod compile;
mod concepts;
mod cue;
mod doc;
mod first_words;
mod limit;
mod load;
pub mod matchers;
mod pack;
mod pair;
mod pattern;
mod prefilter;
mod rule;
mod scaffold;
mod schema;
mod specificity;
mod template;
mod texts;
mod words;

pub use cue::{Cue, CueSite};
pub use doc::{rule_doc, rule_index, word};
pub use limit::parse_duration;
pub use load::{Part, RuleError, RuleSet, builtin_rules, builtin_texts, load_rules, read_rule};
pub use matchers::{Match, MatchInput, Side, match_rules};
pub use pair::PairLook;
pub use pattern::Pattern;
pub use rule::{
    CodeLook, ConfigLook, Example, Examples, LogLook, Look, MetricLook, PayloadLook, Rule, SeriesLook, Signal,
    TraceLook,
};
pub use scaffold::scaffold;
pub use schema::{LockLook, RuleFile, SeriesShape, schema_json};
pub use specificity::weight as specificity_weight;
pub use template::fill;
pub use texts::{TextUnit, text_units};
