//! What follows from a change of an account's state: the log hears of it, the store keeps it, its owner is told.

use std::sync::Arc;
use std::time::Duration;

use super::blame::human;
use crate::accounts::clock::Millis;
use crate::accounts::{Account, Change, Event, Events, Health, Observer, State};
use crate::notify::{Notice, NoticeKind, Notifier};
use crate::store::{Database, Record};

/// Hears of every change.
pub struct Bookkeeper {
    /// Where it is kept.
    pub database: Database,
    /// What happened to accounts.
    pub events: Arc<Events>,
    /// Who tells the owner.
    pub notifier: Notifier,
}

impl Observer for Bookkeeper {
    fn changed(&self, account: &Arc<Account>, change: &Change, health: &Health, now: Millis) {
        self.touched(account, health);
        self.events.note(&self.database, &account.id, Event::change(now, change));
        // A wait that only grew is an event, but no news.
        if change.from.name() == change.to.name() {
            return;
        }
        log(account, change, now);
        if let Some(notice) = notice(account, change, now) {
            self.notifier.send(notice);
        }
    }

    fn touched(&self, account: &Arc<Account>, health: &Health) {
        let body = serde_json::to_string(health).unwrap_or_default();
        self.database.put(Record::Health { account: account.id.clone(), body });
    }
}

/// Classes and numbers only: an upstream's words are not logged.
fn log(account: &Account, change: &Change, now: Millis) {
    let (id, from, to) = (&account.id, change.from.name(), change.to.name());
    let why = change.cause.as_ref().map_or_else(String::new, |cause| {
        let status = cause.status.map_or_else(String::new, |status| format!(", upstream status {status}"));
        format!(" ({:?}{status})", cause.class)
    });
    let again = change.to.until().map_or_else(String::new, |until| format!("; tried again in {}", wait(until, now)));
    if change.to == State::Ready {
        log::info!("{id}: {from} -> {to}");
    } else {
        log::warn!("{id}: {from} -> {to}{why}{again}");
    }
}

/// What the owner is told of a change, if it is worth it.
fn notice(account: &Account, change: &Change, now: Millis) -> Option<Notice> {
    let name = shown_name(account);
    let ill = |state: State| matches!(state, State::Expired { .. } | State::NeedsOwner { .. });
    let (kind, title) = match change.to {
        State::Expired { .. } => (NoticeKind::Expired, format!("{name} must sign in again")),
        State::NeedsOwner { .. } => (NoticeKind::NeedsOwner, format!("{name} needs you")),
        State::Ready if ill(change.from) => (NoticeKind::Recovered, format!("{name} works again")),
        _ => return None,
    };
    let mut sentences = Vec::new();
    if let Some(cause) = &change.cause {
        sentences.push(cause.message.clone());
        sentences.extend(cause.remedy.clone());
    }
    match (change.to, change.to.until()) {
        (State::Ready, _) => sentences.push("It is used again.".to_owned()),
        (_, Some(until)) => sentences.push(format!("It is tried again in {}.", wait(until, now))),
        (_, None) => sentences.push("It is not tried again before you switch it on.".to_owned()),
    }
    Some(Notice { kind, account: Some(account.id.clone()), title, text: sentences.join(" "), at_ms: now })
}

/// An account as its owner calls it.
pub fn shown_name(account: &Account) -> String {
    if account.name == account.id { account.id.clone() } else { format!("{} ({})", account.name, account.id) }
}

fn wait(until: Millis, now: Millis) -> String {
    human(Duration::from_millis(until.saturating_sub(now)))
}
