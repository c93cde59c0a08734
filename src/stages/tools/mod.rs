//! Tools for a model that knows none.

mod contract;
mod fold;
mod reader;
mod stage;

pub use fold::fold;
pub use stage::stage;
