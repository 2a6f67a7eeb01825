//! Tables of command names, and the search for protected names in text that cannot be taken apart.

use std::sync::LazyLock;

use regex::Regex;

/// Commands that run the command among their arguments.
pub(super) const WRAPPERS: &[&str] = &[
    "sudo",
    "doas",
    "env",
    "command",
    "builtin",
    "exec",
    "nohup",
    "nice",
    "ionice",
    "time",
    "timeout",
    "gtimeout",
    "stdbuf",
    "setsid",
    "xargs",
    "watch",
    "parallel",
    "chroot",
    "unshare",
    "flock",
    "strace",
    "ltrace",
    "caffeinate",
    "npx",
    "pnpm",
    "yarn",
    "bunx",
    "uv",
    "uvx",
    "poetry",
    "mise",
    "direnv",
    "busybox",
    "winpty",
    "script",
    "su",
    "entr",
    "find",
    "fd",
    "chronic",
    "trap",
    "coproc",
    "docker",
    "podman",
    "kubectl",
    "screen",
    "tmux",
    "unbuffer",
    "socat",
    "ssh",
];

/// Shells: a script after `-c`, or on standard input.
pub(super) const SHELLS: &[&str] = &["bash", "sh", "zsh", "dash", "ksh", "ash", "fish", "mksh"];

/// PowerShell and the Windows command line.
pub(super) const POWERSHELLS: &[&str] = &["powershell", "pwsh", "cmd"];

/// Programs that run a script given on the command line.
pub(super) const INTERPRETERS: &[&str] = &[
    "python",
    "python2",
    "python3",
    "pypy",
    "pypy3",
    "node",
    "nodejs",
    "deno",
    "bun",
    "perl",
    "ruby",
    "php",
    "lua",
    "luajit",
    "osascript",
    "tclsh",
    "julia",
    "rscript",
    "awk",
    "gawk",
    "mawk",
    "nawk",
    "expect",
    "groovy",
    "scala",
    "ex",
    "vi",
    "vim",
    "nvim",
    "emacs",
    "ed",
    "sqlite3",
    "jshell",
    "at",
    "batch",
    "crontab",
];

/// Commands that write to or change each path among their arguments.
pub(super) const WRITERS: &[&str] = &[
    "tee",
    "touch",
    "truncate",
    "chmod",
    "chown",
    "chgrp",
    "mkdir",
    "mkfifo",
    "mknod",
    "patch",
    "setfacl",
    "chattr",
    "attrib",
    "icacls",
    "sponge",
    "set-content",
    "add-content",
    "out-file",
    "new-item",
    "clear-content",
    "sc",
    "ac",
    "ni",
    "tee-object",
    "set-itemproperty",
    "set-acl",
];

/// Commands that remove each path among their arguments.
pub(super) const REMOVERS: &[&str] =
    &["rm", "rmdir", "unlink", "shred", "srm", "trash", "del", "erase", "rd", "remove-item", "ri", "rimraf"];

/// Commands that move: every path among their arguments goes away or comes to be.
pub(super) const MOVERS: &[&str] = &["mv", "move", "move-item", "mi", "rename", "ren", "rename-item", "rni", "gmv"];

/// Commands whose last argument, or whose `-t` option, is where they write.
pub(super) const COPIERS: &[&str] =
    &["cp", "gcp", "install", "rsync", "scp", "copy", "copy-item", "cpi", "xcopy", "robocopy", "ditto"];

/// Commands that make a second name for a path.
pub(super) const LINKERS: &[&str] = &["ln", "gln", "link", "mklink", "mount"];

/// Words of the shell's own grammar before a command.
pub(super) const KEYWORDS: &[&str] = &[
    "if", "then", "elif", "else", "fi", "do", "done", "while", "until", "!", "{", "}", "esac", "case", "in", "function",
];

/// Verbs of `casefile gate` that only look, or ask for a decision.
pub(super) const HARMLESS_VERBS: &[&str] = &["check", "status", "request", "review", "log", "doctor", "help"];

/// Verbs of `casefile gate` that decide or change what decides.
pub(super) const DECIDING_VERBS: &[&str] = &[
    "approve",
    "revise",
    "clarify",
    "hold",
    "cancel",
    "withdraw",
    "break-glass",
    "sync",
    "import",
    "init",
    "reject",
    "request-changes",
    "question",
];

static PROTECTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\.casefile\b|\bapprovals[/'\x22]|\.claude/settings|\.cursor/hooks|\.git/(?:hooks|config)\b|workflows/casefile",
    )
});

static COMMANDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?is)\bssh-keygen\b.*-Y.{0,8}sign|\bssh-add\b|\bcore\.hookspath\b|--no-verify|\bcasefile\b.{0,40}\bgate\b.{0,8}\b(?:approve|revise|clarify|hold|cancel|withdraw|break-glass|sync|import|init|reject|request-changes|question)\b",
    )
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is constant and valid")
}

/// Whether text that cannot be taken apart names a protected place or a forbidden command.
pub(in super::super) fn mentions(text: &str) -> bool {
    let unquoted: String = text.replace('\\', "/");
    PROTECTED.is_match(&unquoted) || COMMANDS.is_match(text)
}
