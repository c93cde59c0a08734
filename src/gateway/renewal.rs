//! Credentials that change while they are used: cookies that a site rolls, and tokens that run out within hours.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::roster::Member;
use crate::accounts::{Account, Registry};
use crate::chat::{AccountTrouble, Fault, FaultKind};
use crate::config::Secret;
use crate::upstream::Client;

/// How long a renewal may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The largest answer to a renewal, in bytes.
const LIMIT: usize = 256 << 10;

/// Where cookies that came with answers are handed in. Cheap to clone.
#[derive(Clone)]
pub struct Rolls(mpsc::UnboundedSender<Rolled>);

/// The receiving end, which the keeper empties.
pub struct RollBin(mpsc::UnboundedReceiver<Rolled>);

struct Rolled {
    member: Arc<Member>,
    account: Arc<Account>,
    set_cookies: Vec<String>,
}

impl Rolls {
    /// A place to hand cookies in and the bin that they fall into.
    pub fn new() -> (Self, RollBin) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), RollBin(receiver))
    }

    /// Hands in what an upstream set as cookies.
    pub fn hand_in(&self, member: &Arc<Member>, account: &Arc<Account>, set_cookies: Vec<String>) {
        let rolled = Rolled { member: Arc::clone(member), account: Arc::clone(account), set_cookies };
        // Nobody listens only while the service stops.
        let _ = self.0.send(rolled);
    }
}

/// Takes rolled cookies over, one after the other, for ever: each is kept before it is used.
pub async fn work(registry: &Registry, mut bin: RollBin) {
    while let Some(Rolled { member, account, set_cookies }) = bin.0.recv().await {
        take_over(registry, &member, &account, &set_cookies).await;
    }
}

/// Takes over what an upstream set as cookies while it was asked with `account`.
pub async fn take_over(registry: &Registry, member: &Member, account: &Account, set_cookies: &[String]) {
    if member.provider.rolled(account, set_cookies).is_none() {
        return;
    }
    let changes = registry.begin().await;
    // What was rolled meanwhile is rolled on, so that two answers at the same time do not lose each other's cookies.
    let current = registry.pool.account(&account.id);
    let Some(current) = current.filter(|current| is_same(member, current, account)) else { return };
    let Some(credential) = member.provider.rolled(&current, set_cookies) else { return };
    if changes.change(&account.id, |old| Account { credential: Secret::new(credential), ..old }).await.is_ok() {
        log::debug!("{}: cookies rolled", account.id);
    }
}

/// Whether it is still the sign-in that was asked with: cookies of another one do not belong to it.
fn is_same(member: &Member, current: &Account, account: &Account) -> bool {
    let power = member.provider.credentials();
    power.is_none_or(|power| power.is_same(current, account.credential.expose()))
}

/// The account with a credential that is good now; renews it first, if it must be.
///
/// # Errors
/// If it cannot be renewed.
pub async fn fresh(
    client: &Client,
    registry: &Arc<Registry>,
    member: &Arc<Member>,
    account: Arc<Account>,
) -> Result<Arc<Account>, Fault> {
    let now = registry.pool.now() / 1000;
    let due = member.provider.renewal().is_some_and(|power| power.is_due(&account, now));
    if !due {
        return Ok(account);
    }
    let (client, registry, member) = (client.clone(), Arc::clone(registry), Arc::clone(member));
    // A task of its own: the old token is used up once the upstream has seen it, so the new one is kept even if the
    // client that asked has left by then.
    #[expect(
        clippy::disallowed_methods,
        reason = "it ends within `PATIENCE`, and most requests that wait for it are drained"
    )]
    let renewed = actix_rt::spawn(async move { renew(&client, &registry, &member, &account.id).await });
    renewed.await.unwrap_or_else(|_| Err(Fault::new(FaultKind::Internal, "the credential could not be renewed")))
}

async fn renew(client: &Client, registry: &Registry, member: &Member, id: &str) -> Result<Arc<Account>, Fault> {
    let gone = || Fault::new(FaultKind::Account(AccountTrouble::Expired), "The account was taken out.");
    let turn = registry.turn(id);
    let _turn = turn.acquire().await.map_err(|_| gone())?;
    let account = registry.pool.account(id).ok_or_else(gone)?;
    let Some(power) = member.provider.renewal() else { return Ok(account) };
    if !power.is_due(&account, registry.pool.now() / 1000) {
        return Ok(account);
    }
    let (head, body) = client.fetch(power.request(&account)?, LIMIT, PATIENCE).await?;
    let credential = power.read(&account, &head, &body)?;
    let changes = registry.begin().await;
    let (account, _) = changes.renew(id, credential, None, false).await.map_err(|_| gone())?;
    Ok(account)
}
