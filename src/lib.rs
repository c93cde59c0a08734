//! qianqiao 千桥: one private, OpenAI-compatible API from the chat accounts a person already has.
//!
//! A request travels: nginx → `http` (who calls) → `openai` (what is asked) → `gateway` (by which route, under which
//! lease) → `providers` (encode) → `upstream` (send) → `providers` (decode) → `chat::Event` → `stages` → `openai`
//! (write) → client. A module uses only modules of layers below its own; `tests/architecture.rs` holds it to that.

// Layer 0: no knowledge of anything else here.
pub mod chat;
pub mod config;
pub mod counts;
pub mod documents;
pub mod json;
pub mod json_error;
pub mod metrics;
pub mod random;
pub mod sse;
pub mod tokens;
// Layer 1: one dialect, one way out, one place on disk.
pub mod openai;
pub mod store;
pub mod upstream;
// Layer 2: who asks, in whose name, and how much.
pub mod accounts;
pub mod console;
pub mod keys;
pub mod usage;
// Layer 3: what is behind the API.
pub mod providers;
// Layer 4: one request from end to end.
pub mod gateway;
pub mod notify;
pub mod stages;
// Layers 5 to 7: the state, the URLs, the wiring.
pub mod app;
pub mod cli;
pub mod healthcheck;
pub mod http;
pub mod opening;
pub mod render;
pub mod state;
