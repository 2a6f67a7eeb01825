//! Detached SSH signatures over statements: strict armor, known key types, one namespace, the key that was allowed.
//!
//! Sources: OpenSSH's PROTOCOL.sshsig and PROTOCOL.u2f. The armor is stricter than both `ssh-keygen` and the library read
//! it (which differ in leading text, line ends and trailing bytes), so that both always agree on what passes here.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::bytes::Regex;
use ssh_key::public::KeyData;
use ssh_key::{HashAlg, PublicKey, SshSig};

/// Namespace of every decision but an emergency opening.
pub const NAMESPACE_APPROVAL: &str = "casefile-approval-v1";
/// Namespace of an emergency opening.
pub const NAMESPACE_BREAK_GLASS: &str = "casefile-breakglass-v1";

/// Key types that may sign.
pub const KEY_TYPES: [&str; 4] =
    ["ssh-ed25519", "ecdsa-sha2-nistp256", "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"];

/// Flags and counter at the end of a security key's signature, in bytes.
const TRAILER: usize = 5;

/// Largest signature file, in bytes.
pub const SIGNATURE_BYTES: u64 = 16 << 10;

static ARMOR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\A-----BEGIN SSH SIGNATURE-----\n(?P<body>(?:[A-Za-z0-9+/=]{1,76}\n)+)-----END SSH SIGNATURE-----\n\z")
        .expect("the pattern is constant and valid")
});

/// A signature that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// `SHA256:…` of the key.
    pub fingerprint: String,
    /// One of [`KEY_TYPES`].
    pub key_type: String,
    /// Whether a security key says that somebody touched it.
    pub touched: bool,
    /// Whether a security key says that it knew who.
    pub user_verified: bool,
}

/// Why a signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The file is not exactly one armored signature.
    #[error("the file must be one armored SSH signature with LF line ends and nothing before or after it")]
    Armor,
    /// The type of the key is not accepted.
    #[error("the key type is not accepted; ed25519, ecdsa-p256 and their security-key forms are")]
    KeyType,
    /// It was made for another purpose.
    #[error("the signature was made in another namespace")]
    Namespace,
    /// The key is not the one allowed for the principal.
    #[error("the key is not the one that allowed_signers names for this principal")]
    Key,
    /// A security key signed without a touch.
    #[error("the security key says that nobody touched it")]
    Untouched,
    /// The bytes were changed, or it is a signature of other bytes.
    #[error("the signature does not fit the statement")]
    Mismatch,
}

impl SignatureError {
    /// Stable kebab-case code.
    pub fn code(self) -> &'static str {
        match self {
            SignatureError::Armor => "signature-armor",
            SignatureError::KeyType => "unsupported-key-type",
            SignatureError::Namespace => "signature-namespace",
            SignatureError::Key => "signature-key",
            SignatureError::Untouched => "signature-without-touch",
            SignatureError::Mismatch => "signature-mismatch",
        }
    }
}

/// Checks that `armor` is a signature of `statement` in `namespace` by exactly `key`.
pub fn verify(statement: &[u8], armor: &[u8], namespace: &str, key: &PublicKey) -> Result<Verified, SignatureError> {
    let blob = blob_of(armor)?;
    let key_type = key_type_of(&blob).ok_or(SignatureError::Armor)?;
    if !KEY_TYPES.contains(&key_type.as_str()) {
        return Err(SignatureError::KeyType);
    }
    let signature = SshSig::from_pem(armor).map_err(|_| SignatureError::Armor)?;
    if signature.version() != SshSig::VERSION || !signature.reserved().is_empty() {
        return Err(SignatureError::Armor);
    }
    // What is read must be what was written: no two blobs for one signature.
    if encoded(&signature).is_none_or(|again| again != blob) {
        return Err(SignatureError::Armor);
    }
    if signature.algorithm().as_str() != key_type {
        return Err(SignatureError::KeyType);
    }
    if signature.namespace() != namespace {
        return Err(SignatureError::Namespace);
    }
    if signature.public_key() != key.key_data() {
        return Err(SignatureError::Key);
    }
    let (touched, user_verified) = presence(&signature);
    if is_security_key(key.key_data()) && !touched {
        return Err(SignatureError::Untouched);
    }
    key.verify(namespace, statement, &signature).map_err(|_| SignatureError::Mismatch)?;
    Ok(Verified { fingerprint: fingerprint(key), key_type, touched, user_verified })
}

/// `SHA256:…`, as `ssh-keygen -l` prints it.
pub fn fingerprint(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

/// Whether the key lives in a security key that asks for a touch.
pub fn is_security_key(key: &KeyData) -> bool {
    matches!(key, KeyData::SkEd25519(_) | KeyData::SkEcdsaSha2NistP256(_))
}

fn blob_of(armor: &[u8]) -> Result<Vec<u8>, SignatureError> {
    let body = &ARMOR.captures(armor).ok_or(SignatureError::Armor)?["body"];
    let base64: Vec<u8> = body.iter().copied().filter(|byte| *byte != b'\n').collect();
    STANDARD.decode(base64).map_err(|_| SignatureError::Armor)
}

/// Writes a signature again. The library cannot: it misplaces flags and counter of a security key's ECDSA signature.
fn encoded(signature: &SshSig) -> Option<Vec<u8>> {
    let key = PublicKey::from(signature.public_key().clone()).to_bytes().ok()?;
    let raw = signature.signature_bytes();
    let trailer = if is_security_key(signature.public_key()) { TRAILER } else { 0 };
    let (made, flags_and_counter) = raw.split_at_checked(raw.len().checked_sub(trailer)?)?;
    let mut inner = Vec::new();
    put_string(&mut inner, signature.algorithm().as_str().as_bytes())?;
    put_string(&mut inner, made)?;
    inner.extend(flags_and_counter);
    let mut blob = [&b"SSHSIG"[..], &signature.version().to_be_bytes()].concat();
    let hash = signature.hash_alg();
    for field in [&key[..], signature.namespace().as_bytes(), signature.reserved(), hash.as_str().as_bytes(), &inner] {
        put_string(&mut blob, field)?;
    }
    Some(blob)
}

fn put_string(to: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    to.extend(u32::try_from(bytes.len()).ok()?.to_be_bytes());
    to.extend(bytes);
    Some(())
}

/// The type of the key in a signature's blob, read without the library so that a type it does not know has its name.
fn key_type_of(blob: &[u8]) -> Option<String> {
    let rest = blob.strip_prefix(b"SSHSIG")?.get(4..)?;
    let key = string_of(rest)?;
    String::from_utf8(string_of(key)?.to_vec()).ok()
}

/// The bytes of an SSH `string` at the start of `bytes`.
fn string_of(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

/// The flags of a security key: user present, user verified.
fn presence(signature: &SshSig) -> (bool, bool) {
    if !is_security_key(signature.public_key()) {
        return (false, false);
    }
    let bytes = signature.signature_bytes();
    let flags = bytes.len().checked_sub(TRAILER).and_then(|at| bytes.get(at)).copied().unwrap_or(0);
    (flags & 1 != 0, flags & 4 != 0)
}
