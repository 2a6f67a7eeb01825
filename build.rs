//! Lists `rules/*.yaml`, sorted, into one table of `include_str!`s, so that a new builtin rule is one file and no list is
//! kept by hand; and turns `rules/specificity.tsv` into a sorted table.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[allow(clippy::disallowed_methods, reason = "cargo hands its folders over in the environment")]
fn main() {
    println!("cargo::rerun-if-changed=rules");
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets the manifest folder");
    let folder = Path::new(&root).join("rules");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the folder rules/ is part of the package")
        .map(|entry| entry.expect("the folder rules/ can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();

    let mut table = String::from("/// File name and text of each builtin rule, sorted by name.\n");
    table.push_str("const BUILTIN_RULES: &[(&str, &str)] = &[\n");
    for file in &files {
        let name = file.file_name().expect("a listed file has a name").to_string_lossy();
        let path = file.display().to_string();
        writeln!(table, "    ({name:?}, include_str!({path:?})),").expect("writing to a string cannot fail");
    }
    table.push_str("];\n");

    let out = env::var("OUT_DIR").expect("cargo sets the output folder");
    fs::write(Path::new(&out).join("builtin_rules.rs"), table).expect("the output folder is writable");
    let weights = specificity(&folder.join("specificity.tsv"));
    fs::write(Path::new(&out).join("specificity.rs"), weights).expect("the output folder is writable");
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
