//! Opens TCP connections, straight or through a proxy's `CONNECT` tunnel.
//!
//! `awc` has no proxy support. Both http and https upstreams go through a tunnel, so that the proxy sees names and
//! nothing else.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use actix_rt::net::TcpStream;
use actix_service::Service;
use actix_tls::connect::{ConnectError, ConnectInfo, Connection};
use awc::http::Uri;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures_util::future::LocalBoxFuture;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::io::Io;
use super::tls;

/// The longest head of a proxy's answer, in bytes.
const LONGEST_PROXY_HEAD: usize = 8 << 10;

/// Where the proxy is and who we are to it.
#[derive(Clone)]
pub struct Proxy(Arc<Address>);

struct Address {
    tls: bool,
    host: String,
    port: u16,
    authorization: Option<String>,
}

impl Proxy {
    /// Reads `http://[user:password@]host:port`, or the same with https.
    ///
    /// # Errors
    /// A sentence without the address, which may hold a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "UPSTREAM_PROXY: it is not a proxy's address; write http://host:port".to_owned();
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let tls = uri.scheme_str() == Some("https");
        let authority = uri.authority().ok_or_else(wrong)?;
        let user = authority.as_str().rsplit_once('@').map(|(user, _)| user);
        // They stand percent-encoded in an address, so that they may hold `@` and `:`.
        let decoded = |user: &str| percent_encoding::percent_decode_str(user).collect::<Vec<u8>>();
        let port = authority.port_u16().unwrap_or(if tls { 443 } else { 8080 });
        Ok(Self(Arc::new(Address {
            tls,
            host: authority.host().to_owned(),
            port,
            authorization: user.map(|user| format!("Basic {}", BASE64_STANDARD.encode(decoded(user)))),
        })))
    }
}

/// The service that `awc` calls for each new connection.
#[derive(Clone)]
pub struct Tcp {
    proxy: Option<Proxy>,
    tls: tls::Config,
}

impl Tcp {
    pub(super) const fn new(proxy: Option<Proxy>, tls: tls::Config) -> Self {
        Self { proxy, tls }
    }
}

impl Service<ConnectInfo<Uri>> for Tcp {
    type Response = Connection<Uri, Io>;
    type Error = ConnectError;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Self::Error>>;

    actix_service::always_ready!();

    fn call(&self, info: ConnectInfo<Uri>) -> Self::Future {
        let Self { proxy, tls } = self.clone();
        Box::pin(async move {
            let (host, port) = (info.hostname().to_owned(), target_port(info.request()));
            // No proxy can reach what listens on this machine alone, such as a local model server.
            let io = match proxy.filter(|_| !is_loopback(&host)) {
                None => Io::Plain(open(&host, port).await?),
                Some(proxy) => tunnel(&proxy, tls, &host, port).await?,
            };
            Ok(Connection::new(info.request().clone(), io))
        })
    }
}

fn target_port(uri: &Uri) -> u16 {
    uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 })
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

async fn open(host: &str, port: u16) -> Result<TcpStream, ConnectError> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let io = TcpStream::connect((bare, port)).await.map_err(ConnectError::Io)?;
    io.set_nodelay(true).map_err(ConnectError::Io)?;
    Ok(io)
}

/// Opens a tunnel to `host`, an address of IPv6 in brackets.
pub(super) async fn tunnel(proxy: &Proxy, tls: tls::Config, host: &str, port: u16) -> Result<Io, ConnectError> {
    let proxy = &*proxy.0;
    let plain = open(&proxy.host, proxy.port).await?;
    let mut io = if proxy.tls {
        let name = ServerName::try_from(proxy.host.clone()).map_err(|_| refused("the proxy's name is not valid"))?;
        let stream = tokio_rustls::TlsConnector::from(tls).connect(name, plain).await.map_err(ConnectError::Io)?;
        Io::Tls(Box::new(stream))
    } else {
        Io::Plain(plain)
    };
    let mut request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n");
    if let Some(authorization) = &proxy.authorization {
        request.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
    }
    request.push_str("\r\n");
    io.write_all(request.as_bytes()).await.map_err(ConnectError::Io)?;
    io.flush().await.map_err(ConnectError::Io)?;
    read_consent(&mut io).await?;
    Ok(io)
}

/// Reads the proxy's answer byte by byte, because what follows its head already belongs to the tunnel.
async fn read_consent(io: &mut Io) -> Result<(), ConnectError> {
    let mut head = Vec::with_capacity(256);
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > LONGEST_PROXY_HEAD {
            return Err(refused("the proxy's answer has no end"));
        }
        head.push(io.read_u8().await.map_err(ConnectError::Io)?);
    }
    let status = head.split(|b| *b == b' ').nth(1).unwrap_or_default();
    if status.starts_with(b"2") { Ok(()) } else { Err(refused("the proxy refused the tunnel")) }
}

fn refused(what: &'static str) -> ConnectError {
    ConnectError::Io(io::Error::new(io::ErrorKind::ConnectionRefused, what))
}
