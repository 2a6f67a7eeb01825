//! The shape of a path in a line of text: `dir/file.ext`, `file.ext:12-15`, `file.ext#L9`, `file.ext::name`, `C:\dir\file.ext`.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pattern::Pattern;

use super::extension::{has_extension, is_named_file};

/// A path with the position written onto it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PathShape {
    /// Path, position and function in the text.
    pub range: Range<usize>,
    /// The path alone.
    pub path: String,
    /// First line.
    pub line: Option<u32>,
    /// Function behind `::`.
    pub function: Option<String>,
}

/// Files that have no extension.
const BARE_FILES: &[&str] =
    &["Brewfile", "Dockerfile", "Gemfile", "Jenkinsfile", "Makefile", "Podfile", "Procfile", "Rakefile", "Vagrantfile"];

static WORD: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r#"(?:[A-Za-z]:\\)?[\p{L}\p{N}_.@+~$%\[\]{}()\\/-]*[\p{L}\p{N}_/]"#));

static POSITION: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:(?::|#L|\(|, ?|`?,? \(?(?i:at |on )?(?i:lines?|ln\.?|L) ?)(\d{1,7})(?:\s*(?:[-–:]|to|and)\s*L?\d{1,7})?\)?",
        r"|::([A-Za-z_$][\w$]*(?:::[A-Za-z_$][\w$]*)*)(?:\(\))?)"
    ))
});

static URL: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r#"[A-Za-z][A-Za-z0-9+.-]*://[^\s<>"'`)\]]+|\b(?:www\.|mailto:)\S+"#));

/// Finds the paths of a text; `code` are the ranges of its code spans.
pub(super) fn paths_in(text: &str, code: &[Range<usize>]) -> Vec<PathShape> {
    let urls: Vec<Range<usize>> = if text.contains("://") || text.contains("www.") || text.contains("mailto:") {
        URL.find_iter(text).map(|url| url.range()).collect()
    } else {
        Vec::new()
    };
    let mut found: Vec<PathShape> = urls.iter().filter_map(|url| in_repository(text, url)).collect();
    for word in WORD.find_iter(text).filter_map(|word| trimmed(text, word.range())) {
        let inside = |ranges: &[Range<usize>]| {
            let after = ranges.partition_point(|range| range.start <= word.start);
            after > 0 && word.start < ranges[after - 1].end
        };
        let kept = !inside(&urls)
            && found.last().is_none_or(|last| last.range.end <= word.start || last.range.start > word.start);
        let place = if inside(code) { Place::CodeSpan } else { Place::Prose };
        if kept && is_path(text, &word, place) {
            found.push(with_position(text, word));
        }
    }
    found.sort_by_key(|shape| shape.range.start);
    found
}

/// The file that the address of a repository browser shows (`…/blob/main/src/a.rs#L7`).
fn in_repository(text: &str, url: &Range<usize>) -> Option<PathShape> {
    let address = &text[url.clone()];
    let shown = ["/blob/", "/blame/", "/raw/"].iter().find_map(|view| address.find(view).map(|at| at + view.len()))?;
    let start = url.start + shown + address[shown..].find('/')? + 1;
    let end = start + text[start..url.end].find(['#', '?']).unwrap_or(url.end - start);
    let range = start..end;
    has_extension(&text[range.clone()]).then(|| with_position(text, range))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    CodeSpan,
    Prose,
}

/// Takes brackets and marks off a word that do not belong to a path.
fn trimmed(text: &str, word: Range<usize>) -> Option<Range<usize>> {
    let mut range = word;
    loop {
        let inner = &text[range.clone()];
        let (first, last) = (inner.chars().next()?, inner.chars().next_back()?);
        let unpaired = |open: char, close: char| inner.contains(close) && !inner.contains(open);
        if matches!(first, '(' | '[' | '{' | '+' | '-' | '%' | ')' | ']' | '}') && !is_route_segment(inner) {
            range.start += first.len_utf8();
        } else if matches!(last, '.' | '-' | '+' | '$' | '%')
            || unpaired('(', ')') && last == ')'
            || unpaired('[', ']') && last == ']'
        {
            range.end -= last.len_utf8();
        } else {
            break;
        }
    }
    // `file.ext(12)` and `load(file.ext` keep the file only.
    let inner = &text[range.clone()];
    if let Some(at) = inner.find('(').filter(|_| !inner.contains(")/")) {
        let (head, tail) = (&inner[..at], &inner[at + 1..]);
        if has_extension(head) {
            range.end = range.start + at;
        } else if has_extension(tail.trim_end_matches(')')) {
            range = range.start + at + 1..range.start + at + 1 + tail.trim_end_matches(')').len();
        }
    }
    (!range.is_empty()).then_some(range)
}

/// `[id]/page.tsx` and `(group)/page.tsx` are folders of file-based routers.
fn is_route_segment(word: &str) -> bool {
    word.starts_with('[') && word.contains("]/") || word.starts_with('(') && word.contains(")/")
}

