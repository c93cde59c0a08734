//! The right to do what only the owner may.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpRequest};

use super::auth::presented;
use super::problem::Refused;
use crate::state::AppState;

/// The right to see and change everything.
pub struct Owner;

impl FromRequest for Owner {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match (is_owner(request), presented(request).next()) {
            (true, _) => Ok(Self),
            (false, Some(_)) => {
                Err(Refused::key("The API key is wrong; `qianqiao key` on the server shows the right one.").into())
            }
            (false, None) => Err(Refused::key("No API key was sent; send `Authorization: Bearer KEY`.").into()),
        })
    }
}

/// Whether the owner asks.
pub fn is_owner(request: &HttpRequest) -> bool {
    let Some(state) = request.app_data::<Data<AppState>>() else { return false };
    // Each is tried: before a private Space the bearer is Hugging Face's own token, and ours stands beside it.
    presented(request).any(|key| state.master_key.is(&key))
}
