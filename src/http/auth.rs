//! Who calls: rights are extractor types, so that a handler cannot be reached without them.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
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
        let key = presented(request.headers());
        let known = |key: &[u8]| request.app_data::<Data<AppState>>().is_some_and(|state| state.master_key.is(key));
        ready(match key {
            Some(key) if known(key) => Ok(Self { owner: true }),
            Some(_) => {
                Err(Refused::key("The API key is wrong; `qianqiao key` on the server shows the right one.").into())
            }
            None => Err(Refused::key("No API key was sent; send `Authorization: Bearer KEY`.").into()),
        })
    }
}

/// The key of a request: as OpenAI's, Anthropic's or Azure's clients send it.
pub fn presented(headers: &HeaderMap) -> Option<&[u8]> {
    let bearer = headers.get(header::AUTHORIZATION).map(|value| value.as_bytes().trim_ascii());
    // Some people paste the key alone, without the scheme's name.
    let bearer = bearer.map(|value| match value.split_at_checked(6) {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case(b"bearer") => key.trim_ascii(),
        _ => value,
    });
    let plain = |name: &str| headers.get(name).map(|value| value.as_bytes().trim_ascii());
    // Some clients send an empty bearer beside the header that they really use.
    bearer.filter(|key| !key.is_empty()).or_else(|| plain("x-api-key")).or_else(|| plain("api-key"))
}
