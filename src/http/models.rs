//! `GET /v1/models` and `GET /v1/models/{id}`.

use actix_web::http::header::ContentType;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, Responder};

use super::auth::Caller;
use super::problem;
use crate::gateway::{AUTO, Roster};
use crate::openai::models::{Model, ModelList};
use crate::state::AppState;

/// When models "were made": no upstream says, and some clients need a number. The day of the protocol's evidence.
const CREATED: i64 = 1_788_652_800;

/// Lists what is served.
pub async fn list(_: Caller, state: Data<AppState>) -> impl Responder {
    let roster = &state.gateway.roster;
    let mut models = vec![Model::new(AUTO, "Auto", "qianqiao", CREATED)];
    for member in &roster.members {
        let id = member.provider.id();
        let own = member.listing();
        let named = own.models.iter().map(|model| Model::new(&model.id, &model.name, id, CREATED));
        let familiar = member.provider.aliases().iter().map(|alias| Model::new(*alias, *alias, id, CREATED));
        for model in named.chain(familiar) {
            if !models.iter().any(|known| known.id == model.id) {
                models.push(model);
            }
        }
    }
    json(&ModelList::new(models))
}

/// Tells one model; its id may hold slashes.
pub async fn one(caller: Caller, state: Data<AppState>, id: Path<String>) -> impl Responder {
    match find(&state.gateway.roster, &id) {
        Ok(model) => json(&model),
        Err(fault) => problem::answer(&fault, caller.owner),
    }
}

fn find(roster: &Roster, id: &str) -> Result<Model, crate::chat::Fault> {
    let route = roster.route(id)?;
    let listing = route.member.listing();
    let known = route.model.as_deref().and_then(|model| listing.find(model));
    let name = known.map_or(id, |model| model.name.as_str()).to_owned();
    Ok(Model::new(id, name, route.member.provider.id(), CREATED))
}

fn json<T: serde::Serialize>(value: &T) -> HttpResponse {
    match serde_json::to_vec(value) {
        Ok(body) => HttpResponse::Ok().insert_header(ContentType::json()).body(body),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
