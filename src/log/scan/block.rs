//! Sums up one block of a log: which lines begin events, their times and levels, and the masked texts of their messages.

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::WINDOWS_1252;

use super::super::Moment;
use super::super::axes::on_axis;
use super::super::context::{Certainty, Context};
use super::super::continuation::Continuation;
use super::super::event::capped;
use super::super::formats::{level_prefix, recognise};
use super::super::mask::Masker;
use super::super::period::Occasions;
use super::super::timestamp::Zone;
use super::axis::Axis;
use super::hash::Texts;
use super::histogram::Histogram;
use crate::case::Level;
use crate::span::{Line, lines};

/// Kinds of clocks that do not compare with each other.
pub(super) const CLOCKS: usize = 4;

/// Most buckets in which the warnings of one text are counted.
const TEXT_BUCKETS: usize = 256;

/// Longest timestamp that is kept as written, in bytes.
const WRITTEN_BYTES: usize = 80;

/// How closely lines are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Levels and times only: no templates.
    Headers,
    /// Templates as well.
    Templates,
    /// Templates, and which one each line has.
    Lines,
}

/// What a block holds.
#[derive(Debug, Default)]
pub struct BlockSum {
    pub(super) bytes: u64,
    pub(super) lines: u64,
    pub(super) events: u64,
    /// Lines that are neither blank nor part of an event.
    pub(super) others: u64,
    /// Events by level, `None` last.
    pub(super) levels: [u64; 8],
    pub(super) axes: [Axis; CLOCKS],
    pub(super) texts: Vec<TextSum>,
    pub(super) onset: Option<First>,
    /// For each line the number of its text among `texts`, `u32::MAX` for none; empty unless asked for.
    pub(super) of_line: Vec<u32>,
}

/// The first event of something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct First {
    /// Number of the line, from 0, within its block.
    pub(super) line: u64,
    pub(super) at: Option<String>,
    pub(super) level: Option<Level>,
    pub(super) message: String,
}

/// The events of one masked text.
#[derive(Debug)]
pub(super) struct TextSum {
    pub(super) masked: Box<str>,
    /// The message, where all were the same.
    pub(super) same: Option<Box<str>>,
    pub(super) count: u64,
    /// Numbers of the first and last line, from 0, within its block.
    pub(super) lines: [u64; 2],
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
    /// The level of all, unless they differ.
    pub(super) level: Option<Level>,
    /// Warnings and worse over time.
    pub(super) warnings: Option<Warnings>,
}

/// The warnings and worse of one text over time.
#[derive(Clone, Debug)]
pub(super) struct Warnings {
    /// Number of the clock they are on.
    pub(super) clock: usize,
    pub(super) histogram: Histogram,
    pub(super) occasions: Occasions,
}

impl Warnings {
    /// None so far.
    pub(super) fn of(clock: usize) -> Self {
        Warnings { clock, histogram: Histogram::new(TEXT_BUCKETS), occasions: Occasions::default() }
    }

    /// Adds what follows in the same stream; what another clock tells is left out.
    pub(super) fn merge(&mut self, next: Warnings) {
        if self.clock == next.clock {
            self.histogram.merge(next.histogram);
            self.occasions.merge(next.occasions);
        }
    }
}

/// Sums up the lines of a block.
pub fn read_block(bytes: &[u8], depth: Depth) -> BlockSum {
    let text = decoded(bytes);
    let mut reader = Reader::new(&text, depth);
    reader.sum.bytes = bytes.len() as u64;
    for line in lines(&text) {
        reader.line(&line);
    }
    reader.finish()
}

/// The text; lines that are no UTF-8 are read as Windows-1252, the others stay as they are.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
            for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                match std::str::from_utf8(line) {
                    Ok(line) => text.push_str(line),
                    Err(_) => text.push_str(&WINDOWS_1252.decode_without_bom_handling(line).0),
                }
            }
            Cow::Owned(text)
        }
    }
}

/// An event whose message or continuation may still follow.
struct Open {
    line: u64,
    continues: Continuation,
    time: Option<(Range<usize>, Moment)>,
    level: Option<Level>,
    message: Range<usize>,
}

