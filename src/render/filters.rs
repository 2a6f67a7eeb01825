//! The six filters of the templates: `quote`, `cite`, `code`, `yaml`, `dots`, `when`. Each returns finished Markdown.

use std::collections::BTreeSet;

use serde::Deserialize;
use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use super::code::{code_block, code_span, numbered};
use super::escape::escape;
use super::front_matter::FrontMatter;
use crate::case::Confidence;
use crate::{limits, span};

/// Most evidence links behind one statement: past that a reader follows none, and case.json has all.
const CITE_MAX: usize = 6;

/// Registers the filters.
pub(super) fn register(tera: &mut Tera) {
    tera.register_filter("quote", quote);
    tera.register_filter("cite", cite);
    tera.register_filter("code", code);
    tera.register_filter("yaml", yaml);
    tera.register_filter("dots", |dots: u64, _: Kwargs, _: &State| Value::safe_string(&dots_of(dots)));
    tera.register_filter("when", |time: &str, _: Kwargs, _: &State| Value::safe_string(&escape(&moment(time))));
}

/// What `quote` takes beside a plain text.
#[derive(Deserialize)]
struct Block {
    text: String,
    /// Number of the first line; without it lines are not numbered.
    first_line: Option<u64>,
    language: Option<String>,
}

/// A code block of a text, or of `{text, first_line, language}`; long ones are cut, and say so.
fn quote(value: &Value, _: Kwargs, _: &State) -> TeraResult<Value> {
    let block = match value.as_str() {
        Some(text) => Block { text: text.to_string(), first_line: None, language: None },
        None => {
            Block::deserialize(value).map_err(|e| Error::message(format!("`quote` takes a text or a block: {e}")))?
        }
    };
    let lines: Vec<&str> = span::lines(&block.text).map(|line| line.text).collect();
    let shown = lines.iter().take(limits::EXCERPT_LINES).copied();
    let mut text = match block.first_line {
        Some(first) => numbered((first..).zip(shown)),
        None => shown.collect::<Vec<_>>().join("\n"),
    };
    if lines.len() > limits::EXCERPT_LINES {
        text = format!("{}\n… {} more lines", text.trim_end(), lines.len() - limits::EXCERPT_LINES);
    }
    Ok(Value::safe_string(&code_block(&text, block.language.as_deref().unwrap_or("text"))))
}

/// What `cite` takes: a register number, a place in a source, or a list of these.
#[derive(Deserialize)]
#[serde(untagged)]
enum Reference {
    Id(String),
    Place { id: Option<String>, source: String, lines: [u64; 2] },
    Many(Vec<Reference>),
}

/// Links to the evidence register; a place without a number is named by source and line.
fn cite(value: &Value, _: Kwargs, _: &State) -> TeraResult<Value> {
    let reference = Reference::deserialize(value).map_err(|e| Error::message(format!("`cite` takes evidence: {e}")))?;
    let mut links = Links::default();
    links.collect(&reference);
    if links.seen.is_empty() {
        return Ok(Value::safe_string("no place given"));
    }
    let mut text = links.first.join(", ");
    let more = links.seen.len() - links.first.len();
    if more > 0 {
        text.push_str(&format!(" and {more} more in `case.json`"));
    }
    Ok(Value::safe_string(&text))
}

/// Distinct links in order, the first few of them written out.
#[derive(Default)]
struct Links {
    seen: BTreeSet<String>,
    first: Vec<String>,
}

impl Links {
    fn collect(&mut self, reference: &Reference) {
        let link = match reference {
            Reference::Id(id) | Reference::Place { id: Some(id), .. } => evidence_link(id),
            Reference::Place { id: None, source, lines } => code_span(&place(source, *lines)),
            Reference::Many(list) => return list.iter().for_each(|one| self.collect(one)),
        };
        if self.seen.insert(link.clone()) && self.first.len() < CITE_MAX {
            self.first.push(link);
        }
    }
}

/// Each item of the register has a heading of its own; its anchor is the id in lower case on every host.
fn evidence_link(id: &str) -> String {
    let known = id.strip_prefix('E').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    if known { format!("[{id}](#{})", id.to_ascii_lowercase()) } else { code_span(id) }
}

