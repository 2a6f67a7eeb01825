//! A name that a one-function snippet uses as a value and neither defines nor receives.
//!
//! It judges only excerpts that show a whole function with its parameters, in languages whose definitions it can list, and
//! only names that a module would hardly hold: an excerpt is not a program.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use crate::extract::reading::{BlockContent, CodeBlock, Reading};
use crate::finding::{Code, Finding};
use crate::limits;
use crate::pattern::Pattern;
use crate::source::SourceMap;
use crate::span::Span;

/// Most bytes of a snippet that is judged: longer ones are files, not excerpts.
const SNIPPET: usize = 8 << 10;

static HEAD: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"^\s*(?:export\s+|default\s+|public\s+|private\s+|protected\s+|static\s+)*(?:async\s+)?(?:function\s*\*?\s*)?([A-Za-z_$][\w$]*)\s*",
        r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*(?::[^{;]+)?\{\s*$"
    ))
});

static STRINGS: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r#"//[^\n]*|/\*[\s\S]*?\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"#));

static WORD: LazyLock<Pattern> = LazyLock::new(|| pattern(r"[A-Za-z_$][\w$]*"));

/// A name before the end of an argument; what stands before it is looked at apart, since neighbours share their comma.
static ARGUMENT: LazyLock<Pattern> = LazyLock::new(|| pattern(r"([a-z_$][\w$]*)\s*[,)]"));

static TEMPLATE: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\$\{\s*([a-z_$][\w$]*)\s*\}"));

/// Names that stand for things of the module or the platform.
const AMBIENT: &[&str] = &[
    "api",
    "app",
    "args",
    "arguments",
    "axios",
    "cache",
    "callback",
    "cfg",
    "client",
    "config",
    "conn",
    "connection",
    "console",
    "constants",
    "context",
    "crypto",
    "ctx",
    "db",
    "done",
    "env",
    "event",
    "exports",
    "false",
    "fetch",
    "fs",
    "globalThis",
    "http",
    "io",
    "jwt",
    "knex",
    "log",
    "logger",
    "metrics",
    "module",
    "mongoose",
    "next",
    "null",
    "options",
    "opts",
    "path",
    "pool",
    "prisma",
    "process",
    "queue",
    "redis",
    "reject",
    "req",
    "request",
    "require",
    "res",
    "resolve",
    "response",
    "router",
    "self",
    "server",
    "session",
    "settings",
    "socket",
    "state",
    "store",
    "super",
    "this",
    "true",
    "undefined",
    "window",
];

/// Names without a definition, in snippets of JavaScript and TypeScript.
pub(super) fn undefined(sources: &SourceMap, reading: &Reading) -> Vec<Finding> {
    let judged = reading.code_blocks.iter().filter(|block| is_judged(block));
    judged.filter_map(|block| in_block(sources, block)).collect()
}

fn is_judged(block: &CodeBlock) -> bool {
    let size = block.span.end - block.span.start;
    let language = matches!(block.language.as_str(), "javascript" | "js" | "jsx" | "ts" | "tsx" | "typescript");
    language
        && size <= SNIPPET.min(limits::LINE_BYTES)
        && !matches!(block.content, BlockContent::Diff | BlockContent::Trace | BlockContent::Log)
}

fn in_block(sources: &SourceMap, block: &CodeBlock) -> Option<Finding> {
    let whole = block.lines.first()?.join(*block.lines.last()?);
    let text = sources.text(whole);
    let (head, name) = undefined_name(text)?;
    let place = |range: Range<usize>| Span::new(whole.source, whole.start + range.start..whole.start + range.end);
    let written = &text[name.clone()];
    Some(
        Finding::new(
            Code::UndefinedName,
            format!("`{written}` is used but neither defined nor received in the excerpt"),
        )
        .at(place(name.clone()), "used here")
        .at(place(head), "the function receives and defines no such name")
        .computed(format!("definitions of `{written}` in the excerpt: 0"))
        .fix("look at the file: the excerpt cannot be what runs"),
    )
}

