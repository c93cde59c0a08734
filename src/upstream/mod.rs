//! The only outbound HTTP: one `awc` client per worker thread, with our own connector below it. What users' addresses
//! hold is fetched apart from it, over connections that live for one request and reach the public internet alone.

mod body;
mod connector;
mod fetcher;
mod file_name;
mod guard;
mod io;
mod network;
mod reader;
mod target;
mod tls;
mod way;

#[cfg(test)]
mod fetcher_tests;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod refusal_tests;

use std::rc::Rc;
use std::time::Duration;

use actix_http::HttpMessage;
use actix_http::error::ParseError;
use awc::error::{ConnectError, SendRequestError};
pub use awc::http::header::{self, HeaderName, HeaderValue};
pub use awc::http::{Method, Uri};
use bytes::Bytes;

pub use body::Body;
pub use connector::Proxy;
pub use fetcher::{FETCH_BYTES, FETCH_PATIENCE, FETCH_REDIRECTS, FetchLimits, Fetched};
pub use network::{Dial, Network, Resolve};
pub use tls::install_crypto;

use crate::chat::{Fault, FaultKind};

/// Who we say we are.
pub const USER_AGENT: &str = concat!("qianqiao/", env!("CARGO_PKG_VERSION"));

/// How long connecting may take, name resolution and proxy included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long an idle connection is kept for the next request. Most servers close theirs after 60 s or more.
const KEEP_IDLE: Duration = Duration::from_secs(30);

/// How long a connection may be reused in all.
const LIFETIME: Duration = Duration::from_secs(600);

/// A request as a provider encodes it; sending it is somebody else's work.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The method.
    pub method: Method,
    /// The whole address.
    pub url: Uri,
    /// The headers. Cookies and keys are marked sensitive by their provider.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub body: Bytes,
}

