//! The owner at the console: who is signed in, who tries to be, and what was changed. Time is passed in.

mod address;
mod audit;
mod board;
mod sessions;
mod throttle;

pub use address::Address;
pub use audit::{Audit, Entry, Who};
pub use board::{Board, Listener, MOST_LISTENERS};
pub use sessions::{LIFE, Session, Sessions, TOKEN_PREFIX};
pub use throttle::{Attempt, Throttle};

use std::sync::Arc;

use crate::accounts::clock::Millis;
use crate::random;
use crate::store::{AuditRecord, Database, SessionRecord};

/// Everything that the console needs beside what it shows.
pub struct Console {
    /// Who is signed in.
    pub sessions: Sessions,
    /// Who has to wait before the next try.
    pub throttle: Throttle,
    /// What was changed.
    pub audit: Audit,
    /// What everybody who listens is told.
    pub board: Arc<Board>,
    /// Tells this start of the service from others.
    pub boot: String,
    /// When this start was, in milliseconds since 1970.
    pub started: Millis,
}

impl Console {
    /// With what was kept; `key` is the owner's.
    pub fn new(
        database: &Database,
        sessions: Vec<SessionRecord>,
        audit: Vec<AuditRecord>,
        key: &str,
        now: Millis,
    ) -> Self {
        Self {
            sessions: Sessions::new(database.clone(), sessions, key, now),
            throttle: Throttle::default(),
            audit: Audit::new(database.clone(), audit),
            board: Arc::default(),
            boot: random::hex(8),
            started: now,
        }
    }
}
