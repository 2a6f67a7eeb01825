//! C and C++ traces: gdb, lldb, the sanitizers, glibc, Valgrind, WinDbg and the kernel.

use std::sync::LazyLock;

use super::head::head_of;
use super::recognizer::{
    Certainty, Found, Head, HeadPlace, Libraries, LineKind, NUMBERS, Needle, Recognizer, frame_of, needle, pattern,
};
use super::segment::Segment;
use crate::case::TraceLanguage;
use crate::pattern::Pattern;

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    language: TraceLanguage::Cpp,
    needles: &[
        &NUMBERS,
        &[
            needle("at 0x"),
            needle("by 0x"),
            needle("[0x"),
            Needle {
                text: "runtime error: ",
                plausible: |before, _| before.iter().rev().take(12).any(u8::is_ascii_digit),
            },
            Needle {
                text: "# ",
                plausible: |before, _| !before.is_empty() && before.trim_ascii_start().iter().all(u8::is_ascii_digit),
            },
            Needle { text: "frame #", plausible: |_, after| after.first().is_some_and(u8::is_ascii_digit) },
            needle("+0x"),
        ],
    ],
    frame,
    line,
    head: HeadPlace::Above,
    patience: 0,
};

const LIBRARIES: Libraries = Libraries {
    functions: &[
        "__",
        "_start",
        "_IO_",
        "std::",
        "raise",
        "abort",
        "malloc",
        "free",
        "calloc",
        "realloc",
        "operator new",
        "operator delete",
        "pthread_",
        "clone",
        "start_thread",
        "gsignal",
        "memcpy",
        "strlen",
        "boost::",
        "tcmalloc",
        "je_",
        "g_",
        "gtk_",
        "testing::",
        "poll",
        "epoll_wait",
        "select",
        "syscall",
        "do_syscall",
        "entry_SYSCALL",
        "ntdll!",
        "KERNEL",
        "kernel32",
        "ucrtbase",
        "RtlUser",
        "BaseThreadInit",
        "Qt",
        "decltype",
        "void std::",
        "_dl_",
        "nptl",
        "asan_",
        "??",
        "(below main)",
    ],
    files: &[
        "/usr/include/",
        "/usr/lib",
        "^/lib/",
        "/lib64/",
        "/lib/x86_64",
        "/sysdeps/",
        "../sysdeps",
        "/glibc",
        "pthread_",
        "libc.so",
        "libpthread",
        "libstdc++",
        "libc++",
        "compiler-rt",
        "/nptl/",
        "/csu/",
        "gtest",
        "^nptl/",
        "libasan",
        "libtsan",
        "sanitizer_common",
        "^../csu",
        "ld-linux",
        "^dl-",
        "^libc-start",
        "allocatestack.c",
        "vg_replace_malloc",
        "libthr",
        "libnspr",
        "/bits/",
    ],
};

const SOURCE: &str = r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:()]+):(?P<line>\d+)(?::\d+)?";

