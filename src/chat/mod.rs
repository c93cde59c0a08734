//! The neutral model between the clients' dialects and the providers: what is asked, what is answered, what went
//! wrong. No JSON, no HTTP.

mod event;
mod fault;
mod request;
mod writer;

pub use event::{Decoded, Event, FinishReason, Native, ToolDelta, Usage};
pub use fault::{AccountTrouble, Fault, FaultKind, snippet};
pub use request::{ChatRequest, Content, Message, Part, Role};
pub use writer::AnswerWriter;
