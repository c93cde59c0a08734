//! Fetches what a user's address holds: a stranger's request to a stranger's server, so everything about it is bounded.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::file_name::file_name;
use super::reader::Answer;
use super::target::{Target, refused};
use super::way::{self, Wire};
use super::{Client, Settings, USER_AGENT};
use crate::chat::Fault;

/// How large a fetched file may be, in bytes.
pub const FETCH_BYTES: usize = 20 << 20;

/// How long fetching one file may take in all.
pub const FETCH_PATIENCE: Duration = Duration::from_secs(20);

/// How often a server may send the fetcher on.
pub const FETCH_REDIRECTS: u8 = 3;

/// What the first room for a body without a declared length is, in bytes.
const FIRST_ROOM: usize = 64 << 10;

/// The longest media type that is believed, in bytes.
const LONGEST_MEDIA_TYPE: usize = 100;

/// What a fetch may cost.
#[derive(Debug, Clone)]
pub struct FetchLimits {
    /// The largest body, in bytes. No more than that is ever held.
    pub bytes: usize,
    /// The time for everything: names, connections, redirects and the body.
    pub patience: Duration,
    /// How many redirects are followed.
    pub redirects: u8,
}

impl Default for FetchLimits {
    fn default() -> Self {
        Self { bytes: FETCH_BYTES, patience: FETCH_PATIENCE, redirects: FETCH_REDIRECTS }
    }
}

/// What a user's address held.
#[derive(Debug)]
pub struct Fetched {
    /// The file itself.
    pub bytes: Bytes,
    /// What its server calls it, in lower case and without parameters; `application/octet-stream` if nothing usable.
    pub media_type: String,
    /// Its name from `Content-Disposition` or the path, made harmless.
    pub name: Option<String>,
}

impl Client {
    /// Fetches what a user's address holds. Only the public internet is reached: every address of the host is checked
    /// after it is resolved, on each redirect anew, and the connection goes to a checked address. Dropping the future
    /// closes the connection.
    ///
    /// # Errors
    /// A fault of the request, without the field's name; its sentence names the host and no more of the address.
    pub async fn fetch_public(&self, url: &str, limits: &FetchLimits) -> Result<Fetched, Fault> {
        let late = || {
            let patience = limits.patience.as_secs_f64();
            refused(format!("fetching the address took longer than {patience} s; use a faster server or send the data"))
        };
        timeout(limits.patience, fetch(&self.settings, url, limits)).await.map_err(|_| late())?
    }
}

async fn fetch(settings: &Settings, url: &str, limits: &FetchLimits) -> Result<Fetched, Fault> {
    let mut target = Target::read(url)?;
    for _ in 0..=limits.redirects {
        let answer = ask(settings, &target).await?;
        let leads = matches!(answer.status, 301 | 302 | 303 | 307 | 308);
        match answer.header("location").filter(|_| leads) {
            None => return take(answer, &target, limits).await,
            Some(location) => target = target.follow(&location)?,
        }
    }
    let name = target.name();
    Err(refused(format!("the address redirects more than {} times, last to {name}; give the last", limits.redirects)))
}

/// Sends the request over a connection of its own: one that is kept could have been opened for somebody else.
async fn ask(settings: &Settings, target: &Target) -> Result<Answer<Box<dyn Wire>>, Fault> {
    let name = target.name();
    let addresses = target.addresses(&*settings.network.resolver).await?;
    let unreached =
        |error: io::Error| refused(format!("{name} cannot be reached ({}); check the address", error.kind()));
    let plain = way::connect(settings, &addresses).await.map_err(unreached)?;
    let mut wire: Box<dyn Wire> = match target.server_name() {
        None => Box::new(plain),
        Some(server) => {
            let untrusted =
                |_| refused(format!("{name} has no valid certificate, or speaks no TLS; check the address"));
            way::secure(settings, plain, server?).await.map_err(untrusted)?
        }
    };
    let head = target.head();
    let request = format!(
        "{head}User-Agent: {USER_AGENT}\r\nAccept: */*\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
    );
    let asked = async {
        wire.write_all(request.as_bytes()).await?;
        wire.flush().await?;
        Answer::read(wire).await
    };
    asked.await.map_err(|_| refused(format!("{name} gave no valid HTTP answer; check the address")))
}

