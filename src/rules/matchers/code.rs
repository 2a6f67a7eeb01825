//! Code signals: syntax trees and patterns in code blocks. A block that shows the fix or the wish is never evidence for.

use crate::case::SignalKind;
use crate::extract::{BlockContent, CodeBlock, SectionRole};
use crate::rules::CodeLook;
use crate::span::Span;

use super::log::captures;
use super::{Match, MatchInput, Place};

/// Most places cited for one signal.
const PLACES: usize = 3;

/// The text of a block with the map back to its lines.
struct BlockText {
    text: String,
    /// Offset of each line in `text`, with the line's span.
    lines: Vec<(usize, Span)>,
}

pub(super) fn matches(place: Place<'_>, look: &CodeLook, input: &MatchInput<'_>) -> Vec<Match> {
    let blocks = input.reading.code_blocks.iter().filter(|block| shows_the_defect(block));
    blocks.flat_map(|block| in_block(place, look, block, input)).take(PLACES).collect()
}

fn shows_the_defect(block: &CodeBlock) -> bool {
    let elsewhere = [
        SectionRole::Fix,
        SectionRole::Alternatives,
        SectionRole::Prevention,
        SectionRole::Tests,
        SectionRole::Expected,
        SectionRole::ActionItems,
        SectionRole::Monitoring,
    ];
    matches!(block.content, BlockContent::Code | BlockContent::Diff | BlockContent::Text)
        && !elsewhere.contains(&block.role)
}

fn in_block(place: Place<'_>, look: &CodeLook, block: &CodeBlock, input: &MatchInput<'_>) -> Vec<Match> {
    if look.pattern.as_ref().is_some_and(|pattern| !pattern.may_match(input.sources.text(block.span))) {
        return Vec::new();
    }
    let body = BlockText::new(block, input);
    let language = language_of(block, &body.text);
    if !look.languages.is_empty() && !look.languages.iter().any(|wanted| language == Some(wanted.as_str())) {
        return Vec::new();
    }
    if look.without.as_ref().is_some_and(|pattern| pattern.is_match(&body.text)) {
        return Vec::new();
    }
    let hit_at = |range: std::ops::Range<usize>| {
        let mut hit = Match::new(place, SignalKind::Code, body.span(&range), block.basis, block.role);
        hit.bindings.insert("code".into(), body.text[range].lines().next().unwrap_or_default().trim().to_string());
        hit
    };
    if let Some(pattern) = &look.pattern {
        let found = pattern.find_iter(&body.text).filter(|found| !found.is_empty());
        return found
            .map(|found| {
                let mut hit = hit_at(found.range());
                hit.bindings.extend(captures(pattern, found.as_str()));
                hit
            })
            .collect();
    }
    let (Some(ast), Some(language)) = (&look.ast, language) else { return Vec::new() };
    ast::find(ast, language, &body.text)
        .into_iter()
        .map(|range| {
            let mut hit = hit_at(range);
            hit.structural = true;
            hit
        })
        .collect()
}

impl BlockText {
    /// Joins the lines; of a diff only the side before the change, with its marks blanked out.
    fn new(block: &CodeBlock, input: &MatchInput<'_>) -> Self {
        let mut body = BlockText { text: String::new(), lines: Vec::new() };
        for &line in &block.lines {
            let text = input.sources.text(line);
            let is_diff = block.content == BlockContent::Diff;
            if is_diff && (text.starts_with('+') || text.starts_with("@@")) {
                continue;
            }
            body.lines.push((body.text.len(), line));
            match text.strip_prefix('-').filter(|_| is_diff) {
                Some(rest) => {
                    body.text.push(' ');
                    body.text.push_str(rest);
                }
                None => body.text.push_str(text),
            }
            body.text.push('\n');
        }
        body
    }

    fn span(&self, range: &std::ops::Range<usize>) -> Span {
        let line_at = |offset: usize| self.lines.partition_point(|(start, _)| *start <= offset).saturating_sub(1);
        let (first, last) = (line_at(range.start), line_at(range.end.saturating_sub(1).max(range.start)));
        self.lines[first].1.join(self.lines[last].1)
    }
}

