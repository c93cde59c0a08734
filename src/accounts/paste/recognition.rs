//! What a provider makes of a paste.

use std::collections::BTreeMap;
use std::fmt;

/// What a recogniser says.
#[derive(Debug)]
pub enum Recognition {
    /// Nothing here is this provider's.
    Nothing,
    /// An account.
    Found(Box<Found>),
    /// It is this provider's, but cannot be used: one sentence says what was understood and what is missing.
    Unusable(String),
}

/// An account that was found in a paste.
pub struct Found {
    /// The credential's parts, as the provider's requests need them.
    pub credential: BTreeMap<String, String>,
    /// A stable mark of the account that is no secret. The live check may find a better one.
    pub identity: Option<String>,
    /// When the credential ends, in unix seconds, if the paste tells it.
    pub expires: Option<u64>,
    /// What was understood, in the owner's words.
    pub understood: Vec<String>,
    /// What would be of use, but was not there.
    pub missing: Vec<String>,
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Found");
        shown.field("identity", &self.identity).field("expires", &self.expires);
        shown.field("understood", &self.understood).field("missing", &self.missing).finish_non_exhaustive()
    }
}

/// How many bytes of the digest are a fingerprint: enough to tell accounts apart, and short enough to be read.
const FINGERPRINT: usize = 8;

/// A mark of `secret` that may be shown and stored.
pub fn fingerprint(secret: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, secret.as_bytes());
    digest.as_ref().iter().take(FINGERPRINT).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_the_beginning_of_the_digest() {
        assert_eq!(fingerprint("abc"), "ba7816bf8f01cfea");
    }

    #[test]
    fn debug_shows_no_part_of_the_credential() {
        let credential = BTreeMap::from([("key".to_owned(), "SECRET".to_owned())]);
        let found = Found { credential, identity: None, expires: None, understood: Vec::new(), missing: Vec::new() };
        assert!(!format!("{:?}", Recognition::Found(Box::new(found))).contains("SECRET"));
    }
}
