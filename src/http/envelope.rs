//! What every request and every answer has: one form of the path without a key in it, a request id, and CORS.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, Uri};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};
use percent_encoding::percent_decode_str;

use super::API;
use super::auth::KeyInPath;
use super::limits;
use crate::random;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, as its answer will tell it.
#[derive(Clone)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// That of `request`; empty only outside of `envelope`.
    pub fn of(request: &HttpRequest) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or(Self(HeaderValue::from_static("")))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

/// What a page of another origin may read of an answer.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "x-request-id, retry-after, retry-after-ms, x-should-retry, x-ratelimit-limit-requests, \
     x-ratelimit-remaining-requests, x-ratelimit-reset-requests, x-ratelimit-limit-tokens, \
     x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens, x-qianqiao-account, x-qianqiao-attempts, \
     x-qianqiao-dropped-messages",
);

const ALLOWED_METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
const VARY: HeaderValue = HeaderValue::from_static("Origin, Access-Control-Request-Headers");

/// The longest request id that is taken over from a caller.
const LONGEST_ID: usize = 128;

/// Wraps every request.
///
/// # Errors
/// Those of the handler.
pub async fn envelope<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if let Some((key, path)) = without_key(request.path()) {
        rewrite(&mut request, &path);
        request.extensions_mut().insert(KeyInPath(key));
    } else if let Some(path) = canonical(request.path()) {
        rewrite(&mut request, &path);
    }
    let id = request_id(request.headers());
    request.extensions_mut().insert(RequestId(id.clone()));
    let of_a_page = request.headers().contains_key(header::ORIGIN);
    // As the router reads it: a path may be written with percent signs.
    let path = percent_decode_str(request.path()).decode_utf8_lossy();
    let shared = path != "/" && !path.starts_with("/admin") && !path.starts_with("/assets/");
    let preflight = request.method() == Method::OPTIONS && shared;
    let mut response = if preflight {
        let answer = preflight_answer(request.headers());
        request.into_response(answer).map_into_right_body()
    } else {
        next.call(request).await?.map_into_left_body()
    };
    limits::tell(&mut response);
    let headers = response.headers_mut();
    if shared {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        if of_a_page {
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
            headers.insert(header::VARY, VARY);
        }
    }
    headers.insert(REQUEST_ID, id);
    Ok(response)
}

/// A wildcard does not cover `Authorization`, so what is asked for is allowed by name.
fn preflight_answer(headers: &HeaderMap) -> HttpResponse {
    let mut answer = HttpResponse::NoContent();
    answer.insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, ALLOWED_METHODS));
    answer.insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"));
    if let Some(wanted) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        answer.insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone()));
    }
    answer.finish()
}

fn request_id(headers: &HeaderMap) -> HeaderValue {
    let given = headers.get(REQUEST_ID).filter(|id| {
        let bytes = id.as_bytes();
        (1..=LONGEST_ID).contains(&bytes.len())
            && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(b))
    });
    given.cloned().unwrap_or_else(|| {
        HeaderValue::try_from(format!("req_{}", random::hex(16))).unwrap_or(HeaderValue::from_static("req_unknown"))
    })
}

/// The one form of a path; `None` if it already has it.
fn canonical(path: &str) -> Option<String> {
    let rest = path.strip_prefix("/v1");
    if rest.is_some_and(|rest| API.iter().any(|api| rest.starts_with(api)))
        && !path.contains("//")
        && !path.ends_with('/')
    {
        return None;
    }
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    while parts.first() == Some(&"v1") {
        parts.remove(0);
    }
    let bare = format!("/{}", parts.join("/"));
    let fits = |api: &str| bare.strip_prefix(api).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let one = if API.iter().any(|api| fits(api)) { format!("/v1{bare}") } else { bare };
    (one != path).then_some(one)
}

/// What stands in the place of a path that nothing answers and whose key must not be repeated.
const UNKNOWN: &str = "/k/***";

/// The key of a path `/k/<key>/…`, and the one form of what follows it. Only the API is reached this way, because an
/// address is kept in histories and shown in bars; its base answers as the base without a key does.
fn without_key(path: &str) -> Option<(Vec<u8>, String)> {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let marked = percent_decode_str(parts.next()?).map(|byte| byte.to_ascii_lowercase()).eq(*b"k");
    let key = parts.next().filter(|_| marked)?;
    let rest = format!("/{}", parts.collect::<Vec<_>>().join("/"));
    let rest = canonical(&rest).unwrap_or(rest);
    let open = rest == "/" || rest.starts_with("/v1/");
    Some((percent_decode_str(key).collect(), if open { rest } else { UNKNOWN.to_owned() }))
}

fn rewrite(request: &mut ServiceRequest, path: &str) {
    let query = request.query_string();
    let text = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    if let Ok(uri) = text.parse::<Uri>() {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_a_path_becomes_one() {
        for (path, one) in [
            ("/v1/chat/completions", "/v1/chat/completions"),
            ("/chat/completions", "/v1/chat/completions"),
            ("/v1/v1/chat/completions", "/v1/chat/completions"),
            ("//v1//chat/completions/", "/v1/chat/completions"),
            ("/models", "/v1/models"),
            ("/v1/models/a/b", "/v1/models/a/b"),
            ("/models/v1/x", "/v1/models/v1/x"),
            ("//files/file-a/content/", "/v1/files/file-a/content"),
            ("/filesx", "/filesx"),
            ("/v1/", "/"),
            ("/v1", "/"),
            ("//health/", "/health"),
            ("/", "/"),
            ("/modelsx", "/modelsx"),
        ] {
            assert_eq!(canonical(path).as_deref().unwrap_or(path), one, "{path}");
        }
    }

    #[test]
    fn a_key_in_the_path_is_taken_out_of_it() {
        for (path, key, one) in [
            ("/k/KEY/v1/chat/completions", "KEY", "/v1/chat/completions"),
            ("/k/KEY/chat/completions", "KEY", "/v1/chat/completions"),
            ("//k//KEY//v1//v1//models/", "KEY", "/v1/models"),
            ("/%6b/a%2Fb%20c/v1/models/x/y", "a/b c", "/v1/models/x/y"),
            ("/K/KEY/v1/dashboard/billing/usage", "KEY", "/v1/dashboard/billing/usage"),
            ("/k/KEY", "KEY", "/"),
            ("/k/KEY/v1/", "KEY", "/"),
            ("/k/KEY/admin/api/accounts", "KEY", UNKNOWN),
            ("/k/KEY/%61dmin/api/accounts", "KEY", UNKNOWN),
            ("/k/KEY/v1/admin/api/accounts", "KEY", UNKNOWN),
            ("/k/KEY/metrics", "KEY", UNKNOWN),
            ("/k/KEY/health", "KEY", UNKNOWN),
            ("/k/KEY/k/KEY/v1/models", "KEY", UNKNOWN),
            ("/k/KEY/./v1/models", "KEY", UNKNOWN),
        ] {
            let (found, rest) = without_key(path).unwrap();
            assert_eq!((found.as_slice(), rest.as_str()), (key.as_bytes(), one), "{path}");
        }
        for path in ["/", "/k", "/k/", "/kk/KEY/v1/models", "/v1/k/KEY/models", "/%256b/KEY/v1/models"] {
            assert!(without_key(path).is_none(), "{path}");
        }
    }
}
