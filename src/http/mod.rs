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
mod metrics;
mod models;
mod problem;

use actix_web::guard;
use actix_web::web::{self, ServiceConfig};

pub use envelope::envelope;

/// Every URL. `envelope` has already brought the path into its one form: no doubled and no trailing slashes, and for
/// the API exactly one `/v1`.
pub fn configure(urls: &mut ServiceConfig) {
    let get = || web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    urls.service(
        web::resource("/v1/chat/completions")
            .route(web::post().to(chat::completions))
            .default_service(web::to(problem::method)),
    )
    .service(web::resource("/v1/models").route(get().to(models::list)).default_service(web::to(problem::method)))
    .service(web::resource("/v1/models/{id:.+}").route(get().to(models::one)).default_service(web::to(problem::method)))
    .service(
        web::resource("/v1/files")
            .route(get().to(files::list))
            .route(web::post().to(files::upload))
            .default_service(web::to(problem::method)),
    )
    .service(
        web::resource("/v1/files/{id}")
            .route(get().to(files::one))
            .route(web::delete().to(files::delete))
            .default_service(web::to(problem::method)),
    )
    .service(
        web::resource("/v1/files/{id}/content")
            .route(get().to(files::content))
            .default_service(web::to(problem::method)),
    )
    .service(web::resource("/health").route(get().to(health::health)).default_service(web::to(problem::method)))
    .service(web::resource("/").route(get().to(home::page)).default_service(web::to(problem::method)))
    .service(
        web::resource("/v1/dashboard/billing/subscription")
            .route(get().to(billing::subscription))
            .default_service(web::to(problem::method)),
    )
    .service(
        web::resource("/v1/dashboard/billing/usage")
            .route(get().to(billing::usage))
            .default_service(web::to(problem::method)),
    )
    .service(web::resource("/metrics").route(get().to(metrics::show)).default_service(web::to(problem::method)))
    .service(
        web::resource("/openapi.json").route(get().to(description::openapi)).default_service(web::to(problem::method)),
    )
    .service(web::resource("/docs").route(get().to(docs::page)).default_service(web::to(problem::method)))
    .service(web::resource("/docs/{file}").route(get().to(docs::asset)).default_service(web::to(problem::method)))
    .configure(admin::configure)
    .default_service(web::to(problem::path));
}

/// The API's paths, as they stand after `/v1`. A client may leave `/v1` out, or write it twice.
pub(crate) const API: [&str; 4] = ["/chat/completions", "/models", "/files", "/dashboard/billing"];
