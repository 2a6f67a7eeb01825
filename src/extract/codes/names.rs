//! Exception classes, errno names and the codes that applications and tools print.

use std::sync::LazyLock;

use crate::case::ErrorCodeKind;
use crate::pattern::{Captures, Pattern};

use super::FoundCode;

/// Names of `errno.h`, those of Winsock and Node.js that are written alike, and the resolver's; sorted.
const ERRNO: &[&str] = &[
    "E2BIG",
    "EACCES",
    "EADDRINUSE",
    "EADDRNOTAVAIL",
    "EAFNOSUPPORT",
    "EAGAIN",
    "EAI_AGAIN",
    "EAI_FAIL",
    "EAI_NODATA",
    "EAI_NONAME",
    "EALREADY",
    "EBADF",
    "EBADMSG",
    "EBUSY",
    "ECANCELED",
    "ECHILD",
    "ECONNABORTED",
    "ECONNREFUSED",
    "ECONNRESET",
    "EDEADLK",
    "EDESTADDRREQ",
    "EDQUOT",
    "EEXIST",
    "EFAULT",
    "EFBIG",
    "EHOSTDOWN",
    "EHOSTUNREACH",
    "EINPROGRESS",
    "EINTR",
    "EINVAL",
    "EIO",
    "EISCONN",
    "EISDIR",
    "ELOOP",
    "EMFILE",
    "EMLINK",
    "EMSGSIZE",
    "ENAMETOOLONG",
    "ENETDOWN",
    "ENETRESET",
    "ENETUNREACH",
    "ENFILE",
    "ENOBUFS",
    "ENODATA",
    "ENODEV",
    "ENOENT",
    "ENOEXEC",
    "ENOLCK",
    "ENOMEM",
    "ENOSPC",
    "ENOSYS",
    "ENOTCONN",
    "ENOTDIR",
    "ENOTEMPTY",
    "ENOTFOUND",
    "ENOTSOCK",
    "ENOTSUP",
    "ENXIO",
    "EOPNOTSUPP",
    "EOVERFLOW",
    "EPERM",
    "EPIPE",
    "EPROTO",
    "EPROTONOSUPPORT",
    "ERANGE",
    "EROFS",
    "ESHUTDOWN",
    "ESRCH",
    "ESTALE",
    "ETIME",
    "ETIMEDOUT",
    "ETXTBSY",
    "EWOULDBLOCK",
    "EXDEV",
];

static CLASS: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?:[A-Za-z_][\w$]*(?:\.|::|\\))*([A-Z][A-Za-z0-9]*(?:Exception|Error))(?:\b|\$)"));

static ERRNO_WORD: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\bE[A-Z0-9_]{2,}\b"));

/// Codes of databases, compilers and systems by their fixed shapes, and names of capitals that end in a word of failure.
static APP: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:(?:ORA|PLS|TNS)-\d{5}|(?:MY|KB)-?\d{6}|TS\d{4,5}|CS\d{4}|LNK\d{4}|E0\d{3}|PG::[A-Z]\w+|SIG(?:SEGV|ABRT|BUS|ILL|FPE)",
        r"|(?:ERR|NS_ERROR|ERROR|NT_STATUS|STATUS)_[A-Z0-9_]{3,}",
        r"|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:ERROR|ERR|FAILED|FAILURE|EXCEEDED|DENIED|EXPIRED|CONFLICT|UNAVAILABLE|NOT_FOUND|REFUSED|EXHAUSTED",
        r"|VIOLATION|MISMATCH|UNAUTHORIZED|FORBIDDEN|ABORTED|REJECTED|UNREACHABLE))\b"
    ))
});

static SQLSTATE: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r#"(?i)\bsqlstate\b["']?[\s:=(\[]{0,3}["']?([0-9A-Za-z]{5})\b"#));

/// A name of capitals that stands as the value of an error (`Error: LEASE_LOST: …`).
static NAMED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r#"\b(?i:error|error[_ ]?code|err|exception|reason)["']?\s*[:=]\s*["'`(\[]{0,2}([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b"#,
    )
});

static WINDOWS: LazyLock<Pattern> = LazyLock::new(|| pattern(r"\b0x[8C][0-9A-Fa-f]{7}\b"));

/// Methods and callbacks that end like a class (`OnError`), and words that are none.
const NOT_CLASSES: &[&str] = &[
    "AddError",
    "AsError",
    "CheckError",
    "ClearError",
    "GetError",
    "GetException",
    "GetLastError",
    "HandleError",
    "HandleException",
    "HasError",
    "IgnoreError",
    "IsError",
    "LastError",
    "LogError",
    "LogException",
    "NewError",
    "NoError",
    "OnError",
    "OnException",
    "PrintError",
    "RaiseError",
    "RaiseException",
    "ReportError",
    "SetError",
    "SetLastError",
    "ShowError",
    "ThrowError",
    "ThrowException",
    "ToError",
    "UnwrapError",
    "WithError",
    "WrapError",
];

