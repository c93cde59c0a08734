//! Random identifiers and keys, from the operating system.

use std::fmt::Write;

/// `bytes` random bytes in hexadecimal.
pub fn hex(bytes: usize) -> String {
    let mut raw = [0_u8; 32];
    let raw = &mut raw[..bytes.min(32)];
    fill(raw);
    raw.iter().fold(String::with_capacity(raw.len() * 2), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The operating system's source does not fail after boot; a predictable id would be worse than no start.
fn fill(raw: &mut [u8]) {
    if getrandom::fill(raw).is_err() {
        std::process::abort();
    }
}
