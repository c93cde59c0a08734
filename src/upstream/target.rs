//! A user's address, read and found fit to be asked; what it leads to is checked once its name is resolved.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use rustls::pki_types::ServerName;
use url::{Host, ParseError, Position, Url};

use super::guard;
use super::network::Resolve;
use crate::chat::{Fault, FaultKind};

/// The longest address, in bytes. Servers take little more.
const LONGEST: usize = 8 << 10;

/// The longest name that DNS knows.
const LONGEST_HOST: usize = 253;

/// Below it only the web's own ports are open: mail, name and file servers would make something of a request's lines.
const FIRST_FREE_PORT: u16 = 1024;

/// Where a fetch goes. Only this reading of the address is used from here on, so that no second one can differ.
pub(super) struct Target {
    url: Url,
    host: Host<String>,
    port: u16,
}

impl Target {
    /// Reads a user's address.
    pub(super) fn read(text: &str) -> Result<Self, Fault> {
        if text.len() > LONGEST && starts_with_http(text) {
            return Err(refused(format!("the address is longer than {} KiB; shorten it", LONGEST >> 10)));
        }
        if text.len() > LONGEST {
            return Err(only_http());
        }
        let url = Url::parse(text).map_err(|error| match error {
            ParseError::RelativeUrlWithoutBase => refused("the address is not whole; write https://host/path"),
            error => refused(format!("the address is not valid ({error})")),
        })?;
        Self::checked(url)
    }

    /// Reads where an answer of this one leads on.
    pub(super) fn follow(&self, location: &str) -> Result<Self, Fault> {
        let wrong = |why: &str| refused(format!("{} redirects to where nobody may go: {why}", self.name()));
        if location.len() > LONGEST {
            return Err(wrong("the address is too long"));
        }
        let url = self.url.join(location).map_err(|_| wrong("the address is not valid"))?;
        let next = Self::checked(url).map_err(|fault| wrong(&fault.message))?;
        // Who asks for https wants nobody on the way to read or replace what comes.
        if self.url.scheme() == "https" && next.url.scheme() == "http" {
            return Err(wrong("from https down to http; give the http address itself, if that will do"));
        }
        Ok(next)
    }

    fn checked(mut url: Url) -> Result<Self, Fault> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(only_http());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("the address holds a user name or password, which is never sent; leave it out"));
        }
        let nowhere = || refused("the address has no valid host");
        let host = match url.host().ok_or_else(nowhere)? {
            // A name with and without its last dot is the same; certificates are made out to the latter.
            Host::Domain(name) => Host::Domain(name.strip_suffix('.').unwrap_or(name).to_owned()),
            Host::Ipv4(address) => Host::Ipv4(address),
            Host::Ipv6(address) => Host::Ipv6(address),
        };
        if let Host::Domain(name) = &host {
            if name.is_empty() || name.ends_with('.') || name.len() > LONGEST_HOST {
                return Err(nowhere());
            }
            url.set_host(Some(name)).map_err(|_| nowhere())?;
        }
        let port = url.port_or_known_default().unwrap_or_default();
        if !matches!(port, 80 | 443 | FIRST_FREE_PORT..) {
            let ports = format!("80, 443 and those from {FIRST_FREE_PORT} on");
            return Err(refused(format!("the address names port {port}; open are {ports}")));
        }
        url.set_fragment(None);
        // The parser encodes what is not; a line break in the request must not hang on that alone.
        if !url.as_str().bytes().all(|b| b.is_ascii_graphic()) {
            return Err(refused("the address is not valid"));
        }
        Ok(Self { url, host, port })
    }

    /// Where it leads: every address of its name, each of them public.
    pub(super) async fn addresses(&self, resolver: &dyn Resolve) -> Result<Vec<SocketAddr>, Fault> {
        let found: Vec<IpAddr> = match &self.host {
            Host::Ipv4(address) => vec![IpAddr::V4(*address)],
            Host::Ipv6(address) => vec![IpAddr::V6(*address)],
            Host::Domain(name) => {
                let found = resolver.resolve(name, self.port).await.unwrap_or_default();
                found.iter().map(SocketAddr::ip).collect()
            }
        };
        if found.is_empty() {
            return Err(refused(format!("{} does not resolve; check the address", self.name())));
        }
        // One that is not public closes them all: whoever mixes them in means no good, or the name is not for us.
        if let Some(what) = found.iter().find_map(|address| guard::closed(*address)) {
            let name = self.name();
            return Err(refused(format!("{name} leads to {what}; give an address on the public internet")));
        }
        Ok(found.into_iter().map(|address| SocketAddr::new(address, self.port)).collect())
    }

    /// The host, for a sentence. The rest of an address may hold secrets.
    pub(super) fn name(&self) -> Cow<'_, str> {
        match &self.host {
            Host::Domain(name) => Cow::Borrowed(name),
            address => Cow::Owned(address.to_string()),
        }
    }

    /// The request's first line and the host, as they are sent.
    pub(super) fn head(&self) -> String {
        let path = &self.url[Position::BeforePath..Position::AfterQuery];
        let host = &self.url[Position::BeforeHost..Position::AfterPort];
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n")
    }

    /// Whom the server's certificate must name; `None` without TLS.
    pub(super) fn server_name(&self) -> Option<Result<ServerName<'static>, Fault>> {
        let unfit = |_| refused("the address's host cannot stand in a certificate");
        (self.url.scheme() == "https").then(|| match &self.host {
            Host::Domain(name) => ServerName::try_from(name.clone()).map_err(unfit),
            Host::Ipv4(address) => Ok(ServerName::IpAddress(IpAddr::V4(*address).into())),
            Host::Ipv6(address) => Ok(ServerName::IpAddress(IpAddr::V6(*address).into())),
        })
    }

    /// The path, percent-encoded.
    pub(super) fn path(&self) -> &str {
        self.url.path()
    }
}

/// A fault of the request; the caller adds the field that held the address.
pub(super) fn refused(message: impl Into<Box<str>>) -> Fault {
    Fault::new(FaultKind::Request, message)
}

fn only_http() -> Fault {
    refused("only http and https addresses are fetched")
}

fn starts_with_http(text: &str) -> bool {
    text.trim_start().as_bytes().get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"http"))
}
