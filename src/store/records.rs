//! What is kept.

use std::collections::BTreeMap;

use super::files::FileRecord;
use super::keys::{KeyRecord, KeyUseRecord};
use crate::config::Secret;

/// An account as it is kept. What only its user understands is JSON text here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRecord {
    /// A short id that may be shown and logged.
    pub id: String,
    /// The provider that it belongs to.
    pub provider: String,
    /// The number that models are pinned to, if it has one.
    pub number: Option<u32>,
    /// What people call it.
    pub name: String,
    /// Where it came from: `environment` or `console`.
    pub origin: String,
    /// The fingerprint of the environment's value that it came from.
    pub fingerprint: Option<String>,
    /// Whose account it is at the provider, as far as known.
    pub identity: Option<String>,
    /// What the provider needs to act in its name. Sealed on disk.
    pub credential: Secret<BTreeMap<String, String>>,
    /// Counts the credentials that it has had.
    pub version: i64,
    /// Whether it may be used.
    pub enabled: bool,
    /// Its limits, as JSON.
    pub limits: String,
    /// Whether its owner deleted it though the environment still names it.
    pub gone: bool,
    /// When it was made, in milliseconds since 1970.
    pub created_ms: i64,
    /// When it was last changed, in milliseconds since 1970.
    pub changed_ms: i64,
}

/// Something that happened to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// The account's id.
    pub account: String,
    /// When it happened, in milliseconds since 1970.
    pub at_ms: i64,
    /// What happened, as JSON.
    pub body: String,
}

/// How much an account was used on one day. The numbers are totals, so that writing one twice does no harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRecord {
    /// The account's id.
    pub account: String,
    /// The day, counted in days since 1970, UTC.
    pub day: i64,
    /// How many requests it took.
    pub requests: i64,
    /// How many tokens these came to.
    pub tokens: i64,
}

/// What calls came to in a span of time. The counts are totals, so that writing one twice does no harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TallyRecord {
    /// Its beginning, in milliseconds since 1970.
    pub start_ms: i64,
    /// How long it is: 1, or 24.
    pub hours: i64,
    /// The counts, as [`crate::counts::write()`] writes them.
    pub body: String,
}

/// Calls that ended one after the other. They share a row, because a busy service has thousands a second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallsRecord {
    /// The number of the last of them; it grows with each call.
    pub seq: i64,
    /// How many they are.
    pub count: usize,
    /// The calls, as JSON, a line each.
    pub lines: String,
}

/// The models that a provider listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelsRecord {
    /// The provider's id.
    pub provider: String,
    /// The list, as JSON.
    pub body: String,
    /// When it was fetched, in milliseconds since 1970.
    pub at_ms: i64,
}

/// Somebody who is signed in to the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// A short id that may be shown.
    pub id: String,
    /// The SHA-256 of its token, in hexadecimal.
    pub hash: String,
    /// When it began, in milliseconds since 1970.
    pub created_ms: i64,
    /// When it was last used, in milliseconds since 1970.
    pub seen_ms: i64,
    /// The address that signed in.
    pub address: String,
    /// The fingerprint of the owner's key with which it holds.
    pub key: String,
}

/// What somebody changed, or tried to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Counts the entries.
    pub seq: i64,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// By which right.
    pub who: String,
    /// From which address.
    pub address: String,
    /// The method and the route.
    pub action: String,
    /// What it was about.
    pub subject: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// How many times.
    pub times: u32,
}

/// How many audit entries are kept; the newest.
pub const AUDIT_KEPT: i64 = 2000;

impl AuditRecord {
    /// Where it lies; it takes the place of one that is too old to be kept.
    pub(super) const fn slot(&self) -> i64 {
        self.seq.rem_euclid(AUDIT_KEPT)
    }
}

/// One thing to keep. A later one of the same key takes the place of an earlier one; only events and calls add up. Health, events
/// and usage of an account that is not kept are not kept either.
#[derive(Clone, PartialEq, Eq)]
pub enum Record {
    /// An account, whole.
    Account(AccountRecord),
    /// The account with this id is forgotten, with its health, events and usage.
    DropAccount(String),
    /// How an account is.
    Health {
        /// The account's id.
        account: String,
        /// Its state, as JSON.
        body: String,
    },
    /// Something that happened to an account.
    Event(EventRecord),
    /// How much an account was used on a day.
    Usage(UsageRecord),
    /// A setting, as JSON; without a value it is back at its default.
    Setting {
        /// Its name.
        name: String,
        /// Its value.
        value: Option<String>,
    },
    /// What a provider listed.
    Models(ModelsRecord),
    /// What is known of an uploaded file.
    File(FileRecord),
    /// The uploaded file with this id is forgotten.
    DropFile(String),
    /// What calls came to in a span of time.
    Tally(TallyRecord),
    /// Calls that have ended. Only the newest are kept.
    Calls(CallsRecord),
    /// Somebody is signed in to the console.
    Session(SessionRecord),
    /// The session with this id has ended.
    DropSession(String),
    /// What somebody changed.
    Audit(AuditRecord),
    /// A key that the owner made for others, whole.
    Key(KeyRecord),
    /// How much such a key was used. That of one that is not kept is not kept either.
    KeyUse(KeyUseRecord),
}

/// Everything that was kept when the database was opened.
#[derive(Default)]
pub struct Contents {
    /// All accounts, by id; also those that are gone.
    pub accounts: Vec<AccountRecord>,
    /// The newest events of each account, oldest first.
    pub events: Vec<EventRecord>,
    /// The usage of the day at which it was opened.
    pub usage: Vec<UsageRecord>,
    /// Each account's id and its health, as JSON.
    pub health: Vec<(String, String)>,
    /// The settings that were changed: name and value, as JSON.
    pub settings: BTreeMap<String, String>,
    /// What providers listed.
    pub models: Vec<ModelsRecord>,
    /// The uploaded files, by id. One whose key is empty was torn.
    pub files: Vec<FileRecord>,
    /// What calls came to in the hours of the day at which it was opened, and of later ones.
    pub tallies: Vec<TallyRecord>,
    /// The newest calls, oldest first.
    pub calls: Vec<CallsRecord>,
    /// Who is signed in to the console.
    pub sessions: Vec<SessionRecord>,
    /// What was changed, oldest first.
    pub audit: Vec<AuditRecord>,
    /// The keys that the owner made for others, by id.
    pub keys: Vec<KeyRecord>,
    /// How much they were used.
    pub key_use: Vec<KeyUseRecord>,
    /// What the owner should know about the opening, in sentences.
    pub warnings: Vec<String>,
}
