//! Files for the tests, in `tests/fixtures/documents`.

use std::path::Path;

use bytes::Bytes;

use super::{Deadline, PATIENCE, Unreadable, read_now, recognise};

/// A file of the fixtures.
pub(super) fn file(name: &str) -> Bytes {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents");
    std::fs::read(folder.join(name)).unwrap().into()
}

/// What bytes say, attached under this name.
pub(super) fn text(name: &str, bytes: impl Into<Bytes>) -> Result<String, Unreadable> {
    let bytes = bytes.into();
    read_now(recognise(Some(name), None, &bytes), &bytes, Deadline::after(PATIENCE))
}

/// What a file of the fixtures says.
pub(super) fn text_of(name: &str) -> Result<String, Unreadable> {
    text(name, file(name))
}
