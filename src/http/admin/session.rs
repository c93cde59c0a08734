//! `/admin/api/session` and `/admin/api/sessions`: signing in and out.

use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::{No, read};
use crate::config::Secret;
use crate::console::{Attempt, LIFE, Session, Who};
use crate::http::owner::{COOKIE, Owner, address, is_encrypted, is_of_this_site, right};
use crate::http::problem::Refused;
use crate::openai::error::{LONGEST_RETRY_AFTER, object};
use crate::state::AppState;

/// The largest body of somebody who has shown no right yet, in bytes.
const MOST: usize = 4096;

/// Whether somebody is signed in.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    signed_in: bool,
    /// When the session ends at the latest, in milliseconds since 1970; nothing, if the key itself was sent.
    #[schema(required = true)]
    expires: Option<u64>,
}

/// What a person signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The owner's key.
    key: String,
    /// Whether the token is told instead of set as a cookie, for a page in a frame of another site.
    #[serde(default)]
    bearer: bool,
}

/// A session that has begun.
#[derive(Serialize, ToSchema)]
pub struct SignedIn {
    /// When it ends at the latest, in milliseconds since 1970.
    expires: u64,
    /// The token, if it was asked for.
    #[schema(required = true)]
    token: Option<String>,
}

/// Everybody who is signed in.
#[derive(Serialize, ToSchema)]
pub struct SessionList {
    sessions: Vec<SessionRow>,
}

/// Somebody who is signed in. Times are in milliseconds since 1970.
#[derive(Serialize, ToSchema)]
pub struct SessionRow {
    id: String,
    created: u64,
    expires: u64,
    last_seen: u64,
    /// The address that signed in.
    address: String,
    /// Whether it is the one that asks.
    current: bool,
}

/// Says whether the caller is signed in.
#[utoipa::path(get, path = "/admin/api/session", tag = "session", responses((status = 200, body = SessionView)), security((), ("key" = [])))]
pub async fn show(request: HttpRequest) -> HttpResponse {
    let owner = right(&request);
    let expires = owner.as_ref().ok().and_then(|owner| owner.session.as_ref()).map(Session::expires);
    HttpResponse::Ok().json(SessionView { signed_in: owner.is_ok(), expires })
}

/// Signs in. The token comes as a cookie, or in the answer if it is asked for.
#[utoipa::path(post, path = "/admin/api/session", tag = "session", request_body = SignIn, responses((status = 200, body = SignedIn), (status = 400), (status = 401, description = "The key is wrong."), (status = 403, description = "Another site sent this."), (status = 429, description = "There were too many wrong keys.")))]
pub async fn sign_in(request: HttpRequest, state: Data<AppState>, body: Payload) -> Result<HttpResponse, Refused> {
    // Otherwise any page could make its visitors' browsers fail here until their owner has to wait.
    if !is_of_this_site(request.headers()) {
        return Err(Refused::csrf(
            "Sign in on this site's own page. A proxy before the service must pass `Host` on as the browser sent it.",
        ));
    }
    let Ok(body) = body.to_bytes_limited(MOST).await else {
        return Ok(No::wrong("body", format!("it is larger than {MOST} bytes")).answer());
    };
    let body = body.map_err(|error| Refused::body(&error, state.body_limit))?;
    let SignIn { key, bearer } = match read(&body) {
        Ok(asked) => asked,
        Err(no) => return Ok(no.answer()),
    };
    let (key, from) = (Secret::new(key), address(request.headers()));
    let now = state.gateway.registry.pool.now();
    let console = &state.console;
    match console.throttle.attempt(from, now, || state.master_key.is(key.expose().trim().as_bytes())) {
        Attempt::Wait(wait) => Ok(throttled(wait)),
        Attempt::Wrong => Err(Refused::key("The key is wrong; `qianqiao key` on the server shows the right one.")),
        Attempt::Right => {
            request.extensions_mut().insert(Who::Key);
            let (token, session) = console.sessions.begin(from, now);
            Ok(signed_in(&request, &token, &session, bearer))
        }
    }
}

