//! Everything that is served, in one description. The service hands out what a test has written of it.

use utoipa::OpenApi;

use super::chunk::ChatCompletionChunk;
use super::everywhere::{Answers, Keys, Names};
use crate::http::{admin, billing, chat, description, docs, files, health, home, metrics, models};
use crate::openai::error::Envelope;

/// The description.
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
        (name = "session", description = "Who is signed in to the console, and what was changed."),
        (name = "accounts", description = "The owner's accounts."),
        (name = "keys", description = "The keys of friends and apps, and the owner's own."),
        (name = "settings", description = "What the owner may change."),
        (name = "usage", description = "Who used how much, and how it went."),
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
        home::asset,
        metrics::show,
        description::openapi,
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
        admin::session::show,
        admin::session::sign_in,
        admin::session::sign_out,
        admin::session::list,
        admin::session::end,
        admin::session::end_all,
        admin::audit::list,
        admin::overview::show,
        admin::live::live,
        admin::keys::list,
        admin::keys::add,
        admin::keys::edit,
        admin::keys::revoke,
        admin::master_key::show,
        admin::master_key::change,
        admin::environment::list,
        admin::models::list,
        admin::settings::list,
        admin::settings::set,
        admin::settings::reset,
        admin::settings::notify,
        admin::usage::report,
        admin::usage::table,
        admin::requests::list,
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
pub struct Description;
