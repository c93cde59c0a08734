//! `GET /` and `/assets/…`: the console. A binary that was built without it has a page in its place that says so.

mod embedded;

use std::fmt::Write;

use actix_web::http::header;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};

use super::problem;
use embedded::{Sent, find, is_built};

/// The console loads everything from here and asks nobody else. Hugging Face shows it in a frame of its own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                      font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'self' https://huggingface.co";

/// The page in its place runs no script and brings its few styles along.
const POLICY_WITHOUT: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                              frame-ancestors 'self' https://huggingface.co";

/// What a page may use of a device: nothing of this.
const PERMISSIONS: &str = "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), \
                           gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

/// How long a browser keeps a file whose name changes with its contents.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

/// Shows the console.
#[utoipa::path(get, path = "/", tag = "service", responses((status = 200, description = "A page.", body = String, content_type = "text/html"), (status = 304, description = "The page that the client has is the present one.")))]
pub async fn page(request: HttpRequest) -> HttpResponse {
    let Some(sent) = fit(&request, "index.html") else { return problem::path(request).await };
    let tag = tag(&sent);
    let known = request.headers().get_all(header::IF_NONE_MATCH).any(|value| names(value.as_bytes(), &tag));
    let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::CONTENT_SECURITY_POLICY, if is_built() { POLICY } else { POLICY_WITHOUT }));
    guard(&mut answer);
    if known { answer.finish() } else { with(answer, sent, "text/html; charset=utf-8") }
}

/// Hands out what the console loads.
#[utoipa::path(get, path = "/assets/{file}", tag = "service", params(("file" = String, Path, example = "index.js")), responses((status = 200, description = "The file.", content((String = "text/javascript"), (String = "text/css"))), (status = 404, description = "There is no such file.")))]
pub async fn asset(request: HttpRequest, file: Path<String>) -> HttpResponse {
    let Some(sent) = fit(&request, &format!("assets/{file}")) else { return problem::path(request).await };
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CACHE_CONTROL, FOR_GOOD));
    guard(&mut answer);
    with(answer, sent, kind(&file))
}

fn fit(request: &HttpRequest, name: &str) -> Option<Sent> {
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    find(name).map(|forms| forms.fit(accepted.unwrap_or_default()))
}

/// What keeps other sites away from what is served here.
fn guard(answer: &mut HttpResponseBuilder) {
    answer
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::PERMISSIONS_POLICY, PERMISSIONS))
        .insert_header((header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"))
        .insert_header((header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"))
        .insert_header((header::VARY, "Accept-Encoding"));
}

fn with(mut answer: HttpResponseBuilder, sent: Sent, kind: &'static str) -> HttpResponse {
    answer.insert_header((header::CONTENT_TYPE, kind));
    if let Some(encoding) = sent.encoding {
        answer.insert_header((header::CONTENT_ENCODING, encoding));
    }
    answer.body(sent.bytes)
}

/// Names the bytes that are sent; each form of a page has a name of its own.
fn tag(sent: &Sent) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, &sent.bytes);
    let hex = digest.as_ref().iter().take(12).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    format!("\"{hex}\"")
}

/// Whether a client's list of tags names `tag`. A proxy that repacks an answer calls its tag a weak one.
fn names(list: &[u8], tag: &str) -> bool {
    let mut tags = list.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    tags.any(|known| known == b"*" || known.strip_prefix(b"W/").unwrap_or(known) == tag.as_bytes())
}

/// The type of a file, by its name's ending.
fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_tag_is_recognised_in_every_spelling() {
        for list in ["\"a\"", "\"b\", \"a\"", "W/\"a\"", "*", " \"a\" "] {
            assert!(names(list.as_bytes(), "\"a\""), "{list}");
        }
        for list in ["", "\"b\"", "a", "\"aa\"", "W/\"b\""] {
            assert!(!names(list.as_bytes(), "\"a\""), "{list}");
        }
    }
}
