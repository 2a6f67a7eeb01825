//! Signing by `ssh-keygen`: agents, security keys and passphrases work, and no private key is ever read here.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use camino::Utf8Path;

use crate::cli::error::CliError;
use crate::gate::{Signer, verify};

/// Signs through standard input (`ssh-keygen` would keep an old `.sig` beside a file), then verifies here and with
/// `ssh-keygen`: only a signature that both accept is used.
pub fn sign(bytes: &[u8], namespace: &str, key: &Utf8Path, signer: &Signer) -> Result<Vec<u8>, CliError> {
    let armor = keygen(&["-Y", "sign", "-f", key.as_str(), "-n", namespace], bytes)?;
    verify(bytes, &armor, namespace, &signer.key).map_err(|error| {
        CliError::input(format!("{key} made a signature that does not hold: {error}")).hint(format!(
            "the key must be the one allowed_signers names for {}: {}",
            signer.principal, signer.fingerprint
        ))
    })?;
    confirmed(bytes, &armor, namespace, signer)?;
    Ok(armor)
}

/// Asks `ssh-keygen -Y verify` about a signature.
pub fn confirmed(bytes: &[u8], armor: &[u8], namespace: &str, signer: &Signer) -> Result<(), CliError> {
    let failed = |error: std::io::Error| CliError::input(format!("cannot verify with ssh-keygen: {error}"));
    let folder = tempfile::tempdir().map_err(failed)?;
    let (allowed, signature) = (folder.path().join("allowed"), folder.path().join("sig"));
    let key = signer.key.to_openssh().map_err(|error| CliError::internal(error.to_string()))?;
    fs::write(&allowed, format!("{} namespaces=\"{namespace}\" {key}\n", signer.principal)).map_err(failed)?;
    fs::write(&signature, armor).map_err(failed)?;
    let (allowed, signature) = (allowed.to_string_lossy().into_owned(), signature.to_string_lossy().into_owned());
    let arguments = ["-Y", "verify", "-f", &allowed, "-I", &signer.principal, "-n", namespace, "-s", &signature];
    keygen(&arguments, bytes).map(drop)
}

fn keygen(arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, CliError> {
    let failed = |error: std::io::Error| {
        CliError::input(format!("cannot run ssh-keygen: {error}")).hint("it is part of OpenSSH 8.2 and later")
    };
    // Standard error is left to the terminal: that is where it asks for a passphrase or a touch.
    let mut child = Command::new("ssh-keygen")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input).map_err(failed)?;
    }
    let output = child.wait_with_output().map_err(failed)?;
    if output.status.success() && (arguments.contains(&"verify") || !output.stdout.is_empty()) {
        return Ok(output.stdout);
    }
    Err(CliError::input(format!("ssh-keygen {} did not succeed", arguments[..2].join(" ")))
        .hint("nothing was recorded"))
}
