//! Reads files into a [`SourceMap`]: decoding, mojibake, secrets, line tables, digests. The only stage before `render` that touches files.
//!
//! A source keeps its original bytes' digest and a map from its decoded text back to those bytes. Nothing is repaired in
//! the text itself: repair of mojibake happens where prose is flattened (`markdown::FlatText`), so quotes stay as they stand.

mod cite;
mod decode;
mod inspect;
mod map;
mod mojibake;
mod offsets;
mod read;
mod secrets;

pub use decode::{Compression, Encoding};
pub use map::{Source, SourceFormat, SourceMap};
pub use mojibake::{Garbling, MojibakeTable, Repaired, repair};
pub use read::{LogStream, ReadError, read_inputs};
pub use secrets::{Secret, find_secrets, redact};
