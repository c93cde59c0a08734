//! `GET /admin/api/overview`: how everything is at this moment, on one page.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::account_view::AccountView;
use super::store::StoreView;
use crate::accounts::clock::Millis;
use crate::http::owner::Owner;
use crate::state::AppState;
use crate::usage::{Minute, Now};

/// How everything is. Times are in milliseconds since 1970.
#[derive(Serialize, ToSchema)]
pub struct Overview {
    at: u64,
    /// Tells this start of the service from others.
    boot: String,
    version: &'static str,
    /// For how many seconds it has run.
    uptime_s: u64,
    /// `ok` or `degraded`.
    status: &'static str,
    /// What the owner should know.
    warnings: Vec<String>,
    /// Completions under way.
    under_way: u64,
    /// Requests that wait for an account.
    waiting: usize,
    store: StoreView,
    accounts: Vec<AccountView>,
    /// The providers that are switched on.
    providers: Vec<ProviderView>,
    /// Keys for others that hold now.
    active_keys: usize,
    now: Now,
    /// The last hour, minute by minute, the oldest first.
    minutes: Vec<Minute>,
}

/// A provider.
#[derive(Serialize, ToSchema)]
pub struct ProviderView {
    id: String,
    name: String,
    accounts: usize,
    models: usize,
}

impl Overview {
    /// As it is now.
    pub fn of(state: &AppState) -> Self {
        let (roster, pool) = (&state.gateway.roster, &state.gateway.registry.pool);
        let views = roster.views();
        let provider = |id: &str| views.iter().filter(|view| view.account.provider == id).count();
        let providers = roster.active().map(|member| ProviderView {
            id: member.provider.id().to_owned(),
            name: member.provider.name().to_owned(),
            accounts: provider(member.provider.id()),
            models: member.listing().models.len(),
        });
        let (at, warnings) = (pool.now(), state.warnings_now());
        Self {
            at,
            boot: state.console.boot.clone(),
            version: env!("CARGO_PKG_VERSION"),
            uptime_s: at.saturating_sub(state.console.started) / 1000,
            status: if warnings.is_empty() { "ok" } else { "degraded" },
            warnings,
            under_way: state.gateway.admission.under_way(),
            waiting: pool.waiting(),
            store: StoreView::of(state),
            accounts: views.iter().map(|view| AccountView::of(view, roster)).collect(),
            providers: providers.collect(),
            active_keys: state.keyring.active(),
            now: state.usage.now(),
            minutes: state.usage.minutes(),
        }
    }

    /// What matters of it, by which a change is noticed, and all of it, as JSON.
    pub fn told(mut self) -> (String, String) {
        let json = |overview: &Self| serde_json::to_string(overview).unwrap_or_default();
        let (at, uptime_s): (Millis, u64) = (self.at, self.uptime_s);
        (self.at, self.uptime_s) = (0, 0);
        let essence = json(&self);
        (self.at, self.uptime_s) = (at, uptime_s);
        (essence, json(&self))
    }
}

/// Tells how everything is.
#[utoipa::path(get, path = "/admin/api/overview", tag = "service", responses((status = 200, body = Overview)), security(("key" = [])))]
pub async fn show(_: Owner, state: Data<AppState>) -> HttpResponse {
    HttpResponse::Ok().json(Overview::of(&state))
}