fn is_path(text: &str, word: &Range<usize>, place: Place) -> bool {
    let path = &text[word.clone()];
    let before = text[..word.start].chars().next_back();
    let glued = before
        .is_some_and(|c| c.is_alphanumeric() || matches!(c, '*' | '@' | ':' | '<' | '=' | '#' | '&' | '$' | '>'))
        && !matches!(before, Some('=' | ':' | '*' | '>'));
    let next = text[word.end..].chars().next();
    if glued
        || path.len() > 300
        || path.contains("//")
        || path.contains("..") && !path.starts_with("..") && !path.contains("/..")
    {
        return false;
    }
    // A glob, a placeholder or a mail address is cut in the middle: what is left names no file.
    if next.is_some_and(|c| matches!(c, '*' | '<' | '@')) && !text[word.end..].starts_with("**")
        || path.contains(['@', '%', '{', '}']) && !is_scoped(path)
    {
        return false;
    }
    if has_extension(path) {
        return is_named_file(path, next);
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    if BARE_FILES.contains(&name) {
        return path.contains('/') || place == Place::CodeSpan;
    }
    // `./tests/...` is a pattern of packages.
    place == Place::CodeSpan && is_folder(path) && !text[word.end..].starts_with("..")
}

/// A scope (`node_modules/@scope/name/index.js`) is the only use of `@` inside a path.
fn is_scoped(path: &str) -> bool {
    path.contains("/@") && !path.contains(['%', '{', '}'])
}

/// Whether a word without an extension is a folder: it ends with a slash and is no route.
fn is_folder(path: &str) -> bool {
    const ROOTS: &[&str] = &[
        "app", "apps", "bin", "cmd", "config", "core", "crates", "docs", "etc", "home", "internal", "lib", "libs",
        "modules", "opt", "packages", "pkg", "scripts", "services", "shared", "src", "srv", "test", "tests", "tools",
        "usr", "var",
    ];
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty() && *segment != ".").collect();
    let plain =
        segments.iter().all(|segment| segment.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')));
    plain
        && path.ends_with('/')
        && !segments.is_empty()
        && (segments.len() > 1 || !path.starts_with('/'))
        && ROOTS.contains(&segments[0])
}

fn with_position(text: &str, word: Range<usize>) -> PathShape {
    let path = text[word.clone()].to_owned();
    let mut shape = PathShape { range: word.clone(), path, line: None, function: None };
    let mut end = (word.end + 80).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    if let Some(found) = POSITION.captures(&text[word.end..end]) {
        shape.line = found.get(1).and_then(|line| line.as_str().parse().ok()).filter(|line| *line > 0);
        shape.function = found.get(2).map(|name| name.as_str().replace("::", "."));
        if shape.line.is_some() || shape.function.is_some() {
            shape.range.end = word.end + found.get(0).map_or(0, |whole| whole.end());
        }
    }
    shape
}

fn pattern(text: &str) -> Pattern {
    Pattern::new(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        paths_in(text, &[]).into_iter().map(|shape| shape.path).collect()
    }

    fn lines(text: &str) -> Vec<(String, Option<u32>)> {
        paths_in(text, &[]).into_iter().map(|shape| (shape.path, shape.line)).collect()
    }

    #[test]
    fn files_are_found_in_prose() {
        assert_eq!(paths("See src/a/b.rs, (lib/c.py) and Main.java."), ["src/a/b.rs", "lib/c.py", "Main.java"]);
        assert_eq!(paths(r"open C:\app\run.cs and ..\x.cs or ../y.md"), [r"C:\app\run.cs", r"..\x.cs", "../y.md"]);
    }

    #[test]
    fn positions_are_read_in_all_notations() {
        for text in [
            "a/b.ts:31-36",
            "a/b.ts:31",
            "a/b.ts#L31-L36",
            "a/b.ts line 31",
            "a/b.ts, lines 31-36",
            "a/b.ts (line 31)",
            "a/b.ts:31:3",
        ] {
            assert_eq!(lines(text), [("a/b.ts".to_owned(), Some(31))], "{text}");
        }
    }

    #[test]
    fn a_function_behind_colons_is_read() {
        assert_eq!(paths_in("a/b.rs::run", &[])[0].function.as_deref(), Some("run"));
    }

    #[test]
    fn other_dotted_and_slashed_words_are_no_paths() {
        for text in [
            "https://host.test/a/b.html",
            "v2.3.0",
            "text/plain",
            "application/json",
            "and/or I/O n/a",
            "2024/03/15",
            "Node.js",
            "me@mail.test",
            "e.g. this",
            "self.config",
            "GET /api/users",
            "api.example.com/x.html",
            "a/**/*.ts",
            "10.0.0.1",
            "obj.log(x)",
            "run.log",
            "x.Lock()",
        ] {
            assert_eq!(paths(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn an_address_of_a_repository_browser_gives_its_file() {
        assert_eq!(lines("see https://git.test/o/r/blob/main/src/a.rs#L7-L9 here"), [("src/a.rs".to_owned(), Some(7))]);
    }

    #[test]
    fn folders_and_files_without_extension_need_a_code_span() {
        let text = "internal/pool/ and Dockerfile";
        assert!(paths(text).is_empty());
        let spans = [0..14, 19..29];
        let found: Vec<_> = paths_in(text, &spans).into_iter().map(|shape| shape.path).collect();
        assert_eq!(found, ["internal/pool/", "Dockerfile"]);
    }

    #[test]
    fn odd_words_are_survived() {
        for text in ["é.rs", "(((", "a.rs:99999999999", "[x", "..", "/", "ü/ö.py:é", "a.rs:0"] {
            paths_in(text, &[]);
        }
    }
}