/// The head of the only function of a text and the first name it uses without having it.
fn undefined_name(text: &str) -> Option<(Range<usize>, Range<usize>)> {
    let code = blanked(text);
    let mut start = 0;
    let first = code.split_inclusive('\n').find_map(|line| {
        let range = start..start + line.len();
        start = range.end;
        (!line.trim().is_empty()).then_some(range)
    })?;
    let head_line = code[first.clone()].trim_end();
    let parameters = HEAD.captures(head_line)?.get(2)?.range();
    // A head without parameters is often cut short by the writer; then nothing can be told.
    if parameters.is_empty() || !code.trim_end().ends_with('}') || is_control(head_line) {
        return None;
    }
    let head = first.start..first.start + head_line.len();
    let body = &code[head.end..];
    let mut known: BTreeSet<&str> = AMBIENT.iter().copied().collect();
    known.extend(WORD.find_iter(&head_line[parameters]).map(|word| word.as_str()));
    known.extend(defined(body));
    let used = ARGUMENT.captures_iter(body).chain(TEMPLATE.captures_iter(body)).filter_map(|found| found.get(1));
    let mut unknown: Vec<crate::pattern::Match<'_>> =
        used.filter(|name| !known.contains(name.as_str()) && is_value(body, name)).collect();
    unknown.sort_by_key(crate::pattern::Match::start);
    let name = unknown.first()?;
    Some((head.clone(), head.end + name.start()..head.end + name.end()))
}

/// The text with strings and comments blanked, byte for byte; template literals stay, since they hold names.
fn blanked(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    for found in STRINGS.find_iter(text) {
        code.push_str(&text[at..found.start()]);
        code.extend(found.as_str().bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }));
        at = found.end();
    }
    code.push_str(&text[at..]);
    code
}

fn is_control(line: &str) -> bool {
    ["if", "for", "while", "switch", "catch", "with"]
        .iter()
        .any(|word| line.trim_start().strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with('(')))
}

/// Names that the body may define: those before `=`, `=>`, `:` and `in`/`of`, in declarations, catches and inner heads.
fn defined(body: &str) -> BTreeSet<&str> {
    static DECLARED: LazyLock<Pattern> = LazyLock::new(|| {
        pattern(concat!(
            r"\b(?:const|let|var|function|class|catch\s*\(|import)\s*([^=;\n]*)|\(([^()]*)\)\s*(?::[^=\n]*)?=>|([A-Za-z_$][\w$]*)\s*=>",
            r"|([A-Za-z_$][\w$]*)\s*(?:=[^=]|\+\+|\()"
        ))
    });
    let mut names = BTreeSet::new();
    for found in DECLARED.captures_iter(body) {
        let lists = [found.get(1), found.get(2), found.get(3), found.get(4)].into_iter().flatten();
        names.extend(lists.flat_map(|list| WORD.find_iter(list.as_str())).map(|word| word.as_str()));
    }
    names
}

/// Whether a name stands alone as an argument or in a template string, and reads like a local (`cartLines`).
fn is_value(body: &str, name: &crate::pattern::Match<'_>) -> bool {
    let before = body[..name.start()].trim_end();
    let inner_capital = name.as_str().chars().any(|c| c.is_ascii_uppercase());
    before.ends_with(['(', ',', '{']) && inner_capital && name.as_str().len() > 3
}

fn pattern(text: &str) -> Pattern {
    Pattern::new(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Option<&str> {
        undefined_name(text).map(|(_, name)| &text[name])
    }

    #[test]
    fn an_argument_that_nobody_defines_is_found() {
        let text = "async save(cartId: string): Promise<void> {\n  const key = keyOf(cartId);\n  this.store.put(key, cartLines, 60);\n}\n";
        assert_eq!(name(text), Some("cartLines"));
    }

    #[test]
    fn a_name_in_a_template_string_is_found() {
        assert_eq!(name("function link(id) {\n  return `/a/${id}/${shopName}`;\n}"), Some("shopName"));
    }

    #[test]
    fn parameters_locals_and_callbacks_are_known() {
        for text in [
            "function f({ itemId, shopName }) {\n  g(itemId, shopName);\n}",
            "function f(a) {\n  const { itemId } = a;\n  g(itemId);\n}",
            "function f(a) {\n  a.map((rowItem) => g(rowItem));\n}",
            "function f(a) {\n  try { g(a); } catch (lastError) {\n  h(a, lastError);\n }\n}",
            "function f(a) {\n  for (const rowItem of a) g(rowItem);\n}",
        ] {
            assert_eq!(name(text), None, "{text}");
        }
    }

    #[test]
    fn excerpts_without_a_whole_function_are_not_judged() {
        for text in [
            "g(itemId);",
            "if (itemId) {\n g(otherId, x);\n}",
            "function f(a) {\n g(itemId);\n // ...",
            "function f() {\n g(itemId);\n}",
            "// note g(itemId)",
        ] {
            assert_eq!(name(text), None, "{text}");
        }
    }

    #[test]
    fn strings_and_comments_hold_no_names() {
        assert_eq!(name("function f(a) {\n  // g(itemId)\n  h(\"(shopName)\", a);\n}"), None);
    }
}
