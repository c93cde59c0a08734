//! `GET /docs`: the API, to read and to try. What the page needs is in the binary.

mod archive;

use actix_web::http::header::{self, ContentType};
use actix_web::web::{Bytes, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::problem;
use archive::{File, find};

/// The page and what it loads come from here, and it may ask nobody else. Swagger UI writes styles into its elements and
/// has its pictures in its style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'self' https://huggingface.co";

/// What of Swagger UI the page loads, and of which type that is.
const ASSETS: [(&str, &str); 3] = [
    ("swagger-ui.css", "text/css; charset=utf-8"),
    ("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
    ("favicon-32x32.png", "image/png"),
];

/// How long a browser keeps them.
const KEPT: &str = "public, max-age=86400";

/// Shows the API, to read and to try.
#[utoipa::path(get, path = "/docs", tag = "service", responses((status = 200, description = "A page.", body = String, content_type = "text/html")))]
pub async fn page() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(ContentType::html())
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .body(include_str!("page.html"))
}

/// Hands out what that page loads.
#[utoipa::path(get, path = "/docs/{file}", tag = "service", params(("file" = String, Path, example = "start.js")), responses((status = 200, description = "The file.", content((String = "text/javascript"), (String = "text/css"), (String = "image/png"))), (status = 404, description = "There is no such file.")))]
pub async fn asset(request: HttpRequest, file: Path<String>) -> HttpResponse {
    if *file == "start.js" {
        return answer("text/javascript; charset=utf-8", None, Bytes::from_static(include_bytes!("start.js")));
    }
    let known = ASSETS.into_iter().find(|(name, _)| *name == *file);
    match known.and_then(|(name, kind)| Some((kind, find(&format!("/dist/{name}"))?))) {
        Some((kind, File::Plain(bytes))) => answer(kind, None, Bytes::from_static(bytes)),
        Some((kind, File::Gzip(bytes))) => answer(kind, Some("gzip"), bytes.into()),
        None => problem::path(request).await,
    }
}

fn answer(kind: &str, encoding: Option<&str>, body: Bytes) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CACHE_CONTROL, KEPT))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if let Some(encoding) = encoding {
        answer.insert_header((header::CONTENT_ENCODING, encoding)).insert_header((header::VARY, "Accept-Encoding"));
    }
    answer.body(body)
}
