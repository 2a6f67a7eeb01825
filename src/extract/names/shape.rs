//! The shape of a module's, a class's or a method's name in a line of text: `a::b`, `com.x.Klass`, `Klass#method`, `pkg.mod.call()`.
//!
//! A dotted word is a host, a column or a key of JSON far more often than a name, so it needs a sign of its own: a call,
//! a root of packages, an ending that only classes have, or the word "class" or "module" beside it.

use std::ops::Range;

use crate::case::CodeNameKind;

use super::super::paths::is_file;
use super::words;

/// Longest name, in bytes: a longer run of letters and dots is data.
const NAME_BYTES: usize = 200;

/// How far around a name the rest of its word is looked at, in bytes.
const WORD_BYTES: usize = 300;

/// A name in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NameShape {
    /// The name in the text, without the brackets of a call.
    pub range: Range<usize>,
    /// What it names.
    pub kind: CodeNameKind,
}

/// What joins two parts of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    Colons,
    Dot,
    Backslash,
    Hash,
}

/// A run of identifiers and joints.
struct Run<'a> {
    text: &'a str,
    range: Range<usize>,
    parts: Vec<&'a str>,
    joints: Vec<Joint>,
    /// Whether an opening bracket follows at once.
    called: bool,
    /// Whether it stands in a code span.
    marked: bool,
}

/// Finds the names of a text, in order and apart; `code` are the sorted ranges of its code spans.
pub(super) fn names_in(text: &str, code: &[Range<usize>]) -> Vec<NameShape> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() && bytes[at] != b'_' {
            at += 1;
            continue;
        }
        let run = run(text, at, code);
        at = run.range.end;
        if let Some(kind) = kind_of(&run) {
            found.push(NameShape { range: run.range, kind });
        }
    }
    found
}

/// Reads the run that starts at `start`.
fn run<'a>(text: &'a str, start: usize, code: &[Range<usize>]) -> Run<'a> {
    let bytes = text.as_bytes();
    let part_end = |from: usize| {
        let part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$');
        from + bytes[from..].iter().take_while(part).count()
    };
    let mut end = part_end(start);
    let (mut parts, mut joints) = (vec![&text[start..end]], Vec::new());
    while let Some((joint, len)) = joint(&bytes[end..]) {
        let next = end + len;
        if !bytes.get(next).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_') {
            break;
        }
        end = part_end(next);
        parts.push(&text[next..end]);
        joints.push(joint);
    }
    let after = code.partition_point(|span| span.start <= start);
    let marked = after > 0 && start < code[after - 1].end;
    Run { text, range: start..end, parts, joints, called: bytes.get(end) == Some(&b'('), marked }
}

fn joint(rest: &[u8]) -> Option<(Joint, usize)> {
    match rest {
        [b':', b':', ..] => Some((Joint::Colons, 2)),
        [b'.', ..] => Some((Joint::Dot, 1)),
        [b'\\', ..] => Some((Joint::Backslash, 1)),
        [b'#', ..] => Some((Joint::Hash, 1)),
        _ => None,
    }
}

fn kind_of(run: &Run<'_>) -> Option<CodeNameKind> {
    let (first, last) = (*run.parts.first()?, *run.parts.last()?);
    let starts_as_name = first.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    // What the list of error codes holds is not listed twice.
    let error = ["Exception", "Error"].iter().any(|end| last.ends_with(end));
    if run.joints.is_empty() || run.range.len() > NAME_BYTES || !starts_as_name || error || !stands_alone(run) {
        return None;
    }
    let (joint, earlier) = run.joints.split_last()?;
    let one_of = |allowed: &[Joint]| earlier.iter().all(|joint| allowed.contains(joint));
    let named = match joint {
        Joint::Hash => one_of(&[Joint::Dot, Joint::Colons]) && is_hash_member(run),
        Joint::Backslash => one_of(&[Joint::Backslash]) && is_namespaced(run),
        Joint::Colons => one_of(&[Joint::Colons, Joint::Backslash]) && is_scoped(run),
        Joint::Dot if one_of(&[Joint::Colons]) && !earlier.is_empty() => run.called || is_hump(last),
        Joint::Dot => one_of(&[Joint::Dot]) && is_dotted(run),
    };
    named.then(|| kind(run, *joint))
}

