//! `GET /openapi.json`: everything that is served, described.

mod chunk;
mod everywhere;
mod message;
mod request;
mod tool;

use std::sync::OnceLock;

use actix_web::HttpResponse;
use actix_web::http::header::ContentType;
use actix_web::web::Bytes;
use utoipa::OpenApi;

pub use chunk::StreamEvent;
pub use request::ChatCompletionRequest;

use super::{admin, billing, chat, docs, files, health, home, metrics, models};
use crate::openai::error::Envelope;
use chunk::ChatCompletionChunk;
use everywhere::{Answers, Keys, Names};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "qianqiao 千桥",
        description = "One private, OpenAI-compatible API, and the owner's side of it.\n\n\
                       Every API route also answers without `/v1`. A client that has only one field for a key, before a \
                       private Hugging Face Space, may put ours into the address: `/k/<key>/v1/…` reaches every route \
                       under `/v1`, as does `?key=<key>`."
    ),
    servers((url = "/")),
    tags(
        (name = "chat", description = "Conversations."),
        (name = "models", description = "What can be asked for."),
        (name = "files", description = "Files that requests refer to."),
        (name = "billing", description = "The balance that some clients ask for."),
        (name = "accounts", description = "The owner's accounts."),
        (name = "settings", description = "What the owner may change."),
        (name = "store", description = "What is kept."),
        (name = "service", description = "The service itself."),
    ),
    paths(
        chat::completions,
        models::list,
        models::one,
        billing::subscription,
        billing::usage,
        health::health,
        home::page,
        metrics::show,
        openapi,
        docs::page,
        docs::asset,
        admin::accounts::list,
        admin::accounts::one,
        admin::accounts::preview,
        admin::accounts::add,
        admin::accounts::edit,
        admin::accounts::delete,
        admin::accounts::test,
        admin::accounts::enable,
        admin::accounts::disable,
        admin::accounts::events,
        admin::models::list,
        admin::settings::list,
        admin::settings::set,
        admin::settings::reset,
        admin::settings::notify,
        admin::store::status,
        admin::store::backup,
        files::upload,
        files::list,
        files::one,
        files::delete,
        files::content,
    ),
    components(schemas(ChatCompletionChunk, Envelope)),
    modifiers(&Names, &Keys, &Answers)
)]
struct Description;

/// Describes the API; there is no secret in it.
#[utoipa::path(get, path = "/openapi.json", tag = "service", responses((status = 200, description = "This description.", body = Object)))]
pub async fn openapi() -> HttpResponse {
    // Putting it together takes some 12 MB for a moment, so that is done once, and only if somebody asks.
    static WRITTEN: OnceLock<Bytes> = OnceLock::new();
    let written = WRITTEN.get_or_init(|| serde_json::to_vec(&Description::openapi()).unwrap_or_default().into());
    HttpResponse::Ok().insert_header(ContentType::json()).body(written.clone())
}

#[cfg(test)]
mod description_tests;
