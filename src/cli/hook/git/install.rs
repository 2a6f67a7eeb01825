//! Writes `pre-commit` and `pre-push`; a hook of another origin is never lost.

use std::fs;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::process;
use crate::cli::error::CliError;
use crate::cli::output;

/// Our hooks: git's name.
const HOOKS: [&str; 2] = ["pre-commit", "pre-push"];

/// The line by which a hook of ours is known.
const MARK: &str = "# written by `casefile hook install git`; run it again to bring it up to date";

/// Installs the hooks of the repository around the working folder.
pub(in super::super) fn install(force: bool) -> Result<u8, CliError> {
    let common = process::line(&["rev-parse", "--path-format=absolute", "--git-common-dir"])
        .map_err(|_| CliError::input("the working folder is in no git repository"))?;
    let folder = Utf8PathBuf::from(common).join("hooks");
    fs::create_dir_all(&folder).map_err(|error| CliError::input(format!("cannot make {folder}: {error}")))?;
    for name in HOOKS {
        if let Some(error) = foreign(&folder, name).filter(|_| !force) {
            return Err(error);
        }
    }
    let mut told = String::new();
    for name in HOOKS {
        let path = folder.join(name);
        if foreign(&folder, name).is_some() {
            let aside = put_aside(&path)?;
            told.push_str(&format!("kept the hook that was there as {aside}; it no longer runs\n"));
        }
        write(&path, &script(name)).map_err(|error| CliError::input(format!("cannot write {path}: {error}")))?;
        told.push_str(&format!("wrote {path}\n"));
    }
    if let Some(elsewhere) = configured_elsewhere() {
        output::warning(&format!(
            "core.hooksPath is `{elsewhere}`, so git runs the hooks there and not these; call `casefile hook git \
             pre-commit` and `casefile hook git pre-push` from them"
        ));
    }
    told.push_str("`--no-verify` skips hooks: the job on the protected branch decides (examples/ci)\n");
    output::result(&told)?;
    Ok(0)
}

fn script(name: &str) -> String {
    format!("#!/bin/sh\n{MARK}\nexec casefile hook git {name} \"$@\"\n")
}

/// The error for a hook that is not ours; `None` where there is none.
fn foreign(folder: &Utf8Path, name: &str) -> Option<CliError> {
    let path = folder.join(name);
    if fs::symlink_metadata(&path).is_err() {
        return None;
    }
    let own = fs::read_to_string(&path).is_ok_and(|text| text.lines().any(|line| line == MARK));
    (!own).then(|| {
        CliError::input(format!("{path} is a hook of another origin; it is left as it is"))
            .hint(format!("add this line to it: casefile hook git {name} \"$@\" || exit $?"))
            .hint("or run `casefile hook install git --force`, which keeps it beside under another name")
    })
}

/// Renames a hook to a name that is free.
fn put_aside(path: &Utf8Path) -> Result<Utf8PathBuf, CliError> {
    let names = (1..).map(|number| Utf8PathBuf::from(format!("{path}.before-casefile-{number}")));
    let Some(free) = names.take(1000).find(|name| fs::symlink_metadata(name).is_err()) else {
        return Err(CliError::input(format!("{path} cannot be put aside: every name for it is taken")));
    };
    fs::rename(path, &free).map_err(|error| CliError::input(format!("cannot rename {path}: {error}")))?;
    Ok(free)
}

fn write(path: &Utf8Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Utf8Path::new("."));
    let file = tempfile::NamedTempFile::new_in(folder)?;
    fs::write(file.path(), text)?;
    executable(file.path())?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(unix)]
fn executable(path: &std::path::Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn executable(_: &std::path::Path) -> io::Result<()> {
    Ok(())
}

/// The folder that git takes hooks from in place of its own; asked with the user's configuration, unlike all else.
fn configured_elsewhere() -> Option<String> {
    let output = std::process::Command::new("git").args(["config", "--get", "core.hooksPath"]).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_string();
    (output.status.success() && !text.is_empty()).then_some(text)
}
