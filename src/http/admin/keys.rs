//! `/admin/api/keys`: the keys of friends and apps.

use std::sync::Arc;

use actix_web::web::{Bytes, Data, Path};
use actix_web::{Error, HttpResponse};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::accounts::kept;
use super::problem::{No, read};
use super::{BROKEN_OFF, Subject, to_its_end};
use crate::http::owner::Owner;
use crate::http::problem::Refused;
use crate::keys::{ApiKey, Draft, Edit, KeyLimits, NotMade};
use crate::state::AppState;
use crate::store::FileQuery;

/// A key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// What it is called: 1 to 60 characters, as no other key is.
    name: String,
    /// The models that it may ask for, by the names with which it asks; all, if none is named.
    #[serde(default)]
    models: Vec<String>,
    /// How much it may ask for; not limited, if nothing is said.
    #[serde(default)]
    limits: KeyLimits,
    /// When it ends, in milliseconds since 1970.
    expires: Option<u64>,
}

/// What is changed of a key; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyEdit {
    /// Another name.
    name: Option<String>,
    /// Other models, whole.
    models: Option<Vec<String>>,
    /// Other limits, whole.
    limits: Option<KeyLimits>,
    /// Another end, in milliseconds since 1970; null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u64>)]
    expires: Option<Option<u64>>,
    /// Whether it may be used.
    enabled: Option<bool>,
}

/// A field that is there, even if it is null.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<u64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A key as the owner sees it. Its secret is not in it.
#[derive(Serialize, ToSchema)]
pub struct KeyView {
    /// Its id, such as `key-1f2e3d4c`.
    id: String,
    name: String,
    /// The secret's beginning and end, such as `qq-…3f9a`.
    hint: String,
    /// The models that it may ask for; all, if none is named.
    models: Vec<String>,
    limits: KeyLimits,
    /// When it ends, in milliseconds since 1970.
    expires: Option<u64>,
    enabled: bool,
    /// `active`, `paused`, `expired` or `revoked`.
    state: &'static str,
    /// When it was made, in milliseconds since 1970.
    created: u64,
    /// When it was last used, in milliseconds since 1970.
    last_used: Option<u64>,
    used: KeyUse,
}

/// What a key was used for lately.
#[derive(Serialize, ToSchema)]
pub struct KeyUse {
    /// Requests within the last 60 s.
    requests_minute: u64,
    /// Tokens within the last 60 s.
    tokens_minute: u64,
    /// Requests of today (UTC).
    requests_today: u64,
    /// Tokens of today (UTC).
    tokens_today: u64,
}

/// All keys.
#[derive(Serialize, ToSchema)]
pub struct KeyList {
    keys: Vec<KeyView>,
}

/// A key that was made.
#[derive(Serialize, ToSchema)]
pub struct MadeKey {
    key: KeyView,
    /// The key itself. It is told here and never again.
    secret: String,
    /// Whether it is on disk.
    kept: bool,
    /// Why not, if it is not.
    not_kept: Option<String>,
}

impl KeyView {
    /// As the owner sees it.
    fn of(key: &ApiKey) -> Self {
        let used = key.used();
        Self {
            id: key.id.clone(),
            name: key.name.clone(),
            hint: key.hint.clone(),
            models: key.models.clone(),
            limits: key.limits,
            expires: key.expires,
            enabled: key.enabled,
            state: key.state().name(),
            created: key.created,
            last_used: used.last,
            used: KeyUse {
                requests_minute: used.requests_minute,
                tokens_minute: used.tokens_minute,
                requests_today: used.requests_today,
                tokens_today: used.tokens_today,
            },
        }
    }
}

/// Lists all keys, also those that were revoked: what was counted for them has their names.
#[utoipa::path(get, path = "/admin/api/keys", tag = "keys", responses((status = 200, body = KeyList)), security(("key" = [])))]
pub async fn list(_: Owner, state: Data<AppState>) -> HttpResponse {
    let keys = state.keyring.list().iter().map(|key| KeyView::of(key)).collect();
    HttpResponse::Ok().json(KeyList { keys })
}

