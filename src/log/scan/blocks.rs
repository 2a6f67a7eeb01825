//! Cuts a stream into blocks of whole lines, where possible so that a block begins with an event.

use memchr::{memchr, memrchr};

use super::super::event::capped;
use super::super::formats::{Strength, recognise};
use crate::limits::LINE_BYTES;

/// Size of a block in bytes: large enough that starting one costs nothing, small enough to stay in a processor's cache.
pub const BLOCK_BYTES: usize = 2 << 20;

/// How many lines before the end of a block are tried for one that begins an event.
const TRIED: usize = 64;

/// Bytes of a line longer than a block that are kept: more than recognisers look at.
const KEPT: usize = 2 * LINE_BYTES;

/// Whole lines of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    buffer: Vec<u8>,
    length: usize,
}

impl Block {
    /// The lines with their terminators.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[..self.length]
    }
}

/// Cuts one stream. Of a line longer than a block only the beginning is kept, so that memory stays bounded.
#[derive(Debug)]
pub struct Blocks {
    size: usize,
    rest: Vec<u8>,
    ended: bool,
    /// Whether the rest of a line that was too long is still to be passed over.
    passing: bool,
}

impl Default for Blocks {
    fn default() -> Self {
        Self::of_size(BLOCK_BYTES)
    }
}

impl Blocks {
    /// Blocks of at most `size` bytes.
    pub(super) fn of_size(size: usize) -> Self {
        Blocks { size, rest: Vec::new(), ended: false, passing: false }
    }

    /// The next block, in the memory of `used`; `fill` reads bytes and gives how many, 0 at the end of the stream.
    pub fn next<E>(
        &mut self,
        used: Block,
        fill: &mut dyn FnMut(&mut [u8]) -> Result<usize, E>,
    ) -> Result<Option<Block>, E> {
        let mut buffer = used.buffer;
        buffer.resize(self.size, 0);
        let mut length = self.rest.len();
        buffer[..length].copy_from_slice(&self.rest);
        self.rest.clear();
        loop {
            while length < self.size && !self.ended {
                let read = fill(&mut buffer[length..])?;
                self.ended = read == 0;
                length += read;
            }
            if !self.passing {
                break;
            }
            let newline = memchr(b'\n', &buffer[..length]);
            let start = newline.map_or(length, |at| at + 1);
            self.passing = newline.is_none();
            buffer.copy_within(start..length, 0);
            length -= start;
            if self.ended {
                break;
            }
        }
        if length == 0 {
            return Ok(None);
        }
        let end = if self.ended { length } else { self.end_of_block(&buffer[..length]) };
        Ok(Some(Block { buffer, length: end }))
    }

    /// Where the block ends; keeps what follows for the next one.
    fn end_of_block(&mut self, bytes: &[u8]) -> usize {
        let Some(last) = memrchr(b'\n', bytes) else {
            self.passing = true;
            return character_end(bytes, KEPT.min(bytes.len()));
        };
        let mut start = last + 1;
        let mut line_end = bytes.len();
        for _ in 0..TRIED {
            if begins_event(&bytes[start..line_end]) {
                self.rest.extend_from_slice(&bytes[start..]);
                return start;
            }
            line_end = start - 1;
            match memrchr(b'\n', &bytes[..line_end]) {
                Some(before) => start = before + 1,
                None => break,
            }
        }
        self.rest.extend_from_slice(&bytes[last + 1..]);
        last + 1
    }
}

/// The last place at or before `at` where no UTF-8 character is cut.
fn character_end(bytes: &[u8], at: usize) -> usize {
    let continues = |at: usize| bytes.get(at).is_some_and(|byte| byte & 0xC0 == 0x80);
    (at.saturating_sub(3)..=at).rev().find(|at| !continues(*at)).unwrap_or(at)
}

/// Whether a line, perhaps cut off, is surely the first of an event.
fn begins_event(line: &[u8]) -> bool {
    let start = &line[..line.len().min(LINE_BYTES)];
    let text = match std::str::from_utf8(start) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or(""),
    };
    let header = recognise(capped(text.trim_end()));
    header.is_some_and(|(_, header)| header.time.is_some() && header.strength >= Strength::Firm)
}
