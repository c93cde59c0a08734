//! How an answer is written for the client, whatever the dialect.

use bytes::BytesMut;

use super::{Decoded, Fault};

/// Writes one answer in a dialect's form: as a stream, or folded into one body. Never does I/O.
pub trait AnswerWriter {
    /// Writes what an upstream frame said.
    fn write(&mut self, decoded: Decoded, out: &mut BytesMut);

    /// Opens a stream before the upstream said anything, so that the client hears something early.
    fn open(&mut self, _out: &mut BytesMut) {}

    /// Breaks a silence in a stream.
    fn heartbeat(&mut self, _out: &mut BytesMut) {}

    /// Writes what a whole answer ends with.
    fn finish(&mut self, out: &mut BytesMut);

    /// Writes that the answer ends here and is not whole, once the response's status can no longer say so.
    fn fault(&mut self, fault: &Fault, owner: bool, out: &mut BytesMut);
}
