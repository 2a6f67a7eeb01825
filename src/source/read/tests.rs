//! Tests of reading files and folders.

use std::fs;
use std::io::Write;
use std::path::Path;

use camino::Utf8PathBuf;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use super::*;
use crate::finding::Code;

struct Folder(TempDir);

impl Folder {
    fn with(files: &[(&str, &[u8])]) -> Self {
        let folder = Folder(tempfile::tempdir().unwrap());
        for (path, bytes) in files {
            let path = folder.0.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        folder
    }

    fn path(&self, path: &str) -> Utf8PathBuf {
        Utf8PathBuf::from_path_buf(self.0.path().join(path)).unwrap()
    }

    fn read(&self, inputs: &[&str]) -> Result<(SourceMap, Vec<Finding>), ReadError> {
        let inputs: Vec<Utf8PathBuf> = inputs.iter().map(|input| self.path(input)).collect();
        read_with(&inputs, &[], &mut io::empty())
    }

    fn error(&self, input: &str) -> String {
        let error = self.read(&[input]).unwrap_err();
        assert!(error.help().is_some(), "{error} says what to do");
        error.to_string().replace(self.path("").as_str(), "")
    }
}

fn listed(sources: &SourceMap) -> Vec<(&str, &'static str)> {
    sources.iter().map(|source| (source.path.as_str(), source.format.as_str())).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

#[test]
fn a_folder_is_read_in_the_order_of_roles() {
    let folder = Folder::with(&[
        ("logs/b.log", b"b"),
        ("logs/a.txt", b"a"),
        ("z.md", b"z"),
        ("README.md", b"r"),
        ("notes.md", b"n"),
        ("raw-description.md", b"d"),
        ("attachments/response.json", b"{}"),
        ("attachments/mail.txt", b"plain words"),
        ("screenshots/a.png", b"\x89PNG"),
        (".hidden/x.md", b"x"),
        ("dump", b"a\0\x01\x02b"),
    ]);
    let (sources, _) = folder.read(&[""]).unwrap();
    let expected = [
        ("raw-description.md", "markdown"),
        ("README.md", "markdown"),
        ("z.md", "markdown"),
        ("notes.md", "markdown"),
        ("attachments/mail.txt", "text"),
        ("attachments/response.json", "text"),
        ("logs/a.txt", "log"),
        ("logs/b.log", "log"),
    ];
    assert_eq!(listed(&sources), expected);
}

#[test]
fn several_files_keep_their_order_and_the_first_document_leads() {
    let folder =
        Folder::with(&[("b.txt", b"words"), ("a.txt", b"words"), ("c.txt", b"# Title\n\n- item\n"), ("app.log", b"x")]);
    let (sources, _) = folder.read(&["app.log", "b.txt", "a.txt", "c.txt"]).unwrap();
    let expected = [("b.txt", "markdown"), ("a.txt", "text"), ("c.txt", "markdown"), ("app.log", "log")];
    assert_eq!(listed(&sources), expected);
}

#[test]
fn files_of_one_name_have_paths_of_their_own_and_the_same_file_is_read_once() {
    let folder = Folder::with(&[("x/app.log", b"1"), ("y/app.log", b"2"), ("y/incident.md", b"i")]);
    let inputs = [folder.path("y"), folder.path("x/app.log")];
    let (sources, _) = read_with(&inputs, &[folder.path("y/app.log")], &mut io::empty()).unwrap();
    assert_eq!(listed(&sources), [("incident.md", "markdown"), ("app.log", "log"), ("x/app.log", "log")]);
}

#[test]
fn logs_given_as_such_are_logs_whatever_they_are_called() {
    let folder = Folder::with(&[("incident.md", b"i"), ("trace.txt", b"t")]);
    let (sources, _) = read_with(&[folder.path("incident.md")], &[folder.path("trace.txt")], &mut io::empty()).unwrap();
    assert_eq!(listed(&sources), [("incident.md", "markdown"), ("trace.txt", "log")]);
}

#[test]
fn standard_input_is_a_document() {
    let (sources, _) = read_with(&["-".into()], &[], &mut "words".as_bytes()).unwrap();
    assert_eq!(listed(&sources), [("stdin.md", "markdown")]);
}

#[test]
fn compressed_logs_are_read_decompressed_and_hashed_as_they_lie_on_disk() {
    let lines = b"one\ntwo\n".repeat(50);
    let files = [gzip(&lines), [gzip(b"one\n"), gzip(b"two\n")].concat(), [zstd(b"one\n"), zstd(b"two\n")].concat()];
    let folder = Folder::with(&[("a.log.gz", &files[0]), ("b.log.gz", &files[1]), ("c.log.zst", &files[2])]);
    let (sources, _) = folder.read(&["a.log.gz", "b.log.gz", "c.log.zst"]).unwrap();
    let texts: Vec<usize> = sources.iter().map(Source::line_count).collect();
    let compressions: Vec<_> = sources.iter().map(|source| source.compression.unwrap().as_str()).collect();
    assert_eq!((texts, compressions), (vec![100, 2, 2], vec!["gzip", "gzip", "zstd"]));
    assert_eq!(sources.iter().next().unwrap().sha256, crate::source::map::sha256(&files[0]));
}

#[test]
fn damaged_and_false_compressed_files_are_errors() {
    let whole = gzip(&b"words ".repeat(500));
    let folder = Folder::with(&[
        ("cut.log.gz", &whole[..whole.len() / 2]),
        ("text.log.gz", b"plain words, never compressed"),
        ("text.log.zst", b"words"),
    ]);
    assert_eq!(folder.error("cut.log.gz"), "cannot decompress cut.log.gz as gzip: it ends too early");
    assert_eq!(folder.error("text.log.gz"), "cannot decompress text.log.gz as gzip: its data is damaged");
    assert_eq!(folder.error("text.log.zst"), "cannot decompress text.log.zst as zstd: it is no zstd data or damaged");
}

#[test]
fn what_is_too_large_or_expands_to_too_much_is_an_error() {
    let large = vec![b'a'; usize::try_from(DOCUMENT_BYTES).unwrap() + 1];
    let folder = Folder::with(&[("large.md", &large), ("bomb.md.gz", &gzip(&large)), ("bomb.md.zst", &zstd(&large))]);
    assert_eq!(folder.error("large.md"), "large.md is larger than 16 MiB");
    assert_eq!(folder.error("bomb.md.gz"), "bomb.md.gz is larger than 16 MiB when decompressed");
    assert_eq!(folder.error("bomb.md.zst"), "bomb.md.zst is larger than 16 MiB when decompressed");
}

#[test]
fn missing_and_binary_files_and_folders_without_documents_are_errors() {
    let folder = Folder::with(&[
        ("a.png", b"\x89PNG"),
        ("b.md", b"%PDF-1.7"),
        ("only/logs/a.log", b"x"),
        ("only/data.json", b"{}"),
    ]);
    assert_eq!(folder.error("none.md"), "none.md does not exist");
    assert_eq!(folder.error("a.png"), "a.png is not text");
    assert_eq!(folder.error("b.md"), "b.md is not text");
    assert_eq!(folder.error("only"), "only holds no document");
}

#[test]
fn an_empty_file_is_a_finding_and_a_place_in_it_is_no_failure() {
    let folder = Folder::with(&[("a.md", b"")]);
    let (sources, findings) = folder.read(&["a.md"]).unwrap();
    assert_eq!(findings[0].code, Code::EmptyDocument);
    assert_eq!(sources.record(crate::span::SourceId(0)).warnings, ["empty-document"]);
}

#[test]
fn nul_bytes_are_a_finding_and_no_error() {
    let folder = Folder::with(&[("a.md", b"# A\0\n")]);
    let (_, findings) = folder.read(&["a.md"]).unwrap();
    assert_eq!(findings[0].code, Code::ControlCharacters);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_without_waiting_for_its_writer() {
    let folder = Folder::with(&[("incident.md", b"i")]);
    make_pipe(folder.path("pipe").as_std_path());
    assert_eq!(folder.error("pipe"), "pipe is neither a file nor a folder");
    assert_eq!(folder.read(&[""]).unwrap().0.len(), 1);
}

#[cfg(unix)]
fn make_pipe(path: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_an_error() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::with(&[("a.md", b"words")]);
    fs::set_permissions(folder.path("a.md"), fs::Permissions::from_mode(0o000)).unwrap();
    // A privileged user reads every file.
    if fs::read(folder.path("a.md")).is_err() {
        assert_eq!(folder.error("a.md"), "cannot read a.md: permission denied");
    }
}

#[cfg(unix)]
#[test]
fn links_inside_a_folder_are_not_followed() {
    let folder = Folder::with(&[("case/incident.md", b"i"), ("other.md", b"o")]);
    std::os::unix::fs::symlink(folder.path("other.md"), folder.path("case/link.md")).unwrap();
    assert_eq!(listed(&folder.read(&["case"]).unwrap().0), [("incident.md", "markdown")]);
}

#[test]
fn folders_nested_too_deep_are_an_error() {
    let deep = format!("{}x.md", "d/".repeat(17));
    let folder = Folder::with(&[("incident.md", b"i"), (&deep, b"x")]);
    assert!(folder.error("").ends_with("lies more than 16 folders deep"));
}
