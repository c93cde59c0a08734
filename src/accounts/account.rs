//! One account of one provider, as it is at one time. A change makes a new one; what is under way keeps the old.

use std::collections::BTreeMap;

use super::Limits;
use super::clock::Millis;
use crate::config::Secret;

/// An account: what a provider needs to be asked in somebody's name.
#[derive(Debug, Clone)]
pub struct Account {
    /// A short id that may be shown and logged, such as `qianwen-1`.
    pub id: String,
    /// The id of the provider that it is an account of.
    pub provider: String,
    /// The number that `MODEL_TO_ACCOUNT_MAP` pins models to, if it has one.
    pub number: Option<u32>,
    /// The owner's name for it.
    pub name: String,
    /// Where it came from.
    pub origin: Origin,
    /// A keyed digest of the environment's value that it came from.
    pub fingerprint: Option<String>,
    /// Who it is at the upstream, if that is known: tells whether two credentials are of one account.
    pub identity: Option<String>,
    /// What the provider put into it; only that provider reads it.
    pub credential: Secret<BTreeMap<String, String>>,
    /// Counts the changes.
    pub version: i64,
    /// Counts the credentials that its owner gave it since the start: what befalls an old one says nothing about a new
    /// one, while what a site rolls is still the same sign-in.
    pub sign_in: u64,
    /// How much it may be used.
    pub limits: Limits,
    /// Whether the owner switched it on.
    pub enabled: bool,
    /// When it was first seen.
    pub created: Millis,
    /// When it was last changed.
    pub changed: Millis,
}

/// Where an account came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The environment names it.
    Environment,
    /// The owner put it in, or changed its credential, while the service ran.
    Console,
}

impl Origin {
    /// The name under which it is kept and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Console => "console",
        }
    }

    /// The origin with this name.
    pub fn named(name: &str) -> Self {
        if name == Self::Environment.name() { Self::Environment } else { Self::Console }
    }
}

impl Account {
    /// An account that the environment names.
    pub fn new(id: impl Into<String>, number: Option<u32>, credential: BTreeMap<String, String>) -> Self {
        let id = id.into();
        Self {
            name: id.clone(),
            id,
            provider: String::new(),
            number,
            origin: Origin::Environment,
            fingerprint: None,
            identity: None,
            credential: Secret::new(credential),
            version: 0,
            sign_in: 0,
            limits: Limits::default(),
            enabled: true,
            created: 0,
            changed: 0,
        }
    }

    /// The credential's part `name`; empty if it has none.
    pub fn part(&self, name: &str) -> &str {
        self.credential.expose().get(name).map_or("", String::as_str)
    }
}
