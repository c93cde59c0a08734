//! `/admin/api/master-key`: the owner's own key.

use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::{No, read};
use super::{BROKEN_OFF, to_its_end};
use crate::config::Secret;
use crate::http::owner::Owner;
use crate::http::problem::Refused;
use crate::keys::{KeyOrigin, NotChanged};
use crate::state::AppState;

/// What may be told of the owner's key.
#[derive(Serialize, ToSchema)]
pub struct MasterKeyView {
    /// `environment`, if `API_MASTER_KEY` names it; else `kept`.
    source: &'static str,
    /// Its beginning and end, such as `qq-…ab12`.
    hint: String,
}

/// The change of the owner's key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMasterKey {
    /// The present key.
    current: String,
    /// The new one, of at least 16 characters; null, and one is made.
    new: Option<String>,
}

/// The new key.
#[derive(Serialize, ToSchema)]
pub struct ChangedMasterKey {
    /// The key, if it was made here; told here and never again.
    secret: Option<String>,
}

/// Tells where the owner's key comes from.
#[utoipa::path(get, path = "/admin/api/master-key", tag = "keys", responses((status = 200, body = MasterKeyView)), security(("key" = [])))]
pub async fn show(_: Owner, state: Data<AppState>) -> HttpResponse {
    let named = state.master_key.origin() == KeyOrigin::Named;
    let source = if named { "environment" } else { "kept" };
    HttpResponse::Ok().json(MasterKeyView { source, hint: state.master_key.hint() })
}

/// Changes the owner's key; holds at once, also for the next start.
#[utoipa::path(post, path = "/admin/api/master-key", tag = "keys", request_body = NewMasterKey, responses((status = 200, body = ChangedMasterKey), (status = 400), (status = 409), (status = 503)), security(("key" = [])))]
pub async fn change(owner: Owner, state: Data<AppState>, body: Result<Bytes, Error>) -> Result<HttpResponse, Refused> {
    let body = body.map_err(|error| Refused::body(&error, state.body_limit))?;
    let NewMasterKey { current, new } = match read(&body) {
        Ok(change) => change,
        Err(no) => return Ok(no.answer()),
    };
    if new.as_ref().is_some_and(|new| opens_less(new, &state)) {
        return Ok(No::wrong("new", "somebody else has it for something less, and would be the owner then").answer());
    }
    // As signing in takes it: a key that was pasted may bring its line break along.
    let (current, new) = (Secret::new(current.trim().to_owned()), new.map(Secret::new));
    let changed = to_its_end(async move {
        let key = state.clone();
        let changed = actix_web::web::block(move || key.master_key.change(&current, new)).await.ok()?;
        if changed.is_ok() {
            // Whoever signed in with the old key has to show the new one.
            let current = owner.session.as_ref().map(|session| session.id.as_str());
            state.console.sessions.key_changed(&state.master_key.expose(), current);
            state.console.sessions.settle().await;
        }
        Some(changed)
    });
    let Some(Some(changed)) = changed.await else { return Ok(No::later(BROKEN_OFF).answer()) };
    Ok(match changed {
        Ok(secret) => HttpResponse::Ok().json(ChangedMasterKey { secret }),
        Err(not_changed) => refusal(not_changed).answer(),
    })
}

/// Whether a text is a friend's key already, or the one that opens the metrics.
pub(super) fn opens_less(text: &str, state: &AppState) -> bool {
    let token = state.metrics_token.as_ref().is_some_and(|token| token.expose() == text);
    token || state.keyring.find(text.as_bytes()).is_some()
}

fn refusal(not_changed: NotChanged) -> No {
    match not_changed {
        NotChanged::WrongKey => {
            No::wrong("current", "it is not the present key; `qianqiao key` on the server shows it")
        }
        NotChanged::Weak(what) => No::wrong("new", what),
        NotChanged::Named => {
            let told = "API_MASTER_KEY names the key; change that variable and restart, or take it out to change the key here.";
            No::conflict("named_by_environment", None, told)
        }
        NotChanged::NotKept(sentence) => No::later(sentence),
    }
}
