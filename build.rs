//! Makes the builtin rules ready: a new one is one file in `rules/` and no list is kept by hand.
//!
//! Writes, from `rules/*.yaml` in the order of their names: the table of the texts; the tree of each text above its examples,
//! for `src/rules/pack.rs`; the digest of the pack; and the literals that the patterns of the rules require. All of it is what
//! the program would make of the same texts; made here, it costs no run anything. And it turns `rules/specificity.tsv` into a
//! sorted table.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use sha2::{Digest, Sha256};

use yaml::{Node, Spanned};

#[allow(dead_code, missing_docs, unreachable_pub)]
#[path = "src/limits.rs"]
mod limits;
#[allow(dead_code, missing_docs, unreachable_pub)]
#[path = "src/pattern/literals.rs"]
mod literals;
#[allow(dead_code, missing_docs, unreachable_pub)]
#[path = "src/yaml.rs"]
mod yaml;

/// Keys of a rule file whose values are patterns.
const PATTERNS: &[&str] = &[
    "empty",
    "end",
    "exception",
    "first",
    "frame",
    "key",
    "limit",
    "line",
    "measured",
    "message",
    "of",
    "pair",
    "pattern",
    "start",
    "then",
    "value",
    "without",
];

#[allow(clippy::disallowed_methods, reason = "cargo hands its folders over in the environment")]
fn main() {
    for watched in ["rules", "src/limits.rs", "src/pattern/literals.rs", "src/yaml.rs"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets the manifest folder");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets the output folder"));
    let folder = Path::new(&root).join("rules");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the folder rules/ is part of the package")
        .map(|entry| entry.expect("the folder rules/ can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();

    let mut table = String::from("/// File name and text of each builtin rule, sorted by name.\n");
    table.push_str("const BUILTIN_RULES: &[(&str, &str)] = &[\n");
    let words = fs::read_to_string(folder.join("words/concepts.yaml")).expect("the list of concepts can be read");
    let mut hash = Sha256::new();
    hash.update(words.as_bytes());
    let mut pack = Vec::new();
    let mut patterns = BTreeMap::new();
    for file in &files {
        let name = file.file_name().expect("a listed file has a name").to_string_lossy();
        let path = file.display().to_string();
        writeln!(table, "    ({name:?}, include_str!({path:?})),").expect("writing to a string cannot fail");
        let text = fs::read_to_string(file).expect("a listed file can be read");
        let head = text.find("\nexamples:").map_or(text.as_str(), |at| &text[..=at]);
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update(head.as_bytes());
        // A file that is no YAML is left out here; the tests of the rules, which read the text, say what is wrong with it.
        match yaml::tree(head) {
            Ok(tree) => encode(&tree, head, "", &mut pack, &mut patterns),
            Err(error) => println!("cargo::warning={path}:{}: {error}", error.line),
        }
    }
    table.push_str("];\n\n");
    let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    writeln!(
        table,
        "/// Digest of the texts above, as `pack_of` makes it.\nconst BUILTIN_SHA256: &str = {digest:?};\n"
    )
    .expect("writing to a string cannot fail");
    table.push_str(
        "/// Patterns of the builtin rules with the literals they require, none where there is no such set.\n",
    );
    table.push_str("const BUILTIN_LITERALS: &[(&str, &[&str])] = &[\n");
    for (pattern, words) in &patterns {
        writeln!(table, "    ({pattern:?}, &{words:?}),").expect("writing to a string cannot fail");
    }
    table.push_str("];\n");
    fs::write(out.join("builtin_rules.rs"), table).expect("the output folder is writable");
    fs::write(out.join("builtin_rules.pack"), pack).expect("the output folder is writable");
    fs::write(out.join("concepts.rs"), concepts(&words)).expect("the output folder is writable");
    let weights = specificity(&folder.join("specificity.tsv"));
    fs::write(out.join("specificity.rs"), weights).expect("the output folder is writable");
}

/// The concepts with their sayings, as a table sorted by name.
fn concepts(text: &str) -> String {
    let tree = yaml::tree(text).unwrap_or_else(|error| panic!("rules/words/concepts.yaml:{}: {error}", error.line));
    let Node::Map(entries) = tree.value else { panic!("rules/words/concepts.yaml is a map of lists") };
    let mut rows = BTreeMap::new();
    for (name, list) in &entries {
        let Node::List(items) = &list.value else { panic!("rules/words/concepts.yaml: `{name}` is no list") };
        let sayings: Vec<&str> = items.iter().map(|item| text[yaml::range_of(item, text)].trim()).collect();
        rows.insert(name, sayings);
    }
    let mut table = format!(
        "/// The text of the concepts.\nconst CONCEPTS_TEXT: &str = {text:?};\n\n/// Concepts with their sayings, sorted.\nconst CONCEPTS: &[(&str, &[&str])] = &[\n"
    );
    for (name, sayings) in rows {
        writeln!(table, "    ({name:?}, &{sayings:?}),").expect("writing to a string cannot fail");
    }
    table.push_str("];\n");
    table
}

/// Rows `cue`, `texts that hold it`, `weight`, as a table sorted by cue.
fn specificity(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("rules/specificity.tsv is part of the package");
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let mut rows: Vec<(&str, u16)> = rows
        .map(|row| {
            let mut cells = row.split('\t');
            let (cue, weight) = (cells.next().unwrap_or_default(), cells.nth(1).and_then(|cell| cell.parse().ok()));
            (cue, weight.unwrap_or_else(|| panic!("{}: the row `{row}` has no weight", path.display())))
        })
        .collect();
    rows.sort_unstable();
    let mut table =
        String::from("/// Cues with their weight in thousandths, sorted.\nconst SPECIFICITY: &[(&str, u16)] = &[\n");
    for (cue, weight) in rows {
        writeln!(table, "    ({cue:?}, {weight}),").expect("writing to a string cannot fail");
    }
    table.push_str("];\n");
    table
}

/// Writes a node as `src/rules/pack.rs` reads it, and collects the patterns below it.
fn encode(
    node: &Spanned<Node>,
    text: &str,
    key: &str,
    pack: &mut Vec<u8>,
    patterns: &mut BTreeMap<String, Vec<Cow<'static, str>>>,
) {
    let length = |length: usize| u32::try_from(length).expect("a rule file is small").to_le_bytes();
    let scalar = |pack: &mut Vec<u8>, tag: u8, value: &str| {
        pack.push(tag);
        pack.extend(length(value.len()));
        pack.extend(value.as_bytes());
    };
    match &node.value {
        Node::Map(entries) => {
            pack.push(b'm');
            pack.extend(length(entries.len()));
            for (key, value) in entries {
                scalar(pack, b't', key);
                encode(value, text, key, pack, patterns);
            }
        }
        Node::List(items) => {
            pack.push(b'l');
            pack.extend(length(items.len()));
            items.iter().for_each(|item| encode(item, text, key, pack, patterns));
        }
        Node::Text(value) => {
            scalar(pack, b't', value);
            let cue = value.trim().strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
            let pattern = cue.or_else(|| PATTERNS.contains(&key).then_some(value.as_str()));
            if let Some(pattern) = pattern {
                let words = literals::required(pattern).map(|literals| literals.words().to_vec());
                patterns.insert(pattern.to_owned(), words.unwrap_or_default());
            }
        }
        Node::Other => scalar(pack, b'p', text[yaml::range_of(node, text)].trim()),
        Node::Null => pack.push(b'n'),
    }
}
