//! The wiring: configuration → a service that runs until it is told to stop.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::web::{Data, PayloadConfig};
use actix_web::{App as ActixApp, HttpServer};

use crate::config::{Config, Limits};
use crate::gateway::{Admission, Bin, Desk, Gateway, Household, Janitor, RollBin, Rolls, UploadCache, keep};
use crate::http;
use crate::keys::MasterKey;
use crate::notify::{self, Outbox};
use crate::opening::{self, Opened};
use crate::providers::{KINDS, Kind};
use crate::stages::{Maker, STAGES};
use crate::state::AppState;
use crate::store::{Kept, Store, Writer};
use crate::upstream::{self, Client, Network};

/// How long a connection without a request is kept. nginx gives its own up after 30 s, so it never sends a request
/// into a connection that is just being closed here.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// How long a request's head may take.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How often a stopping service looks whether its last answer has ended.
const DRAIN_STEP: Duration = Duration::from_millis(50);

/// How long the database gets to be closed.
const CLOSE_PATIENCE: Duration = Duration::from_secs(3);

/// How long the console's pages get to hear that the service stops.
const GOODBYE_PATIENCE: Duration = Duration::from_millis(500);

/// How long answers that are cut off get to say so.
const CUT_PATIENCE: Duration = Duration::from_secs(2);

/// A service that is bound to its port.
pub struct App {
    /// The port that it listens on.
    pub port: u16,
    /// What all workers share.
    pub state: Data<AppState>,
    server: Server,
    limits: Limits,
    outbound: upstream::Settings,
    background: Background,
}

/// What goes on beside the requests.
struct Background {
    household: Household,
    writer: Writer,
    outbox: Outbox,
    bin: Bin,
    rolls: RollBin,
}

/// What a service is put together from; tests bring parts of their own.
#[derive(Clone)]
pub struct Parts {
    /// The kinds of providers.
    pub kinds: &'static [&'static dyn Kind],
    /// The steps between a provider and a dialect.
    pub stages: &'static [Maker],
    /// How users' addresses are reached.
    pub network: Network,
}

impl Default for Parts {
    fn default() -> Self {
        Self { kinds: KINDS, stages: STAGES, network: Network::default() }
    }
}

impl App {
    /// Builds the service on `listener`.
    ///
    /// # Errors
    /// A sentence that names the variable and the mend.
    pub async fn build(config: &Config, listener: TcpListener) -> Result<Self, String> {
        Self::build_with(config, listener, Parts::default()).await
    }

    /// Builds the service from other parts than the usual ones.
    ///
    /// # Errors
    /// As [`App::build`].
    pub async fn build_with(config: &Config, listener: TcpListener, parts: Parts) -> Result<Self, String> {
        crate::metrics::started();
        let Parts { kinds, stages, network } = parts;
        let settings = &config.settings;
        let store = Store::open(&settings.data_dirs);
        let store_dir = store.dir().display().to_string();
        let master_key = MasterKey::settle(settings.master_key.as_ref(), &store)?;
        config.warnings.iter().for_each(|note| log::info!("{note}"));
        let mut warnings = Vec::new();
        let proxy = settings.upstream_proxy.as_ref().map(|proxy| proxy.expose().as_str());
        let outbound = upstream::Settings::new(proxy)?.with_network(network);
        let Opened { household, settings: adjustable, console, writer, outbox } =
            opening::open(config, &store, kinds, &master_key.expose(), &mut warnings).await?;
        let (janitor, bin) = Janitor::new();
        let (rolls_in, rolls) = Rolls::new();
        let limits = settings.limits.clone();
        let body_limit = usize::try_from(limits.body_mb << 20).unwrap_or(usize::MAX);
        let trouble = household.database.status().problem;
        warnings.iter().chain(&trouble).for_each(|warning| log::warn!("{warning}"));
        let state = Data::new(AppState {
            gateway: gateway(&household, &limits, janitor, rolls_in, stages),
            settings: adjustable,
            database: household.database.clone(),
            notifier: household.notifier.clone(),
            usage: household.usage.clone(),
            console,
            master_key,
            metrics_token: settings.metrics_token.clone(),
            keyring: Arc::clone(&household.keyring),
            environment: config.variables(&store_dir),
            body_limit,
            warnings,
        });
        let port = listener.local_addr().map_err(|error| error.to_string())?.port();
        let server = server(listener, &state, &outbound, settings.workers).map_err(|error| error.to_string())?;
        let background = Background { household, writer, outbox, bin, rolls };
        Ok(Self { port, state, server, limits, outbound, background })
    }

