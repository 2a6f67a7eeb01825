//! Relative links that point to no file.

use crate::extract::reading::Reading;
use crate::finding::{Code, Finding};
use crate::span::{SourceId, Span};

/// Links whose file does not exist; addresses, anchors and pages of a site (no file extension) are not looked up.
pub(super) fn links(reading: &Reading, exists: &dyn Fn(SourceId, &str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for passage in &reading.passages {
        let flat = &passage.flat;
        for link in &flat.links {
            let Some(path) = relative_file(&link.target).filter(|path| !exists(flat.source, path)) else { continue };
            let what = if link.image { "an image" } else { "a link" };
            findings.push(
                Finding::new(Code::DeadLink, format!("{what} points to `{path}`, which does not exist"))
                    .at(Span::new(flat.source, link.source.clone()), "points to nothing")
                    .computed(format!("no file at `{path}`"))
                    .fix("attach the file or take the link out"),
            );
        }
    }
    findings.sort_by_key(|finding| finding.labels.first().map(|(span, _)| (span.source, span.start)));
    findings.dedup_by(|later, earlier| later.labels == earlier.labels);
    findings
}

/// The file that a relative link names, its escapes resolved.
fn relative_file(target: &str) -> Option<String> {
    let path = target.split(['#', '?']).next().unwrap_or_default();
    let placeholder = path.contains(['<', '>', '{', '}', '[', ']', '$', '*', '…', '`']) || path.contains("...");
    if path.is_empty() || path.starts_with(['/', '\\']) || path.contains(':') || path.contains('@') || placeholder {
        return None;
    }
    let path = unescaped(path);
    let name = path.rsplit('/').next().unwrap_or_default();
    let (stem, extension) = name.rsplit_once('.')?;
    let file =
        !stem.is_empty() && (1..=8).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_alphanumeric());
    // `example.com` as a target is a forgotten scheme rather than a file.
    let host = !path.contains('/') && matches!(extension, "com" | "org" | "net" | "io" | "dev");
    (file && !host).then_some(path)
}

/// Resolves `%20` and its like; what is no UTF-8 afterwards stays as it was.
fn unescaped(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escaped = tail.get(..2).filter(|_| byte == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(value) => {
                bytes.push(value);
                rest = &tail[2..];
            }
            None => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_files_are_looked_up_without_anchor_and_escapes() {
        assert_eq!(relative_file("./a%20b/c.png#top").as_deref(), Some("./a b/c.png"));
        assert_eq!(relative_file("../x.md").as_deref(), Some("../x.md"));
    }

    #[test]
    fn addresses_anchors_pages_and_placeholders_are_not() {
        for target in [
            "https://a.test/b.md",
            "#top",
            "/b.md",
            "mailto:a@b.test",
            "./page",
            "[file].md",
            "host.com",
            "",
            "%",
            "é%e",
        ] {
            assert_eq!(relative_file(target), None, "{target}");
        }
    }
}
