//! Log lines to events: timestamps, levels, formats (one file each family), continuation lines, templates, bursts, gaps, rhythms.

mod axes;
mod burst;
mod context;
mod continuation;
mod event;
mod excerpt;
mod fields;
mod formats;
mod gap;
mod http;
#[cfg(test)]
mod laws;
mod learned;
mod level;
mod mask;
mod mine;
mod period;
mod regular;
pub mod scan;
mod summary;
mod template;
mod timestamp;
mod tokens;

pub use event::{Field, HttpPart, LogEvent, read_events, scan_events};
pub use level::parse_level;
pub use summary::{onset, summarize};
pub use template::{Grouping, Template, TemplateId, TemplateMiner};
pub use timestamp::{
    Clock, Moment, Zone, civil_from_days, days_from_civil, find_timestamp, parse_timestamp, weekday, zone_text,
};
