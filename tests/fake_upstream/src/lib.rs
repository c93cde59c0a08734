//! A stand-in for the chat services, for tests and the benchmark.
//!
//! It speaks the Qianwen web chat (generation 3) and OpenAI's chat completions over raw TCP, so
//! that it can misbehave at the level of bytes. What a request gets is told by its credential;
//! `README.md` beside this crate lists the scenarios.

mod answer;
mod bench;
mod chaos;
mod connection;
mod credentials;
mod fixtures;
mod hooks;
mod journal;
mod oauth;
mod openai;
mod openai_turn;
mod player;
mod qianwen;
mod qianwen_frames;
mod qianwen_member;
mod qianwen_turn;
mod request;
mod routes;
mod scenario;
mod server;
mod text;
mod turn;

use std::io::{Error, ErrorKind, Result};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

pub use crate::chaos::marked_answer;
use crate::credentials::Credentials;
pub use crate::hooks::Hook;
use crate::journal::Journal;
pub use crate::journal::{Counts, Entry, Snapshot};
pub use crate::qianwen::PUNISH_URL;
pub use crate::request::Line;
pub use crate::text::{GUEST_TEXT, OK_TEXT, OK_USAGE};

/// Where this repository keeps its fixtures.
pub const FIXTURES_DIR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures");

/// A running fake on a loopback port and a thread of its own; dropping it stops it.
pub struct FakeUpstream {
    address: SocketAddr,
    journal: Arc<Journal>,
    credentials: Arc<Credentials>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl FakeUpstream {
    /// Starts on a port that the system chooses.
    pub fn start(fixtures_dir: impl AsRef<Path>) -> Result<Self> {
        Self::start_on(0, fixtures_dir)
    }

    pub fn start_on(port: u16, fixtures_dir: impl AsRef<Path>) -> Result<Self> {
        let fixtures = fixtures_dir.as_ref().to_path_buf();
        if !fixtures.is_dir() {
            let text = format!("no fixtures in {}", fixtures.display());
            return Err(Error::new(ErrorKind::NotFound, text));
        }
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let listener = listen(&runtime, port)?;
        let address = listener.local_addr()?;
        let journal = Arc::new(Journal::default());
        let credentials = Arc::new(Credentials::default());
        let bench = bench::Bench::default();
        let context = routes::Context { fixtures, bench, journal: journal.clone(), credentials: credentials.clone() };
        let context = Arc::new(context);
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("fake-upstream".to_owned());
        let thread = thread.spawn(move || runtime.block_on(run(listener, context, stopped)))?;
        Ok(Self { address, journal, credentials, stop: Some(stop), thread: Some(thread) })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The origin, without a slash at its end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn journal(&self) -> Snapshot {
        self.journal.snapshot()
    }

    pub fn reset_journal(&self) {
        self.journal.reset();
    }

    /// From now on the credential `name` does what `plan` says; false if that is no scenario.
    #[must_use]
    pub fn set(&self, name: &str, plan: &str) -> bool {
        self.credentials.set(name, plan)
    }

    /// From now on the credential `name` says these turns, which the README describes; false if they are none.
    #[must_use]
    pub fn say(&self, name: &str, turns: &serde_json::Value) -> bool {
        turn::Turn::list(turns).is_some_and(|turns| self.credentials.say(name, turns))
    }

    /// The whole body of the credential's last chat request.
    pub fn last(&self, name: &str) -> Option<bytes::Bytes> {
        self.journal.last(name)
    }

    /// Polls the journal until it satisfies the condition; the error is its last state.
    pub fn wait_for(
        &self,
        patience: Duration,
        condition: impl Fn(&Snapshot) -> bool,
    ) -> std::result::Result<Snapshot, Box<Snapshot>> {
        let deadline = Instant::now() + patience;
        loop {
            let snapshot = self.journal();
            if condition(&snapshot) {
                return Ok(snapshot);
            }
            if Instant::now() > deadline {
                return Err(Box::new(snapshot));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for FakeUpstream {
    fn drop(&mut self) {
        // The receiver is gone only when the thread has ended already.
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

async fn run(listener: TcpListener, context: Arc<routes::Context>, stopped: oneshot::Receiver<()>) {
    tokio::select! {
        () = server::serve(listener, context) => {}
        _ = stopped => {}
    }
}

/// Binds without waiting, so that a test may start the fake inside a runtime of its own.
fn listen(runtime: &Runtime, port: u16) -> Result<TcpListener> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let _entered = runtime.enter();
    TcpListener::from_std(listener)
}
