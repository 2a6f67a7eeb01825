//! `casefile logs` and `casefile analyze --jsonl` as programs: threads, compression, bad input, lists.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn casefile(threads: &str, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_casefile"));
    command
        .args(arguments)
        .env("RAYON_NUM_THREADS", threads)
        .env("SOURCE_DATE_EPOCH", "1767225600")
        .env("NO_COLOR", "1");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn log(events: usize) -> String {
    let line = |n: usize| {
        let (minute, second) = (n / 60 % 60, n % 60);
        let level = if n.is_multiple_of(50) { "ERROR" } else { "INFO" };
        format!(
            "2023-05-02 {:02}:{minute:02}:{second:02} {level} shop.Cart: cart {n} of user u{} moved\n",
            n / 3600 % 24,
            n % 7
        )
    };
    (0..events).map(line).collect()
}

fn path(file: &Path) -> &str {
    file.to_str().unwrap()
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let text = log(80_000);
    let one = casefile("1", &["logs", "-", "--json"], text.as_bytes());
    let four = casefile("4", &["logs", "-", "--json"], text.as_bytes());
    assert!(one.status.success());
    assert_eq!(one.stdout, four.stdout);
    assert!(String::from_utf8_lossy(&one.stdout).contains("\"schema\": \"casefile.logs/1\""));
}

#[test]
fn compressed_logs_say_the_same() {
    let text = log(500);
    let folder = tempfile::tempdir().unwrap();
    let (plain, gz, zst) =
        (folder.path().join("a.log"), folder.path().join("a.log.gz"), folder.path().join("a.log.zst"));
    fs::write(&plain, &text).unwrap();
    let mut encoder = flate2::write::GzEncoder::new(fs::File::create(&gz).unwrap(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap();
    fs::write(&zst, ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest))
        .unwrap();
    let body = |file: &Path| {
        let output = casefile("2", &["logs", path(file)], b"");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().skip(1).filter(|line| !line.contains("first error")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(body(&gz), body(&plain));
    assert_eq!(body(&zst), body(&plain));
}

#[test]
fn an_empty_log_is_no_failure_and_garbage_is() {
    let empty = casefile("2", &["logs", "-"], b"");
    assert_eq!(
        (empty.status.code(), empty.stdout.as_slice()),
        (Some(0), b"-: 0 lines, 0 events, 0 bytes\n".as_slice())
    );
    let garbage: Vec<u8> = (0..40_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    assert_eq!(casefile("2", &["logs", "-"], &garbage).status.code(), Some(3));
}

#[test]
fn a_line_of_a_megabyte_is_one_event() {
    let text = format!("2023-05-02 11:07:13 ERROR {}\n", "word ".repeat(1 << 18));
    let output = casefile("2", &["logs", "-"], text.as_bytes());
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("-: 1 line, 1 event, "), "{output:?}");
}

#[test]
fn lines_are_assigned_to_templates() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("assign.csv");
    assert!(casefile("2", &["logs", "-", "--assign", path(&csv)], log(3).as_bytes()).status.success());
    assert_eq!(fs::read_to_string(&csv).unwrap(), "line,template\n1,T1\n2,T1\n3,T1\n");
}

#[test]
fn a_bad_document_does_not_stop_a_list() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/token-refresh/input");
    let list = format!("{example}\n/nowhere/at-all.md\n\n{example}\n");
    let output = casefile("4", &["analyze", "--jsonl"], list.as_bytes());
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((output.status.code(), lines.len()), (Some(1), 3));
    assert_eq!(lines[1], r#"{"error":"/nowhere/at-all.md does not exist","path":"/nowhere/at-all.md"}"#);
    assert_eq!(lines[0], lines[2]);
    assert!(serde_json::from_str::<serde_json::Value>(lines[0]).unwrap()["hypotheses"].is_array());
    let one = casefile("1", &["analyze", "--jsonl"], list.as_bytes());
    assert_eq!(String::from_utf8(one.stdout).unwrap(), text);
}
