//! How names are resolved and connections opened on a user's behalf. Both can be replaced from Rust, so that tests need
//! no public network; no setting reaches here.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use actix_rt::net::TcpStream;
use futures_util::future::BoxFuture;

/// Finds the addresses of a name.
pub trait Resolve: Send + Sync {
    /// All addresses of `host`. The guard looks at each of them; what it lets pass is not looked up again.
    fn resolve(&self, host: &str, port: u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>>;
}

/// Opens a connection to an address which the guard let pass.
pub trait Dial: Send + Sync {
    /// Connects to `address`.
    fn dial(&self, address: SocketAddr) -> BoxFuture<'static, io::Result<TcpStream>>;
}

/// What a user's addresses are resolved and reached by.
#[derive(Clone)]
pub struct Network {
    /// Resolves names.
    pub resolver: Arc<dyn Resolve>,
    /// Connects, below the guard.
    pub dialer: Arc<dyn Dial>,
}

impl Default for Network {
    fn default() -> Self {
        Self { resolver: Arc::new(System), dialer: Arc::new(System) }
    }
}

/// This machine's own resolver and network.
struct System;

impl Resolve for System {
    fn resolve(&self, host: &str, port: u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
        let host = host.to_owned();
        Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
    }
}

impl Dial for System {
    fn dial(&self, address: SocketAddr) -> BoxFuture<'static, io::Result<TcpStream>> {
        Box::pin(TcpStream::connect(address))
    }
}
