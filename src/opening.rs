//! What a start finds: providers, accounts, settings and lists, of the environment and of the store, brought together.

use std::collections::HashMap;
use std::num::{NonZeroU32, NonZeroU64};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::accounts::clock::DAY;
use crate::accounts::{
    Account, Agreement, Event, EventKind, Events, Limits, Pool, Registry, Rules, Use, agree, restored,
};
use crate::config::{self, Config, Secret};
use crate::console::Console;
use crate::gateway::settings::{self, Settings};
use crate::gateway::{Bookkeeper, Household, Roster, restore_listing};
use crate::keys::Keyring;
use crate::notify::{Notifier, Outbox, Target};
use crate::providers::{Kind, Provider, Setup};
use crate::store::{Database, Files, Record, Store, UsageRecord, Writer};
use crate::usage::Ledger;

/// How long a request waits for an account while all are busy, in seconds, if nobody says otherwise.
const QUEUE_WAIT: u64 = 20;

/// What a start has opened.
pub struct Opened {
    /// Who can be asked, in whose name, and where it is kept.
    pub household: Household,
    /// What the owner may change.
    pub settings: Settings,
    /// The owner at the console.
    pub console: Console,
    /// What writes to disk; must be run.
    pub writer: Writer,
    /// What the owner is told; must be delivered.
    pub outbox: Outbox,
}

/// Opens the store and brings it and the environment to agree; `key` is the owner's.
///
/// # Errors
/// A sentence with the mend.
pub async fn open(
    config: &Config,
    store: &Store,
    kinds: &[&dyn Kind],
    key: &str,
    warnings: &mut Vec<String>,
) -> Result<Opened, String> {
    let today = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_secs() / (DAY / 1000));
    let data_key = config.settings.data_key.as_ref();
    let (database, writer, contents) = Database::open(store, data_key, i64::try_from(today).unwrap_or(0)).await?;
    warnings.extend(contents.warnings.iter().cloned());
    let (notifier, outbox) = notifier(config)?;
    let events = Arc::new(Events::default());
    let books = Bookkeeper { database: database.clone(), events: Arc::clone(&events), notifier: notifier.clone() };
    let pool = Pool::new(Rules::default(), Box::new(books));
    let (providers, named) = providers(config, store, kinds, warnings);
    let roster = Arc::new(Roster::new(providers, Arc::clone(&pool), config.pins.clone()));
    let registry = Arc::new(Registry::new(Arc::clone(&pool), Arc::clone(&events), database.clone()));
    let ledger = Ledger::open(&database, &contents.tallies, &contents.calls);
    let keyring = Arc::new(Keyring::new(database.clone(), contents.keys, &contents.key_use, warnings));
    let files = Files::open(store, &database, contents.files, config.settings.limits.files_mb, warnings);
    let agreement = agree(named, contents.accounts, |account| fingerprint(&database, account), pool.now());
    let health: HashMap<String, String> = contents.health.into_iter().collect();
    events.load(contents.events);
    take_over(agreement, &health, &contents.usage, &pool, &events, &database);
    for kept in &contents.models {
        if let Some(member) = roster.member(&kept.provider) {
            restore_listing(member, kept);
        }
    }
    let base = base(&config.settings)?;
    let settings = Settings::new(base, &contents.settings, database.clone(), Arc::clone(&roster), warnings);
    let console = Console::new(&database, contents.sessions, contents.audit, key, pool.now());
    let household = Household { roster, registry, keyring, database, files, notifier, usage: ledger };
    Ok(Opened { household, settings, console, writer, outbox })
}

/// Finds what would keep the service from starting, besides what the configuration itself has checked.
///
/// # Errors
/// A sentence with the variable's name and the mend.
pub fn check(config: &Config) -> Result<(), String> {
    notifier(config)?;
    base(&config.settings).map(drop)
}

fn notifier(config: &Config) -> Result<(Notifier, Outbox), String> {
    let (notifier, outbox) = Notifier::new();
    if let Some(url) = &config.settings.notify_url {
        let target = Target::parse(url, config.settings.notify_form.as_deref());
        notifier.set_target(Some(target.map_err(|what| format!("NOTIFY_WEBHOOK_URL: {what}"))?));
    }
    Ok((notifier, outbox))
}

/// The providers, and the accounts that the environment names.
fn providers(
    config: &Config,
    store: &Store,
    kinds: &[&dyn Kind],
    warnings: &mut Vec<String>,
) -> (Vec<Box<dyn Provider>>, Vec<Account>) {
    let manifests = store.provider_files(warnings);
    let setup = Setup { config, manifests: &manifests };
    let (mut providers, mut named) = (Vec::new(), Vec::new());
    for one in kinds.iter().flat_map(|kind| kind.configured(&setup, warnings)) {
        let id = one.provider.id().to_owned();
        named.extend(one.accounts.into_iter().map(|account| Account { provider: id.clone(), ..account }));
        providers.push(one.provider);
    }
    (providers, named)
}

/// Says whether the environment's value changed, without keeping it.
fn fingerprint(database: &Database, account: &Account) -> String {
    let credential = Secret::new(serde_json::to_string(account.credential.expose()).unwrap_or_default());
    database.fingerprint(credential.expose())
}

fn take_over(
    agreement: Agreement,
    health: &HashMap<String, String>,
    usage: &[UsageRecord],
    pool: &Arc<Pool>,
    events: &Events,
    database: &Database,
) {
    let now = pool.now();
    for account in agreement.accounts {
        let changed = agreement.changed.iter().find(|(id, _)| *id == account.id);
        // A credential that changed has not fallen ill yet.
        let kept = health.get(&account.id).filter(|_| changed.is_none());
        let state = restored(kept.map(String::as_str), account.enabled, now);
        if let Some((id, why)) = changed {
            database.put(Record::Account(account.record()));
            events.note(database, id, Event::told(now, EventKind::Credential, *why));
            // What was wrong with the old credential must not come back with the next start.
            let body = serde_json::to_string(&state).unwrap_or_default();
            database.put(Record::Health { account: id.clone(), body });
        }
        pool.put(account, state);
    }
    for id in agreement.dropped {
        log::info!("{id}: the environment names it no more, so it is taken out");
        database.put(Record::DropAccount(id));
    }
    for used in usage {
        let number = |n: i64| u64::try_from(n).unwrap_or_default();
        let (day, requests, tokens) = (number(used.day), number(used.requests), number(used.tokens));
        pool.restore_use(&Use { account: used.account.clone(), day, requests, tokens });
    }
}

fn base(fixed: &config::Settings) -> Result<settings::Base, String> {
    let pool = &fixed.pool;
    let limits = Limits {
        concurrent: pool.concurrent.and_then(|n| NonZeroU32::new(u32::try_from(n).ok()?)),
        requests_per_minute: pool.requests_per_minute.and_then(|n| NonZeroU32::new(u32::try_from(n).ok()?)),
        requests_per_day: pool.requests_per_day.and_then(NonZeroU64::new),
        tokens_per_day: pool.tokens_per_day.and_then(NonZeroU64::new),
        weight: None,
    };
    limits.check().map_err(|what| {
        format!("ACCOUNT_REQUESTS_PER_MINUTE, ACCOUNT_REQUESTS_PER_DAY, ACCOUNT_TOKENS_PER_DAY: {what}")
    })?;
    let wait = (pool.queue_wait.unwrap_or(QUEUE_WAIT), pool.queue_wait.is_some());
    Ok(settings::base(pool.strategy.as_deref(), wait, limits, fixed.trims))
}
