//! The HTTP face: every URL on one screen, handlers that parse, call and answer.

mod admin;
mod auth;
mod billing;
mod chat;
mod description;
mod docs;
mod envelope;
mod files;
mod health;
mod home;
mod limits;
mod metrics;
mod models;
mod owner;
mod problem;

use actix_web::web::{self, ServiceConfig};
use actix_web::{Route, guard};

pub use envelope::envelope;

/// Every URL. `envelope` has already brought the path into its one form: no doubled and no trailing slashes, and for
/// the API exactly one `/v1`.
pub fn configure(urls: &mut ServiceConfig) {
    let get = || web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    let (post, delete) = (web::post, web::delete);
    at(urls, "/v1/chat/completions", [post().to(chat::completions)]);
    at(urls, "/v1/models", [get().to(models::list)]);
    at(urls, "/v1/models/{id:.+}", [get().to(models::one)]);
    at(urls, "/v1/files", [get().to(files::list), post().to(files::upload)]);
    at(urls, "/v1/files/{id}", [get().to(files::one), delete().to(files::delete)]);
    at(urls, "/v1/files/{id}/content", [get().to(files::content)]);
    at(urls, "/v1/dashboard/billing/subscription", [get().to(billing::subscription)]);
    at(urls, "/v1/dashboard/billing/usage", [get().to(billing::usage)]);
    at(urls, "/", [get().to(home::page)]);
    at(urls, "/assets/{file}", [get().to(home::asset)]);
    at(urls, "/health", [get().to(health::health)]);
    at(urls, "/metrics", [get().to(metrics::show)]);
    at(urls, "/openapi.json", [get().to(description::openapi)]);
    at(urls, "/docs", [get().to(docs::page)]);
    at(urls, "/docs/{file}", [get().to(docs::asset)]);
    urls.configure(admin::configure).default_service(web::to(problem::path));
}

/// One URL, its methods, and a proper answer to all others.
fn at(urls: &mut ServiceConfig, path: &str, routes: impl IntoIterator<Item = Route>) {
    let resource = routes.into_iter().fold(web::resource(path), actix_web::Resource::route);
    urls.service(resource.default_service(web::to(problem::method)));
}

/// The API's paths, as they stand after `/v1`. A client may leave `/v1` out, or write it twice.
pub(crate) const API: [&str; 4] = ["/chat/completions", "/models", "/files", "/dashboard/billing"];
