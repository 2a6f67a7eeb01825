//! Reads one file: regular files only, bounded, decompressed, with the digest of what is on disk.

use std::fs::{self, File};
use std::io::{self, Cursor, ErrorKind, Read};
use std::path::Path;

use camino::Utf8Path;
use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};

use super::ReadError;
use crate::source::Compression;
use crate::source::decode::guess_utf16;
use crate::source::map::{Original, sha256};

/// Bytes that are enough to tell text from other content.
pub(super) const SNIFF: u64 = 8192;

/// First bytes of formats that are no text, whatever the file is called.
const BINARY: &[&[u8]] =
    &[b"\x89PNG", b"%PDF-", b"PK\x03\x04", b"\xFF\xD8\xFF", b"GIF8", b"7z\xBC\xAF", b"\x7FELF", b"BZh", b"\xFD7zXZ"];

/// Where the bytes come from and how it is called in errors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) file: &'a Path,
    pub(super) shown: &'a Utf8Path,
}

/// The start of a file: whether it is text.
pub(super) fn is_text(place: Place<'_>) -> Result<bool, ReadError> {
    let mut start = Vec::new();
    let file = open(place)?;
    file.take(SNIFF).read_to_end(&mut start).map_err(|cause| unreadable(place.shown, cause))?;
    let nul = start.contains(&0)
        && guess_utf16(&start).is_none()
        && !start.starts_with(b"\xFF\xFE")
        && !start.starts_with(b"\xFE\xFF");
    Ok(compression_of(&start).is_some() || !nul && !is_binary(&start))
}

/// Whether the bytes start like an image, an archive or a program.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    BINARY.iter().any(|start| bytes.starts_with(start))
}

/// Reads a file whole, decompressed if it is compressed, of at most `limit` bytes either way.
pub(super) fn read_file(place: Place<'_>, limit: u64) -> Result<Original, ReadError> {
    let bytes = bounded(&mut open(place)?, place.shown, limit)?;
    let named = match place.shown.extension() {
        Some("gz") => Some(Compression::Gzip),
        Some("zst") => Some(Compression::Zstd),
        _ => None,
    };
    let Some(compression) = compression_of(&bytes).or(named) else { return Ok(Original::plain(bytes)) };
    let sha256 = sha256(&bytes);
    let bytes = decompress(&bytes, compression, limit).map_err(|failure| match failure {
        Failure::TooLarge => ReadError::TooLarge { path: place.shown.into(), limit, compression: Some(compression) },
        Failure::Broken(cause) => ReadError::Decompression { path: place.shown.into(), compression, cause },
    })?;
    Ok(Original { bytes, sha256, compression: Some(compression) })
}

/// Reads a stream to its end, of at most `limit` bytes.
pub(super) fn bounded(stream: &mut dyn Read, shown: &Utf8Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    stream.take(limit + 1).read_to_end(&mut bytes).map_err(|cause| unreadable(shown, cause))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= limit) {
        return Ok(bytes);
    }
    Err(ReadError::TooLarge { path: shown.into(), limit, compression: None })
}

/// The error for a file or folder that the system does not let us read.
pub(super) fn unreadable(shown: &Utf8Path, cause: io::Error) -> ReadError {
    match cause.kind() {
        ErrorKind::NotFound => ReadError::Missing { path: shown.into() },
        _ => ReadError::Unreadable { path: shown.into(), cause },
    }
}

/// Opening a pipe waits for its writer, so what is no regular file is not opened.
pub(super) fn open(place: Place<'_>) -> Result<File, ReadError> {
    let metadata = fs::metadata(place.file).map_err(|cause| unreadable(place.shown, cause))?;
    if !metadata.is_file() {
        return Err(ReadError::NotRegular { path: place.shown.into() });
    }
    File::open(place.file).map_err(|cause| unreadable(place.shown, cause))
}

/// The compression that bytes start with.
pub(super) fn compression_of(bytes: &[u8]) -> Option<Compression> {
    match bytes {
        [0x1F, 0x8B, 0x08, ..] => Some(Compression::Gzip),
        [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Some(Compression::Zstd),
        _ => None,
    }
}

enum Failure {
    TooLarge,
    Broken(String),
}

fn decompress(bytes: &[u8], compression: Compression, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut content = Vec::new();
    match compression {
        Compression::Gzip => append(&mut MultiGzDecoder::new(bytes), &mut content, limit)?,
        Compression::Zstd => zstd(bytes, &mut content, limit)?,
    }
    Ok(content)
}

fn append(stream: &mut dyn Read, content: &mut Vec<u8>, limit: u64) -> Result<(), Failure> {
    let held = u64::try_from(content.len()).unwrap_or(u64::MAX);
    let left = limit.saturating_sub(held);
    let read = stream.take(left + 1).read_to_end(content).map_err(|cause| match cause.kind() {
        ErrorKind::UnexpectedEof => Failure::Broken("it ends too early".to_string()),
        _ => Failure::Broken("its data is damaged".to_string()),
    })?;
    if u64::try_from(read).is_ok_and(|read| read <= left) { Ok(()) } else { Err(Failure::TooLarge) }
}

/// A zstd file is a row of frames, some of which only carry metadata.
fn zstd(bytes: &[u8], content: &mut Vec<u8>, limit: u64) -> Result<(), Failure> {
    let broken = || Failure::Broken("it is no zstd data or damaged".to_string());
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let mut rest = Cursor::new(bytes);
    if bytes.is_empty() {
        return Err(broken());
    }
    while rest.position() < length {
        match StreamingDecoder::new(&mut rest) {
            Ok(mut frame) => append(&mut frame, content, limit)?,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                rest.set_position(rest.position().saturating_add(u64::from(length)));
            }
            Err(_) => return Err(broken()),
        }
    }
    Ok(())
}