static PATTERNS: LazyLock<Vec<(Certainty, Pattern)>> = LazyLock::new(|| {
    [
        // gdb, with or without the address
        (Certainty::Likely, format!(r"^#(?P<number>\d+)\s+(?:0x[0-9a-f]+ in )?(?P<func>\S.*?) ?\(.*\)\s*(?:at {SOURCE}|from (?P<module>\S+))$")),
        // a frame without its place
        (Certainty::Likely, r"^#(?P<number>\d+)\s+0x[0-9a-f]+ in (?P<func>\S.*?)? ?\((?:[^()]|\([^()]*\))*\)(?: at (?P<module>/\S+))?$".to_owned()),
        // AddressSanitizer and its relatives
        (Certainty::Likely, format!(r"^#(?P<number>\d+) 0x[0-9a-f]+ in (?P<func>.+?) (?:{SOURCE}|\((?P<module>[^()]+\+0x[0-9a-f]+)\).*)$")),
        (Certainty::Likely, r"^#(?P<number>\d+) 0x[0-9a-f]+\s+\((?P<module>[^()]+\+0x[0-9a-f]+)\)".to_owned()),
        // ThreadSanitizer
        (Certainty::Likely, format!(r"^#(?P<number>\d+) (?P<func>[^\s].*?) (?:{SOURCE}|<null>) \([^()]+\+0x[0-9a-f]+\).*$")),
        // lldb
        (Certainty::Likely, format!(r"^(?:\* )?frame #(?P<number>\d+): 0x[0-9a-f]+ [^`\s]+`(?P<func>.+?)(?: \+ \d+)?(?: at {SOURCE})?$")),
        // Valgrind
        (Certainty::Likely, format!(r"^(?:at|by) 0x[0-9A-F]+: (?P<func>.+?) \((?:{SOURCE}|in (?P<module>[^()]+))\)$")),
        // boost::stacktrace
        (Certainty::Likely, format!(r"^(?P<number>\d+)# (?P<func>.+?)(?: at {SOURCE}| in (?P<module>\S+))$")),
        // WinDbg
        (Certainty::Likely, r"^(?:[0-9a-f]{2} )?(?:[0-9a-f`]{8,17} ){0,3}(?P<func>[\w.]+![^\s+\[]+(?:<[^\[]*>)?)\+0x[0-9a-f]+(?: \[(?P<file>[^\]@]+?) @ (?P<line>\d+)\])?$".to_owned()),
        // glibc's backtrace_symbols
        (Certainty::Likely, r"^(?P<module>[^\s()]+)\((?P<func>[^\s()+]*)(?:\+0x[0-9a-f]+)?\) ?\[0x[0-9a-f]+\]$".to_owned()),
        // the kernel
        (Certainty::Likely, r"^(?:\[<[0-9a-f]+>\] )?\??\s?(?P<func>[A-Za-z_][\w.]*)\+0x[0-9a-f]+/0x[0-9a-f]+(?: \[\w+\])?$".to_owned()),
        (Certainty::Weak, r"^#(?P<number>\d+)\s+(?:0x[0-9a-f]+ )?(?:in )?(?P<func>[\w:~<>, *&]+?) ?\(.*\)$".to_owned()),
        (Certainty::Weak, r"^\[0x[0-9a-f]+\]$".to_owned()),
    ]
    .into_iter()
    .map(|(certainty, text)| (certainty, pattern(&text)))
    .collect()
});

