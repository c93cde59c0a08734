//! Who a completion says it is: the same on every chunk.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::chat::Event;

/// Id, creation time and model of one completion.
#[derive(Debug, Clone)]
pub struct Identity {
    /// `chatcmpl-…`, or the upstream's own.
    pub id: String,
    /// Seconds since 1970.
    pub created: i64,
    /// What the upstream says, else what was asked.
    pub model: String,
}

impl Identity {
    /// An identity of our own for an answer to `model`; `token` makes its id unique.
    pub fn new(model: &str, token: &str) -> Self {
        Self { id: format!("chatcmpl-{token}"), created: now(), model: model.to_owned() }
    }

    /// Takes over what a `Start` event of the upstream says.
    pub fn adopt(&mut self, start: &Event) {
        let Event::Start { id, created, model } = start else { return };
        if let Some(id) = id.as_ref().filter(|id| !id.is_empty()) {
            self.id.clone_from(id);
        }
        if let Some(created) = created {
            self.created = *created;
        }
        if let Some(model) = model.as_ref().filter(|model| !model.is_empty()) {
            self.model.clone_from(model);
        }
    }
}

/// Seconds since 1970.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| i64::try_from(passed.as_secs()).unwrap_or(i64::MAX))
}
