//! `GET /health`: whether the service works; with the owner's key also what is amiss.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;

use super::auth::presented;
use crate::state::AppState;

#[derive(Serialize)]
struct Health<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warnings: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    providers: Option<Vec<ProviderHealth>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    under_way: Option<u64>,
}

#[derive(Serialize)]
struct ProviderHealth {
    id: String,
    models: usize,
    models_fetched: bool,
    accounts: Vec<AccountHealth>,
}

#[derive(Serialize)]
struct AccountHealth {
    id: String,
    in_flight: u64,
}

/// Answers 200 as long as the service can answer at all. Without the owner's key it says no more than that.
pub async fn health(request: HttpRequest, state: Data<AppState>) -> impl Responder {
    let owner = presented(request.headers()).any(|key| state.master_key.is(key));
    let status = if state.warnings.is_empty() { "ok" } else { "degraded" };
    HttpResponse::Ok().json(Health {
        status,
        version: owner.then_some(env!("CARGO_PKG_VERSION")),
        warnings: owner.then_some(&state.warnings),
        providers: owner.then(|| providers(&state)),
        under_way: owner.then(|| state.gateway.admission.under_way()),
    })
}

fn providers(state: &AppState) -> Vec<ProviderHealth> {
    let members = state.gateway.roster.members.iter();
    let one = members.map(|member| {
        let listing = member.listing();
        let accounts = member.pool.all().iter();
        ProviderHealth {
            id: member.provider.id().to_owned(),
            models: listing.models.len(),
            models_fetched: listing.fetched,
            accounts: accounts.map(|a| AccountHealth { id: a.id.clone(), in_flight: a.in_flight() }).collect(),
        }
    });
    one.collect()
}