/// Finds the names of a line; places may overlap, the caller keeps the first.
pub(super) fn names_in(line: &str) -> Vec<FoundCode<'_>> {
    let mut found = Vec::new();
    if line.contains("Exception") || line.contains("Error") {
        found.extend(CLASS.captures_iter(line).filter_map(|captures| class(line, &captures)));
    }
    let errno = ERRNO_WORD.find_iter(line).filter(|word| ERRNO.binary_search(&word.as_str()).is_ok());
    found.extend(errno.map(|word| code(word, ErrorCodeKind::Errno)));
    found.extend(
        APP.find_iter(line).filter(|word| !is_assigned(line, word.end())).map(|word| code(word, ErrorCodeKind::App)),
    );
    found.extend(
        SQLSTATE.captures_iter(line).filter_map(|captures| captures.get(1)).map(|word| code(word, ErrorCodeKind::App)),
    );
    found.extend(
        NAMED.captures_iter(line).filter_map(|captures| captures.get(1)).map(|word| code(word, ErrorCodeKind::App)),
    );
    found.extend(WINDOWS.find_iter(line).map(|word| code(word, ErrorCodeKind::App)));
    found
}

fn class<'a>(line: &'a str, captures: &Captures<'a>) -> Option<FoundCode<'a>> {
    let (whole, name) = (captures.get(0)?, captures.get(1)?);
    let simple = name.as_str();
    let stem = simple.strip_suffix("Exception").or_else(|| simple.strip_suffix("Error"))?;
    let preceded = line[..whole.start()].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | '@'));
    if stem.is_empty() || preceded || NOT_CLASSES.binary_search(&simple).is_ok() {
        return None;
    }
    // `FooError.java`, `FooError.wrap(…)` and `FooError.<init>` name files and members, `foo/FooError` a path.
    let mut after = line[name.end()..].chars();
    if after.next() == Some('.') && after.next().is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '<')) {
        return None;
    }
    let qualified = &line[whole.start()..name.end()];
    let qualified = (qualified.len() > simple.len()).then_some(qualified.trim_start_matches('\\'));
    Some(FoundCode { range: whole.start()..name.end(), code: simple, qualified, kind: ErrorCodeKind::Exception })
}

fn code<'a>(word: crate::pattern::Match<'a>, kind: ErrorCodeKind) -> FoundCode<'a> {
    FoundCode { range: word.range(), code: word.as_str(), qualified: None, kind }
}

/// Whether a name is the left side of a setting (`MAX_CONNECTIONS_EXCEEDED=10`), which is no code that occurred.
fn is_assigned(line: &str, end: usize) -> bool {
    let rest = line[end..].trim_start();
    rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>")
}

fn pattern(text: &str) -> Pattern {
    Pattern::new(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(line: &str) -> Vec<&str> {
        names_in(line).into_iter().map(|found| found.code).collect()
    }

    #[test]
    fn classes_are_found_qualified_or_not() {
        for line in
            ["KeyError: 'id'", "raise KeyError", "lib.KeyError: x", "Lib::KeyError", "(KeyError)", "lib.KeyError. Then"]
        {
            assert_eq!(names(line), ["KeyError"], "{line}");
        }
    }

    #[test]
    fn headings_prose_files_and_methods_are_no_classes() {
        for line in [
            "Error Messages",
            "Error: no",
            "Exceptions",
            "FooError.java:3",
            "client.OnError(x)",
            "FooException.<init>",
            "src/FooError",
        ] {
            assert_eq!(names(line), Vec::<&str>::new(), "{line}");
        }
    }

    #[test]
    fn only_real_errno_names_count() {
        assert_eq!(names("ENOSPC and EVERYTHING, EXAMPLE, ECONNRESET"), ["ENOSPC", "ECONNRESET"]);
    }

    #[test]
    fn codes_of_applications_have_a_shape() {
        assert_eq!(
            names("ORA-00060 QUOTA_ERROR SQLSTATE 40P01 E0277 ERR_TIMEOUT"),
            ["ORA-00060", "QUOTA_ERROR", "E0277", "ERR_TIMEOUT", "40P01"]
        );
        assert_eq!(names("Error: LEASE_LOST: gone"), ["LEASE_LOST"]);
        assert!(names("ABC-123 PAGE_SIZE DB_QUOTA_EXCEEDED=5 CrashLoopBackOff").is_empty());
    }

    #[test]
    fn tables_that_are_searched_are_sorted() {
        assert!(ERRNO.is_sorted() && NOT_CLASSES.is_sorted());
    }
}
