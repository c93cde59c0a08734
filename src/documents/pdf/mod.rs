//! The text of a PDF: what its pages show, in the order in which they show it.

mod content;
mod font;
mod glyphs;
mod layout;
mod measure;
mod state;
mod stream;

use bytes::Bytes;
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use super::Deadline;
use super::transcript::Transcript;
use super::unreadable::Unreadable;
use content::Interpreter;

/// Unknown characters among this many are a blemish; more, and the text is not worth giving to anybody.
const KNOWN_PER_UNKNOWN: u64 = 2;

pub(super) fn read(bytes: &Bytes, deadline: Deadline, out: &mut Transcript) -> Result<(), Unreadable> {
    measure::check(bytes)?;
    let pdf = Pdf::new(std::sync::Arc::new(bytes.clone())).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::MissingIDEntry) | LoadPdfError::Invalid => Unreadable::Broken,
        LoadPdfError::Decryption(_) => Unreadable::Encrypted,
    })?;
    let mut interpreter = Interpreter::new(deadline, out);
    for page in pdf.pages().iter() {
        deadline.check()?;
        interpreter.page(page)?;
    }
    let seen = interpreter.seen();
    if seen.unknown > seen.known / KNOWN_PER_UNKNOWN {
        return Err(Unreadable::NoCharacters);
    }
    match out.is_blank() {
        true if seen.lost_page => Err(Unreadable::Broken),
        true => Err(Unreadable::NoText),
        false => Ok(()),
    }
}
