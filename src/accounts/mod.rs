//! Accounts, and the leases under which requests use them. Names no provider.

mod account;
mod pool;

pub use account::{Account, Lease};
pub use pool::Pool;
