//! Connects to addresses that were checked, whatever the request's own address would resolve to by now.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_service::Service;
use actix_tls::connect::{ConnectError, ConnectInfo, Connection};
use awc::http::Uri;
use futures_util::future::LocalBoxFuture;
use tokio::time::timeout;

use super::connector::{Proxy, tunnel};
use super::io::Io;
use super::network::Dial;
use super::tls;

/// How long one of several addresses is tried, so that a dead one leaves time for the next.
const TRY_PATIENCE: Duration = Duration::from_secs(4);

/// How many of a name's addresses are tried.
const MOST_TRIES: usize = 4;

/// The service that `awc` calls for the one connection of one request.
#[derive(Clone)]
pub(super) struct Pinned {
    pub(super) addresses: Rc<[SocketAddr]>,
    pub(super) dialer: Arc<dyn Dial>,
    pub(super) proxy: Option<Proxy>,
    pub(super) tls: tls::Config,
}

impl Service<ConnectInfo<Uri>> for Pinned {
    type Response = Connection<Uri, Io>;
    type Error = ConnectError;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Self::Error>>;

    actix_service::always_ready!();

    fn call(&self, info: ConnectInfo<Uri>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            let mut last = ConnectError::NoRecords;
            for address in this.addresses.iter().take(MOST_TRIES) {
                match timeout(TRY_PATIENCE, this.open(*address)).await {
                    // The request's own address stays the name that the server's certificate must bear.
                    Ok(Ok(io)) => return Ok(Connection::new(info.request().clone(), io)),
                    Ok(Err(error)) => last = error,
                    Err(_) => last = ConnectError::Io(io::ErrorKind::TimedOut.into()),
                }
            }
            Err(last)
        })
    }
}

impl Pinned {
    /// Unlike a provider's, a user's address never goes round the proxy, and the proxy is given no name to resolve.
    async fn open(&self, address: SocketAddr) -> Result<Io, ConnectError> {
        match &self.proxy {
            None => Ok(Io::Plain(self.dialer.dial(address).await.map_err(ConnectError::Io)?)),
            Some(proxy) => {
                let host = match address {
                    SocketAddr::V4(address) => address.ip().to_string(),
                    SocketAddr::V6(address) => format!("[{}]", address.ip()),
                };
                tunnel(proxy, Arc::clone(&self.tls), &host, address.port()).await
            }
        }
    }
}
