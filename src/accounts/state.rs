//! The words in which an account's health is spoken of.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::clock::Millis;

/// What was the matter, as far as the account is concerned. Faults of requests are not in this list: they blame nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Used too fast.
    Rate,
    /// The allowance is used up.
    Quota,
    /// The credential is missing, wrong or expired.
    Expired,
    /// The site wants a person.
    NeedsOwner,
    /// The site has shut the account.
    Banned,
    /// The upstream is unreachable, broken or cut an answer short.
    Upstream,
    /// The upstream took too long.
    Timeout,
    /// The upstream spoke in an unknown way.
    Protocol,
}

/// Why an account is in the state that it is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Whose fault it was, more closely.
    pub class: Class,
    /// The upstream's HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// One sentence; holds no secret.
    pub message: String,
    /// What the owner can do, if anything.
    pub remedy: Option<String>,
}

/// A fault that blames the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blame {
    /// What it was.
    pub cause: Cause,
    /// When the upstream says to try again.
    pub retry_after: Option<Duration>,
}

/// Something that tells about an account's health.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It answered a request.
    Answered,
    /// It failed a request.
    Failed(Blame),
    /// A liveness check found it signed in.
    Alive,
    /// A liveness check failed.
    CheckFailed(Blame),
    /// It has a new credential.
    Renewed,
    /// The owner switched it on, or tells that it is well again.
    Enabled,
    /// The owner switched it off.
    Disabled,
}

/// What an account may be used for, and from when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It is used.
    Ready,
    /// It rests after faults that pass by themselves.
    Cooling {
        /// When it is tried again.
        until: Millis,
    },
    /// Its allowance is used up.
    Exhausted {
        /// When it is tried again.
        until: Millis,
    },
    /// Its credential is not accepted any more.
    Expired {
        /// When it is checked again.
        until: Millis,
    },
    /// The site wants a person.
    NeedsOwner {
        /// When it is tried again; never by itself, if the site has shut the account.
        until: Option<Millis>,
    },
    /// The owner switched it off.
    Disabled,
}

impl State {
    /// The state's name as the API and the log write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Cooling { .. } => "cooling",
            Self::Exhausted { .. } => "exhausted",
            Self::Expired { .. } => "expired",
            Self::NeedsOwner { .. } => "needs_owner",
            Self::Disabled => "disabled",
        }
    }

    /// When it is tried again; `None` if it need not wait, or waits for its owner.
    pub const fn until(self) -> Option<Millis> {
        match self {
            Self::Cooling { until } | Self::Exhausted { until } | Self::Expired { until } => Some(until),
            Self::NeedsOwner { until } => until,
            Self::Ready | Self::Disabled => None,
        }
    }
}

/// A change of state, worth an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it was.
    pub from: State,
    /// What it is.
    pub to: State,
    /// Why, if it fell ill.
    pub cause: Option<Cause>,
}
