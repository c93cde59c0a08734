//! The content of a message: a text, or parts, in the forms that clients send.

use std::fmt;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::chat::{Attachment, Content, Part, Source};
use crate::json::Text;

/// A message's content as it was written.
pub enum RawContent<'a> {
    Text(String),
    Parts(Vec<RawPart<'a>>),
}

/// One part. Beside OpenAI's own forms there are those of its newer API and GLM's `file_url`.
#[derive(Deserialize)]
pub struct RawPart<'a> {
    r#type: String,
    text: Option<String>,
    refusal: Option<String>,
    #[serde(borrow)]
    image_url: Option<Address<'a>>,
    #[serde(borrow)]
    file_url: Option<Address<'a>>,
    #[serde(borrow)]
    file: Option<RawFile<'a>>,
    #[serde(borrow)]
    file_data: Option<Text<'a>>,
    file_id: Option<String>,
    filename: Option<String>,
}

#[derive(Default, Deserialize)]
struct RawFile<'a> {
    #[serde(borrow)]
    file_data: Option<Text<'a>>,
    file_id: Option<String>,
    filename: Option<String>,
}

/// An address: a text, or an object that holds it.
struct Address<'a>(Text<'a>);

impl RawContent<'_> {
    /// The neutral form; texts of attachments stay where they are in `body`.
    pub fn neutral(self, body: &Bytes) -> Content {
        match self {
            Self::Text(text) => Content::Text(text),
            Self::Parts(parts) => Content::Parts(parts.into_iter().map(|part| part.neutral(body)).collect()),
        }
    }
}

impl RawPart<'_> {
    fn neutral(self, body: &Bytes) -> Part {
        let Self { r#type, text, refusal, image_url, file_url, file, file_data, file_id, filename } = self;
        let file = file.unwrap_or(RawFile { file_data, file_id, filename });
        let name = file.filename.clone();
        let here = file.file_data.map(|data| inside(&data, body, Source::bare));
        let stored = || file.file_id.map(Source::Stored);
        let at = |address: Option<Address<'_>>| address.map(|Address(text)| inside(&text, body, Source::named));
        let attachment = |source: Option<Source>| source.map(|source| Attachment { source, name });
        match (r#type.as_str(), text.or(refusal)) {
            ("text" | "input_text" | "output_text" | "refusal", Some(text)) => Part::Text(text),
            ("image_url" | "input_image", _) => {
                attachment(at(image_url).or_else(stored)).map_or(Part::Other(r#type), Part::Picture)
            }
            ("file" | "input_file" | "file_url", _) => {
                attachment(here.or_else(stored).or_else(|| at(file_url))).map_or(Part::Other(r#type), Part::File)
            }
            _ => Part::Other(r#type),
        }
    }

    fn check<E: serde::de::Error>(&self) -> Result<(), E> {
        let said = self.text.is_some() || self.refusal.is_some();
        match self.r#type.as_str() {
            "text" | "input_text" | "output_text" if !said => Err(E::missing_field("text")),
            _ => Ok(()),
        }
    }
}

/// Reads the text of an attachment: a data URL, or what `otherwise` makes of it.
fn inside(text: &Text<'_>, body: &Bytes, otherwise: fn(String) -> Source) -> Source {
    let is_data = text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
    let Some((head, data)) = text.split_once(',').filter(|_| is_data) else {
        return otherwise(text.to_string());
    };
    let mut words = head[5..].split(';');
    let media_type = words.next().unwrap_or_default().trim().to_ascii_lowercase();
    if words.any(|word| word.trim().eq_ignore_ascii_case("base64")) {
        // A picture of several MB is not copied where it stands in the body as it reads.
        let base64 =
            if text.is_borrowed() { body.slice_ref(data.as_bytes()) } else { Bytes::copy_from_slice(data.as_bytes()) };
        return Source::Data { media_type, base64 };
    }
    let bytes: Vec<u8> = percent_encoding::percent_decode_str(data).collect();
    Source::Here { media_type, bytes: bytes.into() }
}

impl Source {
    /// What an address means: the id of a file stands in its place, too.
    fn named(text: String) -> Self {
        let is_id = text.starts_with("file-") && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if is_id { Self::Stored(text) } else { Self::Address(text) }
    }

    /// Base64 that came without a word about what it is.
    fn bare(text: String) -> Self {
        Self::Data { media_type: String::new(), base64: text.into() }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RawContent<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = RawContent<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a list of parts or null")
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(RawContent::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut parts = Vec::new();
                while let Some(part) = seq.next_element::<RawPart<'de>>()? {
                    part.check()?;
                    parts.push(part);
                }
                Ok(RawContent::Parts(parts))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Address<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Address<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an address, or an object with a `url`")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Address(Text(text.into())))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Address(Text(text.to_owned().into())))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut url = None;
                while let Some(name) = map.next_key::<String>()? {
                    if name == "url" {
                        url = map.next_value::<Option<Text<'de>>>()?;
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                url.map(Address).ok_or_else(|| A::Error::missing_field("url"))
            }
        }
        deserializer.deserialize_any(Either)
    }
}
