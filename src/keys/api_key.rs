//! A key that the owner made for somebody else, or for an app.

use std::sync::Arc;

use ring::digest::{SHA256, digest};
use tokio_util::sync::CancellationToken;

use super::limits::KeyLimits;
use super::meter::{Meter, Refused, Used};
use super::room::Rooms;
use crate::accounts::clock::{Clock, Millis};
use crate::random;

/// What is kept of a secret: whoever has it cannot call with it.
pub(super) type Hash = [u8; 32];

/// What a secret begins with, as the owner's key does.
pub(super) const PREFIX: &str = "qq-";

/// How many hexadecimal digits follow.
const DIGITS: usize = 48;

/// How much of a secret's end is shown, so that one can be told from another.
const SHOWN: usize = 4;

/// One such key. It never changes: a change makes a new one, which counts on with the same meter.
#[derive(Debug, Clone)]
pub struct ApiKey {
    /// A short id that may be shown and logged.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// The secret's beginning and end, such as `qq-…3f9a`.
    pub hint: String,
    /// The models that it may ask for; all, if none is named.
    pub models: Vec<String>,
    /// How much it may ask for.
    pub limits: KeyLimits,
    /// When it ends.
    pub expires: Option<Millis>,
    /// Whether it may be used.
    pub enabled: bool,
    /// When it was made.
    pub created: Millis,
    /// When it was taken back, for good.
    pub revoked: Option<Millis>,
    /// What its secret is known by; empty once it was taken back.
    pub(super) hash: Option<Hash>,
    pub(super) meter: Arc<Meter>,
    pub(super) clock: Arc<Clock>,
}

/// Whether a key may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// It may.
    Active,
    /// The owner switched it off.
    Paused,
    /// Its time is over.
    Expired,
    /// It was taken back.
    Revoked,
}

impl KeyState {
    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl ApiKey {
    /// Whether it may be used now.
    pub fn state(&self) -> KeyState {
        if self.revoked.is_some() {
            KeyState::Revoked
        } else if self.expires.is_some_and(|end| end <= self.clock.now()) {
            KeyState::Expired
        } else if self.enabled {
            KeyState::Active
        } else {
            KeyState::Paused
        }
    }

    /// Whether it may ask for this model, by the name with which it does.
    pub fn allows(&self, model: &str) -> bool {
        self.models.is_empty() || self.models.iter().any(|allowed| allowed.eq_ignore_ascii_case(model))
    }

    /// Notes that it is used.
    pub fn touch(&self) {
        self.meter.touch(self.clock.now());
    }

    /// Lets one request in and counts it.
    ///
    /// # Errors
    /// If a limit is reached, or the key was taken back since it was found.
    pub fn take(&self) -> Result<(), Refused> {
        self.meter.take(self.clock.now())
    }

    /// Takes note of the tokens that an answer came to.
    pub fn spend(&self, tokens: u64) {
        self.meter.spend(tokens, self.clock.now());
    }

    /// Is cancelled when it is taken back, also for those who hold it already.
    pub fn revocation(&self) -> CancellationToken {
        self.meter.revocation()
    }

    /// What is left of its limits.
    pub fn rooms(&self) -> Rooms {
        self.meter.rooms(self.clock.now())
    }

    /// What it was used for lately.
    pub fn used(&self) -> Used {
        self.meter.used(self.clock.now())
    }
}

/// A new secret. 192 random bits cannot be guessed, so a plain hash of it gives nothing away.
pub(super) fn new_secret() -> String {
    format!("{PREFIX}{}", random::hex(DIGITS / 2))
}

/// What a secret is known by; nothing, if this cannot be one.
pub(super) fn hash(secret: &[u8]) -> Option<Hash> {
    let digits = secret.strip_prefix(PREFIX.as_bytes())?;
    if digits.len() != DIGITS {
        return None;
    }
    digest(&SHA256, secret).as_ref().try_into().ok()
}

/// What is shown of a secret.
pub(super) fn hint(secret: &str) -> String {
    let end = secret.len().checked_sub(SHOWN).and_then(|at| secret.get(at..)).unwrap_or_default();
    format!("{PREFIX}…{end}")
}
