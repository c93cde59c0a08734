//! Who calls: rights are extractor types, so that a handler cannot be reached without them.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::HeaderMap;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpRequest};

use super::problem::Refused;
use crate::state::AppState;

/// The right to use the API. There is one key today, so whoever has it is the owner.
pub struct Caller {
    /// Whether the caller may read what only the owner may.
    pub owner: bool,
}

impl FromRequest for Caller {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut sent = false;
        let known = |key: &[u8]| request.app_data::<Data<AppState>>().is_some_and(|state| state.master_key.is(key));
        // Each is tried: before a private Space the bearer is Hugging Face's own token, and ours stands beside it.
        let right = presented(request.headers()).any(|key| {
            sent = true;
            known(key)
        });
        ready(match (right, sent) {
            (true, _) => Ok(Self { owner: true }),
            (false, true) => {
                Err(Refused::key("The API key is wrong; `qianqiao key` on the server shows the right one.").into())
            }
            (false, false) => Err(Refused::key("No API key was sent; send `Authorization: Bearer KEY`.").into()),
        })
    }
}

/// The keys of a request: as OpenAI's, Anthropic's and Azure's clients send them; empty ones left out.
pub fn presented(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let text = |name: &str| headers.get(name).map(|value| value.as_bytes().trim_ascii());
    // Some people paste the key alone, without the scheme's name.
    let bearer = text("authorization").map(|value| match value.split_at_checked(6) {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case(b"bearer") => key.trim_ascii(),
        _ => value,
    });
    [bearer, text("x-api-key"), text("api-key")].into_iter().flatten().filter(|key| !key.is_empty())
}
