//! `/admin/api/accounts`: see them, put them in by pasting, change them, try them.

use std::sync::Arc;

use actix_web::web::{Bytes, Data, Path};
use actix_web::{Error, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::account_view::{AccountView, EventView};
use super::problem::{No, read};
use super::{BROKEN_OFF, Subject, to_its_end};
use crate::accounts::{Account, EventKind, Limits, Outcome};
use crate::config::Secret;
use crate::gateway::{self, Found, Gateway, Offer, Understood, check, checked_name};
use crate::http::owner::Owner;
use crate::http::problem::Refused;
use crate::state::AppState;
use crate::store::Kept;
use crate::upstream::Client;

/// What the owner pastes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pasted {
    /// A cookie header, a command that DevTools copied, a HAR file, exported cookies, or a key.
    paste: String,
    /// The provider that it belongs to; needed only where the paste does not tell.
    provider: Option<String>,
    /// A name for the account.
    name: Option<String>,
    /// Its limits.
    limits: Option<Limits>,
}

/// What is changed of an account; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// Another name.
    name: Option<String>,
    /// Its own limits, whole.
    limits: Option<Limits>,
    /// Whether it is used.
    enabled: Option<bool>,
}

/// All accounts.
#[derive(Serialize, ToSchema)]
pub struct AccountList {
    accounts: Vec<AccountView>,
}

/// What was understood of a paste.
#[derive(Serialize, ToSchema)]
pub struct UnderstoodView {
    provider: String,
    /// In which form it came.
    form: &'static str,
    /// What was found.
    understood: Vec<String>,
    /// What would be of use but was not there.
    missing: Vec<String>,
    /// When it ends, in seconds since 1970.
    expires: Option<u64>,
    /// The account that it belongs to already.
    account: Option<String>,
}

/// What became of a paste.
#[derive(Serialize, ToSchema)]
pub struct TakenView {
    account: Option<AccountView>,
    /// Whether the account is new; otherwise it was brought up to date.
    created: bool,
    /// Whether the upstream confirmed it.
    confirmed: bool,
    /// Why not, if it did not.
    unconfirmed: Option<String>,
    /// Whether it is on disk.
    kept: bool,
    /// Why not, if it is not.
    not_kept: Option<String>,
    understood: UnderstoodView,
}

/// What a test found.
#[derive(Serialize, ToSchema)]
pub struct Tested {
    /// Whether the account is signed in; nothing, if that could not be found out.
    alive: Option<bool>,
    /// One sentence.
    message: String,
    account: Option<AccountView>,
}

/// An account's events, newest first.
#[derive(Serialize, ToSchema)]
pub struct EventList {
    events: Vec<EventView>,
}

/// Lists all accounts.
#[utoipa::path(get, path = "/admin/api/accounts", tag = "accounts", responses((status = 200, body = AccountList)), security(("key" = [])))]
pub async fn list(_: Owner, state: Data<AppState>) -> HttpResponse {
    let roster = &state.gateway.roster;
    let accounts = roster.views().iter().map(|view| AccountView::of(view, roster)).collect();
    HttpResponse::Ok().json(AccountList { accounts })
}

/// One account.
#[utoipa::path(get, path = "/admin/api/accounts/{id}", tag = "accounts", params(("id" = String, Path)), responses((status = 200, body = AccountView), (status = 404)), security(("key" = [])))]
pub async fn one(_: Owner, state: Data<AppState>, id: Path<String>) -> HttpResponse {
    shown(&state, &id).map_or_else(|| No::account(&id).answer(), |view| HttpResponse::Ok().json(view))
}

/// Says what is understood of a paste, and saves nothing.
#[utoipa::path(post, path = "/admin/api/accounts/preview", tag = "accounts", request_body = Pasted, responses((status = 200, body = UnderstoodView), (status = 400)), security(("key" = [])))]
pub async fn preview(_: Owner, state: Data<AppState>, body: Result<Bytes, Error>) -> Result<HttpResponse, Refused> {
    let body = body.map_err(|error| Refused::body(&error, state.body_limit))?;
    let answered = read::<Pasted>(&body).and_then(|pasted| {
        let (roster, registry) = (&state.gateway.roster, &state.gateway.registry);
        gateway::preview(roster, registry, &pasted.paste, pasted.provider.as_deref()).map_err(No::from)
    });
    Ok(answered.map_or_else(|no| no.answer(), |what| HttpResponse::Ok().json(understood(what))))
}

