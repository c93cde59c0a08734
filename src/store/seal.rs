//! Sealing: what lies on disk can be read and changed only with the data key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::error::Unspecified;
use ring::{hkdf, hmac};

use crate::config::Secret;
use crate::random;

/// The form of a sealed text. It is bound into the seal and stands before it, so that another form can follow.
const FORM: &str = "1:";

/// Sets the keys derived here apart from any other use of the same secret.
const SALT: &[u8] = b"qianqiao data key";

/// What a place in the database is called in its seal: a sealed text that is moved to another place does not open.
pub(super) fn credential_of(account: &str) -> String {
    format!("accounts.credential/{account}")
}

/// The place of what is sealed of an uploaded file.
pub(super) fn secrets_of(file: &str) -> String {
    format!("files.sealed/{file}")
}

/// The place of the check value.
const CHECK: &str = "meta.check";

/// Seals and opens under one data key.
struct Sealer(LessSafeKey);

impl Sealer {
    fn new(data_key: &Secret<String>) -> Result<Self, Unspecified> {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, SALT).extract(data_key.expose().as_bytes());
        let key = UnboundKey::from(root.expand(&[b"sealing"], &CHACHA20_POLY1305)?);
        Ok(Self(LessSafeKey::new(key)))
    }

    fn seal(&self, place: &str, text: &[u8]) -> Result<String, Unspecified> {
        let nonce = nonce();
        let mut sealed = text.to_vec();
        let aad = Aad::from(format!("{FORM}{place}"));
        self.0.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)?;
        Ok(format!("{FORM}{}", STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat())))
    }

    fn open(&self, place: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = STANDARD_NO_PAD.decode(sealed.strip_prefix(FORM)?).ok()?;
        let (nonce, body) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let mut body = body.to_vec();
        let aad = Aad::from(format!("{FORM}{place}"));
        let text = self.0.open_in_place(Nonce::assume_unique_for_key(*nonce), aad, &mut body).ok()?;
        Some(text.to_vec())
    }
}

/// What the data key opens: the credentials, and the key of the fingerprints. That one is made by chance and lies
/// sealed in the database, so that fingerprints stay the same when the data key is replaced.
pub(super) struct Vault {
    sealer: Sealer,
    fingerprint_key: Secret<String>,
}

impl Vault {
    /// A vault in which nothing lies yet.
    pub(super) fn new(data_key: &Secret<String>) -> Result<Self, Unspecified> {
        Ok(Self { sealer: Sealer::new(data_key)?, fingerprint_key: Secret::new(random::hex(32)) })
    }

    /// The vault that `check` belongs to, if `data_key` is its key.
    pub(super) fn open(data_key: &Secret<String>, check: &str) -> Option<Self> {
        let sealer = Sealer::new(data_key).ok()?;
        let fingerprint_key = String::from_utf8(sealer.open(CHECK, check)?).ok()?;
        Some(Self { sealer, fingerprint_key: Secret::new(fingerprint_key) })
    }

    /// The same vault under another key.
    pub(super) fn with_key(&self, data_key: &Secret<String>) -> Result<Self, Unspecified> {
        Ok(Self { sealer: Sealer::new(data_key)?, fingerprint_key: self.fingerprint_key.clone() })
    }

    /// The value by which a later start knows whether it has the right key.
    pub(super) fn check(&self) -> Result<String, Unspecified> {
        self.sealer.seal(CHECK, self.fingerprint_key.expose().as_bytes())
    }

    /// Seals what belongs at `place`.
    pub(super) fn seal(&self, place: &str, text: &[u8]) -> Result<String, Unspecified> {
        self.sealer.seal(place, text)
    }

    /// Opens what was sealed at `place` under this key, and has not been changed since.
    pub(super) fn unseal(&self, place: &str, sealed: &str) -> Option<Vec<u8>> {
        self.sealer.open(place, sealed)
    }

    /// Says whether a text changed, without keeping it.
    pub(super) fn fingerprint(&self, text: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.fingerprint_key.expose().as_bytes());
        STANDARD_NO_PAD.encode(hmac::sign(&key, text.as_bytes()))
    }
}

/// Chance makes it unique: at a write a second, a repetition among 2^96 is not to be expected in any lifetime.
fn nonce() -> [u8; NONCE_LEN] {
    let digits = random::hex(NONCE_LEN);
    let mut nonce = [0; NONCE_LEN];
    for (byte, pair) in nonce.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        let half = |digit: u8| char::from(digit).to_digit(16).unwrap_or_default() as u8;
        *byte = half(pair[0]) << 4 | half(pair[1]);
    }
    nonce
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[test]
    fn a_sealed_text_opens_only_at_its_place_with_its_key_and_unchanged() {
        let vault = Vault::new(&key("0123456789abcdef")).unwrap();
        let sealed = vault.seal("a", b"cookie").unwrap();
        assert_eq!(vault.unseal("a", &sealed).as_deref(), Some(b"cookie".as_slice()));
        assert_eq!(vault.unseal("b", &sealed), None);
        assert_eq!(Vault::new(&key("0123456789abcdeF")).unwrap().unseal("a", &sealed), None);
        for at in 0..sealed.len() {
            let mut other = sealed.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(vault.unseal("a", std::str::from_utf8(&other).unwrap()), None, "{at}");
        }
        assert_eq!(vault.unseal("a", "1:AAAA"), None);
    }

    #[test]
    fn no_two_seals_of_a_text_are_alike() {
        let vault = Vault::new(&key("0123456789abcdef")).unwrap();
        let seals: std::collections::BTreeSet<_> = (0..100).map(|_| vault.seal("a", b"").unwrap()).collect();
        assert_eq!(seals.len(), 100);
        assert!((0..64).map(|_| nonce()).all(|nonce| nonce.iter().any(|byte| *byte > 15)), "all bits are by chance");
    }

    #[test]
    fn fingerprints_outlast_another_key_but_not_another_database() {
        let old = Vault::new(&key("0123456789abcdef")).unwrap();
        let new = old.with_key(&key("fedcba9876543210")).unwrap();
        assert_eq!(old.fingerprint("x"), new.fingerprint("x"));
        assert_ne!(old.fingerprint("x"), old.fingerprint("y"));
        assert_ne!(old.fingerprint("x"), Vault::new(&key("0123456789abcdef")).unwrap().fingerprint("x"));
        let check = new.check().unwrap();
        assert!(Vault::open(&key("0123456789abcdef"), &check).is_none());
        let again = Vault::open(&key("fedcba9876543210"), &check).unwrap();
        assert_eq!(again.fingerprint("x"), new.fingerprint("x"));
    }
}
