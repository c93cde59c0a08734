//! Errors as HTTP: OpenAI's object with all four fields, and what SDKs need to know about trying again.

use std::fmt;

use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentType};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError};

use crate::chat::Fault;
use crate::openai::error::{self, Retry};
use crate::usage::{Outcome, Receipt};

/// Whether a body could not be read because its sender is gone.
pub fn has_left(error: &actix_web::Error) -> bool {
    matches!(error.as_error(), Some(PayloadError::Incomplete(_) | PayloadError::Io(_)))
}

/// Writes a fault.
pub fn answer(fault: &Fault, owner: bool) -> HttpResponse {
    let told = error::reply(fault, owner);
    let mut response = builder(told.status);
    say_when(&mut response, told.retry);
    response.body(told.body)
}

/// What SDKs need to know about trying again.
fn say_when(response: &mut HttpResponseBuilder, retry: Retry) {
    match retry {
        Retry::Unsaid => {}
        Retry::After(seconds) => {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        Retry::Never(reset) => {
            response.insert_header(("x-should-retry", "false"));
            if let Some(seconds) = reset {
                response.insert_header(("x-ratelimit-reset-requests", format!("{seconds}s")));
            }
        }
    }
}

fn builder(status: u16) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    response.insert_header(ContentType::json());
    response
}

/// A request that is refused before it is looked at.
#[derive(Debug)]
pub struct Refused {
    status: u16,
    r#type: &'static str,
    code: &'static str,
    message: String,
    retry: Retry,
}

impl Refused {
    /// No key, or a wrong one.
    pub fn key(message: &str) -> Self {
        let (r#type, code) = ("authentication_error", "invalid_api_key");
        Self { status: 401, r#type, code, message: message.to_owned(), retry: Retry::Unsaid }
    }

    /// The caller's key has used up what it may ask for.
    pub fn limit(message: String, retry: Retry) -> Self {
        Self { status: 429, r#type: "rate_limit_error", code: "rate_limit_exceeded", message, retry }
    }

    /// A request that another site may have made a browser send.
    pub fn csrf(message: &str) -> Self {
        Self {
            status: 403,
            r#type: "invalid_request_error",
            code: "csrf",
            message: message.to_owned(),
            retry: Retry::Unsaid,
        }
    }

    /// Whether the right is there, but not for a request like this.
    pub const fn is_forbidden(&self) -> bool {
        self.status == 403
    }

    /// A body that cannot be read; `limit` is in bytes.
    pub fn body(error: &actix_web::Error, limit: usize) -> Self {
        let status = error.as_response_error().status_code().as_u16();
        let (status, code, message) = if status == 413 {
            let message = format!("The body is larger than {} MB (MAX_BODY_MB).", limit >> 20);
            (413, "request_too_large", message)
        } else {
            (400, "unreadable_body", "The body could not be read to its end.".to_owned())
        };
        Self { status, r#type: "invalid_request_error", code, message, retry: Retry::Unsaid }
    }

    /// Notes it on the receipt of the call that is refused.
    pub fn counted(self, receipt: Receipt) -> Self {
        let outcome = if self.status == 429 { Outcome::Rate } else { Outcome::Refused };
        receipt.refused(outcome, self.status, self.code);
        self
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = builder(self.status);
        say_when(&mut response, self.retry);
        response.body(error::object(&self.message, self.r#type, None, Some(self.code)))
    }
}

/// Answers what no URL matches.
pub async fn path(request: HttpRequest) -> HttpResponse {
    let message = format!("There is no {} {} here; the API is at /v1.", request.method(), shown(request.path()));
    builder(404).body(error::object(&message, "invalid_request_error", None, Some("unknown_url")))
}

/// Answers a URL asked with the wrong method.
pub async fn method(request: HttpRequest) -> HttpResponse {
    let message = format!("{} does not answer {}.", shown(request.path()), request.method());
    builder(405).body(error::object(&message, "invalid_request_error", None, Some("method_not_allowed")))
}

/// A path as it may be repeated. One that may hold a key, or a query that the client escaped, may not.
fn shown(path: &str) -> String {
    let plain = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let may_hold_a_key = plain.contains(['?', '%']) || plain.split('/').any(|part| part.eq_ignore_ascii_case("k"));
    if may_hold_a_key { "/***".to_owned() } else { path.chars().take(80).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_may_hold_a_key_is_not_repeated() {
        for path in ["/k/KEY/x", "/K/KEY", "/%6b/KEY/v1", "/k%2FKEY", "/x/../k/KEY", "/%256b/KEY", "/x%3Fkey=KEY"] {
            assert_eq!(shown(path), "/***", "{path}");
        }
        assert_eq!(shown("/v1/nothing"), "/v1/nothing");
    }
}