async fn take(mut answer: Answer<Box<dyn Wire>>, target: &Target, limits: &FetchLimits) -> Result<Fetched, Fault> {
    let name = target.name();
    let status = answer.status;
    if status != 200 {
        let mend = "check that it opens without signing in";
        return Err(refused(format!("{name} answered with HTTP {status}; {mend}")).with_status(status));
    }
    let encoding = answer.header("content-encoding").unwrap_or_default();
    if !matches!(encoding.trim().to_ascii_lowercase().as_str(), "" | "identity") {
        return Err(refused(format!("{name} sent the file compressed, which was not asked for; send the data itself")));
    }
    let bytes = read(&mut answer, limits.bytes, &name).await?;
    let media_type = media_type(&answer.header("content-type").unwrap_or_default());
    let file_name = file_name(answer.header("content-disposition").as_deref(), target.path());
    Ok(Fetched { bytes, media_type, name: file_name })
}

/// Reads a body. A length that it declares saves reading what is too large, and is not believed otherwise.
async fn read(answer: &mut Answer<Box<dyn Wire>>, limit: usize, name: &str) -> Result<Bytes, Fault> {
    let large = || refused(format!("what {name} sent is larger than {}; use a smaller file", size(limit)));
    let declared = answer.declared().map(|length| usize::try_from(length).unwrap_or(usize::MAX)).unwrap_or_default();
    if declared > limit {
        return Err(large());
    }
    let broken = |_| refused(format!("{name} broke off before the file was whole; try again"));
    let mut whole = Vec::with_capacity(declared);
    while let Some(piece) = answer.piece().await.map_err(broken)? {
        let needed = whole.len() + piece.len();
        if needed > limit {
            return Err(large());
        }
        if needed > whole.capacity() {
            whole.reserve_exact(room(whole.capacity(), needed, limit) - whole.len());
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.into())
}

/// Grows by doubling, but never beyond the limit, as a vector by itself would.
fn room(capacity: usize, needed: usize, limit: usize) -> usize {
    (capacity * 2).max(needed).max(FIRST_ROOM).min(limit)
}

fn size(bytes: usize) -> String {
    if bytes.is_multiple_of(1 << 20) { format!("{} MiB", bytes >> 20) } else { format!("{bytes} bytes") }
}

/// `type/subtype`, if it is one: it goes into requests to others.
fn media_type(text: &str) -> String {
    let bare = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let fit =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b));
    let valid = bare.len() <= LONGEST_MEDIA_TYPE
        && bare.split_once('/').is_some_and(|(kind, subtype)| fit(kind) && fit(subtype));
    if valid { bare } else { "application/octet-stream".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_grows_seldom_and_never_beyond_the_limit() {
        let (limit, mut capacity, mut grown) = (20 << 20, 0, 0);
        for needed in (0..=limit).step_by(1000).chain([limit]) {
            if needed > capacity {
                capacity = room(capacity, needed, limit);
                grown += 1;
            }
            assert!((needed..=limit).contains(&capacity), "{needed} in {capacity}");
        }
        assert!(grown < 12, "{grown}");
        assert_eq!(room(0, 10, 100), 100);
    }

    #[test]
    fn only_a_media_type_is_taken_for_one() {
        let table = [
            ("image/PNG; charset=x", "image/png"),
            ("application/vnd.ms-excel+xml", "application/vnd.ms-excel+xml"),
            ("", "application/octet-stream"),
            ("image", "application/octet-stream"),
            ("image/", "application/octet-stream"),
            ("image/p\"ng", "application/octet-stream"),
            ("image/png/x", "application/octet-stream"),
        ];
        for (text, expected) in table {
            assert_eq!(media_type(text), expected, "{text}");
        }
        assert_eq!(media_type(&format!("image/{}", "a".repeat(200))), "application/octet-stream");
    }

    #[test]
    fn the_limits_are_the_documented_ones() {
        let FetchLimits { bytes, patience, redirects } = FetchLimits::default();
        assert_eq!((bytes, patience, redirects), (20 << 20, Duration::from_secs(20), 3));
        assert_eq!((size(bytes), size(100)), ("20 MiB".to_owned(), "100 bytes".to_owned()));
    }
}
