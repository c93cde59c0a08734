//! Who may call: the owner by the master key, and others by keys that the owner made for them.

mod api_key;
mod master;

pub use api_key::ApiKey;
pub use master::{KeyOrigin, MasterKey};
