//! Frames as OpenAI's clients read them: `data: …` lines only, line feeds only.

use bytes::{BufMut, BytesMut};

/// The frame that says that an answer is whole.
pub const DONE: &[u8] = b"data: [DONE]\n\n";

/// Writes one `data:` frame around `payload`, which must hold no line break.
pub fn data_frame(payload: &[u8], out: &mut BytesMut) {
    out.reserve(payload.len() + 8);
    out.put_slice(b"data: ");
    out.put_slice(payload);
    out.put_slice(b"\n\n");
}
