//! `/admin/api/environment`: what the service was told at its start.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::owner::Owner;
use crate::keys::KeyOrigin;
use crate::state::AppState;

/// All variables.
#[derive(Serialize, ToSchema)]
pub struct VariableList {
    variables: Vec<VariableView>,
}

/// A variable of the environment.
#[derive(Serialize, ToSchema)]
pub struct VariableView {
    name: String,
    /// Its value; what is secret of it is masked.
    value: Option<String>,
    /// `environment`, `.env`, `default`, or `made` if the service made the value itself.
    source: &'static str,
    /// Whether it is a secret.
    secret: bool,
    /// What it means.
    meaning: &'static str,
}

/// Lists the variables that the service was started with, and their defaults.
#[utoipa::path(get, path = "/admin/api/environment", tag = "settings", responses((status = 200, body = VariableList)), security(("key" = [])))]
pub async fn list(_: Owner, state: Data<AppState>) -> HttpResponse {
    let mut variables: Vec<VariableView> = state
        .environment
        .iter()
        .map(|variable| VariableView {
            name: variable.name.clone(),
            value: variable.value.clone(),
            source: variable.source,
            secret: variable.secret,
            meaning: variable.meaning,
        })
        .collect();
    // A key that was made here can be changed since.
    if state.master_key.origin() != KeyOrigin::Named
        && let Some(own) = variables.iter_mut().find(|variable| variable.name == "API_MASTER_KEY")
    {
        own.value = Some(state.master_key.hint());
    }
    HttpResponse::Ok().json(VariableList { variables })
}
