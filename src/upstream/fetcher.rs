//! Fetches what a user's address holds: a stranger's request to a stranger's server, so everything about it is bounded.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_http::HttpMessage;
use awc::ClientResponse;
use awc::error::{ConnectError, PayloadError, SendRequestError};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::time::timeout;

use super::file_name::file_name;
use super::header::{self, HeaderName, HeaderValue};
use super::pinned::Pinned;
use super::target::{Target, refused};
use super::{CONNECT_TIMEOUT, Client, Settings, USER_AGENT};
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
        let response = ask(settings, &target).await?;
        match sent_on(&response) {
            None => return take(response, &target, limits).await,
            Some(location) => target = target.follow(&location)?,
        }
    }
    let name = target.name();
    Err(refused(format!("the address redirects more than {} times, last to {name}; give the last", limits.redirects)))
}

/// Sends the request over a connection of its own: one that is kept could have been opened for somebody else.
async fn ask(
    settings: &Settings,
    target: &Target,
) -> Result<ClientResponse<impl Stream<Item = Result<Bytes, PayloadError>> + Unpin + use<>>, Fault> {
    let addresses: Rc<[_]> = target.addresses(&*settings.network.resolver).await?.into();
    let pinned = Pinned {
        addresses,
        dialer: Arc::clone(&settings.network.dialer),
        proxy: settings.proxy.clone(),
        tls: Arc::clone(&settings.tls),
    };
    let connector = awc::Connector::new()
        .connector(pinned)
        .rustls_0_23(Arc::clone(&settings.tls))
        .timeout(CONNECT_TIMEOUT)
        .handshake_timeout(CONNECT_TIMEOUT);
    #[expect(clippy::disallowed_methods, reason = "a client with a connection that nobody else can get")]
    let builder = awc::Client::builder();
    let client = builder.connector(connector).disable_timeout().disable_redirects().no_default_headers().finish();
    let request = client
        .get(target.uri()?)
        .no_decompress()
        .force_close()
        .insert_header((header::ACCEPT, "*/*"))
        .insert_header((header::ACCEPT_ENCODING, "identity"))
        .insert_header((header::USER_AGENT, USER_AGENT));
    request.send().await.map_err(|error| unreachable(target, &error))
}

/// Where an answer leads on, if it does.
fn sent_on<S>(response: &ClientResponse<S>) -> Option<String> {
    let leads = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let location = response.headers().get(header::LOCATION).filter(|_| leads)?;
    Some(String::from_utf8_lossy(location.as_bytes()).into_owned())
}

async fn take<S>(mut response: ClientResponse<S>, target: &Target, limits: &FetchLimits) -> Result<Fetched, Fault>
where
    S: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    let name = target.name();
    let status = response.status().as_u16();
    if status != 200 {
        let mend = "check that it opens without signing in";
        return Err(refused(format!("{name} answered with HTTP {status}; {mend}")).with_status(status));
    }
    let text = |name: HeaderName| response.headers().get(name).map(|value: &HeaderValue| value.as_bytes());
    let text = |name| text(name).map(String::from_utf8_lossy);
    let encoding = text(header::CONTENT_ENCODING).unwrap_or_default();
    if !matches!(encoding.trim().to_ascii_lowercase().as_str(), "" | "identity") {
        return Err(refused(format!("{name} sent the file compressed for transport, which was not asked for")));
    }
    let media_type = media_type(&text(header::CONTENT_TYPE).unwrap_or_default());
    let file_name = file_name(text(header::CONTENT_DISPOSITION).as_deref(), target.path());
    let declared = text(header::CONTENT_LENGTH).and_then(|length| length.trim().parse::<u64>().ok());
    let bytes = read(response.take_payload(), declared, limits.bytes, &name).await?;
    Ok(Fetched { bytes, media_type, name: file_name })
}

/// Reads a body. What it declares saves reading one that is too large, and is not believed otherwise.
async fn read<S>(mut body: S, declared: Option<u64>, limit: usize, name: &str) -> Result<Bytes, Fault>
where
    S: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    let large = || refused(format!("what {name} sent is larger than {}; use a smaller file", size(limit)));
    let declared = declared.map(|length| usize::try_from(length).unwrap_or(usize::MAX));
    if declared.is_some_and(|length| length > limit) {
        return Err(large());
    }
    let mut whole = Vec::new();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|_| refused(format!("{name} broke off before the file was whole; try again")))?;
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

fn unreachable(target: &Target, error: &SendRequestError) -> Fault {
    let name = target.name();
    refused(match error {
        SendRequestError::Connect(ConnectError::Timeout) => format!("connecting to {name} took too long"),
        SendRequestError::Connect(ConnectError::Io(error)) if error.kind() == std::io::ErrorKind::InvalidData => {
            format!("{name} has no valid certificate; check the address")
        }
        SendRequestError::Connect(ConnectError::Io(error)) => {
            format!("{name} cannot be reached ({}); check the address", error.kind())
        }
        _ => format!("{name} gave no valid HTTP answer; check the address"),
    })
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
