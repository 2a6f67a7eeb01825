//! `allowed_signers`, read more strictly than OpenSSH does: what it would skip in silence is an error here.
//!
//! One exact principal a line, `namespaces=` always, each principal and each key once. The file stays valid for plain
//! `ssh-keygen -Y verify`. Source of the format: ssh-keygen(1), "ALLOWED SIGNERS".

use std::collections::BTreeMap;

use ssh_key::PublicKey;

use super::GateFinding;
use super::signature::{KEY_TYPES, fingerprint, is_security_key};

/// A principal with its one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The principal, as statements name it.
    pub principal: String,
    /// Namespaces the key may sign in.
    pub namespaces: Vec<String>,
    /// The key.
    pub key: PublicKey,
    /// `SHA256:…` of the key.
    pub fingerprint: String,
    /// Whether it lives in a security key.
    pub security_key: bool,
}

/// Reads the file; every line that cannot be relied on is a finding.
pub fn parse_signers(file: &str, bytes: &[u8]) -> Result<BTreeMap<String, Signer>, Vec<GateFinding>> {
    let mut signers: BTreeMap<String, Signer> = BTreeMap::new();
    let mut problems = Vec::new();
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(vec![problem(file, None, "it is not valid UTF-8")]);
    };
    if text.starts_with('\u{feff}') {
        problems.push(problem(file, Some(1), "it starts with a byte order mark, which disables its first line"));
    }
    for (number, line) in (1..).zip(text.split('\n')) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.trim_start_matches('\u{feff}').is_empty() || line.starts_with('#') {
            continue;
        }
        match signer(line) {
            Err(message) => problems.push(problem(file, Some(number), message)),
            Ok(found) => {
                if signers.contains_key(&found.principal) {
                    problems.push(problem(file, Some(number), format!("`{}` is listed twice", found.principal)));
                } else if let Some(other) = signers.values().find(|other| other.fingerprint == found.fingerprint) {
                    let message = format!("the key of `{}` is the one of `{}` too", found.principal, other.principal);
                    problems.push(problem(file, Some(number), message));
                } else {
                    signers.insert(found.principal.clone(), found);
                }
            }
        }
    }
    if problems.is_empty() { Ok(signers) } else { Err(problems) }
}

fn problem(file: &str, line: Option<u64>, message: impl Into<String>) -> GateFinding {
    GateFinding { code: "allowed-signers".into(), file: file.into(), line, message: message.into() }
}

/// Reads a line `principal namespaces="…" keytype base64 [comment]`.
fn signer(line: &str) -> Result<Signer, String> {
    let mut words = line.split(' ').filter(|word| !word.is_empty());
    let (principal, options) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if line.contains('\t') || line.starts_with(' ') {
        return Err("it holds a tab or starts with a blank".into());
    }
    check_principal(principal)?;
    let namespaces = namespaces(options)?;
    let (key_type, base64) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if !KEY_TYPES.contains(&key_type) {
        return Err(format!("the key type `{}` is not accepted; use one of {}", shown(key_type), KEY_TYPES.join(", ")));
    }
    let key = PublicKey::from_openssh(&format!("{key_type} {base64}"))
        .map_err(|_| "the key cannot be read; copy the line of the .pub file".to_string())?;
    if key.algorithm().as_str() != key_type {
        return Err("the key is not of the type written before it".into());
    }
    Ok(Signer {
        principal: principal.to_string(),
        namespaces,
        fingerprint: fingerprint(&key),
        security_key: is_security_key(key.key_data()),
        key,
    })
}

/// Exactly one principal, without the patterns that would let one key sign as anybody.
pub(super) fn check_principal(principal: &str) -> Result<(), String> {
    if principal.is_empty() || principal.len() > 200 {
        return Err("a principal has 1 to 200 characters".into());
    }
    if let Some(odd) = principal.chars().find(|c| !(c.is_ascii_alphanumeric() || "@._+-".contains(*c))) {
        return Err(format!(
            "the principal `{}` holds `{}`; a principal is one exact name without patterns or lists",
            shown(principal),
            odd.escape_default()
        ));
    }
    Ok(())
}

fn namespaces(options: &str) -> Result<Vec<String>, String> {
    let missing = "it needs `namespaces=\"casefile-approval-v1\"` after the principal, and no other option";
    let list = options.strip_prefix("namespaces=\"").and_then(|rest| rest.strip_suffix('"')).ok_or(missing)?;
    let names: Vec<String> = list.split(',').map(str::to_string).collect();
    let plain = |name: &String| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '@' | '_'))
    };
    if names.iter().all(plain) { Ok(names) } else { Err("a namespace is one exact name without patterns".into()) }
}