fn frame(segments: &[Segment<'_>]) -> Option<Found> {
    let segment = segments.first()?;
    if let Some(found) = undefined_behaviour(segment) {
        return Some(found);
    }
    PATTERNS.iter().find_map(|(certainty, pattern)| {
        let captures = pattern.captures(segment.text)?;
        let mut frame = frame_of(segment, &captures, &LIBRARIES);
        let module = captures.name("module").map(|m| m.as_str());
        frame.in_app &= LIBRARIES.in_app(None, module) && (frame.function.is_some() || frame.file.is_some());
        if let Some(function) = &mut frame.function {
            let name =
                segment.text.get(function.start - segment.start..function.end - segment.start).unwrap_or_default();
            function.end = function.start + symbol_len(name);
        }
        let number = captures.name("number").and_then(|m| m.as_str().parse().ok());
        Some(Found::one(*certainty, frame).numbered(number))
    })
}

/// Length of a symbol without the parameters a demangler prints behind it.
fn symbol_len(name: &str) -> usize {
    const OPERATOR: &str = "operator()";
    const UNNAMED: &str = "(anonymous namespace)";
    let mut from = 0;
    loop {
        let Some(paren) = name[from..].find('(').map(|at| from + at) else { return name.len() };
        if name[paren..].starts_with(UNNAMED) {
            from = paren + UNNAMED.len();
        } else if name[..paren].ends_with("operator") && name[paren..].starts_with("()") {
            from = paren + OPERATOR.len() - "operator".len();
        } else {
            return if paren == 0 { name.len() } else { name[..paren].trim_end().len() };
        }
    }
}

static UNDEFINED: LazyLock<Pattern> =
    LazyLock::new(|| pattern(&format!(r"^{SOURCE}: (?P<ex>runtime error): (?P<msg>.+)$")));

/// A report of UndefinedBehaviorSanitizer: head and place on one line.
fn undefined_behaviour(segment: &Segment<'_>) -> Option<Found> {
    let captures = UNDEFINED.captures(segment.text)?;
    let mut frame = frame_of(segment, &captures, &LIBRARIES);
    let head = head_of(segment, &captures, true)?;
    frame.range.end = head.exception.as_ref().map_or(frame.range.end, |exception| exception.start.saturating_sub(2));
    Some(Found::one(Certainty::Certain, frame).headed(Some(head)))
}

static OPENS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r#"^(?:Thread \d+ \(.*\):?|\(gdb\) (?:bt|backtrace|where|thread apply).*|\[Switching to|freed by thread|previously allocated by|\* thread #\d+"#,
        r"|(?:Previous )?(?:[Ww]rite|[Rr]ead|atomic \w+) of size \d+ at 0x[0-9a-f]+ by|(?:Direct|Indirect) leak of|Call Trace:|Address 0x[0-9A-F]+ is |allocated by thread",
        r"|(?:Mutex|Thread) T?\d* ?\(.*\) created|======= Backtrace: =+|RetAddr)"
    ))
});
static BETWEEN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:\.\.\.|…|#\d+\s+<signal handler called>|(?:READ|WRITE|SUMMARY|HINT|Hint)\b|The signal is caused|[\w*]+ = |No locals|<TASK>|</TASK>|RIP: |Call Trace:|--Type <RET>|0x[0-9a-f]+ in |at \S+\.S:\d+",
        r"|={5,}|Program terminated|\(More stack frames follow|warning: |Using host|\[\w+\] \[0x|what\(\):)"
    ))
});
static NAMES: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:(?:ERROR|WARNING): (?:Address|Thread|Leak|Memory|HWAddress)Sanitizer:? (?P<ex>(?:[a-z]+(?:-[a-z]+)+|SEGV|ABRT|FPE|BUS|data race)\b)?\s*(?P<msg>.*)$|received signal (?P<ex5>SIG[A-Z]+), (?P<text>.+?)\.?$",
        r"|Program terminated with signal (?P<ex2>SIG[A-Z]+), (?P<text2>.+?)\.?$|terminate called after throwing an instance of '(?P<ex3>[^']+)'",
        r"|(?:^|\s)(?P<msg4>Segmentation fault(?: \(core dumped\))?|Aborted(?: \(core dumped\))?)$|(?P<msg5>Assertion [`'].*' failed)\.?$",
        r"|(?:\*\*\* )?(?P<msg6>(?:double free|stack smashing|corrupted|invalid pointer|free\(\): ).*?)(?: \*\*\*.*)?$|(?P<msg7>Invalid (?:read|write) of size \d+)|BUG: (?P<msg8>.+)$",
        r"|caught signal (?P<ex4>SIG[A-Z]+))"
    ))
});

fn line(segment: &Segment<'_>) -> LineKind {
    if let Some(captures) = NAMES.captures(segment.text) {
        let pick = |names: &[&str]| {
            names.iter().find_map(|name| captures.name(name)).filter(|m| !m.is_empty()).map(|m| segment.at(m.range()))
        };
        return LineKind::Names(Head {
            exception: pick(&["ex", "ex2", "ex3", "ex4", "ex5"]),
            message: pick(&["msg", "text", "text2", "msg4", "msg5", "msg6", "msg7", "msg8"]),
            range: segment.range(),
            whole: true,
        });
    }
    if OPENS.is_match(segment.text) {
        return LineKind::Opens(None);
    }
    if BETWEEN.is_match(segment.text) { LineKind::Between } else { LineKind::Other }
}