    /// A handle that stops the service.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Runs until `stop` resolves; then lets open answers end, up to `DRAIN_S`.
    ///
    /// # Errors
    /// If the server fails.
    pub async fn run(self, stop: impl Future<Output = ()> + 'static) -> std::io::Result<()> {
        let Self { state, server, limits, outbound, background, .. } = self;
        let Background { household, writer, outbox, bin, rolls } = background;
        let handle = server.handle();
        let client = Client::new(&outbound);
        #[expect(clippy::disallowed_methods, reason = "the end of this function flushes what it has to write")]
        let writer = actix_rt::spawn(writer.run());
        let keeping = keep(client.clone(), household.clone(), bin, rolls);
        let telling = notify::deliver(client, outbox);
        let stopping = async move {
            stop.await;
            drain(&state.gateway.admission, &limits).await;
            // Whoever listens has been told meanwhile; only one that does not read may still be there.
            ended(|| state.console.board.listeners() == 0, GOODBYE_PATIENCE).await;
            handle.stop(false).await;
        };
        // The server ends last, and its end ends the background's work too.
        let result = tokio::select! {
            result = server => result,
            () = async { futures_util::future::join3(keeping, telling, stopping).await; } => Ok(()),
        };
        household.registry.keep_use();
        household.usage.keep();
        household.keyring.keep_use();
        if let Kept::Memory(why) = household.database.flush().await {
            log::warn!("stopping: what happened last is lost: {why}");
        }
        household.database.close();
        // The file is closed properly, unless the disk does not let it.
        let _ = tokio::time::timeout(CLOSE_PATIENCE, writer).await;
        result
    }
}

/// What answers requests, with who can be asked.
fn gateway(
    household: &Household,
    limits: &Limits,
    janitor: Janitor,
    rolls: Rolls,
    stages: &'static [Maker],
) -> Gateway {
    Gateway {
        roster: Arc::clone(&household.roster),
        registry: Arc::clone(&household.registry),
        admission: Admission::new(limits.concurrent),
        janitor,
        rolls,
        desk: Arc::new(Desk { files: household.files.clone(), uploads: UploadCache::default() }),
        limits: limits.clone(),
        stages,
    }
}

fn server(
    listener: TcpListener,
    state: &Data<AppState>,
    outbound: &upstream::Settings,
    workers: usize,
) -> std::io::Result<Server> {
    let (state, outbound) = (state.clone(), outbound.clone());
    let server = HttpServer::new(move || {
        // A client belongs to its thread, so it is made here; everything that is shared is made outside.
        ActixApp::new()
            .app_data(state.clone())
            .app_data(Data::new(Client::new(&outbound)))
            .app_data(PayloadConfig::new(state.body_limit))
            .wrap(from_fn(http::envelope))
            .configure(http::configure)
    });
    let server = server
        .workers(workers)
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(HEAD_TIMEOUT)
        // Otherwise a client that left is noticed only when something is written to it.
        .h1_allow_half_closed(false)
        // Otherwise the kernel holds a token back until nginx has acknowledged the one before, up to 40 ms later.
        .tcp_nodelay(true)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}

/// Takes no new answers and waits for those under way.
async fn drain(admission: &Arc<Admission>, limits: &Limits) {
    admission.stop();
    log::info!(
        "stopping: {} answers are under way, up to {} s for them",
        admission.under_way(),
        limits.drain.as_secs()
    );
    if ended(|| admission.under_way() == 0, limits.drain).await {
        return;
    }
    log::warn!("stopping: {} answers are cut off", admission.under_way());
    admission.cut();
    ended(|| admission.under_way() == 0, CUT_PATIENCE).await;
}

async fn ended(have_ended: impl Fn() -> bool, patience: Duration) -> bool {
    let all = async {
        while !have_ended() {
            tokio::time::sleep(DRAIN_STEP).await;
        }
    };
    tokio::time::timeout(patience, all).await.is_ok()
}