/// `path:12` or `path:12-14`.
pub(super) fn place(source: &str, lines: [u64; 2]) -> String {
    let [first, last] = lines;
    if first == last { format!("{source}:{first}") } else { format!("{source}:{first}-{last}") }
}

fn code(value: &Value, _: Kwargs, _: &State) -> TeraResult<Value> {
    if value.is_none() || value.is_undefined() {
        return Ok(Value::safe_string("Not stated"));
    }
    Ok(Value::safe_string(&code_span(&value.to_string())))
}

fn yaml(value: &Value, _: Kwargs, _: &State) -> TeraResult<Value> {
    let block = FrontMatter::deserialize(value)
        .map_err(|e| Error::message(format!("`yaml` takes the page's front matter: {e}")))?;
    Ok(Value::safe_string(&block.emit()))
}

/// `⬤⬤⬤⬤◯ (High)`.
pub(super) fn dots_of(dots: u64) -> String {
    let dots = u8::try_from(dots.min(5)).expect("five fits in a byte");
    let word = match Confidence::of_dots(dots) {
        Confidence::None => "None",
        Confidence::Low => "Low",
        Confidence::Medium => "Medium",
        Confidence::High => "High",
    };
    let filled = usize::from(dots);
    format!("{}{} ({word})", "⬤".repeat(filled), "◯".repeat(5 - filled))
}

/// `2024-01-22T14:32:05Z` as `2024-01-22 14:32:05 UTC`; any other form stays as it is.
fn moment(time: &str) -> String {
    let shape: String = time.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    if shape != "0000-00-00T00:00:00Z" {
        return time.to_string();
    }
    time.replace('T', " ").replace('Z', " UTC")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};
    use tera::Context;

    use crate::render::engine;

    fn filtered(value: &Json, filter: &str) -> String {
        let mut tera = engine::bare().unwrap();
        tera.add_raw_template("t.md", &format!("{{{{ v | {filter} }}}}")).unwrap();
        tera.render("t.md", &Context::from_serialize(&json!({ "v": value })).unwrap()).unwrap()
    }

    #[test]
    fn cite_links_each_item_once() {
        assert_eq!(filtered(&json!(["E3", "E12", "E3"]), "cite"), "[E3](#e3), [E12](#e12)");
    }

    #[test]
    fn cite_names_a_place_without_a_number() {
        assert_eq!(filtered(&json!({"source": "a|b.md", "lines": [3, 4]}), "cite"), "<code>a&#124;b.md:3&#45;4</code>");
        assert_eq!(filtered(&json!([{"source": "a.md", "lines": [3, 3], "id": "E1"}]), "cite"), "[E1](#e1)");
    }

    #[test]
    fn cite_says_how_many_it_leaves_out() {
        let ids: Vec<String> = (1..=8).map(|n| format!("E{n}")).collect();
        assert!(filtered(&json!(ids), "cite").ends_with("[E6](#e6) and 2 more in `case.json`"));
    }

    #[test]
    fn quote_numbers_lines_and_cuts_long_blocks() {
        let text = "x\n".repeat(201);
        let out = filtered(&json!({"text": text, "first_line": 9}), "quote");
        assert!(out.starts_with(" ```text {0}\n   9  x\n  10  x\n"), "{}", &out[..40]);
        assert!(out.ends_with("\n … 1 more lines\n ```"), "{out}");
    }

    #[test]
    fn dots_and_times_are_words_too() {
        assert_eq!(filtered(&json!(4), "dots"), "⬤⬤⬤⬤◯ (High)");
        assert_eq!(filtered(&json!(0), "dots"), "◯◯◯◯◯ (None)");
        assert_eq!(filtered(&json!("2024-01-22T14:32:05Z"), "when"), "2024-01-22 14:32:05 UTC");
        assert_eq!(filtered(&json!("Mon *9*"), "when"), "Mon \\*9\\*");
    }

    #[test]
    fn every_other_value_is_escaped() {
        assert_eq!(filtered(&json!("<b>{x}"), "trim"), "&lt;b&gt;\\{x\\}");
        assert_eq!(filtered(&json!("`"), "code"), "`` ` ``");
        assert_eq!(filtered(&Json::Null, "code"), "Not stated");
    }
}
