//! Refusals of the admin API.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use serde::de::DeserializeOwned;

use crate::gateway::Refusal;
use crate::gateway::settings::NotSet;
use crate::json_error::sentence;
use crate::keys::NotMade;
use crate::openai::error::object;

/// A refusal with its status, the field that is wrong, and a sentence.
pub struct No {
    status: u16,
    code: &'static str,
    field: Option<String>,
    message: String,
}

impl No {
    /// A field is wrong.
    pub fn wrong(field: impl Into<String>, message: impl Into<String>) -> Self {
        let (field, message) = (field.into(), message.into());
        Self { status: 400, code: "invalid_value", message: format!("`{field}`: {message}"), field: Some(field) }
    }

    /// There is no such thing.
    pub fn missing(message: impl Into<String>) -> Self {
        Self { status: 404, code: "not_found", field: None, message: message.into() }
    }

    /// It contradicts something that is there.
    pub fn conflict(code: &'static str, field: Option<&str>, message: impl Into<String>) -> Self {
        let message = message.into();
        let message = field.map_or(message.clone(), |field| format!("`{field}`: {message}"));
        Self { status: 409, code, field: field.map(str::to_owned), message }
    }

    /// It cannot be done now.
    pub fn later(message: impl Into<String>) -> Self {
        Self { status: 503, code: "try_again", field: None, message: message.into() }
    }

    /// What is said about the account with this id that is not there.
    pub fn account(id: &str) -> Self {
        let shown: String = id.chars().filter(|c| !c.is_control()).take(60).collect();
        Self::missing(format!("There is no account `{shown}`; GET /admin/api/accounts lists them."))
    }

    /// What is said.
    #[cfg(test)]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// As an answer.
    pub fn answer(&self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let body = object(&self.message, "invalid_request_error", self.field.as_deref(), Some(self.code));
        HttpResponse::build(status).insert_header(ContentType::json()).body(body)
    }
}

impl No {
    /// Why the key with this id was not made or changed.
    pub fn key(not_made: NotMade, id: &str) -> Self {
        match not_made {
            NotMade::Wrong(field, message) => Self::wrong(field, message),
            NotMade::Taken(message) => Self::conflict("name_taken", Some("name"), message),
            NotMade::Many(message) => Self::conflict("too_many_keys", None, message),
            NotMade::Revoked => Self::conflict("key_revoked", None, "The key was revoked, for good; make another."),
            NotMade::Missing => {
                let shown: String = id.chars().filter(|c| !c.is_control()).take(60).collect();
                Self::missing(format!("There is no key `{shown}`; GET /admin/api/keys lists them."))
            }
        }
    }
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Wrong("name", message) if message.contains("already") => {
                Self { status: 409, code: "name_taken", ..Self::wrong("name", message) }
            }
            Refusal::Wrong(field, message) => Self::wrong(field, message),
            Refusal::Dead(message) => Self { status: 422, code: "credential_refused", ..Self::wrong("paste", message) },
            Refusal::Busy(message) => Self::later(message),
        }
    }
}

impl From<NotSet> for No {
    fn from(not_set: NotSet) -> Self {
        match not_set {
            NotSet::Missing(message) => Self::missing(message),
            NotSet::Wrong(message) => Self::wrong("value", message),
        }
    }
}

/// Reads a body. What is said of a wrong one names the field, and no value is repeated.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, No> {
    // A list would pass for an object whose fields are in that order.
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(No::wrong("body", "it is not an object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        let field = if path == "." || !error.is_data() { "body".to_owned() } else { path };
        No::wrong(field, sentence(&error))
    })?;
    reader.end().map_err(|error| No::wrong("body", sentence(&error)))?;
    Ok(value)
}
