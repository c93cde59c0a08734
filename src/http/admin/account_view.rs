//! An account as the owner sees it. No secret is in it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::{Event, Limits, View};
use crate::gateway::Roster;

/// An account.
#[derive(Serialize, ToSchema)]
pub struct AccountView {
    /// Its id, such as `qianwen-1`.
    pub id: String,
    /// The owner's name for it.
    pub name: String,
    /// The provider's id.
    pub provider: String,
    /// Where it came from: `environment` or `console`.
    pub origin: &'static str,
    /// The number that models are pinned to.
    pub number: Option<u32>,
    /// Who it is at the upstream, if known.
    pub identity: Option<String>,
    /// `ready`, `cooling`, `exhausted`, `expired`, `needs_owner` or `disabled`.
    pub state: &'static str,
    /// Since when, in milliseconds since 1970.
    pub since: u64,
    /// When it is tried again, in milliseconds since 1970.
    pub until: Option<u64>,
    /// Why it is not ready, or the last fault while that is still forgiven.
    pub cause: Option<CauseView>,
    /// When the credential ends by its own date, in seconds since 1970.
    pub expires: Option<u64>,
    /// Its own limits.
    pub limits: Limits,
    /// The limits that hold: its own, else the default ones.
    pub effective_limits: Limits,
    /// Requests under way.
    pub in_flight: u32,
    /// Requests of today (UTC).
    pub requests_today: u64,
    /// Tokens of today (UTC).
    pub tokens_today: u64,
    /// Answers since the service started.
    pub answers: u64,
    /// Failed requests since the service started.
    pub failures: u64,
    /// When it last answered, in milliseconds since 1970.
    pub last_answer: Option<u64>,
    /// When its sign-in was last checked, in milliseconds since 1970.
    pub last_check: Option<u64>,
    /// Whether that check was good.
    pub last_check_good: Option<bool>,
    /// When it was put in, in milliseconds since 1970.
    pub created: u64,
    /// When it was last changed, in milliseconds since 1970.
    pub changed: u64,
}

/// Why an account is not ready.
#[derive(Serialize, ToSchema)]
pub struct CauseView {
    /// `rate`, `quota`, `expired`, `needs_owner`, `banned`, `upstream`, `timeout` or `protocol`.
    pub class: crate::accounts::Class,
    /// The upstream's HTTP status.
    pub status: Option<u16>,
    /// One sentence.
    pub message: String,
    /// What the owner can do.
    pub remedy: Option<String>,
}

/// Something that happened to an account.
#[derive(Serialize, ToSchema)]
pub struct EventView {
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

impl EventView {
    /// As the owner sees it.
    pub const fn of(event: Event) -> Self {
        Self { at: event.at, event }
    }
}

impl AccountView {
    /// As the owner sees it.
    pub fn of(view: &View, roster: &Roster) -> Self {
        let account = &view.account;
        let state = view.health.state();
        let cause = view.health.cause().map(|cause| CauseView {
            class: cause.class,
            status: cause.status,
            message: cause.message.clone(),
            remedy: cause.remedy.clone(),
        });
        let member = roster.member(&account.provider);
        Self {
            id: account.id.clone(),
            name: account.name.clone(),
            provider: account.provider.clone(),
            origin: account.origin.name(),
            number: account.number,
            identity: account.identity.clone(),
            state: state.name(),
            since: view.health.since(),
            until: state.until(),
            cause,
            expires: member.and_then(|member| member.provider.expires(account)),
            limits: account.limits,
            effective_limits: view.limits,
            in_flight: view.in_flight,
            requests_today: view.requests_today,
            tokens_today: view.tokens_today,
            answers: view.answers,
            failures: view.failures,
            last_answer: view.last_answer,
            last_check: view.last_check.map(|(at, _)| at),
            last_check_good: view.last_check.map(|(_, good)| good),
            created: account.created,
            changed: account.changed,
        }
    }
}
