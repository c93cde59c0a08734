//! Refusals of what is done with files.

use std::fmt;

use actix_multipart::MultipartError;
use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use actix_web::{Error, HttpResponse, ResponseError};

use crate::http::problem::Refused;
use crate::openai::error::object;
use crate::store::FileTrouble;

/// A refusal with the field that is wrong.
#[derive(Debug)]
pub enum No {
    /// The request is refused as a whole.
    Body(Refused),
    /// Something in it is wrong, or cannot be done.
    This {
        /// The HTTP status.
        status: u16,
        /// The field.
        param: Option<&'static str>,
        /// For programs.
        code: Option<&'static str>,
        /// For people.
        message: String,
    },
}

impl No {
    /// A field is wrong.
    pub fn wrong(param: &'static str, message: impl Into<String>) -> Self {
        Self::This { status: 400, param: Some(param), code: None, message: message.into() }
    }

    /// There is no such file; OpenAI's own words, since programs look for them.
    pub fn missing(id: &str) -> Self {
        let shown: String = id.chars().filter(|c| !c.is_control()).take(80).collect();
        let message = format!("No such File object: {shown}");
        Self::This { status: 404, param: Some("id"), code: None, message }
    }

    /// The body cannot be read; `limit` is in bytes.
    pub fn body(error: PayloadError, limit: usize) -> Self {
        Self::Body(Refused::body(&Error::from(error), limit))
    }

    /// The form cannot be read; `limit` is in bytes.
    pub fn form(error: MultipartError, limit: usize) -> Self {
        let message = match error {
            // The reader's own, and not the body's: whoever reads the body knows when that is too long.
            MultipartError::Payload(PayloadError::Overflow) => {
                "The form has no part where one should begin, or one whose head has no end; see that the boundary in \
                 Content-Type is the one in the body."
            }
            MultipartError::Payload(error) => return Self::body(error, limit),
            MultipartError::ContentTypeMissing
            | MultipartError::ContentTypeParse
            | MultipartError::ContentTypeIncompatible
            | MultipartError::BoundaryMissing => {
                "Send the file as multipart/form-data, with a boundary, in the field `file`, beside the field `purpose`."
            }
            MultipartError::ContentDispositionMissing | MultipartError::ContentDispositionNameMissing => {
                "A part of the form has no name; each needs `Content-Disposition: form-data; name=\"…\"`."
            }
            MultipartError::Incomplete => "The form ends before its closing boundary.",
            _ => "The form could not be read; see that it is valid multipart/form-data.",
        };
        Self::This { status: 400, param: None, code: Some("unreadable_body"), message: message.to_owned() }
    }

    /// The store refuses; what only the owner may read is left out for others.
    pub fn trouble(trouble: &FileTrouble, owner: bool) -> Self {
        let (status, param, code) = match trouble {
            FileTrouble::Off => (400, None, "files_off"),
            FileTrouble::Full(_) | FileTrouble::Many(_) => (400, Some("file"), "storage_full"),
            FileTrouble::Disk(_) => (503, None, "storage_unavailable"),
            FileTrouble::Damaged => (500, None, "file_damaged"),
        };
        let note = trouble.for_owner().filter(|_| owner);
        let message = note.map_or_else(|| trouble.to_string(), |note| format!("{trouble} {note}"));
        Self::This { status, param, code: Some(code), message }
    }
}

impl fmt::Display for No {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body(refused) => refused.fmt(f),
            Self::This { message, .. } => f.write_str(message),
        }
    }
}

impl ResponseError for No {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Body(refused) => refused.status_code(),
            Self::This { status, .. } => StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_REQUEST),
        }
    }

    fn error_response(&self) -> HttpResponse {
        let Self::This { status, param, code, message } = self else {
            let Self::Body(refused) = self else { return HttpResponse::BadRequest().finish() };
            return refused.error_response();
        };
        let r#type = match status {
            503 => "service_unavailable_error",
            500 => "api_error",
            _ => "invalid_request_error",
        };
        let mut answer = HttpResponse::build(self.status_code());
        answer.insert_header(ContentType::json());
        if *status >= 500 {
            // Asking again does not mend a disk, and SDKs would.
            answer.insert_header(("x-should-retry", "false"));
        }
        answer.body(object(message, r#type, *param, *code))
    }
}
