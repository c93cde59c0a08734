//! `GET /v1/models` and `GET /v1/models/{id}`.

use actix_web::http::header::ContentType;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, Responder};

use super::auth::Caller;
use super::problem;
use crate::chat::{Fault, FaultKind};
use crate::gateway::{AUTO, Roster};
use crate::openai::models::{Model, ModelList};
use crate::providers::ModelInfo;
use crate::state::AppState;

/// When models "were made": no upstream says, and some clients need a number. The day of the protocol's evidence.
const CREATED: i64 = 1_788_652_800;

/// Lists what is served.
#[utoipa::path(get, path = "/v1/models", tag = "models", responses((status = 200, description = "The models.", body = ModelList)), security(("key" = [])))]
pub async fn list(caller: Caller, state: Data<AppState>) -> impl Responder {
    let roster = &state.gateway.roster;
    let names = roster.names();
    let mut models = Vec::new();
    let mut add = |model: Model| {
        let is_new = !models.iter().any(|known: &Model| known.id == model.id);
        if is_new && (model.id == AUTO || !names.hides(&model.id)) && caller.allows(&model.id) {
            models.push(model);
        }
    };
    add(Model::new(AUTO, "Auto", "qianqiao", CREATED));
    for alias in names.aliases.keys().chain(names.routes.keys()) {
        add(Model::new(alias, alias, "qianqiao", CREATED));
    }
    for member in roster.active() {
        let id = member.provider.id();
        let own = member.listing();
        let known = |model: &ModelInfo| member.provider.window(&model.id).or(model.window);
        let named = own
            .models
            .iter()
            .map(|model| Model::new(&model.id, &model.name, id, CREATED).knowing(known(model), model.sees));
        let familiar = member.provider.aliases().iter().map(|alias| Model::new(*alias, *alias, id, CREATED));
        for model in named.chain(familiar) {
            add(model);
        }
    }
    json(&ModelList::new(models))
}

/// Tells one model; its id may hold slashes.
#[utoipa::path(get, path = "/v1/models/{id}", tag = "models", params(("id" = String, Path)), responses((status = 200, description = "The model.", body = Model), (status = 400, description = "No account of that number."), (status = 404, description = "There is no such model."), (status = 503, description = "Nothing that knows it can be used.")), security(("key" = [])))]
pub async fn one(caller: Caller, state: Data<AppState>, id: Path<String>) -> impl Responder {
    let found = if caller.allows(&id) { find(&state.gateway.roster, &id) } else { Err(unknown(&id)) };
    match found {
        Ok(model) => json(&model),
        Err(fault) => problem::answer(&narrowed(fault, &caller, &id), caller.owner),
    }
}

/// What is said of a model that the caller's key does not name: no more than of one that nobody has.
pub fn unknown(model: &str) -> Fault {
    let shown: String = model.chars().filter(|c| !c.is_control()).take(80).collect();
    let told =
        format!("The model `{shown}` does not exist here for your key. GET /v1/models lists what it may ask for.");
    let mut fault = Fault::new(FaultKind::ModelNotFound, told);
    fault.param = Some("model".into());
    fault
}

/// A fault as this caller may read it: what is near a name that nobody knows may be what the caller's key does not name.
pub fn narrowed(fault: Fault, caller: &Caller, model: &str) -> Fault {
    let is_narrow = caller.key.as_ref().is_some_and(|key| !key.models.is_empty());
    if is_narrow && fault.kind == FaultKind::ModelNotFound { unknown(model) } else { fault }
}

fn find(roster: &Roster, id: &str) -> Result<Model, Fault> {
    let route = roster.route(id)?;
    let leg = route.legs.into_iter().next().ok_or_else(|| Fault::new(FaultKind::ModelNotFound, "no such model"))?;
    let listing = leg.member.listing();
    let known = leg.model.as_deref().and_then(|model| listing.find(model));
    let name = known.map_or(id, |model| model.name.as_str()).to_owned();
    let own = leg.model.as_deref().unwrap_or(id);
    let window = leg.member.provider.window(own).or(known.and_then(|model| model.window));
    Ok(Model::new(id, name, leg.member.provider.id(), CREATED).knowing(window, known.and_then(|model| model.sees)))
}

fn json<T: serde::Serialize>(value: &T) -> HttpResponse {
    match serde_json::to_vec(value) {
        Ok(body) => HttpResponse::Ok().insert_header(ContentType::json()).body(body),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
