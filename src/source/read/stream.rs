//! Opens a log of any size as a stream of text: decompressed, UTF-16 turned into UTF-8, nothing held but a buffer.

use std::cell::Cell;
use std::fs;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};
use encoding_rs::{Decoder, UTF_16BE, UTF_16LE};
use flate2::read::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::ReadError;
use super::file::{Place, SNIFF, compression_of, is_binary, open, unreadable};
use crate::source::decode::guess_utf16;
use crate::source::{Compression, Encoding};

/// Bytes of an encoded stream that are decoded at once.
const RAW_BYTES: usize = 64 << 10;

/// One in this many bytes may be a control character in a text.
const CONTROLS: usize = 20;

/// A log as a stream of text.
pub struct LogStream {
    path: Utf8PathBuf,
    reader: Box<dyn Read>,
    compression: Option<Compression>,
    encoding: Encoding,
    taken: Rc<Cell<u64>>,
    size: Option<u64>,
}

impl LogStream {
    /// Opens a file; what starts like gzip, zstd or UTF-16 is read as that.
    pub fn open(path: &Utf8Path) -> Result<Self, ReadError> {
        let file = open(Place { file: path.as_std_path(), shown: path })?;
        let size = fs::metadata(path).ok().map(|metadata| metadata.len());
        let stream = Self::of(path, Box::new(file))?;
        Ok(LogStream { size, ..stream })
    }

    /// Reads what `raw` gives; `path` is how it is called.
    pub fn of(path: &Utf8Path, raw: Box<dyn Read>) -> Result<Self, ReadError> {
        let taken = Rc::new(Cell::new(0));
        let counted = Counted { raw, taken: Rc::clone(&taken) };
        let failed = |cause| unreadable(path, cause);
        let (start, mut reader) = peek(Box::new(counted)).map_err(failed)?;
        let named = match path.extension() {
            Some("gz") => Some(Compression::Gzip),
            Some("zst") => Some(Compression::Zstd),
            _ => None,
        };
        let compression = compression_of(&start).or(named);
        let mut start = start;
        if let Some(compression) = compression {
            let plain: Box<dyn Read> = match compression {
                Compression::Gzip => Box::new(MultiGzDecoder::new(reader)),
                Compression::Zstd => Box::new(Frames::new(reader)),
            };
            (start, reader) = peek(plain).map_err(|cause| broken(path, compression, &cause))?;
        }
        let encoding = encoding_of(&start);
        if is_binary(&start) || encoding == Encoding::Utf8 && is_garbage(&start) {
            return Err(ReadError::NotText { path: path.into() });
        }
        let reader = match encoding {
            Encoding::Utf16Le => Box::new(Transcoded::new(reader, UTF_16LE.new_decoder_with_bom_removal())),
            Encoding::Utf16Be => Box::new(Transcoded::new(reader, UTF_16BE.new_decoder_with_bom_removal())),
            Encoding::Utf8 | Encoding::Windows1252 => reader,
        };
        Ok(LogStream { path: path.into(), reader, compression, encoding, taken, size: None })
    }

    /// Reads bytes of UTF-8, or of whatever single-byte encoding the log has; 0 at its end.
    pub fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, ReadError> {
        loop {
            match self.reader.read(buffer) {
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) => {
                    return Err(match self.compression {
                        Some(compression) => broken(&self.path, compression, &cause),
                        None => unreadable(&self.path, cause),
                    });
                }
                Ok(read) => return Ok(read),
            }
        }
    }

    /// How it is compressed.
    pub fn compression(&self) -> Option<Compression> {
        self.compression
    }

    /// Its encoding, as far as its beginning tells.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Bytes of the file that were read so far.
    pub fn taken(&self) -> u64 {
        self.taken.get()
    }

    /// Size of the file in bytes; unknown for standard input.
    pub fn size(&self) -> Option<u64> {
        self.size
    }
}

fn broken(path: &Utf8Path, compression: Compression, cause: &io::Error) -> ReadError {
    let cause = if cause.kind() == io::ErrorKind::UnexpectedEof { "it ends too early" } else { "its data is damaged" };
    ReadError::Decompression { path: path.into(), compression, cause: cause.to_owned() }
}

/// The first bytes, and a stream that gives them again.
fn peek(mut stream: Box<dyn Read>) -> io::Result<(Vec<u8>, Box<dyn Read>)> {
    let mut start = Vec::new();
    stream.by_ref().take(SNIFF).read_to_end(&mut start)?;
    Ok((start.clone(), Box::new(Cursor::new(start).chain(stream))))
}

fn encoding_of(start: &[u8]) -> Encoding {
    match start {
        [0xFF, 0xFE, ..] => Encoding::Utf16Le,
        [0xFE, 0xFF, ..] => Encoding::Utf16Be,
        _ => guess_utf16(start).unwrap_or(Encoding::Utf8),
    }
}

