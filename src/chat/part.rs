//! What a message says, and what is attached to it.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Nothing (`null`), as beside tool calls.
    None,
    /// One text.
    Text(String),
    /// Several parts.
    Parts(Vec<Part>),
}

/// One part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text.
    Text(String),
    /// A picture.
    Picture(Attachment),
    /// A file of any other kind.
    File(Attachment),
    /// Anything else, by the `type` that the client gave it: `input_audio`, `video_url` …
    Other(String),
}

/// Something that is attached to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Where it is.
    pub source: Source,
    /// What the client calls it.
    pub name: Option<String>,
}

/// Where an attachment is.
#[derive(Clone, PartialEq, Eq)]
pub enum Source {
    /// At an address that the client named.
    Address(String),
    /// In the request, in base64, with the type that the client gave it.
    Data {
        /// The media type; empty if none was given.
        media_type: String,
        /// The base64 text.
        base64: Bytes,
    },
    /// Among the files that were uploaded here, by its id.
    Stored(String),
    /// Here.
    Here {
        /// The media type; empty if none is known.
        media_type: String,
        /// The bytes.
        bytes: Bytes,
    },
    /// At the provider, in the name of the account that is asked; what it says, only the provider reads.
    Uploaded(BTreeMap<String, String>),
}

/// Attachments are the client's own matter: no log and no error shows more than where they are.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address(_) => "Address",
            Self::Data { .. } => "Data",
            Self::Stored(_) => "Stored",
            Self::Here { .. } => "Here",
            Self::Uploaded(_) => "Uploaded",
        })
    }
}

impl Content {
    /// How long its text is, in bytes.
    pub fn len(&self) -> u64 {
        self.texts().map(|text| text.len() as u64).sum()
    }

    /// Whether it has no text.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All text of the content, parts joined by line breaks.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            _ => self.texts().collect::<Vec<_>>().join("\n"),
        }
    }

    /// Each of its texts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let (one, parts) = match self {
            Self::None => (None, [].as_slice()),
            Self::Text(text) => (Some(text.as_str()), [].as_slice()),
            Self::Parts(parts) => (None, parts.as_slice()),
        };
        let among = parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            _ => None,
        });
        one.into_iter().chain(among)
    }

    /// Its parts; none where it is a text alone.
    pub fn parts(&self) -> &[Part] {
        if let Self::Parts(parts) = self { parts } else { &[] }
    }

    /// Adds text behind what is there.
    pub fn append(&mut self, text: &str) {
        match self {
            Self::None => *self = Self::Text(text.to_owned()),
            Self::Text(own) if own.is_empty() => text.clone_into(own),
            Self::Text(own) => {
                own.push_str("\n\n");
                own.push_str(text);
            }
            Self::Parts(parts) => parts.push(Part::Text(text.to_owned())),
        }
    }
}
