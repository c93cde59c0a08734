//! A key that the owner made for somebody else, or for an app.

/// One such key.
#[derive(Debug)]
pub struct ApiKey {
    /// A short id that may be shown and logged.
    pub id: String,
}

impl ApiKey {
    /// Takes note of the tokens that an answer came to.
    pub fn spend(&self, _tokens: u64) {}
}
