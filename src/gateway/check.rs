//! Whether an account is signed in, asked gently.

use std::time::Duration;

use super::blame::{blame, redact};
use super::renewal;
use super::roster::Member;
use crate::accounts::clock::Millis;
use crate::accounts::{Account, Class, Outcome, Registry};
use crate::chat::Fault;
use crate::providers::Alive;
use crate::upstream::Client;

/// How long a check may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The largest answer, in bytes.
const LIMIT: usize = 1 << 20;

const MINUTE: Millis = 60_000;

/// How often a well account is looked at.
const EVERY: Millis = 30 * MINUTE;

/// How soon a doubt is looked into again.
const DOUBT: Millis = 5000;

/// How soon a check that said nothing is tried again.
const AGAIN: Millis = 2 * MINUTE;

/// What a check found.
pub enum Found {
    /// The account is signed in.
    Alive(Alive, Vec<String>),
    /// It is not, or nothing was found out.
    Fault(Fault),
    /// Its provider has no way to tell.
    Unknown,
}

/// Asks the provider.
pub async fn look(client: &Client, member: &Member, account: &Account) -> Found {
    let Some(power) = member.provider.liveness() else { return Found::Unknown };
    let asked = async {
        let (head, body) = client.fetch(power.request(account)?, LIMIT, PATIENCE).await?;
        Ok((power.read(&head, &body)?, head.set_cookies))
    };
    match asked.await {
        Ok((alive, set_cookies)) => Found::Alive(alive, set_cookies),
        Err(fault) => Found::Fault(redact(fault, account)),
    }
}

/// Looks at one account of the pool and takes in what is found. Somebody must have marked it as being checked.
pub async fn check(client: &Client, registry: &Registry, member: &Member, account: &Account) -> Found {
    let found = look(client, member, account).await;
    let outcome = match &found {
        Found::Alive(alive, set_cookies) => {
            learn(registry, account, alive).await;
            renewal::take_over(registry, member, account, set_cookies).await;
            Some(Outcome::Alive)
        }
        // Only what concerns the sign-in counts: that the way there is broken says nothing about the account.
        Found::Fault(fault) => blame(fault, account)
            .filter(|blame| matches!(blame.cause.class, Class::Expired | Class::Banned))
            .map(Outcome::CheckFailed),
        Found::Unknown => None,
    };
    let wait = next(registry, account, &found, outcome.as_ref());
    registry.pool.checked(account, outcome, wait);
    found
}

/// Remembers who the account is, once that is known.
async fn learn(registry: &Registry, account: &Account, alive: &Alive) {
    if alive.identity.is_some() && alive.identity != account.identity {
        let identity = alive.identity.clone();
        let changes = registry.begin().await;
        // Another sign-in may have taken its place meanwhile.
        let current = registry.pool.account(&account.id);
        if current.is_none_or(|current| current.sign_in != account.sign_in || current.created != account.created) {
            return;
        }
        let _ = changes.change(&account.id, |old| Account { identity, ..old }).await;
    }
}

/// When the account is looked at next.
fn next(registry: &Registry, account: &Account, found: &Found, outcome: Option<&Outcome>) -> Millis {
    let now = registry.pool.now();
    let health = registry.pool.view_of(&account.id).map(|view| view.health);
    let until = health.as_ref().and_then(|health| health.state().until()).filter(|until| *until > now);
    if health.is_some_and(|health| health.opens().is_none()) {
        return EVERY;
    }
    match (found, outcome) {
        (Found::Unknown, _) => 24 * 60 * MINUTE,
        (_, Some(Outcome::CheckFailed(_))) => until.map_or(DOUBT, |until| until - now),
        (_, None) => AGAIN,
        _ => EVERY,
    }
}