/// The head of an answer, as far as a decoder needs it.
#[derive(Debug, Clone, Default)]
pub struct ResponseHead {
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type`, in lower case, parameters cut off.
    pub content_type: String,
    /// `Retry-After`, if it was a number of seconds.
    pub retry_after: Option<Duration>,
    /// Each `Set-Cookie`, as it came.
    pub set_cookies: Vec<String>,
}

impl ResponseHead {
    /// Whether the body is a stream of events.
    pub fn is_event_stream(&self) -> bool {
        self.content_type == "text/event-stream"
    }
}

/// What every worker's client is made from; shared, while the client itself is per thread.
#[derive(Clone)]
pub struct Settings {
    tls: tls::Config,
    proxy: Option<Proxy>,
    network: Network,
}

impl Settings {
    /// Loads the machine's trusted certificates and reads the proxy's address.
    ///
    /// # Errors
    /// A sentence, if the proxy's address cannot be read.
    pub fn new(proxy: Option<&str>) -> Result<Self, String> {
        Ok(Self { tls: tls::config(), proxy: proxy.map(Proxy::parse).transpose()?, network: Network::default() })
    }

    /// Reaches users' addresses by `network`.
    #[must_use]
    pub fn with_network(self, network: Network) -> Self {
        Self { network, ..self }
    }
}

/// One worker thread's client.
#[derive(Clone)]
pub struct Client {
    providers: awc::Client,
    settings: Rc<Settings>,
}

impl Client {
    /// Makes the client of the current thread.
    pub fn new(settings: &Settings) -> Self {
        let connector = awc::Connector::new()
            .connector(connector::Tcp::new(settings.proxy.clone(), settings.tls.clone()))
            .rustls_0_23(settings.tls.clone())
            .timeout(CONNECT_TIMEOUT)
            .handshake_timeout(CONNECT_TIMEOUT)
            .conn_keep_alive(KEEP_IDLE)
            .conn_lifetime(LIFETIME)
            .limit(0);
        #[expect(clippy::disallowed_methods, reason = "this is the one place that makes HTTP clients")]
        let builder = awc::Client::builder();
        // The driver has its own, finer time limits; redirects would carry credentials to places nobody named.
        let builder = builder.connector(connector).disable_timeout().disable_redirects().no_default_headers();
        Self { providers: builder.finish(), settings: Rc::new(settings.clone()) }
    }

    /// Sends a request. Dropping the future, or the body, closes the connection: the upstream stops working.
    ///
    /// # Errors
    /// A fault of the upstream: unreachable, reset, or no HTTP.
    pub async fn send(&self, outgoing: Outgoing) -> Result<(ResponseHead, Body), Fault> {
        let mut request = self.providers.request(outgoing.method, outgoing.url).no_decompress();
        for (name, value) in outgoing.headers {
            request.headers_mut().insert(name, value);
        }
        let mut response = request.send_body(outgoing.body).await.map_err(|error| fault(&error))?;
        let text = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let content_type = text(header::CONTENT_TYPE).and_then(|value| value.split(';').next()).unwrap_or_default();
        let head = ResponseHead {
            status: response.status().as_u16(),
            content_type: content_type.trim().to_ascii_lowercase(),
            retry_after: text(header::RETRY_AFTER).and_then(|value| value.trim().parse().ok()).map(Duration::from_secs),
            set_cookies: response
                .headers()
                .get_all(header::SET_COOKIE)
                .filter_map(|value| value.to_str().ok().map(str::to_owned))
                .collect(),
        };
        // The response's own head is not needed any more; an open stream would keep its 3 KB.
        Ok((head, Body::new(response.take_payload())))
    }

    /// Sends a request and reads the whole answer, for the small calls beside the chat.
    ///
    /// # Errors
    /// As [`Client::send`]; also when the answer is larger than `limit` bytes or takes longer than `patience`.
    pub async fn fetch(
        &self,
        outgoing: Outgoing,
        limit: usize,
        patience: Duration,
    ) -> Result<(ResponseHead, Bytes), Fault> {
        let whole = async {
            let (head, body) = self.send(outgoing).await?;
            Ok((head, body.collect(limit).await?))
        };
        let late = || Fault::new(FaultKind::Timeout, "the upstream did not answer in time");
        tokio::time::timeout(patience, whole).await.map_err(|_| late())?
    }
}

/// Reads an address that we made ourselves.
///
/// # Errors
/// If it is none; its text is not repeated, because it may hold a key.
pub fn address(text: &str) -> Result<Uri, Fault> {
    text.parse().map_err(|_| Fault::new(FaultKind::Internal, "the upstream's address is not valid"))
}

/// Says what kept a request from being answered, without its address (which may hold a key).
fn fault(error: &SendRequestError) -> Fault {
    let (kind, what) = match error {
        SendRequestError::Connect(ConnectError::Timeout) | SendRequestError::Timeout => {
            (FaultKind::Timeout, "connecting to the upstream took too long".to_owned())
        }
        SendRequestError::Connect(ConnectError::Resolver(_) | ConnectError::NoRecords | ConnectError::Unresolved) => {
            (FaultKind::Upstream, "the upstream's name cannot be resolved".to_owned())
        }
        SendRequestError::Connect(ConnectError::Io(e)) => {
            (FaultKind::Upstream, format!("the upstream cannot be reached ({})", e.kind()))
        }
        SendRequestError::Connect(_)
        | SendRequestError::Send(_)
        | SendRequestError::Response(ParseError::Io(_) | ParseError::Incomplete) => {
            (FaultKind::Upstream, "the upstream closed the connection before it answered".to_owned())
        }
        SendRequestError::Response(_) => {
            (FaultKind::Protocol, "the upstream's answer is not valid HTTP, or was cut in its head".to_owned())
        }
        SendRequestError::Url(_) => (FaultKind::Internal, "the upstream's address is not valid".to_owned()),
        _ => (FaultKind::Upstream, "the request could not be sent to the upstream".to_owned()),
    };
    Fault::new(kind, what)
}
