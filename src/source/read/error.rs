//! What can go wrong when inputs are read, and what to do about it.

use std::io;

use camino::Utf8PathBuf;
use thiserror::Error;

use crate::limits::{INPUT_DEPTH, INPUT_FILES};
use crate::source::Compression;

/// Why inputs cannot be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// Nothing is at the path.
    #[error("{path} does not exist")]
    Missing {
        /// The path as given.
        path: Utf8PathBuf,
    },
    /// The file or folder is there but cannot be read.
    #[error("cannot read {path}: {}", cause.kind())]
    Unreadable {
        /// The path as given, or below it.
        path: Utf8PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The path is a pipe, a socket or a device.
    #[error("{path} is neither a file nor a folder")]
    NotRegular {
        /// The path as given.
        path: Utf8PathBuf,
    },
    /// The file is an image, an archive or another binary file.
    #[error("{path} is not text")]
    NotText {
        /// The path as given.
        path: Utf8PathBuf,
    },
    /// The file is larger than the program reads.
    #[error("{path} is larger than {} MiB{}", limit >> 20, if compression.is_some() { " when decompressed" } else { "" })]
    TooLarge {
        /// The path as given, or below it.
        path: Utf8PathBuf,
        /// The limit, in bytes.
        limit: u64,
        /// Compression of the file, where it is the content that is too large.
        compression: Option<Compression>,
    },
    /// A compressed file is damaged, cut off or no such file.
    #[error("cannot decompress {path} as {}: {cause}", compression.as_str())]
    Decompression {
        /// The path as given, or below it.
        path: Utf8PathBuf,
        /// The compression its name or content stands for.
        compression: Compression,
        /// What is wrong with it.
        cause: String,
    },
    /// A folder holds no document, only logs or attachments, or nothing.
    #[error("{path} holds no document")]
    NoDocument {
        /// The folder as given.
        path: Utf8PathBuf,
    },
    /// A folder holds more files than a case has.
    #[error("{path} holds more than {INPUT_FILES} files")]
    TooManyFiles {
        /// The folder as given.
        path: Utf8PathBuf,
    },
    /// A folder is nested deeper than a case is.
    #[error("{path} lies more than {INPUT_DEPTH} folders deep")]
    TooDeep {
        /// The folder that lies too deep.
        path: Utf8PathBuf,
    },
}

impl ReadError {
    /// What to do about it, where there is something to say.
    pub fn help(&self) -> Option<String> {
        let text = match self {
            ReadError::Missing { .. } => "check the path; `-` reads standard input",
            ReadError::Unreadable { cause, .. } if cause.kind() == io::ErrorKind::PermissionDenied => {
                "give yourself the right to read it, or leave it out"
            }
            ReadError::Unreadable { .. } => return None,
            ReadError::NotRegular { .. } => "save its content to a file, or pipe it in and give `-` as input",
            ReadError::NotText { .. } => {
                "give the text of the report; put images and archives into the folder's `attachments/`"
            }
            ReadError::TooLarge { compression: None, .. } => "give the part of it that covers the incident",
            ReadError::TooLarge { .. } => "decompress it and give the part that covers the incident",
            ReadError::Decompression { .. } => "check that the file is complete, or decompress it first",
            ReadError::NoDocument { .. } => {
                "put the report beside the logs, as `raw-description.md` or any .md or .txt file; give logs alone with `--logs`"
            }
            ReadError::TooManyFiles { .. } | ReadError::TooDeep { .. } => {
                "give the folder of one case, not of a code base"
            }
        };
        Some(text.to_string())
    }
}
