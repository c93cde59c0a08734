//! What all workers share.

use crate::gateway::Gateway;
use crate::keys::MasterKey;

/// The state behind every handler. The HTTP client is not in it: that one belongs to its thread.
pub struct AppState {
    /// Answers requests.
    pub gateway: Gateway,
    /// Who may call.
    pub master_key: MasterKey,
    /// The largest request body, in bytes.
    pub body_limit: usize,
    /// What the owner should know, such as a provider file that was left out.
    pub warnings: Vec<String>,
}
