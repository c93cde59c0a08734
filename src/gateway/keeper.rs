//! What goes on in the background: lists of models, checks of sign-ins, the use of accounts, and tidying up.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::{MissedTickBehavior, interval};

use super::check::check;
use super::janitor::{self, Bin};
use super::listing;
use super::renewal::{self, RollBin};
use super::roster::{Member, Roster};
use super::watch::Watch;
use crate::accounts::clock::Millis;
use crate::accounts::{Account, Registry};
use crate::keys::Keyring;
use crate::notify::Notifier;
use crate::store::{Database, Files};
use crate::upstream::Client;
use crate::usage::Ledger;

/// How often the keeper looks whether something is to be done.
const TICK: Duration = Duration::from_millis(500);

/// How often what calls came to is handed to the disk. The writer gathers for half a second more, and a crash must not
/// lose more than one.
const COUNTS: Duration = Duration::from_millis(250);

/// How often lists of models are fetched. Sites change theirs about monthly.
const EVERY: Millis = 30 * 60_000;

/// How soon a failed fetch is tried again.
const AGAIN: Millis = 60_000;

/// How often files that have expired are removed; they are hidden at once.
const SWEEP: Millis = 60_000;

/// How many sign-ins are checked at the same time: nobody should see a burst when the service starts.
const MOST_CHECKS: usize = 2;

/// What the keeper keeps.
#[derive(Clone)]
pub struct Household {
    /// Who can be asked.
    pub roster: Arc<Roster>,
    /// The accounts.
    pub registry: Arc<Registry>,
    /// The keys that the owner made for others.
    pub keyring: Arc<Keyring>,
    /// Where things are kept.
    pub database: Database,
    /// What was uploaded.
    pub files: Files,
    /// Who tells the owner.
    pub notifier: Notifier,
    /// Who used how much.
    pub usage: Ledger,
}

/// What has ended.
enum Done {
    Listed(String, Millis),
    Checked,
    Swept,
}

type Chore<'a> = Pin<Box<dyn Future<Output = Done> + 'a>>;

/// Keeps everything in order until it is dropped.
pub async fn keep(client: Client, household: Household, bin: Bin, rolls: RollBin) {
    let chores = do_chores(&client, &household);
    let rolling = renewal::work(&household.registry, rolls);
    let counting = keep_counts(&household.usage);
    futures_util::future::join4(chores, janitor::work(client.clone(), bin), rolling, counting).await;
}

async fn keep_counts(usage: &Ledger) {
    let mut tick = interval(COUNTS);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        usage.keep();
    }
}

async fn do_chores(client: &Client, household: &Household) {
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut running: FuturesUnordered<Chore<'_>> = FuturesUnordered::new();
    let mut lists = Lists::default();
    let mut due: VecDeque<Arc<Account>> = VecDeque::new();
    let mut checks = 0;
    let mut sweep_at = 0;
    let mut watch = Watch::default();
    loop {
        tokio::select! {
            _ = tick.tick() => {
                household.registry.keep_use();
                household.keyring.keep_use();
                watch.look(household);
                due.extend(household.registry.pool.due());
                for member in lists.due(&household.roster, household.registry.pool.now()) {
                    running.push(Box::pin(list(client, household, member)));
                }
                if household.registry.pool.now() >= sweep_at {
                    sweep_at = Millis::MAX;
                    running.push(Box::pin(sweep(household)));
                }
            }
            Some(done) = running.next() => match done {
                Done::Listed(id, wait) => lists.done(id, household.registry.pool.now() + wait),
                Done::Checked => checks -= 1,
                Done::Swept => sweep_at = household.registry.pool.now() + SWEEP,
            },
        }
        while checks < MOST_CHECKS
            && let Some(one) = due.pop_front()
        {
            checks += 1;
            running.push(Box::pin(check_one(client, household, one)));
        }
    }
}

async fn sweep(household: &Household) -> Done {
    household.files.sweep().await;
    Done::Swept
}

async fn check_one(client: &Client, household: &Household, account: Arc<Account>) -> Done {
    if let Some(member) = household.roster.member(&account.provider) {
        check(client, &household.registry, member, &account).await;
    } else {
        household.registry.pool.checked(&account, None, EVERY);
    }
    Done::Checked
}

async fn list(client: &Client, household: &Household, member: Arc<Member>) -> Done {
    let id = member.provider.id().to_owned();
    let accounts = household.registry.pool.usable(&member.group);
    let wait = match listing::fetch(client, &member, &accounts).await {
        Ok(count) => {
            log::info!("{id}: {count} models listed");
            listing::keep(&household.database, &member, household.registry.pool.now());
            EVERY
        }
        Err(fault) => {
            let kind = fault.kind;
            log::warn!("{id}: the list of models was not fetched ({kind:?}); the known ones are served");
            AGAIN
        }
    };
    Done::Listed(id, wait)
}

/// When each provider's list is fetched next.
#[derive(Default)]
struct Lists(HashMap<String, Millis>);

impl Lists {
    /// The providers whose turn it is; they are not due again before they are done.
    fn due(&mut self, roster: &Roster, now: Millis) -> Vec<Arc<Member>> {
        let listing = roster.active().filter(|member| member.provider.model_listing().is_some());
        let due: Vec<_> =
            listing.filter(|member| self.0.get(member.provider.id()).is_none_or(|at| *at <= now)).cloned().collect();
        for member in &due {
            self.0.insert(member.provider.id().to_owned(), Millis::MAX);
        }
        due
    }

    fn done(&mut self, id: String, next: Millis) {
        self.0.insert(id, next);
    }
}
