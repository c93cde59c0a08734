//! `GET /openapi.json`: everything that is served, described.
//!
//! The description is made from the code, and written down beside it: to put it together in each service would take
//! close to a megabyte of code and, for a moment, 12 MB of memory. A test holds what is written to what the code says.

mod chunk;
#[cfg(test)]
mod everywhere;
mod message;
mod request;
mod tool;
#[cfg(test)]
mod whole;

use actix_web::HttpResponse;
use actix_web::http::header::ContentType;
use actix_web::web::Bytes;

pub use chunk::StreamEvent;
pub use request::ChatCompletionRequest;

/// What `whole` says. `WRITE_OPENAPI=1 cargo test --lib description` writes it anew.
const WRITTEN: &[u8] = include_bytes!("description/openapi.json");

/// Describes the API; there is no secret in it.
#[utoipa::path(get, path = "/openapi.json", tag = "service", responses((status = 200, description = "This description.", body = Object)))]
pub async fn openapi() -> HttpResponse {
    HttpResponse::Ok().insert_header(ContentType::json()).body(Bytes::from_static(WRITTEN))
}

#[cfg(test)]
mod description_tests;
