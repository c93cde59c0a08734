//! `GET /`: a page that says that the service runs and how to connect.

use actix_web::http::header::{self, ContentType};
use actix_web::{HttpResponse, Responder};

/// The page asks nobody else for anything and runs no script. Hugging Face shows it in a frame of its own.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'self' https://huggingface.co";

/// Shows the page that says how to connect.
#[utoipa::path(get, path = "/", tag = "service", responses((status = 200, description = "A page.", body = String, content_type = "text/html")))]
pub async fn page() -> impl Responder {
    HttpResponse::Ok()
        .insert_header(ContentType::html())
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .body(include_str!("home.html"))
}
