//! Says what a fenced block holds (log, trace, payload, diff, code, text) by its lines; the fence's language is only a
//! hint.

use crate::log::LogEvent;
use crate::span::Span;
use crate::trace::FoundTrace;

use super::reading::BlockContent;

/// What was found in the source that the block stands in, each list in source order.
pub(super) struct Recognised<'a> {
    /// Log events of the source.
    pub events: &'a [LogEvent],
    /// Stack traces of the source.
    pub traces: &'a [FoundTrace],
}

/// What a block with these `lines` of `text` holds.
pub(super) fn content_of(text: &str, lines: &[Span], language: &str, recognised: &Recognised<'_>) -> BlockContent {
    let filled: Vec<&Span> = lines.iter().filter(|line| !text[line.range()].trim().is_empty()).collect();
    if filled.is_empty() {
        return BlockContent::Text;
    }
    let half = filled.len().div_ceil(2);
    let in_trace = filled.iter().filter(|line| covered(recognised.traces, line, |trace| trace.range.clone())).count();
    let in_log = filled.iter().filter(|line| covered(recognised.events, line, |event| event.range.clone())).count();
    if in_trace >= half {
        return BlockContent::Trace;
    }
    if in_log >= half && !is_source_language(language) {
        return BlockContent::Log;
    }
    if in_trace > 0 {
        return BlockContent::Trace;
    }
    let words: Vec<&str> = filled.iter().map(|line| text[line.range()].trim_end()).collect();
    if is_diff(&words, language) {
        BlockContent::Diff
    } else if is_json(&words, language) {
        BlockContent::Payload
    } else if is_source_language(language) || words.iter().filter(|line| is_code_line(line)).count() >= half {
        BlockContent::Code
    } else {
        BlockContent::Text
    }
}

/// Whether one of the sorted `items` holds the line.
fn covered<T>(items: &[T], line: &Span, range: impl Fn(&T) -> std::ops::Range<usize>) -> bool {
    let after = items.partition_point(|item| range(item).start <= line.start);
    // An item may start inside the line (an indented event, a frame behind a log header), so the next one counts too.
    items[..after].last().is_some_and(|item| range(item).end > line.start)
        || items.get(after).is_some_and(|item| range(item).start < line.end)
}

fn is_diff(lines: &[&str], language: &str) -> bool {
    let hunk = lines.iter().any(|line| line.starts_with("@@ ") || line.starts_with("diff --git "));
    let marked = |mark: char| lines.iter().filter(|line| line.starts_with(mark)).count();
    let (added, removed) = (marked('+'), marked('-'));
    hunk || ((matches!(language, "diff" | "patch") || (added + removed) * 2 >= lines.len()) && added > 0 && removed > 0)
}

fn is_json(lines: &[&str], language: &str) -> bool {
    let opens = lines[0].trim_start().starts_with(['{', '[']);
    let keys = lines.iter().any(|line| line.contains("\":") || line.contains("\" :"));
    matches!(language, "http" | "jwt")
        || (opens && keys && matches!(language, "" | "json" | "json5" | "jsonc" | "text" | "javascript"))
}

/// Languages of info strings that mean source code or configuration, sorted.
const LANGUAGES: &[&str] = &[
    "bash",
    "c",
    "c++",
    "clojure",
    "cpp",
    "cs",
    "csharp",
    "css",
    "dart",
    "diff",
    "dockerfile",
    "elixir",
    "erlang",
    "fsharp",
    "go",
    "golang",
    "graphql",
    "groovy",
    "haskell",
    "hcl",
    "html",
    "ini",
    "java",
    "javascript",
    "js",
    "jsx",
    "kotlin",
    "lua",
    "make",
    "nginx",
    "objective-c",
    "perl",
    "php",
    "powershell",
    "promql",
    "properties",
    "proto",
    "protobuf",
    "py",
    "python",
    "r",
    "rb",
    "rs",
    "ruby",
    "rust",
    "scala",
    "sh",
    "shell",
    "solidity",
    "sql",
    "swift",
    "terraform",
    "toml",
    "ts",
    "tsx",
    "typescript",
    "vue",
    "xml",
    "yaml",
    "yml",
    "zig",
];

/// How lines of code start.
const STARTS: &[&str] = &[
    "def ",
    "class ",
    "func ",
    "fn ",
    "pub ",
    "if ",
    "if(",
    "for ",
    "for(",
    "while ",
    "return",
    "import ",
    "from ",
    "const ",
    "let ",
    "var ",
    "val ",
    "public ",
    "private ",
    "protected ",
    "static ",
    "async ",
    "await ",
    "try",
    "catch",
    "else",
    "elsif ",
    "elif ",
    "end",
    "struct ",
    "impl ",
    "use ",
    "package ",
    "namespace ",
    "#include",
    "//",
    "/*",
    "@",
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "DELETE ",
    "CREATE ",
    "ALTER ",
    "$ ",
    "assert",
];

fn is_source_language(language: &str) -> bool {
    LANGUAGES.binary_search(&language).is_ok()
}

/// Whether a line reads like source code or configuration.
fn is_code_line(line: &str) -> bool {
    let trimmed = line.trim();
    if trimmed.ends_with(';') || trimmed.ends_with('{') || matches!(trimmed, "}" | "})" | ");" | "}," | ")") {
        return true;
    }
    let assigns = trimmed.contains(" = ") || trimmed.contains(" := ");
    let calls =
        trimmed.ends_with(')') && trimmed.contains('(') && !trimmed.split('(').next().unwrap_or("").contains(' ');
    STARTS.iter().any(|start| trimmed.starts_with(start)) || (assigns && !trimmed.ends_with('.')) || calls
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::{SourceId, lines};

    fn content(text: &str, language: &str) -> BlockContent {
        let spans: Vec<Span> = lines(text).map(|line| Span::new(SourceId(0), line.start..line.end())).collect();
        content_of(text, &spans, language, &Recognised { events: &[], traces: &[] })
    }

    #[test]
    fn blocks_are_told_apart_by_their_lines() {
        assert_eq!(content("{\n  \"id\": 1\n}\n", ""), BlockContent::Payload);
        assert_eq!(content("- old()\n+ new()\n", ""), BlockContent::Diff);
        assert_eq!(content("let x = 1;\nreturn x;\n", ""), BlockContent::Code);
        assert_eq!(content("\"I was logged out!\"\n\"Me too\"\n", ""), BlockContent::Text);
        assert_eq!(content("", ""), BlockContent::Text);
    }

    #[test]
    fn a_known_language_is_code() {
        assert_eq!(content("1. find token\n2. mark token\n", "python"), BlockContent::Code);
    }

    #[test]
    fn the_languages_are_sorted_for_the_search() {
        assert!(is_source_language("bash") && is_source_language("zig") && is_source_language("csharp"));
    }

    #[test]
    fn a_line_inside_a_trace_makes_a_trace() {
        let text = "boom\n  at a\n  at b\n";
        let spans: Vec<Span> = lines(text).map(|line| Span::new(SourceId(0), line.start..line.end())).collect();
        let trace = FoundTrace {
            language: crate::case::TraceLanguage::Java,
            exception: None,
            message: None,
            frames: Vec::new(),
            range: 0..text.len(),
        };
        let recognised = Recognised { events: &[], traces: &[trace] };
        assert_eq!(content_of(text, &spans, "", &recognised), BlockContent::Trace);
    }
}
