//! The right to do what only the owner may: the owner's key in a header, or a session that was begun with it.

mod same_site;

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};

use super::auth::presented;
use super::problem::Refused;
use crate::console::{Address, Session, TOKEN_PREFIX, Who};
use crate::state::AppState;

use same_site::is_of_another_page;
pub use same_site::is_of_this_site;

/// The cookie that holds a session's token.
pub const COOKIE: &str = "qianqiao_session";

/// The header that the console sends with every change. A page of another site cannot send it: the browser would ask
/// first, and is not answered.
const CONSOLE: &str = "x-qianqiao-console";

/// The right to see and change everything.
pub struct Owner {
    /// The session by which it is held; without one, it is held by the key.
    pub session: Option<Session>,
}

impl Owner {
    /// Whether the right still holds that this request came with, for those who are answered for long.
    pub fn still_holds(&self, request: &HttpRequest, state: &AppState) -> bool {
        match &self.session {
            Some(session) => state.console.sessions.is_live(&session.id, state.gateway.registry.pool.now()),
            None => has_key(request, state),
        }
    }
}

impl FromRequest for Owner {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(right(request).map_err(Error::from))
    }
}

/// Whether the owner asks.
pub fn is_owner(request: &HttpRequest) -> bool {
    right(request).is_ok()
}

/// The right that a request has, which the audit is told of too.
///
/// # Errors
/// If it has none, or another site may have sent it.
pub fn right(request: &HttpRequest) -> Result<Owner, Refused> {
    const ENDED: &str = "The session has ended, or never was; sign in again.";
    let Some(state) = request.app_data::<Data<AppState>>() else { return Err(Refused::key(ENDED)) };
    if has_key(request, state) {
        request.extensions_mut().insert(Who::Key);
        return Ok(Owner { session: None });
    }
    let find = |token: &[u8]| state.console.sessions.find(token, state.gateway.registry.pool.now());
    let bearer = bearer(request.headers());
    let (session, by_cookie) = match bearer.and_then(find) {
        Some(session) => (Some(session), false),
        None => (cookies(request.headers()).find_map(find), true),
    };
    if let Some(session) = session {
        if by_cookie && !request.method().is_safe() {
            own_page(request)?;
        } else if by_cookie && is_of_another_page(request.headers()) {
            return Err(Refused::csrf("Another site's page asked for this; open it on this site's own."));
        }
        request.extensions_mut().insert(Who::Session);
        return Ok(Owner { session: Some(session) });
    }
    if bearer.is_some() || cookies(request.headers()).next().is_some() {
        return Err(Refused::key(ENDED));
    }
    Err(match presented(request).next() {
        Some(_) => Refused::key("The API key is wrong; `qianqiao key` on the server shows the right one."),
        None => Refused::key("No API key was sent; send `Authorization: Bearer KEY`."),
    })
}

/// Each is tried: before a private Space the bearer is Hugging Face's own token, and ours stands beside it.
fn has_key(request: &HttpRequest, state: &AppState) -> bool {
    presented(request).any(|key| state.master_key.is(&key))
}

/// A browser sends the cookie along whoever made it ask, so a change must also show that our own page did.
fn own_page(request: &HttpRequest) -> Result<(), Refused> {
    let marked = request.headers().get(CONSOLE).is_some_and(|value| value == "1");
    if marked && is_of_this_site(request.headers()) {
        return Ok(());
    }
    let message = "A change by cookie needs the header `x-qianqiao-console: 1` and must come from this site's own page. \
                   A proxy before the service must pass `Host` on as the browser sent it.";
    Err(Refused::csrf(message))
}

/// The session's token in the one header where it may stand. Never in an address: those are kept and shown.
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.as_bytes().split_at_checked(7)?;
    let token = token.trim_ascii();
    let fits = scheme.eq_ignore_ascii_case(b"bearer ") && token.starts_with(TOKEN_PREFIX.as_bytes());
    fits.then_some(token)
}

/// The tokens in cookies of our name. There may be two, if another path or port of this host sets one.
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let all = headers.get_all(header::COOKIE).flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    all.filter_map(|pair| pair.trim_ascii().strip_prefix(COOKIE.as_bytes())?.strip_prefix(b"="))
}

/// Where a request came from. nginx says so, and nobody else reaches the service: it listens on the loopback only.
pub fn address(headers: &HeaderMap) -> Address {
    Address::read(headers.get("x-real-ip").and_then(|value| value.to_str().ok()).unwrap_or_default())
}

/// Whether the client's connection is encrypted, as far as nginx or whoever stands before it says so, or the browser, whose
/// page came by one.
pub fn is_encrypted(headers: &HeaderMap) -> bool {
    let of_page = || headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"https://"));
    headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https") || of_page()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_token_is_found_in_the_bearer_and_the_cookie_only() {
        let request = TestRequest::get().uri("/v1/models?key=qqs-query");
        let request = request
            .append_header(("authorization", "bearer  qqs-a "))
            .append_header(("x-api-key", "qqs-other"))
            .append_header(("cookie", "a=b; qianqiao_session=qqs-b;qianqiao_sessions=qqs-x"))
            .append_header(("cookie", "xqianqiao_session=qqs-x; qianqiao_session=qqs-c"))
            .to_http_request();
        assert_eq!(bearer(request.headers()), Some(&b"qqs-a"[..]));
        assert_eq!(cookies(request.headers()).collect::<Vec<_>>(), [b"qqs-b", b"qqs-c"]);
        for other in ["qqs-a", "Basic qqs-a", "Bearer qq-a", "Bearer"] {
            let request = TestRequest::get().append_header(("authorization", other)).to_http_request();
            assert_eq!(bearer(request.headers()), None, "{other}");
        }
    }
}
