//! Contents on disk: sealed in pieces, so that no file must be in memory whole to be written or read.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::error::Unspecified;
use ring::hkdf;

use crate::config::Secret;

/// How many bytes are sealed together; only the last piece is shorter.
pub(super) const PIECE: usize = 64 << 10;

/// By how much sealing makes a piece longer.
pub(super) const TAG: usize = 16;

/// The form of the contents. It is bound into each seal, so that another form can follow.
const FORM: &str = "1:files/";

/// Sets the keys derived here apart from any other use of the same secret.
const SALT: &[u8] = b"qianqiao file";

/// Seals and opens the pieces of one file. Its key is used for no other file and for no second version of this one, so
/// a piece's number serves as its nonce. The last piece is marked, so that a file that was cut does not pass for whole.
pub(super) struct Cipher {
    key: LessSafeKey,
    place: String,
}

impl Cipher {
    pub(super) fn new(id: &str, secret: &Secret<String>) -> Result<Self, Unspecified> {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, SALT).extract(secret.expose().as_bytes());
        let key = UnboundKey::from(root.expand(&[b"contents"], &CHACHA20_POLY1305)?);
        Ok(Self { key: LessSafeKey::new(key), place: format!("{FORM}{id}") })
    }

    /// Seals a piece where it lies.
    pub(super) fn seal(&self, number: u64, last: bool, piece: &mut Vec<u8>) -> Result<(), Unspecified> {
        self.key.seal_in_place_append_tag(nonce(number, last), Aad::from(&self.place), piece)
    }

    /// Opens a piece where it lies, if it was sealed as this piece of this file and has not been changed since.
    pub(super) fn open<'a>(&self, number: u64, last: bool, sealed: &'a mut [u8]) -> Result<&'a [u8], Unspecified> {
        self.key.open_in_place(nonce(number, last), Aad::from(&self.place), sealed).map(|piece| &*piece)
    }
}

fn nonce(number: u64, last: bool) -> Nonce {
    let mut nonce = [0; NONCE_LEN];
    nonce[0] = u8::from(last);
    nonce[NONCE_LEN - 8..].copy_from_slice(&number.to_be_bytes());
    Nonce::assume_unique_for_key(nonce)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_opens_only_at_its_place_in_its_file_and_unchanged() {
        let key = |text: &str| Secret::new(text.to_owned());
        let cipher = Cipher::new("file-a", &key("one")).unwrap();
        let mut sealed = b"contents".to_vec();
        cipher.seal(7, false, &mut sealed).unwrap();
        assert_eq!(sealed.len(), 8 + TAG);
        assert_eq!(cipher.open(7, false, &mut sealed.clone()).unwrap(), b"contents");
        for (number, last) in [(6, false), (7, true)] {
            assert!(cipher.open(number, last, &mut sealed.clone()).is_err(), "{number} {last}");
        }
        for other in [Cipher::new("file-b", &key("one")), Cipher::new("file-a", &key("two"))] {
            assert!(other.unwrap().open(7, false, &mut sealed.clone()).is_err());
        }
        for at in 0..sealed.len() {
            let mut torn = sealed.clone();
            torn[at] ^= 1;
            assert!(cipher.open(7, false, &mut torn).is_err(), "{at}");
        }
    }
}
