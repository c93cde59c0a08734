//! The OpenAI chat completions dialect: JSON ↔ the neutral model. No HTTP.
//!
//! Field names and shapes follow OpenAI's published API description, version 2.3.0.

pub mod answer;
pub mod chunk;
mod delta;
pub mod error;
pub mod files;
mod identity;
pub mod models;
mod raw_object;
pub mod request;
pub mod rewrite;

pub use identity::{Identity, now};
pub use raw_object::RawObject;
