//! The way to a user's address: a connection of its own to what was checked, whatever the name would resolve to by now.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_tls::connect::ConnectError;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::Settings;
use super::connector::tunnel;
use super::io::Io;

/// How long one of several addresses is tried, so that a dead one leaves time for the next.
const TRY_PATIENCE: Duration = Duration::from_secs(4);

/// How many of a name's addresses are tried.
const MOST_TRIES: usize = 4;

/// A connection, with TLS or without.
pub(super) trait Wire: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Wire for T {}

/// Connects to the first of `addresses` that can be reached.
pub(super) async fn connect(settings: &Settings, addresses: &[SocketAddr]) -> io::Result<Io> {
    let mut last = io::ErrorKind::NotFound.into();
    for address in addresses.iter().take(MOST_TRIES) {
        match timeout(TRY_PATIENCE, open(settings, *address)).await {
            Ok(Ok(io)) => return Ok(io),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(last)
}

/// Unlike a provider's, a user's address never goes round the proxy, and the proxy is given no name to resolve.
async fn open(settings: &Settings, address: SocketAddr) -> io::Result<Io> {
    let Some(proxy) = &settings.proxy else {
        return Ok(Io::Plain(settings.network.dialer.dial(address).await?));
    };
    let host = match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    };
    tunnel(proxy, Arc::clone(&settings.tls), &host, address.port()).await.map_err(|error| match error {
        ConnectError::Io(error) => error,
        error => io::Error::other(error.to_string()),
    })
}

/// Lays TLS over it; the server must bear `name`, which stands in the address and was not resolved again.
pub(super) async fn secure(settings: &Settings, io: Io, name: ServerName<'static>) -> io::Result<Box<dyn Wire>> {
    Ok(Box::new(TlsConnector::from(Arc::clone(&settings.tls)).connect(name, io).await?))
}