/// Takes a paste in: a new account, or the new credential of one that is known.
#[utoipa::path(post, path = "/admin/api/accounts", tag = "accounts", request_body = Pasted, responses((status = 200, body = TakenView), (status = 201, body = TakenView), (status = 400), (status = 409), (status = 422)), security(("key" = [])))]
pub async fn add(
    _: Owner,
    state: Data<AppState>,
    client: Data<Client>,
    body: Result<Bytes, Error>,
) -> Result<HttpResponse, Refused> {
    let body = body.map_err(|error| Refused::body(&error, state.body_limit))?;
    let pasted: Pasted = match read(&body) {
        Ok(pasted) => pasted,
        Err(no) => return Ok(no.answer()),
    };
    let Pasted { paste, provider, name, limits } = pasted;
    let offer = Offer { text: Secret::new(paste), provider, name, limits };
    let owned = state.clone();
    let taken = to_its_end(async move {
        let Gateway { roster, registry, .. } = &owned.gateway;
        gateway::take_in(roster, registry, &client, offer).await
    });
    let Some(taken) = taken.await else { return Ok(No::later(BROKEN_OFF).answer()) };
    Ok(match taken {
        Err(refusal) => No::from(refusal).answer(),
        Ok(taken) => {
            let mut answer = if taken.created { HttpResponse::Created() } else { HttpResponse::Ok() };
            let (kept, not_kept) = kept(taken.kept);
            let mut answer = answer.json(TakenView {
                account: shown(&state, &taken.id),
                created: taken.created,
                confirmed: taken.confirmed,
                unconfirmed: taken.unconfirmed,
                kept,
                not_kept,
                understood: understood(taken.understood),
            });
            answer.extensions_mut().insert(Subject(taken.id));
            answer
        }
    })
}

/// Changes an account's name, limits, or whether it is used.
#[utoipa::path(patch, path = "/admin/api/accounts/{id}", tag = "accounts", params(("id" = String, Path)), request_body = Edit, responses((status = 200, body = AccountView), (status = 400), (status = 404), (status = 409)), security(("key" = [])))]
pub async fn edit(
    _: Owner,
    state: Data<AppState>,
    id: Path<String>,
    body: Result<Bytes, Error>,
) -> Result<HttpResponse, Refused> {
    let body = body.map_err(|error| Refused::body(&error, state.body_limit))?;
    let edited = match read::<Edit>(&body) {
        Ok(edit) => apply(&state, &id, edit).await,
        Err(no) => Err(no),
    };
    Ok(edited.map_or_else(|no| no.answer(), |view| HttpResponse::Ok().json(view)))
}

async fn apply(state: &Data<AppState>, id: &str, edit: Edit) -> Result<AccountView, No> {
    let (state, id) = (state.clone(), id.to_owned());
    let edited = to_its_end(async move { apply_alone(&state, &id, edit).await });
    edited.await.unwrap_or_else(|| Err(No::later(BROKEN_OFF)))
}

async fn apply_alone(state: &AppState, id: &str, edit: Edit) -> Result<AccountView, No> {
    let registry = &state.gateway.registry;
    let changes = registry.begin().await;
    let old = registry.pool.account(id).ok_or_else(|| No::account(id))?;
    let name = edit.name.map(|name| checked_name(registry, &name, Some(&old))).transpose()?;
    if let Some(limits) = &edit.limits {
        limits.check().map_err(|what| No::wrong("limits", what))?;
    }
    let renamed = name.clone();
    let change = |one: Account| Account {
        name: renamed.unwrap_or_else(|| one.name.clone()),
        limits: edit.limits.unwrap_or(one.limits),
        enabled: edit.enabled.unwrap_or(one.enabled),
        ..one
    };
    changes.change(id, change).await.map_err(|_| No::account(id))?;
    if let Some(enabled) = edit.enabled {
        registry.pool.tell(id, if enabled { Outcome::Enabled } else { Outcome::Disabled });
    }
    if name.is_some() || edit.limits.is_some() {
        registry.note(id, EventKind::Account, "Its owner changed its name or its limits.");
    }
    shown(state, id).ok_or_else(|| No::account(id))
}

/// Uses an account again, whatever its state: its owner says that it is well.
#[utoipa::path(post, path = "/admin/api/accounts/{id}/enable", tag = "accounts", params(("id" = String, Path)), responses((status = 200, body = AccountView), (status = 404)), security(("key" = [])))]
pub async fn enable(_: Owner, state: Data<AppState>, id: Path<String>) -> HttpResponse {
    switch(&state, &id, true).await
}

