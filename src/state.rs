//! What all workers share.

use std::sync::Arc;

use crate::config::{Secret, Variable};
use crate::console::Console;
use crate::gateway::Gateway;
use crate::gateway::settings::Settings;
use crate::keys::{Keyring, MasterKey};
use crate::notify::Notifier;
use crate::store::Database;
use crate::usage::Ledger;

/// The state behind every handler. The HTTP client is not in it: that one belongs to its thread.
pub struct AppState {
    /// Answers requests.
    pub gateway: Gateway,
    /// What the owner may change.
    pub settings: Settings,
    /// Where things are kept.
    pub database: Database,
    /// Who tells the owner.
    pub notifier: Notifier,
    /// Who used how much.
    pub usage: Ledger,
    /// The owner at the console.
    pub console: Console,
    /// Opens the metrics, and nothing else.
    pub metrics_token: Option<Secret<String>>,
    /// The owner's key.
    pub master_key: MasterKey,
    /// The keys that the owner made for others.
    pub keyring: Arc<Keyring>,
    /// What the environment said at the start; no secret is in it.
    pub environment: Vec<Variable>,
    /// The largest request body, in bytes.
    pub body_limit: usize,
    /// What the owner should know, such as a provider file that was left out.
    pub warnings: Vec<String>,
}

impl AppState {
    /// What the owner should know now.
    pub fn warnings_now(&self) -> Vec<String> {
        self.warnings.iter().cloned().chain(self.database.status().problem).collect()
    }
}
