//! Every limit of the program, each with its reason. A violation is a finding or an error, never a silent cut.

/// Largest Markdown document, in bytes: parsing stays linear, but nobody writes more by hand.
pub const DOCUMENT_BYTES: u64 = 16 << 20;

/// Largest log read into memory, in bytes (decompressed).
pub const LOG_BYTES: u64 = 256 << 20;

/// Most files taken from one input folder.
pub const INPUT_FILES: usize = 10_000;

/// Deepest nesting of folders below an input folder.
pub const INPUT_DEPTH: usize = 16;

/// Largest YAML or TOML text (front matter, rule, configuration), in bytes.
pub const YAML_BYTES: usize = 1 << 20;

/// Longest quote, in bytes: a page shows the words that carry the statement, not a screenful.
pub const QUOTE_BYTES: usize = 400;

/// Longest line that line-based recognisers look at, in bytes; the rest of a longer line stays text.
pub const LINE_BYTES: usize = 16 << 10;

/// Most findings of one code on one case: past that they repeat themselves, and the last one says how many there were.
pub const FINDINGS_PER_CODE: usize = 20;

/// Most lines of one excerpt on a page (publishing facts: a site renders one element a line).
pub const EXCERPT_LINES: usize = 200;

/// Compiled size of one rule pattern, in bytes.
pub const REGEX_SIZE: usize = 1 << 20;

/// Lazy DFA cache of a pattern set, in bytes: the default of 2 MiB thrashes past about a hundred patterns.
pub const REGEX_DFA: usize = 64 << 20;
