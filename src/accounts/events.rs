//! What happened to accounts, for their owner to read. The newest are kept in memory; the store keeps more.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::clock::Millis;
use super::record::signed;
use super::state::{Cause, Change, Class, State};
use crate::store::{Database, EventRecord, Record};

/// How many events of one account are kept in memory.
const NEWEST: usize = 100;

/// Something that happened to an account. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// When it happened.
    #[serde(skip)]
    pub at: Millis,
    /// What it was: `state`, `credential`, `account` or `expiry`.
    pub kind: EventKind,
    /// The state before, if that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The state after, if that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Whose fault it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// The upstream's HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What happened, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// What the owner can do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// When it is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    pub until: Option<Millis>,
}

/// What sort of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The state changed.
    State,
    /// The credential changed.
    Credential,
    /// The account was put in or changed.
    Account,
    /// The credential ends soon.
    Expiry,
}

impl Event {
    /// An event that is one sentence.
    pub fn told(at: Millis, kind: EventKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { at, kind, from: None, to: None, class: None, status: None, message, remedy: None, until: None }
    }

    /// A change of state.
    pub fn change(at: Millis, change: &Change) -> Self {
        let cause = change.cause.as_ref().filter(|_| change.to != State::Disabled);
        Self {
            from: Some(change.from.name().to_owned()),
            to: Some(change.to.name().to_owned()),
            class: cause.map(|cause| cause.class),
            status: cause.and_then(|cause| cause.status),
            remedy: cause.and_then(|cause: &Cause| cause.remedy.clone()),
            until: change.to.until(),
            ..Self::told(at, EventKind::State, cause.map_or_else(|| plain(change.to), |cause| cause.message.as_str()))
        }
    }
}

/// What is said of a change that nothing went wrong for.
const fn plain(to: State) -> &'static str {
    match to {
        State::Ready => "It is used again.",
        State::Disabled => "Its owner switched it off.",
        _ => "",
    }
}

/// The events of all accounts.
#[derive(Default)]
pub struct Events(Mutex<HashMap<String, VecDeque<Event>>>);

impl Events {
    /// Takes over what was kept.
    pub fn load(&self, kept: Vec<EventRecord>) {
        for record in kept {
            if let Ok(event) = serde_json::from_str::<Event>(&record.body) {
                let at = Millis::try_from(record.at_ms).unwrap_or_default();
                self.remember(&record.account, Event { at, ..event });
            }
        }
    }

    /// Notes an event, here and in the store.
    pub fn note(&self, database: &Database, account: &str, event: Event) {
        let body = serde_json::to_string(&event).unwrap_or_default();
        let record = EventRecord { account: account.to_owned(), at_ms: signed(event.at), body };
        self.remember(account, event);
        database.put(Record::Event(record));
    }

    fn remember(&self, account: &str, event: Event) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = all.entry(account.to_owned()).or_default();
        if own.len() >= NEWEST {
            own.pop_front();
        }
        own.push_back(event);
    }

    /// One account's events, newest first.
    pub fn of(&self, account: &str) -> Vec<Event> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(account).map(|own| own.iter().rev().cloned().collect()).unwrap_or_default()
    }

    /// Forgets an account.
    pub fn forget(&self, account: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
    }
}