/// The language of a block: its info string, else what its text looks like; only languages with a grammar.
fn language_of<'a>(block: &CodeBlock, text: &str) -> Option<&'a str> {
    match block.language.as_str() {
        "ts" | "typescript" | "tsx" => return Some("typescript"),
        "js" | "javascript" | "jsx" | "node" | "mjs" => return Some("javascript"),
        "py" | "python" | "python3" => return Some("python"),
        "go" | "golang" => return Some("go"),
        "java" => return Some("java"),
        "rs" | "rust" => return Some("rust"),
        "" | "text" | "diff" | "code" => {}
        _ => return None,
    }
    let has = |needle: &str| text.contains(needle);
    if has("def ") && has(":\n") {
        Some("python")
    } else if has("func ") && (has(":=") || has("package ")) {
        Some("go")
    } else if has("fn ") && (has("let ") || has("->")) && has("{") {
        Some("rust")
    } else if has("const ") || has("=>") || has("function ") || has("let ") {
        Some("typescript")
    } else if (has("public ") || has("private ")) && has(";\n") {
        Some("java")
    } else {
        None
    }
}

/// Problems of an AST rule, each with the language it was compiled for.
pub fn check_ast(rule: &crate::rules::schema::AstRule, languages: &[String]) -> Vec<(String, String)> {
    languages.iter().filter_map(|language| Some((ast::check(rule, language)?, language.clone()))).collect()
}

#[cfg(feature = "code")]
mod ast {
    //! ast-grep behind three functions: its API changes often, and a language without its grammar must never be asked for.

    use std::error::Error;
    use std::ops::Range;

    use ast_grep_config::{DeserializeEnv, RuleCore, SerializableRuleCore};
    use ast_grep_core::tree_sitter::LanguageExt;
    use ast_grep_language::SupportLang;

    fn grammar(language: &str) -> Option<SupportLang> {
        match language {
            "go" => Some(SupportLang::Go),
            "java" => Some(SupportLang::Java),
            "javascript" => Some(SupportLang::JavaScript),
            "python" => Some(SupportLang::Python),
            "rust" => Some(SupportLang::Rust),
            "typescript" => Some(SupportLang::TypeScript),
            _ => None,
        }
    }

    fn matcher(rule: &SerializableRuleCore, language: SupportLang) -> Result<RuleCore, String> {
        rule.get_matcher(DeserializeEnv::new(language)).map_err(|error| {
            let mut text = error.to_string();
            let mut cause: Option<&dyn Error> = error.source();
            while let Some(inner) = cause {
                text = format!("{text}: {inner}");
                cause = inner.source();
            }
            text
        })
    }

    /// What is wrong with the rule for a language, if anything is.
    pub(super) fn check(rule: &SerializableRuleCore, language: &str) -> Option<String> {
        match grammar(language) {
            None => Some(
                "no grammar for this language is built in; there are go, java, javascript, python, rust, typescript"
                    .into(),
            ),
            Some(grammar) => matcher(rule, grammar).err(),
        }
    }

    /// Byte ranges of all nodes that match.
    pub(super) fn find(rule: &SerializableRuleCore, language: &str, text: &str) -> Vec<Range<usize>> {
        let Some(grammar) = grammar(language) else { return Vec::new() };
        let Ok(matcher) = matcher(rule, grammar) else { return Vec::new() };
        let tree = grammar.ast_grep(text);
        tree.root().find_all(&matcher).map(|node| node.range()).collect()
    }
}

#[cfg(not(feature = "code"))]
mod ast {
    //! Stand-ins for a build without grammars: no syntax tree, no match.

    use std::ops::Range;

    use crate::rules::schema::AstRule;

    pub(super) fn check(_: &AstRule, _: &str) -> Option<String> {
        None
    }

    pub(super) fn find(_: &AstRule, _: &str, _: &str) -> Vec<Range<usize>> {
        Vec::new()
    }
}
