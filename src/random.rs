//! Random identifiers and keys, from the operating system.

use std::cell::RefCell;

/// How much is asked from the operating system at once: every call into it costs more than writing an identifier.
const POOL: usize = 512;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

thread_local! {
    /// Random bytes not yet used by this thread, and how many of them there are.
    static UNUSED: RefCell<([u8; POOL], usize)> = const { RefCell::new(([0; POOL], 0)) };
}

/// `bytes` random bytes, at most 32, in hexadecimal.
pub fn hex(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes * 2);
    UNUSED.with_borrow_mut(|(pool, left)| {
        let bytes = bytes.min(32);
        if *left < bytes {
            fill(pool);
            *left = POOL;
        }
        for byte in &mut pool[*left - bytes..*left] {
            // Each byte is used once, and does not stay in memory.
            let byte = std::mem::take(byte);
            text.extend([byte >> 4, byte & 15].map(|half| char::from(DIGITS[usize::from(half)])));
        }
        *left -= bytes;
    });
    text
}

/// The operating system's source does not fail after boot; a predictable key would be worse than no start.
fn fill(pool: &mut [u8]) {
    if getrandom::fill(pool).is_err() {
        std::process::abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_have_their_length_and_do_not_repeat() {
        let made: std::collections::BTreeSet<String> = (0..1000).map(|_| hex(16)).collect();
        assert_eq!(made.len(), 1000);
        assert!(made.iter().all(|id| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit())));
    }
}
