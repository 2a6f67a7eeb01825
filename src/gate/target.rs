//! Which files a plan claims: the paths and globs of its `files`, as sources write them.

/// Whether an entry of a plan's `files` claims the file at `path`, which is relative to the repository.
///
/// Sources name files by the end of their path, so an entry also claims every path that ends with it; an absolute entry
/// claims the path it ends with. `*` stands for a part of a name, `**` for folders, `?` for one character; capitals and
/// line numbers behind a colon do not count.
///
/// ```
/// # use casefile::gate::claims;
/// assert!(claims("pool.rs:45", "src/pool.rs"));
/// assert!(claims("src/**/*.rs", "src/db/pool.rs"));
/// assert!(claims("/app/src/pool.rs", "src/pool.rs"));
/// assert!(!claims("src/pool.rs", "src/spool.rs"));
/// ```
pub fn claims(entry: &str, path: &str) -> bool {
    let entry = plain(entry);
    let path = plain(path);
    let pattern: Vec<&str> = parts(&entry).collect();
    let names: Vec<&str> = parts(&path).collect();
    if pattern.is_empty() || names.is_empty() {
        return false;
    }
    let ends = (0..names.len()).any(|start| folders_match(&pattern, &names[start..]));
    let longer = entry.starts_with('/') && names.len() > 1 && pattern.ends_with(&names);
    ends || longer
}

/// Lower case, `/` between names, no line number.
fn plain(text: &str) -> String {
    let text = text.trim().replace('\\', "/").to_lowercase();
    match text.rsplit_once(':') {
        Some((path, line)) if !path.is_empty() && line.bytes().all(|b| b.is_ascii_digit() || b == b'-') => {
            path.to_string()
        }
        _ => text,
    }
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !matches!(*part, "" | "."))
}

/// Matches whole paths, name by name; `**` takes any number of names.
fn folders_match(pattern: &[&str], names: &[&str]) -> bool {
    backtrack(pattern, names, |part| *part == "**", |part, name| name_matches(part, name))
}

fn name_matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    backtrack(&pattern, &name, |c| *c == '*', |c, other| *c == '?' || c == other)
}

/// Matches elements one by one, where some take any number; linear in the product of the lengths.
fn backtrack<T>(pattern: &[T], text: &[T], many: impl Fn(&T) -> bool, one: impl Fn(&T, &T) -> bool) -> bool {
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        if pattern.get(p).is_some_and(&many) {
            star = Some((p, t));
            p += 1;
        } else if pattern.get(p).is_some_and(|element| one(element, &text[t])) {
            p += 1;
            t += 1;
        } else if let Some((at, from)) = star {
            p = at + 1;
            t = from + 1;
            star = Some((at, from + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(many)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_claims_what_ends_with_it() {
        for (entry, path) in [
            ("src/pool.rs", "src/pool.rs"),
            ("./src/pool.rs", "src/pool.rs"),
            ("pool.rs", "db/src/pool.rs"),
            ("src\\Pool.rs:12-40", "src/pool.rs"),
            ("src/*.rs", "db/src/pool.rs"),
            ("src/**", "src/a/b.rs"),
            ("**/pool.r?", "src/a/pool.rs"),
            ("/srv/app/src/pool.rs", "src/pool.rs"),
        ] {
            assert!(claims(entry, path), "{entry} {path}");
        }
    }

    #[test]
    fn an_entry_claims_nothing_else() {
        for (entry, path) in [
            ("", "a"),
            ("src/pool.rs", "src/spool.rs"),
            ("src/pool.rs", "src/pool.rs.bak"),
            ("src/pool.rs", "pool.rs"),
            ("src/*.rs", "src/a/pool.rs"),
            ("/srv/app/pool.rs", "lib/pool.rs"),
            ("/srv/app/index.ts", "index.ts/x"),
        ] {
            assert!(!claims(entry, path), "{entry} {path}");
        }
    }

    #[test]
    fn many_stars_end() {
        assert!(!claims(&"*a".repeat(200), &"a".repeat(2000).replace("aa", "ab")));
    }
}
