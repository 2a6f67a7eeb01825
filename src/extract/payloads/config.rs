//! Reads configuration in blocks (`key: value`, `key = value`, `KEY=value`, sections and indentation) into keys with places.
//!
//! It knows no format for certain: a block counts when most of its lines are settings.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pattern::Pattern;
use crate::span::lines;

/// Languages of fences that hold configuration.
const LANGUAGES: &[&str] =
    &["conf", "config", "dotenv", "env", "hcl", "helm", "ini", "properties", "terraform", "tf", "toml", "yaml", "yml"];

/// Longest dotted path, in bytes; deeper keys carry the path of their ancestor.
const MAX_PATH: usize = 200;

/// Most settings of one block.
const MAX_SETTINGS: usize = 500;

static SETTING: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r#"^(\s*)(?:-\s+)?(?:export\s+|set\s+)?["']?([A-Za-z_][\w./-]*(?:\[\w+\])?)["']?\s*(?::(?:\s+|$)|=\s*)(.*)$"#,
    )
});

static SECTION: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r#"^\s*(?:\[+([\w.:"' -]+)\]+|([A-Za-z_][\w.-]*)(?:\s+"[^"]*")*\s*\{)\s*$"#));

/// A setting of a configuration text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    /// Dotted path.
    pub path: String,
    /// Key and value.
    pub range: Range<usize>,
    /// The value without quotes and comment; `None` where settings follow below it.
    pub value: Option<String>,
}

/// The settings of a block, or nothing where it is no configuration.
pub(super) fn settings_in(text: &str, language: &str) -> Vec<Setting> {
    let declared = LANGUAGES.binary_search(&language).is_ok();
    if !(declared || matches!(language, "" | "text" | "txt" | "plaintext")) {
        return Vec::new();
    }
    let settings = read_settings(text);
    let filled = lines(text).filter(|line| !is_blank(line.text)).count();
    let read = settings.iter().filter(|setting| setting.value.as_deref().is_none_or(is_plain)).count();
    // "Operator: 7" is a label of a text; names with marks or an equals sign are a program's.
    let named = settings.iter().filter(|setting| is_program_name(text, setting)).count();
    let enough = if declared {
        !settings.is_empty()
    } else {
        read >= 2 && read * 5 >= filled * 4 && named * 2 >= settings.len()
    };
    if enough { settings } else { Vec::new() }
}

fn read_settings(text: &str) -> Vec<Setting> {
    let mut settings: Vec<Setting> = Vec::new();
    let mut section = String::new();
    // Indentation and path of the keys above, as in YAML.
    let mut above: Vec<(usize, String)> = Vec::new();
    for line in lines(text).filter(|line| !is_blank(line.text)) {
        if let Some(found) = SECTION.captures(line.text) {
            section = found.get(1).or(found.get(2)).map_or_else(String::new, |name| name.as_str().trim().to_owned());
            above.clear();
            continue;
        }
        let Some(found) = SETTING.captures(line.text) else { continue };
        let (Some(key), Some(value)) = (found.get(2), found.get(3)) else { continue };
        let indent = key.start();
        above.retain(|(other, _)| *other < indent);
        let parent = above.last().map_or(section.as_str(), |(_, path)| path.as_str());
        let long = parent.len() + key.len() >= MAX_PATH;
        let path = if parent.is_empty() {
            key.as_str().to_owned()
        } else if long {
            parent.to_owned()
        } else {
            format!("{parent}.{}", key.as_str())
        };
        let scalar = without_comment(value.as_str());
        let opens = scalar.is_empty() || matches!(scalar, "|" | ">" | "{");
        if opens {
            above.push((indent, path.clone()));
        }
        let range = line.start + key.start()..line.start + value.start() + scalar.len();
        if settings.len() < MAX_SETTINGS {
            settings.push(Setting {
                path,
                range,
                value: (!opens).then(|| scalar.trim_matches(['"', '\'']).to_owned()),
            });
        }
    }
    settings
}

fn is_program_name(text: &str, setting: &Setting) -> bool {
    let written = &text[setting.range.clone()];
    let key = written.split([':', '=', ' ']).next().unwrap_or_default();
    key.contains(['_', '.', '-']) || setting.path.contains('.') || written[key.len()..].trim_start().starts_with('=')
}

fn is_blank(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with(['#', ';', '}']) || line.starts_with("//") || line == "---"
}

fn without_comment(value: &str) -> &str {
    let cut = value.find(" #").or_else(|| value.find(" //")).unwrap_or(value.len());
    value[..cut].trim_end().trim_end_matches([';', ','])
}

/// Whether a value is a setting's rather than the end of a sentence: one word, a number, a quoted string or a list.
fn is_plain(value: &str) -> bool {
    value.split_whitespace().count() <= 2 || value.starts_with(['[', '{', '$'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str, language: &str) -> Vec<(String, Option<String>)> {
        settings_in(text, language).into_iter().map(|setting| (setting.path, setting.value)).collect()
    }

    fn pair(path: &str, value: &str) -> (String, Option<String>) {
        (path.to_owned(), Some(value.to_owned()))
    }

    #[test]
    fn indented_keys_have_dotted_paths() {
        let text = "pool:\n  max: 20  # default\n  wait:\n    ms: 50\nname: \"a\"\n";
        let expected = [
            ("pool".to_owned(), None),
            pair("pool.max", "20"),
            ("pool.wait".to_owned(), None),
            pair("pool.wait.ms", "50"),
            pair("name", "a"),
        ];
        assert_eq!(settings(text, "yaml"), expected);
    }

    #[test]
    fn sections_prefix_their_keys() {
        assert_eq!(
            settings("[cache]\nttl = 30\n[db]\nttl = 5\n", "toml"),
            [pair("cache.ttl", "30"), pair("db.ttl", "5")]
        );
    }

    #[test]
    fn environment_lines_count_without_a_language() {
        assert_eq!(settings("A_URL=http://x\nB_SIZE=5\n", ""), [pair("A_URL", "http://x"), pair("B_SIZE", "5")]);
    }

    #[test]
    fn prose_and_source_code_are_no_configuration() {
        assert!(settings("Note: this happened twice already\nthen it failed\n", "").is_empty());
        assert!(settings("x = f(1)\ny = 2\n", "python").is_empty());
        assert!(settings("retries: 3\n", "").is_empty());
        assert!(settings("Operator: 7\nExpected: ok\n", "").is_empty());
    }

    #[test]
    fn ranges_cover_key_and_value() {
        let text = "a: 1\nbb: two # x\n";
        let found = settings_in(text, "yaml");
        assert_eq!(found.iter().map(|setting| &text[setting.range.clone()]).collect::<Vec<_>>(), ["a: 1", "bb: two"]);
    }
}
