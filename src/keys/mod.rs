//! Who may call: the owner by the master key, and others by keys that the owner made for them.

mod api_key;
mod changes;
mod keyring;
mod limits;
mod master;
mod meter;
mod record;
mod room;
mod terms;
mod window;

#[cfg(test)]
mod keyring_tests;
#[cfg(test)]
mod meter_tests;

pub use api_key::{ApiKey, KeyState};
pub use changes::{Changes, NotMade};
pub use keyring::Keyring;
pub use limits::KeyLimits;
pub use master::{KeyOrigin, MasterKey, NotChanged};
pub use meter::{Refused, Used};
pub use room::{Room, Rooms};
pub use terms::{Draft, Edit};
