//! Reading a file of a case folder: regular files only, never through a symbolic link.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};

use camino::Utf8Path;

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum RegularError {
    /// There is no such file.
    #[error("it does not exist")]
    Missing,
    /// It is a symbolic link.
    #[error("it is a symbolic link")]
    Symlink,
    /// It is a folder, a pipe or another special file.
    #[error("it is not a regular file")]
    Special,
    /// It is larger than the caller reads.
    #[error("it has more than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The operating system refused.
    #[error("it cannot be read: {0}")]
    Io(io::Error),
}

impl RegularError {
    /// Stable kebab-case code.
    pub fn code(&self) -> &'static str {
        match self {
            RegularError::Missing => "missing-file",
            RegularError::Symlink => "symlink",
            RegularError::Special => "not-a-regular-file",
            RegularError::TooLarge { .. } => "file-too-large",
            RegularError::Io(_) => "unreadable-file",
        }
    }
}

/// Reads a regular file of at most `limit` bytes, once.
pub fn read_regular(path: &Utf8Path, limit: u64) -> Result<Vec<u8>, RegularError> {
    let seen = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(RegularError::Missing),
        Err(error) => return Err(RegularError::Io(error)),
    };
    // Looked at before opening: opening a pipe would wait for a writer.
    regular(&seen)?;
    if seen.len() > limit {
        return Err(RegularError::TooLarge { limit });
    }
    let file = File::open(path).map_err(RegularError::Io)?;
    let opened = file.metadata().map_err(RegularError::Io)?;
    regular(&opened)?;
    if !same_file(&seen, &opened) {
        return Err(RegularError::Symlink);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(seen.len()).unwrap_or(0));
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(RegularError::Io)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
        return Err(RegularError::TooLarge { limit });
    }
    Ok(bytes)
}

fn regular(metadata: &Metadata) -> Result<(), RegularError> {
    if metadata.file_type().is_symlink() {
        return Err(RegularError::Symlink);
    }
    if metadata.is_file() { Ok(()) } else { Err(RegularError::Special) }
}

/// Whether what was opened is what was looked at: a link put there in between would be another file.
#[cfg(unix)]
fn same_file(seen: &Metadata, opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (seen.dev(), seen.ino()) == (opened.dev(), opened.ino())
}

#[cfg(not(unix))]
fn same_file(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, camino::Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = camino::Utf8PathBuf::from_path_buf(dir.path().to_path_buf()).unwrap();
        (dir, path)
    }

    #[test]
    fn a_file_within_the_limit_is_read_and_a_longer_one_refused() {
        let (_guard, dir) = folder();
        fs::write(dir.join("a"), "12345").unwrap();
        assert_eq!(read_regular(&dir.join("a"), 5).unwrap(), b"12345");
        assert_eq!(read_regular(&dir.join("a"), 4).unwrap_err().code(), "file-too-large");
    }

    #[test]
    fn a_folder_and_an_absent_file_are_told_apart() {
        let (_guard, dir) = folder();
        assert_eq!(read_regular(&dir, 9).unwrap_err().code(), "not-a-regular-file");
        assert_eq!(read_regular(&dir.join("b"), 9).unwrap_err().code(), "missing-file");
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_is_not_followed() {
        let (_guard, dir) = folder();
        fs::write(dir.join("a"), "1").unwrap();
        std::os::unix::fs::symlink(dir.join("a"), dir.join("b")).unwrap();
        assert_eq!(read_regular(&dir.join("b"), 9).unwrap_err().code(), "symlink");
    }
}
