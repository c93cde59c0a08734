//! `/admin/api/models`: what is served, and by whom.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::gateway::{Names, Roster};
use crate::http::owner::Owner;
use crate::state::AppState;

/// Everything that can be asked for.
#[derive(Serialize, ToSchema)]
pub struct Served {
    models: Vec<ServedModel>,
    providers: Vec<ServedProvider>,
    /// Other names, hidden models and routes; changed at `/admin/api/settings/models.aliases` and its like.
    names: Names,
}

/// A model's name.
#[derive(Serialize, ToSchema)]
pub struct ServedModel {
    name: String,
    /// Who is asked, in this order, as `provider/model`.
    ways: Vec<String>,
    hidden: bool,
}

/// A provider.
#[derive(Serialize, ToSchema)]
pub struct ServedProvider {
    id: String,
    name: String,
    accounts: usize,
    models: usize,
    /// Whether the upstream itself named them.
    models_fetched: bool,
}

/// Lists models and providers.
#[utoipa::path(get, path = "/admin/api/models", tag = "models", responses((status = 200, body = Served)), security(("key" = [])))]
pub async fn list(_: Owner, state: Data<AppState>) -> HttpResponse {
    let roster = &state.gateway.roster;
    let names = roster.names();
    let mut served: Vec<ServedModel> = Vec::new();
    for name in every_name(roster, &names) {
        if !served.iter().any(|known| known.name == name) {
            served.push(ServedModel { ways: ways(roster, &name), hidden: names.hides(&name), name });
        }
    }
    let provider = |member: &std::sync::Arc<gateway::Member>| {
        let listing = member.listing();
        ServedProvider {
            id: member.provider.id().to_owned(),
            name: member.provider.name().to_owned(),
            accounts: member.group.size(),
            models: listing.models.len(),
            models_fetched: listing.fetched,
        }
    };
    let providers = roster.members.iter().map(provider).collect();
    HttpResponse::Ok().json(Served { models: served, providers, names: (*names).clone() })
}

use crate::gateway;

fn every_name(roster: &Roster, names: &Names) -> Vec<String> {
    let mut all = vec![gateway::AUTO.to_owned()];
    all.extend(names.aliases.keys().cloned());
    all.extend(names.routes.keys().cloned());
    for member in roster.active() {
        all.extend(member.listing().models.iter().map(|model| model.id.clone()));
        all.extend(member.provider.aliases().iter().map(|alias| (*alias).to_owned()));
    }
    all
}

fn ways(roster: &Roster, name: &str) -> Vec<String> {
    let Ok(route) = roster.route(name) else { return Vec::new() };
    let way = |leg: &gateway::RouteLeg| {
        let model = leg.model.as_deref().unwrap_or(gateway::AUTO);
        format!("{}/{model}", leg.member.provider.id())
    };
    route.legs.iter().map(way).collect()
}
