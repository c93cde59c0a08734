//! Bringing a picture to an upstream before it is talked about. As everywhere, the provider does no I/O: it says what is
//! to be sent next and reads what came back.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::accounts::Account;
use crate::chat::Fault;
use crate::upstream::{Outgoing, ResponseHead};

/// A power: the provider takes pictures that are uploaded beforehand, in the name of an account.
pub trait Uploads {
    /// What it takes.
    fn limits(&self) -> UploadLimits;

    /// Begins to upload `picture` in the name of `account`.
    fn begin(&self, account: &Account, picture: Picture) -> Box<dyn Upload>;
}

/// What an upstream takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadLimits {
    /// The largest picture, in bytes.
    pub bytes: usize,
    /// How many pictures one request may hold.
    pub count: usize,
    /// The media types that it takes.
    pub media_types: &'static [&'static str],
}

/// A picture to be uploaded.
#[derive(Clone)]
pub struct Picture {
    /// Its bytes.
    pub bytes: Bytes,
    /// Its media type, as its bytes say.
    pub media_type: String,
    /// A name for it, with its extension.
    pub name: String,
}

/// One upload on its way.
pub trait Upload {
    /// What is to be done next; `heard` is what the last step was answered with.
    ///
    /// # Errors
    /// If the answer shows that the upload failed: a fault of the account, of the upstream, or of the request if the
    /// upstream refuses the picture itself.
    fn next(&mut self, heard: Option<(&ResponseHead, &[u8])>) -> Result<UploadStep, Fault>;
}

/// What an upload does next.
pub enum UploadStep {
    /// This is to be sent.
    Send(Outgoing),
    /// This is to be sent, but the upload goes on whatever comes of it.
    Try(Outgoing),
    /// It is done: what the provider needs to refer to the picture.
    Done(BTreeMap<String, String>),
}
