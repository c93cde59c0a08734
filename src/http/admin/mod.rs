//! What only the owner may do: accounts, models and settings. JSON in, JSON out, errors as everywhere else here.

mod account_view;
pub(super) mod accounts;
pub(super) mod models;
mod problem;
pub(super) mod settings;
pub(super) mod store;

use actix_web::web::{self, ServiceConfig};

/// What is said when the service stops in the middle of a change.
const BROKEN_OFF: &str = "The service is stopping; look again whether the change was made.";

/// Does something to its end, even if the client leaves meanwhile: what is kept must take effect, too.
async fn to_its_end<T: 'static>(work: impl Future<Output = T> + 'static) -> Option<T> {
    #[expect(clippy::disallowed_methods, reason = "a change takes moments; one that is broken off was never confirmed")]
    let task = actix_web::rt::spawn(work);
    task.await.ok()
}

/// Every URL below `/admin/api`.
pub fn configure(urls: &mut ServiceConfig) {
    urls.service(
        web::resource("/admin/api/accounts")
            .route(web::get().to(accounts::list))
            .route(web::post().to(accounts::add))
            .default_service(web::to(super::problem::method)),
    )
    .service(
        web::resource("/admin/api/accounts/preview")
            .route(web::post().to(accounts::preview))
            .default_service(web::to(super::problem::method)),
    )
    .service(
        web::resource("/admin/api/accounts/{id}")
            .route(web::get().to(accounts::one))
            .route(web::patch().to(accounts::edit))
            .route(web::delete().to(accounts::delete))
            .default_service(web::to(super::problem::method)),
    )
    .service(web::resource("/admin/api/accounts/{id}/test").route(web::post().to(accounts::test)))
    .service(web::resource("/admin/api/accounts/{id}/enable").route(web::post().to(accounts::enable)))
    .service(web::resource("/admin/api/accounts/{id}/disable").route(web::post().to(accounts::disable)))
    .service(web::resource("/admin/api/accounts/{id}/events").route(web::get().to(accounts::events)))
    .service(web::resource("/admin/api/models").route(web::get().to(models::list)))
    .service(web::resource("/admin/api/settings").route(web::get().to(settings::list)))
    .service(
        web::resource("/admin/api/settings/{name}")
            .route(web::put().to(settings::set))
            .route(web::delete().to(settings::reset))
            .default_service(web::to(super::problem::method)),
    )
    .service(web::resource("/admin/api/store").route(web::get().to(store::status)))
    .service(web::resource("/admin/api/backup").route(web::post().to(store::backup)))
    .service(web::resource("/admin/api/notify/test").route(web::post().to(settings::notify)));
}
