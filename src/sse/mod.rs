//! Bytes ↔ server-sent event frames: a push parser without I/O and without JSON.
//!
//! Format: <https://html.spec.whatwg.org/multipage/server-sent-events.html>.

mod encode;
mod parser;

pub use encode::{DONE, data_frame};
pub use parser::{Frame, Parser, TooLong};