fn kind(run: &Run<'_>, joint: Joint) -> CodeNameKind {
    let (last, owner) = (run.parts[run.parts.len() - 1], run.parts[run.parts.len() - 2]);
    if is_type(last) {
        CodeNameKind::Type
    } else if run.called || joint == Joint::Hash || is_type(owner) {
        CodeNameKind::Function
    } else {
        CodeNameKind::Module
    }
}

/// Whether the run is a word of its own: not the middle of a path, an address, a variable or a version.
fn stands_alone(run: &Run<'_>) -> bool {
    let (before, after) = (&run.text[..run.range.start], &run.text[run.range.end..]);
    let tied = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '/' | '\\' | '@' | '-' | '.' | ':' | '#' | '$' | '%' | '&' | '~' | '+' | '_' | '?')
    };
    // `\App\Models\User` starts at the root of all names.
    let rooted = run.joints[0] == Joint::Backslash
        && before.strip_suffix('\\').is_some_and(|rest| !rest.ends_with(|c: char| tied(c)));
    let mut next = after.chars();
    let continued = match (next.next(), next.next()) {
        (Some('-'), Some('>')) => false,
        (Some('-' | '/' | '@' | '\\' | '%' | '~' | '_' | '$' | '#'), _) => true,
        (Some('.'), Some(c)) => c.is_alphanumeric() || c == '*',
        (Some(c), _) => c.is_alphanumeric(),
        (None, _) => false,
    };
    (rooted || !before.ends_with(tied)) && !continued && !is_in_address(run)
}

/// Whether the word around the run is an address (`https://host/?class=com.x.Y`).
fn is_in_address(run: &Run<'_>) -> bool {
    let mut start = run.range.start.saturating_sub(WORD_BYTES);
    while !run.text.is_char_boundary(start) {
        start += 1;
    }
    let head = run.text[start..run.range.start].rsplit(char::is_whitespace).next().unwrap_or_default();
    head.contains("://") || head.contains("www.") || head.contains('@') || head.contains("mailto:")
}

/// `Klass#method`; an anchor of a page (`Guide#install`) looks alike, so one side has to be written as code is.
fn is_hash_member(run: &Run<'_>) -> bool {
    let [.., owner, member] = run.parts.as_slice() else { return false };
    let as_code = run.marked || run.called || is_hump(owner) || is_hump(member) || member.contains('_');
    is_type(owner)
        && member.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && as_code
        && !words::PRODUCTS.contains(owner)
}

/// `Namespace\Klass`; a folder of Windows and an account (`CORP\Alice`) look alike.
fn is_namespaced(run: &Run<'_>) -> bool {
    let last = run.parts[run.parts.len() - 1];
    run.parts.iter().all(|part| is_type(part))
        && !words::WINDOWS.contains(&run.parts[0])
        && (run.marked || run.called || run.parts.len() > 2 || is_hump(last))
}

/// `a::b`; an address of IPv6, a cast of SQL and a selector of CSS look alike.
fn is_scoped(run: &Run<'_>) -> bool {
    let last = run.parts[run.parts.len() - 1];
    let hex = |part: &str| part.len() <= 4 && part.bytes().all(|b| b.is_ascii_hexdigit());
    let two = run.parts.len() == 2;
    let cast = two && (words::SQL_TYPES.contains(&last.to_ascii_lowercase().as_str()) || is_sql(run.text));
    let selector = two && words::PSEUDO.contains(&last) && !run.called;
    let backslashed = run.joints.contains(&Joint::Backslash);
    let namespace = !backslashed || run.parts[..run.parts.len() - 1].iter().all(|part| is_type(part));
    namespace && run.parts[0] != "AWS" && !run.parts.iter().all(|part| hex(part)) && !cast && !selector
}

