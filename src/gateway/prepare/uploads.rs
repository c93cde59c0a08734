//! Uploads pictures to a provider in the name of an account, and remembers for a while which ones are there.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Preparation;
use crate::accounts::Account;
use crate::accounts::clock::Millis;
use crate::chat::{ChatRequest, Content, Fault, FaultKind, Part, Source};
use crate::providers::{Picture, UploadStep, Uploads};
use crate::upstream::Client;

/// How long an uploaded picture is referred to again. No source says how long a site keeps one.
const KEEP: Duration = Duration::from_secs(30 * 60);

/// How many uploads are remembered.
const MOST_KEPT: usize = 1024;

/// How long one step of an upload may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The largest answer to a step, in bytes.
const LARGEST_ANSWER: usize = 256 << 10;

/// How many steps an upload may take.
const MOST_STEPS: usize = 8;

/// An account's id and which sign-in it is, because another person's may come under the same id; the picture's
/// SHA-256.
type Key = (String, Millis, u64, [u8; 32]);

/// When a picture was uploaded, and what the provider needs to refer to it.
type Known = (Instant, BTreeMap<String, String>);

/// Which pictures were uploaded in whose name.
#[derive(Default)]
pub struct UploadCache(Mutex<HashMap<Key, Known>>);

impl UploadCache {
    fn get(&self, key: &Key) -> Option<BTreeMap<String, String>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).filter(|(at, _)| at.elapsed() < KEEP).map(|(_, uploaded)| uploaded.clone())
    }

    fn put(&self, key: Key, uploaded: BTreeMap<String, String>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KEPT {
            known.retain(|_, (at, _)| at.elapsed() < KEEP);
        }
        if known.len() < MOST_KEPT {
            known.insert(key, (Instant::now(), uploaded));
        }
    }
}

/// Refuses more pictures than the provider takes.
pub fn check_count(work: &Preparation<'_>, count: usize) -> Result<(), Fault> {
    let Some(limits) = work.member.provider.uploads().map(Uploads::limits) else { return Ok(()) };
    if count <= limits.count {
        return Ok(());
    }
    let (name, most) = (work.member.provider.name(), limits.count);
    Err(Fault::request("messages", format!("`messages` hold {count} pictures; {name} takes {most} at most")))
}

/// Refuses a picture that the provider would not take.
pub fn check(work: &Preparation<'_>, media_type: &str, bytes: usize, field: &str) -> Result<(), Fault> {
    let Some(limits) = work.member.provider.uploads().map(Uploads::limits) else { return Ok(()) };
    let name = work.member.provider.name();
    let refuse = |what: String| Err(Fault::request(field, format!("`{field}` {what}")));
    if !limits.media_types.contains(&media_type) {
        let known = limits.media_types.join(", ");
        return refuse(format!("is of type {media_type}, which {name} does not take; it takes {known}"));
    }
    if bytes > limits.bytes {
        let most = limits.bytes >> 20;
        return refuse(format!("is larger than {most} MB, which is the most that {name} takes; make it smaller"));
    }
    Ok(())
}

/// Uploads the pictures of `request`, which [`attachments`](super::attachments) has brought here, and refers to them
/// instead.
pub async fn upload(work: &Preparation<'_>, power: &dyn Uploads, request: &mut ChatRequest) -> Result<(), Fault> {
    for (n, source) in pictures(request).enumerate() {
        let Source::Here { media_type, bytes } = source else { continue };
        let Account { id, created, sign_in, .. } = work.account;
        let key = (id.clone(), *created, *sign_in, digest(bytes));
        let uploaded = match work.desk.uploads.get(&key) {
            Some(known) => known,
            None => {
                let extension = media_type.rsplit('/').next().unwrap_or("png");
                let name = format!("picture-{}.{extension}", n + 1);
                let picture = Picture { bytes: bytes.clone(), media_type: media_type.clone(), name };
                let uploaded = one(work.client, power, work.account, picture).await?;
                work.desk.uploads.put(key, uploaded.clone());
                uploaded
            }
        };
        *source = Source::Uploaded(uploaded);
    }
    Ok(())
}

/// Where the pictures of `request` are.
fn pictures(request: &mut ChatRequest) -> impl Iterator<Item = &mut Source> {
    let parts = request.messages.iter_mut().filter_map(|message| match &mut message.content {
        Content::Parts(parts) => Some(parts),
        _ => None,
    });
    parts.flatten().filter_map(|part| if let Part::Picture(picture) = part { Some(&mut picture.source) } else { None })
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().try_into().unwrap_or_default()
}

async fn one(
    client: &Client,
    power: &dyn Uploads,
    account: &Account,
    picture: Picture,
) -> Result<BTreeMap<String, String>, Fault> {
    let mut upload = power.begin(account, picture);
    let mut heard = None;
    for _ in 0..MOST_STEPS {
        let last = heard.take();
        let step = upload.next(last.as_ref().map(|(head, body): &(_, bytes::Bytes)| (head, body.as_ref())))?;
        heard = match step {
            UploadStep::Done(uploaded) => return Ok(uploaded),
            UploadStep::Send(outgoing) => Some(client.fetch(outgoing, LARGEST_ANSWER, PATIENCE).await?),
            UploadStep::Try(outgoing) => client.fetch(outgoing, LARGEST_ANSWER, PATIENCE).await.ok(),
        };
    }
    Err(Fault::new(FaultKind::Protocol, "the upload of a picture has no end"))
}
