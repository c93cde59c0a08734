//! Accounts: what they are, how they are, and the leases under which requests use them. Names no provider.

mod account;
pub mod clock;
mod events;
mod health;
mod import;
mod limits;
mod observer;
pub mod paste;
mod pool;
mod record;
mod registry;
mod state;
mod waits;

pub use account::{Account, Origin};
pub use events::{Event, EventKind, Events};
pub use health::Health;
pub use import::{Agreement, agree};
pub use limits::Limits;
pub use observer::{Deaf, Observer};
pub use pool::{
    Conversation, Denied, End, Granted, Group, Lease, Leg, Pool, Queued, Rules, Strategy, Taken, Use, View, Waiting,
    Wanted,
};
pub use registry::{Changes, Missing, Registry, restored};
pub use state::{Blame, Cause, Change, Class, Outcome, State};