fn is_dotted(run: &Run<'_>) -> bool {
    let parts = run.parts.as_slice();
    let [first, .., last] = parts else { return false };
    let ending = last.to_ascii_lowercase();
    let address =
        !run.called && (words::HOST_ENDINGS.contains(&ending.as_str()) || is_file(&run.text[run.range.clone()]));
    let versioned = first.strip_prefix(['v', 'V']).is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    if address || versioned || last.len() < 2 || words::RECEIVERS.contains(first) || words::GLOBALS.contains(first) {
        return false;
    }
    let packaged = words::ROOTS.contains(first)
        && parts.len() > 2
        && parts[1].starts_with(|c: char| c.is_ascii_lowercase())
        && parts[1..].iter().any(|part| is_type(part));
    if packaged {
        return true;
    }
    if is_sql(run.text) {
        return false;
    }
    let owners = &parts[..parts.len() - 1];
    let owner = owners[owners.len() - 1];
    let plain = parts.iter().all(|part| !part.starts_with('_') || part.len() > 1);
    let call = run.called && plain && (is_type(owner) || parts.len() > 2 && owners.iter().all(|part| is_module(part)));
    let classed = is_class_like(last) && parts.len() > 2 || is_class_like(owner) && is_member(last);
    call || classed || is_introduced(run)
}

/// Whether "class", "module" or a word alike stands beside the run.
fn is_introduced(run: &Run<'_>) -> bool {
    let is_word = |word: Option<&str>| {
        let word = word.unwrap_or_default().trim_matches(|c: char| !c.is_alphanumeric());
        words::INTRODUCERS.contains(&word.to_ascii_lowercase().as_str())
    };
    let mut start = run.range.start.saturating_sub(24);
    while !run.text.is_char_boundary(start) {
        start += 1;
    }
    let before = run.text[start..run.range.start].trim_end_matches(' ');
    let mut end = (run.range.end + 24).min(run.text.len());
    while !run.text.is_char_boundary(end) {
        end -= 1;
    }
    let after = &run.text[run.range.end..end];
    let follows = after.starts_with(' ') && is_word(after.split_whitespace().next());
    let leads = is_word(before.rsplit(' ').next()) && !before.ends_with(['.', ',', ';', ')']);
    run.parts.iter().all(|part| part.len() > 1) && (leads || follows)
}

/// A capital first and a small letter somewhere: `Klass`, `Db`, not `API`.
fn is_type(part: &str) -> bool {
    part.len() > 1
        && part.starts_with(|c: char| c.is_ascii_uppercase())
        && part.contains(|c: char| c.is_ascii_lowercase())
        && !part.contains('_')
}

/// A type whose last word only classes have (`TokenService`).
fn is_class_like(part: &str) -> bool {
    is_type(part) && is_hump(part) && words::CLASS_ENDINGS.iter().any(|end| part.ends_with(end))
}

fn is_module(part: &str) -> bool {
    part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn is_member(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
}

/// A capital after a small letter, as identifiers have and words of prose have not.
fn is_hump(part: &str) -> bool {
    part.as_bytes()
        .windows(2)
        .any(|pair| (pair[0].is_ascii_lowercase() || pair[0].is_ascii_digit()) && pair[1].is_ascii_uppercase())
}

/// Whether a line is a statement of SQL, where dots stand before columns and colons before types.
fn is_sql(text: &str) -> bool {
    [
        "SELECT ",
        "INSERT INTO ",
        "UPDATE ",
        "DELETE FROM ",
        " JOIN ",
        " WHERE ",
        "ORDER BY ",
        "CREATE INDEX ",
        "ALTER TABLE ",
    ]
    .iter()
    .any(|verb| text.contains(verb))
}
