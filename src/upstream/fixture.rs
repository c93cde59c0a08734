//! An internet of the tests' own: names with made-up addresses, all of which lead to one site on this machine.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream as Socket};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_rt::net::TcpStream;
use futures_util::future::BoxFuture;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use super::{Client, Dial, Network, Resolve, Settings, install_crypto};

/// How long anything may take before it counts as hanging.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// Public, but never dialled: the dialer leads elsewhere.
pub(super) const PUBLIC: &str = "93.184.216.34";

/// Names and their addresses; `|` parts what each further question is answered with.
const NAMES: [(&str, &str); 16] = [
    ("pictures.test", PUBLIC),
    ("other.test", "2606:4700::6810:84e5 1.1.1.1"),
    ("wrong.test", PUBLIC),
    ("rebind.test", "93.184.216.34|127.0.0.1"),
    ("mixed.test", "93.184.216.34 10.0.0.1"),
    ("mixed6.test", "93.184.216.34 2606:4700::1 ::1"),
    ("localhost", "127.0.0.1 ::1"),
    ("a.localhost", "127.0.0.1"),
    ("localtest.me", "127.0.0.1"),
    ("redis", "172.18.0.2"),
    ("metadata.google.internal", "169.254.169.254"),
    ("six.test", "::1"),
    ("ula.test", "fd12:3456::1"),
    ("mapped.test", "::ffff:10.0.0.1"),
    ("fake-ip.test", "198.18.0.7"),
    ("empty.test", ""),
];

/// What the fetcher asked of it.
pub(super) struct Internet {
    port: u16,
    pub(super) asked: Mutex<Vec<String>>,
    pub(super) dialled: Mutex<Vec<SocketAddr>>,
}

impl Internet {
    /// One whose addresses all lead to what listens here on `port`.
    pub(super) fn new(port: u16) -> Arc<Self> {
        Arc::new(Self { port, asked: Mutex::default(), dialled: Mutex::default() })
    }

    pub(super) fn client(self: &Arc<Self>, proxy: Option<&str>) -> Client {
        let network = Network { resolver: Arc::clone(self) as _, dialer: Arc::clone(self) as _ };
        let mut settings = Settings::new(proxy).unwrap().with_network(network);
        settings.tls = Arc::new(trusting_the_tests());
        Client::new(&settings)
    }
}

impl Resolve for Internet {
    fn resolve(&self, host: &str, port: u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
        let mut asked = self.asked.lock().unwrap();
        let before = asked.iter().filter(|name| *name == host).count();
        asked.push(host.to_owned());
        let answers = NAMES.iter().find(|(name, _)| *name == host).map(|(_, answers)| *answers);
        let answer = answers.map(|answers| {
            // The last answer stays.
            let each: Vec<&str> = answers.split('|').collect();
            each[before.min(each.len() - 1)]
        });
        let found = answer.map(|found| {
            let addresses = found.split_whitespace().map(|address| address.parse().unwrap());
            addresses.map(|address| SocketAddr::new(address, port)).collect()
        });
        Box::pin(async move { found.ok_or_else(|| io::ErrorKind::NotFound.into()) })
    }
}

impl Dial for Internet {
    fn dial(&self, address: SocketAddr) -> BoxFuture<'static, io::Result<TcpStream>> {
        self.dialled.lock().unwrap().push(address);
        Box::pin(TcpStream::connect(("127.0.0.1", self.port)))
    }
}

/// A connection as the site sees it.
pub(super) trait Wire: Read + Write {}

impl<T: Read + Write> Wire for T {}

/// The heads of the requests that came.
pub(super) type Heads = Arc<Mutex<Vec<String>>>;

/// A site that plays its part on each connection, given the request's path.
pub(super) fn site(play: impl Fn(&str, &mut dyn Wire) + Send + Sync + 'static) -> (u16, Heads) {
    listen(move |mut socket, heads| visit(&mut socket, heads, &play))
}

/// The same behind TLS, as `pictures.test`. Its key was made for the tests, and only the tests trust its root.
pub(super) fn tls_site(play: impl Fn(&str, &mut dyn Wire) + Send + Sync + 'static) -> (u16, Heads) {
    install_crypto();
    let chain = vec![CertificateDer::from(&include_bytes!("../../tests/fixtures/tls/pictures.test.der")[..])];
    let key = PrivatePkcs8KeyDer::from(&include_bytes!("../../tests/fixtures/tls/pictures.test.key.der")[..]);
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, PrivateKeyDer::Pkcs8(key));
    let config = Arc::new(config.unwrap());
    listen(move |socket, heads| {
        let tls = ServerConnection::new(Arc::clone(&config)).unwrap();
        visit(&mut StreamOwned::new(tls, socket), heads, &play);
    })
}

/// A proxy whose tunnels all lead to `target` on this machine.
pub(super) fn proxy(target: u16) -> (u16, Heads) {
    listen(move |mut client, heads| {
        heads.lock().unwrap().push(head(&mut client));
        let mut site = Socket::connect(("127.0.0.1", target)).unwrap();
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
        let (mut from, mut to) = (client.try_clone().unwrap(), site.try_clone().unwrap());
        std::thread::spawn(move || io::copy(&mut from, &mut to));
        let _ = io::copy(&mut site, &mut client);
    })
}

fn listen(serve: impl Fn(Socket, &Heads) + Send + Sync + 'static) -> (u16, Heads) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, heads, serve) = (listener.local_addr().unwrap().port(), Heads::default(), Arc::new(serve));
    let kept = Arc::clone(&heads);
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let (socket, heads, serve) = (socket.unwrap(), Arc::clone(&kept), Arc::clone(&serve));
            socket.set_read_timeout(Some(PATIENCE)).unwrap();
            std::thread::spawn(move || serve(socket, &heads));
        }
    });
    (port, heads)
}

fn visit(wire: &mut dyn Wire, heads: &Heads, play: &dyn Fn(&str, &mut dyn Wire)) {
    let head = head(wire);
    // A handshake that fails ends before a request.
    let Some(path) = head.split(' ').nth(1).map(str::to_owned) else { return };
    heads.lock().unwrap().push(head);
    play(&path, wire);
}

fn head(wire: &mut dyn Wire) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        match wire.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => break,
        }
    }
    String::from_utf8(head).unwrap()
}

fn trusting_the_tests() -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(&include_bytes!("../../tests/fixtures/tls/root.der")[..])).unwrap();
    ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()
}

/// Runs what needs the service's runtime.
pub(super) fn run<T>(test: impl Future<Output = T>) -> T {
    install_crypto();
    actix_rt::System::new().block_on(test)
}