/// Whether too many control characters stand there; NUL does not count, since logs cut by rotation begin with many.
fn is_garbage(start: &[u8]) -> bool {
    let control = |byte: &&u8| byte.is_ascii_control() && !matches!(byte, 0 | b'\t' | b'\n' | b'\r' | 0x1B);
    let filled = start.iter().filter(|byte| **byte != 0).count();
    start.iter().filter(control).count() * CONTROLS > filled
}

/// Counts the bytes that pass.
struct Counted {
    raw: Box<dyn Read>,
    taken: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.raw.read(buffer)?;
        self.taken.set(self.taken.get().saturating_add(read as u64));
        Ok(read)
    }
}

/// The content of a row of zstd frames, some of which only carry metadata.
struct Frames {
    raw: BufReader<Box<dyn Read>>,
    decoder: FrameDecoder,
}

impl Frames {
    fn new(raw: Box<dyn Read>) -> Self {
        Frames { raw: BufReader::with_capacity(RAW_BYTES, raw), decoder: FrameDecoder::new() }
    }

    /// Begins the next frame with content; false at the end of the stream.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            if self.raw.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.decoder.init(&mut self.raw) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    io::copy(&mut self.raw.by_ref().take(u64::from(length)), &mut io::sink())?;
                }
                Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error.to_string())),
            }
        }
    }
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            while self.decoder.can_collect() < buffer.len() && !self.decoder.is_finished() {
                let wanted = BlockDecodingStrategy::UptoBytes(buffer.len() - self.decoder.can_collect());
                self.decoder
                    .decode_blocks(&mut self.raw, wanted)
                    .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
            }
            let read = self.decoder.read(buffer)?;
            if read > 0 || !self.begin()? {
                return Ok(read);
            }
        }
    }
}

/// UTF-16 as UTF-8.
struct Transcoded {
    reader: Box<dyn Read>,
    decoder: Decoder,
    raw: Vec<u8>,
    at: usize,
    length: usize,
    ended: bool,
    finished: bool,
}

impl Transcoded {
    fn new(reader: Box<dyn Read>, decoder: Decoder) -> Self {
        Transcoded { reader, decoder, raw: vec![0; RAW_BYTES], at: 0, length: 0, ended: false, finished: false }
    }
}

impl Read for Transcoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // A character may need four bytes; the decoder would never get on with a smaller buffer.
        if buffer.len() < 4 {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the buffer is smaller than a character"));
        }
        while !self.finished {
            if self.at == self.length && !self.ended {
                self.length = self.reader.read(&mut self.raw)?;
                self.at = 0;
                self.ended = self.length == 0;
            }
            let (result, read, written, _) =
                self.decoder.decode_to_utf8(&self.raw[self.at..self.length], buffer, self.ended);
            self.at += read;
            self.finished = self.ended && result == encoding_rs::CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn all(bytes: Vec<u8>) -> Result<Vec<u8>, ReadError> {
        let mut stream = LogStream::of(Utf8Path::new("-"), Box::new(Cursor::new(bytes)))?;
        let mut content = Vec::new();
        let mut buffer = [0; 1000];
        loop {
            match stream.fill(&mut buffer)? {
                0 => return Ok(content),
                read => content.extend_from_slice(&buffer[..read]),
            }
        }
    }

    fn gz(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn zst(text: &str) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest)
    }

    #[test]
    fn compressed_streams_are_read_as_they_are() {
        let text = "cart lost\n".repeat(5000);
        assert_eq!(all(gz(&text)).unwrap(), text.as_bytes());
        assert_eq!(all(zst(&text)).unwrap(), text.as_bytes());
    }

    #[test]
    fn several_members_are_one_stream() {
        assert_eq!(all([gz("a\n"), gz("b\n")].concat()).unwrap(), b"a\nb\n");
        let skipped = [0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 7, 7].to_vec();
        assert_eq!(all([zst("a\n"), skipped, zst("b\n")].concat()).unwrap(), b"a\nb\n");
    }

    #[test]
    fn utf16_becomes_utf8() {
        let text = "2023-05-02 11:07:13 ERROR cart é lost\r\n".repeat(4000);
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(all(bytes).unwrap(), text.as_bytes());
    }

    #[test]
    fn garbage_and_cut_streams_are_errors() {
        let garbage: Vec<u8> = (0..20_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert!(matches!(all(garbage), Err(ReadError::NotText { .. })));
        let cut = gz(&"cart lost\n".repeat(5000));
        assert!(matches!(all(cut[..cut.len() - 9].to_vec()), Err(ReadError::Decompression { .. })));
    }

    #[test]
    fn a_log_that_begins_with_nul_bytes_is_text() {
        let bytes = [vec![0; 9000], b"2023-05-02 11:07:13 ERROR lost\n".to_vec()].concat();
        assert_eq!(all(bytes.clone()).unwrap(), bytes);
    }
}