fn signed_in(request: &HttpRequest, token: &Secret<String>, session: &Session, bearer: bool) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    if !bearer {
        set_cookie(&mut answer, request, token.expose(), LIFE / 1000);
    }
    let token = bearer.then(|| token.expose().clone());
    answer.insert_header((header::CACHE_CONTROL, "no-store")).json(SignedIn { expires: session.expires(), token })
}

fn set_cookie(answer: &mut HttpResponseBuilder, request: &HttpRequest, token: &str, seconds: u64) {
    let secure = if is_encrypted(request.headers()) { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    answer.insert_header((header::SET_COOKIE, cookie));
}

/// Whole seconds, none too few: who comes back too early is refused once more.
fn throttled(wait: Duration) -> HttpResponse {
    let seconds = wait.as_millis().div_ceil(1000).max(1);
    let mut answer = HttpResponse::TooManyRequests();
    if seconds <= u128::from(LONGEST_RETRY_AFTER) {
        answer.insert_header((header::RETRY_AFTER, seconds.to_string()));
    } else {
        answer.insert_header(("x-should-retry", "false"));
        answer.insert_header(("x-ratelimit-reset-requests", format!("{seconds}s")));
    }
    let message = format!("There were too many wrong keys; try again in {seconds} s.");
    let body = object(&message, "rate_limit_error", None, Some("too_many_sign_ins"));
    answer.insert_header(header::ContentType::json()).body(body)
}

/// Signs out: ends the session that asks, and takes the cookie back.
#[utoipa::path(delete, path = "/admin/api/session", tag = "session", responses((status = 204), (status = 403, description = "Another site sent this.")), security((), ("key" = [])))]
pub async fn sign_out(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Refused> {
    match right(&request) {
        Ok(Owner { session: Some(session) }) => {
            state.console.sessions.end(&session.id);
            state.console.sessions.settle().await;
        }
        Err(refused) if refused.is_forbidden() => return Err(refused),
        // Whoever is signed out already has what was asked for.
        _ => {}
    }
    Ok(without_cookie(&request))
}

fn without_cookie(request: &HttpRequest) -> HttpResponse {
    let mut answer = HttpResponse::NoContent();
    set_cookie(&mut answer, request, "", 0);
    answer.finish()
}

/// Lists everybody who is signed in, the newest first.
#[utoipa::path(get, path = "/admin/api/sessions", tag = "session", responses((status = 200, body = SessionList)), security(("key" = [])))]
pub async fn list(owner: Owner, state: Data<AppState>) -> HttpResponse {
    let own = owner.session.map(|session| session.id);
    let sessions = state.console.sessions.list(state.gateway.registry.pool.now());
    let row = |session: Session| SessionRow {
        created: session.created,
        expires: session.expires(),
        last_seen: session.seen,
        current: own.as_ref() == Some(&session.id),
        id: session.id,
        address: session.address,
    };
    HttpResponse::Ok().json(SessionList { sessions: sessions.into_iter().map(row).collect() })
}

/// Ends a session.
#[utoipa::path(delete, path = "/admin/api/sessions/{id}", tag = "session", params(("id" = String, Path)), responses((status = 204), (status = 404)), security(("key" = [])))]
pub async fn end(_: Owner, state: Data<AppState>, id: Path<String>) -> HttpResponse {
    if state.console.sessions.end(&id) {
        state.console.sessions.settle().await;
        return HttpResponse::NoContent().finish();
    }
    No::missing("There is no such session; GET /admin/api/sessions lists them.").answer()
}

/// Ends all sessions, the own one too.
#[utoipa::path(delete, path = "/admin/api/sessions", tag = "session", responses((status = 204)), security(("key" = [])))]
pub async fn end_all(_: Owner, request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    state.console.sessions.end_all();
    state.console.sessions.settle().await;
    without_cookie(&request)
}
