//! `GET /openapi.json`: the admin API, described.

use actix_web::HttpResponse;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{admin, files};

#[derive(OpenApi)]
#[openapi(
    info(title = "qianqiao 千桥", description = "The owner's side of one private, OpenAI-compatible API."),
    paths(
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
    modifiers(&Keys)
)]
struct Description;

struct Keys;

impl Modify for Keys {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        api.components.get_or_insert_default().add_security_scheme("key", bearer);
    }
}

/// Describes the API; there is no secret in it.
pub async fn openapi() -> HttpResponse {
    HttpResponse::Ok().json(Description::openapi())
}