struct Reader<'a> {
    text: &'a str,
    depth: Depth,
    context: Context,
    sum: BlockSum,
    open: Option<Open>,
    masker: Masker,
    ids: Texts<u32>,
    /// First and last timestamp of each text, as places in the block.
    written: Vec<[Option<Range<usize>>; 2]>,
    onset_time: Option<Range<usize>>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, depth: Depth) -> Self {
        Reader {
            text,
            depth,
            context: Context::of_log(),
            sum: BlockSum::default(),
            open: None,
            masker: Masker::default(),
            ids: Texts::default(),
            written: Vec::new(),
            onset_time: None,
        }
    }

    fn line(&mut self, line: &Line<'a>) {
        let number = self.sum.lines;
        self.sum.lines += 1;
        let line = Line { text: capped(line.text), start: line.start };
        let Some(body) = self.context.enter(&line) else {
            self.close();
            return;
        };
        let recognised = recognise(body.text).filter(|(_, header)| self.context.accepts(&body, header));
        let header = recognised.as_ref().map(|(_, header)| header);
        if let Some(open) = self.open.as_mut().filter(|open| open.continues.takes(&body, header)) {
            if open.continues.take_message() {
                let (level, at) = level_prefix(body.text);
                open.level = open.level.or(level);
                open.message = body.start + at..body.start + body.text.len();
            }
            return;
        }
        self.close();
        let end = body.start + body.text.len();
        let Some((_, header)) = recognised else {
            self.sum.others += 1;
            if self.depth != Depth::Headers {
                self.count_text(number, body.start..end, None, None, None);
            }
            return;
        };
        let continues = Continuation::after(&body, &header, Certainty::Likely);
        let from = body.start;
        let message = header.message.start + from..header.message.end + from;
        self.open = Some(Open {
            line: number,
            continues,
            time: header.time.map(|(range, moment)| (range.start + from..range.end + from, moment)),
            level: header.level,
            // The whole line, where the header is all there is.
            message: if message.is_empty() { from..end } else { message },
        });
    }

    /// Counts the open event.
    fn close(&mut self) {
        let Some(event) = self.open.take() else { return };
        let sum = &mut self.sum;
        sum.events += 1;
        sum.levels[event.level.map_or(sum.levels.len() - 1, |level| level as usize)] += 1;
        let error = event.level >= Some(Level::Error);
        let mut at = None;
        let mut written = None;
        if let Some((range, moment)) = event.time {
            at = on_axis(moment.clock, moment.zone);
            if let Some((clock, at)) = at {
                let zoned = matches!(moment.zone, Zone::Known(_));
                sum.axes[clock].add(at, zoned, error, range.clone());
            }
            written = Some(range);
        }
        if error && sum.onset.is_none() {
            let message = self.text[event.message.clone()].to_owned();
            sum.onset = Some(First { line: event.line, at: None, level: event.level, message });
            self.onset_time.clone_from(&written);
        }
        if self.depth != Depth::Headers {
            self.count_text(event.line, event.message, event.level, written, at);
        }
    }

    fn count_text(
        &mut self,
        line: u64,
        message: Range<usize>,
        level: Option<Level>,
        written: Option<Range<usize>>,
        at: Option<(usize, i64)>,
    ) {
        let message = &self.text[message];
        let masked = self.masker.mask(message);
        let id = match self.ids.get(masked) {
            Some(id) => {
                let text = &mut self.sum.texts[*id as usize];
                text.count += 1;
                text.lines[1] = line;
                text.level = text.level.filter(|known| Some(*known) == level);
                if text.same.as_deref().is_some_and(|same| same != message) {
                    text.same = None;
                }
                self.written[*id as usize][1] = written;
                *id
            }
            None => {
                // A block has fewer lines than bytes, far below the largest number.
                let id = u32::try_from(self.sum.texts.len()).unwrap_or(u32::MAX);
                self.ids.insert(masked.into(), id);
                self.written.push([written.clone(), written]);
                self.sum.texts.push(TextSum {
                    masked: masked.into(),
                    same: Some(message.into()),
                    count: 1,
                    lines: [line, line],
                    first: None,
                    last: None,
                    level,
                    warnings: None,
                });
                id
            }
        };
        if level >= Some(Level::Warn)
            && let Some((clock, at)) = at
        {
            let text = &mut self.sum.texts[id as usize];
            let warnings = text.warnings.get_or_insert_with(|| Warnings::of(clock));
            if warnings.clock == clock {
                warnings.histogram.add(at, false);
                warnings.occasions.add(at);
            }
        }
        if self.depth == Depth::Lines {
            self.assign(line, id);
        }
    }

    /// Gives the line its text, and those since the last one, which continue that, the text of the last one.
    fn assign(&mut self, line: u64, id: u32) {
        self.fill_lines(line);
        self.sum.of_line.push(id);
    }

    fn fill_lines(&mut self, lines: u64) {
        let last = self.sum.of_line.last().copied().unwrap_or(u32::MAX);
        self.sum.of_line.resize(usize::try_from(lines).unwrap_or(usize::MAX), last);
    }

    fn finish(mut self) -> BlockSum {
        self.close();
        let text = self.text;
        let words = |range: &Option<Range<usize>>| {
            range.as_ref().map(|range| text[range.clone()].to_owned()).filter(|written| written.len() <= WRITTEN_BYTES)
        };
        for axis in &mut self.sum.axes {
            axis.settle(text);
        }
        for (sum, [first, last]) in self.sum.texts.iter_mut().zip(&self.written) {
            sum.first = words(first);
            sum.last = words(last);
        }
        if let Some(onset) = &mut self.sum.onset {
            onset.at = words(&self.onset_time);
        }
        if self.depth == Depth::Lines {
            self.fill_lines(self.sum.lines);
        }
        self.sum
    }
}