/// Does not use an account any more; its sign-in is kept alive.
#[utoipa::path(post, path = "/admin/api/accounts/{id}/disable", tag = "accounts", params(("id" = String, Path)), responses((status = 200, body = AccountView), (status = 404)), security(("key" = [])))]
pub async fn disable(_: Owner, state: Data<AppState>, id: Path<String>) -> HttpResponse {
    switch(&state, &id, false).await
}

async fn switch(state: &Data<AppState>, id: &str, enabled: bool) -> HttpResponse {
    let edit = Edit { name: None, limits: None, enabled: Some(enabled) };
    apply(state, id, edit).await.map_or_else(|no| no.answer(), |view| HttpResponse::Ok().json(view))
}

/// Takes an account out, with its events and its use.
#[utoipa::path(delete, path = "/admin/api/accounts/{id}", tag = "accounts", params(("id" = String, Path)), responses((status = 204), (status = 404)), security(("key" = [])))]
pub async fn delete(_: Owner, state: Data<AppState>, id: Path<String>) -> HttpResponse {
    let (owned, which) = (state.clone(), id.clone());
    let removed = to_its_end(async move { owned.gateway.registry.begin().await.remove(&which).await });
    match removed.await {
        Some(Ok(_)) => HttpResponse::NoContent().finish(),
        Some(Err(_)) => No::account(&id).answer(),
        None => No::later(BROKEN_OFF).answer(),
    }
}

/// Checks an account's sign-in now.
#[utoipa::path(post, path = "/admin/api/accounts/{id}/test", tag = "accounts", params(("id" = String, Path)), responses((status = 200, body = Tested), (status = 404)), security(("key" = [])))]
pub async fn test(_: Owner, state: Data<AppState>, client: Data<Client>, id: Path<String>) -> HttpResponse {
    let registry = &state.gateway.registry;
    let Some(account) = registry.pool.account(&id) else { return No::account(&id).answer() };
    let Some(member) = state.gateway.roster.member(&account.provider) else { return No::account(&id).answer() };
    if !registry.pool.begin_check(&id) {
        return No::later("The account is being checked already; look again in a moment.").answer();
    }
    let (registry, member) = (Arc::clone(registry), Arc::clone(member));
    // To its end: whoever begins a check must say that it has ended.
    let found = to_its_end(async move { check(&client, &registry, &member, &account).await });
    let Some(found) = found.await else { return No::later(BROKEN_OFF).answer() };
    let (alive, message) = match found {
        Found::Alive(..) => (Some(true), "It is signed in.".to_owned()),
        Found::Fault(fault) => {
            let note = fault.for_owner.as_deref().map_or_else(String::new, |note| format!(" {note}"));
            (fault.needs_owner().then_some(false), format!("{}{note}", fault.message))
        }
        Found::Unknown => (None, "This provider has no way to tell.".to_owned()),
    };
    HttpResponse::Ok().json(Tested { alive, message, account: shown(&state, &id) })
}

/// What happened to an account, newest first.
#[utoipa::path(get, path = "/admin/api/accounts/{id}/events", tag = "accounts", params(("id" = String, Path)), responses((status = 200, body = EventList), (status = 404)), security(("key" = [])))]
pub async fn events(_: Owner, state: Data<AppState>, id: Path<String>) -> HttpResponse {
    let registry = &state.gateway.registry;
    if registry.pool.account(&id).is_none() {
        return No::account(&id).answer();
    }
    let events = registry.events.of(&id).into_iter().map(EventView::of).collect();
    HttpResponse::Ok().json(EventList { events })
}

fn shown(state: &AppState, id: &str) -> Option<AccountView> {
    let view = state.gateway.registry.pool.view_of(id)?;
    Some(AccountView::of(&view, &state.gateway.roster))
}

fn understood(what: Understood) -> UnderstoodView {
    let Understood { provider, form, understood, missing, expires, account } = what;
    UnderstoodView { provider, form, understood, missing, expires, account }
}

/// Whether something is on disk, and if not, why.
pub fn kept(kept: Kept) -> (bool, Option<String>) {
    match kept {
        Kept::Disk => (true, None),
        Kept::Memory(why) => (false, Some(why)),
    }
}
