//! The receiving end of webhooks: keeps what comes.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::request::Request;

pub const PREFIX: &str = "/hook/";

/// One call as the journal keeps it.
#[derive(Clone, Debug)]
pub struct Hook {
    pub method: String,
    pub path: String,
    pub query: String,
    pub content_type: String,
    pub body: String,
}

impl Hook {
    pub fn of(request: &Request) -> Self {
        let line = &request.line;
        Self {
            method: line.method.clone(),
            path: line.path.clone(),
            query: line.query.clone(),
            content_type: line.header("content-type").unwrap_or_default().to_owned(),
            body: String::from_utf8_lossy(&request.body).into_owned(),
        }
    }

    pub fn json(&self) -> Value {
        json!({
            "method": self.method, "path": self.path, "query": self.query,
            "content_type": self.content_type, "body": self.body,
        })
    }
}

/// 200, unless the path begins with `/hook/status-NNN/`.
pub fn answer(path: &str) -> Answer {
    let first = path.strip_prefix(PREFIX).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let status: Option<u16> = first.strip_prefix("status-").and_then(|number| number.parse().ok());
    let status = status.filter(|status| (200..600).contains(status)).unwrap_or(200);
    Answer::json(status, &json!({"ok": status < 300}))
}
