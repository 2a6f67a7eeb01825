//! Paths as text: absolute form, the places no agent may write to, and globs. Nothing here looks at the disk.

/// What a protected path holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protected {
    /// `approvals/` beside a `case.json`.
    Approvals,
    /// `.casefile/`.
    Policy,
    /// `.claude/settings*.json` or `.cursor/hooks.json`.
    AgentSettings,
    /// `.git/hooks/` or `.git/config`.
    GitHooks,
    /// `.github/workflows/casefile*.yml`.
    Workflow,
}

/// The absolute form of `path` seen from `base`, with `/`, without `.` and `..`; backslashes separate as well.
pub(super) fn absolute(base: &str, path: &str) -> String {
    let path = path.strip_prefix("file://").unwrap_or(path).replace('\\', "/");
    let path = path.strip_prefix("//?/").unwrap_or(&path);
    let base = base.replace('\\', "/");
    let joined = if is_absolute(path) { path.to_string() } else { format!("{base}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

fn is_absolute(path: &str) -> bool {
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    path.starts_with('/') || path.starts_with('~') || drive
}

/// The part of an absolute path below `root`, where it lies there; capitals do not count.
pub(super) fn below<'a>(root: &str, path: &'a str) -> Option<&'a str> {
    let root = root.trim_end_matches('/');
    let head = path.get(..root.len())?;
    let rest = &path[root.len()..];
    if folded(head) != folded(root) {
        return None;
    }
    rest.strip_prefix('/').or_else(|| rest.is_empty().then_some(rest))
}

/// One spelling for all that file systems take for the same name.
fn folded(part: &str) -> String {
    let visible: String = part.chars().filter(|c| !is_ignored(*c)).collect();
    // By way of capitals, because some letters are one letter in capitals only: `ſ` and `s`.
    let lower = visible.to_uppercase().to_lowercase();
    // A stream of a file is the file, and trailing dots and spaces are dropped, on Windows.
    let name = lower.split(':').next().unwrap_or_default();
    let trimmed = name.trim_end_matches(['.', ' ']);
    if trimmed.is_empty() { name.to_string() } else { trimmed.to_string() }
}

/// Characters that one file system drops from names.
fn is_ignored(c: char) -> bool {
    matches!(c, '\u{200C}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{206A}'..='\u{206F}' | '\u{FEFF}')
}

/// Why the absolute `path` is protected; `is_case` says of a folder whether it is a case.
pub(super) fn protected(path: &str, is_case: &dyn Fn(&str) -> bool) -> Option<Protected> {
    let raw: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let parts: Vec<String> = raw.iter().map(|part| folded(part)).collect();
    let is = |at: usize, name: &str| parts.get(at).is_some_and(|part| named(part, name));
    let one_of = |at: usize, names: &[&str]| names.iter().any(|name| is(at, name));
    for at in 0..parts.len() {
        if is(at, ".casefile") {
            return Some(Protected::Policy);
        }
        if is(at, ".claude") && parts.get(at + 1).is_some_and(|part| is_settings(part)) {
            return Some(Protected::AgentSettings);
        }
        if is(at, ".cursor") && is(at + 1, "hooks.json") {
            return Some(Protected::AgentSettings);
        }
        if is(at, ".git") && one_of(at + 1, &["hooks", "config"]) {
            return Some(Protected::GitHooks);
        }
        let workflow = || parts.get(at + 2).is_some_and(|part| is_workflow(part));
        if is(at, ".github") && is(at + 1, "workflows") && workflow() {
            return Some(Protected::Workflow);
        }
        let statement = || parts.get(at + 2).is_some_and(|part| is_statement(part));
        if is(at, "approvals") && (is_case(&format!("/{}", raw[..at].join("/"))) || statement()) {
            return Some(Protected::Approvals);
        }
    }
    None
}

/// Whether removing or moving the absolute `path` takes a protected one with it.
pub(super) fn holds_protected(path: &str, holds_case: &dyn Fn(&str) -> bool) -> Option<Protected> {
    let last = folded(path.rsplit('/').next().unwrap_or_default());
    match last.as_str() {
        ".git" => Some(Protected::GitHooks),
        ".claude" | ".cursor" => Some(Protected::AgentSettings),
        _ => holds_case(path).then_some(Protected::Approvals),
    }
}

fn is_settings(part: &str) -> bool {
    if is_pattern(part) {
        return matches(part, "settings.json") || matches(part, "settings.local.json");
    }
    part.starts_with("settings") && part.ends_with(".json") || is_short_form(part, "settin")
}

fn is_workflow(part: &str) -> bool {
    if is_pattern(part) {
        return ["casefile.yml", "casefile-gate.yml", "casefile.yaml"].iter().any(|name| matches(part, name));
    }
    part.starts_with("casefile") && (part.ends_with(".yml") || part.ends_with(".yaml")) || is_short_form(part, "casefi")
}

/// Twelve digits and `.json`: only statements are named so.
fn is_statement(part: &str) -> bool {
    let name = part.strip_suffix(".sig").unwrap_or(part);
    name.strip_suffix(".json").is_some_and(|hex| hex.len() == 12 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Whether a folded name, perhaps a shell pattern, may stand for `name`.
fn named(part: &str, name: &str) -> bool {
    if is_pattern(part) {
        return matches(part, name);
    }
    let bare = name.trim_start_matches('.');
    part == name || bare.len() > 6 && is_short_form(part, &bare[..6])
}

/// Whether a name is the short form that Windows gives to a long name with this start.
fn is_short_form(part: &str, start: &str) -> bool {
    part.split_once('~').is_some_and(|(head, tail)| head == start && tail.starts_with(|c: char| c.is_ascii_digit()))
}

fn is_pattern(part: &str) -> bool {
    part.contains(['*', '?', '['])
}

/// Whether a shell pattern for one name matches `name`; a leading dot must be written out.
fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    if name.first() == Some(&'.') && pattern.first() != Some(&'.') {
        return false;
    }
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        let (one, next) = single(&pattern, p, name[n]);
        if pattern.get(p) == Some(&'*') {
            star = Some((p, n));
            p += 1;
        } else if one {
            p = next;
            n += 1;
        } else if let Some((at, from)) = star {
            p = at + 1;
            n = from + 1;
            star = Some((at, from + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// Whether the pattern's element at `at` takes `c`, and where the next element begins; any set of characters may take it.
fn single(pattern: &[char], at: usize, c: char) -> (bool, usize) {
    match pattern.get(at) {
        Some('?') => (true, at + 1),
        Some('[') => match pattern[at..].iter().skip(2).position(|end| *end == ']') {
            Some(length) => (true, at + length + 3),
            None => (c == '[', at + 1),
        },
        other => (other == Some(&c), at + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Option<Protected> {
        protected(&absolute("/repo/sub", path), &|folder| folder.starts_with("/repo/cases/"))
    }

    #[test]
    fn paths_become_absolute_without_detours() {
        for (path, expected) in [
            ("a/./b/../c", "/repo/sub/a/c"),
            ("../x", "/repo/x"),
            ("/a//b/", "/a/b"),
            ("C:\\repo\\.casefile\\gate.toml", "/C:/repo/.casefile/gate.toml"),
            ("..\\..\\..\\..\\x", "/x"),
            ("file:///a/b", "/a/b"),
            ("~/.claude/settings.json", "/~/.claude/settings.json"),
        ] {
            assert_eq!(absolute("/repo/sub", path), expected, "{path}");
        }
    }

    #[test]
    fn protected_places_are_known_in_every_spelling() {
        for (path, expected) in [
            ("../.casefile/gate.toml", Protected::Policy),
            ("C:\\repo\\.CaseFile\\gate.toml", Protected::Policy),
            ("/repo/.casefile./gate.toml", Protected::Policy),
            ("/repo/.casefile::$INDEX_ALLOCATION/gate.toml", Protected::Policy),
            ("/repo/CASEFI~1/gate.toml", Protected::Policy),
            ("/repo/.case*/gate.toml", Protected::Policy),
            ("/repo/.c[a-b]sefile", Protected::Policy),
            ("/repo/.case\u{200C}file/x", Protected::Policy),
            ("/repo/.ca\u{17F}efile/x", Protected::Policy),
            ("/repo/cases/A-1/approvals/plan/x", Protected::Approvals),
            ("/repo/cases/A-1/APPROVALS", Protected::Approvals),
            ("/elsewhere/approvals/plan/0123456789ab.json.sig", Protected::Approvals),
            ("/repo/.claude/settings.json", Protected::AgentSettings),
            ("~/.claude/settings.local.json", Protected::AgentSettings),
            ("/repo/.cursor/hooks.json", Protected::AgentSettings),
            ("/repo/.git/hooks/pre-commit", Protected::GitHooks),
            ("/repo/.git/config", Protected::GitHooks),
            ("/repo/.github/workflows/casefile-gate.yml", Protected::Workflow),
        ] {
            assert_eq!(of(path), Some(expected), "{path}");
        }
    }

    #[test]
    fn other_places_are_not_protected() {
        for path in [
            "/repo/src/approvals/list.ts",
            "/repo/cases/A-1/index.md",
            "/repo/.claude/commands/x.md",
            "/repo/.github/workflows/ci.yml",
            "/repo/.git/index",
            "/repo/docs/.casefile.md",
            "/repo/src/*.ts",
            "/repo/*",
        ] {
            assert_eq!(of(path), None, "{path}");
        }
    }

    #[test]
    fn a_path_below_the_root_is_named_from_there() {
        assert_eq!(below("/repo", "/Repo/src/a"), Some("src/a"));
        assert_eq!(below("/repo", "/repo"), Some(""));
        assert_eq!(below("/repo", "/repository/a"), None);
    }
}
