//! `/admin/api/settings`: what the owner may change, with where each value comes from.

use actix_web::web::{Bytes, Data, Path};
use actix_web::{Error, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::accounts::kept;
use super::problem::{No, read};
use super::{BROKEN_OFF, to_its_end};
use crate::gateway::settings::Setting;
use crate::http::owner::Owner;
use crate::http::problem::Refused;
use crate::notify::Notice;
use crate::state::AppState;
use crate::upstream::Client;

/// All settings.
#[derive(Serialize, ToSchema)]
pub struct SettingList {
    settings: Vec<Setting>,
    /// Where notices go: the host only, because the address holds the right to write there.
    notify: NotifyView,
}

/// Where the owner is told.
#[derive(Serialize, ToSchema)]
pub struct NotifyView {
    host: Option<String>,
    form: Option<&'static str>,
    /// Why the last notice did not arrive.
    problem: Option<String>,
}

/// A new value.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewValue {
    value: Value,
}

/// A change that holds.
#[derive(Serialize, ToSchema)]
pub struct Changed {
    setting: Option<Setting>,
    /// Whether it is on disk.
    kept: bool,
    /// Why not, if it is not.
    not_kept: Option<String>,
}

/// Lists the settings.
#[utoipa::path(get, path = "/admin/api/settings", tag = "settings", responses((status = 200, body = SettingList)), security(("key" = [])))]
pub async fn list(_: Owner, state: Data<AppState>) -> HttpResponse {
    let target = state.notifier.target();
    let notify = NotifyView {
        host: target.as_ref().map(|target| target.host().to_owned()),
        form: target.as_ref().map(|target| target.form().name()),
        problem: state.notifier.last_problem(),
    };
    HttpResponse::Ok().json(SettingList { settings: state.settings.list(), notify })
}

/// Changes a setting; holds at once.
#[utoipa::path(put, path = "/admin/api/settings/{name}", tag = "settings", params(("name" = String, Path)), request_body = NewValue, responses((status = 200, body = Changed), (status = 400), (status = 404)), security(("key" = [])))]
pub async fn set(
    _: Owner,
    state: Data<AppState>,
    name: Path<String>,
    body: Result<Bytes, Error>,
) -> Result<HttpResponse, Refused> {
    let body = body.map_err(|error| Refused::body(&error, state.body_limit))?;
    Ok(match read::<NewValue>(&body) {
        Ok(new) => change(&state, &name, Some(new.value)).await,
        Err(no) => no.answer(),
    })
}

/// Brings a setting's default back.
#[utoipa::path(delete, path = "/admin/api/settings/{name}", tag = "settings", params(("name" = String, Path)), responses((status = 200, body = Changed), (status = 404)), security(("key" = [])))]
pub async fn reset(_: Owner, state: Data<AppState>, name: Path<String>) -> HttpResponse {
    change(&state, &name, None).await
}

async fn change(state: &Data<AppState>, name: &str, value: Option<Value>) -> HttpResponse {
    let (owned, which) = (state.clone(), name.to_owned());
    let set = to_its_end(async move { owned.settings.set(&which, value).await });
    let Some(set) = set.await else { return No::later(BROKEN_OFF).answer() };
    match set {
        Ok(done) => {
            let (kept, not_kept) = kept(done);
            let setting = state.settings.list().into_iter().find(|setting| setting.name == name);
            HttpResponse::Ok().json(Changed { setting, kept, not_kept })
        }
        Err(not_set) => No::from(not_set).answer(),
    }
}

/// Sends a notice to see whether it arrives.
#[utoipa::path(post, path = "/admin/api/notify/test", tag = "settings", responses((status = 204), (status = 400)), security(("key" = [])))]
pub async fn notify(_: Owner, state: Data<AppState>, client: Data<Client>) -> HttpResponse {
    let notice = Notice::test(state.gateway.registry.pool.now());
    match state.notifier.try_now(&client, &notice).await {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(sentence) => No::wrong("NOTIFY_WEBHOOK_URL", sentence).answer(),
    }
}
