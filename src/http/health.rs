//! `GET /health`: whether the service works; with the owner's key also what is amiss.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;
use utoipa::ToSchema;

use super::admin::store::StoreView;
use super::owner::is_owner;
use crate::accounts::View;
use crate::state::AppState;

/// How the service is. All but `status` is told to the owner only.
#[derive(Serialize, ToSchema)]
struct Health {
    /// `ok` or `degraded`.
    #[schema(example = "ok")]
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warnings: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    providers: Option<Vec<ProviderHealth>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<StoreView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    under_way: Option<u64>,
}

/// A provider and its accounts.
#[derive(Serialize, ToSchema)]
struct ProviderHealth {
    id: String,
    models: usize,
    /// Whether the upstream itself named them.
    models_fetched: bool,
    accounts: Vec<AccountHealth>,
}

/// An account.
#[derive(Serialize, ToSchema)]
struct AccountHealth {
    id: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// When it is tried again, in milliseconds since 1970.
    until: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    in_flight: u32,
}

/// Answers 200 as long as the service can answer at all. Without the owner's key it says no more than that.
#[utoipa::path(get, path = "/health", tag = "service", responses((status = 200, description = "It answers.", body = Health)), security((), ("key" = [])))]
pub async fn health(request: HttpRequest, state: Data<AppState>) -> impl Responder {
    let owner = is_owner(&request);
    let warnings = state.warnings_now();
    HttpResponse::Ok().json(Health {
        status: if warnings.is_empty() { "ok" } else { "degraded" },
        version: owner.then_some(env!("CARGO_PKG_VERSION")),
        warnings: owner.then_some(warnings),
        providers: owner.then(|| providers(&state)),
        store: owner.then(|| StoreView::of(&state)),
        waiting: owner.then(|| state.gateway.registry.pool.waiting()),
        under_way: owner.then(|| state.gateway.admission.under_way()),
    })
}

fn providers(state: &AppState) -> Vec<ProviderHealth> {
    let views = state.gateway.registry.pool.view();
    let one = state.gateway.roster.active().map(|member| {
        let listing = member.listing();
        let id = member.provider.id();
        let own = views.iter().filter(|view| view.account.provider == id);
        ProviderHealth {
            id: id.to_owned(),
            models: listing.models.len(),
            models_fetched: listing.fetched,
            accounts: own.map(account).collect(),
        }
    });
    one.collect()
}

fn account(view: &View) -> AccountHealth {
    let state = view.health.state();
    AccountHealth {
        id: view.account.id.clone(),
        state: state.name(),
        until: state.until(),
        why: view.health.cause().map(|cause| cause.message.clone()),
        in_flight: view.in_flight,
    }
}
