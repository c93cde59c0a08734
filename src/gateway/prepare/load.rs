//! Brings an attachment here: out of the request, from an address, or from the files that were uploaded.

use std::cell::RefCell;
use std::collections::HashMap;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

use super::{Desk, field};
use crate::chat::{Attachment, Fault, FaultKind, Source};
use crate::upstream::{Client, FetchLimits};

/// From which size on base64 is decoded off the worker's thread, in bytes.
const LARGE: usize = 256 << 10;

/// The most that all attachments of one request may come to, in bytes. A few words of a request can name a large file
/// or address, and all of them are here at the same time.
const MOST_BYTES: u64 = 128 << 20;

/// Some clients leave the padding out.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// An attachment that is here.
#[derive(Clone)]
pub struct Loaded {
    pub bytes: Bytes,
    pub media_type: String,
    pub name: Option<String>,
}

/// What one request's attempts have loaded so far, by where it stands in the request: another account needs no second
/// fetch.
#[derive(Default)]
pub struct Loads(RefCell<HashMap<(usize, usize), Loaded>>);

impl Loads {
    /// Brings `attachment`, which stands at `place` (message, part), here. `files_of` says whose files it may name.
    pub async fn load(
        &self,
        client: &Client,
        desk: &Desk,
        files_of: &str,
        attachment: &Attachment,
        place: (usize, usize),
    ) -> Result<Loaded, Fault> {
        if let Some(known) = self.0.borrow().get(&place) {
            return Ok(known.clone());
        }
        let field = field(place);
        let mut loaded = match &attachment.source {
            Source::Here { media_type, bytes } => {
                Loaded { bytes: bytes.clone(), media_type: media_type.clone(), name: None }
            }
            Source::Data { media_type, base64 } => {
                let bytes = decode(base64.clone()).await.ok_or_else(|| no_base64(&field))?;
                Loaded { bytes, media_type: media_type.clone(), name: None }
            }
            Source::Address(url) => fetched(client, url, &field).await?,
            Source::Stored(id) => {
                let size = desk.files.find(files_of, id).map_or(0, |record| record.bytes);
                self.check_room(size, &field)?;
                stored(desk, files_of, id, &field).await?
            }
            Source::Uploaded(_) => return Err(Fault::new(FaultKind::Internal, "an upload cannot be read back")),
        };
        self.check_room(loaded.bytes.len() as u64, &field)?;
        if loaded.bytes.is_empty() {
            return Err(Fault::request(field.as_str(), format!("`{field}` is empty")));
        }
        loaded.name = attachment.name.clone().or(loaded.name);
        self.0.borrow_mut().insert(place, loaded.clone());
        Ok(loaded)
    }

    /// Refuses what would be too much beside what is here.
    fn check_room(&self, size: u64, field: &str) -> Result<(), Fault> {
        let here: u64 = self.0.borrow().values().map(|loaded| loaded.bytes.len() as u64).sum();
        if here.saturating_add(size) <= MOST_BYTES {
            return Ok(());
        }
        let most = MOST_BYTES >> 20;
        let told =
            format!("`{field}` brings the attachments to more than {most} MB, the most for one request; attach less");
        Err(Fault::request(field, told))
    }
}

async fn fetched(client: &Client, url: &str, field: &str) -> Result<Loaded, Fault> {
    let fetched = client.fetch_public(url, &FetchLimits::default()).await;
    let fetched = fetched.map_err(|fault| {
        let message = format!("`{field}` cannot be fetched: {}", fault.message);
        Fault { param: Some(field.into()), message: message.into(), ..fault }
    })?;
    Ok(Loaded { bytes: fetched.bytes, media_type: fetched.media_type, name: fetched.name })
}

async fn stored(desk: &Desk, files_of: &str, id: &str, field: &str) -> Result<Loaded, Fault> {
    let missing = || {
        let told = format!("`{field}` names a file that is not here; `GET /v1/files` lists those that are");
        Fault::request(field, told).with_code("file_not_found")
    };
    let unreadable = |_| Fault::new(FaultKind::Internal, "The file cannot be read from the disk.");
    let stored = desk.files.get(files_of, id).await.map_err(unreadable)?.ok_or_else(missing)?;
    Ok(Loaded { bytes: stored.bytes, media_type: stored.record.content_type.clone(), name: Some(stored.record.name) })
}

fn no_base64(field: &str) -> Fault {
    Fault::request(field, format!("`{field}` is not valid base64; write data:TYPE;base64,DATA"))
}

async fn decode(base64: Bytes) -> Option<Bytes> {
    if base64.len() < LARGE {
        return decode_here(&base64);
    }
    tokio::task::spawn_blocking(move || decode_here(&base64)).await.ok().flatten()
}

fn decode_here(base64: &[u8]) -> Option<Bytes> {
    let url_safe = base64.iter().any(|b| matches!(b, b'-' | b'_'));
    let engine = if url_safe { &URL_SAFE } else { &STANDARD };
    let decoded = if base64.iter().any(u8::is_ascii_whitespace) {
        engine.decode(base64.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect::<Vec<u8>>())
    } else {
        engine.decode(base64)
    };
    decoded.ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_attachments_together_have_a_limit() {
        let loads = Loads::default();
        let half = Bytes::from(vec![0; 64 << 20]);
        let put = |part| {
            let loaded = Loaded { bytes: half.clone(), media_type: String::new(), name: None };
            loads.0.borrow_mut().insert((0, part), loaded);
        };
        put(0);
        assert_eq!(loads.check_room(64 << 20, "f"), Ok(()));
        put(1);
        let fault = loads.check_room(1, "messages[0].content[2]").unwrap_err();
        assert_eq!(fault.param.as_deref(), Some("messages[0].content[2]"));
        assert!(fault.message.contains("128 MB"), "{}", fault.message);
        assert!(loads.check_room(u64::MAX, "f").is_err());
    }

    #[test]
    fn base64_is_read_in_every_spelling() {
        for text in ["+/+/", "-_-_", "+/+ /\n"] {
            assert_eq!(decode_here(text.as_bytes()).as_deref(), Some(&[0xfb, 0xff, 0xbf][..]), "{text}");
        }
        assert_eq!(decode_here(b"YQ").as_deref(), Some(&b"a"[..]));
        assert_eq!(decode_here(b"YQ==").as_deref(), Some(&b"a"[..]));
        assert_eq!(decode_here(b"Y!"), None);
    }
}