/// Makes a key.
#[utoipa::path(post, path = "/admin/api/keys", tag = "keys", request_body = NewKey, responses((status = 201, body = MadeKey), (status = 400), (status = 409)), security(("key" = [])))]
pub async fn add(_: Owner, state: Data<AppState>, body: Result<Bytes, Error>) -> Result<HttpResponse, Refused> {
    let body = body.map_err(|error| Refused::body(&error, state.body_limit))?;
    let NewKey { name, models, limits, expires } = match read(&body) {
        Ok(new) => new,
        Err(no) => return Ok(no.answer()),
    };
    let keyring = Arc::clone(&state.keyring);
    let draft = Draft { name, models, limits, expires };
    let made = to_its_end(async move { keyring.begin().await.add(draft).await });
    let Some(made) = made.await else { return Ok(No::later(BROKEN_OFF).answer()) };
    Ok(match made {
        Err(not_made) => No::key(not_made, "").answer(),
        Ok((key, secret, where_kept)) => {
            let (kept, not_kept) = kept(where_kept);
            let made = MadeKey { key: KeyView::of(&key), secret: secret.expose().clone(), kept, not_kept };
            about(&key.id, HttpResponse::Created().json(made))
        }
    })
}

/// Changes a key; holds at once.
#[utoipa::path(patch, path = "/admin/api/keys/{id}", tag = "keys", params(("id" = String, Path)), request_body = KeyEdit, responses((status = 200, body = KeyView), (status = 400), (status = 404), (status = 409)), security(("key" = [])))]
pub async fn edit(
    _: Owner,
    state: Data<AppState>,
    id: Path<String>,
    body: Result<Bytes, Error>,
) -> Result<HttpResponse, Refused> {
    let body = body.map_err(|error| Refused::body(&error, state.body_limit))?;
    let KeyEdit { name, models, limits, expires, enabled } = match read(&body) {
        Ok(edit) => edit,
        Err(no) => return Ok(no.answer()),
    };
    let (keyring, which) = (Arc::clone(&state.keyring), id.clone());
    let edit = Edit { name, models, limits, expires, enabled };
    let changed = to_its_end(async move { keyring.begin().await.change(&which, edit).await });
    Ok(match changed.await {
        None => No::later(BROKEN_OFF).answer(),
        Some(Err(not_made)) => No::key(not_made, &id).answer(),
        Some(Ok((key, _))) => about(&key.id, HttpResponse::Ok().json(KeyView::of(&key))),
    })
}

/// Revokes a key at once and for good, and deletes the files that were uploaded with it.
#[utoipa::path(delete, path = "/admin/api/keys/{id}", tag = "keys", params(("id" = String, Path)), responses((status = 204), (status = 404)), security(("key" = [])))]
pub async fn revoke(_: Owner, state: Data<AppState>, id: Path<String>) -> HttpResponse {
    let (owned, which) = (state.clone(), id.clone());
    let revoked = to_its_end(async move {
        owned.keyring.begin().await.revoke(&which).await?;
        delete_files(&owned, &which).await;
        Ok::<(), NotMade>(())
    });
    match revoked.await {
        None => No::later(BROKEN_OFF).answer(),
        Some(Err(not_made)) => No::key(not_made, &id).answer(),
        Some(Ok(())) => about(&id, HttpResponse::NoContent().finish()),
    }
}

/// Nobody could see or delete them any more. What the disk refuses goes when the key is revoked once more.
async fn delete_files(state: &AppState, key: &str) {
    const ALL: FileQuery<'_> = FileQuery { purpose: None, after: None, limit: u32::MAX as usize, ascending: true };
    let files = &state.gateway.desk.files;
    for file in files.list(key, &ALL).0 {
        if let Err(trouble) = files.delete(key, &file.id).await {
            log::warn!("{key}: a file of the revoked key stays: {trouble}");
        }
    }
}

/// Says what an answer is about.
fn about(id: &str, mut answer: HttpResponse) -> HttpResponse {
    answer.extensions_mut().insert(Subject(id.to_owned()));
    answer
}
