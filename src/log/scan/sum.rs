//! Adds up the blocks of all sources in their order; the report is made from this.

use super::super::TemplateMiner;
use super::axis::Axis;
use super::block::{BlockSum, CLOCKS, First, Warnings};
use super::report::{LogPlace, LogSource, LogsReport, report};
use crate::case::Level;

/// Most texts whose warnings are counted over time: with their buckets a few megabytes.
const COUNTED_TEXTS: usize = 4096;

/// What was read so far.
#[derive(Debug, Default)]
pub struct LogScan {
    pub(super) sources: Vec<LogSource>,
    pub(super) miner: TemplateMiner,
    pub(super) texts: Vec<TextTotal>,
    pub(super) levels: [u64; 8],
    pub(super) axes: [Axis; CLOCKS],
    pub(super) onset: Option<(LogPlace, First)>,
    counted: usize,
}

/// The events of one masked text in all blocks; their number is with the miner.
#[derive(Debug)]
pub(super) struct TextTotal {
    /// Where the first and the last one stand.
    pub(super) places: [LogPlace; 2],
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
    pub(super) level: Option<Level>,
    pub(super) warnings: Option<Warnings>,
}

/// Leads from the number of a line's text to its template.
#[derive(Clone, Debug)]
pub struct LineTemplates {
    of: Vec<usize>,
}

impl LineTemplates {
    /// Number of the template, from 0 in the order of first messages; `None` for a line without text.
    pub fn template(&self, text: u32) -> Option<usize> {
        self.of.get(text as usize).copied()
    }
}

impl LogScan {
    /// Begins a source; the blocks that follow are its own.
    pub fn begin(&mut self, path: &str, compression: Option<&str>, encoding: &str) {
        self.sources.push(LogSource {
            path: path.to_owned(),
            compression: compression.map(str::to_owned),
            encoding: encoding.to_owned(),
            ..LogSource::default()
        });
    }

    /// Adds the next block of the source, and gives the number of each line's text where the block was read so.
    pub fn add(&mut self, mut block: BlockSum) -> Vec<u32> {
        let index = self.sources.len().saturating_sub(1);
        let Some(source) = self.sources.last_mut() else { return Vec::new() };
        let before = source.lines;
        source.bytes += block.bytes;
        source.lines += block.lines;
        source.events += block.events;
        source.other_lines += block.others;
        let place = |line: u64| LogPlace { source: index as u64, line: before + line + 1 };
        for (total, count) in self.levels.iter_mut().zip(block.levels) {
            *total += count;
        }
        for (total, axis) in self.axes.iter_mut().zip(std::mem::take(&mut block.axes)) {
            total.merge(axis);
        }
        if let Some(first) = block.onset.take().filter(|_| self.onset.is_none()) {
            self.onset = Some((place(first.line), first));
        }
        let mut ids = Vec::with_capacity(block.texts.len());
        for text in block.texts {
            let id = self.miner.add_masked(&text.masked, text.same.as_deref(), text.count).0;
            ids.push(id);
            match self.texts.get_mut(id as usize) {
                Some(total) => {
                    total.last = text.last;
                    total.places[1] = place(text.lines[1]);
                    total.level = total.level.filter(|known| Some(*known) == text.level);
                }
                None => self.texts.push(TextTotal {
                    places: text.lines.map(place),
                    first: text.first,
                    last: text.last,
                    level: text.level,
                    warnings: None,
                }),
            }
            if let Some(warnings) = text.warnings {
                self.count_warnings(id, warnings);
            }
        }
        for id in &mut block.of_line {
            *id = ids.get(*id as usize).copied().unwrap_or(u32::MAX);
        }
        block.of_line
    }

    fn count_warnings(&mut self, id: u32, warnings: Warnings) {
        let total = &mut self.texts[id as usize].warnings;
        if total.is_none() {
            if self.counted >= COUNTED_TEXTS {
                return;
            }
            self.counted += 1;
        }
        total.get_or_insert_with(|| Warnings::of(warnings.clock)).merge(warnings);
    }

    /// The report with at most `limit` templates, and the way from lines to templates.
    pub fn finish(self, limit: usize) -> (LogsReport, LineTemplates) {
        let groups = self.miner.grouping();
        let report = report(&self, &groups, limit);
        (report, LineTemplates { of: groups.of })
    }
}