fn shown(text: &str) -> String {
    text.chars().take(60).flat_map(char::escape_default).collect()
}

/// Keys that may no longer sign, as `SHA256:…`.
///
/// The file is a plain list of public keys, which `ssh-keygen -r` reads too. A binary KRL is refused: what cannot be
/// read here must not pass for "nothing is revoked".
pub fn parse_revoked(file: &str, bytes: &[u8]) -> Result<Vec<String>, GateFinding> {
    let refuse = |line, message: &str| GateFinding {
        code: "revoked-keys".into(),
        file: file.into(),
        line,
        message: message.into(),
    };
    if bytes.starts_with(b"SSHKRL") {
        return Err(refuse(None, "a binary KRL is not read here; list the public keys, one a line"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| refuse(None, "it is not valid UTF-8"))?;
    let mut revoked = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let key = PublicKey::from_openssh(line)
            .map_err(|_| refuse(Some(number), "the line is no public key; copy the line of a .pub file"))?;
        revoked.push(fingerprint(&key));
    }
    Ok(revoked)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC7TJHs/TQkHAmnPrp3DbzbEYsdY4+sIzGqRr7jcUbOH";
    const OTHER: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDTi2nb6dQWnHtWbQxBLbIqGCcG9SYVlJzTLMuZ0zqqb";

    fn line(principal: &str, key: &str) -> String {
        format!("{principal} namespaces=\"casefile-approval-v1\" {key} comment\n")
    }

    fn refused(text: &str) -> String {
        let problems = parse_signers("s", text.as_bytes()).unwrap_err();
        assert!(problems.iter().all(|problem| problem.code == "allowed-signers"));
        problems[0].message.clone()
    }

    #[test]
    fn one_line_is_one_principal_with_one_key() {
        let text = format!("# people\n\n{}", line("alice@example.com", KEY));
        let signers = parse_signers("s", text.as_bytes()).unwrap();
        let alice = &signers["alice@example.com"];
        assert_eq!(alice.namespaces, ["casefile-approval-v1"]);
        assert!(alice.fingerprint.starts_with("SHA256:") && !alice.security_key);
    }

    #[test]
    fn patterns_and_lists_of_principals_are_refused() {
        for principal in ["*@example.com", "a?@example.com", "!eve@example.com,*@example.com", "a@x,b@x", "\"a b\""] {
            assert!(refused(&line(principal, KEY)).contains("principal"), "{principal}");
        }
    }

    #[test]
    fn a_principal_or_a_key_twice_is_refused() {
        let twice = line("a@x", KEY) + &line("a@x", OTHER);
        assert!(refused(&twice).contains("twice"));
        let shared = line("a@x", KEY) + &line("b@x", KEY);
        assert!(refused(&shared).contains("too"));
    }

    #[test]
    fn the_namespace_is_mandatory_and_no_other_option_is_known() {
        for options in
            ["", "cert-authority ", "namespaces=\"*\" ", "valid-before=\"20300101\" ", "namespaces=casefile "]
        {
            refused(&format!("a@x {options}{KEY}\n"));
        }
    }

    #[test]
    fn what_ssh_keygen_would_skip_in_silence_is_refused() {
        assert!(refused(&format!("\u{feff}{}", line("a@x", KEY))).contains("byte order mark"));
        for bad in ["just words\n", "a@x namespaces=\"n\" ssh-rsa AAAA\n", "a@x namespaces=\"n\" ssh-ed25519 AAAA\n"] {
            refused(bad);
        }
        refused(&format!("a@x\tnamespaces=\"n\" {KEY}\n"));
    }

    #[test]
    fn windows_line_ends_are_read() {
        let text = line("a@x", KEY).replace('\n', "\r\n");
        assert_eq!(parse_signers("s", text.as_bytes()).unwrap().len(), 1);
    }

    #[test]
    fn revoked_keys_are_a_plain_list() {
        let list = format!("# gone\n{KEY} old laptop\n");
        assert_eq!(parse_revoked("r", list.as_bytes()).unwrap().len(), 1);
        assert_eq!(parse_revoked("r", b"").unwrap(), Vec::<String>::new());
        assert_eq!(parse_revoked("r", b"SSHKRL\n\0").unwrap_err().code, "revoked-keys");
        assert_eq!(parse_revoked("r", b"not a key\n").unwrap_err().line, Some(1));
    }
}
