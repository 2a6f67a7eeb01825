//! What is in a log of any size: blocks of lines are read one by one, in any order, and added up in theirs.
//!
//! Memory stays flat: a [`Blocks`] cuts the stream, [`read_block`] sums a block up, [`LogScan`] adds the sums. Nothing here
//! reads files, starts threads or prints; the same blocks give the same report on any number of threads.

mod axis;
mod block;
mod blocks;
mod burst;
mod hash;
mod histogram;
mod report;
mod sum;
#[cfg(test)]
mod tests;

pub use block::{BlockSum, Depth, read_block};
pub use blocks::{BLOCK_BYTES, Block, Blocks};
pub use report::{
    LOGS_SCHEMA, LogBucket, LogBurst, LogGap, LogOnset, LogPlace, LogSeries, LogSource, LogsReport, LogsTemplate,
};
pub use sum::{LineTemplates, LogScan};
