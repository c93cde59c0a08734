//! TLS for outbound connections: rustls with ring, trusting what the machine trusts.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

/// The client side's TLS configuration, shared by all threads.
pub type Config = Arc<ClientConfig>;

/// Installs the process's cryptography. Must run before the first client is made, or rustls panics in each worker.
pub fn install_crypto() {
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        log::debug!("a cryptography provider is already installed");
    }
}

pub(super) fn config() -> Config {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    let (added, _) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        log::warn!("this machine has no trusted certificates; install `ca-certificates`, or https upstreams will fail");
    }
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    // One request per connection at a time, as HTTP/1.1 has it, lets a cancelled answer close exactly its own.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Arc::new(config)
}
